"""Giving a place back: before the service, with a reason, and counted against nobody."""

from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.matching.errors.orders import OrderBegun, OrderStateUnfit
from domains.matching.events.orders import PlaceLeft
from domains.matching.service import moving, offering
from domains.matching.service.shared import hold_place
from domains.matching.values.orders import ServicePlaceState
from domains.volunteering.service.shared import line

_LEAVE = """
UPDATE matching_place
SET state = 'left', ended_at = kernel_now(), ended_by_id = $2, reason = $3 WHERE id = $1
"""


async def leave_place(actor: Actor, place_id: UUID, *, reason: str) -> UUID:
    """Give one's own place back before the service; the next reserve is asked.

    It counts against nobody. Raises OrderBegun, OrderStateUnfit.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "leaveServicePlace")
        if row["person_id"] != actor.person_id:
            raise NotFound(path=("input", "placeId"))
        if row["state"] != ServicePlaceState.ACCEPTED.value:
            raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])
        if await clock.now() >= of_order.order.starts_at:
            raise OrderBegun(path=("input", "placeId"))
        said = line(reason, path=("input", "reason"), longest=200)
        await database.execute(_LEAVE, place_id, actor.person_id, said)
        order = of_order.order
        await outbox.record(
            PlaceLeft(order.id, order.need_id, order.area_path, place_id, row["person_id"])
        )
        await offering.send(of_order)
        # The reason stays with the place: whoever is matched next reads the steps of the order.
        await moving.settle(of_order, actor)
    return place_id
