"""What was promised stands: pinned acceptances are taken off demand, time and weekly caps."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from domains.matching.solving import fitness
from domains.matching.solving.proposal import Lapse
from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import Snapshot, Window
from domains.matching.solving.tables import Columns, Integers


@dataclass(slots=True)
class Board:
    """Columns in which pins are spent already: `kept` are (volunteer, group), `lapses` the rest."""

    columns: Columns
    kept: list[tuple[int, int]]
    lapses: list[Lapse]
    places_left: Integers
    pinned_of: Integers


def board(snapshot: Snapshot) -> Board:
    """Lay a snapshot out, keeping every pin that can be kept and telling of the others."""
    columns = Columns(snapshot)
    kept: list[tuple[int, int]] = []
    lapses: list[Lapse] = []
    left = columns.places.copy()
    taken: dict[int, list[Window]] = defaultdict(list)
    for group_id, volunteer_id in sorted(set(snapshot.pinned)):
        volunteer = columns.volunteer_at.get(volunteer_id, -1)
        group = columns.group_at.get(group_id, -1)
        reason = _why_lapsed(columns, left, taken, volunteer=volunteer, group=group)
        if reason is not None:
            lapses.append(Lapse(group_id, volunteer_id, reason))
            continue
        kept.append((volunteer, group))
        left[group] -= 1
        taken[volunteer].append((int(columns.starts[group]), int(columns.ends[group])))
        columns.spend(volunteer, group)
    columns.use_windows(
        {at: _without(columns.volunteers[at].free, busy) for at, busy in taken.items()}
    )
    return Board(columns, kept, lapses, left, columns.places - left)


def _why_lapsed(
    columns: Columns,
    left: Integers,
    taken: dict[int, list[Window]],
    *,
    volunteer: int,
    group: int,
) -> Reason | None:
    if volunteer < 0 or group < 0:
        return Reason.UNKNOWN
    if left[group] < 1:
        return Reason.GROUP_FULL
    starts, ends = columns.starts[group], columns.ends[group]
    if any(begin < ends and starts < end for begin, end in taken[volunteer]):
        return Reason.ELSEWHERE
    return fitness.may_serve(columns, volunteer, group, fitness.LASTING)


def _without(free: tuple[Window, ...], busy: list[Window]) -> list[Window]:
    """Cut busy windows out of free ones."""
    windows = list(free)
    for begin, end in busy:
        windows = [
            part
            for starts, ends in windows
            for part in ((starts, min(ends, begin)), (max(starts, end), ends))
            if part[0] < part[1]
        ]
    return windows


def pinned_turns(table: Board) -> Integers:
    """Return how many turns each volunteer has had, pinned ones of this snapshot included."""
    turns = table.columns.turns.copy()
    if table.kept:
        np.add.at(turns, np.asarray([volunteer for volunteer, _ in table.kept]), 1)
    return turns
