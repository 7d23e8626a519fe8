"""Drawing lots that anybody can draw again: an order made of a published seed.

Options stand in the order of the SHA-256 of seed and option id. It depends on nothing else:
neither on the order of the paper nor on any ballot. Who stands earlier is favoured: elected
first, excluded last.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from domains.kernel import canonical
from domains.voting.rules.records import Tie, TieBreak, TieQuestion


def lot_of(options: Sequence[str], *, seed: str) -> tuple[int, ...]:
    """Return the positions of the options in the order that the seed gives them."""
    drawn = {option: canonical.sha256(["lot", seed, option]) for option in options}
    order = sorted(range(len(options)), key=lambda index: drawn[options[index]])
    return tuple(index + 1 for index in order)


def favoured(lot: Sequence[int], tied: Iterable[int]) -> int:
    """Return which of the tied positions the lot favours."""
    return min(tied, key=lot.index)


def disfavoured(lot: Sequence[int], tied: Iterable[int]) -> int:
    """Return which of the tied positions the lot puts last."""
    return max(tied, key=lot.index)


def settle(
    question: TieQuestion,
    tied: Sequence[int],
    *,
    lot: Sequence[int],
    rules: Sequence[tuple[TieBreak, Callable[[int], int]]] = (),
) -> tuple[int, tuple[Tie, ...]]:
    """Return which of the tied positions wins and the tie that was broken, if there was one.

    Each rule in turn keeps those with the greatest key; where several remain, the lot decides.
    """
    remaining = list(tied)
    for breaking, key in rules:
        best = max(key(position) for position in remaining)
        remaining = [position for position in remaining if key(position) == best]
        if len(remaining) == 1 < len(tied):
            return remaining[0], (Tie(question, tuple(sorted(tied)), remaining[0], breaking),)
    if len(tied) == 1:
        return tied[0], ()
    chosen = favoured(lot, remaining)
    return chosen, (Tie(question, tuple(sorted(tied)), chosen, TieBreak.SEED),)


def fill(
    figures: Sequence[Fraction], *, seats: int, lot: Sequence[int], eligible: Iterable[int]
) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
    """Return the positions with the greatest figures, so many as there are seats, and the ties.

    A tie among options that all find a seat decides nothing and is none.
    """
    waiting = sorted(eligible, key=lambda position: (-figures[position - 1], position))
    elected: list[int] = []
    ties: list[Tie] = []
    while waiting and len(elected) < seats:
        best = figures[waiting[0] - 1]
        level = [position for position in waiting if figures[position - 1] == best]
        if len(elected) + len(level) <= seats:
            elected += level
            waiting = waiting[len(level) :]
            continue
        chosen, tie = settle(TieQuestion.ELECTION, level, lot=lot)
        ties += tie
        elected.append(chosen)
        waiting.remove(chosen)
    return tuple(elected), tuple(ties)
