"""When gatherings come again, how they read in a calendar (RFC 5545), and as a record. Pure."""

import html
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

from domains.disclosure.values.gatherings import Every, GatheringKind, GatheringState
from domains.kernel import calendar
from domains.kernel.calendar import Months

LONGEST = timedelta(hours=24)
NAMES: Mapping[GatheringKind, str] = {
    GatheringKind.INTERVIEW_DAY: "群众访谈日",
    GatheringKind.ROUND_TABLE: "圆桌会",
    GatheringKind.PRESS_CONFERENCE: "社情发布会",
}
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3}

Row = Mapping[str, Any]


def occurrence(first: datetime, every: Every, number: int) -> datetime:
    """Return when the gathering of this number starts, the first being number 0.

    The hour is Shanghai's; the 31st of a shorter month is its last day, and nothing drifts.
    """
    local = first.astimezone(_SHANGHAI)
    months = _MONTHS.get(every)
    if months is None:
        return first + timedelta(weeks=number)
    if number == 0:
        return first
    day = calendar.add(local.date(), Months(months * number))
    return datetime.combine(day, local.timetz())


def times_fit(now: datetime, starts_at: datetime, ends_at: datetime, until: datetime) -> bool:
    """Whether it starts in the future, ends within a day, and takes topics until its end."""
    return now < starts_at < ends_at <= starts_at + LONGEST and until <= ends_at


def calendar_of(gatherings: Iterable[Row]) -> bytes:
    """Write gatherings as a calendar; what moved or was called off takes its entry's place."""
    written = Calendar()
    written.add("prodid", "-//gongyi//gatherings//ZH")
    written.add("version", "2.0")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", "群众访谈与发布")
    for row in gatherings:
        event = Event()
        event.add("uid", f"{row['id']}@gatherings.gongyi")
        event.add("sequence", row["revision"])
        event.add("dtstamp", row["changed_at"])
        event.add("dtstart", row["starts_at"])
        event.add("dtend", row["ends_at"])
        event.add("summary", f"{NAMES[GatheringKind(row['kind'])]}:{row['title']}")
        cancelled = row["state"] == GatheringState.CANCELLED
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        event["location"] = vText(row["place"])
        written.add_component(event)
    content: bytes = written.to_ical()
    return content


def record_of(gathering: Row, topics: Iterable[Row]) -> str:
    """Return the record as it is published: where and when, what was said, topics and answers."""
    local = gathering["starts_at"].astimezone(_SHANGHAI)
    head = f"{local:%Y年%m月%d日 %H:%M},{gathering['place']}"
    parts = [f"<p>{html.escape(head)}</p>", gathering["record_html"]]
    for number, row in enumerate(topics, start=1):
        parts.append(f"<h3>议题 {number}</h3><p>{_lines(row['text'])}</p>")
        answer = row["answer"]
        parts.append(f"<p>{_lines(answer) if answer else '未在会上答复。'}</p>")
    return "".join(parts)


def _lines(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")
