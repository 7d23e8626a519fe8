"""Who counts on a day: adults, households and owners of an area, for rolls of voters.

For other domains, inside their commands: these see everything below the path and take
no actor. A residency counts on its first and on its last day.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Role
from domains.kernel.database import Row

_LIVING = """
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
JOIN membership_person p ON p.id = r.person_id
WHERE a.path LIKE $1 AND r.since <= $2
  AND (r.state = 'verified' OR r.state = 'ended' AND r.until >= $2)
"""
# Somebody with several bonds counts once: where they own, then where they have been longest.
_ADULTS = f"""
SELECT DISTINCT ON (p.id) p.id AS person_id, p.name, h.id AS household_id
{_LIVING}
  AND p.birth_date <= ($2::date - make_interval(years => $3))::date
  AND p.has_political_rights
ORDER BY p.id, (r.kind <> 'owner'), r.since, r.id
"""
_HOUSEHOLDS = f"""
SELECT h.id AS household_id, h.unit, a.id AS building_id, a.name AS building,
       h.floor_area_centi_m2, count(DISTINCT p.id) AS people
{_LIVING}
GROUP BY h.id, h.unit, a.id, a.name
ORDER BY a.path, h.unit
"""
# One adult speaks for a household: an owner before others, then who has lived there longest.
_REPRESENTATIVES_OF_HOUSEHOLDS = f"""
SELECT DISTINCT ON (h.id) p.id AS person_id, p.name, h.id AS household_id
{_LIVING}
  AND p.birth_date <= ($2::date - make_interval(years => $3))::date
  AND p.has_political_rights
ORDER BY h.id, (r.kind <> 'owner'), r.since, r.id
"""
_HOLDERS = """
SELECT DISTINCT ON (p.id) p.id AS person_id, p.name, NULL::uuid AS household_id
FROM membership_role_grant g
JOIN membership_area a ON a.id = g.area_id
JOIN membership_person p ON p.id = g.person_id
WHERE g.role = $3 AND a.path LIKE $1 AND g.revoked_at IS NULL
  AND g.starts_on <= $2 AND (g.ends_on IS NULL OR g.ends_on >= $2)
ORDER BY p.id
"""
_NAMED = "SELECT id AS person_id, name FROM membership_person WHERE id = ANY ($1) ORDER BY id"
_OWNERS = f"""
SELECT DISTINCT p.id AS person_id, p.name, h.id AS household_id, a.name || ' ' || h.unit AS unit,
       h.floor_area_centi_m2, h.area_basis
{_LIVING} AND r.kind = 'owner'
ORDER BY p.id, h.id
"""

# What binds one person to an area: where they live, have lived, or hold a role.
_KNOWN = """
SELECT p.id AS person_id, p.name, p.gender, p.birth_date, p.has_political_rights,
       bound.lives_since, bound.household_id, bound.was_ever_bound, EXISTS (
           SELECT FROM membership_role_grant g
           JOIN membership_area a ON a.id = g.area_id
           WHERE g.person_id = p.id AND a.path LIKE $1 AND g.revoked_at IS NULL
             AND g.starts_on <= $2 AND (g.ends_on IS NULL OR g.ends_on >= $2)
             AND g.role = $4) AS represents
FROM membership_person p
CROSS JOIN LATERAL (
    SELECT min(r.since) FILTER (WHERE r.state = 'verified' AND r.since <= $2) AS lives_since,
           (array_agg(r.household_id ORDER BY (r.state <> 'verified'), r.since, r.id)
               FILTER (WHERE r.state IN ('verified', 'ended')))[1] AS household_id,
           count(*) FILTER (WHERE r.state IN ('verified', 'ended')) > 0 AS was_ever_bound
    FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE r.person_id = p.id AND a.path LIKE $1
) bound
WHERE p.id = $3
"""
_UNITS = """
SELECT h.id AS household_id, a.path, a.name || ' ' || h.unit AS unit, h.floor_area_centi_m2,
       h.area_basis,
       array(SELECT r.person_id FROM membership_residency r
             WHERE r.household_id = h.id AND r.state = 'verified' AND r.kind = 'owner') AS owners,
       array(SELECT r.person_id FROM membership_residency r
             WHERE r.household_id = h.id AND r.state = 'verified') AS people
FROM membership_household h JOIN membership_area a ON a.id = h.area_id
WHERE h.id = ANY ($1) AND a.path LIKE $2 ORDER BY h.id
"""


async def adults_of(area_path: str, on: date, *, least_age: int = 18) -> Sequence[Row]:
    """Return each adult with political rights who lives in the area on that day, once.

    Rows of person_id, name, household_id. Adult is who has reached the age on the day.
    """
    return await database.fetch(_ADULTS, f"{area_path}%", on, least_age)


async def household_representatives_of(
    area_path: str, on: date, *, least_age: int = 18
) -> Sequence[Row]:
    """Return one adult a household: an owner first, else who has lived there longest.

    Rows of person_id, name, household_id; who represents several households comes once each.
    """
    return await database.fetch(_REPRESENTATIVES_OF_HOUSEHOLDS, f"{area_path}%", on, least_age)


async def holders_of(area_path: str, on: date, role: Role) -> Sequence[Row]:
    """Return who holds a role over the area, or over what lies in it, on that day, once each."""
    return await database.fetch(_HOLDERS, f"{area_path}%", on, role)


async def named(person_ids: Sequence[UUID]) -> Sequence[Row]:
    """Return the people of a list that are known: person_id, name."""
    return await database.fetch(_NAMED, list(person_ids))


async def households_of(area_path: str, on: date) -> Sequence[Row]:
    """Return each household where somebody lives on that day, with its number of people."""
    return await database.fetch(_HOUSEHOLDS, f"{area_path}%", on)


async def owners_of(area_path: str, on: date) -> Sequence[Row]:
    """Return each owner with each unit owned on that day: one row an owner and unit."""
    return await database.fetch(_OWNERS, f"{area_path}%", on)


async def known_in(area_path: str, on: date, person_id: UUID) -> Row | None:
    """Return what binds a person to an area on a day; None where nobody has this id.

    A row of person_id, name, gender, birth_date, has_political_rights, lives_since (None unless
    a verified residency has begun), household_id, was_ever_bound, and represents (residents).
    """
    return await database.fetch_one(
        _KNOWN, f"{area_path}%", on, person_id, Role.RESIDENTS_REPRESENTATIVE
    )


async def units_in(area_path: str, household_ids: Sequence[UUID]) -> Sequence[Row]:
    """Return these units as far as they lie in the area, with who owns and who lives there."""
    return await database.fetch(_UNITS, list(household_ids), f"{area_path}%")
