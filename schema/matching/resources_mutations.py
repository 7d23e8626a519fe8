"""Offering resources, and keeping parts of them for something, from hand to receipt."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import offering_resources, reserving
from domains.matching.service.offering_resources import ResourceDraft
from domains.matching.service.reserving import ReservationDraft
from domains.matching.values.resources import ResourceKind
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.resources import Resource, ResourceReservation
from schema.membership.types import reloaded
from schema.scalars import Fen
from schema.volunteering.inputs import Argument, Key, upload_of


@strawberry.input(description="A time at which something is offered.")
class ResourceWindowInput:
    """From when to when."""

    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when, later.")


@strawberry.input(description="A place on the map, in millionths of a degree.")
class MapPositionInput:
    """Within the bounds that the community's rules name."""

    latitude_e6: int = strawberry.field(description="North is positive.")
    longitude_e6: int = strawberry.field(description="East is positive.")

    def pair(self) -> tuple[int, int]:
        """Hand it to the domain."""
        return self.latitude_e6, self.longitude_e6


@strawberry.input(description="What is offered.")
class OfferResourceInput:
    """By oneself, unless an organisation or, by staff, a person is named."""

    area_id: strawberry.ID = strawberry.field(description="Where it lies.")
    kind: ResourceKind = strawberry.field(description="What it is.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    content: str = strawberry.field(description="What it is, 2 to 2,000 characters.")
    quantity: Fen = strawberry.field(
        description="How much there is; of money, in fen; of a venue, for how many people."
    )
    unit: str = strawberry.field(
        default="分", description="In what it is counted, 1 to 20 characters; money is in fen."
    )
    valid_from: date = strawberry.field(description="The first day.")
    valid_until: date = strawberry.field(description="The last day, within three years.")
    place: str = strawberry.field(description="Where it is, 2 to 120 characters.")
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which organisation offers it."
    )
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who offers it, where staff enters it for them."
    )
    service_class: ServiceClass | None = strawberry.field(
        default=None, description="What kind of service it is for."
    )
    purpose: str | None = strawberry.field(
        default=None, description="What money is for, 2 to 500 characters."
    )
    windows: list[ResourceWindowInput] = strawberry.field(
        default_factory=list, description="When it is offered, 100 at most; a venue needs one."
    )
    position: MapPositionInput | None = strawberry.field(
        default=None, description="Where on the map."
    )
    proof_id: strawberry.ID | None = strawberry.field(
        default=None, description="An upload of the caller's that bears it out."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> ResourceDraft:
        """Hand it to the domain."""
        return ResourceDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            kind=self.kind,
            title=self.title,
            content=self.content,
            quantity=self.quantity,
            unit=self.unit,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            place=self.place,
            organisation_id=node.decode_optional(
                "organisation", self.organisation_id, path=("input", "organisationId")
            ),
            person_id=node.decode_optional("person", self.person_id, path=("input", "personId")),
            service_class=self.service_class,
            purpose=self.purpose,
            windows=tuple((each.starts_at, each.ends_at) for each in self.windows),
            position=self.position.pair() if self.position else None,
            proof_id=upload_of(self.proof_id, path=("input", "proofId")),
        )


@strawberry.input(description="What a look at a resource came to.")
class VerifyResourceInput:
    """By somebody else than who offers it."""

    resource_id: strawberry.ID = strawberry.field(description="The resource.")
    accepted: bool = strawberry.field(description="Whether it is as offered.")
    reason: str = strawberry.field(default="", description="Why; needed where it is not.")


@strawberry.input(description="A resource that is offered no more.")
class WithdrawResourceInput:
    """Which, and why."""

    resource_id: strawberry.ID = strawberry.field(description="The resource.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="A part of a resource to be kept.")
class ReserveResourceInput:
    """For one project, one need or, of money, one fund."""

    resource_id: strawberry.ID = strawberry.field(description="The resource.")
    quantity: Fen = strawberry.field(description="How much of it.")
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project that it is for; one leads it."
    )
    need_id: strawberry.ID | None = strawberry.field(
        default=None, description="The need that it is for, by staff."
    )
    fund_id: strawberry.ID | None = strawberry.field(
        default=None, description="The fund that offered money goes into."
    )
    starts_at: datetime | None = strawberry.field(
        default=None, description="From when; a venue needs it."
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="To when; a venue needs it."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> ReservationDraft:
        """Hand it to the domain."""
        return ReservationDraft(
            resource_id=_resource_of(self.resource_id),
            quantity=self.quantity,
            project_id=node.decode_optional(
                "service_project", self.project_id, path=("input", "projectId")
            ),
            need_id=node.decode_optional("need", self.need_id, path=("input", "needId")),
            fund_id=node.decode_optional("fund", self.fund_id, path=("input", "fundId")),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


@strawberry.input(description="A reservation to be given back.")
class ReleaseReservationInput:
    """Before it was delivered."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="A reservation that its provider stands by.")
class CommitReservationInput:
    """In time."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")


@strawberry.input(description="A reservation that was handed over, or served.")
class DeliverReservationInput:
    """By its provider."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")


@strawberry.input(description="A receipt.")
class ReceiptReservationInput:
    """By somebody else than who delivered it."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")
    note: str = strawberry.field(description="What came, 2 to 300 characters; it is disclosed.")
    proof_id: strawberry.ID | None = strawberry.field(
        default=None, description="The signed receipt; goods need one."
    )


@strawberry.type(description="The resource, as things stand now.")
class ResourcePayload:
    """What was dealt with."""

    resource: Resource | None = strawberry.field(description="The resource.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The reservation, as things stand now.")
class ReservationPayload:
    """What was dealt with."""

    reservation: ResourceReservation | None = strawberry.field(description="The reservation.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


OfferResourceResult = Annotated[
    ResourcePayload | Refused,
    strawberry.union("OfferResourceResult", description="The resource, or why not."),
]
VerifyResourceResult = Annotated[
    ResourcePayload | Refused,
    strawberry.union("VerifyResourceResult", description="The resource, or why not."),
]
WithdrawResourceResult = Annotated[
    ResourcePayload | Refused,
    strawberry.union("WithdrawResourceResult", description="The resource, or why not."),
]
ReserveResourceResult = Annotated[
    ReservationPayload | Refused,
    strawberry.union("ReserveResourceResult", description="The reservation, or why not."),
]
ReleaseReservationResult = Annotated[
    ReservationPayload | Refused,
    strawberry.union("ReleaseReservationResult", description="The reservation, or why not."),
]
CommitReservationResult = Annotated[
    ReservationPayload | Refused,
    strawberry.union("CommitReservationResult", description="The reservation, or why not."),
]
DeliverReservationResult = Annotated[
    ReservationPayload | Refused,
    strawberry.union("DeliverReservationResult", description="The reservation, or why not."),
]
ReceiptReservationResult = Annotated[
    ReservationPayload | Refused,
    strawberry.union("ReceiptReservationResult", description="The reservation, or why not."),
]


def _resource_of(text: str) -> UUID:
    return node.decode("resource", text, path=("input", "resourceId"))


def _reservation_of(text: str) -> UUID:
    return node.decode("resource_reservation", text, path=("input", "reservationId"))


async def _resource(info: Info, resource_id: UUID, *, replayed: bool = False) -> ResourcePayload:
    resource = await reloaded(info, Resource.load, resource_id)
    return ResourcePayload(resource=resource, replayed=replayed)


async def _reservation(
    info: Info, reservation_id: UUID, *, replayed: bool = False
) -> ReservationPayload:
    reservation = await reloaded(info, ResourceReservation.load, reservation_id)
    return ReservationPayload(reservation=reservation, replayed=replayed)


@strawberry.type
class ResourcesMutation:
    """From the offer to the receipt."""

    @strawberry.mutation(description="Offer something to others; staff looks at it first.")
    async def offer_resource(
        self, info: Info, input: Annotated[OfferResourceInput, Argument]
    ) -> OfferResourceResult:
        """Offer it."""
        resource_id, replayed = await offering_resources.offer_resource(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _resource(info, resource_id, replayed=replayed)

    @strawberry.mutation(description="Say after a look whether a resource is as offered.")
    async def verify_resource(
        self, info: Info, input: Annotated[VerifyResourceInput, Argument]
    ) -> VerifyResourceResult:
        """Say so."""
        resource_id = await offering_resources.verify_resource(
            info.context.actor,
            _resource_of(input.resource_id),
            accepted=input.accepted,
            reason=input.reason,
        )
        return await _resource(info, resource_id)

    @strawberry.mutation(description="Offer a resource no more.")
    async def withdraw_resource(
        self, info: Info, input: Annotated[WithdrawResourceInput, Argument]
    ) -> WithdrawResourceResult:
        """Withdraw it."""
        resource_id = await offering_resources.withdraw_resource(
            info.context.actor, _resource_of(input.resource_id), reason=input.reason
        )
        return await _resource(info, resource_id)

    @strawberry.mutation(
        description="Keep a part of a resource for a while; it never exceeds what there is."
    )
    async def reserve_resource(
        self, info: Info, input: Annotated[ReserveResourceInput, Argument]
    ) -> ReserveResourceResult:
        """Reserve it."""
        reservation_id, replayed = await reserving.reserve_resource(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _reservation(info, reservation_id, replayed=replayed)

    @strawberry.mutation(description="Give back what was reserved, and not delivered.")
    async def release_reservation(
        self, info: Info, input: Annotated[ReleaseReservationInput, Argument]
    ) -> ReleaseReservationResult:
        """Release it."""
        reservation_id = await reserving.release_reservation(
            info.context.actor, _reservation_of(input.reservation_id), reason=input.reason
        )
        return await _reservation(info, reservation_id)

    @strawberry.mutation(description="Stand by what was reserved.")
    async def commit_reservation(
        self, info: Info, input: Annotated[CommitReservationInput, Argument]
    ) -> CommitReservationResult:
        """Commit it."""
        reservation_id = await reserving.commit_reservation(
            info.context.actor, _reservation_of(input.reservation_id)
        )
        return await _reservation(info, reservation_id)

    @strawberry.mutation(description="Say that it was handed over, or served.")
    async def deliver_reservation(
        self, info: Info, input: Annotated[DeliverReservationInput, Argument]
    ) -> DeliverReservationResult:
        """Deliver it."""
        reservation_id = await reserving.deliver_reservation(
            info.context.actor, _reservation_of(input.reservation_id)
        )
        return await _reservation(info, reservation_id)

    @strawberry.mutation(description="Sign for what somebody else delivered; it is disclosed.")
    async def receipt_reservation(
        self, info: Info, input: Annotated[ReceiptReservationInput, Argument]
    ) -> ReceiptReservationResult:
        """Sign for it."""
        reservation_id = await reserving.receipt_reservation(
            info.context.actor,
            _reservation_of(input.reservation_id),
            note=input.note,
            proof_id=upload_of(input.proof_id, path=("input", "proofId")),
        )
        return await _reservation(info, reservation_id)
