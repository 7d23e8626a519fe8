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


# The bits of each byte, counted from 1.
_BITS = tuple(tuple(bit + 1 for bit in range(8) if byte >> bit & 1) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What voters wrote: groups of equal ballots, who supports each project, and its score.

    `marks` are the ballots as they are packed, and `numbers` says how many voters each group
    has; `supporters` and `scores` are by position, from 0.
    """

    marks: Sequence[bytes]
    numbers: Sequence[int]
    supporters: Sequence[Sequence[int]]
    scores: Sequence[int]
    blank: int

    @property
    def voters(self) -> int:
        """Return how many did not leave their ballot blank."""
        return sum(self.numbers)


def wishes_of(groups: Groups, terms: Terms) -> Wishes:
    """Read grouped ballots; refuses what no well-formed ballot packs to."""
    number_of = _gathered(list(groups))
    blank = number_of.pop(b"", 0)
    numbers = list(number_of.values())
    if terms.form is BallotForm.BUDGET_APPROVAL:
        supporters = _approving(number_of, len(terms.options))
        scores = [sum(map(numbers.__getitem__, own)) for own in supporters]
        return Wishes(list(number_of), numbers, supporters, scores, blank)
    scores = [0] * len(terms.options)
    supporters = [[] for _ in terms.options]
    for group, (marks, number) in enumerate(number_of.items()):
        for position, points in _points(marks, terms):
            scores[position - 1] += points * number
            supporters[position - 1].append(group)
    return Wishes(list(number_of), numbers, supporters, scores, blank)


def _gathered(pairs: Sequence[tuple[bytes, int]]) -> dict[bytes, int]:
    """Return how many say what, where equal ballots may come in several groups, or in none."""
    number_of = dict(pairs)
    if len(number_of) < len(pairs) or not all(number_of.values()):
        number_of = {}
        for marks, number in pairs:
            if number:
                number_of[marks] = number_of.get(marks, 0) + number
    return number_of


def _approving(ballots: Iterable[bytes], option_count: int) -> list[list[int]]:
    """Return the groups that approve of each project."""
    length = (option_count + 7) // 8
    supporters: list[list[int]] = [[] for _ in range(8 * length + 1)]
    for group, marks in enumerate(ballots):
        if not marks[-1]:
            raise BallotMalformed(path=_PATH, least=0, most=option_count)
        if len(marks) > length:
            raise OptionUnknown(path=_PATH)
        before = 0
        for byte in marks:
            for bit in _BITS[byte]:
                supporters[before + bit].append(group)
            before += 8
    if any(supporters[option_count + 1 :]):
        raise OptionUnknown(path=_PATH)
    return supporters[1 : option_count + 1]


def _points(marks: bytes, terms: Terms) -> Sequence[tuple[int, int]]:
    entries = unpack(terms.form, marks)
    positions = [position for position, _ in entries]
    option_count = len(terms.options)
    if any(not 1 <= position <= option_count for position in positions):
        raise OptionUnknown(path=_PATH)
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
    wishes = wishes_of(groups, terms)
    lot = lot_of(terms.options, seed=terms.seed)
    stages = _stages(terms, wishes.scores, costs, budget=budget, lot=lot)
    return Count(
        terms=terms,
        ballots=wishes.voters + wishes.blank,
        blank=wishes.blank,
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
