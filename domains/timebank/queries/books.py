"""The closed books, day by day: everybody may keep their hashes."""

from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.timebank.rules.books import LEAF

__all__ = ["LEAF", "books", "chain", "closed", "leaf_version", "parts_of"]

MOST_DAYS = 400
_COLUMNS = """
community_id, day, entry_count, minutes_issued, entries_hash, previous_hash, hash, closed_at
"""
_ONE = f"SELECT {_COLUMNS} FROM timebank_books WHERE community_id = $1 AND day = $2"
_PAGE = f"""
SELECT {_COLUMNS} FROM timebank_books
WHERE community_id = $1 AND ($2::date IS NULL OR day < $2) ORDER BY day DESC LIMIT $3
"""
_UNTIL = f"""
SELECT * FROM (
    SELECT {_COLUMNS} FROM timebank_books
    WHERE community_id = $1 AND day <= $2 AND entries_hash IS NOT NULL
    ORDER BY day DESC LIMIT $3) AS last
ORDER BY day
"""


async def closed(community_id: UUID, day: date) -> Row | None:
    """Return the books of a community for a day; None where they are not closed."""
    return await database.fetch_one(_ONE, community_id, day)


async def books(actor: Actor, community_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a community's closed days, the latest first."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_PAGE, community_id, after, page.limit), page)


async def chain(community_id: UUID, until: date, *, days: int) -> list[Row]:
    """Return the closed days up to one, the first first; none where that one is not closed."""
    rows = await database.fetch(_UNTIL, community_id, until, min(days, MOST_DAYS))
    return list(rows) if rows and rows[-1]["day"] == until else []


def parts_of(row: Row) -> dict[str, str | int]:
    """Return what a day's books say to everybody: hashes and sums, nothing of anybody."""
    return {
        "day": row["day"].isoformat(),
        "entries": row["entry_count"],
        "minutesIssued": row["minutes_issued"],
        "entriesHash": bytes(row["entries_hash"]).hex(),
        "previousHash": bytes(row["previous_hash"]).hex(),
        "hash": bytes(row["hash"]).hex(),
    }


def leaf_version(day: date) -> int:
    """Return the day as the number under which its books are a leaf: 20270301."""
    return day.year * 10_000 + day.month * 100 + day.day
