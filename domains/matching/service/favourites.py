"""Favourites: what somebody wants to find again in the public lists. Nobody else sees them."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput
from domains.matching import policy
from domains.matching.values.lists import FavouriteKind

MOST = 500
_COUNT = "SELECT count(*) FROM matching_favourite WHERE person_id = $1"
_ADD = """
INSERT INTO matching_favourite VALUES ($1, $2, $3, kernel_now()) ON CONFLICT DO NOTHING
"""
_DROP = """
DELETE FROM matching_favourite WHERE person_id = $1 AND kind = $2 AND subject_id = $3
"""


async def set_favourite(
    actor: Actor, kind: FavouriteKind, subject_id: UUID, *, is_favourite: bool
) -> None:
    """Keep something as a favourite, or no more; that the caller sees it has been judged."""
    async with transaction():
        require(policy.AUTHORITY, "setFavourite", actor)
        if not is_favourite:
            await database.execute(_DROP, actor.person_id, kind.value, subject_id)
            return
        if await database.fetch_value(_COUNT, actor.person_id) >= MOST:
            raise InvalidInput(
                path=("input", "id"),
                zh=f"收藏最多 {MOST} 项。",
                en=f"There are {MOST} favourites at most.",
            )
        await database.execute(_ADD, actor.person_id, kind.value, subject_id)
