"""The closed books, day by day: everybody may keep their hashes."""

from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

# How the transparency log names a day's books: this kind, the community, and the day as a number.
LEAF = "time_books"

_COLUMNS = "community_id, day, entry_count, minutes_issued, previous_hash, hash, closed_at"
_ONE = f"SELECT {_COLUMNS} FROM timebank_books WHERE community_id = $1 AND day = $2"
_PAGE = f"""
SELECT {_COLUMNS} FROM timebank_books
WHERE community_id = $1 AND ($2::date IS NULL OR day < $2) ORDER BY day DESC LIMIT $3
"""


async def closed(community_id: UUID, day: date) -> Row | None:
    """Return the books of a community for a day; None where they are not closed."""
    return await database.fetch_one(_ONE, community_id, day)


async def books(actor: Actor, community_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a community's closed days, the latest first."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_PAGE, community_id, after, page.limit), page)


def leaf_version(day: date) -> int:
    """Return the day as the number under which its books are a leaf: 20270301."""
    return day.year * 10_000 + day.month * 100 + day.day
