"""What residents find: the feed of an area, what is pinned there, and the search among it.

A feed is read in its own order: one index scan for each area on the way up, of as many rows as
are asked for, whatever the number of disclosures. An area's feed has what is aimed at it, at
what lies in it, and at what it lies in.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.disclosure.queries.disclosures import COLUMNS, SHOWN, FeedFilter
from domains.disclosure.rules import words
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

# $1 the area, $2 what lies above it, $3 how many. What else is asked comes behind, only where it
# is asked, so that a page begins where the one before ended, and the plan with what is rare.
_STANDING = "AND f.standing"
_BEHIND = "AND (f.published_at, f.disclosure_id) < ({}::timestamptz, {}::uuid)"
_BY_KIND = "AND f.kind = ANY ({}::text[])"
_BY_AFFAIR = "AND f.affair = ANY ({}::text[])"
_BY_TAG = """
AND f.disclosure_id IN (SELECT t.disclosure_id FROM disclosure_tag t WHERE t.tag = ANY ({}::text[]))
"""
_BY_PUBLISHER = """
AND f.disclosure_id IN (SELECT n.id FROM disclosure_disclosure n WHERE n.publisher_id = {}::uuid)
"""
_BY_ITEM = """
AND f.disclosure_id IN (
    SELECT n.id FROM disclosure_disclosure n WHERE n.item_code = {0}::text
    UNION ALL
    SELECT c.disclosure_id FROM disclosure_cover c
    JOIN disclosure_obligation o ON o.id = c.obligation_id WHERE o.code = {0}::text)
"""
_BY_WORDS = """
AND f.disclosure_id IN (
    SELECT w.disclosure_id FROM disclosure_words w WHERE w.words @@ {}::tsquery)
"""


def _feed_sql(narrowed: str) -> str:
    return f"""
    SELECT {COLUMNS}, false AS belongs
    FROM (
        SELECT f.disclosure_id FROM (
            (SELECT f.published_at, f.disclosure_id FROM disclosure_feed f
             WHERE f.area_path = $1 {narrowed}
             ORDER BY f.published_at DESC, f.disclosure_id DESC LIMIT $3)
            UNION
            SELECT f.* FROM unnest($2::text[]) AS above (path)
            CROSS JOIN LATERAL (
                SELECT f.published_at, f.disclosure_id FROM disclosure_feed f
                WHERE f.area_path = above.path AND f.exact {narrowed}
                ORDER BY f.published_at DESC, f.disclosure_id DESC LIMIT $3) f
        ) f
        ORDER BY f.published_at DESC, f.disclosure_id DESC LIMIT $3
    ) found
    JOIN disclosure_disclosure d ON d.id = found.disclosure_id
    {SHOWN}
    ORDER BY d.first_published_at DESC, d.id DESC
    """


_PINNED = f"""
SELECT {COLUMNS}, false AS belongs
FROM disclosure_disclosure d
{SHOWN}
WHERE d.pinned_at IS NOT NULL AND EXISTS (
    SELECT FROM disclosure_feed f WHERE f.disclosure_id = d.id
      AND (f.area_path = $1 OR f.exact AND f.area_path = ANY ($2::text[])))
ORDER BY d.pinned_at DESC LIMIT 20
"""
_SUBSCRIPTIONS = """
SELECT id, area_id, kind, affair, item_code, tag, subscribed_at
FROM disclosure_subscription WHERE person_id = $1 ORDER BY id
"""
_SUBSCRIPTIONS_BY_ID = """
SELECT id, area_id, kind, affair, item_code, tag, subscribed_at
FROM disclosure_subscription WHERE person_id = $1 AND id = ANY ($2::uuid[])
"""
_SUBSCRIBERS = """
SELECT DISTINCT s.person_id
FROM disclosure_disclosure d
JOIN disclosure_feed f ON f.disclosure_id = d.id
JOIN disclosure_subscription s ON s.area_path = f.area_path
    OR f.exact AND starts_with(s.area_path, f.area_path)
WHERE d.id = $1 AND (s.kind IS NULL OR s.kind = d.kind)
  AND (s.affair IS NULL OR s.affair = d.affair)
  AND (s.item_code IS NULL OR s.item_code = d.item_code OR EXISTS (
    SELECT FROM disclosure_cover c JOIN disclosure_obligation o ON o.id = c.obligation_id
    WHERE c.disclosure_id = d.id AND o.code = s.item_code))
  AND (s.tag IS NULL OR EXISTS (
    SELECT FROM disclosure_tag t WHERE t.disclosure_id = d.id AND t.tag = s.tag))
  AND ($2::uuid IS NULL OR s.person_id > $2)
ORDER BY s.person_id LIMIT $3
"""


async def feed(actor: Actor, asked: FeedFilter, page: Page) -> Slice[Row]:
    """Return a page of an area's feed, the latest first."""
    narrowed, values = _narrowed(asked, page)
    return Slice.of(await database.fetch(_feed_sql(narrowed), *values), page)


async def search(actor: Actor, asked: FeedFilter, text: str, page: Page) -> Slice[Row]:
    """Return a page of what in an area's feed holds every word of the text, the latest first."""
    question = words.question(text)
    if question is None:
        return Slice(rows=[], has_more=False)
    narrowed, values = _narrowed(asked, page)
    sql = _feed_sql(narrowed + _BY_WORDS.format(f"${len(values) + 1}"))
    return Slice.of(await database.fetch(sql, *values, question), page)


def _narrowed(asked: FeedFilter, page: Page) -> tuple[str, list[object]]:
    """Return the conditions that are asked for, and the values of the whole statement."""
    values: list[object] = [asked.area_paths[-1], list(asked.area_paths[:-1]), page.limit]
    conditions = [] if asked.over_too else [_STANDING]
    if page.after is not None:
        values += page.after
        conditions.append(_BEHIND.format("$4", "$5"))
    for condition, value in (
        (_BY_KIND, asked.kinds),
        (_BY_AFFAIR, asked.affairs),
        (_BY_TAG, asked.tags),
        (_BY_PUBLISHER, asked.publisher_id),
        (_BY_ITEM, asked.item_code),
    ):
        if value is not None:
            values.append(list(value) if isinstance(value, tuple) else value)
            conditions.append(condition.format(f"${len(values)}"))
    return " ".join(conditions), values


async def pinned(actor: Actor, area_paths: tuple[str, ...]) -> list[Row]:
    """Return what is pinned in an area's feed, the latest pinned first."""
    rows = await database.fetch(_PINNED, area_paths[-1], list(area_paths[:-1]))
    return list(rows)


async def my_subscriptions(actor: Actor) -> list[Row]:
    """Return the categories that the caller wants to hear of."""
    return list(await database.fetch(_SUBSCRIPTIONS, actor.person_id))


async def subscriptions_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the caller's own subscriptions of these ids."""
    rows = await database.fetch(_SUBSCRIPTIONS_BY_ID, actor.person_id, list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def subscribers(disclosure_id: UUID, *, after: UUID | None, most: int) -> list[UUID]:
    """Return the people who want to hear of a public disclosure, in pages by their ids."""
    rows = await database.fetch(_SUBSCRIBERS, disclosure_id, after, most)
    return [row["person_id"] for row in rows]
