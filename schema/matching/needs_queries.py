"""Reading needs, orders, places and offers."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.kernel import codes
from domains.matching.queries import needs, orders
from domains.matching.queries.needs import NeedFilter
from domains.matching.queries.orders import OrderFilter
from domains.matching.values.lists import NeedOrdering
from domains.matching.values.needs import NeedState
from domains.matching.values.orders import ServiceOfferState, ServiceOrderState
from domains.membership.queries import places
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first
from schema.matching.needs import Need
from schema.matching.needs_inputs import point_of
from schema.matching.orders import ServiceOffer, ServiceOrder, ServicePlace
from schema.volunteering.activities_mutations import PositionInput
from schema.volunteering.queries import NOWHERE, Within, path_of


@strawberry.input(description="What a list of needs is narrowed to.")
class NeedFilterInput:
    """Every field narrows."""

    states: list[NeedState] | None = strawberry.field(
        default=None, description="Needs in one of these states; verified ones unless told."
    )
    service_classes: list[ServiceClass] | None = strawberry.field(
        default=None, description="Needs of one of these kinds."
    )
    least_urgency: int | None = strawberry.field(
        default=None, description="Needs at least as urgent, 1 to 4."
    )
    may_be_taken: bool | None = strawberry.field(
        default=None, description="Needs that may be taken from the list, or not."
    )
    ends_after: datetime | None = strawberry.field(
        default=None, description="Needs with a time that ends after this."
    )
    starts_before: datetime | None = strawberry.field(
        default=None, description="Needs with a time, that time itself, that starts before this."
    )
    is_open: bool = strawberry.field(
        default=False, description="Only needs with a time that waits for volunteers."
    )
    near: PositionInput | None = strawberry.field(
        default=None, description="From where distances are told; it is not kept."
    )
    within_m: int | None = strawberry.field(
        default=None, description="Needs within so many metres of it."
    )
    favourites: bool = strawberry.field(
        default=False, description="Only what the caller keeps as a favourite."
    )
    order_by: NeedOrdering = strawberry.field(
        default=NeedOrdering.NEWEST, description="In which order."
    )


@strawberry.input(description="What a list of orders is narrowed to.")
class ServiceOrderFilterInput:
    """Every field narrows."""

    states: list[ServiceOrderState] | None = strawberry.field(
        default=None, description="Orders in one of these states."
    )
    ends_after: datetime | None = strawberry.field(
        default=None, description="Orders that end after this."
    )
    starts_before: datetime | None = strawberry.field(
        default=None, description="Orders that start before this."
    )


@strawberry.type(description="The code that the one served shows; it changes every few seconds.")
class ServiceOrderCode:
    """For who comes to scan."""

    text: str = strawberry.field(description="What is scanned.")
    ends_at: datetime = strawberry.field(description="When the next one is to be fetched.")

    @strawberry.field(description="The code as a QR code in SVG.")
    def svg(self) -> str:
        """Draw it."""
        return codes.drawn(self.text)


@strawberry.type
class NeedsQuery:
    """The lists."""

    @strawberry.field(description="The public list of needs of an area, searched.")
    async def needs(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            NeedFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Need]:
        """Read a page of them."""
        given = filter or NeedFilterInput()
        place = await places.place_of(node.known("area", area_id) or node.NOBODY)
        asked = NeedFilter(
            area_path=place.area_path if place else NOWHERE,
            community_id=place.community_id if place else None,
            ordering=given.order_by,
            states=tuple(given.states) if given.states else (NeedState.VERIFIED,),
            service_classes=(
                tuple(given.service_classes) if given.service_classes is not None else None
            ),
            least_urgency=(
                None if given.least_urgency is None else max(0, min(given.least_urgency, 5))
            ),
            may_be_taken=given.may_be_taken,
            ends_after=given.ends_after,
            starts_before=given.starts_before,
            is_open=given.is_open,
            near=point_of(given.near),
            within_m=given.within_m,
            favourites=given.favourites,
        )
        of = listing("needs", {"asked": asked})
        at = page(of, first, after)
        found = await needs.needs(info.context.actor, asked, at)
        return connection(
            of, found, at, make=Need.of, key=lambda row: needs.key_of(row, given.order_by)
        )

    @strawberry.field(description="Needs that the caller has, posted or helps with, newest first.")
    async def my_needs(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Need]:
        """Read a page of them."""
        of = listing("myNeeds")
        at = page(of, first, after)
        found = await needs.own(info.context.actor, at)
        return connection(
            of, found, at, make=Need.of, key=lambda row: (row["posted_at"], row["id"])
        )

    @strawberry.field(description="Orders of an area that the caller keeps, by their times.")
    async def service_orders(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            ServiceOrderFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ServiceOrder]:
        """Read a page of them."""
        given = filter or ServiceOrderFilterInput()
        asked = OrderFilter(
            area_path=await path_of(area_id),
            states=tuple(given.states) if given.states is not None else None,
            ends_after=given.ends_after,
            starts_before=given.starts_before,
        )
        of = listing("serviceOrders", {"asked": asked})
        at = page(of, first, after)
        found = await orders.orders(info.context.actor, asked, at)
        return connection(
            of, found, at, make=ServiceOrder.of, key=lambda row: (row["starts_at"], row["id"])
        )

    @strawberry.field(description="The caller's own places in orders, the latest first.")
    async def my_service_places(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ServicePlace]:
        """Read a page of them."""
        of = listing("myServicePlaces")
        at = page(of, first, after)
        found = await orders.my_places(info.context.actor, at)
        return connection(
            of, found, at, make=ServicePlace.of, key=lambda row: (row["starts_at"], row["id"])
        )

    @strawberry.field(description="The offers that were made to the caller, the newest first.")
    async def my_service_offers(
        self,
        info: Info,
        states: Annotated[
            list[ServiceOfferState] | None,
            strawberry.argument(description="Offers in one of these states."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ServiceOffer]:
        """Read a page of them."""
        of = listing("myServiceOffers", {"states": states})
        at = page(of, first, after)
        wanted = tuple(states) if states is not None else None
        found = await orders.my_offers(info.context.actor, wanted, at)
        return connection(
            of, found, at, make=ServiceOffer.of, key=lambda row: (row["made_at"], row["id"])
        )

    @strawberry.field(
        description="The code that an order shows now, for the one served and helpers; null for"
        " others."
    )
    async def service_order_code(
        self,
        info: Info,
        order_id: Annotated[strawberry.ID, strawberry.argument(description="The order.")],
    ) -> ServiceOrderCode | None:
        """Make it."""
        uuid = node.known("service_order", order_id) or node.NOBODY
        code = await orders.order_code(info.context.actor, uuid)
        return None if code is None else ServiceOrderCode(text=code.text, ends_at=code.ends_at)
