"""The product's own contract on a real server, hearing the database, for people of a test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest

from api.app import create_app
from api.edge import Edge
from api.server import Server, server_of
from domains.kernel.actor import Actor
from domains.kernel.settings import Environment, Settings
from tests.api.test_graphql_over_websocket import Client, dial


class Hall:
    """A running server whose door knows the people of a test."""

    def __init__(self, server: Server, port: int, actors: dict[str, Actor]) -> None:
        self.server = server
        self.socket = f"ws://127.0.0.1:{port}/graphql"
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self._actors = actors

    @property
    def edge(self) -> Edge:
        return self.server.edge

    def admit(self, actor: Actor) -> str:
        """Give somebody a session; returns its token."""
        token = f"key-{uuid4().hex}"
        self._actors[token] = replace(actor, session_id=uuid4())
        return token

    @contextlib.asynccontextmanager
    async def joined(self, actor: Actor) -> AsyncIterator[Client]:
        """A socket of somebody's own."""
        async with dial(self) as client:  # all it asks for is `socket`
            await client.begin(self.admit(actor))
            yield client

    async def settled(self, subscriptions: int) -> None:
        """Wait until so many subscriptions are open, each group of them listening."""
        async with asyncio.timeout(30):
            groups = self.edge.groups
            while (groups.members, len(self.edge.hub)) != (subscriptions, len(groups)):  # noqa: ASYNC110
                await asyncio.sleep(0.005)


@pytest.fixture
async def hall(db: str) -> AsyncIterator[Hall]:
    """A server on a free port; what the relay tells reaches its sockets through the database."""
    actors: dict[str, Actor] = {}

    async def authenticate(token: str, *, locale: str, address: str | None) -> Actor | None:
        actor = actors.get(token)
        return None if actor is None else replace(actor, locale=locale, address=address)

    async def reread(session_ids: Sequence[UUID], /) -> Mapping[UUID, Actor]:
        known = {actor.session_id: actor for actor in actors.values()}
        return {each: known[each] for each in session_ids if each in known}

    app = create_app(
        chosen=Settings(environment=Environment.TEST),
        authenticate=authenticate,
        reread=reread,
        owns_database=False,
    )
    server = server_of(app, host="127.0.0.1", port=0)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag
        await asyncio.sleep(0.005)
    hearing = asyncio.create_task(server.edge.hub.run(db))
    await server.edge.hub.connected.wait()
    here = Hall(server, server.servers[0].sockets[0].getsockname()[1], actors)
    try:
        yield here
    finally:
        await here.client.aclose()
        server.edge.groups.finish()
        hearing.cancel()
        await asyncio.wait([hearing])
        server.should_exit = True
        await serving
