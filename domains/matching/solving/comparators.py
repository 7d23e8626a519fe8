"""What others do with the same places: broadcast to the first taker, or greed; and how it fares."""

from dataclasses import dataclass

import numpy as np

from domains.matching.solving import candidates, greedy
from domains.matching.solving.candidates import Pool
from domains.matching.solving.pinning import Board, board
from domains.matching.solving.proposal import Proposal
from domains.matching.solving.snapshot import Snapshot
from domains.matching.solving.tables import Integers


@dataclass(frozen=True, slots=True)
class Fare:
    """How an arrangement fares: places filled, mean distance, and how unevenly turns lie.

    Unevenness is the Gini coefficient in thousandths, of the turns of all who might have been
    asked, their recent ones included: 0 where all have as many, near 1,000 where one has all.
    """

    places: int
    filled: int
    metres: int
    uneven_permille: int
    points: int


def compare(snapshot: Snapshot, proposal: Proposal) -> dict[str, Fare]:
    """Return how a proposal, greed and a broadcast fare in the places of the needs it chose."""
    table = board(snapshot)
    columns = table.columns
    chosen = {each.need for each in proposal.selections}
    ahead = np.asarray([need.id in chosen for need in columns.needs], bool)
    wanted = ahead[columns.need_of_group] & (table.places_left > 0)
    pool = candidates.pool(columns, wanted)
    places = int(table.places_left[wanted].sum())
    arranged = {
        "proposal": _picked(table, pool, proposal),
        "greedy": greedy.solve(table, pool),
        "broadcast": broadcast(table, pool),
    }
    return {name: _fare(table, pool, picked, places) for name, picked in arranged.items()}


def broadcast(table: Board, pool: Pool) -> Integers:
    """Return who serves where all who may are told of each place, and the first taker has it."""
    draws = np.random.default_rng(table.columns.terms.seed)
    posted = draws.permutation(len(table.columns.groups))
    order = np.lexsort((draws.random(len(pool.groups)), posted[pool.groups]))
    return greedy.fill(table, pool, order.tolist())


def _picked(table: Board, pool: Pool, proposal: Proposal) -> Integers:
    columns = table.columns
    size = len(columns.volunteers)
    asked = {
        columns.group_at[each.group] * size + columns.volunteer_at[each.volunteer]
        for each in proposal.offers
        if not each.rank
    }
    return np.flatnonzero(
        np.isin(pool.groups * size + pool.volunteers, np.asarray(sorted(asked), np.int64))
    )


def _fare(table: Board, pool: Pool, picked: Integers, places: int) -> Fare:
    columns = table.columns
    metres = columns.metres(pool.volunteers[picked], pool.groups[picked])
    turns = np.bincount(pool.volunteers[picked], minlength=len(columns.volunteers)) + columns.turns
    return Fare(
        places=places,
        filled=len(picked),
        metres=int(metres.sum()) // max(1, len(picked)),
        uneven_permille=gini_permille(turns[np.unique(pool.volunteers)]),
        points=greedy.objective(table, pool, picked),
    )


def gini_permille(values: Integers) -> int:
    """Return the Gini coefficient of some counts, in thousandths rounded down."""
    total, number = int(values.sum()), len(values)
    if not total:
        return 0
    weighted = int((np.arange(1, number + 1) * np.sort(values)).sum())
    return (2 * weighted - (number + 1) * total) * 1000 // (number * total)
