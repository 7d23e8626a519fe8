"""What is told of by itself: overtaken challenges, overdue objections, opened proxies, kinship."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database, uploads
from domains.kernel.errors import Forbidden, NotFound
from domains.voting import service
from domains.voting.errors import ChallengeDecided, NoProxyDocument
from domains.voting.service import afterwards, proxy_documents, tellers
from domains.voting.values import Kin, PollState
from jobs import voting as jobs
from schema import node
from tests import factories
from tests.voting.asking import ask
from tests.voting.elections import an_election
from tests.voting.factories import a_town
from tests.voting.test_afterwards import a_certifying_town, a_challenge, a_displayed_poll, state_of
from tests.voting.test_objections import a_public_roll, object_to
from tests.voting.test_proxies import a_poll_with_proxies, an_upload, file, file_for, until_open

CHALLENGES = """
query ($poll: ID!) { pollChallenges(pollId: $poll) { nodes { state reason mine decidedAt } } }
"""
OVERDUE = """
query ($area: ID, $first: Int, $after: String) {
  overdueRollObjections(areaId: $area, first: $first, after: $after) {
    nodes { id state late poll { id title } } pageInfo { hasNextPage endCursor }
  }
}
"""
OPEN_DOCUMENT = """
mutation ($proxy: ID!) {
  openProxyDocument(input: { proxyId: $proxy }) {
    __typename ... on ProxyDocumentOpened { address fileName mediaType sizeBytes }
    ... on UserError { code message path } }
}
"""
KINSHIPS = """
query ($poll: ID!, $first: Int) {
  kinships(pollId: $poll, first: $first) { nodes { one other relation oneId } }
}
"""


async def events(name):
    rows = await database.fetch(
        "SELECT payload::text AS payload FROM kernel_outbox WHERE name = $1 ORDER BY id", name
    )
    return [json.loads(row["payload"]) for row in rows]


# Challenges that an annulment overtakes


async def test_an_annulment_closes_the_other_challenges_and_tells_their_authors(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    upheld, *others = [await a_challenge(each, poll_id) for each in town.residents[:3]]

    await afterwards.decide_challenge(town.committee, upheld, upheld=True, reason="属实")

    rows = await database.fetch("SELECT * FROM voting_challenge ORDER BY filed_at, id")
    assert [row["state"] for row in rows] == ["upheld", "closed", "closed"]
    assert {row["reason"] for row in rows[1:]} == {"该表决已被认定无效,本异议一并终结。"}
    assert [row["decided_by_id"] for row in rows[1:]] == [None, None]
    told = await events("voting.PollChallengeClosed")
    assert sorted((each["challenge_id"], each["author_id"]) for each in told) == sorted(
        (str(each), str(author.person_id))
        for each, author in zip(others, town.residents[1:3], strict=True)
    )


async def test_a_closed_challenge_is_decided_no_more_and_shown_as_closed(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    first, second = [await a_challenge(each, poll_id) for each in town.residents[:2]]
    await afterwards.decide_challenge(town.committee, first, upheld=True, reason="属实")

    with pytest.raises(ChallengeDecided):
        await afterwards.decide_challenge(town.committee, second, upheld=False, reason="不属实")
    shown = await ask(town.residents[1], CHALLENGES, poll=node.encode("poll", poll_id))

    assert await state_of(poll_id) is PollState.ANNULLED
    closed = shown["pollChallenges"]["nodes"][1]
    assert (closed["state"], closed["mine"]) == ("CLOSED", True)
    assert closed["reason"] == "该表决已被认定无效,本异议一并终结。"
    assert closed["decidedAt"] is not None


# Objections whose days are over


async def test_an_overdue_objection_is_told_once_and_stays_to_be_decided(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)
    due_at = await database.fetch_value("SELECT due_at FROM voting_roll_objection")

    await moved_clock.set(due_at - timedelta(seconds=2))
    early = await jobs.tell_overdue_objections()
    await moved_clock.set(due_at)
    late = [await jobs.tell_overdue_objections() for _ in range(2)]
    await service.decide_objection(town.committee, objection_id, upheld=False, reason="户籍仍在")

    assert (early, late) == (0, [1, 0])
    assert [each["objection_id"] for each in await events("voting.RollObjectionOverdue")] == [
        str(objection_id)
    ]
    assert [each["poll_id"] for each in await events("voting.RollObjectionOverdue")] == [
        str(poll_id)
    ]


async def test_what_was_decided_in_time_is_never_overdue(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)
    await service.decide_objection(town.committee, objection_id, upheld=False, reason="户籍仍在")

    await moved_clock.advance(timedelta(days=10))

    assert await jobs.tell_overdue_objections() == 0
    assert await events("voting.RollObjectionOverdue") == []


async def test_overdue_objections_are_listed_for_conveners_alone(moved_clock):
    town, elsewhere = await a_town(residents=3), await a_town(residents=2)
    poll_id = await a_public_roll(town)
    await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    before = await ask(town.committee, OVERDUE)
    await moved_clock.advance(timedelta(days=4))
    area = node.encode("area", town.community.id)
    seen = {
        "convener": await ask(town.committee, OVERDUE),
        "there": await ask(town.committee, OVERDUE, area=area),
        "other area": await ask(
            town.committee, OVERDUE, area=node.encode("area", elsewhere.community.id)
        ),
        "nonsense": await ask(town.committee, OVERDUE, area="nonsense"),
        "resident": await ask(town.residents[0], OVERDUE),
        "elsewhere": await ask(elsewhere.committee, OVERDUE),
    }

    assert before["overdueRollObjections"]["nodes"] == []
    assert {who: len(each["overdueRollObjections"]["nodes"]) for who, each in seen.items()} == {
        "convener": 1,
        "there": 1,
        "other area": 0,
        "nonsense": 0,
        "resident": 0,
        "elsewhere": 0,
    }
    (found,) = seen["convener"]["overdueRollObjections"]["nodes"]
    assert (found["state"], found["late"]) == ("OPEN", True)
    assert found["poll"]["id"] == node.encode("poll", poll_id)


async def test_overdue_objections_cost_the_same_for_any_number(moved_clock, statements):
    town = await a_town(residents=4)
    for about in town.residents[1:]:
        poll_id = await a_public_roll(town)
        await object_to(town.residents[0], poll_id, about.person_id)
    await moved_clock.advance(timedelta(days=4))

    counts, found = [], []
    for first in (1, 3):
        statements.clear()
        page = (await ask(town.committee, OVERDUE, first=first))["overdueRollObjections"]
        found.append(len(page["nodes"]))
        counts.append(len(statements))
    after = (await ask(town.committee, OVERDUE, first=1))["overdueRollObjections"]["pageInfo"]
    rest = await ask(town.committee, OVERDUE, first=20, after=after["endCursor"])

    assert found == [1, 3]
    assert counts[0] == counts[1]
    assert len(rest["overdueRollObjections"]["nodes"]) == 2


# Written proxies


async def a_written_proxy(town):
    poll_id = await a_poll_with_proxies(town)
    worker = await factories.a_grid_worker(town.community)
    upload_id = await an_upload(worker)
    proxy_id, _ = await file_for(worker, poll_id, town.residents[:2], upload_id)
    return poll_id, proxy_id, worker


async def test_a_written_proxy_is_opened_by_conveners_and_its_sides_and_each_time_told(db):
    town = await a_town(residents=3)
    _, proxy_id, _ = await a_written_proxy(town)

    opened = [
        await proxy_documents.open_proxy_document(actor, proxy_id)
        for actor in (town.committee, *town.residents[:2])
    ]

    assert {each.file_name for each in opened} == {"委托书.pdf"}
    assert all(each.address for each in opened)
    rows = await database.fetch(
        "SELECT actor_id, subject_kind, subject_id, details ->> 'fields' AS fields"
        " FROM kernel_audit WHERE command = 'read' ORDER BY sequence"
    )
    assert [tuple(row.values()) for row in rows] == [
        (actor.person_id, "proxy", proxy_id, "document")
        for actor in (town.committee, *town.residents[:2])
    ]


async def test_nobody_else_opens_it_and_who_cannot_see_it_finds_none(moved_clock):
    town = await a_town(residents=3)
    poll_id, proxy_id, worker = await a_written_proxy(town)
    outsider = await factories.a_committee_member()
    third = town.residents[2]

    with pytest.raises(NotFound):
        await proxy_documents.open_proxy_document(third, proxy_id)
    with pytest.raises(NotFound):
        await proxy_documents.open_proxy_document(outsider, proxy_id)
    await until_open(poll_id, moved_clock)
    with pytest.raises(Forbidden):
        await proxy_documents.open_proxy_document(third, proxy_id)
    with pytest.raises(Forbidden):
        await proxy_documents.open_proxy_document(worker, proxy_id)
    with pytest.raises(NotFound):
        await proxy_documents.open_proxy_document(town.committee, uuid4())

    assert await database.fetch("SELECT FROM kernel_audit WHERE command = 'read'") == []


async def test_a_proxy_without_a_document_has_none_to_open(db):
    town = await a_town(residents=2)
    poll_id = await a_poll_with_proxies(town)
    proxy_id = await file(town.residents[0], poll_id, town.residents[1])

    with pytest.raises(NoProxyDocument):
        await proxy_documents.open_proxy_document(town.residents[0], proxy_id)

    assert await database.fetch("SELECT FROM kernel_audit WHERE command = 'read'") == []


async def test_a_written_proxy_is_opened_through_the_contract(db):
    town = await a_town(residents=3)
    _, proxy_id, _ = await a_written_proxy(town)
    proxy = node.encode("proxy", proxy_id)

    opened = (await ask(town.residents[1], OPEN_DOCUMENT, proxy=proxy))["openProxyDocument"]
    outside = (await ask(await factories.a_committee_member(), OPEN_DOCUMENT, proxy=proxy))[
        "openProxyDocument"
    ]
    nonsense = (await ask(town.committee, OPEN_DOCUMENT, proxy="nonsense"))["openProxyDocument"]

    assert (opened["fileName"], opened["mediaType"], opened["sizeBytes"]) == (
        "委托书.pdf",
        "application/pdf",
        10,
    )
    assert opened["address"].rsplit("/", 1)[-1]
    assert (await uploads.attached(uuid4())) is None
    assert (outside["code"], outside["path"]) == ("NOT_FOUND", ["input", "proxyId"])
    assert nonsense["code"] == "NOT_FOUND"


# Kinship


async def test_kinship_is_read_as_far_as_it_concerns_one(db):
    election = await an_election(residents=7)
    await election.stand(0, 1)
    town = election.town
    pairs = ((0, 1), (0, 5))
    for one, other in pairs:
        await tellers.declare_kinship(
            town.committee,
            election.poll_id,
            candidate_id=town.residents[one].person_id,
            relative_id=town.residents[other].person_id,
            relation=Kin.SIBLING,
        )
    poll = node.encode("poll", election.poll_id)

    seen = {}
    for who, actor in {
        "convener": town.committee,
        "candidate": town.residents[0],
        "relative": town.residents[5],
        "neighbour": town.residents[6],
        "outsider": await factories.a_committee_member(),
    }.items():
        nodes = (await ask(actor, KINSHIPS, poll=poll))["kinships"]["nodes"]
        seen[who] = [frozenset((each["one"], each["other"])) for each in nodes]

    both_stand, with_a_voter = frozenset(("居民0", "居民1")), frozenset(("居民0", "居民5"))
    assert seen == {
        "convener": [both_stand, with_a_voter],
        "candidate": [both_stand, with_a_voter],
        "relative": [both_stand, with_a_voter],
        "neighbour": [both_stand],
        "outsider": [],
    }


async def test_kinships_cost_the_same_for_any_number(db, statements):
    election = await an_election(residents=7)
    await election.stand(0)
    for other in (1, 2, 3):
        await tellers.declare_kinship(
            election.town.committee,
            election.poll_id,
            candidate_id=election.town.residents[0].person_id,
            relative_id=election.town.residents[other].person_id,
            relation=Kin.SIBLING,
        )

    counts, found = [], []
    for first in (1, 3):
        statements.clear()
        poll = node.encode("poll", election.poll_id)
        page = await ask(election.town.committee, KINSHIPS, poll=poll, first=first)
        found.append(len(page["kinships"]["nodes"]))
        counts.append(len(statements))

    assert found == [1, 3]
    assert counts[0] == counts[1]
