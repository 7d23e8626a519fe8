"""The enums of minutes, described once for the contract."""

from domains.meetings.values.minutes import (
    LineOrigin,
    MinutesFormat,
    MinutesObjectionState,
    MinutesPart,
    NamesShown,
    SignatoryRole,
)
from schema.enums import describe

describe(
    MinutesPart,
    "Where in the minutes a line stands.",
    ATTENDANCE="Who was there, and from when to when.",
    PROCEEDINGS="What happened.",
    RESOLUTIONS="What is to be done, by whom, by when.",
)
describe(
    LineOrigin,
    "What a line of minutes comes from.",
    LOG="The meeting's log.",
    RESOLUTION="A resolution of the meeting.",
    REMARK="A remark of who keeps the minutes.",
)
describe(
    SignatoryRole,
    "As what somebody confirms minutes.",
    CHAIR="As the chair.",
    SECRETARY="As who keeps them.",
    ATTENDEE="As one of those present who decide.",
)
describe(
    MinutesObjectionState,
    "What became of an objection to minutes.",
    FILED="It waits for its answer.",
    UPHELD="It was right: the minutes are a draft again.",
    DISMISSED="The minutes stand.",
)
describe(
    MinutesFormat,
    "As what kind of file minutes are given out.",
    PDF="To be printed.",
    TEXT="Plain text.",
)
describe(
    NamesShown,
    "How the names of attendees stand in what everybody reads.",
    FULL="As on the attendance list.",
    MASKED="By the surname alone, but for who presides and who keeps the minutes.",
)
