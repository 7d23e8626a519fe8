"""What stands in somebody's calendar, from whichever domain, as calendars read it (RFC 5545).

Pure. An entry that moved or was called off takes the place of the one it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from icalendar import Calendar, Event, vText, vUri


class CalendarStatus(StrEnum):
    """How sure an entry is, in the words of the standard."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One entry: the same `uid` is the same entry, a higher `sequence` a later word on it."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: CalendarStatus
    place: str | None = None
    address: str | None = None


def written(items: Iterable[CalendarItem]) -> bytes:
    """Write the calendar, in order of time."""
    calendar = Calendar()
    calendar.add("prodid", "-//gongyi//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "共议日程")
    calendar.add("refresh-interval;value=duration", "PT1H")
    for each in sorted(items, key=lambda item: (item.starts_at, item.uid)):
        calendar.add_component(_event(each))
    content: bytes = calendar.to_ical()
    return content


def _event(item: CalendarItem) -> Event:
    event = Event()
    event.add("uid", item.uid)
    event.add("sequence", item.sequence)
    event.add("dtstamp", item.changed_at)
    event.add("dtstart", item.starts_at)
    event.add("dtend", item.ends_at)
    event.add("summary", item.summary)
    event.add("status", item.status.value)
    if item.place:
        event["location"] = vText(item.place)
    if item.address:
        event["url"] = vUri(item.address)
    return event
