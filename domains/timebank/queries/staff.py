"""What staff and those concerned read: relatives, needs and orders."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.timebank.policy import KEEPERS
from domains.timebank.values import OrderState, ShortfallState

_KIN = """
SELECT k.id, k.person_id, k.relative_id, k.relation, k.declared_at, k.confirmed_at, k.ended_at
FROM timebank_kinship k WHERE (k.person_id = $1 OR k.relative_id = $1)
"""
_KIN_BY_ID = f"{_KIN} AND k.id = ANY ($2::uuid[])"
_KIN_LIST = f"{_KIN} AND ($2::uuid IS NULL OR k.id < $2) ORDER BY k.id DESC LIMIT $3"
# $1 LIKE patterns of the areas that the actor keeps, $2 the actor, $3 whether it is the system.
_NEEDS = """
SELECT n.id, n.person_id, n.community_id, n.area_path, n.rank, n.valid_until, n.assessed_by,
       n.assessed_at, n.approved, n.decided_by, n.decided_at, n.ended_at
FROM timebank_need n
WHERE (n.area_path LIKE ANY ($1::text[]) OR n.person_id = $2 OR $3)
"""
_NEEDS_BY_ID = f"{_NEEDS} AND n.id = ANY ($4::uuid[])"
_NEEDS_LIST = f"""
{_NEEDS}
  AND ($4::text IS NULL OR n.area_path LIKE $4)
  AND (NOT $5 OR n.approved IS NULL AND n.ended_at IS NULL)
  AND ($6::uuid IS NULL OR n.id < $6)
ORDER BY n.id DESC LIMIT $7
"""
_ORDERS = """
SELECT o.* FROM timebank_order o
WHERE (o.area_path LIKE ANY ($1::text[]) OR $2)
"""
_ORDERS_BY_ID = f"{_ORDERS} AND o.id = ANY ($3::uuid[])"
_ORDERS_LIST = f"""
{_ORDERS}
  AND ($3::text IS NULL OR o.area_path LIKE $3)
  AND ($4::text[] IS NULL OR o.state = ANY ($4))
  AND ($5::uuid IS NULL OR o.id < $5)
ORDER BY o.id DESC LIMIT $6
"""

# Whose account it is knows what is owed, too.
_SHORTFALLS = """
SELECT s.* FROM timebank_shortfall s
WHERE (s.area_path LIKE ANY ($1::text[]) OR s.person_id = $2 OR $3)
"""
_SHORTFALLS_BY_ID = f"{_SHORTFALLS} AND s.id = ANY ($4::uuid[])"
_SHORTFALLS_LIST = f"""
{_SHORTFALLS}
  AND ($4::text IS NULL OR s.area_path LIKE $4)
  AND ($5::text[] IS NULL OR s.state = ANY ($5))
  AND ($6::uuid IS NULL OR s.id < $6)
ORDER BY s.id DESC LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to."""

    within_path: str | None = None
    states: tuple[OrderState, ...] | None = None


def kept(actor: Actor) -> list[str]:
    """Return LIKE patterns of the areas whose time banks the actor keeps."""
    return [f"{path}%" for path in actor.area_paths(*KEEPERS)]


def beginning(path: str | None) -> str | None:
    """Return the LIKE pattern of an area and what lies in it."""
    return None if path is None else f"{path}%"


async def relatives_by_id(actor: Actor, kinship_ids: list[UUID]) -> list[Row | None]:
    """Batch: what was declared of the actor or by them."""
    rows = await database.fetch(_KIN_BY_ID, actor.person_id, kinship_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in kinship_ids]


async def relatives(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of what was declared of the actor or by them, the latest first."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_KIN_LIST, actor.person_id, after, page.limit), page)


async def needs_by_id(actor: Actor, need_ids: list[UUID]) -> list[Row | None]:
    """Batch: assessments of need, None where the actor does not see them."""
    rows = await database.fetch(_NEEDS_BY_ID, kept(actor), actor.person_id, actor.system, need_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in need_ids]


async def needs(
    actor: Actor, page: Page, *, within_path: str | None = None, waiting: bool = False
) -> Slice[Row]:
    """Return a page of the assessments that the actor sees, the latest first."""
    rows = await database.fetch(
        _NEEDS_LIST,
        *(kept(actor), actor.person_id, actor.system, beginning(within_path), waiting),
        *(page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)


async def orders_by_id(actor: Actor, order_ids: list[UUID]) -> list[Row | None]:
    """Batch: orders, None where the actor does not see them."""
    rows = await database.fetch(_ORDERS_BY_ID, kept(actor), actor.system, order_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in order_ids]


async def orders(actor: Actor, asked: OrderFilter, page: Page) -> Slice[Row]:
    """Return a page of the orders that the actor sees, the latest first."""
    rows = await database.fetch(
        _ORDERS_LIST,
        *(kept(actor), actor.system, beginning(asked.within_path)),
        None if asked.states is None else list(asked.states),
        *(page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)


async def shortfalls_by_id(actor: Actor, shortfall_ids: list[UUID]) -> list[Row | None]:
    """Batch: what could not be taken back, None where the actor does not see it."""
    rows = await database.fetch(
        _SHORTFALLS_BY_ID, kept(actor), actor.person_id, actor.system, shortfall_ids
    )
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in shortfall_ids]


async def shortfalls(
    actor: Actor,
    page: Page,
    *,
    within_path: str | None = None,
    states: tuple[ShortfallState, ...] | None = None,
) -> Slice[Row]:
    """Return a page of what could not be taken back, as the actor sees it, the latest first."""
    rows = await database.fetch(
        _SHORTFALLS_LIST,
        *(kept(actor), actor.person_id, actor.system, beginning(within_path)),
        None if states is None else list(states),
        *(page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)
