"""What a record earned is put right when the record is: taken back, issued anew, or owed.

Where the minutes are spent already nothing goes below its floor: the new version's minutes
are set against the old one's, and what is left is owed. Two of the staff settle it with the
holder, or waive it; until then it is in the figures, for everybody.
"""

from uuid import UUID, uuid5

from domains.kernel import database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row, savepoint
from domains.timebank.errors import AccountClosed, InsufficientBalance
from domains.timebank.events import MinutesOwed
from domains.timebank.service import issuing, ledger
from domains.timebank.service.issuing import Service
from domains.timebank.values import AccountKind, Reference, TransferKind

_AREA = "SELECT area_path FROM timebank_account WHERE id = $1"
_OWE = """
INSERT INTO timebank_shortfall (id, record_id, person_id, account_id, community_id, area_path,
                                owed_minutes, reason, found_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now(), 'open')
ON CONFLICT (record_id) DO NOTHING
"""


async def put_right(record_id: UUID, new: Service | None, *, reason: str) -> int:
    """Take back what a record's version earned, and issue for the new one where there is one.

    Runs in the open transaction; returns the minutes that are owed because they are spent.
    """
    database.require_open_transaction()
    try:
        async with savepoint():
            await issuing.take_back(record_id, reason=reason)
            await _issue(new)
    except (InsufficientBalance, AccountClosed):
        return await _against(record_id, new, reason=reason)
    return 0


async def _against(record_id: UUID, new: Service | None, *, reason: str) -> int:
    """Issue first, so that what comes covers what goes; what it does not cover is owed."""
    try:
        async with savepoint():
            row = await issuing.release(record_id, reason=reason)
            await _issue(new)
            await issuing.send_back(row, reason=reason)
    except (InsufficientBalance, AccountClosed):
        return await _owe(record_id, new, reason=reason)
    return 0


async def _owe(record_id: UUID, new: Service | None, *, reason: str) -> int:
    row = await issuing.release(record_id, reason=reason)
    await issuing.send_back(row, reason=reason, names=("donation_id",))
    covered = await _covered(row, new, reason=reason)
    owed: int = row["credited_minutes"] - covered
    if owed == 0:
        return 0
    area_path = await database.fetch_value(_AREA, row["account_id"])
    shortfall_id = database.new_id()
    await database.execute(
        _OWE,
        *(shortfall_id, record_id, row["person_id"], row["account_id"], row["community_id"]),
        *(area_path, owed, reason),
    )
    await outbox.record(
        MinutesOwed(row["community_id"], row["account_id"], row["person_id"], shortfall_id, owed)
    )
    return owed


async def _covered(row: Row, new: Service | None, *, reason: str) -> int:
    """Return how many of the new version's minutes were set against the old one's."""
    if new is None:
        return 0
    issued = await issuing.issue_for(new)
    minutes: int = min(issued.credited_minutes, row["credited_minutes"])
    if issued.account_id is None or minutes == 0:
        return 0
    account = await database.fetch_one(
        "SELECT community_id, area_path FROM timebank_account WHERE id = $1", issued.account_id
    )
    assert account is not None, "an account is never removed"
    own = await ledger.open_scheme(account["community_id"], account["area_path"])
    movement = ledger.Movement(
        TransferKind.ADJUSTMENT,
        issued.account_id,
        own[AccountKind.ADJUSTMENT],
        minutes,
        Reference("service_record", new.record_id),
        memo=reason,
    )
    key = uuid5(new.record_id, "set against what is owed")
    await ledger.move(SYSTEM, movement, idempotency_key=key)
    return minutes


async def _issue(new: Service | None) -> None:
    if new is not None:
        await issuing.issue_for(new)
