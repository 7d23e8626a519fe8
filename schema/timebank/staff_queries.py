"""Reading relatives, needs and orders."""

from typing import Annotated

import strawberry

from domains.timebank.queries import staff
from domains.timebank.queries.staff import OrderFilter
from domains.timebank.values import OrderState, ShortfallState
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.timebank.queries import path_of
from schema.timebank.staff import TimeNeed, TimeOrder, TimeRelative, TimeShortfall

Within = Annotated[
    strawberry.ID | None, strawberry.argument(description="An area, with what lies in it.")
]


@strawberry.type
class TimeStaffQuery:
    """What those concerned read."""

    @strawberry.field(description="What was declared of the caller or by them, the latest first.")
    async def time_relatives(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[TimeRelative]:
        """Read a page of them."""
        actor = info.context.actor
        of = listing("timeRelatives", {"of": actor.person_id})
        at = page(of, first, after)
        found = await staff.relatives(actor, at)
        return connection(
            of,
            found,
            at,
            make=lambda row: TimeRelative.seen(row, actor),
            key=lambda row: (row["id"],),
        )

    @strawberry.field(description="The assessments that the caller sees, the latest first.")
    async def time_needs(
        self,
        info: Info,
        area_id: Within = None,
        waiting: Annotated[
            bool, strawberry.argument(description="Only those that wait to be decided.")
        ] = False,
        first: First = None,
        after: After = None,
    ) -> Connection[TimeNeed]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("timeNeeds", {"path": path, "waiting": waiting})
        at = page(of, first, after)
        found = await staff.needs(info.context.actor, at, within_path=path, waiting=waiting)
        return connection(of, found, at, make=TimeNeed.of, key=lambda row: (row["id"],))

    @strawberry.field(description="The orders of those who keep the time bank, the latest first.")
    async def time_orders(
        self,
        info: Info,
        area_id: Within = None,
        states: Annotated[
            list[OrderState] | None, strawberry.argument(description="In one of these states.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TimeOrder]:
        """Read a page of them."""
        asked = OrderFilter(
            within_path=await path_of(area_id),
            states=None if states is None else tuple(states),
        )
        of = listing("timeOrders", {"where": asked})
        at = page(of, first, after)
        found = await staff.orders(info.context.actor, asked, at)
        return connection(of, found, at, make=TimeOrder.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="Minutes that could not be taken back, as far as the caller sees them, the"
        " latest first."
    )
    async def time_shortfalls(
        self,
        info: Info,
        area_id: Within = None,
        states: Annotated[
            list[ShortfallState] | None, strawberry.argument(description="In one of these states.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TimeShortfall]:
        """Read a page of them."""
        path = await path_of(area_id)
        asked = None if states is None else tuple(states)
        actor = info.context.actor
        of = listing("timeShortfalls", {"path": path, "states": asked, "of": actor.person_id})
        at = page(of, first, after)
        found = await staff.shortfalls(actor, at, within_path=path, states=asked)
        return connection(of, found, at, make=TimeShortfall.of, key=lambda row: (row["id"],))
