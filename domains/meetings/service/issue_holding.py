"""What every command over an issue begins and ends with: the lock, the table, the history."""

from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.errors import DomainError, NotFound
from domains.kernel.rules import thaw
from domains.meetings import policy
from domains.meetings.events.issues import IssueMoved
from domains.meetings.models import Issue
from domains.meetings.policy.issues import IssuePlace
from domains.meetings.queries import handlers
from domains.meetings.rules import issues as rules
from domains.meetings.rules.issues import IssueFacts, IssueProcedure
from domains.meetings.service import history
from domains.meetings.service.history import About
from domains.meetings.values.issues import ISSUE_ENDS, HistoryKind, IssueAct, IssueState

AT_ISSUE = ("input", "issueId")
# What was not before a meeting yet: what many support has to come there in time.
NOT_HEARD = frozenset({IssueState.REPORTED, IssueState.TRIAGED, IssueState.RISK_ASSESSED})


async def hold(
    actor: Actor, issue_id: UUID, action: str, *, path: tuple[str, ...] = AT_ISSUE
) -> Issue:
    """Lock an issue for a command that the table allows; raises NotFound, Forbidden."""
    issue = await locked(issue_id, path=path)
    require(policy.AUTHORITY, action, actor, await place_of(actor, issue))
    return issue


async def locked(issue_id: UUID, *, path: tuple[str, ...] = AT_ISSUE) -> Issue:
    """Lock an issue, whoever asks."""
    database.require_open_transaction()
    issue = await Issue.filter(id=issue_id).select_for_update().first()
    if issue is None:
        raise NotFound(path=path)
    return issue


async def place_of(actor: Actor, issue: Issue) -> IssuePlace:
    """Return what authority judges the actor by over this issue."""
    return IssuePlace(
        area_path=issue.area_path,
        proposer_id=issue.proposer_id,
        handlers=await handlers.of_issue(issue.id),
        seats=await handlers.bodies_led_by(actor.person_id),
    )


def procedure_of(issue: Issue) -> IssueProcedure:
    """Return the rules under which the issue was raised."""
    return IssueProcedure.of(thaw(issue.frozen_rules))


async def step(
    actor: Actor, issue: Issue, act: IssueAct, *, note: str = "", about: About | None = None
) -> None:
    """Lead a locked issue on by an act, tell of it, and save it; refuses what does not follow."""
    now = await clock.now()
    procedure = procedure_of(issue)
    over = issue.evaluation_until is not None and issue.evaluation_until <= now
    facts = IssueFacts(
        state=issue.state,
        category=issue.category,
        risk=issue.risk,
        must_be_looked_at=issue.look_due_at is not None,
        evaluated=issue.evaluation is not None,
        evaluation_over=over,
        ballot_decided=issue.ballot_decided_at is not None,
    )
    try:
        transition = rules.require(act, facts, procedure)
    except DomainError as refusal:
        refusal.path = AT_ISSUE
        raise
    issue.state, issue.state_since = transition.ends, now
    issue.overdue_at, issue.due_at = None, procedure.step_due(transition.ends, now)
    if issue.look_due_at is not None and issue.state in NOT_HEARD:
        issue.due_at = min(issue.due_at or issue.look_due_at, issue.look_due_at)
    issue.ended_at = now if issue.state in ISSUE_ENDS else None
    await tell(actor, issue, transition.kind, note=note, about=about)


async def tell(
    actor: Actor, issue: Issue, kind: HistoryKind, *, note: str = "", about: About | None = None
) -> None:
    """Add a line to a locked issue's history, tell whoever raised it, and save the issue."""
    await history.add(issue, kind, actor=actor, note=note, about=about)
    await issue.save()
    await outbox.record(IssueMoved(issue.id, issue.area_path, issue.proposer_id, kind, issue.state))


async def audited(actor: Actor, issue: Issue, command: str, **details: Any) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor,
        command=command,
        chain=issue.community_id,
        subject=("issue", issue.id),
        details={"state": issue.state.value, **details},
    )
