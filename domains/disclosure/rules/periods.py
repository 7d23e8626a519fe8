"""Which period a day belongs to, and when what belongs to a period is due. Pure.

A due rule is data: `{"from": "end" | "start", "within": {"naturalDays": 10}}`, counted from the
last day of the period or from its first (of what occurs, the day itself), by the Civil Code's
way of counting (arts. 200 to 204; kernel.calendar).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domains.disclosure.values import Frequency
from domains.kernel import calendar
from domains.kernel.calendar import Deadline, Months, NaturalDays, Period, WorkingDays

_ONE_DAY = timedelta(days=1)
_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
}
# From the rarest to the most frequent: a community may ask for more than a preset, not for less.
_RANK = {
    Frequency.YEARLY: 1,
    Frequency.HALF_YEARLY: 2,
    Frequency.QUARTERLY: 3,
    Frequency.MONTHLY: 4,
}


@dataclass(frozen=True, slots=True)
class DueRule:
    """How long after a period's end, or an occurrence, something may take."""

    from_end: bool
    within: Period

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "DueRule":
        """Read a due rule; raises ValueError where it is none."""
        if set(given) != {"from", "within"} or given["from"] not in {"start", "end"}:
            raise ValueError("a due rule is {from, within}")
        return cls(given["from"] == "end", period_of_json(given["within"]))

    def due(self, start: date, end: date) -> Deadline:
        """Return when what belongs to the period is due."""
        return calendar.deadline(end if self.from_end else start, self.within)


def period_of_json(given: Mapping[str, Any]) -> Period:
    """Read `{"naturalDays": n}`, `{"workingDays": n}` or `{"months": n}`; raises ValueError."""
    if len(given) != 1:
        raise ValueError("a period is of days, working days or months")
    ((unit, count),) = given.items()
    if type(count) is not int:
        raise ValueError("a period is a whole number")
    match unit:
        case "naturalDays":
            return NaturalDays(count)
        case "workingDays":
            return WorkingDays(count)
        case "months":
            return Months(count)
    raise ValueError("a period is of days, working days or months")


def is_periodic(frequency: Frequency) -> bool:
    """Whether the item comes up again with the calendar."""
    return frequency in _MONTHS


def span(frequency: Frequency, day: date) -> tuple[date, date]:
    """Return the first and last day of the period that holds the day; itself, if none recurs."""
    months = _MONTHS.get(frequency)
    if months is None:
        return day, day
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _following(first, months) - _ONE_DAY


def _following(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def next_start(frequency: Frequency, day: date) -> date | None:
    """Return the first day of the period after the one that holds the day, if any follows."""
    return span(frequency, day)[1] + _ONE_DAY if is_periodic(frequency) else None


def is_looser(own: Frequency, preset: Frequency) -> bool:
    """Whether a community would publish more rarely than the preset has it, or in another way."""
    if own is preset:
        return False
    if preset not in _RANK or own not in _RANK:
        return True
    return _RANK[own] < _RANK[preset]
