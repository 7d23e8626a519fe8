"""Minutes: drafted from the log, edited beside it, confirmed, objected to, published.

Lines that the log wrote are kept as it wrote them: an edit stands beside, with its reason.
Every edit is a version, and a confirmation is of one version only.
"""

import json
from dataclasses import replace
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.meetings.errors.minutes import (
    MinutesClosed,
    MinutesNotYet,
)
from domains.meetings.events.minutes import MinutesDrafted
from domains.meetings.models import Meeting
from domains.meetings.queries import minutes_material
from domains.meetings.rules import lines as rules_lines
from domains.meetings.rules import minutes as rules
from domains.meetings.rules.minutes_material import DraftLine
from domains.meetings.service import log, room, writing
from domains.meetings.values import LogKind, MeetingState
from domains.meetings.values.minutes import LineOrigin, MinutesPart

LONGEST_LINE = 4000
_OF_MEETING = "SELECT * FROM meetings_minutes WHERE meeting_id = $1 FOR UPDATE"
_INSERT = """
INSERT INTO meetings_minutes (id, meeting_id, log_seq, drafted_at, drafted_by_id)
VALUES ($1, $2, $3, kernel_now(), $4)
"""
_ADD_LINE = """
INSERT INTO meetings_minutes_line
    (id, minutes_id, origin, part, seq, ordinal, covers, at, drafted, is_heading, names, cells,
     source_id, author_id, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, kernel_now())
ON CONFLICT DO NOTHING
"""
_RESOLUTIONS = """
SELECT r.id, r.title, r.text, r.due_on, r.adopted_at,
       coalesce(o.settled_number, (
           SELECT max(g.seq) FROM meetings_log g
           WHERE g.meeting_id = r.meeting_id AND g.subject_id = r.source_id), 1) AS seq,
       coalesce(p.name, organisation.name, body.name, '') AS handler
FROM meetings_resolution r
LEFT JOIN meetings_motion o ON o.id = r.source_id
LEFT JOIN membership_person p ON r.handler_kind = 'person' AND p.id = r.handler_id
LEFT JOIN membership_organisation organisation ON organisation.id = r.handler_id
LEFT JOIN meetings_body body ON body.id = r.handler_id
WHERE r.meeting_id = $1 ORDER BY r.adopted_at, r.id
"""
_VERSION = """
UPDATE meetings_minutes SET version = version + 1, log_seq = greatest(log_seq, $2)
WHERE id = $1 RETURNING version
"""
_EDIT = """
UPDATE meetings_minutes_line
SET edited = $3::text, edit_reason = $4, edited_by_id = $5,
    edited_at = CASE WHEN $3::text IS NULL THEN NULL ELSE kernel_now() END
WHERE id = $1 AND minutes_id = $2 AND origin <> 'remark' AND removed_at IS NULL
"""
_ORDINAL = """
SELECT coalesce(max(ordinal), 0) + 1 FROM meetings_minutes_line
WHERE minutes_id = $1 AND part = $2 AND seq = $3
"""
_REMOVE = """
UPDATE meetings_minutes_line SET removed_at = kernel_now()
WHERE id = $1 AND minutes_id = $2 AND origin = 'remark' AND removed_at IS NULL
"""
_DUE = """
SELECT id FROM meetings_meeting WHERE state = 'adjourned' ORDER BY adjourned_at LIMIT 1
FOR UPDATE SKIP LOCKED
"""


async def draft(actor: Actor, meeting_id: UUID) -> None:
    """Draft the minutes of a meeting that is over; twice is once. Raises MinutesNotYet."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "draftMinutes")
        await _draft(actor, meeting)


async def draft_due_minutes() -> UUID | None:
    """Draft the minutes of one meeting that is over and has none; for the worker."""
    async with transaction():
        meeting_id: UUID | None = await database.fetch_value(_DUE)
        if meeting_id is not None:
            await _draft(SYSTEM, await room.hold(SYSTEM, meeting_id, "draftMinutes"))
        return meeting_id


async def _draft(actor: Actor, meeting: Meeting) -> None:
    if meeting.state not in _AFTERWARDS:
        raise MinutesNotYet(path=("input", "meetingId"))
    if meeting.state is not MeetingState.ADJOURNED:
        return
    minutes_id = database.new_id()
    await database.execute(_INSERT, minutes_id, meeting.id, meeting.log_seq, actor.person_id)
    await take_in(meeting, minutes_id)
    meeting.state = MeetingState.MINUTES_DRAFT
    await meeting.save(update_fields=["state"])
    await log.append(meeting, LogKind.MINUTES_DRAFTED, actor=actor)
    await outbox.record(MinutesDrafted(meeting_id=meeting.id, area_path=meeting.area_path))
    await room.told(actor, meeting, "draftMinutes")


_AFTERWARDS = frozenset(
    {
        MeetingState.ADJOURNED,
        MeetingState.MINUTES_DRAFT,
        MeetingState.MINUTES_CONFIRMED,
        MeetingState.PUBLISHED,
    }
)


async def take_in(meeting: Meeting, minutes_id: UUID) -> None:
    """Write down what the log tells and the minutes do not hold yet; what they hold stands."""
    for line in rules.draft(await minutes_material.material_of(meeting.id)):
        await _add(minutes_id, line)
    for row in await database.fetch(_RESOLUTIONS, meeting.id):
        text = f"{row['title']}：{row['text']}（承办：{row['handler']}；期限：{row['due_on']}）"
        line = DraftLine(
            part=MinutesPart.RESOLUTIONS,
            seq=row["seq"],
            at=row["adopted_at"],
            text=text,
            covers=(),
            origin=LineOrigin.RESOLUTION,
        )
        await _add(minutes_id, await _behind(minutes_id, line), source_id=row["id"])


async def _behind(minutes_id: UUID, line: DraftLine) -> DraftLine:
    """Return the line behind the others that tell of the same row."""
    ordinal = await database.fetch_value(_ORDINAL, minutes_id, line.part, line.seq)
    return replace(line, ordinal=ordinal)


async def _add(
    minutes_id: UUID,
    line: DraftLine,
    *,
    source_id: UUID | None = None,
    author_id: UUID | None = None,
) -> UUID:
    line_id = database.new_id()
    cells = json.dumps(line.cells, ensure_ascii=False)
    await database.execute(
        _ADD_LINE,
        *(line_id, minutes_id, line.origin, line.part, line.seq, line.ordinal, list(line.covers)),
        *(line.at, line.text, line.is_heading, list(line.names), cells, source_id, author_id),
    )
    return line_id


async def edit_line(
    actor: Actor,
    meeting_id: UUID,
    line_id: UUID,
    *,
    text: str | None,
    reason: str,
    expected_version: int,
) -> None:
    """Put other words beside what the log said, with a reason; None goes back to the log's.

    Raises MinutesClosed, VersionConflict.
    """
    async with transaction():
        meeting, minutes_id = await open_minutes(
            actor, meeting_id, "editMinutesLine", expected_version=expected_version
        )
        given = None
        if text is not None:
            given = writing.text(text, path=("input", "text"), longest=LONGEST_LINE, least=1)
        why = rules_lines.reason(reason)
        changed = await database.execute(
            _EDIT,
            *(line_id, minutes_id, given),
            *((why, actor.person_id) if given is not None else (None, None)),
        )
        if not changed:
            raise NotFound(path=("input", "lineId"))
        await _changed(actor, meeting, minutes_id, "editMinutesLine", subject_id=line_id)


async def add_remark(
    actor: Actor, meeting_id: UUID, *, text: str, after_seq: int, expected_version: int
) -> UUID:
    """Add a remark of who keeps the minutes, in a block of its own, behind a number of the log.

    Raises MinutesClosed, VersionConflict, NotFound for a number that the log has not.
    """
    async with transaction():
        meeting, minutes_id = await open_minutes(
            actor, meeting_id, "addMinutesRemark", expected_version=expected_version
        )
        if not 1 <= after_seq <= meeting.log_seq:
            raise NotFound(path=("input", "afterSeq"))
        line = DraftLine(
            part=MinutesPart.PROCEEDINGS,
            seq=after_seq,
            at=await clock.now(),
            text=writing.text(text, path=("input", "text"), longest=LONGEST_LINE, least=1),
            covers=(),
            origin=LineOrigin.REMARK,
        )
        line = await _behind(minutes_id, line)
        line_id = await _add(minutes_id, line, author_id=actor.person_id)
        await _changed(actor, meeting, minutes_id, "addMinutesRemark", subject_id=line_id)
        return line_id


async def remove_remark(
    actor: Actor, meeting_id: UUID, line_id: UUID, *, expected_version: int
) -> None:
    """Take a remark out again; what the log wrote cannot be taken out."""
    async with transaction():
        meeting, minutes_id = await open_minutes(
            actor, meeting_id, "removeMinutesRemark", expected_version=expected_version
        )
        if not await database.execute(_REMOVE, line_id, minutes_id):
            raise NotFound(path=("input", "lineId"))
        await _changed(actor, meeting, minutes_id, "removeMinutesRemark", subject_id=line_id)


async def held(actor: Actor, meeting_id: UUID, action: str) -> tuple[Meeting, database.Row]:
    """Lock a meeting and its minutes; raises MinutesNotYet where there are none."""
    meeting = await room.hold(actor, meeting_id, action)
    row = await database.fetch_one(_OF_MEETING, meeting_id)
    if row is None:
        raise MinutesNotYet(path=("input", "meetingId"))
    return meeting, row


async def open_minutes(
    actor: Actor, meeting_id: UUID, action: str, *, expected_version: int
) -> tuple[Meeting, UUID]:
    """Lock minutes that are still a draft, in the version that the caller has read."""
    meeting, row = await held(actor, meeting_id, action)
    if meeting.state is not MeetingState.MINUTES_DRAFT:
        raise MinutesClosed(path=("input", "meetingId"))
    if row["version"] != expected_version:
        raise VersionConflict(path=("input", "expectedVersion"), version=row["version"])
    return meeting, row["id"]


async def _changed(
    actor: Actor, meeting: Meeting, minutes_id: UUID, command: str, *, subject_id: UUID
) -> None:
    version = await database.fetch_value(_VERSION, minutes_id, meeting.log_seq)
    await log.append(
        meeting, LogKind.MINUTES_EDITED, actor=actor, subject_id=subject_id, version=version
    )
    await room.told(actor, meeting, command, version=version)
