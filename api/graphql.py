"""/graphql over HTTP: read, negotiate, run, answer. Every answer is JSON, also the refusals."""

import asyncio
from collections.abc import Mapping

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from api import asked as reading
from api import negotiation, sse
from api.asked import Asked
from api.authentication import actor_of, address_of
from api.edge import Admitted, CallerGone, Edge
from api.negotiation import Media
from api.refusals import Code, RequestRefused, said
from domains.kernel.actor import Actor

MOST_BYTES = 1_000_000
BODY_WITHIN_S = 10.0
ALLOWED = "GET, POST"


class GraphQLOverHTTP:
    """The endpoint, as an ASGI application."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = _Exchange(self.edge, scope, receive, send)
        await exchange.answer()


class _Exchange:
    """One request and its answer."""

    def __init__(self, edge: Edge, scope: Scope, receive: Receive, send: Send) -> None:
        self.edge = edge
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers = negotiation.headers_of(scope["headers"])
        self.locale = negotiation.locale(self.headers.get("accept-language"))
        self.media = Media.JSON
        origin = self.headers.get("origin")
        self.allowed = (
            [(b"access-control-allow-origin", origin.encode("latin-1")), _EXPOSED]
            if origin is not None and origin in edge.origins
            else []
        )
        self.note = edge.noted("http", self.headers.get("x-request-id"), self.locale)

    async def answer(self) -> None:
        """Answer, and count and log what came of it."""
        try:
            with self.note:
                await self._answered()
        except RequestRefused as refusal:
            await self._refuse(refusal)
        except CallerGone:
            return

    async def _answered(self) -> None:
        method = self.scope["method"]
        if method == "OPTIONS" and self.allowed:
            await self._preflight()
            return
        if method not in {"GET", "POST"}:
            raise self._method_refused(ALLOWED)
        accepted = self._negotiate()
        asked = await self._asked(method)
        actor = await self._actor()
        admitted = self.edge.admit(asked, actor)
        operation = admitted.operation
        self.note.operation = operation
        if method == "GET" and operation.kind is not OperationType.QUERY:
            raise self._method_refused("POST")
        if operation.kind is OperationType.SUBSCRIPTION or self.media is Media.EVENTS:
            await self._stream(admitted, asked, actor, accepted)
            return
        answer = await self.edge.run(admitted, asked, actor)
        self.note.has_errors = answer.has_errors
        partial = answer.has_errors and self.media is Media.GRAPHQL
        await self._reply(
            294 if partial else 200,
            answer.body,
            admitted.charge.headers(self.edge.budgets.clock()),
        )

    def _negotiate(self) -> tuple[Media, ...]:
        accepted = negotiation.accepted(self.headers.get("accept"))
        if not accepted or not negotiation.accepts_utf8(self.headers.get("accept-charset")):
            raise RequestRefused(
                406,
                Code.BAD_USER_INPUT,
                said(
                    self.locale,
                    "可提供 application/graphql-response+json 与 application/json(utf-8)。",
                    "Available: application/graphql-response+json and application/json, in UTF-8.",
                ),
                always=True,
            )
        answers = [media for media in accepted if media is not Media.EVENTS]
        self.media = answers[0] if answers else Media.EVENTS
        return accepted

    async def _asked(self, method: str) -> Asked:
        if method == "GET":
            return reading.of_query_string(self.scope["query_string"], locale=self.locale)
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if not negotiation.is_json(self.headers.get("content-type")) or encoding != "identity":
            zh = "请用 Content-Type: application/json(utf-8,不压缩)。"
            en = "Send Content-Type: application/json, in UTF-8 and not compressed."
            raise RequestRefused(415, Code.BAD_USER_INPUT, said(self.locale, zh, en), always=True)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await self._body()
        except TimeoutError:
            raise RequestRefused(
                408,
                Code.BAD_USER_INPUT,
                said(self.locale, "请求体未及时送达。", "The body did not arrive in time."),
                always=True,
            ) from None
        return reading.of_body(body, locale=self.locale)

    async def _body(self) -> bytes:
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > MOST_BYTES:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise CallerGone
            part = message.get("body", b"")
            size += len(part)
            if size > MOST_BYTES:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _actor(self) -> Actor:
        client = self.scope.get("client")
        address = address_of(
            client[0] if client else None, self.headers.get("x-forwarded-for"), self.edge.trusted
        )
        nameless = Actor(person_id=None, locale=self.locale, address=address)
        authorization = self.headers.get("authorization")
        if authorization is None:
            return nameless
        self.edge.budgets.admit(nameless)
        try:
            return await actor_of(
                authorization, self.edge.authenticate, locale=self.locale, address=address
            )
        except RequestRefused:
            self.edge.budgets.charge_invalid(nameless)
            raise

    async def _stream(
        self, admitted: Admitted, asked: Asked, actor: Actor, accepted: tuple[Media, ...]
    ) -> None:
        if Media.EVENTS not in accepted:
            raise RequestRefused(
                406,
                Code.BAD_USER_INPUT,
                said(
                    self.locale,
                    "订阅请用 Accept: text/event-stream 或 WebSocket。",
                    "Subscribe with Accept: text/event-stream, or over WebSocket.",
                ),
                always=True,
            )
        await sse.stream(
            self.edge,
            admitted,
            asked,
            actor,
            receive=self.receive,
            send=self.send,
            headers=self.allowed,
        )

    async def _preflight(self) -> None:
        """Let a page of an allowed origin send its requests."""
        headers = [*self.allowed, *_PREFLIGHT]
        await self.send({"type": "http.response.start", "status": 204, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    def _method_refused(self, allowed: str) -> RequestRefused:
        return RequestRefused(
            405,
            Code.BAD_USER_INPUT,
            said(self.locale, f"此请求只接受 {allowed}。", f"Only {allowed} is allowed for this."),
            always=True,
            headers={"Allow": allowed},
        )

    def _too_large(self) -> RequestRefused:
        return RequestRefused(
            413,
            Code.BAD_USER_INPUT,
            said(self.locale, "请求体超过 1 MB。", "The body is over 1 MB."),
            always=True,
            limit=MOST_BYTES,
        )

    async def _refuse(self, refusal: RequestRefused) -> None:
        legacy = self.media is Media.JSON and not refusal.always
        body = orjson.dumps({"errors": refusal.errors})
        await self._reply(200 if legacy else refusal.status, body, refusal.headers)

    async def _reply(self, status: int, body: bytes, extra: Mapping[str, str]) -> None:
        media = Media.JSON if self.media is Media.EVENTS else self.media
        headers: list[tuple[bytes, bytes]] = [
            (b"content-type", _TYPES[media]),
            (b"content-length", str(len(body)).encode()),
            *_FIXED,
            *self.allowed,
            (b"x-request-id", self.note.request.encode()),
            *((name.lower().encode(), value.encode()) for name, value in extra.items()),
        ]
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


_TYPES = {media: f"{media}; charset=utf-8".encode() for media in Media}
_EXPOSED = (
    b"access-control-expose-headers",
    b"RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
)
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST"),
    (
        b"access-control-allow-headers",
        b"Accept, Accept-Language, Authorization, Content-Type, X-Request-Id",
    ),
    (b"access-control-max-age", b"7200"),
    (b"vary", b"Origin"),
]
_FIXED = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Accept, Accept-Language, Authorization, Origin"),
]
