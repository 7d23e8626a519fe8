"""Money that a run proposes for a need: who keeps the fund says yes or no, and only a yes moves it.

A yes is an allotment to a line of a project's budget, by an entry like every other: the need's
own project, or, for a need of no project, one of the same community and purpose.
"""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.requirements import LineOfAnother, MoneyProposalDecided
from domains.matching.events.runs import MoneyProposalAnswered
from domains.matching.service import holding, spending
from domains.matching.service.spending import Movement
from domains.matching.values.requirements import MoneyProposalState
from domains.volunteering.service.shared import line

_FUND = """
SELECT f.* FROM matching_fund f JOIN matching_money_proposal m ON m.fund_id = f.id WHERE m.id = $1
"""
_HOLD = """
SELECT m.*, n.project_id, n.community_id, r.purpose FROM matching_money_proposal m
JOIN matching_need n ON n.id = m.need_id
LEFT JOIN matching_requirement r ON r.need_id = n.id
WHERE m.id = $1 FOR UPDATE OF m
"""
_DECIDE = """
UPDATE matching_money_proposal
SET state = $2, entry_id = $3, decided_by_id = $4, decided_at = kernel_now(), reason = $5
WHERE id = $1
"""


async def decide_money(
    actor: Actor,
    proposal_id: UUID,
    *,
    accepts: bool,
    line_id: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """Set the money aside for a line, or refuse it with a reason: then it is sought again.

    Raises MoneyProposalDecided, LineOfAnother, InvalidInput, NotFound, Forbidden, and as `allot`.
    """
    async with transaction():
        fund, proposal = await _held(actor, proposal_id)
        entry_id, said = None, None
        if accepts:
            state = MoneyProposalState.ACCEPTED
            entry_id = await _set_aside(actor, proposal, line_id)
        else:
            state = MoneyProposalState.REFUSED
            said = line(reason or "", path=("input", "reason"), longest=200)
        await database.execute(_DECIDE, proposal_id, state, entry_id, actor.person_id, said)
        await outbox.record(
            MoneyProposalAnswered(
                *(proposal["run_id"], fund["area_path"], fund["id"], proposal["need_id"]),
                *(proposal_id, accepts),
            )
        )
        await holding.told(
            actor,
            "decideMoneyProposal",
            area_id=fund["area_id"],
            subject=("fund", fund["id"]),
            details={"proposal": str(proposal_id), "fen": proposal["fen"], "accepts": accepts},
        )
    return proposal_id


async def _held(actor: Actor, proposal_id: UUID) -> tuple[Row, Row]:
    """Lock a proposal that waits, for who keeps its fund; returns the fund too."""
    fund = await database.fetch_one(_FUND, proposal_id)
    if fund is None:
        raise NotFound(path=("input", "proposalId"))
    require(policy.AUTHORITY, "decideMoneyProposal", actor, holding.fund_place(fund))
    row = await database.fetch_one(_HOLD, proposal_id)
    assert row is not None, "proposals are kept"
    if row["state"] != MoneyProposalState.PROPOSED:
        raise MoneyProposalDecided(path=("input", "proposalId"), state=row["state"])
    return fund, row


async def _set_aside(actor: Actor, proposal: Row, line_id: UUID | None) -> UUID:
    if line_id is None:
        raise InvalidInput(
            path=("input", "lineId"),
            zh="须指明列支的预算科目。",
            en="The money is set aside for a line of a budget.",
        )
    movement = Movement(proposal["fund_id"], line_id, proposal["fen"])
    entry_id, project = await spending.allot_proposed(actor, movement, action="decideMoneyProposal")
    if not _is_for(proposal, project):
        raise LineOfAnother(path=("input", "lineId"))
    return entry_id


def _is_for(proposal: Row, project: Row) -> bool:
    if proposal["project_id"] is not None:
        return bool(proposal["project_id"] == project["id"])
    return bool(
        project["community_id"] == proposal["community_id"]
        and project["service_class"] == proposal["purpose"]
    )
