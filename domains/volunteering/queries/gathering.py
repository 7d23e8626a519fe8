"""Teams and stations: public to everybody."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Have

_MEMBERS = """
(SELECT count(*) FROM volunteering_team_member m WHERE m.team_id = t.id)::int AS members,
(SELECT count(*) FROM volunteering_team_member m
 WHERE m.team_id = t.id AND m.agreed_at IS NOT NULL)::int AS agreed
"""
_TEAMS_BY_ID = f"SELECT t.*, {_MEMBERS} FROM volunteering_team t WHERE t.id = ANY ($1::uuid[])"
_TEAMS = f"""
SELECT t.*, {_MEMBERS} FROM volunteering_team t
WHERE starts_with(t.area_path, $1) AND ($2::text IS NULL OR (t.name, t.id) > ($2, $3::uuid))
ORDER BY t.name, t.id LIMIT $4
"""
_OWN = f"""
SELECT t.*, {_MEMBERS}, m.joined_at, m.agreed_at FROM volunteering_team t
JOIN volunteering_team_member m ON m.team_id = t.id
JOIN volunteering_volunteer v ON v.id = m.volunteer_id
WHERE v.person_id = $1::uuid ORDER BY t.name, t.id LIMIT 100
"""
_STATIONS_BY_ID = "SELECT s.* FROM volunteering_station s WHERE s.id = ANY ($1::uuid[])"
_STATIONS = """
SELECT s.* FROM volunteering_station s
WHERE starts_with(s.area_path, $1) AND ($2::text IS NULL OR (s.name, s.id) > ($2, $3::uuid))
ORDER BY s.name, s.id LIMIT $4
"""
_HAVES = """
SELECT * FROM volunteering_station_have WHERE station_id = ANY ($1::uuid[])
"""

_CODES = """
SELECT s.area_id, array_remove(array_agg(h.code), NULL) AS codes
FROM volunteering_station s LEFT JOIN volunteering_station_have h ON h.station_id = s.id
WHERE starts_with(s.area_path, $1) GROUP BY s.id
"""


async def teams_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the teams of these ids."""
    found = {row["id"]: row for row in await database.fetch(_TEAMS_BY_ID, list(ids))}
    return [found.get(each) for each in ids]


async def teams(area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's teams, by name."""
    name, last_id = page.after or (None, None)
    rows = await database.fetch(_TEAMS, area_path, name, last_id, page.limit)
    return Slice.of(rows, page)


async def own_teams(actor: Actor) -> Sequence[Row]:
    """Return the teams that the actor belongs to, with whether they agreed to be called up."""
    return await database.fetch(_OWN, actor.person_id)


async def stations_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the stations of these ids."""
    found = {row["id"]: row for row in await database.fetch(_STATIONS_BY_ID, list(ids))}
    return [found.get(each) for each in ids]


async def stations(area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's stations, by name."""
    name, last_id = page.after or (None, None)
    rows = await database.fetch(_STATIONS, area_path, name, last_id, page.limit)
    return Slice.of(rows, page)


async def haves(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these stations have."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_HAVES, list(ids)):
        found[row["station_id"]].append(row)
    return [found[each] for each in ids]


async def figures_of(area_path: str) -> tuple[int, int]:
    """Return how many stations an area has, and how many of them have all that is asked."""
    rows = await database.fetch(_CODES, area_path)
    asked = {each: await _codes_at(each) for each in {row["area_id"] for row in rows}}
    complete = sum(asked[row["area_id"]] <= set(row["codes"]) for row in rows)
    return len(rows), complete


async def _codes_at(area_id: UUID) -> set[str]:
    return {each.code for each in (await procedure_at(area_id)).station_haves}


async def asked_of(actor: Actor, area_ids: Sequence[UUID]) -> list[tuple[Have, ...]]:
    """Batch: what the rules of these areas ask a station to have; a station's areas are few."""
    asked = {each: (await procedure_at(each)).station_haves for each in set(area_ids)}
    return [asked[each] for each in area_ids]
