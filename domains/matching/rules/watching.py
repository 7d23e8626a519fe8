"""What is told of how the exchange works, and what is found to be short. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from domains.kernel.rules import RuleSet

LONGEST_WEEKS = 53
USUAL_WEEKS = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Watching:
    """Of how many people figures are told, and when a class of service is short."""

    figures_k: int
    unmet_times: int
    unmet_weeks: int

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set."""
        content = rules.content
        return cls(
            figures_k=content["figuresK"],
            unmet_times=content["unmetTimes"],
            unmet_weeks=content["unmetWeeks"],
        )


@dataclass(frozen=True, slots=True)
class Weeks:
    """Whole weeks, from a Monday on."""

    first: date
    number: int

    @classmethod
    def between(cls, since: date | None, until: date | None, *, today: date) -> Self | None:
        """Return the weeks that hold these days; None where they are none, or over a year.

        Up to today unless told, and 12 weeks unless told.
        """
        last = monday_of(until or today)
        first = last - (USUAL_WEEKS - 1) * WEEK if since is None else monday_of(since)
        number = (last - first) // WEEK + 1
        return cls(first, number) if 1 <= number <= LONGEST_WEEKS else None

    @property
    def end(self) -> date:
        """Return the first day that lies behind them."""
        return self.first + self.number * WEEK

    def __iter__(self) -> Iterator[date]:
        """Return their Mondays."""
        return (self.first + each * WEEK for each in range(self.number))


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def gini_permille(number: int, total: int, weighted: int) -> int | None:
    """Return the Gini coefficient of some amounts, in thousandths rounded down.

    `weighted` is the sum of each amount times its place among them, the least the first: 0
    where all have as much, near 1,000 where one has all. None where there is nothing to share.
    """
    if number < 1 or total < 1:
        return None
    return (2 * weighted - (number + 1) * total) * 1000 // (number * total)


def told(figure: int | None, *, people: int, k: int) -> int | None:
    """Return a figure about so many people; None where they are too few to be told of."""
    return figure if people >= k else None
