"""Rating, both ways, once a side; nobody is shown a single rating (see `rules.ratings`)."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, InvalidInput
from domains.matching import policy
from domains.matching.errors.orders import OrderStateUnfit, ServiceRatedAlready
from domains.matching.service import moving
from domains.matching.service.shared import Held, hold_place, need_place
from domains.matching.values.orders import (
    DisputeOutcome,
    RatingSide,
    ServiceOrderState,
    ServicePlaceState,
)

_OPEN = frozenset(
    {ServiceOrderState.CONFIRMED, ServiceOrderState.ADJUDICATED, ServiceOrderState.RATED}
)
_RATE = """
INSERT INTO matching_rating VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
ON CONFLICT (place_id, side) DO NOTHING
"""
_RATED = """
SELECT count(*) FILTER (WHERE given)::int AS given,
       count(*) FILTER (WHERE given AND of_volunteer)::int AS of_volunteer,
       count(*) FILTER (WHERE given AND of_served)::int AS of_served
FROM (
    SELECT p.state = 'confirmed' OR p.outcome = 'served' AS given,
           EXISTS (SELECT FROM matching_rating r
                   WHERE r.place_id = p.id AND r.side = 'of_volunteer') AS of_volunteer,
           EXISTS (SELECT FROM matching_rating r
                   WHERE r.place_id = p.id AND r.side = 'of_served') AS of_served
    FROM matching_place p WHERE p.order_id = $1
) place
"""


async def rate_service(actor: Actor, place_id: UUID, *, stars: int) -> UUID:
    """Rate a confirmed service: the one served the volunteer, the volunteer the one served.

    Raises ServiceRatedAlready, OrderStateUnfit before it is confirmed and once it is closed.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "rateService")
        side = await _side(actor, of_order, row)
        is_given = row["state"] == ServicePlaceState.CONFIRMED.value or (
            row["outcome"] == DisputeOutcome.SERVED.value
        )
        if not is_given or of_order.order.state not in _OPEN:
            raise OrderStateUnfit(path=("input", "placeId"), state=of_order.order.state.value)
        if not 1 <= stars <= 5:
            raise InvalidInput(path=("input", "stars"), zh="评分须为 1 至 5。", en="1 to 5 stars.")
        is_of_volunteer = side is RatingSide.OF_VOLUNTEER
        rated = row["person_id"] if is_of_volunteer else of_order.need.person_id
        values = (place_id, side.value, of_order.order.id, rated, actor.person_id, stars)
        if not await database.execute(_RATE, *values):
            raise ServiceRatedAlready(path=("input", "placeId"))
        await _settle(of_order)
    return place_id


async def _side(actor: Actor, of_order: Held, row: Row) -> RatingSide:
    if row["person_id"] == actor.person_id:
        return RatingSide.OF_SERVED
    if not policy.owns(actor, await need_place(actor, of_order.need)):
        raise Forbidden(path=("input", "placeId"))
    return RatingSide.OF_VOLUNTEER


async def _settle(of_order: Held) -> None:
    """Move the order on with the last rating; who rated when is nobody's to read in it."""
    rated = await database.fetch_one(_RATED, of_order.order.id)
    assert rated is not None, "an aggregate is one row"
    if rated["of_volunteer"] < rated["given"]:
        return
    await moving.move(of_order, ServiceOrderState.RATED, SYSTEM)
    if rated["of_served"] == rated["given"]:
        await moving.move(of_order, ServiceOrderState.CLOSED, SYSTEM)
