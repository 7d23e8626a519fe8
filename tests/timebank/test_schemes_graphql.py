"""Schemes through the contract: presets, adopting one with changes, and what it then says."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.database import transaction
from domains.timebank.service import issuing, ledger, presets
from domains.timebank.values import AccountKind
from schema import node
from tests import factories
from tests.timebank.test_staff_graphql import area, held, ordered
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask, done, refused

ADOPT = """
mutation ($input: AdoptTimeBankSchemeInput!) { adoptTimeBankScheme(input: $input) {
  ... on TimeBankSchemeAdopted { effectiveFrom replayed } ... on UserError { code path } } }
"""
SCHEME = """
query ($id: ID!) { timeBankScheme(communityId: $id) {
  preset version legalBasis pointMinutes groupDonates earnFromAge holders giftsTo crossing
  useFromAge useFromAgeInNeed redeemable succession movingAway reservationDays
  classes { code title minutesPerPoint } caps { kind minutes excess }
  needGroups { code rank leastAge } grants { monthMinutes yearMinutes } expiry { years noticeDays }
} }
"""
CHANGES = {
    "pointMinutes": 30,
    "classes": [{"code": "company", "title": "陪伴", "minutesPerPoint": 60}],
    "caps": [{"kind": "YEAR", "minutes": 6000, "excess": "DONATE"}],
    "groupDonates": False,
    "earnFromAge": None,
    "holders": ["PERSON", "HOUSEHOLD"],
    "giftsTo": ["ANYONE"],
    "crossing": "STREET",
    "useFromAge": 65,
    "useFromAgeInNeed": 60,
    "redeemable": ["SERVICE", "GOODS"],
    "needGroups": [{"code": "alone", "title": "独居", "rank": 1, "leastAge": 70}],
    "grants": {"monthMinutes": 120},
    "expiry": {"years": 5, "noticeDays": 90},
    "succession": "DONATE",
    "movingAway": "TRANSFER",
    "reservationDays": 7,
}


def adopting(community, on, **given):
    return {
        "communityId": node.encode("area", community.id),
        "preset": "NANJING",
        "legalBasis": "居民会议议定",
        "effectiveFrom": on.isoformat(),
        "idempotencyKey": str(uuid4()),
    } | given


async def test_a_first_scheme_holds_from_today_with_all_that_was_changed(db):
    await presets.sync_presets()
    community = await factories.a_community()
    keeper = await factories.a_committee_member(community)
    given = adopting(community, await clock.today(), changes=CHANGES)

    adopted = await done(keeper, ADOPT, input=given)
    again = await done(keeper, ADOPT, input=given)

    said = (await ask(ANONYMOUS, SCHEME, id=given["communityId"]))["timeBankScheme"]
    assert (adopted["replayed"], again["replayed"]) == (False, True)
    assert said == {
        **CHANGES,
        "preset": None,
        "version": 1,
        "legalBasis": "居民会议议定",
        "holders": ["HOUSEHOLD", "PERSON"],
        "needGroups": [{"code": "alone", "rank": 1, "leastAge": 70}],
        "grants": {"monthMinutes": 120, "yearMinutes": None},
    }


async def test_what_is_left_out_stays_and_null_takes_away(db):
    town = await a_town("NANJING")
    tomorrow = await clock.today() + timedelta(days=1)
    given = adopting(town.community, tomorrow, preset=None, changes={"grants": None, "caps": []})

    await done(town.keeper, ADOPT, input=given)
    before = (await ask(ANONYMOUS, SCHEME, id=area(town)))["timeBankScheme"]
    await database.execute("UPDATE test_clock SET moved = moved + interval '1 day'")
    after = (await ask(ANONYMOUS, SCHEME, id=area(town)))["timeBankScheme"]

    assert (before["version"], after["version"]) == (1, 2)
    assert (after["grants"], after["caps"]) == (None, [])
    assert after["giftsTo"] == before["giftsTo"]


async def test_the_presets_of_four_cities_are_everybody_s_to_read(db):
    await presets.sync_presets()

    found = await ask(
        ANONYMOUS, "{ timeBankPresets { preset useFromAge groupDonates expiry { years } } }"
    )

    assert found["timeBankPresets"] == [
        {"preset": "NANJING", "useFromAge": 60, "groupDonates": True, "expiry": None},
        {"preset": "BEIJING", "useFromAge": 60, "groupDonates": False, "expiry": None},
        {"preset": "SHANGHAI", "useFromAge": 65, "groupDonates": False, "expiry": None},
        {"preset": "CHENGDU", "useFromAge": None, "groupDonates": False, "expiry": None},
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pointMinutes": 0}, "SCHEME_UNSOUND"),
        ({"reservationDays": 100_000}, "SCHEME_UNSOUND"),
        ({"pointMinutes": None}, "SCHEME_UNSOUND"),
        ({"classes": []}, "SCHEME_UNSOUND"),
        ({"caps": [{"kind": "DAY", "minutes": -1, "excess": "REFUSE"}]}, "SCHEME_UNSOUND"),
        ({"holders": ["ISSUANCE"]}, "SCHEME_UNSOUND"),
        ({"expiry": {"years": 0, "noticeDays": 90}}, "SCHEME_UNSOUND"),
    ],
)
async def test_an_unsound_scheme_is_refused(db, changes, code):
    await presets.sync_presets()
    community = await factories.a_community()
    keeper = await factories.a_committee_member(community)

    found = await refused(
        keeper, ADOPT, input=adopting(community, await clock.today(), changes=changes)
    )

    said = (await ask(ANONYMOUS, SCHEME, id=node.encode("area", community.id)))["timeBankScheme"]
    assert (found, said) == (code, None)


async def test_residents_and_strangers_adopt_no_scheme(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    lin, _ = await a_holder(town)
    tomorrow = await clock.today() + timedelta(days=1)

    codes = [
        await refused(actor, ADOPT, input=adopting(town.community, tomorrow))
        for actor in (lin, other.keeper, ANONYMOUS)
    ]

    assert codes == ["FORBIDDEN", "NOT_FOUND", "NOT_FOUND"]


async def test_a_credit_that_staff_reversed_is_not_taken_back_again(db):
    town = await a_town()
    lin, mine = await a_holder(town, born=date(1950, 1, 1))
    service = issuing.Service(
        uuid4(), lin.person_id, town.community.id, "company", 60, await clock.today()
    )
    async with transaction():
        await issuing.issue_for(service)
    credit = await database.fetch_value("SELECT credit_id FROM timebank_issuing")
    await ordered(town, "REVERSAL", transferId=node.encode("time_transfer", credit))

    async with transaction():
        taken = await issuing.take_back(service.record_id, reason="记录已撤销")

    own = await ledger.open_scheme(town.community.id, town.community.path)
    assert taken is True
    assert await held(mine, own[AccountKind.ISSUANCE]) == [0, 0]
