"""Answers: the body's by its deadline, else the street's word, and whether the asker is satisfied.

Late is late without anybody's doing: the worker puts an unanswered question before the street.
The body may still answer; that it was late stays to be read.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domains.disclosure.errors import (
    AnswerRated,
    AppealSpent,
    ExtensionTooLong,
    QuestionNotWithStreet,
    QuestionOwn,
    QuestionSettled,
)
from domains.disclosure.events import (
    AnswerDueSoon,
    AnswerRatedByAsker,
    QuestionAnswered,
    QuestionAppealed,
    QuestionCorrected,
    QuestionDecided,
    QuestionDecisionOverdue,
    QuestionEscalated,
    QuestionExtended,
)
from domains.disclosure.rules import prose, texts
from domains.disclosure.rules import questions as rules
from domains.disclosure.service import checking, papers, questions
from domains.disclosure.service.presets import reminders
from domains.disclosure.service.questions import PATH, Asked
from domains.disclosure.values.questions import AnswerBy, QuestionState
from domains.kernel import audit, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction

LONGEST = 4000

_ANSWER = """
INSERT INTO disclosure_answer
    (id, question_id, given_by, text, upheld, answered_by_id, answered_at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
"""
_SETTLE = "UPDATE disclosure_question SET state = $2, upheld = upheld OR $3 WHERE id = $1"
_LAST = """
SELECT id, given_by, satisfied, rated_at, answered_at FROM disclosure_answer
WHERE question_id = $1 ORDER BY answered_at DESC, id DESC LIMIT 1
"""
_RATE = """
UPDATE disclosure_answer SET satisfied = $2, comment = $3, rated_at = kernel_now() WHERE id = $1
"""
_APPEAL = """
UPDATE disclosure_question
SET state = 'appealed', appealed_at = $2, appeal_reason = $3, street_due_at = $4 WHERE id = $1
"""
_EXTEND = """
UPDATE disclosure_question
SET state = 'open', due_at = $2, extensions = extensions + 1, street_due_at = NULL,
    street_late_at = NULL, reminded_at = NULL
WHERE id = $1
"""
_EXTENSION = """
INSERT INTO disclosure_question_extension
    (question_id, number, reason, due_before, due_at, by_id, extended_at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
"""
_NEAR = """
SELECT id, area_path, due_at FROM disclosure_question
WHERE state = 'open' AND reminded_at IS NULL
  AND due_at <= kernel_now() + $1::interval AND due_at > kernel_now()
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_REMINDED = "UPDATE disclosure_question SET reminded_at = kernel_now() WHERE id = $1"
_DUE = """
SELECT id, area_path, community_id, due_at, late_at, frozen_rules::text AS rules
FROM disclosure_question
WHERE state = 'open' AND due_at <= kernel_now()
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ESCALATE = """
UPDATE disclosure_question
SET state = 'escalated', late_at = coalesce(late_at, kernel_now()), street_due_at = $2
WHERE id = $1
"""
_STREET_DUE = """
SELECT id, area_path, community_id FROM disclosure_question
WHERE state IN ('escalated', 'appealed') AND street_late_at IS NULL
  AND street_due_at <= kernel_now()
ORDER BY street_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_STREET_LATE = "UPDATE disclosure_question SET street_late_at = kernel_now() WHERE id = $1"
# A version after the one that was questioned is what puts it right.
_CORRECTED = """
UPDATE disclosure_question q SET corrected_version = d.published_number
FROM disclosure_disclosure d
WHERE d.id = $1 AND q.disclosure_id = d.id AND q.upheld AND q.corrected_version IS NULL
  AND d.published_number > q.version
RETURNING q.id, q.area_path, d.published_number
"""
_RESTAND = "SELECT disclosure_restand($1)"


async def answer_question(
    actor: Actor, question_id: UUID, *, text: str, upheld: bool, idempotency_key: UUID | None = None
) -> bool:
    """Answer for the body; `upheld` says that the asker is right, and it will be put right.

    In time or late, but not what the street has been asked to decide. Raises QuestionSettled,
    QuestionOwn.
    """
    said = _said(text)
    async with transaction():
        given = {"question": question_id, "text": text, "upheld": upheld}
        if await papers.done_before(actor, idempotency_key, "answerDisclosureQuestion", given):
            return True
        asked = await questions.hold(actor, question_id, "answerDisclosureQuestion")
        _require_another(actor, asked)
        if asked.state not in {QuestionState.OPEN, QuestionState.ESCALATED}:
            raise QuestionSettled(path=PATH)
        await _give(actor, asked, AnswerBy.BODY, said, upheld=upheld)
        await outbox.record(QuestionAnswered(question_id, asked.matter.area_path))
        await questions.told(actor, asked, "answerDisclosureQuestion", {"upheld": upheld})
    return False


async def decide_question(
    actor: Actor, question_id: UUID, *, text: str, upheld: bool, idempotency_key: UUID | None = None
) -> bool:
    """Decide, as the street, what was not answered in time or did not satisfy.

    Raises QuestionNotWithStreet, QuestionOwn.
    """
    said = _said(text)
    async with transaction():
        given = {"question": question_id, "text": text, "upheld": upheld}
        if await papers.done_before(actor, idempotency_key, "decideDisclosureQuestion", given):
            return True
        asked = await questions.hold(actor, question_id, "decideDisclosureQuestion")
        _require_another(actor, asked)
        _require_with_street(asked)
        await _give(actor, asked, AnswerBy.STREET, said, upheld=upheld)
        await outbox.record(QuestionDecided(question_id, asked.matter.area_path))
        await questions.told(actor, asked, "decideDisclosureQuestion", {"upheld": upheld})
    return False


def _said(text: str) -> str:
    said = prose.prose(text, path=("input", "text"), longest=LONGEST)
    checking.require_impersonal(text=said)
    return said


def _require_another(actor: Actor, asked: Asked) -> None:
    if actor.person_id == asked.matter.asker_id:
        raise QuestionOwn(path=PATH)


def _require_with_street(asked: Asked) -> None:
    if asked.state not in {QuestionState.ESCALATED, QuestionState.APPEALED}:
        raise QuestionNotWithStreet(path=PATH)


async def _give(actor: Actor, asked: Asked, by: AnswerBy, text: str, *, upheld: bool) -> None:
    values = (database.new_id(), asked.id, by, text, upheld, actor.person_id)
    await database.execute(_ANSWER, *values)
    state = QuestionState.ANSWERED if by is AnswerBy.BODY else QuestionState.DECIDED
    await database.execute(_SETTLE, asked.id, state, upheld)
    disclosure_id: UUID | None = asked.row["disclosure_id"]
    if disclosure_id is not None:
        await link_corrections(disclosure_id)


async def link_corrections(disclosure_id: UUID) -> None:
    """Say of upheld questions which version put them right, and how the disclosure stands now.

    Runs inside an open transaction: when an answer upholds, and when a correction is public.
    """
    database.require_open_transaction()
    for row in await database.fetch(_CORRECTED, disclosure_id):
        number: int = row["published_number"]
        event = QuestionCorrected(row["id"], disclosure_id, number, row["area_path"])
        await outbox.record(event)
    await database.execute(_RESTAND, disclosure_id)


async def rate_answer(
    actor: Actor,
    question_id: UUID,
    *,
    satisfied: bool,
    comment: str | None,
    idempotency_key: UUID | None = None,
) -> bool:
    """Say, once, whether the last answer satisfies. Raises AnswerRated."""
    said = None
    if comment is not None:
        said = texts.line(comment, path=("input", "comment"), longest=500)
        checking.require_impersonal(comment=said)
    async with transaction():
        given = {"question": question_id, "satisfied": satisfied, "comment": comment}
        if await papers.done_before(actor, idempotency_key, "rateDisclosureAnswer", given):
            return True
        asked = await questions.hold(actor, question_id, "rateDisclosureAnswer")
        last = await database.fetch_one(_LAST, question_id)
        if last is None or last["rated_at"] is not None or asked.state is QuestionState.APPEALED:
            raise AnswerRated(path=PATH)
        await database.execute(_RATE, last["id"], satisfied, said)
        await outbox.record(AnswerRatedByAsker(question_id, asked.matter.area_path))
        await questions.told(actor, asked, "rateDisclosureAnswer", {"satisfied": satisfied})
    return False


async def appeal_answer(
    actor: Actor, question_id: UUID, *, reason: str, idempotency_key: UUID | None = None
) -> bool:
    """Take an answer that did not satisfy up to the street, once, within its days.

    Raises AppealSpent.
    """
    reason = _reason(reason)
    async with transaction():
        given = {"question": question_id, "reason": reason}
        if await papers.done_before(actor, idempotency_key, "appealDisclosureAnswer", given):
            return True
        asked = await questions.hold(actor, question_id, "appealDisclosureAnswer")
        last = await database.fetch_one(_LAST, question_id)
        now = await clock.now()
        if asked.state is not QuestionState.ANSWERED or last is None or last["satisfied"] is None:
            raise AppealSpent(path=PATH)
        if last["satisfied"] or now >= rules.appeal_until(asked.rules, last["answered_at"]):
            raise AppealSpent(path=PATH)
        due = rules.street_due(asked.rules, now)
        await database.execute(_APPEAL, question_id, now, reason, due)
        await questions.restand(asked)
        await outbox.record(QuestionAppealed(question_id, asked.matter.area_path))
        await questions.told(actor, asked, "appealDisclosureAnswer", {})
    return False


def _reason(given: str) -> str:
    reason = texts.line(given, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    return reason


async def extend_question(
    actor: Actor,
    question_id: UUID,
    *,
    until: datetime,
    reason: str,
    idempotency_key: UUID | None = None,
) -> bool:
    """Put the deadline of a late answer off, as the street, for a reason that everybody reads.

    The body has until then; that it was late stays. Raises QuestionNotWithStreet,
    ExtensionTooLong.
    """
    reason = _reason(reason)
    async with transaction():
        given = {"question": question_id, "until": until, "reason": reason}
        if await papers.done_before(actor, idempotency_key, "extendDisclosureQuestion", given):
            return True
        asked = await questions.hold(actor, question_id, "extendDisclosureQuestion")
        if asked.state is not QuestionState.ESCALATED:
            raise QuestionNotWithStreet(path=PATH)
        row, most = asked.row, asked.rules["extension"]
        allowed = rules.extension_allowed(
            asked.rules, earlier=row["extensions"], due=row["due_at"], until=until
        )
        if not allowed or until <= await clock.now():
            details: dict[str, Any] = {"days": most["days"], "times": most["times"]}
            raise ExtensionTooLong(path=("input", "until"), **details)
        number = row["extensions"] + 1
        values = (question_id, number, reason, row["due_at"], until, actor.person_id)
        await database.execute(_EXTENSION, *values)
        await database.execute(_EXTEND, question_id, until)
        await outbox.record(QuestionExtended(question_id, asked.matter.area_path))
        await questions.told(actor, asked, "extendDisclosureQuestion", {"number": number})
    return False


async def remind_of_due_answer() -> UUID | None:
    """Tell once of one answer whose deadline is near; returns its question's id, or None."""
    async with transaction():
        rules = await reminders.of_answers()
        row = await database.fetch_one(_NEAR, timedelta(hours=rules.content["beforeHours"]))
        if row is None:
            return None
        question_id: UUID = row["id"]
        await database.execute(_REMINDED, question_id)
        await outbox.record(AnswerDueSoon(question_id, row["area_path"], row["due_at"]))
    return question_id


async def escalate_late_question() -> UUID | None:
    """Put one question that was not answered in time before the street; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_DUE)
        if row is None:
            return None
        question_id: UUID = row["id"]
        frozen = rulesets.thaw(json.loads(row["rules"]))
        due = rules.street_due(frozen.content, row["due_at"])
        await database.execute(_ESCALATE, question_id, due)
        await outbox.record(QuestionEscalated(question_id, row["area_path"]))
        await _worker_told("escalateQuestion", row)
    return question_id


async def note_overdue_decision() -> UUID | None:
    """Note one question that the street has not decided in time; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_STREET_DUE)
        if row is None:
            return None
        question_id: UUID = row["id"]
        await database.execute(_STREET_LATE, question_id)
        await outbox.record(QuestionDecisionOverdue(question_id, row["area_path"]))
        await _worker_told("noteOverdueDecision", row)
    return question_id


async def _worker_told(command: str, row: database.Row) -> None:
    await audit.record(
        SYSTEM,
        command=command,
        chain=row["community_id"],
        subject=("question", row["id"]),
        details={},
    )
