"""What an exchange is short of, as who belongs sees it."""

from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import shortages
from domains.matching.solving.reasons import Reason
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.matching import runs as _runs  # noqa: F401  # describes the reasons first
from schema.membership.types import Area
from schema.node import Node
from schema.volunteering.queries import Within, path_of


@strawberry.type(description="A kind of service that stayed unmet so often in so many weeks.")
class Shortage(Node):
    """An issue is raised of it for the community."""

    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    first_day: date = strawberry.field(description="The Monday of the first week.")
    last_day: date = strawberry.field(description="The Sunday of the last week.")
    times: int = strawberry.field(description="How many services found nobody, or too few.")
    places: int = strawberry.field(description="How many people were missing.")
    reasons: list[Reason] = strawberry.field(
        description="Why, where a run of the matcher looked for somebody."
    )
    found_at: datetime = strawberry.field(description="When it was found.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("shortage", row["id"]),
            service_class=ServiceClass(row["service_class"]),
            first_day=row["first_day"],
            last_day=row["end_day"] - timedelta(days=1),
            times=row["times"],
            places=row["places"],
            reasons=[Reason(each) for each in row["reasons"]],
            found_at=row["found_at"],
            row=row,
        )

    @strawberry.field(description="The community.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the others."""
        return await Area.load(info, self.row["community_id"])


async def _shortages(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await shortages.shortages_by_id(actor, ids)
    return [None if row is None else Shortage.of(row) for row in rows]


node.register("shortage", _shortages)


@strawberry.type
class ShortagesQuery:
    """What to recruit for."""

    @strawberry.field(description="What the exchange of an area was short of, the latest first.")
    async def shortages(
        self, info: Info, area_id: Within, first: First = None, after: After = None
    ) -> Connection[Shortage]:
        """Read a page of them."""
        area_path = await path_of(area_id)
        of = listing("shortages", {"area": area_path})
        at = page(of, first, after)
        found = await shortages.shortages(info.context.actor, area_path, at)
        return connection(of, found, at, make=Shortage.of, key=lambda row: (row["id"],))
