"""News of projects and their money over real sockets."""

from domains.matching.service import deciding, planning
from jobs import outbox
from schema import node
from tests import factories
from tests.matching.exchange import a_draft, an_exchange, running

PROJECT = """
subscription ($id: ID!) { serviceProjectChanged(projectId: $id) { projectId state } }
"""


async def test_a_project_is_heard_of_when_it_rests(db, hall):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    await outbox.relay()
    of = {"id": node.encode("service_project", project_id)}

    async with hall.joined(exchange.lin) as client:
        await client.subscribe("n", PROJECT, variables=of)
        await hall.settled(1)
        await deciding.suspend_project(exchange.committee, project_id, reason="场地维修")
        await outbox.relay()
        heard = None
        # What was told before may still be on its way.
        while heard is None or heard["state"] == "RUNNING":
            heard = (await client.hear())["payload"]["data"]["serviceProjectChanged"]

    assert heard == {"projectId": of["id"], "state": "SUSPENDED"}


async def test_nobody_hears_of_a_draft_that_they_do_not_see(db, hall):
    exchange = await an_exchange()
    project_id = await a_draft(exchange)
    stranger = await factories.a_resident(name="外人")

    async with hall.joined(stranger) as client:
        await client.subscribe(
            "n", PROJECT, variables={"id": node.encode("service_project", project_id)}
        )
        await planning.submit_project(exchange.leader, project_id)
        message = await client.hear()

    assert (message["id"], message["type"]) == ("n", "complete")
