"""Sign-in of administrators by an OIDC provider: begun here, completed once, within minutes.

Whoever is signed in already and begins links the provider's account to themselves; only
they may complete it, so that nobody is led to link another's account. A code goes to the
provider outside any transaction, after its attempt has been used up.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, crypto, database, settings
from domains.kernel.actor import Actor, require
from domains.membership import policy
from domains.membership.errors import (
    IdentityNotLinked,
    OutsideCodeRefused,
    ProviderUnavailable,
    SignInMethodOff,
)
from domains.membership.providers import http, oidc
from domains.membership.service import identities, sessions
from domains.membership.service.sessions import OpenedSession
from domains.membership.values import SignInMethod

log = logging.getLogger(__name__)

ATTEMPT_MINUTES = 10
_TABLE, _COLUMN = "membership_oidc_attempt", "verifier_sealed"

_BEGIN = """
INSERT INTO membership_oidc_attempt
    (id, state_hash, nonce, verifier_sealed, created_at, expires_at)
SELECT $1, $2, $3, $4, at, at + make_interval(mins => $5)
FROM (SELECT kernel_now() AS at) clock
RETURNING expires_at
"""
_TAKE = """
UPDATE membership_oidc_attempt SET used_at = kernel_now()
WHERE state_hash = $1 AND used_at IS NULL AND expires_at > kernel_now()
RETURNING id, nonce, verifier_sealed
"""


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """Where the browser goes, and the state that it must bring back to the same client."""

    authorization_url: str
    state: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What an attempt was begun with."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    person_id: UUID | None


async def begin_oidc_sign_in(actor: Actor) -> BegunSignIn:
    """Begin a sign-in, or a linking where the caller is signed in.

    Raises SignInMethodOff where settings name no provider, ProviderUnavailable.
    """
    require(policy.AUTHORITY, "beginOidcSignIn", actor)
    if not oidc.is_on():
        raise SignInMethodOff
    state, nonce, verifier = crypto.token(), crypto.token(), crypto.token()
    try:
        url = await oidc.authorization_url(state=state, nonce=nonce, verifier=verifier)
    except http.ProviderFault as fault:
        raise _unavailable(fault) from None
    attempt_id = database.new_id()
    kept = {"verifier": verifier, "person": str(actor.person_id) if actor.person_id else None}
    async with database.transaction():
        expires_at: datetime = await database.fetch_value(
            _BEGIN,
            attempt_id,
            crypto.token_hash(state),
            nonce,
            crypto.seal(json.dumps(kept), table=_TABLE, column=_COLUMN, row=attempt_id),
            ATTEMPT_MINUTES,
        )
    return BegunSignIn(authorization_url=url, state=state, expires_at=expires_at)


async def complete_oidc_sign_in(
    actor: Actor, *, state: str, code: str, device: str
) -> OpenedSession:
    """Open a session for whoever the provider vouches for; a linking links first.

    Raises OutsideCodeRefused for a state or code that is unknown, used or over,
    IdentityNotLinked, IdentityLinkedElsewhere, ProviderUnavailable.
    """
    require(policy.AUTHORITY, "completeOidcSignIn", actor)
    if not oidc.is_on():
        raise SignInMethodOff
    name = sessions.device_name(device)
    attempt = await _take(state)
    if attempt.person_id is not None and attempt.person_id != actor.person_id:
        raise OutsideCodeRefused(path=("input", "state"))
    provider = settings.current().oidc_issuer
    index = identities.subject_index(provider, await _subject(attempt, code))
    async with database.transaction():
        if attempt.person_id is not None:
            refusal = await identities.link(attempt.person_id, provider, index)
            if refusal is not None:
                raise refusal
        person_id = await identities.linked_person(provider, index)
        if person_id is None:
            raise IdentityNotLinked
        return await sessions.open_session(
            actor, person_id=person_id, method=SignInMethod.OIDC, device=name
        )


async def _take(state: str) -> _Attempt:
    """Use the attempt up, before the code leaves."""
    async with database.transaction():
        row = await database.fetch_one(_TAKE, crypto.token_hash(state))
    if row is None:
        raise OutsideCodeRefused(path=("input", "state"))
    sealed = bytes(row["verifier_sealed"])
    kept = json.loads(crypto.unseal(sealed, table=_TABLE, column=_COLUMN, row=row["id"]))
    return _Attempt(
        nonce=row["nonce"],
        verifier=kept["verifier"],
        person_id=UUID(kept["person"]) if kept["person"] else None,
    )


async def _subject(attempt: _Attempt, code: str) -> str:
    try:
        return await oidc.subject_of(
            code, verifier=attempt.verifier, nonce=attempt.nonce, at=await clock.now()
        )
    except oidc.OidcRefused as refused:
        log.warning("sign-in by OIDC was refused: %s", refused)
        raise OutsideCodeRefused(path=("input", "code")) from None
    except http.ProviderFault as fault:
        raise _unavailable(fault) from None


def _unavailable(fault: http.ProviderFault) -> ProviderUnavailable:
    log.warning("sign-in by OIDC failed: %s", fault)
    return ProviderUnavailable()
