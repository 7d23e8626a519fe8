"""What somebody brings to a service: for who keeps orders, inside their commands.

These take no actor; what they return is never shown as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.volunteering.values.volunteers import (
    ServiceClass,
    TimeBlock,
    VolunteerSkillState,
    VolunteerState,
)

_FACTS = """
SELECT v.id, v.number, v.person_id, v.area_path, v.state, v.born_on, v.radius_m,
       EXISTS (SELECT FROM volunteering_insurance i
               WHERE i.volunteer_id = v.id AND i.covers_risky
                 AND $2 BETWEEN i.starts_on AND i.ends_on) AS is_insured,
       array(SELECT s.name FROM volunteering_skill s
             WHERE s.volunteer_id = v.id ORDER BY s.claimed_at, s.id) AS skill_names,
       array(SELECT s.state FROM volunteering_skill s
             WHERE s.volunteer_id = v.id ORDER BY s.claimed_at, s.id) AS skill_states,
       array(SELECT s.expires_on FROM volunteering_skill s
             WHERE s.volunteer_id = v.id ORDER BY s.claimed_at, s.id) AS skill_ends,
       array(SELECT t.weekday FROM volunteering_availability t
             WHERE t.volunteer_id = v.id ORDER BY t.weekday, t.block) AS weekdays,
       array(SELECT t.block FROM volunteering_availability t
             WHERE t.volunteer_id = v.id ORDER BY t.weekday, t.block) AS blocks,
       array(SELECT c.service_class FROM volunteering_service_class c
             WHERE c.volunteer_id = v.id ORDER BY 1) AS service_classes
FROM volunteering_volunteer v WHERE v.id = ANY ($1::uuid[])
"""
_OF_PERSON = "SELECT id FROM volunteering_volunteer WHERE person_id = $1"
_SIGNED_UP = """
SELECT EXISTS (
    SELECT FROM volunteering_sign_up u JOIN volunteering_shift s ON s.id = u.shift_id
    JOIN volunteering_activity a ON a.id = s.activity_id
    WHERE u.volunteer_id = $1 AND u.state = 'signed_up' AND a.state = 'published'
      AND s.starts_at < $3 AND s.ends_at > $2)
"""


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill, how sure it is, and the last day of its proof (None: no end is known)."""

    name: str
    state: VolunteerSkillState
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Fitness:
    """A volunteer, as a service asks of them on a day."""

    volunteer_id: UUID
    number: int
    person_id: UUID
    area_path: str
    is_registered: bool
    born_on: date
    radius_m: int | None
    is_insured: bool
    skills: tuple[Skill, ...]
    free: frozenset[tuple[int, TimeBlock]]
    service_classes: frozenset[ServiceClass]


async def fitness_of(volunteer_ids: Sequence[UUID], on: date) -> dict[UUID, Fitness]:
    """Return what these volunteers bring on a day; who is unknown is left out."""
    rows = await database.fetch(_FACTS, list(volunteer_ids), on)
    return {row["id"]: _fitness(row) for row in rows}


async def volunteer_of(person_id: UUID | None) -> UUID | None:
    """Return the volunteer that a person is, whatever their state; None where none."""
    found: UUID | None = await database.fetch_value(_OF_PERSON, person_id)
    return found


async def is_signed_up_within(volunteer_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a volunteer has a place in a shift that overlaps these times."""
    return bool(await database.fetch_value(_SIGNED_UP, volunteer_id, starts_at, ends_at))


def _fitness(row: Row) -> Fitness:
    skills = zip(row["skill_names"], row["skill_states"], row["skill_ends"], strict=True)
    free = zip(row["weekdays"], row["blocks"], strict=True)
    return Fitness(
        volunteer_id=row["id"],
        number=row["number"],
        person_id=row["person_id"],
        area_path=row["area_path"],
        is_registered=row["state"] == VolunteerState.REGISTERED.value,
        born_on=row["born_on"],
        radius_m=row["radius_m"],
        is_insured=row["is_insured"],
        skills=tuple(Skill(name, VolunteerSkillState(state), end) for name, state, end in skills),
        free=frozenset((weekday, TimeBlock(block)) for weekday, block in free),
        service_classes=frozenset(ServiceClass(each) for each in row["service_classes"]),
    )


_REGISTERED = """
SELECT id FROM volunteering_volunteer
WHERE state = 'registered' AND (starts_with(area_path, $1) OR starts_with($1, area_path))
ORDER BY id LIMIT $2
"""
_SIGNED_UP_TIMES = """
SELECT u.volunteer_id, s.starts_at, s.ends_at
FROM volunteering_sign_up u JOIN volunteering_shift s ON s.id = u.shift_id
JOIN volunteering_activity a ON a.id = s.activity_id
WHERE u.volunteer_id = ANY ($1::uuid[]) AND u.state = 'signed_up' AND a.state = 'published'
  AND s.starts_at < $3 AND s.ends_at > $2
"""


async def registered_in(area_path: str, *, most: int) -> list[UUID]:
    """Return the registered volunteers of an area, and of what it lies in, by id."""
    rows = await database.fetch(_REGISTERED, area_path, most)
    return [row["id"] for row in rows]


async def sign_ups_within(
    volunteer_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> Sequence[Row]:
    """Return the times of shifts that these volunteers signed up for, as far as they overlap."""
    return await database.fetch(_SIGNED_UP_TIMES, list(volunteer_ids), starts_at, ends_at)
