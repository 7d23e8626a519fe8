"""Meetings' words: closed lists and small frozen shapes that database, rules and schema share."""

from domains.meetings.values.bodies import (
    LEVELS,
    BodyLevel,
    MeetingForm,
    RecurrenceKind,
    SeatOffice,
)
from domains.meetings.values.log import LogKind
from domains.meetings.values.meetings import (
    BEFORE_SESSION,
    PUBLISHED,
    UNDER_WAY,
    AgendaItemKind,
    AgendaItemState,
    AttendeeKind,
    Capacity,
    InvitedGroup,
    MeetingMode,
    MeetingState,
    Response,
)
from domains.meetings.values.room import CheckInMethod, Standing

__all__ = [
    "BEFORE_SESSION",
    "LEVELS",
    "PUBLISHED",
    "UNDER_WAY",
    "AgendaItemKind",
    "AgendaItemState",
    "AttendeeKind",
    "BodyLevel",
    "Capacity",
    "CheckInMethod",
    "InvitedGroup",
    "LogKind",
    "MeetingForm",
    "MeetingMode",
    "MeetingState",
    "RecurrenceKind",
    "Response",
    "SeatOffice",
    "Standing",
]
