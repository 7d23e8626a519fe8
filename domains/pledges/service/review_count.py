"""Counting a review: what each box came to, whether enough rated, and the weighted rates."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from domains.kernel import canonical, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row, transaction
from domains.pledges.events.reviews import ReviewTallied, ReviewVoided
from domains.pledges.models import Review
from domains.pledges.rules.ratings import (
    Answers,
    GroupAnswers,
    GroupTurnout,
    TurnoutStep,
    turnout_steps,
    weighted,
)
from domains.pledges.rules.review_procedure import ReviewProcedure
from domains.pledges.service import remarks
from domains.pledges.service.reviews import told
from domains.pledges.values.reviews import ReviewState
from domains.voting.queries import commissioned
from domains.voting.queries.commissioned import Grades

_LONG_MS = 10 * 60_000
# Each box is counted by the ballot box before the review is.
_DUE = """
SELECT v.id FROM pledges_review v
WHERE v.state = 'rating' AND v.rating_closes_at <= kernel_now()
  AND NOT EXISTS (
    SELECT FROM pledges_reviewee w
    JOIN pledges_rating_poll b ON b.reviewee_id = w.id
    JOIN voting_poll p ON p.id = b.poll_id
    WHERE w.review_id = v.id AND p.tallied_at IS NULL)
ORDER BY v.rating_closes_at LIMIT 1 FOR UPDATE OF v SKIP LOCKED
"""
_BOXES = """
SELECT b.reviewee_id, b.group_id, b.poll_id, g.code, g.weight, g.least_valid, g.is_residents
FROM pledges_rating_poll b
JOIN pledges_reviewee w ON w.id = b.reviewee_id
JOIN pledges_rater_group g ON g.id = b.group_id
WHERE w.review_id = $1 ORDER BY w.position, g.position
"""
_PAPERS = """
UPDATE pledges_rating_poll SET issued = $3, returned = $4, void = $5, valid = $6
WHERE reviewee_id = $1 AND group_id = $2
"""
_RATING = """
INSERT INTO pledges_rating
    (reviewee_id, group_id, item, satisfied, basically_satisfied, unsatisfied, unknown)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def tally_due_review() -> UUID | None:
    """Count one review whose boxes are counted; void where too few rated; returns its id."""
    async with transaction(timeout_ms=_LONG_MS):
        review_id: UUID | None = await database.fetch_value(_DUE)
        if review_id is None:
            return None
        review = await Review.get(id=review_id)
        await remarks.detach(review_id)
        boxes = [(row, await _counted(row)) for row in await database.fetch(_BOXES, review_id)]
        procedure = ReviewProcedure.of(rulesets.thaw(review.frozen_rules))
        steps = _steps(boxes, procedure)
        if not all(each.holds for each in steps):
            await void(review, steps)
            return review_id
        review.result = _result(steps, boxes, procedure)
        review.state = ReviewState.TALLIED
        review.tallied_at = await clock.now()
        await review.save()
        await outbox.record(ReviewTallied(review.id, review.area_path))
        await told(SYSTEM, review, "tallyReview")
        return review_id


async def _counted(row: Row) -> Grades:
    """Read a box, and keep what it came to: papers, and answers by item."""
    grades = await commissioned.grades_of(row["poll_id"])
    assert grades is not None, "the box has been counted"
    await database.execute(
        _PAPERS,
        *(row["reviewee_id"], row["group_id"], grades.issued, grades.returned, grades.void),
        grades.returned - grades.void,
    )
    await database.execute_many(
        _RATING,
        [
            (
                *(row["reviewee_id"], row["group_id"], item, said.satisfied),
                *(said.basically_satisfied, said.unsatisfied, said.unknown),
            )
            for item, said in enumerate(map(answers_of, grades.by_option), start=1)
        ],
    )
    return grades


def answers_of(by_grade: Sequence[int]) -> Answers:
    """Read the numbers of ballots by grade: 1 does not know, 4 is satisfied."""
    return Answers(
        satisfied=by_grade[4],
        basically_satisfied=by_grade[3],
        unsatisfied=by_grade[2],
        unknown=by_grade[1],
    )


def _steps(
    boxes: Sequence[tuple[Row, Grades]], procedure: ReviewProcedure
) -> tuple[TurnoutStep, ...]:
    """Return the comparisons of the reviewee who was rated by fewest, the round's weakest."""
    by_reviewee: dict[UUID, list[GroupTurnout]] = {}
    for row, grades in boxes:
        by_reviewee.setdefault(row["reviewee_id"], []).append(
            GroupTurnout(
                code=row["code"],
                valid=grades.returned - grades.void,
                least=row["least_valid"],
                is_residents=row["is_residents"],
            )
        )
    compared = [
        turnout_steps(
            each, least_raters=procedure.least_raters, resident_share=procedure.resident_share
        )
        for each in by_reviewee.values()
    ]
    return min(compared, key=lambda steps: (sum(each.holds for each in steps), steps[0].counted))


def _result(
    steps: Sequence[TurnoutStep],
    boxes: Sequence[tuple[Row, Grades]],
    procedure: ReviewProcedure,
) -> str:
    """Write the weighted rates down in canonical JSON: the same ratings are the same bytes."""
    items = len(procedure.items) + 1
    by_reviewee: dict[UUID, list[tuple[Row, Grades]]] = {}
    for row, grades in boxes:
        by_reviewee.setdefault(row["reviewee_id"], []).append((row, grades))
    said: list[dict[str, Any]] = [
        {
            "reviewee": str(reviewee_id),
            "rates": [
                _text(
                    weighted(
                        (
                            GroupAnswers(row["weight"], answers_of(grades.by_option[item]))
                            for row, grades in rated
                        ),
                        counts_unknown=procedure.counts_unknown,
                    )
                )
                for item in range(items)
            ],
        }
        for reviewee_id, rated in by_reviewee.items()
    ]
    return canonical.json_bytes({"steps": _written(steps), "reviewees": said}).decode()


def _text(rate: Fraction | None) -> str | None:
    return None if rate is None else f"{rate.numerator}/{rate.denominator}"


def _written(steps: Sequence[TurnoutStep]) -> list[dict[str, str | int]]:
    return [{"name": each.name, "counted": each.counted, "needed": each.needed} for each in steps]


async def void(review: Review, steps: Sequence[TurnoutStep]) -> None:
    """Say that a round does not stand, and for want of what; inside a command."""
    missing = [each for each in steps if not each.holds]
    review.state = ReviewState.VOID
    review.voided_at = review.tallied_at = await clock.now()
    review.void_reason = ";".join(
        f"{each.name}: {each.counted} < {each.needed}" for each in missing
    )[:500]
    review.result = canonical.json_bytes({"steps": _written(steps), "reviewees": []}).decode()
    await review.save()
    await outbox.record(ReviewVoided(review.id, review.area_path))
    await told(SYSTEM, review, "voidReview")
