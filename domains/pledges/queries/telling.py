"""What can be told of promises and reviews, and whom: for the domain that tells, whoever asks."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_PLEDGE = """
SELECT p.id, p.title, p.state, p.area_path, p.deadline, p.notice_until, p.proposer_id, p.person_id,
       p.organisation_id, p.screen_reason, p.withdraw_reason, p.default_reason, p.close_summary
FROM pledges_pledge p WHERE p.id = $1
"""
_OBJECTION = """
SELECT o.by_id, o.about, o.state, o.answer, o.due_at, p.title, p.person_id
FROM pledges_objection o JOIN pledges_pledge p ON p.id = o.pledge_id WHERE o.id = $1
"""
_CHANGE = """
SELECT c.state, c.notice_until, p.title FROM pledges_change c
JOIN pledges_pledge p ON p.id = c.pledge_id WHERE c.id = $1
"""
_FOLLOWERS = """
SELECT f.person_id FROM pledges_follow f
WHERE f.pledge_id = $1 AND ($2::uuid IS NULL OR f.person_id > $2)
ORDER BY f.person_id LIMIT $3
"""
_MILESTONE = """
SELECT m.title FROM pledges_milestone m JOIN pledges_pledge p ON p.id = m.pledge_id
WHERE m.pledge_id = $1 AND m.key = $2 AND m.version = p.terms_version
"""
_REVIEW = """
SELECT v.id, v.year, v.half, v.state, v.area_path, v.reports_due_at, v.meets_at, v.rating_opens_at,
       v.rating_closes_at, v.void_reason
FROM pledges_review v WHERE v.id = $1
"""
_REVIEWEES = """
SELECT w.id, w.kind, w.person_id, w.organisation_id, w.duty FROM pledges_reviewee w
WHERE w.review_id = $1 AND ($2::uuid IS NULL OR w.id = $2) ORDER BY w.position LIMIT 500
"""
_RATERS = """
SELECT r.person_id FROM pledges_rater r
WHERE r.review_id = $1 AND ($2::uuid IS NULL OR r.person_id > $2)
ORDER BY r.person_id LIMIT $3
"""
_REMARKED = """
SELECT g.person_id FROM pledges_remark_given g
WHERE g.reviewee_id = $1 AND ($2::uuid IS NULL OR g.person_id > $2)
ORDER BY g.person_id LIMIT $3
"""
_RECTIFICATION = """
SELECT x.demand, x.due_at, x.state, x.verdict FROM pledges_rectification x WHERE x.id = $1
"""
_APPRAISAL = "SELECT a.person_id, a.year FROM pledges_appraisal a WHERE a.id = $1"


async def pledge_to_tell(pledge_id: UUID) -> Row | None:
    """Return what can be told of a pledge."""
    return await database.fetch_one(_PLEDGE, pledge_id)


async def objection_to_tell(objection_id: UUID) -> Row | None:
    """Return what can be told of an objection or contest: who filed it, what became of it."""
    return await database.fetch_one(_OBJECTION, objection_id)


async def change_to_tell(change_id: UUID) -> Row | None:
    """Return what can be told of a change of a pledge."""
    return await database.fetch_one(_CHANGE, change_id)


async def milestone_title(pledge_id: UUID, key: UUID) -> str | None:
    """Return the title of a milestone as the pledge stands."""
    found: str | None = await database.fetch_value(_MILESTONE, pledge_id, key)
    return found


async def followers_after(pledge_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who follow a pledge, by id."""
    return [r["person_id"] for r in await database.fetch(_FOLLOWERS, pledge_id, after, limit)]


async def review_to_tell(review_id: UUID) -> Row | None:
    """Return what can be told of a review."""
    return await database.fetch_one(_REVIEW, review_id)


async def reviewees_of(review_id: UUID, reviewee_id: UUID | None = None) -> Sequence[Row]:
    """Return who is under review, or one of them: kind, person_id, organisation_id, duty."""
    return await database.fetch(_REVIEWEES, review_id, reviewee_id)


async def raters_after(review_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who may rate in a review, by id."""
    return [r["person_id"] for r in await database.fetch(_RATERS, review_id, after, limit)]


async def remarked_after(reviewee_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who left a remark on somebody under review, by id."""
    return [r["person_id"] for r in await database.fetch(_REMARKED, reviewee_id, after, limit)]


async def rectification_to_tell(rectification_id: UUID) -> Row | None:
    """Return what can be told of an order to put something right."""
    return await database.fetch_one(_RECTIFICATION, rectification_id)


async def appraisal_to_tell(appraisal_id: UUID) -> Row | None:
    """Return whom an appraisal is of, and of which year."""
    return await database.fetch_one(_APPRAISAL, appraisal_id)
