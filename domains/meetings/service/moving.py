"""Moving meetings to another time or place, and calling them off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.meetings.errors import MeetingNotPlanned, MeetingOver, ModeUnfit
from domains.meetings.events import MeetingCancelled, MeetingPlaceChanged, MeetingRescheduled
from domains.meetings.models import Meeting
from domains.meetings.rules import lines
from domains.meetings.service import issue_agenda, log, meetings, room
from domains.meetings.values import (
    BEFORE_SESSION,
    UNDER_WAY,
    LogKind,
    MeetingMode,
    MeetingState,
)

# The notice is given anew: everybody answers, and comes, anew.
_ASK_AGAIN = """
UPDATE meetings_invitation
SET response = 'awaited', responded_at = NULL, note = NULL, standing = 'absent',
    check_in_method = NULL, checked_in_by_id = NULL, arrived_at = NULL, left_at = NULL
WHERE meeting_id = $1 AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """To when, and where, a meeting is moved, and why."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    place: str | None = None


async def reschedule_meeting(actor: Actor, meeting_id: UUID, moved: Moved) -> None:
    """Move a meeting that has not begun; where it is convened, its notice is given anew.

    Raises MeetingNotPlanned, MeetingPast, NoticeTooBrief.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "rescheduleMeeting")
        if meeting.state not in BEFORE_SESSION:
            raise MeetingNotPlanned(path=("input", "meetingId"))
        reason = lines.reason(moved.reason)
        await meetings.require_window(moved.starts_at, moved.ends_at)
        before = meeting.starts_at
        meeting.starts_at, meeting.ends_at = moved.starts_at, moved.ends_at
        if moved.place:
            meeting.place = lines.line(moved.place, path=("input", "place"), longest=200)
        if meeting.month is not None:
            meeting.shift_reason = reason
        if meeting.state is not MeetingState.PLANNED:
            await _give_notice_anew(meeting)
            await issue_agenda.convened(actor, meeting, new_only=False)
        meeting.version += 1
        await meeting.save()
        said: dict[str, Any] = {
            "was": before.isoformat(),
            "is": moved.starts_at.isoformat(),
            "reason": reason,
        }
        await log.append(meeting, LogKind.RESCHEDULED, actor=actor, **said)
        await outbox.record(
            MeetingRescheduled(
                meeting_id=meeting.id,
                area_path=meeting.area_path,
                starts_at=meeting.starts_at,
                was_to_start_at=before,
            )
        )
        await room.told(actor, meeting, "rescheduleMeeting", version=meeting.version)


async def cancel_meeting(actor: Actor, meeting_id: UUID, *, reason: str) -> None:
    """Call a meeting off before it begins; raises MeetingNotPlanned."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "cancelMeeting")
        if meeting.state not in BEFORE_SESSION:
            raise MeetingNotPlanned(path=("input", "meetingId"))
        meeting.state = MeetingState.CANCELLED
        meeting.cancel_reason = lines.reason(reason, longest=500)
        meeting.cancelled_at = await clock.now()
        meeting.version += 1
        await meeting.save()
        await issue_agenda.called_off(actor, meeting, meeting.cancel_reason)
        await log.append(meeting, LogKind.CANCELLED, actor=actor, reason=meeting.cancel_reason)
        await outbox.record(MeetingCancelled(meeting_id=meeting.id, area_path=meeting.area_path))
        await room.told(actor, meeting, "cancelMeeting")


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """Where a meeting is held, at the same time, and why elsewhere."""

    place: str | None
    online_address: str | None
    reason: str


async def change_place(actor: Actor, meeting_id: UUID, draft: PlaceDraft) -> None:
    """Put a meeting elsewhere at the same time, until it ends; it needs no new notice.

    Raises MeetingOver, ModeUnfit where nobody would know where to go.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "changeMeetingPlace")
        if meeting.state not in BEFORE_SESSION | UNDER_WAY:
            raise MeetingOver(path=("input", "meetingId"))
        reason = lines.reason(draft.reason)
        meeting.place = lines.optional_line(draft.place, path=("input", "place"), longest=200)
        meeting.online_address = meetings.address(draft.online_address)
        if meeting.mode is not MeetingMode.ONLINE and not meeting.place:
            raise ModeUnfit(path=("input", "place"))
        meeting.version += 1
        await meeting.save(update_fields=["place", "online_address", "version"])
        await log.append(meeting, LogKind.PLACE_CHANGED, actor=actor, reason=reason)
        if meeting.state is not MeetingState.PLANNED:
            await outbox.record(
                MeetingPlaceChanged(meeting_id=meeting.id, area_path=meeting.area_path)
            )
        await room.told(actor, meeting, "changeMeetingPlace", version=meeting.version)


async def _give_notice_anew(meeting: Meeting) -> None:
    now = await clock.now()
    await meetings.take_rules(meeting)
    meetings.require_notice(room.procedure_of(meeting), now, meeting.starts_at)
    meeting.convened_at = now
    meeting.state = MeetingState.AGENDA_PUBLISHED
    meeting.check_in_at = None
    await database.execute(_ASK_AGAIN, meeting.id)
