"""Residents' eyes on a promise: objections, contests, follows, comments, confirmations."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.pledges import service
from domains.pledges.queries import delivery
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.pledges.delivery import PledgeComment, PledgeObjection
from schema.pledges.delivery_mutations import PledgeReportPayload, report_payload
from schema.pledges.inputs import Argument, Key
from schema.pledges.mutations import PledgePayload, pledge_of, pledge_payload


@strawberry.input(description="An objection to a pledge, or to a change, on public notice.")
class ObjectToPledgeInput:
    """To which, and why."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    text: str = strawberry.field(description="Why, 2 to 1,000 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A contest of what a report claims.")
class ContestPledgeReportInput:
    """Which, and why."""

    report_id: strawberry.ID = strawberry.field(description="The report.")
    text: str = strawberry.field(description="Why, 2 to 1,000 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="The answer to an objection or contest.")
class AnswerPledgeObjectionInput:
    """Which, how, and why."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    upheld: bool = strawberry.field(description="Whether it is right.")
    answer: str = strawberry.field(description="The answer, 2 to 1,000 characters.")


@strawberry.input(description="A pledge to be followed.")
class FollowPledgeInput:
    """Which."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")


@strawberry.input(description="A pledge to be followed no more.")
class UnfollowPledgeInput:
    """Which."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")


@strawberry.input(description="A comment on a pledge.")
class CommentOnPledgeInput:
    """On which, and what."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    text: str = strawberry.field(description="What it says, 2 to 1,000 characters.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A comment to be removed.")
class RemovePledgeCommentInput:
    """Which, and why."""

    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; everybody reads it.")


@strawberry.input(description="A report to be confirmed.")
class ConfirmPledgeReportInput:
    """Which."""

    report_id: strawberry.ID = strawberry.field(description="The report.")


@strawberry.type(description="The objection or contest, as it is now.")
class PledgeObjectionPayload:
    """What changed."""

    objection: PledgeObjection = strawberry.field(description="The objection.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The comment, as it is now.")
class PledgeCommentPayload:
    """What changed."""

    comment: PledgeComment = strawberry.field(description="The comment.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


ObjectToPledgeResult = Annotated[
    PledgeObjectionPayload | Refused,
    strawberry.union("ObjectToPledgeResult", description="The objection, or why there is none."),
]
ContestPledgeReportResult = Annotated[
    PledgeObjectionPayload | Refused,
    strawberry.union("ContestPledgeReportResult", description="The contest, or why there is none."),
]
AnswerPledgeObjectionResult = Annotated[
    PledgeObjectionPayload | Refused,
    strawberry.union(
        "AnswerPledgeObjectionResult", description="The answer, or why there is none."
    ),
]
FollowPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("FollowPledgeResult", description="The pledge, or why it is not followed."),
]
UnfollowPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("UnfollowPledgeResult", description="The pledge, or why nothing changed."),
]
CommentOnPledgeResult = Annotated[
    PledgeCommentPayload | Refused,
    strawberry.union("CommentOnPledgeResult", description="The comment, or why there is none."),
]
RemovePledgeCommentResult = Annotated[
    PledgeCommentPayload | Refused,
    strawberry.union("RemovePledgeCommentResult", description="The comment, or why it stays."),
]
ConfirmPledgeReportResult = Annotated[
    PledgeReportPayload | Refused,
    strawberry.union(
        "ConfirmPledgeReportResult", description="The report, or why it is not confirmed."
    ),
]


async def _objection(
    info: Info, objection_id: UUID, *, replayed: bool = False
) -> PledgeObjectionPayload:
    row = (await delivery.objections_by_id(info.context.actor, [objection_id]))[0]
    assert row is not None, "who files or answers an objection sees it"
    return PledgeObjectionPayload(objection=PledgeObjection.of(row), replayed=replayed)


async def _comment(info: Info, comment_id: UUID, *, replayed: bool = False) -> PledgeCommentPayload:
    row = (await delivery.comments_by_id(info.context.actor, [comment_id]))[0]
    assert row is not None, "who writes or removes a comment sees it"
    return PledgeCommentPayload(comment=PledgeComment.of(row), replayed=replayed)


def _report_of(text: str) -> UUID:
    return node.decode("pledge_report", text, path=("input", "reportId"))


@strawberry.type
class PledgeResidentsMutation:
    """What residents do with a promise, and how they are answered."""

    @strawberry.mutation(description="Object to a pledge, or to a change of it, on public notice.")
    async def object_to_pledge(
        self, info: Info, input: Annotated[ObjectToPledgeInput, Argument]
    ) -> ObjectToPledgeResult:
        """File it."""
        objection_id, replayed = await service.object_to_pledge(
            info.context.actor,
            pledge_of(input.pledge_id),
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _objection(info, objection_id, replayed=replayed)

    @strawberry.mutation(description="Contest what a report claims; it is answered by a day.")
    async def contest_pledge_report(
        self, info: Info, input: Annotated[ContestPledgeReportInput, Argument]
    ) -> ContestPledgeReportResult:
        """File it."""
        objection_id, replayed = await service.contest_report(
            info.context.actor,
            _report_of(input.report_id),
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _objection(info, objection_id, replayed=replayed)

    @strawberry.mutation(
        description="Answer an objection or contest of somebody else's about somebody else's work;"
        " upheld, the notice ends, the change falls or the claim is struck."
    )
    async def answer_pledge_objection(
        self, info: Info, input: Annotated[AnswerPledgeObjectionInput, Argument]
    ) -> AnswerPledgeObjectionResult:
        """Answer it."""
        path = ("input", "objectionId")
        objection_id = node.decode("pledge_objection", input.objection_id, path=path)
        await service.answer_objection(
            info.context.actor, objection_id, upheld=input.upheld, answer=input.answer
        )
        return await _objection(info, objection_id)

    @strawberry.mutation(description="Follow a pledge, to be told what becomes of it.")
    async def follow_pledge(
        self, info: Info, input: Annotated[FollowPledgeInput, Argument]
    ) -> FollowPledgeResult:
        """Follow it; twice is the same."""
        pledge_id = pledge_of(input.pledge_id)
        await service.follow_pledge(info.context.actor, pledge_id)
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(description="Follow a pledge no more.")
    async def unfollow_pledge(
        self, info: Info, input: Annotated[UnfollowPledgeInput, Argument]
    ) -> UnfollowPledgeResult:
        """Leave it."""
        pledge_id = pledge_of(input.pledge_id)
        await service.unfollow_pledge(info.context.actor, pledge_id)
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(description="Comment on a pledge.")
    async def comment_on_pledge(
        self, info: Info, input: Annotated[CommentOnPledgeInput, Argument]
    ) -> CommentOnPledgeResult:
        """Write it."""
        comment_id, replayed = await service.comment_on_pledge(
            info.context.actor,
            pledge_of(input.pledge_id),
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _comment(info, comment_id, replayed=replayed)

    @strawberry.mutation(
        description="Remove a comment: its author, or who screens pledges, with a reason."
    )
    async def remove_pledge_comment(
        self, info: Info, input: Annotated[RemovePledgeCommentInput, Argument]
    ) -> RemovePledgeCommentResult:
        """Remove it."""
        comment_id = node.decode("pledge_comment", input.comment_id, path=("input", "commentId"))
        await service.remove_comment(info.context.actor, comment_id, reason=input.reason)
        return await _comment(info, comment_id)

    @strawberry.mutation(description="Confirm what a report claims, from what one has seen.")
    async def confirm_pledge_report(
        self, info: Info, input: Annotated[ConfirmPledgeReportInput, Argument]
    ) -> ConfirmPledgeReportResult:
        """Confirm it; twice is the same."""
        report_id = _report_of(input.report_id)
        await service.confirm_report(info.context.actor, report_id)
        return await report_payload(info, report_id)
