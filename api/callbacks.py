"""/callbacks/…: what providers report of the messages that they took.

Tencent signs no reports and mail servers none either: their addresses hold a secret of the
installation's, compared in constant time, and without one they are closed. WeChat signs by
the token of its message push. What is malformed is answered as taken: a provider that is
told otherwise sends it again and again.
"""

import hashlib
import hmac
import json
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from domains.kernel import settings
from domains.notifications.service import receipts
from domains.notifications.values import Channel

_LONGEST_BYTES = 1_000_000
_CLOSED = Response(status_code=404)


async def sms(request: Request) -> Response:
    """Take Tencent's reports on text messages."""
    if not _knows_secret(request):
        return _CLOSED
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    await receipts.note_reports(Channel.SMS, receipts.sms_reports(_json(body)))
    return JSONResponse({"result": 0, "errmsg": "OK"})


async def mail(request: Request) -> Response:
    """Take a returned letter as the mail server received it (message/rfc822)."""
    if not _knows_secret(request):
        return _CLOSED
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    await receipts.note_returned_mail(body)
    return Response(status_code=204)


async def wechat(request: Request) -> Response:
    """Answer WeChat's proof of the address, and take its events (as JSON, in plain mode)."""
    if not _is_signed(request):
        return _CLOSED
    if request.method == "GET":
        return PlainTextResponse(request.query_params.get("echostr", "")[:200])
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    await receipts.note_wechat_event(_json(body))
    return PlainTextResponse("success")


def _knows_secret(request: Request) -> bool:
    secret = settings.current().callback_secret.get_secret_value()
    given = request.path_params["secret"]
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def _is_signed(request: Request) -> bool:
    """Whether the SHA-1 of token, timestamp and nonce, sorted, is the signature given."""
    token = settings.current().wechat_push_token.get_secret_value()
    given = request.query_params
    parts = sorted((token, given.get("timestamp", ""), given.get("nonce", "")))
    expected = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    return bool(token) and hmac.compare_digest(
        given.get("signature", "").encode(), expected.encode()
    )


async def _body(request: Request) -> bytes | None:
    """Return the body, None where it is longer than any report."""
    taken = bytearray()
    try:
        async for chunk in request.stream():
            taken += chunk
            if len(taken) > _LONGEST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(taken)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


routes = [
    Route("/callbacks/sms/{secret}", sms, methods=["POST"]),
    Route("/callbacks/mail/{secret}", mail, methods=["POST"]),
    Route("/callbacks/wechat", wechat, methods=["GET", "POST"]),
]
