"""Reading what is offered, reservations, and the figures."""

from typing import Annotated

import strawberry

from domains.timebank.queries import honouring
from domains.timebank.queries.honouring import OfferFilter, ReservationFilter
from domains.timebank.values import OfferKind, ReservationState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.timebank.honouring import TimeBankFigures, TimeOffer, TimeReservation
from schema.timebank.queries import path_of

Within = Annotated[
    strawberry.ID | None, strawberry.argument(description="An area, with what lies in it.")
]
OfArea = Annotated[
    strawberry.ID, strawberry.argument(description="A community, or an area of several: a city.")
]


@strawberry.type
class TimeHonouringQuery:
    """What minutes are honoured with."""

    @strawberry.field(
        description="What is offered for minutes: services first, then goods and benefits."
    )
    async def time_offers(
        self,
        info: Info,
        area_id: Within = None,
        kinds: Annotated[
            list[OfferKind] | None, strawberry.argument(description="Of one of these kinds.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TimeOffer]:
        """Read a page of what is open."""
        asked = OfferFilter(
            within_path=await path_of(area_id), kinds=None if kinds is None else tuple(kinds)
        )
        of = listing("timeOffers", {"where": asked})
        at = page(of, first, after)
        found = await honouring.offers(info.context.actor, asked, at)
        return connection(
            of, found, at, make=TimeOffer.of, key=lambda row: (row["place"], row["id"])
        )

    @strawberry.field(description="The reservations that the caller sees, the latest first.")
    async def time_reservations(
        self,
        info: Info,
        offer_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of this offer.")
        ] = None,
        states: Annotated[
            list[ReservationState] | None, strawberry.argument(description="In one of these.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TimeReservation]:
        """Read a page of them."""
        asked = ReservationFilter(
            offer_id=None
            if offer_id is None
            else node.known("time_offer", offer_id) or node.NOBODY,
            states=None if states is None else tuple(states),
        )
        of = listing("timeReservations", {"where": asked, "of": info.context.actor.person_id})
        at = page(of, first, after)
        found = await honouring.reservations(info.context.actor, asked, at)
        return connection(of, found, at, make=TimeReservation.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="What a community's time bank, or all in an area together, owe and have"
        " honoured; null before their first day is over."
    )
    async def time_bank_figures(self, info: Info, area_id: OfArea) -> TimeBankFigures | None:
        """Read the latest."""
        row = await honouring.figures(await path_of(area_id) or "//")
        return None if row is None else TimeBankFigures.of(row)

    @strawberry.field(description="The same, day by day, the latest first.")
    async def time_bank_history(
        self, info: Info, area_id: OfArea, first: First = None, after: After = None
    ) -> Connection[TimeBankFigures]:
        """Read a page of days."""
        path = await path_of(area_id) or "//"
        of = listing("timeBankHistory", {"path": path})
        at = page(of, first, after)
        found = await honouring.figures_by_day(path, at)
        return connection(of, found, at, make=TimeBankFigures.of, key=lambda row: (row["day"],))
