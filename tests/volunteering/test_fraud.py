"""What asks for a look, from service to review: circles, impossible days, bursts; and bans."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.volunteering.service import adopting, contests, honouring
from domains.volunteering.service.adopting import Adoption
from jobs import volunteering as jobs
from tests import factories
from tests.volunteering.factories import a_team, confirmed, on, registered
from tests.volunteering.test_adopting import MEDAL, adopt
from tests.volunteering.test_honours import a_reviewer, honour
from tests.volunteering.test_ordering import a_part, an_order, kept
from tests.volunteering.test_records import made_final, state_of


async def rules_met():
    rows = await database.fetch("SELECT DISTINCT rule FROM volunteering_suspicion ORDER BY rule")
    return [row["rule"] for row in rows]


async def test_three_who_confirm_one_another_in_a_circle_are_put_under_review(db):
    team = await a_team()
    circle = []
    for name in ("甲", "乙", "丙"):
        actor = await factories.a_resident(team.community, name=name)
        await registered(actor, team.community)
        circle.append(actor)
    states = []
    for at, actor in enumerate(circle):
        confirmer = circle[(at + 1) % 3]
        by = (team.leader.person_id, confirmer.person_id)
        for hour in range(3):
            now = await clock.now() - timedelta(hours=2 * hour)
            part = await a_part(team, person_id=actor.person_id, confirmed_by=by)
            part = replace(
                part, started_at=now - timedelta(hours=1), ended_at=now - timedelta(minutes=30)
            )
            states.append((await kept(an_order(team), part)).state.value)

    assert states == ["confirmed"] * 8 + ["pending"]
    assert await rules_met() == ["ring"]


async def test_a_day_of_more_than_a_day_holds_is_looked_into_and_goes_on_when_it_is_right(
    db, moved_clock
):
    team = await a_team()
    await on(moved_clock, date(2027, 3, 6), hour=0)
    first = await confirmed(team, moved_clock, minutes=400)

    second = await confirmed(team, moved_clock, minutes=300)
    pending = await state_of(second)
    await contests.settle_review(team.second, second, cleared=True, reason="救灾当日,经核实。")

    assert (await state_of(first), pending) == ("confirmed", "pending")
    assert (await rules_met(), await state_of(second)) == (["impossible_day"], "confirmed")


async def test_much_of_a_year_in_its_last_days_is_looked_into_and_revoked_when_it_is_false(
    db, moved_clock
):
    team = await a_team()
    await adopt(team, suspicion={"burstLeastMinutes": 120})
    await on(moved_clock, date(2027, 12, 25))

    record_id = await confirmed(team, moved_clock, minutes=130)
    pending = await state_of(record_id)
    await contests.settle_review(team.second, record_id, cleared=False, reason="查实系突击补时。")

    assert (pending, await state_of(record_id)) == ("pending", "revoked")
    assert await rules_met() == ["year_end_burst"]


async def test_a_medal_is_granted_like_a_star_after_notice_and_approval(db, moved_clock):
    team = await a_team()
    reviewer = await a_reviewer(team)
    given = Adoption(
        await clock.today() + timedelta(days=1),
        "居民会议议定",
        {"medals": [MEDAL]},
    )
    await adopting.adopt_star_policy(reviewer, team.community.id, given, idempotency_key=uuid4())
    await moved_clock.advance(timedelta(days=1))
    await made_final(await confirmed(team, moved_clock), moved_clock)
    await jobs.check_due_volunteers()

    noticed = await honour()
    await honouring.decide_honour(reviewer, noticed["id"], accepted=True, reason="符合条件")
    await moved_clock.advance(timedelta(days=12))
    await jobs.check_due_volunteers()
    await jobs.grant_due_honours()

    rows = await database.fetch("SELECT kind, code, state FROM volunteering_honour")
    assert [tuple(row.values()) for row in rows] == [("medal", "lantern", "granted")]


@pytest.mark.parametrize("years", [0, -1, 4, 2**31 - 1])
async def test_a_ban_lasts_as_the_policy_bounds_it(db, years):
    team = await a_team()
    reviewer = await a_reviewer(team)

    with pytest.raises(InvalidInput):
        await honouring.ban_volunteer(reviewer, team.volunteer_id, years=years, reason="造假。")

    assert await database.fetch_value("SELECT count(*) FROM volunteering_ban") == 0


async def test_only_who_oversees_bans_and_nobody_of_elsewhere_or_themselves(db):
    team, other = await a_team(), await a_team(name="向阳社区")
    elsewhere = await a_reviewer(other)
    own = replace(team.volunteer, grants=(await a_reviewer(team)).grants)

    with pytest.raises(Forbidden):
        await honouring.ban_volunteer(team.committee, team.volunteer_id, years=1, reason="造假。")
    with pytest.raises(NotFound):
        await honouring.ban_volunteer(elsewhere, team.volunteer_id, years=1, reason="造假。")
    with pytest.raises(Forbidden):
        await honouring.ban_volunteer(own, team.volunteer_id, years=1, reason="造假。")

    assert await database.fetch_value("SELECT count(*) FROM volunteering_ban") == 0


async def test_a_record_that_was_cleared_is_not_suspected_of_the_same_again(db, moved_clock):
    team = await a_team()
    await adopt(team, suspicion={"dayMinutes": 60})
    await moved_clock.advance(timedelta(days=1))
    await on(moved_clock, date(2027, 3, 6), hour=0)
    record_id = await confirmed(team, moved_clock, minutes=90)
    await contests.settle_review(team.second, record_id, cleared=True, reason="经核实属实。")

    raised = await database.fetch_value("SELECT count(*) FROM volunteering_suspicion")

    assert (raised, await state_of(record_id)) == (1, "confirmed")
