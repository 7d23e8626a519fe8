"""Majority judgement: the option whose middle grade is best.

Balinski and Laraki, Majority Judgment (MIT Press, 2011). The majority value of an option is
the sequence of its middle grades (the lower one of an even number), each taken away before the
next is found; values are compared grade by grade. An option that a ballot leaves ungraded has
the worst grade on it.
"""

from collections.abc import Sequence
from fractions import Fraction

from domains.voting.rules.lots import fill, lot_of
from domains.voting.rules.records import Count, GradeCount, GradeStage, Terms
from domains.voting.rules.tallies import Groups, Parts, Values, values_of

# So many in a row of: grade below the middle, grade above it, as they are taken away in turn.
_Run = tuple[int, int, int]


def majority_judgement(groups: Groups | Parts, terms: Terms) -> Count:
    """Elect the options with the greatest majority values."""
    values = values_of(groups, terms)
    whole = values.ballots - values.blank
    graded = [_grades(row, values) for row in values.by_option]
    lot = lot_of(terms.options, seed=terms.seed)
    places = _places(graded, whole)
    eligible = range(1, len(terms.options) + 1) if whole else ()
    winners, ties = fill(places, seats=terms.seats, lot=lot, eligible=eligible)
    order = sorted(range(1, len(places) + 1), key=lambda each: (-places[each - 1], each))
    stage = GradeStage(
        options=tuple(
            _grade_count(position, row, whole) for position, row in enumerate(graded, start=1)
        ),
        order=tuple(order),
        ties=ties,
    )
    return Count(
        terms=terms,
        ballots=values.ballots,
        blank=values.blank,
        lot=lot,
        quota=None,
        winners=winners,
        stages=(stage,),
    )


def _grades(row: Sequence[int], values: Values) -> tuple[int, ...]:
    """Return how many valid ballots give each grade, worst first; ungraded is the worst."""
    return (row[0] - values.blank + row[1], *row[2:])


def _grade_count(position: int, row: tuple[int, ...], whole: int) -> GradeCount:
    middle = _grade_at(row, (whole + 1) // 2) if whole else 1
    return GradeCount(position, row, middle, sum(row[middle:]), sum(row[: middle - 1]))


def _grade_at(row: Sequence[int], rank: int) -> int:
    """Return the grade of the ballot of this rank, counted from the worst."""
    for grade, number in enumerate(row, start=1):
        rank -= number
        if rank <= 0:
            return grade
    raise AssertionError("every valid ballot has a grade")


def _places(graded: Sequence[Sequence[int]], whole: int) -> tuple[Fraction, ...]:
    """Return each option's place from below, the same for equal majority values."""
    sequences = [_runs(row, whole) for row in graded]
    keys = _aligned(sequences)
    distinct = sorted(set(keys))
    return tuple(Fraction(distinct.index(key)) for key in keys)


def _runs(row: Sequence[int], whole: int) -> list[_Run]:
    """Return the majority value, told as runs, outwards from the middle.

    Of an odd number the middle goes first; then below and above take turns. Of an even number
    the lower middle goes first, so above and below pair up from the start.
    """
    runs: list[_Run] = []
    low = (whole + 1) // 2
    if whole % 2:
        middle = _grade_at(row, low)
        runs.append((1, middle, middle))
        low -= 1
    high = whole - low + 1
    below = _outwards(row, low, down=True)
    above = _outwards(row, high, down=False)
    while below and above:
        length = min(below[-1][0], above[-1][0])
        runs.append((length, below[-1][1], above[-1][1]))
        below[-1] = (below[-1][0] - length, below[-1][1])
        above[-1] = (above[-1][0] - length, above[-1][1])
        if not below[-1][0]:
            below.pop()
        if not above[-1][0]:
            above.pop()
    return runs


def _outwards(row: Sequence[int], rank: int, *, down: bool) -> list[tuple[int, int]]:
    """Return `(how many, grade)` from the rank to the end, the outermost first."""
    total = sum(row)
    wanted = rank if down else total - rank + 1
    grades = list(enumerate(row, start=1))
    outer = grades if down else grades[::-1]
    found: list[tuple[int, int]] = []
    for grade, number in outer:
        taken = min(number, wanted)
        if taken:
            found.append((taken, grade))
        wanted -= taken
    return found


def _aligned(sequences: Sequence[Sequence[_Run]]) -> list[tuple[tuple[int, int], ...]]:
    """Cut all sequences at the same places, so that they compare run by run."""
    cuts: set[int] = set()
    for runs in sequences:
        at = 0
        for length, _, _ in runs:
            at += length
            cuts.add(at)
    ends = sorted(cuts)
    aligned = []
    for runs in sequences:
        key: list[tuple[int, int]] = []
        at, run = 0, iter(runs)
        length, low, high = 0, 0, 0
        for end in ends:
            while at + length < end:
                at += length
                length, low, high = next(run)
            key.append((low, high))
        aligned.append(tuple(key))
    return aligned
