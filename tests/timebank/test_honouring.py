"""What is offered, reserved and honoured: a stock is promised once, by need."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.timebank.queries.ledger import balances, faults
from domains.timebank.service import ledger
from domains.timebank.values import AccountKind
from jobs import timebank as jobs
from schema import node
from tests import factories
from tests.timebank.factories import a_movement
from tests.timebank.test_giving_graphql import GIVE, a_gift, account
from tests.timebank.test_ledger import SOUND
from tests.timebank.test_staff_graphql import area, held, in_need, own
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask, done, refused

REFUSAL = "... on UserError { code path }"
OFFER = "... on TimeOfferPayload { replayed offer { id left waiting closedAt } }"
RESERVATION = (
    "... on TimeReservationPayload { replayed reservation { id state minutes honouredMinutes } }"
)
PAYLOADS = {
    "publishTimeOffer": OFFER,
    "changeTimeOfferStock": OFFER,
    "closeTimeOffer": OFFER,
    "reserveTimeOffer": RESERVATION,
    "cancelTimeReservation": RESERVATION,
    "honourTimeReservation": RESERVATION,
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


def an_offer(town, **changes):
    return {
        "communityId": area(town),
        "kind": "SERVICE",
        "title": "上门理发",
        "description": "每次一小时。",
        "minutes": 60,
        "stock": 1,
        "idempotencyKey": str(uuid4()),
    } | changes


async def offered(town, **changes):
    made = await does(town.keeper, "publishTimeOffer", **an_offer(town, **changes))
    return made["offer"]["id"]


def asked(offer, source, key=None):
    return {
        "offerId": offer,
        "accountId": account(source),
        "idempotencyKey": str(key or uuid4()),
    }


async def reserved(actor, offer, source):
    made = await does(actor, "reserveTimeOffer", **asked(offer, source))
    return made["reservation"]


async def state_of(actor, reservation):
    document = "query ($id: ID!) { node(id: $id) { ... on TimeReservation { state } } }"
    return (await ask(actor, document, id=reservation["id"]))["node"]["state"]


async def free(source):
    return (await balances([source]))[source]["available_minutes"]


async def test_a_reservation_holds_the_minutes_and_honouring_spends_them(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    offer = await offered(town)

    made = await reserved(lin, offer, mine)
    waiting = (await free(mine), await held(mine))
    honoured = await does(town.keeper, "honourTimeReservation", reservationId=made["id"])
    again = await does(town.keeper, "honourTimeReservation", reservationId=made["id"])

    assert made["state"] == "HELD"
    assert waiting == (40, [100])
    assert honoured["reservation"]["state"] == "HONOURED"
    assert (honoured["replayed"], again["replayed"]) == (False, True)
    assert await held(mine, (await own(town))[AccountKind.ISSUANCE]) == [40, -40]
    assert await faults() == SOUND


async def test_what_is_honoured_for_less_frees_the_rest(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    made = await reserved(lin, await offered(town), mine)

    done_for = await does(
        town.keeper, "honourTimeReservation", reservationId=made["id"], minutes=45
    )

    assert done_for["reservation"]["honouredMinutes"] == 45
    assert (await held(mine), await free(mine)) == ([55], 55)


async def test_a_pending_reservation_is_not_resolved_twice(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    made = await reserved(lin, await offered(town), mine)

    outcomes = await asyncio.gather(
        ask(lin, mutation("cancelTimeReservation"), input={"reservationId": made["id"]}),
        ask(town.keeper, mutation("honourTimeReservation"), input={"reservationId": made["id"]}),
    )

    answers = [next(iter(each.values())) for each in outcomes]
    assert sorted("code" in each for each in answers) == [False, True]
    assert [each["code"] for each in answers if "code" in each] == ["RESERVATION_NOT_HELD"]
    assert await faults() == SOUND


async def test_what_is_cancelled_is_the_next_one_s_turn(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, 100, name="王芳")
    offer = await offered(town)
    first, second = await reserved(lin, offer, mine), await reserved(wang, offer, theirs)

    await does(lin, "cancelTimeReservation", reservationId=first["id"])

    assert (first["state"], second["state"]) == ("HELD", "QUEUED")
    assert await state_of(wang, second) == "HELD"
    assert (await free(mine), await free(theirs)) == (100, 40)


async def test_the_queue_is_served_by_need_and_then_by_who_asked_first(db):
    town = await a_town()
    offer = await offered(town, stock=0)
    early, one = await a_holder(town, 100, name="早来")
    needy, two = await a_holder(town, 100, name="陈阿婆", born=date(1940, 1, 1))
    late, three = await a_holder(town, 100, name="晚来")
    await in_need(town, needy)
    made = [
        await reserved(actor, offer, source)
        for actor, source in ((early, one), (needy, two), (late, three))
    ]

    await does(town.keeper, "changeTimeOfferStock", offerId=offer, stock=1)
    first = [await state_of(town.keeper, each) for each in made]
    await does(town.keeper, "changeTimeOfferStock", offerId=offer, stock=2)
    second = [await state_of(town.keeper, each) for each in made]

    assert first == ["QUEUED", "HELD", "QUEUED"]
    assert second == ["HELD", "HELD", "QUEUED"]


async def test_an_offer_that_is_allotted_waits_for_its_time(moved_clock):
    town = await a_town()
    at = await clock.now() + timedelta(days=2)
    offer = await offered(town, allotsAt=at.isoformat())
    early, one = await a_holder(town, 100, name="早来")
    needy, two = await a_holder(town, 100, name="陈阿婆", born=date(1940, 1, 1))
    await in_need(town, needy)
    made = [await reserved(early, offer, one), await reserved(needy, offer, two)]

    before = await jobs.allot_due_offers()
    await moved_clock.advance(timedelta(days=3))
    after = [await jobs.allot_due_offers(), await jobs.allot_due_offers()]

    assert [each["state"] for each in made] == ["QUEUED", "QUEUED"]
    assert (before, after) == (0, [1, 0])
    assert [await state_of(town.keeper, each) for each in made] == ["QUEUED", "HELD"]


async def test_of_many_who_reserve_the_last_one_at_once_one_has_it(db):
    town = await a_town()
    offer = await offered(town, stock=3)
    holders = [await a_holder(town, 100, name=f"居民{number}") for number in range(12)]

    made = await asyncio.gather(*(reserved(actor, offer, source) for actor, source in holders))

    assert sorted(each["state"] for each in made) == ["HELD"] * 3 + ["QUEUED"] * 9
    assert await database.fetch_value("SELECT taken FROM timebank_offer") == 3
    assert await faults() == SOUND


async def test_one_balance_is_not_reserved_twice_at_once(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    several = [await offered(town, stock=None) for _ in range(6)]

    outcomes = await asyncio.gather(
        *(ask(lin, mutation("reserveTimeOffer"), input=asked(each, mine)) for each in several)
    )

    codes = [next(iter(each.values())).get("code") for each in outcomes]
    assert sorted(codes, key=str) == ["INSUFFICIENT_BALANCE"] * 5 + [None]
    assert await free(mine) == 40
    assert await faults() == SOUND


async def test_what_is_not_honoured_in_time_lapses_and_frees_minutes_and_stock(moved_clock):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, 100, name="王芳")
    offer = await offered(town)
    first, second = await reserved(lin, offer, mine), await reserved(wang, offer, theirs)
    await moved_clock.advance(timedelta(days=15))

    late = await is_refused(town.keeper, "honourTimeReservation", reservationId=first["id"])
    by_ledger = await jobs.expire_due_transfers()
    lapsed = [await jobs.lapse_due_reservations(), await jobs.lapse_due_reservations()]

    assert (late, by_ledger, lapsed) == ("TRANSFER_LAPSED", 1, [1, 0])
    assert await state_of(lin, first) == "LAPSED"
    assert await state_of(wang, second) == "HELD"
    assert (await free(mine), await free(theirs)) == (100, 40)
    assert await faults() == SOUND


async def test_who_has_spent_the_minutes_meanwhile_is_passed_over(db):
    town = await a_town("SHANGHAI")
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, 100, name="王芳")
    offer = await offered(town, stock=0)
    first, second = await reserved(lin, offer, mine), await reserved(wang, offer, theirs)
    await done(lin, GIVE, input=a_gift(mine, theirs, 90))

    await does(town.keeper, "changeTimeOfferStock", offerId=offer, stock=1)

    assert await state_of(lin, first) == "PASSED_OVER"
    assert await state_of(wang, second) == "HELD"


async def test_a_repeated_key_reserves_once_and_two_of_one_account_are_refused(db):
    town = await a_town()
    lin, mine = await a_holder(town, 200)
    offer, other = await offered(town, stock=5), await offered(town)
    given = asked(offer, mine)

    first = await does(lin, "reserveTimeOffer", **given)
    again = await does(lin, "reserveTimeOffer", **given)
    other_input = await is_refused(lin, "reserveTimeOffer", **given | {"offerId": other})
    second = await is_refused(lin, "reserveTimeOffer", **asked(offer, mine))

    assert (again["replayed"], again["reservation"]["id"]) == (True, first["reservation"]["id"])
    assert (other_input, second) == ("IDEMPOTENCY_KEY_REUSED", "RESERVATION_STANDS")
    assert await free(mine) == 140


async def test_minutes_are_used_from_the_scheme_s_age_and_earlier_in_need(db):
    town = await a_town("SHANGHAI")
    today = await clock.today()
    young, one = await a_holder(town, 100, name="年轻", born=today.replace(year=today.year - 30))
    unknown, two = await a_holder(town, 100, name="不详", born=None)
    almost = today.replace(year=today.year - 62)
    early, three = await a_holder(town, 100, name="早", born=almost)
    needy, four = await a_holder(town, 100, name="困难", born=almost)
    await in_need(town, needy, group="low_income_disabled")
    offer = await offered(town, stock=None)

    codes = [
        await is_refused(actor, "reserveTimeOffer", **asked(offer, source))
        for actor, source in ((young, one), (unknown, two), (early, three))
    ]
    made = await reserved(needy, offer, four)

    assert codes == ["TOO_YOUNG_TO_USE"] * 3
    assert made["state"] == "HELD"


async def test_only_what_the_scheme_honours_is_offered_and_only_by_who_keeps_it(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    lin, _ = await a_holder(town, 100)

    codes = [
        await is_refused(actor, "publishTimeOffer", **an_offer(town, **changes))
        for actor, changes in (
            (town.keeper, {"kind": "GOODS"}),
            (town.keeper, {"minutes": 0}),
            (town.keeper, {"minutes": -60}),
            (town.keeper, {"minutes": 10**15}),
            (town.keeper, {"stock": -1}),
            (lin, {}),
            (other.keeper, {}),
        )
    ]

    assert codes == [
        "NOT_REDEEMABLE",
        *["MINUTES_OUT_OF_RANGE"] * 3,
        "INVALID_INPUT",
        "FORBIDDEN",
        "NOT_FOUND",
    ]
    assert await database.fetch_value("SELECT count(*) FROM timebank_offer") == 0


async def test_who_gives_a_service_honours_it_and_nobody_honours_their_own(db):
    town = await a_town()
    body = await factories.an_organisation(town.community)
    giver = await factories.an_organisation_administrator(body)
    lin, mine = await a_holder(town, 100)
    wang, _ = await a_holder(town, name="王芳")
    offer = await offered(town, organisationId=node.encode("organisation", body.id))
    made = await reserved(lin, offer, mine)

    codes = [
        await is_refused(each, "honourTimeReservation", reservationId=made["id"])
        for each in (lin, wang)
    ]
    honoured = await does(giver, "honourTimeReservation", reservationId=made["id"])

    assert codes == ["FORBIDDEN", "NOT_FOUND"]
    assert honoured["reservation"]["state"] == "HONOURED"


async def test_a_keeper_does_not_honour_a_reservation_of_their_own(db):
    town = await a_town(useFromAge=None)
    mine = await ledger.open_account(
        AccountKind.PERSON,
        town.keeper.person_id,
        community_id=town.community.id,
        area_path=town.community.path,
    )
    issuance = (await own(town))[AccountKind.ISSUANCE]
    await ledger.move(SYSTEM, a_movement(issuance, mine, 100), idempotency_key=uuid4())
    made = await reserved(town.keeper, await offered(town), mine)

    code = await is_refused(town.keeper, "honourTimeReservation", reservationId=made["id"])

    assert code == "OWN_ACCOUNT_CONCERNED"
    assert await held(mine) == [100]


async def test_a_closed_offer_lets_those_who_wait_go_and_honours_what_is_held(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    wang, theirs = await a_holder(town, 100, name="王芳")
    offer = await offered(town)
    first, second = await reserved(lin, offer, mine), await reserved(wang, offer, theirs)

    await does(town.keeper, "closeTimeOffer", offerId=offer)
    code = await is_refused(wang, "reserveTimeOffer", **asked(offer, theirs))
    await does(town.keeper, "honourTimeReservation", reservationId=first["id"])

    assert code == "OFFER_CLOSED"
    assert await state_of(wang, second) == "CANCELLED"
    assert await held(mine) == [40]


async def test_a_stock_is_not_made_smaller_than_what_is_promised(db):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    offer = await offered(town, stock=2)
    await reserved(lin, offer, mine)

    code = await is_refused(town.keeper, "changeTimeOfferStock", offerId=offer, stock=0)

    assert code == "STOCK_TOO_SMALL"


async def test_services_come_first_in_the_catalogue(db):
    town = await a_town(redeemable=["service", "goods", "benefit"])
    for kind, title in (("BENEFIT", "菜地优先"), ("GOODS", "洗衣液"), ("SERVICE", "理发")):
        await offered(town, kind=kind, title=title)
    lin, _ = await a_holder(town)

    first = await ask(lin, "{ timeOffers(first: 2) { nodes { kind } pageInfo { endCursor } } }")
    cursor = first["timeOffers"]["pageInfo"]["endCursor"]
    rest = await ask(
        lin,
        "query ($after: String) { timeOffers(after: $after) { nodes { kind title } } }",
        after=cursor,
    )

    assert [each["kind"] for each in first["timeOffers"]["nodes"]] == ["SERVICE", "GOODS"]
    assert rest["timeOffers"]["nodes"] == [{"kind": "BENEFIT", "title": "菜地优先"}]


async def test_reservations_are_seen_by_whose_they_are_and_by_who_honours_them(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    lin, mine = await a_holder(town, 100)
    wang, _ = await a_holder(town, name="王芳")
    await reserved(lin, await offered(town), mine)

    document = "{ timeReservations { nodes { state isMine } } }"
    seen = [
        (await ask(each, document))["timeReservations"]["nodes"]
        for each in (lin, town.keeper, wang, other.keeper)
    ]

    assert seen == [
        [{"state": "HELD", "isMine": True}],
        [{"state": "HELD", "isMine": False}],
        [],
        [],
    ]


@pytest.mark.parametrize("minutes", [0, -1, 61, 10**15])
async def test_nothing_is_honoured_for_more_than_was_held(db, minutes):
    town = await a_town()
    lin, mine = await a_holder(town, 100)
    made = await reserved(lin, await offered(town), mine)

    code = await is_refused(
        town.keeper, "honourTimeReservation", reservationId=made["id"], minutes=minutes
    )

    assert code == "MINUTES_OUT_OF_RANGE"
    assert (await held(mine), await free(mine)) == ([100], 40)


async def test_offers_and_reservations_of_another_community_name_nothing(db):
    town, other = await a_town(), await a_town(name="邻里社区")
    lin, mine = await a_holder(town, 100)
    far, theirs = await a_holder(other, 100, name="王芳")
    offer = await offered(town)
    made = await reserved(lin, offer, mine)

    codes = [
        await is_refused(actor, name, **given)
        for actor, name, given in (
            (far, "reserveTimeOffer", asked(offer, theirs)),
            (far, "reserveTimeOffer", asked(offer, mine)),
            (far, "cancelTimeReservation", {"reservationId": made["id"]}),
            (other.keeper, "cancelTimeReservation", {"reservationId": made["id"]}),
            (other.keeper, "honourTimeReservation", {"reservationId": made["id"]}),
            (other.keeper, "closeTimeOffer", {"offerId": offer}),
            (other.keeper, "changeTimeOfferStock", {"offerId": offer, "stock": 9}),
        )
    ]

    assert codes == ["NOT_FOUND"] * 5 + ["FORBIDDEN"] * 2
    assert await state_of(lin, made) == "HELD"
    assert await free(theirs) == 100
