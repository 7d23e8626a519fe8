"""Hearing of orders and of one's own offers: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from domains.kernel.live import topic
from domains.matching.queries import orders
from domains.matching.values.orders import ServiceOrderState
from schema import live, node
from schema.context import Info
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="An order has changed; read it to see how.")
class ServiceOrderChanged:
    """Ids and states only."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    state: ServiceOrderState = strawberry.field(description="How far it has come.")
    taken: int = strawberry.field(description="How many places are taken.")


@strawberry.type(description="Something happened to the caller's offers; read them anew.")
class MyServiceOffersChanged:
    """No more than that."""

    changed: bool = strawberry.field(description="Always true.")


@strawberry.type
class ServiceOrdersSubscription:
    """News of services."""

    @strawberry.subscription(
        description="Hear whenever something happens to an order.",
        metadata=live.shared(live.by_person),
    )
    async def service_order_changed(
        self,
        info: Info,
        order_id: Annotated[strawberry.ID, strawberry.argument(description="The order.")],
    ) -> AsyncGenerator[ServiceOrderChanged, None]:
        """Listen to one order; ends where it is out of sight."""
        uuid = node.known("service_order", order_id)
        if uuid is None:
            return
        news = live.listen(info, topic("service_order", uuid))
        if (await orders.orders_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await orders.orders_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield ServiceOrderChanged(
                order_id=node.encode("service_order", uuid),
                state=ServiceOrderState(row["state"]),
                taken=row["taken"],
            )

    @strawberry.subscription(
        description="Hear whenever something happens to the caller's own offers.",
        metadata=live.shared(live.by_person),
    )
    async def my_service_offers_changed(
        self, info: Info
    ) -> AsyncGenerator[MyServiceOffersChanged, None]:
        """Listen to one's own offers; ends for who is not signed in."""
        person_id = info.context.actor.person_id
        if person_id is None:
            return
        async for _ in live.listen(info, topic("service_offers", person_id)):
            if info.context.actor.person_id is None:
                return
            yield MyServiceOffersChanged(changed=True)
