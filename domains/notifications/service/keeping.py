"""Forgetting old notices: read or not, once they are older than settings let them be kept.

What the law wants told is kept for longer, because whoever says that it was not told may say so
for as long. What is still to be sent is not forgotten, and an occasion only when no notice of it
is left: an event cannot be told anew by then, because it is forgotten much earlier itself.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, settings
from domains.kernel.database import transaction
from domains.notifications.kinds import registry

MOST_AT_ONCE = 1_000
_MOST_BATCHES = 50

_OPEN = "('waiting', 'sending', 'failed')"
_OLD = f"""
SELECT n.id, n.person_id FROM notifications_notice n
WHERE n.created_at < $1 AND (n.created_at < $2 OR n.kind <> ALL ($3::text[]))
  AND NOT EXISTS (SELECT FROM notifications_delivery d
                  WHERE d.notice_id = n.id AND d.state IN {_OPEN})
LIMIT $4
"""
# Every command on an inbox holds its box first.
_BOXES = """
SELECT person_id FROM notifications_box WHERE person_id = ANY ($1::uuid[])
ORDER BY person_id FOR UPDATE
"""
_DELIVERIES = f"""
DELETE FROM notifications_delivery WHERE notice_id = ANY ($1::uuid[]) AND state NOT IN {_OPEN}
"""
_NOTICES = """
WITH gone AS (
    DELETE FROM notifications_notice n USING notifications_box box
    WHERE n.id = ANY ($1::uuid[]) AND box.person_id = n.person_id
      AND NOT EXISTS (SELECT FROM notifications_delivery d WHERE d.notice_id = n.id)
    RETURNING n.person_id, n.read_at IS NULL AND n.archived_at IS NULL
              AND n.withdrawn_at IS NULL AND n.seq > box.read_up_to AS counted
), fewer AS (
    UPDATE notifications_box box SET unread = box.unread - gone_of.by
    FROM (SELECT person_id, count(*) AS by FROM gone WHERE counted GROUP BY person_id) gone_of
    WHERE box.person_id = gone_of.person_id
)
SELECT count(*) FROM gone
"""
_OCCASIONS = """
DELETE FROM notifications_occasion WHERE id IN (
    SELECT o.id FROM notifications_occasion o
    WHERE o.state IN ('expanded', 'stale', 'withdrawn') AND o.ended_at < $1
      AND (o.ended_at < $2 OR o.kind <> ALL ($3::text[]))
      AND NOT EXISTS (SELECT FROM notifications_notice n WHERE n.occasion_id = o.id)
    LIMIT $4 FOR UPDATE SKIP LOCKED)
"""
_LOOKS = "DELETE FROM notifications_look WHERE day < $1"


async def forget_old() -> int:
    """Delete notices, and what remains of them, that are too old; returns how many rows went."""
    chosen = settings.current()
    now = await clock.now()
    before = now - timedelta(days=chosen.notices_kept_days)
    kept = max(chosen.notices_kept_days, chosen.legal_notices_kept_days)
    legal = [code for code, kind in registry.BY_CODE.items() if kind.is_legal]
    limits = (before, now - timedelta(days=kept), legal, MOST_AT_ONCE)
    rows = 0
    for _batch in range(_MOST_BATCHES):
        old = await database.fetch(_OLD, *limits)
        if not old:
            break
        rows += await _forget([row["id"] for row in old], {row["person_id"] for row in old})
    async with transaction():
        rows += await database.execute(_LOOKS, await clock.today())
        return rows + await database.execute(_OCCASIONS, *limits)


async def _forget(notices: Sequence[UUID], people: set[UUID]) -> int:
    async with transaction():
        await database.fetch(_BOXES, sorted(people))
        rows: int = await database.execute(_DELIVERIES, notices)
        gone: int = await database.fetch_value(_NOTICES, notices)
        return rows + gone
