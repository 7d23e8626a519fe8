"""Who has no phone is checked in and out by another, with a reason, and never by oneself."""

from datetime import timedelta

import pytest

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.paging import Page
from domains.volunteering.errors import NotCheckedIn, OwnRecord, ServiceOverlaps, ShiftFull
from domains.volunteering.queries import rosters
from domains.volunteering.service import attendance, helping
from domains.volunteering.service.activities import ShiftDraft
from tests import factories
from tests.volunteering.factories import a_draft, a_team, an_activity, registered, shift_of


async def a_shift(team, **changes):
    activity_id = await an_activity(team, await a_draft(team, ahead_h=0.1, **changes))
    return await shift_of(activity_id, team.leader)


async def attendances():
    return await database.fetch(
        "SELECT in_by_id, out_by_id, in_reason, out_reason FROM volunteering_attendance"
    )


async def test_a_helper_checks_in_and_out_who_has_no_phone(db, moved_clock):
    team = await a_team()
    shift_id = await a_shift(team)

    await helping.check_in_for(team.leader, shift_id, team.volunteer_id, reason="老人无手机")
    await moved_clock.advance(timedelta(minutes=45))
    record_id = await helping.check_out_for(
        team.committee, shift_id, team.volunteer_id, reason="老人无手机"
    )

    row = await database.fetch_one("SELECT * FROM volunteering_record WHERE id = $1", record_id)
    (kept,) = await attendances()
    audited = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE command IN"
        " ('checkInVolunteer', 'checkOutVolunteer')"
    )
    assert (row["given_minutes"], row["state"], row["entry"]) == (45, "pending", "check_in")
    assert (kept["in_by_id"], kept["out_by_id"]) == (
        team.leader.person_id,
        team.committee.person_id,
    )
    assert (kept["in_reason"], kept["out_reason"], audited) == ("老人无手机", "老人无手机", 2)


async def test_a_building_captain_helps_and_keeps_nothing_else(db):
    team = await a_team()
    shift_id = await a_shift(team)
    building = await factories.a_building(team.community)
    captain = await factories.a_building_captain(building)

    await helping.check_in_for(captain, shift_id, team.volunteer_id, reason="老人无手机")
    seen = await rosters.roster(captain, shift_id, Page(20))

    assert [row["checked_out_at"] for row in seen.rows] == [None]
    assert [row["in_by_id"] for row in await attendances()] == [captain.person_id]


async def test_nobody_checks_themselves_in_as_a_helper(db):
    team = await a_team()
    shift_id = await a_shift(team)
    both = Actor(person_id=team.volunteer.person_id, grants=team.committee.grants)

    with pytest.raises(OwnRecord):
        await helping.check_in_for(both, shift_id, team.volunteer_id, reason="没带手机")

    assert list(await attendances()) == []


async def test_neither_a_neighbour_nor_another_communitys_staff_checks_anybody_in(db):
    team, other = await a_team(), await a_team(name="向阳社区")
    shift_id = await a_shift(team)
    neighbour = await factories.a_resident(team.community, name="邻居")

    with pytest.raises(Forbidden):
        await helping.check_in_for(neighbour, shift_id, team.volunteer_id, reason="没带手机")
    with pytest.raises(NotFound):
        await helping.check_in_for(other.committee, shift_id, team.volunteer_id, reason="没带")
    with pytest.raises(NotFound):
        await helping.check_in_for(team.leader, shift_id, other.volunteer_id, reason="没带手机")
    with pytest.raises(InvalidInput):
        await helping.check_in_for(team.leader, shift_id, team.volunteer_id, reason=" ")

    assert list(await attendances()) == []


async def test_help_takes_a_free_place_and_none_that_is_taken(db):
    team = await a_team()
    draft = await a_draft(team, ahead_h=0.1)
    one = ShiftDraft(draft.shifts[0].starts_at, draft.shifts[0].ends_at, 1)
    shift_id = await a_shift(team, shifts=(one,))
    second = await factories.a_resident(team.community, name="何平")
    second_id = await registered(second, team.community)

    await helping.check_in_for(team.leader, shift_id, team.volunteer_id, reason="没带手机")
    with pytest.raises(ShiftFull):
        await helping.check_in_for(team.leader, shift_id, second_id, reason="没带手机")

    assert len(await attendances()) == 1


async def test_who_serves_already_is_in_one_place_also_with_help(db):
    team = await a_team()
    first, second = await a_shift(team), await a_shift(team)
    await helping.check_in_for(team.leader, first, team.volunteer_id, reason="没带手机")

    with pytest.raises(ServiceOverlaps):
        await helping.check_in_for(team.leader, second, team.volunteer_id, reason="没带手机")
    with pytest.raises(NotCheckedIn):
        await helping.check_out_for(team.leader, second, team.volunteer_id, reason="没带手机")

    assert len(await attendances()) == 1


async def test_the_roster_is_for_who_leads_and_helps_and_names_nobody_whole(db):
    team, other = await a_team(), await a_team(name="向阳社区")
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)

    led = await rosters.roster(team.leader, shift_id, Page(20))
    neighbours = await rosters.roster(team.volunteer, shift_id, Page(20))
    elsewhere = await rosters.roster(other.committee, shift_id, Page(20))

    assert [row["volunteer_id"] for row in led.rows] == [team.volunteer_id]
    assert (len(neighbours.rows), len(elsewhere.rows)) == (0, 0)
