"""Offering, reserving and honouring, in the contract."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.timebank.service import offers, reservations
from domains.timebank.values import OfferKind
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.scalars import TimeMinutes
from schema.timebank.honouring import TimeOffer, TimeReservation
from schema.timebank.inputs import Argument, Key, Replayed


@strawberry.input(description="What is to be offered for minutes.")
class PublishTimeOfferInput:
    """What, for how many, how often, by whom."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    kind: OfferKind = strawberry.field(description="What it is; the scheme says what may be.")
    title: str = strawberry.field(description="What it is called, 1 to 80 characters.")
    description: str = strawberry.field(description="What one gets, 1 to 2,000 characters.")
    minutes: TimeMinutes = strawberry.field(description="For how many minutes, 1 to 600,000.")
    stock: int | None = strawberry.field(
        default=None, description="How many there are; left out: as many as are asked for."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who gives it, where not the community."
    )
    allots_at: datetime | None = strawberry.field(
        default=None, description="When it is allotted by need; left out: as people ask."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="How many there are now.")
class ChangeTimeOfferStockInput:
    """Of what, and how many."""

    offer_id: strawberry.ID = strawberry.field(description="The offer.")
    stock: int | None = strawberry.field(description="How many in all; null: as many as asked.")


@strawberry.input(description="An offer to be closed.")
class CloseTimeOfferInput:
    """Which."""

    offer_id: strawberry.ID = strawberry.field(description="The offer.")


@strawberry.input(description="What is to be reserved.")
class ReserveTimeOfferInput:
    """What, and from which account."""

    offer_id: strawberry.ID = strawberry.field(description="The offer.")
    account_id: strawberry.ID = strawberry.field(description="An account of the caller's.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A reservation to be given up.")
class CancelTimeReservationInput:
    """Which."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")


@strawberry.input(description="A reservation that was honoured.")
class HonourTimeReservationInput:
    """Which, and whether for less."""

    reservation_id: strawberry.ID = strawberry.field(description="The reservation.")
    minutes: TimeMinutes | None = strawberry.field(
        default=None, description="How many minutes, where fewer than were held; the rest is freed."
    )


@strawberry.type(description="The offer, as it is now.")
class TimeOfferPayload:
    """What was published or changed."""

    offer: TimeOffer = strawberry.field(description="The offer.")
    replayed: bool = strawberry.field(default=False, description=Replayed)


@strawberry.type(description="The reservation, as it is now.")
class TimeReservationPayload:
    """What was asked for, given up or honoured."""

    reservation: TimeReservation = strawberry.field(description="The reservation.")
    replayed: bool = strawberry.field(default=False, description=Replayed)


_OFFER = "The offer, or why not."
_RESERVATION = "The reservation, or why not."
PublishTimeOfferResult = Annotated[
    TimeOfferPayload | Refused, strawberry.union("PublishTimeOfferResult", description=_OFFER)
]
ChangeTimeOfferStockResult = Annotated[
    TimeOfferPayload | Refused, strawberry.union("ChangeTimeOfferStockResult", description=_OFFER)
]
CloseTimeOfferResult = Annotated[
    TimeOfferPayload | Refused, strawberry.union("CloseTimeOfferResult", description=_OFFER)
]
ReserveTimeOfferResult = Annotated[
    TimeReservationPayload | Refused,
    strawberry.union("ReserveTimeOfferResult", description=_RESERVATION),
]
CancelTimeReservationResult = Annotated[
    TimeReservationPayload | Refused,
    strawberry.union("CancelTimeReservationResult", description=_RESERVATION),
]
HonourTimeReservationResult = Annotated[
    TimeReservationPayload | Refused,
    strawberry.union("HonourTimeReservationResult", description=_RESERVATION),
]


async def _offered(info: Info, offer_id: UUID, *, replayed: bool = False) -> TimeOfferPayload:
    found = await reloaded(info, TimeOffer.load, offer_id)
    assert found is not None, "an offer is everybody's to see"
    return TimeOfferPayload(offer=found, replayed=replayed)


async def _reserved(
    info: Info, reservation_id: UUID, *, replayed: bool = False
) -> TimeReservationPayload:
    found = await reloaded(info, TimeReservation.load, reservation_id)
    assert found is not None, "who acts on a reservation sees it"
    return TimeReservationPayload(reservation=found, replayed=replayed)


def _offer(text: str) -> UUID:
    return node.decode("time_offer", text, path=("input", "offerId"))


def _reservation(text: str) -> UUID:
    return node.decode("time_reservation", text, path=("input", "reservationId"))


@strawberry.type
class TimeHonouringMutation:
    """Offering, reserving and honouring."""

    @strawberry.mutation(description="Offer something for minutes.")
    async def publish_time_offer(
        self, info: Info, input: Annotated[PublishTimeOfferInput, Argument]
    ) -> PublishTimeOfferResult:
        """Offer it."""
        draft = offers.OfferDraft(
            kind=input.kind,
            title=input.title,
            description=input.description,
            minutes=input.minutes,
            stock=input.stock,
            organisation_id=node.decode_optional(
                "organisation", input.organisation_id, path=("input", "organisationId")
            ),
            allots_at=input.allots_at,
        )
        offer_id, replayed = await offers.publish_offer(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            draft,
            idempotency_key=input.idempotency_key,
        )
        return await _offered(info, offer_id, replayed=replayed)

    @strawberry.mutation(description="Say how many there are; whoever is next has their turn.")
    async def change_time_offer_stock(
        self, info: Info, input: Annotated[ChangeTimeOfferStockInput, Argument]
    ) -> ChangeTimeOfferStockResult:
        """Say it."""
        offer_id = _offer(input.offer_id)
        await offers.change_stock(info.context.actor, offer_id, stock=input.stock)
        return await _offered(info, offer_id)

    @strawberry.mutation(
        description="Close an offer: who waits is told, what is held is still honoured."
    )
    async def close_time_offer(
        self, info: Info, input: Annotated[CloseTimeOfferInput, Argument]
    ) -> CloseTimeOfferResult:
        """Close it."""
        offer_id = _offer(input.offer_id)
        await offers.close_offer(info.context.actor, offer_id)
        return await _offered(info, offer_id)

    @strawberry.mutation(
        description="Reserve what is offered: the minutes are held where it is there, else one"
        " waits in the queue."
    )
    async def reserve_time_offer(
        self, info: Info, input: Annotated[ReserveTimeOfferInput, Argument]
    ) -> ReserveTimeOfferResult:
        """Reserve it."""
        made, replayed = await reservations.reserve_offer(
            info.context.actor,
            _offer(input.offer_id),
            node.decode("time_account", input.account_id, path=("input", "accountId")),
            idempotency_key=input.idempotency_key,
        )
        return await _reserved(info, made, replayed=replayed)

    @strawberry.mutation(description="Give a reservation up; the minutes are free again.")
    async def cancel_time_reservation(
        self, info: Info, input: Annotated[CancelTimeReservationInput, Argument]
    ) -> CancelTimeReservationResult:
        """Give it up."""
        uuid = _reservation(input.reservation_id)
        await reservations.cancel_reservation(info.context.actor, uuid)
        return await _reserved(info, uuid)

    @strawberry.mutation(
        description="Say that what was reserved was given: whoever gave it does, never for oneself."
    )
    async def honour_time_reservation(
        self, info: Info, input: Annotated[HonourTimeReservationInput, Argument]
    ) -> HonourTimeReservationResult:
        """Say it."""
        uuid = _reservation(input.reservation_id)
        replayed = await reservations.honour_reservation(
            info.context.actor, uuid, minutes=input.minutes
        )
        return await _reserved(info, uuid, replayed=replayed)
