"""Phragmén's sequential rule: each seat is a load of one, shared by those who wanted it filled.

Svante Phragmén, 1894; Brill, Freeman, Janson and Lackner, Mathematical Programming 203 (2024).
Whoever would leave the greatest load on a supporter smallest is elected next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from domains.voting.rules.lots import lot_of, settle
from domains.voting.rules.records import Count, LoadStage, Terms, TieQuestion
from domains.voting.rules.tallies import require_ascending


@dataclass(slots=True)
class _Group:
    """Voters who approve the same options: how many, and the seat that loaded them last."""

    approved: frozenset[int]
    number: int
    seat: int


def sequential_phragmen(groups: Iterable[tuple[int, int]], terms: Terms) -> Count:
    """Elect one after another by the least load; an option that nobody approves is not elected."""
    lot = lot_of(terms.options, seed=terms.seed)
    voters, ballots, blank = _voters(groups, len(terms.options))
    loads = [Fraction(0)]
    winners: list[int] = []
    stages: list[LoadStage] = []
    while len(winners) < terms.seats:
        asked = _loads(voters, loads, terms, winners)
        if not any(asked):
            break
        least = min(load for load in asked if load is not None)
        tied = [position for position, load in enumerate(asked, start=1) if load == least]
        elected, ties = settle(TieQuestion.ELECTION, tied, lot=lot)
        winners.append(elected)
        loads.append(least)
        for group in voters:
            if elected in group.approved:
                group.seat = len(winners)
        stages.append(LoadStage(len(winners), elected, least, asked, ties))
    return Count(
        terms=terms,
        ballots=ballots,
        blank=blank,
        lot=lot,
        quota=None,
        winners=tuple(winners),
        stages=tuple(stages),
    )


def _voters(groups: Iterable[tuple[int, int]], option_count: int) -> tuple[list[_Group], int, int]:
    number_of: dict[int, int] = {}
    for marks, number in groups:
        number_of[marks] = number_of.get(marks, 0) + number
    voters = [
        _Group(frozenset(require_ascending(marks, option_count, most=option_count)), number, 0)
        for marks, number in number_of.items()
        if number
    ]
    blank = number_of.get(0, 0)
    return voters, sum(number_of.values()), blank


def _loads(
    voters: Sequence[_Group], loads: Sequence[Fraction], terms: Terms, winners: Sequence[int]
) -> tuple[Fraction | None, ...]:
    """Return the load that electing each option would leave on its supporters.

    All who were loaded last by the same seat carry the same load, so they are added up first.
    """
    table = [[0] * len(loads) for _ in range(len(terms.options) + 1)]
    for group in voters:
        for position in group.approved:
            table[position][group.seat] += group.number
    return tuple(
        _load(table[position], loads) if position not in winners else None
        for position in range(1, len(terms.options) + 1)
    )


def _load(numbers: Sequence[int], loads: Sequence[Fraction]) -> Fraction | None:
    supporters = sum(numbers)
    if not supporters:
        return None
    carried = sum((each * load for each, load in zip(numbers, loads, strict=True)), Fraction(0))
    return (1 + carried) / supporters
