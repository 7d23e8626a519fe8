"""News of orders and of one's own offers over real sockets."""

from datetime import timedelta

from domains.matching.service import offering
from jobs import matching as jobs
from jobs import outbox
from schema import node
from tests.matching.factories import a_town, an_open_order, offered

ORDER = "subscription ($id: ID!) { serviceOrderChanged(orderId: $id) { orderId state taken } }"
OFFERS = "subscription { myServiceOffersChanged { changed } }"


async def hears(client, field):
    message = await client.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"][field]


async def test_an_order_is_heard_of_when_somebody_accepts(db, hall):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)
    await outbox.relay()
    of = {"id": node.encode("service_order", order_id)}

    async with hall.joined(town.elder) as client:
        await client.subscribe("n", ORDER, variables=of)
        await hall.settled(1)
        await offering.answer_offer(town.lin, offer_id, accept=True)
        await outbox.relay()
        heard = await hears(client, "serviceOrderChanged")
        # What was told before may come first; what is read is how things stand.
        while heard["state"] == "OFFERED":
            heard = await hears(client, "serviceOrderChanged")

    assert heard == {"orderId": of["id"], "state": "ACCEPTED", "taken": 1}


async def test_who_is_asked_hears_of_it(db, hall):
    town = await a_town()
    order_id = await an_open_order(town)

    async with hall.joined(town.lin) as client:
        await client.subscribe("n", OFFERS)
        await hall.settled(1)
        await offered(town, order_id)
        await outbox.relay()
        heard = await hears(client, "myServiceOffersChanged")

    assert heard == {"changed": True}


async def test_who_was_asked_hears_that_the_time_to_answer_is_over(moved_clock, hall):
    town = await a_town()
    await offered(town, await an_open_order(town))
    await outbox.relay()

    async with hall.joined(town.lin) as client:
        await client.subscribe("n", OFFERS)
        await hall.settled(1)
        await moved_clock.advance(timedelta(hours=25))
        await jobs.expire_due_offers()
        await outbox.relay()
        heard = await hears(client, "myServiceOffersChanged")

    assert heard == {"changed": True}


async def test_an_order_out_of_sight_is_not_listened_to(db, hall):
    town, elsewhere = await a_town(), await a_town(name="苏欣社区")
    order_id = await an_open_order(town)

    async with hall.joined(elsewhere.lin) as client:
        of = {"id": node.encode("service_order", order_id)}
        await client.subscribe("n", ORDER, variables=of)
        message = await client.hear()

    assert (message["id"], message["type"]) == ("n", "complete")
