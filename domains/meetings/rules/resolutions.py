"""How a resolution is followed until a resident says that it was kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domains.meetings.errors.resolutions import ResolutionNotReady
from domains.meetings.values.issues import HistoryKind
from domains.meetings.values.resolutions import RESOLUTION_ENDS, ResolutionAct, ResolutionState

S = ResolutionState


@dataclass(frozen=True, slots=True)
class Following:
    """From which states an act leads, to which, and how the history tells of it."""

    begins: frozenset[ResolutionState]
    ends: ResolutionState
    kind: HistoryKind


_OPEN = frozenset(S) - RESOLUTION_ENDS

FOLLOWING: Mapping[ResolutionAct, Following] = {
    ResolutionAct.PROGRESS: Following(
        frozenset({S.ADOPTED, S.IN_PROGRESS}), S.IN_PROGRESS, HistoryKind.PROGRESSED
    ),
    ResolutionAct.REPORT_DONE: Following(
        frozenset({S.ADOPTED, S.IN_PROGRESS}), S.DONE_REPORTED, HistoryKind.DONE_REPORTED
    ),
    ResolutionAct.FIND_KEPT: Following(frozenset({S.DONE_REPORTED}), S.KEPT, HistoryKind.KEPT),
    ResolutionAct.FIND_NOT_KEPT: Following(
        frozenset({S.DONE_REPORTED}), S.IN_PROGRESS, HistoryKind.NOT_KEPT
    ),
    ResolutionAct.SET_ASIDE: Following(_OPEN, S.SET_ASIDE, HistoryKind.SET_ASIDE),
}


def require(act: ResolutionAct, state: ResolutionState) -> Following:
    """Return where an act leads; raises ResolutionNotReady."""
    found = FOLLOWING[act]
    if state not in found.begins:
        raise ResolutionNotReady
    return found


def decides(evaluator: UUID, *, proposer: UUID | None, proposer_had_time: bool) -> bool:
    """Whether this resident's word settles whether the resolution was kept.

    Whoever raised the matter speaks first; where nobody did, or they let their time go by,
    any resident of the place does.
    """
    return proposer is None or evaluator == proposer or proposer_had_time
