"""Confirming a service: its record, hours and points come with the confirmation itself.

The record is volunteering's, the points are the time bank's; all of it is one transaction.
"""

from datetime import datetime
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.matching.errors.orders import OrderStateUnfit
from domains.matching.events.orders import ServiceConfirmed, ServiceToRate
from domains.matching.service import moving
from domains.matching.service.attending import whose
from domains.matching.service.shared import Held, hold_place, told
from domains.matching.values.orders import ServicePlaceState
from domains.volunteering.errors import OwnRecord
from domains.volunteering.service import ordering
from domains.volunteering.service.ordering import OrderRecord, OrderService, PlaceServed
from domains.volunteering.values.records import ServiceRecordState

_CONFIRM = """
UPDATE matching_place
SET state = 'confirmed', confirmed_at = kernel_now(), confirmed_by_id = $2, record_id = $3,
    minutes = $4
WHERE id = $1
"""


async def confirm_service(actor: Actor, place_id: UUID) -> UUID:
    """Confirm that a service was given, as the one served or who helps them.

    The volunteer's record is made and confirmed, and its minutes are credited, with it; where
    the rules ask for more than one, the last of them does. Raises OwnRecord, OrderStateUnfit,
    ServiceOverlaps.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "confirmService")
        if row["person_id"] == actor.person_id or actor.person_id is None:
            raise OwnRecord(path=("input", "placeId"))
        if row["state"] != ServicePlaceState.COMPLETED.value:
            raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])
        made = await record(of_order, row, actor.person_id)
        if is_settled(made):
            await _confirmed(actor, of_order, row, made)
        await told(
            actor,
            command="confirmService",
            community_id=of_order.order.community_id,
            subject=("service_place", place_id),
            details={"minutes": 0 if made is None else made.given_minutes},
        )
    return place_id


def is_settled(made: OrderRecord | None) -> bool:
    """Whether no other confirmation is waited for: staff may still look into the record."""
    return made is None or made.is_under_review or made.state is not ServiceRecordState.PENDING


async def record(
    of_order: Held,
    row: Row,
    confirmed_by: UUID,
    *,
    hours: tuple[datetime, datetime] | None = None,
    confirmers: int | None = None,
) -> OrderRecord | None:
    """Make or confirm the record of a place; None where no whole minute was given."""
    need, order = of_order.need, of_order.order
    assert need.host_id is not None, "a verified need has a host"
    started_at, ended_at = hours or (row["checked_in_at"], row["checked_out_at"])
    leaders = (need.decided_by_id, need.helper_id, need.person_id)
    return await ordering.record_served(
        OrderService(
            order_id=order.id,
            area_id=need.community_id,
            service_class=need.service_class,
            title=need.title,
            content=need.public_text,
            place=need.place,
            organisation_id=need.host_id,
            leader_id=next(each for each in leaders if each and each != row["person_id"]),
            is_risky=need.is_risky,
            risks=need.risks,
            time_bank_class=need.time_bank_class,
        ),
        PlaceServed(
            place_id=row["id"],
            person_id=row["person_id"],
            started_at=started_at,
            ended_at=ended_at,
            confirmed_by=(confirmed_by,),
            confirmers=confirmers or of_order.procedure.confirmers,
        ),
    )


async def _confirmed(actor: Actor, of_order: Held, row: Row, made: OrderRecord | None) -> None:
    minutes = 0 if made is None else made.given_minutes
    record_id = None if made is None else made.record_id
    await database.execute(_CONFIRM, row["id"], actor.person_id, record_id, minutes)
    of_place = whose(of_order, row)
    await outbox.record(ServiceConfirmed(*of_place, record_id=record_id, minutes=minutes))
    await outbox.record(ServiceToRate(*of_place))
    await moving.settle(of_order, actor)
