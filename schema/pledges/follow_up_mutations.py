"""What follows a review: remarks, publication, what is to be put right, and the appraisal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.pledges.queries import follow_up, reviews
from domains.pledges.service import appraisals, publication, rectifications, remarks
from domains.pledges.values.reviews import AppraisalGrade
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.pledges.follow_up import Appraisal
from schema.pledges.inputs import Argument
from schema.pledges.reviews import Review, Reviewee
from schema.pledges.reviews_mutations import RevieweePayload, ReviewPayload


@strawberry.input(description="A remark on somebody whom the caller rates.")
class RemarkOnRevieweeInput:
    """Whom, and what; nothing keeps whose it is."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    text: str = strawberry.field(description="The remark, 2 to 1,000 characters.")


@strawberry.input(description="Remarks on somebody to be put under a topic.")
class GroupReviewRemarksInput:
    """Before the result is published."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    topic: str = strawberry.field(description="What they are about, 2 to 60 characters.")
    remark_ids: list[strawberry.ID] = strawberry.field(description="Which, 200 at most.")


@strawberry.input(description="A remark to be kept from the public.")
class WithholdReviewRemarkInput:
    """Which, and why: the reason is public."""

    remark_id: strawberry.ID = strawberry.field(description="The remark.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="A counted review to be published.")
class PublishReviewInput:
    """Which."""

    review_id: strawberry.ID = strawberry.field(description="The review.")


@strawberry.input(description="An answer to remarks on a topic.")
class AnswerReviewRemarksInput:
    """By whoever is under review."""

    topic_id: strawberry.ID = strawberry.field(description="The topic.")
    answer: str = strawberry.field(description="The answer, 2 to 2,000 characters.")


@strawberry.input(description="Something to be put right.")
class OrderRectificationInput:
    """By whom, and what; the day is the rules'."""

    reviewee_id: strawberry.ID = strawberry.field(description="The reviewee.")
    demand: str = strawberry.field(description="What, 2 to 2,000 characters.")


@strawberry.input(description="How something was put right.")
class ReportRectificationInput:
    """By whoever had to."""

    rectification_id: strawberry.ID = strawberry.field(description="The order.")
    text: str = strawberry.field(description="How, 2 to 5,000 characters.")


@strawberry.input(description="Whether something is put right.")
class JudgeRectificationInput:
    """By somebody else than who reported it."""

    rectification_id: strawberry.ID = strawberry.field(description="The order.")
    passed: bool = strawberry.field(description="Whether it is put right.")
    verdict: str = strawberry.field(description="Why, 2 to 1,000 characters.")


@strawberry.input(description="A second review of those who had to put something right.")
class HoldSecondReviewInput:
    """Of which review."""

    review_id: strawberry.ID = strawberry.field(description="The first review.")


@strawberry.input(description="The year's appraisal of a person.")
class RecordAppraisalInput:
    """On a published review of theirs."""

    reviewee_id: strawberry.ID = strawberry.field(
        description="The person, in the review that it rests on."
    )
    grade: AppraisalGrade = strawberry.field(description="What the year comes to.")
    affects_pay: bool = strawberry.field(description="Whether it affects pay.")
    affects_awards: bool = strawberry.field(description="Whether it affects awards.")
    affects_promotion: bool = strawberry.field(description="Whether it affects promotion.")
    reason: str = strawberry.field(description="Why, 2 to 2,000 characters.")


@strawberry.input(description="A reply to one's own appraisal.")
class ReplyToAppraisalInput:
    """Once, until its day."""

    appraisal_id: strawberry.ID = strawberry.field(description="The appraisal.")
    text: str = strawberry.field(description="The reply, 2 to 2,000 characters.")


@strawberry.type(description="The remark was taken; nothing tells whose it is.")
class ReviewRemarkTaken:
    """No id: it gets another when the boxes close."""

    is_taken: bool = strawberry.field(description="Always true.")


@strawberry.type(description="The appraisal, as it is now.")
class AppraisalPayload:
    """What changed."""

    appraisal: Appraisal = strawberry.field(description="The appraisal.")


RemarkOnRevieweeResult = Annotated[
    ReviewRemarkTaken | Refused,
    strawberry.union("RemarkOnRevieweeResult", description="That it was taken, or why not."),
]
GroupReviewRemarksResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("GroupReviewRemarksResult", description="The reviewee, or why not."),
]
WithholdReviewRemarkResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("WithholdReviewRemarkResult", description="The reviewee, or why not."),
]
PublishReviewResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("PublishReviewResult", description="The review, or why it is not public."),
]
AnswerReviewRemarksResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("AnswerReviewRemarksResult", description="The reviewee, or why not."),
]
OrderRectificationResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("OrderRectificationResult", description="The reviewee, or why not."),
]
ReportRectificationResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("ReportRectificationResult", description="The reviewee, or why not."),
]
JudgeRectificationResult = Annotated[
    RevieweePayload | Refused,
    strawberry.union("JudgeRectificationResult", description="The reviewee, or why not."),
]
HoldSecondReviewResult = Annotated[
    ReviewPayload | Refused,
    strawberry.union("HoldSecondReviewResult", description="The new review, or why there is none."),
]
RecordAppraisalResult = Annotated[
    AppraisalPayload | Refused,
    strawberry.union("RecordAppraisalResult", description="The appraisal, or why there is none."),
]
ReplyToAppraisalResult = Annotated[
    AppraisalPayload | Refused,
    strawberry.union("ReplyToAppraisalResult", description="The appraisal, or why not."),
]


async def _review(info: Info, review_id: UUID) -> ReviewPayload:
    review = await reloaded(info, Review.load, review_id)
    assert review is not None, "reviews are public"
    return ReviewPayload(review=review)


async def _reviewee(info: Info, reviewee_id: UUID) -> RevieweePayload:
    info.context.become(info.context.actor)
    row = (await reviews.reviewees_by_id(info.context.actor, [reviewee_id]))[0]
    assert row is not None, "who is under review is public"
    return RevieweePayload(reviewee=Reviewee.of(row))


async def _appraisal(info: Info, appraisal_id: UUID) -> AppraisalPayload:
    info.context.become(info.context.actor)
    row = (await follow_up.appraisals_by_id(info.context.actor, [appraisal_id]))[0]
    assert row is not None, "who wrote it sees it"
    return AppraisalPayload(appraisal=Appraisal.of(row))


def _review_of(text: str) -> UUID:
    return node.decode("review", text, path=("input", "reviewId"))


def _reviewee_of(text: str) -> UUID:
    return node.decode("reviewee", text, path=("input", "revieweeId"))


def _order_of(text: str) -> UUID:
    return node.decode("rectification", text, path=("input", "rectificationId"))


@strawberry.type
class ReviewFollowUpMutation:
    """From the remarks to the reply."""

    @strawberry.mutation(
        description="Remark on somebody whom the caller rates, once, while ratings are taken;"
        " nothing keeps whose it is."
    )
    async def remark_on_reviewee(
        self, info: Info, input: Annotated[RemarkOnRevieweeInput, Argument]
    ) -> RemarkOnRevieweeResult:
        """Take it."""
        reviewee_id = _reviewee_of(input.reviewee_id)
        await remarks.remark(info.context.actor, reviewee_id, text=input.text)
        return ReviewRemarkTaken(is_taken=True)

    @strawberry.mutation(
        description="Put remarks under a topic, before the result is published: the street does."
    )
    async def group_review_remarks(
        self, info: Info, input: Annotated[GroupReviewRemarksInput, Argument]
    ) -> GroupReviewRemarksResult:
        """Group them."""
        reviewee_id = _reviewee_of(input.reviewee_id)
        path = ("input", "remarkIds")
        await remarks.group(
            info.context.actor,
            reviewee_id,
            topic=input.topic,
            remark_ids=[node.decode("review_remark", each, path=path) for each in input.remark_ids],
        )
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(description="Keep a remark from the public, with a reason that is public.")
    async def withhold_review_remark(
        self, info: Info, input: Annotated[WithholdReviewRemarkInput, Argument]
    ) -> WithholdReviewRemarkResult:
        """Withhold it."""
        remark_id = node.decode("review_remark", input.remark_id, path=("input", "remarkId"))
        reviewee_id = await remarks.withhold(info.context.actor, remark_id, reason=input.reason)
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Publish what a counted review came to, with its working: it is disclosed."
        " Failures in a row are flagged as the rules say; nothing follows by itself."
    )
    async def publish_review(
        self, info: Info, input: Annotated[PublishReviewInput, Argument]
    ) -> PublishReviewResult:
        """Publish it."""
        review_id = _review_of(input.review_id)
        await publication.publish_review(info.context.actor, review_id)
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Answer what was remarked on a topic: whoever is under review does."
    )
    async def answer_review_remarks(
        self, info: Info, input: Annotated[AnswerReviewRemarksInput, Argument]
    ) -> AnswerReviewRemarksResult:
        """Answer once."""
        topic_id = node.decode("remark_topic", input.topic_id, path=("input", "topicId"))
        reviewee_id = await remarks.answer(info.context.actor, topic_id, text=input.answer)
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Order somebody to put something right by the day that the rules name."
    )
    async def order_rectification(
        self, info: Info, input: Annotated[OrderRectificationInput, Argument]
    ) -> OrderRectificationResult:
        """Order it, once a review."""
        reviewee_id = _reviewee_of(input.reviewee_id)
        await rectifications.order(info.context.actor, reviewee_id, demand=input.demand)
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Report how something was put right, or write it anew until it is judged."
    )
    async def report_rectification(
        self, info: Info, input: Annotated[ReportRectificationInput, Argument]
    ) -> ReportRectificationResult:
        """Report it."""
        reviewee_id = await rectifications.report(
            info.context.actor, _order_of(input.rectification_id), text=input.text
        )
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Say whether something is put right; somebody else than who reported does."
    )
    async def judge_rectification(
        self, info: Info, input: Annotated[JudgeRectificationInput, Argument]
    ) -> JudgeRectificationResult:
        """Judge it, once."""
        reviewee_id = await rectifications.judge(
            info.context.actor,
            _order_of(input.rectification_id),
            passed=input.passed,
            verdict=input.verdict,
        )
        return await _reviewee(info, reviewee_id)

    @strawberry.mutation(
        description="Review those again who had to put something right, once all is judged."
    )
    async def hold_second_review(
        self, info: Info, input: Annotated[HoldSecondReviewInput, Argument]
    ) -> HoldSecondReviewResult:
        """Begin it."""
        review_id = await rectifications.hold_second_review(
            info.context.actor, _review_of(input.review_id)
        )
        return await _review(info, review_id)

    @strawberry.mutation(
        description="Record the year's appraisal of a person, on a published review of theirs."
    )
    async def record_appraisal(
        self, info: Info, input: Annotated[RecordAppraisalInput, Argument]
    ) -> RecordAppraisalResult:
        """Record it, once a year and person."""
        appraisal_id = await appraisals.record_appraisal(
            info.context.actor,
            _reviewee_of(input.reviewee_id),
            appraisals.AppraisalDraft(
                grade=input.grade,
                affects_pay=input.affects_pay,
                affects_awards=input.affects_awards,
                affects_promotion=input.affects_promotion,
                reason=input.reason,
            ),
        )
        return await _appraisal(info, appraisal_id)

    @strawberry.mutation(description="Reply to one's own appraisal, once, until its day.")
    async def reply_to_appraisal(
        self, info: Info, input: Annotated[ReplyToAppraisalInput, Argument]
    ) -> ReplyToAppraisalResult:
        """Reply."""
        appraisal_id = node.decode("appraisal", input.appraisal_id, path=("input", "appraisalId"))
        await appraisals.reply(info.context.actor, appraisal_id, text=input.text)
        return await _appraisal(info, appraisal_id)
