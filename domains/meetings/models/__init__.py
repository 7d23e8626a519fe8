"""Meetings' tables, by noun; the log has no model: it is only ever added to, in SQL.

`meetings_log (meeting_id, seq)` tells what happened in a meeting, gapless and in order.
"""

from domains.meetings.models.bodies import Body, Recurrence, Seat
from domains.meetings.models.discussion import Comment, Statement
from domains.meetings.models.floor import SpeakingRequest
from domains.meetings.models.matters import Issue
from domains.meetings.models.meetings import AgendaItem, CalendarFeed, Invitation, Meeting
from domains.meetings.models.motions import Motion, Seconding, Vote
from domains.meetings.models.resolutions import Resolution

__all__ = [
    "AgendaItem",
    "Body",
    "CalendarFeed",
    "Comment",
    "Invitation",
    "Issue",
    "Meeting",
    "Motion",
    "Recurrence",
    "Resolution",
    "Seat",
    "Seconding",
    "SpeakingRequest",
    "Statement",
    "Vote",
]
