"""What people may be: the grants in force, read as rows."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Grant, Role

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
