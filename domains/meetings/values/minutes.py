"""The words of minutes: what their lines come from, who confirms them, how they are given out."""

from enum import StrEnum


class MinutesPart(StrEnum):
    """Where in the minutes a line stands."""

    ATTENDANCE = "attendance"
    PROCEEDINGS = "proceedings"
    RESOLUTIONS = "resolutions"


class LineOrigin(StrEnum):
    """What a line comes from."""

    LOG = "log"
    RESOLUTION = "resolution"
    REMARK = "remark"


class SignatoryRole(StrEnum):
    """As what somebody confirms minutes."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    ATTENDEE = "attendee"


class MinutesObjectionState(StrEnum):
    """What became of an objection to minutes."""

    FILED = "filed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class NamesShown(StrEnum):
    """How the names of attendees stand in what everybody reads."""

    FULL = "full"
    MASKED = "masked"


class MinutesFormat(StrEnum):
    """As what kind of file minutes are given out."""

    PDF = "pdf"
    TEXT = "text"
