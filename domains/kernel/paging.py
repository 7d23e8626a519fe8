"""Pages of long lists by keyset: stable while rows come and go, and equal in cost at any depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from domains.kernel.database import Row

DEFAULT_SIZE = 20
LARGEST_SIZE = 100

KeyPart = str | int | datetime | date | UUID
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for: so many rows after this key, in the list's own order."""

    first: int = DEFAULT_SIZE
    after: tuple[KeyPart, ...] | None = None

    @property
    def limit(self) -> int:
        """Return how many rows to fetch: one more than asked for tells whether there are others."""
        return self.first + 1


@dataclass(frozen=True, slots=True)
class Slice(Generic[R]):
    """The rows of one page, and whether there are more behind them."""

    rows: Sequence[R]
    has_more: bool

    @classmethod
    def of(cls, rows: Sequence[R], page: Page) -> "Slice[R]":
        """Cut the one row too many off again."""
        return cls(rows=rows[: page.first], has_more=len(rows) > page.first)


def clamped(first: int | None) -> int:
    """Return the size of a page: 20 unless told, 1 at least and 100 at most."""
    return DEFAULT_SIZE if first is None else max(1, min(first, LARGEST_SIZE))
