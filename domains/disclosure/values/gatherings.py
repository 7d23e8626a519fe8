"""The words of supervision: days on which a community answers in person."""

from enum import StrEnum


class GatheringKind(StrEnum):
    """How a community answers in person."""

    INTERVIEW_DAY = "interview_day"
    ROUND_TABLE = "round_table"
    PRESS_CONFERENCE = "press_conference"


class GatheringState(StrEnum):
    """How far a gathering has come."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    RECORDED = "recorded"
    PUBLISHED = "published"


class GatheringAct(StrEnum):
    """What became of a gathering, as its history tells it."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RECORDED = "recorded"
    PUBLISHED = "published"


class Every(StrEnum):
    """How often a gathering comes again."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
