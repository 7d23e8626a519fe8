"""Remarks beside a rating: without author, grouped by topic, answered by who is under review.

Who rates somebody may remark on them once. The remark does not know who wrote it; that
somebody has remarked is kept beside, until the boxes close: then it is forgotten, and the
remarks are written anew in a random order. No audit and no event tell of a single remark.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domains.kernel import database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.pledges import policy
from domains.pledges.errors import (
    NotAmongRaters,
    RemarkGiven,
    RemarksAnswered,
    ReviewStateUnfit,
)
from domains.pledges.events.reviews import ReviewRemarksAnswered, ReviewRemarksAnswerLate
from domains.pledges.models import Review
from domains.pledges.policy import PledgePlace
from domains.pledges.service import texts
from domains.pledges.service.reviewees import hold_reviewee, require_apart, require_own
from domains.pledges.service.reviews import told
from domains.pledges.values.reviews import ReviewState

MOST_GROUPED = 200
_TOPIC_ID = ("input", "topicId")
_REVIEWEE_ID = ("input", "revieweeId")

_MINE = """
SELECT v.area_path, v.state, EXISTS (
    SELECT FROM pledges_rater r
    JOIN pledges_rating_poll b ON b.reviewee_id = w.id AND b.group_id = r.group_id
    JOIN voting_roll_entry e ON e.poll_id = b.poll_id AND e.voter_id = r.person_id
    WHERE r.review_id = w.review_id AND r.person_id = $2) AS rates,
  v.state = 'rating' AND kernel_now() < v.rating_closes_at AS is_open
FROM pledges_reviewee w JOIN pledges_review v ON v.id = w.review_id
WHERE w.id = $1 FOR SHARE OF v
"""
_GIVE = "INSERT INTO pledges_remark_given (reviewee_id, person_id) VALUES ($1, $2)"
_REMARK = "INSERT INTO pledges_remark (reviewee_id, text) VALUES ($1, $2)"


async def remark(actor: Actor, reviewee_id: UUID, *, text: str) -> None:
    """Remark on somebody whom the actor rates, once, while ratings are taken.

    Raises NotAmongRaters, ReviewStateUnfit, RemarkGiven, NumbersInText.
    """
    said = texts.public(text, longest=1000, path=("input", "text"))
    async with transaction():
        row = await database.fetch_one(_MINE, reviewee_id, actor.person_id)
        if row is None:
            raise NotFound(path=_REVIEWEE_ID)
        place = PledgePlace(row["area_path"], is_public=True)
        require(policy.AUTHORITY, "remarkOnReviewee", actor, place)
        if not row["rates"]:
            raise NotAmongRaters(path=_REVIEWEE_ID)
        if not row["is_open"]:
            raise ReviewStateUnfit(path=_REVIEWEE_ID, state=row["state"])
        try:
            await database.execute(_GIVE, reviewee_id, actor.person_id)
        except asyncpg.UniqueViolationError:
            raise RemarkGiven(path=_REVIEWEE_ID) from None
        await database.execute(_REMARK, reviewee_id, said)


_FORGET = """
DELETE FROM pledges_remark_given g USING pledges_reviewee w
WHERE w.id = g.reviewee_id AND w.review_id = $1
"""
_SHUFFLE = """
WITH gone AS (
    DELETE FROM pledges_remark r USING pledges_reviewee w
    WHERE w.id = r.reviewee_id AND w.review_id = $1 RETURNING r.reviewee_id, r.text)
INSERT INTO pledges_remark (reviewee_id, text)
SELECT reviewee_id, text FROM gone ORDER BY random()
"""


async def detach(review_id: UUID) -> None:
    """Forget who remarked, and write the remarks anew in a random order; inside a command."""
    database.require_open_transaction()
    await database.execute(_FORGET, review_id)
    await database.execute(_SHUFFLE, review_id)


_TOPIC = """
INSERT INTO pledges_remark_topic (id, reviewee_id, title) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT pledges_remark_topic_once DO UPDATE SET title = excluded.title
RETURNING id
"""
_PUT = """
UPDATE pledges_remark SET topic_id = $3, withheld_reason = NULL
WHERE reviewee_id = $1 AND id = ANY ($2::uuid[])
"""
_EMPTY = """
DELETE FROM pledges_remark_topic t WHERE t.reviewee_id = $1
  AND NOT EXISTS (SELECT FROM pledges_remark r WHERE r.topic_id = t.id)
"""


async def group(actor: Actor, reviewee_id: UUID, *, topic: str, remark_ids: Sequence[UUID]) -> UUID:
    """Put remarks on somebody under a topic before the result is published; returns its id.

    Raises UnderReview, ReviewStateUnfit, NotFound for remarks on somebody else.
    """
    title = texts.public(topic, longest=60, path=("input", "topic"))
    once = sorted(set(remark_ids))
    if not 1 <= len(once) <= MOST_GROUPED:
        raise InvalidInput(
            path=("input", "remarkIds"),
            zh=f"每次归类 1 至 {MOST_GROUPED} 条意见。",
            en=f"1 to {MOST_GROUPED} remarks are grouped at a time.",
        )
    async with transaction():
        review, _ = await hold_reviewee(actor, reviewee_id, "groupReviewRemarks", path=_REVIEWEE_ID)
        await _require_tallied(actor, review, path=_REVIEWEE_ID)
        topic_id: UUID = await database.fetch_value(_TOPIC, database.new_id(), reviewee_id, title)
        if await database.execute(_PUT, reviewee_id, once, topic_id) != len(once):
            raise NotFound(path=("input", "remarkIds"))
        await database.execute(_EMPTY, reviewee_id)
        details = {"topic": str(topic_id), "remarks": len(once)}
        await told(actor, review, "groupReviewRemarks", details)
        return topic_id


_REVIEWEE_OF = "SELECT reviewee_id FROM pledges_remark WHERE id = $1"
_WITHHOLD = "UPDATE pledges_remark SET topic_id = NULL, withheld_reason = $2 WHERE id = $1"


async def withhold(actor: Actor, remark_id: UUID, *, reason: str) -> UUID:
    """Keep a remark from the public with a reason, which is public; returns the reviewee's id.

    Raises UnderReview, ReviewStateUnfit.
    """
    path = ("input", "remarkId")
    said = texts.public(reason, longest=200, path=("input", "reason"))
    reviewee_id: UUID | None = await database.fetch_value(_REVIEWEE_OF, remark_id)
    if reviewee_id is None:
        raise NotFound(path=path)
    async with transaction():
        review, _ = await hold_reviewee(actor, reviewee_id, "withholdReviewRemark", path=path)
        await _require_tallied(actor, review, path=path)
        await database.execute(_WITHHOLD, remark_id, said)
        await database.execute(_EMPTY, reviewee_id)
        await told(actor, review, "withholdReviewRemark", {"remark": str(remark_id)})
        return reviewee_id


async def _require_tallied(actor: Actor, review: Review, *, path: tuple[str, ...]) -> None:
    await require_apart(actor, review, path=path)
    if review.state is not ReviewState.TALLIED:
        raise ReviewStateUnfit(path=path, state=review.state.value)


_TOPIC_OF = "SELECT reviewee_id FROM pledges_remark_topic WHERE id = $1"
_HELD = "SELECT answered_at FROM pledges_remark_topic WHERE id = $1 FOR UPDATE"
_ANSWER = """
UPDATE pledges_remark_topic
SET answer = $2, answered_by_id = $3, answered_at = kernel_now() WHERE id = $1
"""


async def answer(actor: Actor, topic_id: UUID, *, text: str) -> UUID:
    """Answer what was remarked on a topic, once it is public; returns the reviewee's id.

    Whoever is under review answers, or who administers the body. Raises RemarksAnswered.
    """
    said = texts.public(text, longest=2000, path=("input", "answer"))
    reviewee_id: UUID | None = await database.fetch_value(_TOPIC_OF, topic_id)
    if reviewee_id is None:
        raise NotFound(path=_TOPIC_ID)
    async with transaction():
        review, row = await hold_reviewee(actor, reviewee_id, "answerReviewRemarks", path=_TOPIC_ID)
        if review.published_at is None:
            raise NotFound(path=_TOPIC_ID)
        require_own(actor, row, path=_TOPIC_ID)
        if await database.fetch_value(_HELD, topic_id) is not None:
            raise RemarksAnswered(path=_TOPIC_ID)
        await database.execute(_ANSWER, topic_id, said, actor.person_id)
        await outbox.record(
            ReviewRemarksAnswered(review.id, review.area_path, reviewee_id, topic_id)
        )
        await told(actor, review, "answerReviewRemarks", {"topic": str(topic_id)})
        return reviewee_id


_LATE = """
SELECT t.id, t.reviewee_id, v.id AS review_id, v.area_path FROM pledges_remark_topic t
JOIN pledges_reviewee w ON w.id = t.reviewee_id
JOIN pledges_review v ON v.id = w.review_id
WHERE t.answered_at IS NULL AND t.late_since IS NULL AND t.due_at <= kernel_now()
ORDER BY t.due_at LIMIT 1 FOR UPDATE OF t SKIP LOCKED
"""


async def note_late_answer() -> UUID | None:
    """Note one topic that was not answered in time, once; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_LATE)
        if row is None:
            return None
        topic_id: UUID = row["id"]
        await database.execute(
            "UPDATE pledges_remark_topic SET late_since = kernel_now() WHERE id = $1", topic_id
        )
        await outbox.record(
            ReviewRemarksAnswerLate(
                row["review_id"], row["area_path"], row["reviewee_id"], topic_id
            )
        )
        return topic_id
