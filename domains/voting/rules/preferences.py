"""Polls that a rule of preference counts: what their drafts must say, and what a count decides.

The quorum is held first, as in every poll. Then the counting rule names the winners; where it
names nobody, the poll is undecided.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domains.kernel.errors import InvalidInput
from domains.voting.errors import BallotFormUnfit, BudgetUnsound, CountingRuleUnfit
from domains.voting.rules.counting import (
    DecisionRule,
    MeasureTotal,
    Result,
    quorum_steps,
    roll_size,
)
from domains.voting.rules.counts import RULES
from domains.voting.rules.forms import LARGEST_POINTS, LARGEST_PROJECT_COUNT, BallotForm
from domains.voting.rules.procedure import Procedure
from domains.voting.rules.records import Count, CountingRule
from domains.voting.values import LARGEST_OPTION_COUNT, Measure, Outcome

_POLL = ("input", "poll")
_LARGEST_MINIMUM = 2**31 - 1
_YUAN = 100
_FINEST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Preference:
    """How a poll's ballots are written and counted.

    `highest` is the best score, the number of grades, or the most points for one project;
    `most_points` bounds what one ballot gives to all projects together.
    """

    rule: CountingRule | None
    form: BallotForm | None
    highest: int | None = None
    minimum_score: int = 0
    most_points: int | None = None

    def completed(self) -> "Preference":
        """Return it with the form that its rule takes first, where none is named."""
        if self.rule is None or self.form is not None:
            return self
        return Preference(
            self.rule,
            RULES[self.rule].forms[0],
            self.highest,
            self.minimum_score,
            self.most_points,
        )

    def largest_option_count(self) -> int:
        """Return how many options a ballot of its form has room for."""
        budget = self.form is not None and self.form.is_budget
        return LARGEST_PROJECT_COUNT if budget else LARGEST_OPTION_COUNT


def require_no_preference(
    preference: Preference, *, costs: Sequence[int | None], budget: int | None
) -> None:
    """Refuse what only a rule of preference reads, in a poll of another method."""
    if preference.rule is not None:
        raise CountingRuleUnfit(path=(*_POLL, "countingRule"))
    if preference != Preference(None, None):
        raise BallotFormUnfit(path=(*_POLL, "ballotForm"))
    if budget is not None or any(cost is not None for cost in costs):
        raise BudgetUnsound(path=(*_POLL, "budgetFen"))


def require_preference(
    preference: Preference,
    procedure: Procedure,
    *,
    seats: int,
    costs: Sequence[int | None],
    budget: int | None,
) -> None:
    """Refuse a draft whose rule, form and figures do not fit one another or the rule set."""
    rule, form = preference.rule, preference.form
    if rule is None or rule not in procedure.counting_rules:
        raise CountingRuleUnfit(path=(*_POLL, "countingRule"))
    if form not in RULES[rule].forms:
        raise BallotFormUnfit(path=(*_POLL, "ballotForm"))
    _require_figures(preference, form)
    _require_seats(rule, seats, option_count=len(costs))
    if form.is_budget:
        _require_budget(costs, budget)
    elif budget is not None or any(cost is not None for cost in costs):
        raise BudgetUnsound(path=(*_POLL, "budgetFen"))


def _require_figures(preference: Preference, form: BallotForm) -> None:
    greatest = LARGEST_POINTS if form.is_budget else 0xF
    if not _stated(preference.highest, most=greatest if form.gives_values else None):
        raise InvalidInput(
            path=(*_POLL, "highest"),
            zh=f"打分、评级和分配分数的选票须写明最高值(1 至 {greatest}),其他选票不填。",
            en=f"Ballots that give values state the highest, 1 to {greatest}; others do not.",
        )
    has_minimum = preference.rule is CountingRule.GREEDY_MINIMUM
    minimum = preference.minimum_score or None
    if not _stated(minimum, most=_LARGEST_MINIMUM if has_minimum else None):
        raise InvalidInput(
            path=(*_POLL, "minimumScore"),
            zh="只有“达到最低得分才资助”的方法须写明最低得分(正数)。",
            en="Greedy with a minimum states it, as a positive number; no other rule does.",
        )
    bounds_points = form is BallotForm.BUDGET_POINTS and preference.most_points is not None
    most_points = LARGEST_POINTS * LARGEST_PROJECT_COUNT if bounds_points else None
    if not _stated(preference.most_points, most=most_points):
        raise InvalidInput(
            path=(*_POLL, "mostPoints"),
            zh="只有给项目分配分数的选票可以限定总分(正数)。",
            en="Only ballots that give points to projects bound their sum, by a positive number.",
        )


def _stated(figure: int | None, *, most: int | None) -> bool:
    """Whether a figure is stated within 1 to `most`, or left out where there is no `most`."""
    if figure is None or most is None:
        return figure is most
    return 1 <= figure <= most


def _require_seats(rule: CountingRule, seats: int, *, option_count: int) -> None:
    most = option_count if RULES[rule].fills_seats else 1
    if not 1 <= seats <= most:
        raise InvalidInput(
            path=(*_POLL, "seats"),
            zh=f"该计票方法可选出 1 至 {most} 项。",
            en=f"This counting rule chooses 1 to {most} of the options.",
        )


def _require_budget(costs: Sequence[int | None], budget: int | None) -> None:
    if budget is None or budget <= 0:
        raise BudgetUnsound(path=(*_POLL, "budgetFen"))
    known = [cost for cost in costs if cost is not None and cost > 0]
    if len(known) != len(costs) or min(known) > budget:
        raise BudgetUnsound(path=(*_POLL, "options"))


def seed_of(poll_id: str, roll_fingerprint: bytes) -> str:
    """Return the seed of a poll's lot: anybody can make it of what is published with the roll."""
    return hashlib.sha256(f"{poll_id}:{roll_fingerprint.hex()}".encode()).hexdigest()


def increment_of(budget: int, voters: int) -> int:
    """Return what Equal Shares adds to each endowment at a time, in fen: one yuan as a rule.

    Where a yuan is less than a ten-thousandth of an equal share of the voters on the roll, it
    is ten yuan, a hundred and so on: so fine a step would decide nothing and take hours.
    """
    increment = _YUAN
    while budget > _FINEST_STEPS * increment * voters:
        increment *= 10
    return increment


def quorum_of(
    participated: int, *, roll: Mapping[Measure, int], rule: DecisionRule
) -> tuple[MeasureTotal, ...]:
    """Return the whole and what took part, in each measure; none of them is area."""
    return tuple(MeasureTotal(each, roll[each], participated) for each in rule.measures)


def decide_preference(
    count: Count | None,
    *,
    totals: Sequence[MeasureTotal],
    blank: int,
    roll: Mapping[Measure, int],
    rule: DecisionRule,
) -> Result:
    """Decide by the quorum and by whom the count names; without a quorum nothing is counted."""
    steps = quorum_steps(totals, rule)
    if count is None:
        outcome = Outcome.INQUORATE
    else:
        outcome = Outcome.CHOSEN if count.winners else Outcome.UNDECIDED
    return Result(
        roll=roll_size(roll, rule),
        participated=totals[0].participated,
        blank=blank,
        totals=tuple(totals),
        counts=(),
        outcome=outcome,
        chosen=count.winners if count is not None else (),
        steps=steps,
        count=count,
    )
