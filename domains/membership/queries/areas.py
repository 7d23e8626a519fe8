"""The tree of areas, as rows. It is public: everybody sees it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import sight
from domains.membership.values import AreaKind

_COLUMNS = "a.id, a.kind, a.code, a.name, a.path, a.parent_id"
_BY_ID = f"SELECT {_COLUMNS} FROM membership_area a WHERE a.id = ANY ($1::uuid[])"
_BY_PATH = f"SELECT {_COLUMNS} FROM membership_area a WHERE a.path = ANY ($1::text[])"
_ANCESTORS = f"""
SELECT {_COLUMNS}, below.id AS of_id
FROM membership_area below
JOIN membership_area a
  ON a.path = ANY (membership_prefixes(below.path)) AND a.id <> below.id
WHERE below.id = ANY ($1::uuid[])
ORDER BY below.id, length(a.path)
"""
_LIST = f"""
SELECT {_COLUMNS} FROM membership_area a
WHERE ($1::text IS NULL OR a.path LIKE $1)
  AND ($2::text[] IS NULL OR a.kind = ANY ($2))
  AND ($3::text IS NULL OR strpos(a.name, $3) > 0)
  AND ($4::uuid IS NULL OR a.parent_id = $4)
  AND ($5::text IS NULL OR a.path > $5)
ORDER BY a.path LIMIT $6
"""
_CHILDREN = f"""
SELECT {_COLUMNS} FROM unnest($1::uuid[]) AS parent (id)
CROSS JOIN LATERAL (
    SELECT * FROM membership_area child
    WHERE child.parent_id = parent.id ORDER BY child.path LIMIT $2
) a
ORDER BY a.path
"""


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """What a list of areas is narrowed to."""

    within_path: str | None = None
    kinds: tuple[AreaKind, ...] | None = None
    name_holds: str | None = None
    parent_id: UUID | None = None


async def areas_by_id(actor: Actor, area_ids: list[UUID]) -> list[Row | None]:
    """Batch: the areas of these ids."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, area_ids)}
    return [found.get(each) for each in area_ids]


async def areas_by_path(actor: Actor, paths: list[str]) -> list[Row | None]:
    """Batch: the areas at these paths."""
    found = {row["path"]: row for row in await database.fetch(_BY_PATH, paths)}
    return [found.get(each) for each in paths]


async def ancestors(actor: Actor, area_ids: list[UUID]) -> list[list[Row]]:
    """Batch: the areas above each, from the root down, in one statement."""
    above: dict[UUID, list[Row]] = {each: [] for each in area_ids}
    for row in await database.fetch(_ANCESTORS, area_ids):
        above[row["of_id"]].append(row)
    return [above[each] for each in area_ids]


async def areas(actor: Actor, asked: AreaFilter, page: Page) -> Slice[Row]:
    """Return a page of areas, in the order of their paths."""
    rows = await database.fetch(
        _LIST,
        sight.beginning(asked.within_path),
        list(asked.kinds) if asked.kinds is not None else None,
        asked.name_holds,
        asked.parent_id,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def children(actor: Actor, area_ids: list[tuple[UUID, int]]) -> list[list[Row]]:
    """Batch: the first areas directly below each; a key is an area and how many to fetch."""
    limit = max(count for _, count in area_ids)
    below: dict[UUID, list[Row]] = {each: [] for each, _ in area_ids}
    for row in await database.fetch(_CHILDREN, list(below), limit):
        below[row["parent_id"]].append(row)
    return [below[each][:count] for each, count in area_ids]
