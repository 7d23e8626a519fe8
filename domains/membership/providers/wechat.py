"""WeChat mini-programs: a code of `wx.login` becomes the openid of whoever holds the telephone.

`GET /sns/jscode2session` (developers.weixin.qq.com). A code is valid for five minutes and
once. The session_key that comes along is neither kept nor told: nothing here needs it.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from domains.kernel import settings
from domains.membership.providers import http

BUSY = -1
INVALID_CODE = 40029
USED_CODE = 40163
RATE_LIMITED = 45011
BLOCKED = 40226


class WeChatRefused(http.ProviderFault):
    """WeChat answered with one of its error codes."""

    def __init__(self, errcode: int) -> None:
        super().__init__(f"WeChat answered {errcode}")
        self.errcode = errcode


def is_on() -> bool:
    """Whether this installation offers sign-in by WeChat."""
    chosen = settings.current()
    return bool(chosen.wechat_app_id and chosen.wechat_app_secret.get_secret_value())


async def openid_of(code: str) -> str:
    """Exchange a login code for the openid; raises WeChatRefused or another ProviderFault.

    Busy answers are asked again, and requests that never left; one that may have arrived is
    not, because the code would be spent.
    """
    try:
        async for attempt in http.attempts(_may_repeat):
            with attempt:
                return await _exchange(code)
    except httpx.HTTPError as fault:
        raise http.ProviderFault(f"WeChat did not answer: {type(fault).__name__}") from None
    raise AssertionError("a retry ends by a result or an error")


async def _exchange(code: str) -> str:
    chosen = settings.current()
    async with http.client(chosen.wechat_url) as client:
        answer = await client.get(
            "/sns/jscode2session",
            params={
                "appid": chosen.wechat_app_id,
                "secret": chosen.wechat_app_secret.get_secret_value(),
                "js_code": code,
                "grant_type": "authorization_code",
            },
        )
    if answer.status_code != httpx.codes.OK:
        raise http.ProviderFault(f"WeChat answered HTTP {answer.status_code}")
    try:
        body: Mapping[str, Any] = answer.json()
        errcode = int(body.get("errcode", 0))
    except (ValueError, TypeError, AttributeError):
        raise http.ProviderFault("WeChat answered something that is no answer") from None
    if errcode != 0:
        raise WeChatRefused(errcode)
    openid = body.get("openid")
    if not isinstance(openid, str) or not openid:
        raise http.ProviderFault("WeChat answered without an openid")
    return openid


def _may_repeat(fault: Exception) -> bool:
    if isinstance(fault, WeChatRefused):
        return fault.errcode == BUSY
    return http.was_not_sent(fault)
