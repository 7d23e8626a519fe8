"""Sign-in from a WeChat mini-program; an openid is linked once, by a one-time code to a phone.

The openid leaves no trace but its blind index. Until it is linked, the client holds a
signed binding token that says nothing but that index and when its time is over.
"""

import base64
import binascii
import logging
from dataclasses import dataclass, field

from domains.kernel import clock, crypto, database, settings
from domains.kernel.actor import Actor, require
from domains.kernel.errors import DomainError, TooManyAttempts
from domains.membership import policy
from domains.membership.errors import (
    BindingExpired,
    OutsideAccountBlocked,
    OutsideCodeRefused,
    ProviderUnavailable,
    SignInMethodOff,
)
from domains.membership.providers import http, wechat
from domains.membership.rules import phones
from domains.membership.service import identities, sessions, sign_in
from domains.membership.service.sessions import OpenedSession
from domains.membership.values import SignInMethod

log = logging.getLogger(__name__)

BINDING_S = 600
# WeChat counts by the minute.
_RATE_PAUSE_S = 60
_PURPOSE = "binding of a WeChat openid"
_INDEX_BYTES = 32
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class BindingRequired:
    """The openid is not linked yet; the token lets its holder link it within minutes."""

    binding_token: str = field(repr=False)
    valid_for_s: int


async def sign_in_with_wechat(
    actor: Actor, *, code: str, device: str
) -> OpenedSession | BindingRequired:
    """Open a session for whoever the openid is linked to, or say that it must be linked.

    Raises OutsideCodeRefused, OutsideAccountBlocked, TooManyAttempts or ProviderUnavailable
    as WeChat answers, and SignInMethodOff where the installation has no mini-program.
    """
    require(policy.AUTHORITY, "signInWithWeChat", actor)
    name = sessions.device_name(device)
    index = await _openid_index(code)
    async with database.transaction():
        person_id = await identities.linked_person(_provider(), index)
        if person_id is not None:
            return await sessions.open_session(
                actor, person_id=person_id, method=SignInMethod.WECHAT, device=name
            )
        return BindingRequired(binding_token=await _binding_token(index), valid_for_s=BINDING_S)


async def bind_wechat(
    actor: Actor, *, binding_token: str, phone: str, code: str, device: str
) -> OpenedSession:
    """Link the openid to whoever holds the phone, and sign them in.

    Raises BindingExpired, the refusals of a one-time code, and IdentityLinkedElsewhere.
    """
    require(policy.AUTHORITY, "bindWeChat", actor)
    digits = phones.normalised(phone)
    name = sessions.device_name(device)
    index = await _index_of(binding_token)
    async with database.transaction():
        refusal = await sign_in.redeem(digits, code)
        if refusal is None:
            person_id = await sign_in.person_of(digits)
            refusal = await identities.link(person_id, _provider(), index)
        if refusal is None:
            opened = await sessions.open_session(
                actor, person_id=person_id, method=SignInMethod.WECHAT, device=name
            )
    if refusal is not None:
        raise refusal
    return opened


def _provider() -> str:
    return f"wechat:{settings.current().wechat_app_id}"


async def _openid_index(code: str) -> bytes:
    if not wechat.is_on():
        raise SignInMethodOff
    try:
        openid = await wechat.openid_of(code)
    except wechat.WeChatRefused as refused:
        raise _translated(refused) from None
    except http.ProviderFault as fault:
        log.warning("sign-in by WeChat failed: %s", fault)
        raise ProviderUnavailable from None
    return identities.subject_index(_provider(), openid)


def _translated(refused: wechat.WeChatRefused) -> DomainError:
    if refused.errcode in {wechat.INVALID_CODE, wechat.USED_CODE}:
        return OutsideCodeRefused(path=("input", "code"))
    if refused.errcode == wechat.RATE_LIMITED:
        return TooManyAttempts(retry_after_s=_RATE_PAUSE_S)
    if refused.errcode == wechat.BLOCKED:
        return OutsideAccountBlocked()
    log.warning("sign-in by WeChat failed: %s", refused)
    return ProviderUnavailable()


async def _binding_token(index: bytes) -> str:
    over = int((await clock.now()).timestamp()) + BINDING_S
    payload = index + over.to_bytes(_TIME_BYTES)
    signature = crypto.sign(payload, purpose=_PURPOSE)
    return base64.urlsafe_b64encode(payload + signature).decode().rstrip("=")


async def _index_of(token: str) -> bytes:
    """Return the index that the token was made for; raises BindingExpired."""
    refusal = BindingExpired(path=("input", "bindingToken"))
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refusal from None
    payload, signature = raw[: _INDEX_BYTES + _TIME_BYTES], raw[_INDEX_BYTES + _TIME_BYTES :]
    if not crypto.verify(payload, signature, purpose=_PURPOSE):
        raise refusal
    if int.from_bytes(payload[_INDEX_BYTES:]) <= (await clock.now()).timestamp():
        raise refusal
    return payload[:_INDEX_BYTES]
