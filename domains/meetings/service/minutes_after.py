"""What follows a draft of minutes: confirmation, objections, publication, files."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, documents, outbox, settings, storage
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.kernel.storage import Pass
from domains.meetings.errors.minutes import (
    MinutesNotConfirmed,
    MinutesObjectionFiled,
    MinutesObjectionSettled,
    MinutesObjectionsOpen,
    MinutesObjectionsOver,
    NotToBeSigned,
    OwnMinutesObjection,
)
from domains.meetings.errors.room import NotPresent
from domains.meetings.events.minutes import (
    MinutesConfirmed,
    MinutesDrafted,
    MinutesObjected,
    MinutesObjectionDecided,
    MinutesPublished,
)
from domains.meetings.models import Meeting
from domains.meetings.policy.minutes import keeps_minutes
from domains.meetings.queries import minutes as queries
from domains.meetings.queries import standings
from domains.meetings.rules import minutes_page, periods
from domains.meetings.rules.minutes_terms import MinutesTerms
from domains.meetings.service import log, minutes, room, writing
from domains.meetings.values import LogKind, MeetingState
from domains.meetings.values.minutes import MinutesFormat, SignatoryRole

_SIGN = """
INSERT INTO meetings_minutes_signature (minutes_id, version, person_id, role, at)
VALUES ($1, $2, $3, $4, kernel_now()) ON CONFLICT DO NOTHING
"""
_SIGNED = """
SELECT person_id, role FROM meetings_minutes_signature WHERE minutes_id = $1 AND version = $2
"""
_CAME = """
SELECT person_id, votes FROM meetings_invitation
WHERE meeting_id = $1 AND revoked_at IS NULL AND arrived_at IS NOT NULL
"""
_CONFIRM = """
UPDATE meetings_minutes
SET confirmed_at = $2, objections_until = $3, log_seq = greatest(log_seq, $4) WHERE id = $1
"""
_REOPEN = """
UPDATE meetings_minutes
SET confirmed_at = NULL, objections_until = NULL, version = version + 1 WHERE id = $1
"""
_OBJECT = """
INSERT INTO meetings_minutes_objection
    (id, minutes_id, version, person_id, text, state, filed_at)
VALUES ($1, $2, $3, $4, $5, 'filed', kernel_now()) ON CONFLICT DO NOTHING
"""
_OBJECTION = """
SELECT o.id, o.minutes_id, o.person_id, o.state, n.meeting_id
FROM meetings_minutes_objection o JOIN meetings_minutes n ON n.id = o.minutes_id
WHERE o.id = $1
"""
_DECIDE = """
UPDATE meetings_minutes_objection
SET state = $2, answer = $3, decided_by_id = $4, decided_at = kernel_now()
WHERE id = $1 AND state = 'filed'
"""
_UNDECIDED = """
SELECT EXISTS (SELECT FROM meetings_minutes_objection WHERE minutes_id = $1 AND state = 'filed')
"""
_PUBLISH = """
UPDATE meetings_minutes SET published_at = kernel_now(), published_by_id = $2 WHERE id = $1
"""
_DUE = """
SELECT m.id FROM meetings_meeting m JOIN meetings_minutes n ON n.meeting_id = m.id
WHERE m.state = 'minutes_confirmed' AND n.objections_until <= kernel_now() AND NOT EXISTS (
    SELECT FROM meetings_minutes_objection o WHERE o.minutes_id = n.id AND o.state = 'filed')
ORDER BY n.objections_until LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""
_MOST_BYTES = 50_000_000
_MEDIA = {MinutesFormat.PDF: "application/pdf", MinutesFormat.TEXT: "text/plain; charset=utf-8"}
_ENDINGS = {MinutesFormat.PDF: "pdf", MinutesFormat.TEXT: "txt"}


async def confirm(actor: Actor, meeting_id: UUID, *, expected_version: int) -> None:
    """Confirm minutes as they stand; once all who have to did, they are closed.

    Twice is once. Raises NotToBeSigned, MinutesClosed, VersionConflict.
    """
    async with transaction():
        meeting, minutes_id = await minutes.open_minutes(
            actor, meeting_id, "confirmMinutes", expected_version=expected_version
        )
        terms = _terms(meeting)
        came = await database.fetch(_CAME, meeting_id)
        role = await _role(actor, meeting, terms, came)
        made = await database.execute(
            _SIGN, minutes_id, expected_version, actor.person_id, role.value
        )
        if not made:
            return
        await log.append(
            meeting,
            LogKind.MINUTES_SIGNED,
            actor=actor,
            person_id=actor.person_id,
            role=role.value,
            version=expected_version,
        )
        signed = await database.fetch(_SIGNED, minutes_id, expected_version)
        roles = [SignatoryRole(row["role"]) for row in signed]
        deciding = {row["person_id"] for row in came if row["votes"]}
        if terms.is_confirmed(
            roles,
            attendees=sum(row["person_id"] in deciding for row in signed),
            present=len(deciding),
        ):
            await _close(actor, meeting, minutes_id, terms)
        await room.told(actor, meeting, "confirmMinutes", role=role.value)


def _terms(meeting: Meeting) -> MinutesTerms:
    return MinutesTerms.of(room.rules_of(meeting).content)


async def _role(
    actor: Actor, meeting: Meeting, terms: MinutesTerms, came: Sequence[Row]
) -> SignatoryRole:
    """Return as what the caller confirms.

    The chair and the secretary as such; where nobody was made secretary, whoever else keeps the
    minutes; those who were present and decide, where the rules want a share of them.
    """
    if actor.person_id == (meeting.standing_chair_id or meeting.chair_id):
        return SignatoryRole.CHAIR
    place = await standings.place_in(meeting.id, actor.person_id)
    is_secretary = actor.person_id == meeting.secretary_id
    if is_secretary or (meeting.secretary_id is None and keeps_minutes(actor, place)):
        return SignatoryRole.SECRETARY
    decided = any(row["person_id"] == actor.person_id and row["votes"] for row in came)
    if terms.share is not None and decided:
        return SignatoryRole.ATTENDEE
    raise NotToBeSigned(path=("input", "meetingId"))


async def _close(actor: Actor, meeting: Meeting, minutes_id: UUID, terms: MinutesTerms) -> None:
    now = await clock.now()
    until = now if terms.objections is None else periods.due(now, terms.objections)
    # What was decided since the last edit stands in them as well.
    await minutes.take_in(meeting, minutes_id)
    await database.execute(_CONFIRM, minutes_id, now, until, meeting.log_seq)
    meeting.state = MeetingState.MINUTES_CONFIRMED
    await meeting.save(update_fields=["state"])
    await log.append(
        meeting, LogKind.MINUTES_CONFIRMED, actor=actor, objectionsUntil=until.isoformat()
    )
    await outbox.record(MinutesConfirmed(meeting.id, meeting.area_path, until))


async def file_objection(actor: Actor, meeting_id: UUID, *, text: str) -> UUID:
    """Object to confirmed minutes as one who was there, once a version; returns the objection.

    Raises NotPresent for who was not there, MinutesNotConfirmed, MinutesObjectionsOver,
    MinutesObjectionFiled.
    """
    given = writing.text(text, path=("input", "text"), longest=1000)
    async with transaction():
        meeting, row = await minutes.held(actor, meeting_id, "objectToMinutes")
        came = await database.fetch(_CAME, meeting_id)
        if not any(each["person_id"] == actor.person_id for each in came):
            raise NotPresent(path=("input", "meetingId"))
        if meeting.state is MeetingState.PUBLISHED:
            raise MinutesObjectionsOver(path=("input", "meetingId"))
        if meeting.state is not MeetingState.MINUTES_CONFIRMED:
            raise MinutesNotConfirmed(path=("input", "meetingId"))
        if row["objections_until"] <= await clock.now():
            raise MinutesObjectionsOver(path=("input", "meetingId"))
        objection_id = database.new_id()
        made = await database.execute(
            _OBJECT, objection_id, row["id"], row["version"], actor.person_id, given
        )
        if not made:
            raise MinutesObjectionFiled(path=("input", "meetingId"))
        await log.append(meeting, LogKind.MINUTES_OBJECTED, actor=actor, subject_id=objection_id)
        await outbox.record(MinutesObjected(objection_id, meeting.id, meeting.area_path))
        await room.told(actor, meeting, "objectToMinutes")
        return objection_id


async def decide_objection(actor: Actor, objection_id: UUID, *, upheld: bool, answer: str) -> UUID:
    """Answer an objection; upheld, the minutes are a draft again. Returns the meeting.

    Raises MinutesObjectionSettled, OwnMinutesObjection.
    """
    given = writing.text(answer, path=("input", "answer"), longest=1000)
    async with transaction():
        found = await database.fetch_one(_OBJECTION, objection_id)
        if found is None:
            raise NotFound(path=("input", "objectionId"))
        meeting, row = await minutes.held(actor, found["meeting_id"], "decideMinutesObjection")
        if found["person_id"] == actor.person_id:
            raise OwnMinutesObjection(path=("input", "objectionId"))
        state = "upheld" if upheld else "dismissed"
        decided = await database.execute(_DECIDE, objection_id, state, given, actor.person_id)
        if not decided:
            raise MinutesObjectionSettled(path=("input", "objectionId"))
        if upheld and meeting.state is MeetingState.MINUTES_CONFIRMED:
            await database.execute(_REOPEN, row["id"])
            meeting.state = MeetingState.MINUTES_DRAFT
            await meeting.save(update_fields=["state"])
            await outbox.record(MinutesDrafted(meeting.id, meeting.area_path))
        await log.append(
            meeting,
            LogKind.MINUTES_OBJECTION_DECIDED,
            actor=actor,
            subject_id=objection_id,
            upheld=upheld,
        )
        await outbox.record(
            MinutesObjectionDecided(objection_id, meeting.id, meeting.area_path, upheld)
        )
        await room.told(actor, meeting, "decideMinutesObjection", upheld=upheld)
        return meeting.id


async def publish(actor: Actor, meeting_id: UUID) -> None:
    """Make confirmed minutes public once nobody can object any more; twice is once.

    Raises MinutesNotConfirmed, MinutesObjectionsOpen.
    """
    async with transaction():
        meeting, row = await minutes.held(actor, meeting_id, "publishMinutes")
        await _publish(actor, meeting, row)


async def publish_due_minutes() -> UUID | None:
    """Publish the minutes of one meeting to which nobody can object any more; for the worker."""
    async with transaction():
        meeting_id: UUID | None = await database.fetch_value(_DUE)
        if meeting_id is None:
            return None
        meeting, row = await minutes.held(SYSTEM, meeting_id, "publishMinutes")
        # Asked again under the lock: an objection of the last instant may have committed just now.
        if await database.fetch_value(_UNDECIDED, row["id"]):
            return None
        await _publish(SYSTEM, meeting, row)
        return meeting_id


async def _publish(actor: Actor, meeting: Meeting, row: Row) -> None:
    if meeting.state is MeetingState.PUBLISHED:
        return
    if meeting.state is not MeetingState.MINUTES_CONFIRMED:
        raise MinutesNotConfirmed(path=("input", "meetingId"))
    undecided = await database.fetch_value(_UNDECIDED, row["id"])
    if undecided or row["objections_until"] > await clock.now():
        raise MinutesObjectionsOpen(path=("input", "meetingId"))
    await database.execute(_PUBLISH, row["id"], actor.person_id)
    meeting.state = MeetingState.PUBLISHED
    await meeting.save(update_fields=["state"])
    await log.append(meeting, LogKind.MINUTES_PUBLISHED, actor=actor, subject_id=row["id"])
    await outbox.record(MinutesPublished(meeting.id, meeting.area_path))
    await room.told(actor, meeting, "publishMinutes")


@dataclass(frozen=True, slots=True)
class MinutesFile:
    """Where the file is fetched for some minutes, and what it hashes to."""

    address: str
    sha256: bytes
    size_bytes: int


async def minutes_file(actor: Actor, meeting_id: UUID, kind: MinutesFormat) -> MinutesFile | None:
    """Put the file of minutes in place; None where the actor sees none. The same bytes each time.

    Who has no part in the meeting has them with the names that are public.
    """
    (row,) = await queries.minutes_by_meeting(actor, [meeting_id])
    kept = await queries.kept(row["id"]) if row else None
    if row is None or kept is None:
        return None
    document = minutes_page.document(kept.paper, masked=queries.is_masked(row))
    if kind is MinutesFormat.PDF:
        content = await asyncio.to_thread(documents.to_pdf, document)
    else:
        content = documents.to_text(document).encode()
    sha256 = hashlib.sha256(content).digest()
    store, key = storage.current(), storage.content_key(sha256)
    if not await store.exists(key):
        await store.write(key, _once(content), most_bytes=_MOST_BYTES)
    until = await clock.now() + timedelta(minutes=settings.current().download_minutes)
    allowed = Pass(
        may="get",
        key=key,
        until=until,
        media_type=_MEDIA[kind],
        file_name=f"minutes-{meeting_id}-{kept.paper.version}.{_ENDINGS[kind]}",
    )
    return MinutesFile(store.address(allowed), sha256, len(content))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
