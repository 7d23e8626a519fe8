"""Questions for tests, asked and answered by the product's own commands."""

from datetime import datetime
from uuid import UUID, uuid4

from domains.disclosure.service import answering, questions
from domains.disclosure.values.questions import QuestionKind, QuestionSubject
from domains.kernel import database
from domains.kernel.actor import Actor

WORDS = "第三季度的路灯维修为何比去年高出一倍?"


async def asked(
    actor: Actor,
    of: UUID,
    *,
    kind: QuestionKind = QuestionKind.OBJECTION,
    subject: QuestionSubject = QuestionSubject.DISCLOSURE,
    text: str = WORDS,
    anonymous: bool = False,
) -> UUID:
    """A question of the actor's."""
    question_id, _ = await questions.ask_question(
        actor, kind, (subject, of), text=text, anonymous=anonymous, idempotency_key=uuid4()
    )
    return question_id


async def answered(actor: Actor, question_id: UUID, *, upheld: bool = False) -> None:
    """The body's word on it."""
    await answering.answer_question(actor, question_id, text="去年只修了一半路段。", upheld=upheld)


async def state_of(question_id: UUID) -> str:
    """How far the question has come."""
    state: str = await database.fetch_value(
        "SELECT state FROM disclosure_question WHERE id = $1", question_id
    )
    return state


async def due_of(question_id: UUID) -> datetime:
    """When the body's answer is late."""
    due: datetime = await database.fetch_value(
        "SELECT due_at FROM disclosure_question WHERE id = $1", question_id
    )
    return due


async def standing_of(disclosure_id: UUID) -> str:
    """How the disclosure stands."""
    state: str = await database.fetch_value(
        "SELECT state FROM disclosure_disclosure WHERE id = $1", disclosure_id
    )
    return state


async def events(name: str) -> int:
    """How often an event of this name was recorded."""
    found: int = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = $1", f"disclosure.{name}"
    )
    return found
