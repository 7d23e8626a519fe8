"""Rooms: who is invited and present, the quorum, and the log from any place on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, codes, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.kernel.rules import Threshold
from domains.meetings.policy.places import helps, presides
from domains.meetings.queries import standings
from domains.meetings.queries.sight import VISIBLE, WITHIN, eyes
from domains.meetings.rules.quorum import Quorum
from domains.meetings.values import UNDER_WAY, MeetingMode, Response, Standing
from domains.meetings.values.room import CHECK_IN_CODE

_HEADS = """
SELECT m.id AS meeting_id, m.area_path, m.state, m.log_seq, m.chair_id, m.current_item_id,
       m.frozen_rules #> '{content,quorum}' #>> '{}' AS share,
       count(i.id) AS invited,
       count(*) FILTER (WHERE i.standing = 'present') AS present,
       count(*) FILTER (WHERE i.standing = 'excused') AS excused,
       count(*) FILTER (WHERE i.standing = 'left') AS gone,
       count(*) FILTER (WHERE i.votes) AS entitled,
       count(*) FILTER (WHERE i.votes AND i.standing = 'present') AS voters_present
FROM meetings_meeting m
LEFT JOIN meetings_invitation i ON i.meeting_id = m.id AND i.revoked_at IS NULL
WHERE m.id = ANY ($1::uuid[]) GROUP BY m.id
"""
# Names are for who takes part; what they answered, and why they are absent, too.
_PEOPLE = f"""
SELECT i.id, i.meeting_id, i.person_id, i.capacity, i.kind, i.votes, i.group_name,
       i.stands_in_for_id, i.invited_at, i.standing, i.check_in_method, i.arrived_at, i.left_at,
       i.revoked_at, sees.within, p.name,
       CASE WHEN sees.within THEN i.response END AS response,
       CASE WHEN sees.within THEN i.responded_at END AS responded_at,
       CASE WHEN sees.within THEN i.note END AS note
FROM meetings_invitation i
JOIN meetings_meeting m ON m.id = i.meeting_id
JOIN membership_person p ON p.id = i.person_id
CROSS JOIN LATERAL (SELECT {WITHIN} AS within) sees
WHERE {VISIBLE}
"""
_PEOPLE_OF = f"""
{_PEOPLE}
  AND i.meeting_id = $5 AND i.revoked_at IS NULL
  AND ($6::text[] IS NULL OR i.standing = ANY ($6))
  AND ($7::text[] IS NULL OR sees.within AND i.response = ANY ($7))
  AND ($8::timestamptz IS NULL OR (i.invited_at, i.id) > ($8, $9::uuid))
ORDER BY i.invited_at, i.id LIMIT $10
"""
_PEOPLE_BY_ID = f"{_PEOPLE} AND i.id = ANY ($5::uuid[])"
_MINE = f"""
{_PEOPLE} AND i.person_id = $4::uuid AND i.revoked_at IS NULL AND i.meeting_id = ANY ($5::uuid[])
"""
_LOG = f"""
SELECT l.meeting_id, l.seq, l.kind, l.at, l.actor_id, l.subject_id, l.person_id,
       l.payload::text AS payload
FROM meetings_log l JOIN meetings_meeting m ON m.id = l.meeting_id
WHERE {VISIBLE} AND l.meeting_id = $5 AND l.seq > $6 ORDER BY l.seq LIMIT $7
"""
_SHARED_LOG = """
SELECT l.meeting_id, l.seq, l.kind, l.at, l.actor_id, l.subject_id, l.person_id,
       l.payload::text AS payload
FROM meetings_log l WHERE l.meeting_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3
"""
_CODE = """
SELECT m.area_path, m.state, m.mode, m.chair_id, m.secretary_id,
       (m.frozen_rules #>> '{content,codeSeconds}')::integer AS lasts_s,
       s.office, i.capacity, i.kind, i.votes, i.standing
FROM meetings_meeting m
LEFT JOIN meetings_seat s ON s.body_id = m.body_id AND s.person_id = $2 AND s.ended_at IS NULL
LEFT JOIN meetings_invitation i
  ON i.meeting_id = m.id AND i.person_id = $2 AND i.revoked_at IS NULL
WHERE m.id = $1
"""


@dataclass(frozen=True, slots=True)
class RoomHeads:
    """How many are invited, there, gone, excused; and the quorum of those who decide."""

    invited: int
    present: int
    gone: int
    excused: int
    quorum: Quorum

    @property
    def absent(self) -> int:
        """Return how many have neither come nor been excused."""
        return self.invited - self.present - self.gone - self.excused


@dataclass(frozen=True, slots=True)
class RoomCode:
    """What the room shows for check-in on the spot, and until when it is shown."""

    code: str
    expires_at: datetime

    @property
    def svg(self) -> str:
        """Draw it as a QR code."""
        return codes.drawn(self.code)


async def heads_by_meeting(actor: Actor, meeting_ids: Sequence[UUID]) -> list[RoomHeads]:
    """Batch: the heads of meetings that the actor sees, counted now."""
    rows = {row["meeting_id"]: row for row in await database.fetch(_HEADS, list(meeting_ids))}
    return [heads_of(rows[each]) for each in meeting_ids]


async def room_row(meeting_id: UUID) -> Row | None:
    """Return how a room stands now, alike for all; the caller sees to who may hear of it."""
    return await database.fetch_one(_HEADS, [meeting_id])


def heads_of(row: Row) -> RoomHeads:
    """Read the heads of a room's row."""
    share = Threshold.of(json.loads(row["share"])) if row["share"] else None
    return RoomHeads(
        invited=row["invited"],
        present=row["present"],
        gone=row["gone"],
        excused=row["excused"],
        quorum=Quorum(share, row["entitled"], row["voters_present"]),
    )


async def attendees(
    actor: Actor,
    meeting_id: UUID,
    page: Page,
    *,
    standing: Sequence[Standing] | None = None,
    responses: Sequence[Response] | None = None,
) -> Slice[Row]:
    """Return a page of who is invited to a meeting, as the room knows them."""
    invited_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _PEOPLE_OF,
        *eyes(actor),
        meeting_id,
        list(standing) if standing is not None else None,
        list(responses) if responses is not None else None,
        invited_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def attendees_by_id(actor: Actor, invitation_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the invitations of these ids, None where the actor sees none."""
    rows = await database.fetch(_PEOPLE_BY_ID, *eyes(actor), list(invitation_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in invitation_ids]


async def my_part(actor: Actor, meeting_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the actor's own invitations to meetings, None where there is none."""
    rows = await database.fetch(_MINE, *eyes(actor), list(meeting_ids))
    found = {row["meeting_id"]: row for row in rows}
    return [found.get(each) for each in meeting_ids]


async def log_after(actor: Actor, meeting_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a meeting's log after a number, as an actor who sees the meeting."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_LOG, *eyes(actor), meeting_id, after, page.limit)
    return Slice.of(rows, page)


async def log_between(meeting_id: UUID, *, after: int, most: int) -> Sequence[Row]:
    """Return entries of a log after a number; the caller has seen to who may read it."""
    return await database.fetch(_SHARED_LOG, meeting_id, after, most)


async def room_code(actor: Actor, meeting_id: UUID) -> RoomCode | None:
    """Return the code that the room shows now, for who organises, helps or has the chair.

    None for others, where nobody comes in on the spot, and while the room is closed.
    """
    row = await database.fetch_one(_CODE, meeting_id, actor.person_id)
    if row is None:
        return None
    place = standings.place_of_row(row, actor.person_id)
    shows = helps(actor, place) or presides(actor, place)
    if not shows or place.state not in UNDER_WAY or row["mode"] == MeetingMode.ONLINE:
        return None
    lasts_s: int = row["lasts_s"]
    code = codes.shown(CHECK_IN_CODE, meeting_id, now=await clock.now(), lasts_s=lasts_s)
    return RoomCode(code.text, code.ends_at)
