"""Opening orders that were held when their need was verified."""

from uuid import UUID

from domains.kernel import clock
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.matching.errors.orders import OrderBegun, OrderStateUnfit
from domains.matching.service import moving
from domains.matching.service.shared import hold_order, told
from domains.matching.values.orders import ServiceOrderState


async def open_order(actor: Actor, order_id: UUID) -> UUID:
    """Open a verified order to volunteers; raises OrderStateUnfit, OrderBegun."""
    async with transaction():
        held = await hold_order(actor, order_id, "openServiceOrder")
        if held.order.state is not ServiceOrderState.VERIFIED:
            raise OrderStateUnfit(path=("input", "orderId"), state=held.order.state.value)
        if await clock.now() >= held.order.starts_at:
            raise OrderBegun(path=("input", "orderId"))
        await moving.move(held, ServiceOrderState.OPEN, actor)
        await told(
            actor,
            command="openServiceOrder",
            community_id=held.order.community_id,
            subject=("service_order", order_id),
        )
    return order_id
