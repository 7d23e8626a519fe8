"""Figures about what is said of people: so rough that none tells of anybody.

A figure is not told where fewer than five are counted, and neither where fewer than five are
not: both would say of each of a few, or of all but a few, how it is with them. None at all is a
few as well. What is told is rounded down to fives, so that two figures whose audiences differ by
one person say the same but where they straddle a five; how often somebody may look is limited
besides.
"""

FEWEST_TOLD = 5


def told_roughly(count: int, *, among: int | None = None) -> int | None:
    """Return a figure rounded down to fives; None where too few are counted, or left over."""
    if count < FEWEST_TOLD or (among is not None and among - count < FEWEST_TOLD):
        return None
    return count - count % FEWEST_TOLD
