"""Secret addresses under which somebody's calendar reads their meetings; each can be revoked."""

from uuid import UUID

from domains.kernel import clock, crypto, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.meetings import policy
from domains.meetings.errors import CalendarFeedsTooMany
from domains.meetings.models import CalendarFeed
from domains.meetings.rules import lines

MOST = 5
_OPEN = """
SELECT count(*) FROM meetings_calendar_feed WHERE person_id = $1 AND revoked_at IS NULL
"""
_REVOKE = """
UPDATE meetings_calendar_feed SET revoked_at = coalesce(revoked_at, kernel_now())
WHERE id = $1 AND person_id = $2
"""


async def create_feed(actor: Actor, *, label: str) -> tuple[UUID, str]:
    """Make an address of the actor's own; returns its id and its secret, told this once.

    Raises CalendarFeedsTooMany.
    """
    require(policy.AUTHORITY, "createCalendarFeed", actor)
    assert actor.person_id is not None, "the system has no calendar"
    secret = crypto.token()
    async with transaction():
        # The owner's row is locked: two at once cannot pass the limit together.
        await database.execute(
            "SELECT FROM membership_person WHERE id = $1 FOR UPDATE", actor.person_id
        )
        if await database.fetch_value(_OPEN, actor.person_id) >= MOST:
            raise CalendarFeedsTooMany(most=MOST)
        made = await CalendarFeed.create(
            id=database.new_id(),
            person_id=actor.person_id,
            token_hash=crypto.token_hash(secret),
            label=lines.line(label, path=("input", "label"), longest=60),
            created_at=await clock.now(),
        )
    return made.id, secret


async def revoke_feed(actor: Actor, feed_id: UUID) -> None:
    """Close an address of one's own for good; to do it twice changes nothing."""
    require(policy.AUTHORITY, "revokeCalendarFeed", actor)
    async with transaction():
        if not await database.execute(_REVOKE, feed_id, actor.person_id):
            raise NotFound(path=("input", "feedId"))
