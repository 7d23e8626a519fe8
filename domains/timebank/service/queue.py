"""An offer's queue: by need, then by who asked first; whose turn it is has the minutes held.

Everything here runs under the lock of the offer's row, so that a stock is never promised
twice. The ledger holds the minutes as a pending transfer until they are honoured, freed or
lapse; who no longer has them when the turn comes is passed over.
"""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.timebank.errors import AccountClosed, AccountSuspended, InsufficientBalance
from domains.timebank.events import (
    ReservationCancelled,
    ReservationEvent,
    ReservationHeld,
    ReservationPassedOver,
)
from domains.timebank.service import ledger, schemes
from domains.timebank.values import AccountKind, Reference, ReservationState, TransferKind

_OFFER = "SELECT * FROM timebank_offer WHERE id = $1 FOR NO KEY UPDATE"
_NEXT = """
SELECT * FROM timebank_reservation WHERE offer_id = $1 AND state = 'queued'
ORDER BY rank NULLS LAST, asked_at, id LIMIT 1
"""
_QUEUED = "SELECT * FROM timebank_reservation WHERE offer_id = $1 AND state = 'queued'"
_TAKE = """
UPDATE timebank_offer SET taken = taken + 1
WHERE id = $1 AND closed_at IS NULL AND allotted_at IS NOT NULL AND (stock IS NULL OR taken < stock)
"""
_GIVE_BACK = "UPDATE timebank_offer SET taken = taken - 1 WHERE id = $1"
_HOLD = """
UPDATE timebank_reservation SET state = 'held', transfer_id = $2, honour_by = $3 WHERE id = $1
"""
_END = "UPDATE timebank_reservation SET state = $2, ended_at = kernel_now() WHERE id = $1"


async def locked(offer_id: UUID) -> Row | None:
    """Return an offer, locked to the end of the transaction."""
    return await database.fetch_one(_OFFER, offer_id)


async def serve(offer_id: UUID) -> int:
    """Hold what is there for those whose turn it is; returns for how many."""
    served = 0
    while (row := await database.fetch_one(_NEXT, offer_id)) is not None:
        if not await database.execute(_TAKE, offer_id):
            break
        try:
            await _hold(row)
        except (InsufficientBalance, AccountSuspended, AccountClosed):
            await database.execute(_GIVE_BACK, offer_id)
            await end(row, ReservationState.PASSED_OVER, ReservationPassedOver)
        else:
            served += 1
    return served


async def hold_at_once(row: Row) -> bool:
    """Hold for who has just asked, where there is something left and nobody is before them.

    Raises what the ledger refuses.
    """
    first = await database.fetch_one(_NEXT, row["offer_id"])
    if first is None or first["id"] != row["id"]:
        return False
    if not await database.execute(_TAKE, row["offer_id"]):
        return False
    await _hold(row)
    return True


async def _hold(row: Row) -> None:
    offer = await locked(row["offer_id"])
    assert offer is not None, "its reservation refers to it"
    community_id = offer["community_id"]
    scheme = (await schemes.in_force(community_id)).scheme
    own = await ledger.open_scheme(community_id, offer["area_path"])
    honour_by = await clock.now() + timedelta(days=scheme.reservation_days)
    movement = ledger.Movement(
        TransferKind.REDEMPTION,
        row["account_id"],
        own[AccountKind.ISSUANCE],
        row["minutes"],
        Reference("reservation", row["id"]),
        memo=offer["title"],
        pending=True,
        expires_at=honour_by,
    )
    moved = await ledger.move(SYSTEM, movement, idempotency_key=row["id"])
    await database.execute(_HOLD, row["id"], moved.transfer_id, honour_by)
    await tell(row, community_id, ReservationHeld)


async def free(row: Row) -> None:
    """Put one back into the stock, for who is next."""
    await database.execute(_GIVE_BACK, row["offer_id"])
    await serve(row["offer_id"])


async def dismiss(offer_id: UUID) -> None:
    """Let all who wait go."""
    for row in await database.fetch(_QUEUED, offer_id):
        await end(row, ReservationState.CANCELLED, ReservationCancelled)


async def end(row: Row, state: ReservationState, event: type[ReservationEvent]) -> None:
    """End a reservation, and tell of it."""
    await database.execute(_END, row["id"], state)
    offer = await locked(row["offer_id"])
    assert offer is not None, "its reservation refers to it"
    await tell(row, offer["community_id"], event)


async def tell(row: Row, community_id: UUID, event: type[ReservationEvent]) -> None:
    """Record what happened to a reservation."""
    await outbox.record(event(row["id"], row["offer_id"], row["account_id"], community_id))
