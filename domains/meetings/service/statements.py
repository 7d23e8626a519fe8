"""Short statements, which many answer with agree, disagree or pass."""

from datetime import timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from domains.kernel import clock, database, idempotency, outbox, settings
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.meetings.errors import CommentHidden, DiscussionOver, StatementMade
from domains.meetings.events.discussion import StatementsChanged
from domains.meetings.models import Statement
from domains.meetings.queries.subjects import Subject
from domains.meetings.service import comments, writing
from domains.meetings.values.discussion import Attitude

AT_STATEMENT = ("input", "statementId")
# Neighbours are one group: those of a grid, or of a building that lies in none.
_ANSWER = """
INSERT INTO meetings_statement_answer (statement_id, person_id, attitude, group_id)
VALUES ($1, $2, $3, (
    SELECT COALESCE(grid.id, home.id)
    FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area home ON home.id = h.area_id
    LEFT JOIN membership_area grid
      ON grid.path = ANY (membership_prefixes(home.path)) AND grid.kind = 'grid'
    WHERE r.person_id = $2 AND r.state = 'verified' AND starts_with(home.path, $4)
    ORDER BY r.since, r.id LIMIT 1))
ON CONFLICT (statement_id, person_id) DO UPDATE SET attitude = EXCLUDED.attitude
WHERE meetings_statement_answer.attitude <> EXCLUDED.attitude
"""


async def make_statement(
    actor: Actor, subject: Subject, text: str, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Make a statement for others to answer; returns its id and whether this was a replay.

    Raises DiscussionOver, TooManyAttempts, StatementMade where it stands already.
    """
    async with transaction():
        talk = await comments.hold_talk(actor, subject, "makeStatement")
        given = {"subject": subject, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "makeStatement", given)
        if earlier is not None:
            return UUID(earlier["statement"]), True
        if talk.is_over:
            raise DiscussionOver(path=("input", "subjectId"))
        await writing.require_pace(
            actor,
            table="meetings_statement",
            who="author_id",
            at="created_at",
            limits=((settings.current().statements_per_day, timedelta(days=1)),),
        )
        kept = writing.text(text, path=("input", "text"), longest=140)
        try:
            statement = await Statement.create(
                id=database.new_id(),
                subject_kind=talk.kind,
                subject_id=talk.subject_id,
                area_path=talk.area_path,
                community_id=talk.community_id,
                author_id=actor.person_id,
                text=kept.replace("\n", " "),
                created_at=await clock.now(),
            )
        except IntegrityError as error:
            if database.broken_constraint(error) != "meetings_statement_once":
                raise
            raise StatementMade(path=("input", "text")) from None
        await outbox.record(StatementsChanged(statement.id, talk.subject_id, talk.area_path))
        await idempotency.settle(actor, idempotency_key, {"statement": str(statement.id)})
        return statement.id, False


async def hold_statement(actor: Actor, statement_id: UUID, command: str) -> Statement:
    """Return a statement for a command that the table allows; raises NotFound, Forbidden."""
    statement = await Statement.filter(id=statement_id).first()
    if statement is None:
        raise NotFound(path=AT_STATEMENT)
    await comments.hold_talk(
        actor,
        (statement.subject_kind, statement.subject_id),
        command,
        path=AT_STATEMENT,
        author_id=statement.author_id,
    )
    return statement


async def answer_statement(actor: Actor, statement_id: UUID, attitude: Attitude) -> None:
    """Agree, disagree or pass; the last answer of somebody counts, once.

    Raises CommentHidden for a hidden statement.
    """
    async with transaction():
        statement = await hold_statement(actor, statement_id, "answerStatement")
        if statement.hidden_at is not None:
            raise CommentHidden(path=AT_STATEMENT)
        if await database.execute(
            _ANSWER, statement_id, actor.person_id, attitude.value, statement.area_path
        ):
            await outbox.record(
                StatementsChanged(statement.id, statement.subject_id, statement.area_path)
            )
