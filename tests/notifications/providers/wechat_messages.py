"""Answers as WeChat does to getStableAccessToken and subscribeMessage.send: HTTP 200 always.

It keeps consent as WeChat does: of a one-time template each acceptance gives one message, and
43101 is the answer where none is left.
"""

import asyncio
import re
from collections import Counter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.providers.wechat import APP_ID, APP_SECRET, WeChat

_LONGEST = {"thing": 20, "character_string": 32, "name": 10, "phrase": 5}


class WeChatMessages(WeChat):
    """The server: consents by openid and template, what was sent, and errors to answer first."""

    def __init__(self) -> None:
        super().__init__()
        self.consents: Counter[tuple[str, str]] = Counter()
        self.sent: list[dict[str, Any]] = []
        self.token = "token-1"
        self.tokens_asked = 0
        self.token_answers: list[Response | int] = []
        self.send_answers: list[Response | int] = []
        self.sends = 0
        self.silent_s = 0.0
        self.app = Starlette(
            routes=[
                *self.app.routes,
                Route("/cgi-bin/stable_token", self._stable_token, methods=["POST"]),
                Route("/cgi-bin/message/subscribe/send", self._send, methods=["POST"]),
            ]
        )

    def spend_token(self) -> None:
        """End the token that stands, as its two hours do."""
        self.token = f"token-{int(self.token.split('-')[1]) + 1}"

    async def _stable_token(self, request: Request) -> Response:
        self.tokens_asked += 1
        if self.token_answers:
            answer = self.token_answers.pop(0)
            return _error(answer) if isinstance(answer, int) else answer
        given = await request.json()
        if given["grant_type"] != "client_credential" or given["appid"] != APP_ID:
            return _error(40013)
        if given["secret"] != APP_SECRET:
            return _error(40125)
        return JSONResponse({"access_token": self.token, "expires_in": 7200})

    async def _send(self, request: Request) -> Response:
        self.sends += 1
        await asyncio.sleep(self.silent_s)
        if self.send_answers:
            answer = self.send_answers.pop(0)
            return _error(answer) if isinstance(answer, int) else answer
        if request.query_params["access_token"] != self.token:
            return _error(40001)
        given = await request.json()
        problem = _problem(given)
        if problem:
            return _error(problem)
        key = given["touser"], given["template_id"]
        if not self.consents[key]:
            return _error(43101)
        self.consents[key] -= 1
        self.sent.append(given)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": 294812000 + len(self.sent)})


def _problem(given: dict[str, Any]) -> int | None:
    if not given.get("touser", "").startswith("o"):
        return 40003
    if not given.get("template_id"):
        return 40037
    for key, held in given["data"].items():
        kind = re.sub(r"[0-9]+$", "", key)
        value = str(held["value"])
        if not value or len(value) > _LONGEST.get(kind, 10_000):
            return 47003
    return None


def _error(errcode: int) -> Response:
    return JSONResponse({"errcode": errcode, "errmsg": "as documented, rid: 6478-local"})
