"""The floor: hands go up, the chair calls them in the order of the rules, and time is kept.

All of it is rows under the meeting's lock: who waits, who speaks, since when and for how
long. A server that comes back finds the same queue and the same clock.
"""

from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.meetings.errors.floor import (
    ChairSpeaks,
    DebateClosed,
    FloorTaken,
    HandRaised,
    NobodyWaits,
    NotNextToSpeak,
    NotSpeaking,
    QueueMoved,
    RequestOver,
    TurnsSpent,
)
from domains.meetings.errors.motions import NotDebatable
from domains.meetings.models import Meeting, Motion, SpeakingRequest
from domains.meetings.queries.standings import Attendee
from domains.meetings.rules import floor as rules
from domains.meetings.rules import lines
from domains.meetings.rules.floor import SpeechClock
from domains.meetings.service import log, order, room
from domains.meetings.values import LogKind, MeetingState
from domains.meetings.values.floor import (
    LIVE_REQUESTS,
    RequestState,
    SpeakingSide,
    SpeechEnd,
)
from domains.meetings.values.motions import MotionKind, MotionState

_OPEN_TO_DEBATE = frozenset({MotionState.PENDING, MotionState.DEBATING})
_DUE = """
SELECT m.id FROM meetings_request r JOIN meetings_meeting m ON m.id = r.meeting_id
WHERE r.state = 'speaking' AND m.state = 'in_session'
  AND (m.frozen_rules #>> '{content,floor,cutByClock}')::boolean
  AND r.running_since + make_interval(secs => r.limit_s - r.banked_ms / 1000.0) <= kernel_now()
ORDER BY r.running_since LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""


async def raise_hand(actor: Actor, meeting_id: UUID, side: SpeakingSide) -> UUID:
    """Ask to speak, on a side, to what is before the meeting; the same hand twice is one.

    Raises HandRaised, TurnsSpent, DebateClosed, NotDebatable, ChairSpeaks.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "raiseHand")
        room.require_in_session(meeting)
        who = await room.require_present(meeting, actor.person_id)
        stack = await order.motions_before(meeting)
        motion = order.debated(stack)
        matter_id = order.matter_of(meeting, motion)
        standing = await _live(meeting, matter_id, who.person_id, side)
        if standing is not None:
            return standing.id
        _require_neutral(meeting, who.person_id)
        if side is not SpeakingSide.POINT_OF_ORDER:
            await _require_debate(meeting, motion, who.person_id)
        request = await _raised(actor, meeting, motion, who=who, side=side)
        if stack:
            await order.bind_chair(meeting, who.person_id, stack[0].id)
        return request.id


async def withdraw_hand(actor: Actor, request_id: UUID) -> UUID:
    """Take one's hand down; twice is once. Raises RequestOver once called."""
    async with transaction():
        meeting, request = await held(actor, request_id, "withdrawHand")
        if request.person_id != actor.person_id:
            raise Forbidden
        if request.state is RequestState.WITHDRAWN:
            return meeting.id
        if request.state is not RequestState.WAITING:
            raise RequestOver(path=("input", "requestId"))
        request.state = RequestState.WITHDRAWN
        request.ended_at = await clock.now()
        await request.save()
        await log.append(
            meeting,
            LogKind.HAND_WITHDRAWN,
            actor=actor,
            subject_id=request.id,
            person_id=request.person_id,
        )
        return meeting.id


async def call_speaker(
    actor: Actor, meeting_id: UUID, request_id: UUID | None = None, *, reason: str = ""
) -> UUID:
    """Give the floor to who is next by the rules, or to another for a reason that all can read.

    A point of order interrupts. Raises FloorTaken, NobodyWaits, QueueMoved, NotNextToSpeak.
    """
    why = lines.optional_line(reason, path=("input", "reason"), longest=200)
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "callSpeaker")
        room.require_in_session(meeting)
        stack = await order.motions_before(meeting)
        motion = order.debated(stack)
        matter_id = order.matter_of(meeting, motion)
        chosen, overruled = await _chosen(meeting, matter_id, request_id, why)
        await _make_room(actor, meeting, chosen)
        if chosen.side is not SpeakingSide.POINT_OF_ORDER:
            await _open_debate(motion)
        now = await clock.now()
        limit_s = order.floor_terms(meeting).limits_s[chosen.side]
        chosen.call_number = await log.append(
            meeting,
            LogKind.SPEAKER_CALLED,
            actor=actor,
            subject_id=chosen.id,
            person_id=chosen.person_id,
            side=chosen.side.value,
            limit_s=limit_s,
            motion_id=str(motion.id) if motion else None,
            overruled=overruled,
            reason=why if overruled else None,
        )
        chosen.state = RequestState.SPEAKING
        chosen.called_at = now
        chosen.called_by_id = actor.person_id
        chosen.limit_s = limit_s
        chosen.running_since = now
        chosen.overrule_reason = why if overruled else None
        await chosen.save()
        await room.told(actor, meeting, "callSpeaker", overruled=overruled)
        return chosen.id


async def end_speech(actor: Actor, request_id: UUID) -> UUID:
    """Say that one has finished. Raises NotSpeaking, Forbidden for somebody else's speech."""
    async with transaction():
        meeting, request = await held(actor, request_id, "endSpeech")
        if request.person_id != actor.person_id:
            raise Forbidden
        if request.state is RequestState.SPOKEN:
            return meeting.id
        await _require_speaking(request)
        await ended(actor, meeting, request, SpeechEnd.FINISHED)
        return meeting.id


async def stop_speech(actor: Actor, request_id: UUID) -> UUID:
    """Stop a speech from the chair, when its time is over or it breaks the rules."""
    async with transaction():
        meeting, request = await held(actor, request_id, "stopSpeech")
        if request.state is RequestState.SPOKEN:
            return meeting.id
        await _require_speaking(request)
        over = clock_of(request).is_over(await clock.now())
        await ended(actor, meeting, request, SpeechEnd.TIME_UP if over else SpeechEnd.STOPPED)
        await room.told(actor, meeting, "stopSpeech", time_up=over)
        return meeting.id


async def end_due_speech() -> UUID | None:
    """End one speech whose time is up, where the rules let the clock do it; None where none is.

    It ends at its limit, however late this runs.
    """
    async with transaction():
        meeting_id = await database.fetch_value(_DUE)
        if meeting_id is None:
            return None
        meeting = await Meeting.get(id=meeting_id)
        request = await order.speaker_of(meeting)
        # What was found before the lock was had may have ended since; another may speak now.
        if request is None or not clock_of(request).is_over(await clock.now()):
            return None
        await ended(SYSTEM, meeting, request, SpeechEnd.TIME_UP)
        return request.id


def clock_of(request: SpeakingRequest) -> SpeechClock:
    """Return a speech's clock."""
    assert request.limit_s is not None, "who was called has a limit"
    return SpeechClock(request.limit_s, request.banked_ms, request.running_since)


async def held(actor: Actor, request_id: UUID, action: str) -> tuple[Meeting, SpeakingRequest]:
    """Lock the meeting of a request, then read the request as it is now."""
    found = await SpeakingRequest.get_or_none(id=request_id)
    if found is None:
        raise NotFound(path=("input", "requestId"))
    meeting = await room.hold(actor, found.meeting_id, action)
    return meeting, await SpeakingRequest.get(id=request_id)


async def ended(
    actor: Actor, meeting: Meeting, request: SpeakingRequest, ending: SpeechEnd
) -> None:
    """End a speech, write down how long it was, and let who was interrupted go on."""
    now = await clock.now()
    stopped = clock_of(request).paused(now)
    request.state = RequestState.SPOKEN
    request.banked_ms = stopped.banked_ms
    request.running_since = None
    request.ended_at = now
    request.ending = ending
    await request.save()
    await log.append(
        meeting,
        LogKind.SPEECH_ENDED,
        actor=actor,
        subject_id=request.id,
        person_id=request.person_id,
        spoken_ms=request.banked_ms,
        ending=ending.value,
    )
    await go_on(actor, meeting)


async def interrupt(actor: Actor, meeting: Meeting) -> None:
    """Let a speech wait for a point of order, its clock standing; nothing where nobody speaks."""
    request = await order.speaker_of(meeting)
    if request is None:
        return
    request.banked_ms = clock_of(request).credited_ms(await clock.now())
    request.running_since = None
    request.state = RequestState.INTERRUPTED
    await request.save()
    await log.append(
        meeting,
        LogKind.SPEECH_INTERRUPTED,
        actor=actor,
        subject_id=request.id,
        person_id=request.person_id,
    )


async def go_on(actor: Actor, meeting: Meeting) -> None:
    """Give the floor back to who was interrupted, once nobody speaks and no point is open."""
    request = await order.interrupted_of(meeting)
    stack = await order.motions_before(meeting)
    points = [each for each in stack if each.kind is MotionKind.POINT_OF_ORDER]
    if request is None or points or await order.speaker_of(meeting) is not None:
        return
    request.state = RequestState.SPEAKING
    if meeting.state is MeetingState.IN_SESSION:
        request.running_since = await clock.now()
    await request.save()
    await log.append(
        meeting,
        LogKind.SPEECH_RESUMED,
        actor=actor,
        subject_id=request.id,
        person_id=request.person_id,
    )


def _require_neutral(meeting: Meeting, person_id: UUID) -> None:
    if meeting.chair_id == person_id:
        raise ChairSpeaks


async def _live(
    meeting: Meeting, matter_id: UUID, person_id: UUID, side: SpeakingSide
) -> SpeakingRequest | None:
    """Return the same hand, where it is up already; raises HandRaised for another of theirs."""
    mine = await SpeakingRequest.filter(
        meeting_id=meeting.id, person_id=person_id, state__in=list(LIVE_REQUESTS)
    )
    is_point = side is SpeakingSide.POINT_OF_ORDER
    for each in mine:
        if (each.side is SpeakingSide.POINT_OF_ORDER) is not is_point:
            continue
        if not is_point and each.matter_id != matter_id:
            continue
        if each.side is side and each.state is RequestState.WAITING:
            return each
        raise HandRaised(path=("input", "side"))
    return None


async def _require_debate(meeting: Meeting, motion: Motion | None, person_id: UUID) -> None:
    matter_id = order.matter_of(meeting, motion)
    if motion is not None:
        if not order.motion_terms(meeting).kinds[motion.kind].debatable:
            raise NotDebatable
        if motion.state not in _OPEN_TO_DEBATE:
            raise DebateClosed
    terms = order.floor_terms(meeting)
    if rules.spent(person_id, await order.said_of(matter_id), terms):
        raise TurnsSpent(turns=terms.turns)


async def _raised(
    actor: Actor,
    meeting: Meeting,
    motion: Motion | None,
    *,
    who: Attendee,
    side: SpeakingSide,
) -> SpeakingRequest:
    request_id = database.new_id()
    number = await log.append(
        meeting,
        LogKind.HAND_RAISED,
        actor=actor,
        subject_id=request_id,
        person_id=who.person_id,
        side=side.value,
        motion_id=str(motion.id) if motion else None,
    )
    return await SpeakingRequest.create(
        id=request_id,
        meeting_id=meeting.id,
        matter_id=order.matter_of(meeting, motion),
        motion_id=motion.id if motion else None,
        item_id=meeting.current_item_id,
        person_id=who.person_id,
        group_name=who.group_name or who.capacity.value,
        side=side,
        number=number,
        state=RequestState.WAITING,
        raised_at=await clock.now(),
    )


async def _chosen(
    meeting: Meeting, matter_id: UUID, request_id: UUID | None, reason: str | None
) -> tuple[SpeakingRequest, bool]:
    """Return who gets the floor, and whether the chair overruled the order for it."""
    listed = rules.order(
        await order.hands_up(meeting, matter_id),
        await order.said_of(matter_id),
        order.floor_terms(meeting),
    )
    if not listed:
        raise NobodyWaits
    first = listed[0]
    if request_id is None or request_id == first.id:
        return await SpeakingRequest.get(id=first.id), False
    if request_id not in {each.id for each in listed}:
        raise QueueMoved(path=("input", "requestId"))
    if reason is None:
        raise NotNextToSpeak(path=("input", "reason"))
    return await SpeakingRequest.get(id=request_id), True


async def _make_room(actor: Actor, meeting: Meeting, chosen: SpeakingRequest) -> None:
    speaking = await order.speaker_of(meeting)
    point = chosen.side is SpeakingSide.POINT_OF_ORDER
    if speaking is not None:
        breaks_in = point and speaking.side is not SpeakingSide.POINT_OF_ORDER
        if not breaks_in or await order.interrupted_of(meeting) is not None:
            raise FloorTaken
        await interrupt(actor, meeting)
    elif not point and await order.interrupted_of(meeting) is not None:
        raise FloorTaken


async def _open_debate(motion: Motion | None) -> None:
    if motion is None:
        return
    if motion.state not in _OPEN_TO_DEBATE:
        raise DebateClosed
    if motion.state is MotionState.PENDING:
        motion.state = MotionState.DEBATING
        motion.version += 1
        await motion.save()


async def _require_speaking(request: SpeakingRequest) -> None:
    if request.state not in {RequestState.SPEAKING, RequestState.INTERRUPTED}:
        raise NotSpeaking(path=("input", "requestId"))
