"""Bodies, who sits in them, their regular meetings and the matters that wait for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.values import BodyLevel, MeetingForm

# $1 whether all is seen, $2 the actor's areas, $3 the actor.
_VISIBLE = """
($1 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(b.area_path, held.path) OR starts_with(held.path, b.area_path))
 OR EXISTS (
    SELECT FROM meetings_seat mine
    WHERE mine.body_id = b.id AND mine.person_id = $3::uuid AND mine.ended_at IS NULL))
"""
_COLUMNS = """
b.id, b.area_id, b.area_path, b.level, b.form, b.name, b.purpose, b.above_id, b.version,
b.created_at, b.dissolved_at, b.dissolve_reason
"""
_BY_ID = f"SELECT {_COLUMNS} FROM meetings_body b WHERE {_VISIBLE} AND b.id = ANY ($4::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM meetings_body b
WHERE {_VISIBLE}
  AND ($4::text IS NULL OR starts_with(b.area_path, $4))
  AND ($5::text[] IS NULL OR b.level = ANY ($5))
  AND ($6::text[] IS NULL OR b.form = ANY ($6))
  AND ($7 OR b.dissolved_at IS NULL)
  AND ($8::text IS NULL OR (b.area_path, b.id) > ($8, $9::uuid))
ORDER BY b.area_path, b.id LIMIT $10
"""
_SEATS = f"""
SELECT s.id, s.body_id, s.person_id, s.office, s.capacity, s.kind, s.group_name, s.since,
       s.until, s.ended_at, s.end_reason, s.created_at, p.name
FROM meetings_seat s
JOIN meetings_body b ON b.id = s.body_id
JOIN membership_person p ON p.id = s.person_id
WHERE {_VISIBLE}
"""
_SEATS_OF = f"""
{_SEATS}
  AND s.body_id = $4 AND ($5 OR s.ended_at IS NULL)
  AND ($6::timestamptz IS NULL OR (s.created_at, s.id) > ($6, $7::uuid))
ORDER BY s.created_at, s.id LIMIT $8
"""
_SEATS_BY_ID = f"{_SEATS} AND s.id = ANY ($4::uuid[])"
_RECURRENCES = f"""
SELECT r.id, r.body_id, r.kind, r.every, r.month_day, r.week_day, r.form, r.mode, r.title,
       r.place, r.starts_minute, r.lasts_minutes, r.ahead_days, r.monthly, r.first_day,
       r.last_day, r.made_until, r.created_at, r.ended_at, r.end_reason
FROM meetings_recurrence r JOIN meetings_body b ON b.id = r.body_id
WHERE {_VISIBLE}
"""
_RECURRENCES_OF = f"""
{_RECURRENCES}
  AND r.body_id = $4 AND ($5::timestamptz IS NULL OR (r.created_at, r.id) > ($5, $6::uuid))
ORDER BY r.created_at, r.id LIMIT $7
"""
_RECURRENCES_BY_ID = f"{_RECURRENCES} AND r.id = ANY ($4::uuid[])"


@dataclass(frozen=True, slots=True)
class BodyFilter:
    """What a list of bodies is narrowed to."""

    area_path: str | None = None
    levels: tuple[BodyLevel, ...] | None = None
    forms: tuple[MeetingForm, ...] | None = None
    with_dissolved: bool = False


def _eyes(actor: Actor) -> tuple[bool, list[str], UUID | None]:
    return actor.system, actor.area_paths(), actor.person_id


async def bodies(actor: Actor, asked: BodyFilter, page: Page) -> Slice[Row]:
    """Return a page of the bodies that the actor sees, by area."""
    path, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *_eyes(actor),
        asked.area_path,
        list(asked.levels) if asked.levels is not None else None,
        list(asked.forms) if asked.forms is not None else None,
        asked.with_dissolved,
        path,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def bodies_by_id(actor: Actor, body_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the bodies of these ids, None where the actor sees none."""
    return await _by_id(_BY_ID, actor, body_ids)


async def seats(actor: Actor, body_id: UUID, page: Page, *, ended: bool = False) -> Slice[Row]:
    """Return a page of a body's seats; those that ended where asked for."""
    made_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _SEATS_OF, *_eyes(actor), body_id, ended, made_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def seats_by_id(actor: Actor, seat_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the seats of these ids, None where the actor sees none."""
    return await _by_id(_SEATS_BY_ID, actor, seat_ids)


async def recurrences(actor: Actor, body_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a body's regular meetings, the ended ones too."""
    made_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _RECURRENCES_OF, *_eyes(actor), body_id, made_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def recurrences_by_id(actor: Actor, recurrence_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the regular meetings of these ids, None where the actor sees none."""
    return await _by_id(_RECURRENCES_BY_ID, actor, recurrence_ids)


async def _by_id(sql: str, actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    found = {row["id"]: row for row in await database.fetch(sql, *_eyes(actor), list(ids))}
    return [found.get(each) for each in ids]
