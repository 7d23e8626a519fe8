"""Notices as WeChat subscription messages (订阅消息), and the access token that they need.

Documents (developers.weixin.qq.com): subscribeMessage.send, the reference of its errors and
of what each kind of key holds; getStableAccessToken, which gives every caller the same token
until five minutes before its end, so that each worker keeps a copy of its own and none is
invalidated; subscribe-message, on consent: of a one-time template each acceptance gives one
message. There is no idempotency key; WeChat refuses what no consent is left for (43101).
The token stands in addresses: nothing of a request is ever logged.
"""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from domains.kernel.settings import Settings
from domains.membership.providers import http
from domains.membership.providers.wechat import WeChatRefused
from domains.notifications.channels.base import Message, Outcome, Verdict, accepted, outcome

_TOKEN_SPENT = frozenset({40001, 40014, 42001})
_VERDICTS: dict[int, tuple[Verdict, float | None]] = {
    -1: (Verdict.LATER, None),
    43108: (Verdict.LATER, None),
    45009: (Verdict.CLOSED, 3_600.0),
    45011: (Verdict.CLOSED, 60.0),
    50002: (Verdict.CLOSED, 3_600.0),
    40013: (Verdict.CLOSED, 600.0),
    40125: (Verdict.CLOSED, 600.0),
    40164: (Verdict.CLOSED, 600.0),
    43107: (Verdict.CLOSED, 3_600.0),
    48001: (Verdict.CLOSED, 3_600.0),
    40003: (Verdict.GONE, None),
    43101: (Verdict.UNWANTED, None),
}
_LANGUAGES = {"zh-Hans": "zh_CN", "en": "en_US"}
# The longest value of each kind of key; what is longer is cut, and shows that it was.
_LONGEST = {
    "thing": 20,
    "name": 10,
    "character_string": 32,
    "letter": 32,
    "phrase": 5,
    "symbol": 5,
}
_KEY = re.compile(r"([a-z_]+?)[0-9]{1,3}")
_MARGIN_S = 60.0
_HEADERS = {"Content-Type": "application/json"}


# The access tokens of this process, by application: until when, and which. Never written down.
_tokens: dict[tuple[str, str], tuple[float, str]] = {}


class WeChatCarrier:
    """The mini-program's subscription messages, over connections that are kept."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._poster = http.Poster(at_once=chosen.notices_at_once)
        self._one_asks = asyncio.Lock()

    async def send(self, message: Message) -> Outcome:
        """Send by the template's own key; a token that is spent is asked for anew, once."""
        if not message.template_code:
            return outcome(Verdict.REFUSED, "no approved template")
        try:
            token = await self._token()
            errcode, provider_id = await self._send(token, message)
            if errcode in _TOKEN_SPENT:
                token = await self._token(instead_of=token)
                errcode, provider_id = await self._send(token, message)
        except WeChatRefused as refused:
            return _judged(refused.errcode)
        except http.NotSent as fault:
            return outcome(Verdict.CLOSED, fault)
        except http.ProviderFault as fault:
            return outcome(Verdict.UNKNOWN, fault)
        return accepted(provider_id) if errcode == 0 else _judged(errcode)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    async def _send(self, token: str, message: Message) -> tuple[int, str | None]:
        body: dict[str, Any] = {
            "touser": message.address,
            "template_id": message.template_code,
            "data": {key: {"value": fitted(key, value)} for key, value in message.variables},
            "miniprogram_state": self._chosen.wechat_state,
            "lang": _LANGUAGES.get(message.locale, "zh_CN"),
        }
        if self._chosen.wechat_page:
            body["page"] = self._chosen.wechat_page
        query = urlencode({"access_token": token})
        said = await self._ask(f"/cgi-bin/message/subscribe/send?{query}", body)
        msgid = said.get("msgid")
        return _errcode(said), None if msgid is None else str(msgid)

    async def _ask(self, path: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps(given, ensure_ascii=False).encode()
        url = self._chosen.wechat_url.rstrip("/") + path
        return _said(await self._poster.post(url, body, _HEADERS))

    async def _token(self, *, instead_of: str | None = None) -> str:
        key = (self._chosen.wechat_url, self._chosen.wechat_app_id)
        async with self._one_asks:
            until, token = _tokens.get(key, (0.0, ""))
            if token and token != instead_of and until > time.monotonic():
                return token
            asked = {
                "grant_type": "client_credential",
                "appid": self._chosen.wechat_app_id,
                "secret": self._chosen.wechat_app_secret.get_secret_value(),
                "force_refresh": False,
            }
            try:
                token, lasts_s = _granted(await self._ask("/cgi-bin/stable_token", asked))
            except WeChatRefused:
                raise
            except http.ProviderFault as fault:
                # Without a token nothing was sent, whatever became of the asking.
                raise http.NotSent(str(fault)) from fault
            _tokens[key] = (time.monotonic() + max(lasts_s - _MARGIN_S, 0.0), token)
            return token


def forget_tokens() -> None:
    """Forget the access tokens: the next message asks for one."""
    _tokens.clear()


def fitted(key: str, value: str) -> str:
    """Return a value as long as its kind of key takes (thing1: 20 characters), cut visibly."""
    found = _KEY.fullmatch(key)
    longest = _LONGEST.get(found[1]) if found else None
    plain = " ".join(value.split())
    if longest is None or len(plain) <= longest:
        return plain
    return plain[: longest - 1] + "…" if longest > 5 else plain[:longest]


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for subscription messages."""
    needed = {
        "GONGYI_WECHAT_APP_ID": chosen.wechat_app_id,
        "GONGYI_WECHAT_APP_SECRET": chosen.wechat_app_secret.get_secret_value(),
    }
    return [f"notices by WeChat need {name}" for name, value in needed.items() if not value]


def _judged(errcode: int) -> Outcome:
    if errcode in _TOKEN_SPENT:
        return outcome(Verdict.CLOSED, errcode, 30.0)
    verdict, seconds = _VERDICTS.get(errcode, (Verdict.REFUSED, None))
    return outcome(verdict, errcode, seconds)


def _said(answer: http.Answer) -> Mapping[str, Any]:
    if answer.status == 429:
        raise http.NotSent("HTTP 429")
    if answer.status != 200:
        raise http.ProviderFault(f"HTTP {answer.status}")
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise http.ProviderFault("an answer that is none")
    return said


def _errcode(said: Mapping[str, Any]) -> int:
    """Return the answer's code; an answer to a message always has one."""
    code = said.get("errcode")
    if not isinstance(code, int) or isinstance(code, bool):
        raise http.ProviderFault("an answer that is none")
    return code


def _granted(said: Mapping[str, Any]) -> tuple[str, float]:
    if said.get("errcode"):
        raise WeChatRefused(_errcode(said))
    token, lasts_s = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(lasts_s, int):
        raise http.ProviderFault("an answer that is none")
    return token, float(lasts_s)
