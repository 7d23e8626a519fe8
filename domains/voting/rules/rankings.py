"""What all rankings together say: who is preferred to whom, each group of equal ballots read once.

Marks hold a nibble a place, the first choice lowest. A ballot may leave options unranked; a
ranked option is preferred to every one that is not, and two unranked ones are equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domains.voting.errors import BallotMalformed, OptionRepeated, OptionUnknown, RankingHasGaps

_PATH = ("input", "ballot")
# Four places at a time are looked up once and remembered.
_CHUNK = 16
_LOW = 0xFFFF


@dataclass(frozen=True, slots=True)
class Rankings:
    """The papers of a count by their marks, none of them blank, and how many there were."""

    option_count: int
    ballots: int
    blank: int
    papers: Mapping[int, int]

    @property
    def valid(self) -> int:
        """Return how many ballots rank anything."""
        return self.ballots - self.blank


def gather(groups: Iterable[tuple[int, int]], *, option_count: int) -> Rankings:
    """Put equal rankings together; refuses gaps, repeated and unknown options."""
    papers: dict[int, int] = {}
    for marks, number in groups:
        papers[marks] = papers.get(marks, 0) + number
    ballots = sum(papers.values())
    blank = papers.pop(0, 0)
    _require_well_formed(papers, option_count)
    return Rankings(option_count, ballots, blank, papers)


def _require_well_formed(papers: Mapping[int, int], option_count: int) -> None:
    if papers and min(papers) < 0:
        raise BallotMalformed(path=_PATH, least=0, most=option_count)
    named: dict[int, int] = {}
    for marks in papers:
        rest, seen = marks, 0
        while rest:
            chunk = rest & _LOW
            rest >>= _CHUNK
            options = named.get(chunk)
            if options is None:
                options = named[chunk] = _options_of(chunk, option_count)
            # Only the last four places may end early; the lowest bit tells that these do.
            if seen & (options | 1):
                raise RankingHasGaps(path=_PATH) if seen & 1 else OptionRepeated(path=_PATH)
            seen |= options


def _options_of(chunk: int, option_count: int) -> int:
    """Return a bit for each option that up to four places name, and the lowest if fewer do."""
    options = 0
    for shift in range(0, _CHUNK, 4):
        position = chunk >> shift & 0xF
        if not position:
            if chunk >> shift:
                raise RankingHasGaps(path=_PATH)
            return options | 1
        if position > option_count:
            raise OptionUnknown(path=_PATH)
        if options >> position & 1:
            raise OptionRepeated(path=_PATH)
        options |= 1 << position
    return options


def preferences(rankings: Rankings) -> tuple[tuple[int, ...], ...]:
    """Return how many ballots prefer each option (row) to each other (column)."""
    count = rankings.option_count
    # Whoever stands in a place is preferred to all but those ahead; the order of these is nothing.
    places: list[dict[int, int]] = [{} for _ in range(count + 1)]
    for marks, number in rankings.papers.items():
        rest, ahead = marks, 0
        while rest:
            position = rest & 0xF
            rest >>= 4
            behind = places[position]
            behind[ahead] = behind.get(ahead, 0) + number
            ahead |= 1 << position
    return tuple(_row(places[position], position, count) for position in range(1, count + 1))


def _row(behind: Mapping[int, int], own: int, count: int) -> tuple[int, ...]:
    ranked = sum(behind.values())
    later = [0] * (count + 1)
    for ahead, number in behind.items():
        rest = ahead
        while rest:
            lowest = rest & -rest
            later[lowest.bit_length() - 1] += number
            rest ^= lowest
    return tuple(0 if own == other else ranked - later[other] for other in range(1, count + 1))
