"""Tencent Cloud SMS: action SendSms, version 2021-01-11, signed by TC3-HMAC-SHA256.

Documents: cloud.tencent.com/document/product/382/55981 (SendSms, its errors and statuses),
382/52077 (the common parameters) and 382/52072 (the signature). HTTP is 200 also for errors:
`Response.Error` refuses the request, `SendStatusSet[].Code` other than `Ok` one message.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from domains.kernel.settings import Settings
from domains.membership.providers import http

_VERSION = "2021-01-11"
_ACTION = "SendSms"
_CONTENT_TYPE = "application/json; charset=utf-8"
_SIGNED_HEADERS = "content-type;host;x-tc-action"


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
class TencentSms:
    """One application at Tencent Cloud SMS, with its approved signature."""

    url: str
    region: str
    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str

    @classmethod
    def of(cls, chosen: Settings) -> "TencentSms":
        """Return the application that settings describe."""
        return cls(
            url=chosen.tencent_sms_url,
            region=chosen.tencent_sms_region,
            secret_id=chosen.tencent_secret_id,
            secret_key=chosen.tencent_secret_key.get_secret_value(),
            app_id=chosen.tencent_sms_app_id,
            sign_name=chosen.tencent_sms_sign_name,
        )

    async def send(
        self,
        poster: http.Poster,
        *,
        phone: str,
        template_id: str,
        parameters: Sequence[str],
        context: str = "",
    ) -> str:
        """Send an approved template to a number; returns the provider's serial number.

        Raises SmsRefused as the provider answers, NotSent or NoAnswer where it does not.
        """
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{phone}"],
                "SmsSdkAppId": self.app_id,
                "SignName": self.sign_name,
                "TemplateId": template_id,
                "TemplateParamSet": list(parameters),
                "SessionContext": context,
            },
            ensure_ascii=False,
        ).encode()
        answer = await poster.post(self.url, body, self.headers(body))
        if answer.status != 200:
            raise SmsRefused(f"HTTP {answer.status}")
        return _serial_number(answer)

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


def missing(chosen: Settings) -> list[str]:
    """Return the variables that the provider needs and settings do not hold."""
    needed = {
        "GONGYI_TENCENT_SECRET_ID": chosen.tencent_secret_id,
        "GONGYI_TENCENT_SECRET_KEY": chosen.tencent_secret_key.get_secret_value(),
        "GONGYI_TENCENT_SMS_APP_ID": chosen.tencent_sms_app_id,
        "GONGYI_TENCENT_SMS_SIGN_NAME": chosen.tencent_sms_sign_name,
    }
    return [name for name, value in needed.items() if not value]


def _serial_number(answer: http.Answer) -> str:
    """Raise SmsRefused where the answer, or the one message in it, tells of an error."""
    try:
        response: dict[str, Any] = answer.json()["Response"]
        if "Error" in response:
            raise SmsRefused(str(response["Error"]["Code"]))
        status: dict[str, Any] = response["SendStatusSet"][0]
        code = str(status["Code"])
    except (ValueError, KeyError, IndexError, TypeError):
        raise SmsRefused("an answer that is none") from None
    if code != "Ok":
        raise SmsRefused(code)
    return str(status.get("SerialNo", ""))
