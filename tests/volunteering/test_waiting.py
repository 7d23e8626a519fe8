"""A place that comes free goes to the first who waits and still fits; one may stand in."""

import asyncio
from datetime import timedelta

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import DomainError, NotFound
from domains.volunteering.errors import (
    DeclinedTooLate,
    InsuranceMissing,
    NotWaiting,
    OwnSubstitute,
    PlacesFree,
    PlaceTaken,
    ShiftBegun,
    ShiftFull,
    SubstitutionAnswered,
)
from domains.volunteering.queries import activities as activity_queries
from domains.volunteering.rules import numbers
from domains.volunteering.service import (
    attendance,
    qualifying,
    shift_dues,
    substituting,
    waiting,
)
from domains.volunteering.service.activities import ShiftDraft
from domains.volunteering.service.qualifying import InsuranceDraft
from tests import factories
from tests.volunteering.factories import (
    a_draft,
    a_team,
    an_activity,
    code_of,
    registered,
    shift_of,
)


async def a_shift(team, *, places=1, ahead_h=48.0, **changes):
    starts_at = await clock.now() + timedelta(hours=ahead_h)
    shift = ShiftDraft(starts_at, starts_at + timedelta(hours=2), places)
    draft = await a_draft(team, shifts=(shift,), **changes)
    return await shift_of(await an_activity(team, draft), team.leader)


async def a_neighbour(team, name, **changes):
    neighbour = await factories.a_resident(team.community, name=name, **changes)
    return neighbour, await registered(neighbour, team.community)


async def number_of(volunteer_id):
    sql = "SELECT number FROM volunteering_volunteer WHERE id = $1"
    return numbers.written(await database.fetch_value(sql, volunteer_id))


async def with_places(shift_id):
    rows = await database.fetch(
        "SELECT volunteer_id FROM volunteering_sign_up WHERE shift_id = $1 AND state = 'signed_up'",
        shift_id,
    )
    return {row["volunteer_id"] for row in rows}


async def waits():
    sql = "SELECT state FROM volunteering_waiting ORDER BY place"
    return [row["state"] for row in await database.fetch(sql)]


async def told(name):
    sql = "SELECT count(*) FROM kernel_outbox WHERE name = 'volunteering.' || $1"
    return await database.fetch_value(sql, name)


async def seen(actor, shift_id):
    (row,) = await activity_queries.shifts_by_id(actor, [shift_id])
    return row["taken"], row["waiting"], row["my_position"]


async def a_full_shift_with_two_waiting(db_team=None, **changes):
    team = db_team or await a_team()
    shift_id = await a_shift(team, **changes)
    await attendance.sign_up(team.volunteer, shift_id)
    first, first_id = await a_neighbour(team, "何平")
    second, second_id = await a_neighbour(team, "吴敏")
    await waiting.join_waiting_list(first, shift_id)
    await waiting.join_waiting_list(second, shift_id)
    return team, shift_id, (first, first_id), (second, second_id)


async def test_the_first_who_waits_moves_up_when_a_place_comes_free(db):
    team, shift_id, (_, first_id), (second, _) = await a_full_shift_with_two_waiting()
    before = await seen(second, shift_id)

    await attendance.leave_shift(team.volunteer, shift_id)

    assert before == (1, 2, 2)
    assert await seen(second, shift_id) == (1, 1, 1)
    assert await with_places(shift_id) == {first_id}
    assert (await waits(), await told("WaitingMovedUp")) == (["moved_up", "waiting"], 1)


async def test_who_waits_twice_waits_once(db):
    _, shift_id, (first, _), _ = await a_full_shift_with_two_waiting()

    await waiting.join_waiting_list(first, shift_id)

    assert await waits() == ["waiting", "waiting"]
    assert await seen(first, shift_id) == (1, 2, 1)


async def test_who_declines_in_time_gives_the_place_to_the_next(db):
    team, shift_id, (first, _), (_, second_id) = await a_full_shift_with_two_waiting()
    await attendance.leave_shift(team.volunteer, shift_id)

    await waiting.decline_moved_up(first, shift_id)

    assert await with_places(shift_id) == {second_id}
    assert await waits() == ["declined", "moved_up"]


async def test_who_says_nothing_keeps_the_place_and_declines_no_more(db, moved_clock):
    team, shift_id, (first, first_id), _ = await a_full_shift_with_two_waiting()
    await attendance.leave_shift(team.volunteer, shift_id)
    await moved_clock.advance(timedelta(hours=12, minutes=1))

    with pytest.raises(DeclinedTooLate):
        await waiting.decline_moved_up(first, shift_id)

    assert await with_places(shift_id) == {first_id}
    assert await waits() == ["moved_up", "waiting"]


async def test_who_fits_no_more_is_passed_over_and_waits_on(db, moved_clock):
    team = await a_team()
    today = await clock.today()
    people = []
    for name, days in (("何平", 0), ("吴敏", 30)):
        actor, volunteer_id = await a_neighbour(team, name)
        ends = InsuranceDraft("平安", True, today, today + timedelta(days=3 + days))
        await qualifying.record_insurance(team.committee, volunteer_id, ends)
        people.append((actor, volunteer_id))
    shift_id = await a_shift(team, is_risky=True, risks="高处作业")
    holder, holder_id = await a_neighbour(team, "郑洁")
    await qualifying.record_insurance(
        team.committee,
        holder_id,
        InsuranceDraft("平安", True, today, today + timedelta(days=30)),
    )
    await attendance.sign_up(holder, shift_id)
    for actor, _ in people:
        await waiting.join_waiting_list(actor, shift_id)
    await database.execute(
        "UPDATE volunteering_insurance SET ends_on = starts_on WHERE volunteer_id = $1",
        people[0][1],
    )

    await attendance.leave_shift(holder, shift_id)

    assert await with_places(shift_id) == {people[1][1]}
    assert await waits() == ["waiting", "moved_up"]


async def test_a_list_is_for_full_shifts_that_one_may_serve_in(db, moved_clock):
    team, other = await a_team(), await a_team(name="向阳社区")
    open_id = await a_shift(team)
    risky_id = await a_shift(team, is_risky=True, risks="高处作业")
    await attendance.sign_up(team.volunteer, open_id)
    full_id = open_id
    free_id = await a_shift(team)
    near, _ = await a_neighbour(team, "何平")

    with pytest.raises(PlaceTaken):
        await waiting.join_waiting_list(team.volunteer, full_id)
    with pytest.raises(PlacesFree):
        await waiting.join_waiting_list(near, free_id)
    with pytest.raises(InsuranceMissing):
        await waiting.join_waiting_list(near, risky_id)
    with pytest.raises(NotFound):
        await waiting.join_waiting_list(other.volunteer, full_id)
    with pytest.raises(NotWaiting):
        await waiting.leave_waiting_list(near, full_id)
    await moved_clock.advance(timedelta(hours=49))
    with pytest.raises(ShiftBegun):
        await waiting.join_waiting_list(near, full_id)

    assert await waits() == []


async def test_who_leaves_the_list_is_not_moved_up(db):
    team, shift_id, (first, _), (_, second_id) = await a_full_shift_with_two_waiting()
    await waiting.leave_waiting_list(first, shift_id)

    await attendance.leave_shift(team.volunteer, shift_id)

    assert await with_places(shift_id) == {second_id}
    assert await waits() == ["left", "moved_up"]


async def test_of_two_at_once_for_the_last_place_one_gets_it(db):
    team = await a_team()
    shift_id = await a_shift(team)
    pairs = [(team.volunteer, team.volunteer_id), await a_neighbour(team, "何平")]

    answers = await asyncio.gather(
        *(attendance.sign_up(actor, shift_id) for actor, _ in pairs), return_exceptions=True
    )

    refusals = [each for each in answers if isinstance(each, DomainError)]
    assert [type(each) for each in refusals] == [ShiftFull]
    assert len(await with_places(shift_id)) == 1


async def test_a_place_given_back_beside_a_newcomer_is_taken_once(db):
    team, shift_id, (_, first_id), _ = await a_full_shift_with_two_waiting()
    newcomer, newcomer_id = await a_neighbour(team, "郑洁")

    await asyncio.gather(
        attendance.leave_shift(team.volunteer, shift_id),
        attendance.sign_up(newcomer, shift_id),
        return_exceptions=True,
    )

    assert newcomer_id not in await with_places(shift_id)
    assert await with_places(shift_id) == {first_id}


async def test_a_substitute_who_agrees_has_the_place_and_the_first_is_free(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    other, other_id = await a_neighbour(team, "何平")
    number = await number_of(other_id)

    asked = await substituting.ask_substitute(team.volunteer, shift_id, volunteer_number=number)
    again = await substituting.ask_substitute(team.volunteer, shift_id, volunteer_number=number)
    before = await with_places(shift_id)
    await substituting.answer_substitution(other, asked, agrees=True)

    assert (again, before) == (asked, {team.volunteer_id})
    assert await with_places(shift_id) == {other_id}
    assert (await told("SubstituteAsked"), await told("SubstituteAnswered")) == (1, 1)
    with pytest.raises(SubstitutionAnswered):
        await substituting.answer_substitution(other, asked, agrees=False)


async def test_a_substitute_who_refuses_leaves_everything_as_it_was(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    other, other_id = await a_neighbour(team, "何平")
    asked = await substituting.ask_substitute(
        team.volunteer, shift_id, volunteer_number=await number_of(other_id)
    )

    await substituting.answer_substitution(other, asked, agrees=False)

    assert await with_places(shift_id) == {team.volunteer_id}
    with pytest.raises(SubstitutionAnswered):
        await substituting.withdraw_substitution(team.volunteer, asked)


async def test_only_somebody_of_here_who_fits_is_asked_and_only_they_answer(db):
    team, elsewhere = await a_team(), await a_team(name="向阳社区")
    today = await clock.today()
    shift_id = await a_shift(team, is_risky=True, risks="高处作业")
    await qualifying.record_insurance(
        team.committee,
        team.volunteer_id,
        InsuranceDraft("平安", True, today, today + timedelta(days=9)),
    )
    await attendance.sign_up(team.volunteer, shift_id)
    other, other_id = await a_neighbour(team, "何平")
    uninsured, own = await number_of(other_id), await number_of(team.volunteer_id)
    far = await number_of(elsewhere.volunteer_id)

    for number, refusal in (
        *((uninsured, InsuranceMissing), (own, OwnSubstitute), (far, NotFound)),
        ("GY1234567890", NotFound),
    ):
        with pytest.raises(refusal):
            await substituting.ask_substitute(team.volunteer, shift_id, volunteer_number=number)
    cover = InsuranceDraft("平安", True, today, today + timedelta(days=9))
    await qualifying.record_insurance(team.committee, other_id, cover)
    asked = await substituting.ask_substitute(team.volunteer, shift_id, volunteer_number=uninsured)
    for stranger in (team.volunteer, team.committee, elsewhere.volunteer):
        with pytest.raises(NotFound):
            await substituting.answer_substitution(stranger, asked, agrees=True)
    with pytest.raises(NotFound):
        await substituting.withdraw_substitution(other, asked)

    assert await with_places(shift_id) == {team.volunteer_id}


async def test_who_gives_the_place_back_asks_nobody_any_more(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    other, other_id = await a_neighbour(team, "何平")
    asked = await substituting.ask_substitute(
        team.volunteer, shift_id, volunteer_number=await number_of(other_id)
    )

    await attendance.leave_shift(team.volunteer, shift_id)

    with pytest.raises(SubstitutionAnswered):
        await substituting.answer_substitution(other, asked, agrees=True)
    assert await with_places(shift_id) == set()


async def test_two_answers_at_once_are_one(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    other, other_id = await a_neighbour(team, "何平")
    asked = await substituting.ask_substitute(
        team.volunteer, shift_id, volunteer_number=await number_of(other_id)
    )

    answers = await asyncio.gather(
        *(substituting.answer_substitution(other, asked, agrees=True) for _ in range(3)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == [
        *("SubstitutionAnswered", "SubstitutionAnswered", "UUID")
    ]
    assert (await with_places(shift_id), await told("SubstituteAnswered")) == ({other_id}, 1)


async def test_a_shift_is_told_of_twice_and_each_time_once(db, moved_clock):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    counts = []

    for hours in (0, 25, 0, 21.5, 0):
        await moved_clock.advance(timedelta(hours=hours))
        await asyncio.gather(
            *(shift_dues.tell_shift_tomorrow() for _ in range(3)),
            *(shift_dues.tell_shift_soon() for _ in range(3)),
        )
        counts.append((await told("ShiftTomorrow"), await told("ShiftSoon")))

    assert counts == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]


async def test_a_shift_that_is_published_late_is_told_of_once_alone(db, moved_clock):
    team = await a_team()
    await a_shift(team, ahead_h=1)

    await shift_dues.tell_shift_tomorrow()
    await shift_dues.tell_shift_soon()

    assert (await told("ShiftTomorrow"), await told("ShiftSoon")) == (0, 1)


async def test_who_never_came_is_noted_once_and_who_came_is_not(db, moved_clock):
    team = await a_team()
    shift_id = await a_shift(team, places=2, ahead_h=0.2)
    absent, absent_id = await a_neighbour(team, "何平")
    for actor in (team.volunteer, absent):
        await attendance.sign_up(actor, shift_id)
    await attendance.check_in(team.volunteer, shift_id, code=await code_of(team, shift_id))
    early = await shift_dues.note_absences()
    await moved_clock.advance(timedelta(hours=4))

    await asyncio.gather(*(shift_dues.note_absences() for _ in range(3)))

    rows = await database.fetch(
        "SELECT volunteer_id FROM volunteering_sign_up WHERE state = 'absent'"
    )
    assert early is None
    assert [row["volunteer_id"] for row in rows] == [absent_id]
    assert await told("VolunteerAbsent") == 1
