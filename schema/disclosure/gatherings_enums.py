"""Enums of gatherings, described once for the contract."""

from domains.disclosure.values.gatherings import (
    Every,
    GatheringAct,
    GatheringKind,
    GatheringState,
)
from schema.enums import describe

describe(
    GatheringKind,
    "How a community answers in person.",
    INTERVIEW_DAY="A day on which everybody can come and ask, 群众访谈日.",
    ROUND_TABLE="A round table, 圆桌会.",
    PRESS_CONFERENCE="A conference that tells and answers, 社情发布会.",
)
describe(
    GatheringState,
    "How far a gathering has come.",
    PLANNED="Planned; over, where its time is.",
    CANCELLED="Called off, for a reason.",
    RECORDED="Its record is written, and not confirmed.",
    PUBLISHED="Its record is public.",
)
describe(
    GatheringAct,
    "What became of a gathering.",
    PLANNED="It was planned.",
    MOVED="It was moved.",
    CANCELLED="It was called off.",
    RECORDED="Its record was written, or written anew.",
    PUBLISHED="Its record was confirmed and made public.",
)
describe(
    Every,
    "How often a gathering comes again.",
    WEEK="Every week.",
    MONTH="Every month.",
    QUARTER="Every quarter.",
)
