"""Speaking in discussions. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.errors import NotFound
from domains.meetings.queries.subjects import Subject
from domains.meetings.service import comments, statements
from domains.meetings.service.comments import CommentDraft
from domains.meetings.values.discussion import Attitude, ReactionKind, Side
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused, Throttled
from schema.meetings.discussion import Comment, ShortStatement, subject_of
from schema.meetings.matters import Argument, Key
from schema.membership.types import reloaded


@strawberry.input(description="A comment, or a reply.")
class WriteCommentInput:
    """About what, what, and on which side."""

    subject_id: strawberry.ID = strawberry.field(description="The issue, agenda item or meeting.")
    text: str = strawberry.field(
        description="1 to 2,000 characters of plain text; no telephone or identity number."
    )
    side: Side = strawberry.field(default=Side.NEUTRAL, description="Where it stands.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The comment that it replies to."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="One's comment, written anew.")
class EditCommentInput:
    """Which, and what it shall say."""

    comment_id: strawberry.ID = strawberry.field(description="The caller's comment.")
    text: str = strawberry.field(description="1 to 2,000 characters of plain text.")
    side: Side = strawberry.field(description="Where it stands.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="One's comment, to be taken back.")
class WithdrawCommentInput:
    """Which."""

    comment_id: strawberry.ID = strawberry.field(description="The caller's comment.")


@strawberry.input(description="An answer to a comment without words.")
class ReactToCommentInput:
    """To which, and what."""

    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    kind: ReactionKind | None = strawberry.field(
        default=None, description="The answer; null takes the caller's back."
    )


@strawberry.input(description="A short statement for others to answer.")
class MakeStatementInput:
    """About what, and what."""

    subject_id: strawberry.ID = strawberry.field(description="The issue, agenda item or meeting.")
    text: str = strawberry.field(description="One sentence of 2 to 140 characters.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="The caller's answer to a statement.")
class AnswerStatementInput:
    """To which, and what; the last answer counts."""

    statement_id: strawberry.ID = strawberry.field(description="The statement.")
    attitude: Attitude = strawberry.field(description="The answer.")


@strawberry.type(description="The comment, as it is now.")
class CommentPayload:
    """What changed."""

    comment: Comment = strawberry.field(description="The comment.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The statement, as it is now.")
class ShortStatementPayload:
    """What changed."""

    statement: ShortStatement = strawberry.field(description="The statement.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


WriteCommentResult = Annotated[
    CommentPayload | Throttled | Refused,
    strawberry.union("WriteCommentResult", description="The comment, or why there is none."),
]
EditCommentResult = Annotated[
    CommentPayload | Outdated | Refused,
    strawberry.union("EditCommentResult", description="The comment, or why it is as it was."),
]
WithdrawCommentResult = Annotated[
    CommentPayload | Refused,
    strawberry.union("WithdrawCommentResult", description="The comment, or why it stays."),
]
ReactToCommentResult = Annotated[
    CommentPayload | Refused,
    strawberry.union("ReactToCommentResult", description="The comment, or why not."),
]
MakeStatementResult = Annotated[
    ShortStatementPayload | Throttled | Refused,
    strawberry.union("MakeStatementResult", description="The statement, or why there is none."),
]
AnswerStatementResult = Annotated[
    ShortStatementPayload | Refused,
    strawberry.union("AnswerStatementResult", description="The statement, or why not."),
]


async def comment_payload(
    info: Info, comment_id: UUID, *, replayed: bool = False
) -> CommentPayload:
    """Load a comment that a command has changed."""
    comment = await reloaded(info, Comment.load, comment_id)
    assert comment is not None, "who dealt with a comment sees it"
    return CommentPayload(comment=comment, replayed=replayed)


async def statement_payload(
    info: Info, statement_id: UUID, *, replayed: bool = False
) -> ShortStatementPayload:
    """Load a statement that a command has changed."""
    statement = await reloaded(info, ShortStatement.load, statement_id)
    assert statement is not None, "who dealt with a statement sees it"
    return ShortStatementPayload(statement=statement, replayed=replayed)


def _subject(given: str) -> Subject:
    subject = subject_of(given)
    if subject is None:
        raise NotFound(path=("input", "subjectId"))
    return subject


def comment_id_of(given: str) -> UUID:
    """Read the id of a comment; raises NotFound."""
    return node.decode("comment", given, path=("input", "commentId"))


def statement_id_of(given: str) -> UUID:
    """Read the id of a statement; raises NotFound."""
    return node.decode("shortStatement", given, path=("input", "statementId"))


@strawberry.type
class DiscussionMutation:
    """Speaking."""

    @strawberry.mutation(description="Comment on a subject, or reply.")
    async def write_comment(
        self, info: Info, input: Annotated[WriteCommentInput, Argument]
    ) -> WriteCommentResult:
        """Safe to repeat with its key."""
        parent_id = node.decode_optional("comment", input.parent_id, path=("input", "parentId"))
        comment_id, replayed = await comments.write_comment(
            info.context.actor,
            _subject(input.subject_id),
            CommentDraft(input.text, input.side, parent_id),
            idempotency_key=input.idempotency_key,
        )
        return await comment_payload(info, comment_id, replayed=replayed)

    @strawberry.mutation(description="Write one's comment anew; what it said stays to be read.")
    async def edit_comment(
        self, info: Info, input: Annotated[EditCommentInput, Argument]
    ) -> EditCommentResult:
        """Under its version."""
        comment_id = comment_id_of(input.comment_id)
        await comments.edit_comment(
            info.context.actor,
            comment_id,
            text=input.text,
            side=input.side,
            expected_version=input.expected_version,
        )
        return await comment_payload(info, comment_id)

    @strawberry.mutation(description="Take one's comment back; its replies stay.")
    async def withdraw_comment(
        self, info: Info, input: Annotated[WithdrawCommentInput, Argument]
    ) -> WithdrawCommentResult:
        """Twice is once."""
        comment_id = comment_id_of(input.comment_id)
        await comments.withdraw_comment(info.context.actor, comment_id)
        return await comment_payload(info, comment_id)

    @strawberry.mutation(description="Answer a comment without words; one answer a reader.")
    async def react_to_comment(
        self, info: Info, input: Annotated[ReactToCommentInput, Argument]
    ) -> ReactToCommentResult:
        """Or take the answer back."""
        comment_id = comment_id_of(input.comment_id)
        await comments.react_to_comment(info.context.actor, comment_id, input.kind)
        return await comment_payload(info, comment_id)

    @strawberry.mutation(description="Make a short statement for others to answer.")
    async def make_statement(
        self, info: Info, input: Annotated[MakeStatementInput, Argument]
    ) -> MakeStatementResult:
        """Safe to repeat with its key."""
        statement_id, replayed = await statements.make_statement(
            info.context.actor,
            _subject(input.subject_id),
            input.text,
            idempotency_key=input.idempotency_key,
        )
        return await statement_payload(info, statement_id, replayed=replayed)

    @strawberry.mutation(description="Agree, disagree or pass; the last answer counts.")
    async def answer_statement(
        self, info: Info, input: Annotated[AnswerStatementInput, Argument]
    ) -> AnswerStatementResult:
        """Once a person."""
        statement_id = statement_id_of(input.statement_id)
        await statements.answer_statement(info.context.actor, statement_id, input.attitude)
        return await statement_payload(info, statement_id)
