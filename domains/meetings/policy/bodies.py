"""Who may, over bodies, their seats and their regular meetings."""

from domains.kernel.actor import Authority, Rule
from domains.meetings.policy.places import belongs, convenes, organises_body, sees_body

ROWS: Authority = {
    "createBody": Rule(may=convenes, sees=belongs),
    "editBody": Rule(may=organises_body, sees=sees_body),
    "dissolveBody": Rule(may=convenes, sees=sees_body),
    "seatMember": Rule(may=organises_body, sees=sees_body),
    "endSeat": Rule(may=organises_body, sees=sees_body),
    "createRecurrence": Rule(may=organises_body, sees=sees_body),
    "endRecurrence": Rule(may=organises_body, sees=sees_body),
    "adoptMeetingRules": Rule(may=convenes, sees=belongs),
}
