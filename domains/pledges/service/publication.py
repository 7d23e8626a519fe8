"""Publishing what a review came to, with its working; what rules say of failures is flagged."""

import json
from collections import defaultdict
from fractions import Fraction
from typing import Any
from uuid import UUID

from domains.kernel import calendar, canonical, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.pledges.errors import EarlierUnpublished, RemarksUngrouped, ReviewStateUnfit
from domains.pledges.events.reviews import (
    ReviewFailuresFlagged,
    ReviewPublished,
    ReviewReReviewed,
)
from domains.pledges.models import Review
from domains.pledges.rules.follow_up import Earlier, FollowUp, failures_in_a_row
from domains.pledges.service.presets import REVIEW_FOLLOW_UP
from domains.pledges.service.reviewees import require_apart
from domains.pledges.service.reviews import hold_review, told
from domains.pledges.values.reviews import RevieweeKind, ReviewState

_PATH = ("input", "reviewId")
_UNGROUPED = """
SELECT count(*) FROM pledges_remark r JOIN pledges_reviewee w ON w.id = r.reviewee_id
WHERE w.review_id = $1 AND r.topic_id IS NULL AND r.withheld_reason IS NULL
"""
_UNPUBLISHED = """
SELECT EXISTS (SELECT FROM pledges_review
               WHERE area_id = $1 AND state = 'tallied' AND id <> $2
                 AND (year, half, scheduled_at) < ($3, $4, $5))
"""
_FREEZE = "UPDATE pledges_review SET published_at = $2, state = $3, frozen_follow_up = $4::jsonb"
_PUBLISH = f"{_FREEZE} WHERE id = $1"
_DUE = """
UPDATE pledges_remark_topic t SET due_at = $2 FROM pledges_reviewee w
WHERE w.id = t.reviewee_id AND w.review_id = $1
"""
_REVIEWEES = """
SELECT id, kind, person_id, organisation_id FROM pledges_reviewee
WHERE review_id = $1 ORDER BY position
"""
_EARLIER = """
SELECT w.person_id, w.organisation_id, o.failed, v.second_of_id IS NOT NULL AS is_second
FROM pledges_reviewee now
JOIN pledges_reviewee w
  ON w.person_id = now.person_id OR w.organisation_id = now.organisation_id
JOIN pledges_outcome o ON o.reviewee_id = w.id
JOIN pledges_review v ON v.id = w.review_id
WHERE now.review_id = $1 AND v.area_id = $2
  AND (v.year, v.half, v.scheduled_at) < ($3, $4, $5)
ORDER BY v.year DESC, v.half DESC, v.scheduled_at DESC
"""
_OUTCOME = """
INSERT INTO pledges_outcome (reviewee_id, rate, failed, in_a_row, consequence, legal_basis, at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
"""
_SECOND_OF = "SELECT second_of_id FROM pledges_review WHERE id = $1"


async def publish_review(actor: Actor, review_id: UUID) -> None:
    """Publish a counted review under the rules of today for what follows it.

    Raises ReviewStateUnfit, UnderReview, RemarksUngrouped, EarlierUnpublished.
    """
    async with transaction():
        review = await hold_review(actor, review_id, "publishReview")
        await require_apart(actor, review, path=_PATH)
        if review.state is not ReviewState.TALLIED:
            raise ReviewStateUnfit(path=_PATH, state=review.state.value)
        ungrouped = await database.fetch_value(_UNGROUPED, review_id)
        if ungrouped:
            raise RemarksUngrouped(path=_PATH, count=ungrouped)
        if await database.fetch_value(_UNPUBLISHED, review.area_id, review.id, *_placed(review)):
            raise EarlierUnpublished(path=_PATH)
        follow_up = await _frozen(review)
        await _settle(review, follow_up)
        await _re_reviewed(review)
        await outbox.record(ReviewPublished(review.id, review.area_path))
        await told(actor, review, "publishReview")


def _placed(review: Review) -> tuple[Any, ...]:
    return review.year, review.half.value, review.scheduled_at


async def _frozen(review: Review) -> FollowUp:
    """Say that it is published, with the rules of today; topics get their day."""
    now = await clock.now()
    rules = await rulesets.in_force(
        REVIEW_FOLLOW_UP, on=calendar.day_of(now), community=review.area_id
    )
    follow_up = FollowUp.of(rules)
    review.state = ReviewState.PUBLISHED
    review.published_at = now
    frozen = canonical.json_bytes(rulesets.freeze(rules)).decode()
    await database.execute(_PUBLISH, review.id, now, review.state, frozen)
    await database.execute(_DUE, review.id, calendar.deadline(now, follow_up.answer).at)
    return follow_up


async def _settle(review: Review, follow_up: FollowUp) -> None:
    """Write down who failed, how often in a row, and what the rules say of that."""
    earlier: defaultdict[UUID, list[Earlier]] = defaultdict(list)
    for row in await database.fetch(_EARLIER, review.id, review.area_id, *_placed(review)):
        earlier[_whose(row)].append(Earlier(row["failed"], row["is_second"]))
    rates = overall_rates(review.result)
    for row in await database.fetch(_REVIEWEES, review.id):
        rate = rates[row["id"]]
        failed = follow_up.has_failed(None if rate is None else Fraction(rate))
        in_a_row = failures_in_a_row(
            failed, earlier[_whose(row)], counts_second=follow_up.counts_second
        )
        flagged = follow_up.is_flagged(RevieweeKind(row["kind"]), in_a_row)
        await database.execute(
            _OUTCOME,
            *(row["id"], rate, failed, in_a_row),
            *((follow_up.consequence, follow_up.legal_basis) if flagged else (None, None)),
        )
        if flagged:
            await outbox.record(ReviewFailuresFlagged(review.id, review.area_path, row["id"]))


def _whose(row: Row) -> UUID:
    found: UUID = row["person_id"] or row["organisation_id"]
    return found


def overall_rates(result: str | None) -> dict[UUID, str | None]:
    """Read what each reviewee came to over all, as it was counted."""
    assert result is not None, "a counted review has a result"
    return {UUID(each["reviewee"]): each["rates"][-1] for each in json.loads(result)["reviewees"]}


async def _re_reviewed(review: Review) -> None:
    """Tell the review that this one is the second of."""
    first_id = await database.fetch_value(_SECOND_OF, review.id)
    if first_id is None:
        return
    first = await Review.filter(id=first_id).select_for_update().get()
    if first.state is not ReviewState.RECTIFYING:
        return
    first.state = ReviewState.RE_REVIEWED
    await first.save(update_fields=["state"])
    await outbox.record(ReviewReReviewed(first.id, first.area_path))
    await told(SYSTEM, first, "reReviewed", {"by": str(review.id)})
