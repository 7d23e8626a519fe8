"""The floor of a room: who speaks, who waits in which order, and how long each has spoken."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries.motions import MOTION_COLUMNS
from domains.meetings.queries.sight import VISIBLE, WITHIN, eyes
from domains.meetings.rules import floor as rules
from domains.meetings.rules.floor import FloorTerms, Hand, Turn
from domains.meetings.rules.motions import MotionTerms
from domains.meetings.values.floor import RequestState, SpeakingSide

# Names are for who takes part.
_REQUESTS = f"""
SELECT r.id, r.meeting_id, r.matter_id, r.motion_id, r.item_id, r.person_id, r.group_name,
       r.side, r.number, r.state, r.raised_at, r.called_at, r.call_number, r.overrule_reason,
       r.limit_s, r.banked_ms, r.running_since, r.ended_at, r.ending, p.name, sees.within
FROM meetings_request r
JOIN meetings_meeting m ON m.id = r.meeting_id
JOIN membership_person p ON p.id = r.person_id
CROSS JOIN LATERAL (SELECT {WITHIN} AS within) sees
WHERE {VISIBLE}
"""
_LIVE = f"""
{_REQUESTS} AND r.meeting_id = ANY ($5::uuid[])
  AND r.state IN ('waiting', 'speaking', 'interrupted')
ORDER BY r.number
"""
_BY_ID = f"{_REQUESTS} AND r.id = ANY ($5::uuid[])"
_ROOMS = f"""
SELECT m.id, m.current_item_id, m.frozen_rules #>> '{{content,floor}}' AS terms,
       m.frozen_rules #>> '{{content,motions}}' AS motions
FROM meetings_meeting m
WHERE {VISIBLE} AND m.id = ANY ($5::uuid[]) AND m.frozen_rules IS NOT NULL
"""
_BEFORE = f"""
SELECT {MOTION_COLUMNS} FROM meetings_motion o JOIN meetings_meeting m ON m.id = o.meeting_id
WHERE {VISIBLE} AND o.meeting_id = ANY ($5::uuid[]) AND o.settled_at IS NULL ORDER BY o.number
"""
_SAID = """
SELECT matter_id, person_id, side FROM meetings_request
WHERE matter_id = ANY ($1::uuid[]) AND call_number IS NOT NULL ORDER BY call_number
"""
_BY_PERSON = f"""
SELECT * FROM (
    SELECT r.person_id, count(*) AS speeches, sum(r.banked_ms)::bigint AS spoken_ms
    FROM meetings_request r JOIN meetings_meeting m ON m.id = r.meeting_id
    WHERE {VISIBLE} AND r.meeting_id = $5 AND r.call_number IS NOT NULL GROUP BY r.person_id
) totals
WHERE $6::bigint IS NULL OR (spoken_ms, person_id) < ($6, $7::uuid)
ORDER BY spoken_ms DESC, person_id DESC LIMIT $8
"""
_BY_GROUP = f"""
SELECT r.meeting_id, r.group_name, count(*) AS speeches, sum(r.banked_ms)::bigint AS spoken_ms
FROM meetings_request r JOIN meetings_meeting m ON m.id = r.meeting_id
WHERE {VISIBLE} AND r.meeting_id = ANY ($5::uuid[]) AND r.call_number IS NOT NULL
GROUP BY r.meeting_id, r.group_name ORDER BY r.meeting_id, spoken_ms DESC, r.group_name
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """What a room knows of its floor, read at one instant."""

    meeting_id: UUID
    at: datetime
    terms: FloorTerms
    motions: MotionTerms
    stack: Sequence[Row]
    speaking: Row | None
    interrupted: Row | None
    queue: Sequence[Row]


async def floors(actor: Actor, meeting_ids: Sequence[UUID]) -> list[Floor | None]:
    """Batch: the floors of meetings, None where the actor sees none or it is not convened."""
    ids, sight = list(meeting_ids), eyes(actor)
    rooms = {row["id"]: row for row in await database.fetch(_ROOMS, *sight, ids)}
    stacks = _grouped(await database.fetch(_BEFORE, *sight, ids), "meeting_id")
    live = _grouped(await database.fetch(_LIVE, *sight, ids), "meeting_id")
    matters = {each: _matter(rooms[each], stacks[each]) for each in rooms}
    said = _grouped(await database.fetch(_SAID, list(matters.values())), "matter_id")
    now = await clock.now()
    found = {
        each: _floor(
            rooms[each],
            now,
            stack=stacks[each],
            live=live[each],
            said=said[matters[each]],
            matter_id=matters[each],
        )
        for each in rooms
    }
    return [found.get(each) for each in meeting_ids]


def _grouped(rows: Iterable[Row], by: str) -> defaultdict[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return found


def _matter(room: Row, stack: Sequence[Row]) -> UUID:
    debated = [row["id"] for row in stack if row["kind"] != SpeakingSide.POINT_OF_ORDER]
    matter: UUID = debated[-1] if debated else room["current_item_id"] or room["id"]
    return matter


def _floor(
    room: Row,
    now: datetime,
    *,
    stack: Sequence[Row],
    live: Sequence[Row],
    said: Sequence[Row],
    matter_id: UUID,
) -> Floor:
    terms = FloorTerms.of(json.loads(room["terms"]))
    by_state = _by_state(live)
    waiting = {
        row["id"]: row
        for row in by_state[RequestState.WAITING]
        if row["matter_id"] == matter_id or row["side"] == SpeakingSide.POINT_OF_ORDER
    }
    listed = rules.order(
        [_hand(row) for row in waiting.values()],
        [Turn(row["person_id"], SpeakingSide(row["side"])) for row in said],
        terms,
    )
    speaking, interrupted = by_state[RequestState.SPEAKING], by_state[RequestState.INTERRUPTED]
    return Floor(
        meeting_id=room["id"],
        at=now,
        terms=terms,
        motions=MotionTerms.of(json.loads(room["motions"])),
        stack=stack,
        speaking=speaking[0] if speaking else None,
        interrupted=interrupted[0] if interrupted else None,
        queue=[waiting[each.id] for each in listed],
    )


def _by_state(rows: Iterable[Row]) -> defaultdict[RequestState, list[Row]]:
    found: defaultdict[RequestState, list[Row]] = defaultdict(list)
    for row in rows:
        found[RequestState(row["state"])].append(row)
    return found


def _hand(row: Row) -> Hand:
    return Hand(row["id"], row["person_id"], SpeakingSide(row["side"]), row["number"])


async def requests_by_id(actor: Actor, request_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the requests to speak of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(request_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in request_ids]


async def totals_by_person(actor: Actor, meeting_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of how long each person has spoken, the longest first."""
    spoken_ms, last_id = page.after or (None, None)
    rows = await database.fetch(
        _BY_PERSON, *eyes(actor), meeting_id, spoken_ms, last_id, page.limit
    )
    return Slice.of(rows, page)


async def totals_by_group(actor: Actor, meeting_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: how long each group has spoken in meetings, the longest first."""
    found = _grouped(await database.fetch(_BY_GROUP, *eyes(actor), list(meeting_ids)), "meeting_id")
    return [found[each] for each in meeting_ids]
