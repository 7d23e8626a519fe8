"""The closed books, in the contract."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import log
from domains.disclosure.queries.log import Inclusion
from domains.disclosure.rules.records import Source, nonce_of
from domains.kernel.database import Row
from domains.timebank.queries import books
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.scalars import TimeMinutes


@strawberry.type(description="That a day's books are in the log, as its latest head has it.")
class TimeBooksProof:
    """An audit path, and what it leads from and to."""

    leaf_index: int = strawberry.field(description="The leaf's index, from 0.")
    leaf_hash: str = strawberry.field(description="The leaf's hash, in hexadecimal.")
    record: str = strawberry.field(
        description="What the leaf hashes: canonical JSON that commits to each part by itself."
    )
    path: list[str] = strawberry.field(
        description="The audit path from the leaf upwards (RFC 6962, 2.1.1), in hexadecimal."
    )
    hash_nonce: str = strawberry.field(
        description="What opens the record: SHA-256 over these bytes and the books' hash, as a"
        " JSON string in quotes, is the record's `parts.hash`; in hexadecimal."
    )
    size: int = strawberry.field(description="How many leaves the head has.")
    root_hash: str = strawberry.field(description="The root that the path leads to.")

    @classmethod
    def of(cls, found: Inclusion) -> Self:
        """Make it from a proof."""
        return cls(
            leaf_index=found.leaf["leaf_index"],
            leaf_hash=found.leaf["leaf_hash"].hex(),
            record=found.leaf["record"].decode(),
            path=[each.hex() for each in found.path],
            hash_nonce=nonce_of(bytes(found.leaf["salt"]), "hash").hex(),
            size=found.head.head.size,
            root_hash=found.head.head.root.hex(),
        )


@strawberry.type(
    description="A day's books of a community's time bank, closed: whoever keeps one hash can tell"
    " whether anything before it was changed since."
)
class TimeBankBooks:
    """A link of a chain; its hash is a leaf of the community's transparency log."""

    day: date = strawberry.field(description="The day.")
    entry_count: TimeMinutes = strawberry.field(description="How many entries it has.")
    minutes_issued: TimeMinutes = strawberry.field(description="How many minutes were issued.")
    entries_hash: str | None = strawberry.field(
        description="SHA-256 over the day's entries in canonical JSON, in hexadecimal."
    )
    hash: str = strawberry.field(
        description="SHA-256 over the hash before and what the day says, in hexadecimal."
    )
    previous_hash: str = strawberry.field(description="The hash of the day before.")
    closed_at: datetime = strawberry.field(description="When they were closed.")
    community_uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            day=row["day"],
            entry_count=TimeMinutes(row["entry_count"]),
            minutes_issued=TimeMinutes(row["minutes_issued"]),
            entries_hash=None if row["entries_hash"] is None else row["entries_hash"].hex(),
            hash=bytes(row["hash"]).hex(),
            previous_hash=bytes(row["previous_hash"]).hex(),
            closed_at=row["closed_at"],
            community_uuid=row["community_id"],
        )

    @strawberry.field(
        description="The address of a file that `gongyi verify` checks offline: hashes and sums,"
        " nothing of anybody; `?days=30` has the days before it as well. It is there once the day"
        " is under the log's daily head."
    )
    def address(self) -> str:
        """Return it."""
        return f"/log/time-books/{node.encode('area', self.community_uuid)}/{self.day}"

    @strawberry.field(
        description="The proof that they are in the community's log; null before its next daily"
        " head.",
        metadata=LOADS,
    )
    async def proof(self, info: Info) -> TimeBooksProof | None:
        """Load it with those of the other days."""
        source = Source(books.LEAF, self.community_uuid, books.leaf_version(self.day))
        found = await info.context.load(log.inclusions, source)
        return None if found is None else TimeBooksProof.of(found)


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
