"""What a day's books hash to: one hash for its entries, and one that chains the days. Pure.

The chain is over the hash of the entries and not over the entries, so that everybody can
follow it day by day without seeing what anybody gave or received.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domains.kernel import canonical

GENESIS = bytes(32)
# How the transparency log names a day's books: this kind, the community, the day as a number.
LEAF = "time_books"


@dataclass(frozen=True, slots=True)
class Day:
    """A day's books as everybody may know them."""

    day: date
    entries: int
    minutes_issued: int
    entries_hash: bytes

    def after(self, previous: bytes) -> bytes:
        """Return the hash of the books, chained to the day before."""
        said = {
            "day": self.day.isoformat(),
            "entries": self.entries,
            "minutesIssued": self.minutes_issued,
            "entriesHash": self.entries_hash.hex(),
        }
        return hashlib.sha256(previous + canonical.json_bytes(said)).digest()


def day_of(day: date, rows: Sequence[Mapping[str, Any]]) -> Day:
    """Return a day's books from its entries, in the order in which they were written."""
    said = [
        [
            row["number"],
            str(row["account_id"]),
            str(row["transfer_id"]),
            row["kind"],
            row["minutes"],
            row["at"].isoformat(),
        ]
        for row in rows
    ]
    issued = sum(row["minutes"] for row in rows if row["kind"] == "issue" and row["minutes"] > 0)
    return Day(day, len(rows), issued, hashlib.sha256(canonical.json_bytes(said)).digest())
