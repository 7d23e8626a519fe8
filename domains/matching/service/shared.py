"""What the commands on needs and orders share: locks, places of authority, the audit.

Locks are taken in one order: a need before its orders, orders by id, offers and places under
their order's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.matching import policy
from domains.matching.models import Need, ServiceOrder
from domains.matching.policy import NeedPlace
from domains.matching.queries.rules import procedure_of
from domains.matching.rules.procedure import Procedure
from domains.matching.values.needs import NeedState

_PART = """
SELECT EXISTS (SELECT FROM matching_place p WHERE p.need_id = $1 AND p.person_id = $2
                 AND p.state IN ('accepted', 'checked_in', 'completed', 'disputed')) AS matched,
       EXISTS (SELECT FROM matching_place p WHERE p.need_id = $1 AND p.person_id = $2
                 AND p.state NOT IN ('left', 'cancelled'))
       OR EXISTS (SELECT FROM matching_offer f JOIN matching_order o ON o.id = f.order_id
                  WHERE o.need_id = $1 AND f.person_id = $2 AND f.state = 'offered') AS asked
"""
_PLACE = "SELECT * FROM matching_place WHERE id = $1"
_OFFER = "SELECT * FROM matching_offer WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Held:
    """An order under lock, with its need and the rules that hold there."""

    order: ServiceOrder
    need: Need
    procedure: Procedure


async def need_place(actor: Actor, need: Need) -> NeedPlace:
    """Return what authority judges a need by, for this actor."""
    part = None
    if actor.person_id is not None:
        part = await database.fetch_one(_PART, need.id, actor.person_id)
    return NeedPlace(
        area_path=need.area_path,
        is_public=need.state in {NeedState.VERIFIED, NeedState.CLOSED},
        person_id=need.person_id,
        posted_by_id=need.posted_by_id,
        helper_id=need.helper_id,
        organisation_id=need.organisation_id,
        matched=part is not None and part["matched"],
        asked=part is not None and part["asked"],
    )


async def hold_need(actor: Actor, need_id: UUID, action: str) -> Need:
    """Lock a need for a command that the table allows; raises NotFound, Forbidden."""
    need = await Need.filter(id=need_id).select_for_update().first()
    if need is None:
        raise NotFound(path=("input", "needId"))
    await _require(actor, need, action, path=("input", "needId"))
    return need


async def hold_order(
    actor: Actor, order_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "orderId")
) -> Held:
    """Lock an order for a command that the table allows; raises NotFound, Forbidden."""
    order = await ServiceOrder.filter(id=order_id).select_for_update().first()
    if order is None:
        raise NotFound(path=path)
    need = await Need.get(id=order.need_id)
    await _require(actor, need, action, path=path)
    return Held(order, need, await procedure_of(order.community_id))


async def held(order: ServiceOrder) -> Held:
    """Return a locked order with its need and rules, whoever asks."""
    need = await Need.get(id=order.need_id)
    return Held(order, need, await procedure_of(order.community_id))


async def hold_place(actor: Actor, place_id: UUID, action: str) -> tuple[Held, Row]:
    """Lock the order of a place, and read the place; raises NotFound, Forbidden."""
    path = ("input", "placeId")
    found = await database.fetch_one(_PLACE, place_id)
    if found is None:
        raise NotFound(path=path)
    order = await hold_order(actor, found["order_id"], action, path=path)
    return order, await row_of(_PLACE, place_id)


async def row_of(sql: str, row_id: UUID) -> Row:
    """Return a row that is known to be there."""
    row = await database.fetch_one(sql, row_id)
    assert row is not None, "rows of the exchange are never deleted"
    return row


async def offer_of(offer_id: UUID) -> Row | None:
    """Return an offer as it stands now."""
    return await database.fetch_one(_OFFER, offer_id)


async def place_of(place_id: UUID) -> Row:
    """Return a place as it stands now."""
    return await row_of(_PLACE, place_id)


async def _require(actor: Actor, need: Need, action: str, *, path: tuple[str, ...]) -> None:
    try:
        require(policy.AUTHORITY, action, actor, await need_place(actor, need))
    except NotFound:
        raise NotFound(path=path) from None


async def told(
    actor: Actor,
    *,
    command: str,
    community_id: UUID | None,
    subject: tuple[str, UUID],
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor, command=command, chain=community_id, subject=subject, details=dict(details or {})
    )
