"""Relatives, needs, orders and suspension through the contract."""

from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.timebank.queries.ledger import balances, faults
from domains.timebank.service import ledger
from domains.timebank.values import AccountKind
from schema import node
from tests.timebank.test_giving_graphql import DONATE, GIVE, a_gift, account
from tests.timebank.test_ledger import SOUND
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask, done, refused

REFUSAL = "... on UserError { code path }"
PAYLOADS = {
    "declareRelative": "... on TimeRelativePayload { relative { id relation confirmedAt } }",
    "confirmRelative": "... on TimeRelativePayload { relative { id confirmedAt } }",
    "endRelative": "... on TimeRelativePayload { relative { id endedAt } }",
    "assessNeed": "... on TimeNeedPayload { need { id rank approved } }",
    "openNeedGroup": "... on NeedGroupOpened { group }",
    "decideNeed": "... on TimeNeedPayload { need { id approved } }",
    "endNeed": "... on TimeNeedPayload { need { id endedAt } }",
    "proposeTimeOrder": "... on TimeOrderPayload { replayed order { id kind state minutes } }",
    "decideTimeOrder": "... on TimeOrderPayload { replayed order { id state } }",
    "suspendTimeAccount": "... on TimeAccountPayload { account { suspendedAt suspendReason } }",
    "liftTimeSuspension": "... on TimeAccountPayload { account { suspendedAt } }",
}


def mutation(name):
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {PAYLOADS[name]} {REFUSAL} }} }}"
    )


async def does(actor, name, **given):
    return await done(actor, mutation(name), input=given)


async def is_refused(actor, name, **given):
    return await refused(actor, mutation(name), input=given)


async def held(*accounts):
    found = await balances(accounts)
    return [found[each]["balance_minutes"] for each in accounts]


async def own(town):
    return await ledger.open_scheme(town.community.id, town.community.path)


def area(town):
    return node.encode("area", town.community.id)


def person(actor):
    return node.encode("person", actor.person_id)


def an_order(town, kind, **given):
    return {
        "communityId": area(town),
        "kind": kind,
        "reason": "经核实",
        "idempotencyKey": str(uuid4()),
    } | given


async def ordered(town, kind, **given):
    """An order that one asked for, approved by the other."""
    made = await does(town.keeper, "proposeTimeOrder", **an_order(town, kind, **given))
    return await does(
        town.second, "decideTimeOrder", orderId=made["order"]["id"], approved=True, reason="同意"
    )


async def not_ordered(town, kind, **given):
    """The code for which an approved order was not carried out."""
    made = await does(town.keeper, "proposeTimeOrder", **an_order(town, kind, **given))
    return await is_refused(
        town.second, "decideTimeOrder", orderId=made["order"]["id"], approved=True, reason="同意"
    )


async def in_need(town, actor, group="alone_80"):
    until = (await clock.today() + timedelta(days=300)).isoformat()
    made = await does(
        town.keeper,
        "assessNeed",
        communityId=area(town),
        personId=person(actor),
        group=group,
        validUntil=until,
    )
    await does(town.second, "decideNeed", needId=made["need"]["id"], approved=True)
    return made["need"]["id"]


async def relatives(town, one, other, their_account):
    made = await does(one, "declareRelative", accountId=account(their_account), relation="CHILD")
    await does(other, "confirmRelative", relativeId=made["relative"]["id"])
    return made["relative"]["id"]


async def test_a_relative_receives_once_both_have_said_so(db):
    town = await a_town("BEIJING")
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, name="王芳")

    made = await does(lin, "declareRelative", accountId=account(theirs), relation="CHILD")
    before = await refused(lin, GIVE, input=a_gift(mine, theirs, 10))
    by_oneself = await is_refused(lin, "confirmRelative", relativeId=made["relative"]["id"])
    await does(wang, "confirmRelative", relativeId=made["relative"]["id"])
    await done(lin, GIVE, input=a_gift(mine, theirs, 10))
    await does(wang, "endRelative", relativeId=made["relative"]["id"])
    after = await refused(lin, GIVE, input=a_gift(mine, theirs, 10))

    assert (before, by_oneself, after) == (
        "RECEIVER_NOT_ENTITLED",
        "NOT_FOUND",
        "RECEIVER_NOT_ENTITLED",
    )
    assert await held(mine, theirs) == [90, 10]


async def test_a_kinship_is_declared_once_whichever_says_it_and_seen_by_the_two(db):
    town = await a_town()
    lin, mine = await a_holder(town)
    wang, theirs = await a_holder(town, name="王芳")
    zhao, _ = await a_holder(town, name="赵敏")
    await does(lin, "declareRelative", accountId=account(theirs), relation="CHILD")

    again = await is_refused(wang, "declareRelative", accountId=account(mine), relation="PARENT")
    oneself = await is_refused(lin, "declareRelative", accountId=account(mine), relation="SPOUSE")

    listed = "{ timeRelatives { nodes { relation declaredByMe other { name } } } }"
    assert (again, oneself) == ("KINSHIP_STANDS", "TRANSFER_TO_SELF")
    assert len((await ask(wang, listed))["timeRelatives"]["nodes"]) == 1
    assert (await ask(zhao, listed))["timeRelatives"]["nodes"] == []


async def test_need_is_assessed_by_one_and_approved_by_another(db):
    town = await a_town()
    chen, theirs = await a_holder(town, born=date(1940, 1, 1), name="陈阿婆")
    lin, mine = await a_holder(town, 100)
    until = (await clock.today() + timedelta(days=300)).isoformat()
    given = {"communityId": area(town), "personId": person(chen), "validUntil": until}

    made = await does(town.keeper, "assessNeed", **given, group="alone_80")
    need_id = made["need"]["id"]
    codes = [
        await is_refused(town.keeper, "decideNeed", needId=need_id, approved=True),
        await is_refused(town.keeper, "assessNeed", **given, group="other_need"),
        await is_refused(lin, "assessNeed", **given, group="alone_80"),
        await is_refused(lin, "openNeedGroup", needId=need_id),
        await refused(lin, GIVE, input=a_gift(mine, theirs, 10)),
    ]
    await does(town.second, "decideNeed", needId=need_id, approved=True)
    opened = await does(town.second, "openNeedGroup", needId=need_id)
    await done(lin, GIVE, input=a_gift(mine, theirs, 10))

    reads = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE command = 'read' AND subject_kind = 'need'"
    )
    assert codes == [
        "ANOTHER_MUST_APPROVE",
        "NEED_STANDS",
        "NOT_FOUND",
        "NOT_FOUND",
        "RECEIVER_NOT_ENTITLED",
    ]
    assert (opened["group"], reads) == ("alone_80", 1)
    assert await held(theirs) == [10]


async def test_the_database_itself_keeps_the_assessor_from_approving(db):
    town = await a_town()
    chen, _ = await a_holder(town, born=date(1940, 1, 1))
    await in_need(town, chen)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE timebank_need SET decided_by = assessed_by")


async def test_a_group_from_an_age_is_refused_to_who_is_younger(db):
    town = await a_town()
    lin, _ = await a_holder(town, born=date(1990, 1, 1))
    until = (await clock.today() + timedelta(days=300)).isoformat()

    code = await is_refused(
        town.keeper,
        "assessNeed",
        communityId=area(town),
        personId=person(lin),
        group="alone_80",
        validUntil=until,
    )

    assert code == "NEED_NOT_MET"


async def test_a_transfer_is_reversed_by_two_people_and_once(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 100)
    _, theirs = await a_holder(town, name="王芳")
    moved = await done(lin, GIVE, input=a_gift(mine, theirs, 40))
    given = an_order(town, "REVERSAL", transferId=moved["transferId"])

    made = await does(town.keeper, "proposeTimeOrder", **given)
    again = await does(town.keeper, "proposeTimeOrder", **given)
    decide = {"orderId": made["order"]["id"], "approved": True, "reason": "同意"}
    alone = await is_refused(town.keeper, "decideTimeOrder", **decide)
    unmoved = await held(mine, theirs)
    await does(town.second, "decideTimeOrder", **decide)
    replayed = await does(town.second, "decideTimeOrder", **decide)
    twice = await is_refused(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "REVERSAL", transferId=moved["transferId"]),
    )

    assert (again["replayed"], replayed["replayed"]) == (True, True)
    assert (alone, twice) == ("ANOTHER_MUST_APPROVE", "ALREADY_DECIDED")
    assert unmoved == [60, 40]
    assert await held(mine, theirs) == [100, 0]
    assert await faults() == SOUND


async def test_the_database_itself_keeps_the_author_from_approving(db):
    town = await a_town()
    await ordered(town, "ENDOWMENT", minutes=60)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE timebank_order SET decided_by = proposed_by")


async def test_an_order_that_cannot_be_carried_out_waits_as_before(db):
    town = await a_town("SHANGHAI")
    _, mine = await a_holder(town, 100)

    code = await not_ordered(town, "ADJUSTMENT", accountId=account(mine), minutes=-101)

    states = await database.fetch("SELECT state FROM timebank_order")
    assert code == "INSUFFICIENT_BALANCE"
    assert [row["state"] for row in states] == ["proposed"]
    assert await held(mine) == [100]


async def test_a_declined_order_moves_nothing(db):
    town = await a_town()
    _, mine = await a_holder(town, 100)
    made = await does(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "ADJUSTMENT", accountId=account(mine), minutes=-50),
    )

    declined = await does(
        town.second, "decideTimeOrder", orderId=made["order"]["id"], approved=False, reason="不符"
    )

    assert declined["order"]["state"] == "DECLINED"
    assert await held(mine) == [100]


async def test_adjustments_go_both_ways_and_stand_against_their_own_account(db):
    town = await a_town()
    _, mine = await a_holder(town, 100)

    await ordered(town, "ADJUSTMENT", accountId=account(mine), minutes=30)
    await ordered(town, "ADJUSTMENT", accountId=account(mine), minutes=-10)

    assert await held(mine, (await own(town))[AccountKind.ADJUSTMENT]) == [120, -20]


@pytest.mark.parametrize("minutes", [0, 600_001, -600_001, 10**15])
async def test_an_order_of_no_or_enormous_size_is_refused(db, minutes):
    town = await a_town()
    _, mine = await a_holder(town, 100)

    code = await is_refused(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "ADJUSTMENT", accountId=account(mine), minutes=minutes),
    )

    assert code == "MINUTES_OUT_OF_RANGE"


async def test_staff_order_nothing_over_their_own_account_nor_over_another_community_s(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    _, theirs = await a_holder(other, 100)
    mine = await ledger.open_account(
        AccountKind.PERSON,
        town.keeper.person_id,
        community_id=town.community.id,
        area_path=town.community.path,
    )
    lin, _ = await a_holder(town)

    codes = [
        await is_refused(actor, "proposeTimeOrder", **an_order(place, "ADJUSTMENT", **given))
        for actor, place, given in (
            (town.keeper, town, {"accountId": account(mine), "minutes": 5}),
            (town.keeper, town, {"accountId": account(theirs), "minutes": 5}),
            (town.keeper, other, {"accountId": account(theirs), "minutes": 5}),
            (lin, town, {"accountId": account(theirs), "minutes": 5}),
        )
    ]

    assert codes == ["OWN_ACCOUNT_CONCERNED", "NOT_FOUND", "NOT_FOUND", "FORBIDDEN"]
    assert await held(mine, theirs) == [0, 100]


async def test_the_needy_are_granted_from_the_pool_first_and_then_from_the_reserve(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    chen, theirs = await a_holder(town, born=date(1940, 1, 1), name="陈阿婆")
    await in_need(town, chen)
    await done(
        lin,
        DONATE,
        input={"fromId": account(mine), "minutes": 50, "idempotencyKey": str(uuid4())},
    )
    await ordered(town, "ENDOWMENT", minutes=300)

    await ordered(town, "GRANT", accountId=account(theirs), minutes=80)
    over = await not_ordered(town, "GRANT", accountId=account(theirs), minutes=521)
    not_needy = await not_ordered(town, "GRANT", accountId=account(mine), minutes=10)
    too_much = await not_ordered(town, "GRANT", accountId=account(theirs), minutes=400)

    funds = await own(town)
    assert (over, not_needy, too_much) == (
        "GRANT_OVER_LIMIT",
        "GRANTS_NOT_PROVIDED",
        "FUND_TOO_SMALL",
    )
    assert await held(theirs, funds[AccountKind.DONATION_POOL], funds[AccountKind.RESERVE]) == [
        80,
        0,
        270,
    ]
    assert await faults() == SOUND


async def test_what_somebody_leaves_goes_to_the_heir_and_the_account_is_closed(db):
    town = await a_town("NANJING")
    lin, left = await a_holder(town, 1_000, name="林老")
    wang, heir = await a_holder(town, 90_000 - 400, name="王芳")
    _, stranger = await a_holder(town, name="赵敏")
    await relatives(town, lin, wang, heir)

    refusal = await not_ordered(
        town, "SUCCESSION", accountId=account(left), otherId=account(stranger)
    )
    await ordered(town, "SUCCESSION", accountId=account(left), otherId=account(heir))

    closed = await database.fetch_value(
        "SELECT closed_at IS NOT NULL FROM timebank_account WHERE id = $1", left
    )
    pool = (await own(town))[AccountKind.DONATION_POOL]
    assert refusal == "HEIR_NOT_ENTITLED"
    assert await held(left, heir, pool) == [0, 90_000, 600]
    assert closed is True


@pytest.mark.parametrize(
    ("policy", "kind"), [("donate", AccountKind.DONATION_POOL), ("lapse", AccountKind.EXPIRED)]
)
async def test_what_somebody_leaves_is_donated_or_lapses_where_the_scheme_says_so(db, policy, kind):
    town = await a_town(succession=policy)
    _, left = await a_holder(town, 100)

    await ordered(town, "SUCCESSION", accountId=account(left))

    assert await held(left, (await own(town))[kind]) == [0, 100]


async def test_who_moves_away_takes_minutes_along_only_where_the_scheme_says_so(db):
    keeping = await a_town()
    moving = await a_town(name="迁出社区", movingAway="transfer")
    there = await a_town(name="迁入社区")
    _, kept = await a_holder(keeping, 40)
    wang, left = await a_holder(moving, 100, name="王芳")
    target = await ledger.open_account(
        AccountKind.PERSON,
        wang.person_id,
        community_id=there.community.id,
        area_path=there.community.path,
    )

    refusal = await not_ordered(
        keeping, "MOVING_AWAY", accountId=account(kept), otherId=account(target)
    )
    await ordered(moving, "MOVING_AWAY", accountId=account(left), otherId=account(target))

    assert refusal == "HEIR_NOT_ENTITLED"
    assert await held(kept, left, target) == [40, 0, 100]
    assert await faults() == SOUND


async def test_a_suspended_account_neither_gives_nor_receives_until_that_is_lifted(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, 100, name="王芳")

    by_neighbour = await is_refused(
        wang, "suspendTimeAccount", accountId=account(mine), reason="疑"
    )
    told = await does(town.keeper, "suspendTimeAccount", accountId=account(mine), reason="核查签到")
    out = await refused(lin, GIVE, input=a_gift(mine, theirs, 10))
    into = await refused(wang, GIVE, input=a_gift(theirs, mine, 10))
    donated = await refused(
        lin,
        DONATE,
        input={"fromId": account(mine), "minutes": 5, "idempotencyKey": str(uuid4())},
    )
    by_oneself = await is_refused(lin, "liftTimeSuspension", accountId=account(mine))
    await does(town.keeper, "liftTimeSuspension", accountId=account(mine))
    await done(lin, GIVE, input=a_gift(mine, theirs, 10))

    assert (by_neighbour, by_oneself) == ("NOT_FOUND", "FORBIDDEN")
    assert told["account"]["suspendReason"] == "核查签到"
    assert [out, into, donated] == ["ACCOUNT_SUSPENDED"] * 3
    assert await held(mine, theirs) == [90, 110]


async def test_orders_and_needs_are_read_by_who_keeps_the_time_bank(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    chen, _ = await a_holder(town, born=date(1940, 1, 1))
    lin, _ = await a_holder(town)
    await in_need(town, chen)
    await ordered(town, "ENDOWMENT", minutes=60)
    document = "{ timeOrders { nodes { kind state } } timeNeeds { nodes { rank approved } } }"

    kept = await ask(town.second, document)
    own_need = await ask(chen, document)
    unseen = [await ask(each, document) for each in (lin, other.keeper)]

    assert kept["timeOrders"]["nodes"] == [{"kind": "ENDOWMENT", "state": "CARRIED_OUT"}]
    assert kept["timeNeeds"]["nodes"] == [{"rank": 1, "approved": True}]
    assert own_need == {"timeOrders": {"nodes": []}, "timeNeeds": kept["timeNeeds"]}
    assert unseen == [{"timeOrders": {"nodes": []}, "timeNeeds": {"nodes": []}}] * 2


async def test_ids_of_another_community_name_nothing(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    chen, theirs = await a_holder(town, 100, born=date(1940, 1, 1))
    need_id = await in_need(town, chen)
    made = await does(town.keeper, "proposeTimeOrder", **an_order(town, "ENDOWMENT", minutes=5))
    until = (await clock.today() + timedelta(days=30)).isoformat()

    codes = [
        await is_refused(other.keeper, name, **given)
        for name, given in (
            ("suspendTimeAccount", {"accountId": account(theirs), "reason": "疑"}),
            ("liftTimeSuspension", {"accountId": account(theirs)}),
            ("openNeedGroup", {"needId": need_id}),
            ("decideNeed", {"needId": need_id, "approved": True}),
            ("endNeed", {"needId": need_id}),
            (
                "decideTimeOrder",
                {"orderId": made["order"]["id"], "approved": True, "reason": "同意"},
            ),
            (
                "assessNeed",
                {
                    "communityId": area(other),
                    "personId": person(chen),
                    "group": "alone_80",
                    "validUntil": until,
                },
            ),
        )
    ]

    assert codes == ["NOT_FOUND"] * 7
    assert await held(theirs, (await own(town))[AccountKind.RESERVE]) == [100, 0]
