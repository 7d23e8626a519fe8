"""Rules that compare two options at a time: Schulze, and Tideman's ranked pairs.

A majority is stronger the more ballots support it, and among those the fewer oppose it
(winning votes). Whoever beats every other option is chosen by both.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from domains.voting.rules.lots import lot_of, settle
from domains.voting.rules.rankings import Rankings, gather, preferences
from domains.voting.rules.records import (
    Count,
    LockStage,
    PairwiseStage,
    PathStage,
    Stage,
    Strength,
    Terms,
    Tie,
    TieQuestion,
)

Groups = Iterable[tuple[int, int]]
_Matrix = tuple[tuple[int, ...], ...]
# Ballots for, and ballots against as a negative: greater is stronger.
_Link = tuple[int, int]
_Beats = dict[int, set[int]]


def schulze(groups: Groups, terms: Terms) -> Count:
    """Elect by the strongest paths (Schulze, Social Choice and Welfare 36, 2011).

    An option is ahead of another if its strongest path to it is stronger than the one back;
    a path is as strong as its weakest majority.
    """
    rankings, preferred = _compare(groups, terms)
    lot = lot_of(terms.options, seed=terms.seed)
    paths = _strongest_paths(preferred)
    positions = range(1, len(terms.options) + 1)
    beaten_by: _Beats = {
        own: {
            other
            for other in positions
            if other != own and _is_stronger(paths.get((other, own)), paths.get((own, other)))
        }
        for own in positions
    }
    winners, ties = _undominated(beaten_by, rankings, terms, lot=lot)
    strongest = tuple(
        tuple(_strength(paths.get((own, other))) for other in positions) for own in positions
    )
    return _record(
        rankings, terms, lot, winners, (PairwiseStage(preferred), PathStage(strongest, ties))
    )


def ranked_pairs(groups: Groups, terms: Terms) -> Count:
    """Elect by locking majorities in, the strongest first, unless one would close a circle.

    Tideman, Social Choice and Welfare 4, 1987. Majorities of equal strength are considered in
    the order that the seed gives to their winners, then to their losers.
    """
    rankings, preferred = _compare(groups, terms)
    lot = lot_of(terms.options, seed=terms.seed)
    links = {
        (own, other): link
        for own, other in permutations(range(1, len(terms.options) + 1), 2)
        if (link := _majority(preferred, own, other))
    }
    order = sorted(
        links,
        key=lambda pair: (-links[pair][0], -links[pair][1], *(lot.index(each) for each in pair)),
    )
    beaten_by: _Beats = {position: set() for position in range(1, len(terms.options) + 1)}
    stages: list[Stage] = [PairwiseStage(preferred)]
    for place, pair in enumerate(order):
        winner, loser = pair
        locked = not _reaches(beaten_by, loser, winner)
        if locked:
            beaten_by[loser].add(winner)
        equals = tuple(each for each in order[place + 1 :] if links[each] == links[pair])
        strength = Strength(links[pair][0], -links[pair][1])
        stages.append(LockStage(place + 1, winner, loser, strength, locked, equals))
    winners, ties = _undominated(_closed(beaten_by), rankings, terms, lot=lot)
    if ties:
        stages.append(PathStage((), ties))
    return _record(rankings, terms, lot, winners, tuple(stages))


def _record(
    rankings: Rankings,
    terms: Terms,
    lot: tuple[int, ...],
    winners: tuple[int, ...],
    stages: tuple[Stage, ...],
) -> Count:
    return Count(
        terms=terms,
        ballots=rankings.ballots,
        blank=rankings.blank,
        lot=lot,
        quota=None,
        winners=winners,
        stages=stages,
    )


def _compare(groups: Groups, terms: Terms) -> tuple[Rankings, _Matrix]:
    rankings = gather(groups, option_count=len(terms.options))
    return rankings, preferences(rankings)


def _majority(preferred: _Matrix, own: int, other: int) -> _Link | None:
    support, opposition = preferred[own - 1][other - 1], preferred[other - 1][own - 1]
    return (support, -opposition) if support > opposition else None


def _is_stronger(link: _Link | None, than: _Link | None) -> bool:
    return link is not None and (than is None or link > than)


def _strength(link: _Link | None) -> Strength | None:
    return None if link is None else Strength(link[0], -link[1])


def _strongest_paths(preferred: _Matrix) -> dict[tuple[int, int], _Link]:
    """Return the strength of the strongest path between any two, after Floyd and Warshall."""
    positions = range(1, len(preferred) + 1)
    paths = {
        (own, other): link
        for own, other in permutations(positions, 2)
        if (link := _majority(preferred, own, other))
    }
    for by, start, end in permutations(positions, 3):
        first, second = paths.get((start, by)), paths.get((by, end))
        if first and second and _is_stronger(min(first, second), paths.get((start, end))):
            paths[start, end] = min(first, second)
    return paths


def _reaches(beaten_by: _Beats, start: int, end: int) -> bool:
    """Whether a chain of locked majorities leads from one option to the other."""
    return start in _above(beaten_by, end)


def _above(beaten_by: _Beats, position: int) -> set[int]:
    """Return whoever stands above an option by locked majorities."""
    found: set[int] = set()
    waiting = [position]
    while waiting:
        new = beaten_by[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _closed(beaten_by: _Beats) -> _Beats:
    return {position: _above(beaten_by, position) for position in beaten_by}


def _undominated(
    beaten_by: _Beats, rankings: Rankings, terms: Terms, *, lot: Sequence[int]
) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
    """Return the winners: seat by seat, someone whom nobody still unelected is ahead of."""
    remaining = set(beaten_by) if rankings.valid else set()
    winners: list[int] = []
    ties: list[Tie] = []
    while remaining and len(winners) < terms.seats:
        front = sorted(each for each in remaining if not beaten_by[each] & remaining)
        if len(winners) + len(front) <= terms.seats:
            winners += front
            remaining.difference_update(front)
            continue
        for chosen, tie in _draw(front, terms.seats - len(winners), lot):
            winners.append(chosen)
            ties += tie
            remaining.discard(chosen)
    return tuple(winners), tuple(ties)


def _draw(
    front: Sequence[int], seats: int, lot: Sequence[int]
) -> Iterator[tuple[int, tuple[Tie, ...]]]:
    left = list(front)
    for _ in range(seats):
        chosen, tie = settle(TieQuestion.ELECTION, left, lot=lot)
        left.remove(chosen)
        yield chosen, tie
