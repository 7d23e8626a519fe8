"""The room's ground: the log's order and the guards that votes rest on."""

import asyncio

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.meetings.errors import ItemNotAnnounced, MayNotVote, NotPresent, QuorumNotMet
from domains.meetings.models import Invitation, Meeting
from domains.meetings.queries import standings
from domains.meetings.service import log, room
from domains.meetings.values import AgendaItemState, Capacity, LogKind, MeetingState
from tests import factories as town
from tests.meetings import factories


async def append(meeting_id, kind=LogKind.EDITED):
    async with transaction():
        meeting = await Meeting.filter(id=meeting_id).select_for_update().first()
        return await log.append(meeting, kind, actor=SYSTEM)


async def test_the_log_numbers_what_happens_at_once_without_gaps(db):
    here = await factories.a_room()

    numbers = await asyncio.gather(*(append(here.meeting_id) for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))


@pytest.mark.parametrize(
    "statement", ["UPDATE meetings_log SET kind = 'x'", "DELETE FROM meetings_log"]
)
async def test_the_log_is_only_ever_added_to(db, statement):
    here = await factories.a_room()
    await append(here.meeting_id)

    with pytest.raises(asyncpg.PostgresError):
        await database.execute(statement)

    assert await here.log() == ["edited"]


async def test_a_quorum_counts_those_who_decide_and_are_in_the_room(db):
    here = await factories.a_room(4, present=1)
    guest = await town.a_resident(here.community, name="旁听")
    await factories.an_invitation(here.meeting_id, guest, capacity=Capacity.ADVISE, present=True)

    with pytest.raises(QuorumNotMet) as refusal:
        await room.require_quorum(await here.meeting())

    assert refusal.value.details == {"present": 2, "required": 3}


async def test_who_advises_is_present_and_has_no_vote(db):
    here = await factories.a_room(1)
    guest = await town.a_resident(here.community, name="专家")
    await factories.an_invitation(here.meeting_id, guest, capacity=Capacity.ADVISE, present=True)

    with pytest.raises(MayNotVote):
        await room.require_voter(await here.meeting(), guest.person_id)

    assert guest.person_id not in await standings.voters_present(here.meeting_id)


async def test_who_is_absent_has_no_vote(db):
    here = await factories.a_room(2, present=1)

    with pytest.raises(NotPresent):
        await room.require_voter(await here.meeting(), here.members[1].person_id)

    voters = await standings.voters_present(here.meeting_id)
    assert set(voters) == {here.chair.person_id, here.members[0].person_id}


async def test_what_was_not_announced_may_not_be_decided(db):
    here = await factories.a_room(1)
    meeting = await here.meeting()
    await database.execute("UPDATE meetings_agenda_item SET state = 'on_agenda', called_at = NULL")
    late = await factories.an_item(meeting, position=2, announced=False)
    late.state, late.called_at = AgendaItemState.CURRENT, meeting.opened_at
    await late.save()

    with pytest.raises(ItemNotAnnounced):
        await room.require_decidable(meeting, late.id)


async def test_a_meeting_never_goes_back(db):
    here = await factories.a_room(1)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_meeting SET state = 'agenda_published'")

    assert (await here.meeting()).state is MeetingState.IN_SESSION


async def test_the_database_gives_a_seat_one_voice(db):
    here = await factories.a_room(1)
    lin = await Invitation.get(person_id=here.members[0].person_id)
    neighbour = await town.a_resident(here.community, name="邻居")
    await database.execute("UPDATE meetings_invitation SET votes = false WHERE id = $1", lin.id)
    substitute = await factories.an_invitation(here.meeting_id, neighbour)
    substitute.stands_in_for_id = lin.id
    await substitute.save()

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_invitation SET votes = true WHERE id = $1", lin.id)

    assert len(await standings.voters_present(here.meeting_id)) == 1


async def test_the_database_lets_nobody_into_a_closed_room(db):
    here = await factories.a_room(1, state=MeetingState.ADJOURNED)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE meetings_invitation SET standing = 'present', check_in_method = 'online',"
            " arrived_at = kernel_now()"
        )

    assert (await standings.heads(here.meeting_id)).present == 0
