"""Who counts on a day: adults, households and owners of an area, for rolls of voters.

For other domains, inside their commands: these see everything below the path and take
no actor. A residency counts on its first and on its last day.
"""

from collections.abc import Sequence
from datetime import date

from domains.kernel import database
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
  AND p.birth_date <= ($2::date - interval '18 years')::date
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
_OWNERS = f"""
SELECT DISTINCT p.id AS person_id, p.name, h.id AS household_id, h.unit,
       h.floor_area_centi_m2, h.area_basis
{_LIVING} AND r.kind = 'owner'
ORDER BY p.id, h.id
"""


async def adults_of(area_path: str, on: date) -> Sequence[Row]:
    """Return each adult with political rights who lives in the area on that day, once.

    Rows of person_id, name, household_id. Adult is who has reached eighteen on the day.
    """
    return await database.fetch(_ADULTS, f"{area_path}%", on)


async def households_of(area_path: str, on: date) -> Sequence[Row]:
    """Return each household where somebody lives on that day, with its number of people."""
    return await database.fetch(_HOUSEHOLDS, f"{area_path}%", on)


async def owners_of(area_path: str, on: date) -> Sequence[Row]:
    """Return each owner with each unit owned on that day: one row an owner and unit."""
    return await database.fetch(_OWNERS, f"{area_path}%", on)
