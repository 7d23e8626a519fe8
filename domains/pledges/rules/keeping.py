"""Whether a promise was kept, and how far it has come, in exact figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domains.kernel import calendar
from domains.kernel.calendar import Period
from domains.pledges.errors import MilestoneTooLate, WeightsNotWhole
from domains.pledges.values.pledges import KEPT, WHOLE, Keeping, PledgeState


@dataclass(frozen=True, slots=True)
class Weighed:
    """A milestone as the rules see it."""

    weight: int
    due_on: date


def require_whole(milestones: Iterable[Weighed], *, deadline: date) -> None:
    """Refuse milestones whose weights do not make a whole, or that come due too late."""
    found = list(milestones)
    total = sum(each.weight for each in found)
    if total != WHOLE or any(each.weight < 1 for each in found):
        path = ("input", "terms", "milestones")
        raise WeightsNotWhole(path=path, whole=WHOLE, total=total)
    if any(each.due_on > deadline for each in found):
        raise MilestoneTooLate(path=("input", "terms", "milestones"))


def counts_on(happened_on: date, *, reported_on: date, within: Period) -> date:
    """Return the day that a claim counts for.

    It is the day that is claimed, where it was reported in the time that the rules leave;
    else the day on which it was reported: nobody is on time by writing an old date later.
    """
    assert happened_on <= reported_on, "nothing is claimed before it happens"
    in_time = reported_on <= calendar.deadline(happened_on, within).last_day
    return happened_on if in_time else reported_on


def keeping(
    state: PledgeState, *, first_deadline: date | None, delivered_on: date | None
) -> Keeping:
    """Judge a pledge by the deadline that it was committed with, whatever was changed since.

    A delivery that nobody has accepted yet is a claim, and settles nothing.
    """
    if state is PledgeState.DEFAULTED:
        return Keeping.DEFAULTED
    if state not in KEPT or delivered_on is None or first_deadline is None:
        return Keeping.PENDING
    return Keeping.ON_TIME if delivered_on <= first_deadline else Keeping.LATE


@dataclass(frozen=True, slots=True)
class Score:
    """How the pledges of a body or an area were kept.

    `reached` sums what their reached milestones weigh; `moved` counts changed deadlines.
    """

    promised: int
    on_time: int
    late: int
    defaulted: int
    overdue: int
    moved: int
    reached: int

    @property
    def pending(self) -> int:
        """Return how many wait to be delivered or to be given up."""
        return self.promised - self.on_time - self.late - self.defaulted

    @property
    def kept_on_time(self) -> Fraction | None:
        """Return the share kept on time of those that are settled; None where none is."""
        settled = self.on_time + self.late + self.defaulted
        return Fraction(self.on_time, settled) if settled else None

    @property
    def progress(self) -> Fraction | None:
        """Return the mean of what the milestones reached weigh; None where nothing is promised."""
        return Fraction(self.reached, WHOLE * self.promised) if self.promised else None
