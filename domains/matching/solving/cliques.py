"""Who cannot be in two places at once: each volunteer's shifts, as sets that overlap mutually."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from domains.matching.solving.tables import SPAN, Columns, Integers, Mask


@dataclass(frozen=True, slots=True)
class Cliques:
    """A number for each pair: pairs of one number exclude each other.

    `lane` is, for each number, the volunteer's week: volunteer times weeks, plus the week.
    `apart` tells that no pairs of different numbers overlap, so that these sets say everything.
    """

    of_pair: Integers
    lane: Integers
    apart: bool

    def only(self, mask: Mask) -> "Cliques":
        """Return the same sets for the pairs that a mask keeps."""
        return Cliques(self.of_pair[mask], self.lane, self.apart)


def partition(columns: Columns, volunteers: Integers, groups: Integers) -> Cliques:
    """Part each volunteer's candidate shifts into as few mutually overlapping sets as can be.

    Taking the earliest end, and all that begin before it, over and over, is the least such
    partition of intervals. Shifts of different weeks are never in one set.
    """
    starts = columns.starts[groups]
    ends = columns.ends[groups]
    lane = volunteers * columns.weeks + columns.week[groups]
    order = np.lexsort((groups, ends, lane))
    number = np.full(len(order), -1, np.int64)
    left, made = order, 0
    while len(left):
        first = np.ones(len(left), bool)
        first[1:] = lane[left][1:] != lane[left][:-1]
        leader = np.maximum.accumulate(np.where(first, np.arange(len(left)), 0))
        within = starts[left] < ends[left][leader]
        number[left[within]] = made + np.cumsum(first)[within] - 1
        made += int(first.sum())
        left = left[~within]
    at = np.zeros(made, np.int64)
    at[number] = lane
    apart = _are_apart(volunteers, starts, ends, number)
    return Cliques(number, at, apart)


def _are_apart(volunteers: Integers, starts: Integers, ends: Integers, number: Integers) -> bool:
    """Tell whether every run of shifts that hang together by overlaps is of one set."""
    order = np.lexsort((ends, starts, volunteers))
    begins = volunteers[order] * SPAN + starts[order]
    latest = np.maximum.accumulate(volunteers[order] * SPAN + ends[order])
    fresh = np.ones(len(order), bool)
    fresh[1:] = begins[1:] >= latest[:-1]
    run_first = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
    return bool((number[order] == number[order][run_first]).all())


@dataclass(frozen=True, slots=True)
class Moments:
    """Largest sets of shifts that share a moment, as cells (row, pair)."""

    rows: Integers
    pairs: Integers
    number: int


def moments_of(volunteers: Integers, starts: Integers, ends: Integers) -> Moments:
    """Return every largest set of a volunteer's shifts that share a moment, two shifts at least."""
    order = np.lexsort((ends, starts, volunteers)).tolist()
    owner, begins, finishes = volunteers.tolist(), starts.tolist(), ends.tolist()
    sets: list[list[int]] = []
    running: list[int] = []
    for at in order:
        same = bool(running) and owner[running[0]] == owner[at]
        still = [each for each in running if finishes[each] > begins[at]] if same else []
        if len(still) < len(running) and len(running) > 1:
            sets.append(running)
        running = [*still, at]
    if len(running) > 1:
        sets.append(running)
    lengths = np.fromiter(map(len, sets), np.int64, len(sets))
    pairs = np.fromiter(chain.from_iterable(sets), np.int64, int(lengths.sum()))
    return Moments(np.repeat(np.arange(len(sets)), lengths), pairs, len(sets))
