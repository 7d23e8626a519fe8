"""News of one's service and one's time bank over real sockets: ids alone, to nobody else."""

import asyncio
from uuid import uuid4

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.timebank.service import giving
from domains.volunteering.service import attendance, confirming
from jobs import news, outbox
from schema import node
from tests import factories
from tests.volunteering.factories import a_team, an_activity, served, shift_of
from tests.volunteering.test_crediting import a_team_with_a_scheme

ACTIVITY = """
subscription ($id: ID!) { volunteerActivityChanged(activityId: $id) { activityId state } }
"""
RECORDS = "subscription { myServiceRecordsChanged { volunteerIds } }"
TIME = "subscription { myTimeBankChanged { accountIds } }"


async def hears(client, name):
    message = await client.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"][name]


async def listening(hall, topics):
    async with asyncio.timeout(30):
        while len(hall.edge.hub) != topics:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def is_over(client):
    return (await client.hear())["type"] == "complete"


async def test_a_neighbour_hears_that_a_place_was_taken(db, hall):
    team = await a_team()
    activity_id = await an_activity(team)
    shift_id = await shift_of(activity_id, team.volunteer)
    await outbox.relay()
    neighbour = await factories.a_resident(team.community, name="邻居")
    of = {"id": node.encode("volunteer_activity", activity_id)}

    async with hall.joined(neighbour) as client:
        await client.subscribe("n", ACTIVITY, variables=of)
        await hall.settled(1)
        await attendance.sign_up(team.volunteer, shift_id)
        await outbox.relay()
        heard = await hears(client, "volunteerActivityChanged")

    assert heard == {"activityId": of["id"], "state": "PUBLISHED"}


async def test_nobody_hears_of_another_communitys_activity(db, hall):
    team, other = await a_team(), await a_team(name="向阳社区")
    of = {"id": node.encode("volunteer_activity", await an_activity(team))}

    async with hall.joined(other.volunteer) as client:
        await client.subscribe("n", ACTIVITY, variables=of)
        ended = await is_over(client)

    assert ended


async def test_a_volunteer_hears_of_each_step_of_their_record_and_of_the_minutes(
    db, hall, moved_clock
):
    team = await a_team_with_a_scheme()
    record_id = await served(team, moved_clock)
    await confirming.confirm_record(team.leader, record_id)
    await outbox.relay()

    async with hall.joined(team.volunteer) as client:
        await client.subscribe("r", RECORDS)
        await hall.settled(1)
        await confirming.confirm_record(team.committee, record_id)
        await outbox.relay()
        heard = await hears(client, "myServiceRecordsChanged")

    assert heard == {"volunteerIds": [node.encode("volunteer", team.volunteer_id)]}


async def test_giver_and_receiver_hear_of_minutes_and_a_neighbour_does_not(db, hall, moved_clock):
    team = await a_team_with_a_scheme()
    record_id = await served(team, moved_clock)
    await confirming.confirm_record(team.leader, record_id)
    await confirming.confirm_record(team.committee, record_id)
    await outbox.relay()
    account_id = await database.fetch_value("SELECT id FROM timebank_account WHERE kind = 'person'")

    async with hall.joined(team.volunteer) as client:
        await client.subscribe("t", TIME)
        await listening(hall, 2)
        await giving.donate_minutes(team.volunteer, account_id, minutes=5, idempotency_key=uuid4())
        await outbox.relay()
        heard = await hears(client, "myTimeBankChanged")

    topics = await news.OF_EVENTS["timebank.MinutesGiven"](
        {"from_id": str(account_id), "to_id": str(account_id)}
    )
    assert heard == {"accountIds": [node.encode("time_account", account_id)]}
    assert topics == [f"time_account:{account_id}"] * 2


async def test_who_is_no_volunteer_or_nobody_hears_nothing_of_their_own(db, hall):
    neighbour = await factories.a_resident(name="邻居")
    ended = []

    async with hall.joined(neighbour) as client:
        await client.subscribe("r", RECORDS)
        ended.append(await is_over(client))
    async with hall.joined(ANONYMOUS) as client:
        await client.subscribe("t", TIME)
        ended.append(await is_over(client))

    assert ended == [True, True]
