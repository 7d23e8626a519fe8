"""A community's own rules for its pledges and reviews."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Role
from domains.kernel.rules import Threshold
from domains.membership.models import Area
from domains.pledges.rules.procedure import PledgeProcedure
from domains.pledges.rules.review_procedure import ReviewProcedure
from domains.pledges.service.presets import PLEDGE_PROGRAMME, PLEDGE_REVIEW
from schema import node
from tests import factories
from tests.pledges.factories import a_town
from tests.voting.asking import ask, done, refused

PLEDGES = """
mutation ($input: AdoptPledgeRulesInput!) { adoptPledgeRules(input: $input) {
  ... on PledgeRulesAdopted { effectiveFrom replayed } ... on UserError { code path } } }
"""
REVIEWS = """
mutation ($input: AdoptReviewRulesInput!) { adoptReviewRules(input: $input) {
  ... on PledgeRulesAdopted { effectiveFrom replayed } ... on UserError { code path } } }
"""
READ = """
query ($id: ID!) { reviewRules(communityId: $id) {
  isOwn leastRaters items groups { code weight least source drawn roles } } }
"""
GROUPS = [
    {"code": "street", "title": "街道评议", "weight": 40, "least": 5, "source": "LIST"},
    {
        "code": "peers",
        "title": "同事互评",
        "weight": 20,
        "least": 6,
        "source": "ROLE",
        "roles": ["GRID_WORKER"],
    },
    {
        "code": "residents",
        "title": "居民评议",
        "weight": 40,
        "least": 50,
        "source": "DRAWN",
        "drawn": 80,
        "isResidents": True,
    },
]


async def given(town, *, days=1, **changes):
    return {
        "communityId": node.encode("area", town.community.id),
        "legalBasis": "街道民主评议办法",
        "effectiveFrom": (await clock.today() + timedelta(days=days)).isoformat(),
        "idempotencyKey": str(uuid4()),
    } | changes


async def own_count():
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_rule_set WHERE community_id IS NOT NULL"
    )


async def test_a_community_adopts_rules_for_its_pledges_in_versions(db):
    town = await a_town()
    today = await clock.today()

    first = await given(town, noticeDays=15, acceptedBy=["RESIDENTS_REPRESENTATIVE"])
    await done(town.committee, PLEDGES, input=first)
    repeated = await done(town.committee, PLEDGES, input=first)
    await done(town.committee, PLEDGES, input=await given(town, days=5, leastAcceptances=9))

    async def on(days):
        rules = await rulesets.in_force(
            PLEDGE_PROGRAMME, on=today + timedelta(days=days), community=town.community.id
        )
        return PledgeProcedure.of(rules)

    now, then, later = await on(0), await on(3), await on(6)
    assert repeated["replayed"]
    assert [each.notice.days for each in (now, then, later)] == [7, 15, 15]
    assert [each.acceptance.least for each in (now, then, later)] == [3, 3, 9]
    assert then.acceptance.roles == frozenset({Role.RESIDENTS_REPRESENTATIVE})


async def test_a_street_adopts_weights_that_make_a_whole_for_a_communitys_reviews(db):
    town = await a_town()
    street = await Area.get(id=town.community.parent_id)
    reviewer = await factories.a_street_reviewer(street)
    share = {"numerator": 4, "denominator": 5}

    await done(
        reviewer,
        REVIEWS,
        input=await given(town, groups=GROUPS, residentShare=share, items=["践诺情况"]),
    )

    rules = await rulesets.in_force(
        PLEDGE_REVIEW,
        on=await clock.today() + timedelta(days=1),
        community=town.community.id,
    )
    procedure = ReviewProcedure.of(rules)
    assert [each.weight for each in procedure.groups] == [40, 20, 40]
    assert procedure.resident_share == Threshold(4, 5, inclusive=True)
    assert procedure.items == ("践诺情况",)
    found = await ask(reviewer, READ, id=node.encode("area", town.community.id))
    assert (found["reviewRules"]["isOwn"], found["reviewRules"]["leastRaters"]) == (False, 50)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"groups": GROUPS[:2]}, "WEIGHTS_NOT_WHOLE"),
        ({"groups": [GROUPS[0] | {"weight": 41}, *GROUPS[1:]]}, "WEIGHTS_NOT_WHOLE"),
        ({"groups": []}, "INVALID_INPUT"),
        ({"groups": [GROUPS[0] | {"weight": 100, "least": 4}]}, "INVALID_INPUT"),
        ({"groups": [GROUPS[0], GROUPS[1] | {"roles": []}, GROUPS[2]]}, "INVALID_INPUT"),
        ({"groups": [*GROUPS[:2], GROUPS[2] | {"drawn": 49}]}, "INVALID_INPUT"),
        ({"groups": [GROUPS[0], GROUPS[0], GROUPS[2]]}, "INVALID_INPUT"),
        ({"residentShare": {"numerator": 3, "denominator": 2}}, "INVALID_INPUT"),
        ({"items": ["总体评价"]}, "INVALID_INPUT"),
        ({"items": []}, "INVALID_INPUT"),
        ({"leastRaters": 0}, "INVALID_INPUT"),
        ({"ratingDays": 61}, "INVALID_INPUT"),
    ],
)
async def test_unsound_rules_of_reviews_are_refused(db, changes, code):
    town = await a_town()
    street = await Area.get(id=town.community.parent_id)
    reviewer = await factories.a_street_reviewer(street)

    assert await refused(reviewer, REVIEWS, input=await given(town, **changes)) == code
    assert await own_count() == 0


async def test_who_is_under_review_does_not_adopt_its_rules(db):
    town, elsewhere = await a_town(), await a_town()
    street = await Area.get(id=elsewhere.community.parent_id)
    stranger = await factories.a_street_reviewer(street)

    assert [
        await refused(town.committee, REVIEWS, input=await given(town, groups=GROUPS)),
        await refused(stranger, REVIEWS, input=await given(town, groups=GROUPS)),
        await refused(town.residents[0], PLEDGES, input=await given(town, noticeDays=1)),
        await refused(elsewhere.committee, PLEDGES, input=await given(town, noticeDays=1)),
        await refused(town.committee, PLEDGES, input=await given(town, days=0, noticeDays=9)),
        await refused(town.committee, PLEDGES, input=await given(town, noticeDays=0)),
        await refused(town.committee, PLEDGES, input=await given(town, acceptedBy=[])),
        await refused(
            town.committee, PLEDGES, input=await given(town, acceptedBy=["COMMITTEE_MEMBER"])
        ),
    ] == [
        "FORBIDDEN",
        "NOT_FOUND",
        "FORBIDDEN",
        "NOT_FOUND",
        "RULES_BACKDATED",
        "INVALID_INPUT",
        "INVALID_INPUT",
        "INVALID_INPUT",
    ]
    assert await own_count() == 0
