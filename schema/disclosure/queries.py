"""Reading disclosures: the feed, the search, what is pinned, and what bodies work on."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import disclosures, feed
from domains.disclosure.queries.disclosures import FeedFilter, WorkFilter
from domains.disclosure.rules import texts
from domains.disclosure.values import Affair, DisclosureKind, VersionState
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure.disclosures import DisclosedRow, Disclosure
from schema.disclosure.places import NOWHERE, OfArea, path_of
from schema.membership.types import Area


@strawberry.input(description="What a feed or a search is narrowed to.")
class DisclosureFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID = strawberry.field(
        description="What is aimed at this area, at what lies in it, or at what it lies in."
    )
    kinds: list[DisclosureKind] | None = strawberry.field(
        default=None, description="Of these kinds."
    )
    affairs: list[Affair] | None = strawberry.field(
        default=None, description="Of these of the three affairs."
    )
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags.")
    publisher_id: strawberry.ID | None = strawberry.field(
        default=None, description="Published by this body."
    )
    item_code: str | None = strawberry.field(
        default=None, description="Of this catalogue item, or meeting a duty of it."
    )
    over_too: bool = strawberry.field(
        default=False, description="Also what is no more on display: expired or archived."
    )


@strawberry.input(description="What a list of work is narrowed to.")
class DisclosureWorkFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this area and of what lies in it."
    )
    states: list[VersionState] | None = strawberry.field(
        default=None, description="With a version under way in one of these states."
    )
    publisher_id: strawberry.ID | None = strawberry.field(default=None, description="Of this body.")


@strawberry.input(description="One version of a disclosure.")
class VersionInput:
    """By its number."""

    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure.")
    number: int = strawberry.field(description="The number of the version.")


@strawberry.type(description="A category of disclosures of an area that somebody wants to hear of.")
class DisclosureSubscription(node.Node):
    """Its subscriber's alone; every field narrows the category."""

    kind: DisclosureKind | None = strawberry.field(description="Of this kind only.")
    affair: Affair | None = strawberry.field(description="Of this affair only.")
    item_code: str | None = strawberry.field(description="Of this catalogue item only.")
    tag: str | None = strawberry.field(description="With this tag only.")
    subscribed_at: datetime = strawberry.field(description="Since when.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("disclosure_subscription", row["id"]),
            kind=DisclosureKind(row["kind"]) if row["kind"] else None,
            affair=Affair(row["affair"]) if row["affair"] else None,
            item_code=row["item_code"],
            tag=row["tag"],
            subscribed_at=row["subscribed_at"],
            row=row,
        )

    @strawberry.field(description="Of which area.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other subscriptions."""
        return await Area.load(info, self.row["area_id"])


async def _subscriptions(actor: Actor, ids: list[UUID]) -> list[node.Node | None]:
    found = await feed.subscriptions_by_id(actor, ids)
    return [DisclosureSubscription.of(row) if row else None for row in found]


node.register("disclosure_subscription", _subscriptions)

_NOTHING = FeedFilter(area_paths=(NOWHERE,))


def _prefixes(path: str) -> tuple[str, ...]:
    codes = path.rstrip("/").split("/")
    return tuple("/".join(codes[:count]) + "/" for count in range(1, len(codes) + 1))


async def _feed_filter(where: DisclosureFilterInput) -> FeedFilter:
    path = await path_of(where.area_id)
    if path is None:
        return _NOTHING
    publisher_id = where.publisher_id
    return FeedFilter(
        area_paths=_prefixes(path),
        kinds=tuple(where.kinds) if where.kinds is not None else None,
        affairs=tuple(where.affairs) if where.affairs is not None else None,
        tags=tuple(texts.code(each) for each in where.tags[:20])
        if where.tags is not None
        else None,
        publisher_id=(node.known("publisher", publisher_id) or node.NOBODY)
        if publisher_id is not None
        else None,
        item_code=None if where.item_code is None else texts.code(where.item_code),
        over_too=where.over_too,
    )


def _by_publication(row: Row) -> tuple[datetime, UUID]:
    return row["first_published_at"], row["id"]


@strawberry.type
class DisclosureQuery:
    """What is public, for everybody; what is not yet, for its body."""

    @strawberry.field(description="A disclosure; null where it cannot be seen.")
    async def disclosure(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The disclosure.")],
    ) -> Disclosure | None:
        """Answer alike for malformed, absent and invisible."""
        uuid = node.known("disclosure", id)
        return None if uuid is None else await Disclosure.load(info, uuid)

    @strawberry.field(description="The public feed of an area, the latest first.")
    async def disclosures(
        self,
        info: Info,
        where: Annotated[DisclosureFilterInput, strawberry.argument(description="Which.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Disclosure]:
        """Read a page of it."""
        asked = await _feed_filter(where)
        of = listing("disclosures", {"where": asked})
        at = page(of, first, after)
        found = await feed.feed(info.context.actor, asked, at)
        return connection(of, found, at, make=Disclosure.of, key=_by_publication)

    @strawberry.field(
        description="What of an area's feed holds every word that is asked for, the latest first."
    )
    async def search_disclosures(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="Words, in Chinese or not.")],
        where: Annotated[DisclosureFilterInput, strawberry.argument(description="Where.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Disclosure]:
        """Read a page of it."""
        asked = await _feed_filter(where)
        of = listing("searchDisclosures", {"where": asked, "text": text})
        at = page(of, first, after)
        found = await feed.search(info.context.actor, asked, text[:200], at)
        return connection(of, found, at, make=Disclosure.of, key=_by_publication)

    @strawberry.field(
        description="The rows of a version, masked, in their order; empty where it is not seen."
    )
    async def disclosure_rows(
        self,
        info: Info,
        of_version: Annotated[VersionInput, strawberry.argument(description="Which version.")],
        first: First = None,
        after: After = None,
    ) -> Connection[DisclosedRow]:
        """Read a page of them."""
        uuid = node.known("disclosure", of_version.disclosure_id) or node.NOBODY
        of = listing("disclosureRows", {"disclosure": uuid, "number": of_version.number})
        at = page(of, first, after)
        found = await disclosures.rows_of(info.context.actor, uuid, of_version.number, at)
        return connection(of, found, at, make=DisclosedRow.of, key=lambda row: (row["position"],))

    @strawberry.field(description="What is pinned in an area's feed, the latest pinned first.")
    async def pinned_disclosures(self, info: Info, area_id: OfArea) -> list[Disclosure]:
        """Read them: a body pins few."""
        path = await path_of(area_id)
        if path is None:
            return []
        return [
            Disclosure.of(row) for row in await feed.pinned(info.context.actor, _prefixes(path))
        ]

    @strawberry.field(
        description="What the caller's bodies write, approve and have published, the newest first."
    )
    async def disclosure_work(
        self,
        info: Info,
        where: Annotated[
            DisclosureWorkFilterInput | None, strawberry.argument(description="Which.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Disclosure]:
        """Read a page of it."""
        given = where or DisclosureWorkFilterInput()
        asked = WorkFilter(
            states=tuple(given.states) if given.states is not None else None,
            publisher_id=node.known("publisher", given.publisher_id) or node.NOBODY
            if given.publisher_id is not None
            else None,
        )
        if given.area_id is not None:
            asked = replace(asked, area_path=await path_of(given.area_id) or NOWHERE)
        of = listing("disclosureWork", {"where": asked})
        at = page(of, first, after)
        found = await disclosures.work(info.context.actor, asked, at)
        return connection(of, found, at, make=Disclosure.of, key=lambda row: (row["id"],))

    @strawberry.field(description="The categories that the caller wants to hear of.")
    async def my_disclosure_subscriptions(self, info: Info) -> list[DisclosureSubscription]:
        """Read them: there are few."""
        rows = await feed.my_subscriptions(info.context.actor)
        return [DisclosureSubscription.of(row) for row in rows]
