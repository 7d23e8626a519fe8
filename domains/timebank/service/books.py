"""Closing the books: the scheme's own accounts summed by the hour, each day hashed.

A day's entries are hashed, every entry of the community's accounts in the order in which they
were written, and the day's hash is taken over that and the hash of the day before; who has
one day's hash can tell whether anything before it was changed since.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.database import transaction
from domains.timebank.events import BooksClosed
from domains.timebank.rules import books
from domains.timebank.rules.books import GENESIS

# No transfer is under way for longer: after it, nothing more enters a day or an hour that is over.
_SETTLING = timedelta(minutes=10)
_LONG_MS = 120_000

_SUM = """
INSERT INTO timebank_system_sum (account_id, until, minutes)
SELECT a.id, $1, COALESCE(before.minutes, 0) + COALESCE(fresh.minutes, 0)
FROM timebank_account a
LEFT JOIN LATERAL (
    SELECT s.minutes, s.until FROM timebank_system_sum s
    WHERE s.account_id = a.id ORDER BY s.until DESC LIMIT 1) AS before ON true
CROSS JOIN LATERAL (
    SELECT sum(e.minutes) AS minutes FROM timebank_entry e
    WHERE e.account_id = a.id AND e.balance_after IS NULL AND e.at < $1
      AND e.at >= COALESCE(before.until, '-infinity')) AS fresh
WHERE a.floor_minutes IS NULL AND COALESCE(before.until, '-infinity') < $1
  AND fresh.minutes IS NOT NULL
ON CONFLICT DO NOTHING
"""
# The oldest day that is over, in a community that has had entries, and that is not closed.
_OPEN_DAY = """
SELECT community_id, day FROM (
    SELECT a.community_id,
           COALESCE((SELECT max(b.day) + 1 FROM timebank_books b
                     WHERE b.community_id = a.community_id),
                    min((a.opened_at AT TIME ZONE 'Asia/Shanghai')::date)) AS day
    FROM timebank_account a WHERE a.floor_minutes IS NULL GROUP BY a.community_id
) AS next
WHERE day < $1 ORDER BY day, community_id LIMIT 1
"""
_DAY = """
SELECT e.number, e.account_id, e.transfer_id, e.minutes, e.at, t.kind
FROM timebank_entry e
JOIN timebank_account a ON a.id = e.account_id
JOIN timebank_transfer t ON t.id = e.transfer_id
WHERE a.community_id = $1 AND e.at >= $2 AND e.at < $3
ORDER BY e.number
"""
_BEFORE = "SELECT hash FROM timebank_books WHERE community_id = $1 AND day = $2"
_CLOSE = """
INSERT INTO timebank_books (community_id, day, entry_count, minutes_issued, entries_hash,
                            previous_hash, hash, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
ON CONFLICT DO NOTHING
"""


async def sum_system_accounts() -> int:
    """Sum the scheme's own accounts to the last hour that is over; returns how many."""
    settled = await clock.now() - _SETTLING
    return await database.execute(_SUM, settled.replace(minute=0, second=0, microsecond=0))


async def close_due_books() -> UUID | None:
    """Close the books of one community for one day that is over."""
    async with transaction(timeout_ms=_LONG_MS):
        settled = (await clock.now() - _SETTLING).astimezone(clock.SHANGHAI)
        due = await database.fetch_one(_OPEN_DAY, settled.date())
        if due is None:
            return None
        community_id, day = due["community_id"], due["day"]
        rows = await database.fetch(_DAY, community_id, *_bounds(day))
        previous = await _hash_before(community_id, day)
        found = books.day_of(day, rows)
        digest = found.after(previous)
        given = (found.entries, found.minutes_issued, found.entries_hash, previous, digest)
        if await database.execute(_CLOSE, community_id, day, *given):
            await outbox.record(BooksClosed(community_id, _bounds(day)[0], digest.hex()))
        return UUID(str(community_id))


async def first_altered_day(community_id: UUID) -> date | None:
    """Hash all closed days anew; return the first whose entries are no longer what they were."""
    previous = GENESIS
    days = await database.fetch(
        "SELECT day, hash, previous_hash FROM timebank_books WHERE community_id = $1 ORDER BY day",
        community_id,
    )
    for each in days:
        rows = await database.fetch(_DAY, community_id, *_bounds(each["day"]))
        digest = books.day_of(each["day"], rows).after(previous)
        if digest != bytes(each["hash"]) or previous != bytes(each["previous_hash"]):
            found: date = each["day"]
            return found
        previous = digest
    return None


async def _hash_before(community_id: UUID, day: date) -> bytes:
    found = await database.fetch_value(_BEFORE, community_id, day - timedelta(days=1))
    return GENESIS if found is None else bytes(found)


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
    return start, start + timedelta(days=1)
