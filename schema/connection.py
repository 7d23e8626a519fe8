"""Relay connections over keyset pages.

A cursor is the key of a row, signed together with the list's name and filters: it
cannot be made up, nor carried into another query.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import strawberry

from domains.kernel import crypto
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.kernel.paging import KeyPart, Page, Slice, clamped

T = TypeVar("T")

First = Annotated[
    int | None, strawberry.argument(description="How many: 20 unless told, 100 at most.")
]
After = Annotated[str | None, strawberry.argument(description="The cursor behind which to go on.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page info; lists are read forwards."""

    has_next_page: bool = strawberry.field(description="Whether there is more behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether a cursor led to this page.")
    start_cursor: str | None = strawberry.field(description="The first item's cursor.")
    end_cursor: str | None = strawberry.field(description="The last item's cursor: pass as after.")


@strawberry.type(description="An item of a list, with its place.")
class Edge(Generic[T]):
    """An item and its cursor."""

    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="The item's place in this list.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection, with its nodes at hand; cursors are signed where they are asked for."""

    nodes: list[T] = strawberry.field(description="The items alone.")
    cursors: strawberry.Private["Cursors"]

    @strawberry.field(description="The items with their places.")
    def edges(self) -> list[Edge[T]]:
        """Give each item its cursor."""
        return [
            Edge(node=node, cursor=self.cursors.at(place)) for place, node in enumerate(self.nodes)
        ]

    @strawberry.field(description="Where this page lies.")
    def page_info(self) -> PageInfo:
        """Tell its ends, and what lies beyond them."""
        last = len(self.nodes) - 1
        return PageInfo(
            has_next_page=self.cursors.has_more,
            has_previous_page=self.cursors.has_earlier,
            start_cursor=self.cursors.at(0) if self.nodes else None,
            end_cursor=self.cursors.at(last) if self.nodes else None,
        )


@dataclass(frozen=True, slots=True)
class Cursors:
    """The places of a page's rows in the list that the page is cut from."""

    of: str
    rows: Sequence[Row]
    key: Callable[[Row], tuple[KeyPart, ...]]
    has_more: bool
    has_earlier: bool

    def at(self, place: int) -> str:
        """Return the cursor of the row at a place on this page."""
        return _cursor(self.of, self.key(self.rows[place]))


_READ: dict[str, Callable[[str], KeyPart]] = {
    "s": str,
    "i": int,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
}
_SIGNATURE_BYTES = 10


def listing(name: str, filters: Mapping[str, object] | None = None) -> str:
    """Name a list and what it was filtered by: what its cursors are bound to."""
    if not filters:
        return f"cursor:{name}"
    text = json.dumps(filters, sort_keys=True, default=str)
    return f"cursor:{name}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def page(of: str, first: int | None, after: str | None) -> Page:
    """Read a list's paging arguments; raises InvalidInput for a cursor that is not this list's."""
    return Page(first=clamped(first), after=None if after is None else _read(of, after))


def connection(
    of: str,
    found: Slice[Row],
    asked: Page,
    *,
    make: Callable[[Row], T],
    key: Callable[[Row], tuple[KeyPart, ...]],
) -> Connection[T]:
    """Make a page of rows into GraphQL objects with their cursors."""
    return Connection(
        nodes=[make(row) for row in found.rows],
        cursors=Cursors(
            of=of,
            rows=found.rows,
            key=key,
            has_more=found.has_more,
            has_earlier=asked.after is not None,
        ),
    )


def _tagged(part: KeyPart) -> str:
    if isinstance(part, datetime):
        return "t" + part.isoformat()
    if isinstance(part, date):
        return "d" + part.isoformat()
    if isinstance(part, UUID):
        return f"u{part}"
    return f"i{part}" if isinstance(part, int) else f"s{part}"


def _cursor(of: str, key: tuple[KeyPart, ...]) -> str:
    payload = json.dumps(
        [_tagged(part) for part in key], ensure_ascii=False, separators=(",", ":")
    ).encode()
    signature = crypto.sign(payload, purpose=of)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature + payload).decode().rstrip("=")


def _read(of: str, cursor: str) -> tuple[KeyPart, ...]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise _foreign() from None
    signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(crypto.sign(payload, purpose=of)[:_SIGNATURE_BYTES], signature):
        raise _foreign()
    parts: list[Any] = json.loads(payload)
    return tuple(_READ[part[0]](part[1:]) for part in parts)


def _foreign() -> InvalidInput:
    return InvalidInput(
        path=("after",), zh="游标不属于此列表。", en="The cursor does not belong to this list."
    )
