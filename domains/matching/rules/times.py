"""Times: when needs are asked for, when an offer is to be answered. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domains.matching.rules.procedure import Procedure
from domains.volunteering.values.volunteers import TimeBlock

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST = timedelta(hours=24)
MOST_URGENT = 4
_NOON = time(12)
_EVENING = time(18)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From when to when."""

    starts_at: datetime
    ends_at: datetime

    def later(self, *, weeks: int) -> "Window":
        """Return the same time of the week, so many weeks later (Shanghai has no summer time)."""
        ahead = timedelta(weeks=weeks)
        return Window(self.starts_at + ahead, self.ends_at + ahead)


def is_sound(window: Window, *, now: datetime, days_ahead: int) -> bool:
    """Whether a time ends after it starts, within a day, is still to come, and not too far."""
    return (
        timedelta(0) < window.ends_at - window.starts_at <= LONGEST
        and window.starts_at > now
        and window.starts_at <= now + timedelta(days=days_ahead)
    )


def do_overlap(windows: Sequence[Window]) -> bool:
    """Whether two of the times overlap."""
    ordered = sorted(windows)
    return any(one.ends_at > other.starts_at for one, other in pairwise(ordered))


def weekly(window: Window, *, until: date, not_after: datetime) -> Iterator[Window]:
    """Yield the time and its repetitions, up to a day and an instant (both included)."""
    weeks = 0
    while True:
        found = window.later(weeks=weeks)
        if found.starts_at > not_after or found.starts_at.astimezone(SHANGHAI).date() > until:
            return
        yield found
        weeks += 1


def answer_by(
    now: datetime, *, starts_at: datetime, urgency: int, procedure: Procedure
) -> datetime:
    """Return until when an offer waits: shorter for what is urgent, never beyond the service."""
    usual = timedelta(hours=procedure.offer_hours)
    is_urgent = urgency >= MOST_URGENT or starts_at - now <= usual
    given = timedelta(minutes=procedure.urgent_offer_minutes) if is_urgent else usual
    return min(now + given, starts_at)


def remind_at(now: datetime, *, until: datetime, procedure: Procedure) -> datetime:
    """Return when somebody is reminded: some time before the end, or halfway where it is near."""
    return until - min(timedelta(minutes=procedure.expiring_minutes), (until - now) / 2)


def block_of(starts_at: datetime) -> tuple[int, TimeBlock]:
    """Return the weekday and the part of the day in which something begins."""
    local = starts_at.astimezone(SHANGHAI)
    if local.time() < _NOON:
        block = TimeBlock.MORNING
    else:
        block = TimeBlock.AFTERNOON if local.time() < _EVENING else TimeBlock.EVENING
    return local.isoweekday(), block
