"""Accounts, gifts and statements through the contract."""

from uuid import uuid4

import pytest

from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.timebank.queries.ledger import balances, faults
from schema import node
from tests import factories
from tests.timebank.test_ledger import SOUND
from tests.timebank.town import a_holder, a_town, an_account_of
from tests.voting.asking import ask, done, refused

OPEN = """
mutation ($input: OpenTimeAccountInput!) { openTimeAccount(input: $input) {
  ... on TimeAccountPayload { account { id kind isMine balance { minutes } } }
  ... on UserError { code path } } }
"""
GIVE = """
mutation ($input: GiveMinutesInput!) { giveMinutes(input: $input) {
  ... on MinutesMoved { replayed transferId account { balance { minutes availableMinutes } } }
  ... on UserError { code path } } }
"""
DONATE = """
mutation ($input: DonateMinutesInput!) { donateMinutes(input: $input) {
  ... on MinutesMoved { replayed account { balance { minutes } } }
  ... on UserError { code path } } }
"""
STATEMENT = """
query ($id: ID!) { timeAccount(id: $id) { balance { minutes } statement { nodes {
  minutes balanceMinutes kind memo other { kind person { name } } } } } }
"""


def account(uuid):
    return node.encode("time_account", uuid)


def a_gift(source, target, minutes=30, *, key=None, memo=""):
    return {
        "fromId": account(source),
        "toId": account(target),
        "minutes": minutes,
        "memo": memo,
        "idempotencyKey": str(key or uuid4()),
    }


async def held(*accounts):
    found = await balances(accounts)
    return [found[each]["balance_minutes"] for each in accounts]


async def test_a_resident_opens_an_account_once(db):
    town = await a_town()
    lin = await factories.a_resident(town.community)
    given = {"communityId": node.encode("area", town.community.id), "kind": "PERSON"}

    first = await done(lin, OPEN, input=given)
    again = await done(lin, OPEN, input=given)

    assert first == again
    assert first["account"]["kind"] == "PERSON"
    assert first["account"]["isMine"] is True


async def test_minutes_are_given_and_both_statements_tell_of_it(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 120)
    wang, theirs = await a_holder(town, name="王芳")

    moved = await done(lin, GIVE, input=a_gift(mine, theirs, 50, memo="谢谢"))

    told = (await ask(wang, STATEMENT, id=account(theirs)))["timeAccount"]
    mine_told = (await ask(lin, STATEMENT, id=account(mine)))["timeAccount"]["statement"]["nodes"]
    assert moved["account"]["balance"] == {"minutes": 70, "availableMinutes": 70}
    assert told["balance"] == {"minutes": 50}
    assert [
        (each["minutes"], each["kind"], each["memo"]) for each in told["statement"]["nodes"]
    ] == [(50, "GIFT", "谢谢")]
    assert [(each["minutes"], each["balanceMinutes"], each["kind"]) for each in mine_told] == [
        (-50, 70, "GIFT"),
        (120, 120, "ISSUE"),
    ]
    assert await faults() == SOUND


async def test_the_same_key_gives_once_and_with_other_input_is_refused(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 120)
    _, theirs = await a_holder(town, name="王芳")
    key = uuid4()

    first = await done(lin, GIVE, input=a_gift(mine, theirs, 30, key=key))
    again = await done(lin, GIVE, input=a_gift(mine, theirs, 30, key=key))
    other = await refused(lin, GIVE, input=a_gift(mine, theirs, 31, key=key))

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert other == "IDEMPOTENCY_KEY_REUSED"
    assert await held(mine, theirs) == [90, 30]


@pytest.mark.parametrize("minutes", [0, -5, 600_001, 10**15])
async def test_a_gift_out_of_range_is_refused(db, minutes):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 120)
    _, theirs = await a_holder(town, name="王芳")

    code = await refused(lin, GIVE, input=a_gift(mine, theirs, minutes))

    assert code == "MINUTES_OUT_OF_RANGE"
    assert await held(mine, theirs) == [120, 0]


async def test_more_than_is_there_is_not_given(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 20)
    _, theirs = await a_holder(town, name="王芳")

    code = await refused(lin, GIVE, input=a_gift(mine, theirs, 21))

    assert code == "INSUFFICIENT_BALANCE"
    assert await held(mine, theirs) == [20, 0]


async def test_nobody_gives_to_the_account_that_they_give_from(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 20)

    code = await refused(lin, GIVE, input=a_gift(mine, mine))

    assert code == "TRANSFER_TO_SELF"
    assert await held(mine) == [20]


async def test_a_gift_to_a_stranger_is_refused_where_the_scheme_names_relatives(db):
    town = await a_town("NANJING")
    lin, mine = await a_holder(town, 120)
    _, theirs = await a_holder(town, name="王芳")

    code = await refused(lin, GIVE, input=a_gift(mine, theirs))

    assert code == "RECEIVER_NOT_ENTITLED"
    assert await held(mine, theirs) == [120, 0]


async def test_minutes_cross_communities_only_where_both_schemes_let_them(db):
    district = await factories.a_district()
    street = await factories.a_street(district)
    here = await a_town("SHANGHAI", street=street)
    near = await a_town("SHANGHAI", street=street, name="近邻社区")
    closed = await a_town("SHANGHAI", street=street, name="守家社区", crossing="none")
    lin, mine = await a_holder(here, 120)
    _, theirs = await a_holder(near, name="王芳")
    _, shut = await a_holder(closed, name="赵敏")

    await done(lin, GIVE, input=a_gift(mine, theirs, 20))
    code = await refused(lin, GIVE, input=a_gift(mine, shut, 20))

    assert code == "OTHER_COMMUNITY"
    assert await held(mine, theirs, shut) == [100, 20, 0]


async def test_nobody_gives_from_an_account_that_is_not_theirs(db):
    town = await a_town("SHANGHAI")
    _, mine = await a_holder(town, 120)
    wang, theirs = await a_holder(town, name="王芳")
    stranger = await factories.a_resident()

    codes = [
        await refused(each, GIVE, input=a_gift(mine, theirs))
        for each in (wang, stranger, ANONYMOUS)
    ]
    staff = await refused(town.keeper, GIVE, input=a_gift(mine, theirs))

    assert codes == ["NOT_FOUND"] * 3
    assert staff == "FORBIDDEN"
    assert await held(mine, theirs) == [120, 0]


async def test_what_is_donated_goes_to_the_pool_that_everybody_sees(db):
    town = await a_town()
    lin, mine = await a_holder(town, 120)

    moved = await done(
        lin,
        DONATE,
        input={"fromId": account(mine), "minutes": 45, "idempotencyKey": str(uuid4())},
    )

    pool = await ask(
        ANONYMOUS,
        "{ timeAccounts(where: {kinds: [DONATION_POOL]}) { nodes { balance { minutes } } } }",
    )
    assert moved["account"]["balance"]["minutes"] == 75
    assert pool["timeAccounts"]["nodes"] == [{"balance": {"minutes": 45}}]


async def test_statements_are_seen_by_holders_and_by_who_keeps_the_time_bank(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 120)
    wang = await factories.a_resident(town.community, name="王芳")

    seen = [
        (await ask(each, STATEMENT, id=account(mine)))["timeAccount"] is not None
        for each in (lin, town.keeper, wang, ANONYMOUS)
    ]
    issuance = """{ timeAccounts(where: {kinds: [ISSUANCE]}) {
      nodes { balance { minutes } statement { nodes { minutes } } } } }"""
    public = (await ask(wang, issuance))["timeAccounts"]["nodes"]
    kept = (await ask(town.keeper, issuance))["timeAccounts"]["nodes"]

    assert seen == [True, True, False, False]
    assert public == [{"balance": {"minutes": -120}, "statement": {"nodes": []}}]
    assert kept[0]["statement"]["nodes"] == [{"minutes": -120}]


async def test_who_lives_in_a_household_uses_its_account_and_others_do_not(db):
    town = await a_town()
    building = await factories.a_building(town.community)
    household = await factories.a_household(building)
    person = await factories.a_person("陈立")
    await factories.a_residency(person, household)
    chen = factories.as_actor(person, Grant(Role.RESIDENT, area_path=town.community.path))
    mine = await an_account_of(town, chen, 60)
    wang, _ = await a_holder(town, name="王芳")
    given = {
        "communityId": node.encode("area", town.community.id),
        "kind": "HOUSEHOLD",
        "ownerId": node.encode("household", household.id),
    }

    opened = await done(chen, OPEN, input=given)
    code = await refused(wang, OPEN, input=given)
    home = node.decode("time_account", opened["account"]["id"])
    await done(chen, GIVE, input=a_gift(mine, home, 40))
    back = await done(chen, GIVE, input=a_gift(home, mine, 10))

    assert code == "NOT_FOUND"
    assert back["account"]["balance"]["minutes"] == 30
    assert await held(mine) == [30]


async def test_an_organisation_s_administrator_opens_its_account(db):
    town = await a_town()
    body = await factories.an_organisation(town.community)
    keeper = await factories.an_organisation_administrator(body)
    given = {
        "communityId": node.encode("area", town.community.id),
        "kind": "ORGANISATION",
        "ownerId": node.encode("organisation", body.id),
    }

    opened = await done(keeper, OPEN, input=given)
    code = await refused(town.keeper, OPEN, input=given)

    assert opened["account"]["isMine"] is True
    assert code == "NOT_FOUND"


async def test_a_community_s_account_is_opened_by_who_keeps_its_time_bank(db):
    town = await a_town()
    lin, _ = await a_holder(town)
    given = {"communityId": node.encode("area", town.community.id), "kind": "COMMUNITY"}

    opened = await done(town.keeper, OPEN, input=given)
    code = await refused(lin, OPEN, input=given)

    assert opened["account"]["kind"] == "COMMUNITY"
    assert code == "FORBIDDEN"


async def test_an_account_of_a_scheme_itself_is_nobody_s_to_open(db):
    town = await a_town()
    given = {"communityId": node.encode("area", town.community.id), "kind": "ISSUANCE"}

    assert await refused(town.keeper, OPEN, input=given) == "HOLDER_NOT_PROVIDED"


async def test_where_no_scheme_was_adopted_no_account_is_opened(db):
    lin = await factories.a_resident(community := await factories.a_community())
    given = {"communityId": node.encode("area", community.id), "kind": "PERSON"}

    assert await refused(lin, OPEN, input=given) == "NO_RULE_IN_FORCE"
