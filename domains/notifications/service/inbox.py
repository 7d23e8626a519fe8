"""What people do with their own inbox; every command holds their box first.

All of it is safe to repeat: what is read stays read, and what is not theirs is not touched.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound, SignInRequired
from domains.notifications import policy
from domains.notifications.events import InboxChanged

MOST_AT_ONCE = 100

_BOX = "SELECT last_seq, read_up_to, unread FROM notifications_box WHERE person_id = $1 FOR UPDATE"
_OWN = """
SELECT count(*) FROM notifications_notice
WHERE person_id = $1 AND id = ANY ($2::uuid[]) AND withdrawn_at IS NULL
"""
# What is unread counts: once it was read or put away, it does no more.
_CHANGE = """
WITH found AS (
    SELECT n.id, n.archived_at IS NULL AND n.read_at IS NULL AND n.seq > box.read_up_to AS counted
    FROM notifications_notice n JOIN notifications_box box ON box.person_id = n.person_id
    WHERE n.person_id = $1 AND n.id = ANY ($2::uuid[]) AND n.withdrawn_at IS NULL
), changed AS (
    UPDATE notifications_notice n SET {change}
    FROM found WHERE n.id = found.id AND {differs} RETURNING found.counted
), box AS (
    UPDATE notifications_box SET unread = unread - (SELECT count(*) FROM changed WHERE counted)
    WHERE person_id = $1
)
SELECT count(*) FROM changed
"""
_READ = _CHANGE.format(change="read_at = kernel_now()", differs="n.read_at IS NULL")
# Whoever puts something away has seen it.
_ARCHIVE = _CHANGE.format(
    change="archived_at = kernel_now(), read_at = COALESCE(n.read_at, kernel_now())",
    differs="n.archived_at IS NULL",
)
_RESTORE = """
WITH changed AS (
    UPDATE notifications_notice SET archived_at = NULL
    WHERE person_id = $1 AND id = ANY ($2::uuid[]) AND withdrawn_at IS NULL
      AND archived_at IS NOT NULL
    RETURNING id
)
SELECT count(*) FROM changed
"""
_SEQ = "SELECT seq FROM notifications_notice WHERE person_id = $1 AND id = $2"
# Nothing of what lies up to there is touched: the box alone remembers.
_READ_ALL = """
UPDATE notifications_box SET read_up_to = $2, all_read_at = kernel_now(), unread = (
    SELECT count(*) FROM notifications_notice n
    WHERE n.person_id = $1 AND n.seq > $2 AND n.read_at IS NULL AND n.archived_at IS NULL
      AND n.withdrawn_at IS NULL)
WHERE person_id = $1 AND read_up_to < $2
"""


async def mark_read(actor: Actor, notice_ids: Sequence[UUID]) -> int:
    """Mark the actor's own notices read; returns how many were not. Raises NotFound."""
    return await _change(actor, "markNoticesRead", _READ, notice_ids)


async def archive(actor: Actor, notice_ids: Sequence[UUID]) -> int:
    """Put the actor's own notices away; returns how many were not. Raises NotFound."""
    return await _change(actor, "archiveNotices", _ARCHIVE, notice_ids)


async def restore(actor: Actor, notice_ids: Sequence[UUID]) -> int:
    """Bring the actor's own notices back; returns how many were away. Raises NotFound."""
    return await _change(actor, "restoreNotices", _RESTORE, notice_ids)


async def mark_all_read(actor: Actor, up_to: UUID | None = None) -> None:
    """Mark all of the actor's notices read, up to one where one is named. Raises NotFound."""
    person_id = _oneself(actor, "markAllNoticesRead")
    async with transaction():
        box = await database.fetch_one(_BOX, person_id)
        if box is None:
            if up_to is not None:
                raise NotFound(path=("input", "upTo"))
            return
        seq = box["last_seq"]
        if up_to is not None:
            seq = await database.fetch_value(_SEQ, person_id, up_to)
            if seq is None:
                raise NotFound(path=("input", "upTo"))
        if await database.execute(_READ_ALL, person_id, seq):
            await outbox.record(InboxChanged(person_id))


async def _change(actor: Actor, command: str, statement: str, notice_ids: Sequence[UUID]) -> int:
    person_id = _oneself(actor, command)
    wanted = sorted(set(notice_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(
            path=("input", "noticeIds"),
            zh=f"一次须为 1 至 {MOST_AT_ONCE} 条通知。",
            en=f"1 to {MOST_AT_ONCE} notices at once.",
        )
    async with transaction():
        await database.fetch_one(_BOX, person_id)
        if await database.fetch_value(_OWN, person_id, wanted) != len(wanted):
            raise NotFound(path=("input", "noticeIds"))
        changed: int = await database.fetch_value(statement, person_id, wanted)
        if changed:
            await outbox.record(InboxChanged(person_id))
        return changed


def _oneself(actor: Actor, command: str) -> UUID:
    require(policy.AUTHORITY, command, actor)
    if actor.person_id is None:
        raise SignInRequired
    return actor.person_id
