"""Motions in a room: moved, seconded, amended, put off, taken back, ruled on."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import calendar, clock, database
from domains.kernel.errors import Forbidden, InvalidInput
from domains.meetings.errors import ChairHandedOver, ItemNotAnnounced, MatterPostponed
from domains.meetings.errors.floor import ChairSpeaks, DebateClosed, FloorTaken
from domains.meetings.errors.motions import (
    AmendmentEmpty,
    DebateGoesOn,
    MotionMoved,
    MotionOutOfOrder,
    MotionPending,
    NothingToAppeal,
    NotSeconded,
    OwnMotion,
)
from domains.meetings.models import AgendaItem, Meeting, Motion, SpeakingRequest
from domains.meetings.service import agenda, chair, floor, motions
from domains.meetings.service.motions import MotionDraft
from domains.meetings.values import AgendaItemState, MeetingForm, MeetingState
from domains.meetings.values.floor import RequestState, SpeakingSide
from domains.meetings.values.motions import MotionKind, MotionState
from tests.meetings import debates, factories
from tests.meetings.debates import TEXT
from tests.meetings.factories import Room

AMENDED = TEXT.replace("八点半", "八点")
TWICE = TEXT.replace("八点半", "七点半")


async def states(room: Room) -> dict[str, MotionState]:
    found = await Motion.filter(meeting_id=room.meeting_id).order_by("number")
    return {f"{each.kind.value}{each.depth or ''}": each.state for each in found}


async def test_a_motion_goes_from_mover_to_meeting(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)

    with pytest.raises(OwnMotion):
        await motions.second(room.members[0], motion_id)
    with pytest.raises(NotSeconded):
        await motions.state_motion(room.chair, motion_id)
    await motions.second(room.members[1], motion_id)
    await motions.second(room.members[1], motion_id)
    await motions.state_motion(room.chair, motion_id)

    motion = await Motion.get(id=motion_id)
    assert (motion.state, motion.text, motion.item_id) == (MotionState.PENDING, TEXT, room.item_id)
    assert await room.log() == ["motion_proposed", "motion_seconded", "motion_stated"]


async def test_a_repeated_proposal_is_one_motion(db: str) -> None:
    room = await factories.a_room(members=2)
    draft, key = MotionDraft(MotionKind.MAIN, "迁往公园", TEXT), uuid4()

    first = await motions.propose(room.members[0], room.meeting_id, draft, idempotency_key=key)
    again = await motions.propose(room.members[0], room.meeting_id, draft, idempotency_key=key)

    assert (first[0], first[1], again[1]) == (again[0], False, True)
    assert await Motion.all().count() == 1


async def test_a_second_motion_waits_while_one_is_pending(db: str) -> None:
    room = await factories.a_room(members=2)
    await debates.a_stated_motion(room)

    with pytest.raises(MotionPending):
        await debates.a_motion(room, by=room.members[1])

    assert await Motion.all().count() == 1


async def test_two_main_motions_at_once_are_one(db: str) -> None:
    room = await factories.a_room(members=2)

    outcomes = await asyncio.gather(
        *(debates.a_motion(room, by=each) for each in room.members), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["MotionPending", "UUID"]
    assert await Motion.all().count() == 1


async def test_the_database_itself_keeps_one_main_motion_and_what_was_moved(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)

    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute(
            "INSERT INTO meetings_motion (id, meeting_id, kind, state, number, depth, proposer_id,"
            " title, text, moved_text, proposed_at) SELECT $1, meeting_id, kind, state, number + 1,"
            " 0, proposer_id, title, text, moved_text, proposed_at FROM meetings_motion",
            uuid4(),
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_motion SET moved_text = '另一件事'")
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_motion SET state = 'voting'")

    assert (await Motion.get(id=motion_id)).state is MotionState.PROPOSED


async def test_nothing_is_moved_outside_the_published_agenda(db: str) -> None:
    room = await factories.a_room(members=2)
    meeting = await room.meeting()
    now = await clock.now()
    await AgendaItem.filter(id=room.item_id).update(state="concluded", closed_at=now)
    added = await factories.an_item(
        meeting, position=2, state=AgendaItemState.CURRENT, title="临时事项", announced=False
    )
    await Meeting.filter(id=meeting.id).update(current_item_id=added.id)

    with pytest.raises(ItemNotAnnounced):
        await debates.a_motion(room)

    assert await Motion.all().count() == 0


async def test_nobody_moves_while_another_speaks_but_to_a_point_of_order(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, chen = room.members
    await floor.raise_hand(lin, room.meeting_id, SpeakingSide.QUESTION)
    speech = await floor.call_speaker(room.chair, room.meeting_id)

    with pytest.raises(FloorTaken):
        await debates.a_motion(room, by=chen)
    point = await debates.a_motion(
        room, by=chen, kind=MotionKind.POINT_OF_ORDER, title="发言离题", text=""
    )
    interrupted = (await SpeakingRequest.get(id=speech)).state
    await motions.rule_on_point(room.chair, point, well_taken=False, ruling="发言未离题")

    assert interrupted is RequestState.INTERRUPTED
    assert (await SpeakingRequest.get(id=speech)).state is RequestState.SPEAKING
    assert await states(room) == {"point_of_order": MotionState.LOST}


async def test_who_was_called_to_a_point_of_order_has_made_it_by_moving_it(db: str) -> None:
    room = await factories.a_room(members=3)
    lin, chen, wu = room.members
    await floor.raise_hand(lin, room.meeting_id, SpeakingSide.QUESTION)
    speech = await floor.call_speaker(room.chair, room.meeting_id)
    await floor.raise_hand(chen, room.meeting_id, SpeakingSide.POINT_OF_ORDER)
    called = await floor.call_speaker(room.chair, room.meeting_id)

    with pytest.raises(FloorTaken):
        await debates.a_motion(room, by=wu, kind=MotionKind.POINT_OF_ORDER, title="也有异议")
    point = await debates.a_motion(room, by=chen, kind=MotionKind.POINT_OF_ORDER, title="离题")
    waiting = (await SpeakingRequest.get(id=speech)).state
    await motions.rule_on_point(room.chair, point, well_taken=True, ruling="请回到议题")

    assert (await SpeakingRequest.get(id=called)).state is RequestState.SPOKEN
    assert (waiting, (await SpeakingRequest.get(id=speech)).state) == (
        RequestState.INTERRUPTED,
        RequestState.SPEAKING,
    )


async def test_what_is_moved_is_kept_as_plain_text(db: str) -> None:
    room = await factories.a_room(members=2)

    with pytest.raises(InvalidInput):
        await debates.a_motion(room, title="\x00", text=TEXT)
    motion_id = await debates.a_motion(room, title="迁往\x00公园", text="<b>八点</b>结束\x00。")

    motion = await Motion.get(id=motion_id)
    assert (motion.title, motion.text) == ("迁往公园", "八点结束。")


async def test_the_chair_moves_and_seconds_nothing(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)

    with pytest.raises(ChairSpeaks):
        await motions.second(room.chair, motion_id)
    with pytest.raises(ChairSpeaks):
        await debates.a_motion(room, by=room.chair, kind=MotionKind.POINT_OF_ORDER)

    assert await Motion.all().count() == 1


async def test_what_nobody_seconds_falls(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)

    await motions.drop(room.chair, motion_id)

    assert await states(room) == {"main": MotionState.LOST}
    assert await room.log() == ["motion_proposed", "motion_dropped", "motion_lost"]


async def test_amendments_two_deep_come_into_the_text(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_stated_motion(room)
    first = await debates.a_stated_motion(
        room, kind=MotionKind.AMENDMENT, title="提早结束", text=AMENDED
    )
    second = await debates.a_ready_motion(
        room, kind=MotionKind.AMENDMENT, title="再提早", text=TWICE
    )

    kept = (await Motion.get(id=first)).edits
    await debates.decided(room, second)
    between = await Motion.get(id=first)
    await motions.declare_ready(room.chair, first)
    await debates.decided(room, first)

    motion = await Motion.get(id=main)
    assert kept == [{"start": TEXT.index("半"), "removed": "半", "inserted": ""}]
    assert (between.text, between.edits) == (
        TWICE,
        [{"start": TEXT.index("八点半"), "removed": "八", "inserted": "七"}],
    )
    assert (motion.text, motion.moved_text, motion.state) == (TWICE, TEXT, MotionState.PENDING)
    assert (await room.log()).count("motion_amended") == 2


async def test_a_lost_amendment_leaves_the_text_alone(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_stated_motion(room)
    amendment = await debates.a_ready_motion(
        room, kind=MotionKind.AMENDMENT, title="提早结束", text=AMENDED
    )

    await debates.decided(room, amendment, carried=False)

    assert (await Motion.get(id=main)).text == TEXT
    assert (await Motion.get(id=amendment)).state is MotionState.LOST


async def test_an_amendment_that_changes_nothing_is_refused(db: str) -> None:
    room = await factories.a_room(members=2)
    await debates.a_stated_motion(room)

    with pytest.raises(AmendmentEmpty):
        await debates.a_motion(room, kind=MotionKind.AMENDMENT, title="照旧", text=TEXT)

    assert await Motion.all().count() == 1


async def test_debate_is_not_closed_over_who_still_waits(db: str) -> None:
    room = await factories.a_room(members=2)
    main = await debates.a_stated_motion(room)
    await floor.raise_hand(room.members[1], room.meeting_id, SpeakingSide.AGAINST)

    with pytest.raises(DebateGoesOn):
        await motions.declare_ready(room.chair, main)
    speech = await floor.call_speaker(room.chair, room.meeting_id)
    with pytest.raises(DebateGoesOn):
        await motions.declare_ready(room.chair, main)
    await floor.end_speech(room.members[1], speech)
    await motions.declare_ready(room.chair, main)

    assert await states(room) == {"main": MotionState.READY}
    with pytest.raises(DebateClosed):
        await floor.raise_hand(room.members[1], room.meeting_id, SpeakingSide.AGAINST)


async def test_closing_debate_puts_the_hands_of_who_waited_down(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_stated_motion(room)
    hand = await floor.raise_hand(room.members[2], room.meeting_id, SpeakingSide.AGAINST)
    closing = await debates.a_ready_motion(
        room, kind=MotionKind.CLOSE_DEBATE, title="停止讨论", text=""
    )

    await debates.decided(room, closing)

    assert (await Motion.get(id=main)).state is MotionState.READY
    assert (await SpeakingRequest.get(id=hand)).state is RequestState.LAPSED


async def test_what_is_referred_waits_for_the_body(db: str) -> None:
    room = await factories.a_room(members=3)
    other = await factories.a_body(
        room.community, name="居民代表会议", form=MeetingForm.RESIDENTS_REPRESENTATIVES
    )
    await debates.a_stated_motion(room)
    referring = await debates.a_ready_motion(
        room, kind=MotionKind.REFER, title="交居民代表会议", text="", body_id=other.id
    )

    await debates.decided(room, referring)

    waiting = await AgendaItem.get(state=AgendaItemState.WAITING)
    assert await states(room) == {"main": MotionState.TABLED, "refer": MotionState.CARRIED}
    assert (waiting.body_id, waiting.title, waiting.body) == (
        other.id,
        "广场舞队迁往九龙湖公园",
        TEXT,
    )
    assert await recorded("meetings.MotionReferred") == 1


async def test_what_is_postponed_is_tabled_until_its_day(db: str) -> None:
    room = await factories.a_room(members=3)
    await debates.a_stated_motion(room)
    day = await clock.today() + timedelta(days=30)
    postponing = await debates.a_ready_motion(
        room, kind=MotionKind.POSTPONE, title="下月再议", text="", postponed_to=day
    )

    await debates.decided(room, postponing)

    waiting = await AgendaItem.get(state=AgendaItemState.WAITING)
    assert await states(room) == {"main": MotionState.TABLED, "postpone": MotionState.CARRIED}
    assert (waiting.body_id, waiting.not_before) == (room.body.id, day)
    assert await recorded("meetings.MotionPostponed") == 1


async def test_what_is_postponed_comes_on_no_agenda_before_its_day(db: str) -> None:
    room = await factories.a_room(members=3)
    await debates.a_stated_motion(room)
    day = await clock.today() + timedelta(days=30)
    postponing = await debates.a_ready_motion(
        room, kind=MotionKind.POSTPONE, title="下月再议", text="", postponed_to=day
    )
    await debates.decided(room, postponing)
    waiting = await AgendaItem.get(state=AgendaItemState.WAITING)
    starts = calendar.start_of(day)
    planned = MeetingState.PLANNED
    early = await factories.a_meeting(
        room.body, state=planned, starts_at=starts - timedelta(hours=1)
    )
    on_the_day = await factories.a_meeting(
        room.body, state=planned, starts_at=starts + timedelta(hours=9)
    )

    with pytest.raises(MatterPostponed):
        await agenda.place_item(room.organiser, waiting.id, early.id)
    await agenda.place_item(room.organiser, waiting.id, on_the_day.id)

    assert (await AgendaItem.get(id=waiting.id)).meeting_id == on_the_day.id


async def test_a_recess_that_is_carried_pauses_the_meeting(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_stated_motion(room)
    recess = await debates.a_ready_motion(
        room, kind=MotionKind.RECESS, title="休会十分钟", text="", recess_minutes=10
    )

    await debates.decided(room, recess)

    assert (await room.meeting()).state is MeetingState.RECESS
    assert (await Motion.get(id=main)).state is MotionState.PENDING


async def test_a_ruling_is_appealed_at_once_and_the_meeting_may_reverse_it(db: str) -> None:
    room = await factories.a_room(members=3)
    with pytest.raises(NothingToAppeal):
        await debates.a_motion(room, kind=MotionKind.APPEAL, title="不服裁定", text="")
    point = await debates.a_motion(
        room, kind=MotionKind.POINT_OF_ORDER, title="未到法定人数", text=""
    )
    await motions.rule_on_point(room.chair, point, well_taken=False, ruling="人数已够")
    appeal = await debates.a_ready_motion(room, kind=MotionKind.APPEAL, title="不服裁定", text="")

    await debates.decided(room, appeal)

    ruled = await Motion.get(id=point)
    assert (ruled.state, ruled.reversed) == (MotionState.LOST, True)
    with pytest.raises(NothingToAppeal):
        await debates.a_motion(room, kind=MotionKind.APPEAL, title="再申诉", text="")


async def test_only_the_chair_rules_and_with_a_reason(db: str) -> None:
    room = await factories.a_room(members=2)
    point = await debates.a_motion(room, kind=MotionKind.POINT_OF_ORDER, title="离题", text="")

    with pytest.raises(Forbidden):
        await motions.rule_on_point(room.members[1], point, well_taken=True, ruling="是离题")
    with pytest.raises(InvalidInput):
        await motions.rule_on_point(room.chair, point, well_taken=True, ruling=" ")

    assert await states(room) == {"point_of_order": MotionState.SECONDED}


async def test_a_proposer_takes_back_what_the_chair_has_not_put(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)

    await motions.withdraw(room.members[0], motion_id)

    assert await states(room) == {"main": MotionState.WITHDRAWN}
    assert await recorded("meetings.MotionSettled") == 1


async def test_a_proposer_who_withdraws_during_debate_asks_the_meeting(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_stated_motion(room)
    hand = await floor.raise_hand(room.members[2], room.meeting_id, SpeakingSide.AGAINST)

    await motions.withdraw(room.members[0], main)
    leave = await Motion.get(kind=MotionKind.WITHDRAWAL)
    before = await states(room)
    await motions.state_motion(room.chair, leave.id)
    await debates.decided(room, leave.id)

    assert before == {"main": MotionState.PENDING, "withdrawal": MotionState.SECONDED}
    assert await states(room) == {
        "main": MotionState.WITHDRAWN,
        "withdrawal": MotionState.CARRIED,
    }
    assert (await SpeakingRequest.get(id=hand)).state is RequestState.LAPSED


async def test_what_is_settled_is_not_touched_again(db: str) -> None:
    room = await factories.a_room(members=2)
    motion_id = await debates.a_motion(room)
    await motions.withdraw(room.members[0], motion_id)

    for act in (
        motions.second(room.members[1], motion_id),
        motions.state_motion(room.chair, motion_id),
        motions.declare_ready(room.chair, motion_id),
    ):
        with pytest.raises(MotionMoved):
            await act

    assert await states(room) == {"main": MotionState.WITHDRAWN}


async def test_only_the_immediately_pending_question_is_dealt_with(db: str) -> None:
    room = await factories.a_room(members=2)
    main = await debates.a_stated_motion(room)
    await debates.a_motion(room, kind=MotionKind.AMENDMENT, title="提早", text=AMENDED)

    with pytest.raises(MotionOutOfOrder):
        await motions.declare_ready(room.chair, main)

    assert (await Motion.get(id=main)).state is MotionState.PENDING


async def test_the_chair_that_was_handed_over_returns_when_the_motion_is_settled(db: str) -> None:
    room = await factories.a_room(members=3)
    main = await debates.a_ready_motion(room)
    await Meeting.filter(id=room.meeting_id).update(
        chair_id=room.members[2].person_id, chair_motion_id=main
    )
    stand_in = Room(**{**room.__dict__, "chair": room.members[2], "members": room.members[:2]})

    await debates.decided(stand_in, main)

    meeting = await room.meeting()
    assert (meeting.chair_id, meeting.chair_motion_id) == (room.chair.person_id, None)


async def test_a_chair_who_moves_has_the_chair_back_only_after_the_decision(db: str) -> None:
    room = await factories.a_room(members=3)
    stand_in = room.members[2]
    await chair.hand_over(room.chair, room.meeting_id, stand_in.person_id)
    motion_id = await debates.a_motion(room, by=room.chair)

    with pytest.raises(ChairHandedOver):
        await chair.take_back(room.chair, room.meeting_id)
    await motions.drop(stand_in, motion_id)

    meeting = await room.meeting()
    assert (meeting.chair_id, meeting.chair_motion_id) == (room.chair.person_id, None)


async def recorded(name: str) -> int:
    sql = "SELECT count(*) FROM kernel_outbox WHERE name = $1"
    count: int = await database.fetch_value(sql, name)
    return count
