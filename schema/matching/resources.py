"""Resources and what is kept of them, as the world sees them."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import resources
from domains.matching.values.resources import ResourceKind, ResourceReservationState, ResourceState
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.matching import exchange_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.scalars import Fen


@strawberry.type(description="A time at which something is offered or taken.")
class ResourceWindow:
    """From when to when."""

    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when.")


@strawberry.type(description="A place on the map, in millionths of a degree.")
class MapPosition:
    """As its providers give it."""

    latitude_e6: int = strawberry.field(description="North is positive.")
    longitude_e6: int = strawberry.field(description="East is positive.")


@strawberry.type(description="What became of something, and when.")
class HistoryStep:
    """Kept for good."""

    state: str = strawberry.field(description="The state that it came to.")
    at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why, where one was given.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(state=row["state"].upper(), at=row["at"], reason=row["reason"])


def position_of(row: Row) -> MapPosition | None:
    """Return where a row lies; None where nobody said."""
    if row["latitude_e6"] is None:
        return None
    return MapPosition(latitude_e6=row["latitude_e6"], longitude_e6=row["longitude_e6"])


@strawberry.type(description="A part of a resource that is kept for something.")
class ResourceReservation(Node):
    """Seen by who sees the resource, or what it is kept for."""

    state: ResourceReservationState = strawberry.field(description="How far it has come.")
    quantity: Fen = strawberry.field(description="How much of it; of money, in fen.")
    unit: str = strawberry.field(description="In what it is counted.")
    resource_title: str = strawberry.field(description="What it is.")
    starts_at: datetime | None = strawberry.field(description="From when, of a venue.")
    ends_at: datetime | None = strawberry.field(description="To when, of a venue.")
    reserved_at: datetime = strawberry.field(description="When it was reserved.")
    expires_at: datetime = strawberry.field(description="Until when it has to be committed.")
    committed_at: datetime | None = strawberry.field(description="When it was committed.")
    delivered_at: datetime | None = strawberry.field(description="When it was handed over.")
    receipted_at: datetime | None = strawberry.field(description="When it was signed for.")
    receipt_note: str | None = strawberry.field(description="What the receipt says.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("resource_reservation", row["id"]),
            state=ResourceReservationState(row["state"]),
            quantity=Fen(row["quantity"]),
            **{name: row[name] for name in _OF_RESERVATION},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, reservation_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(resources.reservations_by_id, reservation_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Of what it is a part.", metadata=LOADS)
    async def resource(self, info: Info) -> "Resource | None":
        """Load it with those of the other reservations."""
        return await Resource.load(info, self.row["resource_id"])

    @strawberry.field(description="The project that it is for; null where it is for none.")
    async def project(self, info: Info) -> Node | None:
        """Load it with those of the other reservations."""
        if self.row["project_id"] is None:
            return None
        return await node.load(info, "service_project", self.row["project_id"])


_OF_RESERVATION = (
    *("unit", "resource_title", "starts_at", "ends_at", "reserved_at", "expires_at"),
    *("committed_at", "delivered_at", "receipted_at", "receipt_note"),
)


@strawberry.type(description="What a person or organisation offers to others.")
class Resource(Node):
    """Seen by who belongs once it is verified."""

    number: str = strawberry.field(description="Its number.")
    kind: ResourceKind = strawberry.field(description="What it is.")
    state: ResourceState = strawberry.field(description="How far it has come.")
    service_class: ServiceClass | None = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called.")
    content: str = strawberry.field(description="What it is.")
    quantity: Fen = strawberry.field(description="How much there is; of money, in fen.")
    held: Fen = strawberry.field(
        description="How much of it is kept or used; a venue's is by time."
    )
    unit: str = strawberry.field(description="In what it is counted.")
    purpose: str | None = strawberry.field(description="What money is for.")
    valid_from: date = strawberry.field(description="The first day.")
    valid_until: date = strawberry.field(description="The last day.")
    place: str = strawberry.field(description="Where it is.")
    position: MapPosition | None = strawberry.field(description="Where on the map.")
    distance_m: int | None = strawberry.field(
        description="Metres from the place that the list was asked from."
    )
    organisation_name: str | None = strawberry.field(
        description="Which organisation offers it, as it was called then."
    )
    offered_at: datetime = strawberry.field(description="When it was offered.")
    reason: str | None = strawberry.field(description="Why it was refused or withdrawn.")
    is_favourite: bool = strawberry.field(description="Whether the caller marked it.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("resource", row["id"]),
            number=str(row["number"]),
            kind=ResourceKind(row["kind"]),
            state=ResourceState(row["state"]),
            service_class=ServiceClass(row["service_class"]) if row["service_class"] else None,
            quantity=Fen(row["quantity"]),
            held=Fen(row["held"]),
            position=position_of(row),
            distance_m=row.get("distance_m"),
            **{name: row[name] for name in _OF_RESOURCE},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, resource_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(resources.resources_by_id, resource_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="When it is offered, 100 at most.", metadata=LOADS)
    async def windows(self, info: Info) -> list[ResourceWindow]:
        """Load them with those of the other resources."""
        rows = await info.context.load(resources.windows_by_resource, self.row["id"])
        return [ResourceWindow(starts_at=row["starts_at"], ends_at=row["ends_at"]) for row in rows]

    @strawberry.field(description="What is or was kept of it, the latest first.", metadata=LOADS)
    async def reservations(self, info: Info) -> list[ResourceReservation]:
        """Load them with those of the other resources."""
        rows = await info.context.load(resources.reservations_by_resource, self.row["id"])
        return [ResourceReservation.of(row) for row in rows]

    @strawberry.field(description="What became of it, in order.", metadata=LOADS)
    async def history(self, info: Info) -> list[HistoryStep]:
        """Load it with that of the other resources."""
        rows = await info.context.load(resources.steps_by_subject, self.row["id"])
        return [HistoryStep.of(row) for row in rows]

    @strawberry.field(description="Who offers it, where it is a person.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other resources."""
        if self.row["person_id"] is None:
            return None
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="Who offers it, where it is an organisation.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other resources."""
        if self.row["organisation_id"] is None:
            return None
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(description="Where it lies.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other resources."""
        return await Area.load(info, self.row["area_id"])


_OF_RESOURCE = (
    *("title", "content", "unit", "purpose", "valid_from", "valid_until", "place"),
    *("organisation_name", "offered_at", "reason", "is_favourite"),
)


async def _resources(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await resources.resources_by_id(actor, ids)
    return [None if row is None else Resource.of(row) for row in rows]


async def _reservations(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await resources.reservations_by_id(actor, ids)
    return [None if row is None else ResourceReservation.of(row) for row in rows]


node.register("resource", _resources)
node.register("resource_reservation", _reservations)
