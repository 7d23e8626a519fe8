"""Activities and their shifts, as rows, and the code that is shown on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, codes, database
from domains.kernel.actor import Actor
from domains.kernel.codes import RotatingCode
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.queries.sight import ACTIVITY, LEADS, eyes
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.codes import CHECK_IN_CODE
from domains.volunteering.values.volunteers import ServiceClass

_FIRST = """
(SELECT min(s.starts_at) FROM volunteering_shift s WHERE s.activity_id = a.id) AS first_at
"""
_BY_ID = f"""
SELECT a.*, {_FIRST} FROM volunteering_activity a WHERE {ACTIVITY} AND a.id = ANY ($6::uuid[])
"""
_LIST = f"""
SELECT a.*, {_FIRST} FROM volunteering_activity a
WHERE {ACTIVITY} AND a.order_id IS NULL AND starts_with(a.area_path, $6)
  AND NOT EXISTS (SELECT FROM volunteering_team_call c WHERE c.activity_id = a.id)
  AND ($7::text[] IS NULL OR a.state = ANY ($7))
  AND ($8::text IS NULL OR a.service_class = $8)
  AND ($9::timestamptz IS NULL OR EXISTS (
        SELECT FROM volunteering_shift s WHERE s.activity_id = a.id AND s.ends_at > $9))
  AND ($10::timestamptz IS NULL OR (a.created_at, a.id) < ($10, $11::uuid))
ORDER BY a.created_at DESC, a.id DESC LIMIT $12
"""
_SHIFTS = """
SELECT s.*, (SELECT count(*) FROM volunteering_sign_up u
             WHERE u.shift_id = s.id AND u.state = 'signed_up')::int AS taken,
       EXISTS (SELECT FROM volunteering_sign_up u
               JOIN volunteering_volunteer v ON v.id = u.volunteer_id
               WHERE u.shift_id = s.id AND u.state = 'signed_up'
                 AND v.person_id = $2::uuid) AS is_mine,
       (SELECT count(*) FROM volunteering_waiting w
        WHERE w.shift_id = s.id AND w.state = 'waiting')::int AS waiting,
       (SELECT count(*) FROM volunteering_waiting w
        JOIN volunteering_waiting mine ON mine.shift_id = s.id AND mine.state = 'waiting'
         AND mine.person_id = $2::uuid
        WHERE w.shift_id = s.id AND w.state = 'waiting' AND w.place <= mine.place)::int
           AS my_position,
       (SELECT w.decline_until FROM volunteering_waiting w
        WHERE w.shift_id = s.id AND w.state = 'moved_up' AND w.person_id = $2::uuid
          AND w.decline_until > kernel_now()) AS decline_until
FROM volunteering_shift s WHERE {}
ORDER BY s.starts_at, s.id
"""
_OF_ACTIVITIES = _SHIFTS.format("s.activity_id = ANY ($1::uuid[])")
_SHIFTS_BY_ID = _SHIFTS.format("s.id = ANY ($1::uuid[])")
_CODE = f"""
SELECT a.area_id FROM volunteering_shift s JOIN volunteering_activity a ON a.id = s.activity_id
WHERE {LEADS} AND s.id = $5 AND a.state = 'published'
  AND s.ends_at > kernel_now() - interval '24 hours'
"""


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What a list of activities is narrowed to."""

    area_path: str
    states: tuple[VolunteerActivityState, ...] | None = None
    service_class: ServiceClass | None = None
    ending_after: datetime | None = None


async def activities_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the activities of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def activities(actor: Actor, asked: ActivityFilter, page: Page) -> Slice[Row]:
    """Return a page of the activities that the actor sees, the latest first."""
    created_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        *(asked.service_class, asked.ending_after, created_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def shifts_by_activity(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the shifts of these activities; who sees them has been judged."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_OF_ACTIVITIES, list(ids), actor.person_id):
        found[row["activity_id"]].append(row)
    return [found[each] for each in ids]


async def shifts_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the shifts of these ids whose activity the actor sees, None for others."""
    rows = await database.fetch(_SHIFTS_BY_ID, list(ids), actor.person_id)
    seen = await activities_by_id(actor, [row["activity_id"] for row in rows])
    visible = {row["id"] for row in seen if row is not None}
    found = {row["id"]: row for row in rows if row["activity_id"] in visible}
    return [found.get(each) for each in ids]


async def shift_code(actor: Actor, shift_id: UUID) -> RotatingCode | None:
    """Return the code that is shown on the spot now, for who leads; None for others."""
    area_id = await database.fetch_value(_CODE, *eyes(actor)[:4], shift_id)
    if area_id is None:
        return None
    procedure = await procedure_at(area_id)
    return codes.shown(
        CHECK_IN_CODE, shift_id, now=await clock.now(), lasts_s=procedure.code_seconds
    )
