"""A provider as bare as one can be, that answers as WeChat does: served by uvicorn.

It knows tokens and consents no further than by their form; what it took it counts by openid,
and tells at /taken: how many messages, how many of them more than once.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TOKEN = "a-token-of-the-benchmark"
# About what the real one takes.
LATENCY_S = 0.02


def create_provider() -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return the application."""
    taken: Counter[str] = Counter()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/cgi-bin/message/subscribe/send":
            said = await _take(taken, scope, await _body(receive))
        elif path == "/cgi-bin/stable_token":
            said = {"access_token": TOKEN, "expires_in": 7200}
        elif path == "/taken":
            repeated = sum(taken.values()) - len(taken)
            said = {"taken": len(taken), "repeated": repeated}
        else:
            said = {"status": "alive"}
        headers = [(b"content-type", b"application/json; encoding=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(said)})

    return app


async def _take(taken: Counter[str], scope: Scope, body: bytes) -> dict[str, Any]:
    if f"access_token={TOKEN}".encode() != scope["query_string"]:
        return {"errcode": 40001, "errmsg": "invalid credential"}
    given = orjson.loads(body)
    if not given["touser"].startswith("o") or not given["data"]:
        return {"errcode": 47003, "errmsg": "argument invalid"}
    await asyncio.sleep(LATENCY_S)
    taken[given["touser"]] += 1
    return {"errcode": 0, "errmsg": "ok", "msgid": taken.total()}


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        part = await receive()
        body += bytes(part.get("body", b""))
        if not part.get("more_body"):
            return body
