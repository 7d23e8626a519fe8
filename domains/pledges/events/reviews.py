"""What happened to a review; who was rated how is nobody's to be told."""

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


OF_A_REVIEW: tuple[type[ReviewEvent], ...] = (
    ReviewScheduled,
    ReviewReportsDue,
    WorkReportFiled,
    ReviewMeetingSet,
    ReviewRatingOpened,
    ReviewTallied,
    ReviewVoided,
)
