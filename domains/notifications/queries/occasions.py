"""Occasions for those who keep the platform: what was told, how many, and what failed."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.notifications import policy
from domains.notifications.values import OccasionState

_COLUMNS = """
o.id, o.kind, o.subject_kind, o.subject_id, o.slot, o.area_path, o.state, o.due_at, o.stale_at,
o.notice_count, o.second_count, o.delivery_count, o.gone_count, o.muted_count, o.withdrawn_count,
o.attempts, o.failure, o.created_at, o.begun_at, o.ended_at
"""
_LIST = f"""
SELECT {_COLUMNS} FROM notifications_occasion o
WHERE $1 AND ($2::text[] IS NULL OR o.state = ANY ($2)) AND ($3::text IS NULL OR o.kind = $3)
  AND ($4::uuid IS NULL OR o.id < $4)
ORDER BY o.id DESC LIMIT $5
"""
_BY_ID = f"SELECT {_COLUMNS} FROM notifications_occasion o WHERE $1 AND o.id = ANY ($2::uuid[])"


async def occasions(
    actor: Actor, states: Sequence[OccasionState] | None, kind: str | None, page: Page
) -> Slice[Row]:
    """Return a page of occasions for who keeps the platform, the latest first."""
    rows = await database.fetch(
        _LIST,
        policy.writes_templates(actor, None),
        None if states is None else list(states),
        kind,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def occasions_by_id(actor: Actor, occasion_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the occasions of these ids, None for who does not keep the platform."""
    rows = await database.fetch(_BY_ID, policy.writes_templates(actor, None), list(occasion_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in occasion_ids]
