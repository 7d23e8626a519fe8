"""Rankings folded by how they begin, so that no rule reads a ballot twice.

`levels[k]` holds, for each way in which ballots rank their first k options, how many begin so.
Ballots that begin alike are one entry however they go on: a transfer moves whole entries, and
a comparison of two options looks at each entry once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from domains.voting.errors import BallotMalformed, OptionRepeated, OptionUnknown, RankingHasGaps

Level = dict[int, int]
_PATH = ("input", "ballot")


@dataclass(frozen=True, slots=True)
class Rankings:
    """The ballots of a count, folded; `ahead[k]` tells which options an entry of level k names.

    An option's bit in it is `1 << position`.
    """

    option_count: int
    ballots: int
    blank: int
    levels: tuple[Level, ...]
    ahead: tuple[Level, ...]

    @property
    def valid(self) -> int:
        """Return how many ballots rank anything."""
        return self.ballots - self.blank


def fold(groups: Iterable[tuple[int, int]], *, option_count: int) -> Rankings:
    """Fold grouped rankings; refuses gaps, repeated and unknown options."""
    levels: list[Level] = [{} for _ in range(option_count + 1)]
    ballots = 0
    for marks, number in groups:
        length = (marks.bit_length() + 3) >> 2
        if length > option_count:
            raise OptionRepeated(path=_PATH)
        if marks < 0:
            raise BallotMalformed(path=_PATH, least=0, most=option_count)
        level = levels[length]
        level[marks] = level.get(marks, 0) + number
        ballots += number
    blank = levels[0].get(0, 0)
    for length in range(option_count, 1, -1):
        prefix = (1 << 4 * (length - 1)) - 1
        shorter = levels[length - 1]
        get = shorter.get
        for marks, number in levels[length].items():
            beginning = marks & prefix
            shorter[beginning] = get(beginning, 0) + number
    levels[0] = {0: ballots - blank}
    return Rankings(option_count, ballots, blank, tuple(levels), _ahead(levels, option_count))


def _ahead(levels: list[Level], option_count: int) -> tuple[Level, ...]:
    """Return which options each entry names; whatever names them wrongly is refused here."""
    ahead: list[Level] = [{0: 0}]
    for length in range(1, option_count + 1):
        shift = 4 * (length - 1)
        prefix = (1 << shift) - 1
        before = ahead[-1]
        named: Level = {}
        for marks in levels[length]:
            last = marks >> shift
            earlier = before[marks & prefix]
            if not 0 < last <= option_count or earlier >> last & 1:
                _refuse(last, option_count)
            named[marks] = earlier | 1 << last
        ahead.append(named)
    return tuple(ahead)


def _refuse(last: int, option_count: int) -> None:
    if last == 0:
        raise RankingHasGaps(path=_PATH)
    if last > option_count:
        raise OptionUnknown(path=_PATH)
    raise OptionRepeated(path=_PATH)


def preferences(rankings: Rankings) -> tuple[tuple[int, ...], ...]:
    """Return how many ballots prefer each option (row) to each other (column).

    A ranked option is preferred to every one that is not; two unranked ones are equal.
    """
    count = rankings.option_count
    # Who stands in last place of an entry is preferred to all but those ahead of it.
    by_last: list[dict[int, int]] = [{} for _ in range(count + 1)]
    for length in range(1, count + 1):
        shift = 4 * (length - 1)
        prefix = (1 << shift) - 1
        before = rankings.ahead[length - 1]
        for marks, number in rankings.levels[length].items():
            held = by_last[marks >> shift]
            earlier = before[marks & prefix]
            held[earlier] = held.get(earlier, 0) + number
    rows = []
    for position in range(1, count + 1):
        held = by_last[position]
        ranked = sum(held.values())
        row = [
            ranked - sum(number for earlier, number in held.items() if earlier >> other & 1)
            for other in range(1, count + 1)
        ]
        row[position - 1] = 0
        rows.append(tuple(row))
    return tuple(rows)
