"""Meetings' tables, by noun; the log has no model: it is only ever added to, in SQL.

`meetings_log (meeting_id, seq)` tells what happened in a meeting, gapless and in order.
"""

from domains.meetings.models.bodies import Body, Recurrence, Seat
from domains.meetings.models.meetings import AgendaItem, CalendarFeed, Invitation, Meeting

__all__ = [
    "AgendaItem",
    "Body",
    "CalendarFeed",
    "Invitation",
    "Meeting",
    "Recurrence",
    "Seat",
]
