"""Place after place to whoever is cheapest: quick, lawful, and seldom the best.

The fallback where a solver fails, the repair of an answer that breaks a side rule, and what the
comparators are made of.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from domains.matching.solving.candidates import UNMET_POINTS, Pool
from domains.matching.solving.pinning import Board, pinned_turns
from domains.matching.solving.tables import Integers


class Diary:
    """Who is taken when, and what is left of places and weeks, while places are given away."""

    def __init__(self, table: Board) -> None:
        columns = table.columns
        self._weeks = columns.weeks
        self._week = columns.week.tolist()
        self._starts = columns.starts.tolist()
        self._ends = columns.ends.tolist()
        self._services = columns.services_left.tolist()
        self._minutes = columns.minutes_left.tolist()
        self.places: list[int] = table.places_left.tolist()
        self._taken: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def take(self, volunteer: int, group: int) -> bool:
        """Give a place to somebody if that breaks no rule, and tell whether it was given."""
        if self.places[group] < 1 or not self.book(volunteer, group):
            return False
        self.places[group] -= 1
        return True

    def book(self, volunteer: int, group: int) -> bool:
        """Keep somebody's time for a shift if they have it, and tell whether they had it."""
        starts, ends = self._starts[group], self._ends[group]
        lane = volunteer * self._weeks + self._week[group]
        if (
            self._services[lane] < 1
            or self._minutes[lane] < ends - starts
            or any(begin < ends and starts < end for begin, end in self._taken[volunteer])
        ):
            return False
        self._services[lane] -= 1
        self._minutes[lane] -= ends - starts
        self._taken[volunteer].append((starts, ends))
        return True


def fill(table: Board, pool: Pool, order: Iterable[int]) -> Integers:
    """Give places to the pool's pairs in this order, as far as the rules let."""
    diary = Diary(table)
    volunteers, groups = pool.volunteers.tolist(), pool.groups.tolist()
    given = [at for at in order if diary.take(volunteers[at], groups[at])]
    return np.asarray(sorted(given), np.int64)


def cheapest_first(table: Board, pool: Pool) -> Integers:
    """Return an order: the most urgent, then groups with fewest candidates, then the cheapest."""
    columns = table.columns
    number = np.bincount(pool.groups, minlength=len(columns.groups))
    turns = columns.terms.turn_points * pinned_turns(table)[pool.volunteers]
    return np.lexsort(
        (
            pool.volunteers,
            pool.points + turns,
            pool.groups,
            number[pool.groups],
            -columns.urgency[pool.groups],
        )
    )


def solve(table: Board, pool: Pool) -> Integers:
    """Return the pairs of the pool that greed picks."""
    return fill(table, pool, cheapest_first(table, pool).tolist())


def repair(table: Board, pool: Pool, picked: Integers) -> Integers:
    """Keep what may be kept of some picks, and fill what they leave by greed."""
    others = cheapest_first(table, pool)
    return fill(table, pool, [*picked.tolist(), *others.tolist()])


def objective(table: Board, pool: Pool, picked: Integers) -> int:
    """Return what picks cost: their points, the turns of each volunteer, and places left empty.

    Only groups with candidates count, since the others are empty whatever is done.
    """
    columns = table.columns
    points = int(pool.points[picked].sum())
    times = np.bincount(pool.volunteers[picked], minlength=len(columns.volunteers))
    turns = times * pinned_turns(table) + times * (times - 1) // 2
    filled = np.bincount(pool.groups[picked], minlength=len(columns.groups))
    wanted = np.zeros(len(columns.groups), np.int64)
    wanted[pool.groups] = table.places_left[pool.groups]
    empty = int(((wanted - filled) * columns.urgency)[wanted > 0].sum())
    return points + columns.terms.turn_points * int(turns.sum()) + UNMET_POINTS * empty
