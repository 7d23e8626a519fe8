"""What is to be put right after a review: ordered with a day, reported, judged by another."""

import json
from uuid import UUID

import asyncpg

from domains.kernel import calendar, clock, database, outbox, rulesets
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.pledges.errors import (
    RectificationClosed,
    RectificationOpen,
    RectificationOrderedAlready,
    RectificationOwn,
    RectificationUnreported,
    ReviewStateUnfit,
)
from domains.pledges.events.reviews import (
    RectificationJudged,
    RectificationLate,
    RectificationOrdered,
    RectificationReported,
    ReviewLinked,
)
from domains.pledges.models import Review
from domains.pledges.rules.follow_up import FollowUp
from domains.pledges.service import texts
from domains.pledges.service.reviewees import hold_reviewee, require_apart, require_own
from domains.pledges.service.reviews import begin, hold_review, told
from domains.pledges.values.reviews import RectificationState, ReviewState

_REVIEWEE_ID = ("input", "revieweeId")
_ID = ("input", "rectificationId")
_RULES = "SELECT frozen_follow_up::text FROM pledges_review WHERE id = $1"
_ORDER = """
INSERT INTO pledges_rectification
    (id, review_id, reviewee_id, demand, ordered_by_id, ordered_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def follow_up_of(review: Review) -> FollowUp:
    """Return the rules that a published review keeps for what follows it."""
    kept = await database.fetch_value(_RULES, review.id)
    return FollowUp.of(rulesets.thaw(json.loads(kept)))


async def order(actor: Actor, reviewee_id: UUID, *, demand: str) -> UUID:
    """Order somebody to put something right by the day that the rules name; returns its id.

    Raises ReviewStateUnfit, UnderReview, RectificationOrderedAlready.
    """
    said = texts.public(demand, longest=2000, path=("input", "demand"))
    async with transaction():
        review, _ = await hold_reviewee(actor, reviewee_id, "orderRectification", path=_REVIEWEE_ID)
        await require_apart(actor, review, path=_REVIEWEE_ID)
        if review.state not in {ReviewState.PUBLISHED, ReviewState.RECTIFYING}:
            raise ReviewStateUnfit(path=_REVIEWEE_ID, state=review.state.value)
        now, order_id = await clock.now(), database.new_id()
        due_at = calendar.deadline(now, (await follow_up_of(review)).rectification).at
        try:
            await database.execute(
                _ORDER, order_id, review.id, reviewee_id, said, actor.person_id, now, due_at
            )
        except asyncpg.UniqueViolationError:
            raise RectificationOrderedAlready(path=_REVIEWEE_ID) from None
        review.state = ReviewState.RECTIFYING
        await review.save(update_fields=["state"])
        await outbox.record(
            RectificationOrdered(review.id, review.area_path, reviewee_id, order_id)
        )
        await told(actor, review, "orderRectification", {"rectification": str(order_id)})
        return order_id


_REPORT = """
UPDATE pledges_rectification
SET state = 'reported', report = $2, reported_by_id = $3, reported_at = kernel_now() WHERE id = $1
"""


async def report(actor: Actor, order_id: UUID, *, text: str) -> UUID:
    """Report how it was put right, or write the report anew; returns the reviewee's id.

    Whoever is under review reports, or who administers the body. Raises RectificationClosed.
    """
    said = texts.public(text, longest=5000, path=("input", "text"))
    async with transaction():
        review, reviewee, row = await _held(actor, order_id, "reportRectification")
        require_own(actor, reviewee, path=_ID)
        if row["decided_at"] is not None:
            raise RectificationClosed(path=_ID)
        await database.execute(_REPORT, order_id, said, actor.person_id)
        await outbox.record(
            RectificationReported(review.id, review.area_path, reviewee["id"], order_id)
        )
        await told(actor, review, "reportRectification", {"rectification": str(order_id)})
        reviewee_id: UUID = reviewee["id"]
        return reviewee_id


_JUDGE = """
UPDATE pledges_rectification
SET state = $2, verdict = $3, decided_by_id = $4, decided_at = kernel_now() WHERE id = $1
"""


async def judge(actor: Actor, order_id: UUID, *, passed: bool, verdict: str) -> UUID:
    """Say whether it is put right; returns the reviewee's id.

    Without a report it is judged after its day only, as not put right. Raises
    RectificationClosed, RectificationOwn, RectificationUnreported, UnderReview.
    """
    said = texts.public(verdict, longest=1000, path=("input", "verdict"))
    async with transaction():
        review, reviewee, row = await _held(actor, order_id, "judgeRectification")
        await require_apart(actor, review, path=_ID)
        if row["decided_at"] is not None:
            raise RectificationClosed(path=_ID)
        if row["reported_by_id"] == actor.person_id:
            raise RectificationOwn(path=_ID)
        over = row["due_at"] <= await clock.now()
        if row["reported_at"] is None and (passed or not over):
            raise RectificationUnreported(path=_ID)
        state = RectificationState.PASSED if passed else RectificationState.FAILED
        await database.execute(_JUDGE, order_id, state, said, actor.person_id)
        await outbox.record(
            RectificationJudged(review.id, review.area_path, reviewee["id"], order_id)
        )
        details = {"rectification": str(order_id), "judged": state.value}
        await told(actor, review, "judgeRectification", details)
        await link(actor, review)
        reviewee_id: UUID = reviewee["id"]
        return reviewee_id


_HELD = "SELECT * FROM pledges_rectification WHERE id = $1 FOR UPDATE"
_OF = "SELECT reviewee_id FROM pledges_rectification WHERE id = $1"


async def _held(actor: Actor, order_id: UUID, action: str) -> tuple[Review, Row, Row]:
    reviewee_id = await database.fetch_value(_OF, order_id)
    if reviewee_id is None:
        raise NotFound(path=_ID)
    review, reviewee = await hold_reviewee(actor, reviewee_id, action, path=_ID)
    row = await database.fetch_one(_HELD, order_id)
    assert row is not None, "an order is never removed"
    return review, reviewee, row


_LATE = """
SELECT o.id, o.review_id, o.reviewee_id, v.area_path
FROM pledges_rectification o JOIN pledges_review v ON v.id = o.review_id
WHERE o.state = 'ordered' AND o.late_since IS NULL AND o.due_at <= kernel_now()
ORDER BY o.due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""


async def note_late() -> UUID | None:
    """Note one order whose day has passed without a report, once; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_LATE)
        if row is None:
            return None
        order_id: UUID = row["id"]
        await database.execute(
            "UPDATE pledges_rectification SET late_since = kernel_now() WHERE id = $1", order_id
        )
        await outbox.record(
            RectificationLate(row["review_id"], row["area_path"], row["reviewee_id"], order_id)
        )
        return order_id


_OPEN = """
SELECT EXISTS (SELECT FROM pledges_rectification
               WHERE review_id = $1 AND decided_at IS NULL
                 AND ($2::uuid IS NULL OR reviewee_id = $2))
"""
_ORDERED = """
INSERT INTO pledges_reviewee (id, review_id, position, kind, person_id, organisation_id, duty)
SELECT gen_random_uuid(), $1, w.position, w.kind, w.person_id, w.organisation_id, w.duty
FROM pledges_reviewee w JOIN pledges_rectification o ON o.reviewee_id = w.id
WHERE w.review_id = $2
"""
_SECOND = "UPDATE pledges_review SET second_of_id = $2 WHERE id = $1"


async def is_open(review_id: UUID, reviewee_id: UUID | None = None) -> bool:
    """Whether an order of a review, or of somebody under it, waits to be judged."""
    return bool(await database.fetch_value(_OPEN, review_id, reviewee_id))


async def hold_second_review(actor: Actor, review_id: UUID) -> UUID:
    """Review those again who had to put something right, once; returns the new review's id.

    Raises ReviewStateUnfit, UnderReview, RectificationOpen, ReviewRepeated.
    """
    path = ("input", "reviewId")
    async with transaction():
        first = await hold_review(actor, review_id, "holdSecondReview")
        await require_apart(actor, first, path=path)
        if first.state is not ReviewState.RECTIFYING:
            raise ReviewStateUnfit(path=path, state=first.state.value)
        if await is_open(review_id):
            raise RectificationOpen(path=path)
        second, _ = await begin(
            first.area_id, first.area_path, first.year, first.half, parent_id=first.id
        )
        await database.execute(_SECOND, second.id, first.id)
        await database.execute(_ORDERED, second.id, first.id)
        await told(actor, second, "holdSecondReview", {"first": str(first.id)})
        return second.id


_APPRAISED = "SELECT EXISTS (SELECT FROM pledges_appraisal WHERE review_id = $1)"
_AGAIN = """
SELECT EXISTS (SELECT FROM pledges_review WHERE second_of_id = $1 AND published_at IS NULL
               AND state <> 'void')
"""


async def link(actor: Actor, review: Review) -> None:
    """Say that a review has gone into the appraisal, once nothing of it is open; in a command."""
    waits = (ReviewState.PUBLISHED, ReviewState.RECTIFYING, ReviewState.RE_REVIEWED)
    if (
        review.state not in waits
        or not await database.fetch_value(_APPRAISED, review.id)
        or await is_open(review.id)
        or await database.fetch_value(_AGAIN, review.id)
    ):
        return
    review.state = ReviewState.LINKED
    await review.save(update_fields=["state"])
    await outbox.record(ReviewLinked(review.id, review.area_path))
    await told(actor, review, "linkReview")
