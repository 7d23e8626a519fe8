"""What reviewers' answers come to: exact shares, weighted by group - pure.

The rate of satisfaction is who is satisfied or basically satisfied among those who say
something of an item; who does not know is told apart, unless the rules count them. A group
that says nothing of an item has no part in its weight there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from domains.kernel.rules import Threshold
from domains.voting.rules.turnout import LEAST_SHOWN


@dataclass(frozen=True, slots=True)
class Answers:
    """How many reviewers gave each answer."""

    satisfied: int = 0
    basically_satisfied: int = 0
    unsatisfied: int = 0
    unknown: int = 0

    def __add__(self, other: "Answers") -> "Answers":
        """Put two groups' answers together."""
        return Answers(
            self.satisfied + other.satisfied,
            self.basically_satisfied + other.basically_satisfied,
            self.unsatisfied + other.unsatisfied,
            self.unknown + other.unknown,
        )

    @property
    def total(self) -> int:
        """Return how many answered, whatever they said."""
        return self.satisfied + self.basically_satisfied + self.unsatisfied + self.unknown


def satisfaction(answers: Answers, *, counts_unknown: bool = False) -> Fraction | None:
    """Return the rate of satisfaction; None where nobody says anything."""
    content = answers.satisfied + answers.basically_satisfied
    whole = answers.total if counts_unknown else answers.total - answers.unknown
    return Fraction(content, whole) if whole else None


@dataclass(frozen=True, slots=True)
class GroupAnswers:
    """A group's answers on an item, and what the group weighs."""

    weight: int
    answers: Answers


def weighted(groups: Iterable[GroupAnswers], *, counts_unknown: bool = False) -> Fraction | None:
    """Return the weighted rate of satisfaction; None where no group with weight says anything."""
    total = Fraction(0)
    weights = 0
    for each in groups:
        rate = satisfaction(each.answers, counts_unknown=counts_unknown)
        if rate is None:
            continue
        total += each.weight * rate
        weights += each.weight
    return total / weights if weights else None


@dataclass(frozen=True, slots=True)
class GroupTurnout:
    """How many valid ratings a group gave, how many it needs, and whether it is of residents."""

    code: str
    valid: int
    least: int
    is_residents: bool


@dataclass(frozen=True, slots=True)
class TurnoutStep:
    """A comparison that a round's standing hangs on: so many, where so many are needed."""

    name: str
    counted: int
    needed: int

    @property
    def holds(self) -> bool:
        """Whether there are enough."""
        return self.counted >= self.needed


def turnout_steps(
    groups: Sequence[GroupTurnout], *, least_raters: int, resident_share: Threshold
) -> tuple[TurnoutStep, ...]:
    """Return every comparison: the whole round's raters, the residents' share, each group's."""
    total = sum(each.valid for each in groups)
    residents = sum(each.valid for each in groups if each.is_residents)
    return (
        TurnoutStep("raters", total, least_raters),
        TurnoutStep("residents", residents, resident_share.least(total)),
        *(TurnoutStep(f"group:{each.code}", each.valid, each.least) for each in groups),
    )


def shown(valid: Sequence[int]) -> frozenset[int]:
    """Return the places of the groups whose figures may be told, given their valid ratings.

    From five up; and where the hidden ones would follow from the whole, being one alone or
    fewer than five together, the smallest of the others is hidden with them.
    """
    hidden = {place for place, count in enumerate(valid) if count < LEAST_SHOWN}
    others = sorted((count, place) for place, count in enumerate(valid) if place not in hidden)
    while hidden and others and not _covers(valid, hidden):
        hidden.add(others.pop(0)[1])
    return frozenset(range(len(valid))) - hidden


def _covers(valid: Sequence[int], hidden: set[int]) -> bool:
    telling = [valid[place] for place in hidden if valid[place]]
    # Groups in which nobody took part have nothing to hide.
    return not telling or (len(telling) > 1 and sum(telling) >= LEAST_SHOWN)
