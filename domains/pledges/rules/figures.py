"""Figures as people read them in a paper: exact fractions, and what they are of a hundred."""

from fractions import Fraction

NOTHING = "—"
_LONGEST = 7


def percent(rate: Fraction | None) -> str:
    """Return a rate in percent with two decimals, rounded half up; a dash for none."""
    if rate is None:
        return NOTHING
    hundredths = (rate * 20_000 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def rate(value: Fraction | None) -> str:
    """Return a rate with its exact fraction, where that is short enough to be read."""
    if value is None or value.denominator == 1 or len(str(value.denominator)) > _LONGEST:
        return percent(value)
    return f"{percent(value)} ({value.numerator}/{value.denominator})"


def yuan(fen: int) -> str:
    """Return an amount in yuan."""
    return f"{fen // 100:,}.{fen % 100:02d}"
