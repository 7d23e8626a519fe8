"""Reviews, as rows: public, but for who rates and for what few say."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.pledges.rules.ratings import Answers, TurnoutStep, satisfaction, shown
from domains.pledges.values.reviews import ReviewState

_COLUMNS = "v.*, v.frozen_rules::text AS rules"
_BY_ID = f"SELECT {_COLUMNS} FROM pledges_review v WHERE v.id = ANY ($1::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM pledges_review v
WHERE ($1::text IS NULL OR starts_with(v.area_path, $1))
  AND ($2::smallint IS NULL OR v.year = $2)
  AND ($3::text[] IS NULL OR v.state = ANY ($3))
  AND ($4::timestamptz IS NULL OR (v.scheduled_at, v.id) < ($4, $5::uuid))
ORDER BY v.scheduled_at DESC, v.id DESC LIMIT $6
"""
_REVIEWEE = """
SELECT w.*, coalesce(p.name, o.name) AS name, v.result, v.state, v.area_path
FROM pledges_reviewee w
JOIN pledges_review v ON v.id = w.review_id
LEFT JOIN membership_person p ON p.id = w.person_id
LEFT JOIN membership_organisation o ON o.id = w.organisation_id
"""
_REVIEWEES = f"{_REVIEWEE} WHERE w.review_id = ANY ($1::uuid[]) ORDER BY w.review_id, w.position"
_REVIEWEES_BY_ID = f"{_REVIEWEE} WHERE w.id = ANY ($1::uuid[])"
_ITEMS = """
SELECT review_id, position, label, is_overall FROM pledges_review_item
WHERE review_id = ANY ($1::uuid[]) ORDER BY review_id, position
"""
# How many rate in a group is told once they are fixed; who they are, never.
_GROUPS = """
SELECT g.*, CASE WHEN v.state NOT IN ('scheduled', 'reports_due')
                 THEN (SELECT count(*) FROM pledges_rater r WHERE r.group_id = g.id) END AS raters
FROM pledges_rater_group g JOIN pledges_review v ON v.id = g.review_id
WHERE g.review_id = ANY ($1::uuid[]) ORDER BY g.review_id, g.position
"""
_REPORTS = "SELECT * FROM pledges_work_report WHERE reviewee_id = ANY ($1::uuid[])"
_RATINGS = """
SELECT b.reviewee_id, g.code, g.title, g.weight, g.position AS place, b.issued, b.returned,
       b.void, b.valid, r.item, r.satisfied, r.basically_satisfied, r.unsatisfied, r.unknown
FROM pledges_rating_poll b
JOIN pledges_rater_group g ON g.id = b.group_id
JOIN pledges_rating r ON r.reviewee_id = b.reviewee_id AND r.group_id = b.group_id
JOIN pledges_reviewee w ON w.id = b.reviewee_id
JOIN pledges_review v ON v.id = w.review_id
WHERE b.reviewee_id = ANY ($1::uuid[]) AND v.tallied_at IS NOT NULL AND v.voided_at IS NULL
ORDER BY b.reviewee_id, g.position, r.item
"""
_MINE = """
SELECT w.id, b.poll_id FROM pledges_reviewee w
JOIN pledges_rater r ON r.review_id = w.review_id AND r.person_id = $2::uuid
JOIN pledges_rating_poll b ON b.reviewee_id = w.id AND b.group_id = r.group_id
WHERE w.id = ANY ($1::uuid[])
  AND EXISTS (SELECT FROM voting_roll_entry e WHERE e.poll_id = b.poll_id AND e.voter_id = $2)
"""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What a list of reviews is narrowed to."""

    area_path: str | None = None
    year: int | None = None
    states: tuple[ReviewState, ...] | None = None


async def reviews(actor: Actor, asked: ReviewFilter, page: Page) -> Slice[Row]:
    """Return a page of reviews, the latest first; they are public."""
    scheduled_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *(asked.area_path, asked.year),
        list(asked.states) if asked.states is not None else None,
        *(scheduled_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def reviews_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the reviews of these ids."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, list(ids))}
    return [found.get(each) for each in ids]


async def reviewees(actor: Actor, review_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who is under review, in order."""
    return await _by_review(_REVIEWEES, review_ids)


async def items(actor: Actor, review_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what is rated, in order, the whole last."""
    return await _by_review(_ITEMS, review_ids)


async def groups(actor: Actor, review_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the groups of reviewers, in order."""
    return await _by_review(_GROUPS, review_ids)


async def _by_review(sql: str, review_ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, list(review_ids)):
        found[row["review_id"]].append(row)
    return [found[each] for each in review_ids]


async def reviewees_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: those under review of these ids."""
    found = {row["id"]: row for row in await database.fetch(_REVIEWEES_BY_ID, list(ids))}
    return [found.get(each) for each in ids]


async def work_reports(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the written work reports; they are public."""
    found = {row["reviewee_id"]: row for row in await database.fetch(_REPORTS, list(reviewee_ids))}
    return [found.get(each) for each in reviewee_ids]


async def my_boxes(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[UUID | None]:
    """Batch: the poll in which the actor rates each of these; None where they do not."""
    if actor.person_id is None:
        return [None] * len(reviewee_ids)
    rows = await database.fetch(_MINE, list(reviewee_ids), actor.person_id)
    found = {row["id"]: row["poll_id"] for row in rows}
    return [found.get(each) for each in reviewee_ids]


@dataclass(frozen=True, slots=True)
class ItemRating:
    """What all reviewers said of an item, and the weighted rate that it came to."""

    item: int
    answers: Answers
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class GroupRating:
    """What a group of five or more said over all."""

    code: str
    title: str
    weight: int
    valid: int
    answers: Answers
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class Rated:
    """What the rating of somebody came to."""

    issued: int
    returned: int
    void: int
    valid: int
    items: tuple[ItemRating, ...]
    groups: tuple[GroupRating, ...]


async def ratings(actor: Actor, reviewee_ids: Sequence[UUID]) -> list[Rated | None]:
    """Batch: what ratings came to once counted; groups from five up, and where none follows."""
    rows = await database.fetch(_RATINGS, list(reviewee_ids))
    results = await database.fetch(_REVIEWEES_BY_ID, list(reviewee_ids))
    rates = {row["id"]: _rates(row["result"], row["id"]) for row in results if row["result"]}
    by_reviewee: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        by_reviewee[row["reviewee_id"]].append(row)
    return [
        _rated(by_reviewee[each], rates[each]) if by_reviewee[each] else None
        for each in reviewee_ids
    ]


def _rates(result: str, reviewee_id: UUID) -> list[Fraction | None]:
    for each in json.loads(result)["reviewees"]:
        if each["reviewee"] == str(reviewee_id):
            return [None if rate is None else Fraction(rate) for rate in each["rates"]]
    return []


def _rated(rows: Sequence[Row], rates: Sequence[Fraction | None]) -> Rated:
    places = sorted({row["place"] for row in rows})
    first = {row["place"]: row for row in rows}
    overall = {row["place"]: row for row in rows if row["item"] == len(rates)}
    told = shown([first[place]["valid"] for place in places])
    return Rated(
        **{
            name: sum(first[place][name] for place in places)
            for name in ("issued", "returned", "void", "valid")
        },
        items=tuple(
            ItemRating(
                item,
                sum((_answers(row) for row in rows if row["item"] == item), Answers()),
                rate,
            )
            for item, rate in enumerate(rates, start=1)
        ),
        groups=tuple(
            GroupRating(
                code=overall[place]["code"],
                title=overall[place]["title"],
                weight=overall[place]["weight"],
                valid=overall[place]["valid"],
                answers=_answers(overall[place]),
                rate=satisfaction(_answers(overall[place])),
            )
            for index, place in enumerate(places)
            if index in told
        ),
    )


def _answers(row: Row) -> Answers:
    return Answers(row["satisfied"], row["basically_satisfied"], row["unsatisfied"], row["unknown"])


def steps_of(result: str | None) -> list[TurnoutStep]:
    """Read the comparisons of a counted or void round."""
    if result is None:
        return []
    kept: list[dict[str, Any]] = json.loads(result)["steps"]
    return [TurnoutStep(each["name"], each["counted"], each["needed"]) for each in kept]
