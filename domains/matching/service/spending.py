"""Money of a project: allotted to a line, spent as another approves, released and refunded."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.funds import MoneyMissing, SpenderApproved, SpendingDecided
from domains.matching.errors.resources import ProofUnfit
from domains.matching.events import funds as events
from domains.matching.service import books, holding
from domains.matching.service.deciding import settle_funding
from domains.matching.values.funds import FundEntryKind, PayeeKind, SpendingState
from domains.matching.values.projects import ServiceProjectState
from domains.volunteering.service.shared import line

_LINE = "SELECT * FROM matching_budget_line WHERE id = $1"
_LOCK_PROJECT = "SELECT * FROM matching_project WHERE id = $1 FOR NO KEY UPDATE"
_FUND = "SELECT * FROM matching_fund WHERE id = $1 FOR NO KEY UPDATE"
_COVERED = """
SELECT l.allotted_fen - l.spent_fen - coalesce((
    SELECT sum(s.amount_fen) FROM matching_spending s
    WHERE s.fund_id = $1 AND s.line_id = $2 AND s.state = 'entered'), 0)
FROM matching_fund_line l WHERE l.fund_id = $1 AND l.line_id = $2
"""
_SPENDING = """
INSERT INTO matching_spending
    (id, fund_id, project_id, line_id, amount_fen, payee_kind, payee, purpose, spent_on,
     proof_upload_id, state, entered_by_id, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'entered', $11, kernel_now())
"""
_KNOWN = "SELECT * FROM matching_spending WHERE id = $1"
_DECIDE = """
UPDATE matching_spending SET state = $2, decided_by_id = $3, decided_at = kernel_now(),
    reason = $4
WHERE id = $1
"""
_FUNDABLE = (
    ServiceProjectState.APPROVED,
    ServiceProjectState.FUNDED,
    ServiceProjectState.RUNNING,
)
# What is left over is given back whatever has become of the project.
_RELEASING = (
    *_FUNDABLE,
    ServiceProjectState.SUSPENDED,
    ServiceProjectState.EVALUATED,
)
_SPENDING_STATES = (ServiceProjectState.RUNNING, ServiceProjectState.EVALUATED)


@dataclass(frozen=True, slots=True)
class Movement:
    """How much of which fund, for which line of a project's budget."""

    fund_id: UUID
    line_id: UUID
    amount_fen: int


async def allot(actor: Actor, movement: Movement, *, idempotency_key: UUID) -> tuple[UUID, bool]:
    """Set money aside for a line; a project whose every line is covered is funded.

    Raises FundPurposeUnfit, FundConditionsUnmet, MoneyMissing, BudgetLineTooSmall,
    ProjectStateUnfit.
    """
    return await _moved(actor, movement, "allotMoney", idempotency_key)


async def release(actor: Actor, movement: Movement, *, idempotency_key: UUID) -> tuple[UUID, bool]:
    """Give back to the fund what was set aside for a line and not spent; raises MoneyMissing."""
    return await _moved(actor, movement, "releaseMoney", idempotency_key)


async def _moved(
    actor: Actor, movement: Movement, command: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    allots = command == "allotMoney"
    async with transaction():
        project, fund = await _hold_both(actor, movement, command)
        earlier = await idempotency.claim(actor, idempotency_key, command, asdict(movement))
        if earlier is not None:
            return UUID(earlier["entry"]), True
        entry_id = await _booked(actor, movement, project, fund, allots=allots)
        await idempotency.settle(actor, idempotency_key, {"entry": str(entry_id)})
        await _told(actor, command, fund, project=str(project["id"]), fen=movement.amount_fen)
        return entry_id, False


async def allot_proposed(actor: Actor, movement: Movement, *, action: str) -> tuple[UUID, Row]:
    """Set aside, in the open transaction of a command that may, what was proposed for a need.

    Returns the entry, and the project. Raises as `allot` does.
    """
    database.require_open_transaction()
    project, fund = await _hold_both(actor, movement, action)
    return await _booked(actor, movement, project, fund, allots=True), project


async def _booked(
    actor: Actor, movement: Movement, project: Row, fund: Row, *, allots: bool
) -> UUID:
    holding.require_state(project, *(_FUNDABLE if allots else _RELEASING))
    entry = books.Entry(
        kind=FundEntryKind.ALLOTMENT if allots else FundEntryKind.RELEASE,
        amount_fen=holding.whole(movement.amount_fen, path=("input", "amountFen")),
        line_id=movement.line_id,
        project_id=project["id"],
    )
    if not allots:
        await _require_covered(movement)
    entry_id = await books.enter(actor, fund, entry)
    await settle_funding(actor, project["id"])
    event = events.MoneyAllotted if allots else events.MoneyReleased
    await outbox.record(event(fund["id"], fund["area_path"], project["id"], entry_id))
    return entry_id


async def _hold_both(actor: Actor, movement: Movement, action: str) -> tuple[Row, Row]:
    """Lock the project of a line, then the fund, for who keeps the fund; raises NotFound."""
    budget_line = await database.fetch_one(_LINE, movement.line_id)
    if budget_line is None:
        raise NotFound(path=("input", "lineId"))
    project = await database.fetch_one(_LOCK_PROJECT, budget_line["project_id"])
    assert project is not None, "a line is of a project"
    fund = await holding.hold_fund(actor, movement.fund_id, action)
    if not policy.sees_project(actor, holding.project_place(project)):
        raise NotFound(path=("input", "lineId"))
    return project, fund


async def _require_covered(movement: Movement) -> None:
    """Refuse more than is allotted and neither spent nor about to be; raises MoneyMissing."""
    covered = await database.fetch_value(_COVERED, movement.fund_id, movement.line_id) or 0
    if movement.amount_fen > covered:
        raise MoneyMissing(path=("input", "amountFen"), left_fen=covered)


@dataclass(frozen=True, slots=True)
class SpendingDraft:
    """What was paid: from which fund for which line, to whom, for what, when, and the proof."""

    fund_id: UUID
    line_id: UUID
    amount_fen: int
    payee_kind: PayeeKind
    payee: str
    purpose: str
    spent_on: date
    proof_id: UUID


async def enter_spending(
    actor: Actor, draft: SpendingDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Enter a spending with its proof, for somebody else to approve.

    Raises MoneyMissing for more than the fund allotted to the line, ProofUnfit, InvalidInput.
    """
    async with transaction():
        budget_line = await database.fetch_one(_LINE, draft.line_id)
        if budget_line is None:
            raise NotFound(path=("input", "lineId"))
        project = await holding.hold_project(
            actor, budget_line["project_id"], "enterSpending", path=("input", "lineId")
        )
        fund = await database.fetch_one(_FUND, draft.fund_id)
        if fund is None or not _is_near(fund, project):
            raise NotFound(path=("input", "fundId"))
        earlier = await idempotency.claim(actor, idempotency_key, "enterSpending", asdict(draft))
        if earlier is not None:
            return UUID(earlier["spending"]), True
        holding.require_state(project, *_SPENDING_STATES)
        spending_id = await _entered(actor, draft, project)
        await outbox.record(
            events.SpendingEntered(fund["id"], fund["area_path"], project["id"], spending_id)
        )
        await idempotency.settle(actor, idempotency_key, {"spending": str(spending_id)})
        await _told(actor, "enterSpending", fund, spending=str(spending_id), fen=draft.amount_fen)
        return spending_id, False


def _is_near(fund: Row, project: Row) -> bool:
    near: bool = project["area_path"].startswith(fund["area_path"])
    return near


async def _entered(actor: Actor, draft: SpendingDraft, project: Row) -> UUID:
    holding.whole(draft.amount_fen, path=("input", "amountFen"))
    await _require_covered(Movement(draft.fund_id, draft.line_id, draft.amount_fen))
    today = await clock.today()
    if not project["starts_on"] <= draft.spent_on <= today:
        raise InvalidInput(
            path=("input", "spentOn"),
            zh="支出日期须在项目开始之后,且不晚于今天。",
            en="Money is spent within the project, and not in the future.",
        )
    await holding.require_proof(actor, draft.proof_id, path=("input", "proofId"))
    procedure = await holding.procedure_in(project["area_id"])
    spending_id = database.new_id()
    async with holding.refusing({"matching_spending_one_proof": _used}):
        await database.execute(
            _SPENDING,
            *(spending_id, draft.fund_id, project["id"], draft.line_id, draft.amount_fen),
            draft.payee_kind,
            holding.public_text(draft.payee, procedure, path=("input", "payee"), longest=120),
            holding.public_text(draft.purpose, procedure, path=("input", "purpose"), longest=300),
            *(draft.spent_on, draft.proof_id, actor.person_id),
        )
    return spending_id


def _used() -> DomainError:
    return ProofUnfit(path=("input", "proofId"))


async def _hold_spending(actor: Actor, spending_id: UUID, action: str) -> tuple[Row, Row, Row]:
    """Lock project, then fund, then read the spending; raises NotFound, Forbidden."""
    path = ("input", "spendingId")
    known = await database.fetch_one(_KNOWN, spending_id)
    if known is None:
        raise NotFound(path=path)
    project = await database.fetch_one(_LOCK_PROJECT, known["project_id"])
    fund = await database.fetch_one(_FUND, known["fund_id"])
    spending = await database.fetch_one(_KNOWN, spending_id)
    assert project is not None
    assert fund is not None
    assert spending is not None
    require(policy.AUTHORITY, action, actor, holding.fund_place(fund))
    return project, fund, spending


async def decide_spending(
    actor: Actor, spending_id: UUID, *, approves: bool, reason: str = ""
) -> UUID:
    """Approve a spending that somebody else entered, which puts it into the books; or refuse it.

    Nothing is spent while the project rests. Raises SpenderApproved, SpendingDecided,
    MoneyMissing, ProjectStateUnfit.
    """
    async with transaction():
        project, fund, spending = await _hold_spending(actor, spending_id, "decideSpending")
        path = ("input", "spendingId")
        if actor.person_id == spending["entered_by_id"]:
            raise SpenderApproved(path=path)
        if spending["state"] != SpendingState.ENTERED:
            raise SpendingDecided(path=path)
        if approves:
            holding.require_state(project, *_SPENDING_STATES)
        said = line(reason, path=("input", "reason"), longest=300, shortest=0 if approves else 2)
        state = SpendingState.APPROVED if approves else SpendingState.REFUSED
        await database.execute(_DECIDE, spending_id, state, actor.person_id, said or None)
        if approves:
            entry = books.Entry(
                kind=FundEntryKind.SPENDING,
                amount_fen=spending["amount_fen"],
                line_id=spending["line_id"],
                project_id=project["id"],
                spending_id=spending_id,
            )
            await books.enter(actor, fund, entry)
        event = events.SpendingRecorded if approves else events.SpendingRefused
        await outbox.record(event(fund["id"], fund["area_path"], project["id"], spending_id))
        await _told(actor, "decideSpending", fund, spending=str(spending_id), approves=approves)
    return spending_id


async def refund_spending(
    actor: Actor,
    spending_id: UUID,
    *,
    amount_fen: int,
    said: str,
    proof_id: UUID,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Take back into the line what a payee paid back, with proof; raises MoneyMissing."""
    given = {"spending": spending_id, "fen": amount_fen, "said": said, "proof": proof_id}
    async with transaction():
        project, fund, spending = await _hold_spending(actor, spending_id, "refundSpending")
        earlier = await idempotency.claim(actor, idempotency_key, "refundSpending", given)
        if earlier is not None:
            return UUID(earlier["spending"]), True
        holding.require_state(project, *_RELEASING)
        holding.whole(amount_fen, path=("input", "amountFen"))
        left = spending["amount_fen"] - spending["refunded_fen"]
        if spending["state"] != SpendingState.APPROVED or amount_fen > left:
            raise MoneyMissing(path=("input", "amountFen"), left_fen=left)
        entry = books.Entry(
            kind=FundEntryKind.REFUND,
            amount_fen=amount_fen,
            said=line(said, path=("input", "said"), longest=300),
            line_id=spending["line_id"],
            project_id=project["id"],
            spending_id=spending_id,
            proof_id=await holding.require_proof(actor, proof_id, path=("input", "proofId")),
        )
        entry_id = await books.enter(actor, fund, entry)
        await outbox.record(
            events.SpendingRefunded(fund["id"], fund["area_path"], project["id"], entry_id)
        )
        await idempotency.settle(actor, idempotency_key, {"spending": str(spending_id)})
        await _told(actor, "refundSpending", fund, spending=str(spending_id), fen=amount_fen)
        return spending_id, False


async def _told(actor: Actor, command: str, fund: Row, **details: str | int) -> None:
    await holding.told(
        actor, command, area_id=fund["area_id"], subject=("fund", fund["id"]), details=details
    )
