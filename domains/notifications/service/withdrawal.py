"""Taking back what is so no more, where it was neither read nor sent; a batch at a time.

What somebody has read, or has been sent, stays: they may look for it, and are told otherwise by
a notice of its own.
"""

from uuid import UUID

import structlog

from domains.kernel import database, outbox
from domains.kernel.database import Row, transaction
from domains.notifications.events import NoticesWithdrawn

MOST_NOTICES = 1_000

_TAKE = """
SELECT id, cursor_id FROM notifications_occasion
WHERE state = 'withdrawing' AND (
    turn_at <= (SELECT kernel_now()) OR turn_at > (SELECT kernel_now()) + interval '1 hour')
ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_PEOPLE = """
SELECT DISTINCT n.person_id FROM notifications_notice n
WHERE n.occasion_id = $1 AND ($2::uuid IS NULL OR n.person_id > $2)
ORDER BY n.person_id LIMIT $3
"""
# Boxes first, in the order of people, as everybody locks them.
_BOXES = """
SELECT person_id FROM notifications_box WHERE person_id = ANY ($1::uuid[])
ORDER BY person_id FOR UPDATE
"""
# What is on its way at this moment is on its way.
_HOLD = """
UPDATE notifications_delivery d
SET state = 'suppressed', reason = 'withdrawn', next_attempt_at = kernel_now()
FROM notifications_notice n
WHERE n.id = d.notice_id AND n.occasion_id = $1 AND n.person_id = ANY ($2::uuid[])
  AND d.state IN ('waiting', 'failed')
"""
_WITHDRAW = """
WITH unread AS (
    SELECT n.id, n.person_id, n.archived_at FROM notifications_notice n
    JOIN notifications_box box ON box.person_id = n.person_id
    WHERE n.occasion_id = $1 AND n.person_id = ANY ($2::uuid[])
      AND n.read_at IS NULL AND n.withdrawn_at IS NULL AND n.seq > box.read_up_to
      AND NOT EXISTS (SELECT FROM notifications_delivery d
                      WHERE d.notice_id = n.id AND d.state IN ('sending', 'sent', 'received'))
), taken AS (
    UPDATE notifications_notice n SET withdrawn_at = kernel_now()
    FROM unread WHERE n.id = unread.id RETURNING unread.person_id, unread.archived_at
), fewer AS (
    SELECT person_id, count(*) FILTER (WHERE archived_at IS NULL) AS by FROM taken
    GROUP BY person_id
), boxes AS (
    UPDATE notifications_box box SET unread = box.unread - fewer.by
    FROM fewer WHERE box.person_id = fewer.person_id
)
SELECT count(*) FROM taken
"""
_GONE_ON = """
UPDATE notifications_occasion
SET state = CASE WHEN $2 THEN 'withdrawn' ELSE 'withdrawing' END,
    ended_at = CASE WHEN $2 THEN kernel_now() END,
    cursor_id = $3, turn_at = kernel_now(), attempts = 0, failure = NULL,
    withdrawn_count = withdrawn_count + $4
WHERE id = $1
"""
_FAILED = """
UPDATE notifications_occasion
SET attempts = LEAST(attempts + 1, 1000), failure = $2,
    turn_at = kernel_now() + make_interval(secs => LEAST(600, 2 ^ LEAST(attempts, 10)))
WHERE id = $1 AND state = 'withdrawing'
"""

log = structlog.get_logger(__name__)


async def withdraw_due_occasion(most: int = MOST_NOTICES) -> UUID | None:
    """Take back one batch of one occasion's notices; None where none is due.

    What fails is undone and has its turn again later, with growing patience.
    """
    taken: list[UUID] = []
    try:
        async with transaction(timeout_ms=60_000):
            occasion = await database.fetch_one(_TAKE)
            if occasion is None:
                return None
            taken.append(occasion["id"])
            await _withdraw_batch(occasion, most)
    except Exception as error:
        if not taken:
            raise
        failure = type(error).__name__
        log.warning("occasion not withdrawn", occasion_id=str(taken[0]), failure=failure)
        async with transaction():
            await database.execute(_FAILED, taken[0], failure)
    return taken[0]


async def _withdraw_batch(occasion: Row, most: int) -> None:
    occasion_id: UUID = occasion["id"]
    rows = await database.fetch(_PEOPLE, occasion_id, occasion["cursor_id"], most)
    people = [row["person_id"] for row in rows]
    taken = await _withdraw(occasion_id, people) if people else 0
    cursor = people[-1] if people else occasion["cursor_id"]
    await database.execute(_GONE_ON, occasion_id, len(people) < most, cursor, taken)


async def _withdraw(occasion_id: UUID, people: list[UUID]) -> int:
    await database.fetch(_BOXES, people)
    await database.execute(_HOLD, occasion_id, people)
    taken: int = await database.fetch_value(_WITHDRAW, occasion_id, people)
    if taken:
        await outbox.record(NoticesWithdrawn(occasion_id, people[0], people[-1]))
    return taken
