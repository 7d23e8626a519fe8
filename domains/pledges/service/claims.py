"""What has been claimed of a pledge, and what becomes of a claim that does not stand."""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.pledges.events.pledges import PledgeClaimStruck, PledgeSentBack
from domains.pledges.models import Pledge
from domains.pledges.service.held import keep
from domains.pledges.values.pledges import PledgeAct, PledgeState, ReportKind

_REACHED = """
SELECT milestone_key FROM pledges_report
WHERE pledge_id = $1 AND milestone_key IS NOT NULL AND struck_at IS NULL
"""
_REACHED_WEIGHT = """
SELECT coalesce(sum(m.weight), 0)::int FROM pledges_milestone m
JOIN pledges_report r ON r.pledge_id = m.pledge_id AND r.milestone_key = m.key
WHERE m.pledge_id = $1 AND m.version = $2 AND r.struck_at IS NULL
"""
_STRIKE = """
UPDATE pledges_report SET struck_at = kernel_now()
WHERE id = $1 AND struck_at IS NULL RETURNING kind, milestone_key
"""
_STRIKE_DELIVERY = """
UPDATE pledges_report SET struck_at = kernel_now()
WHERE pledge_id = $1 AND kind = 'delivery' AND struck_at IS NULL
"""


async def reached_keys(pledge_id: UUID) -> frozenset[UUID]:
    """Return the keys of the milestones that stand as reached."""
    rows = await database.fetch(_REACHED, pledge_id)
    return frozenset(row["milestone_key"] for row in rows)


async def reached_weight(pledge: Pledge) -> int:
    """Return what the reached milestones of the terms in force weigh together."""
    weight: int = await database.fetch_value(_REACHED_WEIGHT, pledge.id, pledge.terms_version)
    return weight


async def strike(actor: Actor, pledge: Pledge, report_id: UUID, *, reason: str) -> None:
    """Strike a contested claim: its milestone is open again, and a delivery is undone with it."""
    struck = await database.fetch_one(_STRIKE, report_id)
    if struck is None:
        return
    pledge.reached_weight = await reached_weight(pledge)
    undoes = struck["kind"] == ReportKind.DELIVERY or struck["milestone_key"] is not None
    if undoes and pledge.delivered_at is not None:
        await _undo_delivery(pledge)
        await outbox.record(PledgeSentBack(pledge.id, pledge.area_path))
    await pledge.save()
    await keep(actor, pledge, PledgeAct.CLAIM_STRUCK, subject_id=report_id, reason=reason)
    await outbox.record(PledgeClaimStruck(pledge.id, pledge.area_path, report_id))


async def send_back(actor: Actor, pledge: Pledge) -> None:
    """Send a delivery back that those who may accept it did not accept."""
    await _undo_delivery(pledge)
    await pledge.save()
    await keep(actor, pledge, PledgeAct.SENT_BACK)
    await outbox.record(PledgeSentBack(pledge.id, pledge.area_path))


async def _undo_delivery(pledge: Pledge) -> None:
    await database.execute(_STRIKE_DELIVERY, pledge.id)
    pledge.delivered_on = pledge.delivered_at = pledge.accepted_at = None
    # It goes back to being overdue where that has been told; else the worker will tell it.
    was_told = pledge.overdue_since == pledge.deadline + timedelta(days=1)
    is_over = pledge.deadline < await clock.today()
    pledge.state = PledgeState.OVERDUE if was_told and is_over else PledgeState.IN_PROGRESS
