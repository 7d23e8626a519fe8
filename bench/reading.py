"""Reading: a list of 50 polls, the smallest operation there is, and a document made to hurt."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import strawberry
from tortoise import Tortoise

from api.app import create_app
from api.asked import Asked
from api.edge import Edge
from api.refusals import RequestRefused
from bench import rounds, town
from bench.client import request_bytes
from bench.report import Figure
from bench.rounds import Rounds
from bench.server import Server
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.membership.queries import sessions
from domains.voting.values import Secrecy

POLLS = """
query Polls($first: Int) {
  polls(first: $first) {
    nodes {
      id title state secrecy opensAt closesAt
      turnout { roll participated }
      author { name }
      options { id position label }
    }
  }
}
"""
PAGES = (1, 10, 50)
CLIENTS = 16
ROUNDS = 5


async def a_list(street: Any) -> str:
    """Make 50 polls that some have answered; returns the token of a resident who sees them."""
    community = await town.a_community(street, code="list", residents=60)
    for number in range(50):
        poll_id = await town.an_open_poll(
            community, title=f"第{number + 1}号议题:公共空间如何使用?"
        )
        await town.fill(poll_id, Secrecy.OPEN, ballots=number % 40)
    await town.settle()
    voters = [
        each for each in await town.voters_of(poll_id, 5) if each != community.committee.person_id
    ]
    return (await town.sign_in(voters[:1]))[0]


async def polls(ours: Server, bare: Server, token: str) -> list[Figure]:
    """Read the list from both servers in turn."""
    body = orjson.dumps({"query": POLLS, "variables": {"first": 50}})
    asked, plain = request_bytes("/graphql", body, token=token), request_bytes("/polls", b"")
    of_ours, of_bare = Rounds(), Rounds()
    await rounds.one(ours, Rounds(), clients=CLIENTS, requests=60, make=lambda _: asked)
    await rounds.one(bare, Rounds(), clients=CLIENTS, requests=60, make=lambda _: plain)
    for _ in range(ROUNDS):
        await rounds.one(ours, of_ours, clients=CLIENTS, requests=300, make=lambda _: asked)
        await rounds.one(bare, of_bare, clients=CLIENTS, requests=1_500, make=lambda _: plain)
    _require_equal(of_ours, of_bare)
    section = "list of 50 polls"
    statements = [
        Figure(section, f"statements, page of {first}", "", [await _statements(token, first)])
        for first in PAGES
    ]
    return [
        *rounds.figures(section, "request", of_ours, of_bare),
        *statements,
        Figure(section, "resident memory", "MB", [ours.memory_mb()], [bare.memory_mb()]),
    ]


def _require_equal(ours: Rounds, bare: Rounds) -> None:
    """Make sure that both told the same polls, counts, authors and options."""
    assert ours.last is not None, "there were rounds"
    assert bare.last is not None, "there were rounds"
    told = orjson.loads(ours.last.first_body)["data"]["polls"]["nodes"]
    plain = orjson.loads(bare.last.first_body)["data"]["polls"]["nodes"]
    shapes = [
        [
            (
                each["title"],
                each["turnout"]["participated"],
                each["author"]["name"],
                [option["label"] for option in each["options"]],
            )
            for each in nodes
        ]
        for nodes in (told, plain)
    ]
    if shapes[0] != shapes[1] or len(told) != 50:
        raise RuntimeError("the two endpoints do not tell the same list")


async def smallest(ours: Server, bare: Server) -> list[Figure]:
    """Ask nothing but the name of the root type: what every operation costs."""
    asked = request_bytes("/graphql", b'{"query":"{ __typename }"}')
    plain = request_bytes("/nothing", b'{"query":"{ __typename }"}')
    of_ours, of_bare = Rounds(), Rounds()
    await rounds.one(ours, Rounds(), clients=CLIENTS, requests=300, make=lambda _: asked)
    await rounds.one(bare, Rounds(), clients=CLIENTS, requests=300, make=lambda _: plain)
    for _ in range(ROUNDS):
        await rounds.one(ours, of_ours, clients=CLIENTS, requests=2_000, make=lambda _: asked)
        await rounds.one(bare, of_bare, clients=CLIENTS, requests=2_000, make=lambda _: plain)
    return rounds.figures("{ __typename }", "request", of_ours, of_bare)


def doubled_fragments() -> str:
    """Return 827 bytes that would expand to four million fields."""
    links = "".join(f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(22))
    return ("{...f0}" + links + "fragment f22 on Query{__typename}").ljust(827)


def refusing(schema: strawberry.Schema) -> list[Figure]:
    """Time the refusal of a document that doubles itself."""
    edge: Edge = create_app(schema=schema, owns_database=False).state.edge
    text = doubled_fragments()
    taken: list[float] = []
    for _ in range(20):
        began = time.perf_counter()
        try:
            edge.admit(Asked(text=text, digest=None), ANONYMOUS)
        except RequestRefused:
            taken.append((time.perf_counter() - began) * 1000)
    if len(taken) != 20:
        raise RuntimeError("the hostile document was let in")
    return [Figure("hostile document", f"{len(text)} bytes, to the refusal", "ms", taken)]


async def _statements(token: str, first: int) -> float:
    """Count the statements of one request, the caller's session included."""
    edge: Edge = create_app(owns_database=False).state.edge
    async with watched() as ran:
        actor = await sessions.actor_of_token(token, locale="zh-Hans", address=None)
        assert actor is not None, "the token opens a session"
        asked = Asked(text=POLLS, digest=None, variables={"first": first})
        answer = await edge.run(edge.admit(asked, actor), asked, actor)
        told = orjson.loads(answer.body)["data"]["polls"]["nodes"]
        if len(told) != first:
            raise RuntimeError(f"{len(told)} polls came where {first} were asked")
    return len(ran)


@asynccontextmanager
async def watched() -> AsyncIterator[list[str]]:
    """Connect anew, with every statement noted; what the driver asks by itself is left out."""
    ran: list[str] = []

    def note(query: "asyncpg.connection.LoggedQuery") -> None:
        if "typeinfo" not in query.query and "'jit'" not in query.query:
            ran.append(query.query)

    async def init(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        connection.add_query_logger(note)

    await Tortoise.close_connections()
    config = database.tortoise_config()
    config["connections"]["default"]["credentials"]["init"] = init
    await Tortoise.init(config=config, _enable_global_fallback=True)
    yield ran
    await Tortoise.close_connections()
    await Tortoise.init(config=database.tortoise_config(), _enable_global_fallback=True)
