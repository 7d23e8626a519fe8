"""Giving issues to somebody, and calling departments for them."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.meetings.service import assignments, whistles
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.issues_mutations import IssuePayload, issue_id_of, issue_payload
from schema.meetings.matters import Argument, HandlerInput

_DUE = "By when, sooner than the rules ask; the rules' own deadline unless told."


@strawberry.input(description="An issue to be given to somebody.")
class AssignIssueInput:
    """Which, to whom, for what, by when."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    handler: HandlerInput = strawberry.field(description="Who has to act on it.")
    task: str = strawberry.field(description="What they have to do, 2 to 1,000 characters.")
    due_at: datetime | None = strawberry.field(default=None, description=_DUE)


@strawberry.input(description="An issue to be given away, to a body or an organisation.")
class ReferIssueInput:
    """Which, to whom, why, by when."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    handler: HandlerInput = strawberry.field(description="A body or an organisation.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")
    due_at: datetime | None = strawberry.field(default=None, description=_DUE)


@strawberry.input(description="An assignment that is done.")
class CompleteAssignmentInput:
    """Which, and how."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    note: str = strawberry.field(description="How it was done, 2 to 1,000 characters.")


@strawberry.input(description="An assignment to be taken back.")
class WithdrawAssignmentInput:
    """Which, and why."""

    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    reason: str = strawberry.field(description="Why, 2 to 1,000 characters.")


@strawberry.input(description="A department to be called for an issue.")
class BlowWhistleInput:
    """Which issue, which department, what it is asked, by when."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    organisation_id: strawberry.ID = strawberry.field(description="The department.")
    asked: str = strawberry.field(description="What it is asked, 2 to 1,000 characters.")
    due_at: datetime | None = strawberry.field(default=None, description=_DUE)


@strawberry.input(description="A called department's answer.")
class AnswerWhistleInput:
    """To which call, what, and when it comes."""

    whistle_id: strawberry.ID = strawberry.field(description="The call.")
    answer: str = strawberry.field(description="The answer, 2 to 2,000 characters.")
    comes_at: datetime | None = strawberry.field(default=None, description="When it comes.")


@strawberry.input(description="A department to be called no more.")
class WithdrawWhistleInput:
    """Which call, and why."""

    whistle_id: strawberry.ID = strawberry.field(description="The call.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


AssignIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("AssignIssueResult", description="The issue, or why not."),
]
ReferIssueResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("ReferIssueResult", description="The issue, or why not."),
]
CompleteAssignmentResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("CompleteAssignmentResult", description="The issue, or why not."),
]
WithdrawAssignmentResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("WithdrawAssignmentResult", description="The issue, or why not."),
]
BlowWhistleResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("BlowWhistleResult", description="The issue, or why not."),
]
AnswerWhistleResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("AnswerWhistleResult", description="The issue, or why not."),
]
WithdrawWhistleResult = Annotated[
    IssuePayload | Refused,
    strawberry.union("WithdrawWhistleResult", description="The issue, or why not."),
]


@strawberry.type
class DutiesMutation:
    """Who has to act on an issue."""

    @strawberry.mutation(description="Give an issue to somebody, with a deadline.")
    async def assign_issue(
        self, info: Info, input: Annotated[AssignIssueInput, Argument]
    ) -> AssignIssueResult:
        """To a person, a body or an organisation."""
        issue_id = issue_id_of(input.issue_id)
        await assignments.assign_issue(
            info.context.actor,
            issue_id,
            input.handler.chosen(),
            task=input.task,
            due_at=input.due_at,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Give an issue away, to a body or an organisation.")
    async def refer_issue(
        self, info: Info, input: Annotated[ReferIssueInput, Argument]
    ) -> ReferIssueResult:
        """They resolve it."""
        issue_id = issue_id_of(input.issue_id)
        await assignments.refer_issue(
            info.context.actor,
            issue_id,
            input.handler.chosen(),
            reason=input.reason,
            due_at=input.due_at,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Say that one's assignment is done.")
    async def complete_assignment(
        self, info: Info, input: Annotated[CompleteAssignmentInput, Argument]
    ) -> CompleteAssignmentResult:
        """Late is still done."""
        at = ("input", "assignmentId")
        issue_id = await assignments.complete_assignment(
            info.context.actor,
            node.decode("assignment", input.assignment_id, path=at),
            note=input.note,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Take an assignment back.")
    async def withdraw_assignment(
        self, info: Info, input: Annotated[WithdrawAssignmentInput, Argument]
    ) -> WithdrawAssignmentResult:
        """For a reason."""
        at = ("input", "assignmentId")
        issue_id = await assignments.withdraw_assignment(
            info.context.actor,
            node.decode("assignment", input.assignment_id, path=at),
            reason=input.reason,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(
        description="Call a department for an issue: it must answer by a deadline"
        " (街道吹哨、部门报到)."
    )
    async def blow_whistle(
        self, info: Info, input: Annotated[BlowWhistleInput, Argument]
    ) -> BlowWhistleResult:
        """For the street."""
        issue_id = issue_id_of(input.issue_id)
        at = ("input", "organisationId")
        await whistles.blow_whistle(
            info.context.actor,
            issue_id,
            node.decode("organisation", input.organisation_id, path=at),
            asked=input.asked,
            due_at=input.due_at,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Answer for a department that was called.")
    async def answer_whistle(
        self, info: Info, input: Annotated[AnswerWhistleInput, Argument]
    ) -> AnswerWhistleResult:
        """And say when it comes."""
        issue_id = await whistles.answer_whistle(
            info.context.actor,
            node.decode("whistle", input.whistle_id, path=("input", "whistleId")),
            answer=input.answer,
            comes_at=input.comes_at,
        )
        return await issue_payload(info, issue_id)

    @strawberry.mutation(description="Call a department no more.")
    async def withdraw_whistle(
        self, info: Info, input: Annotated[WithdrawWhistleInput, Argument]
    ) -> WithdrawWhistleResult:
        """For a reason."""
        issue_id = await whistles.withdraw_whistle(
            info.context.actor,
            node.decode("whistle", input.whistle_id, path=("input", "whistleId")),
            reason=input.reason,
        )
        return await issue_payload(info, issue_id)
