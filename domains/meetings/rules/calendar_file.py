"""Somebody's meetings as a calendar reads them (RFC 5545). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from icalendar import Calendar, Event, vText, vUri

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


def written(entries: Iterable[Entry]) -> bytes:
    """Write the calendar; a meeting that moved or was called off takes its entry's place."""
    calendar = Calendar()
    calendar.add("prodid", "-//gongyi//meetings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "共议会议")
    calendar.add("refresh-interval;value=duration", "PT1H")
    for each in entries:
        calendar.add_component(_event(each))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.meeting_id}@meetings.gongyi")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", f"{entry.body_name}:{entry.title}")
    event.add("status", _status(entry.state))
    if entry.place:
        event["location"] = vText(entry.place)
    if entry.online_address:
        event["url"] = vUri(entry.online_address)
    return event


def _status(state: MeetingState) -> str:
    if state in _CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if state in _TENTATIVE else "CONFIRMED"
