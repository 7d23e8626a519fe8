"""What coming, going and recess do to the floor: for the room's own commands, which hold it."""

from collections.abc import Iterable
from uuid import UUID

from domains.kernel import clock
from domains.kernel.actor import Actor
from domains.meetings.models import Meeting, SpeakingRequest
from domains.meetings.service import floor, log, order
from domains.meetings.values import LogKind
from domains.meetings.values.floor import RequestState, SpeechEnd


async def stand_still(meeting: Meeting) -> None:
    """Let the clock of whoever speaks stand, for a recess."""
    request = await order.speaker_of(meeting)
    if request is not None and request.running_since is not None:
        request.banked_ms = floor.clock_of(request).credited_ms(await clock.now())
        request.running_since = None
        await request.save()


async def run_on(meeting: Meeting) -> None:
    """Let the clock of whoever speaks run on, after a recess."""
    request = await order.speaker_of(meeting)
    if request is not None and request.running_since is None:
        request.running_since = await clock.now()
        await request.save()


async def gone(actor: Actor, meeting: Meeting, person_id: UUID) -> None:
    """Take who has left off the floor: their hands go down, their speech ends."""
    mine = SpeakingRequest.filter(meeting_id=meeting.id, person_id=person_id)
    for request in await mine.filter(
        state__in=[RequestState.SPEAKING, RequestState.INTERRUPTED]
    ).order_by("number"):
        await floor.ended(actor, meeting, request, SpeechEnd.LEFT)
    await _lapse(actor, meeting, await mine.filter(state=RequestState.WAITING))


async def lapse(actor: Actor, meeting: Meeting, matter_ids: Iterable[UUID]) -> None:
    """Put the hands down of who waited to speak to what is no longer spoken to."""
    waiting = SpeakingRequest.filter(
        meeting_id=meeting.id, matter_id__in=list(matter_ids), state=RequestState.WAITING
    ).exclude(side="point_of_order")
    await _lapse(actor, meeting, await waiting)


async def clear(actor: Actor, meeting: Meeting) -> None:
    """Put every hand down and end every speech, at the end of the meeting."""
    speaking = await SpeakingRequest.filter(
        meeting_id=meeting.id, state__in=[RequestState.INTERRUPTED, RequestState.SPEAKING]
    ).order_by("state")
    for request in speaking:
        await floor.ended(actor, meeting, request, SpeechEnd.STOPPED)
    waiting = SpeakingRequest.filter(meeting_id=meeting.id, state=RequestState.WAITING)
    await _lapse(actor, meeting, await waiting)


async def _lapse(actor: Actor, meeting: Meeting, requests: Iterable[SpeakingRequest]) -> None:
    lapsed = sorted(requests, key=lambda each: each.number)
    if not lapsed:
        return
    await SpeakingRequest.filter(id__in=[each.id for each in lapsed]).update(
        state=RequestState.LAPSED, ended_at=await clock.now()
    )
    await log.append(
        meeting,
        LogKind.HANDS_LAPSED,
        actor=actor,
        request_ids=[str(each.id) for each in lapsed],
    )
