"""Parts of resources that are kept for a project, a need or a fund: from hand to receipt.

What is free is decided by the database, under the resource's lock: a reservation that would
take more than there is breaks a constraint, whoever comes at the same time.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, Forbidden, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.projects import ProjectStateUnfit
from domains.matching.errors.resources import (
    OutsideWindow,
    ReceiptByDeliverer,
    ReservationLapsed,
    ReservationStateUnfit,
    ResourceKindUnfit,
    ResourceStateUnfit,
    ResourceTaken,
    ResourceWindowUnsound,
)
from domains.matching.events.resources import (
    ReservationEvent,
    ReservationExpired,
    ReservationReleased,
    ResourceCommitted,
    ResourceDelivered,
    ResourceReceipted,
    ResourceReserved,
)
from domains.matching.service import holding
from domains.matching.service.offering_resources import MOST_WINDOWS
from domains.matching.values.projects import ServiceProjectState
from domains.matching.values.resources import ResourceKind, ResourceReservationState, ResourceState
from domains.volunteering.service.shared import line

_INSERT = """
INSERT INTO matching_reservation
    (id, resource_id, project_id, need_id, fund_id, quantity, starts_at, ends_at, state,
     reserved_by_id, reserved_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reserved', $9, kernel_now(),
        kernel_now() + make_interval(hours => $10))
RETURNING expires_at
"""
_PROJECT = "SELECT * FROM matching_project WHERE id = $1"
_FUND = "SELECT * FROM matching_fund WHERE id = $1"
_NEED = "SELECT id, area_path, state FROM matching_need WHERE id = $1"
_INSIDE = """
SELECT ($2::timestamptz IS NULL OR (
    NOT EXISTS (SELECT FROM matching_resource_window w WHERE w.resource_id = $1)
    OR EXISTS (SELECT FROM matching_resource_window w WHERE w.resource_id = $1
               AND w.starts_at <= $2 AND w.ends_at >= $3)))
  AND ($2 IS NULL OR $2 >= kernel_now())
  AND r.valid_until >= (coalesce($3, kernel_now()) AT TIME ZONE 'Asia/Shanghai')::date
  AND r.valid_from <= (coalesce($2, kernel_now()) AT TIME ZONE 'Asia/Shanghai')::date
FROM matching_resource r WHERE r.id = $1
"""
_LOCKED = "SELECT * FROM matching_resource WHERE id = $1 FOR NO KEY UPDATE"
_RESERVATION = "SELECT * FROM matching_reservation WHERE id = $1"
_AGAIN = """
SELECT *, expires_at <= kernel_now() AS has_lapsed FROM matching_reservation
WHERE id = $1 FOR NO KEY UPDATE
"""
_COMMIT = """
UPDATE matching_reservation SET state = 'committed', committed_by_id = $2,
    committed_at = kernel_now()
WHERE id = $1
"""
_DELIVER = """
UPDATE matching_reservation SET state = 'delivered', delivered_by_id = $2,
    delivered_at = kernel_now()
WHERE id = $1
"""
_RECEIPT = """
UPDATE matching_reservation SET state = 'receipted', receipted_by_id = $2,
    receipted_at = kernel_now(), receipt_upload_id = $3, receipt_note = $4
WHERE id = $1
"""
_END = """
UPDATE matching_reservation SET state = $2, ended_at = kernel_now(), reason = $3 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class ReservationDraft:
    """Of what, how much, for what, and, of a venue, from when to when."""

    resource_id: UUID
    quantity: int
    project_id: UUID | None = None
    need_id: UUID | None = None
    fund_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


async def reserve_resource(
    actor: Actor, draft: ReservationDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Keep a part of a resource, for as long as the rules give it to be committed.

    Raises ResourceTaken where there is not that much left, OutsideWindow, ResourceStateUnfit,
    ResourceKindUnfit, NotFound, Forbidden.
    """
    async with transaction():
        resource = await holding.hold_resource(actor, draft.resource_id, "reserveResource")
        await _require_beneficiary(actor, draft, resource)
        earlier = await idempotency.claim(actor, idempotency_key, "reserveResource", asdict(draft))
        if earlier is not None:
            return UUID(earlier["reservation"]), True
        await _require_fit(draft, resource)
        reservation_id = await _reserved(draft, resource, by_id=actor.person_id)
        await idempotency.settle(actor, idempotency_key, {"reservation": str(reservation_id)})
        await holding.told(
            actor,
            "reserveResource",
            area_id=resource["area_id"],
            subject=("resource", draft.resource_id),
            details={"reservation": str(reservation_id), "quantity": draft.quantity},
        )
        return reservation_id, False


async def reserve(draft: ReservationDraft, *, by_id: UUID | None) -> UUID:
    """Keep a part of a resource for a need, in the open transaction of who was let to.

    Raises as `reserve_resource` does.
    """
    database.require_open_transaction()
    resource = await database.fetch_one(_LOCKED, draft.resource_id)
    assert resource is not None, "resources are kept"
    _require_near(await database.fetch_one(_NEED, draft.need_id), resource, "needId")
    await _require_fit(draft, resource)
    return await _reserved(draft, resource, by_id=by_id)


async def _require_beneficiary(actor: Actor, draft: ReservationDraft, resource: Row) -> None:
    """Refuse unless it is for one thing, which the actor leads, near where the resource is."""
    given = [each for each in (draft.project_id, draft.need_id, draft.fund_id) if each is not None]
    if len(given) != 1:
        raise InvalidInput(
            path=("input",),
            zh="须指明一个项目、需求或资金。",
            en="It is for one project, one need or one fund.",
        )
    if draft.project_id is not None:
        row = await database.fetch_one(_PROJECT, draft.project_id)
        _require_near(row, resource, "projectId")
        assert row is not None
        if not policy.sees_project(actor, holding.project_place(row)):
            raise NotFound(path=("input", "projectId"))
        if not policy.leads_project(actor, holding.project_place(row)):
            raise Forbidden(path=("input", "projectId"))
        if row["state"] in {
            ServiceProjectState.REJECTED,
            ServiceProjectState.CLOSED,
            ServiceProjectState.CANCELLED,
            ServiceProjectState.EVALUATED,
        }:
            raise ProjectStateUnfit(path=("input", "projectId"), state=row["state"])
    elif draft.fund_id is not None:
        row = await database.fetch_one(_FUND, draft.fund_id)
        _require_near(row, resource, "fundId")
        assert row is not None
        require(policy.AUTHORITY, "recordFundIncome", actor, holding.fund_place(row))
    else:
        row = await database.fetch_one(_NEED, draft.need_id)
        _require_near(row, resource, "needId")
        assert row is not None
        if not policy.manages(actor, holding.resource_place(resource)):
            raise Forbidden(path=("input", "needId"))


def _require_near(row: Row | None, resource: Row, field: str) -> None:
    if row is None or not (
        row["area_path"].startswith(resource["area_path"])
        or resource["area_path"].startswith(row["area_path"])
    ):
        raise NotFound(path=("input", field))


async def _require_fit(draft: ReservationDraft, resource: Row) -> None:
    kind = ResourceKind(resource["kind"])
    holding.whole(draft.quantity, path=("input", "quantity"))
    # Money goes through a fund's books, where it is bound to its purpose.
    if (kind is ResourceKind.MONEY) != (draft.fund_id is not None):
        raise ResourceKindUnfit(path=("input", "resourceId"))
    times = draft.starts_at, draft.ends_at
    if (
        (draft.starts_at is None) != (draft.ends_at is None)
        or (kind is ResourceKind.VENUE and draft.starts_at is None)
        or (
            draft.starts_at is not None
            and draft.ends_at is not None
            and draft.ends_at <= draft.starts_at
        )
    ):
        raise ResourceWindowUnsound(path=("input", "startsAt"), most=MOST_WINDOWS)
    if resource["state"] in {
        ResourceState.RESERVED,
        ResourceState.COMMITTED,
        ResourceState.DELIVERED,
        ResourceState.RECEIPTED,
    }:
        raise _taken(resource)
    if resource["state"] != ResourceState.AVAILABLE:
        raise ResourceStateUnfit(path=("input", "resourceId"), state=resource["state"])
    if not await database.fetch_value(_INSIDE, draft.resource_id, *times):
        raise OutsideWindow(path=("input", "startsAt"))


def _taken(resource: Row) -> DomainError:
    left = resource["quantity"] - resource["held"]
    return ResourceTaken(path=("input", "quantity"), left=left, unit=resource["unit"])


async def _reserved(draft: ReservationDraft, resource: Row, *, by_id: UUID | None) -> UUID:
    procedure = await holding.procedure_in(resource["area_id"])
    reservation_id = database.new_id()
    async with holding.refusing({"matching_resource_left": lambda: _taken(resource)}):
        expires_at = await database.fetch_value(
            _INSERT,
            *(reservation_id, draft.resource_id, draft.project_id, draft.need_id, draft.fund_id),
            *(draft.quantity, draft.starts_at, draft.ends_at, by_id),
            procedure.reservation_hours,
        )
    await outbox.record(
        ResourceReserved(draft.resource_id, resource["area_path"], reservation_id, expires_at)
    )
    return reservation_id


async def _hold(
    actor: Actor, reservation_id: UUID, action: str, *states: ResourceReservationState
) -> tuple[Row, Row]:
    """Lock the resource, then the reservation; returns the reservation and the resource."""
    path = ("input", "reservationId")
    known = await database.fetch_one(_RESERVATION, reservation_id)
    if known is None:
        raise NotFound(path=path)
    resource = await database.fetch_one(_LOCKED, known["resource_id"])
    project = await database.fetch_one(_PROJECT, known["project_id"])
    reservation = await database.fetch_one(_AGAIN, reservation_id)
    assert resource is not None
    assert reservation is not None
    require(policy.AUTHORITY, action, actor, holding.resource_place(resource, project))
    if reservation["state"] not in states:
        raise ReservationStateUnfit(path=path, state=reservation["state"])
    return reservation, resource


async def _done(
    actor: Actor, command: str, reservation: Row, resource: Row, event: type[ReservationEvent]
) -> None:
    await outbox.record(event(resource["id"], resource["area_path"], reservation["id"]))
    await holding.told(
        actor,
        command,
        area_id=resource["area_id"],
        subject=("resource", resource["id"]),
        details={"reservation": str(reservation["id"])},
    )


async def commit_reservation(actor: Actor, reservation_id: UUID) -> UUID:
    """Stand by what was reserved; raises ReservationLapsed once its time is over."""
    async with transaction():
        reservation, resource = await _hold(
            actor, reservation_id, "commitReservation", ResourceReservationState.RESERVED
        )
        if reservation["has_lapsed"]:
            raise ReservationLapsed(path=("input", "reservationId"))
        await database.execute(_COMMIT, reservation_id, actor.person_id)
        await _done(actor, "commitReservation", reservation, resource, ResourceCommitted)
    return reservation_id


async def deliver_reservation(actor: Actor, reservation_id: UUID) -> UUID:
    """Say that it was handed over, or served."""
    async with transaction():
        reservation, resource = await _hold(
            actor, reservation_id, "deliverReservation", ResourceReservationState.COMMITTED
        )
        await database.execute(_DELIVER, reservation_id, actor.person_id)
        await _done(actor, "deliverReservation", reservation, resource, ResourceDelivered)
    return reservation_id


async def receipt_reservation(
    actor: Actor, reservation_id: UUID, *, note: str, proof_id: UUID | None = None
) -> UUID:
    """Sign for what was delivered by somebody else; of goods, with a proof.

    Raises ReceiptByDeliverer, ResourceKindUnfit for money (a fund's income is its receipt),
    ProofUnfit.
    """
    async with transaction():
        reservation, resource = await _hold(
            actor, reservation_id, "receiptReservation", ResourceReservationState.DELIVERED
        )
        if resource["kind"] == ResourceKind.MONEY:
            raise ResourceKindUnfit(path=("input", "reservationId"))
        if actor.person_id == reservation["delivered_by_id"]:
            raise ReceiptByDeliverer(path=("input", "reservationId"))
        path = ("input", "proofId")
        if proof_id is not None:
            await holding.require_proof(actor, proof_id, path=path)
        elif resource["kind"] == ResourceKind.GOODS:
            raise InvalidInput(
                path=path, zh="物资须凭签收凭证入账。", en="Goods are signed for with a proof."
            )
        said = line(note, path=("input", "note"), longest=300)
        await database.execute(_RECEIPT, reservation_id, actor.person_id, proof_id, said)
        await _done(actor, "receiptReservation", reservation, resource, ResourceReceipted)
    return reservation_id


async def release_reservation(actor: Actor, reservation_id: UUID, *, reason: str) -> UUID:
    """Give back what was not delivered yet."""
    async with transaction():
        reservation, resource = await _hold(
            actor,
            reservation_id,
            "releaseReservation",
            *(ResourceReservationState.RESERVED, ResourceReservationState.COMMITTED),
        )
        said = line(reason, path=("input", "reason"), longest=200)
        await database.execute(_END, reservation_id, ResourceReservationState.RELEASED, said)
        await _done(actor, "releaseReservation", reservation, resource, ReservationReleased)
    return reservation_id


_LAPSED = """
SELECT id, resource_id FROM matching_reservation
WHERE state = 'reserved' AND expires_at <= kernel_now() ORDER BY expires_at LIMIT 1
"""
_LAPSE = """
UPDATE matching_reservation SET state = 'expired', ended_at = kernel_now(), reason = NULL
WHERE id = $1 AND state = 'reserved' AND expires_at <= kernel_now()
"""
_LOCK = "SELECT area_path FROM matching_resource WHERE id = $1 FOR NO KEY UPDATE"


async def expire_reservation() -> UUID | None:
    """Free one reservation that nobody committed in time; the resource is locked first."""
    async with transaction():
        row = await database.fetch_one(_LAPSED)
        if row is None:
            return None
        area_path = await database.fetch_value(_LOCK, row["resource_id"])
        if await database.execute(_LAPSE, row["id"]):
            await outbox.record(ReservationExpired(row["resource_id"], area_path, row["id"]))
        reservation_id: UUID = row["id"]
        return reservation_id
