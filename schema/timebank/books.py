"""The closed books, in the contract."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from domains.kernel.database import Row
from domains.timebank.queries import books
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.scalars import TimeMinutes


@strawberry.type(
    description="A day's books of a community's time bank, closed: whoever keeps one hash can tell"
    " whether anything before it was changed since."
)
class TimeBankBooks:
    """A link of a chain; its hash is a leaf of the community's transparency log."""

    day: date = strawberry.field(description="The day.")
    entry_count: TimeMinutes = strawberry.field(description="How many entries it has.")
    minutes_issued: TimeMinutes = strawberry.field(description="How many minutes were issued.")
    hash: str = strawberry.field(
        description="SHA-256 over the day's entries and the hash before, in hexadecimal."
    )
    previous_hash: str = strawberry.field(description="The hash of the day before.")
    closed_at: datetime = strawberry.field(description="When they were closed.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            day=row["day"],
            entry_count=TimeMinutes(row["entry_count"]),
            minutes_issued=TimeMinutes(row["minutes_issued"]),
            hash=bytes(row["hash"]).hex(),
            previous_hash=bytes(row["previous_hash"]).hex(),
            closed_at=row["closed_at"],
        )


@strawberry.type
class TimeBankBooksQuery:
    """Reading what is closed."""

    @strawberry.field(description="The closed days of a community's books, the latest first.")
    async def time_bank_books(
        self,
        info: Info,
        community_id: Annotated[strawberry.ID, strawberry.argument(description="The community.")],
        first: First = None,
        after: After = None,
    ) -> Connection[TimeBankBooks]:
        """Read a page of them."""
        uuid = node.known("area", community_id) or node.NOBODY
        of = listing("timeBankBooks", {"community": uuid})
        at = page(of, first, after)
        found = await books.books(info.context.actor, uuid, at)
        return connection(of, found, at, make=TimeBankBooks.of, key=lambda row: (row["day"],))
