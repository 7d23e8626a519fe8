"""Somebody's meetings as entries of their calendar. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.calendar_file import CalendarItem, CalendarStatus
from domains.meetings.values import MeetingState

_CANCELLED = frozenset({MeetingState.CANCELLED})
_TENTATIVE = frozenset({MeetingState.PLANNED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting in somebody's calendar."""

    meeting_id: UUID
    title: str
    body_name: str
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    place: str | None
    online_address: str | None
    version: int
    changed_at: datetime


def item(entry: Entry) -> CalendarItem:
    """Return the entry of a meeting; one that moved or was called off takes its place."""
    return CalendarItem(
        uid=f"{entry.meeting_id}@meetings.gongyi",
        sequence=entry.version,
        changed_at=entry.changed_at,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        summary=f"{entry.body_name}:{entry.title}",
        status=_status(entry.state),
        place=entry.place,
        address=entry.online_address,
    )


def _status(state: MeetingState) -> CalendarStatus:
    if state in _CANCELLED:
        return CalendarStatus.CANCELLED
    return CalendarStatus.TENTATIVE if state in _TENTATIVE else CalendarStatus.CONFIRMED
