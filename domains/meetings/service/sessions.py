"""The meeting in session: called to order, items one by one, recess, and the end."""

from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.meetings.errors import (
    ChairAbsent,
    ItemClosed,
    ItemUnderWay,
    MeetingEarly,
    MeetingNotPlanned,
    NoItemCalled,
    NotInSession,
    OutOfTurn,
)
from domains.meetings.events import MeetingAdjourned, MeetingStarted
from domains.meetings.models import AgendaItem, Meeting
from domains.meetings.queries import standings
from domains.meetings.rules import lines
from domains.meetings.service import floor_presence, log, order, room, vote_presence
from domains.meetings.values import AgendaItemState, LogKind, MeetingState, Standing

_NEXT = """
SELECT id FROM meetings_agenda_item
WHERE meeting_id = $1 AND state = 'on_agenda' ORDER BY position LIMIT 1
"""
# What was not reached is left unresolved, and may go to the next meeting or the next level.
_LEFT_OVER = """
UPDATE meetings_agenda_item SET state = 'unresolved', closed_at = kernel_now()
WHERE meeting_id = $1 AND state = 'on_agenda'
"""
_OUTCOMES = frozenset({AgendaItemState.CONCLUDED, AgendaItemState.UNRESOLVED})


async def open_meeting(actor: Actor, meeting_id: UUID) -> None:
    """Call the meeting to order at its time, with the chair and a quorum present.

    Raises MeetingNotPlanned, MeetingEarly, ChairAbsent, QuorumNotMet.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "openMeeting")
        if meeting.state is not MeetingState.CHECK_IN:
            raise MeetingNotPlanned(path=("input", "meetingId"))
        now = await clock.now()
        if now < meeting.starts_at:
            raise MeetingEarly(path=("input", "meetingId"))
        await _require_chair(meeting)
        quorum = await room.require_quorum(meeting)
        meeting.state, meeting.opened_at = MeetingState.IN_SESSION, now
        await meeting.save(update_fields=["state", "opened_at"])
        await log.append(
            meeting,
            LogKind.OPENED,
            actor=actor,
            voters=quorum.present,
            entitled=quorum.entitled,
            required=quorum.required,
        )
        await outbox.record(MeetingStarted(meeting_id=meeting.id, area_path=meeting.area_path))
        await room.told(actor, meeting, "openMeeting")


async def call_item(
    actor: Actor, meeting_id: UUID, *, item_id: UUID | None = None, reason: str | None = None
) -> UUID:
    """Call the next item of the agenda, or with a reason another one; returns it.

    Raises NotInSession, ItemUnderWay, OutOfTurn, NoItemCalled where none is left.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "callAgendaItem")
        room.require_in_session(meeting)
        if meeting.current_item_id is not None:
            raise ItemUnderWay(path=("input", "meetingId"))
        following: UUID | None = await database.fetch_value(_NEXT, meeting_id)
        chosen = item_id or following
        if chosen is None:
            raise NoItemCalled(path=("input", "meetingId"))
        item = await AgendaItem.filter(id=chosen, meeting_id=meeting_id).first()
        if item is None:
            raise NotFound(path=("input", "itemId"))
        if item.state is not AgendaItemState.ON_AGENDA:
            raise ItemClosed(path=("input", "itemId"))
        why = lines.optional_line(reason, path=("input", "reason"), longest=200)
        if chosen != following and why is None:
            raise OutOfTurn(path=("input", "reason"))
        item.state, item.called_at = AgendaItemState.CURRENT, await clock.now()
        await item.save(update_fields=["state", "called_at"])
        await floor_presence.lapse(actor, meeting, [meeting.id])
        meeting.current_item_id = item.id
        await meeting.save(update_fields=["current_item_id"])
        await log.append(meeting, LogKind.ITEM_CALLED, actor=actor, subject_id=item.id, reason=why)
        return item.id


async def close_item(
    actor: Actor, meeting_id: UUID, *, outcome: AgendaItemState, note: str | None = None
) -> UUID:
    """End the item under way, concluded or left unresolved; returns it.

    Raises NotInSession, NoItemCalled, MotionPending.
    """
    if outcome not in _OUTCOMES:
        raise InvalidInput(
            path=("input", "outcome"),
            zh="结果须为已结束或未解决。",
            en="The outcome is CONCLUDED or UNRESOLVED.",
        )
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "closeAgendaItem")
        room.require_in_session(meeting)
        if meeting.current_item_id is None:
            raise NoItemCalled(path=("input", "meetingId"))
        await order.require_nothing_pending(meeting)
        await floor_presence.clear(actor, meeting)
        item = await AgendaItem.get(id=meeting.current_item_id)
        item.state, item.closed_at = outcome, await clock.now()
        item.note = lines.optional_line(note, path=("input", "note"), longest=1000)
        await item.save(update_fields=["state", "closed_at", "note"])
        meeting.current_item_id = None
        await meeting.save(update_fields=["current_item_id"])
        await log.append(
            meeting,
            LogKind.ITEM_CLOSED,
            actor=actor,
            subject_id=item.id,
            outcome=outcome.value,
            note=item.note,
        )
        return item.id


async def recess(
    actor: Actor, meeting_id: UUID, *, resumes_at: datetime, reason: str | None = None
) -> None:
    """Pause the meeting until a time that all are told; raises NotInSession."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "recessMeeting")
        await write_recess(actor, meeting, resumes_at=resumes_at, reason=reason)


async def write_recess(
    actor: Actor, meeting: Meeting, *, resumes_at: datetime, reason: str | None = None
) -> None:
    """Pause a meeting that is held, inside a command: by the chair, or as a motion decided."""
    room.require_in_session(meeting)
    await vote_presence.require_no_vote(meeting)
    if resumes_at <= await clock.now():
        raise InvalidInput(
            path=("input", "resumesAt"),
            zh="复会时间须晚于现在。",
            en="A recess ends in the future.",
        )
    meeting.state, meeting.resumes_at = MeetingState.RECESS, resumes_at
    meeting.recess_reason = lines.optional_line(reason, path=("input", "reason"), longest=200)
    await meeting.save(update_fields=["state", "resumes_at", "recess_reason"])
    await floor_presence.stand_still(meeting)
    await log.append(
        meeting,
        LogKind.RECESSED,
        actor=actor,
        resumesAt=resumes_at.isoformat(),
        reason=meeting.recess_reason,
    )


async def resume(actor: Actor, meeting_id: UUID) -> None:
    """Go on after a recess, when the chair is there; raises NotInSession, ChairAbsent."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "resumeMeeting")
        if meeting.state is not MeetingState.RECESS:
            raise NotInSession(path=("input", "meetingId"))
        await _require_chair(meeting)
        meeting.state = MeetingState.IN_SESSION
        meeting.resumes_at = meeting.recess_reason = None
        await meeting.save(update_fields=["state", "resumes_at", "recess_reason"])
        await floor_presence.run_on(meeting)
        await log.append(meeting, LogKind.RESUMED, actor=actor)


async def adjourn(actor: Actor, meeting_id: UUID) -> None:
    """End the meeting; items that were not reached are left unresolved.

    Raises NotInSession, ItemUnderWay, MotionPending.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "adjournMeeting")
        if meeting.state not in {MeetingState.IN_SESSION, MeetingState.RECESS}:
            raise NotInSession(path=("input", "meetingId"))
        if meeting.current_item_id is not None:
            raise ItemUnderWay(path=("input", "meetingId"))
        await order.require_nothing_pending(meeting)
        await floor_presence.clear(actor, meeting)
        left_over = await database.execute(_LEFT_OVER, meeting_id)
        meeting.state, meeting.adjourned_at = MeetingState.ADJOURNED, await clock.now()
        meeting.resumes_at = meeting.recess_reason = None
        await meeting.save()
        await log.append(meeting, LogKind.ADJOURNED, actor=actor, unreached=left_over)
        await outbox.record(MeetingAdjourned(meeting_id=meeting.id, area_path=meeting.area_path))
        await room.told(actor, meeting, "adjournMeeting")


async def _require_chair(meeting: Meeting) -> None:
    chair = await standings.attendee(meeting.id, meeting.chair_id) if meeting.chair_id else None
    if chair is None or chair.standing is not Standing.PRESENT:
        raise ChairAbsent(path=("input", "meetingId"))
