"""The ledger: minutes move by two legs, once a key, within floors and ceilings.

Double entry in whole minutes. The database decides under the accounts' locks; what stands
is never changed, only reversed. Transfers that arrive together go as one statement, their
accounts locked in one order. The scheme's own accounts hold no balance and are never
locked: however many are paid at once, nobody waits for anybody but themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from domains.kernel import database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.batching import Batcher
from domains.kernel.database import Row
from domains.kernel.errors import DomainError, IdempotencyKeyReused, InvalidInput, NotFound
from domains.timebank.errors import (
    AccountClosed,
    AccountSuspended,
    BalanceTooHigh,
    InsufficientBalance,
    MinutesOutOfRange,
    OtherCommunity,
    TransferLapsed,
    TransferNotPending,
    TransferNotReversible,
    TransferResolved,
    TransferReversed,
    TransferToSelf,
)
from domains.timebank.values import (
    HELD,
    MOST_MINUTES,
    SYSTEM_KINDS,
    AccountKind,
    MoveOutcome,
    Reference,
    Resolution,
    ResolveOutcome,
    TransferKind,
)

_NOBODY = UUID(int=0)

MOVE_TOGETHER = """
SELECT place, outcome, transfer_id, balance FROM timebank_move_all(
    $1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::bigint[], $6::boolean[],
    $7::timestamptz[], $8::uuid[], $9::uuid[], $10::bytea[], $11::text[], $12::uuid[],
    $13::text[], $14::boolean[])
"""
_RESOLVE = "SELECT outcome, minutes FROM timebank_resolve($1, $2, $3, $4)"
_REVERSE = "SELECT outcome, transfer_id FROM timebank_reverse($1, $2, $3, $4, $5, $6)"
_DUE = """
SELECT t.id FROM timebank_transfer t
WHERE t.expires_at <= kernel_now()
  AND NOT EXISTS (SELECT FROM timebank_resolution r WHERE r.transfer_id = t.id)
ORDER BY t.expires_at LIMIT 1
"""
_OPEN = """
INSERT INTO timebank_account (id, kind, owner_id, community_id, area_path, floor_minutes,
                              ceiling_minutes, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
ON CONFLICT (community_id, kind, owner_id) WHERE closed_at IS NULL DO NOTHING
"""
_OPENED = """
SELECT id FROM timebank_account
WHERE community_id = $1 AND kind = $2 AND owner_id IS NOT DISTINCT FROM $3 AND closed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """Minutes on their way: from where, to where, how many, and what for."""

    kind: TransferKind
    from_id: UUID
    to_id: UUID
    minutes: int
    reference: Reference
    memo: str = ""
    pending: bool = False
    expires_at: datetime | None = None
    crossing: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer that stands; `balance_minutes` is the giver's afterwards, where it is held."""

    transfer_id: UUID
    balance_minutes: int | None
    replayed: bool


async def open_account(
    kind: AccountKind,
    owner_id: UUID | None,
    *,
    community_id: UUID,
    area_path: str,
    floor_minutes: int = 0,
    ceiling_minutes: int | None = None,
) -> UUID:
    """Open an account, or return the one that is open: one a holder and community."""
    held = kind in HELD
    assert held is (owner_id is not None), "the scheme's own accounts have no holder"
    await database.execute(
        _OPEN,
        *(database.new_id(), kind, owner_id, community_id, area_path),
        *((floor_minutes, ceiling_minutes) if held else (None, None)),
    )
    found: UUID = await database.fetch_value(_OPENED, community_id, kind, owner_id)
    return found


async def open_scheme(community_id: UUID, area_path: str) -> dict[AccountKind, UUID]:
    """Open the scheme's own accounts in a community, or return those that are open."""
    return {
        kind: await open_account(kind, None, community_id=community_id, area_path=area_path)
        for kind in SYSTEM_KINDS
    }


async def move(actor: Actor, movement: Movement, *, idempotency_key: UUID) -> Moved:
    """Move minutes now, or hold them back for later, once a key.

    Raises MinutesOutOfRange, TransferToSelf, NotFound, AccountClosed, AccountSuspended,
    OtherCommunity, InsufficientBalance, BalanceTooHigh, IdempotencyKeyReused.
    """
    require_sound(movement)
    row = await _MOVES.ask(None, asked_of(actor, movement, idempotency_key))
    outcome = MoveOutcome(row["outcome"])
    if outcome in {MoveOutcome.MOVED, MoveOutcome.REPLAYED}:
        return Moved(row["transfer_id"], row["balance"], outcome is MoveOutcome.REPLAYED)
    raise _refusal(outcome, available=row["balance"])


async def post(actor: Actor, transfer_id: UUID, *, minutes: int | None = None) -> int:
    """Post a pending transfer, wholly or in part; the rest returns. Returns the minutes posted.

    Raises TransferNotPending, TransferResolved, TransferLapsed, MinutesOutOfRange.
    """
    return await _resolve(actor, transfer_id, Resolution.POSTED, minutes)


async def void(actor: Actor, transfer_id: UUID) -> None:
    """Let a pending transfer go; raises TransferNotPending, TransferResolved."""
    await _resolve(actor, transfer_id, Resolution.VOIDED, None)


async def expire_due_transfer() -> UUID | None:
    """End one pending transfer whose time is over."""
    row = await database.fetch_one(_DUE)
    if row is None:
        return None
    transfer_id: UUID = row["id"]
    await expire(transfer_id)
    return transfer_id


async def expire(transfer_id: UUID) -> None:
    """End a pending transfer whose time is over; one that has ended so already stays so."""
    await database.fetch_one(_RESOLVE, transfer_id, Resolution.EXPIRED, None, _NOBODY)


async def reverse(actor: Actor, transfer_id: UUID, *, memo: str, idempotency_key: UUID) -> UUID:
    """Send back what a transfer posted, by a transfer of its own, at most once.

    Raises TransferNotReversible, TransferReversed, InsufficientBalance where the minutes
    are spent already, BalanceTooHigh, AccountClosed, IdempotencyKeyReused.
    """
    given = {"reverses": transfer_id, "memo": memo}
    row = await database.fetch_one(
        _REVERSE,
        *(database.new_id(), transfer_id, actor.person_id or _NOBODY, idempotency_key),
        *(idempotency.hash_of(given), memo),
    )
    assert row is not None, "the statement always answers"
    outcome = MoveOutcome(row["outcome"])
    if outcome in {MoveOutcome.MOVED, MoveOutcome.REPLAYED}:
        found: UUID = row["transfer_id"]
        return found
    raise _refusal(outcome, available=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A movement as the statement is given it."""

    movement: Movement
    actor_id: UUID
    key: UUID
    digest: bytes


async def _move_together(asked: Sequence[Asked]) -> list[Row]:
    rows = await database.fetch(MOVE_TOGETHER, *columns_of(asked))
    return sorted(rows, key=itemgetter("place"))


def asked_of(actor: Actor, movement: Movement, key: UUID) -> Asked:
    """Return what the statement is asked in somebody's name."""
    return Asked(movement, actor.person_id or _NOBODY, key, _hash(movement))


def columns_of(asked: Sequence[Asked]) -> tuple[list[object], ...]:
    """Return what the statement is given, a list a column."""
    moves = [each.movement for each in asked]
    return (
        [database.new_id() for _ in asked],
        [each.kind.value for each in moves],
        [each.from_id for each in moves],
        [each.to_id for each in moves],
        [each.minutes for each in moves],
        [each.pending for each in moves],
        [each.expires_at for each in moves],
        [each.actor_id for each in asked],
        [each.key for each in asked],
        [each.digest for each in asked],
        [each.reference.kind for each in moves],
        [each.reference.id for each in moves],
        [each.memo for each in moves],
        [each.crossing for each in moves],
    )


_MOVES: Batcher[Asked, Row] = Batcher(_move_together, apart=True)


def require_sound(movement: Movement) -> None:
    """Raise where no ledger could take it: MinutesOutOfRange, TransferToSelf, InvalidInput."""
    if not 1 <= movement.minutes <= MOST_MINUTES:
        raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    if movement.from_id == movement.to_id:
        raise TransferToSelf(path=("input", "toId"))
    if len(movement.memo) > 200:
        raise InvalidInput(
            path=("input", "memo"),
            zh="附言不得超过 200 字。",
            en="A memo has 200 characters at most.",
        )


def _hash(movement: Movement) -> bytes:
    return idempotency.hash_of(
        {
            "kind": movement.kind,
            "from": movement.from_id,
            "to": movement.to_id,
            "minutes": movement.minutes,
            "pending": movement.pending,
            "reference": [movement.reference.kind, movement.reference.id],
            "memo": movement.memo,
        }
    )


async def _resolve(
    actor: Actor, transfer_id: UUID, resolution: Resolution, minutes: int | None
) -> int:
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    row = await database.fetch_one(
        _RESOLVE, transfer_id, resolution, minutes, actor.person_id or _NOBODY
    )
    assert row is not None, "the statement always answers"
    outcome = ResolveOutcome(row["outcome"])
    if outcome in {ResolveOutcome.RESOLVED, ResolveOutcome.REPLAYED}:
        posted: int = row["minutes"]
        return posted
    if outcome is ResolveOutcome.TOO_MUCH:
        raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    refusals: dict[ResolveOutcome, type[DomainError]] = {
        ResolveOutcome.NOT_PENDING: TransferNotPending,
        ResolveOutcome.RESOLVED_ALREADY: TransferResolved,
        ResolveOutcome.LAPSED: TransferLapsed,
    }
    raise refusals[outcome]


def _refusal(outcome: MoveOutcome, *, available: int | None) -> DomainError:
    if outcome is MoveOutcome.FLOOR:
        return InsufficientBalance(path=("input", "minutes"), available_minutes=available or 0)
    refusals: dict[MoveOutcome, type[DomainError]] = {
        MoveOutcome.KEY_REUSED: IdempotencyKeyReused,
        MoveOutcome.NO_ACCOUNT: NotFound,
        MoveOutcome.ACCOUNT_CLOSED: AccountClosed,
        MoveOutcome.OTHER_COMMUNITY: OtherCommunity,
        MoveOutcome.SUSPENDED: AccountSuspended,
        MoveOutcome.CEILING: BalanceTooHigh,
        MoveOutcome.NOT_POSTED: TransferNotReversible,
        MoveOutcome.REVERSED_ALREADY: TransferReversed,
    }
    return refusals[outcome]()
