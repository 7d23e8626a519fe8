"""What pledges and evidence refer to in other domains, through the contract."""

from uuid import uuid4

from domains.kernel import database
from schema import node
from tests.disclosure import factories as disclosures
from tests.meetings import matters
from tests.pledges.factories import a_committed_pledge, a_town, in_days
from tests.pledges.test_graphql import PROPOSE, a_claim, does, is_refused, proposal
from tests.voting.asking import ask, done, refused

SOURCE = "query ($id: ID!) { pledge(id: $id) { source { kind subject { id } } } }"
EVIDENCE = """
query ($id: ID!) {
  pledgeReports(pledgeId: $id) { nodes { evidence { kind subjectId subject { id } } } }
}
"""


async def test_a_pledge_comes_from_an_issue_that_its_proposer_sees(db):
    place = await matters.a_place()
    issue = {"kind": "ISSUE", "id": node.encode("issue", await matters.an_issue(place))}
    town = await a_town(community=place.community)

    made = await done(town.committee, PROPOSE, input=await proposal(town) | {"source": issue})

    found = await ask(place.lin, SOURCE, id=made["pledge"]["id"])
    assert found["pledge"]["source"] == {"kind": "ISSUE", "subject": {"id": issue["id"]}}


async def test_another_communitys_issue_is_no_source(db):
    place = await matters.a_place()
    town = await a_town()
    source = {"kind": "ISSUE", "id": node.encode("issue", await matters.an_issue(place))}

    code = await refused(town.committee, PROPOSE, input=await proposal(town) | {"source": source})

    assert code == "NOT_FOUND"
    assert await database.fetch_value("SELECT count(*) FROM pledges_pledge") == 0


async def a_disclosed_claim(disclosure_id):
    today = (await in_days(0)).isoformat()
    evidence = {"kind": "DISCLOSURE", "datedOn": today, "subjectId": disclosure_id}
    return {"report": await a_claim(evidence=[evidence]), "idempotencyKey": str(uuid4())}


async def test_a_disclosure_proves_a_claim(moved_clock):
    publishing = await disclosures.a_town()
    disclosure_id = node.encode("disclosure", await disclosures.a_disclosure(publishing))
    town = await a_town(community=publishing.community)
    of = {"pledgeId": node.encode("pledge", await a_committed_pledge(town, moved_clock))}

    await does(
        town.committee, "reportPledgeProgress", **of, **await a_disclosed_claim(disclosure_id)
    )

    found = await ask(town.residents[0], EVIDENCE, id=of["pledgeId"])
    assert found["pledgeReports"]["nodes"][0]["evidence"] == [
        {"kind": "DISCLOSURE", "subjectId": disclosure_id, "subject": {"id": disclosure_id}}
    ]


async def test_another_communitys_disclosure_proves_nothing_here(moved_clock):
    publishing, town = await disclosures.a_town(), await a_town()
    disclosure_id = node.encode("disclosure", await disclosures.a_disclosure(publishing))
    of = {"pledgeId": node.encode("pledge", await a_committed_pledge(town, moved_clock))}
    wrong = await a_disclosed_claim(disclosure_id)
    nonsense = await a_disclosed_claim(node.encode("disclosure", uuid4()))

    assert [
        await is_refused(town.committee, "reportPledgeProgress", **of, **each)
        for each in (wrong, nonsense)
    ] == ["NOT_FOUND", "NOT_FOUND"]
    assert await database.fetch_value("SELECT count(*) FROM pledges_report") == 0
