"""Orders with their steps, places and offers, as the world sees them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, cast
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import orders, people
from domains.matching.rules.ratings import Figure
from domains.matching.values.orders import (
    DisputeOutcome,
    RatingSide,
    ServiceOfferState,
    ServiceOrderState,
    ServicePlaceOrigin,
    ServicePlaceState,
)
from schema import node
from schema.context import LOADS, Info
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Person
from schema.node import Node
from schema.volunteering.records import ServiceRecord

if TYPE_CHECKING:
    from schema.matching.needs import Need


@strawberry.type(description="Ratings, told in groups so that no single one can be found out.")
class RatingFigure:
    """Null where there are too few raters."""

    ratings: int = strawberry.field(description="How many ratings are told of.")
    stars_tenths: int = strawberry.field(description="Their average, in tenths of a star.")

    @classmethod
    def of(cls, figure: Figure | None) -> Self | None:
        """Make it where it may be told."""
        if figure is None:
            return None
        return cls(ratings=figure.ratings, stars_tenths=figure.stars_tenths)


@strawberry.type(description="A step of an order.")
class ServiceOrderStep:
    """From one state to another."""

    from_state: ServiceOrderState | None = strawberry.field(
        description="The state before; null where it began."
    )
    to_state: ServiceOrderState = strawberry.field(description="The state after.")
    at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why, where somebody said so.")


@strawberry.type(description="One volunteer's place in an order.")
class ServicePlace(Node):
    """Seen by the volunteer, by whose need it is, and by staff."""

    state: ServicePlaceState = strawberry.field(description="How far it has come.")
    origin: ServicePlaceOrigin = strawberry.field(description="How it came about.")
    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when.")
    accepted_at: datetime = strawberry.field(description="Since when it is promised.")
    checked_in_at: datetime | None = strawberry.field(description="When the service began.")
    checked_out_at: datetime | None = strawberry.field(description="When it ended.")
    confirm_by: datetime | None = strawberry.field(description="Until when to confirm it.")
    confirmed_at: datetime | None = strawberry.field(description="When it was confirmed.")
    minutes: int | None = strawberry.field(description="The whole minutes recorded.")
    reason: str | None = strawberry.field(description="Why it was given back or called off.")
    dispute_reason: str | None = strawberry.field(description="What one side disagrees with.")
    outcome: DisputeOutcome | None = strawberry.field(description="What staff found.")
    adjudication: str | None = strawberry.field(description="Why staff found so.")
    is_mine: bool = strawberry.field(description="Whether the caller is the volunteer.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        outcome = row["outcome"]
        return cls(
            id=node.encode("service_place", row["id"]),
            state=ServicePlaceState(row["state"]),
            origin=ServicePlaceOrigin(row["origin"]),
            outcome=None if outcome is None else DisputeOutcome(outcome),
            **{name: row[name] for name in _PLACE_PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, place_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(orders.places_by_id, place_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What the volunteer is called.", metadata=LOADS)
    async def volunteer_name(self, info: Info) -> str | None:
        """Load it with those of the other places."""
        return await info.context.load(people.names, self.row["person_id"])

    @strawberry.field(description="The volunteer.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other places."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="The order.", metadata=LOADS)
    async def order(self, info: Info) -> "ServiceOrder | None":
        """Load it with those of the other places."""
        return await ServiceOrder.load(info, self.row["order_id"])

    @strawberry.field(description="The record of the service.", metadata=LOADS)
    async def record(self, info: Info) -> ServiceRecord | None:
        """Load it with those of the other places."""
        record_id: UUID | None = self.row["record_id"]
        return None if record_id is None else await ServiceRecord.load(info, record_id)

    @strawberry.field(description="The stars that the caller gave.", metadata=LOADS)
    async def my_stars(self, info: Info) -> int | None:
        """Load them with those of the other places."""
        return await info.context.load(people.my_ratings, self.row["id"])

    @strawberry.field(
        description="How the volunteer is rated; null while there are too few raters.",
        metadata=LOADS,
    )
    async def volunteer_rating(self, info: Info) -> RatingFigure | None:
        """Load it with those of the other places."""
        rated = (self.row["person_id"], RatingSide.OF_VOLUNTEER)
        return RatingFigure.of(await info.context.load(people.figures, rated))


_PLACE_PLAIN = (
    *("starts_at", "ends_at", "accepted_at", "checked_in_at", "checked_out_at", "confirm_by"),
    *("confirmed_at", "minutes", "reason", "dispute_reason", "adjudication", "is_mine"),
)


@strawberry.type(description="That a volunteer is asked to serve, and why this one.")
class ServiceOffer(Node):
    """Seen by who is asked, and by staff."""

    state: ServiceOfferState = strawberry.field(description="What became of it.")
    rank: int = strawberry.field(description="Whom to ask first: 1 before 2.")
    made_at: datetime = strawberry.field(description="When it was thought of.")
    offered_at: datetime | None = strawberry.field(description="When the volunteer was asked.")
    answer_by: datetime | None = strawberry.field(description="Until when to answer.")
    answered_at: datetime | None = strawberry.field(description="When it came to its end.")
    skills: list[str] = strawberry.field(
        description="Why: the skills asked for that the volunteer has."
    )
    distance_m: int | None = strawberry.field(
        description="Why: how far it is, roughly; null where a position is not known."
    )
    is_free: bool | None = strawberry.field(
        description="Why: whether it lies in the volunteer's times; null where none were said."
    )
    turns: int | None = strawberry.field(
        description="Why: how many services the volunteer had in the last 30 days."
    )
    note: str | None = strawberry.field(description="Why: in staff's own words.")
    is_pinned: bool = strawberry.field(description="Whether staff chose this volunteer.")
    is_automatic: bool = strawberry.field(
        description="Whether it was proposed by the matcher and not by name."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("service_offer", row["id"]),
            state=ServiceOfferState(row["state"]),
            is_automatic=row["run_id"] is not None,
            **{name: row[name] for name in _OFFER_PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, offer_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(orders.offers_by_id, offer_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What the volunteer is called.", metadata=LOADS)
    async def volunteer_name(self, info: Info) -> str | None:
        """Load it with those of the other offers."""
        return await info.context.load(people.names, self.row["person_id"])

    @strawberry.field(description="The order.", metadata=LOADS)
    async def order(self, info: Info) -> "ServiceOrder | None":
        """Load it with those of the other offers."""
        return await ServiceOrder.load(info, self.row["order_id"])

    @strawberry.field(
        description="How the one served is rated; null while there are too few raters.",
        metadata=LOADS,
    )
    async def served_rating(self, info: Info) -> RatingFigure | None:
        """Load it with those of the other offers."""
        rated = (self.row["served_id"], RatingSide.OF_SERVED)
        return RatingFigure.of(await info.context.load(people.figures, rated))

    @strawberry.field(
        description="How the volunteer is rated; null while there are too few raters.",
        metadata=LOADS,
    )
    async def volunteer_rating(self, info: Info) -> RatingFigure | None:
        """Load it with those of the other offers."""
        rated = (self.row["person_id"], RatingSide.OF_VOLUNTEER)
        return RatingFigure.of(await info.context.load(people.figures, rated))


_OFFER_PLAIN = (
    *("rank", "made_at", "offered_at", "answer_by", "answered_at", "skills", "distance_m"),
    *("is_free", "turns", "note", "is_pinned"),
)


@strawberry.type(description="One time of a need, with places for volunteers.")
class ServiceOrder(Node):
    """Seen by who sees the need."""

    number: str = strawberry.field(description="Its number.")
    state: ServiceOrderState = strawberry.field(description="How far it has come.")
    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when.")
    people_wanted: int = strawberry.field(description="How many people it takes.")
    taken: int = strawberry.field(description="How many places are taken.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("service_order", row["id"]),
            number=str(row["number"]),
            state=ServiceOrderState(row["state"]),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            people_wanted=row["people_wanted"],
            taken=row["taken"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, order_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(orders.orders_by_id, order_id)
        return None if row is None else cls.of(row)

    @classmethod
    async def of_need(cls, info: Info, need_id: UUID) -> list[Self]:
        """Load those of a need with those of the other needs."""
        rows = await info.context.load(orders.orders_by_need, need_id)
        return [cls.of(row) for row in rows]

    @strawberry.field(description="What it is a time of.", metadata=LOADS)
    async def need(
        self, info: Info
    ) -> Annotated["Need", strawberry.lazy("schema.matching.needs")] | None:
        """Load it with those of the other orders."""
        found = await node.load(info, "need", self.row["need_id"])
        return cast("Need | None", found)

    @strawberry.field(
        description="Its places, as far as the caller sees them; 200 at most.", metadata=LOADS
    )
    async def places(self, info: Info) -> list[ServicePlace]:
        """Load them with those of the other orders."""
        rows = await info.context.load(orders.places_by_order, self.row["id"])
        return [ServicePlace.of(row) for row in rows]

    @strawberry.field(
        description="Its offers, as far as the caller sees them; 200 at most.", metadata=LOADS
    )
    async def offers(self, info: Info) -> list[ServiceOffer]:
        """Load them with those of the other orders."""
        rows = await info.context.load(orders.offers_by_order, self.row["id"])
        return [ServiceOffer.of(row) for row in rows]

    @strawberry.field(
        description="What became of it, step by step; for whose it is, matched, and staff.",
        metadata=LOADS,
    )
    async def steps(self, info: Info) -> list[ServiceOrderStep]:
        """Load them with those of the other orders."""
        rows = await info.context.load(orders.steps_by_order, self.row["id"])
        return [_step(row) for row in rows]


def _step(row: Row) -> ServiceOrderStep:
    before = row["from_state"]
    return ServiceOrderStep(
        from_state=None if before is None else ServiceOrderState(before),
        to_state=ServiceOrderState(row["to_state"]),
        at=row["at"],
        reason=row["reason"],
    )


async def _orders(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await orders.orders_by_id(actor, ids)
    return [None if row is None else ServiceOrder.of(row) for row in rows]


async def _places(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await orders.places_by_id(actor, ids)
    return [None if row is None else ServicePlace.of(row) for row in rows]


async def _offers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await orders.offers_by_id(actor, ids)
    return [None if row is None else ServiceOffer.of(row) for row in rows]


node.register("service_order", _orders)
node.register("service_place", _places)
node.register("service_offer", _offers)
