"""What was not done in time: each is marked once, told once, and stays visible."""

from typing import Any
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.kernel.events import Event
from domains.meetings.events.issues import AssignmentOverdue, IssueOverdue, WhistleOverdue
from domains.meetings.events.resolutions import ResolutionOverdue
from domains.meetings.models import Issue, Resolution
from domains.meetings.service import history
from domains.meetings.service import issue_holding as holding
from domains.meetings.values.issues import HandlerKind, HistoryKind

# The issue is locked with what hangs on it; where another command has it, a later tick comes.
_ISSUE = """
SELECT id FROM meetings_issue WHERE due_at <= kernel_now() AND overdue_at IS NULL
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ASSIGNMENT = """
SELECT a.id, a.issue_id, a.handler_kind, a.handler_id FROM meetings_assignment a
JOIN meetings_issue i ON i.id = a.issue_id
WHERE a.state = 'open' AND a.due_at <= kernel_now() AND a.overdue_at IS NULL
ORDER BY a.due_at LIMIT 1 FOR UPDATE OF i, a SKIP LOCKED
"""
_WHISTLE = """
SELECT w.id, w.issue_id, w.organisation_id FROM meetings_whistle w
JOIN meetings_issue i ON i.id = w.issue_id
WHERE w.state = 'called' AND w.due_at <= kernel_now() AND w.overdue_at IS NULL
ORDER BY w.due_at LIMIT 1 FOR UPDATE OF i, w SKIP LOCKED
"""
_RESOLUTION = """
SELECT id FROM meetings_resolution
WHERE state IN ('adopted', 'in_progress') AND due_at <= kernel_now() AND overdue_at IS NULL
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MARK = "UPDATE {table} SET overdue_at = kernel_now() WHERE id = $1"


async def mark_overdue_issue() -> UUID | None:
    """Mark one issue that has been in its state for too long; None where there is none."""
    async with transaction():
        issue_id: UUID | None = await database.fetch_value(_ISSUE)
        if issue_id is None:
            return None
        issue = await holding.locked(issue_id)
        issue.overdue_at = await clock.now()
        assert issue.due_at is not None, "what is overdue was due"
        event = IssueOverdue(issue.id, issue.area_path, issue.state, issue.due_at)
        await _tell(issue, event)
        return issue_id


async def mark_overdue_assignment() -> UUID | None:
    """Mark one assignment that was not done in time; None where there is none."""
    async with transaction():
        row = await database.fetch_one(_ASSIGNMENT)
        if row is None:
            return None
        await database.execute(_MARK.format(table="meetings_assignment"), row["id"])
        issue = await holding.locked(row["issue_id"])
        kind = HandlerKind(row["handler_kind"])
        event = AssignmentOverdue(issue.id, issue.area_path, row["id"], kind, row["handler_id"])
        await _tell(issue, event, about=("assignment", row["id"]))
        return issue.id


async def mark_overdue_whistle() -> UUID | None:
    """Mark one department that has not answered in time; None where there is none."""
    async with transaction():
        row = await database.fetch_one(_WHISTLE)
        if row is None:
            return None
        await database.execute(_MARK.format(table="meetings_whistle"), row["id"])
        issue = await holding.locked(row["issue_id"])
        event = WhistleOverdue(issue.id, issue.area_path, row["id"], row["organisation_id"])
        await _tell(issue, event, about=("whistle", row["id"]))
        return issue.id


async def _tell(issue: Issue, event: Event, **about: Any) -> None:
    await outbox.record(event)
    await holding.tell(SYSTEM, issue, HistoryKind.OVERDUE, **about)


async def mark_overdue_resolution() -> UUID | None:
    """Mark one resolution that was not carried out by its day; None where there is none."""
    async with transaction():
        resolution_id: UUID | None = await database.fetch_value(_RESOLUTION)
        if resolution_id is None:
            return None
        resolution = await Resolution.filter(id=resolution_id).select_for_update().get()
        resolution.overdue_at = await clock.now()
        await outbox.record(
            ResolutionOverdue(
                resolution.id,
                resolution.area_path,
                resolution.handler_kind,
                resolution.handler_id,
                resolution.due_at,
                resolution.issue_id,
                resolution.proposer_id,
            )
        )
        await history.add(resolution, HistoryKind.OVERDUE, actor=SYSTEM)
        await resolution.save()
        if resolution.issue_id is not None:
            issue = await holding.locked(resolution.issue_id)
            about = ("resolution", resolution.id)
            await holding.tell(SYSTEM, issue, HistoryKind.OVERDUE, about=about)
        return resolution_id
