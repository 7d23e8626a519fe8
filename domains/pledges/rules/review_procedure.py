"""How a half-yearly review goes, read from the rules frozen into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domains.kernel.actor import Role
from domains.kernel.calendar import Period
from domains.kernel.rules import RuleSet, Threshold
from domains.pledges.errors import WeightsNotWhole
from domains.pledges.rules.procedure import period_of
from domains.pledges.values.pledges import WHOLE
from domains.pledges.values.reviews import RaterSource
from domains.voting.values import LARGEST_OPTION_COUNT


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A group of reviewers: what it weighs, how many it needs, and how it comes together."""

    code: str
    title: str
    weight: int
    least: int
    source: RaterSource
    roles: tuple[Role, ...]
    drawn: int
    is_residents: bool


@dataclass(frozen=True, slots=True)
class ReviewProcedure:
    """What the rules of a review ask."""

    reports: Period
    before_rating: Period
    rating: Period
    items: tuple[str, ...]
    overall: str
    groups: tuple[GroupRule, ...]
    least_raters: int
    resident_share: Threshold
    counts_unknown: bool
    reviewee_roles: tuple[Role, ...]
    reviews_bodies: bool
    rating_rules: str

    @classmethod
    def of(cls, rule_set: RuleSet) -> Self:
        """Read them.

        Raises WeightsNotWhole where the groups' weights do not make 100, KeyError or
        ValueError where the rules are not of this kind.
        """
        content = rule_set.content
        groups = tuple(_group(each) for each in content["groups"])
        labels = [*content["items"], content["overall"]]
        if len(set(labels)) != len(labels) or not 2 <= len(labels) <= LARGEST_OPTION_COUNT:
            raise ValueError("a review has 2 to 15 items, none of them twice")
        total = sum(each.weight for each in groups)
        if total != WHOLE:
            raise WeightsNotWhole(whole=WHOLE, total=total)
        return cls(
            reports=period_of(content["reports"]),
            before_rating=period_of(content["beforeRating"]),
            rating=period_of(content["rating"]),
            items=tuple(content["items"]),
            overall=content["overall"],
            groups=groups,
            least_raters=content["leastRaters"],
            resident_share=rule_set.threshold("residentShare"),
            counts_unknown=content["countsUnknown"],
            reviewee_roles=tuple(Role(each) for each in content["revieweeRoles"]),
            reviews_bodies=content["reviewsBodies"],
            rating_rules=content["ratingRules"],
        )


def _group(kept: Mapping[str, Any]) -> GroupRule:
    return GroupRule(
        code=kept["code"],
        title=kept["title"],
        weight=kept["weight"],
        least=kept["least"],
        source=RaterSource(kept["source"]),
        roles=tuple(Role(each) for each in kept.get("roles", ())),
        drawn=kept.get("drawn", 0),
        is_residents=kept.get("residents", False),
    )
