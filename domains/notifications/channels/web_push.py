"""Notices by web push: encrypted for the browser, signed by us, left at its push service.

RFC 8030 (TTL, Urgency, Topic; 201 with a Location, 404 for a subscription that is over, 413,
429 with Retry-After), RFC 8291 (aes128gcm for the browser's keys alone) and RFC 8292 (VAPID).
Push services answer 410 as well as 404 for who has gone, and 200 or 202 for 201. pywebpush
encrypts and py-vapid signs; we carry it, because pywebpush would hold the loop. The Topic
is the delivery's own, so that a repetition replaces the first where it has not been read.

Where messages go is what a browser said: only the push services that settings name are
written to, by TLS, and no redirect is followed.
"""

import base64
import binascii
import hashlib
import json
import time
from urllib.parse import urljoin, urlsplit

from cryptography.hazmat.primitives import serialization
from py_vapid import Vapid02
from pywebpush import WebPusher

from domains.kernel.settings import Environment, Settings
from domains.membership.providers import http
from domains.notifications.channels.base import (
    Message,
    Outcome,
    Subscription,
    Verdict,
    accepted,
    outcome,
    retry_after,
)

# RFC 8030 section 7.2: a service takes 4,096 bytes at least; encryption needs 103 of them.
_LONGEST_BYTES = 3_900
_SIGNED_FOR_S = 12 * 3_600
_LONGEST_TTL_S = 28 * 86_400
_POINT_BYTES = 65
_AUTH_BYTES = 16
_TAKEN = frozenset({200, 201, 202, 204})
_GONE = frozenset({404, 410})


class WebPushCarrier:
    """Every push service, over connections that are kept."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._poster = http.Poster(at_once=chosen.notices_at_once)
        self._vapid = _vapid(chosen)
        self._signed: dict[str, tuple[float, str]] = {}

    async def send(self, message: Message) -> Outcome:
        """Encrypt the notice for the subscription and leave it at the service."""
        to = message.address
        assert isinstance(to, Subscription), "a browser is written to by its subscription"
        if not may_reach(self._chosen, to.endpoint):
            return outcome(Verdict.GONE, "not a push service that settings name")
        try:
            body = _encrypted(message, to)
        except ValueError as fault:
            return outcome(Verdict.GONE, fault)
        headers = {
            "TTL": str(max(0, min(message.valid_for_s, _LONGEST_TTL_S))),
            "Urgency": "high" if message.is_urgent else "normal",
            "Topic": base64.urlsafe_b64encode(message.id.bytes).decode().rstrip("="),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._authorization(to.endpoint),
        }
        try:
            answer = await self._poster.post(to.endpoint, body, headers)
        except http.NotSent as fault:
            # One browser's service may be away while the others are not.
            return outcome(Verdict.LATER, fault)
        except http.NoAnswer as fault:
            return outcome(Verdict.UNKNOWN, fault)
        return _judged(answer, to.endpoint)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    def _authorization(self, endpoint: str) -> str:
        """Return the signature for the endpoint's origin, which serves for hours."""
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        until, text = self._signed.get(origin, (0.0, ""))
        if until <= time.time():
            until = time.time() + _SIGNED_FOR_S / 2
            claims = {
                "aud": origin,
                "exp": int(time.time()) + _SIGNED_FOR_S,
                "sub": self._chosen.vapid_contact,
            }
            text = str(self._vapid.sign(claims)["Authorization"])
            self._signed[origin] = (until, text)
        return text


def may_reach(chosen: Settings, endpoint: str) -> bool:
    """Whether an endpoint is at a push service that settings name; by TLS, if in production."""
    try:
        parts = urlsplit(endpoint)
        host, is_plain = parts.hostname or "", parts.username is None and parts.port != 0
    except ValueError:
        return False
    schemes = {"https"} if chosen.environment is Environment.PRODUCTION else {"https", "http"}
    named = chosen.web_push_services.split()
    return (
        parts.scheme in schemes
        and is_plain
        and any(host == each or host.endswith(f".{each}") for each in named)
    )


def is_whole(subscription: Subscription) -> bool:
    """Whether the keys are those of a browser: a point of P-256 and sixteen bytes."""
    try:
        point, secret = _raw(subscription.p256dh), _raw(subscription.auth)
    except ValueError:
        return False
    return len(point) == _POINT_BYTES and point[0] == 4 and len(secret) == _AUTH_BYTES


def public_key(chosen: Settings) -> str:
    """Return the applicationServerKey that browsers subscribe with, in base64url."""
    point = _vapid(chosen).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for web push."""
    found = []
    try:
        if len(_raw(chosen.vapid_private_key.get_secret_value())) != 32:
            found.append("GONGYI_VAPID_PRIVATE_KEY is 32 bytes in base64url")
    except ValueError:
        found.append("GONGYI_VAPID_PRIVATE_KEY is 32 bytes in base64url")
    if not chosen.vapid_contact.startswith(("mailto:", "https://")):
        found.append("web push needs GONGYI_VAPID_CONTACT, mailto: or https:")
    return found


def _vapid(chosen: Settings) -> Vapid02:
    raw = _raw(chosen.vapid_private_key.get_secret_value())
    return Vapid02.from_raw(base64.urlsafe_b64encode(raw))


def _raw(text: str) -> bytes:
    """Return the bytes of base64url, padded or not; raises ValueError without the text."""
    plain = text.strip().rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is not base64url") from None


def _encrypted(message: Message, to: Subscription) -> bytes:
    """Return the record for the browser; a long text is cut, raises ValueError for bad keys."""
    if not is_whole(to):
        raise ValueError("the keys of the subscription are none")
    said = {"id": str(message.id), "title": message.subject, "body": message.body}
    if message.link:
        said["link"] = message.link
    plain = json.dumps(said, ensure_ascii=False).encode()
    if len(plain) > _LONGEST_BYTES:
        room = _LONGEST_BYTES - len(json.dumps(said | {"body": "…"}, ensure_ascii=False).encode())
        said["body"] = message.body.encode()[: max(room // 2, 0)].decode(errors="ignore") + "…"
        plain = json.dumps(said, ensure_ascii=False).encode()
    keys = {"p256dh": to.p256dh, "auth": to.auth}
    pusher = WebPusher({"endpoint": to.endpoint, "keys": keys})
    return bytes(pusher.encode(plain)["body"])


def _judged(answer: http.Answer, endpoint: str) -> Outcome:
    status = answer.status
    code = f"HTTP {status}"
    after = retry_after(answer.headers.get("Retry-After"))
    if status in _TAKEN:
        location = answer.headers.get("Location")
        # The address of the message is as secret as the endpoint: only its hash is kept.
        return accepted(_hash(urljoin(endpoint, location)) if location else None)
    if status in _GONE:
        return outcome(Verdict.GONE, code)
    if status == 429 or status >= 500:
        return outcome(Verdict.LATER, code, after)
    return outcome(Verdict.REFUSED, code)


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
