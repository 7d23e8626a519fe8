"""Coming and going: by the code that the one served shows, or said by them or a helper."""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, codes, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden
from domains.matching import policy
from domains.matching.errors.orders import (
    OrderCodeExpired,
    OrderStateUnfit,
    ServiceTimeOver,
    TooEarlyToCheckIn,
)
from domains.matching.events.orders import ServiceBegun, ServiceToConfirm
from domains.matching.service import fitness, moving
from domains.matching.service.shared import Held, hold_place, need_place, told
from domains.matching.values.codes import ORDER_CODE
from domains.matching.values.orders import ServicePlaceState

_IN = """
UPDATE matching_place SET state = 'checked_in', checked_in_at = kernel_now(), in_by_id = $2
WHERE id = $1
"""
_OUT = """
UPDATE matching_place
SET state = 'completed', checked_out_at = greatest($2, checked_in_at), out_by_id = $3,
    confirm_by = $4
WHERE id = $1 AND state = 'checked_in'
"""


async def check_in(actor: Actor, place_id: UUID, *, code: str | None = None) -> UUID:
    """Begin a service: the volunteer with the code, the one served or a helper without.

    Who may no longer serve is refused. Raises TooEarlyToCheckIn, ServiceTimeOver,
    OrderCodeExpired, OrderStateUnfit, SkillExpired and its like.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "checkInToOrder")
        await _require_present(actor, of_order, row, code)
        _require_state(row, ServicePlaceState.ACCEPTED)
        order, now = of_order.order, await clock.now()
        before = timedelta(minutes=of_order.procedure.check_in_before_minutes)
        if now < order.starts_at - before:
            raise TooEarlyToCheckIn(path=("input", "placeId"))
        if now >= order.ends_at:
            raise ServiceTimeOver(path=("input", "placeId"))
        await fitness.volunteer_fit(of_order, row["volunteer_id"])
        await database.execute(_IN, place_id, actor.person_id)
        await outbox.record(ServiceBegun(*whose(of_order, row)))
        await moving.settle(of_order, actor)
        await _told(actor, "checkInToOrder", of_order, place_id)
    return place_id


async def check_out(actor: Actor, place_id: UUID, *, code: str | None = None) -> UUID:
    """End a service: it waits to be confirmed. After the rules' grace it ended when planned.

    Raises OrderCodeExpired, OrderStateUnfit.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "checkOutOfOrder")
        await _require_present(actor, of_order, row, code)
        _require_state(row, ServicePlaceState.CHECKED_IN)
        await complete(of_order, row, actor)
        await moving.settle(of_order, actor)
        await _told(actor, "checkOutOfOrder", of_order, place_id)
    return place_id


async def complete(of_order: Held, row: Row, actor: Actor = SYSTEM) -> None:
    """End a service of a locked order now, or when it was planned to where that is long ago."""
    now, order = await clock.now(), of_order.order
    grace = timedelta(minutes=of_order.procedure.check_out_after_minutes)
    ended_at = now if now < order.ends_at + grace else order.ends_at
    confirm_by = now + timedelta(days=of_order.procedure.confirm_days)
    if await database.execute(_OUT, row["id"], ended_at, actor.person_id, confirm_by):
        await outbox.record(
            ServiceToConfirm(
                *whose(of_order, row), confirm_by=confirm_by.isoformat(timespec="seconds")
            )
        )


async def _require_present(actor: Actor, of_order: Held, row: Row, code: str | None) -> None:
    """Refuse who neither is there with the code nor speaks for the one served."""
    if row["person_id"] == actor.person_id:
        stands = code is not None and codes.stands(
            code,
            ORDER_CODE,
            of_order.order.id,
            now=await clock.now(),
            lasts_s=of_order.procedure.code_seconds,
        )
        if not stands:
            raise OrderCodeExpired(path=("input", "code"))
    elif not policy.keeps_need(actor, await need_place(actor, of_order.need)):
        raise Forbidden(path=("input", "placeId"))


def _require_state(row: Row, state: ServicePlaceState) -> None:
    if row["state"] != state.value:
        raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])


def whose(of_order: Held, row: Row) -> tuple[UUID, UUID, str, UUID, UUID]:
    """Return what every event of a place says."""
    order = of_order.order
    return order.id, order.need_id, order.area_path, row["id"], row["person_id"]


async def _told(actor: Actor, command: str, of_order: Held, place_id: UUID) -> None:
    await told(
        actor,
        command=command,
        community_id=of_order.order.community_id,
        subject=("service_place", place_id),
    )
