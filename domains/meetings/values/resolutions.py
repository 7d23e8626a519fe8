"""The words of resolutions: how far they are followed, and what residents say of them."""

from enum import StrEnum


class ResolutionState(StrEnum):
    """How far a resolution has been followed."""

    ADOPTED = "adopted"
    IN_PROGRESS = "in_progress"
    DONE_REPORTED = "done_reported"
    KEPT = "kept"
    SET_ASIDE = "set_aside"


# Nothing follows these.
RESOLUTION_ENDS = frozenset({ResolutionState.KEPT, ResolutionState.SET_ASIDE})


class ResolutionAct(StrEnum):
    """What may be done with a resolution that moves it on."""

    PROGRESS = "progress"
    REPORT_DONE = "report_done"
    FIND_KEPT = "find_kept"
    FIND_NOT_KEPT = "find_not_kept"
    SET_ASIDE = "set_aside"


class ResolutionSource(StrEnum):
    """Where a resolution comes from."""

    MOTION = "motion"
    AGENDA_ITEM = "agenda_item"
