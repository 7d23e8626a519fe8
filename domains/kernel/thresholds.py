"""Shares that must be reached: exact, and with the law's own care about the bound itself.

民法典 1259: 以上 and 以内 include the number, 超过 and 不满 exclude it. So
三分之二以上 is `3n >= 2N`, and 过半数 is `2n > N`.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of a whole: `inclusive` says whether reaching it exactly is enough."""

    numerator: int
    denominator: int
    inclusive: bool

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator or self.denominator == 0:
            raise ValueError("a threshold lies between none and all")

    def met(self, count: int, *, of: int) -> bool:
        """Whether the count reaches this share of the whole."""
        have, want = count * self.denominator, of * self.numerator
        return have >= want if self.inclusive else have > want

    def least(self, *, of: int) -> int:
        """Return the smallest count that reaches this share of the whole."""
        exact, rest = divmod(of * self.numerator, self.denominator)
        if self.inclusive:
            return exact + (1 if rest else 0)
        return exact + 1

    def as_json(self) -> dict[str, Any]:
        """Return the plain form that a rule set keeps."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "inclusive": self.inclusive,
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Threshold":
        """Read the plain form back."""
        return cls(int(kept["numerator"]), int(kept["denominator"]), bool(kept["inclusive"]))
