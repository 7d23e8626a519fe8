"""News of disclosures over real sockets."""

from uuid import uuid4

from domains.disclosure.service import approving, display, drafting
from jobs import outbox
from schema import node
from tests.disclosure import factories
from tests.disclosure.factories import WORDS

NEWS = """
subscription ($id: ID!) { disclosureChanged(disclosureId: $id) { disclosureId state number } }
"""


async def hears(client):
    message = await client.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"]["disclosureChanged"]


async def test_its_body_hears_of_each_step_of_a_draft(db, hall):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    of = {"id": node.encode("disclosure", draft)}

    async with hall.joined(town.supervisor) as client:
        await client.subscribe("n", NEWS, variables=of)
        await hall.settled(1)
        await approving.submit_disclosure(town.writer, draft)
        await outbox.relay()
        heard = await hears(client)

    assert heard == {"disclosureId": of["id"], "state": "SUPERVISOR_REVIEW", "number": None}


async def test_a_resident_hears_of_a_correction_once_it_is_public(db, hall):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)
    await outbox.relay()

    async with hall.joined(town.resident) as client:
        await client.subscribe(
            "n", NEWS, variables={"id": node.encode("disclosure", disclosure_id)}
        )
        await hall.settled(1)
        await drafting.correct_disclosure(
            town.writer, disclosure_id, WORDS, reason="时间有误", idempotency_key=uuid4()
        )
        await factories.approved(town, disclosure_id, number=2)
        await outbox.relay()
        await approving.publish_disclosure(town.writer, disclosure_id, number=2)
        await outbox.relay()
        corrected = await hears(client)
        await display.take_down_disclosure(town.writer, disclosure_id, reason="公示期满")
        await outbox.relay()
        taken_down = await hears(client)

    assert (corrected["state"], corrected["number"]) == ("CORRECTED", 2)
    assert taken_down == corrected


async def test_nobody_hears_of_a_draft_that_they_do_not_see(db, hall):
    town = await factories.a_town()
    draft = await factories.a_draft(town)

    async with hall.joined(town.resident) as client:
        await client.subscribe("n", NEWS, variables={"id": node.encode("disclosure", draft)})
        message = await client.hear()

    assert (message["id"], message["type"]) == ("n", "complete")
