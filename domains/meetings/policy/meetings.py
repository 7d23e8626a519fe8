"""Who may, over meetings, agendas, invitations and calendars."""

from domains.kernel.actor import Authority, Rule, either, signed_in
from domains.meetings.policy.places import (
    organises,
    organises_body,
    presides,
    sees_body,
    sees_item,
    sees_meeting,
)

ROWS: Authority = {
    "planMeeting": Rule(may=organises_body, sees=sees_body),
    "editMeeting": Rule(may=organises, sees=sees_meeting),
    "publishAgenda": Rule(may=organises, sees=sees_meeting),
    "rescheduleMeeting": Rule(may=organises, sees=sees_meeting),
    "changeMeetingPlace": Rule(may=organises, sees=sees_meeting),
    "cancelMeeting": Rule(may=organises, sees=sees_meeting),
    "appointChair": Rule(may=organises, sees=sees_meeting),
    "addAgendaItem": Rule(may=organises, sees=sees_meeting),
    "editAgendaItem": Rule(may=organises, sees=sees_meeting),
    "withdrawAgendaItem": Rule(may=organises, sees=sees_item),
    "orderAgenda": Rule(may=organises, sees=sees_meeting),
    "placeAgendaItem": Rule(may=organises, sees=sees_meeting),
    "raiseAgendaItem": Rule(may=either(organises, presides), sees=sees_meeting),
    "inviteToMeeting": Rule(may=organises, sees=sees_meeting),
    "inviteGroupToMeeting": Rule(may=organises, sees=sees_meeting),
    "revokeInvitation": Rule(may=organises, sees=sees_meeting),
    # Whose invitation it is, the commands check.
    "respondToInvitation": Rule(may=signed_in, sees=sees_meeting),
    "nameSubstitute": Rule(may=signed_in, sees=sees_meeting),
    "withdrawSubstitute": Rule(may=signed_in, sees=sees_meeting),
    "excuseAttendee": Rule(may=either(organises, presides), sees=sees_meeting),
    "createCalendarFeed": Rule(may=signed_in),
    "revokeCalendarFeed": Rule(may=signed_in),
}
