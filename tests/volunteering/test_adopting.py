"""A community's own rules: in versions, from a day to come, within what the law leaves open."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, IdempotencyKeyReused, NotFound
from domains.volunteering.errors import StarPolicyUnsound, VolunteerRulesUnsound
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.stars import StarPolicy
from domains.volunteering.service import adopting, honouring
from domains.volunteering.service.adopting import Adoption
from domains.voting.errors.rule_sets import RulesBackdated
from tests import factories
from tests.volunteering.factories import a_team, confirmed, served
from tests.volunteering.test_honours import LOW, a_reviewer
from tests.volunteering.test_records import state_of

MEDAL = {
    "code": "lantern",
    "titleZh": "灯笼奖章",
    "titleEn": "Lantern medal",
    "hours": 1,
    "communityHours": 0,
    "approvers": ["street_reviewer"],
}


async def adopt(team, actor=None, *, days=1, how=adopting.adopt_volunteer_rules, key=None, **said):
    given = Adoption(await clock.today() + timedelta(days=days), "居民会议议定", said)
    return await how(
        actor or team.committee, team.community.id, given, idempotency_key=key or uuid4()
    )


async def own_rules():
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_rule_set WHERE community_id IS NOT NULL"
    )


async def test_own_rules_hold_from_their_day_on_and_leave_the_rest_as_it_was(db, moved_clock):
    team = await a_team()

    await adopt(team, dayCapMinutes=240, suspicion={"dayMinutes": 300})
    before = await procedure_at(team.community.id)
    await moved_clock.advance(timedelta(days=1))
    after = await procedure_at(team.community.id)

    assert (before.day_cap_minutes, after.day_cap_minutes) == (480, 240)
    assert (after.suspicion.day_minutes, after.suspicion.ring_days) == (300, 90)
    assert after.confirmers == before.confirmers


async def test_a_third_confirmer_is_asked_for_where_the_rules_say_so(db, moved_clock):
    team = await a_team()
    await adopt(team, confirmers=3)
    await moved_clock.advance(timedelta(days=1))

    by_two = await confirmed(team, moved_clock)

    assert await state_of(by_two) == "pending"


async def test_a_cap_of_ones_own_counts_less_of_a_day(db, moved_clock):
    team = await a_team()
    await adopt(team, dayCapMinutes=60)
    await moved_clock.advance(timedelta(days=1))

    record_id = await served(team, moved_clock, minutes=90)

    row = await database.fetch_one("SELECT * FROM volunteering_record WHERE id = $1", record_id)
    assert (row["given_minutes"], row["counted_minutes"], row["day_cap_minutes"]) == (90, 60, 60)


@pytest.mark.parametrize(
    "said",
    [
        {"dayCapMinutes": 0},
        {"dayCapMinutes": 1441},
        {"record": {"workingDays": 11}},
        {"confirmers": 1},
        {"leastAge": 5},
        {"adultAge": 17},
        {"codeSeconds": 3600},
        {"excludedNatures": ["service"]},
        {"excludedNatures": ["meeting"]},
        {"notice": {"workingDays": 0}},
        {"suspicion": {"dutyBegins": "18:00"}},
        {"suspicion": {"burstPercent": 101}},
        {"stationHaves": []},
        {"stationHaves": [{"code": "a", "title": "有"}, {"code": "a", "title": "有"}]},
    ],
)
async def test_what_the_law_does_not_leave_open_is_no_rule(db, said):
    team = await a_team()

    with pytest.raises(VolunteerRulesUnsound):
        await adopt(team, **said)

    assert await own_rules() == 0


async def test_rules_are_never_backdated_and_versions_follow_one_another(db):
    team = await a_team()

    with pytest.raises(RulesBackdated):
        await adopt(team, days=0, dayCapMinutes=240)
    await adopt(team, days=10, dayCapMinutes=240)
    with pytest.raises(RulesBackdated):
        await adopt(team, days=5, dayCapMinutes=120)

    assert await own_rules() == 1


async def test_only_who_decides_for_a_community_adopts_and_only_for_their_own(db):
    team, other = await a_team(), await a_team(name="向阳社区")
    worker = await factories.a_grid_worker(team.community)

    with pytest.raises(Forbidden):
        await adopt(team, worker, dayCapMinutes=240)
    with pytest.raises(NotFound):
        await adopt(team, other.committee, dayCapMinutes=240)
    with pytest.raises(Forbidden):
        await adopt(team, how=adopting.adopt_star_policy, **LOW)

    assert await own_rules() == 0


async def test_the_same_key_adopts_once_and_other_input_is_refused(db):
    team, key = await a_team(), uuid4()

    first, _ = await adopt(team, key=key, dayCapMinutes=240)
    again, replayed = await adopt(team, key=key, dayCapMinutes=240)
    with pytest.raises(IdempotencyKeyReused):
        await adopt(team, key=key, dayCapMinutes=120)

    assert (first == again, replayed, await own_rules()) == (True, True, 1)


async def test_medals_of_ones_own_are_in_force_and_unsound_ones_never(db, moved_clock):
    team = await a_team()
    reviewer = await a_reviewer(team)
    policy = adopting.adopt_star_policy

    for wrong in (
        [MEDAL, MEDAL],
        [{**MEDAL, "hours": 0}],
        [{**MEDAL, "approvers": []}],
        [{**MEDAL, "titleZh": " "}],
    ):
        with pytest.raises(StarPolicyUnsound):
            await adopt(team, reviewer, how=policy, medals=wrong)
    nothing = await own_rules()
    await adopt(team, reviewer, how=policy, medals=[MEDAL], banYears={"most": 2})
    await moved_clock.advance(timedelta(days=1))

    found = StarPolicy.of(await honouring.policy_at(team.community.id))
    assert nothing == 0
    assert [each.code for each in found.medals] == ["lantern"]
    assert (found.ban_years, len(found.levels)) == ((1, 2), 5)
