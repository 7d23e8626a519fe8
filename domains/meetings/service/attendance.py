"""Coming into the room and leaving it: online, by the code on the wall, or by a helper's list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domains.kernel import clock, codes, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput
from domains.meetings.errors import (
    ChairMustHandOver,
    CheckInClosed,
    CheckInEarly,
    CodeExpired,
    MeetingNotPlanned,
    NotInvited,
)
from domains.meetings.events import CheckInOpened
from domains.meetings.models import Meeting
from domains.meetings.queries import standings
from domains.meetings.service import floor_presence, log, room, vote_presence
from domains.meetings.values import (
    UNDER_WAY,
    CheckInMethod,
    LogKind,
    MeetingMode,
    MeetingState,
)
from domains.meetings.values.room import CHECK_IN_CODE

LONGEST_LIST = 200
_ENTER = """
UPDATE meetings_invitation
SET standing = 'present', check_in_method = $3, checked_in_by_id = $4,
    arrived_at = coalesce(arrived_at, kernel_now()), left_at = NULL
WHERE meeting_id = $1 AND person_id = $2 AND revoked_at IS NULL AND standing <> 'present'
"""
_LEAVE = """
UPDATE meetings_invitation SET standing = 'left', left_at = kernel_now()
WHERE meeting_id = $1 AND person_id = $2 AND revoked_at IS NULL AND standing = 'present'
"""
# The rules that were frozen say how many minutes before the start people may come in.
_DUE = """
SELECT id FROM meetings_meeting
WHERE state = 'agenda_published' AND kernel_now() < ends_at
  AND starts_at - make_interval(
      mins => (frozen_rules #>> '{content,checkInMinutes}')::integer) <= kernel_now()
ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def open_check_in(actor: Actor, meeting_id: UUID) -> None:
    """Let people into the room, from as many minutes before the start as the rules give.

    Raises MeetingNotPlanned, CheckInEarly.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "openCheckIn")
        await _open(actor, meeting)
        await room.told(actor, meeting, "openCheckIn")


async def open_due_check_in() -> UUID | None:
    """Let people into one room whose time has come; for the worker."""
    async with transaction():
        meeting_id: UUID | None = await database.fetch_value(_DUE)
        if meeting_id is not None:
            await _open(SYSTEM, await room.hold(SYSTEM, meeting_id, "openCheckIn"))
        return meeting_id


async def _open(actor: Actor, meeting: Meeting) -> None:
    if meeting.state is not MeetingState.AGENDA_PUBLISHED:
        raise MeetingNotPlanned(path=("input", "meetingId"))
    now = await clock.now()
    minutes = room.procedure_of(meeting).check_in_minutes
    if (meeting.starts_at - now).total_seconds() > minutes * 60:
        raise CheckInEarly(minutes=minutes)
    meeting.state, meeting.check_in_at = MeetingState.CHECK_IN, now
    await meeting.save(update_fields=["state", "check_in_at"])
    await log.append(meeting, LogKind.CHECK_IN_OPENED, actor=actor)
    await outbox.record(CheckInOpened(meeting_id=meeting.id, area_path=meeting.area_path))


async def check_in(actor: Actor, meeting_id: UUID) -> None:
    """Come into the room online, or back into it; to do it twice changes nothing.

    Raises CheckInClosed where the room is closed, or is not online.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "checkIn")
        if meeting.mode is MeetingMode.ON_SITE:
            raise CheckInClosed(path=("input", "meetingId"))
        await _enter(actor, meeting, [_self(actor)], CheckInMethod.ONLINE)


async def check_in_with_code(actor: Actor, meeting_id: UUID, code: str) -> None:
    """Come into the room on the spot, by the code that it shows now.

    Raises CodeExpired for a code of another room or of another time, CheckInClosed.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "checkInWithCode")
        if meeting.mode is MeetingMode.ONLINE:
            raise CheckInClosed(path=("input", "meetingId"))
        await _require_code(meeting, code)
        await _enter(actor, meeting, [_self(actor)], CheckInMethod.CODE)


async def check_in_by_list(actor: Actor, meeting_id: UUID, person_ids: Sequence[UUID]) -> int:
    """Enter those whom a helper sees in the room; returns how many came in by it.

    Raises NotInvited, for the first who is not, and then nobody comes in.
    """
    if not 1 <= len(person_ids) <= LONGEST_LIST:
        raise InvalidInput(
            path=("input", "personIds"),
            zh=f"每次 1 至 {LONGEST_LIST} 人。",
            en=f"A list has 1 to {LONGEST_LIST} people.",
        )
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "checkInByList")
        entered = await _enter(actor, meeting, person_ids, CheckInMethod.LIST)
        await room.told(actor, meeting, "checkInByList", count=entered)
        return entered


async def leave(actor: Actor, meeting_id: UUID) -> None:
    """Leave the room, and with it the vote; who has the chair hands it over first."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "leaveMeeting")
        await _leave(actor, meeting, _self(actor))


async def record_departure(actor: Actor, meeting_id: UUID, person_id: UUID) -> None:
    """Note that somebody has left; raises NotPresent, ChairMustHandOver."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "recordDeparture")
        await room.require_present(meeting, person_id, path=("input", "personId"))
        await _leave(actor, meeting, person_id)
        await room.told(actor, meeting, "recordDeparture")


async def _enter(
    actor: Actor, meeting: Meeting, person_ids: Sequence[UUID], method: CheckInMethod
) -> int:
    if meeting.state not in UNDER_WAY:
        raise CheckInClosed(path=("input", "meetingId"))
    helper = actor.person_id if method is CheckInMethod.LIST else None
    entered = 0
    for person_id in dict.fromkeys(person_ids):
        if not await database.execute(_ENTER, meeting.id, person_id, method.value, helper):
            if await standings.attendee(meeting.id, person_id) is None:
                raise NotInvited(path=("input", "personIds"))
            continue
        entered += 1
        await log.append(
            meeting,
            LogKind.CHECKED_IN,
            actor=actor,
            person_id=person_id,
            method=method.value,
            **await _counts(meeting),
        )
    return entered


async def _leave(actor: Actor, meeting: Meeting, person_id: UUID) -> None:
    in_session = meeting.state in {MeetingState.IN_SESSION, MeetingState.RECESS}
    if in_session and person_id == meeting.chair_id:
        raise ChairMustHandOver(path=("input", "meetingId"))
    if await database.execute(_LEAVE, meeting.id, person_id):
        await log.append(
            meeting, LogKind.LEFT, actor=actor, person_id=person_id, **await _counts(meeting)
        )
        await floor_presence.gone(actor, meeting, person_id)
        await vote_presence.recheck(actor, meeting)


async def _counts(meeting: Meeting) -> dict[str, Any]:
    """Return what becomes of the quorum, for the log."""
    heads = await standings.heads(meeting.id)
    quorum = heads.quorum(room.procedure_of(meeting).quorum)
    return {
        "present": heads.present,
        "voters": quorum.present,
        "required": quorum.required,
        "quorum": quorum.is_met,
    }


async def _require_code(meeting: Meeting, code: str) -> None:
    """Refuse a code that is not of this room, or not of this window or the one before."""
    lasts_s = room.procedure_of(meeting).code_seconds
    now = await clock.now()
    if not codes.stands(code, CHECK_IN_CODE, meeting.id, now=now, lasts_s=lasts_s):
        raise CodeExpired(path=("input", "code"))


def _self(actor: Actor) -> UUID:
    assert actor.person_id is not None, "only who is invited comes in, and leaves"
    return actor.person_id
