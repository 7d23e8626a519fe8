"""What happened to a review: ids only; results are read, and never told by an event."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ReviewEvent(Event):
    """Something that happened to one review."""

    review_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ReviewScheduled(ReviewEvent):
    """The review of a half has begun: work reports are due."""


@dataclass(frozen=True, slots=True)
class ReviewReportsDue(ReviewEvent):
    """Reviewees have not handed their work reports in, and the time is over; once a review."""


@dataclass(frozen=True, slots=True)
class WorkReportFiled(ReviewEvent):
    """Somebody under review reported on their work."""

    reviewee_id: UUID


@dataclass(frozen=True, slots=True)
class ReviewMeetingSet(ReviewEvent):
    """It is known when those under review report in person."""


@dataclass(frozen=True, slots=True)
class ReviewRatingOpened(ReviewEvent):
    """Ratings are taken through the ballot box."""


@dataclass(frozen=True, slots=True)
class ReviewTallied(ReviewEvent):
    """The ratings are counted, and there are enough of them."""


@dataclass(frozen=True, slots=True)
class ReviewVoided(ReviewEvent):
    """Too few rated: the round does not stand."""


@dataclass(frozen=True, slots=True)
class ReviewPublished(ReviewEvent):
    """The result is public, with its working."""


@dataclass(frozen=True, slots=True)
class ReviewFailuresFlagged(ReviewEvent):
    """Somebody has failed as often in a row as the rules name; nothing follows by itself."""

    reviewee_id: UUID


@dataclass(frozen=True, slots=True)
class ReviewRemarksAnswered(ReviewEvent):
    """Somebody under review answered what was remarked on a topic."""

    reviewee_id: UUID
    topic_id: UUID


@dataclass(frozen=True, slots=True)
class ReviewRemarksAnswerLate(ReviewEvent):
    """The remarks on a topic were not answered in time; once a topic."""

    reviewee_id: UUID
    topic_id: UUID


@dataclass(frozen=True, slots=True)
class RectificationOrdered(ReviewEvent):
    """Somebody under review is to put something right by a day."""

    reviewee_id: UUID
    rectification_id: UUID


@dataclass(frozen=True, slots=True)
class RectificationReported(ReviewEvent):
    """It is said to be put right."""

    reviewee_id: UUID
    rectification_id: UUID


@dataclass(frozen=True, slots=True)
class RectificationLate(ReviewEvent):
    """Its day has passed without a report; once an order."""

    reviewee_id: UUID
    rectification_id: UUID


@dataclass(frozen=True, slots=True)
class RectificationJudged(ReviewEvent):
    """Somebody else said whether it is put right."""

    reviewee_id: UUID
    rectification_id: UUID


@dataclass(frozen=True, slots=True)
class ReviewReReviewed(ReviewEvent):
    """Whoever had to put something right has been reviewed again."""


@dataclass(frozen=True, slots=True)
class ReviewLinked(ReviewEvent):
    """The review has gone into the year's appraisal."""


@dataclass(frozen=True, slots=True)
class AppraisalRecorded(ReviewEvent):
    """The street appraised somebody; they may reply until a day."""

    appraisal_id: UUID


@dataclass(frozen=True, slots=True)
class AppraisalReplied(ReviewEvent):
    """Whoever was appraised replied."""

    appraisal_id: UUID


OF_A_REVIEW: tuple[type[ReviewEvent], ...] = (
    ReviewScheduled,
    ReviewReportsDue,
    WorkReportFiled,
    ReviewMeetingSet,
    ReviewRatingOpened,
    ReviewTallied,
    ReviewVoided,
    ReviewPublished,
    ReviewFailuresFlagged,
    ReviewRemarksAnswered,
    ReviewRemarksAnswerLate,
    RectificationOrdered,
    RectificationReported,
    RectificationLate,
    RectificationJudged,
    ReviewReReviewed,
    ReviewLinked,
    AppraisalRecorded,
    AppraisalReplied,
)
