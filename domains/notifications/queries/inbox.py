"""Somebody's own inbox: the newest first, at the same cost however much lies in it.

A notice is read where it was read by itself, or where all up to it were read at once: the box
remembers up to which one. What was taken back is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.notifications.queries.rendering import SAID
from domains.notifications.values import Category

_COLUMNS = f"""
{SAID}, n.seq, n.category, n.subject_id, n.slot, n.created_at, n.archived_at, o.subject_kind,
COALESCE(n.read_at, CASE WHEN n.seq <= box.read_up_to THEN box.all_read_at END) AS read_at
"""
_FROM = """
FROM notifications_notice n
JOIN notifications_occasion o ON o.id = n.occasion_id
JOIN notifications_box box ON box.person_id = n.person_id
"""
_KEPT = f"""
SELECT {_COLUMNS} {_FROM}
WHERE n.person_id = $1 AND ($2::bigint IS NULL OR n.seq < $2)
  AND n.archived_at IS NULL AND n.withdrawn_at IS NULL
ORDER BY n.seq DESC LIMIT $3
"""
_ARCHIVED = f"""
SELECT {_COLUMNS} {_FROM}
WHERE n.person_id = $1 AND ($2::bigint IS NULL OR n.seq < $2)
  AND n.archived_at IS NOT NULL AND n.withdrawn_at IS NULL AND n.category = ANY ($4::text[])
ORDER BY n.seq DESC LIMIT $3
"""
# Each category by itself is in order; the newest of them all are among the newest of each.
_OF_CATEGORIES = f"""
SELECT {_COLUMNS} FROM unnest($4::text[]) AS asked (category)
CROSS JOIN LATERAL (
    SELECT n.* FROM notifications_notice n
    WHERE n.person_id = $1 AND n.category = asked.category
      AND ($2::bigint IS NULL OR n.seq < $2)
      AND n.archived_at IS NULL AND n.withdrawn_at IS NULL
      {{only}}
    ORDER BY n.seq DESC LIMIT $3
) n
JOIN notifications_occasion o ON o.id = n.occasion_id
JOIN notifications_box box ON box.person_id = n.person_id
ORDER BY n.seq DESC LIMIT $3
"""
_IN_CATEGORIES = _OF_CATEGORIES.format(only="")
_UNREAD = _OF_CATEGORIES.format(
    only="AND n.read_at IS NULL"
    " AND n.seq > (SELECT read_up_to FROM notifications_box WHERE person_id = $1)"
)
_BY_ID = f"""
SELECT {_COLUMNS} {_FROM}
WHERE n.person_id = $1 AND n.id = ANY ($2::uuid[]) AND n.withdrawn_at IS NULL
"""
_BOX = "SELECT unread, last_seq FROM notifications_box WHERE person_id = $1"
# A figure beside a heading ends at 99+: what lies beyond is not counted.
_BY_CATEGORY = """
SELECT asked.category, (
    SELECT count(*) FROM (
        SELECT FROM notifications_notice n
        WHERE n.person_id = $1 AND n.category = asked.category AND n.read_at IS NULL
          AND n.archived_at IS NULL AND n.withdrawn_at IS NULL
          AND n.seq > (SELECT read_up_to FROM notifications_box WHERE person_id = $1)
        LIMIT $3) few) AS unread
FROM unnest($2::text[]) AS asked (category)
"""
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What an inbox is narrowed to."""

    categories: tuple[Category, ...] | None = None
    unread_only: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class BoxCounts:
    """How many notices are unread, in all, and the number of the last one."""

    unread: int
    last_seq: int


async def inbox(actor: Actor, asked: InboxFilter, page: Page) -> Slice[Row]:
    """Return a page of the actor's own notices, the newest first; empty for the nameless."""
    if actor.person_id is None:
        return Slice(rows=[], has_more=False)
    before = page.after[0] if page.after else None
    categories = list(dict.fromkeys(asked.categories or Category))
    if asked.archived:
        rows = await database.fetch(_ARCHIVED, actor.person_id, before, page.limit, categories)
    elif asked.unread_only:
        rows = await database.fetch(_UNREAD, actor.person_id, before, page.limit, categories)
    elif asked.categories is not None:
        rows = await database.fetch(_IN_CATEGORIES, actor.person_id, before, page.limit, categories)
    else:
        rows = await database.fetch(_KEPT, actor.person_id, before, page.limit)
    return Slice.of(rows, page)


async def notices_by_id(actor: Actor, notice_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the actor's own notices of these ids; nobody reads another's."""
    rows = await database.fetch(_BY_ID, actor.person_id, list(notice_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in notice_ids]


async def counts(actor: Actor) -> BoxCounts:
    """Return how many of the actor's notices are unread."""
    row = await database.fetch_one(_BOX, actor.person_id)
    return BoxCounts(0, 0) if row is None else BoxCounts(row["unread"], row["last_seq"])


async def unread_by_category(actor: Actor) -> dict[Category, int]:
    """Return how many are unread in each category, counted to a hundred."""
    rows = await database.fetch(_BY_CATEGORY, actor.person_id, list(Category), MOST_COUNTED)
    return {Category(row["category"]): row["unread"] for row in rows}
