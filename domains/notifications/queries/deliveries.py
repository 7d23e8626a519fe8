"""Deliveries as staff see them: never to whom, nor what was said."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from domains.kernel import database, settings
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.notifications import policy
from domains.notifications.channels import opening
from domains.notifications.values import OUTGOING, Channel

_DAY = timedelta(days=1)

_COLUMNS = """
d.id, d.channel, d.kind, d.area_path, d.reason, d.attempts, d.unanswered, d.created_at,
d.expires_at, d.expires_at IS NULL OR d.expires_at > kernel_now() AS may_be_sent
"""
_SEEN = "($1 OR d.area_path LIKE ANY ($2::text[]))"
_DEAD = f"""
SELECT {_COLUMNS} FROM notifications_delivery d
WHERE d.state = 'dead' AND {_SEEN} AND ($3::text IS NULL OR d.channel = $3)
  AND ($4::timestamptz IS NULL OR (d.created_at, d.id) < ($4, $5::uuid))
ORDER BY d.created_at DESC, d.id DESC LIMIT $6
"""
_BY_ID = f"""
SELECT {_COLUMNS} FROM notifications_delivery d
WHERE d.state = 'dead' AND {_SEEN} AND d.id = ANY ($3::uuid[])
"""
# Only what is not over is counted, by partial indexes; what is over was counted as it happened.
_OPEN = """
SELECT c.channel,
       (SELECT count(*) FROM notifications_delivery d
        WHERE d.channel = c.channel AND d.state IN ('waiting', 'failed')) AS waiting,
       (SELECT count(*) FROM notifications_delivery d
        WHERE d.state = 'sending' AND d.lease_until IS NOT NULL
          AND d.channel = c.channel) AS sending,
       (SELECT count(*) FROM notifications_delivery d
        WHERE d.state = 'dead' AND d.channel = c.channel) AS dead,
       coalesce((SELECT extract(epoch FROM kernel_now() - min(d.next_attempt_at))
        FROM notifications_delivery d WHERE d.channel = c.channel
          AND d.state IN ('waiting', 'failed')), 0)::float8 AS late_s,
       n.fault, CASE WHEN n.paused_until > kernel_now() THEN n.paused_until END AS paused_until
FROM unnest($1::text[]) AS c (channel)
LEFT JOIN notifications_channel n ON n.channel = c.channel
"""
_TALLIED = """
SELECT channel, outcome, sum(count)::bigint AS count FROM notifications_tally
WHERE $1::interval IS NULL OR hour > kernel_now() - $1::interval
GROUP BY channel, outcome ORDER BY channel, outcome
"""


async def dead_letters(actor: Actor, *, channel: Channel | None, page: Page) -> Slice[Row]:
    """Return a page of what was given up, the latest first, of the areas that the actor sees."""
    last: tuple[Any, ...] = page.after or (None, None)
    rows = await database.fetch(_DEAD, *sight(actor), channel, *last, page.limit)
    return Slice.of(rows, page)


async def dead_letters_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: what was given up, None where the actor does not see it."""
    rows = await database.fetch(_BY_ID, *sight(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def figures(actor: Actor) -> list[dict[str, Any]]:
    """Return how each channel stands, and what came of the last day; for administrators alone."""
    if not policy.writes_templates(actor, None):
        return []
    return await told_figures(within_day=True)


async def told_figures(*, within_day: bool) -> list[dict[str, Any]]:
    """Return how each channel stands, and what came of its attempts: of a day, or ever kept."""
    on = set(opening.are_on(settings.current()))
    rows = await database.fetch(_OPEN, [each.value for each in OUTGOING])
    outcomes: dict[str, dict[str, int]] = {}
    for row in await database.fetch(_TALLIED, _DAY if within_day else None):
        outcomes.setdefault(row["channel"], {})[row["outcome"]] = row["count"]
    return [
        {
            **row,
            "channel": Channel(row["channel"]),
            "is_on": Channel(row["channel"]) in on,
            "is_shut": row["paused_until"] is not None,
            "outcomes": outcomes.get(row["channel"], {}),
        }
        for row in rows
    ]


def sight(actor: Actor) -> tuple[bool, list[str]]:
    """Return whether the actor sees all, and else the beginnings of the paths that are seen."""
    if policy.writes_templates(actor, None):
        return True, []
    return False, [f"{path}%" for path in actor.area_paths(*policy.DEAD_LETTER_ROLES)]
