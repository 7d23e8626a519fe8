"""Posting, verifying, changing and withdrawing needs; what is wrong with one is refused."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Grant, Role
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, VersionConflict
from domains.kernel.rules import LegalEffect
from domains.matching.errors.needs import (
    HostMissing,
    NeedPostedTwice,
    NeedsOfDayUsedUp,
    NeedStateUnfit,
    NotOfTheArea,
    OpenNeedsUsedUp,
    WindowsOverlap,
    WindowUnsound,
)
from domains.matching.errors.orders import OrderStateUnfit
from domains.matching.errors.resources import PlaceOutsideArea
from domains.matching.queries import rules
from domains.matching.rules.distance import Point
from domains.matching.rules.times import Window
from domains.matching.service import (
    details,
    needs,
    offering,
    opening,
    posting,
    preferences,
    rule_sets,
)
from domains.matching.service.details import Private
from domains.matching.service.needs import NeedEdit
from domains.matching.service.rule_sets import MatchingRulesDraft
from domains.matching.values.needs import NeedOrigin, NeedRepeats
from domains.membership.queries import places
from domains.volunteering.errors import NotVolunteer
from domains.volunteering.values.volunteers import ServiceClass
from domains.voting.errors import NumbersInText
from jobs import matching as jobs
from tests import factories
from tests.matching.factories import (
    a_draft,
    a_town,
    a_window,
    accepted,
    an_open_order,
    offer_states,
    offered,
    orders_of,
    place_row,
    posted,
    state_of,
    steps_of,
    told_of,
)


async def count(table):
    return await database.fetch_value(f"SELECT count(*) FROM {table}")


async def with_rules(town, **changes):
    """The community's own rules, from today on."""
    general = await rules.rules_of(None)
    await rulesets.put(
        code="MATCHING",
        version=1,
        community_id=town.community.id,
        title_zh=general.title_zh,
        title_en=general.title_en,
        legal_basis="居民会议议定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=await clock.today(),
        content={**general.content, **changes},
    )


async def test_a_need_waits_to_be_verified_and_its_order_with_it(db):
    town = await a_town()

    need_id = await posted(town)
    (order_id,) = await orders_of(need_id)
    before = await state_of(order_id)
    await needs.verify_need(town.committee, need_id)

    row = await database.fetch_one("SELECT * FROM matching_need WHERE id = $1", need_id)
    assert before == "submitted"
    assert (row["state"], row["host_id"]) == ("verified", town.body.id)
    assert await steps_of(order_id) == ["submitted", "verified", "open"]
    assert [await told_of(name) for name in ("NeedSubmitted", "NeedVerified", "OrderOpened")] == [
        *(1, 1, 1)
    ]


async def test_posting_twice_with_one_key_posts_once(db):
    town = await a_town()
    draft, key = await a_draft(town), uuid4()

    first = await posting.post_need(town.elder, draft, idempotency_key=key)
    again = await posting.post_need(town.elder, draft, idempotency_key=key)

    assert (first[1], again) == (False, (first[0], True))
    assert await count("matching_need") == 1


@pytest.mark.parametrize(
    ("begins_h", "ends_h"),
    [(48, 47), (48, 48), (-1, 2), (48, 73), (24 * 200, 24 * 200 + 1)],
    ids=["ends first", "no time", "begun", "over a day", "too far ahead"],
)
async def test_a_time_that_is_unsound_is_refused(db, begins_h, ends_h):
    town = await a_town()
    now = await clock.now()
    window = Window(now + timedelta(hours=begins_h), now + timedelta(hours=ends_h))

    with pytest.raises(WindowUnsound):
        await posted(town, await a_draft(town, windows=(window,)))

    assert await count("matching_need") == 0


async def test_the_database_refuses_a_time_that_ends_before_it_starts(db):
    town = await a_town()
    need_id = await posted(town)

    with pytest.raises(Exception, match="matching_window_forward"):
        await database.execute(
            "INSERT INTO matching_window VALUES ($1, kernel_now(), kernel_now() - interval '1h')",
            need_id,
        )


async def test_times_of_one_need_do_not_overlap(db):
    town = await a_town()
    windows = (await a_window(ahead_h=48, hours=3), await a_window(ahead_h=50))

    with pytest.raises(WindowsOverlap):
        await posted(town, await a_draft(town, windows=windows))

    assert await count("matching_need") == 0


async def test_a_need_twice_is_refused_and_after_it_is_withdrawn_is_not(db):
    town = await a_town()
    draft = await a_draft(town)
    need_id = await posted(town, draft)

    with pytest.raises(NeedPostedTwice):
        await posted(town, draft)
    with pytest.raises(NeedPostedTwice):
        await posted(
            town,
            replace(draft, origin=NeedOrigin.ON_BEHALF, person_id=town.elder.person_id),
            by=town.helper,
        )
    still = await count("matching_need")
    await needs.cancel_need(town.elder, need_id, reason="女儿回来了。")
    await posted(town, draft)

    assert (still, await count("matching_need")) == (1, 2)


async def test_a_thousand_needs_from_one_account_are_stopped_for_the_day_and_at_once(db):
    town = await a_town()
    await with_rules(town, needsADay=2, openNeeds=3)

    for ahead_h in (30, 40):
        await posted(town, await a_draft(town, ahead_h=ahead_h))
    with pytest.raises(NeedsOfDayUsedUp):
        await posted(town, await a_draft(town, ahead_h=50))

    assert await count("matching_need") == 2


async def test_the_needs_that_stand_at_once_are_counted_over_days(db, moved_clock):
    town = await a_town()
    await with_rules(town, needsADay=2, openNeeds=3)
    for ahead_h in (300, 310):
        await posted(town, await a_draft(town, ahead_h=ahead_h))
    await moved_clock.advance(timedelta(days=1))
    need_id = await posted(town, await a_draft(town, ahead_h=320))

    with pytest.raises(OpenNeedsUsedUp):
        await posted(town, await a_draft(town, ahead_h=330))
    await needs.cancel_need(town.elder, need_id, reason="不需要了。")
    await posted(town, await a_draft(town, ahead_h=330))

    assert await count("matching_need") == 4


async def test_many_needs_at_the_same_moment_are_counted_one_after_the_other(db):
    town = await a_town()
    await with_rules(town, needsADay=3)
    drafts = [await a_draft(town, ahead_h=30 + 3 * each) for each in range(8)]

    came = await asyncio.gather(*(posted(town, each) for each in drafts), return_exceptions=True)

    refused = [each for each in came if isinstance(each, NeedsOfDayUsedUp)]
    assert (len(refused), await count("matching_need")) == (5, 3)


async def test_a_place_outside_the_area_is_refused(db):
    town = await a_town()
    street = await factories.a_street()
    elsewhere = await a_town(name="苏欣社区")
    await with_rules(town, boundsE6=[34_200_000, 117_100_000, 34_300_000, 117_200_000])
    far = Private(position=Point(34_250_000, 117_300_000))
    staff = await factories.an_officer(Role.STREET_REVIEWER, street)

    with pytest.raises(PlaceOutsideArea):
        await posted(town, await a_draft(town, private=far))
    with pytest.raises(NotFound):
        await posted(town, await a_draft(town, area_id=elsewhere.community.id))
    with pytest.raises(PlaceOutsideArea):
        await posted(town, await a_draft(town, area_id=street.id), by=staff)

    assert await count("matching_need") == 0


async def test_a_need_is_posted_for_somebody_of_the_community_only(db):
    town = await a_town()
    stranger = await factories.a_resident(name="外人")
    draft = await a_draft(town, origin=NeedOrigin.FOUND_BY_STAFF, person_id=stranger.person_id)

    with pytest.raises(NotOfTheArea):
        await posted(town, draft, by=town.committee)
    with pytest.raises(Forbidden):
        await posted(town, replace(draft, person_id=town.elder.person_id), by=town.helper)
    with pytest.raises(InvalidInput):
        await posted(town, replace(draft, origin=NeedOrigin.OWN), by=town.committee)
    assert await count("matching_need") == 0
    await posted(
        town, replace(draft, person_id=town.elder.person_id, helper_id=None), by=town.committee
    )

    assert await count("matching_need") == 1


async def test_an_organisation_posts_by_who_administers_it(db):
    town = await a_town()
    school = await factories.an_organisation(town.community, name="同心小学")
    head = await factories.an_organisation_administrator(school)
    there = replace(head, grants=head.grants | {Grant(Role.RESIDENT, town.community.path)})
    draft = await a_draft(town, service_class=ServiceClass.EDUCATION, organisation_id=school.id)

    with pytest.raises(NotFound):
        await posted(town, draft, by=town.elder)
    need_id = await posted(town, draft, by=there)

    row = await database.fetch_one("SELECT * FROM matching_need WHERE id = $1", need_id)
    assert (row["organisation_id"], row["person_id"]) == (school.id, head.person_id)


async def test_numbers_of_people_are_no_text_for_everybody(db):
    town = await a_town()

    with pytest.raises(NumbersInText):
        await posted(town, await a_draft(town, public_text="请打 13812345678 联系"))

    assert await count("matching_need") == 0


async def test_without_a_body_of_the_community_a_host_has_to_be_named(db):
    town = await a_town()
    await database.execute("DELETE FROM membership_organisation")
    need_id = await posted(town)

    with pytest.raises(HostMissing):
        await needs.verify_need(town.committee, need_id)
    state = await database.fetch_value("SELECT state FROM matching_need")
    host = await factories.an_organisation(town.community)
    await needs.verify_need(town.committee, need_id, host_id=host.id)

    assert state == "submitted"


async def test_a_rejected_need_says_why_and_ends(db):
    town = await a_town()
    need_id = await posted(town)

    await needs.reject_need(town.committee, need_id, reason="应由物业处理。")
    with pytest.raises(NeedStateUnfit):
        await needs.verify_need(town.committee, need_id)

    row = await database.fetch_one("SELECT state, reason FROM matching_need")
    assert tuple(row.values()) == ("rejected", "应由物业处理。")
    assert await state_of((await orders_of(need_id))[0]) == "rejected"


async def test_withdrawing_a_need_calls_off_what_was_promised(db):
    town = await a_town()
    order_id = await an_open_order(town, people_wanted=2)
    place_id = await accepted(town, order_id)
    await offered(town, order_id, town.zhou_id)
    need_id = await database.fetch_value("SELECT id FROM matching_need")

    await needs.cancel_need(town.helper, need_id, reason="住院了。")

    assert await state_of(order_id) == "cancelled"
    assert (await place_row(place_id))["state"] == "cancelled"
    assert await offer_states(order_id) == [(1, "accepted"), (1, "withdrawn")]
    assert [await told_of(name) for name in ("OrderCancelled", "OfferWithdrawn")] == [1, 1]


async def test_an_edit_needs_the_version_that_stands(db):
    town = await a_town()
    need_id = await posted(town)

    await needs.update_need(
        town.elder, need_id, NeedEdit(title="送晚餐上门", urgency=4), expected_version=1
    )
    with pytest.raises(VersionConflict):
        await needs.update_need(
            town.helper, need_id, NeedEdit(title="送早餐上门"), expected_version=1
        )

    row = await database.fetch_one("SELECT title, urgency, version FROM matching_need")
    assert tuple(row.values()) == ("送晚餐上门", 4, 2)


async def test_what_is_private_is_sealed_and_opened_by_those_matched_alone(db):
    town = await a_town()
    exact = Private("糖尿病,少糖。", "3号楼501室", Point(34_261_234, 117_185_678))
    order_id = await an_open_order(town, private=exact)
    need_id = await database.fetch_value("SELECT id FROM matching_need")
    row = await database.fetch_one("SELECT * FROM matching_need")

    with pytest.raises(Forbidden):
        await details.open_details(town.lin, need_id)
    await offered(town, order_id)
    with pytest.raises(Forbidden):
        await details.open_details(town.lin, need_id)
    refused = await count("kernel_audit WHERE command = 'read'")
    (offer_id,) = [each["id"] for each in await database.fetch("SELECT id FROM matching_offer")]
    await offering.answer_offer(town.lin, offer_id, accept=True)
    found = await details.open_details(town.lin, need_id)

    assert found == exact
    assert (row["latitude_e6"], row["longitude_e6"]) == (34_261_000, 117_186_000)
    assert "501" not in str(bytes(row["exact_place_sealed"]))
    reads = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE subject_kind = 'need' AND subject_id = $1"
        " AND actor_id = $2",
        need_id,
        town.lin.person_id,
    )
    assert (refused, reads) == (0, 1)


async def test_a_weekly_need_makes_its_orders_ahead_and_no_further(db, moved_clock):
    town = await a_town()
    until = await clock.today() + timedelta(days=30)
    need_id = await posted(
        town, await a_draft(town, repeats=NeedRepeats.WEEKLY, repeats_until=until)
    )
    await needs.verify_need(town.committee, need_id)
    first = len(await orders_of(need_id))

    await moved_clock.advance(timedelta(days=1))
    await jobs.repeat_due_needs()
    next_day = len(await orders_of(need_id))
    for _ in range(5):
        await moved_clock.advance(timedelta(days=7))
        await jobs.repeat_due_needs()

    rows = await database.fetch("SELECT starts_at FROM matching_order ORDER BY starts_at")
    gaps = {other["starts_at"] - one["starts_at"] for one, other in pairwise(rows)}
    assert (first, next_day, len(rows)) == (2, 2, 5)
    assert gaps == {timedelta(days=7)}
    assert await database.fetch_value("SELECT look_again_on FROM matching_need") is None


async def test_a_need_closes_when_nothing_of_it_is_left(db, moved_clock):
    town = await a_town()
    await an_open_order(town, ahead_h=1)
    before = await jobs.close_ended_needs()

    await moved_clock.advance(timedelta(hours=2))
    await jobs.begin_due_orders()
    closed = await jobs.close_ended_needs()

    assert (before, closed) == (0, 1)
    assert await database.fetch_value("SELECT state FROM matching_need") == "closed"
    assert [await told_of(name) for name in ("UnmetNeedFound", "NeedClosed")] == [1, 1]


async def test_a_community_chooses_its_own_figures_from_a_day_to_come(db, moved_clock):
    town = await a_town()
    street = await factories.an_officer(Role.STREET_REVIEWER, town.community)
    today = await clock.today()
    draft = MatchingRulesDraft(today + timedelta(days=1), "街道办法第三条", (("ratingsK", 8),))

    with pytest.raises(Forbidden):
        await rule_sets.adopt_rules(
            town.committee, town.community.id, draft, idempotency_key=uuid4()
        )
    with pytest.raises(InvalidInput):
        await rule_sets.adopt_rules(
            street,
            town.community.id,
            replace(draft, figures=(("ratingsK", 2),)),
            idempotency_key=uuid4(),
        )
    await rule_sets.adopt_rules(street, town.community.id, draft, idempotency_key=uuid4())
    before = await rules.procedure_of(town.community.id)
    await moved_clock.advance(timedelta(days=1))

    after = await rules.procedure_of(town.community.id)
    assert (before.ratings_k, after.ratings_k, after.offer_hours) == (5, 8, 24)


async def test_who_is_no_volunteer_has_nothing_to_say_to_the_matcher(db):
    town = await a_town()

    with pytest.raises(NotVolunteer):
        await preferences.update_preferences(town.elder, is_automatic=False)

    assert await count("matching_preference") == 0


async def test_orders_may_be_held_and_opened_one_by_one(db):
    town = await a_town()
    windows = (await a_window(ahead_h=48), await a_window(ahead_h=72))
    need_id = await posted(town, await a_draft(town, windows=windows))

    await needs.verify_need(town.committee, need_id, hold=True)
    first, second = await orders_of(need_id)
    with pytest.raises(Forbidden):
        await opening.open_order(town.elder, first)
    await opening.open_order(town.committee, first)
    with pytest.raises(OrderStateUnfit):
        await opening.open_order(town.committee, first)

    assert (await state_of(first), await state_of(second)) == ("open", "verified")


async def test_what_a_project_asks_for_is_not_counted_among_an_accounts_own(db):
    town = await a_town()
    await with_rules(town, needsADay=1)
    await posted(town)
    place = await places.place_of(town.community.id)

    async with transaction():
        draft = await a_draft(town, ahead_h=70)
        need = await posting.post(town.elder, draft, place, project_id=uuid4())
        await needs.verify(town.committee, need)
    with pytest.raises(NeedsOfDayUsedUp):
        await posted(town, await a_draft(town, ahead_h=90))

    assert await count("matching_need WHERE state = 'verified'") == 1
