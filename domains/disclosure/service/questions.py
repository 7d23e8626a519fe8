"""What the commands over questions act upon, locked and judged, and how one is asked.

The disclosure is locked before its question, so that two answers, or an answer and a correction,
leave it standing as both of them say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domains.disclosure import policy
from domains.disclosure.errors import (
    NotPublic,
    QuestionSettled,
    QuestionTooLate,
    QuestionWaiting,
    TakenDown,
)
from domains.disclosure.events import QuestionAsked, QuestionWithdrawn
from domains.disclosure.rules import prose
from domains.disclosure.rules import questions as rules
from domains.disclosure.service import checking, papers
from domains.disclosure.service.presets import questions as presets
from domains.disclosure.values import Affair
from domains.disclosure.values.questions import QuestionKind, QuestionState, QuestionSubject
from domains.kernel import audit, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound, VersionConflict

LONGEST = 2000
PATH = ("input", "questionId")
_SUBJECT_PATH = ("input", "subjectId")

_DISCLOSURE = """
SELECT d.id, d.publisher_id, d.community_id, d.area_path, d.published_number, d.taken_down_at,
       v.published_at
FROM disclosure_disclosure d
LEFT JOIN disclosure_version v ON v.disclosure_id = d.id AND v.number = d.published_number
WHERE d.id = $1 FOR UPDATE OF d
"""
# Of the version that is public now: a line of an earlier one has its question there.
_LINE = """
SELECT l.id, l.number, v.disclosure_id, v.number AS version
FROM disclosure_line l JOIN disclosure_version v ON v.id = l.version_id
WHERE l.id = $1 AND v.state = 'published'
"""
_OBLIGATION = """
SELECT o.id, o.community_id, o.area_path, o.affair, o.state,
       CASE WHEN o.state = 'waived' THEN o.waived_at ELSE o.met_at END AS over_at
FROM disclosure_obligation o WHERE o.id = $1
"""
# Party affairs are the party's own, where it has a body there; the rest the community's.
_BODY = """
SELECT id FROM disclosure_publisher
WHERE community_id = $1 AND ended_at IS NULL AND kind IN ('community', 'party')
ORDER BY (kind = 'party') = $2 DESC, created_at LIMIT 1
"""
_INSERT = """
INSERT INTO disclosure_question
    (id, kind, subject_kind, disclosure_id, version, line_id, line_number, obligation_id,
     publisher_id, community_id, area_path, text, asker_id, anonymous, state, asked_at,
     open_until, due_at, frozen_rules)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15, $16, $17,
        $18::jsonb)
"""
_WORDING = """
INSERT INTO disclosure_question_wording (question_id, revision, text, written_at)
VALUES ($1, $2, $3, kernel_now())
"""
_OF = "SELECT disclosure_id FROM disclosure_question WHERE id = $1"
_LOCK = "SELECT id FROM disclosure_disclosure WHERE id = $1 FOR UPDATE"
_HOLD = """
SELECT *, frozen_rules::text AS rules FROM disclosure_question WHERE id = $1 FOR UPDATE
"""
_EDIT = "UPDATE disclosure_question SET text = $2, revision = revision + 1 WHERE id = $1"
_WITHDRAW = """
UPDATE disclosure_question SET state = 'withdrawn', withdrawn_at = kernel_now() WHERE id = $1
"""
_RESTAND = "SELECT disclosure_restand($1)"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is put to, and since when it can be."""

    kind: QuestionSubject
    publisher_id: UUID
    community_id: UUID | None
    area_path: str
    since: datetime | None
    disclosure_id: UUID | None = None
    version: int | None = None
    line: tuple[UUID, int] | None = None
    obligation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, locked, as authority judges it, under the rules that it was asked under."""

    row: Row
    matter: policy.Matter
    rules: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        """Return its id."""
        found: UUID = self.row["id"]
        return found

    @property
    def state(self) -> QuestionState:
        """Return how far it has come."""
        return QuestionState(self.row["state"])


async def ask_question(
    actor: Actor,
    kind: QuestionKind,
    subject: tuple[QuestionSubject, UUID],
    *,
    text: str,
    anonymous: bool,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Ask about, or object to, something public; returns its id and whether this was a replay.

    Raises QuestionTooLate from the first instant after its days, QuestionWaiting, TakenDown.
    """
    said = prose.prose(text, path=("input", "text"), longest=LONGEST)
    checking.require_impersonal(text=said)
    async with transaction():
        found = await _subject(*subject)
        place = policy.Placement(found.area_path)
        require(policy.AUTHORITY, "askDisclosureQuestion", actor, place)
        given = {"kind": kind, "of": subject[1], "text": text, "anonymous": anonymous}
        earlier = await idempotency.claim(actor, idempotency_key, "askDisclosureQuestion", given)
        if earlier is not None:
            return UUID(earlier["question"]), True
        question_id = await _insert(actor, kind, found, said, anonymous=anonymous)
        await outbox.record(QuestionAsked(question_id, found.area_path))
        await _restand(found.disclosure_id)
        await idempotency.settle(actor, idempotency_key, {"question": str(question_id)})
        await audit.record(
            actor,
            command="askDisclosureQuestion",
            chain=found.community_id,
            subject=("question", question_id),
            details={"kind": kind.value},
        )
    return question_id, False


async def _insert(
    actor: Actor, kind: QuestionKind, of: Subject, text: str, *, anonymous: bool
) -> UUID:
    rule_set = await presets.in_force(of.community_id)
    now = await clock.now()
    until = None if of.since is None else rules.open_until(rule_set.content, kind, of.since)
    if until is not None and now >= until:
        raise QuestionTooLate(path=_SUBJECT_PATH)
    question_id = database.new_id()
    line_id, line_number = of.line or (None, None)
    frozen = json.dumps(rulesets.freeze(rule_set), ensure_ascii=False)
    try:
        await database.execute(
            _INSERT,
            *(question_id, kind, of.kind, of.disclosure_id, of.version, line_id, line_number),
            *(of.obligation_id, of.publisher_id, of.community_id, of.area_path, text),
            *(actor.person_id, anonymous, now, until),
            *(rules.answer_due(rule_set.content, kind, now), frozen),
        )
    except asyncpg.UniqueViolationError:
        raise QuestionWaiting(path=_SUBJECT_PATH) from None
    await database.execute(_WORDING, question_id, 1, text)
    return question_id


async def _subject(kind: QuestionSubject, subject_id: UUID) -> Subject:
    match kind:
        case QuestionSubject.OBLIGATION:
            return await _obligation(subject_id)
        case QuestionSubject.LINE:
            line = await database.fetch_one(_LINE, subject_id)
            if line is None:
                raise NotFound(path=_SUBJECT_PATH)
            return await _disclosure(line["disclosure_id"], line)
        case QuestionSubject.DISCLOSURE:
            return await _disclosure(subject_id, None)


async def _disclosure(disclosure_id: UUID, line: Row | None) -> Subject:
    row = await database.fetch_one(_DISCLOSURE, disclosure_id)
    if row is None or row["published_number"] is None:
        raise NotFound(path=_SUBJECT_PATH)
    if row["taken_down_at"] is not None:
        raise TakenDown(path=_SUBJECT_PATH)
    if line is not None and line["version"] != row["published_number"]:
        raise NotPublic(path=_SUBJECT_PATH)
    return Subject(
        kind=QuestionSubject.DISCLOSURE if line is None else QuestionSubject.LINE,
        publisher_id=row["publisher_id"],
        community_id=row["community_id"],
        area_path=row["area_path"],
        since=row["published_at"],
        disclosure_id=disclosure_id,
        version=row["published_number"],
        line=None if line is None else (line["id"], line["number"]),
    )


async def _obligation(obligation_id: UUID) -> Subject:
    """Return a duty: asked about while it is owed, then within the days after its end."""
    row = await database.fetch_one(_OBLIGATION, obligation_id)
    if row is None:
        raise NotFound(path=_SUBJECT_PATH)
    publisher_id = await database.fetch_value(
        _BODY, row["community_id"], row["affair"] == Affair.PARTY
    )
    if publisher_id is None:
        raise NotFound(path=_SUBJECT_PATH)
    return Subject(
        kind=QuestionSubject.OBLIGATION,
        publisher_id=publisher_id,
        community_id=row["community_id"],
        area_path=row["area_path"],
        since=row["over_at"],
        obligation_id=obligation_id,
    )


async def hold(actor: Actor, question_id: UUID, action: str) -> Asked:
    """Lock a question, its disclosure first, and refuse who may not do this with it."""
    of = await database.fetch_one(_OF, question_id)
    if of is None:
        raise NotFound(path=PATH)
    if of["disclosure_id"] is not None:
        await database.execute(_LOCK, of["disclosure_id"])
    row = await database.fetch_one(_HOLD, question_id)
    assert row is not None, "a question is never removed"
    standing = await papers.body_of(actor, row["publisher_id"], path=PATH)
    matter = policy.Matter(row["area_path"], row["asker_id"], standing.body)
    require(policy.AUTHORITY, action, actor, matter)
    return Asked(row, matter, rulesets.thaw(json.loads(row["rules"])).content)


async def edit_question(
    actor: Actor, question_id: UUID, *, text: str, expected_revision: int
) -> None:
    """Word a question anew before it is answered; earlier wordings stay to be read.

    Raises QuestionSettled, VersionConflict.
    """
    said = prose.prose(text, path=("input", "text"), longest=LONGEST)
    checking.require_impersonal(text=said)
    async with transaction():
        asked = await hold(actor, question_id, "editDisclosureQuestion")
        _require_unanswered(asked)
        if asked.row["revision"] != expected_revision:
            raise VersionConflict(path=("input", "expectedRevision"), version=asked.row["revision"])
        await database.execute(_EDIT, question_id, said)
        await database.execute(_WORDING, question_id, expected_revision + 1, said)
        await told(actor, asked, "editDisclosureQuestion", {"revision": expected_revision + 1})


async def withdraw_question(
    actor: Actor, question_id: UUID, *, idempotency_key: UUID | None = None
) -> bool:
    """Take a question back before it is answered; that it was asked stays. QuestionSettled."""
    async with transaction():
        given = {"question": question_id}
        if await papers.done_before(actor, idempotency_key, "withdrawDisclosureQuestion", given):
            return True
        asked = await hold(actor, question_id, "withdrawDisclosureQuestion")
        _require_unanswered(asked)
        await database.execute(_WITHDRAW, question_id)
        await restand(asked)
        await outbox.record(QuestionWithdrawn(question_id, asked.matter.area_path))
        await told(actor, asked, "withdrawDisclosureQuestion", {})
    return False


def _require_unanswered(asked: Asked) -> None:
    if asked.state not in {QuestionState.OPEN, QuestionState.ESCALATED}:
        raise QuestionSettled(path=PATH)


async def restand(asked: Asked) -> None:
    """Let the disclosure stand as the objections to it do."""
    await _restand(asked.row["disclosure_id"])


async def _restand(disclosure_id: UUID | None) -> None:
    if disclosure_id is not None:
        await database.execute(_RESTAND, disclosure_id)


async def told(
    actor: Actor, asked: Asked, command: str, details: dict[str, str | int | bool | None]
) -> None:
    """Tell the audit, last of all."""
    await audit.record(
        actor,
        command=command,
        chain=asked.row["community_id"],
        subject=("question", asked.id),
        details=details,
    )
