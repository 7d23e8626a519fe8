"""Giving an issue to somebody, who has to act on it by a deadline.

The rules say how long it may take by the risk of the issue; whoever assigns may ask for it
sooner, not later. To refer an issue is to give it away: to a body of another level, or to an
organisation, which then resolves it.
"""

from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.calendar import Period
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.meetings import policy
from domains.meetings.errors import (
    AssignmentSettled,
    DeadlineUnfit,
    HandlerUnfit,
    IssueNotReady,
)
from domains.meetings.events.issues import AssignmentEnded, IssueAssigned
from domains.meetings.models import Issue
from domains.meetings.policy.issues import IssuePlace
from domains.meetings.queries import handlers
from domains.meetings.rules import issues as rules
from domains.meetings.rules import periods
from domains.meetings.service import issue_holding as holding
from domains.meetings.service import writing
from domains.meetings.values.issues import (
    ISSUE_ENDS,
    AssignmentState,
    HandlerKind,
    HistoryKind,
    IssueAct,
)

_ASSIGN = """
INSERT INTO meetings_assignment
    (id, issue_id, handler_kind, handler_id, task, state, assigned_by_id, assigned_at, due_at)
VALUES ($1, $2, $3, $4, $5, 'open', $6, kernel_now(), $7)
"""
_ISSUE_OF = "SELECT issue_id FROM meetings_assignment WHERE id = $1"
_HELD = "SELECT * FROM meetings_assignment WHERE id = $1 FOR UPDATE"
_END = """
UPDATE meetings_assignment
SET state = $2, note = $3, ended_at = kernel_now(), ended_by_id = $4 WHERE id = $1
"""
_AT_ASSIGNMENT = ("input", "assignmentId")

Handler = tuple[HandlerKind, UUID]


async def assign_issue(
    actor: Actor,
    issue_id: UUID,
    handler: Handler,
    *,
    task: str,
    due_at: datetime | None = None,
) -> UUID:
    """Give an issue to a person, a body or an organisation; returns the assignment's id.

    Raises HandlerUnfit, DeadlineUnfit, IssueNotReady for an issue at its end.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "assignIssue")
        assignment_id = await _assign(actor, issue, handler, task=task, due_at=due_at)
        about = ("assignment", assignment_id)
        await holding.tell(actor, issue, HistoryKind.ASSIGNED, about=about)
        await holding.audited(actor, issue, "assignIssue", assignment=str(assignment_id))
        return assignment_id


async def refer_issue(
    actor: Actor,
    issue_id: UUID,
    handler: Handler,
    *,
    reason: str,
    due_at: datetime | None = None,
) -> UUID:
    """Give an issue away to a body or an organisation; returns the assignment's id."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "referIssue")
        if handler[0] is HandlerKind.PERSON:
            raise HandlerUnfit(path=("input", "handler"))
        said = writing.text(reason, path=("input", "reason"), longest=500)
        assignment_id = await _assign(actor, issue, handler, task=said, due_at=due_at)
        about = ("assignment", assignment_id)
        await holding.step(actor, issue, IssueAct.REFER, note=said, about=about)
        await holding.audited(actor, issue, "referIssue", assignment=str(assignment_id))
        return assignment_id


async def _assign(
    actor: Actor, issue: Issue, handler: Handler, *, task: str, due_at: datetime | None
) -> UUID:
    kind, handler_id = handler
    if issue.state in ISSUE_ENDS:
        raise IssueNotReady(path=holding.AT_ISSUE)
    if not await handlers.is_fit(kind, handler_id, area_path=issue.area_path):
        raise HandlerUnfit(path=("input", "handler"))
    said = writing.text(task, path=("input", "task"), longest=1000)
    allowed = holding.procedure_of(issue).assignment[rules.level_of(issue.risk)]
    due = await deadline(allowed, asked=due_at)
    assignment_id = database.new_id()
    await database.execute(
        _ASSIGN,
        *(assignment_id, issue.id, kind.value, handler_id, said, actor.person_id, due),
    )
    await outbox.record(
        IssueAssigned(issue.id, issue.area_path, assignment_id, kind, handler_id, due)
    )
    return assignment_id


async def deadline(allowed: Period, *, asked: datetime | None) -> datetime:
    """Return when something is due: when asked, but not in the past nor beyond what is allowed."""
    now = await clock.now()
    latest = periods.due(now, allowed)
    if asked is None:
        return latest
    if not now < asked <= latest:
        raise DeadlineUnfit(path=("input", "dueAt"))
    return asked


async def complete_assignment(actor: Actor, assignment_id: UUID, *, note: str) -> UUID:
    """Say that an assignment is done, and how; returns the issue's id. Late is still done."""
    return await _end(
        actor, assignment_id, "completeAssignment", state=AssignmentState.DONE, note=note
    )


async def withdraw_assignment(actor: Actor, assignment_id: UUID, *, reason: str) -> UUID:
    """Take an assignment back, for a reason; returns the issue's id."""
    return await _end(
        actor, assignment_id, "withdrawAssignment", state=AssignmentState.WITHDRAWN, note=reason
    )


async def _end(
    actor: Actor, assignment_id: UUID, command: str, *, state: AssignmentState, note: str
) -> UUID:
    done = state is AssignmentState.DONE
    async with transaction():
        issue, row = await _hold(actor, assignment_id, command)
        if row["state"] != AssignmentState.OPEN:
            raise AssignmentSettled(path=_AT_ASSIGNMENT)
        said = writing.text(note, path=("input", "note" if done else "reason"), longest=1000)
        await database.execute(_END, assignment_id, state.value, said, actor.person_id)
        await outbox.record(AssignmentEnded(issue.id, issue.area_path, assignment_id, done))
        kind = HistoryKind.ASSIGNMENT_DONE if done else HistoryKind.ASSIGNMENT_WITHDRAWN
        about = ("assignment", assignment_id)
        await holding.tell(actor, issue, kind, note=said[:500], about=about)
        await holding.audited(actor, issue, command, assignment=str(assignment_id))
        return issue.id


async def _hold(actor: Actor, assignment_id: UUID, command: str) -> tuple[Issue, Row]:
    issue_id = await database.fetch_value(_ISSUE_OF, assignment_id)
    if issue_id is None:
        raise NotFound(path=_AT_ASSIGNMENT)
    issue = await holding.locked(issue_id, path=_AT_ASSIGNMENT)
    row = await database.fetch_one(_HELD, assignment_id)
    assert row is not None, "an assignment is never removed"
    place = IssuePlace(
        area_path=issue.area_path,
        proposer_id=issue.proposer_id,
        handlers=frozenset({row["handler_id"]}),
        seats=await handlers.bodies_led_by(actor.person_id),
    )
    require(policy.AUTHORITY, command, actor, place)
    return issue, row
