"""One's meetings, shifts and services in one's own calendar, under a secret address."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import calendar_feeds as queries
from domains.meetings.service import calendar_feeds as service
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.meetings.payloads import ARGUMENT
from schema.node import Node


@strawberry.type(
    description="An address under which a calendar reads the caller's meetings, shifts and"
    " services."
)
class CalendarFeed(Node):
    """The address itself is told once, when it is made."""

    label: str = strawberry.field(description="What the caller called it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_read_at: datetime | None = strawberry.field(description="When it was last read.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("calendarFeed", row["id"]),
            label=row["label"],
            created_at=row["created_at"],
            last_read_at=row["last_read_at"],
        )


@strawberry.input(description="An address to be made.")
class CreateCalendarFeedInput:
    """What for."""

    label: str = strawberry.field(description="What to call it, 1 to 60 characters.")


@strawberry.input(description="An address to be closed.")
class RevokeCalendarFeedInput:
    """Which."""

    feed_id: strawberry.ID = strawberry.field(description="The address.")


@strawberry.type(description="The address is made.")
class CalendarFeedCreated:
    """Told this once."""

    feed: CalendarFeed = strawberry.field(description="The feed.")
    path: str = strawberry.field(
        description="Its secret path on this server; whoever knows it reads the caller's calendar."
    )


@strawberry.type(description="The address is closed.")
class CalendarFeedRevoked:
    """For good."""

    feed_id: strawberry.ID = strawberry.field(description="The address.")


CreateCalendarFeedResult = Annotated[
    CalendarFeedCreated | Refused,
    strawberry.union("CreateCalendarFeedResult", description="The address, or why none."),
]
RevokeCalendarFeedResult = Annotated[
    CalendarFeedRevoked | Refused,
    strawberry.union("RevokeCalendarFeedResult", description="It, or why it is open."),
]


@strawberry.type
class CalendarQuery:
    """Reading one's addresses."""

    @strawberry.field(description="The caller's calendar addresses, the latest first.")
    async def my_calendar_feeds(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[CalendarFeed]:
        """Read a page of them."""
        of = listing("myCalendarFeeds", {"person": info.context.actor.person_id})
        at = page(of, first, after)
        found = await queries.feeds(info.context.actor, at)
        return connection(of, found, at, make=CalendarFeed.of, key=lambda row: (row["id"],))


@strawberry.type
class CalendarMutation:
    """Making and closing addresses."""

    @strawberry.mutation(description="Make a secret address for one's calendar; five at most.")
    async def create_calendar_feed(
        self, info: Info, input: Annotated[CreateCalendarFeedInput, ARGUMENT]
    ) -> CreateCalendarFeedResult:
        """Make it."""
        feed_id, secret = await service.create_feed(info.context.actor, label=input.label)
        row = (await queries.feeds_by_id(info.context.actor, [feed_id]))[0]
        assert row is not None, "it was made just now"
        return CalendarFeedCreated(feed=CalendarFeed.of(row), path=f"/calendars/{secret}.ics")

    @strawberry.mutation(description="Close an address of one's own for good.")
    async def revoke_calendar_feed(
        self, info: Info, input: Annotated[RevokeCalendarFeedInput, ARGUMENT]
    ) -> RevokeCalendarFeedResult:
        """Close it."""
        feed_id = node.decode("calendarFeed", input.feed_id, path=("input", "feedId"))
        await service.revoke_feed(info.context.actor, feed_id)
        return CalendarFeedRevoked(feed_id=input.feed_id)


async def _feeds(actor: Actor, ids: list[UUID]) -> list[CalendarFeed | None]:
    rows = await queries.feeds_by_id(actor, ids)
    return [None if row is None else CalendarFeed.of(row) for row in rows]


node.register("calendarFeed", _feeds)
