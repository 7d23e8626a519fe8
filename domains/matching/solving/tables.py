"""A snapshot as columns of integers, in an order that its ids and its seed alone decide."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from domains.matching.solving.snapshot import (
    HORIZON,
    WEEK,
    Group,
    Need,
    Snapshot,
    Volunteer,
    Window,
)

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Any = TypeVar("_Any")

SPAN = HORIZON + 2
METRES_A_DEGREE = 111_195


def column(rows: Sequence[Any], value: Callable[[Any], int]) -> Integers:
    """Return one integer of every row."""
    return np.fromiter((value(row) for row in rows), np.int64, len(rows))


class Columns:
    """Everything the matcher looks up, by the numbers of volunteers and groups.

    Numbers follow the ids, shuffled by the seed: the order in which a snapshot was written has no
    influence, and the seed decides nothing but between equals.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        snapshot = snapshot.canonical()
        self.terms = snapshot.terms
        self.needs: list[Need] = self._shuffled(snapshot.needs)
        self.volunteers: list[Volunteer] = self._shuffled(snapshot.volunteers)
        self.groups: list[Group] = [group for need in self.needs for group in need.groups]
        self.need_of_group = np.repeat(
            np.arange(len(self.needs), dtype=np.int64),
            column(self.needs, lambda need: len(need.groups)),
        )
        self.volunteer_at = {each.id: at for at, each in enumerate(self.volunteers)}
        self.group_at = {each.id: at for at, each in enumerate(self.groups)}
        self._read_groups()
        self._read_volunteers()
        self._read_skills()
        self.forbidden = self._pairs(snapshot.forbidden)
        self.previous = self._pairs(snapshot.previous)
        self.use_windows({})
        self.services_left, self.minutes_left = self._left_by_week()

    def _shuffled(self, rows: Iterable[_Any]) -> list[_Any]:
        listed = sorted(rows, key=attrgetter("id"))
        order = np.random.default_rng(self.terms.seed).permutation(len(listed))
        return [listed[at] for at in order]

    def _read_groups(self) -> None:
        groups = self.groups
        needs = [self.needs[at] for at in self.need_of_group]
        self.starts = column(groups, lambda each: each.starts)
        self.ends = column(groups, lambda each: each.ends)
        self.minutes = self.ends - self.starts
        self.week = self.starts // WEEK
        self.weeks = int(self.week.max(initial=0)) + 1
        self.places = column(groups, lambda each: each.places)
        self.level = column(groups, lambda each: each.level)
        self.urgency = column(needs, lambda each: each.urgency)
        self.risky = column(needs, lambda each: each.risky).astype(bool)
        self.least_age = np.maximum(
            column(needs, lambda each: each.least_age), np.where(self.risky, 18, 0)
        )
        self.group_latitude = column(needs, lambda each: each.latitude_e6)
        self.group_longitude = column(needs, lambda each: each.longitude_e6)
        self.narrowing_e6 = np.round(np.cos(np.radians(self.group_latitude / 1e6)) * 1e6).astype(
            np.int64
        )
        names = sorted({each.skill for each in groups if each.skill})
        self.skill_names = {name: at for at, name in enumerate(names)}
        self.skill = column(groups, lambda each: self.skill_names.get(each.skill, -1))
        services = sorted({each.service for each in self.needs})
        self.service_names = {name: at for at, name in enumerate(services)}
        self.service = column(needs, lambda each: self.service_names[each.service])

    def _read_volunteers(self) -> None:
        people, terms = self.volunteers, self.terms
        self.latitude = column(people, lambda each: each.latitude_e6)
        self.longitude = column(people, lambda each: each.longitude_e6)
        self.radius = column(people, lambda each: each.radius)
        self.age = column(people, lambda each: each.age)
        self.guarded = column(people, lambda each: each.guardian_consents).astype(bool)
        self.insured = column(people, lambda each: each.insured).astype(bool)
        self.automatic = column(people, lambda each: each.automatic).astype(bool)
        self.turns = np.minimum(column(people, lambda each: each.turns), terms.most_turns)
        kept, missed = (
            column(people, lambda each: each.kept),
            column(people, lambda each: each.missed),
        )
        taken, declined = (
            column(people, lambda each: each.accepted),
            column(people, lambda each: each.declined),
        )
        self.reliable_permille = self._share(kept, kept + missed)
        self.accepts_permille = self._share(taken, taken + declined)
        services = self.service_names
        self.preferred = np.unique(
            np.fromiter(
                (
                    at * len(services) + services[name]
                    for at, each in enumerate(people)
                    for name in each.prefers
                    if name in services
                ),
                np.int64,
            )
        )

    def _share(self, yes: Integers, every: Integers) -> Integers:
        """Return the mean of a Beta posterior, in thousandths: few answers say little."""
        return (yes + self.terms.prior_yes) * 1000 // (every + self.terms.prior_all)

    def _read_skills(self) -> None:
        """Keep (volunteer, skill) as one sorted number, with its level and its last minute."""
        names = self.skill_names
        rows = [
            (at * len(names) + names[name], level, until)
            for at, each in enumerate(self.volunteers)
            for name, level, until in each.skills
            if name in names
        ]
        flat = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
        flat = flat[np.argsort(flat[:, 0], kind="stable")]
        self.skill_keys, self.skill_levels, self.skill_untils = flat.T.copy()

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> Integers:
        known = [
            self.volunteer_at[volunteer] * len(self.groups) + self.group_at[group]
            for group, volunteer in pairs
            if group in self.group_at and volunteer in self.volunteer_at
        ]
        return np.unique(np.asarray(known, np.int64))

    def use_windows(self, instead: dict[int, list[Window]]) -> None:
        """Merge everybody's free windows; `instead` replaces those of some volunteers."""
        windows = [
            instead.get(at, each.free) if instead else each.free
            for at, each in enumerate(self.volunteers)
        ]
        owner = np.repeat(
            np.arange(len(windows), dtype=np.int64), np.fromiter(map(len, windows), np.int64)
        )
        flat = np.fromiter(
            chain.from_iterable(chain.from_iterable(windows)), np.int64, 2 * len(owner)
        ).reshape(-1, 2)
        begins, ends = owner * SPAN + flat[:, 0], owner * SPAN + flat[:, 1]
        order = np.argsort(begins, kind="stable")
        begins, ends = begins[order], np.maximum.accumulate(ends[order])
        fresh = np.ones(len(begins), bool)
        fresh[1:] = begins[1:] > ends[:-1]
        at = np.flatnonzero(fresh)
        self.free_begins = begins[at]
        self.free_ends = ends[np.append(at[1:], len(ends)) - 1] if len(at) else ends

    def _left_by_week(self) -> tuple[Integers, Integers]:
        """Return how many services and minutes each volunteer has left in each week."""
        people = self.volunteers
        services = np.repeat(column(people, lambda each: each.weekly_services), self.weeks)
        minutes = np.repeat(column(people, lambda each: each.weekly_minutes), self.weeks)
        for at, each in enumerate(people):
            for week, number, spent in each.spent:
                if 0 <= week < self.weeks:
                    services[at * self.weeks + week] -= number
                    minutes[at * self.weeks + week] -= spent
        return services, minutes

    def spend(self, volunteer: int, group: int) -> None:
        """Take a service off what a volunteer has left of the week."""
        at = volunteer * self.weeks + int(self.week[group])
        self.services_left[at] -= 1
        self.minutes_left[at] -= self.minutes[group]

    def metres(self, volunteers: Integers, groups: Integers) -> Integers:
        """Return distances in whole metres: equirectangular, narrowed at the need's latitude."""
        east = np.abs(self.longitude[volunteers] - self.group_longitude[groups])
        east = east * self.narrowing_e6[groups] // 1_000_000 * METRES_A_DEGREE // 1_000_000
        north = np.abs(self.latitude[volunteers] - self.group_latitude[groups])
        north = north * METRES_A_DEGREE // 1_000_000
        metres: Integers = np.sqrt((east * east + north * north).astype(np.float64)).astype(
            np.int64
        )
        return metres

    def skill_rows(self, volunteers: Integers, groups: Integers) -> Integers:
        """Return where the volunteers' proofs of the groups' skills stand, -1 for none."""
        keys = volunteers * len(self.skill_names) + self.skill[groups]
        return found(self.skill_keys, keys)

    def levels(self, volunteers: Integers, groups: Integers) -> Integers:
        """Return the level held of the skill that each group asks for; 0 where it asks for none."""
        rows = self.skill_rows(volunteers, groups)
        if not len(self.skill_levels):
            return np.zeros(len(rows), np.int64)
        return np.where((self.skill[groups] >= 0) & (rows >= 0), self.skill_levels[rows], 0)


def found(keys: Integers, wanted: Integers) -> Integers:
    """Return where each wanted number stands among sorted keys, -1 for nowhere."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)
