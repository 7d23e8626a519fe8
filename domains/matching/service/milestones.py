"""Milestones reached with proof, told before they are due and when they are late; budget shifts."""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.matching.errors.projects import (
    BudgetLineTooSmall,
    BudgetShiftDecided,
    DeciderAsked,
    MilestoneOver,
)
from domains.matching.events import projects as events
from domains.matching.service import holding
from domains.matching.service.deciding import settle_funding
from domains.matching.values.projects import (
    BudgetShiftState,
    MilestoneState,
    ServiceProjectState,
)
from domains.volunteering.service.shared import line

_MILESTONE = "SELECT * FROM matching_milestone WHERE id = $1"
_END = """
UPDATE matching_milestone SET state = $2::text, proof_upload_id = $3, note = $4, reached_by_id = $5,
    reached_at = CASE WHEN $2::text = 'reached' THEN kernel_now() END
WHERE id = $1 AND state = 'waiting'
"""
_ENDED = (ServiceProjectState.RUNNING, ServiceProjectState.EVALUATED)


async def reach_milestone(actor: Actor, milestone_id: UUID, *, proof_id: UUID, note: str) -> UUID:
    """Say, with proof, that a milestone is reached; raises MilestoneOver, ProofUnfit."""
    async with transaction():
        milestone, project = await _hold(actor, milestone_id, "reachMilestone")
        await holding.require_proof(actor, proof_id, path=("input", "proofId"))
        said = line(note, path=("input", "note"), longest=500)
        await database.execute(
            _END, milestone_id, MilestoneState.REACHED, proof_id, said, actor.person_id
        )
        await outbox.record(
            events.MilestoneReached(
                project["id"], project["area_path"], milestone_id, str(milestone["due_on"])
            )
        )
        await _told(actor, "reachMilestone", project, milestone=str(milestone_id))
    return milestone_id


async def miss_milestone(actor: Actor, milestone_id: UUID, *, note: str) -> UUID:
    """Say why a milestone will not be reached, so that the project can be closed without it."""
    async with transaction():
        _, project = await _hold(actor, milestone_id, "missMilestone")
        said = line(note, path=("input", "note"), longest=500)
        await database.execute(
            _END, milestone_id, MilestoneState.MISSED, None, said, actor.person_id
        )
        await _told(actor, "missMilestone", project, milestone=str(milestone_id))
    return milestone_id


async def _hold(actor: Actor, milestone_id: UUID, action: str) -> tuple[Row, Row]:
    path = ("input", "milestoneId")
    known = await database.fetch_one(_MILESTONE, milestone_id)
    if known is None:
        raise NotFound(path=path)
    project = await holding.hold_project(actor, known["project_id"], action, *_ENDED, path=path)
    milestone = await database.fetch_one(_MILESTONE, milestone_id)
    if milestone is None or milestone["state"] != MilestoneState.WAITING:
        raise MilestoneOver(path=path)
    return milestone, project


_NEAR = """
UPDATE matching_milestone SET reminded_at = kernel_now() WHERE id = (
    SELECT id FROM matching_milestone
    WHERE watched AND state = 'waiting' AND reminded_at IS NULL AND remind_at <= kernel_now()
    ORDER BY remind_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, project_id, due_on
"""
_LATE = """
UPDATE matching_milestone SET overdue_at = kernel_now() WHERE id = (
    SELECT id FROM matching_milestone
    WHERE watched AND state = 'waiting' AND overdue_at IS NULL AND due_at <= kernel_now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, project_id, due_on
"""
_AREA = "SELECT area_path FROM matching_project WHERE id = $1"


async def remind_of_milestone() -> UUID | None:
    """Tell of one milestone that comes due, once."""
    return await _tell(_NEAR, events.MilestoneDue)


async def note_overdue_milestone() -> UUID | None:
    """Tell of one milestone whose day has passed, once."""
    return await _tell(_LATE, events.MilestoneOverdue)


async def _tell(sql: str, event: type[events.MilestoneEvent]) -> UUID | None:
    async with transaction():
        row = await database.fetch_one(sql)
        if row is None:
            return None
        area_path = await database.fetch_value(_AREA, row["project_id"])
        await outbox.record(event(row["project_id"], area_path, row["id"], str(row["due_on"])))
        milestone_id: UUID = row["id"]
        return milestone_id


_ASK = """
INSERT INTO matching_budget_shift
    (id, project_id, from_line_id, to_line_id, amount_fen, reason, state, asked_by_id, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7, kernel_now())
"""
_LINE = "SELECT * FROM matching_budget_line WHERE id = $1 AND project_id = $2"
_SHIFT = "SELECT * FROM matching_budget_shift WHERE id = $1"
_DECIDE = """
UPDATE matching_budget_shift SET state = $2, decided_by_id = $3, decided_at = kernel_now()
WHERE id = $1
"""
_TAKE = "UPDATE matching_budget_line SET amount_fen = amount_fen - $2 WHERE id = $1"
_GIVE = "UPDATE matching_budget_line SET amount_fen = amount_fen + $2 WHERE id = $1"
_MOVABLE = (
    ServiceProjectState.APPROVED,
    ServiceProjectState.FUNDED,
    ServiceProjectState.RUNNING,
)


async def ask_shift(
    actor: Actor,
    project_id: UUID,
    *,
    from_line_id: UUID,
    to_line_id: UUID,
    amount_fen: int,
    reason: str,
) -> UUID:
    """Ask to move a part of one line's budget to another; the whole stays.

    Raises BudgetLineTooSmall where the line has not that much that is not allotted.
    """
    async with transaction():
        project = await holding.hold_project(actor, project_id, "askBudgetShift", *_MOVABLE)
        source = await database.fetch_one(_LINE, from_line_id, project_id)
        target = await database.fetch_one(_LINE, to_line_id, project_id)
        if source is None or target is None or from_line_id == to_line_id:
            raise NotFound(path=("input", "toLineId" if source else "fromLineId"))
        _require_free(source, holding.whole(amount_fen, path=("input", "amountFen")))
        shift_id = database.new_id()
        said = line(reason, path=("input", "reason"), longest=300)
        await database.execute(
            _ASK,
            *(shift_id, project_id, from_line_id, to_line_id, amount_fen, said),
            actor.person_id,
        )
        await outbox.record(events.BudgetShiftAsked(project_id, project["area_path"], shift_id))
        await _told(actor, "askBudgetShift", project, shift=str(shift_id), fen=amount_fen)
    return shift_id


def _require_free(budget_line: Row, amount_fen: int) -> None:
    free = budget_line["amount_fen"] - budget_line["allotted_fen"]
    if amount_fen > free:
        raise BudgetLineTooSmall(path=("input", "amountFen"), left_fen=free)


async def decide_shift(actor: Actor, shift_id: UUID, *, approves: bool) -> UUID:
    """Approve or refuse a shift that somebody else asked for; raises DeciderAsked."""
    async with transaction():
        path = ("input", "shiftId")
        known = await database.fetch_one(_SHIFT, shift_id)
        if known is None:
            raise NotFound(path=path)
        project = await holding.hold_project(
            actor, known["project_id"], "decideBudgetShift", *_MOVABLE, path=path
        )
        shift = await database.fetch_one(_SHIFT, shift_id)
        assert shift is not None, "a shift is never removed"
        if shift["state"] != BudgetShiftState.ASKED:
            raise BudgetShiftDecided(path=path)
        if actor.person_id == shift["asked_by_id"]:
            raise DeciderAsked(path=path)
        state = BudgetShiftState.APPROVED if approves else BudgetShiftState.REFUSED
        await database.execute(_DECIDE, shift_id, state, actor.person_id)
        if approves:
            await _move(shift, project["id"])
            await settle_funding(actor, project["id"])
        await outbox.record(
            events.BudgetShiftDecided(project["id"], project["area_path"], shift_id, approves)
        )
        await _told(actor, "decideBudgetShift", project, shift=str(shift_id), approves=approves)
    return shift_id


async def _move(shift: Row, project_id: UUID) -> None:
    source = await database.fetch_one(_LINE, shift["from_line_id"], project_id)
    assert source is not None, "a line of an approved project stays"
    _require_free(source, shift["amount_fen"])
    await database.execute(_TAKE, shift["from_line_id"], shift["amount_fen"])
    await database.execute(_GIVE, shift["to_line_id"], shift["amount_fen"])


async def _told(actor: Actor, command: str, project: Row, **details: str | int) -> None:
    await holding.told(
        actor,
        command,
        area_id=project["area_id"],
        subject=("project", project["id"]),
        details=details,
    )
