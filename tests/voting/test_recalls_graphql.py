"""Recalls through the contract."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock, database
from schema import node
from tests import factories
from tests.voting.asking import ask, done, person, refused
from tests.voting.factories import a_town

RECALLS = """
query ($area: ID!) {
  recalls(areaId: $area) {
    nodes { id name state entitled leastSignatures signed signedByMe defence poll { id } }
  }
}
"""
PETITION = """
mutation ($input: CreateRecallInput!) {
  createRecall(input: $input) { __typename
    ... on RecallPayload { replayed recall { id state signed } } ... on UserError { code } }
}
"""
SIGN = """
mutation ($recall: ID!) {
  signRecall(input: { recallId: $recall }) { __typename
    ... on RecallPayload { recall { state voteUntil } } ... on UserError { code message } }
}
"""
ANSWER = """
mutation ($recall: ID!) {
  answerRecall(input: { recallId: $recall, defence: "程序不合规定" }) { __typename
    ... on RecallPayload { recall { defence } } ... on UserError { code } }
}
"""
CONVENE = """
mutation ($input: ConveneRecallInput!) {
  conveneRecall(input: $input) { __typename
    ... on RecallPayload { recall { state poll { title state method } } }
    ... on UserError { code } }
}
"""


async def test_a_recall_is_petitioned_signed_answered_and_convened(db):
    town = await a_town(residents=6)
    other = await factories.a_committee_member(town.community, name="李主任")
    area = node.encode("area", town.community.id)
    given = {
        "areaId": area,
        "personId": person(town.committee),
        "reason": "连续两次民主评议不称职",
        "idempotencyKey": str(uuid4()),
    }

    begun = await done(town.residents[0], PETITION, input=given)
    recall = begun["recall"]["id"]
    signed = await done(town.residents[1], SIGN, recall=recall)
    answered = await done(town.committee, ANSWER, recall=recall)
    opens_at = await clock.now() + timedelta(days=25)
    window = {
        "recallId": recall,
        "opensAt": opens_at.isoformat(),
        "closesAt": (opens_at + timedelta(days=1)).isoformat(),
    }
    convened = await done(other, CONVENE, input=window)
    listed = (await ask(town.residents[0], RECALLS, area=area))["recalls"]["nodes"]
    outside = await ask(await factories.a_resident(), RECALLS, area=area)

    assert begun["recall"]["state"] == "OPEN"
    assert signed["recall"]["state"] == "SUPPORTED"
    assert answered["recall"]["defence"] == "程序不合规定"
    assert convened["recall"]["poll"] == {
        "title": "是否罢免王建国的委员会成员职务",
        "state": "DRAFT",
        "method": "MOTION",
    }
    assert [(each["signed"], each["signedByMe"], each["poll"]) for each in listed] == [
        (2, True, None)
    ]
    assert outside["recalls"]["nodes"] == []


async def test_another_communitys_recall_is_not_found(db):
    town, elsewhere = await a_town(residents=6), await a_town(residents=6)
    given = {
        "areaId": node.encode("area", town.community.id),
        "personId": person(town.committee),
        "reason": "不履职",
        "idempotencyKey": str(uuid4()),
    }
    recall = (await done(town.residents[0], PETITION, input=given))["recall"]["id"]
    window = {
        "recallId": recall,
        "opensAt": "2030-01-01T00:00:00Z",
        "closesAt": "2030-01-02T00:00:00Z",
    }

    codes = [
        await refused(elsewhere.residents[0], SIGN, recall=recall),
        await refused(elsewhere.committee, ANSWER, recall=recall),
        await refused(elsewhere.committee, CONVENE, input=window),
        await refused(
            elsewhere.residents[0], PETITION, input=given | {"idempotencyKey": str(uuid4())}
        ),
        await refused(town.residents[0], SIGN, recall="nonsense"),
    ]

    assert codes == ["NOT_FOUND"] * 5
    assert await database.fetch_value("SELECT count(*) FROM voting_recall_signature") == 1
