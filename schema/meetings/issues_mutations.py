"""Raising issues and standing behind them. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import issue_steps, issues
from domains.meetings.service.issues import IssueDraft, OnBehalf
from domains.meetings.values.issues import IssueCategory, Satisfaction
from domains.membership.values import ConsentForm
from schema import node
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.meetings.issues import Issue
from schema.meetings.matters import Argument, Key
from schema.membership.types import reloaded

NOTE = "What is to be added, 500 characters at most; everybody who sees the issue reads it."
REASON = "Why, 2 to 500 characters; everybody who sees the issue reads it."


@strawberry.type(description="The issue, as it is now.")
class IssuePayload:
    """What changed."""

    issue: Issue = strawberry.field(description="The issue.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.input(description="An issue to be raised.")
class RaiseIssueInput:
    """What, where, with what to show it."""

    area_id: strawberry.ID = strawberry.field(description="The area that it is about.")
    title: str = strawberry.field(description="What it is about, 2 to 80 characters.")
    text: str = strawberry.field(
        description="What is the matter, 2 to 4,000 characters; no telephone or identity number."
    )
    category: IssueCategory = strawberry.field(description="What it is about.")
    place: str = strawberry.field(default="", description="Where it is, in words.")
    picture_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Complete uploads of the caller's; nine at most."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> IssueDraft:
        """Hand it to the domain."""
        at = ("input", "pictureIds")
        return IssueDraft(
            title=self.title,
            text=self.text,
            category=self.category,
            place=self.place,
            picture_ids=tuple(node.decode("upload", each, path=at) for each in self.picture_ids),
        )


@strawberry.input(description="An issue to be entered for a resident who asked for help.")
class RaiseIssueForInput:
    """Whose it is, how they agreed, and what it is."""

    issue: RaiseIssueInput = strawberry.field(description="The issue.")
    person_id: strawberry.ID = strawberry.field(description="Whose it is: they live there.")
    consent: ConsentForm = strawberry.field(description="How they agreed.")
    note: str = strawberry.field(default="", description="What is to be noted of that.")


@strawberry.input(description="An issue to stand behind, or no more.")
class SupportIssueInput:
    """Which."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")


@strawberry.input(description="An issue to stand behind no more.")
class WithdrawSupportInput:
    """Which."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")


@strawberry.input(description="One's own issue to be taken back.")
class WithdrawIssueInput:
    """Which."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    reason: str = strawberry.field(default="", description=NOTE)


@strawberry.input(description="What whoever raised an issue thinks of how it was handled.")
class EvaluateIssueInput:
    """Which, and how."""

    issue_id: strawberry.ID = strawberry.field(description="The caller's issue.")
    satisfaction: Satisfaction = strawberry.field(description="How satisfied the caller is.")
    text: str = strawberry.field(default="", description="In words, 1,000 characters at most.")


@strawberry.input(description="An issue to be opened again, after a revisit.")
class ReopenIssueInput:
    """Which, and why."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    reason: str = strawberry.field(description=REASON)


RaiseIssueResult = Annotated[
    IssuePayload | Throttled | Refused,
    strawberry.union("RaiseIssueResult", description="The issue, or why there is none."),
]
RaiseIssueForResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("RaiseIssueForResult", description="The issue, or why there is none."),
]
SupportIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("SupportIssueResult", description="The issue, or why not."),
]
WithdrawSupportResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("WithdrawSupportResult", description="The issue, or why not."),
]
WithdrawIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("WithdrawIssueResult", description="The issue, or why it goes on."),
]
EvaluateIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("EvaluateIssueResult", description="The issue, or why not."),
]
ReopenIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("ReopenIssueResult", description="The issue, or why not."),
]


async def issue_payload(info: Info, issue_id: UUID, *, replayed: bool = False) -> IssuePayload:
    """Load the issue that a command has changed."""
    issue = await reloaded(info, Issue.load, issue_id)
    assert issue is not None, "who changed an issue sees it"
    return IssuePayload(issue=issue, replayed=replayed)


def issue_id_of(given: str) -> UUID:
    """Read the id of an issue; raises NotFound."""
    return node.decode("issue", given, path=("input", "issueId"))


@strawberry.type
class IssuesMutation:
    """Raising issues and standing behind them."""

    @strawberry.mutation(description="Raise an issue about the place where the caller lives.")
    async def raise_issue(
        self, info: Info, input: Annotated[RaiseIssueInput, Argument]
    ) -> RaiseIssueResult:
        """Safe to repeat with its key."""
        issue_id, replayed = await issues.raise_issue(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await issue_payload(info, issue_id, replayed=replayed)

    @strawberry.mutation(description="Enter an issue for a resident who asked for help.")
    async def raise_issue_for(
        self, info: Info, input: Annotated[RaiseIssueForInput, Argument]
    ) -> RaiseIssueForResult:
        """Safe to repeat with its key; kept with the helper's name."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        issue_id, replayed = await issues.raise_issue_for(
            info.context.actor,
            node.decode("area", input.issue.area_id, path=("input", "issue", "areaId")),
            input.issue.draft(),
            OnBehalf(person_id, input.consent, input.note),
            idempotency_key=input.issue.idempotency_key,
        )
        return await issue_payload(info, issue_id, replayed=replayed)

    @strawberry.mutation(description="Stand behind somebody else's issue; twice is once.")
    async def support_issue(
        self, info: Info, input: Annotated[SupportIssueInput, Argument]
    ) -> SupportIssueResult:
        """From so many on it must be looked at."""
        issue_id = issue_id_of(input.issue_id)
        await issues.support_issue(info.context.actor, issue_id)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Stand behind an issue no more; twice is once.")
    async def withdraw_support(
        self, info: Info, input: Annotated[WithdrawSupportInput, Argument]
    ) -> WithdrawSupportResult:
        """What was ordered stays ordered."""
        issue_id = issue_id_of(input.issue_id)
        await issues.withdraw_support(info.context.actor, issue_id)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Take one's own issue back, before a meeting has it.")
    async def withdraw_issue(
        self, info: Info, input: Annotated[WithdrawIssueInput, Argument]
    ) -> WithdrawIssueResult:
        """Not where many support it."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.withdraw_issue(info.context.actor, issue_id, reason=input.reason)
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Say, as who raised it, how an issue was handled.")
    async def evaluate_issue(
        self, info: Info, input: Annotated[EvaluateIssueInput, Argument]
    ) -> EvaluateIssueResult:
        """Once after each revisit."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.evaluate_issue(
            info.context.actor, issue_id, satisfaction=input.satisfaction, text=input.text
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Open an issue again, after a revisit and before its close.")
    async def reopen_issue(
        self, info: Info, input: Annotated[ReopenIssueInput, Argument]
    ) -> ReopenIssueResult:
        """It is sorted anew."""
        issue_id = issue_id_of(input.issue_id)
        await issue_steps.reopen_issue(info.context.actor, issue_id, reason=input.reason)
        return await issue_payload(info, issue_id)
