"""What falls due of offers, orders and needs. Late, twice or at once: the same result.

What is due stands on the row that is locked, or is asked again under the lock.
"""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row, transaction
from domains.matching.events.needs import NeedClosed
from domains.matching.events.orders import (
    OfferExpired,
    OfferExpiring,
    ServiceConfirmOverdue,
    ServiceStartsSoon,
    ServiceTomorrow,
)
from domains.matching.models import Need, ServiceOrder
from domains.matching.queries.rules import procedure_of
from domains.matching.service import attending, calling_off, disputing, moving, offering, times
from domains.matching.service.shared import Held, held, place_of
from domains.matching.values.needs import NeedState
from domains.matching.values.orders import HELD, ServiceOrderState, ServicePlaceState

_EXPIRED = """
SELECT order_id, id FROM matching_offer
WHERE state = 'offered' AND answer_by <= kernel_now() ORDER BY answer_by LIMIT 1
"""
_EXPIRE = """
UPDATE matching_offer SET state = 'expired', answered_at = kernel_now()
WHERE id = $1 AND state = 'offered' AND answer_by <= kernel_now() RETURNING *
"""
_REMIND = """
UPDATE matching_offer f SET expiring_told_at = kernel_now()
FROM matching_order o
WHERE o.id = f.order_id AND f.id = (
    SELECT id FROM matching_offer
    WHERE state = 'offered' AND expiring_told_at IS NULL AND remind_at <= kernel_now()
    ORDER BY remind_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING f.id, f.order_id, f.person_id, f.answer_by, o.need_id, o.area_path
"""
_BEGUN = """
SELECT id FROM matching_order
WHERE filled_at IS NULL AND state NOT IN ('rejected', 'cancelled', 'unmet')
  AND starts_at <= kernel_now()
ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TOMORROW = """
SELECT id FROM matching_order
WHERE tomorrow_told_at IS NULL AND state IN ('open', 'offered', 'accepted')
  AND starts_at <= kernel_now() + interval '24 hours'
ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_SOON = """
SELECT id FROM matching_order
WHERE soon_told_at IS NULL AND state IN ('open', 'offered', 'accepted')
  AND soon_at <= kernel_now()
ORDER BY soon_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ACCEPTED = """
SELECT id, person_id FROM matching_place
WHERE order_id = $1 AND state = 'accepted' ORDER BY seat
"""
_ABSENT = """
SELECT id, order_id FROM matching_place
WHERE state IN ('accepted', 'checked_in') AND absent_at <= kernel_now()
ORDER BY absent_at LIMIT 1
"""
_UNCONFIRMED = """
UPDATE matching_place p SET confirm_overdue_at = kernel_now()
FROM matching_order o
WHERE o.id = p.order_id AND p.id = (
    SELECT id FROM matching_place
    WHERE state = 'completed' AND confirm_overdue_at IS NULL AND confirm_by <= kernel_now()
    ORDER BY confirm_by LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING p.id, p.order_id, p.person_id, o.need_id, o.area_path
"""
_CLOSING = """
SELECT id FROM matching_order
WHERE state IN ('confirmed', 'rated', 'no_show', 'adjudicated') AND close_at <= kernel_now()
ORDER BY close_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_WEEKLY = """
SELECT id FROM matching_need
WHERE state = 'verified' AND repeats = 'weekly'
  AND look_again_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY look_again_on LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_UNENDED = """
EXISTS (SELECT FROM matching_order o WHERE o.need_id = n.id
        AND o.state NOT IN ('rejected', 'closed', 'cancelled', 'unmet'))
"""
_ENDED = f"""
SELECT n.id FROM matching_need n
WHERE n.state = 'verified' AND n.look_again_on IS NULL AND NOT {_UNENDED}
ORDER BY n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED
"""
_STILL_OPEN = f"SELECT {_UNENDED} FROM matching_need n WHERE n.id = $1"


async def _locked(order_id: UUID) -> Held:
    return await held(await ServiceOrder.filter(id=order_id).select_for_update().get())


async def expire_due_offer() -> UUID | None:
    """Let one offer expire that nobody answered in time, and ask the next reserve."""
    async with transaction():
        found = await database.fetch_one(_EXPIRED)
        if found is None:
            return None
        of_order = await _locked(found["order_id"])
        row = await database.fetch_one(_EXPIRE, found["id"])
        if row is not None:
            order = of_order.order
            await outbox.record(
                OfferExpired(order.id, order.need_id, order.area_path, row["id"], row["person_id"])
            )
            await offering.send(of_order)
            await moving.settle(of_order, SYSTEM, reason="expired")
        offer_id: UUID = found["id"]
        return offer_id


async def remind_expiring_offer() -> UUID | None:
    """Remind of one offer whose time to be answered is nearly over."""
    async with transaction():
        row = await database.fetch_one(_REMIND)
        if row is None:
            return None
        await outbox.record(
            OfferExpiring(
                *(row["order_id"], row["need_id"], row["area_path"], row["id"]),
                row["person_id"],
                answer_by=row["answer_by"].isoformat(timespec="seconds"),
            )
        )
        offer_id: UUID = row["id"]
        return offer_id


async def begin_due_order() -> UUID | None:
    """End the filling of one order whose time has come; what nobody serves is unmet."""
    async with transaction():
        order_id = await database.fetch_value(_BEGUN)
        if order_id is None:
            return None
        of_order = await _locked(order_id)
        order = of_order.order
        order.filled_at = await clock.now()
        await order.save(update_fields=["filled_at"])
        await calling_off.withdraw_offers(of_order, reason="begun")
        if order.state in {ServiceOrderState.SUBMITTED, ServiceOrderState.VERIFIED}:
            await moving.move(of_order, ServiceOrderState.UNMET, SYSTEM)
            return order.id
        await moving.settle(of_order, SYSTEM)
        if order.state is not ServiceOrderState.UNMET:
            await _tell_missing(of_order)
        return order.id


async def _tell_missing(of_order: Held) -> None:
    places, _ = await moving.standing_of(of_order.order.id)
    missing = of_order.order.people_wanted - sum(place in HELD for place in places)
    if missing > 0:
        await moving.tell_unmet(of_order.order, missing=missing)


async def tell_tomorrow() -> UUID | None:
    """Tell the volunteers of one order that it is due within a day."""
    return await _tell(_TOMORROW, "tomorrow_told_at", ServiceTomorrow)


async def tell_soon() -> UUID | None:
    """Tell the volunteers of one order that it is about to begin."""
    return await _tell(_SOON, "soon_told_at", ServiceStartsSoon)


async def _tell(
    sql: str, column: str, event: type[ServiceTomorrow] | type[ServiceStartsSoon]
) -> UUID | None:
    async with transaction():
        order_id = await database.fetch_value(sql)
        if order_id is None:
            return None
        order = await ServiceOrder.get(id=order_id)
        setattr(order, column, await clock.now())
        await order.save(update_fields=[column])
        for row in await database.fetch(_ACCEPTED, order.id):
            whose = (order.id, order.need_id, order.area_path, row["id"], row["person_id"])
            starts_at = order.starts_at.isoformat(timespec="seconds")
            await outbox.record(event(*whose, starts_at=starts_at))
        return order.id


async def settle_due_place() -> UUID | None:
    """Settle one place after its time: who never came is absent, who forgot to go has gone."""
    async with transaction():
        found = await database.fetch_one(_ABSENT)
        if found is None:
            return None
        of_order = await _locked(found["order_id"])
        row: Row = await place_of(found["id"])
        if row["state"] == ServicePlaceState.ACCEPTED.value:
            await disputing.note_no_show(of_order, row, SYSTEM)
        elif row["state"] == ServicePlaceState.CHECKED_IN.value:
            await attending.complete(of_order, row)
            await moving.settle(of_order, SYSTEM)
        place_id: UUID = found["id"]
        return place_id


async def note_unconfirmed_service() -> UUID | None:
    """Tell of one service that nobody confirmed in time."""
    async with transaction():
        row = await database.fetch_one(_UNCONFIRMED)
        if row is None:
            return None
        await outbox.record(
            ServiceConfirmOverdue(
                *(row["order_id"], row["need_id"], row["area_path"], row["id"]), row["person_id"]
            )
        )
        place_id: UUID = row["id"]
        return place_id


async def close_due_order() -> UUID | None:
    """Close one order whose time to be rated is over."""
    async with transaction():
        order_id: UUID | None = await database.fetch_value(_CLOSING)
        if order_id is not None:
            await moving.move(await _locked(order_id), ServiceOrderState.CLOSED, SYSTEM)
        return order_id


async def repeat_due_need() -> UUID | None:
    """Make the orders of one weekly need ahead, once a day."""
    async with transaction():
        need_id = await database.fetch_value(_WEEKLY)
        if need_id is None:
            return None
        need = await Need.get(id=need_id)
        await times.make_orders(need, await procedure_of(need.community_id), SYSTEM, strict=False)
        today = await clock.today()
        assert need.repeats_until is not None, "a weekly need says until when"
        is_over = today >= need.repeats_until
        need.look_again_on = None if is_over else today + timedelta(days=1)
        await need.save(update_fields=["look_again_on"])
        return need.id


async def close_ended_need() -> UUID | None:
    """Close one need all of whose orders have come to their end."""
    async with transaction():
        need_id: UUID | None = await database.fetch_value(_ENDED)
        if need_id is None or await database.fetch_value(_STILL_OPEN, need_id):
            return None
        need = await Need.get(id=need_id)
        need.state = NeedState.CLOSED
        need.ended_at = await clock.now()
        await need.save(update_fields=["state", "ended_at"])
        await outbox.record(NeedClosed(need.id, need.area_path))
        return need.id
