"""Moving an order: to the state that its places and offers make; history is a trigger's."""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.matching.events.needs import UnmetNeedFound
from domains.matching.events.orders import (
    OrderClosed,
    OrderConfirmed,
    OrderFilled,
    OrderOpened,
)
from domains.matching.models import ServiceOrder
from domains.matching.rules import orders as rules
from domains.matching.service.shared import Held
from domains.matching.values.orders import FILLING, ServiceOrderState, ServicePlaceState

_STANDING = """
SELECT array(SELECT p.state FROM matching_place p WHERE p.order_id = $1) AS places,
       (SELECT count(*) FROM matching_offer f
        WHERE f.order_id = $1 AND f.state = 'offered')::int AS offers
"""
_RATEABLE = frozenset({ServiceOrderState.CONFIRMED, ServiceOrderState.ADJUDICATED})
_ENDING = frozenset({*_RATEABLE, ServiceOrderState.NO_SHOW})
# Orders that their places and offers move; others have not begun, or are at their end.
_MOVED = frozenset(
    {
        *FILLING,
        *_ENDING,
        ServiceOrderState.ACCEPTED,
        ServiceOrderState.CHECKED_IN,
        ServiceOrderState.COMPLETED,
        ServiceOrderState.RATED,
        ServiceOrderState.DISPUTED,
    }
)


async def standing_of(order_id: UUID) -> tuple[list[ServicePlaceState], int]:
    """Return the states of an order's places, and how many of its offers wait for an answer."""
    row = await database.fetch_one(_STANDING, order_id)
    assert row is not None, "an aggregate is one row"
    return [ServicePlaceState(each) for each in row["places"]], row["offers"]


async def vacancies(held: Held) -> int:
    """Return how many places nobody has and nobody is asked for; the order is locked."""
    places, offers = await standing_of(held.order.id)
    gone = {ServicePlaceState.LEFT, ServicePlaceState.CANCELLED, ServicePlaceState.NO_SHOW}
    taken = sum(place not in gone for place in places)
    return max(0, held.order.people_wanted - taken - offers)


async def is_filling(order: ServiceOrder) -> bool:
    """Whether places of an order may still be given away."""
    return (
        order.state in FILLING | {ServiceOrderState.ACCEPTED}
        and order.filled_at is None
        and await clock.now() < order.starts_at
    )


async def settle(held: Held, actor: Actor, *, reason: str | None = None) -> None:
    """Bring a locked order to the state that its places and offers make."""
    if held.order.state not in _MOVED:
        return
    places, offers = await standing_of(held.order.id)
    state = rules.state_of(
        places,
        wanted=held.order.people_wanted,
        offers=offers,
        is_filling=await is_filling(held.order),
    )
    is_rated = held.order.state is ServiceOrderState.RATED and state in _RATEABLE
    if not is_rated:
        await move(held, state, actor, reason=reason)


async def move(
    held: Held, state: ServiceOrderState, actor: Actor, *, reason: str | None = None
) -> None:
    """Move a locked order, step by step; the reason is the last step's."""
    for each in rules.way(held.order.state, state):
        await _step(held, each, actor, reason=reason if each is state else None)


async def _step(held: Held, state: ServiceOrderState, actor: Actor, *, reason: str | None) -> None:
    order, before = held.order, held.order.state
    order.state = state
    order.moved_at = await clock.now()
    order.moved_by_id = actor.person_id
    order.move_reason = reason
    if state in _ENDING:
        order.close_at = order.moved_at + timedelta(days=held.procedure.rate_days)
    await order.save(update_fields=["state", "moved_at", "moved_by_id", "move_reason", "close_at"])
    await _tell(held, before)


async def _tell(held: Held, before: ServiceOrderState) -> None:
    order = held.order
    whose = (order.id, order.need_id, order.area_path)
    if order.state is ServiceOrderState.OPEN:
        await outbox.record(OrderOpened(*whose, again=before is not ServiceOrderState.VERIFIED))
    elif order.state is ServiceOrderState.ACCEPTED and before in FILLING:
        await outbox.record(OrderFilled(*whose))
    elif order.state in _RATEABLE:
        await outbox.record(OrderConfirmed(*whose))
    elif order.state is ServiceOrderState.CLOSED:
        await outbox.record(OrderClosed(*whose))
    elif order.state is ServiceOrderState.UNMET:
        await tell_unmet(order, missing=order.people_wanted)


async def tell_unmet(order: ServiceOrder, *, missing: int) -> None:
    """Tell that the time of an order came with places that nobody filled."""
    await outbox.record(
        UnmetNeedFound(order.need_id, order.area_path, order.id, order.service_class.value, missing)
    )
