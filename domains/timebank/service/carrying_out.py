"""Carrying an approved order out: each kind moves minutes its own way, once an order."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from uuid import UUID, uuid5

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.timebank.errors import (
    AccountInUse,
    AlreadyDecided,
    GrantOverLimit,
    GrantsNotProvided,
    HeirNotEntitled,
    TransferNotReversible,
)
from domains.timebank.events import ShortfallClosed
from domains.timebank.rules.scheme import Grants, Scheme
from domains.timebank.service import funds, giving, ledger, schemes
from domains.timebank.values import (
    MOST_MINUTES,
    AccountKind,
    MovingAway,
    OrderKind,
    Reference,
    ShortfallState,
    Succession,
    TransferKind,
)

Own = Mapping[AccountKind, UUID]

_ACCOUNT = """
SELECT id, kind, owner_id, community_id, balance_minutes, pending_out_minutes, pending_in_minutes,
       ceiling_minutes, closed_at
FROM timebank_account WHERE id = $1 FOR NO KEY UPDATE
"""
# In the order in which the ledger locks them.
_LOCK = """
SELECT FROM timebank_account WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
_TRANSFER = "SELECT to_id, minutes FROM timebank_transfer WHERE id = $1"
_GRANTED = """
SELECT coalesce(sum(minutes) FILTER (WHERE made_at >= $2), 0)::bigint AS month,
       coalesce(sum(minutes) FILTER (WHERE made_at >= $3), 0)::bigint AS year
FROM timebank_transfer t
WHERE t.to_id = $1 AND t.kind = 'grant' AND NOT EXISTS (
    SELECT FROM timebank_transfer r WHERE r.reverses_id = t.id)
"""
_SHORTFALL = """
UPDATE timebank_shortfall SET state = $2, taken_minutes = $3, closed_at = kernel_now()
WHERE id = $1 AND state = 'open'
"""
_CLOSE = "UPDATE timebank_account SET closed_at = kernel_now() WHERE id = $1"


async def carry_out(order: Row) -> None:
    """Move what an order says, in the transaction that approves it."""
    concerned = [each for each in (order["account_id"], order["other_id"]) if each is not None]
    await database.fetch(_LOCK, concerned)
    found = await schemes.in_force(order["community_id"])
    own = await ledger.open_scheme(order["community_id"], order["area_path"])
    await _HOW[OrderKind(order["kind"])](order, found.scheme, own)


async def _reversal(order: Row, scheme: Scheme, own: Own) -> None:
    transfer = await database.fetch_one(_TRANSFER, order["reverses_id"])
    if transfer is None:
        raise TransferNotReversible
    # What comes out of the fund must be in it.
    for kind in funds.SPENDABLE:
        if transfer["to_id"] == own[kind]:
            await funds.taken(order["community_id"], own, transfer["minutes"], kinds=(kind,))
    await ledger.reverse(
        SYSTEM, order["reverses_id"], memo=order["reason"], idempotency_key=order["id"]
    )


async def _adjustment(order: Row, scheme: Scheme, own: Own) -> None:
    minutes, other = order["minutes"], own[AccountKind.ADJUSTMENT]
    account = order["account_id"]
    source, target = (other, account) if minutes > 0 else (account, other)
    await _move(order, TransferKind.ADJUSTMENT, source, target, abs(minutes))


async def _endowment(order: Row, scheme: Scheme, own: Own) -> None:
    minutes, reserve = order["minutes"], own[AccountKind.RESERVE]
    other = own[AccountKind.ADJUSTMENT]
    if minutes < 0:
        await funds.taken(order["community_id"], own, -minutes, kinds=(AccountKind.RESERVE,))
    source, target = (other, reserve) if minutes > 0 else (reserve, other)
    await _move(order, TransferKind.ADJUSTMENT, source, target, abs(minutes))


async def _grant(order: Row, scheme: Scheme, own: Own) -> None:
    account = await _account(order["account_id"])
    if (
        scheme.grants is None
        or account["kind"] != AccountKind.PERSON
        or not await giving.is_needy(account["owner_id"], order["community_id"])
    ):
        raise GrantsNotProvided(path=("input", "accountId"))
    await _require_within(scheme.grants, order)
    for source, minutes in await funds.taken(order["community_id"], own, order["minutes"]):
        await _move(order, TransferKind.GRANT, source, account["id"], minutes)


async def _require_within(grants: Grants, order: Row) -> None:
    today = await clock.today()
    starts = [_midnight(today.replace(day=1)), _midnight(today.replace(day=1, month=1))]
    granted = await database.fetch_one(_GRANTED, order["account_id"], *starts)
    assert granted is not None, "an aggregate is one row"
    for most, given in (
        (grants.month_minutes, granted["month"]),
        (grants.year_minutes, granted["year"]),
    ):
        if most is not None and given + order["minutes"] > most:
            raise GrantOverLimit(path=("input", "minutes"), left_minutes=max(0, most - given))


async def _succession(order: Row, scheme: Scheme, own: Own) -> None:
    left = await _account(order["account_id"])
    if scheme.succession is Succession.HEIR:
        heir = None if order["other_id"] is None else await _account(order["other_id"])
        if (
            heir is None
            or heir["kind"] != AccountKind.PERSON
            or left["kind"] != AccountKind.PERSON
            or not await giving.related(left["owner_id"], heir["owner_id"])
        ):
            raise HeirNotEntitled(path=("input", "otherId"))
        await _leave(order, left, heir, own[AccountKind.DONATION_POOL])
    elif scheme.succession is Succession.DONATE:
        await _leave(order, left, None, own[AccountKind.DONATION_POOL])
    else:
        await _leave(order, left, None, own[AccountKind.EXPIRED])


async def _moving_away(order: Row, scheme: Scheme, own: Own) -> None:
    left = await _account(order["account_id"])
    pool = own[AccountKind.DONATION_POOL]
    if scheme.moving_away is MovingAway.DONATE:
        await _leave(order, left, None, pool)
        return
    there = None if order["other_id"] is None else await _account(order["other_id"])
    if (
        scheme.moving_away is MovingAway.KEEP
        or there is None
        or (there["kind"], there["owner_id"]) != (left["kind"], left["owner_id"])
    ):
        raise HeirNotEntitled(path=("input", "otherId"))
    await _leave(order, left, there, pool)


async def _settlement(order: Row, scheme: Scheme, own: Own) -> None:
    """Take what was agreed on with the holder; the rest of what was owed is let go with it."""
    await _close(order, ShortfallState.SETTLED, taken=order["minutes"])
    target = own[AccountKind.ADJUSTMENT]
    await _move(order, TransferKind.ADJUSTMENT, order["account_id"], target, order["minutes"])


async def _waiver(order: Row, scheme: Scheme, own: Own) -> None:
    await _close(order, ShortfallState.WAIVED, taken=0)


async def _close(order: Row, state: ShortfallState, *, taken: int) -> None:
    if not await database.execute(_SHORTFALL, order["shortfall_id"], state, taken):
        raise AlreadyDecided
    await outbox.record(
        ShortfallClosed(order["community_id"], order["account_id"], order["shortfall_id"], state)
    )


async def _leave(order: Row, left: Row, to: Row | None, rest_id: UUID) -> None:
    """Move all that an account holds, as far as the other has room for it, and close it."""
    if left["pending_out_minutes"] or left["pending_in_minutes"]:
        raise AccountInUse(path=("input", "accountId"))
    minutes = left["balance_minutes"]
    if to is not None:
        ceiling = to["ceiling_minutes"]
        held = to["balance_minutes"] + to["pending_in_minutes"]
        part = minutes if ceiling is None else min(minutes, max(0, ceiling - held))
        await _move(order, TransferKind.SUCCESSION, left["id"], to["id"], part)
        minutes -= part
    await _move(order, TransferKind.SUCCESSION, left["id"], rest_id, minutes)
    await database.execute(_CLOSE, left["id"])


async def _account(account_id: UUID) -> Row:
    row = await database.fetch_one(_ACCOUNT, account_id)
    assert row is not None, "an account is never removed"
    return row


async def _move(order: Row, kind: TransferKind, from_id: UUID, to_id: UUID, minutes: int) -> None:
    """Move minutes for an order, in as many transfers as it takes."""
    reference, part = Reference("order", order["id"]), 0
    while minutes > 0:
        movement = ledger.Movement(
            kind,
            from_id,
            to_id,
            min(minutes, MOST_MINUTES),
            reference,
            memo=order["reason"],
            crossing=True,
        )
        key = uuid5(order["id"], f"{from_id} {to_id} {part}")
        await ledger.move(SYSTEM, movement, idempotency_key=key)
        minutes, part = minutes - movement.minutes, part + 1


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)


_HOW: dict[OrderKind, Callable[[Row, Scheme, Own], Awaitable[None]]] = {
    OrderKind.REVERSAL: _reversal,
    OrderKind.ADJUSTMENT: _adjustment,
    OrderKind.GRANT: _grant,
    OrderKind.ENDOWMENT: _endowment,
    OrderKind.SUCCESSION: _succession,
    OrderKind.MOVING_AWAY: _moving_away,
    OrderKind.SETTLEMENT: _settlement,
    OrderKind.WAIVER: _waiver,
}
