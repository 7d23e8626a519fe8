"""Rules that add up: plurality, approval, score and Borda; the greatest figures win.

An option that no ballot supports is never elected, and equal figures that compete for too
few seats are settled by the seed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from domains.voting.errors import (
    BallotMalformed,
    CountUnsettled,
    GradeUnknown,
    OptionRepeated,
    OptionUnknown,
    ScoreOutOfRange,
)
from domains.voting.rules.lots import fill, lot_of
from domains.voting.rules.rankings import gather, preferences
from domains.voting.rules.records import Count, CountingRule, FigureStage, Terms

Groups = Iterable[tuple[int, int]]
_PATH = ("input", "ballot")
_CHUNK = 16
_NIBBLES = range(0, _CHUNK, 4)


@dataclass(frozen=True, slots=True)
class Parts:
    """Ballots of scores or grades, grouped by four options at a time instead of as a whole.

    Few such ballots are equal as a whole, and many are in part. `by_four[k]` groups all ballots
    by what they give to options 4k + 1 to 4k + 4 (`marks >> 16 * k & 65535`), and `blank` of
    them give nothing at all. The count is the same to the byte.
    """

    by_four: tuple[tuple[tuple[int, int], ...], ...]
    blank: int


@dataclass(frozen=True, slots=True)
class Values:
    """How many ballots give each option (row) each value from 0 up, and how many there are."""

    ballots: int
    blank: int
    by_option: tuple[tuple[int, ...], ...]


def plurality(groups: Groups, terms: Terms) -> Count:
    """Elect the options that most ballots name, each naming one."""
    return _named(groups, terms, most=1)


def approval(groups: Groups, terms: Terms) -> Count:
    """Elect the options that most ballots name, each naming as many as it likes."""
    return _named(groups, terms, most=len(terms.options))


def _named(groups: Groups, terms: Terms, *, most: int) -> Count:
    count = len(terms.options)
    votes = [0] * 16
    ballots = blank = 0
    for marks, number in groups:
        ballots += number
        if not marks:
            blank += number
            continue
        for position in require_ascending(marks, count, most=most):
            votes[position] += number
    figures = tuple(Fraction(each) for each in votes[1 : count + 1])
    return _by_figures(figures, terms, ballots=ballots, blank=blank)


def require_ascending(marks: int, option_count: int, *, most: int) -> list[int]:
    """Return the options that the marks name; refuses all but distinct ones in their order."""
    positions = []
    rest = marks
    while rest > 0:
        positions.append(rest & 0xF)
        rest >>= 4
    if not all(0 < position <= option_count for position in positions):
        raise OptionUnknown(path=_PATH)
    if len(set(positions)) != len(positions):
        raise OptionRepeated(path=_PATH)
    if marks < 0 or len(positions) > most or positions != sorted(positions):
        raise BallotMalformed(path=_PATH, least=0, most=most)
    return positions


def score(groups: Groups | Parts, terms: Terms) -> Count:
    """Elect the options with the greatest sums of scores; none given counts as 0."""
    values = values_of(groups, terms)
    figures = tuple(
        Fraction(sum(value * number for value, number in enumerate(row)))
        for row in values.by_option
    )
    return _by_figures(figures, terms, ballots=values.ballots, blank=values.blank)


def borda(groups: Groups, terms: Terms) -> Count:
    """Elect the options with most Borda points.

    The last of n places is worth 0 points and the first n - 1; options left unranked share
    the points of the places left over, so that every ballot hands out the same sum.
    """
    rankings = gather(groups, option_count=len(terms.options))
    preferred = preferences(rankings)
    whole = rankings.valid
    # A place above another option is a point; standing equal with it is half of one.
    figures = tuple(
        sum(
            (
                Fraction(whole + row[other] - preferred[other][own], 2)
                for other in range(len(row))
                if other != own
            ),
            Fraction(0),
        )
        for own, row in enumerate(preferred)
    )
    return _by_figures(figures, terms, ballots=rankings.ballots, blank=rankings.blank)


def _by_figures(figures: tuple[Fraction, ...], terms: Terms, *, ballots: int, blank: int) -> Count:
    lot = lot_of(terms.options, seed=terms.seed)
    supported = [index + 1 for index, figure in enumerate(figures) if figure]
    if terms.rule is CountingRule.BORDA and ballots > blank:
        supported = list(range(1, len(figures) + 1))
    winners, ties = fill(figures, seats=terms.seats, lot=lot, eligible=supported)
    return Count(
        terms=terms,
        ballots=ballots,
        blank=blank,
        lot=lot,
        quota=None,
        winners=winners,
        stages=(FigureStage(figures, ties),),
    )


def values_of(groups: Groups | Parts, terms: Terms) -> Values:
    """Return how many ballots give each option each value; refuses what the paper has not."""
    count = len(terms.options)
    assert terms.highest is not None, "scores and grades have a highest"
    parts = groups if isinstance(groups, Parts) else _parts_of(groups, count)
    if len({sum(number for _, number in part) for part in parts.by_four}) != 1:
        raise CountUnsettled(path=("ballots",))
    table = [[0] * 16 for _ in range(4 * len(parts.by_four))]
    for first, part in zip(range(0, len(table), 4), parts.by_four, strict=True):
        for marks, number in part:
            if marks >> _CHUNK:
                raise OptionUnknown(path=_PATH)
            for nibble, shift in enumerate(_NIBBLES):
                table[first + nibble][marks >> shift & 0xF] += number
    if any(any(row[1:]) for row in table[count:]):
        raise OptionUnknown(path=_PATH)
    _require_range(table[:count], terms)
    rows = tuple(tuple(row[: terms.highest + 1]) for row in table[:count])
    return Values(sum(table[0]), parts.blank, rows)


def _parts_of(groups: Groups, count: int) -> Parts:
    parts: list[dict[int, int]] = [{} for _ in range(0, 4 * count, _CHUNK)]
    limit = 1 << _CHUNK * len(parts)
    blank = 0
    for marks, number in groups:
        if not 0 <= marks < limit:
            raise OptionUnknown(path=_PATH)
        if not marks:
            blank += number
        rest = marks
        for part in parts:
            low = rest & 0xFFFF
            part[low] = part.get(low, 0) + number
            rest >>= _CHUNK
    return Parts(tuple(tuple(part.items()) for part in parts), blank)


def _require_range(table: list[list[int]], terms: Terms) -> None:
    assert terms.highest is not None
    if not any(any(row[terms.highest + 1 :]) for row in table):
        return
    if terms.rule is CountingRule.SCORE:
        raise ScoreOutOfRange(path=_PATH, highest=terms.highest)
    raise GradeUnknown(path=_PATH, grades=terms.highest)
