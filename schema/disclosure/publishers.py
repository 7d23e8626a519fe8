"""Bodies that publish: public to everybody."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import publishers
from domains.disclosure.values import PublisherKind
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure.places import NOWHERE, OfArea, path_of
from schema.membership.types import Area, Organisation
from schema.node import Node


@strawberry.type(description="A body that answers for what it publishes over an area.")
class Publisher(Node):
    """Public to everybody."""

    kind: PublisherKind = strawberry.field(description="What kind of body it is.")
    name: str = strawberry.field(description="What it is called.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it stands.")
    contacts: list[str] = strawberry.field(
        description="How it is reached: telephone numbers and e-mail addresses of its own."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("publisher", row["id"]),
            kind=PublisherKind(row["kind"]),
            name=row["name"],
            ended_at=row["ended_at"],
            contacts=list(row["contacts"]),
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, publisher_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(publishers.publishers_by_id, publisher_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area over which it publishes.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other bodies."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="The organisation that it is, if it is one.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other bodies."""
        organisation_id = self.row["organisation_id"]
        return None if organisation_id is None else await Organisation.load(info, organisation_id)


async def _publishers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await publishers.publishers_by_id(actor, ids)
    return [Publisher.of(row) if row else None for row in found]


node.register("publisher", _publishers)


@strawberry.type
class PublisherQuery:
    """Who answers for what is published."""

    @strawberry.field(description="The bodies that publish in an area and in what lies in it.")
    async def publishers(
        self, info: Info, area_id: OfArea, first: First = None, after: After = None
    ) -> Connection[Publisher]:
        """Read a page of them."""
        within = await path_of(area_id) or NOWHERE
        of = listing("publishers", {"within": within})
        at = page(of, first, after)
        found = await publishers.publishers(info.context.actor, within, at)
        return connection(of, found, at, make=Publisher.of, key=lambda row: (row["id"],))
