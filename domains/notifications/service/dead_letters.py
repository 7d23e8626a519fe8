"""What was given up: staff let it be tried again, or put it aside; both are audited."""

from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.notifications import policy
from domains.notifications.errors import MattersNoMore, NotDead
from domains.notifications.policy import DeliveryPlace

_HOLD = """
SELECT state, channel, kind, area_path,
       expires_at IS NOT NULL AND expires_at <= kernel_now() AS is_past
FROM notifications_delivery WHERE id = $1 FOR UPDATE
"""
_AGAIN = """
UPDATE notifications_delivery
SET state = 'waiting', attempts = 0, unanswered = 0, reason = NULL,
    next_attempt_at = kernel_now()
WHERE id = $1
"""
_ASIDE = """
UPDATE notifications_delivery SET state = 'suppressed', reason = 'dismissed' WHERE id = $1
"""


async def retry(actor: Actor, delivery_id: UUID) -> UUID:
    """Let a message that was given up be tried again from the beginning.

    Raises NotDead where it was not given up, MattersNoMore where it is too late.
    """
    return await _settle(actor, delivery_id, "retryDeadLetter", _AGAIN)


async def dismiss(actor: Actor, delivery_id: UUID) -> UUID:
    """Put a message aside that was given up; raises NotDead where it was not."""
    return await _settle(actor, delivery_id, "dismissDeadLetter", _ASIDE)


async def _settle(actor: Actor, delivery_id: UUID, command: str, statement: str) -> UUID:
    async with transaction():
        row = await database.fetch_one(_HOLD, delivery_id)
        if row is None:
            raise NotFound(path=("input", "deadLetterId"))
        require(policy.AUTHORITY, command, actor, DeliveryPlace(row["area_path"]))
        if row["state"] != "dead":
            raise NotDead(path=("input", "deadLetterId"))
        if row["is_past"] and statement is _AGAIN:
            raise MattersNoMore(path=("input", "deadLetterId"))
        await database.execute(statement, delivery_id)
        await audit.record(
            actor,
            command=command,
            chain=None,
            subject=("delivery", delivery_id),
            details={"channel": row["channel"], "kind": row["kind"]},
        )
    return delivery_id
