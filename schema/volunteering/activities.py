"""Activities and their shifts, as the world sees them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel import codes
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import activities
from domains.volunteering.values.activities import VolunteerActivityNature, VolunteerActivityState
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="The code that is shown on the spot; it changes every few seconds.")
class ShiftCode:
    """For who leads, to be shown to who comes and goes."""

    text: str = strawberry.field(description="What is scanned.")
    ends_at: datetime = strawberry.field(description="When the next one is to be fetched.")

    @strawberry.field(description="The code as a QR code in SVG.")
    def svg(self) -> str:
        """Draw it."""
        return codes.drawn(self.text)


@strawberry.type(description="A time of an activity, with places.")
class VolunteerShift(Node):
    """Seen by who sees the activity."""

    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when.")
    places: int = strawberry.field(description="For how many.")
    taken: int = strawberry.field(description="How many have signed up.")
    is_mine: bool = strawberry.field(description="Whether the caller has signed up.")
    waiting: int = strawberry.field(description="How many wait for a place.")
    my_waiting_position: int | None = strawberry.field(
        description="The caller's place in the waiting list, from 1; null where they do not wait."
    )
    may_decline_until: datetime | None = strawberry.field(
        description="Until when the caller, who moved up, may decline; null for others."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer_shift", row["id"]),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            places=row["places"],
            taken=row["taken"],
            is_mine=row["is_mine"],
            waiting=row["waiting"],
            my_waiting_position=row["my_position"] or None,
            may_decline_until=row["decline_until"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, shift_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(activities.shifts_by_id, shift_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What it is a time of.", metadata=LOADS)
    async def activity(self, info: Info) -> "VolunteerActivity | None":
        """Load it with those of the other shifts."""
        return await VolunteerActivity.load(info, self.row["activity_id"])


@strawberry.type(description="A service that volunteers are called to.")
class VolunteerActivity(Node):
    """Seen by who belongs once it is published."""

    number: str = strawberry.field(description="Its number.")
    state: VolunteerActivityState = strawberry.field(description="How far it has come.")
    nature: VolunteerActivityNature = strawberry.field(description="What it is by nature.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called.")
    content: str = strawberry.field(description="What is to be done.")
    place: str = strawberry.field(description="Where.")
    is_risky: bool = strawberry.field(
        description="Whether only who is insured for it, and no minor, takes part."
    )
    risks: str = strawberry.field(description="What the risks are; may be empty.")
    organisation_name: str = strawberry.field(
        description="Who organises it, as it was called then."
    )
    published_at: datetime | None = strawberry.field(description="Since when it is published.")
    cancel_reason: str | None = strawberry.field(description="Why it was called off.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer_activity", row["id"]),
            number=str(row["number"]),
            state=VolunteerActivityState(row["state"]),
            nature=VolunteerActivityNature(row["nature"]),
            service_class=ServiceClass(row["service_class"]),
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, activity_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(activities.activities_by_id, activity_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Its times, the first first.", metadata=LOADS)
    async def shifts(self, info: Info) -> list[VolunteerShift]:
        """Load them with those of the other activities; 100 at most."""
        rows = await info.context.load(activities.shifts_by_activity, self.row["id"])
        return [VolunteerShift.of(row) for row in rows]

    @strawberry.field(description="Who leads it.", metadata=LOADS)
    async def leader(self, info: Info) -> Person | None:
        """Load them with those of the other activities."""
        return await Person.load(info, self.row["leader_id"])

    @strawberry.field(description="Who organises it.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other activities."""
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(description="Where it lies.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other activities."""
        return await Area.load(info, self.row["area_id"])


_PLAIN = (
    *("title", "content", "place", "is_risky", "risks", "organisation_name", "published_at"),
    "cancel_reason",
)


async def _activities(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await activities.activities_by_id(actor, ids)
    return [None if row is None else VolunteerActivity.of(row) for row in rows]


async def _shifts(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await activities.shifts_by_id(actor, ids)
    return [None if row is None else VolunteerShift.of(row) for row in rows]


node.register("volunteer_activity", _activities)
node.register("volunteer_shift", _shifts)
