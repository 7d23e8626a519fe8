"""Rules of forms of meeting: every form has them, and a community's own are stricter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import clock, database, rulesets
from domains.kernel.errors import Forbidden, NotFound
from domains.kernel.rules import Threshold
from domains.meetings.errors import MeetingRulesBackdated, MeetingRulesLooser
from domains.meetings.rules.procedure import Procedure
from domains.meetings.rules.quorum import Quorum
from domains.meetings.service import presets, rule_sets
from domains.meetings.service.rule_sets import MeetingRulesDraft
from domains.meetings.values import MeetingForm
from tests import factories as town

SHARES = st.tuples(st.integers(0, 20), st.integers(1, 20), st.booleans()).filter(
    lambda each: each[0] < each[1] or (each[0] == each[1] and each[2])
)


async def adopt(actor, community, **more):
    given = {
        "form": MeetingForm.DELIBERATION_COUNCIL,
        "title_zh": "同心社区议事规则",
        "title_en": "Tongxin rules",
        "legal_basis": "社区自治章程",
        "effective_from": await clock.today() + timedelta(days=3),
    }
    return await rule_sets.adopt_rules(
        actor, community.id, MeetingRulesDraft(**(given | more)), idempotency_key=uuid4()
    )


async def own_rules() -> int:
    count: int = await database.fetch_value(
        "SELECT count(*) FROM kernel_rule_set WHERE community_id IS NOT NULL"
    )
    return count


@pytest.mark.parametrize("form", MeetingForm)
async def test_every_form_has_rules_with_their_legal_basis(db, form):
    await presets.sync_presets()

    rules = await rulesets.in_force(presets.code_of(form), on=await clock.today(), community=None)

    assert Procedure.of(rules).form is form
    assert len(rules.legal_basis) > 5


async def test_a_community_asks_for_more_from_a_day_on(db):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)

    await adopt(member, community, notice_days=5, quorum=Threshold(2, 3, inclusive=True))

    code = presets.code_of(MeetingForm.DELIBERATION_COUNCIL)
    today = await clock.today()
    now = await rulesets.in_force(code, on=today, community=community.id)
    then = await rulesets.in_force(code, on=today + timedelta(days=3), community=community.id)
    assert now.content["notice"] == {"naturalDays": 3}
    assert then.content["notice"] == {"naturalDays": 5}
    assert Procedure.of(then).quorum == Threshold(2, 3, inclusive=True)


@pytest.mark.parametrize(
    "looser",
    [
        {"notice_days": 2},
        {"quorum": Threshold(1, 3, inclusive=False)},
        {"quorum": Threshold(1, 2, inclusive=True)},
        {"form": MeetingForm.COORDINATION, "notice_days": 5},
    ],
)
async def test_a_community_never_asks_for_less(db, looser):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)

    with pytest.raises(MeetingRulesLooser):
        await adopt(member, community, **looser)

    assert await own_rules() == 0


async def test_rules_hold_from_a_day_to_come(db):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)

    with pytest.raises(MeetingRulesBackdated):
        await adopt(member, community, effective_from=await clock.today())

    assert await own_rules() == 0


async def test_a_second_version_ends_the_first_on_the_day_before(db):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)
    first = await clock.today() + timedelta(days=3)

    await adopt(member, community, notice_days=5, effective_from=first)
    await adopt(member, community, notice_days=7, effective_from=first + timedelta(days=10))

    rows = await database.fetch(
        "SELECT version, effective_to FROM kernel_rule_set WHERE community_id IS NOT NULL"
        " ORDER BY version"
    )
    assert [tuple(row.values()) for row in rows] == [(1, first + timedelta(days=9)), (2, None)]


async def test_residents_adopt_no_rules_and_strangers_see_none(db):
    await presets.sync_presets()
    community = await town.a_community()

    with pytest.raises(Forbidden):
        await adopt(await town.a_resident(community), community)
    with pytest.raises(NotFound):
        await adopt(await town.a_committee_member(await town.a_community()), community)

    assert await own_rules() == 0


@given(SHARES, st.integers(1, 300), st.data())
def test_one_more_present_never_loses_a_quorum(share, entitled, data):
    present = data.draw(st.integers(0, entitled - 1))
    threshold = Threshold(share[0], share[1], inclusive=share[2])

    before = Quorum(threshold, entitled, present)
    after = Quorum(threshold, entitled, present + 1)

    assert after.is_met or not before.is_met
    assert before.required == after.required <= max(entitled, 1)


def test_over_half_is_not_half_and_two_thirds_is_two_thirds():
    over_half = Threshold(1, 2, inclusive=False)
    two_thirds = Threshold(2, 3, inclusive=True)

    assert [Quorum(over_half, 10, n).is_met for n in (5, 6)] == [False, True]
    assert [Quorum(two_thirds, 9, n).is_met for n in (5, 6)] == [False, True]
    assert Quorum(None, 10, 0).is_met
    assert not Quorum(over_half, 0, 0).is_met
