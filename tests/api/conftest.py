"""A real uvicorn on a free port, serving the town of tests/api/town.py."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.edge import Edge
from api.server import Server, server_of
from domains.kernel.settings import Environment, Settings
from tests.api.town import SCHEMA, Door

GRAPHQL = "application/graphql-response+json"


class Town:
    """A running server, its door and its edge."""

    def __init__(self, server: Server, door: Door, port: int) -> None:
        self.server = server
        self.door = door
        self.port = port
        self.url = f"http://127.0.0.1:{port}/graphql"
        self.socket = f"ws://127.0.0.1:{port}/graphql"
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)

    @property
    def edge(self) -> Edge:
        return self.server.edge

    async def ask(self, query: str, *, accept: str = GRAPHQL, **more: Any) -> httpx.Response:
        headers = {"Accept": accept, **more.pop("headers", {})}
        body = {"query": query, **more}
        return await self.client.post("/graphql", json=body, headers=headers)


Serve = Callable[..., AbstractAsyncContextManager[Town]]


@contextlib.asynccontextmanager
async def serving(**chosen: Any) -> AsyncIterator[Town]:
    door = Door()
    settings = Settings(environment=chosen.pop("environment", Environment.TEST), **chosen)
    app = create_app(
        schema=SCHEMA,
        chosen=settings,
        authenticate=door.authenticate,
        reread=door.reread,
        owns_database=False,
    )
    server = server_of(app, host="127.0.0.1", port=0)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    town = Town(server, door, port)
    try:
        yield town
    finally:
        await town.client.aclose()
        server.edge.groups.finish()
        server.should_exit = True
        await task


@pytest.fixture
def serve() -> Serve:
    return serving


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    async with serving() as running:
        yield running
