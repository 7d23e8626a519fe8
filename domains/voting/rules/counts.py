"""Every counting rule by its name, the ballots that it takes, and the one way in.

A count is a pure function of grouped ballots and terms: neither the order of the groups nor
how equal ballots are split among them changes a byte of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domains.voting.errors import CountUnsettled
from domains.voting.rules import (
    budgets,
    equal_shares,
    judgement,
    pairs,
    phragmen,
    tallies,
    transfers,
)
from domains.voting.rules.forms import BallotForm, Marks, Paper
from domains.voting.rules.records import Count, CountingRule, Terms
from domains.voting.rules.tallies import Parts


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What a rule takes and gives: its ballot forms, and whether it can fill several seats."""

    forms: tuple[BallotForm, ...]
    fills_seats: bool = False

    @property
    def is_budget(self) -> bool:
        """Whether the rule spends a budget on projects instead of filling seats."""
        return self.forms[0].is_budget


_BUDGET = (BallotForm.BUDGET_APPROVAL, BallotForm.BUDGET_POINTS)
RULES: Mapping[CountingRule, RuleForm] = MappingProxyType(
    {
        CountingRule.PLURALITY: RuleForm((BallotForm.CHOICE,), fills_seats=True),
        CountingRule.APPROVAL: RuleForm((BallotForm.APPROVAL,), fills_seats=True),
        CountingRule.SCORE: RuleForm((BallotForm.SCORE,), fills_seats=True),
        CountingRule.BORDA: RuleForm((BallotForm.RANKING,), fills_seats=True),
        CountingRule.INSTANT_RUN_OFF: RuleForm((BallotForm.RANKING,)),
        CountingRule.SCOTTISH_STV: RuleForm((BallotForm.RANKING,), fills_seats=True),
        CountingRule.SCHULZE: RuleForm((BallotForm.RANKING,), fills_seats=True),
        CountingRule.RANKED_PAIRS: RuleForm((BallotForm.RANKING,), fills_seats=True),
        CountingRule.MAJORITY_JUDGEMENT: RuleForm((BallotForm.GRADE,), fills_seats=True),
        CountingRule.SEQUENTIAL_PHRAGMEN: RuleForm((BallotForm.APPROVAL,), fills_seats=True),
        CountingRule.GREEDY_SKIP: RuleForm(_BUDGET),
        CountingRule.GREEDY_STOP: RuleForm(_BUDGET),
        CountingRule.GREEDY_MINIMUM: RuleForm(_BUDGET),
        CountingRule.EQUAL_SHARES: RuleForm((BallotForm.BUDGET_APPROVAL,)),
    }
)

_OF_VALUES: Mapping[CountingRule, Callable[[tallies.Groups | Parts, Terms], Count]] = {
    CountingRule.SCORE: tallies.score,
    CountingRule.MAJORITY_JUDGEMENT: judgement.majority_judgement,
}
_OF_OPTIONS: Mapping[CountingRule, Callable[[tallies.Groups, Terms], Count]] = {
    CountingRule.PLURALITY: tallies.plurality,
    CountingRule.APPROVAL: tallies.approval,
    CountingRule.BORDA: tallies.borda,
    CountingRule.INSTANT_RUN_OFF: transfers.instant_run_off,
    CountingRule.SCOTTISH_STV: transfers.scottish_stv,
    CountingRule.SCHULZE: pairs.schulze,
    CountingRule.RANKED_PAIRS: pairs.ranked_pairs,
    CountingRule.SEQUENTIAL_PHRAGMEN: phragmen.sequential_phragmen,
}


def count(
    rule: CountingRule,
    groups: Iterable[tuple[Any, int]] | Parts,
    *,
    options: Sequence[str],
    seed: str,
    seats: int = 1,
    highest: int | None = None,
    costs: Sequence[int] | None = None,
    budget: int | None = None,
    minimum_score: int = 0,
    increment: int = 1,
    form: BallotForm | None = None,
) -> Count:
    """Count grouped ballots `(marks, how many)` by a rule; refuses malformed marks and terms.

    `form` is needed only where the rule takes several; see `records.Terms` for the others.
    Scores and grades may come grouped as `Parts`.
    """
    terms = Terms(
        rule=rule,
        options=tuple(options),
        seats=seats,
        seed=seed,
        form=form or RULES[rule].forms[0],
        highest=highest,
        costs=None if costs is None else tuple(costs),
        budget=budget,
        minimum_score=minimum_score,
        increment=increment,
    )
    return count_under(terms, groups)


def count_under(terms: Terms, groups: Iterable[tuple[Any, int]] | Parts) -> Count:
    """Count grouped ballots under terms, those of an earlier count for instance."""
    _require_terms(terms)
    if terms.rule in _OF_VALUES:
        return _OF_VALUES[terms.rule](_require_parts(groups, terms), terms)
    if isinstance(groups, Parts):
        raise CountUnsettled(path=("ballots",))
    ballots = _require_groups(groups, of=bytes if terms.form.is_budget else int)
    if terms.rule is CountingRule.EQUAL_SHARES:
        return equal_shares.equal_shares(ballots, terms)
    if terms.form.is_budget:
        return budgets.greedy(ballots, terms)
    return _OF_OPTIONS[terms.rule](ballots, terms)


def paper_of(terms: Terms) -> Paper:
    """Return the paper that ballots under these terms are written on."""
    most = 1 if terms.form is BallotForm.CHOICE else None
    return Paper(terms.form, len(terms.options), most=most, highest=terms.highest or 0)


def _require_terms(terms: Terms) -> None:
    """Refuse terms under which nothing can be counted."""
    form = RULES[terms.rule]
    needs_minimum = terms.rule is CountingRule.GREEDY_MINIMUM
    sound = (
        terms.form in form.forms,
        1 <= len(terms.options) == len(set(terms.options)),
        terms.seats == 1 or (form.fills_seats and terms.seats > 1),
        terms.increment > 0,
        terms.minimum_score > 0 if needs_minimum else terms.minimum_score >= 0,
        not form.is_budget or terms.costs is not None,
        (terms.highest is not None) is terms.form.gives_values,
    )
    if not all(sound):
        raise CountUnsettled(path=("terms",))
    try:
        paper_of(terms)
    except ValueError as error:
        raise CountUnsettled(path=("terms",)) from error


def _require_parts(
    groups: Iterable[tuple[Any, int]] | Parts, terms: Terms
) -> Sequence[tuple[Any, int]] | Parts:
    if not isinstance(groups, Parts):
        return _require_groups(groups, of=int)
    for part in groups.by_four:
        _require_groups(part, of=int)
    if len(groups.by_four) != -(-len(terms.options) // 4) or groups.blank < 0:
        raise CountUnsettled(path=("ballots",))
    return groups


def _require_groups(
    groups: Iterable[tuple[Any, int]], *, of: type[Marks]
) -> Sequence[tuple[Any, int]]:
    ballots = list(groups)
    if not all(
        type(marks) is of and type(number) is int and number >= 0 for marks, number in ballots
    ):
        raise CountUnsettled(path=("ballots",))
    return [group for group in ballots if group[1]]
