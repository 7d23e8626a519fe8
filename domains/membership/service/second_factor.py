"""The second factor of those with powers: time-based one-time passwords (RFC 6238).

What a person keeps (the secret, one being set up, the hashes of recovery codes) is one
sealed text. A step of thirty seconds opens the door once; five failures close it for a
quarter of an hour. A password, right or wrong, is judged under the lock of its row, and a
failure commits before it is told.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyotp

from domains.kernel import audit, crypto, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.errors import DomainError, SignInRequired, TooManyAttempts
from domains.membership import policy
from domains.membership.errors import SecondFactorMissing, SecondFactorPresent, SecondFactorWrong
from domains.membership.events import SecondFactorConfirmed, SecondFactorReset
from domains.membership.service import sessions
from domains.membership.service.sessions import OpenedSession

STEP_S = 30
# A clock may be one step off, as RFC 6238 (5.2) recommends.
_DRIFT_STEPS = 1
FAILURES = 5
LOCK_MINUTES = 15
RECOVERY_CODES = 8
_ISSUER = "共议·公益"
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LENGTH = 10

_MAKE = """
INSERT INTO membership_second_factor (id, person_id, secret_sealed, created_at)
VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (person_id) DO NOTHING
"""
_LOCK = """
SELECT f.id, f.secret_sealed, f.confirmed_at, f.last_step, f.failures, p.name,
       extract(epoch FROM kernel_now())::bigint AS seconds,
       ceil(extract(epoch FROM f.locked_until - kernel_now()))::int AS locked_s
FROM membership_second_factor f JOIN membership_person p ON p.id = f.person_id
WHERE f.person_id = $1
FOR UPDATE OF f
"""
_KEEP = "UPDATE membership_second_factor SET secret_sealed = $2 WHERE id = $1"
_FAILED = """
UPDATE membership_second_factor
SET failures = CASE WHEN failures + 1 >= $2::int THEN 0 ELSE failures + 1 END,
    locked_until = CASE WHEN failures + 1 >= $2::int
        THEN kernel_now() + make_interval(mins => $3) ELSE locked_until END
WHERE id = $1
"""
_PASSED = """
UPDATE membership_second_factor
SET secret_sealed = $2, last_step = greatest(last_step, $3), failures = 0, locked_until = NULL,
    confirmed_at = coalesce(confirmed_at, kernel_now())
WHERE id = $1
"""
_POWERS = """
SELECT a.path
FROM membership_second_factor f
JOIN membership_role_grant g ON g.person_id = f.person_id
JOIN membership_area a ON a.id = g.area_id
WHERE f.person_id = $1 AND g.role = ANY ($2::text[]) AND g.revoked_at IS NULL
  AND (g.ends_on IS NULL OR g.ends_on >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)
FOR UPDATE OF f
"""
_REMOVE = "DELETE FROM membership_second_factor WHERE person_id = $1"
_FORGET_OTHERS = """
UPDATE membership_session SET second_factor_at = NULL
WHERE person_id = $1 AND id <> $2 AND second_factor_at IS NOT NULL
"""


@dataclass(slots=True)
class _Kept:
    """What is sealed: the secret in force, one that waits to be confirmed, recovery hashes."""

    secret: str | None = field(default=None, repr=False)
    pending: str | None = field(default=None, repr=False)
    recovery: list[str] = field(default_factory=list, repr=False)

    def spend(self, code_hash: str) -> bool:
        """Strike a recovery code off; False where it is none."""
        if code_hash not in self.recovery:
            return False
        self.recovery.remove(code_hash)
        return True


@dataclass(frozen=True, slots=True)
class _Factor:
    """A locked row, read."""

    id: UUID
    kept: _Kept
    confirmed_at: datetime | None
    last_step: int
    name: str
    step: int
    locked_s: int | None

    def seal(self) -> bytes:
        """Seal what is kept, as it stands now."""
        return _seal(self.kept, self.id)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret to be put into an authenticator; told once."""

    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The session that has shown the factor, and recovery codes, told once."""

    opened: OpenedSession
    recovery_codes: Sequence[str] = field(repr=False)


async def enrol_second_factor(actor: Actor) -> Enrolment:
    """Make a secret for the caller's authenticator; it counts once a code of it has been shown.

    Raises SecondFactorPresent where one is in force that this session has not shown.
    """
    require(policy.AUTHORITY, "enrolSecondFactor", actor)
    person_id = _signed_in(actor)
    async with database.transaction():
        await _make(person_id)
        factor = await _lock(person_id)
        if factor.confirmed_at is not None and not actor.second_factor:
            raise SecondFactorPresent
        factor.kept.pending = secret = pyotp.random_base32()
        await database.execute(_KEEP, factor.id, factor.seal())
    uri = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(
        name=factor.name or str(person_id)[-8:], issuer_name=_ISSUER
    )
    return Enrolment(secret=secret, otpauth_uri=uri)


async def confirm_second_factor(actor: Actor, *, code: str) -> Confirmation:
    """Put the new secret in force by a code of it; the session counts as confirmed at once.

    Raises SecondFactorMissing without a secret to confirm, SecondFactorWrong, TooManyAttempts.
    """
    require(policy.AUTHORITY, "confirmSecondFactor", actor)
    person_id = _signed_in(actor)
    async with database.transaction():
        factor = await _lock(person_id)
        if factor.kept.pending is None:
            raise SecondFactorMissing
        if factor.confirmed_at is not None and not actor.second_factor:
            raise SecondFactorPresent
        step, refusal = await _judge(factor, _step_of(factor.kept.pending, code, factor.step))
        if refusal is None:
            codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
            factor.kept.secret, factor.kept.pending = factor.kept.pending, None
            factor.kept.recovery = [_recovery_hash(factor.id, each) for each in codes]
            await database.execute(_PASSED, factor.id, factor.seal(), step)
            await database.execute(_FORGET_OTHERS, person_id, actor.session_id)
            opened = await sessions.confirm_session(actor)
            await outbox.record(SecondFactorConfirmed(person_id=person_id))
            await _audit(actor, "confirmSecondFactor", person_id)
    if refusal is not None:
        raise refusal
    return Confirmation(opened=opened, recovery_codes=codes)


async def verify_second_factor(actor: Actor, *, code: str) -> OpenedSession:
    """Show the second factor, or a recovery code, once; the session gets another token.

    Raises SecondFactorMissing, SecondFactorWrong or TooManyAttempts.
    """
    require(policy.AUTHORITY, "verifySecondFactor", actor)
    person_id = _signed_in(actor)
    async with database.transaction():
        factor = await _lock(person_id)
        if factor.confirmed_at is None or factor.kept.secret is None:
            raise SecondFactorMissing
        step, refusal = await _judge(factor, _shown(factor, factor.kept.secret, code))
        if refusal is None:
            await database.execute(_PASSED, factor.id, factor.seal(), step)
            opened = await sessions.confirm_session(actor)
    if refusal is not None:
        raise refusal
    return opened


async def reset_second_factor(actor: Actor, person_id: UUID) -> int:
    """Remove somebody's lost second factor and close their sessions; returns how many closed.

    For whoever administers the platform over every area where that person holds power, and
    has made sure of the person; anybody else is told NotFound.
    """
    async with database.transaction():
        rows = await database.fetch(_POWERS, person_id, sorted(policy.SECOND_FACTOR_ROLES))
        target = policy.Powers(
            person_id=person_id, area_paths=tuple(sorted({row["path"] for row in rows}))
        )
        require(policy.AUTHORITY, "resetSecondFactor", actor, target)
        await database.execute(_REMOVE, person_id)
        closed = await sessions.close_all(person_id)
        await outbox.record(SecondFactorReset(person_id=person_id))
        await _audit(actor, "resetSecondFactor", person_id)
    return closed


async def _audit(actor: Actor, command: str, person_id: UUID) -> None:
    """Add to the platform's chain: powers reach over communities."""
    await audit.record(
        actor, command=command, chain=None, subject=("person", person_id), details={}
    )


def _signed_in(actor: Actor) -> UUID:
    if actor.person_id is None or actor.session_id is None:
        raise SignInRequired
    return actor.person_id


async def _make(person_id: UUID) -> None:
    """Make the person's row where there is none."""
    factor_id = database.new_id()
    await database.execute(_MAKE, factor_id, person_id, _seal(_Kept(), factor_id))


async def _lock(person_id: UUID) -> _Factor:
    """Read and lock the person's factor; raises SecondFactorMissing."""
    row = await database.fetch_one(_LOCK, person_id)
    if row is None:
        raise SecondFactorMissing
    text = crypto.unseal(
        bytes(row["secret_sealed"]),
        table="membership_second_factor",
        column="secret_sealed",
        row=row["id"],
    )
    return _Factor(
        id=row["id"],
        kept=_Kept(**json.loads(text)),
        confirmed_at=row["confirmed_at"],
        last_step=row["last_step"],
        name=row["name"],
        step=row["seconds"] // STEP_S,
        locked_s=row["locked_s"],
    )


async def _judge(factor: _Factor, step: int | None) -> tuple[int, DomainError | None]:
    """Return the step that was shown, or count the failure and return the refusal."""
    if factor.locked_s is not None and factor.locked_s > 0:
        return 0, TooManyAttempts(retry_after_s=factor.locked_s)
    if step is None:
        await database.execute(_FAILED, factor.id, FAILURES, LOCK_MINUTES)
        return 0, SecondFactorWrong(path=("input", "code"))
    return step, None


def _shown(factor: _Factor, secret: str, code: str) -> int | None:
    """Return the step of a password not used before, or spend a recovery code."""
    step = _step_of(secret, code, factor.step)
    if step is not None and step > factor.last_step:
        return step
    spent = factor.kept.spend(_recovery_hash(factor.id, code))
    return factor.last_step if spent else None


def _step_of(secret: str, code: str, now: int) -> int | None:
    """Return the step near now whose password this is."""
    generator, plain = pyotp.TOTP(secret, interval=STEP_S), code.strip().encode()
    near = range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1)
    matching = [
        step
        for step in near
        if secrets.compare_digest(generator.generate_otp(step).encode(), plain)
    ]
    return matching[-1] if matching else None


def _recovery_code() -> str:
    text = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def _recovery_hash(factor_id: UUID, code: str) -> str:
    """Return what is kept of a recovery code; spaces, hyphens and capitals do not matter."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(factor_id.bytes + plain.encode()).hexdigest()


def _seal(kept: _Kept, factor_id: UUID) -> bytes:
    text = json.dumps({"secret": kept.secret, "pending": kept.pending, "recovery": kept.recovery})
    return crypto.seal(
        text, table="membership_second_factor", column="secret_sealed", row=factor_id
    )
