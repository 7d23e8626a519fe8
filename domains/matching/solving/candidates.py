"""Who comes into question for each group, and at what price: a grid finds them, `fitness` judges.

Volunteers are laid out by skill and by how far they go, so that a group looks only at cells from
which somebody might come; no group looks at the whole town.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from domains.matching.solving import fitness
from domains.matching.solving.reasons import Reason
from domains.matching.solving.tables import METRES_A_DEGREE, Columns, Integers, Mask, found

UNMET_POINTS = 1_000_000
MOST_PAIRS = 16_000_000
LEAST_PER_GROUP = 200
_CHUNK = 1_000_000
# The same rules, those that part most pairs at least cost first.
_FIRST = (Reason.TOO_FAR, Reason.OPTED_OUT, Reason.UNDER_AGE, Reason.NOT_FREE)
QUICKEST = tuple(
    sorted(fitness.RULES, key=lambda each: each[0] not in _FIRST),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """All who may serve in each group, by group and then by price.

    `cut` holds, for a group that had too many candidates to keep, the least price left out.
    """

    volunteers: Integers
    groups: Integers
    points: Integers
    cut: dict[int, int]

    def only(self, mask: Mask) -> "Pool":
        """Return the pairs that a mask keeps."""
        return Pool(self.volunteers[mask], self.groups[mask], self.points[mask], self.cut)

    def ranks(self) -> Integers:
        """Return each pair's place among its group's candidates, from 0."""
        at = np.arange(len(self.groups))
        return at - np.searchsorted(self.groups, self.groups)


def price(columns: Columns, volunteers: Integers, groups: Integers) -> Integers:
    """Return what is to be said against each pair, in points; fairness is priced by the flow."""
    terms = columns.terms
    points = columns.metres(volunteers, groups) // terms.metres_a_point
    surplus = columns.levels(volunteers, groups) - columns.level[groups]
    points += terms.surplus_points * np.where(columns.skill[groups] >= 0, surplus, 0)
    services = volunteers * len(columns.service_names) + columns.service[groups]
    points += terms.not_preferred_points * (found(columns.preferred, services) < 0)
    unreliable = 1000 - columns.reliable_permille[volunteers]
    points += terms.unreliable_points * unreliable // 1000
    if len(columns.previous):
        moved = found(columns.previous, volunteers * len(columns.groups) + groups) < 0
        points += terms.churn_points * moved
    return points


def pool(columns: Columns, wanted: Mask) -> Pool:
    """Return everybody who may serve in the wanted groups."""
    most = max(LEAST_PER_GROUP, MOST_PAIRS // max(1, int(wanted.sum())))
    parts = [_none()]
    cut: dict[int, int] = {}
    for volunteers, groups in _near(columns, wanted):
        kept = fitness.why_not(columns, volunteers, groups, QUICKEST) == fitness.MAY
        parts.append((volunteers[kept], groups[kept]))
    volunteers, groups = (np.concatenate(each) for each in zip(*parts, strict=True))
    points = price(columns, volunteers, groups)
    order = np.lexsort((volunteers, points, groups))
    every = Pool(volunteers[order], groups[order], points[order], cut)
    ranks = every.ranks()
    if not len(ranks) or int(ranks.max()) < most:
        return every
    first_left_out = np.flatnonzero(ranks == most)
    cut.update(
        zip(
            every.groups[first_left_out].tolist(),
            every.points[first_left_out].tolist(),
            strict=True,
        )
    )
    return every.only(ranks < most)


def _none() -> tuple[Integers, Integers]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)


def _near(columns: Columns, wanted: Mask) -> Iterator[tuple[Integers, Integers]]:
    """Yield pairs that might be near enough and have the skill, some hundred thousand at a time."""
    reaches = np.maximum(columns.radius, 1)
    classes = np.ceil(np.log2(np.maximum(reaches, 250))).astype(np.int64)
    named = np.flatnonzero(wanted)
    holders = columns.skill_keys // max(1, len(columns.skill_names))
    skills = columns.skill_keys % max(1, len(columns.skill_names))
    for skill in np.unique(columns.skill[named]).tolist():
        groups = named[columns.skill[named] == skill]
        able = holders[skills == skill] if skill >= 0 else np.arange(len(columns.volunteers))
        for reach in np.unique(classes[able]).tolist():
            volunteers = able[classes[able] == reach]
            yield from _in_cells(columns, volunteers, groups, reach=int(reaches[volunteers].max()))


def _in_cells(
    columns: Columns, volunteers: Integers, groups: Integers, *, reach: int
) -> Iterator[tuple[Integers, Integers]]:
    """Yield pairs from cells within reach: rows of cells are ranges of one sorted list."""
    north = reach * 1_000_000 // METRES_A_DEGREE + 2
    narrowing = np.maximum(columns.narrowing_e6[groups], 1_000)
    east = north * 1_000_000 // narrowing + 2
    height, width = max(1, north // 2), max(1, int(east.max()) // 2)
    south_most = int(columns.latitude[volunteers].min())
    west_most = int(columns.longitude[volunteers].min())
    rows = (columns.latitude[volunteers] - south_most) // height
    cells = (columns.longitude[volunteers] - west_most) // width
    across = int(cells.max()) + 1
    keys = rows * across + cells
    order = np.lexsort((volunteers, keys))
    keys, volunteers = keys[order], volunteers[order]
    last_row = int(rows.max())
    latitude = columns.group_latitude[groups] - south_most
    longitude = columns.group_longitude[groups] - west_most
    lowest, highest = (latitude - north) // height, (latitude + north) // height
    first = np.clip((longitude - east) // width, 0, across)
    last = np.clip((longitude + east) // width, -1, across - 1)
    for step in range(int((highest - lowest).max()) + 1):
        row = lowest + step
        here = (row >= 0) & (row <= np.minimum(highest, last_row)) & (first <= last)
        begins = np.searchsorted(keys, row[here] * across + first[here])
        ends = np.searchsorted(keys, row[here] * across + last[here], side="right")
        yield from _expanded(volunteers, groups[here], begins, ends)


def _expanded(
    volunteers: Integers, groups: Integers, begins: Integers, ends: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of each group with its range of volunteers, in pieces of bounded size."""
    sums = np.cumsum(ends - begins)
    cuts = np.searchsorted(sums, np.arange(_CHUNK, int(sums[-1]) if len(sums) else 0, _CHUNK))
    for some in np.split(np.arange(len(groups)), np.unique(cuts)):
        if len(some):
            yield (
                volunteers[ranges(begins[some], ends[some])],
                np.repeat(groups[some], ends[some] - begins[some]),
            )


def ranges(begins: Integers, ends: Integers) -> Integers:
    """Return all the ranges' numbers one after another."""
    lengths = ends - begins
    shift = begins - (np.cumsum(lengths) - lengths)
    numbers: Integers = np.arange(int(lengths.sum())) + np.repeat(shift, lengths)
    return numbers
