"""Who may, over minutes; as what somebody confirms them, the commands judge."""

from domains.kernel.actor import Authority, Rule, either
from domains.meetings.policy.places import is_invited, organises, presides, sees_meeting

keeps_minutes = either(organises, presides)

MINUTES: Authority = {
    "draftMinutes": Rule(may=keeps_minutes, sees=sees_meeting),
    "editMinutesLine": Rule(may=keeps_minutes, sees=sees_meeting),
    "addMinutesRemark": Rule(may=keeps_minutes, sees=sees_meeting),
    "removeMinutesRemark": Rule(may=keeps_minutes, sees=sees_meeting),
    "confirmMinutes": Rule(may=either(keeps_minutes, is_invited), sees=sees_meeting),
    "objectToMinutes": Rule(may=is_invited, sees=sees_meeting),
    "decideMinutesObjection": Rule(may=keeps_minutes, sees=sees_meeting),
    "publishMinutes": Rule(may=keeps_minutes, sees=sees_meeting),
}
