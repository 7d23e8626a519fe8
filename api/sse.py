"""graphql-sse, distinct connections: one request, one stream of events, then `complete`."""

import asyncio
from typing import Any

import orjson
from graphql import OperationType
from starlette.types import Receive, Send

from api import metrics
from api.asked import Asked
from api.edge import Admitted, Edge
from api.refusals import RequestRefused
from domains.kernel.actor import Actor

PULSE_S = 15.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]
_COMPLETE = b"event: complete\ndata:\n\n"


class Stream:
    """One response that stays open: a member of a group, or one answer."""

    def __init__(self, actor: Actor, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self.actor = actor
        self._send = send
        self._headers = [*_HEADERS, *headers]
        self._latest: bytes | None = None
        self._last: bytes | None = None
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._ended = False

    def offer(self, payload: bytes) -> None:
        """Send the latest answer when the connection can take it."""
        self._latest = payload
        self._news.set()

    def finish(self) -> None:
        """Complete after the latest answer."""
        self._last = _COMPLETE
        self._news.set()

    def part(self) -> None:
        """End without `complete`, so that a client knows to come back."""
        self._last = b""
        self._news.set()

    def fail(self, refusal: RequestRefused) -> None:
        """Tell why there will be no more, and complete."""
        self.offer(orjson.dumps({"errors": refusal.errors}))
        self.finish()

    def expel(self) -> None:
        """Complete: the session has ended."""
        self._latest = None
        self.finish()

    async def taken(self) -> None:
        """Wait until the latest answer has been written, or nothing will be any more."""
        while self._latest is not None and not self._ended:
            self._gone.clear()
            await self._gone.wait()

    async def write(self) -> None:
        """Write what is offered until the end, and a sign of life where nothing is."""
        try:
            await self._write()
        finally:
            self._ended = True
            self._gone.set()

    async def _write(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await self._part(b":\n\n")
        while True:
            if self._latest is not None:
                payload, self._latest = self._latest, None
                self._gone.set()
                await self._part(b"event: next\ndata: " + payload + b"\n\n")
            elif self._last is not None:
                await self._send({"type": "http.response.body", "body": self._last})
                return
            else:
                await self._wait()

    async def _wait(self) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(PULSE_S):
                await self._news.wait()
        except TimeoutError:
            await self._part(b":\n\n")

    async def _part(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


async def stream(
    edge: Edge,
    admitted: Admitted,
    asked: Asked,
    actor: Actor,
    *,
    receive: Receive,
    send: Send,
    headers: list[tuple[bytes, bytes]],
) -> None:
    """Answer an operation as a stream, until its end or until the caller goes."""
    member = Stream(actor, send, headers)
    if admitted.operation.kind is not OperationType.SUBSCRIPTION:
        answer = await edge.run(admitted, asked, actor)
        member.offer(answer.body)
        member.finish()
        await member.write()
        return
    await edge.groups.join(member, admitted.operation, asked)
    metrics.STREAMS.inc()
    writing = asyncio.create_task(member.write(), name="event stream")
    going = asyncio.create_task(_gone(receive), name="event stream's reader")
    tasks: set[asyncio.Task[Any]] = {writing, going}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        metrics.STREAMS.dec()
        edge.groups.leave(member)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
