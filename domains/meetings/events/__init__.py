"""What happened in bodies and meetings: ids, states and days, never personal data."""

from domains.meetings.events.meetings import (
    AgendaItemRaised,
    BodyChanged,
    CheckInOpened,
    MeetingCancelled,
    MeetingConvened,
    MeetingNear,
    MeetingPlanned,
    MeetingRescheduled,
)
from domains.meetings.events.room import (
    MeetingAdjourned,
    MeetingStarted,
    PersonInvited,
    ResponseGiven,
    RoomChanged,
    SubstituteNamed,
)

__all__ = [
    "AgendaItemRaised",
    "BodyChanged",
    "CheckInOpened",
    "MeetingAdjourned",
    "MeetingCancelled",
    "MeetingConvened",
    "MeetingNear",
    "MeetingPlanned",
    "MeetingRescheduled",
    "MeetingStarted",
    "PersonInvited",
    "ResponseGiven",
    "RoomChanged",
    "SubstituteNamed",
]
