"""Volunteers, as they themselves and who keeps them see them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import volunteers
from domains.volunteering.rules import numbers
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock, VolunteerState
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Person
from schema.node import Node
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="When a volunteer is free, week by week.")
class VolunteerTime:
    """A part of a weekday."""

    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    block: TimeBlock = strawberry.field(description="The part of the day.")


@strawberry.type(description="Somebody who serves; seen by themselves, guardians and keepers.")
class Volunteer(Node):
    """What is sealed is opened by a mutation of its own, and every reading is audited."""

    number: str = strawberry.field(
        description="The volunteer number, `GY1000000014`: never made from an identity number."
    )
    state: VolunteerState = strawberry.field(description="Whether this is a volunteer.")
    service_classes: list[ServiceClass] = strawberry.field(description="What is offered.")
    radius_m: int | None = strawberry.field(
        description="How many metres from home at most; null where it does not matter."
    )
    version: int = strawberry.field(description="To be given back when editing.")
    has_care_note: bool = strawberry.field(
        description="Whether something about health is to be minded; it is sealed."
    )
    registered_at: datetime = strawberry.field(description="Since when.")
    withdrawn_at: datetime | None = strawberry.field(description="Until when; null where it lasts.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer", row["id"]),
            number=numbers.written(row["number"]),
            state=VolunteerState(row["state"]),
            service_classes=[ServiceClass(each) for each in row["service_classes"]],
            radius_m=row["radius_m"],
            version=row["version"],
            has_care_note=row["has_care_note"],
            registered_at=row["registered_at"],
            withdrawn_at=row["withdrawn_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, volunteer_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(volunteers.volunteers_by_id, volunteer_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The person.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other volunteers."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="A minor's guardian.", metadata=LOADS)
    async def guardian(self, info: Info) -> Person | None:
        """Load them with those of the other volunteers."""
        guardian_id = self.row["guardian_id"]
        return None if guardian_id is None else await Person.load(info, guardian_id)

    @strawberry.field(description="The community of registration.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other volunteers."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="When the volunteer is free.", metadata=LOADS)
    async def availability(self, info: Info) -> list[VolunteerTime]:
        """Load it with that of the other volunteers."""
        rows = await info.context.load(volunteers.availability, self.row["id"])
        return [
            VolunteerTime(weekday=row["weekday"], block=TimeBlock(row["block"])) for row in rows
        ]


async def _volunteers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await volunteers.volunteers_by_id(actor, ids)
    return [None if row is None else Volunteer.of(row) for row in rows]


node.register("volunteer", _volunteers)
