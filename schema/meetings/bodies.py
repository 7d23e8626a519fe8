"""Bodies, seats and regular meetings, as the world sees them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import bodies
from domains.meetings.queries.bodies import BodyFilter
from domains.meetings.rules.recurring import Pattern
from domains.meetings.values import (
    AttendeeKind,
    BodyLevel,
    Capacity,
    MeetingForm,
    MeetingMode,
    RecurrenceKind,
    SeatOffice,
)
from domains.membership.queries import places
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.membership.types import Area, Person
from schema.node import Node

OfBody = Annotated[strawberry.ID, strawberry.argument(description="The body.")]


@strawberry.type(description="A body that deliberates for an area.")
class Body(Node):
    """Public to who belongs to its area."""

    name: str = strawberry.field(description="Its name.")
    purpose: str = strawberry.field(description="What it is there for.")
    level: BodyLevel = strawberry.field(description="On which level it meets.")
    form: MeetingForm = strawberry.field(description="The form of its meetings, unless told.")
    version: int = strawberry.field(description="To be given back when editing.")
    created_at: datetime = strawberry.field(description="When it was set up.")
    dissolved_at: datetime | None = strawberry.field(description="When it was dissolved.")
    dissolve_reason: str | None = strawberry.field(description="Why it was dissolved.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("body", row["id"]),
            name=row["name"],
            purpose=row["purpose"],
            level=BodyLevel(row["level"]),
            form=MeetingForm(row["form"]),
            version=row["version"],
            created_at=row["created_at"],
            dissolved_at=row["dissolved_at"],
            dissolve_reason=row["dissolve_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, body_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(bodies.bodies_by_id, body_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area that it deliberates for.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other bodies."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(
        description="The body that its unresolved matters go up to, where one is named.",
        metadata=LOADS,
    )
    async def above(self, info: Info) -> "Body | None":
        """Load it with those of the other bodies."""
        above_id = self.row["above_id"]
        return None if above_id is None else await Body.load(info, above_id)


@strawberry.type(description="Somebody's seat in a body.")
class Seat(Node):
    """Public with its body."""

    name: str = strawberry.field(description="Who sits there.")
    office: SeatOffice = strawberry.field(description="What they are in the body.")
    capacity: Capacity = strawberry.field(description="What they are there to do.")
    kind: AttendeeKind = strawberry.field(description="As what they sit there.")
    group_name: str | None = strawberry.field(description="For which group they speak.")
    since: date = strawberry.field(description="The first day.")
    until: date | None = strawberry.field(description="The last day, where one is set.")
    ended_at: datetime | None = strawberry.field(description="When it was ended.")
    end_reason: str | None = strawberry.field(description="Why it was ended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("seat", row["id"]),
            name=row["name"],
            office=SeatOffice(row["office"]),
            capacity=Capacity(row["capacity"]),
            kind=AttendeeKind(row["kind"]),
            group_name=row["group_name"],
            since=row["since"],
            until=row["until"],
            ended_at=row["ended_at"],
            end_reason=row["end_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, seat_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(bodies.seats_by_id, seat_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The person, as far as they may be known.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other seats."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="The body.", metadata=LOADS)
    async def body(self, info: Info) -> Body | None:
        """Load it with those of the other seats."""
        return await Body.load(info, self.row["body_id"])


@strawberry.type(description="Regular meetings of a body; the worker plans each of them.")
class Recurrence(Node):
    """How often, and when."""

    kind: RecurrenceKind = strawberry.field(description="In months or in weeks.")
    every: int = strawberry.field(description="Every so many of them.")
    on: int = strawberry.field(description="The day of the month, or of the week (1 is Monday).")
    rule: str = strawberry.field(description="The same as RFC 5545 writes it.")
    form: MeetingForm = strawberry.field(description="The form of the meetings.")
    mode: MeetingMode = strawberry.field(description="Where people meet.")
    title: str = strawberry.field(description="The title of the meetings.")
    place: str | None = strawberry.field(description="The place.")
    starts_minute: int = strawberry.field(description="When they start: minutes after midnight.")
    lasts_minutes: int = strawberry.field(description="How long they are planned for.")
    ahead_days: int = strawberry.field(description="How many days ahead they are planned.")
    is_of_the_month: bool = strawberry.field(
        description="Whether these are the community's meetings of the month."
    )
    first_day: date = strawberry.field(description="The first day on which one may fall.")
    last_day: date | None = strawberry.field(description="The last such day, where one is set.")
    made_until: date | None = strawberry.field(description="Up to when they are planned already.")
    ended_at: datetime | None = strawberry.field(description="When they were ended.")
    end_reason: str | None = strawberry.field(description="Why they were ended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        kind = RecurrenceKind(row["kind"])
        on = row["month_day"] if kind is RecurrenceKind.MONTHLY else row["week_day"]
        pattern = Pattern(kind, row["every"], on, row["first_day"], row["last_day"])
        return cls(
            id=node.encode("recurrence", row["id"]),
            kind=kind,
            every=row["every"],
            on=on,
            rule=pattern.rule(),
            form=MeetingForm(row["form"]),
            mode=MeetingMode(row["mode"]),
            title=row["title"],
            place=row["place"],
            starts_minute=row["starts_minute"],
            lasts_minutes=row["lasts_minutes"],
            ahead_days=row["ahead_days"],
            is_of_the_month=row["monthly"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            made_until=row["made_until"],
            ended_at=row["ended_at"],
            end_reason=row["end_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, recurrence_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(bodies.recurrences_by_id, recurrence_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The body.", metadata=LOADS)
    async def body(self, info: Info) -> Body | None:
        """Load it with those of the others."""
        return await Body.load(info, self.row["body_id"])


@strawberry.input(description="What a list of bodies is narrowed to.")
class BodyFilterInput:
    """Every field narrows, but the last."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Bodies of this area and of what lies in it."
    )
    levels: list[BodyLevel] | None = strawberry.field(
        default=None, description="Bodies of one of these levels."
    )
    forms: list[MeetingForm] | None = strawberry.field(
        default=None, description="Bodies of one of these forms."
    )
    with_dissolved: bool = strawberry.field(
        default=False, description="Whether those that stand no more are shown too."
    )


WhereBodies = Annotated[
    BodyFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]
WithEnded = Annotated[
    bool, strawberry.argument(description="Whether those that have ended are shown too.")
]


def _made(row: Row) -> tuple[datetime, UUID]:
    return row["created_at"], row["id"]


@strawberry.type
class BodiesQuery:
    """Reading bodies."""

    @strawberry.field(description="A body; null where it cannot be seen.")
    async def body(self, info: Info, id: OfBody) -> Body | None:
        """Answer alike for malformed, absent and invisible."""
        uuid = node.known("body", id)
        return None if uuid is None else await Body.load(info, uuid)

    @strawberry.field(description="The bodies that the caller sees, by area.")
    async def bodies(
        self, info: Info, where: WhereBodies = None, first: First = None, after: After = None
    ) -> Connection[Body]:
        """Read a page of them."""
        asked = where or BodyFilterInput()
        uuid = node.known("area", asked.area_id) if asked.area_id is not None else None
        area = await places.place_of(uuid) if uuid is not None else None
        nowhere = asked.area_id is not None and area is None
        narrowed = BodyFilter(
            area_path=area.area_path if area else None,
            levels=() if nowhere else tuple(asked.levels) if asked.levels is not None else None,
            forms=tuple(asked.forms) if asked.forms is not None else None,
            with_dissolved=asked.with_dissolved,
        )
        of = listing("bodies", {"where": narrowed})
        at = page(of, first, after)
        found = await bodies.bodies(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Body.of, key=lambda row: (row["area_path"], row["id"])
        )

    @strawberry.field(description="Who sits in a body; empty for outsiders.")
    async def body_seats(
        self,
        info: Info,
        body_id: OfBody,
        with_ended: WithEnded = False,
        first: First = None,
        after: After = None,
    ) -> Connection[Seat]:
        """Read a page of them, the oldest first."""
        uuid = node.known("body", body_id) or node.NOBODY
        of = listing("bodySeats", {"body": uuid, "ended": with_ended})
        at = page(of, first, after)
        found = await bodies.seats(info.context.actor, uuid, at, ended=with_ended)
        return connection(of, found, at, make=Seat.of, key=_made)

    @strawberry.field(description="The regular meetings of a body; empty for outsiders.")
    async def body_recurrences(
        self, info: Info, body_id: OfBody, first: First = None, after: After = None
    ) -> Connection[Recurrence]:
        """Read a page of them, the oldest first."""
        uuid = node.known("body", body_id) or node.NOBODY
        of = listing("bodyRecurrences", {"body": uuid})
        at = page(of, first, after)
        found = await bodies.recurrences(info.context.actor, uuid, at)
        return connection(of, found, at, make=Recurrence.of, key=_made)


async def _bodies(actor: Actor, ids: list[UUID]) -> list[Body | None]:
    return [None if row is None else Body.of(row) for row in await bodies.bodies_by_id(actor, ids)]


async def _seats(actor: Actor, ids: list[UUID]) -> list[Seat | None]:
    return [None if row is None else Seat.of(row) for row in await bodies.seats_by_id(actor, ids)]


async def _recurrences(actor: Actor, ids: list[UUID]) -> list[Recurrence | None]:
    rows = await bodies.recurrences_by_id(actor, ids)
    return [None if row is None else Recurrence.of(row) for row in rows]


node.register("body", _bodies)
node.register("seat", _seats)
node.register("recurrence", _recurrences)
