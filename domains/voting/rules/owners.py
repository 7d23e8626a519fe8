"""Counting owners after the Supreme People's Court's interpretation (建筑物区分所有权解释 8, 9).

Area is the register's, else the survey's, else the contract's. One unit is one head; who
owns several units alone is one head; co-owners of a unit are one head together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OwnedUnit:
    """One owner's bond to one unit; a unit with two owners comes twice."""

    person_id: UUID
    name: str
    household_id: UUID
    unit: str
    area_centi_m2: int
    area_basis: str


@dataclass(frozen=True, slots=True)
class OwnerEntry:
    """One head on a roll of owners, with the units that it answers for."""

    person_id: UUID
    name: str
    units: tuple[OwnedUnit, ...]

    @property
    def area_centi_m2(self) -> int:
        """Return the floor area of all its units."""
        return sum(unit.area_centi_m2 for unit in self.units)


def owner_entries(bonds: Iterable[OwnedUnit]) -> list[OwnerEntry]:
    """Return one entry a head, each unit in exactly one of them.

    Units of the same owners are one head. The head is spoken for by the owner who comes
    first; where that owner speaks for another head already, by the next; and where none
    is left, the units join the first owner's head, since one person casts one ballot.
    """
    owners: defaultdict[UUID, dict[UUID, OwnedUnit]] = defaultdict(dict)
    for bond in bonds:
        owners[bond.household_id][bond.person_id] = bond
    heads: defaultdict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
    for household_id, people in owners.items():
        heads[tuple(sorted(people))].append(household_id)
    entries: dict[UUID, list[OwnedUnit]] = {}
    # Who owns alone speaks for themselves before anybody speaks for two.
    for people_ids in sorted(heads, key=lambda each: (len(each), each)):
        speaker = next((each for each in people_ids if each not in entries), people_ids[0])
        units = [owners[household_id][speaker] for household_id in heads[people_ids]]
        entries.setdefault(speaker, []).extend(units)
    return [_entry(units) for _, units in sorted(entries.items())]


def _entry(units: Sequence[OwnedUnit]) -> OwnerEntry:
    ordered = tuple(sorted(units, key=lambda unit: (unit.unit, unit.household_id)))
    return OwnerEntry(ordered[0].person_id, ordered[0].name, ordered)
