"""Who has the chair: one person at a time, and not who speaks to the motion."""

from uuid import UUID

from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.meetings.errors import (
    ChairHandedOver,
    MeetingOver,
    NotInvited,
    NotPresent,
    NotTheChair,
)
from domains.meetings.models import Meeting
from domains.meetings.queries import standings
from domains.meetings.service import log, order, room
from domains.meetings.values import BEFORE_SESSION, LogKind, MeetingState, Standing

_IN_SESSION = frozenset({MeetingState.IN_SESSION, MeetingState.RECESS})
_CHANGED = ["chair_id", "standing_chair_id", "chair_motion_id"]


async def appoint(actor: Actor, meeting_id: UUID, person_id: UUID) -> None:
    """Give the chair to somebody who is invited; in session, to somebody who is there.

    It is for whoever organises: before the meeting, and where its chair has fallen out.
    Raises NotInvited, NotPresent, MeetingOver.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "appointChair")
        if meeting.state not in BEFORE_SESSION | _IN_SESSION:
            raise MeetingOver(path=("input", "meetingId"))
        found = await standings.attendee(meeting_id, person_id)
        if found is None:
            raise NotInvited(path=("input", "personId"))
        if meeting.state in _IN_SESSION and found.standing is not Standing.PRESENT:
            raise NotPresent(path=("input", "personId"))
        meeting.chair_id = meeting.standing_chair_id = person_id
        meeting.chair_motion_id = None
        await meeting.save(update_fields=_CHANGED)
        await log.append(meeting, LogKind.CHAIR_APPOINTED, actor=actor, person_id=person_id)
        await room.told(actor, meeting, "appointChair")


async def hand_over(
    actor: Actor, meeting_id: UUID, person_id: UUID, *, motion_id: UUID | None = None
) -> None:
    """Hand the chair over to somebody present, until a motion is decided or taken back.

    Raises NotInSession, NotPresent, Forbidden for who has not the chair.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "handOverChair")
        if motion_id is not None:
            await order.require_pending(meeting, motion_id)
        await write_hand_over(actor, meeting, person_id, motion_id=motion_id)


async def write_hand_over(
    actor: Actor, meeting: Meeting, person_id: UUID, *, motion_id: UUID | None
) -> None:
    """Hand the chair of a held meeting over, inside a command; the chair who speaks must.

    Handed on while a motion holds it, it still returns when that motion is decided.
    """
    room.require_in_session(meeting)
    await room.require_present(meeting, person_id, path=("input", "personId"))
    if person_id in {meeting.chair_id, meeting.standing_chair_id}:
        raise NotFound(path=("input", "personId"))
    meeting.chair_id = person_id
    meeting.chair_motion_id = meeting.chair_motion_id or motion_id
    await meeting.save(update_fields=_CHANGED)
    await log.append(
        meeting,
        LogKind.CHAIR_HANDED_OVER,
        actor=actor,
        subject_id=meeting.chair_motion_id,
        person_id=person_id,
    )


async def take_back(actor: Actor, meeting_id: UUID) -> None:
    """Take one's own chair back; raises ChairHandedOver until the motion is decided."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "takeBackChair")
        room.require_in_session(meeting)
        if actor.person_id is None or meeting.standing_chair_id != actor.person_id:
            raise NotTheChair(path=("input", "meetingId"))
        if meeting.chair_motion_id is not None:
            raise ChairHandedOver(path=("input", "meetingId"))
        if meeting.chair_id == actor.person_id:
            return
        meeting.chair_id = actor.person_id
        await meeting.save(update_fields=_CHANGED)
        await log.append(meeting, LogKind.CHAIR_RETURNED, actor=actor, person_id=actor.person_id)
