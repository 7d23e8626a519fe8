"""Offers: made with reasons, answered in time or not; reserves; the list; nobody compelled."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.matching.errors.orders import (
    AnswerTooLate,
    ElsewhereThen,
    NotForDirectTaking,
    OfferAnswered,
    OfferedAlready,
    OptedOutOfMatching,
    OrderFull,
    ServesThemselves,
    SkillExpired,
    SkillMissing,
    UnderAgeForTask,
)
from domains.matching.queries import people
from domains.matching.rules.distance import Point
from domains.matching.service import leaving, needs, offering, preferences, shared
from domains.matching.service.details import Private
from domains.matching.service.offering import OfferProposal
from domains.matching.values.needs import SkillLevel
from domains.volunteering.errors import InsuranceMissing, MinorBarred
from domains.volunteering.service import attendance
from domains.volunteering.values.volunteers import VolunteerSkillState
from jobs import matching as jobs
from tests import factories
from tests.matching.factories import (
    a_draft,
    a_town,
    accepted,
    an_open_order,
    another_volunteer,
    offer_states,
    offered,
    place_in,
    place_row,
    posted,
    state_of,
    steps_of,
    taken,
    told_of,
)
from tests.volunteering.factories import Team, an_activity, shift_of
from tests.volunteering.factories import a_draft as a_shift_draft


async def a_skill(volunteer_id, name="急救", *, expires_on=None, state="verified"):
    await database.execute(
        "INSERT INTO volunteering_skill (id, volunteer_id, name, issued_by, proof_upload_id,"
        " expires_on, state, claimed_at, judged_at)"
        " VALUES ($1, $2, $3, '红十字会', $4, $5, $6::text, kernel_now(),"
        " CASE WHEN $6::text <> 'claimed' THEN kernel_now() END)",
        *(uuid4(), volunteer_id, name, uuid4(), expires_on, state),
    )


async def places():
    return await database.fetch_value("SELECT count(*) FROM matching_place")


async def offer_of(order_id, actor):
    return await database.fetch_value(
        "SELECT id FROM matching_offer WHERE order_id = $1 AND person_id = $2"
        " ORDER BY made_at DESC LIMIT 1",
        order_id,
        actor.person_id,
    )


async def test_an_offer_says_why_and_until_when(db):
    town = await a_town()
    await a_skill(town.lin_id)
    await preferences.update_preferences(
        town.lin, is_automatic=True, position=Point(34_261_000, 117_180_000)
    )
    order_id = await an_open_order(
        town,
        skills=(("急救", SkillLevel.VERIFIED),),
        private=Private(position=Point(34_261_400, 117_190_300)),
    )

    (offer_id,) = await offered(town, order_id)

    row = await shared.offer_of(offer_id)
    hours = (row["answer_by"] - await clock.now()).total_seconds() / 3600
    assert (row["skills"], row["distance_m"], row["turns"]) == (["急救"], 919, 0)
    assert row["is_free"] is not None
    assert 23.9 < hours <= 24
    assert await state_of(order_id) == "offered"


async def test_more_than_there_are_places_wait_as_reserves_and_move_up(db):
    town = await a_town()
    third, third_id = await another_volunteer(town)
    order_id = await an_open_order(town)

    await offered(town, order_id, town.lin_id, town.zhou_id, third_id)
    first = await offer_states(order_id)
    await offering.answer_offer(town.lin, await offer_of(order_id, town.lin), accept=False)
    declined = await offer_states(order_id)
    await offering.withdraw_offer(
        town.committee, await offer_of(order_id, town.zhou), reason="另有安排。"
    )
    withdrawn = await offer_states(order_id)
    await offering.answer_offer(third, await offer_of(order_id, third), accept=True)

    assert first == [(1, "offered"), (2, "reserve"), (3, "reserve")]
    assert declined == [(1, "declined"), (2, "offered"), (3, "reserve")]
    assert withdrawn == [(1, "declined"), (2, "withdrawn"), (3, "offered")]
    assert await state_of(order_id) == "accepted"
    assert await steps_of(order_id) == ["submitted", "verified", "open", "offered", "accepted"]


async def test_without_reserves_a_declined_order_is_open_again(db):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)

    await offering.answer_offer(town.lin, offer_id, accept=False)

    assert await state_of(order_id) == "open"
    assert [await told_of(name) for name in ("OfferAnswered", "OrderOpened")] == [1, 2]


async def test_an_offer_expires_and_the_next_is_asked_whoever_is_due_first(db, moved_clock):
    town = await a_town()
    order_id = await an_open_order(town)
    await offered(town, order_id, town.lin_id, town.zhou_id)

    reminded = [await jobs.remind_expiring_offers()]
    await moved_clock.advance(timedelta(hours=23))
    reminded.append(await jobs.remind_expiring_offers())
    await moved_clock.advance(timedelta(hours=1))
    expired = await asyncio.gather(*(jobs.expire_due_offers() for _ in range(3)))
    again = await jobs.expire_due_offers()

    assert reminded == [0, 1]
    assert (min(expired) >= 0, max(expired) >= 1, again) == (True, True, 0)
    assert await offer_states(order_id) == [(1, "expired"), (2, "offered")]
    assert [await told_of(name) for name in ("OfferExpiring", "OfferExpired", "OfferMade")] == [
        *(1, 1, 2)
    ]


@pytest.mark.parametrize("accept", [True, False])
async def test_an_offer_answered_after_its_deadline_is_refused(db, moved_clock, accept):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)
    await moved_clock.advance(timedelta(hours=24, seconds=1))

    with pytest.raises(AnswerTooLate):
        await offering.answer_offer(town.lin, offer_id, accept=accept)
    await jobs.expire_due_offers()
    with pytest.raises(AnswerTooLate):
        await offering.answer_offer(town.lin, offer_id, accept=accept)

    assert (await places(), await state_of(order_id)) == (0, "open")


async def test_the_database_takes_no_late_answer(db, moved_clock):
    town = await a_town()
    (offer_id,) = await offered(town, await an_open_order(town))
    await moved_clock.advance(timedelta(hours=25))

    with pytest.raises(asyncpg.CheckViolationError, match="matching_offer_in_time"):
        await database.execute(
            "UPDATE matching_offer SET state = 'accepted', answered_at = kernel_now()"
            " WHERE id = $1",
            offer_id,
        )


async def test_an_answer_is_given_once_and_by_who_was_asked(db):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)

    with pytest.raises(NotFound):
        await offering.answer_offer(town.zhou, offer_id, accept=True)
    await offering.answer_offer(town.lin, offer_id, accept=True)
    with pytest.raises(OfferAnswered):
        await offering.answer_offer(town.lin, offer_id, accept=False)

    assert (await place_row(await place_in(order_id, town.lin)))["state"] == "accepted"


async def test_two_at_once_for_the_last_place_one_gets_it(db):
    town = await a_town()
    order_id = await an_open_order(town, may_be_taken=True)

    came = await asyncio.gather(
        taken(town.lin, order_id), taken(town.zhou, order_id), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in came) == ["OrderFull", "UUID"]
    assert (await places(), await state_of(order_id)) == (1, "accepted")


async def test_two_acceptances_at_once_of_the_last_place_cannot_be(db):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)
    await database.execute(
        "INSERT INTO matching_offer (id, order_id, volunteer_id, volunteer_number, person_id,"
        " rank, state, by_id, made_at, offered_at, answer_by)"
        " SELECT $2, order_id, $3, volunteer_number + 1, $4, 2, 'offered', by_id, made_at,"
        " offered_at, answer_by FROM matching_offer WHERE id = $1",
        *(offer_id, other := uuid4(), town.zhou_id, town.zhou.person_id),
    )

    came = await asyncio.gather(
        offering.answer_offer(town.lin, offer_id, accept=True),
        offering.answer_offer(town.zhou, other, accept=True),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in came) == ["OrderFull", "UUID"]
    assert await places() == 1


async def test_one_acceptance_twice_at_once_is_one_place(db):
    town = await a_town()
    order_id = await an_open_order(town, people_wanted=3)
    (offer_id,) = await offered(town, order_id)

    came = await asyncio.gather(
        *(offering.answer_offer(town.lin, offer_id, accept=True) for _ in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in came) == ["OfferAnswered"] * 3 + ["UUID"]
    assert await places() == 1


async def test_what_is_given_by_offers_only_is_not_taken_from_the_list(db):
    town = await a_town()
    order_id = await an_open_order(town)

    with pytest.raises(NotForDirectTaking):
        await taken(town.lin, order_id)

    assert await places() == 0


async def test_a_place_that_somebody_is_asked_for_is_not_taken(db):
    town = await a_town()
    order_id = await an_open_order(town, may_be_taken=True)
    await offered(town, order_id)

    with pytest.raises(OrderFull):
        await taken(town.zhou, order_id)
    with pytest.raises(OfferedAlready):
        await taken(town.lin, order_id)

    assert await places() == 0


async def test_one_person_is_in_one_place_at_a_time(db):
    town = await a_town()
    first = await an_open_order(town, may_be_taken=True)
    second = await an_open_order(town, await a_draft(town, ahead_h=49, may_be_taken=True))
    later = await an_open_order(town, await a_draft(town, ahead_h=51, may_be_taken=True))
    await taken(town.lin, first)

    with pytest.raises(ElsewhereThen):
        await taken(town.lin, second)
    with pytest.raises(ElsewhereThen):
        await offered(town, second)
    await taken(town.lin, later)

    assert (await places(), await offer_states(second)) == (2, [])


async def test_two_overlapping_places_at_once_are_one(db):
    town = await a_town()
    orders = [
        await an_open_order(town, await a_draft(town, ahead_h=48 + each, may_be_taken=True))
        for each in (0, 1)
    ]

    came = await asyncio.gather(*(taken(town.lin, each) for each in orders), return_exceptions=True)

    assert sorted(type(each).__name__ for each in came) == ["ElsewhereThen", "UUID"]


async def test_a_skill_that_is_missing_or_has_expired_is_refused(db):
    town = await a_town()
    today = await clock.today()
    order_id = await an_open_order(town, skills=(("急救", SkillLevel.VERIFIED),))
    await a_skill(town.zhou_id, expires_on=today)

    with pytest.raises(SkillMissing):
        await offered(town, order_id)
    with pytest.raises(SkillExpired):
        await offered(town, order_id, town.zhou_id)
    await a_skill(town.lin_id, state=VolunteerSkillState.CLAIMED.value)
    with pytest.raises(SkillMissing):
        await offered(town, order_id)

    assert await offer_states(order_id) == []


async def test_a_skill_that_expired_since_the_offer_is_refused_at_acceptance(db):
    town = await a_town()
    await a_skill(town.lin_id)
    order_id = await an_open_order(town, skills=(("急救", SkillLevel.VERIFIED),))
    (offer_id,) = await offered(town, order_id)
    await database.execute("UPDATE volunteering_skill SET expires_on = $1", await clock.today())

    with pytest.raises(SkillExpired):
        await offering.answer_offer(town.lin, offer_id, accept=True)

    assert (await places(), await offer_states(order_id)) == (0, [(1, "offered")])


async def test_a_claimed_skill_is_enough_where_the_need_says_so(db):
    town = await a_town()
    await a_skill(town.lin_id, state=VolunteerSkillState.CLAIMED.value)
    order_id = await an_open_order(town, skills=(("急救", SkillLevel.CLAIMED),))

    await offered(town, order_id)

    assert await offer_states(order_id) == [(1, "offered")]


async def test_a_volunteer_under_age_for_the_task_is_refused(db):
    town = await a_town()
    today = await clock.today()
    born = date(today.year - 19, 1, 1)
    _, young_id = await another_volunteer(town, "小明", born=born)
    older = await an_open_order(town, least_age=21)
    risky = await an_open_order(
        town, await a_draft(town, ahead_h=60, is_risky=True, risks="登高作业。")
    )

    with pytest.raises(UnderAgeForTask):
        await offered(town, older, young_id)
    with pytest.raises(InsuranceMissing):
        await offered(town, risky, young_id)
    await database.execute(
        "UPDATE volunteering_volunteer SET born_on = $2 WHERE id = $1",
        young_id,
        date(today.year - 16, 1, 1),
    )
    with pytest.raises(MinorBarred):
        await offered(town, risky, young_id)

    assert await offer_states(older) + await offer_states(risky) == []


async def test_nobody_is_asked_twice_or_to_serve_themselves(db):
    town = await a_town()
    elder_volunteer, elder_id = await another_volunteer(town, "王奶奶")
    order_id = await an_open_order(town)
    own = await posted(town, await a_draft(town, ahead_h=70, helper_id=None), by=elder_volunteer)
    await needs.verify_need(town.committee, own)
    own_order = await database.fetch_value("SELECT id FROM matching_order WHERE need_id = $1", own)
    await offered(town, order_id)

    with pytest.raises(OfferedAlready):
        await offered(town, order_id)
    with pytest.raises(ServesThemselves):
        await offered(town, own_order, elder_id)

    assert await offer_states(own_order) == []


async def test_who_opts_out_is_left_alone_by_runs_but_not_by_people(db):
    town = await a_town()
    await preferences.update_preferences(town.lin, is_automatic=False)
    order_id = await an_open_order(town)

    async with transaction():
        made = await offering.make_offers(
            [OfferProposal(order_id, town.lin_id), OfferProposal(order_id, town.zhou_id, 2)],
            run_id=uuid4(),
        )
    by_run = await offer_states(order_id)
    await offering.withdraw_offer(
        town.committee, await offer_of(order_id, town.zhou), reason="另派。"
    )
    await offered(town, order_id)

    ((proposal, refusal),) = made.refused
    assert (proposal.volunteer_id, type(refusal)) == (town.lin_id, OptedOutOfMatching)
    assert by_run == [(2, "offered")]
    assert await offer_states(order_id) == [(1, "offered"), (2, "withdrawn")]


async def test_a_run_never_asks_again_who_declined(db):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)
    await offering.answer_offer(town.lin, offer_id, accept=False)

    async with transaction():
        made = await offering.make_offers([OfferProposal(order_id, town.lin_id)], run_id=uuid4())

    assert (made.offer_ids, len(made.refused)) == ((), 1)


async def test_declining_and_leaving_in_time_count_against_nobody(db):
    town = await a_town()
    order_id = await an_open_order(town)
    (offer_id,) = await offered(town, order_id)
    await offering.answer_offer(town.lin, offer_id, accept=False)
    place_id = await accepted(town, await an_open_order(town, await a_draft(town, ahead_h=60)))

    await leaving.leave_place(town.lin, place_id, reason="孩子生病。")

    assert await people.promises_of([town.lin_id]) == {
        town.lin_id: people.Promises(kept=0, missed=0)
    }


async def test_a_place_given_back_goes_to_the_next_reserve(db):
    town = await a_town()
    order_id = await an_open_order(town)
    await offered(town, order_id, town.lin_id, town.zhou_id)
    await offering.answer_offer(town.lin, await offer_of(order_id, town.lin), accept=True)

    await leaving.leave_place(town.lin, await place_in(order_id, town.lin), reason="出差。")

    assert await offer_states(order_id) == [(1, "accepted"), (2, "offered")]
    assert await state_of(order_id) == "offered"


async def test_a_reserve_who_may_no_longer_serve_is_passed_over(db):
    town = await a_town()
    _, third_id = await another_volunteer(town)
    order_id = await an_open_order(town)
    await offered(town, order_id, town.lin_id, town.zhou_id, third_id)
    other = await an_open_order(town, await a_draft(town, ahead_h=49, may_be_taken=True))
    await taken(town.zhou, other)

    await offering.answer_offer(town.lin, await offer_of(order_id, town.lin), accept=False)

    assert await offer_states(order_id) == [(1, "declined"), (2, "withdrawn"), (3, "offered")]


async def test_staff_ask_volunteers_whom_they_keep(db):
    town = await a_town()
    other = await a_town(name="苏欣社区")
    order_id = await an_open_order(town)

    with pytest.raises(NotFound):
        await offered(town, order_id, other.lin_id)
    with pytest.raises(NotFound):
        await offering.offer_order(other.committee, order_id, [other.lin_id])

    assert await offer_states(order_id) == []


async def test_an_order_that_nobody_takes_is_unmet_and_one_with_too_few_goes_on(db, moved_clock):
    town = await a_town()
    none = await an_open_order(town)
    few = await an_open_order(
        town, await a_draft(town, ahead_h=48.5, people_wanted=3, may_be_taken=True)
    )
    await taken(town.lin, few)
    await offered(town, few, town.zhou_id)
    await moved_clock.advance(timedelta(hours=49))

    await jobs.expire_due_offers()
    await asyncio.gather(*(jobs.begin_due_orders() for _ in range(3)))

    assert (await state_of(none), await state_of(few)) == ("unmet", "accepted")
    rows = await database.fetch(
        "SELECT payload ->> 'missing' AS missing FROM kernel_outbox"
        " WHERE name = 'matching.UnmetNeedFound' ORDER BY 1"
    )
    assert [row["missing"] for row in rows] == ["1", "2"]


async def test_an_urgent_offer_waits_for_less(db):
    town = await a_town()
    order_id = await an_open_order(town, urgency=4)

    (offer_id,) = await offered(town, order_id)

    row = await shared.offer_of(offer_id)
    assert row["answer_by"] - row["offered_at"] <= timedelta(minutes=60)


async def test_an_adult_of_another_town_takes_nothing(db):
    town = await a_town()
    order_id = await an_open_order(town, may_be_taken=True)
    stranger = await factories.a_resident(name="外人")

    with pytest.raises(NotFound):
        await taken(stranger, order_id)

    assert await places() == 0


async def test_who_has_signed_up_for_a_shift_is_not_to_be_had_at_that_time(db):
    town = await a_town()
    team = Team(
        community=town.community,
        organisation=town.body,
        committee=town.committee,
        second=town.second,
        leader=town.helper,
        volunteer=town.lin,
        volunteer_id=town.lin_id,
    )
    activity_id = await an_activity(team, await a_shift_draft(team, ahead_h=48.5))
    await attendance.sign_up(town.lin, await shift_of(activity_id, town.lin))
    order_id = await an_open_order(town, may_be_taken=True)

    with pytest.raises(ElsewhereThen):
        await taken(town.lin, order_id)
    await attendance.leave_shift(town.lin, await shift_of(activity_id, town.lin))
    await taken(town.lin, order_id)

    assert await places() == 1
