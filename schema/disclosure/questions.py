"""Questions and objections as the world sees them: all of it is public."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import questions as queries
from domains.disclosure.queries import statements
from domains.disclosure.queries.questions import QuestionFilter
from domains.disclosure.values.questions import (
    AnswerBy,
    QuestionKind,
    QuestionState,
    QuestionSubject,
)
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import questions_enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure.catalogue import Obligation
from schema.disclosure.disclosures import Disclosure
from schema.disclosure.places import NOWHERE, path_of
from schema.disclosure.publishers import Publisher
from schema.disclosure.statements import StatementLine
from schema.membership.types import Person
from schema.node import Node


@strawberry.type(description="A word on a question: the body's, or the street's.")
class DisclosureAnswer:
    """It stands; its asker rates it once."""

    given_by: AnswerBy = strawberry.field(description="Whose word it is.")
    text: str = strawberry.field(description="What was answered.")
    upheld: bool = strawberry.field(
        description="Whether the asker is right, so that a correction follows."
    )
    answered_at: datetime = strawberry.field(description="When.")
    satisfied: bool | None = strawberry.field(
        description="Whether it satisfied the asker; null until they say so."
    )
    comment: str | None = strawberry.field(description="What the asker said of it.")
    rated_at: datetime | None = strawberry.field(description="When the asker said so.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            given_by=AnswerBy(row["given_by"]),
            text=row["text"],
            upheld=row["upheld"],
            answered_at=row["answered_at"],
            satisfied=row["satisfied"],
            comment=row["comment"],
            rated_at=row["rated_at"],
        )


@strawberry.type(description="How a question was worded at one time.")
class QuestionWording:
    """Earlier wordings stay to be read."""

    revision: int = strawberry.field(description="Which wording, from 1.")
    text: str = strawberry.field(description="What it said.")
    written_at: datetime = strawberry.field(description="When it was written.")


@strawberry.type(description="The street put the deadline of an answer off.")
class AnswerExtension:
    """For a reason that everybody reads."""

    reason: str = strawberry.field(description="Why.")
    due_before: datetime = strawberry.field(description="When the answer had been late.")
    due_at: datetime = strawberry.field(description="When it is late now.")
    extended_at: datetime = strawberry.field(description="When it was put off.")


@strawberry.type(description="A question or an objection to something public, with its clock.")
class DisclosureQuestion(Node):
    """Everybody reads it; who asked is named as far as they let it, and masked."""

    kind: QuestionKind = strawberry.field(description="A question or an objection.")
    subject_kind: QuestionSubject = strawberry.field(description="What it is put to.")
    version: int | None = strawberry.field(description="The version that was questioned.")
    line_number: int | None = strawberry.field(description="The line that was questioned.")
    text: str = strawberry.field(description="What is asked.")
    revision: int = strawberry.field(description="Which wording; to be given back when editing.")
    is_anonymous: bool = strawberry.field(description="Whether its asker stays unnamed.")
    is_mine: bool = strawberry.field(description="Whether the caller asked it.")
    state: QuestionState = strawberry.field(description="How far it has come.")
    asked_at: datetime = strawberry.field(description="When it was asked.")
    open_until: datetime | None = strawberry.field(
        description="The first instant at which this could be asked no more; null while it could."
    )
    due_at: datetime = strawberry.field(
        description="The first instant at which the body's answer is late."
    )
    is_late: bool = strawberry.field(description="Whether the body did not answer in time.")
    late_at: datetime | None = strawberry.field(description="When that was found.")
    street_due_at: datetime | None = strawberry.field(
        description="The first instant at which the street's word is late."
    )
    is_street_late: bool = strawberry.field(description="Whether the street was late too.")
    appealed_at: datetime | None = strawberry.field(description="When it was taken up.")
    appeal_reason: str | None = strawberry.field(description="Why.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back.")
    is_upheld: bool = strawberry.field(
        description="Whether an answer says that the asker is right."
    )
    corrected_version: int | None = strawberry.field(description="The version that put it right.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("question", row["id"]),
            kind=QuestionKind(row["kind"]),
            subject_kind=QuestionSubject(row["subject_kind"]),
            version=row["version"],
            line_number=row["line_number"],
            text=row["text"],
            revision=row["revision"],
            is_anonymous=row["anonymous"],
            is_mine=row["is_mine"],
            state=QuestionState(row["state"]),
            asked_at=row["asked_at"],
            open_until=row["open_until"],
            due_at=row["due_at"],
            is_late=row["is_late"],
            late_at=row["late_at"],
            street_due_at=row["street_due_at"],
            is_street_late=row["street_late_at"] is not None,
            appealed_at=row["appealed_at"],
            appeal_reason=row["appeal_reason"],
            withdrawn_at=row["withdrawn_at"],
            is_upheld=row["upheld"],
            corrected_version=row["corrected_version"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, question_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.questions_by_id, question_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="Who asked, a surname and a star; null where they stay unnamed.",
        metadata=LOADS,
    )
    async def asker_name(self, info: Info) -> str | None:
        """Load it with those of the other questions."""
        asker_id = self.row["asker_id"]
        return await info.context.load(queries.masked_names, asker_id) if asker_id else None

    @strawberry.field(
        description="Who asked, as far as the caller knows them; null where they stay unnamed.",
        metadata=LOADS,
    )
    async def asker(self, info: Info) -> Person | None:
        """Load them with those of the other questions."""
        asker_id = self.row["asker_id"]
        return await Person.load(info, asker_id) if asker_id else None

    @strawberry.field(description="The body that answers for it.", metadata=LOADS)
    async def publisher(self, info: Info) -> Publisher | None:
        """Load it with those of the other questions."""
        return await Publisher.load(info, self.row["publisher_id"])

    @strawberry.field(description="The disclosure that it is put to.", metadata=LOADS)
    async def disclosure(self, info: Info) -> Disclosure | None:
        """Load it with those of the other questions."""
        disclosure_id = self.row["disclosure_id"]
        return await Disclosure.load(info, disclosure_id) if disclosure_id else None

    @strawberry.field(description="The line that it is put to.", metadata=LOADS)
    async def line(self, info: Info) -> StatementLine | None:
        """Load it with those of the other questions."""
        line_id = self.row["line_id"]
        row = await info.context.load(statements.lines_by_id, line_id) if line_id else None
        return None if row is None else StatementLine.of(row)

    @strawberry.field(description="The duty that it is put to.", metadata=LOADS)
    async def obligation(self, info: Info) -> Obligation | None:
        """Load it with those of the other questions."""
        obligation_id = self.row["obligation_id"]
        return await Obligation.load(info, obligation_id) if obligation_id else None

    @strawberry.field(description="The body's word, and the street's.", metadata=LOADS)
    async def answers(self, info: Info) -> list[DisclosureAnswer]:
        """Load them with those of the other questions."""
        rows = await info.context.load(queries.answers, self.row["id"])
        return [DisclosureAnswer.of(row) for row in rows]

    @strawberry.field(description="How it was worded, the first wording first.", metadata=LOADS)
    async def wordings(self, info: Info) -> list[QuestionWording]:
        """Load them with those of the other questions."""
        rows = await info.context.load(queries.wordings, self.row["id"])
        return [
            QuestionWording(
                revision=row["revision"], text=row["text"], written_at=row["written_at"]
            )
            for row in rows
        ]

    @strawberry.field(description="How its deadline was put off.", metadata=LOADS)
    async def extensions(self, info: Info) -> list[AnswerExtension]:
        """Load them with those of the other questions."""
        rows = await info.context.load(queries.extensions, self.row["id"])
        return [
            AnswerExtension(
                reason=row["reason"],
                due_before=row["due_before"],
                due_at=row["due_at"],
                extended_at=row["extended_at"],
            )
            for row in rows
        ]


async def _questions(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.questions_by_id(actor, ids)
    return [DisclosureQuestion.of(row) if row else None for row in found]


node.register("question", _questions)


@strawberry.input(description="What a list of questions is narrowed to.")
class DisclosureQuestionFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this area and of what lies in it."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="Put to this disclosure (lines included), line or duty."
    )
    kinds: list[QuestionKind] | None = strawberry.field(default=None, description="Of these kinds.")
    states: list[QuestionState] | None = strawberry.field(
        default=None, description="In one of these states."
    )
    waiting: bool = strawberry.field(
        default=False, description="Only those on which somebody still owes a word."
    )
    late: bool = strawberry.field(
        default=False, description="Only those that were not answered in time, answered or not."
    )
    mine: bool = strawberry.field(default=False, description="Only the caller's own.")
    to_answer: bool = strawberry.field(
        default=False, description="Only those that the caller's bodies, or street, are to answer."
    )


async def _filter(where: DisclosureQuestionFilterInput) -> QuestionFilter:
    asked = QuestionFilter(
        kinds=tuple(where.kinds) if where.kinds is not None else None,
        states=tuple(where.states) if where.states is not None else None,
        waiting=where.waiting,
        late=where.late,
        mine=where.mine,
        to_answer=where.to_answer,
    )
    if where.area_id is not None:
        asked = replace(asked, area_path=await path_of(where.area_id) or NOWHERE)
    if where.subject_id is None:
        return asked
    return replace(
        asked,
        disclosure_id=node.known("disclosure", where.subject_id),
        line_id=(line := node.known("statement_line", where.subject_id)),
        obligation_id=(duty := node.known("obligation", where.subject_id)),
        area_path=asked.area_path
        if line or duty or node.known("disclosure", where.subject_id)
        else NOWHERE,
    )


@strawberry.type
class QuestionsQuery:
    """What was asked of what is public."""

    @strawberry.field(description="A question or an objection; null where there is none.")
    async def disclosure_question(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The question.")],
    ) -> DisclosureQuestion | None:
        """Answer alike for malformed and absent."""
        uuid = node.known("question", id)
        return None if uuid is None else await DisclosureQuestion.load(info, uuid)

    @strawberry.field(description="Questions and objections, the latest first.")
    async def disclosure_questions(
        self,
        info: Info,
        where: Annotated[
            DisclosureQuestionFilterInput | None, strawberry.argument(description="Which.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[DisclosureQuestion]:
        """Read a page of them."""
        asked = await _filter(where or DisclosureQuestionFilterInput())
        of = listing("disclosureQuestions", {"where": asked})
        at = page(of, first, after)
        found = await queries.questions(info.context.actor, asked, at)
        return connection(of, found, at, make=DisclosureQuestion.of, key=lambda row: (row["id"],))
