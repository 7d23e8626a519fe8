"""Asking, answering, taking up and deciding. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.service import answering, questions
from domains.disclosure.values.questions import QuestionKind, QuestionSubject
from domains.kernel.errors import NotFound
from schema import node
from schema.context import Info
from schema.disclosure.questions import DisclosureQuestion
from schema.errors import Outdated, Refused
from schema.membership.types import reloaded

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")
WHICH = "The question."
_SUBJECTS = {
    "disclosure": QuestionSubject.DISCLOSURE,
    "statement_line": QuestionSubject.LINE,
    "obligation": QuestionSubject.OBLIGATION,
}


@strawberry.input(description="A question or an objection to be put.")
class AskDisclosureQuestionInput:
    """To what, and in which words."""

    subject_id: strawberry.ID = strawberry.field(
        description="A public disclosure, a line of its statement, or a duty."
    )
    kind: QuestionKind = strawberry.field(description="A question or an objection.")
    text: str = strawberry.field(description="What is asked, 2 to 2,000 characters, as plain text.")
    anonymous: bool = strawberry.field(
        default=False, description="Whether to stay unnamed to everybody but staff."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A question to be worded anew.")
class EditDisclosureQuestionInput:
    """Which, and how."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    text: str = strawberry.field(description="What is asked, 2 to 2,000 characters, as plain text.")
    expected_revision: int = strawberry.field(description="The wording that the caller read.")


@strawberry.input(description="A question to be taken back.")
class WithdrawDisclosureQuestionInput:
    """Which."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An answer for the body that a question was put to.")
class AnswerDisclosureQuestionInput:
    """To which, and what."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    text: str = strawberry.field(description="The answer, 2 to 4,000 characters, as plain text.")
    upheld: bool = strawberry.field(
        default=False, description="Whether the asker is right, so that a correction follows."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="The street's word on a question.")
class DecideDisclosureQuestionInput:
    """On which, and what."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    text: str = strawberry.field(description="The decision, 2 to 4,000 characters, as plain text.")
    upheld: bool = strawberry.field(description="Whether the asker is right.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A deadline to be put off by the street.")
class ExtendDisclosureQuestionInput:
    """Which, until when, and why."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    until: datetime = strawberry.field(
        description="The first instant at which the answer is late again."
    )
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Whether an answer satisfies its asker.")
class RateDisclosureAnswerInput:
    """Of which question, and how."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    satisfied: bool = strawberry.field(description="Whether it does.")
    comment: str | None = strawberry.field(
        default=None, description="In a few words, 2 to 500 characters; everybody reads it."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An answer that did not satisfy, to be taken up to the street.")
class AppealDisclosureAnswerInput:
    """Of which question, and why."""

    question_id: strawberry.ID = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The question as it stands now.")
class DisclosureQuestionPayload:
    """What came of a command."""

    question: DisclosureQuestion = strawberry.field(description=WHICH)
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


AskDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("AskDisclosureQuestionResult", description="The question, or why not."),
]
EditDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Outdated | Refused,
    strawberry.union("EditDisclosureQuestionResult", description="Reworded, or why it stands."),
]
WithdrawDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("WithdrawDisclosureQuestionResult", description="Taken back, or why not."),
]
AnswerDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("AnswerDisclosureQuestionResult", description="Answered, or why not."),
]
DecideDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("DecideDisclosureQuestionResult", description="Decided, or why not."),
]
ExtendDisclosureQuestionResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("ExtendDisclosureQuestionResult", description="Put off, or why not."),
]
RateDisclosureAnswerResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("RateDisclosureAnswerResult", description="Rated, or why not."),
]
AppealDisclosureAnswerResult = Annotated[
    DisclosureQuestionPayload | Refused,
    strawberry.union("AppealDisclosureAnswerResult", description="Taken up, or why not."),
]


def _which(question_id: str) -> UUID:
    return node.decode("question", question_id, path=("input", "questionId"))


def _subject(subject_id: str) -> tuple[QuestionSubject, UUID]:
    for kind, subject in _SUBJECTS.items():
        uuid = node.known(kind, subject_id)
        if uuid is not None:
            return subject, uuid
    raise NotFound(path=("input", "subjectId"))


async def _payload(
    info: Info, question_id: UUID, *, replayed: bool = False
) -> DisclosureQuestionPayload:
    found = await reloaded(info, DisclosureQuestion.load, question_id)
    assert found is not None, "a question is there for everybody"
    return DisclosureQuestionPayload(question=found, replayed=replayed)


@strawberry.type
class QuestionsMutation:
    """From the question to the word that settles it."""

    @strawberry.mutation(
        description="Ask about, or object to, a public disclosure, a line of it, or a duty."
    )
    async def ask_disclosure_question(
        self, info: Info, input: Annotated[AskDisclosureQuestionInput, Argument]
    ) -> AskDisclosureQuestionResult:
        """Ask it."""
        question_id, replayed = await questions.ask_question(
            info.context.actor,
            input.kind,
            _subject(input.subject_id),
            text=input.text,
            anonymous=input.anonymous,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(description="Word a question anew before it is answered.")
    async def edit_disclosure_question(
        self, info: Info, input: Annotated[EditDisclosureQuestionInput, Argument]
    ) -> EditDisclosureQuestionResult:
        """Word it."""
        question_id = _which(input.question_id)
        await questions.edit_question(
            info.context.actor,
            question_id,
            text=input.text,
            expected_revision=input.expected_revision,
        )
        return await _payload(info, question_id)

    @strawberry.mutation(description="Take a question back before it is answered.")
    async def withdraw_disclosure_question(
        self, info: Info, input: Annotated[WithdrawDisclosureQuestionInput, Argument]
    ) -> WithdrawDisclosureQuestionResult:
        """Take it back."""
        question_id = _which(input.question_id)
        replayed = await questions.withdraw_question(
            info.context.actor, question_id, idempotency_key=input.idempotency_key
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(description="Answer a question for the body that it was put to.")
    async def answer_disclosure_question(
        self, info: Info, input: Annotated[AnswerDisclosureQuestionInput, Argument]
    ) -> AnswerDisclosureQuestionResult:
        """Answer it."""
        question_id = _which(input.question_id)
        replayed = await answering.answer_question(
            info.context.actor,
            question_id,
            text=input.text,
            upheld=input.upheld,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(
        description="Decide, as the street, what was answered late or did not satisfy."
    )
    async def decide_disclosure_question(
        self, info: Info, input: Annotated[DecideDisclosureQuestionInput, Argument]
    ) -> DecideDisclosureQuestionResult:
        """Decide it."""
        question_id = _which(input.question_id)
        replayed = await answering.decide_question(
            info.context.actor,
            question_id,
            text=input.text,
            upheld=input.upheld,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(
        description="Put the deadline of a late answer off, as the street, for a public reason."
    )
    async def extend_disclosure_question(
        self, info: Info, input: Annotated[ExtendDisclosureQuestionInput, Argument]
    ) -> ExtendDisclosureQuestionResult:
        """Put it off."""
        question_id = _which(input.question_id)
        replayed = await answering.extend_question(
            info.context.actor,
            question_id,
            until=input.until,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(description="Say, once, whether the last answer satisfies.")
    async def rate_disclosure_answer(
        self, info: Info, input: Annotated[RateDisclosureAnswerInput, Argument]
    ) -> RateDisclosureAnswerResult:
        """Rate it."""
        question_id = _which(input.question_id)
        replayed = await answering.rate_answer(
            info.context.actor,
            question_id,
            satisfied=input.satisfied,
            comment=input.comment,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)

    @strawberry.mutation(description="Take an answer that did not satisfy up to the street, once.")
    async def appeal_disclosure_answer(
        self, info: Info, input: Annotated[AppealDisclosureAnswerInput, Argument]
    ) -> AppealDisclosureAnswerResult:
        """Take it up."""
        question_id = _which(input.question_id)
        replayed = await answering.appeal_answer(
            info.context.actor,
            question_id,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, question_id, replayed=replayed)
