"""Holding a review: who is under it, what they report, who rates, and the rating itself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.pledges.errors import RatingIncomplete
from domains.pledges.queries import reviews
from domains.pledges.service import rating, work_reports
from domains.pledges.service import reviews as service
from domains.pledges.values.reviews import ReviewAnswer, ReviewState
from domains.voting import service as voting
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.pledges.inputs import Argument, Key
from schema.pledges.queries import Within, Year, path_of, year_of
from schema.pledges.references import belonging
from schema.pledges.reviews import Review, Reviewee


@strawberry.input(description="Somebody to be put under review.")
class AddRevieweeInput:
    """A person or a body, one of them."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="The person.")
    organisation_id: strawberry.ID | None = strawberry.field(default=None, description="The body.")
    duty: str = strawberry.field(default="", description="What they are there, 120 characters.")


@strawberry.input(description="Somebody to be taken off a review.")
class RemoveRevieweeInput:
    """Who, and why."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="When those under review report in person.")
class SetReviewMeetingInput:
    """Which review, when, and at which meeting."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    meets_at: datetime = strawberry.field(
        description="When: after the reports are due. Ratings are taken from then on."
    )
    meeting_id: strawberry.ID | None = strawberry.field(
        default=None, description="The meeting, where it is kept here."
    )


@strawberry.input(description="A void round to be held again.")
class RepeatReviewInput:
    """Which."""

    review_id: strawberry.ID = strawberry.field(description="The void review.")


@strawberry.input(description="Who rates in a group that is named by hand.")
class NameReviewRatersInput:
    """Instead of whoever was named before."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    group_code: str = strawberry.field(description="The group.")
    person_ids: list[strawberry.ID] = strawberry.field(description="Who, 200 at most.")


@strawberry.input(description="A written work report.")
class FileWorkReportInput:
    """Whose, and what."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    text: str = strawberry.field(description="What it says, 2 to 20,000 characters.")
    upload_id: strawberry.ID | None = strawberry.field(
        default=None, description="A file to it, a complete upload of the caller's."
    )


@strawberry.input(description="An answer on one item.")
class RatingAnswerInput:
    """Which item, and what."""

    item: int = strawberry.field(description="The item's place.")
    satisfaction: ReviewAnswer = strawberry.field(description="What is said of it.")


@strawberry.input(description="A secret rating of somebody under review.")
class RateRevieweeInput:
    """Whom, and each item once."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    answers: list[RatingAnswerInput] = strawberry.field(
        description="One answer for each item of the review."
    )
    receipt: str | None = strawberry.field(
        default=None, description="A random code of the caller's own, 16 to 64 characters."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The review, as it is now.")
class ReviewPayload:
    """What changed."""

    review: Review = strawberry.field(description="The review.")


@strawberry.type(description="Somebody under review, as they stand now.")
class RevieweePayload:
    """What changed."""

    reviewee: Reviewee = strawberry.field(description="The reviewee.")


@strawberry.type(description="The rating is in the box; it cannot be taken back, nor told apart.")
class RatingCast:
    """A receipt that it is there."""

    receipt: str | None = strawberry.field(description="The code under which it can be found.")
    replayed: bool = strawberry.field(description="Whether it was in the box already.")


AddRevieweeResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("AddRevieweeResult", description="The reviewee, or why there is none."),
]
RemoveRevieweeResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("RemoveRevieweeResult", description="The review, or why they stay."),
]
SetReviewMeetingResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("SetReviewMeetingResult", description="The review, or why it has no meeting."),
]
RepeatReviewResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("RepeatReviewResult", description="The new review, or why there is none."),
]
NameReviewRatersResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("NameReviewRatersResult", description="The review, or why its raters stand."),
]
FileWorkReportResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union(
        "FileWorkReportResult", description="The reviewee, or why no report was taken."
    ),
]
RateRevieweeResult = Annotated[
    RatingCast | Refused,
    strawberry.union(
        "RateRevieweeResult", description="That the rating is in the box, or why it is not."
    ),
]


@strawberry.input(description="What a list of reviews is narrowed to.")
class ReviewFilterInput:
    """Every field narrows."""

    states: list[ReviewState] | None = strawberry.field(
        default=None, description="Reviews in one of these states."
    )


@strawberry.type
class ReviewsQuery:
    """Reading reviews."""

    @strawberry.field(description="The reviews of a community or an area, the latest first.")
    async def reviews(
        self,
        info: Info,
        *,
        area_id: Within = None,
        year: Year = None,
        where: Annotated[
            ReviewFilterInput | None, strawberry.argument(description="What to narrow it to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Review]:
        """Read a page of them."""
        states = where.states if where else None
        narrowed = reviews.ReviewFilter(
            area_path=await path_of(area_id),
            year=year_of(year),
            states=tuple(states) if states is not None else None,
        )
        of = listing("reviews", {"where": narrowed})
        at = page(of, first, after)
        found = await reviews.reviews(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Review.of, key=lambda row: (row["scheduled_at"], row["id"])
        )

    @strawberry.field(description="A review; null where there is none.")
    async def review(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The review.")],
    ) -> Review | None:
        """Answer alike for malformed and absent."""
        review_id = node.known("review", id)
        return None if review_id is None else await Review.load(info, review_id)


async def _review(info: Info, review_id: UUID) -> ReviewPayload:
    review = await reloaded(info, Review.load, review_id)
    assert review is not None, "reviews are public"
    return ReviewPayload(review=review)


async def _reviewee(info: Info, reviewee_id: UUID) -> RevieweePayload:
    info.context.become(info.context.actor)
    row = (await reviews.reviewees_by_id(info.context.actor, [reviewee_id]))[0]
    assert row is not None, "who is under review is public"
    return RevieweePayload(reviewee=Reviewee.of(row))


def _review_of(text: str) -> UUID:
    return node.decode("review", text, path=("input", "reviewId"))


def _reviewee_of(text: str) -> UUID:
    return node.decode("reviewee", text, path=("input", "revieweeId"))


@strawberry.type
class ReviewsMutation:
    """From the scheduled review to the rating."""

    @strawberry.mutation(description="Put a person or a body under review, before the rating.")
    async def add_reviewee(
        self, info: Info, input: Annotated[AddRevieweeInput, Argument]
    ) -> AddRevieweeResult:
        """Add them."""
        reviewee_id = await service.add_reviewee(
            info.context.actor,
            _review_of(input.review_id),
            person_id=node.decode_optional("person", input.person_id, path=("input", "personId")),
            organisation_id=node.decode_optional(
                "organisation", input.organisation_id, path=("input", "organisationId")
            ),
            duty=input.duty,
        )
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(description="Take somebody off a review before the rating, with a reason.")
    async def remove_reviewee(
        self, info: Info, input: Annotated[RemoveRevieweeInput, Argument]
    ) -> RemoveRevieweeResult:
        """Take them off."""
        review_id = await service.remove_reviewee(
            info.context.actor, _reviewee_of(input.reviewee_id), reason=input.reason
        )
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Say when those under review report in person; ratings are taken from then on."
    )
    async def set_review_meeting(
        self, info: Info, input: Annotated[SetReviewMeetingInput, Argument]
    ) -> SetReviewMeetingResult:
        """Say it, before the rating."""
        review_id = _review_of(input.review_id)
        meeting_id: UUID | None = None
        if input.meeting_id is not None:
            (row,) = await reviews.reviews_by_id(info.context.actor, [review_id])
            meeting_id = await belonging(
                info,
                "meeting",
                input.meeting_id,
                to=None if row is None else row["area_path"],
                path=("input", "meetingId"),
            )
        await service.set_meeting(
            info.context.actor, review_id, meets_at=input.meets_at, meeting_id=meeting_id
        )
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Hold a void round again, of the same people; once, under the rules of today."
    )
    async def repeat_review(
        self, info: Info, input: Annotated[RepeatReviewInput, Argument]
    ) -> RepeatReviewResult:
        """Begin it."""
        review_id = await service.repeat_review(info.context.actor, _review_of(input.review_id))
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Name who rates in a group of that kind, instead of whoever was named before."
    )
    async def name_review_raters(
        self, info: Info, input: Annotated[NameReviewRatersInput, Argument]
    ) -> NameReviewRatersResult:
        """Name them; nobody rates in two groups."""
        review_id = _review_of(input.review_id)
        await service.name_raters(
            info.context.actor,
            review_id,
            input.group_code,
            [node.decode("person", each, path=("input", "personIds")) for each in input.person_ids],
        )
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Hand a written work report in, or write it anew, until the rating begins."
    )
    async def file_work_report(
        self, info: Info, input: Annotated[FileWorkReportInput, Argument]
    ) -> FileWorkReportResult:
        """Hand it in."""
        reviewee_id = _reviewee_of(input.reviewee_id)
        await work_reports.file_work_report(
            info.context.actor,
            reviewee_id,
            text=input.text,
            upload_id=node.decode_optional("upload", input.upload_id, path=("input", "uploadId")),
        )
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Rate somebody under review in secret, each item once; it cannot be taken back."
    )
    async def rate_reviewee(
        self, info: Info, input: Annotated[RateRevieweeInput, Argument]
    ) -> RateRevieweeResult:
        """Put it into the caller's box."""
        answers = {each.item: each.satisfaction for each in input.answers}
        if len(answers) != len(input.answers):
            raise RatingIncomplete(path=("input", "answers"))
        poll_id, values = await rating.ballot_of(
            info.context.actor, _reviewee_of(input.reviewee_id), answers
        )
        receipt = await voting.cast_ballot(
            info.context.actor,
            poll_id,
            [],
            values=values,
            idempotency_key=input.idempotency_key,
            receipt=input.receipt,
        )
        return RatingCast(receipt=receipt.receipt, replayed=receipt.replayed)
