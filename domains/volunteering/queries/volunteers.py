"""Volunteers, as rows: themselves, their guardians, and who keeps the area's volunteers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.sight import VOLUNTEER, eyes
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock, VolunteerState

_COLUMNS = """
v.id, v.number, v.person_id, v.area_id, v.area_path, v.state, v.guardian_id, v.radius_m,
v.version, v.registered_at, v.withdrawn_at, v.entered_by_id,
v.care_note_sealed IS NOT NULL AS has_care_note,
array(SELECT c.service_class FROM volunteering_service_class c
      WHERE c.volunteer_id = v.id ORDER BY 1) AS service_classes
"""
_BY_ID = f"""
SELECT {_COLUMNS} FROM volunteering_volunteer v WHERE {VOLUNTEER} AND v.id = ANY ($4::uuid[])
"""
_OF = f"""
SELECT {_COLUMNS} FROM volunteering_volunteer v
WHERE {VOLUNTEER} AND (v.person_id = $3 OR ($4 AND v.guardian_id = $3)) ORDER BY v.number
"""
_LIST = f"""
SELECT {_COLUMNS} FROM volunteering_volunteer v
WHERE {VOLUNTEER} AND starts_with(v.area_path, $4)
  AND ($5::text[] IS NULL OR v.state = ANY ($5))
  AND ($6::text IS NULL OR EXISTS (
        SELECT FROM volunteering_service_class c
        WHERE c.volunteer_id = v.id AND c.service_class = $6))
  AND ($7::smallint IS NULL OR EXISTS (
        SELECT FROM volunteering_availability t
        WHERE t.volunteer_id = v.id AND t.weekday = $7
          AND ($8::text IS NULL OR t.block = $8)))
  AND ($9::bigint IS NULL OR v.number > $9)
ORDER BY v.number LIMIT $10
"""
_TIMES = """
SELECT volunteer_id, weekday, block FROM volunteering_availability
WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY weekday,
      array_position(ARRAY['morning', 'afternoon', 'evening'], block::text)
"""


@dataclass(frozen=True, slots=True)
class VolunteerFilter:
    """What a list of volunteers is narrowed to."""

    area_path: str
    states: tuple[VolunteerState, ...] | None = None
    service_class: ServiceClass | None = None
    weekday: int | None = None
    block: TimeBlock | None = None


async def volunteers_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the volunteers of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor)[:3], list(ids))}
    return [found.get(each) for each in ids]


async def own(actor: Actor, *, wards: bool = False) -> Sequence[Row]:
    """Return the actor's own registration, and with `wards` those under the actor's guard."""
    return await database.fetch(_OF, *eyes(actor)[:3], wards)


async def volunteers(actor: Actor, asked: VolunteerFilter, page: Page) -> Slice[Row]:
    """Return a page of the volunteers whom the actor sees, by number."""
    (number,) = page.after or (None,)
    rows = await database.fetch(
        _LIST,
        *eyes(actor)[:3],
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        *(asked.service_class, asked.weekday, asked.block, number, page.limit),
    )
    return Slice.of(rows, page)


async def availability(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: when these volunteers are free; who sees them has been judged."""
    return await _by_volunteer(_TIMES, ids)


async def _by_volunteer(sql: str, ids: Sequence[UUID]) -> list[list[Row]]:
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(sql, list(ids)):
        found[row["volunteer_id"]].append(row)
    return [found[each] for each in ids]


_SKILLS = """
SELECT *, coalesce(expires_on < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date, false)
       AS is_expired
FROM volunteering_skill WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY claimed_at, id
"""
_INSURANCES = """
SELECT * FROM volunteering_insurance WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY starts_on, id
"""
_TRAININGS = """
SELECT * FROM volunteering_training WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY held_on, id
"""
_AWARDS = """
SELECT * FROM volunteering_award WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY granted_on, id
"""
_CONSENTS = """
SELECT * FROM volunteering_consent WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY granted_at, id
"""
_TEAMS = """
SELECT t.*, (SELECT count(*) FROM volunteering_team_member m WHERE m.team_id = t.id)::int
       AS members, m.volunteer_id
FROM volunteering_team t JOIN volunteering_team_member m ON m.team_id = t.id
WHERE m.volunteer_id = ANY ($1::uuid[]) ORDER BY t.name, t.id
"""


async def skills(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these volunteers can do; who sees them has been judged."""
    return await _by_volunteer(_SKILLS, ids)


async def insurances(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: how these volunteers are insured; who sees them has been judged."""
    return await _by_volunteer(_INSURANCES, ids)


async def trainings(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these volunteers have learnt; who sees them has been judged."""
    return await _by_volunteer(_TRAININGS, ids)


async def awards(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these volunteers were granted; who sees them has been judged."""
    return await _by_volunteer(_AWARDS, ids)


async def consents(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these volunteers agreed to; who sees them has been judged."""
    return await _by_volunteer(_CONSENTS, ids)


async def teams(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the teams of these volunteers; who sees them has been judged."""
    return await _by_volunteer(_TEAMS, ids)
