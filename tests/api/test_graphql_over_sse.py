import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx

from domains.kernel.live import topic
from tests.api.conftest import Serve, Town
from tests.api.test_graphql_over_websocket import bell, settle

EVENTS = "text/event-stream"


@contextlib.asynccontextmanager
async def streaming(
    town: Town, query: str, *, accept: str = EVENTS, token: str | None = None
) -> AsyncIterator[httpx.Response]:
    headers = {"Accept": accept}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("POST", town.url, json={"query": query}, headers=headers) as response,
    ):
        yield response


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Yield the stream's events, without its signs of life."""
    kind = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            yield kind, json.loads(data) if data else None


async def test_a_subscription_streams_until_the_caller_goes(town: Town):
    bell_id = uuid4()

    async with streaming(town, bell("bell", bell_id)) as response:
        heard = events(response)
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "noon"}})
        first = await anext(heard)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "night"}})
        second = await anext(heard)
    await settle(town, 0)

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert [first, second] == [
        ("next", {"data": {"bell": {"bell": "noon"}}}),
        ("next", {"data": {"bell": {"bell": "night"}}}),
    ]


async def test_a_subscription_streams_to_a_client_that_would_take_json_too(town: Town):
    bell_id = uuid4()
    accept = f"application/graphql-response+json, application/json, {EVENTS}, multipart/mixed"

    async with streaming(town, bell("bell", bell_id), accept=accept) as response:
        await settle(town, 1)
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "noon"}})
        first = await anext(events(response))

    assert first[0] == "next"


async def test_a_query_streams_only_where_nothing_else_is_accepted(town: Town):
    async with streaming(town, "{ hello }") as response:
        heard = [each async for each in events(response)]

    assert [kind for kind, _ in heard] == ["next", "complete"]
    assert heard[0][1]["data"] == {"hello": "Hello, town!"}


async def test_a_subscription_without_a_stream_is_406(town: Town):
    response = await town.ask(bell("bell", uuid4()))

    assert response.status_code == 406
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_request_that_is_refused_is_answered_in_json(town: Town):
    async with streaming(town, "subscription { nothing }") as response:
        body = json.loads(await response.aread())

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_subscription_that_may_not_open_tells_why_and_completes(town: Town):
    async with streaming(town, bell("diary", uuid4())) as response:
        heard = [each async for each in events(response)]

    assert [kind for kind, _ in heard] == ["next", "complete"]
    assert heard[0][1]["errors"][0]["extensions"]["refusal"] == "NOT_FOUND"


async def test_a_stream_ends_with_its_session(town: Town):
    bell_id, token = uuid4(), town.door.admit()

    async with streaming(town, bell("bell", bell_id), token=token) as response:
        await settle(town, 1)
        town.door.close(token)
        town.edge.sessions.forget()
        town.edge.hub.tell({topic("bell", bell_id): {"bell": "secret"}})
        heard = [each async for each in events(response)]

    assert heard == [("complete", None)]


async def test_stopping_ends_streams_without_complete_so_that_clients_come_back(serve: Serve):
    async with serve() as town, streaming(town, bell("bell", uuid4())) as response:
        await settle(town, 1)
        town.server.drain()
        heard = [each async for each in events(response)]

    assert heard == []


async def test_a_sign_of_life_keeps_a_quiet_stream_open(town: Town):
    async with streaming(town, bell("bell", uuid4())) as response:
        first = await asyncio.wait_for(anext(response.aiter_raw()), 30)

    assert first == b":\n\n"
