"""Words for who stands by: waiting lists, substitutes, teams that are called up."""

from enum import StrEnum


class WaitingState(StrEnum):
    """What became of somebody who waits for a place in a full shift."""

    WAITING = "waiting"
    MOVED_UP = "moved_up"
    DECLINED = "declined"
    LEFT = "left"


class SubstitutionState(StrEnum):
    """Whether somebody takes over another's place in a shift."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TeamCallState(StrEnum):
    """Whether a call to an emergency team stands."""

    CALLED = "called"
    ENDED = "ended"


class TeamCallAnswer(StrEnum):
    """What a member of an emergency team said to a call."""

    COMES = "comes"
    CANNOT = "cannot"
