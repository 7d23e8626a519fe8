"""A committee's election from its draft to its run-off, through the contract alone."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Actor
from domains.membership.models import Person
from jobs import voting as jobs
from schema import node
from tests.voting.asking import ask, done, person, refused
from tests.voting.elections import an_election
from tests.voting.factories import Town, a_town

CREATE = """
mutation ($input: CreatePollInput!) {
  createPoll(input: $input) { __typename ... on PollPayload { poll { id seats state } }
    ... on UserError { code message } }
}
"""
PUBLISH = """
mutation ($poll: ID!) {
  publishPoll(input: { pollId: $poll }) { __typename
    ... on PollPayload { poll { state nominations { until least tooFew womanMissing } } }
    ... on UserError { code message } }
}
"""
NOMINATE = """
mutation ($poll: ID!, $person: ID!) {
  nominateCandidate(input: { pollId: $poll, personId: $person }) { __typename
    ... on CandidatePayload { candidate { id name state nominators } }
    ... on UserError { code message path } }
}
"""
VET = """
mutation ($input: VetCandidateInput!) {
  vetCandidate(input: $input) { __typename
    ... on CandidatePayload { candidate { name state grounds } }
    ... on UserError { code message path } }
}
"""
STATEMENT = """
mutation ($candidate: ID!) {
  writeCandidateStatement(input: { candidateId: $candidate, statement: "修好充电棚" }) {
    __typename ... on CandidatePayload { candidate { statement } } ... on UserError { code } }
}
"""
WITHDRAW = """
mutation ($candidate: ID!) {
  withdrawCandidacy(input: { candidateId: $candidate, reason: "工作调动" }) {
    __typename ... on CandidatePayload { candidate { state } } ... on UserError { code } }
}
"""
APPOINT = """
mutation ($poll: ID!, $person: ID!) {
  appointTeller(input: { pollId: $poll, personId: $person }) {
    __typename ... on UserError { code message } }
}
"""
END_TELLER = """
mutation ($poll: ID!, $person: ID!) {
  endTeller(input: { pollId: $poll, personId: $person, reason: "生病" }) {
    __typename ... on UserError { code message } }
}
"""
KINSHIP = """
mutation ($poll: ID!, $person: ID!, $relative: ID!) {
  declareKinship(
    input: { pollId: $poll, personId: $person, relativeId: $relative, relation: SPOUSE }
  ) { __typename ... on UserError { code message path } }
}
"""
WRITE_IN = """
mutation ($poll: ID!, $person: ID!) {
  addWriteIn(input: { pollId: $poll, personId: $person }) {
    __typename ... on UserError { code message } }
}
"""
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on UserError { code } }
}
"""
RUNOFF = """
mutation ($input: CreateRunoffInput!) {
  createRunoff(input: $input) { __typename
    ... on PollPayload { replayed poll {
      id title state seats turnout { roll } options { label } parent { id } rules { code } } }
    ... on UserError { code message path } }
}
"""
POLL = """
query ($poll: ID!) {
  poll(id: $poll) {
    state
    nominations { standing tooFew womanMissing }
    runoff { id state }
    result {
      outcome participated
      steps { name position count least holds sentence }
      election {
        seats openSeats womanMissing tooFewElected void
        elected { name votes } runoff { name } candidates { name verdict }
      }
    }
  }
}
"""
LISTS = """
query ($poll: ID!) {
  candidates(pollId: $poll, first: 20) {
    nodes { id personId name state statement optionId position nominators writeIn gender }
    pageInfo { hasNextPage }
  }
  tellers(pollId: $poll) { nodes { personId duty endReason } }
}
"""


async def ballot(actor: Actor, poll: str, by_person: dict[str, str], *people: Actor) -> None:
    given = {
        "pollId": poll,
        "optionIds": [by_person[person(each)] for each in people],
        "idempotencyKey": str(uuid4()),
    }
    await done(actor, CAST, input=given)


async def the_options(actor: Actor, poll: str) -> dict[str, str]:
    nodes = (await ask(actor, LISTS, poll=poll))["candidates"]["nodes"]
    return {each["personId"]: each["optionId"] for each in nodes if each["optionId"]}


async def a_draft_of_the_election(town: Town, opens_at: datetime) -> str:
    given = {
        "areaId": node.encode("area", town.community.id),
        "idempotencyKey": str(uuid4()),
        "poll": {
            "title": "同心社区第七届居民委员会选举",
            "method": "ELECTION",
            "secrecy": "SECRET",
            "seats": 3,
            "ruleCode": "RC_ELECTION",
            "opensAt": opens_at.isoformat(),
            "closesAt": (opens_at + timedelta(days=1)).isoformat(),
        },
    }
    return str((await done(town.committee, CREATE, input=given))["poll"]["id"])


async def they_are_nominated_and_vetted(town: Town, poll: str) -> None:
    """The roll is public; a teller is appointed; six are nominated, one withdraws."""
    voters, committee = town.residents, town.committee
    published = (await done(committee, PUBLISH, poll=poll))["poll"]
    await done(committee, APPOINT, poll=poll, person=person(voters[4]))
    await done(committee, APPOINT, poll=poll, person=person(voters[8]))
    for nominee in voters[:5]:
        await done(nominee, NOMINATE, poll=poll, person=person(nominee))
    seconded = [
        await done(voters[8], NOMINATE, poll=poll, person=person(nominee)) for nominee in voters[:3]
    ]
    fifth = await done(voters[5], NOMINATE, poll=poll, person=person(voters[5]))
    assert published["state"] == "ROLL_PUBLISHED"
    assert published["nominations"]["least"] == 3
    assert published["nominations"]["tooFew"] is published["nominations"]["womanMissing"] is True
    assert [each["candidate"]["nominators"] for each in seconded] == [2, 2, 2]
    assert await refused(voters[8], NOMINATE, poll=poll, person=person(voters[3])) == (
        "NOMINATIONS_SPENT"
    )

    # Vetting: five stand, of whom one was a teller; one withdraws by themselves.
    listed = (await ask(committee, LISTS, poll=poll))["candidates"]["nodes"]
    for each in listed[:5]:
        await done(committee, VET, input={"candidateId": each["id"], "fit": True})
    await done(voters[5], WITHDRAW, candidate=fifth["candidate"]["id"])
    await done(voters[0], STATEMENT, candidate=listed[0]["id"])
    lists = await ask(voters[7], LISTS, poll=poll)
    assert [each["state"] for each in lists["candidates"]["nodes"]] == ["STANDING"] * 5 + [
        "WITHDRAWN"
    ]
    assert lists["candidates"]["nodes"][0]["statement"] == "修好充电棚"
    assert {each["personId"]: each["endReason"] for each in lists["tellers"]["nodes"]} == {
        person(voters[4]): "本人成为候选人,依规回避",
        person(voters[8]): None,
    }


async def they_vote_and_two_tie(town: Town, poll: str, moved_clock) -> None:
    """Nine vote; two reach more than half, two more have as many for the last seat."""
    voters, committee = town.residents, town.committee
    options = await the_options(voters[0], poll)
    a, b, c, d, _ = voters[:5]
    for voter, names in zip(
        voters,
        [(a, b, c), (a, b, d), (a, b, c), (a, b, d), (a, b, c), (a, b, d), (a, c, d), (c, d), ()],
        strict=True,
    ):
        await ballot(voter, poll, options, *names)
    assert (await ask(committee, POLL, poll=poll))["poll"]["result"] is None
    await moved_clock.advance(timedelta(days=1))
    await jobs.close_due_polls()
    await jobs.tally_closed_polls()

    counted = (await ask(ANONYMOUS, POLL, poll=poll))["poll"]
    assert counted["state"] == "RUNOFF_REQUIRED"
    assert counted["result"]["outcome"] == "PARTLY_ELECTED"
    assert counted["result"]["election"] == {
        "seats": 3,
        "openSeats": 1,
        "womanMissing": False,
        "tooFewElected": True,
        "void": 0,
        "elected": [{"name": "居民0", "votes": 7}, {"name": "居民1", "votes": 6}],
        "runoff": [{"name": "居民2"}, {"name": "居民3"}],
        "candidates": [
            {"name": "居民0", "verdict": "ELECTED"},
            {"name": "居民1", "verdict": "ELECTED"},
            {"name": "居民2", "verdict": "TIED"},
            {"name": "居民3", "verdict": "TIED"},
            {"name": "居民4", "verdict": "BELOW_SHARE"},
        ],
    }
    assert counted["result"]["steps"][1] == {
        "name": "share",
        "position": 1,
        "count": 7,
        "least": 5,
        "holds": True,
        "sentence": "居民0:应计 9 票,得 7 票;当选须超过 1/2,即至少 5 票:达到。",
    }


async def they_vote_again(town: Town, poll: str, moved_clock) -> None:
    """The same roll, two candidates, a third of the ballots is enough."""
    voters, committee = town.residents, town.committee
    runoff_opens = await clock.now() + timedelta(days=3)
    runoff_given = {
        "pollId": poll,
        "opensAt": runoff_opens.isoformat(),
        "closesAt": (runoff_opens + timedelta(days=1)).isoformat(),
        "idempotencyKey": str(uuid4()),
    }
    created = await done(committee, RUNOFF, input=runoff_given)
    replayed = await done(committee, RUNOFF, input=runoff_given)
    runoff = created["poll"]["id"]
    assert created["poll"] == {
        "id": runoff,
        "title": "同心社区第七届居民委员会选举(另行选举)",
        "state": "ROLL_FROZEN",
        "seats": 1,
        "turnout": {"roll": 9},
        "options": [{"label": "居民2"}, {"label": "居民3"}],
        "parent": {"id": poll},
        "rules": {"code": "RC_RUNOFF"},
    }
    assert (replayed["replayed"], replayed["poll"]["id"]) == (True, runoff)
    assert (await ask(ANONYMOUS, POLL, poll=poll))["poll"]["runoff"] is None
    assert (await ask(voters[0], POLL, poll=poll))["poll"]["runoff"] == {
        "id": runoff,
        "state": "ROLL_FROZEN",
    }
    await moved_clock.set(runoff_opens)
    options = await the_options(voters[0], runoff)
    for voter, place in zip(voters[:5], (2, 2, 2, 3, 3), strict=True):
        await ballot(voter, runoff, options, voters[place])
    await moved_clock.advance(timedelta(days=1))
    await jobs.close_due_polls()
    await jobs.tally_closed_polls()

    decided = (await ask(ANONYMOUS, POLL, poll=runoff))["poll"]
    assert (decided["state"], decided["result"]["outcome"]) == ("TALLIED", "ELECTED")
    assert decided["result"]["election"]["elected"] == [{"name": "居民2", "votes": 3}]
    assert decided["result"]["election"]["tooFewElected"] is False


async def test_a_committee_election_with_a_tie_and_its_runoff(moved_clock):
    town = await a_town(residents=9)
    opens_at = await clock.now() + timedelta(days=25)
    poll = await a_draft_of_the_election(town, opens_at)

    await they_are_nominated_and_vetted(town, poll)
    await moved_clock.advance(timedelta(days=10))
    assert await jobs.freeze_due_rolls() == 1
    late = town.residents[6]
    assert await refused(late, NOMINATE, poll=poll, person=person(late)) == "NOMINATIONS_OVER"
    await moved_clock.set(opens_at)
    await jobs.open_due_polls()

    await they_vote_and_two_tie(town, poll, moved_clock)
    await they_vote_again(town, poll, moved_clock)


# What is refused, and to whom nothing is shown


async def test_another_communitys_ids_are_not_found_and_nothing_changes(db):
    election, elsewhere = await an_election(), await an_election()
    await elsewhere.stand(0)
    poll = node.encode("poll", elsewhere.poll_id)
    candidate = node.encode("candidate", elsewhere.candidates[0])
    mine, theirs = election.town, person(elsewhere.town.residents[1])

    codes = [
        await refused(mine.residents[0], NOMINATE, poll=poll, person=theirs),
        await refused(mine.committee, VET, input={"candidateId": candidate, "fit": True}),
        await refused(mine.residents[0], WITHDRAW, candidate=candidate),
        await refused(mine.residents[0], STATEMENT, candidate=candidate),
        await refused(mine.committee, APPOINT, poll=poll, person=theirs),
        await refused(mine.committee, END_TELLER, poll=poll, person=theirs),
        await refused(mine.committee, KINSHIP, poll=poll, person=theirs, relative=theirs),
        await refused(mine.committee, WRITE_IN, poll=poll, person=theirs),
        await refused(
            mine.committee,
            RUNOFF,
            input={
                "pollId": poll,
                "opensAt": "2030-01-01T00:00:00Z",
                "closesAt": "2030-01-02T00:00:00Z",
                "idempotencyKey": str(uuid4()),
            },
        ),
        # Of one's own poll, somebody of another community's.
        await refused(
            mine.residents[0],
            NOMINATE,
            poll=node.encode("poll", election.poll_id),
            person=theirs,
        ),
    ]
    shown = await ask(mine.residents[0], LISTS, poll=poll)
    refetched = await ask(
        mine.residents[0], "query ($id: ID!) { node(id: $id) { id } }", id=candidate
    )

    assert codes == ["NOT_FOUND"] * 10
    assert shown["candidates"]["nodes"] == shown["tellers"]["nodes"] == []
    assert refetched["node"] is None
    assert await database.fetch_value("SELECT count(*) FROM voting_candidate") == 1


@pytest.mark.parametrize("foreign", ["", "poll_x", "☃"])
async def test_malformed_ids_are_not_found(db, foreign):
    election = await an_election()
    poll = node.encode("poll", election.poll_id)
    voter = election.town.residents[0]

    assert await refused(voter, NOMINATE, poll=foreign, person=person(voter)) == "NOT_FOUND"
    assert await refused(voter, NOMINATE, poll=poll, person=foreign) == "NOT_FOUND"
    assert await refused(voter, WITHDRAW, candidate=foreign) == "NOT_FOUND"
    assert (await ask(voter, LISTS, poll=foreign))["candidates"]["nodes"] == []


async def test_refusals_speak_the_callers_language(db):
    election = await an_election()
    await election.nominate(0)
    await Person.filter(id=election.town.residents[0].person_id).update(has_political_rights=False)
    committee = election.town.committee
    english = Actor(committee.person_id, committee.grants, locale="en")
    given = {"candidateId": node.encode("candidate", election.candidates[0]), "fit": True}

    answer = (await ask(english, VET, input=given))["vetCandidate"]

    assert answer == {
        "__typename": "Refused",
        "code": "CANDIDATE_UNFIT",
        "message": "This person may not stand: deprived of political rights.",
        "path": ["input", "candidateId"],
    }


async def test_who_was_refused_and_why_is_for_conveners_and_themselves(db):
    election = await an_election()
    candidate = node.encode("candidate", await election.nominate(0))
    given = {"candidateId": candidate, "fit": False, "grounds": ["UNDER_AGE"]}
    vetted = await done(election.town.committee, VET, input=given)
    poll = node.encode("poll", election.poll_id)

    seen = {
        who: len((await ask(actor, LISTS, poll=poll))["candidates"]["nodes"])
        for who, actor in {
            "convener": election.town.committee,
            "themselves": election.town.residents[0],
            "others": election.town.residents[1],
        }.items()
    }

    assert vetted["candidate"]["grounds"] == ["UNDER_AGE"]
    assert seen == {"convener": 1, "themselves": 1, "others": 0}


@pytest.mark.parametrize("size", [1, 3])
async def test_candidates_cost_the_same_for_any_number(statements, size):
    election = await an_election()
    await election.stand(*range(size))
    poll = node.encode("poll", election.poll_id)
    statements.clear()

    lists = await ask(election.town.residents[0], LISTS, poll=poll)

    assert len(lists["candidates"]["nodes"]) == size
    assert len(statements) == 2, statements
