"""What follows a review, for tests: counted and published ones, and the street that decides."""

from datetime import datetime
from uuid import UUID

from domains.kernel import clock
from domains.kernel.actor import Actor, Role
from domains.membership.models import Area
from domains.pledges.service import appraisals, publication, rectifications, reviews
from domains.pledges.service.appraisals import AppraisalDraft
from domains.pledges.values.reviews import AppraisalGrade, ReviewAnswer
from tests import factories
from tests.pledges.factories import Town
from tests.pledges.reviews import (
    PEERS,
    RESIDENTS,
    SATISFIED,
    STREET,
    UNSATISFIED,
    an_open_rating,
    close_and_count,
    name_the_street,
    open_boxes,
    rate_all,
    reviewee_of,
)

GOOD = {STREET: SATISFIED, PEERS: SATISFIED, RESIDENTS: SATISFIED}
BAD = {STREET: SATISFIED, PEERS: SATISFIED, RESIDENTS: UNSATISFIED}


async def an_overseer(town: Town) -> Actor:
    """Somebody of the street, who is not under review."""
    street = await Area.get(id=town.community.parent_id)
    return await factories.an_officer(Role.STREET_REVIEWER, street, name="街道考核员")


async def a_counted_review(
    town: Town, moved_clock, said: dict[str, ReviewAnswer] | None = None
) -> UUID:
    """A review that everybody rated alike by group."""
    review_id = await an_open_rating(town, moved_clock)
    await rate_all(review_id, said or GOOD)
    await close_and_count(review_id, moved_clock)
    return review_id


async def a_published_review(
    town: Town, moved_clock, said: dict[str, ReviewAnswer] | None = None
) -> tuple[UUID, Actor]:
    """A review whose result is public, and who of the street published it."""
    overseer = await an_overseer(town)
    review_id = await a_counted_review(town, moved_clock, said)
    await publication.publish_review(overseer, review_id)
    return review_id, overseer


async def the_second_half(town: Town, moved_clock) -> UUID:
    """The review of the second half, from which ratings are taken."""
    await moved_clock.set(datetime(town.year, 12, 2, 12, tzinfo=clock.SHANGHAI))
    review_id = await reviews.schedule_due_review()
    assert review_id is not None
    await hold_again(town, moved_clock, review_id)
    return review_id


async def hold_again(town: Town, moved_clock, review_id: UUID) -> None:
    """Name the street's reviewers, and open the boxes."""
    await name_the_street(town, review_id)
    await open_boxes(moved_clock, review_id)


async def an_order(overseer: Actor, reviewee_id: UUID) -> UUID:
    """Something to be put right."""
    return await rectifications.order(overseer, reviewee_id, demand="公开送餐台账,按周更新。")


async def the_body(town: Town, review_id: UUID) -> UUID:
    """The body under review."""
    return await reviewee_of(review_id, organisation_id=town.body.id)


async def the_member(town: Town, review_id: UUID) -> UUID:
    """The committee's first member under review."""
    return await reviewee_of(review_id, person_id=town.committee.person_id)


async def appraise(overseer: Actor, reviewee_id: UUID, **changes) -> UUID:
    """Record an appraisal."""
    given = {
        "grade": AppraisalGrade.COMPETENT,
        "affects_pay": True,
        "affects_awards": True,
        "affects_promotion": False,
        "reason": "两次评议均达到要求,承诺基本按期完成。",
    }
    draft = AppraisalDraft(**given | changes)
    return await appraisals.record_appraisal(overseer, reviewee_id, draft)
