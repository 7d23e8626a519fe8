from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Actor
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.rules import LegalEffect, Threshold
from domains.voting import service
from domains.voting.errors.rule_sets import RulesBackdated, RulesLooser
from domains.voting.rules import DecisionRule
from domains.voting.rules.procedure import Procedure
from domains.voting.service import presets
from domains.voting.service.rule_sets import RuleSetDraft, adopt_rule_set
from domains.voting.values import ElectorateKind, MajorityBase, Measure
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.voting.factories import a_town

LAW = {
    # electorate; measures; quorum and majority as numerator, denominator, inclusive; of what
    "OWNERS_GENERAL": ("owners", ["area", "heads"], (2, 3, True), (1, 2, False), "participating"),
    "OWNERS_SPECIAL": ("owners", ["area", "heads"], (2, 3, True), (3, 4, True), "participating"),
    "HOME_TO_BUSINESS": ("owners", ["heads"], None, (1, 1, True), "roll"),
    "RESIDENTS_MEETING": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "RC_ELECTION": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "VC_ELECTION": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "VC_RUNOFF": ("persons", ["heads"], None, (1, 3, True), "participating"),
    "RC_RECALL": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "RESIDENTS_MEETING_HOUSEHOLDS": (
        *("households", ["households"], (1, 2, False), (1, 2, False), "participating"),
    ),
    "VC_RECALL": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "VILLAGERS_MEETING": ("persons", ["heads"], (1, 2, False), (1, 2, False), "participating"),
    "VILLAGERS_MEETING_HOUSEHOLDS": (
        *("households", ["households"], (2, 3, True), (1, 2, False), "participating"),
    ),
    "REP_MEETING": ("representatives", ["heads"], (2, 3, True), (1, 2, False), "participating"),
}


@pytest.mark.parametrize("code", LAW)
async def test_each_kind_of_ballot_runs_by_its_own_law(db, code):
    await service.sync_presets()
    electorate, measures, quorum, majority, of = LAW[code]

    found = await rulesets.in_force(code, on=date(2026, 11, 22), community=None)

    rule, procedure = DecisionRule.of(found), Procedure.of(found)
    share = Threshold(*quorum[:2], inclusive=quorum[2]) if quorum else None
    assert procedure.electorate is ElectorateKind(electorate)
    assert [each.value for each in rule.measures] == measures
    assert set(rule.quorum.values()) == ({share} if share else set())
    assert set(rule.majority.values()) == {Threshold(*majority[:2], inclusive=majority[2])}
    assert rule.majority_of is MajorityBase(of)
    assert found.legal_effect is LegalEffect.STATUTORY_IMPORTED


def test_every_preset_is_read_whole():
    codes = [each.code for each in presets.presets()]

    assert len(codes) == len(set(codes)) >= len(LAW) + 1


async def a_draft(*, days: int = 1, **changes) -> RuleSetDraft:
    return RuleSetDraft(
        **{
            "code": "OWNERS_GENERAL",
            "based_on": "OWNERS_GENERAL",
            "title_zh": "本小区业主共同决定",
            "title_en": "Our owners' matters",
            "legal_basis": "本小区议事规则",
            "effective_from": await clock.today() + timedelta(days=days),
        }
        | changes
    )


THREE_QUARTERS = {Measure.AREA: Threshold(3, 4, inclusive=True)}
A_HALF = {Measure.HEADS: Threshold(1, 2, inclusive=True)}


async def test_a_community_may_be_stricter_than_the_law(moved_clock):
    town, elsewhere = await a_town(), await factories.a_community()
    await adopt_rule_set(
        town.committee,
        town.community.id,
        await a_draft(quorum=THREE_QUARTERS),
        idempotency_key=uuid4(),
    )
    tomorrow = await clock.today() + timedelta(days=1)

    own = await rulesets.in_force("OWNERS_GENERAL", on=tomorrow, community=town.community.id)
    today = await rulesets.in_force(
        "OWNERS_GENERAL", on=tomorrow - timedelta(days=1), community=town.community.id
    )
    other = await rulesets.in_force("OWNERS_GENERAL", on=tomorrow, community=elsewhere.id)

    assert DecisionRule.of(own).quorum == {
        Measure.AREA: Threshold(3, 4, inclusive=True),
        Measure.HEADS: Threshold(2, 3, inclusive=True),
    }
    assert own.community_id == town.community.id
    assert (today.community_id, other.community_id) == (None, None)


@pytest.mark.parametrize(
    "looser",
    [
        {"quorum": A_HALF},
        {"majority": {Measure.AREA: Threshold(1, 2, inclusive=True)}},
        {"notice_days": 14},
        {"most_proxies": 4},
        {"proxies_carry_over": True},
    ],
)
async def test_a_community_is_never_looser_than_the_law(db, looser):
    town = await a_town()

    with pytest.raises(RulesLooser):
        await adopt_rule_set(
            town.committee, town.community.id, await a_draft(**looser), idempotency_key=uuid4()
        )

    assert await rulesets.latest("OWNERS_GENERAL", community=town.community.id) is None


@pytest.mark.parametrize(
    ("code", "based_on"),
    [
        ("OWNERS_GENERAL", "COMMUNITY_CONSULTATION"),
        ("OTHER_AFFAIR", "COMMUNITY_CONSULTATION"),
        ("OUR_AFFAIR", "OTHER_AFFAIR"),
    ],
)
async def test_no_rules_are_put_in_place_of_another_law_or_of_no_votes_rules(db, code, based_on):
    town = await a_town()
    await rulesets.put(
        code="OTHER_AFFAIR",
        version=1,
        title_zh="别的事务",
        title_en="Another affair",
        legal_basis="-",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content={"chains": []},
    )

    with pytest.raises(InvalidInput):
        await adopt_rule_set(
            town.committee,
            town.community.id,
            replace(await a_draft(), code=code, based_on=based_on, quorum={}, majority={}),
            idempotency_key=uuid4(),
        )

    assert await rulesets.latest(code, community=town.community.id) is None


async def test_a_new_version_ends_the_one_before(db):
    town = await a_town()
    for days in (1, 30):
        await adopt_rule_set(
            town.committee, town.community.id, await a_draft(days=days), idempotency_key=uuid4()
        )

    latest = await rulesets.latest("OWNERS_GENERAL", community=town.community.id)
    ends = await database.fetch(
        "SELECT version, effective_to FROM kernel_rule_set WHERE community_id = $1"
        " ORDER BY version",
        town.community.id,
    )
    assert latest.version == 2
    assert [row["effective_to"] for row in ends] == [
        await clock.today() + timedelta(days=29),
        None,
    ]


@pytest.mark.parametrize("days", [0, -1])
async def test_rules_are_not_put_in_for_days_gone_by(db, days):
    town = await a_town()

    with pytest.raises(RulesBackdated):
        await adopt_rule_set(
            town.committee, town.community.id, await a_draft(days=days), idempotency_key=uuid4()
        )

    assert await rulesets.latest("OWNERS_GENERAL", community=town.community.id) is None


async def test_only_conveners_of_the_community_adopt_rules(db):
    town = await a_town()
    stranger = await factories.a_committee_member()

    with pytest.raises(Forbidden):
        await adopt_rule_set(
            town.residents[0], town.community.id, await a_draft(), idempotency_key=uuid4()
        )
    with pytest.raises(NotFound):
        await adopt_rule_set(stranger, town.community.id, await a_draft(), idempotency_key=uuid4())

    assert await rulesets.latest("OWNERS_GENERAL", community=town.community.id) is None


LIST = """
query ($community: ID, $first: Int, $after: String) {
  ruleSets(communityId: $community, first: $first, after: $after) {
    nodes { isOwn rules { code version quorum { measure numerator denominator } } methods }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ADOPT = """
mutation ($input: AdoptRuleSetInput!) {
  adoptRuleSet(input: $input) {
    __typename ... on RuleSetAdopted { ruleCode replayed } ... on UserError { code message path }
  }
}
"""


async def ask(actor: Actor, document: str, **variables):
    answer = await schema.execute(document, variables, Context(actor))
    assert answer.errors is None, answer.errors
    return answer.data


async def test_rules_are_adopted_and_listed_over_graphql(db):
    town = await a_town()
    given = {
        "communityId": node.encode("area", town.community.id),
        "code": "OUR_CONSULTATION",
        "basedOn": "COMMUNITY_CONSULTATION",
        "titleZh": "本社区意见征询",
        "titleEn": "Our consultation",
        "legalBasis": "居民公约",
        "effectiveFrom": (await clock.today() + timedelta(days=1)).isoformat(),
        "quorum": [{"measure": "HEADS", "numerator": 1, "denominator": 5, "inclusive": True}],
        "idempotencyKey": str(uuid4()),
    }

    adopted = [await ask(town.committee, ADOPT, input=given) for _ in range(2)]
    refused = await ask(
        town.committee,
        ADOPT,
        input=given
        | {
            "idempotencyKey": str(uuid4()),
            "quorum": [{"measure": "AREA", "numerator": 3, "denominator": 2, "inclusive": True}],
        },
    )
    seen, after = [], None
    for _ in range(20):
        found = (
            await ask(town.committee, LIST, community=given["communityId"], first=5, after=after)
        )["ruleSets"]
        seen += [(each["rules"]["code"], each["isOwn"]) for each in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert [each["adoptRuleSet"]["replayed"] for each in adopted] == [False, True]
    assert refused["adoptRuleSet"]["code"] == "INVALID_INPUT"
    assert len(seen) == len(set(seen)) == len(list(presets.presets())) + 1
    assert ("OUR_CONSULTATION", True) in seen


async def test_another_communitys_id_is_not_found(db):
    town, other = await a_town(), await factories.a_community()
    given = {
        "communityId": node.encode("area", other.id),
        "code": "OUR_CONSULTATION",
        "basedOn": "COMMUNITY_CONSULTATION",
        "titleZh": "征询",
        "titleEn": "Ours",
        "legalBasis": "居民公约",
        "effectiveFrom": (await clock.today() + timedelta(days=1)).isoformat(),
        "idempotencyKey": str(uuid4()),
    }

    refused = await ask(town.committee, ADOPT, input=given)

    assert refused["adoptRuleSet"]["code"] == "NOT_FOUND"
    assert await rulesets.latest("OUR_CONSULTATION", community=other.id) is None


WOMEN = """
query ($community: ID, $after: String) {
  ruleSets(communityId: $community, first: 100, after: $after) {
    nodes { isOwn rules { code } wantsWoman womanRules proxiesCarryOver }
  }
}
"""


async def test_what_follows_where_no_woman_is_elected_is_for_a_community_to_say(db):
    town = await a_town()
    given = {
        "communityId": node.encode("area", town.community.id),
        "code": "RC_RUNOFF",
        "basedOn": "RC_RUNOFF",
        "titleZh": "本社区另行选举办法",
        "titleEn": "Our run-off",
        "legalBasis": "居民公约",
        "effectiveFrom": (await clock.today() + timedelta(days=1)).isoformat(),
        "womanRules": ["REPLACE", "RUNOFF", "REPLACE"],
        "proxiesCarryOver": False,
        "idempotencyKey": str(uuid4()),
    }

    adopted = await ask(town.committee, ADOPT, input=given)
    shown = await ask(town.committee, WOMEN, community=given["communityId"])

    assert adopted["adoptRuleSet"]["__typename"] == "RuleSetAdopted"
    found = {
        each["isOwn"]: (each["wantsWoman"], each["womanRules"], each["proxiesCarryOver"])
        for each in shown["ruleSets"]["nodes"]
        if each["rules"]["code"] == "RC_RUNOFF"
    }
    assert found == {
        False: (True, ["RUNOFF"], True),
        True: (True, ["REPLACE", "RUNOFF"], False),
    }
