"""What a ballot of each form must look like, and the one way to pack it.

Equal ballots are equal marks, so that PostgreSQL groups them. Up to 15 options fit one bigint:

- CHOICE, APPROVAL: a nibble an option named, positions ascending from the lowest nibble;
- RANKING: a nibble a place, the first choice lowest, without gaps;
- SCORE: nibble `position - 1` is that option's score, 0 where none was given;
- GRADE: nibble `position - 1` is its grade from 1 (worst) up, 0 where none was given.

Budgets have more projects than a bigint has nibbles, and are packed as bytes:

- BUDGET_APPROVAL: a bitmap, bit `position - 1` counted from the first byte's lowest, without
  trailing zero bytes;
- BUDGET_POINTS: four bytes a project given points, positions ascending: position and points,
  each two bytes, the higher first.

No marks (0, or no bytes) are a blank ballot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domains.kernel.errors import DomainError
from domains.voting.errors import (
    BallotMalformed,
    GradeUnknown,
    OptionRepeated,
    OptionUnknown,
    PointsOutOfRange,
    RankingHasGaps,
    ScoreOutOfRange,
)
from domains.voting.values import LARGEST_OPTION_COUNT

Marks = int | bytes
LARGEST_PROJECT_COUNT = 500
LARGEST_POINTS = 0xFFFF
_PATH = ("input", "ballot")


class BallotForm(StrEnum):
    """What a voter writes on the paper."""

    CHOICE = "choice"
    APPROVAL = "approval"
    RANKING = "ranking"
    SCORE = "score"
    GRADE = "grade"
    BUDGET_APPROVAL = "budget_approval"
    BUDGET_POINTS = "budget_points"

    @property
    def is_budget(self) -> bool:
        """Whether its marks are bytes over projects."""
        return self in {BallotForm.BUDGET_APPROVAL, BallotForm.BUDGET_POINTS}

    @property
    def gives_values(self) -> bool:
        """Whether it gives each option a value, rather than name options."""
        return self in {BallotForm.SCORE, BallotForm.GRADE, BallotForm.BUDGET_POINTS}


@dataclass(frozen=True, slots=True)
class Paper:
    """A ballot paper: its form, its options, and what may be written on it.

    `least` and `most` bound how many options a ballot names (`most` None: all of them), except
    that a blank ballot is well formed where `least` is 0. `highest` is the best score, the
    number of grades, or the most points for one project; `most_points` bounds their sum.
    """

    form: BallotForm
    option_count: int
    least: int = 0
    most: int | None = None
    highest: int = 0
    most_points: int | None = None

    def __post_init__(self) -> None:
        largest = LARGEST_PROJECT_COUNT if self.form.is_budget else LARGEST_OPTION_COUNT
        if not 1 <= self.option_count <= largest:
            raise ValueError(f"a paper of this form has 1 to {largest} options")
        greatest = LARGEST_POINTS if self.form.is_budget else 0xF
        if self.form.gives_values and not 1 <= self.highest <= greatest:
            raise ValueError(f"the highest value of this form is 1 to {greatest}")


def pack(paper: Paper, written: Sequence[int] | Mapping[int, int]) -> Marks:
    """Return the marks of what was written, or refuse it.

    Positions for forms that name options, in order of preference for a ranking; values by
    position for forms that give values.
    """
    if isinstance(written, Mapping):
        assert paper.form.gives_values, "this form names options"
        _require_values(paper, list(written.items()))
        return _pack_values(paper, written)
    assert not paper.form.gives_values, "this form gives values"
    _require_named(paper, written)
    return _pack_named(paper, written)


def write(paper: Paper, positions: Sequence[int], values: Sequence[tuple[int, int]]) -> Marks:
    """Return the marks of a ballot as it comes in: options named, or values given; or refuse it.

    A ranking may give each option its place instead of naming them in order.
    """
    numbered = paper.form is BallotForm.RANKING and bool(values)
    by_values = paper.form.gives_values or numbered
    try:
        if positions if by_values else values:
            raise BallotMalformed(least=paper.least, most=_most(paper))
        if not by_values:
            return pack(paper, positions)
        _require_options(paper, [position for position, _ in values])
        return pack(paper, ranking_of(values) if numbered else dict(values))
    except DomainError as refusal:
        refusal.path = ("input", "values" if by_values else "optionIds")
        raise


def ranking_of(places: Sequence[tuple[int, int]]) -> list[int]:
    """Return the order that `(position, place)` pairs write down, as numerals on a paper do.

    Refuses a place left out or given twice, and an option placed twice.
    """
    by_place = {place: position for position, place in places}
    if len({position for position, _ in places}) != len(places):
        raise OptionRepeated(path=_PATH)
    if sorted(by_place) != list(range(1, len(places) + 1)):
        raise RankingHasGaps(path=_PATH)
    return [by_place[place] for place in range(1, len(places) + 1)]


def unpack(form: BallotForm, marks: Marks) -> list[tuple[int, int]]:
    """Return `(position, value)` of the marks; the value of a ranking is the place, else 1."""
    if isinstance(marks, bytes):
        return list(_unpack_budget(form, marks))
    nibbles = list(_nibbles(marks))
    if form.gives_values:
        return [(place + 1, value) for place, value in enumerate(nibbles) if value]
    if form is BallotForm.RANKING:
        return [(position, place + 1) for place, position in enumerate(nibbles)]
    return [(position, 1) for position in nibbles]


def require_marks(paper: Paper, marks: Marks) -> None:
    """Refuse marks that no well-formed ballot packs to."""
    if isinstance(marks, bytes) is not paper.form.is_budget:
        raise BallotMalformed(path=_PATH, least=paper.least, most=_most(paper))
    entries = unpack(paper.form, marks)
    if paper.form.gives_values:
        _require_values(paper, entries)
        again = _pack_values(paper, dict(entries))
    else:
        positions = [position for position, _ in entries]
        if paper.form is BallotForm.RANKING and 0 in positions:
            raise RankingHasGaps(path=_PATH)
        _require_named(paper, positions)
        again = _pack_named(paper, positions)
    if again != marks:
        raise BallotMalformed(path=_PATH, least=paper.least, most=_most(paper))


def _require_named(paper: Paper, positions: Sequence[int]) -> None:
    _require_options(paper, positions)
    if not paper.least <= len(positions) <= _most(paper):
        raise BallotMalformed(path=_PATH, least=paper.least, most=_most(paper))


def _require_values(paper: Paper, entries: Sequence[tuple[int, int]]) -> None:
    _require_options(paper, [position for position, _ in entries])
    for _, value in entries:
        if 0 <= value <= paper.highest:
            continue
        if paper.form is BallotForm.SCORE:
            raise ScoreOutOfRange(path=_PATH, highest=paper.highest)
        if paper.form is BallotForm.GRADE:
            raise GradeUnknown(path=_PATH, grades=paper.highest)
        raise PointsOutOfRange(path=_PATH, most=paper.highest)
    total = sum(value for _, value in entries)
    if paper.most_points is not None and total > paper.most_points:
        raise PointsOutOfRange(path=_PATH, most=paper.most_points)
    given = sum(1 for _, value in entries if value)
    if not paper.least <= given <= _most(paper):
        raise BallotMalformed(path=_PATH, least=paper.least, most=_most(paper))


def _require_options(paper: Paper, positions: Sequence[int]) -> None:
    if not all(1 <= position <= paper.option_count for position in positions):
        raise OptionUnknown(path=_PATH)
    if len(set(positions)) != len(positions):
        raise OptionRepeated(path=_PATH)


def _most(paper: Paper) -> int:
    return paper.option_count if paper.most is None else paper.most


def _pack_named(paper: Paper, positions: Sequence[int]) -> Marks:
    if paper.form is BallotForm.BUDGET_APPROVAL:
        bits = sum(1 << (position - 1) for position in positions)
        return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    ordered = positions if paper.form is BallotForm.RANKING else sorted(positions)
    return sum(position << 4 * place for place, position in enumerate(ordered))


def _pack_values(paper: Paper, values: Mapping[int, int]) -> Marks:
    if paper.form is BallotForm.BUDGET_POINTS:
        return b"".join(
            position.to_bytes(2, "big") + points.to_bytes(2, "big")
            for position, points in sorted(values.items())
            if points
        )
    return sum(value << 4 * (position - 1) for position, value in values.items())


def _nibbles(marks: int) -> Iterator[int]:
    while marks > 0:
        yield marks & 0xF
        marks >>= 4


def _unpack_budget(form: BallotForm, marks: bytes) -> Iterator[tuple[int, int]]:
    if form is BallotForm.BUDGET_APPROVAL:
        bits = int.from_bytes(marks, "little")
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length(), 1
            bits ^= lowest
        return
    for start, end in pairwise([*range(0, len(marks), 4), len(marks)]):
        entry = marks[start:end]
        yield int.from_bytes(entry[:2], "big"), int.from_bytes(entry[2:], "big")
