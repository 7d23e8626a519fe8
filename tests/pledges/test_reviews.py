"""A half-yearly review, from its scheduling to its count."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Role
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.pledges.errors import (
    GroupNotListed,
    NotAmongRaters,
    OwnRating,
    RaterElsewhere,
    RaterUnfit,
    RatingIncomplete,
    ReportOver,
    RevieweeListed,
    ReviewStateUnfit,
    WeightsNotWhole,
)
from domains.pledges.queries import reviews as queries
from domains.pledges.service import rating, reviews, work_reports
from domains.voting.errors import AlreadyVoted
from tests import factories
from tests.pledges.factories import a_committed_pledge, a_town, events, terms
from tests.pledges.reviews import (
    BASICALLY,
    PEERS,
    RESIDENTS,
    SATISFIED,
    STREET,
    UNKNOWN,
    UNSATISFIED,
    a_reviewed_town,
    a_scheduled_review,
    an_open_rating,
    close_and_count,
    name_the_street,
    open_boxes,
    rate,
    rate_all,
    raters_of,
    rates_of,
    reviewee_of,
    the_groups,
    the_review,
)


async def review_count():
    return await database.fetch_value("SELECT count(*) FROM pledges_review")


async def test_the_scheduler_makes_a_review_of_a_half_once(moved_clock):
    town = await a_reviewed_town(moved_clock)

    first = await asyncio.gather(*(reviews.schedule_due_review() for _ in range(3)))
    again = await reviews.schedule_due_review()

    made = [each for each in first if each is not None]
    review = await the_review(made[0])
    assert (len(made), again, await review_count()) == (1, None, 1)
    assert (review["year"], review["half"], review["state"]) == (town.year, "h1", "reports_due")
    assert len(await events("ReviewScheduled")) == 1


async def test_a_review_opened_twice_for_a_half_is_refused_by_the_database(moved_clock):
    await a_scheduled_review(await a_reviewed_town(moved_clock))

    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await database.execute(
            "INSERT INTO pledges_review (id, area_id, area_path, year, half, state, frozen_rules,"
            " scheduled_at, reports_due_at, rating_opens_at, rating_closes_at)"
            " SELECT gen_random_uuid(), area_id, area_path, year, half, state, frozen_rules,"
            " scheduled_at, reports_due_at, rating_opens_at, rating_closes_at FROM pledges_review"
        )

    assert refused.value.constraint_name == "pledges_review_once"
    assert await review_count() == 1


async def test_each_half_is_reviewed_on_its_days_where_something_was_promised(moved_clock):
    town = await a_reviewed_town(moved_clock)
    elsewhere = await a_town()
    await a_scheduled_review(town)
    await moved_clock.advance(timedelta(days=170))

    second = await reviews.schedule_due_review()

    assert (await the_review(second))["half"] == "h2"
    assert await reviews.schedule_due_review() is None
    rows = await database.fetch("SELECT DISTINCT area_id FROM pledges_review")
    assert [row["area_id"] for row in rows] == [town.community.id] != [elsewhere.community.id]


async def test_staff_and_bodies_that_promised_are_under_review(moved_clock):
    town = await a_reviewed_town(moved_clock)

    review_id = await a_scheduled_review(town)

    rows = (await queries.reviewees(town.committee, [review_id]))[0]
    people = {row["person_id"] for row in rows if row["kind"] == "person"}
    assert people == {town.committee.person_id, town.second.person_id}
    assert [row["organisation_id"] for row in rows if row["kind"] == "body"] == [town.body.id]


async def test_rules_whose_weights_do_not_make_a_whole_hold_no_review(moved_clock):
    await a_reviewed_town(moved_clock, groups=the_groups(30, 10, 50))

    with pytest.raises(WeightsNotWhole):
        await reviews.schedule_due_review()

    assert await review_count() == 0


async def test_one_communitys_unsound_rules_do_not_keep_the_others_waiting(moved_clock):
    await a_reviewed_town(moved_clock, groups=the_groups(30, 10, 50))
    beside = await a_town()
    await a_committed_pledge(beside, moved_clock, await terms(beside, days=200))

    made = await reviews.schedule_due_review()
    with pytest.raises(WeightsNotWhole):
        await reviews.schedule_due_review()

    assert (await the_review(made))["area_id"] == beside.community.id
    assert await review_count() == 1


async def test_weights_of_groups_are_not_moved_by_sql_either(moved_clock):
    await a_scheduled_review(await a_reviewed_town(moved_clock))

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute("UPDATE pledges_rater_group SET weight = 20 WHERE code = 'street'")

    assert refused.value.constraint_name == "pledges_groups_whole"


async def test_who_is_under_review_is_put_right_before_the_rating_by_who_screens(moved_clock):
    town, elsewhere = await a_reviewed_town(moved_clock), await a_town()
    review_id = await a_scheduled_review(town)
    worker = await factories.a_grid_worker(town.community)
    given = {"person_id": worker.person_id, "organisation_id": None, "duty": "网格员"}

    with pytest.raises(Forbidden):
        await reviews.add_reviewee(elsewhere.committee, review_id, **given)
    with pytest.raises(NotFound):
        await reviews.add_reviewee(
            town.committee, review_id, **given | {"person_id": elsewhere.residents[0].person_id}
        )
    with pytest.raises(InvalidInput):
        await reviews.add_reviewee(town.committee, review_id, **given | {"person_id": None})
    added = await reviews.add_reviewee(town.committee, review_id, **given)
    with pytest.raises(RevieweeListed):
        await reviews.add_reviewee(town.committee, review_id, **given)
    await reviews.remove_reviewee(town.committee, added, reason="不在评议范围")

    rows = (await queries.reviewees(town.committee, [review_id]))[0]
    assert worker.person_id not in {row["person_id"] for row in rows}


async def test_work_reports_are_written_by_who_is_under_review_and_late_ones_say_so(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)
    body = await reviewee_of(review_id, organisation_id=town.body.id)

    with pytest.raises(Forbidden):
        await work_reports.file_work_report(town.second, own, text="代写的述职报告。")
    await work_reports.file_work_report(town.committee, own, text="上半年践诺情况报告。")
    await moved_clock.set((await the_review(review_id))["reports_due_at"])
    missing = [await work_reports.note_missing_reports(), await work_reports.note_missing_reports()]
    await work_reports.file_work_report(town.keeper, body, text="本单位践诺情况报告。")

    rows = await queries.work_reports(town.committee, [own, body])
    assert [row["is_late"] for row in rows] == [False, True]
    assert missing == [review_id, None]
    assert len(await events("ReviewReportsDue")) == 1


async def test_the_meeting_comes_after_the_reports_and_the_rating_with_it(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)
    due = (await the_review(review_id))["reports_due_at"]

    with pytest.raises(InvalidInput):
        await reviews.set_meeting(town.committee, review_id, meets_at=due - timedelta(hours=1))
    with pytest.raises(Forbidden):
        await reviews.set_meeting(town.residents[0], review_id, meets_at=due)
    await reviews.set_meeting(town.committee, review_id, meets_at=due + timedelta(days=2))

    review = await the_review(review_id)
    assert review["rating_opens_at"] == review["meets_at"] == due + timedelta(days=2)
    assert review["rating_closes_at"] - review["meets_at"] >= timedelta(days=6)


async def test_nobody_is_named_in_two_groups_nor_from_elsewhere(moved_clock):
    groups = the_groups(30, 10, 60)
    groups[1] = groups[1] | {"source": "list"}
    town, elsewhere = await a_reviewed_town(moved_clock, groups=groups), await a_town()
    review_id = await a_scheduled_review(town)
    named = await name_the_street(town, review_id)

    async def name(code, *people):
        return await reviews.name_raters(
            town.committee, review_id, code, [each.person_id for each in people]
        )

    with pytest.raises(RaterElsewhere):
        await name(PEERS, named[0], town.residents[0])
    with pytest.raises(RaterUnfit):
        await name(PEERS, elsewhere.residents[0])
    with pytest.raises(GroupNotListed):
        await name(RESIDENTS, town.residents[0])
    with pytest.raises(NotFound):
        await name("nobody", town.residents[0])
    with pytest.raises(NotFound):
        await name(PEERS, Actor(person_id=uuid4()))

    assert (len(await raters_of(review_id, STREET)), await raters_of(review_id, PEERS)) == (5, [])


async def test_a_rater_in_two_groups_is_refused_by_the_database(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)

    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await database.execute(
            "INSERT INTO pledges_rater (review_id, person_id, group_id)"
            " SELECT r.review_id, r.person_id, g.id FROM pledges_rater r, pledges_rater_group g"
            " WHERE g.review_id = r.review_id AND g.id <> r.group_id LIMIT 1"
        )

    assert refused.value.constraint_name == "pledges_rater_one_group"
    counted = await database.fetch_one(
        "SELECT count(*) AS rows, count(DISTINCT person_id) AS people FROM pledges_rater"
        " WHERE review_id = $1",
        review_id,
    )
    assert counted["rows"] == counted["people"] == 5 + 7 + 30


async def test_nobody_rates_themselves_their_body_or_twice(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)
    body = await reviewee_of(review_id, organisation_id=town.body.id)

    with pytest.raises(OwnRating):
        await rate(town.committee, own, SATISFIED)
    with pytest.raises(OwnRating):
        await rate(town.keeper, body, SATISFIED)
    with pytest.raises(NotAmongRaters):
        await rate(town.keeper, own, SATISFIED)
    await rate(town.residents[0], own, UNSATISFIED)
    with pytest.raises(AlreadyVoted):
        await rate(town.residents[0], own, SATISFIED)

    on_roll = await database.fetch(
        "SELECT e.voter_id FROM voting_roll_entry e"
        " JOIN pledges_rating_poll b ON b.poll_id = e.poll_id WHERE b.reviewee_id = $1",
        own,
    )
    assert town.committee.person_id not in {row["voter_id"] for row in on_roll}
    assert town.second.person_id in {row["voter_id"] for row in on_roll}


async def test_a_rating_answers_each_item_once(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)

    for answers in ({}, {1: SATISFIED}, dict.fromkeys(range(1, 7), SATISFIED)):
        with pytest.raises(RatingIncomplete):
            await rating.ballot_of(town.residents[0], own, answers)


async def test_what_can_be_put_right_stands_once_the_rating_is_open(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    own = await reviewee_of(review_id, person_id=town.committee.person_id)

    with pytest.raises(ReviewStateUnfit):
        await reviews.remove_reviewee(town.second, own, reason="不在评议范围")
    with pytest.raises(ReviewStateUnfit):
        await reviews.name_raters(town.second, review_id, STREET, [])
    with pytest.raises(ReviewStateUnfit):
        await reviews.set_meeting(
            town.second, review_id, meets_at=await clock.now() + timedelta(days=1)
        )
    with pytest.raises(ReportOver):
        await work_reports.file_work_report(town.committee, own, text="迟到的述职报告。")

    assert len(await raters_of(review_id, STREET)) == 5


async def test_ratings_are_weighed_by_group_exactly(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    body = await reviewee_of(review_id, organisation_id=town.body.id)
    await rate_all(review_id, {STREET: SATISFIED, PEERS: UNKNOWN})
    for place, resident in enumerate(await raters_of(review_id, RESIDENTS)):
        rows = await database.fetch(
            "SELECT id FROM pledges_reviewee WHERE review_id = $1", review_id
        )
        for row in rows:
            await rate(resident, row["id"], UNSATISFIED if place < 10 else BASICALLY)

    await close_and_count(review_id, moved_clock)

    # Street 30 x 1, peers say nothing, residents 60 x 20/30: of 90.
    assert (await the_review(review_id))["state"] == "tallied"
    assert await rates_of(review_id, body) == ["7/9"] * 5
    papers = await database.fetch_one(
        "SELECT sum(issued) AS issued, sum(returned) AS returned, sum(void) AS void,"
        " sum(valid) AS valid FROM pledges_rating_poll WHERE reviewee_id = $1",
        body,
    )
    assert tuple(papers) == (42, 42, 0, 42)
    assert len(await events("ReviewTallied")) == 1


async def test_turnout_below_the_least_voids_the_round(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    await rate_all(review_id, {STREET: SATISFIED, RESIDENTS: SATISFIED}, most=5)

    await close_and_count(review_id, moved_clock)

    review = await the_review(review_id)
    reviewee_id = await reviewee_of(review_id, organisation_id=town.body.id)
    assert review["state"] == "void"
    assert review["void_reason"] == "raters: 10 < 20;residents: 5 < 7;group:peers: 0 < 5"
    assert await queries.ratings(town.committee, [reviewee_id]) == [None]
    assert (len(await events("ReviewVoided")), await events("ReviewTallied")) == (1, [])


async def test_a_group_too_small_for_a_secret_box_voids_the_round_before_it_begins(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)

    await open_boxes(moved_clock, review_id)

    review = await the_review(review_id)
    assert (review["state"], review["void_reason"]) == ("void", "group:street: 0 < 5")
    assert await database.fetch_value("SELECT count(*) FROM voting_poll") == 0


async def test_no_breakdown_is_told_of_fewer_than_five(moved_clock):
    groups = the_groups()
    groups[1] = groups[1] | {"least": 0}
    town = await a_reviewed_town(moved_clock, groups=groups)
    review_id = await an_open_rating(town, moved_clock)
    body = await reviewee_of(review_id, organisation_id=town.body.id)
    await rate_all(review_id, {STREET: SATISFIED, RESIDENTS: SATISFIED})
    for peer in (await raters_of(review_id, PEERS))[:3]:
        await rate(peer, body, UNSATISFIED)

    await close_and_count(review_id, moved_clock)

    # Three peers are hidden, and the street with them: from the whole they would follow.
    rated = (await queries.ratings(town.committee, [body]))[0]
    assert [(each.code, each.valid) for each in rated.groups] == [(RESIDENTS, 30)]
    assert (rated.issued, rated.returned, rated.valid) == (42, 38, 38)


async def test_residents_are_drawn_by_a_lot_that_anybody_can_draw_again(moved_clock):
    groups = the_groups(30, 10, 60)
    groups[2] = groups[2] | {"source": "drawn", "drawn": 8}
    town = await a_reviewed_town(moved_clock, groups=groups, leastRaters=10)

    review_id = await an_open_rating(town, moved_clock)

    found = {each.person_id for each in await raters_of(review_id, RESIDENTS)}
    everybody = [each.person_id for each in town.residents]
    again = rating.drawn(sorted(everybody), review_id=review_id, number=8)
    assert found == set(again) == set(rating.drawn(everybody, review_id=review_id, number=8))


async def test_a_counted_result_stands(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    await rate_all(review_id, {STREET: SATISFIED, PEERS: SATISFIED, RESIDENTS: SATISFIED})
    await close_and_count(review_id, moved_clock)

    for statement in (
        "UPDATE pledges_review SET result = '{}'",
        "UPDATE pledges_review SET half = 'h2'",
        "UPDATE pledges_rating SET unsatisfied = 0, satisfied = 99",
        "DELETE FROM pledges_review",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await database.execute(statement)

    assert (await the_review(review_id))["state"] == "tallied"


async def test_an_appraisal_without_a_published_review_is_refused(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_scheduled_review(town)
    reviewer = await factories.an_officer(Role.STREET_REVIEWER, town.community)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute(
            "INSERT INTO pledges_appraisal (id, area_id, area_path, year, person_id, review_id,"
            " grade, affects_pay, affects_awards, affects_promotion, reason, by_id, at)"
            " SELECT gen_random_uuid(), area_id, area_path, year, $2, id, 'excellent', true, true,"
            " false, '全年评议良好', $3, kernel_now() FROM pledges_review WHERE id = $1",
            *(review_id, town.committee.person_id, reviewer.person_id),
        )

    assert refused.value.constraint_name == "pledges_appraisal_published"
