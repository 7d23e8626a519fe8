"""Words for what volunteers are called to."""

from enum import StrEnum


class VolunteerActivityState(StrEnum):
    """How far an activity has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class VolunteerActivityNature(StrEnum):
    """What an activity is by nature; the rules say which natures are no service."""

    SERVICE = "service"
    TRAINING = "training"
    MEETING = "meeting"
    LECTURE = "lecture"
    DUTY_SHIFT = "duty_shift"
    BANQUET = "banquet"
    REHEARSAL = "rehearsal"
    DONATION = "donation"
    PAID_WORK = "paid_work"


class SignUpState(StrEnum):
    """Whether a volunteer has a place in a shift."""

    SIGNED_UP = "signed_up"
    LEFT = "left"
    ABSENT = "absent"
