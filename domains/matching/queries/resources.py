"""Resources and what is kept of them, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.matching.queries.exchange_sight import PROJECT, RESOURCE, eyes
from domains.matching.values.resources import ResourceKind, ResourceState
from domains.volunteering.values.volunteers import ServiceClass

_COLUMNS = """
r.*, EXISTS (SELECT FROM matching_favourite f
             WHERE f.person_id = $3::uuid AND f.kind = 'resource' AND f.subject_id = r.id)
     AS is_favourite
"""
_BY_ID = f"SELECT {_COLUMNS} FROM matching_resource r WHERE {RESOURCE} AND r.id = ANY ($6::uuid[])"
# $17 and $18 are where the caller is; without them there is no distance.
_DISTANCE = """
CASE WHEN $17::int IS NOT NULL AND r.latitude_e6 IS NOT NULL
     THEN matching_distance_m(r.latitude_e6, r.longitude_e6, $17, $18) END
"""
_LIST = f"""
SELECT * FROM (
    SELECT {_COLUMNS}, {_DISTANCE} AS distance_m
    FROM matching_resource r
    WHERE {RESOURCE} AND starts_with(r.area_path, $6)
      AND ($7::text[] IS NULL OR r.kind = ANY ($7))
      AND ($8::text[] IS NULL OR r.state = ANY ($8))
      AND ($9::text IS NULL OR r.service_class = $9)
      AND ($10::text IS NULL OR strpos(lower(r.title || ' ' || r.content), lower($10)) > 0)
      AND ($11::timestamptz IS NULL OR (
            r.valid_until >= ($11 AT TIME ZONE 'Asia/Shanghai')::date
            AND r.valid_from <= (coalesce($12::timestamptz, $11) AT TIME ZONE 'Asia/Shanghai')::date
            AND (NOT EXISTS (SELECT FROM matching_resource_window w WHERE w.resource_id = r.id)
                 OR EXISTS (SELECT FROM matching_resource_window w WHERE w.resource_id = r.id
                            AND w.starts_at < coalesce($12, $11 + interval '1 minute')
                            AND w.ends_at > $11))))
      AND (NOT $13 OR EXISTS (SELECT FROM matching_favourite f WHERE f.person_id = $3::uuid
                              AND f.kind = 'resource' AND f.subject_id = r.id))
) found
WHERE ($14::int IS NULL OR distance_m <= $14)
  AND ($15::timestamptz IS NULL OR (offered_at, id) < ($15, $16::uuid))
ORDER BY offered_at DESC, id DESC LIMIT $19
"""
_WINDOWS = """
SELECT resource_id, starts_at, ends_at FROM matching_resource_window
WHERE resource_id = ANY ($1::uuid[]) ORDER BY starts_at, ends_at
"""
_STEPS = """
SELECT subject_id, state, at, reason FROM matching_history
WHERE subject_id = ANY ($1::uuid[]) ORDER BY number LIMIT 100 * $2
"""
# What is kept is told to who sees the resource and what it is kept for.
_RESERVATION = f"""
SELECT v.*, r.title AS resource_title, r.unit, r.kind FROM matching_reservation v
JOIN matching_resource r ON r.id = v.resource_id
LEFT JOIN matching_project p ON p.id = v.project_id
WHERE (({RESOURCE}) OR (p.id IS NOT NULL AND {PROJECT}))
"""
_RESERVATIONS_BY_ID = f"{_RESERVATION} AND v.id = ANY ($6::uuid[])"
_OF_RESOURCES = f"{_RESERVATION} AND v.resource_id = ANY ($6::uuid[]) ORDER BY v.id DESC LIMIT 1000"
_OF_PROJECTS = f"{_RESERVATION} AND v.project_id = ANY ($6::uuid[]) ORDER BY v.id DESC LIMIT 1000"
_CANDIDATES = """
SELECT r.id, r.kind, r.area_path, r.service_class, r.quantity, r.held, r.unit,
       r.latitude_e6, r.longitude_e6, r.valid_from, r.valid_until,
       ARRAY(SELECT ARRAY[w.starts_at, w.ends_at] FROM matching_resource_window w
             WHERE w.resource_id = r.id AND w.ends_at > kernel_now()
             ORDER BY w.starts_at LIMIT 200) AS windows,
       coalesce((SELECT jsonb_agg(jsonb_build_array(v.starts_at, v.ends_at, v.quantity))
                 FROM matching_reservation v
                 WHERE v.resource_id = r.id AND v.state NOT IN ('released', 'expired')
                   AND v.ends_at > kernel_now()), '[]')::text AS taken
FROM matching_resource r
WHERE starts_with(r.area_path, $1) AND r.kind = ANY ($2) AND r.state = 'available'
ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """What a list of resources is narrowed to; from a place, within a distance."""

    area_path: str
    kinds: tuple[ResourceKind, ...] | None = None
    states: tuple[ResourceState, ...] | None = None
    service_class: ServiceClass | None = None
    holds: str | None = None
    at: datetime | None = None
    until: datetime | None = None
    favourites_only: bool = False
    near: tuple[int, int] | None = None
    within_m: int | None = None


async def resources_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the resources of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def resources(actor: Actor, asked: ResourceFilter, page: Page) -> Slice[Row]:
    """Return a page of the resources that the actor sees, the latest offered first."""
    offered_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *(*eyes(actor), asked.area_path),
        list(asked.kinds) if asked.kinds is not None else None,
        list(asked.states) if asked.states is not None else None,
        *(asked.service_class, asked.holds, asked.at, asked.until, asked.favourites_only),
        asked.within_m if asked.near is not None else None,
        *(offered_at, last_id, *(asked.near or (None, None)), page.limit),
    )
    return Slice.of(rows, page)


async def windows_by_resource(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: when these resources are offered; who sees them has been judged."""
    return _grouped(ids, "resource_id", await database.fetch(_WINDOWS, list(ids)))


async def steps_by_subject(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what became of resources and projects, in order; who sees them has been judged."""
    return _grouped(ids, "subject_id", await database.fetch(_STEPS, list(ids), len(ids)))


async def reservations_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the reservations of these ids, None where the actor sees none."""
    rows = await database.fetch(_RESERVATIONS_BY_ID, *eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def reservations_by_resource(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what is kept of these resources, the latest first."""
    rows = await database.fetch(_OF_RESOURCES, *eyes(actor), list(ids))
    return _grouped(ids, "resource_id", rows)


async def reservations_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what is kept for these projects, the latest first: where each item went."""
    rows = await database.fetch(_OF_PROJECTS, *eyes(actor), list(ids))
    return _grouped(ids, "project_id", rows)


async def candidates(area_path: str, *kinds: ResourceKind) -> Sequence[Row]:
    """Return what is available in an area now, for the matcher; takes no actor.

    Rows of id, kind, area_path, service_class, quantity, held, unit, a place, a validity, and
    of venues `windows` ([start, end]) and `taken` (JSON of [start, end, quantity]).
    """
    return await database.fetch(_CANDIDATES, area_path, list(kinds))


def _grouped(ids: Sequence[UUID], key: str, rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in rows:
        found[row[key]].append(row)
    return [found[each] for each in ids]
