"""The periods and numbers of a pledge's way, read from the rules frozen into its programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domains.kernel.actor import Role
from domains.kernel.calendar import Months, NaturalDays, Period, WorkingDays
from domains.kernel.rules import RuleSet

_PERIODS: Mapping[str, type[NaturalDays] | type[WorkingDays] | type[Months]] = {
    "naturalDays": NaturalDays,
    "workingDays": WorkingDays,
    "months": Months,
}


def period_of(kept: Mapping[str, int]) -> Period:
    """Read `{"naturalDays": 7}`; raises ValueError where it is not one period."""
    if len(kept) != 1:
        raise ValueError("a period is one number of one unit")
    ((unit, count),) = kept.items()
    return _PERIODS[unit](count)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who may accept what was delivered, how many it takes, and how many send it back."""

    roles: frozenset[Role]
    least: int
    refusals: int


@dataclass(frozen=True, slots=True)
class PledgeProcedure:
    """What the rules of a programme ask."""

    notice: Period
    objection_answer: Period
    change_notice: Period
    contest_answer: Period
    report: Period
    milestone_remind_days: int
    acceptance: Acceptance

    @classmethod
    def of(cls, rule_set: RuleSet) -> Self:
        """Read them; raises KeyError or ValueError where the rules are not of this kind."""
        content = rule_set.content
        acceptance = content["acceptance"]
        return cls(
            notice=period_of(content["notice"]),
            objection_answer=period_of(content["objectionAnswer"]),
            change_notice=period_of(content["changeNotice"]),
            contest_answer=period_of(content["contestAnswer"]),
            report=period_of(content["report"]),
            milestone_remind_days=content["milestoneRemindDays"],
            acceptance=Acceptance(
                roles=frozenset(Role(each) for each in acceptance["roles"]),
                least=acceptance["least"],
                refusals=acceptance["refusals"],
            ),
        )
