"""Orders: offering, answering, taking, coming, confirming, rating."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import (
    attending,
    calling_off,
    confirming,
    disputing,
    leaving,
    offering,
    opening,
    rating,
    seating,
)
from domains.matching.service.disputing import Finding
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.orders import ServiceOffer, ServiceOrder, ServicePlace
from schema.matching.orders_inputs import (
    AdjudicateServiceInput,
    AnswerServiceOfferInput,
    CancelServiceOrderInput,
    CheckInToOrderInput,
    CheckOutOfOrderInput,
    ConfirmServiceInput,
    DisputeServiceInput,
    LeaveServicePlaceInput,
    OfferServiceOrderInput,
    OpenServiceOrderInput,
    RateServiceInput,
    ReportNoShowInput,
    TakeServiceOrderInput,
    WithdrawServiceOfferInput,
)
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument


@strawberry.type(description="The order, as things stand now.")
class ServiceOrderPayload:
    """What was dealt with."""

    order: ServiceOrder | None = strawberry.field(description="The order.")


@strawberry.type(description="The offer, as things stand now.")
class ServiceOfferPayload:
    """What was dealt with."""

    offer: ServiceOffer | None = strawberry.field(description="The offer.")


@strawberry.type(description="The place, as things stand now.")
class ServicePlacePayload:
    """What was dealt with."""

    place: ServicePlace | None = strawberry.field(description="The place.")


OpenServiceOrderResult = Annotated[
    ServiceOrderPayload | Refused,
    strawberry.union("OpenServiceOrderResult", description="The order, or why not."),
]
CancelServiceOrderResult = Annotated[
    ServiceOrderPayload | Refused,
    strawberry.union("CancelServiceOrderResult", description="The order, or why not."),
]
OfferServiceOrderResult = Annotated[
    ServiceOrderPayload | Refused,
    strawberry.union("OfferServiceOrderResult", description="The order, or why not."),
]
WithdrawServiceOfferResult = Annotated[
    ServiceOfferPayload | Refused,
    strawberry.union("WithdrawServiceOfferResult", description="The offer, or why not."),
]
AnswerServiceOfferResult = Annotated[
    ServiceOfferPayload | Refused,
    strawberry.union("AnswerServiceOfferResult", description="The offer, or why not."),
]
TakeServiceOrderResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("TakeServiceOrderResult", description="The place, or why not."),
]
LeaveServicePlaceResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("LeaveServicePlaceResult", description="The place, or why not."),
]
CheckInToOrderResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("CheckInToOrderResult", description="The place, or why not."),
]
CheckOutOfOrderResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("CheckOutOfOrderResult", description="The place, or why not."),
]
ConfirmServiceResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("ConfirmServiceResult", description="The place, or why not."),
]
ReportNoShowResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("ReportNoShowResult", description="The place, or why not."),
]
DisputeServiceResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("DisputeServiceResult", description="The place, or why not."),
]
AdjudicateServiceResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("AdjudicateServiceResult", description="The place, or why not."),
]
RateServiceResult = Annotated[
    ServicePlacePayload | Refused,
    strawberry.union("RateServiceResult", description="The place, or why not."),
]


def _order_of(text: str) -> UUID:
    return node.decode("service_order", text, path=("input", "orderId"))


def _offer_of(text: str) -> UUID:
    return node.decode("service_offer", text, path=("input", "offerId"))


def _place_of(text: str) -> UUID:
    return node.decode("service_place", text, path=("input", "placeId"))


async def _order(info: Info, order_id: UUID) -> ServiceOrderPayload:
    return ServiceOrderPayload(order=await reloaded(info, ServiceOrder.load, order_id))


async def _offer(info: Info, offer_id: UUID) -> ServiceOfferPayload:
    return ServiceOfferPayload(offer=await reloaded(info, ServiceOffer.load, offer_id))


async def _place(info: Info, place_id: UUID) -> ServicePlacePayload:
    return ServicePlacePayload(place=await reloaded(info, ServicePlace.load, place_id))


@strawberry.type
class ServiceOrdersMutation:
    """Before a service."""

    @strawberry.mutation(description="Open an order that was held.")
    async def open_service_order(
        self, info: Info, input: Annotated[OpenServiceOrderInput, Argument]
    ) -> OpenServiceOrderResult:
        """Hand it to the domain."""
        order_id = await opening.open_order(info.context.actor, _order_of(input.order_id))
        return await _order(info, order_id)

    @strawberry.mutation(description="Call an order off, with its offers and places.")
    async def cancel_service_order(
        self, info: Info, input: Annotated[CancelServiceOrderInput, Argument]
    ) -> CancelServiceOrderResult:
        """Hand it to the domain."""
        order_id = await calling_off.cancel_order(
            info.context.actor, _order_of(input.order_id), reason=input.reason
        )
        return await _order(info, order_id)

    @strawberry.mutation(description="Ask volunteers by name; each is told why.")
    async def offer_service_order(
        self, info: Info, input: Annotated[OfferServiceOrderInput, Argument]
    ) -> OfferServiceOrderResult:
        """Hand it to the domain."""
        order_id = _order_of(input.order_id)
        volunteer_ids = [
            node.decode("volunteer", each, path=("input", "volunteerIds"))
            for each in input.volunteer_ids
        ]
        await offering.offer_order(
            info.context.actor, order_id, volunteer_ids, note=input.note, is_pinned=input.is_pinned
        )
        return await _order(info, order_id)

    @strawberry.mutation(description="Take an offer back; the next reserve is asked.")
    async def withdraw_service_offer(
        self, info: Info, input: Annotated[WithdrawServiceOfferInput, Argument]
    ) -> WithdrawServiceOfferResult:
        """Hand it to the domain."""
        offer_id = await offering.withdraw_offer(
            info.context.actor, _offer_of(input.offer_id), reason=input.reason
        )
        return await _offer(info, offer_id)

    @strawberry.mutation(description="Accept or decline an offer before its deadline.")
    async def answer_service_offer(
        self, info: Info, input: Annotated[AnswerServiceOfferInput, Argument]
    ) -> AnswerServiceOfferResult:
        """Hand it to the domain."""
        offer_id = await offering.answer_offer(
            info.context.actor, _offer_of(input.offer_id), accept=input.accept
        )
        return await _offer(info, offer_id)

    @strawberry.mutation(description="Take a place directly from the list.")
    async def take_service_order(
        self, info: Info, input: Annotated[TakeServiceOrderInput, Argument]
    ) -> TakeServiceOrderResult:
        """Hand it to the domain."""
        place_id = await seating.take_order(info.context.actor, _order_of(input.order_id))
        return await _place(info, place_id)

    @strawberry.mutation(description="Give a place back; the next reserve is asked.")
    async def leave_service_place(
        self, info: Info, input: Annotated[LeaveServicePlaceInput, Argument]
    ) -> LeaveServicePlaceResult:
        """Hand it to the domain."""
        place_id = await leaving.leave_place(
            info.context.actor, _place_of(input.place_id), reason=input.reason
        )
        return await _place(info, place_id)


@strawberry.type
class ServiceGivenMutation:
    """A service and what follows it."""

    @strawberry.mutation(description="Begin a service.")
    async def check_in_to_order(
        self, info: Info, input: Annotated[CheckInToOrderInput, Argument]
    ) -> CheckInToOrderResult:
        """Hand it to the domain."""
        place_id = await attending.check_in(
            info.context.actor, _place_of(input.place_id), code=input.code
        )
        return await _place(info, place_id)

    @strawberry.mutation(description="End a service; it waits to be confirmed.")
    async def check_out_of_order(
        self, info: Info, input: Annotated[CheckOutOfOrderInput, Argument]
    ) -> CheckOutOfOrderResult:
        """Hand it to the domain."""
        place_id = await attending.check_out(
            info.context.actor, _place_of(input.place_id), code=input.code
        )
        return await _place(info, place_id)

    @strawberry.mutation(description="Confirm a service: it is recorded and credited with it.")
    async def confirm_service(
        self, info: Info, input: Annotated[ConfirmServiceInput, Argument]
    ) -> ConfirmServiceResult:
        """Hand it to the domain."""
        place_id = await confirming.confirm_service(info.context.actor, _place_of(input.place_id))
        return await _place(info, place_id)

    @strawberry.mutation(description="Say that a volunteer did not come.")
    async def report_no_show(
        self, info: Info, input: Annotated[ReportNoShowInput, Argument]
    ) -> ReportNoShowResult:
        """Hand it to the domain."""
        place_id = await disputing.report_no_show(info.context.actor, _place_of(input.place_id))
        return await _place(info, place_id)

    @strawberry.mutation(description="Disagree with what is said of a service.")
    async def dispute_service(
        self, info: Info, input: Annotated[DisputeServiceInput, Argument]
    ) -> DisputeServiceResult:
        """Hand it to the domain."""
        place_id = await disputing.dispute_service(
            info.context.actor, _place_of(input.place_id), reason=input.reason
        )
        return await _place(info, place_id)

    @strawberry.mutation(description="Judge a dispute.")
    async def adjudicate_service(
        self, info: Info, input: Annotated[AdjudicateServiceInput, Argument]
    ) -> AdjudicateServiceResult:
        """Hand it to the domain."""
        finding = Finding(input.outcome, input.reason, input.started_at, input.ended_at)
        place_id = await disputing.adjudicate_service(
            info.context.actor, _place_of(input.place_id), finding
        )
        return await _place(info, place_id)

    @strawberry.mutation(description="Rate a service, once a side.")
    async def rate_service(
        self, info: Info, input: Annotated[RateServiceInput, Argument]
    ) -> RateServiceResult:
        """Hand it to the domain."""
        place_id = await rating.rate_service(
            info.context.actor, _place_of(input.place_id), stars=input.stars
        )
        return await _place(info, place_id)
