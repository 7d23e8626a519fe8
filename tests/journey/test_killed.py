"""Power cuts: servers and workers killed in the middle lose no ballot and count none twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx

from domains.kernel import clock, crypto, database
from domains.kernel.actor import SYSTEM
from domains.voting import queries, service
from schema import node
from tests.conftest import Clock
from tests.journey.clients import insistently, relayed, until
from tests.journey.conftest import Programs
from tests.voting.factories import a_draft, a_town, an_open_poll, cast

CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on BallotCast { replayed } ... on UserError { code } }
}
"""
VOTERS = 48
SERVING = r"Serving at (http://\S+)"

_SESSION = """
INSERT INTO membership_session (id, person_id, token_hash, method, device, created_at,
    last_seen_at, expires_at)
VALUES ($1, $2, $3, 'one_time_code', '', now(), now(), now() + interval '1 hour')
"""


async def a_session(person_id: UUID) -> str:
    """A token of an open session."""
    token = crypto.token()
    await database.execute(_SESSION, uuid4(), person_id, crypto.token_hash(token))
    return token


async def test_a_server_killed_while_ballots_are_cast_loses_and_doubles_none(
    programs_here: Programs,
):
    town = await a_town(residents=VOTERS)
    poll_id = await an_open_poll(town)
    options = (await queries.options_by_poll(SYSTEM, [poll_id]))[0]
    tokens = [await a_session(each.person_id) for each in town.residents]
    given = {
        "pollId": node.encode("poll", poll_id),
        "optionIds": [node.encode("option", options[0]["id"])],
    }
    program = programs_here.start("serve", "--port", "0", "--no-worker")
    address = [program.said(SERVING)]

    async def kill_twice() -> None:
        nonlocal program
        for _ in range(2):
            await asyncio.sleep(0.15)
            program.kill()
            program = programs_here.start("serve", "--port", "0", "--no-worker")
            address[0] = await asyncio.to_thread(program.said, SERVING)

    *answers, _ = await asyncio.gather(
        *(
            insistently(address, token, CAST, input=given | {"idempotencyKey": str(uuid4())})
            for token in tokens
        ),
        kill_twice(),
    )

    ballots = await database.fetch_value("SELECT count(*) FROM voting_ballot")
    assert [each["castBallot"]["__typename"] for each in answers] == ["BallotCast"] * VOTERS
    assert ballots == VOTERS
    assert program.stop() == 0


async def all_are_counted() -> bool:
    """Whether every poll is."""
    return not await database.fetch_value(
        "SELECT count(*) FROM voting_poll WHERE state <> 'tallied'"
    )


async def test_workers_killed_at_any_moment_close_and_count_each_poll_once(
    programs_here: Programs, moved_clock: Clock
):
    town = await a_town(residents=3)
    polls = []
    now = await clock.now()
    for number in range(12):
        lasts = timedelta(hours=1, seconds=number / 4)
        draft = replace(await a_draft(quorum=(1, 3)), closes_at=now + lasts)
        polls.append(await an_open_poll(town, draft))
        await cast(town.residents[0], polls[-1], 1)
    await moved_clock.set(now + timedelta(hours=1, seconds=-2))

    for pause in (2.5, 0.3, 0.5, 0.7):
        workers = [programs_here.start("worker") for _ in range(2)]
        workers[0].said(r"(Working)")
        await asyncio.sleep(pause)
        for each in workers:
            each.kill()
    last = programs_here.start("worker")
    last.said(r"(Working)")
    await until(all_are_counted, within_s=120)
    await relayed()

    events = await database.fetch(
        "SELECT name, count(*) AS number FROM kernel_outbox"
        " WHERE name LIKE 'voting.%' GROUP BY name ORDER BY name"
    )
    recounts = [(await service.recount(SYSTEM, poll_id))[1] for poll_id in polls]
    assert [(row["name"], row["number"]) for row in events] == [
        ("voting.PollClosed", 12),
        ("voting.PollOpened", 12),
        ("voting.PollPublished", 12),
        ("voting.PollTallied", 12),
    ]
    assert recounts == [True] * 12
    assert last.stop() == 0


async def test_a_database_that_goes_away_is_a_clear_answer_and_comes_back(programs: Programs):
    programs.run("migrate")
    program = programs.start("serve", "--port", "0", "--no-worker")
    address = program.said(SERVING)
    name = database.connection_arguments(programs.database)["database"]
    administrator = await asyncpg.connect(
        **{**database.connection_arguments(programs.database), "database": "postgres"}
    )
    async with httpx.AsyncClient(timeout=30) as client:
        try:
            await administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
            )
            answers = [
                (
                    await client.post(
                        f"{address}/graphql", json={"query": "{ polls { nodes { id } } }"}
                    )
                )
                for _ in range(12)
            ]
        finally:
            await administrator.close()

        assert {answer.status_code for answer in answers} <= {200, 503}
        assert answers[-1].json()["data"] == {"polls": {"nodes": []}}
        assert (await client.get(f"{address}/readyz")).status_code == 200
