"""What happened in bodies and meetings: ids, states and days, never personal data."""

from domains.meetings.events.meetings import (
    AgendaItemRaised,
    AgendaItemWithdrawn,
    BodyChanged,
    CheckInOpened,
    MeetingCancelled,
    MeetingConvened,
    MeetingNear,
    MeetingPlaceChanged,
    MeetingPlanned,
    MeetingRescheduled,
    RecurrencePassedOver,
)
from domains.meetings.events.room import (
    InvitationRevoked,
    MeetingAdjourned,
    MeetingStarted,
    PeopleInvited,
    PersonInvited,
    ResponseGiven,
    RoomChanged,
    SubstituteNamed,
)

__all__ = [
    "AgendaItemRaised",
    "AgendaItemWithdrawn",
    "BodyChanged",
    "CheckInOpened",
    "InvitationRevoked",
    "MeetingAdjourned",
    "MeetingCancelled",
    "MeetingConvened",
    "MeetingNear",
    "MeetingPlaceChanged",
    "MeetingPlanned",
    "MeetingRescheduled",
    "MeetingStarted",
    "PeopleInvited",
    "PersonInvited",
    "RecurrencePassedOver",
    "ResponseGiven",
    "RoomChanged",
    "SubstituteNamed",
]
