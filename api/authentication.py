"""Who is asking: a bearer token makes an Actor; none makes a nameless one; a false one is told."""

import ipaddress
from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from api.refusals import Code, RequestRefused, said
from domains.kernel.actor import Actor

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Authenticate(Protocol):
    """Finds who stands behind a token today, or None."""

    def __call__(self, token: str, *, locale: str, address: str | None) -> Awaitable[Actor | None]:
        """Look the token up."""
        ...


class Reread(Protocol):
    """Finds who stands behind sessions today; those that have closed are missing."""

    def __call__(self, session_ids: Sequence[UUID], /) -> Awaitable[Mapping[UUID, Actor]]:
        """Look the sessions up, all in one query."""
        ...


async def actor_of(
    authorization: str | None, authenticate: Authenticate, *, locale: str, address: str | None
) -> Actor:
    """Return the caller; raises RequestRefused for a token that opens nothing."""
    if authorization is None:
        return Actor(person_id=None, locale=locale, address=address)
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    actor = None
    if scheme.lower() == "bearer" and 16 <= len(token) <= 512 and token.isascii():
        actor = await authenticate(token, locale=locale, address=address)
    if actor is None:
        raise unauthenticated(locale)
    return actor


def unauthenticated(locale: str) -> RequestRefused:
    """Refuse a token that is unknown, expired or revoked: which of these is not told."""
    return RequestRefused(
        401,
        Code.UNAUTHENTICATED,
        said(locale, "登录已失效,请重新登录。", "The session is not valid; sign in again."),
        always=True,
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def networks(text: str) -> list[Network]:
    """Read networks parted by commas; raises ValueError."""
    return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]


def is_within(address: str | None, allowed: Sequence[Network]) -> bool:
    """Tell whether an address belongs to one of the networks."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(parsed in network for network in allowed)


def address_of(peer: str | None, forwarded: str | None, trusted: Sequence[Network]) -> str | None:
    """Return the caller's address: the last hop that is not a proxy of ours.

    X-Forwarded-For is believed only as far as trusted proxies wrote it.
    """
    if not trusted:
        return peer
    hops = [part.strip() for part in (forwarded or "").split(",") if part.strip()]
    address = peer
    while hops and is_within(address, trusted):
        address = hops.pop()
    try:
        return str(ipaddress.ip_address(address or ""))
    except ValueError:
        return peer
