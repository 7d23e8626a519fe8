"""An OIDC provider: discovery, keys, and a token endpoint that insists on PKCE and its secret."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT_ID = "gongyi"
CLIENT_SECRET = "a secret/with:signs"
REDIRECT_URL = "https://gongyi.example/signed-in"


@dataclass
class _Granted:
    subject: str
    nonce: str
    challenge: str


@dataclass
class OidcServer:
    """The server: its keys, what its tokens claim besides, and how it is to answer."""

    issuer: str = ""
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    published: list[Key] | None = None
    discovered_issuer: str | None = None
    answers: list[Response] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _granted: dict[str, _Granted] = field(default_factory=dict)

    def app(self) -> Starlette:
        """Return the application to be served."""
        return Starlette(
            routes=[
                Route("/{realm}/.well-known/openid-configuration", self._discovery),
                Route("/{realm}/keys", self._keys),
                Route("/{realm}/token", self._token, methods=["POST"]),
            ]
        )

    def grant(self, authorization_url: str, subject: str) -> tuple[str, str]:
        """Sign the subject in as the browser would; returns state and code."""
        parts = urlsplit(authorization_url)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert authorization_url.startswith(f"{self.issuer}/authorize?")
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT_ID
        assert given["redirect_uri"] == REDIRECT_URL
        assert given["scope"].split()[0] == "openid"
        assert given["code_challenge_method"] == "S256"
        code = f"code-{len(self._granted)}"
        self._granted[code] = _Granted(subject, given["nonce"], given["code_challenge"])
        return given["state"], code

    async def _discovery(self, request: Request) -> Response:
        self.requests.append("discovery")
        return JSONResponse(
            {
                "issuer": self.discovered_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, request: Request) -> Response:
        self.requests.append("keys")
        keys = [self.key] if self.published is None else self.published
        return JSONResponse(KeySet(list(keys)).as_dict(private=False))

    async def _token(self, request: Request) -> Response:
        self.requests.append("token")
        if self.answers:
            return self.answers.pop(0)
        form = await _form(request)
        pair = "gongyi:a%20secret%2Fwith%3Asigns"
        if (
            request.headers.get("authorization")
            != f"Basic {base64.b64encode(pair.encode()).decode()}"
        ):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        granted = self._granted.pop(form.get("code", ""), None)
        if granted is None or form["redirect_uri"] != REDIRECT_URL:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != granted.challenge:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(granted)}
        )

    def _id_token(self, granted: _Granted) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": granted.subject,
            "aud": CLIENT_ID,
            "nonce": granted.nonce,
            "iat": now,
            "exp": now + 300,
        } | self.claims
        for name in self.without:
            del claims[name]
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


async def _form(request: Request) -> dict[str, str]:
    text = (await request.body()).decode()
    return {name: values[0] for name, values in parse_qs(text).items()}


__all__ = ["CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URL", "ECKey", "OctKey", "OidcServer", "RSAKey"]
