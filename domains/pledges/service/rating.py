"""Rating in secret: one box of the ballot box for each reviewee and group of reviewers.

A ballot does not know its group, so that each group has boxes of its own, and nobody is on
the roll of the box that rates them or their body. A box for fewer than five would tell who
said what, so none is opened: the round is void before it begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import electorate
from domains.pledges import policy
from domains.pledges.errors import NotAmongRaters, OwnRating, RatingIncomplete
from domains.pledges.events.reviews import ReviewRatingOpened
from domains.pledges.models import Review
from domains.pledges.policy import PledgePlace
from domains.pledges.rules.ratings import TurnoutStep
from domains.pledges.rules.review_procedure import GroupRule, ReviewProcedure
from domains.pledges.service.review_count import void
from domains.pledges.service.reviews import told
from domains.pledges.values.reviews import Half, RaterSource, ReviewAnswer, ReviewState
from domains.voting.queries import commissioned
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.rules.turnout import LEAST_SHOWN
from domains.voting.service import OptionDraft, PollDraft
from domains.voting.service.commissions import Commission, commission
from domains.voting.values import PollMethod, Secrecy

GRADES: Mapping[ReviewAnswer, int] = {
    ReviewAnswer.UNKNOWN: 1,
    ReviewAnswer.UNSATISFIED: 2,
    ReviewAnswer.BASICALLY_SATISFIED: 3,
    ReviewAnswer.SATISFIED: 4,
}
_LONG_MS = 10 * 60_000
_HALVES = {Half.H1: "上半年", Half.H2: "下半年"}
_SCALE = "请对每一项作出评价:4 满意,3 基本满意,2 不满意,1 不了解。秘密投票。"

_DUE = """
SELECT id FROM pledges_review WHERE state = 'reports_due' AND rating_opens_at <= kernel_now()
ORDER BY rating_opens_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_GROUPS = "SELECT id, code FROM pledges_rater_group WHERE review_id = $1 ORDER BY position"
_BY_ROLE = """
INSERT INTO pledges_rater (review_id, person_id, group_id)
SELECT DISTINCT $1::uuid, g.person_id, $2::uuid
FROM membership_role_grant g JOIN membership_area a ON a.id = g.area_id
WHERE g.role = ANY ($4::text[]) AND g.revoked_at IS NULL
  AND (starts_with(a.path, $3) OR starts_with($3, a.path))
  AND (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
      BETWEEN g.starts_on AND coalesce(g.ends_on, 'infinity'::date)
ON CONFLICT DO NOTHING
"""
_LISTED = """
INSERT INTO pledges_rater (review_id, person_id, group_id) SELECT $1, unnest($2::uuid[]), $3
ON CONFLICT DO NOTHING
"""
_RATERS = "SELECT person_id FROM pledges_rater WHERE group_id = $1 ORDER BY person_id"
_TAKEN = "SELECT person_id FROM pledges_rater WHERE review_id = $1"
# Who is under review themselves, and who belongs to a body that is.
_REVIEWEES = """
SELECT w.id, coalesce(p.name, o.name) AS name,
       CASE w.kind WHEN 'person' THEN ARRAY[w.person_id] ELSE ARRAY(
           SELECT g.person_id FROM membership_role_grant g
           WHERE g.organisation_id = w.organisation_id AND g.revoked_at IS NULL) END AS own_ids
FROM pledges_reviewee w
LEFT JOIN membership_person p ON p.id = w.person_id
LEFT JOIN membership_organisation o ON o.id = w.organisation_id
WHERE w.review_id = $1 ORDER BY w.position
"""
_ITEMS = "SELECT label FROM pledges_review_item WHERE review_id = $1 ORDER BY position"
_BOX = "INSERT INTO pledges_rating_poll (reviewee_id, group_id, poll_id) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Box:
    """Who rates whom in one group."""

    reviewee_id: UUID
    name: str
    group_id: UUID
    code: str
    voters: Sequence[UUID]


async def open_due_rating() -> UUID | None:
    """Open the rating of one review whose time has come; returns its id, or None.

    Where a group is too small for a secret box, the round is void.
    """
    async with transaction(timeout_ms=_LONG_MS):
        review_id: UUID | None = await database.fetch_value(_DUE)
        if review_id is None:
            return None
        review = await Review.get(id=review_id)
        procedure = ReviewProcedure.of(rulesets.thaw(review.frozen_rules))
        boxes = await _boxes(review, procedure)
        short = _short(boxes)
        if short:
            await void(review, short)
            return review_id
        labels = [row["label"] for row in await database.fetch(_ITEMS, review_id)]
        for box in boxes:
            asked = Commission(_draft(review, procedure, box, labels), box.voters, _about(review))
            poll_id = await commission(SYSTEM, review.area_id, asked)
            await database.execute(_BOX, box.reviewee_id, box.group_id, poll_id)
        review.state = ReviewState.RATING
        await review.save()
        await outbox.record(ReviewRatingOpened(review.id, review.area_path))
        await told(SYSTEM, review, "openRating", {"boxes": len(boxes)})
        return review_id


def _about(review: Review) -> tuple[str, UUID]:
    return ("review", review.id)


async def _boxes(review: Review, procedure: ReviewProcedure) -> list[Box]:
    group_ids = {row["code"]: row["id"] for row in await database.fetch(_GROUPS, review.id)}
    raters: dict[str, list[UUID]] = {}
    for group in procedure.groups:
        await _gather(review, group, group_ids[group.code])
        rows = await database.fetch(_RATERS, group_ids[group.code])
        raters[group.code] = [row["person_id"] for row in rows]
    return [
        Box(
            reviewee_id=row["id"],
            name=row["name"],
            group_id=group_ids[group.code],
            code=group.code,
            voters=[each for each in raters[group.code] if each not in set(row["own_ids"])],
        )
        for row in await database.fetch(_REVIEWEES, review.id)
        for group in procedure.groups
    ]


async def _gather(review: Review, group: GroupRule, group_id: UUID) -> None:
    """Put a group together; who is in a group before it stays there."""
    if group.source is RaterSource.ROLE:
        roles = [each.value for each in group.roles]
        await database.execute(_BY_ROLE, review.id, group_id, review.area_path, roles)
    if group.source in {RaterSource.OPEN, RaterSource.DRAWN}:
        day = calendar.day_of(await clock.now())
        adults = await electorate.adults_of(review.area_path, day)
        taken = {row["person_id"] for row in await database.fetch(_TAKEN, review.id)}
        found = [row["person_id"] for row in adults if row["person_id"] not in taken]
        if group.source is RaterSource.DRAWN:
            found = drawn(found, review_id=review.id, number=group.drawn)
        await database.execute(_LISTED, review.id, found, group_id)


def drawn(person_ids: Sequence[UUID], *, review_id: UUID, number: int) -> list[UUID]:
    """Draw residents by lot: the first in the order of SHA-256 over review and person.

    The review's id stands before the draw, so that anybody can draw again.
    """
    return sorted(person_ids, key=lambda each: sha256(f"{review_id}:{each}".encode()).digest())[
        :number
    ]


def _short(boxes: Sequence[Box]) -> tuple[TurnoutStep, ...]:
    """Return what is missing for secret boxes: nobody under review, or a group too small."""
    if not boxes:
        return (TurnoutStep("reviewees", 0, 1),)
    smallest: dict[str, int] = {}
    for box in boxes:
        smallest[box.code] = min(len(box.voters), smallest.get(box.code, len(box.voters)))
    return tuple(
        TurnoutStep(f"group:{code}", count, LEAST_SHOWN)
        for code, count in smallest.items()
        if count < LEAST_SHOWN
    )


def _draft(
    review: Review, procedure: ReviewProcedure, box: Box, labels: Sequence[str]
) -> PollDraft:
    size = len(box.voters)
    # A box with fewer than five ballots tells nothing: its result is not counted.
    quorum = (LEAST_SHOWN, size) if size <= 1000 else (-(-LEAST_SHOWN * 1000 // size), 1000)
    return PollDraft(
        title=f"{review.year}年{_HALVES[review.half]}民主评议:{box.name}"[:120],
        body=_SCALE,
        method=PollMethod.PREFERENCE,
        secrecy=Secrecy.SECRET,
        opens_at=review.rating_opens_at,
        closes_at=review.rating_closes_at,
        rule_code=procedure.rating_rules,
        options=tuple(OptionDraft(label) for label in labels),
        least_choices=len(labels),
        most_choices=len(labels),
        quorum=quorum,
        counting_rule=CountingRule.MAJORITY_JUDGEMENT,
        ballot_form=BallotForm.GRADE,
        highest=len(GRADES),
    )


_MINE = """
SELECT v.area_path, w.person_id, w.organisation_id, b.poll_id
FROM pledges_reviewee w
JOIN pledges_review v ON v.id = w.review_id
LEFT JOIN pledges_rater r ON r.review_id = w.review_id AND r.person_id = $2
LEFT JOIN pledges_rating_poll b ON b.reviewee_id = w.id AND b.group_id = r.group_id
WHERE w.id = $1
"""


async def ballot_of(
    actor: Actor, reviewee_id: UUID, answers: Mapping[int, ReviewAnswer]
) -> tuple[UUID, list[tuple[UUID, int]]]:
    """Return the actor's box for a reviewee, and the paper that says these answers by item.

    The ballot box casts it. Raises OwnRating, NotAmongRaters, RatingIncomplete.
    """
    row = await database.fetch_one(_MINE, reviewee_id, actor.person_id)
    if row is None:
        raise NotFound(path=("input", "revieweeId"))
    require(policy.AUTHORITY, "rateReviewee", actor, PledgePlace(row["area_path"]))
    _require_not_own(actor, row)
    if row["poll_id"] is None:
        raise NotAmongRaters(path=("input", "revieweeId"))
    options = await commissioned.option_ids(row["poll_id"])
    if set(answers) != set(options):
        raise RatingIncomplete(path=("input", "answers"))
    return row["poll_id"], [(options[item], GRADES[said]) for item, said in answers.items()]


def _require_not_own(actor: Actor, row: Row) -> None:
    own = actor.person_id is not None and actor.person_id == row["person_id"]
    if own or policy.is_of(actor, row["organisation_id"]):
        raise OwnRating(path=("input", "revieweeId"))
