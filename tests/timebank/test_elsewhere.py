"""Whatever id of another community a time bank's mutation or query is given names nothing."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.database import transaction
from domains.timebank import policy
from domains.timebank.service import giving, shortfalls
from schema import node
from tests import factories
from tests.timebank import elsewhere
from tests.timebank.test_giving_graphql import account
from tests.timebank.test_honouring import offered, reserved
from tests.timebank.test_issuing import a_service, issue
from tests.timebank.test_staff_graphql import an_order, does, in_need, relatives
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask, person

# A holder tells the number of their account to whom they like, wherever these live: a gift to it
# is judged by the schemes, a kinship by its holder, an heir or who moved away by two of the staff.
# What is offered is for everybody to see, and kept by its community.
TOLD = {
    ("giveMinutes", "toId"): "OTHER_COMMUNITY",
    ("declareRelative", "accountId"): None,
    ("proposeTimeOrder", "otherId"): None,
    ("changeTimeOfferStock", "offerId"): "FORBIDDEN",
    ("closeTimeOffer", "offerId"): "FORBIDDEN",
}


async def everything(town):
    """One of each thing of a community's time bank, by the names of the fields that take its id."""
    old, theirs = await a_holder(town, 200, name="韩桂英", born=date(1940, 1, 1))
    kin, of_kin = await a_holder(town, name="韩梅")
    need = await in_need(town, old)
    relative = await relatives(town, kin, old, theirs)
    offer = await offered(town)
    held = await reserved(old, offer, theirs)
    service = await a_service(town, kin, 30)
    await issue(service)
    await giving.give_minutes(kin, of_kin, theirs, minutes=30, idempotency_key=uuid4())
    async with transaction():
        await shortfalls.put_right(service.record_id, None, reason="服务记录已撤销")
    order = await does(town.keeper, "proposeTimeOrder", **an_order(town, "ENDOWMENT", minutes=5))
    transfer = await database.fetch_value(
        "SELECT id FROM timebank_transfer WHERE from_id = $1 LIMIT 1", of_kin
    )
    short = await database.fetch_value(
        "SELECT id FROM timebank_shortfall WHERE account_id = $1", of_kin
    )
    body = await factories.an_organisation(town.community)
    area = node.encode("area", town.community.id)
    return {
        "communityId": area,
        "personId": person(kin),
        "reservationId": held["id"],
        "offerId": offer,
        "relativeId": relative,
        "needId": need,
        "orderId": order["order"]["id"],
        "accountId": account(of_kin),
        "fromId": account(of_kin),
        "toId": account(theirs),
        "otherId": account(theirs),
        "ownerId": node.encode("organisation", body.id),
        "transferId": node.encode("time_transfer", transfer),
        "shortfallId": node.encode("time_shortfall", short),
        "organisationId": node.encode("organisation", body.id),
    }


@pytest.fixture
async def places(db):
    """Two time banks of two streets, and one who keeps the first and holds an account in it."""
    here, there = await a_town(), await a_town(name="向阳社区")
    ids, others = await everything(here), await everything(there)
    keeper, own = await a_holder(here, 100, name="多面手")
    keeper = replace(keeper, grants=keeper.grants | here.keeper.grants)
    ids |= {"accountId": account(own), "fromId": account(own)}
    return keeper, ids, others


async def test_every_mutation_refuses_every_id_of_another_community(places):
    keeper, here, there = places
    cases = [case for case in elsewhere.ids_of(policy.AUTHORITY) if TOLD.get(case, "") is not None]
    orders = {"transferId": "REVERSAL", "shortfallId": "WAIVER"}
    before = await elsewhere.written()

    found: dict[tuple[str, str], str] = {}
    for mutation, odd in cases:
        kind = {"proposeTimeOrder": orders.get(odd, "SUCCESSION"), "publishTimeOffer": "SERVICE"}
        said = {"group": "alone_80", "kind": kind.get(mutation, "ORGANISATION")}
        if mutation == "proposeTimeOrder" and odd not in orders:
            said["accountId"] = here["toId"]
        found |= await elsewhere.answers(keeper, [(mutation, odd)], here, there, said)

    expected = {case: TOLD.get(case, "NOT_FOUND") for case in cases}
    assert {case: code for case, code in found.items() if code != expected[case]} == {}
    assert await elsewhere.written() == before
    assert len(cases) == 28


DOCUMENT = """
query ($area: ID!, $account: ID!, $offer: ID!, $need: ID!, $order: ID!, $relative: ID!,
       $reservation: ID!, $shortfall: ID!) {
  timeAccounts(where: {areaId: $area, kinds: [PERSON]}) { nodes { id } }
  timeNeeds(areaId: $area) { nodes { id } }
  timeOrders(areaId: $area) { nodes { id } }
  timeShortfalls(areaId: $area) { nodes { id } }
  timeReservations(offerId: $offer) { nodes { id } }
  timeAccount(id: $account) { id }
  need: node(id: $need) { id } order: node(id: $order) { id } relative: node(id: $relative) { id }
  reservation: node(id: $reservation) { id } shortfall: node(id: $shortfall) { id }
}
"""
ASKED = ("account", "offer", "need", "order", "relative", "reservation", "shortfall")


async def test_every_query_sees_nothing_of_another_community_and_its_own(places):
    keeper, here, there = places

    away, home = [
        await ask(keeper, DOCUMENT, area=ids["communityId"], **{n: ids[f"{n}Id"] for n in ASKED})
        for ids in (there, here)
    ]

    lists = {name for name in away if isinstance(away[name], dict)}
    assert [name for name in lists if away[name]["nodes"]] == []
    assert [away[name] for name in away if name not in lists] == [None] * 6
    assert [name for name in lists if not home[name]["nodes"]] == []
    assert [name for name in home if home[name] is None] == ["relative"]


async def test_ids_of_another_kind_are_not_found_either(places):
    keeper, here, _ = places
    cases = elsewhere.ids_of(policy.AUTHORITY)
    made_up = {name: node.encode("poll", uuid4()) for _, name in cases}
    before = await elsewhere.written()

    found = await elsewhere.answers(keeper, cases, here, made_up, {"group": "alone_80"})

    assert {case: code for case, code in found.items() if code != "NOT_FOUND"} == {}
    assert await elsewhere.written() == before
