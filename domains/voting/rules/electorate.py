"""Who wants which of the projects that were bought: whoever wants the same is one class.

A class is told by the bits of those projects. It follows from the set of the purchases and from
no amount, so runs at other endowments, which mostly buy the same, find it known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import and_
from typing import Literal, NamedTuple

from domains.voting.rules.budgets import Wishes

# So many classes of supporters are kept before the older ones are forgotten.
_KEPT = 500_000


@dataclass(frozen=True, slots=True)
class Project:
    """A project that can be funded, and the groups of its supporters."""

    position: int
    cost: int
    supporters: int
    groups: Sequence[int]

    @property
    def bit(self) -> int:
        """Return the project's bit on a ballot."""
        return 1 << self.position - 1


class Supporters(NamedTuple):
    """The classes among a project's supporters, and how many voters each of them has there."""

    classes: Sequence[int]
    numbers: Sequence[int]


class Electorate:
    """The classes of voters, counted when they are first asked for."""

    def __init__(self, wishes: Wishes, telling: int) -> None:
        order: repeat[Literal["little"]] = repeat("little")
        self._ballots = list(map(int.from_bytes, wishes.marks, order))
        self._numbers = wishes.numbers
        self._tell(telling)
        self._known: dict[tuple[int, int], Supporters] = {}
        self._before: dict[tuple[int, int], Supporters] = {}
        self._kept = 0

    def supporters(self, project: Project, bought: int) -> Supporters:
        """Return the classes among a project's supporters once these were bought."""
        if not bought:
            return Supporters((0,), (project.supporters,))
        key = project.position, bought
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._before.get(key) or self._count(project, bought)
            self._kept += len(known.classes)
            if self._kept > _KEPT:
                self._known, self._before, self._kept = {}, self._known, 0
        return known

    def _tell(self, telling: int) -> None:
        """Tell voters apart by these projects; each project's are merged when it is asked for."""
        self._telling = telling
        told = list(map(and_, self._ballots, repeat(telling)))
        # Equal ones are one object, so that the many are counted out of little memory.
        one: dict[int, int] = {}
        self._class_of = list(map(one.setdefault, told, told))
        self._all = self._together(range(len(told)))
        self._merged: dict[int, Mapping[int, int]] = {}

    def _count(self, project: Project, bought: int) -> Supporters:
        if bought & ~self._telling:
            self._tell(self._telling | bought)
        merged = self._merged.get(project.position)
        if merged is None:
            merged = self._merged[project.position] = self._merge(project)
        voters: defaultdict[int, int] = defaultdict(int)
        wanted = map(and_, merged, repeat(bought))
        for each, number in zip(wanted, merged.values(), strict=True):
            voters[each] += number
        return Supporters(tuple(voters), tuple(voters.values()))

    def _merge(self, project: Project) -> Mapping[int, int]:
        bit = project.bit
        if bit & self._telling:
            return {each: number for each, number in self._all.items() if each & bit}
        return self._together(project.groups)

    def _together(self, groups: Iterable[int]) -> Mapping[int, int]:
        """Return how many voters these groups have in each class."""
        numbers, class_of = self._numbers, self._class_of
        voters: defaultdict[int, int] = defaultdict(int)
        for group in groups:
            voters[class_of[group]] += numbers[group]
        return voters
