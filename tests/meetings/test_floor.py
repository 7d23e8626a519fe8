"""The floor in a room: hands, calls, interruptions, time, and what a recess does to it."""

import asyncio
from datetime import timedelta

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.errors import Forbidden
from domains.meetings.errors import NotInSession
from domains.meetings.errors.floor import (
    ChairSpeaks,
    FloorTaken,
    HandRaised,
    NobodyWaits,
    NotNextToSpeak,
    RequestOver,
    TurnsSpent,
)
from domains.meetings.models import Invitation, SpeakingRequest
from domains.meetings.service import attendance, chair, floor, sessions
from domains.meetings.values import Standing
from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd
from tests.meetings import factories
from tests.meetings.factories import Room

FOR, AGAINST = SpeakingSide.FOR, SpeakingSide.AGAINST
POINT = SpeakingSide.POINT_OF_ORDER


async def raised(room: Room, actor: Actor, side: SpeakingSide = FOR):
    return await floor.raise_hand(actor, room.meeting_id, side)


async def called(room: Room, *args, **more) -> SpeakingRequest:
    request_id = await floor.call_speaker(room.chair, room.meeting_id, *args, **more)
    return await SpeakingRequest.get(id=request_id)


async def request(request_id) -> SpeakingRequest:
    return await SpeakingRequest.get(id=request_id)


async def test_hands_are_called_in_the_order_of_the_rules(db: str) -> None:
    room = await factories.a_room(members=3)
    lin, chen, wu = room.members
    await raised(room, lin)
    await raised(room, chen)
    await raised(room, wu, AGAINST)

    spoke = []
    for speaker in (lin, wu, chen):
        now_speaking = await called(room)
        spoke.append(now_speaking.person_id)
        await floor.end_speech(speaker, now_speaking.id)

    assert spoke == [lin.person_id, wu.person_id, chen.person_id]
    with pytest.raises(NobodyWaits):
        await called(room)


async def test_the_same_hand_twice_is_one_and_another_side_is_refused(db: str) -> None:
    room = await factories.a_room(members=1)
    lin = room.members[0]

    first = await raised(room, lin)
    again = await raised(room, lin)
    with pytest.raises(HandRaised):
        await raised(room, lin, AGAINST)

    assert first == again
    assert await SpeakingRequest.all().count() == 1
    assert await room.log() == ["hand_raised"]


async def test_a_hand_comes_down_once_and_not_after_it_was_called(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    mine, theirs = await raised(room, lin), await raised(room, chen)

    await floor.withdraw_hand(lin, mine)
    await floor.withdraw_hand(lin, mine)
    await called(room)
    with pytest.raises(RequestOver):
        await floor.withdraw_hand(chen, theirs)
    with pytest.raises(Forbidden):
        await floor.withdraw_hand(lin, theirs)

    assert (await request(mine)).state is RequestState.WITHDRAWN
    assert (await request(theirs)).state is RequestState.SPEAKING


async def test_nobody_speaks_out_of_turn_unless_the_chair_says_why(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    await raised(room, lin)
    theirs = await raised(room, chen)

    with pytest.raises(NotNextToSpeak):
        await called(room, theirs)
    assert (await request(theirs)).state is RequestState.WAITING
    speaking = await called(room, theirs, reason="须先离场")

    assert (speaking.person_id, speaking.overrule_reason) == (chen.person_id, "须先离场")


async def test_only_who_has_the_chair_calls(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    await raised(room, lin)

    with pytest.raises(Forbidden):
        await floor.call_speaker(chen, room.meeting_id)

    assert await SpeakingRequest.filter(state=RequestState.SPEAKING).count() == 0


async def test_two_chairs_at_once_call_one_speaker(db: str) -> None:
    room = await factories.a_room(members=2)
    first, second = [await raised(room, each) for each in room.members]

    outcomes = await asyncio.gather(
        floor.call_speaker(room.chair, room.meeting_id, first),
        floor.call_speaker(room.chair, room.meeting_id, second, reason="先听反方"),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["FloorTaken", "UUID"]
    assert await SpeakingRequest.filter(state=RequestState.SPEAKING).count() == 1
    assert (await room.log()).count("speaker_called") == 1


async def test_who_has_the_chair_when_it_is_handed_over_is_one_person(db: str) -> None:
    room = await factories.a_room(members=4)
    heir, first, second, _ = room.members
    for each in (first, second):
        await raised(room, each)

    outcomes = await asyncio.gather(
        floor.call_speaker(room.chair, room.meeting_id),
        chair.hand_over(room.chair, room.meeting_id, heir.person_id),
        floor.call_speaker(heir, room.meeting_id),
        return_exceptions=True,
    )

    allowed = {"UUID", "NoneType", "Forbidden", "FloorTaken"}
    assert {type(each).__name__ for each in outcomes} <= allowed
    called = await SpeakingRequest.filter(state=RequestState.SPEAKING)
    rows = await database.fetch("SELECT kind, actor_id FROM meetings_log ORDER BY seq")
    presiding = room.chair.person_id
    for row in rows:
        if row["kind"] == "chair_handed_over":
            presiding = heir.person_id
        if row["kind"] == "speaker_called":
            assert row["actor_id"] == presiding
    assert len(called) == [row["kind"] for row in rows].count("speaker_called") <= 1


async def test_a_speech_ends_at_its_limit_however_late_the_clock_is_read(moved_clock) -> None:
    room = await factories.a_room(members=1)
    await raised(room, room.members[0])
    speaking = await called(room)

    assert await floor.end_due_speech() is None
    await moved_clock.advance(timedelta(seconds=500))
    assert await floor.end_due_speech() == speaking.id
    assert await floor.end_due_speech() is None

    speech = await request(speaking.id)
    assert (speech.ending, speech.banked_ms) == (SpeechEnd.TIME_UP, 120_000)


async def test_the_chair_stops_a_speech(moved_clock) -> None:
    room = await factories.a_room(members=1)
    await raised(room, room.members[0])
    speaking = await called(room)

    await moved_clock.advance(timedelta(seconds=30))
    await floor.stop_speech(room.chair, speaking.id)

    speech = await request(speaking.id)
    assert speech.ending is SpeechEnd.STOPPED
    assert 30_000 <= speech.banked_ms < 40_000


async def test_a_point_of_order_interrupts_and_the_speech_goes_on_after_it(moved_clock) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    mine = await raised(room, lin)
    await called(room)
    await moved_clock.advance(timedelta(seconds=20))

    await raised(room, chen, POINT)
    point = await called(room)
    waiting = await request(mine)
    await moved_clock.advance(timedelta(seconds=40))
    await floor.end_speech(chen, point.id)

    speech = await request(mine)
    assert (waiting.state, waiting.running_since) == (RequestState.INTERRUPTED, None)
    assert speech.state is RequestState.SPEAKING
    assert 20_000 <= speech.banked_ms < 25_000


async def test_nobody_but_a_point_of_order_breaks_in(db: str) -> None:
    room = await factories.a_room(members=2)
    for each in room.members:
        await raised(room, each)
    await called(room)

    with pytest.raises(FloorTaken):
        await called(room)

    assert await SpeakingRequest.filter(state=RequestState.WAITING).count() == 1


async def test_who_has_used_up_their_turns_raises_no_hand(db: str) -> None:
    room = await factories.a_room(members=1)
    lin = room.members[0]
    for _ in range(2):
        speech = await raised(room, lin)
        await called(room)
        await floor.end_speech(lin, speech)

    with pytest.raises(TurnsSpent):
        await raised(room, lin)

    assert await SpeakingRequest.filter(state=RequestState.SPOKEN).count() == 2
    await raised(room, lin, POINT)


async def test_the_chair_is_neutral(db: str) -> None:
    room = await factories.a_room(members=1)

    with pytest.raises(ChairSpeaks):
        await raised(room, room.chair)

    assert await SpeakingRequest.all().count() == 0


async def test_who_has_left_the_room_raises_no_hand(db: str) -> None:
    room = await factories.a_room(members=2, present=1)

    with pytest.raises(Forbidden):
        await raised(room, room.members[1])

    assert await SpeakingRequest.all().count() == 0


async def test_leaving_takes_hands_down_and_ends_a_speech(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    spoken, waiting = await raised(room, lin), await raised(room, chen)
    await called(room)

    for each in (lin, chen):
        await attendance.leave(each, room.meeting_id)

    assert (await request(spoken)).ending is SpeechEnd.LEFT
    assert (await request(waiting)).state is RequestState.LAPSED


async def test_the_clock_stands_in_recess(moved_clock) -> None:
    room = await factories.a_room(members=1)
    speaking = await raised(room, room.members[0])
    await called(room)
    await moved_clock.advance(timedelta(seconds=50))

    await sessions.recess(
        room.chair, room.meeting_id, resumes_at=await clock.now() + timedelta(minutes=30)
    )
    await moved_clock.advance(timedelta(minutes=30))
    late = await floor.end_due_speech()
    with pytest.raises(NotInSession):
        await raised(room, room.members[0], POINT)
    await sessions.resume(room.chair, room.meeting_id)
    await moved_clock.advance(timedelta(seconds=60))
    early = await floor.end_due_speech()
    await moved_clock.advance(timedelta(seconds=15))
    due = await floor.end_due_speech()

    assert (late, early, due) == (None, None, speaking)


async def test_a_clock_that_jumps_back_takes_nothing_from_a_speaker(moved_clock) -> None:
    room = await factories.a_room(members=1)
    speaking = await raised(room, room.members[0])
    await called(room)

    await moved_clock.advance(timedelta(hours=-2))
    assert await floor.end_due_speech() is None
    await floor.stop_speech(room.chair, speaking)

    speech = await request(speaking)
    assert (speech.banked_ms, speech.ending) == (0, SpeechEnd.STOPPED)


async def test_hands_that_go_up_at_once_get_numbers_without_gaps(db: str) -> None:
    room = await factories.a_room(members=8)

    await asyncio.gather(*(raised(room, each) for each in room.members))

    numbers = await SpeakingRequest.all().order_by("number").values_list("number", flat=True)
    assert numbers == list(range(1, 9))
    assert await Invitation.filter(standing=Standing.PRESENT).count() == 9


async def test_the_clock_ends_no_speech_but_the_one_whose_time_is_up(moved_clock) -> None:
    room = await factories.a_room(members=2)

    for _ in range(2):
        await raised(room, room.members[0])
        over = await called(room)
        await raised(room, room.members[1])
        await moved_clock.advance(timedelta(seconds=500))

        async def next_one(over_id=over.id) -> None:
            await floor.stop_speech(room.chair, over_id)
            await floor.call_speaker(room.chair, room.meeting_id)

        await asyncio.gather(next_one(), *(floor.end_due_speech() for _ in range(6)))
        speaking = await SpeakingRequest.filter(
            meeting_id=room.meeting_id, state=RequestState.SPEAKING
        )

        assert [each.person_id for each in speaking] == [room.members[1].person_id]
        assert (await request(over.id)).ending is SpeechEnd.TIME_UP
        await floor.end_speech(room.members[1], speaking[0].id)
