"""Clients of a running server: people with tokens over HTTP, and listeners over WebSocket."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import websockets

from domains.kernel import crypto, database
from domains.kernel.actor import Actor
from schema import node

_SESSION = """
INSERT INTO membership_session (id, person_id, token_hash, method, device, created_at,
    last_seen_at, expires_at, second_factor_at)
VALUES ($1, $2, $3, 'one_time_code', '', kernel_now(), kernel_now(), kernel_now() + $4,
    kernel_now() + $4)
"""
NEWS = """
subscription ($id: ID!, $after: Int) { myMeetingChanged(meetingId: $id, afterSeq: $after) {
  seq fromSeq state entries { seq kind } } }
"""
_AT_WORK = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start <= $1)
"""
_UNTOLD = """
SELECT EXISTS (
    SELECT FROM kernel_outbox WHERE delivered_at IS NULL AND parked_at IS NULL
      AND recorded_at <= $1)
"""
PIXELS = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc000000301010018dd8db00000000049454e44ae426082"
)


async def a_session(actor: Actor) -> str:
    """A token of a session, with its second factor, that lasts as long as the story."""
    token = crypto.token()
    lasts = timedelta(days=90)
    await database.execute(_SESSION, uuid4(), actor.person_id, crypto.token_hash(token), lasts)
    return token


async def until(
    done: Callable[[], Awaitable[Any]], *, within_s: float = 60, every_s: float = 0.1
) -> Any:
    """Ask until the answer is there, which another program brings about; returns it."""
    async with asyncio.timeout(within_s):
        while not (found := await done()):  # noqa: ASYNC110 - it says it to nobody
            await asyncio.sleep(every_s)
    return found


async def at_rest() -> None:
    """Wait until what other programs were doing in the database just now is done."""
    now = await database.fetch_value("SELECT clock_timestamp()")

    async def over() -> bool:
        return not await database.fetch_value(_AT_WORK, now)

    await until(over, every_s=0.02)


async def relayed() -> None:
    """Wait until the relay has delivered what was recorded until now, and what followed stands."""
    now = await database.fetch_value("SELECT kernel_now()")

    async def delivered() -> bool:
        return not await database.fetch_value(_UNTOLD, now)

    await until(delivered, every_s=0.02)


async def insistently(address: list[str], token: str, document: str, **variables: Any) -> Any:
    """Repeat a request until it is answered, as a phone in a lift would; returns the data."""
    async with httpx.AsyncClient(timeout=15) as client:

        async def answered() -> Any:
            with contextlib.suppress(httpx.TransportError):
                answer = await client.post(
                    f"{address[0]}/graphql",
                    json={"query": document, "variables": variables},
                    headers={"Authorization": f"Bearer {token}"},
                )
                if answer.status_code == 200:
                    return answer.json().get("data")
            return None

        return await until(answered, within_s=180, every_s=0.05)


class Somebody:
    """A person at a device: asks and acts over HTTP with a token."""

    def __init__(self, address: str, actor: Actor, token: str) -> None:
        assert actor.person_id is not None
        self.actor = actor
        self.person_id: UUID = actor.person_id
        self.id = node.encode("person", actor.person_id)
        self.token = token
        self.client = httpx.AsyncClient(
            base_url=address, timeout=60, headers={"Authorization": f"Bearer {token}"}
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def asks(self, document: str, **variables: Any) -> Any:
        """The data of an answer."""
        answer = await self.client.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"Accept": "application/graphql-response+json"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    async def tries(self, name: str, fields: str = "", /, **given: Any) -> Any:
        """Run a mutation; what it answers with, be it a refusal."""
        return (await self.asks(mutation(name, fields), input=given))[name]

    async def does(self, name: str, fields: str = "", /, **given: Any) -> Any:
        """Run a mutation that is not refused."""
        told = await self.tries(name, fields, **given)
        assert "code" not in told, (name, told)
        return told

    async def brings(self, content: bytes = PIXELS) -> str:
        """Send a picture, in three steps; returns the upload."""
        made = await self.does(
            "createUpload",
            "... on UploadCreated { putAddress upload { id } }",
            fileName="广场.png",
            mediaType="image/png",
            sizeBytes=len(content),
            idempotencyKey=key(),
        )
        sent = await self.client.put(made["putAddress"], content=content)
        assert sent.status_code == 204, sent.text
        sha256 = hashlib.sha256(content).hexdigest()
        await self.does("completeUpload", uploadId=made["upload"]["id"], sha256=sha256)
        return str(made["upload"]["id"])


def mutation(name: str, fields: str) -> str:
    """The document of a mutation, with the fields of its payload."""
    kind = f"{name[0].upper()}{name[1:]}"
    return (
        f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ __typename {fields}"
        " ... on UserError { code message path } } }"
    )


class OverSocket:
    """A person at a device that does everything over one WebSocket."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.asked = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, token: str) -> "AsyncIterator[OverSocket]":
        """A socket that the server has acknowledged."""
        async with acknowledged(address, token) as socket:
            yield cls(socket)

    async def tries(self, name: str, fields: str = "", /, **given: Any) -> Any:
        """Run a mutation; what it answers with, be it a refusal."""
        self.asked += 1
        asked = {"query": mutation(name, fields), "variables": {"input": given}}
        message = {"id": str(self.asked), "type": "subscribe", "payload": asked}
        await self.socket.send(json.dumps(message))
        answer: Any = None
        async for text in self.socket:
            told = json.loads(text)
            if told["type"] == "complete":
                return answer
            assert told["type"] == "next", told
            answer = told["payload"]["data"][name]
        raise AssertionError("the socket was closed")


@asynccontextmanager
async def acknowledged(address: str, token: str) -> AsyncIterator[Any]:
    """A WebSocket of the protocol, begun with a token."""
    async with websockets.connect(
        address.replace("http://", "ws://") + "/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]  # plain text is one
    ) as socket:
        hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await socket.send(json.dumps(hello))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


class Listener:
    """Somebody's socket that follows one meeting, behind the last number that it knows."""

    def __init__(self, address: str, somebody: Somebody, meeting_id: str) -> None:
        self.address = address
        self.somebody = somebody
        self.meeting_id = meeting_id
        self.heard: list[int] = []
        self.kinds: list[str] = []
        self._task: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Connect, and read on behind what was heard."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready))
        await asyncio.wait_for(ready.wait(), 60)

    async def go_away(self) -> None:
        """Drop off, as a phone in a lift does."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def until(self, seq: int) -> None:
        """Wait until it has heard of an entry."""
        async with asyncio.timeout(60):
            while not self.heard or self.heard[-1] < seq:  # noqa: ASYNC110 - many wait for many
                await asyncio.sleep(0.02)

    async def _listen(self, ready: asyncio.Event) -> None:
        async with acknowledged(self.address, self.somebody.token) as socket:
            behind = self.heard[-1] if self.heard else 0
            asked = {"query": NEWS, "variables": {"id": self.meeting_id, "after": behind}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
            await socket.send('{"type":"ping"}')
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "pong":
                    ready.set()
                elif message["type"] == "next":
                    entries = message["payload"]["data"]["myMeetingChanged"]["entries"]
                    self.heard += [each["seq"] for each in entries]
                    self.kinds += [each["kind"] for each in entries]


def key() -> str:
    """A key of a client's own."""
    return str(uuid4())
