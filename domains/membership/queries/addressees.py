"""Who can be told something: in pages by person, for the domain that tells.

These see everybody and take no actor. A role is held over an area by a grant there or above.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Role
from domains.kernel.database import Row

_TODAY = "(kernel_now() AT TIME ZONE 'Asia/Shanghai')::date"
_LIVES = f"""
r.since <= {_TODAY} AND (r.state = 'verified' OR r.state = 'ended' AND r.until >= {_TODAY})
"""
_IN_FORCE = f"""
g.revoked_at IS NULL AND g.starts_on <= {_TODAY} AND (g.ends_on IS NULL OR g.ends_on >= {_TODAY})
"""
_COMMUNITIES = "SELECT id, path FROM membership_area WHERE kind = 'community' ORDER BY path"
_RESIDENTS = f"""
SELECT r.person_id FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE a.path LIKE $1 AND ($2::uuid IS NULL OR r.person_id > $2) AND {_LIVES}
GROUP BY r.person_id ORDER BY r.person_id LIMIT $3
"""
_HOLDERS = f"""
SELECT g.person_id, min(g.role) AS role FROM membership_role_grant g
JOIN membership_area a ON a.id = g.area_id
WHERE a.path = ANY (membership_prefixes($1)) AND g.role = ANY ($2::text[])
  AND ($3::uuid IS NULL OR g.person_id > $3) AND {_IN_FORCE}
GROUP BY g.person_id ORDER BY g.person_id LIMIT $4
"""
_MEMBERS = f"""
SELECT g.person_id, min(g.role) AS role FROM membership_role_grant g
JOIN membership_organisation o ON o.id = g.organisation_id
WHERE g.organisation_id = $1 AND g.role = ANY ($2::text[])
  AND ($3::uuid IS NULL OR g.person_id > $3) AND {_IN_FORCE}
  AND (o.dissolved_on IS NULL OR o.dissolved_on > {_TODAY})
GROUP BY g.person_id ORDER BY g.person_id LIMIT $4
"""
# Moved away: who lived here, lives nowhere here any more, and does nothing here either.
_REACHED = f"""
SELECT p.id FROM membership_person p
WHERE p.id = ANY ($1::uuid[])
  AND NOT EXISTS (SELECT FROM membership_departure d
                  WHERE d.person_id = p.id AND d.undone_at IS NULL)
  AND ($2
    OR NOT EXISTS (SELECT FROM membership_residency r
                   WHERE r.person_id = p.id AND r.state = 'ended')
    OR EXISTS (SELECT FROM membership_residency r
               WHERE r.person_id = p.id AND (r.state IN ('claimed', 'verified')
                     OR r.state = 'ended' AND r.until >= {_TODAY}))
    OR EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id AND {_IN_FORCE}))
"""
_HELPERS = f"""
SELECT x.person_id, x.helper_id, x.kind FROM membership_person_helper x
WHERE x.person_id = ANY ($1::uuid[]) AND x.ended_at IS NULL AND x.starts_on <= {_TODAY}
  AND (x.ends_on IS NULL OR x.ends_on >= {_TODAY})
ORDER BY x.person_id, x.helper_id
"""


async def communities() -> Sequence[Row]:
    """Return every community: its id and path."""
    return await database.fetch(_COMMUNITIES)


async def residents_after(area_path: str, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who live in the area today, by id."""
    rows = await database.fetch(_RESIDENTS, f"{area_path}%", after, limit)
    return [row["person_id"] for row in rows]


async def holders_after(
    area_path: str, roles: Sequence[Role], after: UUID | None, limit: int
) -> Sequence[Row]:
    """Return the next people (person_id, role) who hold one of the roles over the area, by id."""
    return await database.fetch(_HOLDERS, area_path, list(roles), after, limit)


async def members_after(
    organisation_id: UUID, roles: Sequence[Role], after: UUID | None, limit: int
) -> Sequence[Row]:
    """Return the next people (person_id, role) who hold one of the roles in an organisation."""
    return await database.fetch(_MEMBERS, organisation_id, list(roles), after, limit)


async def reached(person_ids: Sequence[UUID], *, away_too: bool) -> set[UUID]:
    """Return who of these is here still: not dead, not gone for good, nor moved away.

    `away_too` counts those in who moved away.
    """
    rows = await database.fetch(_REACHED, list(person_ids), away_too)
    return {row["id"] for row in rows}


async def helpers_of(person_ids: Sequence[UUID]) -> Sequence[Row]:
    """Return the helpers and guardians of these people: person_id, helper_id, kind."""
    return await database.fetch(_HELPERS, list(person_ids))
