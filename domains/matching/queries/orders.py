"""Orders with their places, offers and steps, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, codes, database
from domains.kernel.actor import Actor
from domains.kernel.codes import RotatingCode
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.matching.queries.rules import procedure_of
from domains.matching.queries.sight import KEEPS, KNOWS, NEED, STAFF
from domains.matching.values.codes import ORDER_CODE
from domains.matching.values.orders import ServiceOfferState, ServiceOrderState
from domains.volunteering.queries.sight import eyes

MOST_OF_ORDER = 200
_ORDER = f"""
SELECT o.*, {KNOWS} AS knows, {STAFF} AS is_staff,
       (SELECT count(*) FROM matching_place t WHERE t.order_id = o.id
          AND t.state NOT IN ('left', 'cancelled', 'no_show'))::int AS taken
FROM matching_order o JOIN matching_need n ON n.id = o.need_id
WHERE {NEED}
"""
_BY_ID = f"{_ORDER} AND o.id = ANY ($6::uuid[])"
_BY_NEED = f"""
SELECT * FROM (
    SELECT found.*, row_number() OVER (PARTITION BY need_id ORDER BY starts_at, id) AS nth
    FROM ({_ORDER} AND o.need_id = ANY ($6::uuid[])) found
) ranked WHERE nth <= 100 ORDER BY need_id, nth
"""
_LIST = f"""
{_ORDER} AND {STAFF} AND starts_with(o.area_path, $6)
  AND ($7::text[] IS NULL OR o.state = ANY ($7))
  AND ($8::timestamptz IS NULL OR o.ends_at > $8)
  AND ($9::timestamptz IS NULL OR o.starts_at < $9)
  AND ($10::timestamptz IS NULL OR (o.starts_at, o.id) > ($10, $11::uuid))
ORDER BY o.starts_at, o.id LIMIT $12
"""
_PLACE = f"""
SELECT p.*, {KEEPS} AS keeps, {STAFF} AS is_staff, p.person_id = $3::uuid AS is_mine,
       n.person_id AS served_id
FROM matching_place p JOIN matching_need n ON n.id = p.need_id
WHERE ({KEEPS} OR p.person_id = $3::uuid) AND cardinality($5::text[]) >= 0
"""
_PLACES_BY_ID = f"{_PLACE} AND p.id = ANY ($6::uuid[])"
_PLACES_BY_ORDER = f"{_PLACE} AND p.order_id = ANY ($6::uuid[]) ORDER BY p.order_id, p.seat, p.id"
_MY_PLACES = f"""
{_PLACE} AND p.person_id = $3::uuid
  AND ($6::timestamptz IS NULL OR (p.starts_at, p.id) < ($6, $7::uuid))
ORDER BY p.starts_at DESC, p.id DESC LIMIT $8
"""
_OFFER = f"""
SELECT f.*, {STAFF} AS is_staff, f.person_id = $3::uuid AS is_mine, n.person_id AS served_id,
       o.need_id
FROM matching_offer f JOIN matching_order o ON o.id = f.order_id
JOIN matching_need n ON n.id = o.need_id
WHERE ({STAFF} OR (f.person_id = $3::uuid AND f.offered_at IS NOT NULL))
  AND cardinality($4::uuid[]) >= 0 AND cardinality($5::text[]) >= 0
"""
_OFFERS_BY_ID = f"{_OFFER} AND f.id = ANY ($6::uuid[])"
_OFFERS_BY_ORDER = f"{_OFFER} AND f.order_id = ANY ($6::uuid[]) ORDER BY f.order_id, f.rank, f.id"
_MY_OFFERS = f"""
{_OFFER} AND f.person_id = $3::uuid AND f.offered_at IS NOT NULL
  AND ($6::text[] IS NULL OR f.state = ANY ($6))
  AND ($7::timestamptz IS NULL OR (f.made_at, f.id) < ($7, $8::uuid))
ORDER BY f.made_at DESC, f.id DESC LIMIT $9
"""
_STEPS = f"""
SELECT s.* FROM matching_step s JOIN matching_order o ON o.id = s.order_id
JOIN matching_need n ON n.id = o.need_id
WHERE {KNOWS} AND cardinality($5::text[]) >= 0 AND s.order_id = ANY ($6::uuid[])
ORDER BY s.order_id, s.sequence
"""
_SHOWS_CODE = f"""
SELECT o.community_id FROM matching_order o JOIN matching_need n ON n.id = o.need_id
WHERE {KEEPS} AND cardinality($5::text[]) >= 0 AND o.id = $6
  AND o.state NOT IN ('rejected', 'cancelled', 'unmet', 'closed')
"""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to."""

    area_path: str
    states: tuple[ServiceOrderState, ...] | None = None
    ends_after: datetime | None = None
    starts_before: datetime | None = None


async def orders_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the orders of these ids, None where the actor sees none."""
    return await _by_id(_BY_ID, actor, ids)


async def orders_by_need(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the orders of these needs, the first first, 100 at most."""
    return await _grouped(_BY_NEED, "need_id", actor, ids)


async def orders(actor: Actor, asked: OrderFilter, page: Page) -> Slice[Row]:
    """Return a page of the orders that the actor keeps, by their times."""
    starts_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        asked.area_path,
        None if asked.states is None else [each.value for each in asked.states],
        *(asked.ends_after, asked.starts_before, starts_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def places_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the places of these ids, None where the actor sees none."""
    return await _by_id(_PLACES_BY_ID, actor, ids)


async def places_by_order(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the places in these orders that the actor sees: one's own, or of what one keeps."""
    return await _grouped(_PLACES_BY_ORDER, "order_id", actor, ids)


async def my_places(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the actor's own places, the latest first."""
    starts_at, last_id = page.after or (None, None)
    rows = await database.fetch(_MY_PLACES, *eyes(actor), starts_at, last_id, page.limit)
    return Slice.of(rows, page)


async def offers_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the offers of these ids, None where the actor sees none."""
    return await _by_id(_OFFERS_BY_ID, actor, ids)


async def offers_by_order(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the offers of these orders that the actor sees, by rank, 200 at most."""
    return await _grouped(_OFFERS_BY_ORDER, "order_id", actor, ids)


async def my_offers(
    actor: Actor, states: tuple[ServiceOfferState, ...] | None, page: Page
) -> Slice[Row]:
    """Return a page of the offers made to the actor, the newest first."""
    made_at, last_id = page.after or (None, None)
    wanted = None if states is None else [each.value for each in states]
    rows = await database.fetch(_MY_OFFERS, *eyes(actor), wanted, made_at, last_id, page.limit)
    return Slice.of(rows, page)


async def steps_by_order(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what became of these orders, step by step, for whose they are and who is matched."""
    return await _grouped(_STEPS, "order_id", actor, ids)


async def order_code(actor: Actor, order_id: UUID) -> RotatingCode | None:
    """Return the code that the one served shows now, or a helper; None for others."""
    row = await database.fetch_one(_SHOWS_CODE, *eyes(actor), order_id)
    if row is None:
        return None
    procedure = await procedure_of(row["community_id"])
    return codes.shown(ORDER_CODE, order_id, now=await clock.now(), lasts_s=procedure.code_seconds)


async def _by_id(sql: str, actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    found = {row["id"]: row for row in await database.fetch(sql, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def _grouped(sql: str, column: str, actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(sql, *eyes(actor), list(ids)):
        of = found[row[column]]
        if len(of) < MOST_OF_ORDER:
            of.append(row)
    return [found[each] for each in ids]
