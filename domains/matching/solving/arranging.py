"""The whole arrangement: A chooses, B staffs, A hears of shortfalls, and all is told with reasons.

Each round is the optimum of its stage; needs that cannot be staffed are left out of the next
one, the least urgent half of them first, so that what they held goes to others.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from domains.matching.solving import (
    candidates,
    greedy,
    reserves,
    selecting,
    selecting_greedily,
    staffing,
    unmet,
)
from domains.matching.solving.candidates import Pool
from domains.matching.solving.options import Options, options_of
from domains.matching.solving.pinning import Board, board
from domains.matching.solving.proposal import Lapse, Proposal, Selection, Stage
from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import Need, Snapshot
from domains.matching.solving.tables import Integers, Mask


@dataclass(slots=True)
class _Case:
    """A snapshot laid out, and the needs that are out of question with why."""

    snapshot: Snapshot
    table: Board
    pool: Pool
    options: dict[str, Options]
    out: dict[str, Reason]

    def open_needs(self) -> list[Need]:
        """Return the needs that may still be chosen."""
        return [need for need in self.table.columns.needs if need.id not in self.out]

    def groups_of(self, chosen: Mapping[str, Selection]) -> Mask:
        """Tell which groups are of chosen needs."""
        columns = self.table.columns
        ahead = np.asarray([need.id in chosen for need in columns.needs], bool)
        return ahead[columns.need_of_group] if len(columns.groups) else np.zeros(0, bool)

    def short(self, chosen: Mapping[str, Selection], filled: Integers) -> list[Need]:
        """Return the chosen needs that cannot go ahead with the people they got."""
        columns = self.table.columns
        missing = self.table.places_left - filled
        present = filled + self.table.pinned_of
        count = len(columns.needs)
        misses = np.zeros(count, np.int64)
        people = np.zeros(count, np.int64)
        np.add.at(misses, columns.need_of_group, missing)
        np.add.at(people, columns.need_of_group, present)
        return [
            need
            for at, need in enumerate(columns.needs)
            if need.id in chosen
            and misses[at]
            and (not need.partial or (not people[at] and self.options[need.id].asks))
        ]


def _laid_out(snapshot: Snapshot) -> _Case:
    table = board(snapshot)
    columns = table.columns
    pool = candidates.pool(columns, table.places_left > 0)
    options = dict(
        zip((need.id for need in columns.needs), options_of(snapshot, columns.needs), strict=True)
    )
    out = {name: each.impossible for name, each in options.items() if each.impossible}
    case = _Case(snapshot, table, pool, options, out)
    most = np.minimum(np.bincount(pool.groups, minlength=len(columns.groups)), table.places_left)
    possible = {need.id: Selection(need.id) for need in case.open_needs()}
    out |= {need.id: Reason.TOO_FEW_PEOPLE for need in case.short(possible, most)}
    return case


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is chosen, the pool of its groups, the picks in it, and how good that is."""

    chosen: Mapping[str, Selection]
    pool: Pool
    picked: Integers
    stages: tuple[Stage, Stage]
    rounds: int = 1


def arrange(snapshot: Snapshot) -> Proposal:
    """Propose the best arrangement, with how good it is."""
    began = time.perf_counter()
    seconds = snapshot.terms.seconds
    case = _laid_out(snapshot)
    for number in range(1, snapshot.terms.rounds + 1):
        left = seconds - (time.perf_counter() - began)
        answer = _round(case, number, seconds=left)
        short = case.short(answer.chosen, _filled(case, answer))
        if not short:
            return _proposal(case, answer)
        spent = time.perf_counter() - began
        if number == snapshot.terms.rounds or spent * (1 + 1 / number) > seconds:
            break
        short.sort(key=lambda need: (need.urgency, need.id))
        for need in short[: (len(short) + 1) // 2]:
            case.out[need.id] = Reason.TOO_FEW_PEOPLE
    note = f"In round {number}, the last, {len(short)} needs were left out for want of people."
    return _proposal(case, _without(case, answer, short), note)


def _round(case: _Case, number: int, *, seconds: float) -> _Answer:
    """Choose, then staff what is chosen; choosing has a third of the time at most."""
    began = time.perf_counter()
    chosen = selecting.select(case.snapshot, case.open_needs(), case.options, seconds=seconds / 3)
    pool = case.pool.only(case.groups_of(chosen.selections)[case.pool.groups])
    left = seconds - (time.perf_counter() - began)
    answer, stage = staffing.staff(case.table, pool, seconds=left)
    return _Answer(chosen.selections, pool, answer.picked, (chosen.stage, stage), number)


def arrange_greedily(snapshot: Snapshot, note: str) -> Proposal:
    """Propose a lawful arrangement quickly; nothing is known of how good it is."""
    began = time.perf_counter()
    case = _laid_out(snapshot)
    needs = case.open_needs()
    chosen = selecting_greedily.select(snapshot, needs, case.options)
    pool = case.pool.only(case.groups_of(chosen)[case.pool.groups])
    picked = greedy.solve(case.table, pool)
    counts = selecting.weights(snapshot, needs)
    spent = round((time.perf_counter() - began) * 1000)
    stages = (
        Stage("A", sum(counts[name] for name in chosen), 0, "none"),
        Stage("B", greedy.objective(case.table, pool, picked), 0, "none", spent),
    )
    answer = _Answer(chosen, pool, picked, stages)
    short = case.short(chosen, _filled(case, answer))
    return _proposal(case, _without(case, answer, short), note)


def _filled(case: _Case, answer: _Answer) -> Integers:
    groups = answer.pool.groups[answer.picked]
    return np.bincount(groups, minlength=len(case.table.columns.groups))


def _without(case: _Case, answer: _Answer, short: Sequence[Need]) -> _Answer:
    """Leave out needs that are short of people without solving again."""
    gone = {need.id for need in short}
    case.out.update(dict.fromkeys(gone, Reason.TOO_FEW_PEOPLE))
    kept = {name: each for name, each in answer.chosen.items() if name not in gone}
    stays = case.groups_of(kept)[answer.pool.groups]
    still = (np.cumsum(stays) - 1)[answer.picked[stays[answer.picked]]]
    return _Answer(kept, answer.pool.only(stays), still, answer.stages, answer.rounds)


def _proposal(case: _Case, answer: _Answer, note: str = "") -> Proposal:
    _tell_what_lacks(case, answer.chosen)
    if not note and not all(stage.exact for stage in answer.stages):
        note = "Time ran out before the answer was known to be the best one."
    offers, covers = reserves.offers(case.table, answer.pool, answer.picked)
    empty = unmet.of_groups(case.table, case.pool, filled=_filled(case, answer), out=case.out)
    return Proposal(
        digest=case.snapshot.digest(),
        seed=case.snapshot.terms.seed,
        exact=not note,
        note=note,
        offers=tuple(sorted(offers, key=lambda each: (each.group, each.rank, each.volunteer))),
        selections=tuple(answer.chosen[name] for name in sorted(answer.chosen)),
        unmet=unmet.of_needs(case.table, case.out) + empty,
        lapses=tuple(sorted(_lapses(case), key=lambda each: (each.group, each.volunteer))),
        covers=tuple(sorted(covers, key=lambda each: each.group)),
        stages=answer.stages,
        rounds=answer.rounds,
    )


def _tell_what_lacks(case: _Case, chosen: Mapping[str, Selection]) -> None:
    """Give the reason of each need that was possible and not chosen: what is not left for it."""
    left = selecting_greedily.Left(case.snapshot)
    needs = {need.id: need for need in case.table.columns.needs}
    for name, selection in chosen.items():
        left.give(needs[name], selection)
    for need in case.open_needs():
        if need.id not in chosen:
            case.out[need.id] = left.lacks(need, case.options[need.id])


def _lapses(case: _Case) -> list[Lapse]:
    """Return the pins that cannot be kept: by themselves, or because the need does not go on."""
    columns = case.table.columns
    stranded = [
        Lapse(columns.groups[group].id, columns.volunteers[volunteer].id, case.out[need.id])
        for volunteer, group in case.table.kept
        if (need := columns.needs[int(columns.need_of_group[group])]).id in case.out
    ]
    return [*case.table.lapses, *stranded]
