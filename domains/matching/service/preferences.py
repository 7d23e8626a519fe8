"""What a volunteer says to the matcher: whether it may ask them, and where they set out from."""

import json
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.matching import policy
from domains.matching.rules.distance import Point
from domains.matching.service import details
from domains.volunteering.errors import NotVolunteer
from domains.volunteering.queries import fitness as volunteers

TABLE = "matching_preference"
_PUT = """
INSERT INTO matching_preference (id, volunteer_id, person_id, is_automatic, position_sealed,
                                 changed_at)
VALUES ($1, $1, $2, $3, $4, kernel_now())
ON CONFLICT (volunteer_id) DO UPDATE
SET is_automatic = $3, changed_at = kernel_now(),
    position_sealed = CASE WHEN $5 THEN NULL
                           ELSE coalesce($4, matching_preference.position_sealed) END
"""


async def update_preferences(
    actor: Actor,
    *,
    is_automatic: bool,
    position: Point | None = None,
    forgets_position: bool = False,
) -> UUID:
    """Say whether one may be matched automatically; nothing else changes by it.

    The position is kept roughly, and sealed; left out, it stays as it is, unless it is to be
    forgotten. Raises NotVolunteer.
    """
    async with transaction():
        require(policy.AUTHORITY, "updateMatchingPreferences", actor)
        volunteer_id = await volunteers.volunteer_of(actor.person_id)
        if volunteer_id is None:
            raise NotVolunteer
        where = details.sound(position)
        sealed = None if where is None else _sealed(volunteer_id, where.rough())
        await database.execute(
            _PUT, volunteer_id, actor.person_id, is_automatic, sealed, forgets_position
        )
    return volunteer_id


def _sealed(volunteer_id: UUID, where: Point) -> bytes:
    text = json.dumps([where.latitude_e6, where.longitude_e6])
    return crypto.seal(text, table=TABLE, column="position_sealed", row=volunteer_id)
