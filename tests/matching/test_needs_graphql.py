"""Needs and orders through the contract: from posting to points, lists, and whose eyes see what."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.matching.rules.distance import Point, metres_between
from domains.matching.service import offering
from domains.matching.service.details import Private
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from tests import factories
from tests.matching.factories import (
    a_draft,
    a_town,
    an_open_order,
    another_volunteer,
    offered,
    orders_of,
    posted,
    served,
)
from tests.matching.test_vertical import balance, with_a_scheme
from tests.voting.asking import ask, done, person, refused

REFUSAL = "... on UserError { code message path }"
OF_NEED = "... on NeedPayload { replayed need { id number state version orders { id state } } }"
OF_ORDER = """... on ServiceOrderPayload { order { id state taken offers {
  id rank state answerBy skills distanceM isFree turns note isPinned isAutomatic } } }"""
OF_OFFER = "... on ServiceOfferPayload { offer { id state order { state } } }"
OF_PLACE = """... on ServicePlacePayload { place {
  id state minutes isMine myStars outcome order { id state need { title } } record { state } } }"""
LIST = """
query ($area: ID!, $filter: NeedFilterInput, $first: Int, $after: String) {
  needs(areaId: $area, filter: $filter, first: $first, after: $after) {
    nodes { id title distanceM isFavourite personName helperName hasDetails
      skills { name level } host { name } area { name } person { name }
      orders { id state taken peopleWanted startsAt
        places { id volunteerName person { name } volunteerRating { ratings } }
        steps { toState } } }
    pageInfo { hasNextPage endCursor } } }
"""


OFFERS = """
query ($area: ID!) { serviceOrders(areaId: $area) { nodes {
  id taken offers { id servedRating { ratings } volunteerName } need { title skills { name } } } } }
"""


def mutation(name: str, payload: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {payload} {REFUSAL} }} }}"


async def does(actor, name, payload, /, **given):
    return await done(actor, mutation(name, payload), input=given)


async def titles(actor, town, **given):
    answer = await ask(actor, LIST, area=node.encode("area", town.community.id), **given)
    return [each["title"] for each in answer["needs"]["nodes"]]


def a_need_input(town, now, **changes):
    return {
        "areaId": node.encode("area", town.community.id),
        "origin": "OWN",
        "serviceClass": "ELDER_CARE",
        "title": "送午餐上门",
        "publicText": "独居老人,需要有人送午餐。",
        "place": "同心家园东区",
        "helperId": person(town.helper),
        "private": {
            "details": "糖尿病,少糖。",
            "exactPlace": "3号楼501室",
            "position": {"latitudeE6": 34_261_234, "longitudeE6": 117_185_678},
        },
        "windows": [
            {
                "startsAt": (now + timedelta(hours=1)).isoformat(),
                "endsAt": (now + timedelta(hours=3)).isoformat(),
            }
        ],
        "idempotencyKey": str(uuid4()),
    } | changes


async def test_a_need_is_posted_offered_given_and_credited(db, moved_clock):
    town = await a_town()
    await with_a_scheme(town)
    given = a_need_input(town, await clock.now())

    need = (await does(town.elder, "postNeed", OF_NEED, **given))["need"]
    replay = await does(town.elder, "postNeed", OF_NEED, **given)
    verified = (await does(town.committee, "verifyNeed", OF_NEED, needId=need["id"]))["need"]
    order_id = verified["orders"][0]["id"]
    order = (
        await does(
            town.committee,
            "offerServiceOrder",
            OF_ORDER,
            orderId=order_id,
            volunteerIds=[node.encode("volunteer", each) for each in (town.lin_id, town.zhou_id)],
            note="住得近,常去探访。",
        )
    )["order"]
    mine = await ask(
        town.lin,
        "{ myServiceOffers { nodes { id note answerBy order { need { title personName } } } } }",
    )
    offer = mine["myServiceOffers"]["nodes"][0]
    await does(town.lin, "answerServiceOffer", OF_OFFER, offerId=offer["id"], accept=True)
    details = await does(
        town.lin,
        "openNeedDetails",
        "... on NeedDetails { details exactPlace latitudeE6 longitudeE6 }",
        needId=need["id"],
    )
    place = (await ask(town.lin, "{ myServicePlaces { nodes { id state } } }"))["myServicePlaces"][
        "nodes"
    ][0]
    await moved_clock.advance(timedelta(hours=1))
    asked = "query ($id: ID!) { serviceOrderCode(orderId: $id) { text svg } }"
    hidden = await ask(town.lin, asked, id=order_id)
    code = (await ask(town.elder, asked, id=order_id))["serviceOrderCode"]
    await does(town.lin, "checkInToOrder", OF_PLACE, placeId=place["id"], code=code["text"])
    await moved_clock.advance(timedelta(minutes=61))
    await does(town.helper, "checkOutOfOrder", OF_PLACE, placeId=place["id"])
    confirmed = await does(town.elder, "confirmService", OF_PLACE, placeId=place["id"])
    await does(town.elder, "rateService", OF_PLACE, placeId=place["id"], stars=5)
    rated = await does(town.lin, "rateService", OF_PLACE, placeId=place["id"], stars=4)
    steps = await ask(
        town.elder,
        "query ($id: ID!) { node(id: $id) { ... on ServiceOrder { steps { toState reason } } } }",
        id=order_id,
    )

    assert (need["state"], replay["replayed"], verified["state"]) == (
        *("SUBMITTED", True, "VERIFIED"),
    )
    assert [(each["rank"], each["state"], each["note"]) for each in order["offers"]] == [
        (1, "OFFERED", "住得近,常去探访。"),
        (2, "RESERVE", "住得近,常去探访。"),
    ]
    assert offer["order"]["need"] == {"title": "送午餐上门", "personName": None}
    assert details["exactPlace"] == "3号楼501室"
    assert (hidden["serviceOrderCode"], code["svg"][:4]) == (None, "<svg")
    assert (confirmed["place"]["minutes"], rated["place"]["record"]["state"]) == (
        *(61, "CONFIRMED"),
    )
    assert (rated["place"]["order"]["state"], rated["place"]["myStars"]) == ("CLOSED", 4)
    assert await balance(town.lin.person_id) == 61
    assert [each["toState"] for each in steps["node"]["steps"]][-3:] == [
        *("CONFIRMED", "RATED", "CLOSED"),
    ]


async def costs(statements, town, size, actor, asked):
    """How many items a list has and how many statements it takes, with so many orders."""
    while (made := await database.fetch_value("SELECT count(*) FROM matching_order")) < size:
        draft = await a_draft(town, ahead_h=30 + 5 * made, people_wanted=3)
        order_id = await an_open_order(town, draft)
        (offer_id,) = await offered(town, order_id)
        await offering.answer_offer(town.lin, offer_id, accept=True)
        await offered(town, order_id, town.zhou_id)
    given = {"area": node.encode("area", town.community.id)} if "$area" in asked else {}
    statements.clear()
    (answer,) = (await ask(actor, asked, **given)).values()
    return len(answer["nodes"]), len(statements)


# A document asks for each batch at one place, so that how fast an answer comes changes nothing.
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("committee", LIST),
        ("lin", LIST),
        ("committee", OFFERS),
        ("lin", "{ myServicePlaces { nodes { id volunteerName order { need { title } } } } }"),
        ("lin", "{ myServiceOffers { nodes { order { id } servedRating { ratings } } } }"),
        ("elder", "{ myNeeds { nodes { id personName skills { name } orders { id } } } }"),
    ],
    ids=["list of staff", "list", "orders", "own places", "own offers", "own needs"],
)
async def test_a_list_costs_the_same_for_one_and_for_three(db, statements, who, asked):
    town = await a_town()
    actor = getattr(town, who)

    one = await costs(statements, town, 1, actor, asked)
    three = await costs(statements, town, 3, actor, asked)

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


async def test_needs_are_found_by_class_time_urgency_and_distance_and_read_page_by_page(db):
    town = await a_town()
    there = Point(34_260_000, 117_180_000)
    for title, ahead_h, north, changes in (
        ("近处早餐", 30, 1_000, {"urgency": 4}),
        ("远处辅导", 60, 40_000, {"service_class": ServiceClass.EDUCATION}),
        ("中间维修", 90, 9_000, {"service_class": ServiceClass.REPAIRS, "may_be_taken": True}),
    ):
        position = Point(there.latitude_e6 + north, there.longitude_e6)
        draft = await a_draft(
            town,
            ahead_h=ahead_h,
            title=title,
            private=Private(position=position),
            **changes,
        )
        await an_open_order(town, draft)
    now = await clock.now()
    near = {"latitudeE6": there.latitude_e6, "longitudeE6": there.longitude_e6}
    by_distance = {"near": near, "orderBy": "NEAREST"}

    async def found(**narrowed):
        return await titles(town.zhou, town, filter=narrowed)

    assert await found() == ["中间维修", "远处辅导", "近处早餐"]
    assert await found(orderBy="SOONEST") == ["近处早餐", "远处辅导", "中间维修"]
    assert await found(**by_distance) == ["近处早餐", "中间维修", "远处辅导"]
    assert await found(**by_distance, withinM=1_500) == ["近处早餐", "中间维修"]
    assert await found(serviceClasses=["EDUCATION"]) == ["远处辅导"]
    assert await found(leastUrgency=4) == ["近处早餐"]
    assert await found(mayBeTaken=True) == ["中间维修"]
    assert await found(
        endsAfter=(now + timedelta(hours=50)).isoformat(),
        startsBefore=(now + timedelta(hours=80)).isoformat(),
        isOpen=True,
    ) == ["远处辅导"]
    for order in ("NEWEST", "SOONEST", "NEAREST"):
        given = {"near": near, "orderBy": order}
        whole = await found(**given)
        pages, after = [], None
        for _ in range(3):
            answer = await ask(
                town.zhou,
                LIST,
                area=node.encode("area", town.community.id),
                filter=given,
                first=1,
                after=after,
            )
            pages += [each["title"] for each in answer["needs"]["nodes"]]
            after = answer["needs"]["pageInfo"]["endCursor"]
        assert pages == whole
    assert answer["needs"]["pageInfo"]["hasNextPage"] is False


async def test_sql_counts_metres_as_the_rules_do(db):
    pairs = [
        (Point(34_261_000, 117_180_000), Point(34_261_000, 117_190_000)),
        (Point(-33_900_000, -70_500_000), Point(-33_912_345, -70_498_765)),
        (Point(0, 0), Point(0, 0)),
    ]

    counted = [
        await database.fetch_value(
            "SELECT matching_distance_m($1, $2, $3, $4)",
            *(one.latitude_e6, one.longitude_e6, other.latitude_e6, other.longitude_e6),
        )
        for one, other in pairs
    ]

    assert counted == [metres_between(one, other) for one, other in pairs]


async def test_another_communitys_ids_are_not_found_and_reads_see_nothing(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock)
    waiting = await an_open_order(town, await a_draft(town, ahead_h=70))
    (offer_id,) = await offered(town, waiting, town.zhou_id)
    need_id = await database.fetch_value("SELECT need_id FROM matching_order LIMIT 1")
    other = await a_town(name="苏欣社区")
    need, order = node.encode("need", need_id), node.encode("service_order", waiting)
    offer, place = node.encode("service_offer", offer_id), node.encode("service_place", place_id)
    asked = {
        "updateNeed": {"needId": need, "expectedVersion": 1, "title": "改标题"},
        "verifyNeed": {"needId": need},
        "rejectNeed": {"needId": need, "reason": "没有理由"},
        "cancelNeed": {"needId": need, "reason": "没有理由"},
        "openNeedDetails": {"needId": need},
        "openServiceOrder": {"orderId": order},
        "cancelServiceOrder": {"orderId": order, "reason": "没有理由"},
        "offerServiceOrder": {
            "orderId": order,
            "volunteerIds": [node.encode("volunteer", other.lin_id)],
        },
        "takeServiceOrder": {"orderId": order},
        "withdrawServiceOffer": {"offerId": offer, "reason": "没有理由"},
        "answerServiceOffer": {"offerId": offer, "accept": True},
        "leaveServicePlace": {"placeId": place, "reason": "没有理由"},
        "checkInToOrder": {"placeId": place},
        "checkOutOfOrder": {"placeId": place},
        "confirmService": {"placeId": place},
        "reportNoShow": {"placeId": place},
        "disputeService": {"placeId": place, "reason": "没有理由"},
        "adjudicateService": {"placeId": place, "outcome": "EXCUSED", "reason": "没有理由"},
        "rateService": {"placeId": place, "stars": 5},
        "setFavourite": {"id": need, "isFavourite": True},
        "postNeed": a_need_input(town, await clock.now()),
    }
    before = await database.fetch("SELECT id, state FROM matching_order ORDER BY id")

    codes = {
        name: await refused(other.committee, mutation(name, ""), input=given)
        for name, given in asked.items()
    }
    seen = await ask(
        other.committee,
        "query ($a: ID!, $n: ID!, $o: ID!, $f: ID!, $p: ID!) {"
        " needs(areaId: $a) { nodes { id } } serviceOrders(areaId: $a) { nodes { id } }"
        " n: node(id: $n) { id } o: node(id: $o) { id } f: node(id: $f) { id }"
        " p: node(id: $p) { id } serviceOrderCode(orderId: $o) { text } }",
        a=node.encode("area", town.community.id),
        n=need,
        o=order,
        f=offer,
        p=place,
    )

    assert codes == dict.fromkeys(asked, "NOT_FOUND")
    assert seen == {
        "needs": {"nodes": []},
        "serviceOrders": {"nodes": []},
        **dict.fromkeys(("n", "o", "f", "p", "serviceOrderCode")),
    }
    assert before == await database.fetch("SELECT id, state FROM matching_order ORDER BY id")


async def test_neighbours_see_what_is_public_and_no_more(db):
    town = await a_town()
    order_id = await an_open_order(town)
    await offered(town, order_id)
    waiting = await posted(town, await a_draft(town, ahead_h=80, title="等待核实"))
    stranger, _ = await another_volunteer(town)

    answer = await ask(stranger, LIST, area=node.encode("area", town.community.id))
    hidden = await ask(
        stranger, "query ($id: ID!) { node(id: $id) { id } }", id=node.encode("need", waiting)
    )
    elders = await ask(town.elder, "{ myNeeds { nodes { title personName isMine } } }")
    nobody = await ask(ANONYMOUS, LIST, area=node.encode("area", town.community.id))

    (seen,) = answer["needs"]["nodes"]
    assert (seen["title"], seen["hasDetails"]) == ("送午餐上门", True)
    assert [seen[name] for name in ("personName", "helperName", "person")] == [None] * 3
    assert [seen["orders"][0][name] for name in ("places", "steps")] == [[], []]
    assert hidden["node"] is None
    assert elders["myNeeds"]["nodes"] == [
        {"title": "等待核实", "personName": "陈桂英", "isMine": True},
        {"title": "送午餐上门", "personName": "陈桂英", "isMine": True},
    ]
    assert nobody["needs"]["nodes"] == []


async def test_favourites_and_templates_are_found_again(db):
    town = await a_town()
    await an_open_order(town)
    need_id = await database.fetch_value("SELECT id FROM matching_need")
    need = node.encode("need", need_id)
    area = node.encode("area", town.community.id)
    template = {
        "areaId": area,
        "serviceClass": "ELDER_CARE",
        "title": "送午餐上门",
        "publicText": "需要送餐。",
        "skills": [{"name": "健康证"}],
    }
    payload = "... on NeedTemplatePayload { template { id name isShared skills { level } } }"

    await does(
        town.zhou,
        "setFavourite",
        "... on FavouriteSet { isFavourite subject { id } }",
        id=need,
        isFavourite=True,
    )
    only = await titles(town.zhou, town, filter={"favourites": True})
    others = await titles(town.lin, town, filter={"favourites": True})
    kept = await ask(
        town.zhou, "{ myFavourites { kind subject { ... on Need { title isFavourite } } } }"
    )
    await does(
        town.zhou, "setFavourite", "... on FavouriteSet { isFavourite }", id=need, isFavourite=False
    )
    dropped = await titles(town.zhou, town, filter={"favourites": True})
    own = await does(town.elder, "saveNeedTemplate", payload, name="我的送餐", **template)
    shared = await does(
        town.committee, "saveNeedTemplate", payload, name="社区送餐", isShared=True, **template
    )
    code = await refused(
        town.elder,
        mutation("saveNeedTemplate", ""),
        input={"name": "冒充", "isShared": True, **template},
    )
    asked = "query ($id: ID!) { needTemplates(areaId: $id) { name } }"
    of_elder = await ask(town.elder, asked, id=area)
    of_zhou = await ask(town.zhou, asked, id=area)
    stolen = await refused(
        town.zhou,
        mutation("removeNeedTemplate", ""),
        input={"templateId": own["template"]["id"]},
    )
    await does(town.second, "removeNeedTemplate", payload, templateId=shared["template"]["id"])

    assert (only, others, dropped) == (["送午餐上门"], [], [])
    assert kept["myFavourites"] == [
        {"kind": "NEED", "subject": {"title": "送午餐上门", "isFavourite": True}}
    ]
    assert [each["name"] for each in of_elder["needTemplates"]] == ["我的送餐", "社区送餐"]
    assert [each["name"] for each in of_zhou["needTemplates"]] == ["社区送餐"]
    assert (code, stolen) == ("FORBIDDEN", "NOT_FOUND")
    assert (await ask(town.zhou, asked, id=area))["needTemplates"] == []


async def test_a_community_reads_and_adopts_its_rules(db):
    town = await a_town()
    reviewer = await factories.a_street_reviewer(
        await type(town.community).get(id=town.community.parent_id)
    )
    area = node.encode("area", town.community.id)
    tomorrow = (await clock.today() + timedelta(days=1)).isoformat()

    adopted = await does(
        reviewer,
        "adoptMatchingRules",
        "... on MatchingRulesAdopted { effectiveFrom replayed }",
        communityId=area,
        legalBasis="街道办法第三条",
        effectiveFrom=tomorrow,
        offerHours=12,
        idempotencyKey=str(uuid4()),
    )
    rules = await ask(
        town.lin,
        "query ($id: ID!) { matchingRules(communityId: $id) { isOwn offerHours ratingsK } }",
        id=area,
    )

    assert adopted == {"effectiveFrom": tomorrow, "replayed": False}
    assert rules["matchingRules"] == {"isOwn": False, "offerHours": 24, "ratingsK": 5}


async def test_opting_out_is_the_volunteers_own_word(db):
    town = await a_town()

    before = await ask(town.lin, "{ myMatchingPreferences { isAutomatic } }")
    said = await does(
        town.lin,
        "updateMatchingPreferences",
        "... on MatchingPreferencesPayload { preferences { isAutomatic hasPosition } }",
        isAutomatic=False,
        position={"latitudeE6": 34_261_234, "longitudeE6": 117_185_678},
    )
    again = await does(
        town.lin,
        "updateMatchingPreferences",
        "... on MatchingPreferencesPayload { preferences { isAutomatic hasPosition } }",
        isAutomatic=False,
        forgetsPosition=True,
    )

    assert before["myMatchingPreferences"] is None
    assert said["preferences"] == {"isAutomatic": False, "hasPosition": True}
    assert again["preferences"] == {"isAutomatic": False, "hasPosition": False}


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("zh-Hans", "该需求不能直接领取,请等待派单。"),
        ("en", "This need cannot be taken from the list; it is given by offers."),
    ],
)
async def test_refusals_speak_both_languages(db, locale, said):
    town = await a_town()
    order_id = await an_open_order(town)
    speaker = type(town.lin)(person_id=town.lin.person_id, grants=town.lin.grants, locale=locale)

    answer = await ask(
        speaker,
        mutation("takeServiceOrder", ""),
        input={"orderId": node.encode("service_order", order_id)},
    )

    assert answer["takeServiceOrder"]["message"] == said
    assert await orders_of(await database.fetch_value("SELECT need_id FROM matching_order")) == [
        order_id
    ]
