"""Words of the bodies that meet: forms, levels, seats, and how often they meet."""

from enum import StrEnum


class MeetingForm(StrEnum):
    """What kind of meeting it is; each form has rules of its own."""

    DELIBERATION_COUNCIL = "deliberation_council"
    HEARING = "hearing"
    RESIDENTS_REPRESENTATIVES = "residents_representatives"
    COORDINATION = "coordination"
    REVIEW_MEETING = "review_meeting"
    ROUND_TABLE = "round_table"
    OPEN_INTERVIEW_DAY = "open_interview_day"
    PRESS_CONFERENCE = "press_conference"


class BodyLevel(StrEnum):
    """On which of the four levels a body meets."""

    BUILDING = "building"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"


# From the lowest up: what one level leaves unresolved goes to the next.
LEVELS = (BodyLevel.BUILDING, BodyLevel.COMMUNITY, BodyLevel.STREET, BodyLevel.DISTRICT)


class SeatOffice(StrEnum):
    """What somebody is in a body."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class RecurrenceKind(StrEnum):
    """How a body's regular meetings follow one another."""

    MONTHLY = "monthly"
    WEEKLY = "weekly"
