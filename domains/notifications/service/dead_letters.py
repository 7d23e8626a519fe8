"""What was given up: staff let it be tried again, or put it aside; both are audited."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.notifications import policy
from domains.notifications.errors import MattersNoMore, NotDead
from domains.notifications.policy import DeliveryPlace
from domains.notifications.queries import deliveries
from domains.notifications.values import Channel

MOST_AT_ONCE = 1_000

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
_MANY = """
WITH again AS (
    SELECT d.id FROM notifications_delivery d
    WHERE d.state = 'dead' AND ($1 OR d.area_path LIKE ANY ($2::text[]))
      AND ($3::text IS NULL OR d.channel = $3) AND ($4::text IS NULL OR d.kind = $4)
      AND ($5::text IS NULL OR d.reason = $5) AND ($6::text IS NULL OR d.area_path LIKE $6)
      AND (d.expires_at IS NULL OR d.expires_at > kernel_now())
    ORDER BY d.created_at, d.id LIMIT $7 FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery d
SET state = 'waiting', attempts = 0, unanswered = 0, reason = NULL,
    next_attempt_at = kernel_now()
FROM again WHERE d.id = again.id
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


@dataclass(frozen=True, slots=True)
class DeadLetterFilter:
    """Which of what was given up: what is left out does not narrow."""

    channel: Channel | None = None
    kind: str | None = None
    reason: str | None = None
    area_path: str | None = None


async def retry_many(actor: Actor, asked: DeadLetterFilter, *, most: int) -> int:
    """Let so many of what was given up be tried again, the oldest first; returns how many.

    Only what the actor sees, and what is not too late. Raises InvalidInput.
    """
    require(policy.AUTHORITY, "retryDeadLetters", actor)
    if not 1 <= most <= MOST_AT_ONCE:
        raise InvalidInput(
            path=("input", "most"),
            zh=f"一次须为 1 至 {MOST_AT_ONCE} 条。",
            en=f"1 to {MOST_AT_ONCE} at once.",
        )
    within = None if asked.area_path is None else f"{asked.area_path}%"
    async with transaction():
        retried = await database.execute(
            _MANY, *deliveries.sight(actor), asked.channel, asked.kind, asked.reason, within, most
        )
        if retried:
            await audit.record(
                actor,
                command="retryDeadLetters",
                chain=None,
                subject=("dead_letters", database.new_id()),
                details={
                    **{name: getattr(asked, name) for name in ("channel", "kind", "reason")},
                    "area_path": asked.area_path,
                    "count": retried,
                },
            )
    return retried


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
