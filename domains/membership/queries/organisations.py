"""Organisations, as rows. They are public: everybody sees them."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import sight
from domains.membership.values import OrganisationKind

_COLUMNS = "o.id, o.kind, o.name, o.area_id, o.credit_code, o.dissolved_on, o.version"
_BY_ID = f"SELECT {_COLUMNS} FROM membership_organisation o WHERE o.id = ANY ($1::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM membership_organisation o
JOIN membership_area a ON a.id = o.area_id
WHERE ($1::text IS NULL OR a.path LIKE $1)
  AND ($2::text[] IS NULL OR o.kind = ANY ($2))
  AND ($3::text IS NULL OR strpos(o.name, $3) > 0)
  AND ($4 OR o.dissolved_on IS NULL)
  AND ($5::text IS NULL OR (o.name, o.id) > ($5, $6::uuid))
ORDER BY o.name, o.id LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What a list of organisations is narrowed to."""

    within_path: str | None = None
    kinds: tuple[OrganisationKind, ...] | None = None
    name_holds: str | None = None
    dissolved_too: bool = False


async def organisations_by_id(actor: Actor, organisation_ids: list[UUID]) -> list[Row | None]:
    """Batch: the organisations of these ids."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, organisation_ids)}
    return [found.get(each) for each in organisation_ids]


async def organisations(actor: Actor, asked: OrganisationFilter, page: Page) -> Slice[Row]:
    """Return a page of organisations, by name."""
    name, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        sight.beginning(asked.within_path),
        list(asked.kinds) if asked.kinds is not None else None,
        asked.name_holds,
        asked.dissolved_too,
        name,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)
