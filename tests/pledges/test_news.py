"""News of promises and reviews over real sockets."""

import asyncio
from datetime import timedelta

from domains.kernel import database
from domains.pledges import service
from domains.pledges.service import rating
from jobs import outbox
from schema import node
from tests.pledges.factories import (
    a_delivered_pledge,
    a_noticed_pledge,
    a_proposal,
    a_town,
    an_object,
)
from tests.pledges.reviews import a_reviewed_town, a_scheduled_review

PLEDGE = "subscription ($id: ID!) { pledgeChanged(pledgeId: $id) { pledgeId state version } }"
REVIEW = "subscription ($id: ID!) { reviewChanged(reviewId: $id) { state } }"


async def hears(client, field):
    message = await client.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"][field]


async def test_a_promise_is_heard_of_when_it_is_given(moved_clock, hall):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    of = {"id": node.encode("pledge", pledge_id)}

    async with hall.joined(town.residents[0]) as client:
        await client.subscribe("n", PLEDGE, variables=of)
        await hall.settled(1)
        await moved_clock.advance(timedelta(days=16))
        await service.commit_due_pledge()
        await outbox.relay()
        heard = await hears(client, "pledgeChanged")

    # What waited to be told besides is told with it, as it is now.
    assert heard == {"pledgeId": of["id"], "state": "COMMITTED", "version": 1}


async def test_nobody_hears_of_a_proposal_that_they_do_not_see(db, hall):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_proposal(town)

    async with hall.joined(elsewhere.residents[0]) as client:
        await client.subscribe("n", PLEDGE, variables={"id": node.encode("pledge", pledge_id)})
        message = await client.hear()

    assert (message["id"], message["type"]) == ("n", "complete")


async def test_a_review_is_heard_of_when_it_moves_on(moved_clock, hall):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)

    async with hall.joined(town.residents[0]) as client:
        await client.subscribe("n", REVIEW, variables={"id": node.encode("review", review_id)})
        await hall.settled(1)
        await moved_clock.advance(timedelta(days=30))
        await rating.open_due_rating()
        await outbox.relay()
        heard = await hears(client, "reviewChanged")

    # Nobody was named for the street's group.
    assert heard == {"state": "VOID"}


async def test_acceptances_at_once_accept_once(moved_clock):
    town = await a_town(residents=6)
    pledge_id = await a_delivered_pledge(town, moved_clock)

    await asyncio.gather(
        *(service.accept_pledge(each, pledge_id, accepted=True) for each in town.residents),
        return_exceptions=True,
    )

    accepted = await database.fetch_value(
        "SELECT count(*) FROM pledges_history WHERE act = 'accepted' AND pledge_id = $1", pledge_id
    )
    assert ((await an_object(pledge_id))["state"], accepted) == ("accepted", 1)
    assert await database.fetch_value("SELECT count(*) FROM pledges_acceptance") == 3
