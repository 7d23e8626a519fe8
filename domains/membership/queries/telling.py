"""What can be told of roles, residencies and tags, and whom: for the domain that tells.

Of which kind a tag is, is never told: whoever it is said of reads it where they are signed in.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Role
from domains.kernel.database import Row

_TODAY = "(kernel_now() AT TIME ZONE 'Asia/Shanghai')::date"
_GRANT = """
SELECT g.person_id, g.role, g.starts_on, g.ends_on, g.granted_by_id, g.revoked_at, g.reason,
       coalesce(a.name, o.name) AS place,
       EXISTS (SELECT FROM membership_role_grant n
               WHERE n.person_id = g.person_id AND n.role = g.role AND n.id <> g.id
                 AND n.area_id IS NOT DISTINCT FROM g.area_id
                 AND n.organisation_id IS NOT DISTINCT FROM g.organisation_id
                 AND n.revoked_at IS NULL AND n.starts_on <= g.ends_on + 1
                 AND (n.ends_on IS NULL OR n.ends_on > g.ends_on)) AS goes_on
FROM membership_role_grant g
LEFT JOIN membership_area a ON a.id = g.area_id
LEFT JOIN membership_organisation o ON o.id = g.organisation_id
WHERE g.id = $1
"""
_RESIDENCY = """
SELECT r.person_id, r.state, r.until, r.reason, h.unit, a.name AS building, a.path AS area_path
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE r.id = $1
"""
_ORGANISATION = "SELECT name, dissolved_on FROM membership_organisation WHERE id = $1"
_WITHIN = f"""
SELECT DISTINCT person_id FROM membership_role_grant
WHERE organisation_id = $1 AND revoked_at IS NULL
  AND (ends_on IS NULL OR ends_on >= {_TODAY}) AND ($2::uuid IS NULL OR person_id > $2)
ORDER BY person_id LIMIT $3
"""
_TAG = """
SELECT t.person_id, t.household_id, t.set_by_id, t.ended_at, t.contested_at, t.settled_at
FROM membership_tag t WHERE t.id = $1
"""
# The adults of a household read what is said of it.
_SAID_OF = f"""
SELECT t.person_id FROM membership_tag t WHERE t.id = $1 AND t.person_id IS NOT NULL
UNION
SELECT r.person_id FROM membership_tag t
JOIN membership_residency r ON r.household_id = t.household_id AND r.state = 'verified'
JOIN membership_person p ON p.id = r.person_id
WHERE t.id = $1 AND p.birth_date <= ({_TODAY} - interval '18 years')::date
ORDER BY 1
"""
_EVERYWHERE = f"""
SELECT g.person_id, min(g.role) AS role FROM membership_role_grant g
WHERE g.role = ANY ($1::text[]) AND ($2::uuid IS NULL OR g.person_id > $2)
  AND g.revoked_at IS NULL AND g.starts_on <= {_TODAY}
  AND (g.ends_on IS NULL OR g.ends_on >= {_TODAY})
GROUP BY g.person_id ORDER BY g.person_id LIMIT $3
"""


async def grant_to_tell(grant_id: UUID) -> Row | None:
    """Return what can be told of a role: of whom, where, until when, and whether it goes on."""
    return await database.fetch_one(_GRANT, grant_id)


async def residency_to_tell(residency_id: UUID) -> Row | None:
    """Return what can be told of a residency."""
    return await database.fetch_one(_RESIDENCY, residency_id)


async def organisation_to_tell(organisation_id: UUID) -> Row | None:
    """Return an organisation's name, and when it was dissolved."""
    return await database.fetch_one(_ORGANISATION, organisation_id)


async def within_after(organisation_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next people who hold, or held to its end, a role in an organisation, by id."""
    rows = await database.fetch(_WITHIN, organisation_id, after, limit)
    return [row["person_id"] for row in rows]


async def tag_to_tell(tag_id: UUID) -> Row | None:
    """Return what can be told of a tag: who set it, and whether it is contested; not its kind."""
    return await database.fetch_one(_TAG, tag_id)


async def said_of(tag_id: UUID) -> list[UUID]:
    """Return whom a tag is said of: a person, or the adults of a household."""
    return [row["person_id"] for row in await database.fetch(_SAID_OF, tag_id)]


async def holders_anywhere_after(
    roles: Sequence[Role], after: UUID | None, limit: int
) -> Sequence[Row]:
    """Return the next people (person_id, role) who hold one of the roles over any area, by id."""
    return await database.fetch(_EVERYWHERE, list(roles), after, limit)
