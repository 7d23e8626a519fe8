"""Who may, in the room."""

from domains.kernel.actor import Authority, Rule, either
from domains.meetings.policy.places import (
    helps,
    is_invited,
    organises,
    presides,
    sees_meeting,
    takes_part,
)

ROWS: Authority = {
    "openCheckIn": Rule(may=either(organises, presides), sees=sees_meeting),
    "checkIn": Rule(may=is_invited, sees=sees_meeting),
    "checkInWithCode": Rule(may=is_invited, sees=sees_meeting),
    "checkInByList": Rule(may=helps, sees=sees_meeting),
    "leaveMeeting": Rule(may=takes_part, sees=sees_meeting),
    "recordDeparture": Rule(may=either(helps, presides), sees=sees_meeting),
    "openMeeting": Rule(may=presides, sees=sees_meeting),
    "callAgendaItem": Rule(may=presides, sees=sees_meeting),
    "closeAgendaItem": Rule(may=presides, sees=sees_meeting),
    "recessMeeting": Rule(may=presides, sees=sees_meeting),
    "resumeMeeting": Rule(may=presides, sees=sees_meeting),
    "handOverChair": Rule(may=presides, sees=sees_meeting),
    "takeBackChair": Rule(may=takes_part, sees=sees_meeting),
    "adjournMeeting": Rule(may=presides, sees=sees_meeting),
}
