"""Words for needs."""

from enum import StrEnum


class NeedOrigin(StrEnum):
    """How a need came to be known."""

    OWN = "own"
    ON_BEHALF = "on_behalf"
    FOUND_BY_STAFF = "found_by_staff"


class NeedState(StrEnum):
    """How far a need has come; each of its times is an order with states of its own."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class NeedRepeats(StrEnum):
    """Whether the times of a need come again."""

    ONCE = "once"
    WEEKLY = "weekly"


class SkillLevel(StrEnum):
    """How sure a skill has to be."""

    CLAIMED = "claimed"
    VERIFIED = "verified"


# Needs that stand: seen by who belongs once verified, and counted as open.
STANDING = frozenset({NeedState.SUBMITTED, NeedState.VERIFIED})
