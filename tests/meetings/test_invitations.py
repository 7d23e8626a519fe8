"""Who is asked to a meeting, what they answer, and who stands in for whom."""

from datetime import timedelta

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, NotFound
from domains.meetings.errors import (
    AlreadyInvited,
    CapacityUnfit,
    SubstituteNotTaken,
    SubstituteStands,
)
from domains.meetings.models import Invitation
from domains.meetings.queries import standings
from domains.meetings.service import invitations as service
from domains.meetings.service.invitations import Guest
from domains.meetings.values import (
    AttendeeKind,
    Capacity,
    InvitedGroup,
    MeetingForm,
    MeetingState,
    Response,
    Standing,
)
from tests import factories as town
from tests.meetings import factories


async def a_convened_meeting(members: int = 2, *, form=MeetingForm.DELIBERATION_COUNCIL):
    here = await factories.a_room(members, state=MeetingState.AGENDA_PUBLISHED, form=form)
    starts_at = await clock.now() + timedelta(days=5)
    await database.execute(
        "UPDATE meetings_meeting SET starts_at = $1,"
        " ends_at = $1::timestamptz + interval '2 hours'",
        starts_at,
    )
    return here


async def of(here, actor) -> Invitation:
    return await Invitation.get(
        meeting_id=here.meeting_id, person_id=actor.person_id, revoked_at__isnull=True
    )


async def entitled(here) -> int:
    return (await standings.heads(here.meeting_id)).entitled


async def test_an_expert_is_invited_to_advise(db):
    here = await a_convened_meeting()
    expert = await town.a_resident(here.community, name="声学专家")

    await service.invite(
        here.organiser,
        here.meeting_id,
        Guest(expert.person_id, AttendeeKind.EXPERT, Capacity.ADVISE),
    )

    made = await of(here, expert)
    assert (made.kind, made.capacity, made.votes) == (AttendeeKind.EXPERT, Capacity.ADVISE, False)
    assert (
        await database.fetch_value(
            "SELECT count(*) FROM kernel_outbox WHERE name = 'meetings.PersonInvited'"
        )
        == 1
    )


@pytest.mark.parametrize("kind", [AttendeeKind.EXPERT, AttendeeKind.OBSERVER])
async def test_who_advises_is_not_invited_to_decide(db, kind):
    here = await a_convened_meeting()
    guest = await town.a_resident(here.community, name="旁听")

    with pytest.raises(CapacityUnfit):
        await service.invite(
            here.organiser, here.meeting_id, Guest(guest.person_id, kind, Capacity.DECIDE)
        )

    assert await entitled(here) == 3


async def test_nobody_is_invited_twice(db):
    here = await a_convened_meeting()

    with pytest.raises(AlreadyInvited):
        await service.invite(here.organiser, here.meeting_id, Guest(here.members[0].person_id))

    assert await entitled(here) == 3


async def test_a_member_invites_nobody(db):
    here = await a_convened_meeting()
    guest = await town.a_resident(here.community, name="邻居")

    with pytest.raises(Forbidden):
        await service.invite(here.members[0], here.meeting_id, Guest(guest.person_id))

    assert await entitled(here) == 3


async def test_a_group_is_invited_as_it_is_and_again_as_it_has_grown(db):
    here = await a_convened_meeting()
    await town.a_resident(here.community, name="新邻居")

    first = await service.invite_group(
        here.organiser, here.meeting_id, InvitedGroup.ADULTS, capacity=Capacity.DECIDE
    )
    await town.a_resident(here.community, name="后来者")
    again = await service.invite_group(
        here.organiser, here.meeting_id, InvitedGroup.ADULTS, capacity=Capacity.DECIDE
    )

    assert (first, again) == (1, 1)
    assert await entitled(here) == 5


async def test_who_declines_is_excused_and_may_come_all_the_same(db):
    here = await a_convened_meeting()
    lin = here.members[0]

    await service.respond(lin, (await of(here, lin)).id, Response.DECLINED, note="出差")
    declined = await of(here, lin)
    await service.respond(lin, declined.id, Response.ACCEPTED)

    assert (declined.standing, declined.note) == (Standing.EXCUSED, "出差")
    assert (await of(here, lin)).standing is Standing.ABSENT
    assert await here.log() == ["responded", "responded"]


async def test_nobody_answers_for_somebody_else(db):
    here = await a_convened_meeting()
    lin, wang = here.members

    with pytest.raises(Forbidden):
        await service.respond(wang, (await of(here, lin)).id, Response.DECLINED)

    assert (await of(here, lin)).response is Response.AWAITED


async def test_a_substitute_takes_the_vote_over_and_gives_it_back(db):
    here = await a_convened_meeting()
    lin = here.members[0]
    neighbour = await town.a_resident(here.community, name="邻居")

    await service.name_substitute(lin, (await of(here, lin)).id, neighbour.person_id)
    during = (await of(here, lin)).votes, (await of(here, neighbour)).votes, await entitled(here)
    await service.withdraw_substitute(lin, (await of(here, lin)).id)

    assert during == (False, True, 3)
    assert ((await of(here, lin)).votes, await entitled(here)) == (True, 3)
    assert (
        await Invitation.filter(person_id=neighbour.person_id, revoked_at__isnull=True).count() == 0
    )


async def test_one_substitute_stands_for_one_person(db):
    here = await a_convened_meeting()
    lin, wang = here.members
    neighbour = await town.a_resident(here.community, name="邻居")
    await service.name_substitute(lin, (await of(here, lin)).id, neighbour.person_id)

    with pytest.raises((SubstituteNotTaken, AlreadyInvited)):
        await service.name_substitute(wang, (await of(here, wang)).id, neighbour.person_id)

    assert (await of(here, wang)).votes is True


async def test_nobody_has_two_substitutes(db):
    here = await a_convened_meeting()
    lin = here.members[0]
    first = await town.a_resident(here.community, name="邻居甲")
    second = await town.a_resident(here.community, name="邻居乙")
    await service.name_substitute(lin, (await of(here, lin)).id, first.person_id)

    with pytest.raises(SubstituteStands):
        await service.name_substitute(lin, (await of(here, lin)).id, second.person_id)

    assert await entitled(here) == 3


async def test_a_representatives_mandate_is_personal(db):
    here = await a_convened_meeting(form=MeetingForm.RESIDENTS_REPRESENTATIVES)
    lin = here.members[0]
    neighbour = await town.a_resident(here.community, name="邻居")

    with pytest.raises(SubstituteNotTaken):
        await service.name_substitute(lin, (await of(here, lin)).id, neighbour.person_id)

    assert (await of(here, lin)).votes is True


async def test_a_substitute_is_named_before_the_hour_that_the_rules_give(db, moved_clock):
    here = await a_convened_meeting()
    lin = here.members[0]
    neighbour = await town.a_resident(here.community, name="邻居")
    await moved_clock.set((await here.meeting()).starts_at - timedelta(minutes=59))

    with pytest.raises(SubstituteNotTaken):
        await service.name_substitute(lin, (await of(here, lin)).id, neighbour.person_id)

    assert (await of(here, lin)).votes is True


async def test_a_revoked_substitute_leaves_the_vote_to_the_principal(db):
    here = await a_convened_meeting()
    lin = here.members[0]
    neighbour = await town.a_resident(here.community, name="邻居")
    await service.name_substitute(lin, (await of(here, lin)).id, neighbour.person_id)

    await service.revoke(here.organiser, (await of(here, neighbour)).id, reason="不符合条件")

    assert ((await of(here, lin)).votes, await entitled(here)) == (True, 3)


async def test_whoever_is_in_the_room_is_not_disinvited(db):
    here = await factories.a_room(2)

    with pytest.raises(Forbidden):
        await service.revoke(here.organiser, (await of(here, here.members[0])).id, reason="不欢迎")

    assert (await of(here, here.members[0])).standing is Standing.PRESENT


async def test_an_invitation_of_another_community_is_out_of_sight(db):
    here = await factories.a_room(1, state=MeetingState.PLANNED)
    stranger = await town.a_committee_member(await town.a_community())

    with pytest.raises(NotFound):
        await service.revoke(stranger, (await of(here, here.members[0])).id, reason="无关")

    assert (await of(here, here.members[0])).revoked_at is None
