"""What follows a published review, read from the rules frozen with it - pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from domains.kernel.calendar import Period
from domains.kernel.rules import RuleSet, Threshold
from domains.pledges.rules.procedure import period_of
from domains.pledges.values.reviews import RevieweeKind


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the rules ask after a review.

    `content` is the rate of satisfaction that whoever does not fail meets; `in_a_row` is how
    many failures, one after another, are flagged with a consequence, of these kinds.
    """

    content: Threshold
    in_a_row: int
    kinds: frozenset[RevieweeKind]
    counts_second: bool
    consequence: str
    legal_basis: str
    answer: Period
    rectification: Period
    reply: Period

    @classmethod
    def of(cls, rule_set: RuleSet) -> Self:
        """Read them; raises KeyError or ValueError where the rules are not of this kind."""
        content = rule_set.content
        failures = content["failures"]
        if failures["inARow"] < 2:
            raise ValueError("in a row are two or more")
        return cls(
            content=rule_set.threshold("content"),
            in_a_row=failures["inARow"],
            kinds=frozenset(RevieweeKind(each) for each in failures["kinds"]),
            counts_second=failures["countsSecond"],
            consequence=failures["consequence"],
            legal_basis=failures["legalBasis"],
            answer=period_of(content["answer"]),
            rectification=period_of(content["rectification"]),
            reply=period_of(content["reply"]),
        )

    def has_failed(self, rate: Fraction | None) -> bool:
        """Whether a rate of satisfaction fails; where nobody says anything, nobody fails."""
        return rate is not None and not self.content.met(rate.numerator, of=rate.denominator)

    def is_flagged(self, kind: RevieweeKind, in_a_row: int) -> bool:
        """Whether so many failures one after another are flagged."""
        return kind in self.kinds and in_a_row >= self.in_a_row


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier published review of the same person or body, the latest first."""

    has_failed: bool
    is_second: bool


def failures_in_a_row(failed: bool, earlier: Sequence[Earlier], *, counts_second: bool) -> int:
    """Return how many failures end with this review, without a review between that was passed.

    Reviews after a rectification neither add to them nor break them, unless the rules count
    them like others.
    """
    if not failed:
        return 0
    found = 1
    for each in earlier:
        if each.is_second and not counts_second:
            continue
        if not each.has_failed:
            break
        found += 1
    return found
