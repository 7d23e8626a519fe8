"""A push service and the browsers behind it: checks the signature, decrypts, answers as RFC 8030.

The checks are written from RFC 8291, RFC 8188 and RFC 8292 and share nothing with what sends.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def plain(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    """The bytes of base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@dataclass
class Browser:
    """A subscription with the keys that only the browser has."""

    path: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    read: list[dict[str, Any]] = field(default_factory=list)

    @property
    def p256dh(self) -> str:
        return plain(point(self.key.public_key()))

    def open(self, body: bytes) -> bytes:
        """Decrypt one aes128gcm record (RFC 8188 section 2, RFC 8291 section 3.4)."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        server_point, sealed = body[21 : 21 + length], body[21 + length :]
        assert size >= len(sealed)
        server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server_point)
        shared = self.key.exchange(ec.ECDH(), server)
        info = b"WebPush: info\0" + point(self.key.public_key()) + server_point
        material = _hkdf(self.auth, shared, info, 32)
        key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened.rstrip(b"\0")[-1:] == b"\x02", "the last record ends by two"
        return opened.rstrip(b"\0")[:-1]


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    pseudo = hmac.digest(salt, material, "sha256")
    return hmac.digest(pseudo, info + b"\x01", "sha256")[:length]


class PushService:
    """The server: its browsers, what it was asked, and how it is to answer first."""

    def __init__(self) -> None:
        self.address = ""
        self.browsers: dict[str, Browser] = {}
        self.answers: list[Response] = []
        self.requests: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.app = Starlette(routes=[Route("/push/{name}", self._push, methods=["POST"])])

    def subscribe(self) -> Browser:
        """Return a new browser's subscription."""
        browser = Browser(path=f"/push/{plain(os.urandom(12))}")
        self.browsers[browser.path] = browser
        return browser

    async def _push(self, request: Request) -> Response:
        self.requests.append(dict(request.headers))
        body = await request.body()
        if self.answers:
            return self.answers.pop(0)
        browser = self.browsers.get(request.url.path)
        if browser is None:
            return Response(status_code=410)
        problem = self._problem(request, body)
        if problem is not None:
            self.refused.append(problem)
            return Response(problem, status_code=413 if problem == "size" else 401)
        browser.read.append(json.loads(browser.open(body)))
        number = len(self.requests)
        return Response(status_code=201, headers={"Location": f"{self.address}/message/{number}"})

    def _problem(self, request: Request, body: bytes) -> str | None:
        headers = request.headers
        if len(body) > 4096:
            return "size"
        if headers.get("content-encoding") != "aes128gcm":
            return "encoding"
        if not headers.get("ttl", "").isdecimal():
            return "TTL"
        if headers.get("urgency") not in {"very-low", "low", "normal", "high"}:
            return "Urgency"
        topic = headers.get("topic", "")
        if not 0 < len(topic) <= 32 or not topic.replace("-", "").replace("_", "").isalnum():
            return "Topic"
        return self._signature_problem(headers.get("authorization", ""))

    def _signature_problem(self, authorization: str) -> str | None:
        scheme, _, rest = authorization.partition(" ")
        given = dict(each.strip().split("=", 1) for each in rest.split(",") if "=" in each)
        if scheme != "vapid" or set(given) != {"t", "k"}:
            return "scheme"
        head, claims, signature = given["t"].split(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(given["k"]))
        parts = raw(signature)
        whole = encode_dss_signature(int.from_bytes(parts[:32]), int.from_bytes(parts[32:]))
        try:
            key.verify(whole, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return "signature"
        said = json.loads(raw(claims))
        is_right = (
            json.loads(raw(head))["alg"] == "ES256"
            and said["aud"] == self.address
            and time.time() < said["exp"] <= time.time() + 86_400
            and said["sub"].startswith(("mailto:", "https:"))
        )
        return None if is_right else "claims"


def message_of(address: str) -> str:
    """What is kept of a message's address."""
    return hashlib.sha256(address.encode()).hexdigest()
