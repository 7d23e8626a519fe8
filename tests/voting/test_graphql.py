"""The ballot box through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Actor
from domains.voting import service
from domains.voting.models import Poll
from domains.voting.values import Secrecy
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.voting.factories import a_draft, a_drafted_poll, a_town, an_open_poll, cast, options_of

CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) {
    __typename
    ... on BallotCast { secrecy revision receipt replayed }
    ... on UserError { code message path }
  }
}
"""
CREATE = """
mutation ($input: CreatePollInput!) {
  createPoll(input: $input) {
    __typename
    ... on PollPayload { replayed poll { id title state options { label stance } } }
    ... on UserError { code message path }
  }
}
"""
PUBLISH = """
mutation ($poll: ID!) {
  publishPoll(input: { pollId: $poll }) {
    __typename
    ... on PollPayload { poll { state turnout { roll participated } rules { code recast } } }
    ... on UserError { code }
  }
}
"""
LIST = """
query ($first: Int, $after: String, $where: PollFilterInput) {
  polls(first: $first, after: $after, where: $where) {
    nodes {
      id title state
      options { label }
      author { name }
      turnout { roll participated }
      result { outcome }
      myBallot { onRoll hasCast positions }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
RESULT = """
query ($poll: ID!) {
  poll(id: $poll) {
    state
    result {
      outcome roll participated blank
      options { label votes chosen }
      steps { name count whole least holds sentence }
    }
  }
}
"""


async def ask(actor: Actor, document: str, **variables):
    """The answer's data; errors at the top are a failure of the test."""
    answer = await schema.execute(document, variables, Context(actor))
    assert answer.errors is None
    return answer.data


async def ballot(poll_id, *positions, key=None):
    options = await options_of(poll_id)
    return {
        "pollId": node.encode("poll", poll_id),
        "optionIds": [node.encode("option", options[position - 1]) for position in positions],
        "idempotencyKey": str(key or uuid4()),
    }


async def a_poll_input(community, **changes):
    now = await clock.now()
    return {
        "areaId": node.encode("area", community.id),
        "idempotencyKey": str(uuid4()),
        "poll": {
            "title": "广场舞队是否迁往九龙湖公园?",
            "opensAt": now.isoformat(),
            "closesAt": (now + timedelta(days=1)).isoformat(),
        }
        | changes,
    }


async def test_a_committee_puts_a_question_and_publishes_it(db):
    town = await a_town(residents=2)

    created = (await ask(town.committee, CREATE, input=await a_poll_input(town.community)))[
        "createPoll"
    ]
    published = await ask(town.committee, PUBLISH, poll=created["poll"]["id"])

    assert created["poll"]["options"] == [
        {"label": "赞成", "stance": "FOR"},
        {"label": "反对", "stance": "AGAINST"},
        {"label": "弃权", "stance": "ABSTAIN"},
    ]
    assert published["publishPoll"]["poll"] == {
        "state": "ROLL_FROZEN",
        "turnout": {"roll": 2, "participated": 0},
        "rules": {"code": "COMMUNITY_CONSULTATION", "recast": True},
    }


async def test_a_ballot_is_answered_with_its_receipt_and_a_second_with_a_refusal(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    given = await ballot(poll_id, 1)

    first = await ask(town.residents[0], CAST, input=given | {"receipt": "drawn-by-my-phone-1"})
    second = await ask(town.residents[0], CAST, input=given)

    assert first["castBallot"] == {
        "__typename": "BallotCast",
        "secrecy": "SECRET",
        "revision": 1,
        "receipt": "drawn-by-my-phone-1",
        "replayed": False,
    }
    assert second["castBallot"] == {
        "__typename": "Refused",
        "code": "ALREADY_VOTED",
        "message": "你在本次表决中已经投过票,选票不能更改。",
        "path": ["input", "pollId"],
    }


async def test_a_refusal_speaks_the_callers_language(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    english = Actor(
        person_id=town.residents[0].person_id, grants=town.residents[0].grants, locale="en"
    )

    answer = await ask(english, CAST, input=await ballot(poll_id, 1, 2))

    assert answer["castBallot"]["message"] == (
        "A ballot names 1 to 1 of this poll's options, none of them twice."
    )


@pytest.mark.parametrize(
    "foreign", ["", "poll_", "poll_x", "option_AAAAAAAAAAAAAAAAAAAAAA", "☃", "poll_" + "A" * 5000]
)
async def test_malformed_and_foreign_ids_are_not_found_and_nothing_changes(db, foreign):
    town = await a_town()
    poll_id = await an_open_poll(town)
    given = await ballot(poll_id, 1)

    as_poll = await ask(town.residents[0], CAST, input=given | {"pollId": foreign})
    as_option = await ask(
        town.residents[0],
        CAST,
        input=given | {"optionIds": [foreign.replace("option_", "person_")]},
    )

    assert as_poll["castBallot"]["code"] == "NOT_FOUND"
    assert as_option["castBallot"]["code"] == "NOT_FOUND"
    assert await database.fetch_value("SELECT count(*) FROM voting_participation") == 0


async def test_another_communitys_area_and_poll_are_not_found(db):
    town, elsewhere = await a_town(), await a_town()
    poll_id = await a_drafted_poll(elsewhere)
    foreign = node.encode("poll", poll_id)

    created = await ask(town.committee, CREATE, input=await a_poll_input(elsewhere.community))
    published = await ask(town.committee, PUBLISH, poll=foreign)
    read = await ask(town.committee, RESULT, poll=foreign)
    refetched = await ask(town.committee, "query ($id: ID!) { node(id: $id) { id } }", id=foreign)

    assert created["createPoll"]["code"] == "NOT_FOUND"
    assert published["publishPoll"]["code"] == "NOT_FOUND"
    assert (read["poll"], refetched["node"]) == (None, None)
    assert await Poll.all().count() == 1


async def test_a_result_shows_its_working(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    for resident, position in zip(town.residents, (1, 1, 2), strict=True):
        await cast(resident, poll_id, position)
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()

    poll = (await ask(ANONYMOUS, RESULT, poll=node.encode("poll", poll_id)))["poll"]

    assert poll["state"] == "TALLIED"
    assert poll["result"] == {
        "outcome": "PASSED",
        "roll": 3,
        "participated": 3,
        "blank": 0,
        "options": [
            {"label": "赞成", "votes": 2, "chosen": True},
            {"label": "反对", "votes": 1, "chosen": False},
            {"label": "弃权", "votes": 0, "chosen": False},
        ],
        "steps": [
            {
                "name": "quorum",
                "count": 3,
                "whole": 3,
                "least": 2,
                "holds": True,
                "sentence": "名册 3 人,参加 3 人;法定人数为不少于 1/2,即至少 2 人:达到。",
            },
            {
                "name": "majority",
                "count": 2,
                "whole": 3,
                "least": 2,
                "holds": True,
                "sentence": "应计 3 票,所得 2 票;须超过 1/2,即至少 2 票:达到。",
            },
        ],
    }


@pytest.mark.parametrize("size", [1, 3])
async def test_a_list_of_polls_costs_the_same_for_any_number(statements, size):
    town = await a_town()
    for _ in range(size):
        await cast(town.residents[0], await an_open_poll(town), 1)
    statements.clear()

    answer = await ask(town.residents[0], LIST)

    assert len(answer["polls"]["nodes"]) == size
    assert len(statements) == 6, statements


async def test_pages_follow_one_another_without_gap_or_repetition(db):
    town = await a_town()
    polls = [await an_open_poll(town) for _ in range(5)]
    seen, after = [], None

    for _ in range(3):
        found = (await ask(town.committee, LIST, first=2, after=after))["polls"]
        seen += [each["id"] for each in found["nodes"]]
        after = found["pageInfo"]["endCursor"]

    assert sorted(seen) == sorted(node.encode("poll", poll_id) for poll_id in polls)
    assert found["pageInfo"]["hasNextPage"] is False


async def test_a_cursor_of_another_list_or_made_up_is_refused(db):
    town = await a_town()
    for _ in range(2):
        await an_open_poll(town)
    other = (await ask(town.committee, LIST, first=1, where={"states": ["ROLL_FROZEN"]}))["polls"]

    for forged in (other["pageInfo"]["endCursor"], "AAAA", "☃"):
        answer = await schema.execute(LIST, {"after": forged}, Context(town.committee))
        assert [type(error.original_error).__name__ for error in answer.errors] == ["InvalidInput"]


async def test_lists_are_narrowed(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    running = await an_open_poll(town, await a_draft(title="充电棚建在哪里?"))
    await an_open_poll(town)
    await an_open_poll(elsewhere)
    late = await factories.a_resident(town.community)

    async def found(actor, **where):
        nodes = (await ask(actor, LIST, where=where))["polls"]["nodes"]
        return len(nodes)

    assert await found(town.committee, titleHolds="充电") == 1
    assert await found(town.committee, areaId=node.encode("area", town.community.id)) == 2
    assert await found(town.committee, areaId=node.encode("area", elsewhere.community.id)) == 0
    assert await found(town.committee, areaId="nonsense") == 0
    assert await found(town.residents[0], mine=True) == 2
    assert await found(late, mine=True) == 0
    assert await found(ANONYMOUS, mine=True) == 0
    assert await found(town.committee, states=["DRAFT"]) == 0
    assert running


ROLLS = """
query ($poll: ID!) {
  pollRoll(pollId: $poll) { nodes { number name } }
  rollCall(pollId: $poll) { nodes { number name positions } }
  sealedBallots(pollId: $poll) { nodes { positions } }
  receipts(pollId: $poll) { nodes { code } }
}
"""


async def test_an_open_polls_roll_call_is_for_the_community_and_after_the_close(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 2)
    shown = {"poll": node.encode("poll", poll_id)}

    before = await ask(town.residents[1], ROLLS, **shown)
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()
    after = await ask(town.residents[1], ROLLS, **shown)
    outside = await ask(await factories.a_resident(), ROLLS, **shown)

    assert len(before["pollRoll"]["nodes"]) == 2
    assert before["rollCall"]["nodes"] == []
    assert [each["positions"] for each in after["rollCall"]["nodes"]] == [[2]]
    assert outside["pollRoll"]["nodes"] == outside["rollCall"]["nodes"] == []


async def test_sealed_ballots_and_receipts_are_public_after_the_close(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    receipts = [await cast(resident, poll_id, 1) for resident in town.residents]
    shown = {"poll": node.encode("poll", poll_id)}

    before = await ask(town.residents[0], ROLLS, **shown)
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()
    after = await ask(ANONYMOUS, ROLLS, **shown)

    assert before["sealedBallots"]["nodes"] == before["receipts"]["nodes"] == []
    assert after["sealedBallots"]["nodes"] == [{"positions": [1]}] * 2
    assert {each["code"] for each in after["receipts"]["nodes"]} == set(receipts)


async def test_ones_own_open_ballot_is_shown_and_ones_secret_ballot_only_as_cast(db):
    town = await a_town()
    by_name = await an_open_poll(town)
    await cast(town.residents[0], by_name, 2)
    secret = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], secret, 2)

    nodes = (await ask(town.residents[0], LIST))["polls"]["nodes"]
    mine = {each["id"]: each["myBallot"] for each in nodes}

    assert mine == {
        node.encode("poll", by_name): {"onRoll": True, "hasCast": True, "positions": [2]},
        node.encode("poll", secret): {"onRoll": True, "hasCast": True, "positions": None},
    }
