"""Coming into the room and leaving it, and the quorum that follows."""

import asyncio
from datetime import timedelta

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import Forbidden, NotFound
from domains.meetings.errors import (
    ChairMustHandOver,
    CheckInClosed,
    CheckInEarly,
    CodeExpired,
    NotInvited,
    NotPresent,
    QuorumNotMet,
)
from domains.meetings.models import Invitation
from domains.meetings.queries import rooms, standings
from domains.meetings.service import attendance, room, sessions
from domains.meetings.values import CheckInMethod, MeetingMode, MeetingState, Standing
from tests import factories as town
from tests.meetings import factories


async def standing_of(here, actor) -> Standing:
    return (await Invitation.get(meeting_id=here.meeting_id, person_id=actor.person_id)).standing


async def code_of(here) -> str:
    shown = await rooms.room_code(here.organiser, here.meeting_id)
    return shown.code


async def test_a_room_opens_as_long_before_the_start_as_the_rules_give(db, moved_clock):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)
    starts_at = await clock.now() + timedelta(days=1)
    await database.execute(
        "UPDATE meetings_meeting SET starts_at = $1, ends_at = $1::timestamptz + interval '1 hour'",
        starts_at,
    )

    await moved_clock.set(starts_at - timedelta(minutes=31))
    with pytest.raises(CheckInEarly):
        await attendance.open_check_in(here.organiser, here.meeting_id)
    early = await attendance.open_due_check_in()
    await moved_clock.set(starts_at - timedelta(minutes=29))
    due = await attendance.open_due_check_in()
    twice = await attendance.open_due_check_in()

    assert (early, due, twice) == (None, here.meeting_id, None)
    assert (await here.meeting()).state is MeetingState.CHECK_IN
    assert await here.log() == ["check_in_opened"]


async def test_who_comes_in_twice_is_there_once(db):
    here = await factories.a_room(2, present=0)

    await attendance.check_in(here.members[0], here.meeting_id)
    await attendance.check_in(here.members[0], here.meeting_id)

    assert await here.log() == ["checked_in"]
    assert (await standings.heads(here.meeting_id)).present == 2


async def test_many_come_in_at_once_and_the_log_has_each_of_them_once(db):
    here = await factories.a_room(12, present=0)

    await asyncio.gather(
        *(attendance.check_in(each, here.meeting_id) for each in here.members for _ in range(2))
    )

    assert await here.log() == ["checked_in"] * 12
    assert (await standings.heads(here.meeting_id)).voters_present == 13


async def test_whoever_is_not_invited_stays_outside(db):
    here = await factories.a_room(1)
    neighbour = await town.a_resident(here.community, name="邻居")

    with pytest.raises(Forbidden):
        await attendance.check_in(neighbour, here.meeting_id)

    assert (await standings.heads(here.meeting_id)).present == 2


async def test_nobody_comes_in_before_the_room_is_open(db):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)

    with pytest.raises(CheckInClosed):
        await attendance.check_in(here.members[0], here.meeting_id)

    assert await standing_of(here, here.members[0]) is Standing.ABSENT


async def test_a_meeting_on_the_spot_has_no_door_online(db):
    here = await factories.a_room(1, present=0, mode=MeetingMode.ON_SITE)

    with pytest.raises(CheckInClosed):
        await attendance.check_in(here.members[0], here.meeting_id)

    assert await standing_of(here, here.members[0]) is Standing.ABSENT


async def test_the_code_on_the_wall_opens_the_room_to_who_is_invited(db):
    here = await factories.a_room(1, present=0)

    await attendance.check_in_with_code(here.members[0], here.meeting_id, await code_of(here))

    found = await Invitation.get(person_id=here.members[0].person_id)
    assert (found.standing, found.check_in_method) == (Standing.PRESENT, CheckInMethod.CODE)


async def test_a_photograph_of_the_code_serves_for_seconds_only(db, moved_clock):
    here = await factories.a_room(1, present=0)
    code = await code_of(here)

    await moved_clock.advance(timedelta(seconds=61))
    with pytest.raises(CodeExpired):
        await attendance.check_in_with_code(here.members[0], here.meeting_id, code)

    assert await standing_of(here, here.members[0]) is Standing.ABSENT


async def test_a_clock_that_jumps_back_accepts_no_code_of_the_future(db, moved_clock):
    here = await factories.a_room(1, present=0)
    await moved_clock.advance(timedelta(hours=1))
    code = await code_of(here)

    await moved_clock.advance(timedelta(hours=-1))
    with pytest.raises(CodeExpired):
        await attendance.check_in_with_code(here.members[0], here.meeting_id, code)
    await attendance.check_in_with_code(here.members[0], here.meeting_id, await code_of(here))

    assert await standing_of(here, here.members[0]) is Standing.PRESENT


@pytest.mark.parametrize("code", ["", ".", "0.AAAAAAAAAAAAAAAA", "x" * 500, "zz.!!", "1.2.3"])
async def test_a_made_up_code_opens_nothing(db, code):
    here = await factories.a_room(1, present=0)

    with pytest.raises(CodeExpired):
        await attendance.check_in_with_code(here.members[0], here.meeting_id, code)

    assert await standing_of(here, here.members[0]) is Standing.ABSENT


async def test_a_code_of_another_room_opens_nothing(db):
    here, there = await factories.a_room(1, present=0), await factories.a_room(1)

    with pytest.raises(CodeExpired):
        await attendance.check_in_with_code(here.members[0], here.meeting_id, await code_of(there))

    assert await standing_of(here, here.members[0]) is Standing.ABSENT


async def test_the_code_is_shown_to_who_runs_the_room_alone(db):
    here = await factories.a_room(1)

    assert await rooms.room_code(here.members[0], here.meeting_id) is None
    assert await rooms.room_code(here.chair, here.meeting_id) is not None


async def test_a_helper_enters_those_whom_they_see(db):
    here = await factories.a_room(3, present=0, mode=MeetingMode.ON_SITE)
    helper = await town.a_grid_worker(here.community)
    people = [each.person_id for each in here.members if each.person_id]

    entered = await attendance.check_in_by_list(helper, here.meeting_id, people[:2])
    again = await attendance.check_in_by_list(helper, here.meeting_id, people)

    found = await Invitation.get(person_id=people[0])
    assert (entered, again) == (2, 1)
    assert (found.check_in_method, found.checked_in_by_id) == (
        CheckInMethod.LIST,
        helper.person_id,
    )


async def test_a_list_with_a_stranger_on_it_brings_nobody_in(db):
    here = await factories.a_room(1, present=0)
    helper = await town.a_grid_worker(here.community)
    stranger = await town.a_resident(here.community, name="路人")

    with pytest.raises(NotInvited):
        await attendance.check_in_by_list(
            helper,
            here.meeting_id,
            [each.person_id for each in (here.members[0], stranger) if each.person_id],
        )

    assert await standing_of(here, here.members[0]) is Standing.ABSENT
    assert await here.log() == []


async def test_who_leaves_has_no_vote_until_they_come_back(db):
    here = await factories.a_room(2)
    lin = here.members[0]

    await attendance.leave(lin, here.meeting_id)
    with pytest.raises(NotPresent):
        await room.require_voter(await here.meeting(), lin.person_id)
    gone = await standings.voters_present(here.meeting_id)
    await attendance.check_in(lin, here.meeting_id)
    back = await standings.voters_present(here.meeting_id)

    assert lin.person_id not in gone
    assert lin.person_id in back
    assert await here.log() == ["left", "checked_in"]


async def test_a_quorum_is_lost_with_those_who_leave(db):
    here = await factories.a_room(3, present=2)
    await room.require_quorum(await here.meeting())

    await attendance.leave(here.members[0], here.meeting_id)

    with pytest.raises(QuorumNotMet) as refusal:
        await room.require_quorum(await here.meeting())
    assert refusal.value.details == {"present": 2, "required": 3}
    entry = await database.fetch_one(
        "SELECT kind, payload ->> 'quorum' AS quorum FROM meetings_log ORDER BY seq DESC LIMIT 1"
    )
    assert (entry["kind"], entry["quorum"]) == ("left", "false")


async def test_who_has_the_chair_does_not_just_leave(db):
    here = await factories.a_room(2)

    with pytest.raises(ChairMustHandOver):
        await attendance.leave(here.chair, here.meeting_id)

    assert await standing_of(here, here.chair) is Standing.PRESENT


async def test_a_departure_is_noted_by_a_helper(db):
    here = await factories.a_room(2)
    helper = await town.a_grid_worker(here.community)

    await attendance.record_departure(helper, here.meeting_id, here.members[0].person_id)
    with pytest.raises(NotPresent):
        await attendance.record_departure(helper, here.meeting_id, here.members[0].person_id)

    assert await standing_of(here, here.members[0]) is Standing.LEFT
    assert await here.log() == ["left"]


async def test_a_meeting_is_not_opened_without_a_quorum(db):
    here = await factories.a_room(4, present=1, state=MeetingState.CHECK_IN)

    with pytest.raises(QuorumNotMet):
        await sessions.open_meeting(here.chair, here.meeting_id)

    assert (await here.meeting()).state is MeetingState.CHECK_IN


async def test_a_room_of_another_community_is_out_of_sight(db):
    here = await factories.a_room(1)
    stranger = await town.a_resident(await town.a_community(), name="外人")

    with pytest.raises(NotFound):
        await attendance.check_in(stranger, here.meeting_id)

    assert (await standings.heads(here.meeting_id)).invited == 2


async def test_a_room_whose_server_was_killed_comes_back_as_it_was(db):
    here = await factories.a_room(3, present=2)
    await attendance.leave(here.members[0], here.meeting_id)
    before = (await rooms.heads_by_meeting(SYSTEM, [here.meeting_id]))[0]

    # Nothing of a room is in a process: every connection of this one is cut.
    await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    after = (await rooms.heads_by_meeting(SYSTEM, [here.meeting_id]))[0]

    assert after == before
    assert (after.present, after.gone, after.quorum.is_met) == (2, 1, False)
