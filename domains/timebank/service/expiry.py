"""Lapsing, where a scheme has it: told in advance, each once, and never more than was told.

What lapses on the first of a month are minutes that came years before and that nothing was
spent of: the youngest credits make up a balance, so what is spent is the oldest.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row, transaction
from domains.timebank.events import ExpiryNear, MinutesLapsed
from domains.timebank.rules.scheme import Expiry
from domains.timebank.service import ledger, schemes
from domains.timebank.values import MOST_MINUTES, AccountKind, Reference, TransferKind

_LONG_MS = 60_000
# What is left of each credit, the youngest first, until the balance is made up.
_OLD = """
SELECT a.id, (a.balance_minutes - coalesce(sum(e.minutes), 0))::bigint AS minutes
FROM timebank_account a
LEFT JOIN timebank_entry e
  ON e.account_id = a.id AND e.minutes > 0 AND e.at >= $2
WHERE a.community_id = $1 AND a.floor_minutes IS NOT NULL AND a.balance_minutes > 0
  AND ($3::uuid IS NULL OR a.id = $3)
GROUP BY a.id HAVING a.balance_minutes - coalesce(sum(e.minutes), 0) > 0
"""
_SCHEMES = "SELECT community_id FROM timebank_account WHERE kind = 'issuance' ORDER BY 1"
_TELL = """
INSERT INTO timebank_expiry (account_id, due_on, minutes, told_at)
VALUES ($1, $2, $3, kernel_now()) ON CONFLICT DO NOTHING
"""
_DUE = """
SELECT x.account_id, x.due_on, x.minutes, a.community_id, a.area_path
FROM timebank_expiry x JOIN timebank_account a ON a.id = x.account_id
WHERE x.settled_at IS NULL
  AND x.due_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY x.due_on, x.account_id LIMIT 1 FOR UPDATE OF x SKIP LOCKED
"""
_FREE = """
SELECT balance_minutes - pending_out_minutes - floor_minutes FROM timebank_account
WHERE id = $1 FOR NO KEY UPDATE
"""
_SETTLE = """
UPDATE timebank_expiry SET settled_at = kernel_now(), lapsed_minutes = $3
WHERE account_id = $1 AND due_on = $2
"""


async def tell_near_expiries() -> int:
    """Tell, once a month and account, what will lapse; returns how many were told."""
    told = 0
    for row in await database.fetch(_SCHEMES):
        found = await schemes.standing(row["community_id"])
        if found is not None and found.scheme.expiry is not None:
            told += await _tell(row["community_id"], found.scheme.expiry)
    return told


async def _tell(community_id: UUID, expiry: Expiry) -> int:
    due_on = _month_after(await clock.today() + timedelta(days=expiry.notice_days))
    told = 0
    async with transaction(timeout_ms=_LONG_MS):
        old = await database.fetch(_OLD, community_id, _years_before(due_on, expiry.years), None)
        for row in old:
            if await database.execute(_TELL, row["id"], due_on, row["minutes"]):
                event = ExpiryNear(row["id"], community_id, _midnight(due_on), row["minutes"])
                await outbox.record(event)
                told += 1
    return told


async def settle_due_expiry() -> UUID | None:
    """Let lapse what was told to lapse on a day that has come, of one account; once."""
    async with transaction():
        row = await database.fetch_one(_DUE)
        if row is None:
            return None
        minutes = await _lapsing(row)
        if minutes:
            await _lapse(row, minutes)
        await database.execute(_SETTLE, row["account_id"], row["due_on"], minutes)
        account_id: UUID = row["account_id"]
        return account_id


async def _lapsing(row: Row) -> int:
    """Return what still lapses: no more than was told, than is as old, and than is free."""
    free = await database.fetch_value(_FREE, row["account_id"])
    found = await schemes.standing(row["community_id"])
    if found is None or found.scheme.expiry is None:
        return 0
    since = _years_before(row["due_on"], found.scheme.expiry.years)
    old = await database.fetch_one(_OLD, row["community_id"], since, row["account_id"])
    still: int = min(row["minutes"], old["minutes"] if old else 0, free)
    return max(0, still)


async def _lapse(row: Row, minutes: int) -> None:
    own = await ledger.open_scheme(row["community_id"], row["area_path"])
    left, part = minutes, 0
    while left > 0:
        movement = ledger.Movement(
            TransferKind.EXPIRY,
            row["account_id"],
            own[AccountKind.EXPIRED],
            min(left, MOST_MINUTES),
            Reference("expiry", row["account_id"]),
            memo=row["due_on"].isoformat(),
        )
        key = uuid5(row["account_id"], f"expiry {row['due_on']} {part}")
        await ledger.move(SYSTEM, movement, idempotency_key=key)
        left, part = left - movement.minutes, part + 1
    event = MinutesLapsed(row["account_id"], row["community_id"], minutes)
    await outbox.record(event)


def _month_after(day: date) -> date:
    """Return the first day of a month on or after the day."""
    if day.day == 1:
        return day
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _years_before(day: date, years: int) -> datetime:
    return _midnight(day.replace(year=day.year - years))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
