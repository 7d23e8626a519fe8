"""What is short, for who belongs: of a class and a community, never of a person."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

_SHORTAGES = """
SELECT s.id, s.community_id, s.area_path, s.service_class, lower(s.weeks) AS first_day,
       upper(s.weeks) AS end_day, s.times, s.places, s.reasons, s.found_at
FROM matching_shortage s
WHERE ($1 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(s.area_path, held.path) OR starts_with(held.path, s.area_path)))
"""
_BY_ID = f"{_SHORTAGES} AND s.id = ANY ($3::uuid[])"
_LIST = f"""
{_SHORTAGES} AND starts_with(s.area_path, $3) AND ($4::uuid IS NULL OR s.id < $4)
ORDER BY s.id DESC LIMIT $5
"""


async def shortages_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these shortages, None where the actor does not belong."""
    rows = await database.fetch(_BY_ID, actor.system, actor.area_paths(), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def shortages(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of what is short in an area, the latest first."""
    rows = await database.fetch(
        _LIST,
        actor.system,
        actor.area_paths(),
        area_path,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)
