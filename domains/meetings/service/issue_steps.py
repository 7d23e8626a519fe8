"""Leading an issue through the six steps, to its evaluation and its close."""

from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.meetings.errors import EvaluationGiven, IssueNotReady, MergeUnfit
from domains.meetings.events.issues import IssueEvaluated
from domains.meetings.models import Issue
from domains.meetings.rules import periods
from domains.meetings.service import issue_holding as holding
from domains.meetings.service import issues, writing
from domains.meetings.values.issues import (
    ISSUE_ENDS,
    HistoryKind,
    IssueAct,
    IssueCategory,
    IssueState,
    RiskLevel,
    Satisfaction,
)

_MOVE_SUPPORT = """
INSERT INTO meetings_issue_support (issue_id, person_id, at)
SELECT $2, person_id, at FROM (
    SELECT person_id, at FROM meetings_issue_support WHERE issue_id = $1
    UNION ALL
    SELECT proposer_id, kernel_now() FROM meetings_issue WHERE id = $1
) standing
WHERE person_id IS DISTINCT FROM (SELECT proposer_id FROM meetings_issue WHERE id = $2)
  AND person_id IS NOT NULL
ON CONFLICT DO NOTHING
"""
_AT_REASON = ("input", "reason")
# What a round left behind that the next one is not to find.
_BEGUN_ANEW = (
    "poll_id",
    "ballot_decided_at",
    "evaluation",
    "evaluation_text",
    "evaluated_at",
    "evaluation_until",
)


async def triage_issue(
    actor: Actor, issue_id: UUID, *, category: IssueCategory, note: str = ""
) -> None:
    """Accept an issue and sort it (归类分流); its category may be put right."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "triageIssue")
        issue.category = category
        said = writing.optional_text(note, path=("input", "note"), longest=500)
        await holding.step(actor, issue, IssueAct.TRIAGE, note=said)
        await holding.audited(actor, issue, "triageIssue", category=category.value)


async def decline_issue(actor: Actor, issue_id: UUID, *, reason: str) -> None:
    """Decline an issue for a reason that all can read; not where many support it."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "declineIssue")
        issue.reason = writing.text(reason, path=_AT_REASON, longest=500)
        await holding.step(actor, issue, IssueAct.DECLINE, note=issue.reason)
        await holding.audited(actor, issue, "declineIssue")


async def withdraw_issue(actor: Actor, issue_id: UUID, *, reason: str = "") -> None:
    """Take one's own issue back before a meeting has it; not where many support it."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "withdrawIssue")
        said = writing.optional_text(reason, path=_AT_REASON, longest=500)
        await holding.step(actor, issue, IssueAct.WITHDRAW, note=said)
        await holding.audited(actor, issue, "withdrawIssue")


async def merge_issue(actor: Actor, issue_id: UUID, *, into_id: UUID, reason: str) -> None:
    """Merge an issue into another of the same place that says the same; support goes with it.

    Raises MergeUnfit, and NotFound for another issue that is out of sight.
    """
    at_other = ("input", "intoId")
    if issue_id == into_id:
        raise MergeUnfit(path=at_other)
    async with transaction():
        # Locked in the order of their ids, so that two merges do not wait for one another.
        await Issue.filter(id__in=[issue_id, into_id]).order_by("id").select_for_update()
        issue = await holding.hold(actor, issue_id, "mergeIssue")
        into = await holding.hold(actor, into_id, "mergeIssue", path=at_other)
        if into.state in ISSUE_ENDS or into.community_id != issue.community_id:
            raise MergeUnfit(path=at_other)
        issue.merged_into_id = into.id
        issue.reason = writing.text(reason, path=_AT_REASON, longest=500)
        await holding.step(
            actor, issue, IssueAct.MERGE, note=issue.reason, about=("issue", into.id)
        )
        await database.execute(_MOVE_SUPPORT, issue.id, into.id)
        await holding.tell(actor, into, HistoryKind.RECEIVED_MERGED, about=("issue", issue.id))
        await issues.hear_if_supported(actor, into)
        await holding.audited(actor, issue, "mergeIssue", into=str(into.id))


async def assess_issue_risk(actor: Actor, issue_id: UUID, *, level: RiskLevel, note: str) -> None:
    """Say how much may come of an issue, and why (风险评估); may be said anew before a meeting."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "assessIssueRisk")
        issue.risk = level
        issue.risk_note = writing.text(note, path=("input", "note"), longest=1000)
        issue.assessed_by_id = actor.person_id
        issue.assessed_at = await clock.now()
        await holding.step(actor, issue, IssueAct.ASSESS, note=issue.risk_note)
        await holding.audited(actor, issue, "assessIssueRisk", level=level.value)


async def resolve_issue(actor: Actor, issue_id: UUID, *, outcome: str) -> None:
    """Say what was decided about an issue (化解处置).

    Raises BallotOrdered where the law asks a ballot, MeetingOrdered where the risk asks a
    meeting.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "resolveIssue")
        issue.outcome = writing.text(outcome, path=("input", "outcome"), longest=2000)
        await holding.step(actor, issue, IssueAct.RESOLVE, note=issue.outcome[:500])
        await holding.audited(actor, issue, "resolveIssue")


async def start_issue(actor: Actor, issue_id: UUID, *, note: str = "") -> None:
    """Begin to carry out what was decided."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "startIssue")
        said = writing.optional_text(note, path=("input", "note"), longest=500)
        await holding.step(actor, issue, IssueAct.IMPLEMENT, note=said)
        await holding.audited(actor, issue, "startIssue")


async def feed_back_issue(actor: Actor, issue_id: UUID, *, feedback: str) -> None:
    """Tell whoever raised an issue what was done about it."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "feedBackIssue")
        issue.feedback = writing.text(feedback, path=("input", "feedback"), longest=2000)
        await holding.step(actor, issue, IssueAct.FEED_BACK, note=issue.feedback[:500])
        await holding.audited(actor, issue, "feedBackIssue")


async def revisit_issue(actor: Actor, issue_id: UUID, *, findings: str) -> None:
    """Say what a visit found of what was done (回访评析); the time to evaluate begins."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "revisitIssue")
        issue.findings = writing.text(findings, path=("input", "findings"), longest=2000)
        lasts = holding.procedure_of(issue).evaluation
        issue.evaluation_until = periods.due(await clock.now(), lasts)
        await holding.step(actor, issue, IssueAct.REVISIT, note=issue.findings[:500])
        await holding.audited(actor, issue, "revisitIssue")


async def evaluate_issue(
    actor: Actor, issue_id: UUID, *, satisfaction: Satisfaction, text: str = ""
) -> None:
    """Say, as the one who raised it, how an issue was handled; once after each revisit."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "evaluateIssue")
        if issue.state is not IssueState.REVISITED:
            raise IssueNotReady(path=holding.AT_ISSUE)
        if issue.evaluation is not None:
            raise EvaluationGiven(path=holding.AT_ISSUE)
        said = writing.optional_text(text, path=("input", "text"), longest=1000)
        issue.evaluation, issue.evaluation_text = satisfaction, said
        issue.evaluated_at = await clock.now()
        await outbox.record(IssueEvaluated(issue.id, issue.area_path, satisfaction))
        await holding.tell(actor, issue, HistoryKind.EVALUATED, note=said[:500])
        await holding.audited(actor, issue, "evaluateIssue", satisfaction=satisfaction.value)


async def close_issue(actor: Actor, issue_id: UUID, *, note: str = "") -> None:
    """Close an issue (监督考核) once it was evaluated, or the time for that is over.

    Raises EvaluationAwaited before.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "closeIssue")
        said = writing.optional_text(note, path=("input", "note"), longest=500)
        await holding.step(actor, issue, IssueAct.CLOSE, note=said)
        await holding.audited(actor, issue, "closeIssue")


async def reopen_issue(actor: Actor, issue_id: UUID, *, reason: str) -> None:
    """Open an issue again after a revisit: it is sorted anew, and may go another way."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "reopenIssue")
        said = writing.text(reason, path=_AT_REASON, longest=500)
        issue.reopened += 1
        for name in _BEGUN_ANEW:
            setattr(issue, name, None)
        await holding.step(actor, issue, IssueAct.REOPEN, note=said)
        await holding.audited(actor, issue, "reopenIssue", times=issue.reopened)
