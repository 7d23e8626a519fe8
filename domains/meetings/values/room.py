"""Words of the room: who is there, and how they came in."""

from enum import StrEnum


class Standing(StrEnum):
    """Whether somebody who is invited is in the room."""

    ABSENT = "absent"
    PRESENT = "present"
    LEFT = "left"
    EXCUSED = "excused"


# What a code shown in the room is signed for.
CHECK_IN_CODE = "meetings.check-in"


class CheckInMethod(StrEnum):
    """How somebody's coming was recorded."""

    ONLINE = "online"
    CODE = "code"
    LIST = "list"
