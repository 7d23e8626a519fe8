"""The meeting in session: the chair, items in turn, recess, and the end."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.meetings.errors import (
    ChairAbsent,
    ChairHandedOver,
    ItemUnderWay,
    MeetingEarly,
    NoItemCalled,
    NotInSession,
    NotPresent,
    NotTheChair,
    OutOfTurn,
)
from domains.meetings.models import AgendaItem, Meeting
from domains.meetings.service import attendance, chair, room, sessions
from domains.meetings.values import AgendaItemState, MeetingState
from tests import factories as town
from tests.meetings import factories


async def two_items():
    here = await factories.a_room(2, state=MeetingState.CHECK_IN)
    second = await factories.an_item(await here.meeting(), position=2, title="增设停车位")
    await sessions.open_meeting(here.chair, here.meeting_id)
    return here, second


async def test_a_meeting_does_not_begin_before_its_time(db):
    here = await factories.a_room(2, state=MeetingState.CHECK_IN)
    await database.execute(
        "UPDATE meetings_meeting SET starts_at = $1, ends_at = $1::timestamptz + interval '1 hour'",
        await clock.now() + timedelta(minutes=5),
    )

    with pytest.raises(MeetingEarly):
        await sessions.open_meeting(here.chair, here.meeting_id)

    assert (await here.meeting()).state is MeetingState.CHECK_IN


async def test_a_meeting_does_not_begin_without_its_chair(db):
    here = await factories.a_room(3, state=MeetingState.CHECK_IN)
    await attendance.leave(here.chair, here.meeting_id)

    with pytest.raises(ChairAbsent):
        await sessions.open_meeting(here.chair, here.meeting_id)

    assert (await here.meeting()).state is MeetingState.CHECK_IN


async def test_only_the_chair_calls_to_order(db):
    here = await factories.a_room(2, state=MeetingState.CHECK_IN)

    with pytest.raises(Forbidden):
        await sessions.open_meeting(here.members[0], here.meeting_id)
    await sessions.open_meeting(here.chair, here.meeting_id)

    assert await here.log() == ["opened"]
    assert (
        await database.fetch_value(
            "SELECT count(*) FROM kernel_outbox WHERE name = 'meetings.MeetingStarted'"
        )
        == 1
    )


async def test_items_are_called_in_turn(db):
    here, second = await two_items()

    first_called = await sessions.call_item(here.chair, here.meeting_id)
    with pytest.raises(ItemUnderWay):
        await sessions.call_item(here.chair, here.meeting_id)
    await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.CONCLUDED)
    second_called = await sessions.call_item(here.chair, here.meeting_id)

    assert (first_called, second_called) == (here.item_id, second.id)


async def test_an_item_out_of_turn_needs_a_reason(db):
    here, second = await two_items()

    with pytest.raises(OutOfTurn):
        await sessions.call_item(here.chair, here.meeting_id, item_id=second.id)
    await sessions.call_item(
        here.chair, here.meeting_id, item_id=second.id, reason="专家须提前离场"
    )

    assert (await here.meeting()).current_item_id == second.id


async def test_when_all_items_are_done_none_is_called(db):
    here = await factories.a_room(2)
    await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.UNRESOLVED)

    with pytest.raises(NoItemCalled):
        await sessions.call_item(here.chair, here.meeting_id)
    with pytest.raises(InvalidInput):
        await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.RAISED)

    assert (await AgendaItem.get(id=here.item_id)).state is AgendaItemState.UNRESOLVED


async def test_a_recess_ends_when_the_chair_resumes(db):
    here = await factories.a_room(2)
    at = await clock.now() + timedelta(minutes=10)

    await sessions.recess(here.chair, here.meeting_id, resumes_at=at, reason="茶歇")
    paused = await here.meeting()
    with pytest.raises(NotInSession):
        await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.CONCLUDED)
    await sessions.resume(here.chair, here.meeting_id)

    assert (paused.state, paused.resumes_at) == (MeetingState.RECESS, at)
    resumed = await here.meeting()
    assert (resumed.state, resumed.resumes_at) == (MeetingState.IN_SESSION, None)
    assert await here.log() == ["recessed", "resumed"]


async def test_a_recess_ends_in_the_future_whatever_the_clock_did(db, moved_clock):
    here = await factories.a_room(2)
    at = await clock.now() + timedelta(minutes=10)
    await moved_clock.advance(timedelta(hours=1))

    with pytest.raises(InvalidInput):
        await sessions.recess(here.chair, here.meeting_id, resumes_at=at)

    assert (await here.meeting()).state is MeetingState.IN_SESSION


async def test_what_was_not_reached_is_left_unresolved(db):
    here, second = await two_items()
    await sessions.call_item(here.chair, here.meeting_id)

    with pytest.raises(ItemUnderWay):
        await sessions.adjourn(here.chair, here.meeting_id)
    await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.CONCLUDED)
    await sessions.adjourn(here.chair, here.meeting_id)

    assert (await AgendaItem.get(id=second.id)).state is AgendaItemState.UNRESOLVED
    assert (await here.meeting()).state is MeetingState.ADJOURNED


async def test_the_chair_who_speaks_hands_over_until_the_motion_is_decided(db):
    here = await factories.a_room(2)
    lin, motion = here.members[0], uuid4()
    async with transaction():
        held = await room.hold(here.chair, here.meeting_id, "handOverChair")
        await chair.write_hand_over(here.chair, held, lin.person_id, motion_id=motion)

    with pytest.raises(Forbidden):
        await sessions.adjourn(here.chair, here.meeting_id)
    with pytest.raises(ChairHandedOver):
        await chair.take_back(here.chair, here.meeting_id)
    async with transaction():
        held = await room.hold(lin, here.meeting_id, "adjournMeeting")
        other = await room.return_chair(held, uuid4(), actor=lin)
        returned = await room.return_chair(held, motion, actor=lin)

    assert (other, returned) == (False, True)
    assert (await here.meeting()).chair_id == here.chair.person_id
    assert await here.log() == ["chair_handed_over", "chair_returned"]


async def test_the_chair_stays_where_it_is_when_its_holder_has_left(db):
    here = await factories.a_room(2)
    lin, motion = here.members[0], uuid4()
    async with transaction():
        held = await room.hold(here.chair, here.meeting_id, "handOverChair")
        await chair.write_hand_over(here.chair, held, lin.person_id, motion_id=motion)
    await attendance.leave(here.chair, here.meeting_id)

    async with transaction():
        held = await room.hold(lin, here.meeting_id, "adjournMeeting")
        await room.return_chair(held, motion, actor=lin)

    meeting = await here.meeting()
    assert (meeting.chair_id, meeting.standing_chair_id) == (lin.person_id, lin.person_id)


async def test_of_two_chairs_at_once_one_is_refused(db):
    here = await factories.a_room(3)
    lin, wang, _ = here.members

    outcomes = await asyncio.gather(
        chair.hand_over(here.chair, here.meeting_id, lin.person_id),
        chair.hand_over(here.chair, here.meeting_id, wang.person_id),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["Forbidden", "NoneType"]
    assert await here.log() == ["chair_handed_over"]


async def test_whoever_hands_the_chair_over_takes_it_back(db):
    here = await factories.a_room(2)
    lin, wang = here.members
    await chair.hand_over(here.chair, here.meeting_id, lin.person_id)

    with pytest.raises(NotTheChair):
        await chair.take_back(wang, here.meeting_id)
    await chair.take_back(here.chair, here.meeting_id)

    assert (await here.meeting()).chair_id == here.chair.person_id


async def test_the_chair_goes_to_somebody_who_is_there(db):
    here = await factories.a_room(2, present=1)

    with pytest.raises(NotPresent):
        await chair.hand_over(here.chair, here.meeting_id, here.members[1].person_id)

    assert (await here.meeting()).chair_id == here.chair.person_id


async def test_a_chair_that_fell_out_is_replaced_by_who_organises(db):
    here = await factories.a_room(2)

    with pytest.raises(Forbidden):
        await chair.appoint(here.members[0], here.meeting_id, here.members[0].person_id)
    await chair.appoint(here.organiser, here.meeting_id, here.members[0].person_id)
    with pytest.raises(Forbidden):
        await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.CONCLUDED)

    assert (await here.meeting()).chair_id == here.members[0].person_id


async def test_the_database_knows_no_session_without_a_chair(db):
    await factories.a_room(1)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_meeting SET chair_id = NULL")

    assert await Meeting.filter(chair_id__isnull=True).count() == 0


async def test_a_stranger_does_not_learn_that_there_is_a_room(db):
    here = await factories.a_room(1)
    stranger = await town.a_committee_member(await town.a_community())

    for act in (sessions.open_meeting, sessions.adjourn, sessions.resume, chair.take_back):
        with pytest.raises(NotFound):
            await act(stranger, here.meeting_id)

    assert await here.log() == []
