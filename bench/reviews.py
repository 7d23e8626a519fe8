"""A review's round of 100,000 ratings: what its count adds to the ballot box's own."""

import json
import time
from typing import Any
from uuid import UUID

from bench import town
from bench.report import Figure
from domains.kernel import calendar, clock, database, rulesets
from domains.kernel.actor import SYSTEM
from domains.kernel.rules import RuleSet, freeze
from domains.membership.queries import electorate
from domains.pledges.rules.review_procedure import ReviewProcedure
from domains.pledges.service import sync_presets
from domains.pledges.service.presets import PLEDGE_REVIEW
from domains.pledges.service.rating import GRADES
from domains.pledges.service.review_count import tally_due_review
from domains.voting import service
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.service import OptionDraft, PollDraft, staging
from domains.voting.service.commissions import Commission, commission
from domains.voting.values import PollMethod, Secrecy

RATINGS = 100_000
ROUNDS = 3

_REVIEW = """
WITH review AS (
    INSERT INTO pledges_review
        (id, area_id, area_path, year, half, state, frozen_rules, scheduled_at, reports_due_at,
         rating_opens_at, rating_closes_at)
    SELECT gen_random_uuid(), id, path, $2, 'h1', 'rating', $3::jsonb, kernel_now(), kernel_now(),
           kernel_now(), kernel_now() + interval '1 day'
    FROM membership_area WHERE id = $1 RETURNING id
),
body AS (
    INSERT INTO pledges_reviewee (id, review_id, position, kind, organisation_id, duty)
    SELECT gen_random_uuid(), id, 1, 'body', gen_random_uuid(), '' FROM review RETURNING id
),
rated_by AS (
    INSERT INTO pledges_rater_group
        (id, review_id, position, code, title, weight, least_valid, source, is_residents)
    SELECT gen_random_uuid(), id, 1, 'residents', '居民评议', 100, 50, 'open', true
    FROM review RETURNING id
)
SELECT review.id AS review_id, body.id AS reviewee_id, rated_by.id AS group_id
FROM review, body, rated_by
"""
_BOX = "INSERT INTO pledges_rating_poll (reviewee_id, group_id, poll_id) VALUES ($1, $2, $3)"
# Each ballot grades its items by a pattern of its own: most of them differ.
_GRADED = """
UPDATE {table} SET marks = (
    SELECT sum(((abs(hashtext({table}.ctid::text)) >> item) % $1 + 1)::bigint << (4 * item))
    FROM generate_series(0, $2 - 1) AS item)
"""


async def counting(street: Any) -> list[Figure]:
    """Fill boxes with graded ballots, let the ballot box count them, and count the reviews."""
    await sync_presets()
    community = await town.a_community(street, code="review", residents=RATINGS)
    await town.settle()
    boxes: list[float] = []
    reviews: list[float] = []
    for place in range(ROUNDS):
        await _a_full_box(community.area_id, year=2030 + place)
        await town.move_clock(2 * (place + 1))
        await service.close_due_poll()
        await town.settle()
        boxes.append(await _timed(service.tally_due_poll))
        reviews.append(await _timed(tally_due_review))
    await town.move_clock(0)
    section = f"a review's round of {RATINGS:,} ratings"
    return [
        Figure(section, "the ballot box counts and publishes", "s", boxes),
        Figure(section, "the review is counted and weighed", "s", reviews),
    ]


async def _a_full_box(area_id: UUID, *, year: int) -> None:
    now = await clock.now()
    rules = await rulesets.in_force(PLEDGE_REVIEW, on=calendar.day_of(now), community=area_id)
    procedure = ReviewProcedure.of(rules)
    labels = (*procedure.items, procedure.overall)
    place = await database.fetch_value("SELECT path FROM membership_area WHERE id = $1", area_id)
    voters = [row["person_id"] for row in await electorate.adults_of(place, calendar.day_of(now))]
    async with database.transaction(timeout_ms=120_000):
        row = await database.fetch_one(_REVIEW, area_id, year, _frozen(rules))
        assert row is not None, "the review has been planted"
        draft = PollDraft(
            title=f"{year}年上半年民主评议",
            body="",
            method=PollMethod.PREFERENCE,
            secrecy=Secrecy.SECRET,
            opens_at=now,
            closes_at=await database.fetch_value(
                "SELECT rating_closes_at FROM pledges_review WHERE id = $1", row["review_id"]
            ),
            rule_code=procedure.rating_rules,
            options=tuple(OptionDraft(label) for label in labels),
            least_choices=len(labels),
            most_choices=len(labels),
            counting_rule=CountingRule.MAJORITY_JUDGEMENT,
            ballot_form=BallotForm.GRADE,
            highest=len(GRADES),
        )
        asked = Commission(draft, voters, ("review", row["review_id"]))
        poll_id = await commission(SYSTEM, area_id, asked)
        await database.execute(_BOX, row["reviewee_id"], row["group_id"], poll_id)
    await town.fill(poll_id, Secrecy.SECRET, ballots=len(voters))
    table = staging.table_of(poll_id)
    async with database.transaction(timeout_ms=120_000):
        await database.execute(_GRADED.format(table=table), len(GRADES), len(labels))


def _frozen(rules: RuleSet) -> str:
    """Return the rules as the row of a review holds them."""
    return json.dumps(freeze(rules), ensure_ascii=False)


async def _timed(command: Any) -> float:
    began = time.perf_counter()
    if await command() is None:
        raise RuntimeError("nothing was due")
    return time.perf_counter() - began
