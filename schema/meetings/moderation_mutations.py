"""Keeping order in discussions. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import moderation
from domains.meetings.service.moderation import TextKind
from domains.meetings.values.discussion import ReportGround
from schema import node
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.meetings.discussion_mutations import (
    CommentPayload,
    ShortStatementPayload,
    comment_id_of,
    comment_payload,
    statement_id_of,
    statement_payload,
)
from schema.meetings.matters import Argument

_REASON = "Why, 2 to 500 characters; everybody who sees the subject reads it."


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


@strawberry.type(description="It is done.")
class ModerationPayload:
    """Which text it was about."""

    text_id: strawberry.ID = strawberry.field(description="The comment, statement or hiding.")


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


def _hiding_id(given: str) -> UUID:
    return node.decode("hiding", given, path=("input", "hidingId"))


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
            comment_id_of(input.comment_id),
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
            statement_id_of(input.statement_id),
            ground=input.ground,
            note=input.note,
        )
        return ModerationPayload(text_id=input.statement_id)

    @strawberry.mutation(description="Hide a comment, for a reason that stands in its place.")
    async def hide_comment(
        self, info: Info, input: Annotated[HideCommentInput, Argument]
    ) -> HideCommentResult:
        """Its author may appeal."""
        comment_id = comment_id_of(input.comment_id)
        await moderation.hide(info.context.actor, TextKind.COMMENT, comment_id, reason=input.reason)
        return await comment_payload(info, comment_id)

    @strawberry.mutation(description="Hide a statement, for a reason that stands in its place.")
    async def hide_statement(
        self, info: Info, input: Annotated[HideStatementInput, Argument]
    ) -> HideStatementResult:
        """Its author may appeal."""
        statement_id = statement_id_of(input.statement_id)
        await moderation.hide(
            info.context.actor, TextKind.STATEMENT, statement_id, reason=input.reason
        )
        return await statement_payload(info, statement_id)

    @strawberry.mutation(description="Leave a reported text where it is.")
    async def dismiss_reports(
        self, info: Info, input: Annotated[DismissReportsInput, Argument]
    ) -> DismissReportsResult:
        """All that wait are decided."""
        if input.comment_id is not None:
            kind, given = TextKind.COMMENT, input.comment_id
            text_id = comment_id_of(given)
        else:
            kind, given = TextKind.STATEMENT, input.statement_id or strawberry.ID("")
            text_id = statement_id_of(given)
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
