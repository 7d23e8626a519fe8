"""Days as the law counts them: natural and working days apart, in Shanghai. Pure.

Civil Code arts. 201 to 203: the day on which a period begins is not counted; a period of
months ends on the corresponding day; a last day that is a statutory day of rest moves to
the next day that is none; and the last day ends at 24:00.

The days of rest come from the package `holidays`, chosen over `chinesecalendar`. Both know
every arrangement that the State Council has published, with its make-up working days, and
a test holds them against each other. But the State Council publishes a year's arrangement
only in the last weeks of the year before: past that, `chinesecalendar` knows nothing,
while `holidays` still computes the days that the Regulation on public holidays fixes by
itself (the festivals of the moon too, and the days in place of those that fall on a
weekend). What is then missing is which weekends are worked. So a day past the last
arrangement is judged by the Regulation and by weekends, and every answer that rests on
such a day says so: `certain` is False, and the answer must be asked for again once the
arrangement is out. Nothing is refused, and nothing is silently wrong.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_FIRST_YEAR = 2007
_LONGEST_DAYS = 36_600
# An arrangement reaches this far back into the year before it.
_REACHES_BACK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_REST = holidays.country_holidays("CN")


@dataclass(frozen=True, slots=True)
class NaturalDays:
    """A period of days one after another."""

    days: int

    def __post_init__(self) -> None:
        _require_length(self.days)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A period of days on which offices work; others do not count."""

    days: int

    def __post_init__(self) -> None:
        _require_length(self.days)


@dataclass(frozen=True, slots=True)
class Months:
    """A period that ends on the corresponding day, or the last of a month that has none."""

    months: int

    def __post_init__(self) -> None:
        _require_length(self.months * 31)


Period = NaturalDays | WorkingDays | Months


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period is over: `at` is the first instant after it, in UTC.

    Where `certain` is False, the year's make-up working days were not published when
    this was computed, and the answer may move by days.
    """

    at: datetime
    last_day: date
    certain: bool


def _require_length(days: int) -> None:
    if not 1 <= days <= _LONGEST_DAYS:
        raise ValueError(f"a period has 1 to {_LONGEST_DAYS} days")


def is_working_day(day: date) -> bool:
    """Whether offices work on the day, as far as is known (see `is_certain`)."""
    return _REST.is_working_day(day)


def is_certain(day: date) -> bool:
    """Whether every arrangement that may touch the day has been published."""
    return is_published(day.year) and is_published((day + _REACHES_BACK).year)


@lru_cache(maxsize=512)
def is_published(year: int) -> bool:
    """Whether the year has an arrangement: there has been none without make-up days since 2007."""
    if year < _FIRST_YEAR:
        return False
    return any(
        day.year == year for day in holidays.country_holidays("CN", years=year).weekend_workdays
    )


def last_published_year() -> int:
    """Return the last year whose arrangement of holidays is known."""
    year = _FIRST_YEAR
    while is_published(year + 1):
        year += 1
    return year


def day_of(instant: datetime) -> date:
    """Return the day in Shanghai on which the instant lies."""
    assert instant.tzinfo is not None, "an instant has a time zone"
    return instant.astimezone(_SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Return the instant, in UTC, at which the day begins in Shanghai."""
    return datetime.combine(day, time.min, tzinfo=_SHANGHAI).astimezone(UTC)


def add(start: date, period: Period) -> date:
    """Return the day on which a period from the start ends, before any rest day moves it."""
    match period:
        case NaturalDays(days):
            return start + timedelta(days=days)
        case Months(months):
            return _corresponding_day(start, months)
        case WorkingDays(days):
            return _working_day_after(start, days)


def _corresponding_day(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - _ONE_DAY).day
    return date(year, month + 1, min(start.day, last))


def _working_day_after(start: date, count: int) -> date:
    day = start
    while count:
        day += _ONE_DAY
        count -= is_working_day(day)
    return day


def deadline(start: date | datetime, period: Period) -> Deadline:
    """Return when a period that begins on the start day (not counted) is over.

    Civil Code arts. 201 to 203. A last day of rest moves to the next working day.
    """
    first = day_of(start) if isinstance(start, datetime) else start
    due = add(first, period)
    last = due if is_working_day(due) else _working_day_after(due, 1)
    # Working days depend on each day counted; other periods only on where they come down.
    looked_at_from = first if isinstance(period, WorkingDays) else due
    certain = is_certain(looked_at_from) and is_certain(last)
    return Deadline(at=start_of(last + _ONE_DAY), last_day=last, certain=certain)
