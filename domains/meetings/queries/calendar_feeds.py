"""Somebody's calendar addresses, and what a calendar reads under one of them."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.actor import Actor
from domains.kernel.calendar_file import CalendarItem
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.rules import calendar_file
from domains.meetings.rules.calendar_file import Entry
from domains.meetings.values import MeetingState

_OWN = """
SELECT id, label, created_at, last_read_at, revoked_at FROM meetings_calendar_feed
WHERE person_id = $1 AND revoked_at IS NULL
"""
_OWN_LIST = f"{_OWN} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
_OWN_BY_ID = f"{_OWN} AND id = ANY ($2::uuid[])"
_READ = """
UPDATE meetings_calendar_feed SET last_read_at = kernel_now()
WHERE token_hash = $1 AND revoked_at IS NULL RETURNING person_id
"""
# A quarter back and a year ahead; who is no longer invited has no entry.
_MEETINGS = """
SELECT m.id, m.title, b.name, m.starts_at, m.ends_at, m.state, m.place, m.online_address,
       m.version,
       greatest(m.created_at, m.convened_at, m.cancelled_at, m.adjourned_at) AS changed_at
FROM meetings_invitation i
JOIN meetings_meeting m ON m.id = i.meeting_id
JOIN meetings_body b ON b.id = m.body_id
WHERE i.person_id = $1 AND i.revoked_at IS NULL
  AND m.starts_at > kernel_now() - interval '92 days'
  AND m.starts_at < kernel_now() + interval '366 days'
ORDER BY m.starts_at, m.id LIMIT 500
"""


async def feeds(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the actor's own addresses, the latest first; never their secrets."""
    last_id = page.after[0] if page.after else None
    rows = await database.fetch(_OWN_LIST, actor.person_id, last_id, page.limit)
    return Slice.of(rows, page)


async def feeds_by_id(actor: Actor, feed_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the actor's own addresses of these ids."""
    rows = await database.fetch(_OWN_BY_ID, actor.person_id, list(feed_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in feed_ids]


async def owner(secret: str) -> UUID | None:
    """Return whose address this is, and note that it was read; None where there is none."""
    found: UUID | None = await database.fetch_value(_READ, crypto.token_hash(secret))
    return found


async def calendar_of(person_id: UUID) -> list[CalendarItem]:
    """Return a person's meetings, for their own calendar."""
    return [
        calendar_file.item(
            Entry(
                meeting_id=row["id"],
                title=row["title"],
                body_name=row["name"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"],
                state=MeetingState(row["state"]),
                place=row["place"],
                online_address=row["online_address"],
                version=row["version"],
                changed_at=row["changed_at"],
            )
        )
        for row in await database.fetch(_MEETINGS, person_id)
    ]
