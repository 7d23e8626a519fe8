"""graphql-transport-ws on /graphql: many operations over one socket.

What is sent waits in an outbox of the socket: answers in order, and of a subscription
only the latest, so that a slow reader holds nobody up and costs a bounded memory. A query
is answered once the subscriptions that were asked for before it listen.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from api import asked as reading
from api import metrics, negotiation
from api.authentication import actor_of, address_of
from api.edge import CallerGone, Edge, Note
from api.groups import as_now
from api.refusals import Code, RequestRefused, said
from domains.kernel.actor import Actor

PROTOCOL = "graphql-transport-ws"
INIT_WITHIN_S = 3.0
MOST_OPERATIONS = 20
MOST_WAITING = 100
MOST_ID = 128

log = structlog.get_logger("api.live")


class Closed(CallerGone):
    """The socket is closed by us, with one of the protocol's codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class GraphQLOverWebSocket:
    """The endpoint, as an ASGI application."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket to its end."""
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        headers = negotiation.headers_of(scope["headers"])
        if not self._is_from_us(headers.get("origin"), headers.get("host"), scope["scheme"]):
            await _deny(send, 403)
            return
        if self.edge.draining or self.open >= self.edge.settings.sockets_at_once:
            await _deny(send, 503)
            return
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            reason = "Subprotocol not acceptable"
            await send({"type": "websocket.close", "code": 4406, "reason": reason})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        self._count(1)
        try:
            await Socket(self.edge, scope, headers, receive, send).serve()
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        self.open += by
        metrics.SOCKETS.set(self.open)

    def _is_from_us(self, origin: str | None, host: str | None, scheme: str) -> bool:
        """Tell whether a page may open a socket here; what is not a browser names no origin."""
        if origin is None or origin in self.edge.origins:
            return True
        own = {"ws": ("http",), "wss": ("https",)}.get(scheme, ())
        behind_a_proxy = ("https",) if self.edge.trusted else ()
        return any(origin == f"{each}://{host}" for each in (*own, *behind_a_proxy))


async def _deny(send: Send, status: int) -> None:
    headers = [(b"retry-after", b"5")] if status == 503 else []
    start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})


class Socket:
    """One connection, its caller and its operations."""

    def __init__(
        self,
        edge: Edge,
        scope: Scope,
        headers: negotiation.Headers,
        receive: Receive,
        send: Send,
    ) -> None:
        self.edge = edge
        self.headers = headers
        self.receive = receive
        self.send = send
        client = scope.get("client")
        self.address = address_of(
            client[0] if client else None, headers.get("x-forwarded-for"), edge.trusted
        )
        self.locale = negotiation.locale(headers.get("accept-language"))
        self.actor: Actor | None = None
        self.operations: dict[str, asyncio.Task[None] | Subscription] = {}
        self.opening: set[asyncio.Future[None]] = set()
        self.outbox = Outbox(send)

    async def serve(self) -> None:
        """Hear the client out until one side closes."""
        writing = asyncio.create_task(self.outbox.run(), name="socket writer")
        try:
            await self._converse()
        except Closed as closed:
            self.outbox.close(closed.code, closed.reason)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(writing), 2)
        finally:
            for each in list(self.operations):
                self.stop(each)
            writing.cancel()

    async def _converse(self) -> None:
        try:
            async with asyncio.timeout(INIT_WITHIN_S):
                first = await self._message()
                while first is not None and first.get("type") == "ping":
                    self._pong(first)
                    first = await self._message()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        if first is None:
            return
        await self._initialise(first)
        while (message := await self._message()) is not None:
            await self._heed(message)

    async def _message(self) -> dict[str, Any] | None:
        """Return the client's next message, None where it has gone or has been closed."""
        event = await self.receive()
        if event["type"] == "websocket.disconnect":
            return None
        try:
            message = orjson.loads(event.get("text") or "")
        except orjson.JSONDecodeError:
            raise Closed(4400, "Invalid message") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closed(4400, "Invalid message")
        return message

    async def _initialise(self, message: dict[str, Any]) -> None:
        if message["type"] != "connection_init":
            raise Closed(4401, "Unauthorized")
        payload = message.get("payload") or {}
        if not isinstance(payload, dict):
            raise Closed(4400, "Invalid message")
        given = {key.lower(): value for key, value in payload.items() if isinstance(value, str)}
        if "accept-language" in given:
            self.locale = negotiation.locale(given["accept-language"])
        authorization = given.get("authorization", self.headers.get("authorization"))
        nameless = Actor(person_id=None, locale=self.locale, address=self.address)
        try:
            self.edge.budgets.admit(nameless)
            self.actor = await actor_of(
                authorization, self.edge.authenticate, locale=self.locale, address=self.address
            )
        except RequestRefused as refusal:
            self.edge.budgets.charge_invalid(nameless)
            if refusal.code is Code.UNAUTHENTICATED:
                raise Closed(4403, "Forbidden") from None
            raise Closed(1013, "Try again later") from None
        self.outbox.put(b'{"type":"connection_ack"}')

    async def _heed(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "ping":
            self._pong(message)
        elif kind == "subscribe":
            self._subscribe(message)
        elif kind == "complete":
            self.stop(_id_of(message))
        elif kind == "connection_init":
            raise Closed(4429, "Too many initialisation requests")
        elif kind != "pong":
            raise Closed(4400, "Invalid message")

    def _pong(self, message: dict[str, Any]) -> None:
        payload = message.get("payload")
        answer = {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
        self.outbox.put(orjson.dumps(answer))

    def _subscribe(self, message: dict[str, Any]) -> None:
        name = _id_of(message)
        if name in self.operations:
            raise Closed(4409, f"Subscriber for {name} already exists")
        if len(self.operations) >= MOST_OPERATIONS:
            zh = f"一个连接最多同时进行 {MOST_OPERATIONS} 个操作。"
            en = f"A socket carries {MOST_OPERATIONS} operations at once."
            refusal = RequestRefused(429, Code.RATE_LIMITED, said(self.locale, zh, en))
            self.outbox.put(_framed(name, "error", orjson.dumps(refusal.errors)))
            return
        earlier = tuple(self.opening)
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.opening.add(begun)
        operating = self._operate(name, message.get("payload"), begun, earlier)
        task = asyncio.create_task(operating, name="operation")
        task.add_done_callback(lambda _: self._begun(begun))
        self.operations[name] = task

    def _begun(self, begun: "asyncio.Future[None]") -> None:
        """Let later queries go on: this operation is no subscription, or listens."""
        self.opening.discard(begun)
        if not begun.done():
            begun.set_result(None)

    async def _operate(
        self,
        name: str,
        payload: Any,
        begun: "asyncio.Future[None]",
        earlier: "tuple[asyncio.Future[None], ...]",
    ) -> None:
        note = self.edge.noted("websocket", None)
        try:
            with note:
                await self._answer(name, payload, note, begun=begun, earlier=earlier)
        except RequestRefused as refusal:
            if self.operations.pop(name, None) is not None:
                self.outbox.put(_framed(name, "error", orjson.dumps(refusal.errors)))
        except Closed as closed:
            self.outbox.close(closed.code, closed.reason)

    async def _answer(
        self,
        name: str,
        payload: Any,
        note: Note,
        *,
        begun: "asyncio.Future[None]",
        earlier: "tuple[asyncio.Future[None], ...]",
    ) -> None:
        actor = await self._actor_now()
        asked = reading.of_parameters(payload, locale=actor.locale)
        admitted = self.edge.admit(asked, actor)
        note.operation = admitted.operation
        if admitted.operation.kind is OperationType.SUBSCRIPTION:
            subscription = Subscription(self, name, actor)
            self.operations[name] = subscription
            await self.edge.groups.join(subscription, admitted.operation, asked)
            return
        self._begun(begun)
        if admitted.operation.kind is OperationType.MUTATION:
            self.edge.let_finish(asyncio.current_task())
        elif earlier:
            await asyncio.wait(earlier)
        answer = await self.edge.run(admitted, asked, actor)
        note.has_errors = answer.has_errors
        if self.operations.pop(name, None) is not None:
            self.outbox.put(_framed(name, "next", answer.body))
            self.outbox.put(_framed(name, "complete"))

    async def _actor_now(self) -> Actor:
        """Return the caller as its session says now; closes the socket where it has ended."""
        assert self.actor is not None, "operations come after the connection's beginning"
        if self.actor.session_id is None:
            return self.actor
        now = await self.edge.sessions.now([self.actor])
        known = now[self.actor.session_id]
        if known is None:
            raise Closed(4401, "Unauthorized")
        self.actor = as_now(self.actor, known)
        return self.actor

    def stop(self, name: str) -> None:
        """End an operation of the client's without a word."""
        operation = self.operations.pop(name, None)
        if isinstance(operation, Subscription):
            self.edge.groups.leave(operation)
            self.outbox.forget(name)
        elif operation is not None and not self.edge.is_to_finish(operation):
            operation.cancel()


class Subscription:
    """A socket's membership in a group."""

    def __init__(self, socket: Socket, name: str, actor: Actor) -> None:
        self.socket = socket
        self.name = name
        self.actor = actor
        self._head = b'{"id":' + orjson.dumps(name) + b',"type":"next","payload":'

    def offer(self, payload: bytes) -> None:
        """Send the latest answer when the socket can take it."""
        self.socket.outbox.put_latest(self.name, self._head + payload + b"}")

    async def taken(self) -> None:
        """Wait until the latest answer has been sent, or the socket has ended."""
        await self.socket.outbox.sent(self.name)

    def finish(self) -> None:
        """Complete after the last answer."""
        self.socket.operations.pop(self.name, None)
        self.socket.outbox.put_last(self.name, _framed(self.name, "complete"))

    def fail(self, refusal: RequestRefused) -> None:
        """Tell why there will be no more."""
        self.socket.operations.pop(self.name, None)
        errors = orjson.dumps(refusal.errors)
        self.socket.outbox.put_last(self.name, _framed(self.name, "error", errors))

    def part(self) -> None:
        """Say nothing: the socket is closed with 1012, and a client then comes back."""

    def expel(self) -> None:
        """Close the socket: its session has ended."""
        self.socket.outbox.close(4401, "Unauthorized")


class Outbox:
    """What waits to be sent: messages in order, and the latest of each subscription."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._ordered: deque[bytes] = deque()
        self._latest: dict[str, bytes] = {}
        self._closing: tuple[int, str] | None = None
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self.ended = asyncio.Event()

    def put(self, message: bytes) -> None:
        """Send after what was put before; a reader that lets too much pile up is closed."""
        if len(self._ordered) >= MOST_WAITING:
            self.close(1008, "Too slow")
            return
        self._ordered.append(message)
        self._news.set()

    def put_latest(self, name: str, message: bytes) -> None:
        """Send instead of an earlier answer of the subscription that still waits."""
        self._latest[name] = message
        self._news.set()

    def put_last(self, name: str, message: bytes) -> None:
        """Send after the subscription's latest answer."""
        waiting = self._latest.pop(name, None)
        self._gone.set()
        if waiting is not None:
            self.put(waiting)
        self.put(message)

    def forget(self, name: str) -> None:
        """Drop what waits of a subscription."""
        self._latest.pop(name, None)
        self._gone.set()

    async def sent(self, name: str) -> None:
        """Wait until nothing of the subscription waits, or nothing will be sent any more."""
        while name in self._latest and not self.ended.is_set():
            self._gone.clear()
            await self._gone.wait()

    def close(self, code: int, reason: str) -> None:
        """Close the socket; what waits is not sent any more."""
        if self._closing is None:
            self._closing = (code, reason)
            self._news.set()

    async def run(self) -> None:
        """Send until the socket closes."""
        try:
            while self._closing is None:
                if self._ordered:
                    text = self._ordered.popleft()
                elif self._latest:
                    text = self._latest.pop(next(iter(self._latest)))
                    self._gone.set()
                else:
                    self._news.clear()
                    await self._news.wait()
                    continue
                await self._send({"type": "websocket.send", "text": text.decode()})
            code, reason = self._closing
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            log.debug("the peer has gone")
        finally:
            self.ended.set()
            self._gone.set()


def _framed(name: str, kind: str, payload: bytes | None = None) -> bytes:
    head = b'{"id":' + orjson.dumps(name) + b',"type":"' + kind.encode() + b'"'
    return head + b"}" if payload is None else head + b',"payload":' + payload + b"}"


def _id_of(message: dict[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= MOST_ID:
        raise Closed(4400, "Invalid message")
    return name
