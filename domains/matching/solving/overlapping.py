"""Stage B where shifts overlap partly or weeks are counted in minutes: a linear program.

At most one shift at each moment (cliques of overlapping shifts), caps by number and by minutes.
Where the answer is whole it is the best one; only where it is not, HiGHS branches, among the
pairs that could be part of a better answer. A fraction never leaves this module.
"""

import time
from dataclasses import dataclass

import numpy as np

from domains.matching.solving import certificates, greedy, programs
from domains.matching.solving.candidates import UNMET_POINTS, Pool
from domains.matching.solving.certificates import FINE, Program
from domains.matching.solving.cliques import Moments, moments_of
from domains.matching.solving.flow import SolverFailedError, Staffing
from domains.matching.solving.network import week_caps
from domains.matching.solving.pinning import Board, pinned_turns
from domains.matching.solving.tables import Columns, Integers, Mask

ROUNDS = 8
# Above that many pairs the program itself is too large; the flow's bound stays, and is told.
MOST_PAIRS = 2_000_000
_PER_GROUP = 6
_MARGIN = 40 * FINE
_FIRST_REACH = 8 * FINE


def keeps_side_rules(table: Board, pool: Pool, picked: Integers) -> bool:
    """Tell whether picks overlap nowhere and keep to every week's minutes."""
    return len(greedy.fill(table, pool, picked.tolist())) == len(picked)


@dataclass(frozen=True, slots=True)
class _Proof:
    """Prices of the rows, what they prove, and every column's reduced cost, in fine fractions."""

    fine: Integers
    bound: int
    reduced: Integers


class _Case:
    """The program over the whole pool: pairs, then turns, then places left empty."""

    def __init__(self, table: Board, pool: Pool, ends_at: float) -> None:
        self.table, self.pool, self.ends_at = table, pool, ends_at
        self.pairs = len(pool.groups)
        self.wanted = np.unique(pool.groups)
        self.program = _program(table, pool, self.wanted)

    def seconds(self) -> float:
        """Return the time that is left."""
        return self.ends_at - time.perf_counter()

    def columns(self, inside: Mask) -> Mask:
        """Tell which columns belong to some pairs: their own, all turns and all empty places."""
        rest = np.ones(len(self.program.costs) - self.pairs, bool)
        return np.concatenate((inside, rest))

    def prove(self, fine: Integers) -> _Proof:
        """Return what some prices prove over the whole pool, those cut off from it included."""
        reduced = certificates.fine_reduced(self.program, fine)
        bound = certificates.fine_bound(self.program, fine, reduced)
        for group, points in self.pool.cut.items():
            at = int(np.searchsorted(self.wanted, group))
            if at < len(self.wanted) and self.wanted[at] == group:
                # Whoever was cut off pays nothing but the group.
                worth = points * FINE - int(fine[at] + fine[len(self.wanted) + at])
                bound += min(0, worth) * int(self.table.places_left[group])
        return _Proof(fine, -(-bound // FINE), reduced)

    def cost(self, picked: Integers) -> int:
        """Return what picks cost."""
        return greedy.objective(self.table, self.pool, picked)

    def better(self, one: Integers, values: programs.Floats, kept: Mask) -> Integers:
        """Return the cheaper of some picks and those that a whole answer of kept columns means."""
        at = np.flatnonzero(kept)
        other = at[(values > 0.5) & (at < self.pairs)]
        if not keeps_side_rules(self.table, self.pool, other):
            return one
        return other if self.cost(other) < self.cost(one) else one


def solve(table: Board, pool: Pool, relaxed: Staffing, *, seconds: float) -> Staffing:
    """Better a flow's answer that breaks a side rule into the best one that breaks none."""
    ends_at = time.perf_counter() + seconds
    best = greedy.repair(table, pool, relaxed.picked)
    bound, method = relaxed.bound, relaxed.method
    if len(pool.groups) <= MOST_PAIRS:
        case = _Case(table, pool, ends_at)
        best, proof, values, kept = _relax(case, relaxed, best)
        if proof is not None:
            if proof.bound > bound:
                bound, method = proof.bound, "lp_dual"
            if case.cost(best) > bound:
                best = _round(case, values, kept, best)
            best, proved = _branch(case, proof, best, bound)
            # Those who were cut off from the pool are in the proof, but in no branch.
            if proved > bound and not pool.cut:
                bound, method = proved, "tree"
    objective = greedy.objective(table, pool, best)
    return Staffing(best, objective, bound, method, relaxed.reduced)


def _relax(
    case: _Case, relaxed: Staffing, best: Integers
) -> tuple[Integers, _Proof | None, programs.Floats, Mask]:
    """Solve without asking for whole numbers, taking pairs in until no other would better it.

    Of all prices met, and of means of them, those that prove most are kept: means are steadier.
    """
    inside = _nearest(case.pool, relaxed.reduced)
    inside[relaxed.picked] = True
    inside[best] = True
    proof: _Proof | None = None
    values, kept = np.zeros(0), case.columns(inside)
    half, before = case.seconds() / 2, 0
    for _ in range(ROUNDS):
        columns = case.columns(inside)
        part = programs.restricted(case.program, columns)
        try:
            answer = programs.relax(part, seconds=case.seconds())
        except SolverFailedError:
            break
        values, kept = answer.values, columns
        here = case.prove(certificates.fine_prices(case.program, answer.prices))
        proof = max(_steadied(case, proof, here), key=lambda each: each.bound)
        if answer.integral:
            best = case.better(best, values, kept)
        joins = ~inside & (here.reduced[: case.pairs] < 0)
        if not joins.any() or proof.bound >= answer.bound:
            break
        # What joins without lowering the price only moves prices about: time is better spent on.
        if answer.bound == before or case.seconds() < half:
            break
        before = answer.bound
        inside |= here.reduced[: case.pairs] < _MARGIN
    return best, proof, values, kept


def _steadied(case: _Case, before: _Proof | None, here: _Proof) -> list[_Proof]:
    if before is None:
        return [here]
    return [here, before, case.prove((before.fine + here.fine) // 2)]


def _nearest(pool: Pool, reduced: Integers) -> Mask:
    """Tell which pairs are among the few of their group that are nearest to being picked."""
    order = np.lexsort((reduced, pool.groups))
    inside = np.zeros(len(pool.groups), bool)
    inside[order] = pool.ranks() < _PER_GROUP
    return inside | (reduced <= 0)


def _round(case: _Case, values: programs.Floats, kept: Mask, best: Integers) -> Integers:
    """Keep what the linear program is sure of, and solve the rest of it in whole numbers."""
    at = np.flatnonzero(kept)
    sure = (values > 1 - programs.NEAR) & (at < case.pairs)
    return _whole(case, kept, best, sure)[0]


def _branch(case: _Case, proof: _Proof, best: Integers, bound: int) -> tuple[Integers, int]:
    """Solve in whole numbers among the pairs that could be part of a better answer.

    A pair whose reduced cost is above what is left between answer and bound is part of none. A
    first, narrower reach finds a better answer sooner, and with it that less is left to look at.
    """
    reach = _FIRST_REACH
    while (upper := case.cost(best)) > bound and case.seconds() > 0:
        reach = min(reach, (upper - proof.bound) * FINE)
        inside = proof.reduced[: case.pairs] <= reach
        inside[best] = True
        kept = case.columns(inside)
        best, proved = _whole(case, kept, best, np.zeros(int(kept.sum()), bool))
        upper = case.cost(best)
        if proved is None:
            break
        # Whatever is not within reach costs more than the proof and the reach together.
        bound = max(bound, min(proved, upper, proof.bound + reach // FINE))
        if reach >= (upper - proof.bound) * FINE:
            break
        reach *= 4
    return best, bound


def _whole(case: _Case, kept: Mask, best: Integers, sure: Mask) -> tuple[Integers, int | None]:
    """Return the cheaper of a whole answer and the best so far, and the former's bound."""
    part = programs.restricted(case.program, kept)
    whole = np.flatnonzero(kept) < case.pairs
    try:
        answer = programs.solve(
            part, whole, sure=sure, seconds=case.seconds(), most=case.cost(best)
        )
    except SolverFailedError:
        return best, None
    return case.better(best, answer.values, kept), answer.bound


class _Builder:
    """Blocks of rows, one after another."""

    def __init__(self) -> None:
        self._cells: list[tuple[Integers, Integers, Integers]] = []
        self._limits: list[Integers] = []
        self._least: list[Mask] = []
        self._rows = 0

    def add(
        self,
        rows: Integers,
        columns: Integers,
        values: Integers,
        *,
        limits: Integers,
        least: bool = False,
    ) -> None:
        """Add a block: cells by the block's own rows, and the rows' limits."""
        self._cells.append((self._rows + rows, columns, values))
        self._limits.append(limits)
        self._least.append(np.full(len(limits), least))
        self._rows += len(limits)

    def program(self, costs: Integers, most: Integers) -> Program:
        """Return the program of all blocks."""
        rows, columns, values = (np.concatenate(each) for each in zip(*self._cells, strict=True))
        limits, least = np.concatenate(self._limits), np.concatenate(self._least)
        return Program(costs, most, rows, columns, values, limits, least)


def _program(table: Board, pool: Pool, wanted: Integers) -> Program:
    columns, built = table.columns, _Builder()
    pairs = np.arange(len(pool.groups))
    ones = np.ones(len(pairs), np.int64)
    people, person = np.unique(pool.volunteers, return_inverse=True)
    places = table.places_left[wanted]
    turn_costs, turn_person = _turns(table, pool, people)
    turns = len(pairs) + np.arange(len(turn_costs))
    empties = len(pairs) + len(turns) + np.arange(len(wanted))
    rows = np.concatenate((np.searchsorted(wanted, pool.groups), np.arange(len(wanted))))
    cells = np.concatenate((pairs, empties))
    values = np.ones(len(cells), np.int64)
    built.add(rows, cells, values, limits=places, least=True)
    built.add(rows, cells, values, limits=places)
    built.add(
        np.concatenate((person, turn_person)),
        np.concatenate((pairs, turns)),
        np.concatenate((ones, -np.ones(len(turns), np.int64))),
        limits=np.zeros(len(people), np.int64),
    )
    lanes, lane = np.unique(
        pool.volunteers * columns.weeks + columns.week[pool.groups], return_inverse=True
    )
    built.add(lane, pairs, ones, limits=week_caps(table, pool)[lanes])
    minutes = columns.minutes[pool.groups]
    built.add(lane, pairs, minutes, limits=columns.minutes_left[lanes])
    moments = _moments(columns, pool)
    built.add(
        moments.rows,
        moments.pairs,
        np.ones_like(moments.rows),
        limits=np.ones(moments.number, np.int64),
    )
    costs = (pool.points, turn_costs, UNMET_POINTS * columns.urgency[wanted])
    most = (ones, np.ones(len(turns), np.int64), places)
    return built.program(np.concatenate(costs), np.concatenate(most))


def _moments(columns: Columns, pool: Pool) -> Moments:
    return moments_of(pool.volunteers, columns.starts[pool.groups], columns.ends[pool.groups])


def _turns(table: Board, pool: Pool, people: Integers) -> tuple[Integers, Integers]:
    """Return what each turn that somebody may have costs, and whose it is."""
    columns = table.columns
    candidates = np.bincount(pool.volunteers, minlength=len(columns.volunteers))
    caps = np.maximum(0, columns.services_left).reshape(-1, columns.weeks).sum(axis=1)
    number = np.minimum(candidates, caps)[people]
    nth = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
    had = np.repeat(pinned_turns(table)[people], number)
    costs = columns.terms.turn_points * (had + nth)
    return costs, np.repeat(np.arange(len(people)), number)
