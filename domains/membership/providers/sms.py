"""Carriers of one-time codes: the console where nobody real signs in, Tencent Cloud for people.

Tencent Cloud SMS: action SendSms, version 2021-01-11, signed by TC3-HMAC-SHA256.
Sending one code twice does no harm, losing it costs the resident a minute; so a request
that may have arrived is repeated only where the provider says that it failed on its side.
"""

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from domains.kernel import settings
from domains.kernel.settings import Environment, Settings, SmsProvider
from domains.membership.providers import http

_VERSION = "2021-01-11"
_ACTION = "SendSms"
_CONTENT_TYPE = "application/json; charset=utf-8"
_SIGNED_HEADERS = "content-type;host;x-tc-action"


class CodeSender(Protocol):
    """Whatever brings a one-time code to a phone."""

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Bring the code to the phone; raises ProviderFault where that failed."""
        ...


class ConsoleSender:
    """Prints the code where the server runs; production refuses it."""

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Print the code in a line of its own, past the log."""
        sys.stdout.write(f"\n  one-time code for {phone}: {code} (valid {minutes} minutes)\n\n")
        sys.stdout.flush()


class SmsRefused(http.ProviderFault):
    """The provider answered with one of its error codes."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the provider of text messages answered {code}")
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Whether the provider failed on its own side, before it sent anything."""
        return self.code.startswith(("InternalError", "RequestLimitExceeded", "HTTP 5"))


def tc3_signature(*, secret_key: str, timestamp: int, service: str, canonical_request: str) -> str:
    """Return the hexadecimal TC3-HMAC-SHA256 signature of a canonical request."""
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{day}/{service}/tc3_request\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class TencentSender:
    """Tencent Cloud SMS, through its version 3 interface."""

    url: str
    region: str
    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str
    template_id: str

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Send the approved template with the code and its minutes."""
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{phone}"],
                "SmsSdkAppId": self.app_id,
                "SignName": self.sign_name,
                "TemplateId": self.template_id,
                "TemplateParamSet": [code, str(minutes)],
            },
            ensure_ascii=False,
        ).encode()
        try:
            async for attempt in http.attempts(_may_repeat):
                with attempt:
                    await self._send(body)
        except httpx.HTTPError as fault:
            raise http.ProviderFault(
                f"the provider of text messages did not answer: {type(fault).__name__}"
            ) from None

    async def _send(self, body: bytes) -> None:
        async with http.client() as client:
            answer = await client.post(self.url, content=body, headers=self.headers(body))
        if answer.status_code != httpx.codes.OK:
            raise SmsRefused(f"HTTP {answer.status_code}")
        _check(answer)

    def headers(self, body: bytes, *, timestamp: int | None = None) -> Mapping[str, str]:
        """Return the headers that sign the body at an instant (now, unless told)."""
        at = int(time.time()) if timestamp is None else timestamp
        host = urlsplit(self.url).netloc
        service = "sms"
        canonical_request = (
            f"POST\n/\n\ncontent-type:{_CONTENT_TYPE}\nhost:{host}\n"
            f"x-tc-action:{_ACTION.lower()}\n\n{_SIGNED_HEADERS}\n"
            f"{hashlib.sha256(body).hexdigest()}"
        )
        signature = tc3_signature(
            secret_key=self.secret_key,
            timestamp=at,
            service=service,
            canonical_request=canonical_request,
        )
        day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
        return {
            "Content-Type": _CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": _ACTION,
            "X-TC-Version": _VERSION,
            "X-TC-Region": self.region,
            "X-TC-Timestamp": str(at),
            "Authorization": (
                f"TC3-HMAC-SHA256 Credential={self.secret_id}/{day}/{service}/tc3_request, "
                f"SignedHeaders={_SIGNED_HEADERS}, Signature={signature}"
            ),
        }


def _may_repeat(fault: Exception) -> bool:
    if isinstance(fault, SmsRefused):
        return fault.is_passing
    return http.was_not_sent(fault)


def _check(answer: httpx.Response) -> None:
    """Raise SmsRefused where the answer, or the one message in it, tells of an error."""
    try:
        response: dict[str, Any] = answer.json()["Response"]
        if "Error" in response:
            raise SmsRefused(str(response["Error"]["Code"]))
        code = str(response["SendStatusSet"][0]["Code"])
    except (ValueError, KeyError, IndexError, TypeError):
        raise SmsRefused("an answer that is none") from None
    if code != "Ok":
        raise SmsRefused(code)


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for codes to reach people, in plain sentences."""
    if chosen.sms_provider is SmsProvider.CONSOLE:
        if chosen.environment is Environment.PRODUCTION:
            return ["production does not print one-time codes: set GONGYI_SMS_PROVIDER=tencent"]
        return []
    needed = {
        "GONGYI_TENCENT_SECRET_ID": chosen.tencent_secret_id,
        "GONGYI_TENCENT_SECRET_KEY": chosen.tencent_secret_key.get_secret_value(),
        "GONGYI_TENCENT_SMS_APP_ID": chosen.tencent_sms_app_id,
        "GONGYI_TENCENT_SMS_SIGN_NAME": chosen.tencent_sms_sign_name,
        "GONGYI_TENCENT_SMS_TEMPLATE_ID": chosen.tencent_sms_template_id,
    }
    return [f"text messages need {name}" for name, value in needed.items() if not value]


def sender() -> CodeSender:
    """Return the carrier that settings name; raises ProviderFault where they do not suffice."""
    chosen = settings.current()
    missing = problems(chosen)
    if missing:
        raise http.ProviderFault("; ".join(missing))
    if chosen.sms_provider is SmsProvider.CONSOLE:
        return ConsoleSender()
    return TencentSender(
        url=chosen.tencent_sms_url,
        region=chosen.tencent_sms_region,
        secret_id=chosen.tencent_secret_id,
        secret_key=chosen.tencent_secret_key.get_secret_value(),
        app_id=chosen.tencent_sms_app_id,
        sign_name=chosen.tencent_sms_sign_name,
        template_id=chosen.tencent_sms_template_id,
    )
