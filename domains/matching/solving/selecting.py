"""Stage A: which needs go ahead, each with one host, one supervisor, one venue and its money.

An integer program by HiGHS, one for each part of the town that shares nothing with another. It
counts urgency; needs that somebody promised to serve come before all, and between equals those
proposed before. Rows say `at least` where one is wanted: what is chosen twice is used once.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from domains.matching.solving import programs
from domains.matching.solving.allotting import allot
from domains.matching.solving.options import Options, taken_at
from domains.matching.solving.programs import Rows
from domains.matching.solving.proposal import Selection, Stage
from domains.matching.solving.snapshot import Need, Snapshot, Venue

_Kind = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The needs that go ahead with what they get, and how sure it is that no choice is better."""

    selections: dict[str, Selection]
    stage: Stage


def weights(snapshot: Snapshot, needs: Sequence[Need]) -> dict[str, int]:
    """Return what each need counts: promises before urgency, urgency before what was proposed."""
    pinned = {group for group, _ in snapshot.pinned}
    before = {group for group, _ in snapshot.previous}
    fine = len(needs) + 1 if before else 1
    coarse = sum(need.urgency for need in needs) * fine + fine if pinned else 0
    return {
        need.id: need.urgency * fine
        + (1 if any(group.id in before for group in need.groups) else 0)
        + (coarse if any(group.id in pinned for group in need.groups) else 0)
        for need in needs
    }


def select(
    snapshot: Snapshot,
    needs: Sequence[Need],
    options: Mapping[str, Options],
    *,
    seconds: float,
) -> Chosen:
    """Choose among needs that are possible each by itself."""
    began = time.perf_counter()
    counts = weights(snapshot, needs)
    selections = {need.id: Selection(need.id) for need in needs if not options[need.id].asks}
    free = sum(counts[name] for name in selections)
    objective = bound = free
    method = "lp_dual"
    parts = _parts([need for need in needs if options[need.id].asks], options)
    for at, part in enumerate(parts):
        # A part may take more than its share of what is left, but not starve those after it.
        left = seconds - (time.perf_counter() - began)
        share = min(left, 4 * left / (len(parts) - at))
        some, part_bound, part_method = _choose(
            snapshot, part, options, counts=counts, seconds=share
        )
        selections |= some
        objective += sum(counts[name] for name in some)
        bound += part_bound
        method = part_method if part_method != "lp_dual" else method
    spent = round((time.perf_counter() - began) * 1000)
    return Chosen(selections, Stage("A", objective, bound, method, spent))


def _parts(needs: Sequence[Need], options: Mapping[str, Options]) -> list[list[Need]]:
    """Part needs into sets that have no option in common."""
    keys: dict[_Kind, int] = {}
    rows, columns = [], []
    for at, need in enumerate(needs):
        for kind in _kinds(options[need.id]):
            rows.append(at)
            columns.append(len(needs) + keys.setdefault(kind, len(keys)))
    size = len(needs) + len(keys)
    links = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, label = csgraph.connected_components(links.tocsr(), directed=False)
    parts: dict[int, list[Need]] = defaultdict(list)
    for need, part in zip(needs, label[: len(needs)].tolist(), strict=True):
        parts[part].append(need)
    return list(parts.values())


def _kinds(of: Options) -> list[_Kind]:
    return [
        (kind, name)
        for kind, names in (
            ("host", of.hosts),
            ("worker", of.workers),
            ("venue", of.venues),
            ("fund", of.funds),
        )
        for name in names
    ]


def _choose(
    snapshot: Snapshot,
    needs: Sequence[Need],
    options: Mapping[str, Options],
    *,
    counts: Mapping[str, int],
    seconds: float,
) -> tuple[dict[str, Selection], int, str]:
    """Solve one part: what goes ahead, what cannot be exceeded, and by what that is known."""
    column: dict[tuple[str, str, str], int] = {}
    for need in needs:
        column[need.id, "", ""] = len(column)
        for kind, name in _kinds(options[need.id]):
            column[need.id, kind, name] = len(column)
    costs = np.zeros(len(column), np.int64)
    integral = np.ones(len(column), bool)
    for (name, kind, _), at in column.items():
        if not kind:
            costs[at] = -counts[name]
        integral[at] = kind != "fund"
    program = _rows(snapshot, needs, options, column).program(costs, np.ones_like(costs))
    began = time.perf_counter()
    relaxed = programs.relax(program, seconds=seconds)
    left = seconds - (time.perf_counter() - began)
    answer = programs.solve(program, integral, seconds=left, most=-int(costs.sum()))
    taken = {
        (name, kind): other
        for (name, kind, other), at in column.items()
        if kind != "fund" and answer.values[at] > 0.5
    }
    ahead = [need for need in needs if (need.id, "") in taken]
    selections = _selections(snapshot, ahead, options, taken)
    met = sum(counts[name] for name in selections)
    if -relaxed.bound == met:
        return selections, met, "lp_dual"
    return selections, min(-relaxed.bound, -answer.bound), "tree"


def _selections(
    snapshot: Snapshot,
    ahead: Sequence[Need],
    options: Mapping[str, Options],
    taken: Mapping[_Kind, str],
) -> dict[str, Selection]:
    """Return what each need gets; one that cannot be paid to the last fen does not go ahead."""
    money, short = allot(ahead, options, {each.id: each for each in snapshot.funds})
    return {
        need.id: Selection(
            need.id,
            host=taken.get((need.id, "host"), "") if need.wants_host else "",
            worker=taken.get((need.id, "worker"), "") if need.supervision else "",
            venue=taken.get((need.id, "venue"), "") if need.wants_venue else "",
            money=money.get(need.id, ()),
        )
        for need in ahead
        if need.id not in short
    }


def _rows(
    snapshot: Snapshot,
    needs: Sequence[Need],
    options: Mapping[str, Options],
    column: Mapping[tuple[str, str, str], int],
) -> Rows:
    rows = Rows()
    users: dict[_Kind, list[Need]] = defaultdict(list)
    for need in needs:
        of = options[need.id]
        goes = (column[need.id, "", ""], -1)
        for kind, names, wanted in (
            ("host", of.hosts, need.wants_host),
            ("worker", of.workers, need.supervision),
            ("venue", of.venues, need.wants_venue),
            ("fund", of.funds, need.cost),
        ):
            for name in names:
                users[kind, name].append(need)
            if wanted:
                terms = [(column[need.id, kind, name], 1) for name in names]
                rows.add([*terms, goes], 0, at_least=True)

    limits = {
        **{("host", each.id): each.capacity for each in snapshot.organisations},
        **{("worker", each.id): each.load for each in snapshot.workers},
        **{("fund", each.id): each.remaining for each in snapshot.funds},
    }
    venues = {each.id: each for each in snapshot.venues}
    for (kind, name), among in users.items():
        fullest = _moments(venues[name], among) if kind == "venue" else []
        for present, limit in fullest or [(among, limits.get((kind, name), 0))]:
            terms = [(column[need.id, kind, name], _takes(need, kind)) for need in present]
            rows.add(terms, limit)
    return rows


def _takes(need: Need, kind: str) -> int:
    return {"host": 1, "worker": need.supervision, "fund": need.cost, "venue": need.room}[kind]


def _moments(venue: Venue, needs: Sequence[Need]) -> list[tuple[list[Need], int]]:
    """Return who would be in a venue when it may be fullest, and the seats there are for them."""
    moments = sorted(
        {group.starts for need in needs for group in need.groups}
        | {starts for starts, _, _ in venue.taken}
    )
    present = (
        (
            [
                need
                for need in needs
                if any(group.starts <= moment < group.ends for group in need.groups)
            ],
            venue.capacity - taken_at(venue, moment),
        )
        for moment in moments
    )
    return [each for each in present if each[0]]
