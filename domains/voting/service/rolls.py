"""Rolls: who may vote, built from membership by kind, published, objected to, frozen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Role
from domains.membership.queries import electorate
from domains.voting.errors import AreasMissing, RollEmpty
from domains.voting.rules.owners import OwnedUnit, owner_entries
from domains.voting.values import ElectorateKind

_TOTALS = """
SELECT count(*) AS heads, COALESCE(sum(area_centi_m2), 0)::bigint AS area
FROM voting_roll_entry WHERE poll_id = $1 AND standing = 'admitted'
"""
_IN_ORDER = """
SELECT voter_id, area_centi_m2 FROM voting_roll_entry
WHERE poll_id = $1 AND standing = 'admitted' ORDER BY number
"""
_UNITS = """
INSERT INTO voting_roll_unit (poll_id, voter_id, household_id, unit, area_centi_m2, area_basis)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[])
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One voter of a roll, with the weight that counts where area does."""

    person_id: UUID
    name: str
    household_id: UUID | None = None
    units: tuple[OwnedUnit, ...] = ()

    @property
    def area_centi_m2(self) -> int | None:
        """Return the floor area of the units, or None where area does not count."""
        return sum(unit.area_centi_m2 for unit in self.units) or None


async def build(
    poll_id: UUID,
    kind: ElectorateKind,
    *,
    area_path: str,
    on: date,
    least_age: int,
    listed: Sequence[UUID] = (),
) -> int:
    """Write the roll of a poll as membership stands on a day; returns how many are on it.

    Raises RollEmpty where nobody is entitled, AreasMissing where a unit has no floor area.
    """
    database.require_open_transaction()
    entries = await _entries(kind, area_path, on, least_age, listed)
    if not entries:
        raise RollEmpty
    await database.copy(
        "voting_roll_entry",
        (
            *("poll_id", "voter_id", "number", "name", "household_id"),
            *("area_centi_m2", "unit_count"),
        ),
        [
            (
                *(poll_id, each.person_id, number, each.name, each.household_id),
                *(each.area_centi_m2, len(each.units)),
            )
            for number, each in enumerate(entries, start=1)
        ],
    )
    units = [(each.person_id, unit) for each in entries for unit in each.units]
    if units:
        await database.execute(
            _UNITS,
            poll_id,
            [voter_id for voter_id, _ in units],
            [unit.household_id for _, unit in units],
            [unit.unit for _, unit in units],
            [unit.area_centi_m2 for _, unit in units],
            [unit.area_basis for _, unit in units],
        )
    return len(entries)


async def _entries(
    kind: ElectorateKind, area_path: str, on: date, least_age: int, listed: Sequence[UUID]
) -> list[Entry]:
    if kind is ElectorateKind.OWNERS:
        return await _owners(area_path, on)
    if kind is ElectorateKind.HOUSEHOLDS:
        rows = await electorate.household_representatives_of(area_path, on, least_age=least_age)
    elif kind is ElectorateKind.REPRESENTATIVES:
        rows = await electorate.holders_of(area_path, on, Role.RESIDENTS_REPRESENTATIVE)
    elif kind is ElectorateKind.LIST:
        rows = await electorate.named(listed)
        return [Entry(row["person_id"], row["name"]) for row in rows]
    else:
        rows = await electorate.adults_of(area_path, on, least_age=least_age)
    # Who represents two households has one voice: a person casts one ballot.
    once = {row["person_id"]: row for row in reversed(rows)}
    return [
        Entry(row["person_id"], row["name"], row["household_id"]) for _, row in sorted(once.items())
    ]


async def _owners(area_path: str, on: date) -> list[Entry]:
    rows = await electorate.owners_of(area_path, on)
    missing = [row["unit"] for row in rows if row["floor_area_centi_m2"] is None]
    if missing:
        raise AreasMissing(count=len(set(missing)), first=missing[0])
    bonds = [
        OwnedUnit(
            person_id=row["person_id"],
            name=row["name"],
            household_id=row["household_id"],
            unit=row["unit"],
            area_centi_m2=row["floor_area_centi_m2"],
            area_basis=row["area_basis"],
        )
        for row in rows
    ]
    return [
        Entry(each.person_id, each.name, each.units[0].household_id, each.units)
        for each in owner_entries(bonds)
    ]


async def fingerprint(poll_id: UUID) -> tuple[int, bytes]:
    """Return how many are admitted, and the SHA-256 over their ids and areas in order."""
    digest = hashlib.sha256()
    rows = await database.fetch(_IN_ORDER, poll_id)
    for row in rows:
        digest.update(row["voter_id"].bytes + (row["area_centi_m2"] or 0).to_bytes(8))
    return len(rows), digest.digest()


async def totals(poll_id: UUID) -> tuple[int, int]:
    """Return what the admitted come to: heads, and floor area in centi-m²."""
    row = await database.fetch_one(_TOTALS, poll_id)
    assert row is not None, "an aggregate always has a row"
    return row["heads"], row["area"]
