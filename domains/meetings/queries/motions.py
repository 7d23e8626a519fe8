"""Motions and the votes on them, as far as an actor sees the meeting."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries.sight import VISIBLE, eyes

MOTION_COLUMNS = """
o.id, o.meeting_id, o.item_id, o.kind, o.state, o.number, o.depth, o.target_id, o.proposer_id,
o.title, o.text, o.moved_text, o.base_text, o.edits::text AS edits, o.body_id, o.postponed_to,
o.recess_minutes, o.ruling, o.reversed, o.reason, o.version, o.proposed_at, o.stated_at,
o.settled_at
"""
_VOTE_COLUMNS = """
v.id, v.meeting_id, v.motion_id, v.poll_id, v.form, v.call, v.state, v.chair_id, v.chair_votes,
v.present, v.required, v.entitled, v.opened_at, v.closes_at, v.least_until, v.ended_at,
v.in_favour, v.against, v.silent, v.void_reason
"""
_BY_ID = f"""
SELECT {MOTION_COLUMNS} FROM meetings_motion o JOIN meetings_meeting m ON m.id = o.meeting_id
WHERE {VISIBLE} AND o.id = ANY ($5::uuid[])
"""
_OF_MEETING = f"""
SELECT {MOTION_COLUMNS} FROM meetings_motion o JOIN meetings_meeting m ON m.id = o.meeting_id
WHERE {VISIBLE} AND o.meeting_id = $5 AND o.number > $6 ORDER BY o.number LIMIT $7
"""
_VOTES_BY_ID = f"""
SELECT {_VOTE_COLUMNS} FROM meetings_vote v JOIN meetings_meeting m ON m.id = v.meeting_id
WHERE {VISIBLE} AND v.id = ANY ($5::uuid[])
"""
_VOTES = f"""
SELECT {_VOTE_COLUMNS} FROM meetings_vote v JOIN meetings_meeting m ON m.id = v.meeting_id
WHERE {VISIBLE} AND v.motion_id = ANY ($5::uuid[]) ORDER BY v.opened_at, v.id
"""
_OPEN = f"""
SELECT {_VOTE_COLUMNS} FROM meetings_vote v JOIN meetings_meeting m ON m.id = v.meeting_id
WHERE {VISIBLE} AND v.meeting_id = ANY ($5::uuid[]) AND v.state = 'open'
"""
_SECONDERS = f"""
SELECT s.motion_id, s.person_id FROM meetings_seconding s
JOIN meetings_motion o ON o.id = s.motion_id
JOIN meetings_meeting m ON m.id = o.meeting_id
WHERE {VISIBLE} AND s.motion_id = ANY ($5::uuid[]) ORDER BY s.at, s.id
"""


async def motions_by_id(actor: Actor, motion_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the motions of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(motion_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in motion_ids]


async def motions_of(actor: Actor, meeting_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a meeting's motions in the order in which they were moved."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_OF_MEETING, *eyes(actor), meeting_id, after, page.limit)
    return Slice.of(rows, page)


async def votes_by_id(actor: Actor, vote_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the votes of these ids, None where the actor sees none."""
    rows = await database.fetch(_VOTES_BY_ID, *eyes(actor), list(vote_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in vote_ids]


async def votes_by_motion(actor: Actor, motion_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the votes that were taken on motions, void ones included, in order."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_VOTES, *eyes(actor), list(motion_ids)):
        found[row["motion_id"]].append(row)
    return [found[each] for each in motion_ids]


async def open_votes(actor: Actor, meeting_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the vote that is being taken in each meeting."""
    rows = await database.fetch(_OPEN, *eyes(actor), list(meeting_ids))
    found = {row["meeting_id"]: row for row in rows}
    return [found.get(each) for each in meeting_ids]


async def seconders_by_motion(actor: Actor, motion_ids: Sequence[UUID]) -> list[list[UUID]]:
    """Batch: who seconded motions, in order."""
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in await database.fetch(_SECONDERS, *eyes(actor), list(motion_ids)):
        found[row["motion_id"]].append(row["person_id"])
    return [found[each] for each in motion_ids]
