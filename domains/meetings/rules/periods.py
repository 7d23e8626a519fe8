"""Periods as rule sets write them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from domains.kernel import calendar
from domains.kernel.calendar import Months, NaturalDays, Period, WorkingDays

_UNITS: Mapping[str, type[NaturalDays] | type[WorkingDays] | type[Months]] = {
    "naturalDays": NaturalDays,
    "workingDays": WorkingDays,
    "months": Months,
}


def period(kept: Mapping[str, int]) -> Period:
    """Read `{"workingDays": 5}`."""
    ((unit, count),) = kept.items()
    return _UNITS[unit](count)


def due(start: datetime, lasts: Period) -> datetime:
    """Return the first instant after a period from the start; its first day is not counted."""
    return calendar.deadline(start, lasts).at
