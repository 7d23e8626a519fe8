"""Votes in a room: who is called when, who may vote, and what becomes of quorum and ties."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.meetings.errors import MayNotVote, NotPresent, QuorumNotMet
from domains.meetings.errors.floor import FloorTaken
from domains.meetings.errors.motions import (
    CallNotOver,
    HandsCountedByTeller,
    MotionMoved,
    MotionOutOfOrder,
    NotCalled,
    VoteFormUnfit,
    VoteGoesOn,
    VoteOver,
)
from domains.meetings.models import Invitation, Motion, Vote
from domains.meetings.service import attendance, floor, motions, votes
from domains.meetings.values import Capacity, CheckInMethod, MeetingForm, Standing
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.motions import (
    MotionKind,
    MotionState,
    VoidReason,
    VoteCall,
    VoteForm,
    VoteState,
)
from domains.voting import service as voting
from domains.voting.errors import AlreadyVoted, NotOnRoll, PollNotOpen
from domains.voting.models import Poll
from domains.voting.service import sittings
from domains.voting.values import PollState, Stance
from tests import factories as town
from tests.meetings import debates, factories
from tests.meetings.factories import Room

FOR, AGAINST = Stance.FOR, Stance.AGAINST


async def gone(room: Room, *actors) -> None:
    """Let people leave."""
    for actor in actors:
        await attendance.leave(actor, room.meeting_id)


async def the(vote_id) -> Vote:
    return await Vote.get(id=vote_id)


async def motion_of(vote: Vote) -> Motion:
    return await Motion.get(id=vote.motion_id)


async def turnout(vote_id) -> int:
    return await sittings.turnout((await the(vote_id)).poll_id)


async def test_those_in_favour_then_those_against_and_the_chair_last(db: str) -> None:
    room = await factories.a_room(members=3)
    lin, chen, wu = room.members
    vote_id = await debates.an_open_vote(room, form=VoteForm.SHOW_OF_HANDS)

    await debates.cast(lin, vote_id, FOR)
    for actor, stance in ((chen, AGAINST), (chen, Stance.ABSTAIN), (room.chair, FOR)):
        with pytest.raises(NotCalled):
            await debates.cast(actor, vote_id, stance)
    with pytest.raises(CallNotOver):
        await votes.end_vote(room.chair, vote_id)
    await votes.call_vote(room.chair, vote_id, VoteCall.AGAINST)
    with pytest.raises(NotCalled):
        await debates.cast(wu, vote_id, FOR)
    await debates.cast(chen, vote_id, AGAINST)
    await votes.call_vote(room.chair, vote_id, VoteCall.CHAIR)
    with pytest.raises(NotCalled):
        await debates.cast(wu, vote_id, AGAINST)
    await debates.cast(room.chair, vote_id, FOR)
    with pytest.raises(CallNotOver):
        await votes.call_vote(room.chair, vote_id, VoteCall.IN_FAVOUR)
    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour, vote.against, vote.silent) == (VoteState.CARRIED, 2, 1, 1)
    assert (await motion_of(vote)).state is MotionState.CARRIED
    assert (await room.log())[-5:] == [
        "vote_opened",
        "vote_called",
        "vote_called",
        "vote_ended",
        "motion_carried",
    ]


async def test_a_tie_fails(db: str) -> None:
    room = await factories.a_room(members=2)
    vote_id = await debates.an_open_vote(room)
    await debates.cast(room.members[0], vote_id, FOR)
    await debates.cast(room.members[1], vote_id, AGAINST)

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, (await motion_of(vote)).state) == (VoteState.LOST, MotionState.LOST)


async def test_a_secret_vote_names_nobody(db: str) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room, form=VoteForm.SECRET)
    receipts = [await debates.cast(each, vote_id, FOR) for each in room.members]
    with pytest.raises(AlreadyVoted):
        await debates.cast(room.members[0], vote_id, AGAINST)

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    named = await database.fetch_value("SELECT count(*) FROM voting_ballot")
    said = await database.fetch_value(
        "SELECT count(*) FROM meetings_log WHERE seq > $1 AND person_id IS NOT NULL", 3
    )
    assert (vote.state, vote.in_favour, len(set(receipts))) == (VoteState.CARRIED, 3, 3)
    assert (named, said) == (0, 0)


async def test_a_repeated_request_to_vote_is_one_ballot_even_when_the_call_is_over(db: str) -> None:
    room = await factories.a_room(members=2)
    lin, key = room.members[0], uuid4()
    vote_id = await debates.an_open_vote(room, form=VoteForm.SHOW_OF_HANDS)

    first = await votes.cast_vote(lin, vote_id, FOR, idempotency_key=key)
    await votes.call_vote(room.chair, vote_id, VoteCall.AGAINST)
    again = await votes.cast_vote(lin, vote_id, FOR, idempotency_key=key)

    assert (first.replayed, again.replayed, await turnout(vote_id)) == (False, True, 1)


async def test_silence_is_consent(db: str) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room, form=VoteForm.UNANIMOUS_CONSENT)
    with pytest.raises(NotCalled):
        await debates.cast(room.members[0], vote_id, FOR)
    with pytest.raises(VoteGoesOn):
        await votes.end_vote(room.chair, vote_id)
    await Vote.filter(id=vote_id).update(least_until=(await the(vote_id)).opened_at)

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour, vote.silent) == (VoteState.CARRIED, 4, 0)
    assert (await motion_of(vote)).state is MotionState.CARRIED


async def test_nothing_is_read_from_the_silence_of_who_has_left(db: str) -> None:
    room = await factories.a_room(members=4)
    vote_id = await debates.an_open_vote(room, form=VoteForm.UNANIMOUS_CONSENT)
    await gone(room, room.members[0])
    await Vote.filter(id=vote_id).update(least_until=(await the(vote_id)).opened_at)

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour, vote.silent) == (VoteState.CARRIED, 4, 1)


async def test_who_leaves_and_comes_back_has_no_second_vote(db: str) -> None:
    room = await factories.a_room(members=5)
    lin = room.members[0]
    vote_id = await debates.an_open_vote(room)
    await debates.cast(lin, vote_id, FOR)

    await gone(room, lin)
    await attendance.check_in(lin, room.meeting_id)
    with pytest.raises(AlreadyVoted):
        await debates.cast(lin, vote_id, AGAINST)

    assert await turnout(vote_id) == 1
    await votes.end_vote(room.chair, vote_id)
    assert ((await the(vote_id)).in_favour, (await the(vote_id)).against) == (1, 0)


async def test_who_comes_back_in_time_votes_once(db: str) -> None:
    room = await factories.a_room(members=5)
    lin = room.members[0]
    vote_id = await debates.an_open_vote(room)

    await gone(room, lin)
    await attendance.check_in(lin, room.meeting_id)
    await debates.cast(lin, vote_id, FOR)

    assert await turnout(vote_id) == 1


async def test_one_objection_asks_for_a_vote(moved_clock) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room, form=VoteForm.UNANIMOUS_CONSENT)
    await debates.cast(room.members[0], vote_id, AGAINST)

    await moved_clock.advance(timedelta(seconds=121))
    ended = await votes.end_due_vote()

    vote = await the(vote_id)
    assert ended == vote_id
    assert (vote.state, (await motion_of(vote)).state) == (VoteState.OBJECTED, MotionState.READY)
    again = await debates.an_open_vote(room, vote.motion_id, VoteForm.SHOW_OF_HANDS)
    assert (await the(again)).state is VoteState.OPEN


async def test_there_is_no_vote_without_a_quorum(db: str) -> None:
    room = await factories.a_room(members=5)
    motion_id = await debates.a_ready_motion(room)
    await gone(room, *room.members[2:])

    with pytest.raises(QuorumNotMet) as refused:
        await votes.open_vote(room.chair, motion_id, VoteForm.ROLL_CALL)

    assert (refused.value.details["present"], refused.value.details["required"]) == (3, 4)
    assert await Vote.all().count() == await Poll.all().count() == 0
    assert (await Motion.get(id=motion_id)).state is MotionState.READY


async def test_a_vote_whose_quorum_is_lost_is_void_and_taken_again(db: str) -> None:
    room = await factories.a_room(members=5)
    vote_id = await debates.an_open_vote(room)
    for each in room.members:
        await debates.cast(each, vote_id, FOR)

    await gone(room, *room.members[2:])

    vote = await the(vote_id)
    poll = await Poll.get(id=vote.poll_id)
    assert (vote.state, vote.void_reason) == (VoteState.VOID, VoidReason.QUORUM_LOST)
    assert (poll.state, poll.result) == (PollState.CANCELLED, None)
    assert (await motion_of(vote)).state is MotionState.READY
    assert (await room.log())[-1] == "vote_void"
    with pytest.raises(VoteOver):
        await debates.cast(room.chair, vote_id, FOR)
    await Invitation.filter(meeting_id=room.meeting_id).update(
        standing=Standing.PRESENT, left_at=None
    )
    again = await debates.decided(room, vote.motion_id)
    assert (again.state, again.in_favour) == (VoteState.CARRIED, 5)


async def test_a_quorum_that_is_lost_after_the_end_takes_nothing_back(moved_clock) -> None:
    room = await factories.a_room(members=5)
    vote_id = await debates.an_open_vote(room)
    for each in room.members:
        await debates.cast(each, vote_id, FOR)
    await moved_clock.advance(timedelta(seconds=901))
    await voting.close_due_poll()
    await voting.tally_due_poll()

    await gone(room, *room.members[2:])
    await votes.end_due_vote()

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour) == (VoteState.CARRIED, 5)


async def test_a_clock_that_jumps_back_leaves_the_vote_to_the_chair(moved_clock) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room)
    await debates.cast(room.members[0], vote_id, FOR)

    await moved_clock.advance(timedelta(hours=-1))
    with pytest.raises(PollNotOpen):
        await debates.cast(room.members[1], vote_id, AGAINST)
    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour, vote.against) == (VoteState.CARRIED, 1, 0)


async def test_a_clock_that_jumps_ahead_ends_a_vote_once_with_what_was_cast(moved_clock) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room)
    await debates.cast(room.members[0], vote_id, FOR)

    await moved_clock.advance(timedelta(days=30))
    with pytest.raises(PollNotOpen):
        await debates.cast(room.members[1], vote_id, AGAINST)
    ended = [await votes.end_due_vote() for _ in range(2)]

    assert ended == [vote_id, None]
    assert (await the(vote_id)).in_favour == 1


async def test_who_left_does_not_vote_and_who_voted_before_leaving_did(db: str) -> None:
    room = await factories.a_room(members=5)
    early, late = room.members[:2]
    vote_id = await debates.an_open_vote(room)
    await debates.cast(early, vote_id, FOR)

    await gone(room, early, late)
    with pytest.raises(NotPresent):
        await debates.cast(late, vote_id, FOR)

    assert await turnout(vote_id) == 1
    await votes.end_vote(room.chair, vote_id)
    assert (await the(vote_id)).in_favour == 1


async def test_who_comes_after_the_vote_began_is_not_on_its_roll(db: str) -> None:
    room = await factories.a_room(members=4, present=3)
    vote_id = await debates.an_open_vote(room)
    late = room.members[3]
    await Invitation.filter(meeting_id=room.meeting_id, person_id=late.person_id).update(
        standing=Standing.PRESENT,
        check_in_method=CheckInMethod.ONLINE,
        arrived_at=await clock.now(),
    )

    with pytest.raises(NotOnRoll):
        await debates.cast(late, vote_id, FOR)

    assert await turnout(vote_id) == 0


async def test_who_advises_has_no_vote(db: str) -> None:
    room = await factories.a_room(members=3)
    expert = await town.a_resident(room.community, name="专家")
    await factories.an_invitation(room.meeting_id, expert, capacity=Capacity.ADVISE, present=True)
    vote_id = await debates.an_open_vote(room)

    with pytest.raises(MayNotVote):
        await debates.cast(expert, vote_id, FOR)

    assert (await the(vote_id)).entitled == 4


async def test_a_stranger_sees_no_vote(db: str) -> None:
    room = await factories.a_room(members=2)
    stranger = await town.a_resident(await town.a_community(name="别处"), name="外人")
    vote_id = await debates.an_open_vote(room)

    with pytest.raises(NotFound):
        await debates.cast(stranger, vote_id, FOR)

    assert await turnout(vote_id) == 0


async def test_a_vote_waits_until_nobody_speaks(db: str) -> None:
    room = await factories.a_room(members=3)
    motion_id = await debates.a_ready_motion(room)
    await floor.raise_hand(room.members[0], room.meeting_id, SpeakingSide.POINT_OF_ORDER)
    await floor.call_speaker(room.chair, room.meeting_id)

    with pytest.raises(FloorTaken):
        await votes.open_vote(room.chair, motion_id, VoteForm.ROLL_CALL)

    assert await Vote.all().count() == 0


async def test_nothing_is_voted_on_before_it_is_ready_nor_by_an_unfit_form(db: str) -> None:
    room = await factories.a_room(members=3)
    motion_id = await debates.a_stated_motion(room)

    with pytest.raises(MotionMoved):
        await votes.open_vote(room.chair, motion_id, VoteForm.ROLL_CALL)
    recess = await debates.a_ready_motion(
        room, kind=MotionKind.RECESS, title="休会", text="", recess_minutes=5
    )
    with pytest.raises(MotionOutOfOrder):
        await votes.open_vote(room.chair, motion_id, VoteForm.ROLL_CALL)
    with pytest.raises(VoteFormUnfit):
        await votes.open_vote(room.chair, recess, VoteForm.SECRET)
    with pytest.raises(Forbidden):
        await votes.open_vote(room.members[0], recess, VoteForm.SHOW_OF_HANDS)

    assert await Vote.all().count() == 0


async def test_a_helper_enters_hands_on_site_and_nobody_elses(db: str) -> None:
    room = await factories.a_room(members=3)
    on_site = room.members[:2]
    await Invitation.filter(person_id__in=[each.person_id for each in on_site]).update(
        check_in_method=CheckInMethod.CODE
    )
    vote_id = await debates.an_open_vote(room, form=VoteForm.SHOW_OF_HANDS)
    everybody = [each.person_id for each in room.members]

    with pytest.raises(HandsCountedByTeller):
        await votes.count_hands(room.organiser, vote_id, FOR, everybody, idempotency_key=uuid4())
    with pytest.raises(Forbidden):
        await votes.count_hands(
            room.members[2], vote_id, FOR, everybody[:2], idempotency_key=uuid4()
        )
    with pytest.raises(NotCalled):
        await votes.count_hands(
            room.organiser, vote_id, AGAINST, everybody[:2], idempotency_key=uuid4()
        )
    before = await turnout(vote_id)
    entered = await votes.count_hands(
        room.organiser, vote_id, FOR, everybody[:2], idempotency_key=uuid4()
    )

    assert (before, entered, await turnout(vote_id)) == (0, 2, 2)


async def test_a_vote_ends_by_itself_when_all_have_voted_or_its_time_is_over(moved_clock) -> None:
    room = await factories.a_room(members=2)
    vote_id = await debates.an_open_vote(room)
    for each in room.members:
        await debates.cast(each, vote_id, FOR)
    early = await votes.end_due_vote()
    await votes.call_vote(room.chair, vote_id, VoteCall.CHAIR)
    await debates.cast(room.chair, vote_id, AGAINST)

    ended = await votes.end_due_vote()

    assert (early, ended, (await the(vote_id)).state) == (None, vote_id, VoteState.CARRIED)
    other = await factories.a_room(members=2)
    silent = await debates.an_open_vote(other)
    await moved_clock.advance(timedelta(seconds=901))
    assert await votes.end_due_vote() == silent
    assert (await the(silent)).state is VoteState.LOST


async def test_the_chair_and_the_clock_end_a_vote_once(moved_clock) -> None:
    room = await factories.a_room(members=2)
    vote_id = await debates.an_open_vote(room)
    await debates.cast(room.members[0], vote_id, FOR)
    await moved_clock.advance(timedelta(seconds=901))

    outcomes = await asyncio.gather(
        votes.end_vote(room.chair, vote_id),
        votes.end_due_vote(),
        votes.end_due_vote(),
        return_exceptions=True,
    )

    assert not [each for each in outcomes if not isinstance(each, type(vote_id) | None)]
    assert (await room.log()).count("vote_ended") == 1
    assert (await the(vote_id)).in_favour == 1


async def test_leaving_and_voting_race_and_no_ballot_comes_from_outside(db: str) -> None:
    room = await factories.a_room(members=6)
    vote_id = await debates.an_open_vote(room)
    lin = room.members[0]

    outcomes = await asyncio.gather(
        debates.cast(lin, vote_id, FOR), gone(room, lin), return_exceptions=True
    )

    refused = isinstance(outcomes[0], NotPresent)
    assert await turnout(vote_id) == (0 if refused else 1)
    assert outcomes[1] is None


async def test_all_vote_at_once_and_each_is_counted(db: str) -> None:
    room = await factories.a_room(members=12)
    vote_id = await debates.an_open_vote(room)

    await asyncio.gather(*(debates.cast(each, vote_id, FOR) for each in room.members))
    await votes.end_vote(room.chair, vote_id)

    assert (await the(vote_id)).in_favour == 12


async def test_two_votes_at_once_are_one(db: str) -> None:
    room = await factories.a_room(members=3)
    motion_id = await debates.a_ready_motion(room)

    outcomes = await asyncio.gather(
        *(votes.open_vote(room.chair, motion_id, VoteForm.ROLL_CALL) for _ in range(2)),
        return_exceptions=True,
    )

    assert outcomes[0] == outcomes[1]
    assert await Poll.all().count() == 1


async def test_a_vote_that_a_convener_cancels_in_the_box_is_void(db: str) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room)
    async with transaction():
        await sittings.void_sitting(SYSTEM, (await the(vote_id)).poll_id, reason="撤销")

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.void_reason) == (VoteState.VOID, VoidReason.RULED_OUT)
    assert (await motion_of(vote)).state is MotionState.READY


async def test_a_point_of_order_breaks_into_a_vote_and_the_vote_goes_on(db: str) -> None:
    room = await factories.a_room(members=3)
    vote_id = await debates.an_open_vote(room)
    point = await debates.a_motion(room, kind=MotionKind.POINT_OF_ORDER, title="表决方式", text="")

    await debates.cast(room.members[0], vote_id, FOR)
    await votes.end_vote(room.chair, vote_id)
    await motions.rule_on_point(room.chair, point, well_taken=False, ruling="方式合规")

    assert (await the(vote_id)).state is VoteState.CARRIED
    assert (await the(vote_id)).call is VoteCall.EVERYBODY


async def test_where_the_law_asks_for_half_of_those_present_silence_weighs_against(db: str) -> None:
    room = await factories.a_room(members=3, form=MeetingForm.RESIDENTS_REPRESENTATIVES)
    vote_id = await debates.an_open_vote(room)
    for each in room.members[:2]:
        await debates.cast(each, vote_id, FOR)

    await votes.end_vote(room.chair, vote_id)

    vote = await the(vote_id)
    assert (vote.state, vote.in_favour, vote.silent) == (VoteState.LOST, 2, 2)


async def test_two_thirds_close_a_debate_and_fewer_do_not(db: str) -> None:
    room = await factories.a_room(members=3)
    await debates.a_stated_motion(room)
    closing = await debates.a_ready_motion(
        room, kind=MotionKind.CLOSE_DEBATE, title="停止讨论", text=""
    )
    vote_id = await debates.an_open_vote(room, closing, VoteForm.SHOW_OF_HANDS)
    await debates.cast(room.members[0], vote_id, FOR)
    await votes.call_vote(room.chair, vote_id, VoteCall.AGAINST)
    await debates.cast(room.members[1], vote_id, AGAINST)
    await votes.call_vote(room.chair, vote_id, VoteCall.CHAIR)

    await votes.end_vote(room.chair, vote_id)

    assert (await the(vote_id)).state is VoteState.LOST
