"""Reading what follows a review: remarks, and appraisals for whom they are about."""

from typing import Annotated

import strawberry

from domains.pledges.queries import follow_up
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.pledges.follow_up import Appraisal, ReviewRemark
from schema.pledges.queries import Within, Year, path_of, year_of


@strawberry.type
class ReviewFollowUpQuery:
    """Reading what follows."""

    @strawberry.field(
        description="The remarks on somebody under review, in a random order: to everybody once"
        " the result is published, to the street once it is counted."
    )
    async def review_remarks(
        self,
        info: Info,
        *,
        reviewee_id: Annotated[strawberry.ID, strawberry.argument(description="The reviewee.")],
        topic_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Those under this topic.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ReviewRemark]:
        """Read a page of them."""
        uuid = node.known("reviewee", reviewee_id) or node.NOBODY
        topic = None if topic_id is None else node.known("remark_topic", topic_id) or node.NOBODY
        of = listing("reviewRemarks", {"reviewee": uuid, "topic": topic})
        at = page(of, first, after)
        found = await follow_up.remarks(info.context.actor, uuid, at, topic_id=topic)
        return connection(of, found, at, make=ReviewRemark.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="Appraisals, the latest first: one's own, and for the street those of its area."
    )
    async def appraisals(
        self,
        info: Info,
        *,
        area_id: Within = None,
        year: Year = None,
        mine: Annotated[bool, strawberry.argument(description="Only the caller's own.")] = False,
        first: First = None,
        after: After = None,
    ) -> Connection[Appraisal]:
        """Read a page of them."""
        within, of_year = await path_of(area_id), year_of(year)
        of = listing("appraisals", {"within": within, "year": of_year, "mine": mine})
        at = page(of, first, after)
        found = await follow_up.appraisals(
            info.context.actor, at, within=within, year=of_year, own=mine
        )
        return connection(of, found, at, make=Appraisal.of, key=lambda row: (row["at"], row["id"]))
