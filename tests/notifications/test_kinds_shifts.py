"""What is told of shifts, and whom: reminders, moving up, standing in, being called up."""

from datetime import timedelta

from domains.volunteering.service import attendance, emergency, shift_dues, substituting
from tests.notifications.telling import all_told, people_told
from tests.volunteering.factories import a_team
from tests.volunteering.test_emergency import a_squad, agreed, called
from tests.volunteering.test_waiting import (
    a_full_shift_with_two_waiting,
    a_neighbour,
    a_shift,
    number_of,
)

REMINDERS = ("SHIFT_TOMORROW", "SHIFT_SOON", "SHIFT_MISSED")
CALLS = ("TEAM_CALLED", "TEAM_CALL_ENDED")
OTHERS = ("SHIFT_MOVED_UP", "SUBSTITUTE_ASKED", "SUBSTITUTE_ANSWERED")


def people(*actors):
    return sorted(each.person_id for each in actors)


async def test_who_has_a_place_and_who_leads_are_reminded_and_nobody_else(moved_clock):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    await a_neighbour(team, "何平")
    await moved_clock.advance(timedelta(hours=25))
    await shift_dues.tell_shift_tomorrow()

    await all_told(REMINDERS)

    assert await people_told("SHIFT_TOMORROW") == people(team.volunteer, team.leader)
    assert await people_told("SHIFT_SOON") == []


async def test_who_never_came_is_told_with_who_leads(moved_clock):
    team = await a_team()
    shift_id = await a_shift(team, ahead_h=0.2)
    await attendance.sign_up(team.volunteer, shift_id)
    await moved_clock.advance(timedelta(hours=4))
    await shift_dues.note_absences()

    await all_told(REMINDERS)

    assert await people_told("SHIFT_MISSED") == people(team.volunteer, team.leader)


async def test_who_moves_up_and_who_is_asked_are_told(moved_clock):
    team, shift_id, (first, _), (_, second_id) = await a_full_shift_with_two_waiting()
    await attendance.leave_shift(team.volunteer, shift_id)
    number = await number_of(team.volunteer_id)
    asked = await substituting.ask_substitute(first, shift_id, volunteer_number=number)

    await all_told(OTHERS)
    moved, wanted = await people_told("SHIFT_MOVED_UP"), await people_told("SUBSTITUTE_ASKED")
    await substituting.answer_substitution(team.volunteer, asked, agrees=True)
    await all_told(OTHERS)

    assert (moved, wanted) == (people(first), people(team.volunteer))
    assert await people_told("SUBSTITUTE_ANSWERED") == people(first, team.leader)
    assert second_id is not None


async def test_who_was_called_is_told_and_of_the_end_all_but_who_cannot_come(moved_clock):
    team = await a_team()
    squad_id = await a_squad(team)
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    second, second_id = await a_neighbour(team, "何平")
    await agreed(team, squad_id, second, second_id)
    await a_neighbour(team, "吴敏")
    call_id = await called(team, squad_id)

    await all_told(CALLS)
    called_up = await people_told("TEAM_CALLED")
    await emergency.answer_call(second, call_id, comes=False)
    await emergency.end_call(team.committee, call_id, note="警报解除")
    await all_told(CALLS)

    assert called_up == people(team.volunteer, second)
    assert await people_told("TEAM_CALL_ENDED") == people(team.volunteer)
