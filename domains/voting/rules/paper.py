"""Ballots on paper: what a line of a batch says, and whether two readings of it are the same.

A paper is *returned* where it was found in the box: valid, blank, or *void* because it says
more than it may. A *spoiled* one was handed back and exchanged: its voter has another, so it
is neither returned nor does it take part. Who returned a paper took part, void or not. In a
SECRET poll valid and blank papers are told only together with the ballots of other channels:
the difference would be the ballot of whoever voted alone in another way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domains.voting.rules.counting import Group, Result
from domains.voting.rules.forms import Marks
from domains.voting.values import PaperTotals


class LineVerdict(StrEnum):
    """What a paper came to."""

    VALID = "valid"
    BLANK = "blank"
    VOID = "void"
    SPOILED = "spoiled"


RETURNED = frozenset({LineVerdict.VALID, LineVerdict.BLANK, LineVerdict.VOID})


@dataclass(frozen=True, slots=True)
class Line:
    """One paper as somebody read it; `voter` is its number on the roll in an OPEN poll."""

    verdict: LineVerdict
    marks: Marks | None = None
    voter: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two readings part: how many papers say this in the first and in the second."""

    verdict: LineVerdict
    marks: Marks | None
    voter: int | None
    first: int
    second: int


def differences(first: Iterable[Line], second: Iterable[Line]) -> tuple[Difference, ...]:
    """Compare two readings: voter by voter where lines name them, else whatever their order.

    Why a paper is void is in each reader's own words, and is not compared.
    """
    readings = Counter(map(_said, first)), Counter(map(_said, second))
    return tuple(
        Difference(verdict, marks, voter, readings[0][said], readings[1][said])
        for said in sorted(readings[0].keys() | readings[1].keys(), key=_order)
        if readings[0][said] != readings[1][said]
        for verdict, marks, voter in (said,)
    )


_Said = tuple[LineVerdict, Marks | None, int | None]


def _said(line: Line) -> _Said:
    return line.verdict, line.marks, line.voter


def _order(said: _Said) -> tuple[int, str, str]:
    verdict, marks, voter = said
    text = marks.hex() if isinstance(marks, bytes) else f"{marks or 0:016x}"
    return voter or 0, verdict.value, text


def repeated_voter(lines: Sequence[Line]) -> int | None:
    """Return the number of a voter whom a batch names twice, or None."""
    times = Counter(line.voter for line in lines if line.verdict in RETURNED and line.voter)
    return next((voter for voter, count in sorted(times.items()) if count > 1), None)


def counted(lines: Iterable[Line]) -> PaperTotals:
    """Add a batch up; how many were issued is not the batch's to know."""
    times = Counter(line.verdict for line in lines)
    return PaperTotals(
        returned=sum(times[verdict] for verdict in RETURNED),
        void=times[LineVerdict.VOID],
        spoiled=times[LineVerdict.SPOILED],
    )


def with_void(groups: Iterable[Group], paper: PaperTotals | None) -> list[Group]:
    """Add the void papers to what is counted: they take part, and name nothing."""
    void = [] if paper is None or not paper.void else [Group(0, paper.void, paper.void_area)]
    return [*groups, *void]


def settled(result: Result, paper: PaperTotals | None) -> Result:
    """Tell the void papers of a result from its blank ballots, and keep what became of all."""
    if paper is None:
        return result
    return replace(result, blank=result.blank - paper.void, paper=paper)
