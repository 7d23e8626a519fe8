"""Funds of purpose-bound money: opened, given to with proof, matched by others, closed.

Funds that a command moves money between are locked in the order of their ids.
"""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.funds import FundNotEmpty, FundPurposeUnfit, MatchUnsound
from domains.matching.errors.resources import (
    ReceiptByDeliverer,
    ReservationStateUnfit,
    ResourceKindUnfit,
)
from domains.matching.events import funds as events
from domains.matching.events.resources import ResourceReceipted
from domains.matching.policy import FundPlace
from domains.matching.rules.money import Promise, matching_due
from domains.matching.service import books, holding
from domains.matching.values.funds import FundEntryKind, FundKind, FundState
from domains.matching.values.resources import ResourceKind, ResourceReservationState
from domains.volunteering.service.shared import line
from domains.volunteering.values.volunteers import ServiceClass

_INSERT = """
INSERT INTO matching_fund
    (id, area_id, area_path, kind, state, name, purpose, service_classes, project_id, keeper_id,
     keeper_name, most_per_project_fen, most_percent, chosen_only, opened_by_id, opened_at)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, kernel_now())
"""
_CLOSE = "UPDATE matching_fund SET state = 'closed', closed_at = kernel_now() WHERE id = $1"
_PROJECT = "SELECT id, area_path FROM matching_project WHERE id = $1"
_MATCH = """
INSERT INTO matching_fund_match
    (id, fund_id, to_fund_id, adds_fen, per_fen, ceiling_fen, until, promised_by_id, promised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
"""
_PROMISES = """
SELECT id, fund_id FROM matching_fund_match
WHERE to_fund_id = $1 AND until >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY promised_at, id
"""
_PROMISE = "SELECT * FROM matching_fund_match WHERE id = $1"
_FUNDS = "SELECT * FROM matching_fund WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_RESERVATION = """
SELECT v.*, r.kind FROM matching_reservation v JOIN matching_resource r ON r.id = v.resource_id
WHERE v.id = $1 AND v.fund_id = $2
"""
_RESOURCE = "SELECT area_path FROM matching_resource WHERE id = $1 FOR NO KEY UPDATE"
_RECEIPT = """
UPDATE matching_reservation SET state = 'receipted', receipted_by_id = $2,
    receipted_at = kernel_now(), receipt_upload_id = $3, receipt_note = $4
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class FundDraft:
    """What the money is for, who keeps the account, and on which conditions it is given."""

    area_id: UUID
    kind: FundKind
    name: str
    purpose: str
    keeper_id: UUID
    service_classes: tuple[ServiceClass, ...] = ()
    project_id: UUID | None = None
    most_per_project_fen: int | None = None
    most_percent: int | None = None
    chosen_only: bool = False


async def open_fund(actor: Actor, draft: FundDraft, *, idempotency_key: UUID) -> tuple[UUID, bool]:
    """Open a fund, with its purpose and conditions: they never change.

    Raises NotFound, AppealInText, InvalidInput.
    """
    async with transaction():
        place = await holding.place_in(draft.area_id)
        target = FundPlace(place.area_path, draft.keeper_id)
        require(policy.AUTHORITY, "openFund", actor, target)
        earlier = await idempotency.claim(actor, idempotency_key, "openFund", asdict(draft))
        if earlier is not None:
            return UUID(earlier["fund"]), True
        procedure = await holding.procedure_in(draft.area_id)
        path = ("input", "keeperId")
        keeper = await holding.organisation_named(
            actor, draft.keeper_id, place.area_path, path=path
        )
        if draft.project_id is not None:
            await _require_project(draft.project_id, place.area_path)
        if draft.most_per_project_fen is not None:
            holding.whole(draft.most_per_project_fen, path=("input", "mostPerProjectFen"))
        if draft.most_percent is not None:
            holding.whole(draft.most_percent, path=("input", "mostPercent"), most=100)
        fund_id = database.new_id()
        await database.execute(
            _INSERT,
            *(fund_id, place.area_id, place.area_path, draft.kind),
            holding.public_text(draft.name, procedure, path=("input", "name"), longest=80),
            holding.public_text(draft.purpose, procedure, path=("input", "purpose"), longest=500),
            sorted(set(draft.service_classes)),
            *(draft.project_id, draft.keeper_id, keeper, draft.most_per_project_fen),
            *(draft.most_percent, draft.chosen_only, actor.person_id),
        )
        await idempotency.settle(actor, idempotency_key, {"fund": str(fund_id)})
        await holding.told(actor, "openFund", area_id=place.area_id, subject=("fund", fund_id))
        return fund_id, False


async def _require_project(project_id: UUID, area_path: str) -> None:
    row = await database.fetch_one(_PROJECT, project_id)
    if row is None or not row["area_path"].startswith(area_path):
        raise NotFound(path=("input", "projectId"))


async def close_fund(actor: Actor, fund_id: UUID) -> UUID:
    """Close a fund in which nothing is left or allotted; raises FundNotEmpty."""
    async with transaction():
        fund = await holding.hold_fund(actor, fund_id, "closeFund")
        books.require_open(fund)
        if fund["left_fen"] or fund["allotted_fen"]:
            raise FundNotEmpty(path=("input", "fundId"))
        await database.execute(_CLOSE, fund_id)
        await _told(actor, "closeFund", fund)
    return fund_id


@dataclass(frozen=True, slots=True)
class IncomeDraft:
    """What came in, from whom as everybody may know it, and the proof."""

    amount_fen: int
    source: str
    proof_id: UUID
    reservation_id: UUID | None = None


async def record_income(
    actor: Actor, fund_id: UUID, draft: IncomeDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Record money that has come in, with proof; what others promised to add is added at once.

    With a reservation of offered money, it is that money's receipt. Raises ProofUnfit,
    ReservationStateUnfit, ResourceKindUnfit, FundClosed.
    """
    async with transaction():
        promisers = [row["fund_id"] for row in await database.fetch(_PROMISES, fund_id)]
        await database.fetch(_FUNDS, [fund_id, *promisers])
        fund = await holding.hold_fund(actor, fund_id, "recordFundIncome")
        earlier = await idempotency.claim(
            actor, idempotency_key, "recordFundIncome", {"fund": fund_id, **asdict(draft)}
        )
        if earlier is not None:
            return UUID(earlier["entry"]), True
        procedure = await holding.procedure_in(fund["area_id"])
        entry = books.Entry(
            kind=FundEntryKind.INCOME,
            amount_fen=holding.whole(draft.amount_fen, path=("input", "amountFen")),
            said=holding.public_text(
                draft.source, procedure, path=("input", "source"), longest=120
            ),
            reservation_id=draft.reservation_id,
            proof_id=await holding.require_proof(actor, draft.proof_id, path=("input", "proofId")),
        )
        if draft.reservation_id is not None:
            await _receipt(actor, fund, draft)
        entry_id = await books.enter(actor, fund, entry)
        await outbox.record(events.FundIncomeRecorded(fund_id, fund["area_path"], entry_id))
        await _add_promised(actor, fund)
        await idempotency.settle(actor, idempotency_key, {"entry": str(entry_id)})
        await _told(actor, "recordFundIncome", fund, fen=draft.amount_fen)
        return entry_id, False


async def _receipt(actor: Actor, fund: Row, draft: IncomeDraft) -> None:
    """Sign for offered money by its income: the same amount, and nobody's own delivery."""
    path = ("input", "reservationId")
    known = await database.fetch_one(_RESERVATION, draft.reservation_id, fund["id"])
    if known is None:
        raise NotFound(path=path)
    area_path = await database.fetch_value(_RESOURCE, known["resource_id"])
    reservation = await database.fetch_one(_RESERVATION, draft.reservation_id, fund["id"])
    assert reservation is not None, "a reservation is never removed"
    if reservation["state"] != ResourceReservationState.DELIVERED:
        raise ReservationStateUnfit(path=path, state=reservation["state"])
    if reservation["kind"] != ResourceKind.MONEY or reservation["quantity"] != draft.amount_fen:
        raise ResourceKindUnfit(path=path)
    if reservation["delivered_by_id"] == actor.person_id:
        raise ReceiptByDeliverer(path=path)
    await database.execute(
        _RECEIPT, reservation["id"], actor.person_id, draft.proof_id, draft.source[:300]
    )
    await outbox.record(ResourceReceipted(reservation["resource_id"], area_path, reservation["id"]))


async def _add_promised(actor: Actor, fund: Row) -> None:
    """Add what other funds promised for what was given, as far as they have it."""
    for row in await database.fetch(_PROMISES, fund["id"]):
        (giver,) = await database.fetch(_FUNDS, [row["fund_id"]])
        match = await database.fetch_one(_PROMISE, row["id"])
        assert match is not None, "a promise is never removed"
        promise = Promise(
            adds_fen=match["adds_fen"],
            per_fen=match["per_fen"],
            ceiling_fen=match["ceiling_fen"],
            given_fen=match["given_fen"],
            added_fen=match["added_fen"],
        )
        due = matching_due(promise, left_fen=giver["left_fen"])
        if due and giver["state"] == FundState.OPEN:
            out = books.Entry(FundEntryKind.MATCH_OUT, due, match_id=match["id"])
            await books.enter(actor, giver, out)
            into = books.Entry(FundEntryKind.MATCH_IN, due, match_id=match["id"])
            entry_id = await books.enter(actor, fund, into)
            await outbox.record(events.DonationMatched(fund["id"], fund["area_path"], entry_id))


@dataclass(frozen=True, slots=True)
class PromiseDraft:
    """How much is added for how much given, up to what, and until when."""

    to_fund_id: UUID
    adds_fen: int
    per_fen: int
    ceiling_fen: int
    until: date


async def promise_matching(actor: Actor, fund_id: UUID, draft: PromiseDraft) -> UUID:
    """Promise that a fund adds to what is given to another from now on.

    Only a fund for matching promises, and its purpose never grows by it. Raises MatchUnsound,
    FundPurposeUnfit, NotFound.
    """
    async with transaction():
        fund = await holding.hold_fund(actor, fund_id, "promiseMatching")
        books.require_open(fund)
        path = ("input", "toFundId")
        target = await database.fetch_one(
            "SELECT * FROM matching_fund WHERE id = $1", draft.to_fund_id
        )
        if target is None:
            raise NotFound(path=path)
        if (
            fund["kind"] != FundKind.MATCHING
            or fund_id == draft.to_fund_id
            or not 1 <= draft.adds_fen <= 1_000_000
            or not 1 <= draft.per_fen <= 1_000_000
        ):
            raise MatchUnsound(path=path)
        holding.whole(draft.ceiling_fen, path=("input", "ceilingFen"))
        if draft.until < await clock.today():
            raise InvalidInput(
                path=("input", "until"), zh="截止日已过。", en="The last day has passed."
            )
        match_id = database.new_id()

        def unfit() -> DomainError:
            return FundPurposeUnfit(path=path)

        async with holding.refusing({"matching_fund_purpose": unfit}):
            await database.execute(
                _MATCH,
                *(match_id, fund_id, draft.to_fund_id, draft.adds_fen, draft.per_fen),
                *(draft.ceiling_fen, draft.until, actor.person_id),
            )
        await _told(actor, "promiseMatching", fund, fen=draft.ceiling_fen)
    return match_id


async def return_money(
    actor: Actor,
    fund_id: UUID,
    *,
    amount_fen: int,
    said: str,
    proof_id: UUID,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Give money that is left back to who had given it, with proof; raises MoneyMissing."""
    given = {"fund": fund_id, "fen": amount_fen, "said": said, "proof": proof_id}
    async with transaction():
        fund = await holding.hold_fund(actor, fund_id, "returnFundMoney")
        earlier = await idempotency.claim(actor, idempotency_key, "returnFundMoney", given)
        if earlier is not None:
            return UUID(earlier["entry"]), True
        entry = books.Entry(
            kind=FundEntryKind.RETURN,
            amount_fen=holding.whole(amount_fen, path=("input", "amountFen")),
            said=line(said, path=("input", "said"), longest=300),
            proof_id=await holding.require_proof(actor, proof_id, path=("input", "proofId")),
        )
        entry_id = await books.enter(actor, fund, entry)
        await outbox.record(events.FundReturned(fund_id, fund["area_path"], entry_id))
        await idempotency.settle(actor, idempotency_key, {"entry": str(entry_id)})
        await _told(actor, "returnFundMoney", fund, fen=amount_fen)
        return entry_id, False


async def _told(actor: Actor, command: str, fund: Row, **details: int) -> None:
    await holding.told(
        actor, command, area_id=fund["area_id"], subject=("fund", fund["id"]), details=details
    )
