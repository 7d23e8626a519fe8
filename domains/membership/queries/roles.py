"""What people may be: the grants in force, read as rows."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, Grant, Role
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import sight

# The person is $1; a query over sessions puts its own column there.
GRANTS = """
WITH today AS (SELECT (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date AS day)
SELECT DISTINCT 'resident' AS role, community.path::text AS area_path, NULL::uuid AS organisation_id
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area place ON place.id = h.area_id
JOIN membership_area community
  ON community.path = ANY (membership_prefixes(place.path)) AND community.kind = 'community'
CROSS JOIN today
WHERE r.person_id = $1 AND r.since <= today.day
  AND (r.state = 'verified' OR r.state = 'ended' AND r.until >= today.day)
UNION ALL
SELECT DISTINCT g.role, a.path::text, g.organisation_id
FROM membership_role_grant g
LEFT JOIN membership_area a ON a.id = g.area_id
LEFT JOIN membership_organisation o ON o.id = g.organisation_id
CROSS JOIN today
WHERE g.person_id = $1 AND g.revoked_at IS NULL AND g.starts_on <= today.day
  AND (g.ends_on IS NULL OR g.ends_on >= today.day)
  AND (o.dissolved_on IS NULL OR o.dissolved_on > today.day)
"""


async def grants_of(person_id: UUID) -> frozenset[Grant]:
    """Return what the person may be today: a resident where verified, and the roles granted."""
    rows = await database.fetch(GRANTS, person_id)
    return frozenset(
        Grant(
            role=Role(row["role"]),
            area_path=row["area_path"],
            organisation_id=row["organisation_id"],
        )
        for row in rows
    )


# One's own, those over areas where the actor is staff, those in the actor's organisations.
_SEEN = """
SELECT g.id, g.person_id, g.role, g.area_id, g.organisation_id, g.starts_on, g.ends_on,
       g.granted_at, g.revoked_at, g.reason,
       (g.revoked_at IS NULL
        AND g.starts_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
        AND coalesce(g.ends_on, 'infinity'::date)
            >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date) AS in_force
FROM membership_role_grant g
LEFT JOIN membership_organisation o ON o.id = g.organisation_id
JOIN membership_area a ON a.id = coalesce(g.area_id, o.area_id)
WHERE (a.path LIKE ANY ($1::text[]) OR g.person_id = $2 OR g.organisation_id = ANY ($3::uuid[]))
"""
_SEEN_BY_ID = f"{_SEEN} AND g.id = ANY ($4::uuid[])"
_LIST = f"""
{_SEEN}
  AND ($4::uuid IS NULL OR g.person_id = $4)
  AND ($5::text IS NULL OR a.path LIKE $5)
  AND ($6::uuid IS NULL OR g.organisation_id = $6)
  AND ($7::text[] IS NULL OR g.role = ANY ($7))
  AND ($8::uuid IS NULL OR g.id < $8)
ORDER BY g.id DESC LIMIT $9
"""
_BY_PERSON = f"""
SELECT * FROM (
    SELECT found.*, row_number() OVER (PARTITION BY person_id ORDER BY id DESC) AS place
    FROM ({_SEEN} AND g.person_id = ANY ($4::uuid[])) found
) ranked
WHERE place <= 100 ORDER BY person_id, place
"""


@dataclass(frozen=True, slots=True)
class RoleFilter:
    """What a list of roles is narrowed to."""

    person_id: UUID | None = None
    within_path: str | None = None
    organisation_id: UUID | None = None
    roles: tuple[Role, ...] | None = None


def _eyes(actor: Actor) -> tuple[list[str], UUID | None, list[UUID]]:
    own = [grant.organisation_id for grant in actor.grants if grant.organisation_id is not None]
    return sight.staffed(actor), actor.person_id, own


async def role_grants(actor: Actor, asked: RoleFilter, page: Page) -> Slice[Row]:
    """Return a page of the grants that the actor sees, the newest first."""
    rows = await database.fetch(
        _LIST,
        *_eyes(actor),
        asked.person_id,
        sight.beginning(asked.within_path),
        asked.organisation_id,
        list(asked.roles) if asked.roles is not None else None,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def role_grants_by_id(actor: Actor, grant_ids: list[UUID]) -> list[Row | None]:
    """Batch: the grants of these ids, None where the actor does not see them."""
    rows = await database.fetch(_SEEN_BY_ID, *_eyes(actor), grant_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in grant_ids]


async def role_grants_by_person(actor: Actor, person_ids: list[UUID]) -> list[list[Row]]:
    """Batch: what the actor sees of each person's roles, newest first, at most 100 each."""
    grouped: dict[UUID, list[Row]] = {each: [] for each in person_ids}
    for row in await database.fetch(_BY_PERSON, *_eyes(actor), person_ids):
        grouped[row["person_id"]].append(row)
    return [grouped[each] for each in person_ids]
