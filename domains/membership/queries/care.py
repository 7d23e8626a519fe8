"""Helpers and guardians, as far as the actor sees them: the two themselves, and staff."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import sight

MOST = 100

_SEEN = """
SELECT x.id, x.person_id, x.helper_id, x.kind, x.consent, x.note, x.starts_on, x.ends_on,
       x.entered_at, x.ended_at
FROM membership_person_helper x
WHERE ($1::uuid IN (x.person_id, x.helper_id) OR EXISTS (
    SELECT FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE r.person_id = x.person_id AND r.state IN ('claimed', 'verified')
      AND a.path LIKE ANY ($2::text[])))
"""
_OF = f"""
{_SEEN} AND $3::uuid IN (x.person_id, x.helper_id)
ORDER BY (x.ended_at IS NOT NULL), x.entered_at DESC, x.id LIMIT {MOST}
"""
_BY_ID = f"{_SEEN} AND x.id = ANY ($3::uuid[])"


async def bonds_of(actor: Actor, person_id: UUID) -> Sequence[Row]:
    """Return who helps somebody and whom they help, as the actor sees it, the live ones first."""
    return await database.fetch(_OF, actor.person_id, sight.staffed(actor), person_id)


async def bonds_by_id(actor: Actor, bond_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the bonds of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, actor.person_id, sight.staffed(actor), list(bond_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in bond_ids]
