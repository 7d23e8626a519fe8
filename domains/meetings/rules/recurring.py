"""On which days regular meetings fall. Pure.

A small closed part of RFC 5545: every so many months on a day of the month, every so many
weeks on a day of the week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domains.kernel import calendar
from domains.meetings.values import RecurrenceKind

LAST_MONTH_DAY = 28


@dataclass(frozen=True, slots=True)
class Pattern:
    """How often: `on` is a day of the month (1 to 28), or of the week (1 is Monday)."""

    kind: RecurrenceKind
    every: int
    on: int
    first_day: date
    last_day: date | None = None

    def __post_init__(self) -> None:
        longest = LAST_MONTH_DAY if self.kind is RecurrenceKind.MONTHLY else 7
        assert 1 <= self.on <= longest
        assert self.every >= 1

    def days(self, *, after: date, until: date) -> Iterator[date]:
        """Yield its days after one day, up to and with another."""
        end = until if self.last_day is None else min(until, self.last_day)
        for day in self._all():
            if day > end:
                return
            if day > after and day >= self.first_day:
                yield day

    def _all(self) -> Iterator[date]:
        if self.kind is RecurrenceKind.WEEKLY:
            day = self.first_day + timedelta(days=(self.on - self.first_day.isoweekday()) % 7)
            while True:
                yield day
                day += timedelta(weeks=self.every)
        month = self.first_day.replace(day=1)
        while True:
            yield month.replace(day=self.on)
            month = calendar.add(month, calendar.Months(self.every))

    def rule(self) -> str:
        """Return it as RFC 5545 writes it."""
        if self.kind is RecurrenceKind.MONTHLY:
            text = f"FREQ=MONTHLY;INTERVAL={self.every};BYMONTHDAY={self.on}"
        else:
            day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[self.on - 1]
            text = f"FREQ=WEEKLY;INTERVAL={self.every};BYDAY={day}"
        return text if self.last_day is None else f"{text};UNTIL={self.last_day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Held:
    """The day on which a meeting is held, and why it is not the day that it falls on."""

    day: date
    shift_reason: str | None = None


def held_on(day: date, *, shifts: bool) -> Held:
    """Return when a meeting is held that falls on a day: on a day of rest, the next working day."""
    if not shifts or calendar.is_working_day(day):
        return Held(day)
    moved = calendar.add(day, calendar.WorkingDays(1))
    return Held(moved, f"{day.month}月{day.day}日为休息日,顺延至{moved.month}月{moved.day}日")
