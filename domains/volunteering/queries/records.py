"""Service records, as rows: one's own, those one leads, and what is publicised to who belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.sight import LEADS, RECORD, eyes
from domains.volunteering.values.records import ServiceRecordState

_COLUMNS = f"""
r.*, v.activity_title, v.content, v.place, v.organisation_id, v.organisation_name, v.leader_id,
{LEADS} AS is_led, r.person_id = $3::uuid AS is_mine, t.in_reason, t.out_reason,
EXISTS (SELECT FROM volunteering_suspicion s
        WHERE s.record_id = r.id AND s.outcome = 'open') AS is_under_review
"""
_FROM = """
FROM volunteering_record r
JOIN volunteering_record_version v ON v.record_id = r.id AND v.version = r.version
JOIN volunteering_activity a ON a.id = r.activity_id
LEFT JOIN volunteering_attendance t ON t.id = r.attendance_id
"""
_BY_ID = f"SELECT {_COLUMNS} {_FROM} WHERE {RECORD} AND r.id = ANY ($6::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} {_FROM}
WHERE {RECORD}
  AND ($6::text IS NULL OR starts_with(r.area_path, $6))
  AND ($7::uuid IS NULL OR r.volunteer_id = $7)
  AND ($8::text[] IS NULL OR r.state = ANY ($8))
  AND ($9::date IS NULL OR r.day >= $9) AND ($10::date IS NULL OR r.day <= $10)
  AND ($11::boolean IS NULL OR $11 = EXISTS (
        SELECT FROM volunteering_suspicion s WHERE s.record_id = r.id AND s.outcome = 'open'))
  AND ($12::date IS NULL OR (r.day, r.id) < ($12, $13::uuid))
ORDER BY r.day DESC, r.id DESC LIMIT $14
"""
_CONFIRMATIONS = """
SELECT record_id, by_id, at FROM volunteering_confirmation
WHERE record_id = ANY ($1::uuid[]) ORDER BY at, by_id
"""
_SUSPICIONS = f"""
SELECT s.*, {LEADS} AS is_led FROM volunteering_suspicion s
JOIN volunteering_record r ON r.id = s.record_id
JOIN volunteering_activity a ON a.id = r.activity_id
WHERE ({LEADS} OR r.person_id = $3::uuid) AND s.record_id = ANY ($5::uuid[])
ORDER BY s.raised_at, s.id
"""
_CONTESTS = """
SELECT c.* FROM volunteering_contest c WHERE c.record_id = ANY ($1::uuid[])
ORDER BY c.filed_at, c.id
"""
_CONTESTS_BY_ID = f"""
SELECT c.* FROM volunteering_contest c
JOIN volunteering_record r ON r.id = c.record_id
JOIN volunteering_activity a ON a.id = r.activity_id
WHERE {RECORD} AND c.id = ANY ($6::uuid[])
"""
_VERSIONS = """
SELECT * FROM volunteering_record_version WHERE record_id = ANY ($1::uuid[])
ORDER BY record_id, version
"""


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a list of records is narrowed to."""

    area_path: str | None = None
    volunteer_id: UUID | None = None
    states: tuple[ServiceRecordState, ...] | None = None
    since: date | None = None
    until: date | None = None
    under_review: bool | None = None


async def records_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the records of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def records(actor: Actor, asked: RecordFilter, page: Page) -> Slice[Row]:
    """Return a page of the records that the actor sees, the latest served first."""
    day, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        *(asked.area_path, asked.volunteer_id),
        list(asked.states) if asked.states is not None else None,
        *(asked.since, asked.until, asked.under_review, day, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def confirmations(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who confirmed these records; who sees them has been judged."""
    return await by_record(_CONFIRMATIONS, ids)


async def suspicions(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what put these records under review, for the volunteer and who leads."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_SUSPICIONS, *eyes(actor)[:4], list(ids)):
        found[row["record_id"]].append(row)
    return [found[each] for each in ids]


async def contests(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the contests of these records; who sees them has been judged."""
    return await by_record(_CONTESTS, ids)


async def contests_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the contests of these ids, None where the actor does not see the record."""
    rows = await database.fetch(_CONTESTS_BY_ID, *eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def versions(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: all that these records have said; who sees them has been judged."""
    return await by_record(_VERSIONS, ids)


async def by_record(sql: str, ids: Sequence[UUID]) -> list[list[Row]]:
    """Return rows that hang on records, in the order of the ids."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(sql, list(ids)):
        found[row["record_id"]].append(row)
    return [found[each] for each in ids]
