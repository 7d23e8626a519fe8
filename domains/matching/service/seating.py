"""Places: had by accepting an offer, or taken from the list."""

from uuid import UUID

import asyncpg

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import savepoint, transaction
from domains.matching.errors.orders import (
    ElsewhereThen,
    NotForDirectTaking,
    OfferedAlready,
    OrderBegun,
    OrderFull,
    OrderStateUnfit,
)
from domains.matching.events.orders import PlaceTaken
from domains.matching.service import fitness, moving
from domains.matching.service.shared import Held, hold_order
from domains.matching.values.orders import FILLING, ServiceOrderState, ServicePlaceOrigin
from domains.volunteering.errors import NotVolunteer
from domains.volunteering.queries import fitness as volunteers
from domains.volunteering.queries.fitness import Fitness

# An order may begin with some of its people while others are still being asked.
_SEATING = FILLING | {ServiceOrderState.ACCEPTED, ServiceOrderState.CHECKED_IN}
# The lowest seat that nobody has: under the order's lock, and with a unique index behind it.
_SEAT = """
SELECT min(seat)::int FROM generate_series(1, $2) AS seat
WHERE NOT EXISTS (SELECT FROM matching_place p WHERE p.order_id = $1 AND p.seat = seat.seat
                    AND p.state NOT IN ('left', 'cancelled', 'no_show'))
"""
_INSERT = """
INSERT INTO matching_place (id, order_id, need_id, seat, volunteer_id, volunteer_number,
    person_id, state, origin, offer_id, starts_at, ends_at, absent_at, accepted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'accepted', $8, $9, $10, $11,
        $11::timestamptz + make_interval(mins => $12), kernel_now())
"""
_ASKED = """
SELECT EXISTS (SELECT FROM matching_offer
               WHERE order_id = $1 AND volunteer_id = $2 AND state = 'offered')
"""


async def seat(
    of_order: Held, found: Fitness, *, origin: ServicePlaceOrigin, offer_id: UUID | None = None
) -> UUID:
    """Give a fit volunteer a place of a locked order.

    Raises OrderFull, ElsewhereThen, OfferedAlready, OrderStateUnfit.
    """
    order = of_order.order
    if order.state not in _SEATING:
        raise OrderStateUnfit(state=order.state.value)
    await fitness.require_free(of_order, found.volunteer_id)
    number = await database.fetch_value(_SEAT, order.id, order.people_wanted)
    if number is None:
        raise OrderFull
    place_id = database.new_id()
    grace = of_order.procedure.check_out_after_minutes
    try:
        async with savepoint():
            await database.execute(
                _INSERT,
                *(place_id, order.id, order.need_id, number),
                *(found.volunteer_id, found.number, found.person_id, origin.value, offer_id),
                *(order.starts_at, order.ends_at, grace),
            )
    except asyncpg.ExclusionViolationError:
        raise ElsewhereThen from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "matching_place_once":
            raise OfferedAlready from None
        raise OrderFull from None
    await outbox.record(
        PlaceTaken(
            *(order.id, order.need_id, order.area_path, place_id, found.person_id),
            origin=origin.value,
        )
    )
    return place_id


async def take_order(actor: Actor, order_id: UUID) -> UUID:
    """Take a place from the list, where the need allows it; the last place goes to one.

    Raises NotForDirectTaking, NotVolunteer, OrderFull, OrderBegun, OrderStateUnfit,
    ElsewhereThen, and whatever says that one may not serve.
    """
    async with transaction():
        of_order = await hold_order(actor, order_id, "takeServiceOrder")
        if not of_order.need.may_be_taken:
            raise NotForDirectTaking
        volunteer_id = await volunteers.volunteer_of(actor.person_id)
        if volunteer_id is None:
            raise NotVolunteer
        await _require_filling(of_order)
        if await database.fetch_value(_ASKED, order_id, volunteer_id):
            raise OfferedAlready
        if await moving.vacancies(of_order) < 1:
            raise OrderFull
        found = await fitness.volunteer_fit(of_order, volunteer_id)
        place_id = await seat(of_order, found, origin=ServicePlaceOrigin.TAKEN)
        await moving.settle(of_order, actor)
    return place_id


async def _require_filling(of_order: Held) -> None:
    if await clock.now() >= of_order.order.starts_at:
        raise OrderBegun
    if not await moving.is_filling(of_order.order):
        raise OrderStateUnfit(state=of_order.order.state.value)
