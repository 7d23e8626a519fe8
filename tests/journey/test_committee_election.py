"""A committee election of the demo town over GraphQL, from the draft to a final result.

Five seats: four are won above half of the votes, two candidates tie for the fifth and run off
for it; a proxy of the first round goes on in the run-off; both rounds are certified.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.voting import service
from jobs import voting as work
from schema import node
from seeds import demo
from tests.conftest import Clock
from tests.journey import towns
from tests.voting.asking import ask, done, person
from tests.voting.factories import Town
from tests.voting.test_election_journey import (
    APPOINT,
    CAST,
    CREATE,
    LISTS,
    NOMINATE,
    POLL,
    PUBLISH,
    RUNOFF,
    VET,
    the_options,
)

FILE = """
mutation ($input: FileProxyInput!) {
  fileProxy(input: $input) { __typename ... on UserError { code message } }
}
"""
PROXIES = """
query ($poll: ID!) { pollProxies(pollId: $poll) { nodes { principal holder isCarriedOver } } }
"""
GROUNDS = "query ($poll: ID!) { pollGrounds(pollId: $poll) { code computed clear } }"
CHECK = """
mutation ($poll: ID!, $ground: String!) {
  checkGround(input: { pollId: $poll, ground: $ground, clear: true }) {
    __typename ... on UserError { code message } }
}
"""
CERTIFY = """
mutation ($poll: ID!) {
  certifyPoll(input: { pollId: $poll }) {
    __typename ... on PollPayload { poll { state } } ... on UserError { code message } }
}
"""
SEATS = 5


async def the_town() -> Town:
    """The demo town with the voters of its roll, a woman among those who will stand."""
    community, committee = await towns.a_town_of_polls()
    voters = await database.fetch(
        "SELECT r.voter_id FROM voting_roll_entry r JOIN voting_poll p ON p.id = r.poll_id"
        " WHERE p.rule_code = 'PARTICIPATORY_BUDGET' AND r.voter_id <> $1 ORDER BY r.number",
        committee.person_id,
    )
    ids = [row["voter_id"] for row in voters]
    await database.execute(
        "UPDATE membership_person SET gender = CASE WHEN id = $2 THEN 'female' ELSE 'male' END"
        " WHERE id = ANY ($1)",
        ids,
        ids[1],
    )
    return Town(
        community=community,
        committee=committee,
        residents=[await demo.acting(each) for each in ids],
    )


async def a_public_election(town: Town, opens_at: datetime) -> str:
    """The election drafted and published: its roll is public."""
    created = await done(
        town.committee,
        CREATE,
        input={
            "areaId": node.encode("area", town.community.id),
            "idempotencyKey": str(uuid4()),
            "poll": {
                "title": "米兰社区第七届居民委员会选举",
                "method": "ELECTION",
                "secrecy": "SECRET",
                "seats": SEATS,
                "ruleCode": "RC_ELECTION",
                "opensAt": opens_at.isoformat(),
                "closesAt": (opens_at + timedelta(days=1)).isoformat(),
            },
        },
    )
    poll = str(created["poll"]["id"])
    published = await done(town.committee, PUBLISH, poll=poll)
    assert published["poll"]["state"] == "ROLL_PUBLISHED"
    return poll


async def seven_stand(town: Town, poll: str) -> list[Actor]:
    """Seven nominate themselves, seconded by a neighbour, and are vetted; a teller is appointed."""
    nominees = town.residents[:7]
    for place, nominee in enumerate(nominees):
        await done(nominee, NOMINATE, poll=poll, person=person(nominee))
        await done(town.residents[10 + place], NOMINATE, poll=poll, person=person(nominee))
    for each in (await ask(town.committee, LISTS, poll=poll))["candidates"]["nodes"]:
        await done(town.committee, VET, input={"candidateId": each["id"], "fit": True})
    await done(town.committee, APPOINT, poll=poll, person=person(town.residents[20]))
    return nominees


async def filed_proxy(town: Town, poll: str, principal: Actor, holder: Actor) -> None:
    given = {
        "pollId": poll,
        "holderId": person(holder),
        "relation": "VOTER",
        "idempotencyKey": str(uuid4()),
    }
    assert (await ask(principal, FILE, input=given))["fileProxy"] == {"__typename": "ProxyPayload"}


async def a_ballot(voter: Actor, poll: str, options: dict[str, str], *people: Actor, **more: str):
    given = {
        "pollId": poll,
        "optionIds": [options[person(each)] for each in people],
        "idempotencyKey": str(uuid4()),
        **more,
    }
    await done(voter, CAST, input=given)


async def closed_and_counted(moved_clock: Clock, poll: str) -> Any:
    await moved_clock.advance(timedelta(days=1))
    await work.close_due_polls()
    await work.tally_closed_polls()
    poll_id = node.decode("poll", poll)
    shown = (await ask(await demo.acting(await a_voter(poll_id)), POLL, poll=poll))["poll"]
    assert (await service.recount(await demo.acting(await a_voter(poll_id)), poll_id))[1] is True
    return shown


async def a_voter(poll_id):
    return await database.fetch_value(
        "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1 ORDER BY number LIMIT 1", poll_id
    )


async def certified(town: Town, poll: str) -> list[str]:
    """Look every ground through, and certify; returns the grounds that a person looked at."""
    grounds = (await ask(town.committee, GROUNDS, poll=poll))["pollGrounds"]
    looked_at = [each["code"] for each in grounds if not each["computed"]]
    for code in looked_at:
        await done(town.committee, CHECK, poll=poll, ground=code)
    assert (await done(town.committee, CERTIFY, poll=poll))["poll"]["state"] == "CERTIFIED"
    return looked_at


async def test_a_committee_is_elected_in_two_rounds_and_both_become_final(moved_clock: Clock):
    town = await the_town()
    opens_at = (await clock.now()).replace(microsecond=0) + timedelta(days=25)
    poll = await a_public_election(town, opens_at)
    a, b, c, d, e, f, _ = await seven_stand(town, poll)
    principal, holder = town.residents[40], town.residents[41]
    await filed_proxy(town, poll, principal, holder)
    await moved_clock.advance(timedelta(days=12))
    assert await work.freeze_due_rolls() == 1
    await moved_clock.set(opens_at - timedelta(days=4))
    assert await work.publish_due_proxies() == 1
    await moved_clock.set(opens_at)
    await work.open_due_polls()

    # Of 50 ballots, E and F have 26 each for the last seat, G has none.
    options = await the_options(town.residents[0], poll)
    for number, voter in enumerate(town.residents[:49]):
        if voter is principal:
            await a_ballot(holder, poll, options, a, b, c, d, e, onBehalfOfId=person(principal))
        elif number < 2:
            await a_ballot(voter, poll, options, a, b, c, e, f)
        else:
            await a_ballot(voter, poll, options, a, b, c, d, e if number % 2 else f)
    await a_ballot(town.residents[49], poll, options, a, b, c, d, f)
    first = await closed_and_counted(moved_clock, poll)

    finding = first["result"]["election"]
    assert first["state"] == "RUNOFF_REQUIRED"
    assert (first["result"]["outcome"], first["result"]["participated"]) == ("PARTLY_ELECTED", 50)
    assert (len(finding["elected"]), finding["openSeats"], len(finding["runoff"])) == (4, 1, 2)
    assert finding["womanMissing"] is False
    assert [each["votes"] for each in finding["elected"]] == [50, 50, 50, 48]

    runoff_opens = (await clock.now()).replace(microsecond=0) + timedelta(days=3)
    created = await done(
        town.committee,
        RUNOFF,
        input={
            "pollId": poll,
            "opensAt": runoff_opens.isoformat(),
            "closesAt": (runoff_opens + timedelta(days=1)).isoformat(),
            "idempotencyKey": str(uuid4()),
        },
    )
    runoff = str(created["poll"]["id"])
    carried = (await ask(town.residents[0], PROXIES, poll=runoff))["pollProxies"]["nodes"]
    assert [each["isCarriedOver"] for each in carried] == [True]
    await moved_clock.set(runoff_opens)
    await work.open_due_polls()
    options = await the_options(town.residents[0], runoff)
    for number, voter in enumerate(town.residents[:20]):
        await a_ballot(voter, runoff, options, e if number < 12 else f)
    await a_ballot(holder, runoff, options, e, onBehalfOfId=person(principal))
    second = await closed_and_counted(moved_clock, runoff)

    assert (second["state"], second["result"]["outcome"]) == ("TALLIED", "ELECTED")
    assert [each["votes"] for each in second["result"]["election"]["elected"]] == [13]

    looked_at = [await certified(town, each) for each in (poll, runoff)]
    assert await work.publicise_certified_polls() == 2
    await moved_clock.advance(timedelta(days=12))
    assert await work.finish_displayed_polls() == 2
    states = [(await ask(town.residents[0], POLL, poll=each))["poll"] for each in (poll, runoff)]
    assert [each["state"] for each in states] == ["FINAL", "FINAL"]
    assert all("bribery_or_threat" in each for each in looked_at)
