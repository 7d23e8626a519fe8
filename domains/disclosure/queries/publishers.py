"""Bodies that publish, as rows. They are public: everybody sees them."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

_COLUMNS = """p.id, p.kind, p.name, p.area_id, p.area_path, p.community_id, p.organisation_id,
              p.ended_at, p.contacts"""
_BY_ID = f"SELECT {_COLUMNS} FROM disclosure_publisher p WHERE p.id = ANY ($1::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM disclosure_publisher p
WHERE ($1::text IS NULL OR starts_with(p.area_path, $1)) AND p.ended_at IS NULL
  AND ($2::uuid IS NULL OR p.id > $2)
ORDER BY p.id LIMIT $3
"""


async def publishers_by_id(actor: Actor, publisher_ids: list[UUID]) -> list[Row | None]:
    """Batch: the publishers of these ids."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, publisher_ids)}
    return [found.get(each) for each in publisher_ids]


async def publishers(actor: Actor, within_path: str | None, page: Page) -> Slice[Row]:
    """Return a page of the standing publishers of an area and of what lies in it."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_LIST, within_path, after, page.limit), page)
