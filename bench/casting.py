"""Casting: thousands of residents at 64 clients, beside the same statement by itself."""

from typing import Any
from uuid import UUID, uuid4

import orjson

from bench import rounds, town
from bench.client import request_bytes
from bench.report import Figure
from bench.rounds import Rounds
from bench.server import Server
from domains.kernel import database
from schema import node

CAST = """
mutation Cast($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on BallotCast { revision } ... on Refused { code } }
}
"""
CLIENTS = 64
ROUNDS = 3
WARM_UP = 1_000
BALLOTS = 3_000
VOTERS = 2 * (WARM_UP + ROUNDS * BALLOTS)
_COUNT = """
SELECT (SELECT count(*) FROM voting_participation t WHERE t.poll_number = p.number),
       (SELECT count(*) FROM voting_ballot b WHERE b.poll_number = p.number)
FROM voting_poll p WHERE p.id = $1
"""


async def casting(ours: Server, bare: Server, street: Any) -> list[Figure]:
    """Let half of a roll cast over GraphQL and half over the bare endpoint, round by round."""
    community = await town.a_community(street, code="cast", residents=VOTERS)
    poll_id = await town.an_open_poll(community, title="小区充电棚建在哪里?")
    options = await town.options_of(poll_id)
    voters = await town.voters_of(poll_id, VOTERS)
    half = VOTERS // 2
    tokens = await town.sign_in(voters[:half])
    await town.settle()
    over_graphql = [_mutation(poll_id, options[n % 3], tokens[n]) for n in range(half)]
    over_bare = [_statement(poll_id, voters[half + n], 1 << n % 3) for n in range(half)]
    of_ours, of_bare = Rounds(), Rounds()
    done = 0
    for turn in range(ROUNDS + 1):
        number = BALLOTS if turn else WARM_UP
        ours_now, bare_now = (of_ours, of_bare) if turn else (Rounds(), Rounds())
        for server, into, requests in (
            (ours, ours_now, over_graphql[done : done + number]),
            (bare, bare_now, over_bare[done : done + number]),
        ):
            await rounds.one(
                server, into, clients=CLIENTS, requests=number, make=requests.__getitem__
            )
            _require_cast(into, number)
        done += number
    found = await database.fetch_one(_COUNT, poll_id)
    if found is None or tuple(found.values()) != (VOTERS, VOTERS):
        raise RuntimeError(f"{VOTERS} were cast and {found} are in the box")
    return rounds.figures("casting, 64 clients", "ballot", of_ours, of_bare)


def _mutation(poll_id: UUID, option: UUID, token: str) -> bytes:
    variables = {
        "input": {
            "pollId": node.encode("poll", poll_id),
            "optionIds": [node.encode("option", option)],
            "idempotencyKey": str(uuid4()),
        }
    }
    return request_bytes(
        "/graphql", orjson.dumps({"query": CAST, "variables": variables}), token=token
    )


def _statement(poll_id: UUID, voter: UUID, marks: int) -> bytes:
    return request_bytes(
        "/cast", orjson.dumps({"poll": str(poll_id), "voter": str(voter), "marks": marks})
    )


def _require_cast(into: Rounds, number: int) -> None:
    """Make sure that every single answer said that the ballot is in the box."""
    assert into.last is not None, "the round has run"
    taken = sum(b'"BallotCast"' in each or b'"cast"' in each for each in into.last.bodies)
    if taken != number:
        raise RuntimeError(f"{taken} of {number} were cast: {into.last.first_body[:300]!r}")
