"""Calling off: an order before anything was given in it, by whose need it is, or by keepers."""

from collections.abc import Collection
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.matching.errors.orders import OrderStateUnfit
from domains.matching.events.orders import OfferWithdrawn, OrderCancelled
from domains.matching.models import ServiceOrder
from domains.matching.service import moving
from domains.matching.service.shared import Held, hold_order, told
from domains.matching.values.orders import BEFORE_SERVICE, ServiceOrderState
from domains.volunteering.service.shared import line

__all__ = ["BEFORE_SERVICE", "call_off", "cancel_order", "orders_of", "withdraw_offers"]

_WITHDRAW = """
WITH withdrawn AS (
    UPDATE matching_offer f
    SET state = 'withdrawn', answered_at = kernel_now(), end_reason = $2
    FROM matching_offer before
    WHERE before.id = f.id AND f.order_id = $1 AND f.state IN ('reserve', 'offered')
    RETURNING f.id, f.person_id, before.state)
SELECT id, person_id, state = 'offered' AS was_made FROM withdrawn ORDER BY id
"""
_CANCEL_PLACES = """
UPDATE matching_place
SET state = 'cancelled', ended_at = kernel_now(), ended_by_id = $2, reason = $3
WHERE order_id = $1 AND state = 'accepted'
"""


async def orders_of(need_id: UUID, states: Collection[ServiceOrderState]) -> list[ServiceOrder]:
    """Lock the orders of a need in these states, in the order of their ids."""
    return (
        await ServiceOrder.filter(need_id=need_id, state__in=list(states))
        .order_by("id")
        .select_for_update()
    )


async def withdraw_offers(held: Held, *, reason: str | None) -> None:
    """Withdraw the offers of a locked order that stand; who was asked hears of it."""
    order = held.order
    for row in await database.fetch(_WITHDRAW, order.id, reason):
        if row["was_made"]:
            await outbox.record(
                OfferWithdrawn(
                    order.id, order.need_id, order.area_path, row["id"], row["person_id"]
                )
            )


async def call_off(held: Held, actor: Actor, *, reason: str) -> None:
    """Call a locked order off, with its offers and places."""
    await withdraw_offers(held, reason=reason)
    await database.execute(_CANCEL_PLACES, held.order.id, actor.person_id, reason)
    await moving.move(held, ServiceOrderState.CANCELLED, actor, reason=reason)
    order = held.order
    await outbox.record(OrderCancelled(order.id, order.need_id, order.area_path))


async def cancel_order(actor: Actor, order_id: UUID, *, reason: str) -> UUID:
    """Call one time of a need off; raises OrderStateUnfit once somebody has come."""
    async with transaction():
        held = await hold_order(actor, order_id, "cancelServiceOrder")
        if held.order.state not in BEFORE_SERVICE:
            raise OrderStateUnfit(state=held.order.state.value)
        said = line(reason, path=("input", "reason"), longest=200)
        await call_off(held, actor, reason=said)
        await told(
            actor,
            command="cancelServiceOrder",
            community_id=held.order.community_id,
            subject=("service_order", order_id),
        )
    return order_id
