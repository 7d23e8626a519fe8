"""The books of purpose-bound money: entries that stand, and what they refuse.

A trigger applies an entry to the balances, and constraints keep them whole: what came in is
left, allotted, spent, returned or passed on, and nothing is ever below zero. Who enters
something holds the project first, then the fund.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import DomainError
from domains.matching.errors.funds import (
    FundClosed,
    FundConditionsUnmet,
    FundPurposeUnfit,
    MoneyMissing,
)
from domains.matching.errors.projects import BudgetLineTooSmall, ProjectStateUnfit
from domains.matching.errors.resources import ProofUnfit
from domains.matching.service import holding
from domains.matching.values.funds import FundEntryKind, FundState

_ENTRY = """
INSERT INTO matching_fund_entry
    (id, fund_id, kind, amount_fen, line_id, project_id, spending_id, match_id, reservation_id,
     proof_upload_id, said, by_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, kernel_now())
"""
_LINE = """
SELECT b.amount_fen - b.allotted_fen AS free, p.state FROM matching_budget_line b
JOIN matching_project p ON p.id = b.project_id WHERE b.id = $1
"""
_LEFT = "SELECT left_fen FROM matching_fund WHERE id = $1"
_COVERED = """
SELECT allotted_fen - spent_fen FROM matching_fund_line WHERE fund_id = $1 AND line_id = $2
"""
_AMOUNT = ("input", "amountFen")
_FUND = ("input", "fundId")


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement of a fund's money, as it is written."""

    kind: FundEntryKind
    amount_fen: int
    said: str = ""
    line_id: UUID | None = None
    project_id: UUID | None = None
    spending_id: UUID | None = None
    match_id: UUID | None = None
    reservation_id: UUID | None = None
    proof_id: UUID | None = None


async def enter(actor: Actor, fund: Row, entry: Entry) -> UUID:
    """Write an entry, inside a command; where the books do not allow it, say kindly why.

    Raises FundPurposeUnfit, FundConditionsUnmet, MoneyMissing, BudgetLineTooSmall, FundClosed,
    ProjectStateUnfit, ProofUnfit.
    """
    database.require_open_transaction()
    require_open(fund)
    entry_id = database.new_id()
    async with holding.refusing(await _refusals(fund["id"], entry.line_id)):
        await database.execute(
            _ENTRY,
            *(entry_id, fund["id"], entry.kind, entry.amount_fen, entry.line_id),
            *(entry.project_id, entry.spending_id, entry.match_id, entry.reservation_id),
            *(entry.proof_id, entry.said, actor.person_id),
        )
    return entry_id


def require_open(fund: Row) -> None:
    """Refuse where a fund takes and gives no more."""
    if fund["state"] != FundState.OPEN:
        raise FundClosed(path=_FUND)


async def _refusals(fund_id: UUID, line_id: UUID | None) -> dict[str, Callable[[], DomainError]]:
    left = await database.fetch_value(_LEFT, fund_id)
    covered = await database.fetch_value(_COVERED, fund_id, line_id) or 0
    row = await database.fetch_one(_LINE, line_id)
    free, state = (row["free"], row["state"]) if row else (0, "")
    return {
        "matching_fund_covered": lambda: MoneyMissing(path=_AMOUNT, left_fen=left),
        "matching_fund_line_covered": lambda: MoneyMissing(path=_AMOUNT, left_fen=covered),
        "matching_budget_line_within": lambda: BudgetLineTooSmall(path=_AMOUNT, left_fen=free),
        "matching_spending_refunded": lambda: MoneyMissing(path=_AMOUNT, left_fen=0),
        "matching_fund_purpose": lambda: FundPurposeUnfit(path=_FUND),
        "matching_fund_conditions": lambda: FundConditionsUnmet(path=_FUND),
        "matching_fund_is_open": lambda: FundClosed(path=_FUND),
        "matching_fund_project_state": lambda: ProjectStateUnfit(state=state),
        "matching_fund_entry_one_proof": lambda: ProofUnfit(path=("input", "proofId")),
    }
