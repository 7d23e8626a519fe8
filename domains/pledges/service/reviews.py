"""A half-yearly review until it is rated: made by the scheduler, reported to, met about.

The scheduler makes one a community and half where something has been promised; the database
lets no second one be. Staff and bodies under review are found by rule and put right by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError

from domains.kernel import audit, calendar, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.membership.queries import electorate
from domains.pledges import policy
from domains.pledges.errors import (
    GroupNotListed,
    RaterElsewhere,
    RaterUnfit,
    RevieweeListed,
    ReviewRepeated,
    ReviewStateUnfit,
)
from domains.pledges.events.reviews import ReviewMeetingSet, ReviewScheduled
from domains.pledges.models import Review
from domains.pledges.policy import PledgePlace
from domains.pledges.rules.review_procedure import ReviewProcedure
from domains.pledges.service import texts
from domains.pledges.service.presets import PLEDGE_REVIEW
from domains.pledges.values.reviews import Half, RaterSource, RevieweeKind, ReviewState

MOST_REVIEWEES = 40
MOST_NAMED = 200

# A half is reviewed once its day has come and until the next one's, where there is a promise.
_DUE = """
SELECT g.id, g.area_id, g.area_path, g.year, h.half
FROM pledges_programme g
CROSS JOIN (VALUES ('h1', 1), ('h2', 2)) AS h (half, place)
CROSS JOIN LATERAL (
    SELECT (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date AS today,
           g.frozen_rules #> '{content,reviewBegins}' AS begins) r
CROSS JOIN LATERAL (
    SELECT make_date(g.year, (r.begins -> h.half ->> 'month')::int,
                     (r.begins -> h.half ->> 'day')::int) AS begins_on,
           CASE h.half WHEN 'h1' THEN make_date(g.year, (r.begins -> 'h2' ->> 'month')::int,
                                                (r.begins -> 'h2' ->> 'day')::int)
                       ELSE make_date(g.year + 1, 7, 1) END AS ends_on) d
WHERE r.today >= d.begins_on AND r.today < d.ends_on AND NOT g.id = ANY ($1::uuid[])
  AND EXISTS (SELECT FROM pledges_pledge p
              WHERE p.programme_id = g.id AND p.committed_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pledges_review v
                  WHERE v.area_id = g.area_id AND v.year = g.year AND v.half = h.half
                    AND v.parent_id IS NULL)
ORDER BY d.begins_on, g.id LIMIT 1 FOR UPDATE OF g SKIP LOCKED
"""
_ONCE = """
SELECT EXISTS (SELECT FROM pledges_review
               WHERE area_id = $1 AND year = $2 AND half = $3 AND parent_id IS NULL)
"""
_STAFF = """
INSERT INTO pledges_reviewee (id, review_id, position, kind, person_id, duty)
SELECT gen_random_uuid(), $1, row_number() OVER (ORDER BY g.person_id), 'person', g.person_id,
       string_agg(DISTINCT g.role, ',' ORDER BY g.role)
FROM membership_role_grant g JOIN membership_area a ON a.id = g.area_id
WHERE g.role = ANY ($3::text[]) AND starts_with(a.path, $2) AND g.revoked_at IS NULL
  AND (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
      BETWEEN g.starts_on AND coalesce(g.ends_on, 'infinity'::date)
GROUP BY g.person_id LIMIT $4
"""
_BODIES = """
INSERT INTO pledges_reviewee (id, review_id, position, kind, organisation_id, duty)
SELECT gen_random_uuid(), $1, $4 + row_number() OVER (ORDER BY p.organisation_id), 'body',
       p.organisation_id, ''
FROM pledges_pledge p
WHERE p.area_id = $2 AND p.year = $3 AND p.committed_at IS NOT NULL
GROUP BY p.organisation_id LIMIT $5
"""
_ITEMS = """
INSERT INTO pledges_review_item (review_id, position, label, is_overall)
SELECT $1, place, label, place = cardinality($2::text[])
FROM unnest($2::text[]) WITH ORDINALITY AS item (label, place)
"""
_GROUP = """
INSERT INTO pledges_rater_group
    (id, review_id, position, code, title, weight, least_valid, source, is_residents)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def schedule_due_review() -> UUID | None:
    """Make the review of one half that has come, once; returns its id, or None.

    Where a community's rules hold no review, the others' are made first; then it is raised.
    """
    passed: list[UUID] = []
    failure: DomainError | None = None
    while True:
        async with transaction():
            row = await database.fetch_one(_DUE, passed)
            if row is None:
                break
            try:
                return await _schedule(row)
            except DomainError as refusal:
                passed.append(row["id"])
                failure = failure or refusal
    if failure is not None:
        raise failure
    return None


async def _schedule(row: Row) -> UUID | None:
    # Asked again under the lock: another worker may have made it just now.
    if await database.fetch_value(_ONCE, row["area_id"], row["year"], row["half"]):
        return None
    review, procedure = await begin(row["area_id"], row["area_path"], row["year"], row["half"])
    await _find_reviewees(review, procedure)
    await told(SYSTEM, review, "scheduleReview")
    return review.id


async def begin(
    area_id: UUID, area_path: str, year: int, half: str, *, parent_id: UUID | None = None
) -> tuple[Review, ReviewProcedure]:
    """Write a review down with its dates, items and groups, under the rules of today."""
    now = await clock.now()
    rules = await rulesets.in_force(PLEDGE_REVIEW, on=calendar.day_of(now), community=area_id)
    procedure = ReviewProcedure.of(rules)
    reports_due_at = calendar.deadline(now, procedure.reports).at
    opens_at = calendar.deadline(reports_due_at, procedure.before_rating).at
    review = Review(
        id=database.new_id(),
        area_id=area_id,
        area_path=area_path,
        year=year,
        half=Half(half),
        parent_id=parent_id,
        state=ReviewState.REPORTS_DUE,
        frozen_rules=rulesets.freeze(rules),
        scheduled_at=now,
        reports_due_at=reports_due_at,
        rating_opens_at=opens_at,
        rating_closes_at=calendar.deadline(opens_at, procedure.rating).at,
    )
    try:
        await review.save(force_create=True)
    except IntegrityError:  # the constraint is the last word
        raise ReviewRepeated(path=("input", "reviewId")) from None
    await database.execute(_ITEMS, review.id, [*procedure.items, procedure.overall])
    await database.execute_many(
        _GROUP,
        [
            (
                *(database.new_id(), review.id, place, each.code, each.title, each.weight),
                *(each.least, each.source, each.is_residents),
            )
            for place, each in enumerate(procedure.groups, start=1)
        ],
    )
    await outbox.record(ReviewScheduled(review.id, review.area_path))
    return review, procedure


async def _find_reviewees(review: Review, procedure: ReviewProcedure) -> None:
    roles = [each.value for each in procedure.reviewee_roles]
    staff = await database.execute(_STAFF, review.id, review.area_path, roles, MOST_REVIEWEES)
    if procedure.reviews_bodies:
        await database.execute(
            _BODIES, review.id, review.area_id, review.year, staff, MOST_REVIEWEES
        )


_SAME = """
INSERT INTO pledges_reviewee (id, review_id, position, kind, person_id, organisation_id, duty)
SELECT gen_random_uuid(), $1, position, kind, person_id, organisation_id, duty
FROM pledges_reviewee WHERE review_id = $2
"""
_SECOND_AS = """
UPDATE pledges_review v SET second_of_id = void.second_of_id FROM pledges_review void
WHERE v.id = $1 AND void.id = $2
"""


async def repeat_review(actor: Actor, review_id: UUID) -> UUID:
    """Hold a void round again, of the same people; returns the new review's id.

    Raises ReviewStateUnfit for a round that stands, ReviewRepeated where it has been.
    """
    async with transaction():
        void = await hold_review(actor, review_id, "repeatReview")
        if void.state is not ReviewState.VOID:
            raise ReviewStateUnfit(path=("input", "reviewId"), state=void.state.value)
        review, _ = await begin(
            void.area_id, void.area_path, void.year, void.half, parent_id=void.id
        )
        await database.execute(_SAME, review.id, void.id)
        await database.execute(_SECOND_AS, review.id, void.id)
        await told(actor, review, "repeatReview", {"parent": str(void.id)})
        return review.id


async def hold_review(
    actor: Actor, review_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "reviewId")
) -> Review:
    """Lock a review for a command that the table allows; raises NotFound, Forbidden."""
    review = await Review.filter(id=review_id).select_for_update().first()
    if review is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, PledgePlace(review.area_path, is_public=True))
    return review


def require_before_rating(review: Review) -> None:
    """Refuse what cannot be put right once the rating has begun."""
    if review.state is not ReviewState.REPORTS_DUE:
        raise ReviewStateUnfit(path=("input", "reviewId"), state=review.state.value)


async def told(
    actor: Actor, review: Review, command: str, details: Mapping[str, Any] | None = None
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor,
        command=command,
        chain=review.area_id,
        subject=("review", review.id),
        details={"state": review.state.value, **(details or {})},
    )


_NEXT = "SELECT coalesce(max(position), 0) + 1 FROM pledges_reviewee WHERE review_id = $1"
_ADD = """
INSERT INTO pledges_reviewee (id, review_id, position, kind, person_id, organisation_id, duty)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_REVIEWEE = "SELECT review_id FROM pledges_reviewee WHERE id = $1"
# Who lives in the community, or holds a role in it, above it, or in a body of it.
_OF_HERE = """
SELECT count(*) FROM unnest($1::uuid[]) AS asked (id)
WHERE EXISTS (
    SELECT FROM membership_role_grant g
    LEFT JOIN membership_organisation o ON o.id = g.organisation_id
    JOIN membership_area a ON a.id = coalesce(g.area_id, o.area_id)
    WHERE g.person_id = asked.id AND g.revoked_at IS NULL
      AND (starts_with(a.path, $2) OR starts_with($2, a.path)))
  OR EXISTS (
    SELECT FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE r.person_id = asked.id AND r.state = 'verified' AND starts_with(a.path, $2))
"""
_BODY_HERE = """
SELECT EXISTS (
    SELECT FROM membership_organisation o JOIN membership_area a ON a.id = o.area_id
    WHERE o.id = $1 AND o.dissolved_on IS NULL
      AND (starts_with(a.path, $2) OR starts_with($2, a.path)))
"""


async def add_reviewee(
    actor: Actor,
    review_id: UUID,
    *,
    person_id: UUID | None,
    organisation_id: UUID | None,
    duty: str,
) -> UUID:
    """Put a person or a body under review before the rating; returns the reviewee's id.

    Raises RevieweeListed, NotFound for who has nothing to do with the community.
    """
    said = texts.public(duty, longest=120, shortest=0, path=("input", "duty"))
    if (person_id is None) == (organisation_id is None):
        raise InvalidInput(
            path=("input", "personId"),
            zh="须指明一人或一个单位。",
            en="It is a person or a body, one of them.",
        )
    async with transaction():
        review = await hold_review(actor, review_id, "addReviewee")
        require_before_rating(review)
        await _require_here(review, person_id, organisation_id)
        reviewee_id = database.new_id()
        kind = RevieweeKind.PERSON if person_id is not None else RevieweeKind.BODY
        place = await database.fetch_value(_NEXT, review_id)
        if place > MOST_REVIEWEES * 2:
            raise ReviewStateUnfit(path=("input", "reviewId"), state=review.state.value)
        try:
            await database.execute(
                _ADD, reviewee_id, review_id, place, kind, person_id, organisation_id, said
            )
        except asyncpg.UniqueViolationError:
            raise RevieweeListed(path=("input", "personId")) from None
        await told(actor, review, "addReviewee", {"reviewee": str(reviewee_id)})
        return reviewee_id


async def _require_here(
    review: Review, person_id: UUID | None, organisation_id: UUID | None
) -> None:
    if person_id is not None:
        if await database.fetch_value(_OF_HERE, [person_id], review.area_path) != 1:
            raise NotFound(path=("input", "personId"))
    elif not await database.fetch_value(_BODY_HERE, organisation_id, review.area_path):
        raise NotFound(path=("input", "organisationId"))


async def remove_reviewee(actor: Actor, reviewee_id: UUID, *, reason: str) -> UUID:
    """Take somebody off the review before the rating, with a reason; returns the review's id."""
    said = texts.public(reason, longest=200, path=("input", "reason"))
    path = ("input", "revieweeId")
    row = await database.fetch_one(_REVIEWEE, reviewee_id)
    if row is None:
        raise NotFound(path=path)
    async with transaction():
        review = await hold_review(actor, row["review_id"], "removeReviewee", path=path)
        require_before_rating(review)
        await database.execute(
            "DELETE FROM pledges_work_report WHERE reviewee_id = $1", reviewee_id
        )
        await database.execute("DELETE FROM pledges_reviewee WHERE id = $1", reviewee_id)
        details = {"reviewee": str(reviewee_id), "reason": said}
        await told(actor, review, "removeReviewee", details)
        return review.id


async def set_meeting(
    actor: Actor, review_id: UUID, *, meets_at: datetime, meeting_id: UUID | None = None
) -> None:
    """Say when those under review report in person; ratings are taken from then on.

    Raises InvalidInput where it lies before the reports are due, or in the past.
    """
    async with transaction():
        review = await hold_review(actor, review_id, "setReviewMeeting")
        require_before_rating(review)
        if meets_at < max(review.reports_due_at, await clock.now()):
            raise InvalidInput(
                path=("input", "meetsAt"),
                zh="述职会议须在述职报告截止之后,且不得早于现在。",
                en="The meeting is held after the reports are due, and not in the past.",
            )
        procedure = ReviewProcedure.of(rulesets.thaw(review.frozen_rules))
        review.meets_at = review.rating_opens_at = meets_at
        review.rating_closes_at = calendar.deadline(meets_at, procedure.rating).at
        review.meeting_id = meeting_id
        await review.save()
        await outbox.record(ReviewMeetingSet(review.id, review.area_path))
        await told(actor, review, "setReviewMeeting")


_GROUP_OF = "SELECT id, source FROM pledges_rater_group WHERE review_id = $1 AND code = $2"
_CLEAR = "DELETE FROM pledges_rater WHERE group_id = $1"
_NAME = """
INSERT INTO pledges_rater (review_id, person_id, group_id) SELECT $1, unnest($2::uuid[]), $3
"""


async def name_raters(
    actor: Actor, review_id: UUID, group_code: str, person_ids: Sequence[UUID]
) -> int:
    """Name who rates in a group of that kind, instead of whoever was named; returns how many.

    Raises GroupNotListed, RaterUnfit, RaterElsewhere for who is in another group.
    """
    path = ("input", "personIds")
    once = sorted(set(person_ids))
    if len(once) > MOST_NAMED:
        raise InvalidInput(
            path=path, zh=f"最多 {MOST_NAMED} 人。", en=f"{MOST_NAMED} people at most."
        )
    async with transaction():
        review = await hold_review(actor, review_id, "nameReviewRaters")
        require_before_rating(review)
        group = await database.fetch_one(_GROUP_OF, review_id, group_code)
        if group is None:
            raise NotFound(path=("input", "groupCode"))
        if group["source"] != RaterSource.LIST:
            raise GroupNotListed(path=("input", "groupCode"))
        if len(await electorate.named(once)) != len(once):
            raise NotFound(path=path)
        if await database.fetch_value(_OF_HERE, once, review.area_path) != len(once):
            raise RaterUnfit(path=path)
        await database.execute(_CLEAR, group["id"])
        try:
            await database.execute(_NAME, review_id, once, group["id"])
        except asyncpg.UniqueViolationError:
            raise RaterElsewhere(path=path) from None
        await told(actor, review, "nameReviewRaters", {"raters": len(once)})
        return len(once)
