"""A community year on year, as data for charts and as a report."""

from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.pledges.queries import comparison
from domains.pledges.queries.comparison import BodyScore, YearFigures
from domains.pledges.service import annual_reports
from domains.pledges.values.reviews import Half, ReportFormat
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Organisation
from schema.pledges import review_enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.queries import OfYear, year_of
from schema.pledges.reviews import RatingAnswers
from schema.pledges.scoreboard import PledgeScore
from schema.voting.figures import ExactNumber


@strawberry.type(description="What was said of an item, all under review together.")
class ItemSatisfaction:
    """The rate weighs the groups."""

    label: str = strawberry.field(description="The item.")
    is_overall: bool = strawberry.field(description="Whether it is the whole.")
    answers: RatingAnswers = strawberry.field(description="All groups' answers together.")
    satisfaction: ExactNumber | None = strawberry.field(
        description="The weighted rate; null where nobody says anything."
    )

    @classmethod
    def of(cls, item: comparison.ItemSatisfaction) -> Self:
        """Show it."""
        return cls(
            label=item.label,
            is_overall=item.is_overall,
            answers=RatingAnswers.of(item.answers),
            satisfaction=None if item.rate is None else ExactNumber.of(item.rate),
        )


@strawberry.type(description="A published review of the year, item by item.")
class ReviewSatisfaction:
    """All under review together."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    half: Half = strawberry.field(description="Which half.")
    is_second: bool = strawberry.field(description="Whether it was held after a rectification.")
    items: list[ItemSatisfaction] = strawberry.field(description="By item, the whole last.")


@strawberry.type(description="How a body kept its pledges of a year.")
class YearBodyScore:
    """One of the thirty that promised most; pledgeScoresByBody has all."""

    name: str = strawberry.field(description="What the body is called.")
    score: PledgeScore = strawberry.field(description="Its figures.")
    organisation_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, body: BodyScore) -> Self:
        """Show it."""
        return cls(
            name=body.name,
            score=PledgeScore.of(body.score),
            organisation_id=body.organisation_id,
        )

    @strawberry.field(description="The body.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        return await Organisation.load(info, self.organisation_id)


@strawberry.type(description="A year of a community beside its other years.")
class PledgeYear:
    """What was promised, and how it was found."""

    year: int = strawberry.field(description="The year.")
    score: PledgeScore = strawberry.field(description="How its pledges were kept.")
    bodies: list[YearBodyScore] = strawberry.field(
        description="How each body kept its own, whoever promised most first; 30 at most."
    )
    reviews: list[ReviewSatisfaction] = strawberry.field(
        description="Its published reviews, in order."
    )

    @classmethod
    def of(cls, figures: YearFigures) -> Self:
        """Show it."""
        return cls(
            year=figures.year,
            score=PledgeScore.of(figures.score),
            bodies=[YearBodyScore.of(each) for each in figures.bodies],
            reviews=[
                ReviewSatisfaction(
                    review_id=node.encode("review", each.review_id),
                    half=each.half,
                    is_second=each.is_second,
                    items=[ItemSatisfaction.of(item) for item in each.items],
                )
                for each in figures.reviews
            ],
        )


@strawberry.type(description="Where a year's report is fetched as a file.")
class PledgeReportFile:
    """The same bytes on the same day, as long as nothing changes."""

    address: str = strawberry.field(
        description="Where it is fetched for some minutes, on this server where it begins with /."
    )
    sha256: str = strawberry.field(description="What the file hashes to, in hexadecimal.")
    size_bytes: int = strawberry.field(description="How long it is.")


Community = Annotated[strawberry.ID, strawberry.argument(description="The community.")]
AsFormat = Annotated[ReportFormat, strawberry.argument(description="As what kind of file.")]


@strawberry.type
class PledgeComparisonQuery:
    """Years beside one another."""

    @strawberry.field(
        description="A community year on year, in order: the ten years up to the last asked for."
    )
    async def pledge_years(
        self,
        info: Info,
        *,
        community_id: Community,
        first_year: Annotated[int, strawberry.argument(description="The first year.")],
        last_year: Annotated[int, strawberry.argument(description="The last year.")],
    ) -> list[PledgeYear]:
        """Read them; none where there is no such community."""
        uuid = node.known("area", community_id)
        first, last = year_of(first_year), year_of(last_year)
        if uuid is None or not first or not last:
            return []
        found = await comparison.years(info.context.actor, uuid, first_year=first, last_year=last)
        return [PledgeYear.of(each) for each in found]

    @strawberry.field(
        description="A community's year of promises and reviews as a report in Chinese, for who"
        " belongs there; null for others."
    )
    async def pledge_annual_report(
        self,
        info: Info,
        *,
        community_id: Community,
        year: OfYear,
        format: AsFormat = ReportFormat.PDF,
    ) -> PledgeReportFile | None:
        """Put it in place."""
        uuid, of_year = node.known("area", community_id), year_of(year)
        if uuid is None or not of_year:
            return None
        file = await annual_reports.annual_file(info.context.actor, uuid, of_year, format)
        if file is None:
            return None
        return PledgeReportFile(
            address=file.address, sha256=file.sha256.hex(), size_bytes=file.size_bytes
        )
