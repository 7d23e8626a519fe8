"""Leading issues through the six steps. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.meetings.service import issue_steps, issue_tables
from domains.meetings.service.issue_tables import BallotPlan
from domains.meetings.values import AgendaItemKind
from domains.meetings.values.issues import IssueCategory, RiskLevel
from domains.voting.values import Secrecy
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.issues_mutations import (
    NOTE,
    REASON,
    IssuePayload,
    issue_id_of,
    issue_payload,
)
from schema.meetings.matters import Argument


@strawberry.input(description="An issue to be accepted and sorted.")
class TriageIssueInput:
    """Which, and as what."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    category: IssueCategory = strawberry.field(description="What it really is about.")
    note: str = strawberry.field(default="", description=NOTE)


@strawberry.input(description="An issue not to be taken up.")
class DeclineIssueInput:
    """Which, and why."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    reason: str = strawberry.field(description=REASON)


@strawberry.input(description="An issue that says the same as another.")
class MergeIssueInput:
    """Which, into which, and why."""

    issue_id: strawberry.ID = strawberry.field(description="The issue that ends.")
    into_id: strawberry.ID = strawberry.field(description="The issue that goes on.")
    reason: str = strawberry.field(description=REASON)


@strawberry.input(description="How much may come of an issue.")
class AssessIssueRiskInput:
    """Which, how much, and why."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    level: RiskLevel = strawberry.field(description="The level.")
    note: str = strawberry.field(description="Why, 2 to 1,000 characters.")


@strawberry.input(description="An issue to come before a meeting.")
class ScheduleIssueInput:
    """Which, and before which body."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    body_id: strawberry.ID = strawberry.field(description="The body that meets for its place.")
    kind: AgendaItemKind = strawberry.field(
        default=AgendaItemKind.DECIDE, description="What the item is there for."
    )
    note: str = strawberry.field(default="", description=NOTE)


@strawberry.input(description="What a meeting made of an issue.")
class RecordDeliberationInput:
    """Which, at which item, and what."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    item_id: strawberry.ID = strawberry.field(description="The agenda item, dealt with.")
    summary: str = strawberry.field(description="What was said, 2 to 1,000 characters.")


@strawberry.input(description="An issue to be put to the ballot.")
class EscalateIssueInput:
    """Which, and how; the rules of the ballot follow from its category."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    question: str = strawberry.field(description="The question, 2 to 120 characters.")
    opens_at: datetime = strawberry.field(description="When ballots are first taken.")
    closes_at: datetime = strawberry.field(description="When no more are.")
    secrecy: Secrecy = strawberry.field(
        default=Secrecy.OPEN, description="Who can know how somebody voted."
    )


@strawberry.input(description="What is decided about an issue.")
class ResolveIssueInput:
    """Which, and what."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    outcome: str = strawberry.field(description="What is done, 2 to 2,000 characters.")


@strawberry.input(description="What was decided is begun.")
class StartIssueInput:
    """Which."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    note: str = strawberry.field(default="", description=NOTE)


@strawberry.input(description="What whoever raised an issue is told.")
class FeedBackIssueInput:
    """Which, and what."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    feedback: str = strawberry.field(description="What was done, 2 to 2,000 characters.")


@strawberry.input(description="What a visit found of what was done.")
class RevisitIssueInput:
    """Which, and what."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    findings: str = strawberry.field(description="What it found, 2 to 2,000 characters.")


@strawberry.input(description="An issue to be closed.")
class CloseIssueInput:
    """Which."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    note: str = strawberry.field(default="", description=NOTE)


TriageIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("TriageIssueResult", description="The issue, or why not."),
]
DeclineIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("DeclineIssueResult", description="The issue, or why it goes on."),
]
MergeIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("MergeIssueResult", description="The issue that ends, or why it goes on."),
]
AssessIssueRiskResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("AssessIssueRiskResult", description="The issue, or why not."),
]
ScheduleIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("ScheduleIssueResult", description="The issue, or why not."),
]
RecordDeliberationResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("RecordDeliberationResult", description="The issue, or why not."),
]
EscalateIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("EscalateIssueResult", description="The issue, or why not."),
]
ResolveIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("ResolveIssueResult", description="The issue, or why not."),
]
StartIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("StartIssueResult", description="The issue, or why not."),
]
FeedBackIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("FeedBackIssueResult", description="The issue, or why not."),
]
RevisitIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("RevisitIssueResult", description="The issue, or why not."),
]
CloseIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("CloseIssueResult", description="The issue, or why it goes on."),
]


@strawberry.type
class IssueStepsMutation:
    """Leading issues through the six steps."""

    @strawberry.mutation(description="Accept an issue and sort it (归类分流).")
    async def triage_issue(
        self, info: Info, input: Annotated[TriageIssueInput, Argument]
    ) -> TriageIssueResult:
        """Its category may be put right."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.triage_issue(
            info.context.actor, issue_id, category=input.category, note=input.note
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Decline an issue, for a reason; not where many support it.")
    async def decline_issue(
        self, info: Info, input: Annotated[DeclineIssueInput, Argument]
    ) -> DeclineIssueResult:
        """It ends."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.decline_issue(info.context.actor, issue_id, reason=input.reason)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Merge an issue into another that says the same.")
    async def merge_issue(
        self, info: Info, input: Annotated[MergeIssueInput, Argument]
    ) -> MergeIssueResult:
        """Its supporters go with it."""
        issue_id = issue_id_of(input.issue_id)
        into_id = node.decode("issue", input.into_id, path=("input", "intoId"))
        await issue_steps.merge_issue(
            info.context.actor, issue_id, into_id=into_id, reason=input.reason
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Say how much may come of an issue (风险评估).")
    async def assess_issue_risk(
        self, info: Info, input: Annotated[AssessIssueRiskInput, Argument]
    ) -> AssessIssueRiskResult:
        """May be said anew."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.assess_issue_risk(
            info.context.actor, issue_id, level=input.level, note=input.note
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Put an issue on the list of a body that meets.")
    async def schedule_issue(
        self, info: Info, input: Annotated[ScheduleIssueInput, Argument]
    ) -> ScheduleIssueResult:
        """Its meetings take their agenda from there."""
        issue_id = issue_id_of(input.issue_id)
        await issue_tables.schedule_issue(
            info.context.actor,
            issue_id,
            body_id=node.decode("body", input.body_id, path=("input", "bodyId")),
            kind=input.kind,
            note=input.note,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Record what a meeting made of an issue.")
    async def record_deliberation(
        self, info: Info, input: Annotated[RecordDeliberationInput, Argument]
    ) -> RecordDeliberationResult:
        """Once its item was dealt with."""
        issue_id = issue_id_of(input.issue_id)
        await issue_tables.record_deliberation(
            info.context.actor,
            issue_id,
            item_id=node.decode("agendaItem", input.item_id, path=("input", "itemId")),
            summary=input.summary,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Draft the ballot that the law asks about an issue.")
    async def escalate_issue(
        self, info: Info, input: Annotated[EscalateIssueInput, Argument]
    ) -> EscalateIssueResult:
        """The result of the poll leads on."""
        issue_id = issue_id_of(input.issue_id)
        plan = BallotPlan(input.question, input.opens_at, input.closes_at, input.secrecy)
        await issue_tables.escalate_issue(info.context.actor, issue_id, plan)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Say what is decided about an issue (化解处置).")
    async def resolve_issue(
        self, info: Info, input: Annotated[ResolveIssueInput, Argument]
    ) -> ResolveIssueResult:
        """Where neither a meeting nor a ballot is missing."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.resolve_issue(info.context.actor, issue_id, outcome=input.outcome)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Begin to do what was decided.")
    async def start_issue(
        self, info: Info, input: Annotated[StartIssueInput, Argument]
    ) -> StartIssueResult:
        """It is being done."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.start_issue(info.context.actor, issue_id, note=input.note)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Tell whoever raised an issue what was done.")
    async def feed_back_issue(
        self, info: Info, input: Annotated[FeedBackIssueInput, Argument]
    ) -> FeedBackIssueResult:
        """A revisit follows."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.feed_back_issue(info.context.actor, issue_id, feedback=input.feedback)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Say what a visit found of what was done (回访评析).")
    async def revisit_issue(
        self, info: Info, input: Annotated[RevisitIssueInput, Argument]
    ) -> RevisitIssueResult:
        """The time to evaluate begins."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.revisit_issue(info.context.actor, issue_id, findings=input.findings)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Close an issue that was evaluated (监督考核).")
    async def close_issue(
        self, info: Info, input: Annotated[CloseIssueInput, Argument]
    ) -> CloseIssueResult:
        """Or whose time to be evaluated is over."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.close_issue(info.context.actor, issue_id, note=input.note)
        return await issue_payload(info, issue_id)
