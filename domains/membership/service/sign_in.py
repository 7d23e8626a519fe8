"""Sign-in by phone and one-time code: throttled in the database, used once, the same to all.

Asking for a code never looks at people, so that nobody learns whose phone is known. The
code is sent after its row has committed: a crash in between costs a resident the pause
between two codes, and never sends a code that does not open the door.
"""

import hashlib
import ipaddress
import logging
import secrets
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import crypto, database, settings
from domains.kernel.actor import Actor, require
from domains.kernel.errors import DomainError, InvalidInput, SignInRequired, TooManyAttempts
from domains.membership import policy
from domains.membership.errors import CodeExpired, CodeNotSent, CodeWrong, NameVerified
from domains.membership.providers import http, sms
from domains.membership.rules import phones
from domains.membership.service import sessions
from domains.membership.service.sessions import OpenedSession
from domains.membership.values import SignInMethod

log = logging.getLogger(__name__)

NAME_LENGTH = 60
_CODE_DIGITS = 6

# One row a limit: the n-th newest code holds the next one back for so long.
_HELD = """
WITH clock AS MATERIALIZED (SELECT kernel_now() AS at),
of_phone AS (
    SELECT created_at, row_number() OVER (ORDER BY created_at DESC) AS n
    FROM membership_sign_in_code, clock
    WHERE phone_index = $1 AND created_at > clock.at - interval '1 day'
),
of_address AS (
    SELECT created_at, row_number() OVER (ORDER BY created_at DESC) AS n
    FROM membership_sign_in_code, clock
    WHERE address_index = $2 AND created_at > clock.at - interval '1 hour'
),
held AS (
    SELECT created_at + make_interval(secs => $3::int) AS until FROM of_phone WHERE n = 1
    UNION ALL SELECT created_at + interval '1 hour' FROM of_phone WHERE n = $4::int
    UNION ALL SELECT created_at + interval '1 day' FROM of_phone WHERE n = $5::int
    UNION ALL SELECT created_at + interval '1 hour' FROM of_address WHERE n = $6::int
)
SELECT ceil(extract(epoch FROM max(until) - max(at)))::int FROM held, clock WHERE until > at
"""
_KEEP = """
INSERT INTO membership_sign_in_code
    (id, phone_index, address_index, code_hash, created_at, expires_at)
SELECT $1, $2, $3, $4, at, at + make_interval(mins => $5)
FROM (SELECT kernel_now() AS at) clock
"""
_LATEST = """
SELECT id, code_hash, attempts, used_at IS NOT NULL OR expires_at <= kernel_now() AS is_over,
       ceil(extract(epoch FROM expires_at - kernel_now()))::int AS seconds_left
FROM membership_sign_in_code
WHERE phone_index = $1
ORDER BY created_at DESC, id DESC
LIMIT 1
FOR UPDATE
"""
_TRIED = "UPDATE membership_sign_in_code SET attempts = attempts + 1 WHERE id = $1"
_USED = """
UPDATE membership_sign_in_code SET used_at = kernel_now(), attempts = attempts + 1 WHERE id = $1
"""
_KNOWN = "SELECT id FROM membership_person WHERE phone_index = $1"
_NEW_PERSON = """
INSERT INTO membership_person (id, name, phone_sealed, phone_index, created_at)
VALUES ($1, '', $2, $3, kernel_now())
ON CONFLICT (phone_index) DO NOTHING
"""
_RENAME = """
UPDATE membership_person SET name = $2, version = version + 1
WHERE id = $1 AND NOT EXISTS (
    SELECT FROM membership_residency WHERE person_id = $1 AND state = 'verified'
)
"""
_SWEEP_CODES = """
DELETE FROM membership_sign_in_code WHERE created_at < kernel_now() - interval '1 day'
"""
_SWEEP_ATTEMPTS = """
DELETE FROM membership_oidc_attempt WHERE expires_at < kernel_now() - interval '1 day'
"""


@dataclass(frozen=True, slots=True)
class SentCode:
    """How long a code is valid, and when another may be asked for."""

    valid_for_s: int
    next_after_s: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """The name that stands now."""

    person_id: UUID
    name: str


async def request_sign_in_code(actor: Actor, *, phone: str) -> SentCode:
    """Send a one-time code to the phone, known or not.

    Raises TooManyAttempts where the phone or the caller's address asked too often, and
    CodeNotSent where the provider failed; the code counts towards the limits all the same.
    """
    require(policy.AUTHORITY, "requestSignInCode", actor)
    digits = phones.normalised(phone)
    chosen = settings.current()
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"
    async with database.transaction():
        await _keep_code(phone_index=phone_index(digits), address=actor.address, code=code)
    try:
        await sms.sender().send(phone=digits, code=code, minutes=chosen.code_valid_minutes)
    except http.ProviderFault as fault:
        log.warning("a one-time code was not sent: %s", fault)
        raise CodeNotSent from None
    return SentCode(valid_for_s=chosen.code_valid_minutes * 60, next_after_s=chosen.code_pause_s)


async def sign_in_with_code(actor: Actor, *, phone: str, code: str, device: str) -> OpenedSession:
    """Open a session for whoever holds the phone; a phone not known yet makes a new person.

    Raises CodeWrong, CodeExpired or TooManyAttempts; an attempt counts even so.
    """
    require(policy.AUTHORITY, "signInWithCode", actor)
    digits = phones.normalised(phone)
    name = sessions.device_name(device)
    async with database.transaction():
        refusal = await redeem(digits, code)
        if refusal is None:
            opened = await sessions.open_session(
                actor,
                person_id=await person_of(digits),
                method=SignInMethod.ONE_TIME_CODE,
                device=name,
            )
    if refusal is not None:
        raise refusal
    return opened


def phone_index(digits: str) -> bytes:
    """Return the blind index by which a phone is found."""
    return crypto.blind_index(digits, purpose="phone")


async def _keep_code(*, phone_index: bytes, address: str | None, code: str) -> None:
    """Keep a new code unless a limit holds; askers of one phone or address wait for another."""
    address_index = _address_index(address)
    for lock in sorted(_lock_of(index) for index in (phone_index, address_index) if index):
        await database.execute("SELECT pg_advisory_xact_lock($1)", lock)
    chosen = settings.current()
    seconds = await database.fetch_value(
        _HELD,
        phone_index,
        address_index,
        chosen.code_pause_s,
        chosen.codes_per_phone_hour,
        chosen.codes_per_phone_day,
        chosen.codes_per_address_hour,
    )
    if seconds is not None:
        raise TooManyAttempts(retry_after_s=max(1, seconds))
    code_id = database.new_id()
    await database.execute(
        _KEEP,
        code_id,
        phone_index,
        address_index,
        _code_hash(code_id, code),
        chosen.code_valid_minutes,
    )


async def redeem(digits: str, code: str) -> DomainError | None:
    """Try the code at the phone's latest one, in the command's transaction.

    Returns the refusal instead of raising it, so that the attempt commits before it is told.
    """
    database.require_open_transaction()
    latest = await database.fetch_one(_LATEST, phone_index(digits))
    expected = bytes(latest["code_hash"]) if latest else bytes(32)
    code_id: UUID = latest["id"] if latest else UUID(int=0)
    is_right = secrets.compare_digest(_code_hash(code_id, code.strip()), expected)
    if latest is None:
        return CodeWrong(path=("input", "code"))
    if latest["is_over"]:
        return CodeExpired(path=("input", "code"))
    if latest["attempts"] >= settings.current().code_attempts:
        return TooManyAttempts(retry_after_s=max(1, latest["seconds_left"]))
    if not is_right:
        await database.execute(_TRIED, code_id)
        return CodeWrong(path=("input", "code"))
    await database.execute(_USED, code_id)
    return None


async def person_of(digits: str) -> UUID:
    """Return the person who holds the phone, made now where nobody does."""
    database.require_open_transaction()
    index = phone_index(digits)
    person_id: UUID | None = await database.fetch_value(_KNOWN, index)
    if person_id is not None:
        return person_id
    person_id = database.new_id()
    sealed = crypto.seal(digits, table="membership_person", column="phone_sealed", row=person_id)
    await database.execute(_NEW_PERSON, person_id, sealed, index)
    found: UUID = await database.fetch_value(_KNOWN, index)
    return found


async def update_my_name(actor: Actor, *, name: str) -> Renamed:
    """Give the caller's own name, as on the identity card.

    Raises NameVerified once staff have verified who lives where under that name.
    """
    require(policy.AUTHORITY, "updateMyName", actor)
    if actor.person_id is None:
        raise SignInRequired
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= NAME_LENGTH or not plain.isprintable():
        raise InvalidInput(
            path=("input", "name"),
            zh=f"姓名须为 1 至 {NAME_LENGTH} 个字。",
            en=f"a name has 1 to {NAME_LENGTH} characters.",
        )
    async with database.transaction():
        if not await database.execute(_RENAME, actor.person_id, plain):
            raise NameVerified(path=("input", "name"))
    return Renamed(person_id=actor.person_id, name=plain)


async def sweep_sign_in() -> int:
    """Delete the codes, attempts and sessions whose time is over; returns how many rows."""
    codes = await database.execute(_SWEEP_CODES)
    attempts = await database.execute(_SWEEP_ATTEMPTS)
    return codes + attempts + await sessions.sweep_sessions()


def _code_hash(code_id: UUID, code: str) -> bytes:
    """Return the keyed hash of a code, of no use at another row."""
    return crypto.blind_index(f"{code_id}:{code}", purpose="sign-in code")


def _address_index(address: str | None) -> bytes | None:
    """Return the blind index of a network address; of IPv6 the /64, which is one household's."""
    if address is None:
        return None
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return crypto.blind_index(address, purpose="address")
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        text = str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    else:
        text = str(parsed)
    return crypto.blind_index(text, purpose="address")


def _lock_of(index: bytes) -> int:
    """Return the advisory lock under which an index's codes are counted."""
    return int.from_bytes(hashlib.sha256(b"sign-in" + index).digest()[:8], signed=True)
