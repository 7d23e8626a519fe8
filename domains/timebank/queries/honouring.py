"""What is offered, who waits, and the figures for everybody."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.timebank.queries import accounts
from domains.timebank.queries.accounts import MINE
from domains.timebank.queries.staff import beginning
from domains.timebank.values import OfferKind, ReservationState

# Fewer would tell what each of them has.
LEAST_HOLDERS = 5

_OFFER = """
SELECT o.*, CASE o.kind WHEN 'service' THEN 1 WHEN 'goods' THEN 2 ELSE 3 END AS place,
       (SELECT count(*) FROM timebank_reservation r
         WHERE r.offer_id = o.id AND r.state = 'queued')::integer AS waiting
FROM timebank_offer o
"""
_OFFERS_BY_ID = f"{_OFFER} WHERE o.id = ANY ($1::uuid[])"
# Services first, then goods and benefits.
_OFFERS = f"""
SELECT * FROM ({_OFFER}
    WHERE ($1::text IS NULL OR o.area_path LIKE $1) AND ($2::text[] IS NULL OR o.kind = ANY ($2))
      AND ($3 OR o.closed_at IS NULL)) AS found
WHERE ($4::integer IS NULL OR (place, id) > ($4, $5::uuid))
ORDER BY place, id LIMIT $6
"""
# As accounts are seen, and besides by who honours the offer.
_RESERVATION = f"""
SELECT r.*, coalesce({MINE}, false) AS is_mine FROM timebank_reservation r
JOIN timebank_account a ON a.id = r.account_id
JOIN timebank_offer o ON o.id = r.offer_id
WHERE ({MINE} OR o.area_path LIKE ANY ($3::text[]) OR o.organisation_id = ANY ($2::uuid[]) OR $4)
"""
_RESERVATIONS_BY_ID = f"{_RESERVATION} AND r.id = ANY ($5::uuid[])"
_RESERVATIONS = f"""
{_RESERVATION}
  AND ($5::uuid IS NULL OR r.offer_id = $5)
  AND ($6::text[] IS NULL OR r.state = ANY ($6))
  AND (NOT $7 OR {MINE})
  AND ($8::uuid IS NULL OR r.id < $8)
ORDER BY r.id DESC LIMIT $9
"""
_COLUMNS = """
sum(holders)::bigint AS holders, sum(outstanding_minutes)::bigint AS outstanding_minutes,
sum(pool_minutes)::bigint AS pool_minutes, sum(reserve_minutes)::bigint AS reserve_minutes,
sum(issued_minutes)::bigint AS issued_minutes, sum(redeemed_minutes)::bigint AS redeemed_minutes,
sum(lapsed_minutes)::bigint AS lapsed_minutes, sum(owed_minutes)::bigint AS owed_minutes,
sum(waived_minutes)::bigint AS waived_minutes, count(*)::integer AS communities,
ARRAY[sum(ages[1]), sum(ages[2]), sum(ages[3]), sum(ages[4]), sum(ages[5])]::bigint[] AS ages
"""
# Of each community under an area its latest; the oldest of these says as of when.
_LATEST = f"""
SELECT min(day) AS day, {_COLUMNS} FROM (
    SELECT DISTINCT ON (community_id) * FROM timebank_figures
    WHERE area_path LIKE $1 ORDER BY community_id, day DESC) AS latest
"""
_BY_DAY = f"""
SELECT day, {_COLUMNS} FROM timebank_figures
WHERE area_path LIKE $1 AND ($2::date IS NULL OR day < $2)
GROUP BY day ORDER BY day DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """What a list of offers is narrowed to."""

    within_path: str | None = None
    kinds: tuple[OfferKind, ...] | None = None
    closed_too: bool = False


@dataclass(frozen=True, slots=True)
class ReservationFilter:
    """What a list of reservations is narrowed to."""

    offer_id: UUID | None = None
    states: tuple[ReservationState, ...] | None = None
    mine: bool = False


async def offers_by_id(actor: Actor, offer_ids: list[UUID]) -> list[Row | None]:
    """Batch: offers; they are everybody's to see."""
    found = {row["id"]: row for row in await database.fetch(_OFFERS_BY_ID, offer_ids)}
    return [found.get(each) for each in offer_ids]


async def offers(actor: Actor, asked: OfferFilter, page: Page) -> Slice[Row]:
    """Return a page of what is offered: services first, then goods and benefits."""
    place, last_id = page.after or (None, None)
    rows = await database.fetch(
        _OFFERS,
        beginning(asked.within_path),
        None if asked.kinds is None else list(asked.kinds),
        *(asked.closed_too, place, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def reservations_by_id(actor: Actor, reservation_ids: list[UUID]) -> list[Row | None]:
    """Batch: reservations, None where the actor does not see them."""
    rows = await database.fetch(_RESERVATIONS_BY_ID, *accounts.eyes(actor), reservation_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in reservation_ids]


async def reservations(actor: Actor, asked: ReservationFilter, page: Page) -> Slice[Row]:
    """Return a page of the reservations that the actor sees, the latest first."""
    rows = await database.fetch(
        _RESERVATIONS,
        *accounts.eyes(actor),
        asked.offer_id,
        None if asked.states is None else list(asked.states),
        *(asked.mine, page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)


async def figures(area_path: str) -> Row | None:
    """Return the latest figures of all communities in an area together; None where none are."""
    row = await database.fetch_one(_LATEST, f"{area_path}%")
    return None if row is None or row["day"] is None else row


async def figures_by_day(area_path: str, page: Page) -> Slice[Row]:
    """Return a page of the figures of an area, day by day, the latest first."""
    after = page.after[0] if page.after else None
    rows = await database.fetch(_BY_DAY, f"{area_path}%", after, page.limit)
    return Slice.of(rows, page)
