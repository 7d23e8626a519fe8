"""What follows a review, as rows: remarks by topic, outcomes, orders, and appraisals."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

_OVERSEERS = (Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)

# Before the result is public, remarks are the street's to group.
_TOLD = """
(v.published_at IS NOT NULL OR (v.tallied_at IS NOT NULL AND ({sees})))
"""
_SEES = """$2 OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(v.area_path, held.path))"""
_TOPICS = f"""
SELECT t.*, (SELECT count(*) FROM pledges_remark r WHERE r.topic_id = t.id) AS remarks
FROM pledges_remark_topic t
JOIN pledges_reviewee w ON w.id = t.reviewee_id
JOIN pledges_review v ON v.id = w.review_id
WHERE {{named}} = ANY ($1::uuid[]) AND {_TOLD.format(sees=_SEES)}
ORDER BY t.reviewee_id, t.title
"""
_TOPICS_OF, _TOPICS_BY_ID = (_TOPICS.format(named=each) for each in ("t.reviewee_id", "t.id"))
_REMARK = f"""
SELECT r.id, r.topic_id, t.title, r.withheld_reason,
       CASE WHEN r.withheld_reason IS NULL OR ({_SEES}) THEN r.text END AS text
FROM pledges_remark r
LEFT JOIN pledges_remark_topic t ON t.id = r.topic_id
JOIN pledges_reviewee w ON w.id = r.reviewee_id
JOIN pledges_review v ON v.id = w.review_id
"""
_REMARKS_BY_ID = f"""
{_REMARK} WHERE r.id = ANY ($1::uuid[]) AND {_TOLD.format(sees=_SEES)}
"""
_REMARKS = f"""
{_REMARK} WHERE r.reviewee_id = $1 AND {_TOLD.format(sees=_SEES)}
  AND ($4::uuid IS NULL OR r.topic_id = $4) AND ($5::uuid IS NULL OR r.id > $5)
ORDER BY r.id LIMIT $6
"""
_OUTCOMES = "SELECT * FROM pledges_outcome WHERE reviewee_id = ANY ($1::uuid[])"
_ORDERS = "SELECT * FROM pledges_rectification WHERE reviewee_id = ANY ($1::uuid[])"
_ORDERS_BY_ID = "SELECT * FROM pledges_rectification WHERE id = ANY ($1::uuid[])"
_LATER = """
SELECT id, parent_id FROM pledges_review WHERE parent_id = ANY ($1::uuid[])
"""
# Whose it is, and the street: it is nobody else's business.
_KNOWS = """
($2 OR a.person_id = $4::uuid OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(a.area_path, held.path)))
"""
_APPRAISALS_BY_ID = (
    f"SELECT a.* FROM pledges_appraisal a WHERE a.id = ANY ($1::uuid[]) AND {_KNOWS}"
)
_APPRAISALS_OF = f"""
SELECT w.id AS reviewee_id, a.*
FROM pledges_reviewee w
JOIN pledges_review v ON v.id = w.review_id
JOIN pledges_appraisal a
  ON (a.area_id, a.year, a.person_id) = (v.area_id, v.year, w.person_id)
WHERE w.id = ANY ($1::uuid[]) AND {_KNOWS}
"""
_APPRAISALS = f"""
SELECT a.* FROM pledges_appraisal a
WHERE ($1::text IS NULL OR starts_with(a.area_path, $1)) AND {_KNOWS}
  AND ($5::smallint IS NULL OR a.year = $5)
  AND (NOT $6 OR a.person_id = $4::uuid)
  AND ($7::timestamptz IS NULL OR (a.at, a.id) < ($7, $8::uuid))
ORDER BY a.at DESC, a.id DESC LIMIT $9
"""
_RESULTS = """
SELECT a.id AS appraisal_id, v.id AS review_id, v.half, v.second_of_id, o.rate, o.failed,
       o.in_a_row
FROM pledges_appraisal a
JOIN pledges_review v ON v.area_id = a.area_id AND v.year = a.year
JOIN pledges_reviewee w ON w.review_id = v.id AND w.person_id = a.person_id
JOIN pledges_outcome o ON o.reviewee_id = w.id
WHERE a.id = ANY ($1::uuid[]) ORDER BY a.id, v.half, v.scheduled_at
"""


def _overseen(actor: Actor) -> tuple[bool, list[str]]:
    return actor.system, actor.area_paths(*_OVERSEERS)


async def topics(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what was remarked on somebody by topic; of published reviews to everybody."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_TOPICS_OF, list(reviewee_ids), *_overseen(actor)):
        found[row["reviewee_id"]].append(row)
    return [found[each] for each in reviewee_ids]


async def topics_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the topics of these ids, None where they are not told yet."""
    return await _by_id(ids, _TOPICS_BY_ID, *_overseen(actor))


async def remarks_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the remarks of these ids, None where they are not told yet."""
    return await _by_id(ids, _REMARKS_BY_ID, *_overseen(actor))


async def _by_id(ids: Sequence[UUID], sql: str, *given: Any) -> list[Row | None]:
    found = {row["id"]: row for row in await database.fetch(sql, list(ids), *given)}
    return [found.get(each) for each in ids]


async def remarks(
    actor: Actor, reviewee_id: UUID, page: Page, *, topic_id: UUID | None = None
) -> Slice[Row]:
    """Return a page of remarks on somebody, in the order of their random ids.

    Of published reviews to everybody, without what is withheld; to the street once counted.
    """
    after = page.after[0] if page.after else None
    rows = await database.fetch(
        _REMARKS, reviewee_id, *_overseen(actor), topic_id, after, page.limit
    )
    return Slice.of(rows, page)


async def outcomes(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: what published reviews came to; they are public."""
    return await _by_reviewee(_OUTCOMES, reviewee_ids)


async def rectifications(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: what is to be put right; it is public, as the result is."""
    return await _by_reviewee(_ORDERS, reviewee_ids)


async def rectifications_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the orders of these ids."""
    return await _by_id(ids, _ORDERS_BY_ID)


async def _by_reviewee(sql: str, reviewee_ids: Sequence[UUID]) -> list[Row | None]:
    rows = await database.fetch(sql, list(reviewee_ids))
    found = {row["reviewee_id"]: row for row in rows}
    return [found.get(each) for each in reviewee_ids]


async def later_reviews(actor: Actor, review_ids: Sequence[UUID]) -> list[UUID | None]:
    """Batch: the review that was held again because of this one, void or followed up."""
    found = {row["parent_id"]: row["id"] for row in await database.fetch(_LATER, list(review_ids))}
    return [found.get(each) for each in review_ids]


async def appraisals_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the appraisals of these ids; one's own, and those of the street's area."""
    return await _by_id(ids, _APPRAISALS_BY_ID, *_overseen(actor), actor.person_id)


async def appraisals_of(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the appraisals of those under review for the year; None where out of sight."""
    rows = await database.fetch(
        _APPRAISALS_OF, list(reviewee_ids), *_overseen(actor), actor.person_id
    )
    found = {row["reviewee_id"]: row for row in rows}
    return [found.get(each) for each in reviewee_ids]


async def appraisals(
    actor: Actor, page: Page, *, within: str | None, year: int | None, own: bool
) -> Slice[Row]:
    """Return a page of appraisals that the actor may know, the latest first."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(
        *(_APPRAISALS, within, *_overseen(actor), actor.person_id, year, own),
        *(at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def appraised_results(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the year's published results of whom appraisals are, that the actor may know of."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_RESULTS, list(ids)):
        found[row["appraisal_id"]].append(row)
    return [found[each] for each in ids]
