"""Published reviews, whole: what their papers and reports say."""

import json
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database, rulesets
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.pledges.queries import follow_up, reviews
from domains.pledges.queries.reviews import Rated, steps_of
from domains.pledges.rules.result_page import (
    GroupResult,
    ItemResult,
    RevieweeResult,
    ReviewResult,
)
from domains.pledges.rules.review_procedure import ReviewProcedure
from domains.pledges.values.reviews import Half

_PUBLISHED = """
SELECT v.*, v.frozen_rules::text AS rules, a.name AS community
FROM pledges_review v JOIN membership_area a ON a.id = v.area_id
WHERE v.published_at IS NOT NULL
"""
_ONE = f"{_PUBLISHED} AND v.id = $1"
_OF_YEAR = f"""
{_PUBLISHED} AND v.area_id = $1 AND v.year = $2 ORDER BY v.half, v.scheduled_at, v.id
"""


async def published(review_id: UUID) -> tuple[UUID, ReviewResult] | None:
    """Return a published review's community and what it came to, whoever asks; None before."""
    row = await database.fetch_one(_ONE, review_id)
    if row is None:
        return None
    (result,) = await _results([row])
    return row["area_id"], result


async def of_year(area_id: UUID, year: int) -> list[ReviewResult]:
    """Return a community's published reviews of a year, in order, whoever asks."""
    return await _results(await database.fetch(_OF_YEAR, area_id, year))


async def _results(rows: Sequence[Row]) -> list[ReviewResult]:
    ids = [row["id"] for row in rows]
    labels = [[item["label"] for item in each] for each in await reviews.items(SYSTEM, ids)]
    under = await reviews.reviewees(SYSTEM, ids)
    everybody = [row["id"] for each in under for row in each]
    rated = dict(zip(everybody, await reviews.ratings(SYSTEM, everybody), strict=True))
    topics = dict(zip(everybody, await follow_up.topics(SYSTEM, everybody), strict=True))
    return [
        _result(
            row,
            [
                _reviewee(each, rated[each["id"]], labels[place], topics[each["id"]])
                for each in under[place]
            ],
        )
        for place, row in enumerate(rows)
    ]


def _result(row: Row, reviewees: Sequence[RevieweeResult]) -> ReviewResult:
    rules = rulesets.thaw(json.loads(row["rules"]))
    procedure = ReviewProcedure.of(rules)
    return ReviewResult(
        community=row["community"],
        year=row["year"],
        half=Half(row["half"]),
        is_second=row["second_of_id"] is not None,
        legal_basis=rules.legal_basis,
        counts_unknown=procedure.counts_unknown,
        weights=[(each.code, each.title, each.weight) for each in procedure.groups],
        steps=steps_of(row["result"]),
        reviewees=reviewees,
    )


def _reviewee(
    row: Row, rated: Rated | None, labels: Sequence[str], topics: Sequence[Row]
) -> RevieweeResult:
    assert rated is not None, "a published review is counted"
    return RevieweeResult(
        name=row["name"],
        issued=rated.issued,
        returned=rated.returned,
        void=rated.void,
        valid=rated.valid,
        items=[
            ItemResult(label, item.answers, item.rate)
            for label, item in zip(labels, rated.items, strict=True)
        ],
        groups=[
            GroupResult(each.title, each.weight, each.answers, each.rate) for each in rated.groups
        ],
        topics=[(topic["title"], topic["remarks"]) for topic in topics],
    )
