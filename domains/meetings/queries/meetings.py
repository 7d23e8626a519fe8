"""Meetings and the points of their agendas, as far as an actor sees them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries.sight import VISIBLE, WITHIN, eyes
from domains.meetings.values import MeetingForm, MeetingState

# Where to join online is for who takes part.
COLUMNS = f"""
m.id, m.body_id, m.area_id, m.area_path, m.form, m.mode, m.title, m.place, m.state,
m.starts_at, m.ends_at, m.rule_code, m.frozen_rules::text AS frozen_rules, m.month,
m.shift_reason, m.recurrence_id, m.chair_id, m.standing_chair_id, m.chair_motion_id,
m.secretary_id, m.current_item_id, m.recess_reason, m.resumes_at, m.log_seq, m.version,
m.created_at, m.convened_at, m.check_in_at, m.opened_at, m.adjourned_at, m.cancelled_at,
m.cancel_reason,
CASE WHEN {WITHIN} THEN m.online_address END AS online_address
"""
_BY_ID = f"SELECT {COLUMNS} FROM meetings_meeting m WHERE {VISIBLE} AND m.id = ANY ($5::uuid[])"
_LIST = f"""
SELECT {COLUMNS} FROM meetings_meeting m
WHERE {VISIBLE}
  AND ($5::text IS NULL OR starts_with(m.area_path, $5))
  AND ($6::uuid IS NULL OR m.body_id = $6)
  AND ($7::text[] IS NULL OR m.state = ANY ($7))
  AND ($8::text[] IS NULL OR m.form = ANY ($8))
  AND ($9::timestamptz IS NULL OR m.starts_at >= $9)
  AND ($10::timestamptz IS NULL OR m.starts_at < $10)
  AND (NOT $11 OR EXISTS (
        SELECT FROM meetings_invitation i
        WHERE i.meeting_id = m.id AND i.person_id = $4::uuid AND i.revoked_at IS NULL))
  AND ($12::timestamptz IS NULL OR (m.starts_at, m.id) < ($12, $13::uuid))
ORDER BY m.starts_at DESC, m.id DESC LIMIT $14
"""
_ITEM_COLUMNS = """
i.id, i.body_id, i.meeting_id, i.position, i.kind, i.state, i.title, i.body, i.planned_minutes,
i.presenter_id, i.issue_id, i.raised_from_id, i.version, i.created_at, i.announced_at,
i.called_at, i.closed_at, i.note, i.not_before
"""
# What waits for a body is seen by who sees the body's published meetings.
_ITEM_SEEN = f"""
(i.meeting_id IS NOT NULL AND EXISTS (
    SELECT FROM meetings_meeting m WHERE m.id = i.meeting_id AND {VISIBLE})
 OR i.meeting_id IS NULL AND EXISTS (
    SELECT FROM meetings_body b WHERE b.id = i.body_id AND ($1 OR EXISTS (
        SELECT FROM unnest($2::text[] || $3::text[]) AS held (path)
        WHERE starts_with(b.area_path, held.path) OR starts_with(held.path, b.area_path))
      OR EXISTS (
        SELECT FROM meetings_seat mine
        WHERE mine.body_id = b.id AND mine.person_id = $4::uuid AND mine.ended_at IS NULL))))
"""
_ITEMS_BY_ID = f"""
SELECT {_ITEM_COLUMNS} FROM meetings_agenda_item i
WHERE {_ITEM_SEEN} AND i.id = ANY ($5::uuid[])
"""
_AGENDAS = f"""
SELECT {_ITEM_COLUMNS} FROM meetings_agenda_item i
WHERE i.meeting_id = ANY ($5::uuid[]) AND {_ITEM_SEEN}
ORDER BY i.meeting_id, i.position
"""
_WAITING = f"""
SELECT {_ITEM_COLUMNS} FROM meetings_agenda_item i
WHERE i.body_id = $5 AND i.state = 'waiting' AND {_ITEM_SEEN}
  AND ($6::timestamptz IS NULL OR (i.created_at, i.id) > ($6, $7::uuid))
ORDER BY i.created_at, i.id LIMIT $8
"""
_RAISED_TO = f"""
SELECT {_ITEM_COLUMNS} FROM meetings_agenda_item i
WHERE i.raised_from_id = ANY ($5::uuid[]) AND i.state <> 'withdrawn' AND {_ITEM_SEEN}
"""


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """What a list of meetings is narrowed to; `until` is the first instant that is too late."""

    area_path: str | None = None
    body_id: UUID | None = None
    states: tuple[MeetingState, ...] | None = None
    forms: tuple[MeetingForm, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False


async def meetings(actor: Actor, asked: MeetingFilter, page: Page) -> Slice[Row]:
    """Return a page of the meetings that the actor sees, the latest first."""
    starts_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        asked.area_path,
        asked.body_id,
        list(asked.states) if asked.states is not None else None,
        list(asked.forms) if asked.forms is not None else None,
        asked.since,
        asked.until,
        asked.mine,
        starts_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def meetings_by_id(actor: Actor, meeting_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the meetings of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(meeting_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in meeting_ids]


async def agendas(actor: Actor, meeting_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the agendas of meetings, in their order, withdrawn points included."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_AGENDAS, *eyes(actor), list(meeting_ids)):
        found[row["meeting_id"]].append(row)
    return [found[each] for each in meeting_ids]


async def items_by_id(actor: Actor, item_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the points of these ids, None where the actor sees none."""
    rows = await database.fetch(_ITEMS_BY_ID, *eyes(actor), list(item_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in item_ids]


async def raised_to(actor: Actor, item_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: what points of one level became on the next, None where nothing that is seen."""
    rows = await database.fetch(_RAISED_TO, *eyes(actor), list(item_ids))
    found = {row["raised_from_id"]: row for row in rows}
    return [found.get(each) for each in item_ids]


async def waiting_items(actor: Actor, body_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the matters that wait for a meeting of a body, the oldest first."""
    made_at, last_id = page.after or (None, None)
    rows = await database.fetch(_WAITING, *eyes(actor), body_id, made_at, last_id, page.limit)
    return Slice.of(rows, page)
