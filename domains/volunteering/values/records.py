"""Words for service records."""

from enum import StrEnum


class ServiceRecordState(StrEnum):
    """How far a record has come; the last two are final records that a new version changed."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PUBLICISED = "publicised"
    FINAL = "final"
    CORRECTED = "corrected"
    REVOKED = "revoked"


# Records that a certificate, a star or a figure may count.
COUNTED = frozenset({ServiceRecordState.FINAL, ServiceRecordState.CORRECTED})
# Records that stand before everybody's eyes and may be contested.
CONTESTABLE = frozenset(
    {ServiceRecordState.PUBLICISED, ServiceRecordState.FINAL, ServiceRecordState.CORRECTED}
)


class ServiceRecordEntry(StrEnum):
    """How a record came in."""

    CHECK_IN = "check_in"
    BACK_ENTRY = "back_entry"
    SERVICE_ORDER = "service_order"


class RecordContestState(StrEnum):
    """What became of a contest."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class RecordSuspicion(StrEnum):
    """Which rule put a record under review."""

    RING = "ring"
    IMPOSSIBLE_DAY = "impossible_day"
    YEAR_END_BURST = "year_end_burst"
    STAFF_ON_DUTY = "staff_on_duty"


class RecordReviewOutcome(StrEnum):
    """What a review of suspicions came to."""

    OPEN = "open"
    CLEARED = "cleared"
    UPHELD = "upheld"
