"""Sessions: opened at sign-in, listed to their owner, closed when told or when time is over."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import crypto, database, outbox, settings
from domains.kernel.actor import Actor, require
from domains.kernel.errors import InvalidInput, NotFound, SignInRequired
from domains.membership import policy
from domains.membership.events import PersonReturned, PersonSignedIn, SessionRevoked
from domains.membership.values import SignInMethod

DEVICE_LENGTH = 100

_OPEN = """
INSERT INTO membership_session
    (id, person_id, token_hash, method, device, created_at, last_seen_at, expires_at)
SELECT $1, $2, $3, $4, $5, at, at,
       at + make_interval(days => least($6::int, $7::int))
FROM (SELECT kernel_now() AS at) clock
RETURNING expires_at
"""
# Whoever signs in again has come back.
_REOPEN = """
UPDATE membership_departure SET undone_at = kernel_now(), undone_by_id = $1
WHERE person_id = $1 AND kind = 'closed' AND undone_at IS NULL
"""
_CLOSE = """
UPDATE membership_session SET revoked_at = kernel_now()
WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > kernel_now()
"""
_ROTATE = """
UPDATE membership_session
SET token_hash = $2, second_factor_at = kernel_now()
WHERE id = $1 AND revoked_at IS NULL AND expires_at > kernel_now()
RETURNING expires_at
"""
_SWEEP = """
DELETE FROM membership_session
WHERE expires_at < kernel_now() - interval '1 day'
   OR revoked_at < kernel_now() - interval '1 day'
"""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that was opened or whose token was changed; its token is told once, here."""

    token: str
    session_id: UUID
    person_id: UUID
    expires_at: datetime

    def __repr__(self) -> str:
        return f"OpenedSession({self.session_id})"


def device_name(text: str) -> str:
    """Return what a device is called, on one line; raises InvalidInput where it is too long."""
    plain = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)
    name = " ".join(plain.split())
    if len(name) > DEVICE_LENGTH:
        raise InvalidInput(
            path=("input", "device"),
            zh=f"设备名称不得超过 {DEVICE_LENGTH} 个字符。",
            en=f"a device's name has at most {DEVICE_LENGTH} characters.",
        )
    return name


async def open_session(
    actor: Actor, *, person_id: UUID, method: SignInMethod, device: str
) -> OpenedSession:
    """Open a session in the command's transaction; the one that the caller came with closes."""
    database.require_open_transaction()
    if actor.person_id is not None and actor.session_id is not None:
        await _close_one(actor.person_id, actor.session_id)
    token, session_id, chosen = crypto.token(), database.new_id(), settings.current()
    expires_at: datetime = await database.fetch_value(
        _OPEN,
        session_id,
        person_id,
        crypto.token_hash(token),
        method.value,
        device,
        chosen.session_idle_days,
        chosen.session_longest_days,
    )
    if await database.execute(_REOPEN, person_id):
        await outbox.record(PersonReturned(person_id))
    await outbox.record(PersonSignedIn(person_id=person_id, session_id=session_id))
    return OpenedSession(
        token=token, session_id=session_id, person_id=person_id, expires_at=expires_at
    )


async def confirm_session(actor: Actor) -> OpenedSession:
    """Note that the session has shown a second factor, and give it another token."""
    database.require_open_transaction()
    if actor.person_id is None or actor.session_id is None:
        raise SignInRequired
    token = crypto.token()
    expires_at = await database.fetch_value(_ROTATE, actor.session_id, crypto.token_hash(token))
    if expires_at is None:
        raise SignInRequired
    return OpenedSession(
        token=token,
        session_id=actor.session_id,
        person_id=actor.person_id,
        expires_at=expires_at,
    )


async def sign_out(actor: Actor) -> None:
    """Close the caller's own session; closing it twice is the same."""
    require(policy.AUTHORITY, "signOut", actor)
    if actor.person_id is None or actor.session_id is None:
        return
    async with database.transaction():
        await _close_one(actor.person_id, actor.session_id)


async def revoke_session(actor: Actor, session_id: UUID) -> None:
    """Close one of the caller's sessions; another person's is NotFound."""
    require(policy.AUTHORITY, "revokeSession", actor)
    if actor.person_id is None:
        raise SignInRequired
    async with database.transaction():
        if not await _close_one(actor.person_id, session_id):
            raise NotFound(path=("input", "sessionId"))


async def revoke_other_sessions(actor: Actor) -> int:
    """Close every session of the caller but the present one; returns how many."""
    require(policy.AUTHORITY, "revokeOtherSessions", actor)
    if actor.person_id is None:
        raise SignInRequired
    async with database.transaction():
        return await close_all(actor.person_id, but=actor.session_id)


async def close_all(person_id: UUID, *, but: UUID | None = None) -> int:
    """Close a person's sessions in the command's transaction; returns how many."""
    database.require_open_transaction()
    rows = await database.fetch(
        f"{_CLOSE} AND id IS DISTINCT FROM $2::uuid RETURNING id", person_id, but
    )
    for row in rows:
        await outbox.record(SessionRevoked(person_id=person_id, session_id=row["id"]))
    return len(rows)


async def _close_one(person_id: UUID, session_id: UUID) -> bool:
    if not await database.execute(f"{_CLOSE} AND id = $2", person_id, session_id):
        return False
    await outbox.record(SessionRevoked(person_id=person_id, session_id=session_id))
    return True


async def sweep_sessions() -> int:
    """Delete the sessions that closed a day ago or more; returns how many."""
    return await database.execute(_SWEEP)
