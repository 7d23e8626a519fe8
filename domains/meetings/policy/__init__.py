"""Who may, in bodies and meetings: one declared table, gathered from one file a noun."""

from domains.kernel.actor import Authority
from domains.meetings.policy.bodies import ROWS as BODIES
from domains.meetings.policy.discussion import AUTHORITY as DISCUSSION
from domains.meetings.policy.floor import FLOOR
from domains.meetings.policy.issues import AUTHORITY as ISSUES
from domains.meetings.policy.meetings import ROWS as MEETINGS
from domains.meetings.policy.minutes import MINUTES
from domains.meetings.policy.places import (
    CONVENERS,
    BodyPlace,
    MeetingPlace,
)
from domains.meetings.policy.room import ROWS as ROOM

AUTHORITY: Authority = {**BODIES, **MEETINGS, **ROOM, **FLOOR, **ISSUES, **DISCUSSION, **MINUTES}

__all__ = ["AUTHORITY", "CONVENERS", "BodyPlace", "MeetingPlace"]
