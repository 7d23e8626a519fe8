"""Writing a planned register: one statement for each kind of thing, however many rows."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import crypto, database, outbox
from domains.membership.events import ResidencyVerified
from domains.membership.service.register_rows import Plan, PlannedPerson

_NEW_HOUSEHOLDS = """
INSERT INTO membership_household (id, area_id, unit, floor_area_centi_m2, area_basis, created_at)
SELECT *, kernel_now() FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[])
"""
_MEASURED = """
UPDATE membership_household h
SET floor_area_centi_m2 = found.area, area_basis = found.basis, version = version + 1
FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS found (id, area, basis)
WHERE h.id = found.id AND h.floor_area_centi_m2 IS NULL
"""
_NEW_PEOPLE = """
INSERT INTO membership_person
    (id, name, gender, birth_date, phone_sealed, phone_index, identity_sealed, identity_index,
     created_at)
SELECT *, kernel_now() FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::bytea[],
                                   $6::bytea[], $7::bytea[], $8::bytea[])
"""
# What was not known of somebody is filled in; what was known is left as it is.
_COMPLETED = """
UPDATE membership_person p
SET name = CASE WHEN p.name = '' THEN found.name ELSE p.name END,
    gender = coalesce(p.gender, found.gender),
    birth_date = coalesce(p.birth_date, found.birth_date),
    phone_sealed = CASE WHEN p.phone_index IS NULL THEN found.phone ELSE p.phone_sealed END,
    phone_index = coalesce(p.phone_index, found.phone_index),
    identity_sealed =
        CASE WHEN p.identity_index IS NULL THEN found.identity ELSE p.identity_sealed END,
    identity_index = coalesce(p.identity_index, found.identity_index),
    version = version + 1
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::bytea[], $6::bytea[], $7::bytea[],
            $8::bytea[])
     AS found (id, name, gender, birth_date, phone, phone_index, identity, identity_index)
WHERE p.id = found.id
  AND (p.name = '' AND found.name <> ''
       OR p.gender IS NULL AND found.gender IS NOT NULL
       OR p.birth_date IS NULL AND found.birth_date IS NOT NULL
       OR p.phone_index IS NULL AND found.phone_index IS NOT NULL
       OR p.identity_index IS NULL AND found.identity_index IS NOT NULL)
"""
# The register is word enough for everybody but the importer, who stays a claimant.
_NEW_RESIDENCIES = """
INSERT INTO membership_residency
    (id, person_id, household_id, kind, since, state, decided_by_id, decided_at, created_at)
SELECT found.*,
       CASE WHEN found.person_id = $6 THEN 'claimed' ELSE 'verified' END,
       CASE WHEN found.person_id = $6 THEN NULL ELSE $6::uuid END,
       CASE WHEN found.person_id = $6 THEN NULL ELSE kernel_now() END,
       kernel_now()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[])
     AS found (id, person_id, household_id, kind, since)
"""
# The register confirms a claim, but never the importer's own.
_CONFIRMED = """
UPDATE membership_residency r
SET state = 'verified', decided_by_id = $4, decided_at = kernel_now()
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS found (person_id, household_id, kind)
WHERE r.person_id = found.person_id AND r.household_id = found.household_id
  AND r.kind = found.kind AND r.state = 'claimed' AND r.person_id IS DISTINCT FROM $4
RETURNING r.id, r.person_id
"""


def _sealed(people: Sequence[PlannedPerson]) -> list[tuple[bytes | None, bytes | None]]:
    """Seal the numbers of new people, each to its own row."""

    def seal(text: str | None, column: str, row: UUID) -> bytes | None:
        if text is None:
            return None
        return crypto.seal(text, table="membership_person", column=column, row=row)

    return [
        (
            seal(each.resident.phone, "phone_sealed", each.id),
            seal(each.resident.identity, "identity_sealed", each.id),
        )
        for each in people
        if each.resident
    ]


async def write(planned: Plan, *, decided_by: UUID | None) -> dict[str, int]:
    """Write what is new, one statement a kind; return how many of each were created."""
    units = [each for each in planned.units.values() if each.is_new]
    await database.execute(
        _NEW_HOUSEHOLDS,
        [each.id for each in units],
        [each.building_id for each in units],
        [each.name for each in units],
        [each.area for each in units],
        [each.basis for each in units],
    )
    measured = [each for each in planned.units.values() if each.is_measured_now]
    await database.execute(
        _MEASURED,
        [each.id for each in measured],
        [each.area for each in measured],
        [each.basis for each in measured],
    )
    new = [each for each in planned.people.values() if each.is_new]
    await _write_people(_NEW_PEOPLE, new)
    matched = [each for each in planned.people.values() if not each.is_new]
    await _write_people(_COMPLETED, matched)
    await database.execute(
        _NEW_RESIDENCIES,
        [database.new_id() for _ in planned.residencies],
        [person for person, _, _, _ in planned.residencies],
        [home for _, home, _, _ in planned.residencies],
        [kind for _, _, kind, _ in planned.residencies],
        [since for _, _, _, since in planned.residencies],
        decided_by,
    )
    confirmed = await database.fetch(
        _CONFIRMED,
        [person for person, _, _ in planned.confirmed],
        [home for _, home, _ in planned.confirmed],
        [kind for _, _, kind in planned.confirmed],
        decided_by,
    )
    # Who had claimed it is told; what a register enters by itself, it stands for.
    await outbox.record_all([ResidencyVerified(row["id"], row["person_id"]) for row in confirmed])
    return {
        "households": len(units),
        "people": len(new),
        "residencies": len(planned.residencies),
        "confirmed": len(confirmed),
    }


async def _write_people(sql: str, people: Sequence[PlannedPerson]) -> None:
    sealed = await asyncio.to_thread(_sealed, people)
    residents = [each.resident for each in people if each.resident]
    assert len(residents) == len(people), "a plan holds only people whom a row names"
    await database.execute(
        sql,
        [each.id for each in people],
        [each.name for each in people],
        [each.gender for each in residents],
        [each.birth_date for each in residents],
        [phone for phone, _ in sealed],
        [
            each.phone_index if phone else None
            for each, (phone, _) in zip(people, sealed, strict=True)
        ],
        [identity for _, identity in sealed],
        [
            each.identity_index if number else None
            for each, (_, number) in zip(people, sealed, strict=True)
        ],
    )
