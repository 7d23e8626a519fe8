"""OpenID Connect 1.0: authorisation code with PKCE (RFC 7636), at the provider of settings.

Discovery and keys are read from the issuer and kept for an hour; a token signed by a key
not seen yet makes the keys be read again, once. Signatures are accepted of asymmetric
algorithms alone, those that settings list.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from domains.kernel import settings
from domains.kernel.settings import Environment
from domains.membership.providers import http

_KEPT_S = 3_600
_LEEWAY_S = 60
_LONGEST_SUBJECT = 255
_ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class OidcRefused(http.ProviderFault):
    """The provider refused the code, or vouched for nobody that we may believe."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What discovery tells of a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    posts_secret: bool


_providers: dict[str, tuple[float, Provider]] = {}
_keys: dict[str, tuple[float, KeySet]] = {}


def is_on() -> bool:
    """Whether this installation offers sign-in by OIDC."""
    chosen = settings.current()
    return bool(chosen.oidc_issuer and chosen.oidc_client_id and chosen.oidc_redirect_url)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def authorization_url(*, state: str, nonce: str, verifier: str) -> str:
    """Return where the browser goes to sign in."""
    chosen, provider = settings.current(), await _discovered()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": chosen.oidc_client_id,
            "redirect_uri": chosen.oidc_redirect_url,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
    )
    between = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{between}{query}"


async def subject_of(code: str, *, verifier: str, nonce: str, at: datetime) -> str:
    """Exchange a code for the subject that the provider vouches for, at this instant.

    Raises OidcRefused, or another ProviderFault where the provider does not answer.
    """
    provider = await _discovered()
    id_token = await _exchange(provider, code, verifier)
    claims = await _verified(provider, id_token)
    return _subject(claims, issuer=provider.issuer, nonce=nonce, at=at.timestamp())


async def _exchange(provider: Provider, code: str, verifier: str) -> str:
    chosen = settings.current()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": chosen.oidc_redirect_url,
        "code_verifier": verifier,
        "client_id": chosen.oidc_client_id,
    }
    headers = {"Accept": "application/json"}
    secret = chosen.oidc_client_secret.get_secret_value()
    if secret and provider.posts_secret:
        form["client_secret"] = secret
    elif secret:
        pair = f"{quote(chosen.oidc_client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    answer = await _call("POST", provider.token_endpoint, data=form, headers=headers)
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise OidcRefused("the provider refused the code")
    id_token = _json(answer).get("id_token")
    if not isinstance(id_token, str):
        raise http.ProviderFault("the provider answered without an id_token")
    return id_token


async def _verified(provider: Provider, id_token: str) -> Mapping[str, Any]:
    """Return the claims of a token that one of the provider's keys has signed."""
    algorithms = [
        each for each in settings.current().oidc_algorithms.split() if each in _ASYMMETRIC
    ]
    if not algorithms:
        # To the library an empty list means its own choice, which holds HS256.
        raise http.ProviderFault("settings accept no signature algorithm of the provider")
    try:
        try:
            token = jwt.decode(id_token, await _key_set(provider), algorithms=algorithms)
        except InvalidKeyIdError:
            keys = await _key_set(provider, again=True)
            token = jwt.decode(id_token, keys, algorithms=algorithms)
    except (JoseError, ValueError) as fault:
        raise OidcRefused(f"the id_token does not hold: {type(fault).__name__}") from None
    return token.claims


def _subject(claims: Mapping[str, Any], *, issuer: str, nonce: str, at: float) -> str:
    """Return the subject of claims that are for us, now and in answer to our nonce."""
    client_id = settings.current().oidc_client_id
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    subject, given = claims.get("sub"), claims.get("nonce")
    holds = {
        "iss": claims.get("iss") == issuer,
        "aud": isinstance(audiences, list) and client_id in audiences,
        "azp": claims.get("azp", client_id) == client_id
        and (not isinstance(audiences, list) or len(audiences) == 1 or "azp" in claims),
        "exp": _is_number(claims.get("exp")) and claims["exp"] > at - _LEEWAY_S,
        "iat": _is_number(claims.get("iat")) and claims["iat"] < at + _LEEWAY_S,
        "nbf": "nbf" not in claims
        or (_is_number(claims["nbf"]) and claims["nbf"] < at + _LEEWAY_S),
        "nonce": isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode()),
        "sub": isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT,
    }
    broken = [name for name, is_right in holds.items() if not is_right]
    if broken:
        raise OidcRefused(f"the id_token does not hold: {', '.join(broken)}")
    return str(subject)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def _discovered() -> Provider:
    issuer = settings.current().oidc_issuer
    held = _providers.get(issuer)
    if held and held[0] > time.monotonic():
        return held[1]
    document = _json(await _call("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
    if document.get("issuer") != issuer:
        raise http.ProviderFault("discovery tells of another issuer")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    try:
        provider = Provider(
            issuer=issuer,
            authorization_endpoint=_endpoint(document["authorization_endpoint"]),
            token_endpoint=_endpoint(document["token_endpoint"]),
            jwks_uri=_endpoint(document["jwks_uri"]),
            posts_secret="client_secret_basic" not in methods,
        )
    except (KeyError, TypeError):
        raise http.ProviderFault("discovery lacks an endpoint") from None
    _providers[issuer] = (time.monotonic() + _KEPT_S, provider)
    return provider


async def _key_set(provider: Provider, *, again: bool = False) -> KeySet:
    held = _keys.get(provider.issuer)
    if held and held[0] > time.monotonic() and not again:
        return held[1]
    document: Any = _json(await _call("GET", provider.jwks_uri))
    try:
        keys = KeySet.import_key_set(document)
    except (JoseError, KeyError, TypeError, ValueError):
        raise http.ProviderFault("the provider's keys cannot be read") from None
    _keys[provider.issuer] = (time.monotonic() + _KEPT_S, keys)
    return keys


def _endpoint(url: Any) -> str:
    """Return an address that secrets may be sent to: in production by TLS alone."""
    parts = urlsplit(str(url))
    is_open = settings.current().environment is not Environment.PRODUCTION
    if parts.scheme != "https" and not (is_open and parts.scheme == "http"):
        raise http.ProviderFault("an endpoint of the provider is not https")
    return str(url)


async def _call(method: str, url: str, **request: Any) -> httpx.Response:
    try:
        async for attempt in http.attempts(http.was_not_sent):
            with attempt:
                async with http.client() as client:
                    return await client.request(method, _endpoint(url), **request)
    except httpx.HTTPError as fault:
        raise http.ProviderFault(
            f"the OIDC provider did not answer: {type(fault).__name__}"
        ) from None
    raise AssertionError("a retry ends by a result or an error")


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code != httpx.codes.OK:
        raise http.ProviderFault(f"the OIDC provider answered HTTP {answer.status_code}")
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise http.ProviderFault("the OIDC provider answered something that is no answer")
    return document
