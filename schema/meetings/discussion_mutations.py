"""Speaking in discussions, and keeping order there. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.errors import NotFound
from domains.meetings.queries.subjects import Subject
from domains.meetings.service import comments, moderation, statements
from domains.meetings.service.comments import CommentDraft
from domains.meetings.service.moderation import TextKind
from domains.meetings.values.discussion import Attitude, ReactionKind, ReportGround, Side
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused, Throttled
from schema.meetings.discussion import Comment, ShortStatement, subject_of
from schema.meetings.matters import Argument, Key
from schema.membership.types import reloaded

_REASON = "Why, 2 to 500 characters; everybody who sees the subject reads it."


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


@strawberry.input(description="A comment to be reported.")
class ReportCommentInput:
    """Which, and why."""

    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    ground: ReportGround = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="What is to be added.")


@strawberry.input(description="A statement to be reported.")
class ReportStatementInput:
    """Which, and why."""

    statement_id: strawberry.ID = strawberry.field(description="The statement.")
    ground: ReportGround = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="What is to be added.")


@strawberry.input(description="A comment to be hidden.")
class HideCommentInput:
    """Which, and why."""

    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    reason: str = strawberry.field(description=_REASON)


@strawberry.input(description="A statement to be hidden.")
class HideStatementInput:
    """Which, and why."""

    statement_id: strawberry.ID = strawberry.field(description="The statement.")
    reason: str = strawberry.field(description=_REASON)


@strawberry.input(description="A reported text that stays where it is.")
class DismissReportsInput:
    """Which, and why."""

    comment_id: strawberry.ID | None = strawberry.field(
        default=None, description="The comment; or a statement."
    )
    statement_id: strawberry.ID | None = strawberry.field(
        default=None, description="The statement; or a comment."
    )
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="That somebody else look at why one's text was hidden.")
class AppealHidingInput:
    """Which, and why."""

    hiding_id: strawberry.ID = strawberry.field(description="The hiding of the caller's text.")
    text: str = strawberry.field(description="Why it should be shown, 2 to 1,000 characters.")


@strawberry.input(description="The decision of an appeal.")
class DecideAppealInput:
    """Which, how, and why."""

    hiding_id: strawberry.ID = strawberry.field(description="The hiding that is appealed.")
    lifted: bool = strawberry.field(description="Whether the text is shown again.")
    reason: str = strawberry.field(description=_REASON)


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


@strawberry.type(description="It is done.")
class ModerationPayload:
    """Which text it was about."""

    text_id: strawberry.ID = strawberry.field(description="The comment, statement or hiding.")


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
ReportCommentResult = Annotated[
    ModerationPayload | Throttled | Refused,
    strawberry.union("ReportCommentResult", description="That it was reported, or why not."),
]
ReportStatementResult = Annotated[
    ModerationPayload | Throttled | Refused,
    strawberry.union("ReportStatementResult", description="That it was reported, or why not."),
]
HideCommentResult = Annotated[
    CommentPayload | Refused,
    strawberry.union("HideCommentResult", description="The comment, or why it is shown."),
]
HideStatementResult = Annotated[
    ShortStatementPayload | Refused,
    strawberry.union("HideStatementResult", description="The statement, or why it is shown."),
]
DismissReportsResult = Annotated[
    ModerationPayload | Refused,
    strawberry.union("DismissReportsResult", description="That they were, or why not."),
]
AppealHidingResult = Annotated[
    ModerationPayload | Refused,
    strawberry.union("AppealHidingResult", description="That it is appealed, or why not."),
]
DecideAppealResult = Annotated[
    ModerationPayload | Refused,
    strawberry.union("DecideAppealResult", description="That it is decided, or why not."),
]
MakeStatementResult = Annotated[
    ShortStatementPayload | Throttled | Refused,
    strawberry.union("MakeStatementResult", description="The statement, or why there is none."),
]
AnswerStatementResult = Annotated[
    ShortStatementPayload | Refused,
    strawberry.union("AnswerStatementResult", description="The statement, or why not."),
]


async def _comment(info: Info, comment_id: UUID, *, replayed: bool = False) -> CommentPayload:
    comment = await reloaded(info, Comment.load, comment_id)
    assert comment is not None, "who dealt with a comment sees it"
    return CommentPayload(comment=comment, replayed=replayed)


async def _statement(
    info: Info, statement_id: UUID, *, replayed: bool = False
) -> ShortStatementPayload:
    statement = await reloaded(info, ShortStatement.load, statement_id)
    assert statement is not None, "who dealt with a statement sees it"
    return ShortStatementPayload(statement=statement, replayed=replayed)


def _subject(given: str) -> Subject:
    subject = subject_of(given)
    if subject is None:
        raise NotFound(path=("input", "subjectId"))
    return subject


def _comment_id(given: str) -> UUID:
    return node.decode("comment", given, path=("input", "commentId"))


def _statement_id(given: str) -> UUID:
    return node.decode("shortStatement", given, path=("input", "statementId"))


def _hiding_id(given: str) -> UUID:
    return node.decode("hiding", given, path=("input", "hidingId"))


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
        return await _comment(info, comment_id, replayed=replayed)

    @strawberry.mutation(description="Write one's comment anew; what it said stays to be read.")
    async def edit_comment(
        self, info: Info, input: Annotated[EditCommentInput, Argument]
    ) -> EditCommentResult:
        """Under its version."""
        comment_id = _comment_id(input.comment_id)
        await comments.edit_comment(
            info.context.actor,
            comment_id,
            text=input.text,
            side=input.side,
            expected_version=input.expected_version,
        )
        return await _comment(info, comment_id)

    @strawberry.mutation(description="Take one's comment back; its replies stay.")
    async def withdraw_comment(
        self, info: Info, input: Annotated[WithdrawCommentInput, Argument]
    ) -> WithdrawCommentResult:
        """Twice is once."""
        comment_id = _comment_id(input.comment_id)
        await comments.withdraw_comment(info.context.actor, comment_id)
        return await _comment(info, comment_id)

    @strawberry.mutation(description="Answer a comment without words; one answer a reader.")
    async def react_to_comment(
        self, info: Info, input: Annotated[ReactToCommentInput, Argument]
    ) -> ReactToCommentResult:
        """Or take the answer back."""
        comment_id = _comment_id(input.comment_id)
        await comments.react_to_comment(info.context.actor, comment_id, input.kind)
        return await _comment(info, comment_id)

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
        return await _statement(info, statement_id, replayed=replayed)

    @strawberry.mutation(description="Agree, disagree or pass; the last answer counts.")
    async def answer_statement(
        self, info: Info, input: Annotated[AnswerStatementInput, Argument]
    ) -> AnswerStatementResult:
        """Once a person."""
        statement_id = _statement_id(input.statement_id)
        await statements.answer_statement(info.context.actor, statement_id, input.attitude)
        return await _statement(info, statement_id)


@strawberry.type
class ModerationMutation:
    """Keeping order."""

    @strawberry.mutation(description="Report a comment to those who keep order.")
    async def report_comment(
        self, info: Info, input: Annotated[ReportCommentInput, Argument]
    ) -> ReportCommentResult:
        """Once a reader."""
        await moderation.report(
            info.context.actor,
            TextKind.COMMENT,
            _comment_id(input.comment_id),
            ground=input.ground,
            note=input.note,
        )
        return ModerationPayload(text_id=input.comment_id)

    @strawberry.mutation(description="Report a statement to those who keep order.")
    async def report_statement(
        self, info: Info, input: Annotated[ReportStatementInput, Argument]
    ) -> ReportStatementResult:
        """Once a reader."""
        await moderation.report(
            info.context.actor,
            TextKind.STATEMENT,
            _statement_id(input.statement_id),
            ground=input.ground,
            note=input.note,
        )
        return ModerationPayload(text_id=input.statement_id)

    @strawberry.mutation(description="Hide a comment, for a reason that stands in its place.")
    async def hide_comment(
        self, info: Info, input: Annotated[HideCommentInput, Argument]
    ) -> HideCommentResult:
        """Its author may appeal."""
        comment_id = _comment_id(input.comment_id)
        await moderation.hide(info.context.actor, TextKind.COMMENT, comment_id, reason=input.reason)
        return await _comment(info, comment_id)

    @strawberry.mutation(description="Hide a statement, for a reason that stands in its place.")
    async def hide_statement(
        self, info: Info, input: Annotated[HideStatementInput, Argument]
    ) -> HideStatementResult:
        """Its author may appeal."""
        statement_id = _statement_id(input.statement_id)
        await moderation.hide(
            info.context.actor, TextKind.STATEMENT, statement_id, reason=input.reason
        )
        return await _statement(info, statement_id)

    @strawberry.mutation(description="Leave a reported text where it is.")
    async def dismiss_reports(
        self, info: Info, input: Annotated[DismissReportsInput, Argument]
    ) -> DismissReportsResult:
        """All that wait are decided."""
        if input.comment_id is not None:
            kind, given = TextKind.COMMENT, input.comment_id
            text_id = _comment_id(given)
        else:
            kind, given = TextKind.STATEMENT, input.statement_id or strawberry.ID("")
            text_id = _statement_id(given)
        await moderation.dismiss_reports(info.context.actor, kind, text_id, reason=input.reason)
        return ModerationPayload(text_id=given)

    @strawberry.mutation(description="Ask that somebody else look at why one's text was hidden.")
    async def appeal_hiding(
        self, info: Info, input: Annotated[AppealHidingInput, Argument]
    ) -> AppealHidingResult:
        """Once a hiding."""
        hiding_id = _hiding_id(input.hiding_id)
        await moderation.appeal_hiding(info.context.actor, hiding_id, text=input.text)
        return ModerationPayload(text_id=input.hiding_id)

    @strawberry.mutation(
        description="Decide an appeal, as somebody who neither hid nor wrote the text."
    )
    async def decide_appeal(
        self, info: Info, input: Annotated[DecideAppealInput, Argument]
    ) -> DecideAppealResult:
        """It is shown again, or stays hidden."""
        await moderation.decide_appeal(
            info.context.actor,
            _hiding_id(input.hiding_id),
            lifted=input.lifted,
            reason=input.reason,
        )
        return ModerationPayload(text_id=input.hiding_id)
