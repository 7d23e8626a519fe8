"""Rules as data: thresholds in whole numbers, and rule sets that a decision freezes. Pure.

Law changes within the product's life, so no figure of it is a constant in the code: a
decision runs under a rule set, keeps a frozen copy, and can be counted again under it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self
from uuid import UUID

from domains.kernel import canonical


class LegalEffect(StrEnum):
    """What a decision under the rules is worth before the law."""

    ADVISORY = "advisory"
    STATUTORY_IMPORTED = "statutory_imported"
    STATUTORY_NATIVE = "statutory_native"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share that a count must reach (inclusive) or pass (exclusive), in whole numbers.

    Civil Code art. 1259: 以上, 以内, 届满 include the number; 超过, 不满, 过半数 exclude it.
    So 三分之二以上 is `Threshold(2, 3, inclusive=True)`,
    and 过半数 is `Threshold(1, 2, inclusive=False)`.
    """

    numerator: int
    denominator: int
    inclusive: bool

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator or self.denominator == 0:
            raise ValueError("a threshold lies between nothing and the whole")
        if self.numerator == self.denominator and not self.inclusive:
            raise ValueError("more than the whole is never reached")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read `{numerator, denominator, inclusive}`; raises ValueError where it is not that."""
        numerator, denominator, inclusive = (
            given.get(name) for name in ("numerator", "denominator", "inclusive")
        )
        if len(given) != 3 or not isinstance(inclusive, bool):
            raise ValueError("a threshold is {numerator, denominator, inclusive}")
        if type(numerator) is not int or type(denominator) is not int:
            raise ValueError("a threshold is made of whole numbers")
        return cls(numerator, denominator, inclusive=inclusive)

    @property
    def fraction(self) -> Fraction:
        """Return the share itself."""
        return Fraction(self.numerator, self.denominator)

    def met(self, count: int, *, of: int) -> bool:
        """Whether the count meets the share of the whole; of nobody, nothing is met."""
        assert count >= 0
        return count >= self.least(of)

    def least(self, of: int) -> int:
        """Return the least count that meets the share of the whole (1, out of reach, of nobody)."""
        assert of >= 0
        if of == 0:
            return 1
        share = self.numerator * of
        if self.inclusive:
            return -(-share // self.denominator)
        return share // self.denominator + 1

    def as_json(self) -> dict[str, int | bool]:
        """Return the threshold as a rule set's content holds it."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "inclusive": self.inclusive,
        }


class AlteredRules(Exception):
    """A frozen copy that no longer hashes to what it was frozen under."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the rules for one kind of decision, in force between two days.

    Both days are included; `effective_to` is None while no end is known. Without a
    community it holds for all that have none of their own.
    """

    id: UUID
    code: str
    version: int
    community_id: UUID | None
    title_zh: str
    title_en: str
    legal_basis: str
    legal_effect: LegalEffect
    effective_from: date
    effective_to: date | None
    content: Mapping[str, Any]

    @property
    def content_sha256(self) -> bytes:
        """Return the hash of all that the rules say; not of their id and their end."""
        said = _as_json(self)
        return canonical.sha256(
            {key: said[key] for key in said if key not in {"id", "effectiveTo"}}
        )

    def threshold(self, name: str) -> Threshold:
        """Return the threshold of this name; raises KeyError where the rules have none."""
        return Threshold.of(self.content[name])

    def fraction(self, name: str) -> Fraction:
        """Return the share of the threshold of this name."""
        return self.threshold(name).fraction


def freeze(rule_set: RuleSet) -> dict[str, Any]:
    """Return the copy, as JSON, that a decision keeps of the rules it runs under."""
    frozen = _as_json(rule_set)
    return frozen | {"sha256": canonical.sha256(frozen).hex()}


def thaw(frozen: Mapping[str, Any]) -> RuleSet:
    """Return the rules of a frozen copy; raises AlteredRules where the copy was changed."""
    said = {key: value for key, value in frozen.items() if key != "sha256"}
    if canonical.sha256(said).hex() != frozen.get("sha256"):
        raise AlteredRules(f"the frozen rules {frozen.get('code')!r} were altered")
    return RuleSet(
        id=UUID(said["id"]),
        code=said["code"],
        version=said["version"],
        community_id=UUID(said["communityId"]) if said["communityId"] else None,
        title_zh=said["titleZh"],
        title_en=said["titleEn"],
        legal_basis=said["legalBasis"],
        legal_effect=LegalEffect(said["legalEffect"]),
        effective_from=date.fromisoformat(said["effectiveFrom"]),
        effective_to=date.fromisoformat(said["effectiveTo"]) if said["effectiveTo"] else None,
        content=said["content"],
    )


def _as_json(rule_set: RuleSet) -> dict[str, Any]:
    end = rule_set.effective_to
    return {
        "id": str(rule_set.id),
        "code": rule_set.code,
        "version": rule_set.version,
        "communityId": str(rule_set.community_id) if rule_set.community_id else None,
        "titleZh": rule_set.title_zh,
        "titleEn": rule_set.title_en,
        "legalBasis": rule_set.legal_basis,
        "legalEffect": rule_set.legal_effect.value,
        "effectiveFrom": rule_set.effective_from.isoformat(),
        "effectiveTo": end.isoformat() if end else None,
        "content": dict(rule_set.content),
    }
