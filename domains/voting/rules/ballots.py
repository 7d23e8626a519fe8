"""A ballot's marks as one integer: a nibble a place, so that equal ballots group in PostgreSQL.

The lowest nibble is the first place. For plain choices the order means nothing, so the
positions are sorted and two ballots that say the same are the same number. 0 is blank.
"""

from collections.abc import Sequence

from domains.voting.errors import BallotMalformed
from domains.voting.values import LARGEST_OPTION_COUNT


def require_well_formed(
    positions: Sequence[int], *, option_count: int, least: int, most: int
) -> None:
    """Refuse a ballot with too few, too many, repeated or foreign options."""
    distinct = set(positions)
    in_range = all(1 <= position <= option_count for position in distinct)
    if not (in_range and len(distinct) == len(positions) and least <= len(distinct) <= most):
        raise BallotMalformed(path=("input", "optionIds"), least=least, most=most)


def marks_of(positions: Sequence[int]) -> int:
    """Return the marks of an unordered choice of positions (1 to 15)."""
    assert all(1 <= position <= LARGEST_OPTION_COUNT for position in positions)
    return sum(position << 4 * place for place, position in enumerate(sorted(positions)))


def mark_positions(marks: int) -> list[int]:
    """Return the positions that the marks name."""
    positions = []
    while marks:
        positions.append(marks & 0xF)
        marks >>= 4
    return positions
