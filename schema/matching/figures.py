"""How the exchange works, as data for charts; and what it is short of."""

from datetime import date
from typing import Annotated, Self

import strawberry

from domains.kernel import clock
from domains.kernel.errors import InvalidInput
from domains.matching.queries import figures
from domains.matching.queries.figures import ServiceFigures
from domains.matching.rules.watching import Weeks
from domains.matching.solving.reasons import Reason
from domains.membership.queries import places
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.matching import needs_enums as _needs  # noqa: F401  # describes the enums first
from schema.matching import runs as _runs  # noqa: F401  # describes the reasons first
from schema.membership.types import Area
from schema.volunteering.queries import Within

_KEEPERS = "for who keeps the exchange; null for others, and where of too few people"


@strawberry.type(description="How services fared: those that had their time.")
class MatchingFigures:
    """Of a week, or of all of them."""

    services: int = strawberry.field(description="How many services had their time.")
    places_wanted: int = strawberry.field(description="How many people they wanted.")
    places_filled: int = strawberry.field(description="How many of them were found.")
    fill_permille: int | None = strawberry.field(
        description="The part of places that was filled, in thousandths; null where none was"
        " wanted."
    )
    waiting_minutes: int | None = strawberry.field(
        description="From the making of an order until all were found, half of the orders took at"
        " most so long; null where of too few people."
    )
    waiting_minutes_nine_in_ten: int | None = strawberry.field(
        description="Nine in ten of them took at most so long; null where of too few people."
    )
    distance_m: int | None = strawberry.field(
        description="Half of those who came by an offer came from at most so far, in metres; null"
        " where of too few people."
    )
    uneven_permille: int | None = strawberry.field(
        description="How unevenly the minutes served lie on those who served, as a Gini"
        f" coefficient in thousandths: 0 is evenly; {_KEEPERS}."
    )
    servers: int | None = strawberry.field(description=f"How many people served; {_KEEPERS}.")
    no_shows: int | None = strawberry.field(
        description=f"How often somebody did not come; {_KEEPERS}."
    )
    accepted: int | None = strawberry.field(
        description=f"How many offers were accepted; {_KEEPERS}."
    )
    declined: int | None = strawberry.field(description=f"How many were declined; {_KEEPERS}.")
    expired: int | None = strawberry.field(
        description=f"How many nobody answered in time; {_KEEPERS}."
    )

    @classmethod
    def of(cls, told: ServiceFigures) -> Self:
        """Make it from what is told."""
        return cls(
            services=told.services,
            places_wanted=told.wanted,
            places_filled=told.filled,
            fill_permille=told.filled * 1000 // told.wanted if told.wanted else None,
            waiting_minutes=told.waited_median,
            waiting_minutes_nine_in_ten=told.waited_most,
            **{name: getattr(told, name) for name in _PLAIN},
        )


_PLAIN = (
    *("distance_m", "uneven_permille", "servers", "no_shows", "accepted", "declined", "expired"),
)


@strawberry.type(description="A point of the series: one week.")
class MatchingWeek:
    """From its Monday on."""

    starts_on: date = strawberry.field(description="Its Monday.")
    figures: MatchingFigures = strawberry.field(description="How its services fared.")


@strawberry.type(description="Places that stayed empty, for one reason.")
class UnmetReason:
    """As the last run of the matcher that looked for somebody told it."""

    reason: Reason = strawberry.field(description="Why.")
    places: int = strawberry.field(description="How many.")


@strawberry.type(description="What stayed unmet of a kind of service in a part of the area.")
class UnmetServices:
    """What to recruit for, and where."""

    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    services: int = strawberry.field(description="How many services found nobody, or too few.")
    places: int = strawberry.field(description="How many people were missing.")
    reasons: list[UnmetReason] = strawberry.field(
        description="Why, where a run of the matcher looked; the most frequent first."
    )
    row: strawberry.Private[figures.Unmet]

    @classmethod
    def of(cls, told: figures.Unmet) -> Self:
        """Make it from what is told."""
        return cls(
            service_class=told.service_class,
            services=told.services,
            places=told.places,
            reasons=[UnmetReason(reason=Reason(reason), places=n) for reason, n in told.reasons],
            row=told,
        )

    @strawberry.field(description="The part of the area.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the others."""
        return await Area.load(info, self.row.area_id)


@strawberry.type(description="How an exchange worked, in whole weeks.")
class MatchingReport:
    """Data for charts."""

    weeks: list[MatchingWeek] = strawberry.field(
        description="Week by week, the first first; 53 at most."
    )
    whole: MatchingFigures = strawberry.field(
        description="All weeks together; absences and offers are those of the weeks that are told."
    )
    unmet: list[UnmetServices] | None = strawberry.field(
        description="What stayed unmet, most first, by kind of service and by the areas right"
        " below; for who keeps the exchange, null for others."
    )
    least_people: int = strawberry.field(
        description="Of how many people on medians, absences, offers and shares are told."
    )


@strawberry.type
class MatchingReportQuery:
    """Watching it work."""

    @strawberry.field(
        description="How the exchange of an area worked, in whole weeks from a Monday on; null"
        " for who does not belong there."
    )
    async def matching_report(
        self,
        info: Info,
        area_id: Within,
        since: Annotated[
            date | None,
            strawberry.argument(
                description="A day of the first week; 12 weeks in all unless told."
            ),
        ] = None,
        until: Annotated[
            date | None,
            strawberry.argument(description="A day of the last week; today unless told."),
        ] = None,
    ) -> MatchingReport | None:
        """Read the weeks that hold these days."""
        place = await places.place_of(node.known("area", area_id) or node.NOBODY)
        if place is None:
            return None
        weeks = Weeks.between(since, until, today=await clock.today())
        if weeks is None:
            raise InvalidInput(
                path=("since",),
                zh="期间须为先后相接的 1 至 53 周。",
                en="A period goes forward, and is 53 weeks at most.",
            )
        told = await figures.figures(info.context.actor, place, weeks)
        if told is None:
            return None
        return MatchingReport(
            weeks=[
                MatchingWeek(starts_on=monday, figures=MatchingFigures.of(each))
                for monday, each in told.weeks
            ],
            whole=MatchingFigures.of(told.whole),
            unmet=(None if told.unmet is None else [UnmetServices.of(each) for each in told.unmet]),
            least_people=told.k,
        )
