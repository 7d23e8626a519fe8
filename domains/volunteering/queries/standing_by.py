"""Requests to stand in, and calls to emergency teams, as rows, for who has a part in them."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.sight import eyes

_SUBSTITUTIONS = """
SELECT x.*, asker.name AS asker_name, other.name AS substitute_name,
       x.substitute_person_id = $1::uuid AS is_to_me
FROM volunteering_substitution x
JOIN membership_person asker ON asker.id = x.person_id
JOIN membership_person other ON other.id = x.substitute_person_id
WHERE (x.person_id = $1::uuid OR x.substitute_person_id = $1::uuid)
"""
_SUBSTITUTIONS_BY_ID = f"{_SUBSTITUTIONS} AND x.id = ANY ($2::uuid[])"
_OWN_SUBSTITUTIONS = f"""
{_SUBSTITUTIONS} AND ($2::uuid IS NULL OR x.id < $2) ORDER BY x.id DESC LIMIT $3
"""
# Who manages the area, who leads the team or administers its organisation, and who was called.
_CALLS = """
SELECT c.*, t.name AS team_name, mine.answer AS my_answer,
       (mine.person_id IS NOT NULL) AS is_mine, counted.*
FROM volunteering_team_call c
JOIN volunteering_team t ON t.id = c.team_id
LEFT JOIN volunteering_team_answer mine ON mine.call_id = c.id AND mine.person_id = $3::uuid
CROSS JOIN LATERAL (
    SELECT count(*)::int AS called,
           (count(*) FILTER (WHERE r.answer = 'comes'))::int AS coming,
           (count(*) FILTER (WHERE r.answer = 'cannot'))::int AS unable,
           (count(*) FILTER (WHERE EXISTS (
               SELECT FROM volunteering_attendance p
               WHERE p.shift_id = c.shift_id AND p.volunteer_id = r.volunteer_id)))::int AS came
    FROM volunteering_team_answer r WHERE r.call_id = c.id) AS counted
WHERE ($1 OR mine.person_id IS NOT NULL OR t.leader_id = $3::uuid
       OR t.organisation_id = ANY ($4::uuid[])
       OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                  WHERE starts_with(c.area_path, held.path)))
"""
_CALLS_BY_ID = f"{_CALLS} AND c.id = ANY ($5::uuid[])"
_CALL_LIST = f"""
{_CALLS} AND starts_with(c.area_path, $5) AND ($6::uuid IS NULL OR c.id < $6)
ORDER BY c.id DESC LIMIT $7
"""


async def substitutions_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the requests of these ids, None where the actor has no part in one."""
    rows = await database.fetch(_SUBSTITUTIONS_BY_ID, actor.person_id, list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def own_substitutions(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the requests that the actor made or was asked by, the latest first."""
    last_id = page.after[0] if page.after else None
    rows = await database.fetch(_OWN_SUBSTITUTIONS, actor.person_id, last_id, page.limit)
    return Slice.of(rows, page)


async def calls_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the calls of these ids, None where the actor sees none."""
    rows = await database.fetch(_CALLS_BY_ID, *eyes(actor)[:4], list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def calls(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's calls that the actor sees, the latest first."""
    last_id = page.after[0] if page.after else None
    rows = await database.fetch(_CALL_LIST, *eyes(actor)[:4], area_path, last_id, page.limit)
    return Slice.of(rows, page)
