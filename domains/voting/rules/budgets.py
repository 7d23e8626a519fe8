"""Participatory budgets: what ballots over many projects say, and the greedy rule.

Approvals give a project one point each. The score of a project is the sum of its points.
Greedy takes projects by their score, an equal score by the lower cost and then by the seed,
and funds what still fits: it skips a misfit, or stops at the first, or passes over whatever
scores below the minimum and then skips.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domains.voting.errors import (
    BallotMalformed,
    CountUnsettled,
    OptionRepeated,
    OptionUnknown,
    PointsOutOfRange,
)
from domains.voting.rules.forms import BallotForm, unpack
from domains.voting.rules.lots import lot_of, settle
from domains.voting.rules.records import (
    Count,
    CountingRule,
    ProjectDecision,
    ProjectStage,
    Terms,
    Tie,
    TieBreak,
    TieQuestion,
)

Groups = Iterable[tuple[bytes, int]]
_PATH = ("input", "ballot")


@dataclass(frozen=True, slots=True)
class Wish:
    """Voters who wrote the same: the points they give by position, and how many they are."""

    points: tuple[tuple[int, int], ...]
    number: int


def wishes_of(groups: Groups, terms: Terms) -> tuple[list[Wish], int]:
    """Return what voters wrote, equal ballots together, and how many were left blank."""
    number_of: dict[bytes, int] = {}
    for marks, number in groups:
        number_of[marks] = number_of.get(marks, 0) + number
    blank = number_of.pop(b"", 0)
    wishes = [Wish(_points(marks, terms), number) for marks, number in number_of.items() if number]
    return wishes, blank


def _points(marks: bytes, terms: Terms) -> tuple[tuple[int, int], ...]:
    option_count = len(terms.options)
    entries = tuple(unpack(terms.form, marks))
    if any(not 1 <= position <= option_count for position, _ in entries):
        raise OptionUnknown(path=_PATH)
    if terms.form is BallotForm.BUDGET_APPROVAL:
        if not marks[-1]:
            raise BallotMalformed(path=_PATH, least=0, most=option_count)
        return entries
    positions = [position for position, _ in entries]
    if len(set(positions)) != len(positions):
        raise OptionRepeated(path=_PATH)
    if terms.highest is not None and any(each > terms.highest for _, each in entries):
        raise PointsOutOfRange(path=_PATH, most=terms.highest)
    if len(marks) % 4 or positions != sorted(positions) or any(not each for _, each in entries):
        raise BallotMalformed(path=_PATH, least=0, most=option_count)
    return entries


def purse(terms: Terms) -> tuple[Sequence[int], int]:
    """Return the costs and the budget of a count's terms; refuses costs that are none."""
    if terms.costs is None or terms.budget is None or terms.budget <= 0:
        raise CountUnsettled(path=("costs",))
    if len(terms.costs) != len(terms.options) or min(terms.costs) <= 0:
        raise CountUnsettled(path=("costs",))
    return terms.costs, terms.budget


def greedy(groups: Groups, terms: Terms) -> Count:
    """Fund projects by their score while they fit, as the variant of the rule says."""
    costs, budget = purse(terms)
    wishes, blank = wishes_of(groups, terms)
    scores = [0] * len(terms.options)
    for wish in wishes:
        for position, points in wish.points:
            scores[position - 1] += points * wish.number
    lot = lot_of(terms.options, seed=terms.seed)
    stages = _stages(terms, scores, costs, budget=budget, lot=lot)
    return Count(
        terms=terms,
        ballots=blank + sum(wish.number for wish in wishes),
        blank=blank,
        lot=lot,
        quota=None,
        winners=tuple(each.project for each in stages if each.decision is ProjectDecision.FUNDED),
        stages=stages,
    )


def _stages(
    terms: Terms, scores: Sequence[int], costs: Sequence[int], *, budget: int, lot: Sequence[int]
) -> tuple[ProjectStage, ...]:
    least = max(1, terms.minimum_score)
    remaining, stopped = budget, False
    stages = []
    for number, (position, ties) in enumerate(_order(scores, costs, lot), start=1):
        score, cost = scores[position - 1], costs[position - 1]
        if score < least:
            decision = ProjectDecision.BELOW_MINIMUM
        elif stopped:
            decision = ProjectDecision.AFTER_STOP
        elif cost > remaining:
            decision = ProjectDecision.TOO_COSTLY
            stopped = terms.rule is CountingRule.GREEDY_STOP
        else:
            decision = ProjectDecision.FUNDED
            remaining -= cost
        stages.append(ProjectStage(number, position, score, cost, decision, remaining, ties))
    return tuple(stages)


def _order(
    scores: Sequence[int], costs: Sequence[int], lot: Sequence[int]
) -> list[tuple[int, tuple[Tie, ...]]]:
    """Return the projects as they are considered, each with the tie that put it there."""
    order: list[tuple[int, tuple[Tie, ...]]] = []
    by_score: dict[int, list[int]] = {}
    for position, score in enumerate(scores, start=1):
        by_score.setdefault(score, []).append(position)
    for score in sorted(by_score, reverse=True):
        level = by_score[score]
        while level:
            chosen, ties = settle(
                TieQuestion.FUNDING,
                level,
                lot=lot,
                rules=((TieBreak.LOWER_COST, lambda position: -costs[position - 1]),),
            )
            level.remove(chosen)
            order.append((chosen, ties if score else ()))
    return order
