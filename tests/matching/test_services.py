"""Coming, going, confirming, not coming, disagreeing, rating."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Role
from domains.kernel.errors import Forbidden, NotFound
from domains.matching.errors.orders import (
    HourUnsound,
    OrderBegun,
    OrderCodeExpired,
    OrderStateUnfit,
    PartyToDispute,
    ServiceRatedAlready,
    ServiceTimeOver,
    SkillExpired,
    TooEarlyForNoShow,
    TooEarlyToCheckIn,
)
from domains.matching.queries import orders, people
from domains.matching.service import (
    attending,
    calling_off,
    confirming,
    disputing,
    leaving,
    rating,
)
from domains.matching.service.disputing import Finding
from domains.matching.values.needs import SkillLevel
from domains.matching.values.orders import DisputeOutcome, RatingSide
from domains.volunteering.errors import OwnRecord
from jobs import matching as jobs
from tests import factories
from tests.matching.factories import (
    a_town,
    accepted,
    an_open_order,
    another_volunteer,
    code_of,
    order_of,
    place_row,
    served,
    state_of,
    steps_of,
    taken,
    told_of,
)
from tests.matching.test_needs import with_rules
from tests.matching.test_offers import a_skill
from tests.matching.test_vertical import balance, with_a_scheme


async def an_accepted_place(town, **changes):
    order_id = await an_open_order(town, **{"ahead_h": 1} | changes)
    return order_id, await accepted(town, order_id)


async def records():
    return await database.fetch_value("SELECT count(*) FROM volunteering_record")


async def test_a_volunteer_checks_in_with_the_code_that_is_shown_now(db, moved_clock):
    town = await a_town()
    order_id, place_id = await an_accepted_place(town)
    old = await code_of(order_id)

    with pytest.raises(TooEarlyToCheckIn):
        await attending.check_in(town.lin, place_id, code=old)
    await moved_clock.advance(timedelta(minutes=45))
    with pytest.raises(OrderCodeExpired):
        await attending.check_in(town.lin, place_id, code=old)
    with pytest.raises(OrderCodeExpired):
        await attending.check_in(town.lin, place_id)
    before = await state_of(order_id)
    await attending.check_in(town.lin, place_id, code=await code_of(order_id))

    assert (before, await state_of(order_id)) == ("accepted", "checked_in")


async def test_the_code_is_shown_to_the_one_served_and_helpers_alone(db):
    town = await a_town()
    order_id, _ = await an_accepted_place(town)

    seen = [
        await orders.order_code(actor, order_id) is not None
        for actor in (town.elder, town.helper, town.committee, town.lin, town.zhou)
    ]

    assert seen == [True, True, True, False, False]


async def test_a_helper_checks_in_and_out_on_behalf(db, moved_clock):
    town = await a_town()
    order_id, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=1))

    with pytest.raises(Forbidden):
        await attending.check_in(town.zhou, place_id)
    await attending.check_in(town.helper, place_id)
    await moved_clock.advance(timedelta(minutes=30))
    await attending.check_out(town.helper, place_id)

    row = await place_row(place_id)
    assert (row["in_by_id"], row["out_by_id"]) == (town.helper.person_id,) * 2
    assert await state_of(order_id) == "completed"


async def test_a_skill_that_expired_since_the_acceptance_is_refused_at_the_door(db, moved_clock):
    town = await a_town()
    await a_skill(town.lin_id)
    order_id, place_id = await an_accepted_place(town, skills=(("急救", SkillLevel.VERIFIED),))
    await moved_clock.advance(timedelta(hours=1))
    yesterday = await clock.today() - timedelta(days=1)
    await database.execute("UPDATE volunteering_skill SET expires_on = $1", yesterday)

    with pytest.raises(SkillExpired):
        await attending.check_in(town.helper, place_id)

    assert await state_of(order_id) == "accepted"


async def test_nobody_comes_after_the_time_is_over(db, moved_clock):
    town = await a_town()
    _, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=3))

    with pytest.raises(ServiceTimeOver):
        await attending.check_in(town.helper, place_id)

    assert (await place_row(place_id))["state"] == "accepted"


async def test_who_forgets_to_go_has_gone_when_the_time_was_over(db, moved_clock):
    town = await a_town()
    _, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=1))
    await attending.check_in(town.helper, place_id)
    await moved_clock.advance(timedelta(hours=3, minutes=1))

    done = await asyncio.gather(*(jobs.settle_due_places() for _ in range(3)))

    row = await place_row(place_id)
    assert (row["state"], row["checked_out_at"]) == ("completed", row["ends_at"])
    assert (sum(done) >= 1, await told_of("ServiceToConfirm")) == (True, 1)


async def test_nobody_confirms_their_own_service_or_for_others(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock, helper_id=town.lin.person_id)

    with pytest.raises(OwnRecord):
        await confirming.confirm_service(town.lin, place_id)
    with pytest.raises(Forbidden):
        await confirming.confirm_service(town.committee, place_id)
    with pytest.raises(Forbidden):
        await confirming.confirm_service(town.zhou, place_id)

    assert ((await place_row(place_id))["state"], await records()) == ("completed", 0)


async def test_a_helper_confirms_once_even_twice_at_the_same_moment(db, moved_clock):
    town = await a_town()
    await with_a_scheme(town)
    place_id = await served(town, moved_clock, minutes=60)

    came = await asyncio.gather(
        confirming.confirm_service(town.helper, place_id),
        confirming.confirm_service(town.elder, place_id),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in came) == ["OrderStateUnfit", "UUID"]
    assert (await records(), await balance(town.lin.person_id)) == (1, 60)


async def test_where_the_rules_ask_for_two_the_second_confirmation_credits(db, moved_clock):
    town = await a_town()
    await with_rules(town, confirmers=2)
    await with_a_scheme(town)
    place_id = await served(town, moved_clock, minutes=60)

    await confirming.confirm_service(town.elder, place_id)
    first = ((await place_row(place_id))["state"], await balance(town.lin.person_id))
    await confirming.confirm_service(town.helper, place_id)

    assert first == ("completed", 0)
    assert (await place_row(place_id))["state"] == "confirmed"
    assert (await records(), await balance(town.lin.person_id)) == (1, 60)


async def test_what_fails_with_the_points_leaves_no_record_and_no_confirmation(db, moved_clock):
    town = await a_town()
    await with_a_scheme(town)
    place_id = await served(town, moved_clock, minutes=60)
    await database.execute(
        "ALTER TABLE timebank_account ADD CONSTRAINT broken CHECK (kind <> 'person') NOT VALID"
    )

    try:
        with pytest.raises(Exception, match="broken"):
            await confirming.confirm_service(town.elder, place_id)
    finally:
        await database.execute("ALTER TABLE timebank_account DROP CONSTRAINT broken")

    assert ((await place_row(place_id))["state"], await records()) == ("completed", 0)
    assert await told_of("ServiceConfirmed") == 0


async def test_under_a_minute_is_confirmed_without_a_record(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock, minutes=0)

    await confirming.confirm_service(town.elder, place_id)

    row = await place_row(place_id)
    assert (row["state"], row["minutes"], await records()) == ("confirmed", 0, 0)


async def test_staff_hear_of_what_nobody_confirms(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock)
    early = await jobs.note_unconfirmed_services()
    await moved_clock.advance(timedelta(days=7))

    await asyncio.gather(*(jobs.note_unconfirmed_services() for _ in range(3)))

    assert (early, await told_of("ServiceConfirmOverdue")) == (0, 1)
    assert (await place_row(place_id))["state"] == "completed"


async def test_who_does_not_come_is_reported_after_a_while_and_counted(db, moved_clock):
    town = await a_town()
    order_id, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=1))

    with pytest.raises(TooEarlyForNoShow):
        await disputing.report_no_show(town.elder, place_id)
    await moved_clock.advance(timedelta(minutes=31))
    with pytest.raises(Forbidden):
        await disputing.report_no_show(town.zhou, place_id)
    await disputing.report_no_show(town.elder, place_id)

    assert (await state_of(order_id), await told_of("VolunteerNoShow")) == ("no_show", 1)
    assert await people.promises_of([town.lin_id]) == {town.lin_id: people.Promises(0, 1)}


async def test_who_never_came_is_absent_when_all_is_over(db, moved_clock):
    town = await a_town()
    order_id, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=4, seconds=1))

    await jobs.begin_due_orders()
    await asyncio.gather(*(jobs.settle_due_places() for _ in range(3)))

    assert (await place_row(place_id))["state"] == "no_show"
    assert (await state_of(order_id), await told_of("VolunteerNoShow")) == ("no_show", 1)


async def test_a_dispute_is_judged_by_who_has_no_part_and_recorded_with_it(db, moved_clock):
    town = await a_town()
    await with_a_scheme(town)
    order_id, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=2))
    await disputing.report_no_show(town.elder, place_id)
    row = await place_row(place_id)
    hours = (row["starts_at"], row["starts_at"] + timedelta(minutes=50))
    finding = Finding(DisputeOutcome.SERVED, "邻居证实已送到。", *hours)

    with pytest.raises(Forbidden):
        await disputing.dispute_service(town.zhou, place_id, reason="我不同意。")
    await disputing.dispute_service(town.lin, place_id, reason="我送到了,门口放下。")
    disputed = await state_of(order_id)
    with pytest.raises(Forbidden):
        await disputing.adjudicate_service(town.zhou, place_id, finding)
    with pytest.raises(PartyToDispute):
        await disputing.adjudicate_service(
            replace(town.helper, grants=town.committee.grants), place_id, finding
        )
    with pytest.raises(HourUnsound):
        await disputing.adjudicate_service(
            town.second, place_id, Finding(DisputeOutcome.SERVED, "证实。")
        )
    nothing = (await records(), await balance(town.lin.person_id))
    await disputing.adjudicate_service(town.second, place_id, finding)

    row = await place_row(place_id)
    assert (disputed, nothing) == ("disputed", (0, 0))
    assert (row["state"], row["outcome"], row["minutes"]) == ("adjudicated", "served", 50)
    assert await balance(town.lin.person_id) == 50
    assert await people.promises_of([town.lin_id]) == {town.lin_id: people.Promises(1, 0)}
    assert (await steps_of(order_id))[-3:] == ["no_show", "disputed", "adjudicated"]


async def test_a_dispute_may_end_without_a_service(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock)

    await disputing.dispute_service(town.elder, place_id, reason="没有送到。")
    with pytest.raises(OrderStateUnfit):
        await confirming.confirm_service(town.helper, place_id)
    await disputing.adjudicate_service(
        town.second, place_id, Finding(DisputeOutcome.EXCUSED, "电梯停运,不怪双方。")
    )

    assert (await state_of(await order_of(place_id)), await records()) == ("adjudicated", 0)
    assert await people.promises_of([town.lin_id]) == {town.lin_id: people.Promises(0, 0)}


async def test_an_order_of_several_is_confirmed_with_the_last(db, moved_clock):
    town = await a_town()
    order_id = await an_open_order(town, ahead_h=1, people_wanted=3, may_be_taken=True)
    third, _ = await another_volunteer(town)
    first, second = [await taken(actor, order_id) for actor in (town.lin, town.zhou)]
    absent = await taken(third, order_id)
    seen = [await state_of(order_id)]
    await moved_clock.advance(timedelta(hours=1))
    await attending.check_in(town.elder, first)
    seen.append(await state_of(order_id))
    await attending.check_in(town.elder, second)
    await moved_clock.advance(timedelta(minutes=40))
    await attending.check_out(town.elder, first)
    seen.append(await state_of(order_id))
    await attending.check_out(town.elder, second)
    seen.append(await state_of(order_id))
    await disputing.report_no_show(town.elder, absent)
    seen.append(await state_of(order_id))
    await confirming.confirm_service(town.elder, first)
    seen.append(await state_of(order_id))

    await confirming.confirm_service(town.elder, second)

    assert seen == [
        *("accepted", "checked_in", "checked_in", "checked_in", "completed", "completed"),
    ]
    assert await state_of(order_id) == "confirmed"


async def test_the_last_absence_may_follow_confirmations_and_disputes(db, moved_clock):
    town = await a_town()
    order_id = await an_open_order(town, ahead_h=1, people_wanted=3, may_be_taken=True)
    third, _ = await another_volunteer(town)
    first, second = [await taken(actor, order_id) for actor in (town.lin, town.zhou)]
    absent = await taken(third, order_id)
    await moved_clock.advance(timedelta(hours=1))
    for place_id in (first, second):
        await attending.check_in(town.elder, place_id)
    await moved_clock.advance(timedelta(minutes=40))
    for place_id in (first, second):
        await attending.check_out(town.elder, place_id)
    await confirming.confirm_service(town.elder, first)
    await disputing.dispute_service(town.elder, second, reason="没有做完。")
    await disputing.adjudicate_service(
        town.second, second, Finding(DisputeOutcome.EXCUSED, "停电,不怪双方。")
    )
    before = await state_of(order_id)

    await disputing.report_no_show(town.elder, absent)
    settled = await state_of(order_id)
    await disputing.dispute_service(third, absent, reason="我在楼下等了。")

    assert (before, settled, await state_of(order_id)) == (
        *("checked_in", "adjudicated", "disputed"),
    )


async def test_two_of_three_serve_where_a_third_was_not_found(db, moved_clock):
    town = await a_town()
    order_id = await an_open_order(town, ahead_h=1, people_wanted=3, may_be_taken=True)
    place_id = await taken(town.lin, order_id)
    await moved_clock.advance(timedelta(minutes=45))
    await attending.check_in(town.elder, place_id)
    early = await state_of(order_id)
    await moved_clock.advance(timedelta(minutes=30))
    await jobs.begin_due_orders()

    await attending.check_out(town.elder, place_id)

    assert (early, await state_of(order_id)) == ("checked_in", "completed")
    assert await told_of("UnmetNeedFound") == 1


async def test_an_order_is_called_off_before_somebody_comes_and_not_after(db, moved_clock):
    town = await a_town()
    order_id, place_id = await an_accepted_place(town)
    later, _ = await an_accepted_place(town, ahead_h=20)
    await moved_clock.advance(timedelta(hours=1))
    await attending.check_in(town.elder, place_id)

    with pytest.raises(OrderStateUnfit):
        await calling_off.cancel_order(town.elder, order_id, reason="不用了。")
    with pytest.raises(Forbidden):
        await calling_off.cancel_order(town.zhou, later, reason="不用了。")
    with pytest.raises(OrderStateUnfit):
        await leaving.leave_place(town.lin, place_id, reason="有事。")
    await calling_off.cancel_order(town.elder, later, reason="儿子回来。")

    assert (await state_of(order_id), await state_of(later)) == ("checked_in", "cancelled")


async def test_a_place_is_not_given_back_once_the_time_has_come(db, moved_clock):
    town = await a_town()
    _, place_id = await an_accepted_place(town)
    await moved_clock.advance(timedelta(hours=1))

    with pytest.raises(OrderBegun):
        await leaving.leave_place(town.lin, place_id, reason="有事。")
    with pytest.raises(NotFound):
        await leaving.leave_place(town.zhou, place_id, reason="有事。")

    assert (await place_row(place_id))["state"] == "accepted"


async def test_volunteers_hear_of_tomorrow_and_of_soon_once(db, moved_clock):
    town = await a_town()
    await an_accepted_place(town, ahead_h=30)
    counts = [await jobs.tell_near_services()]

    for hours in (7, 21):
        await moved_clock.advance(timedelta(hours=hours))
        await asyncio.gather(*(jobs.tell_near_services() for _ in range(3)))
        counts.append(await told_of("ServiceTomorrow") + 10 * await told_of("ServiceStartsSoon"))

    assert counts == [0, 1, 11]


async def test_each_side_rates_once_after_the_confirmation_and_before_the_end(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock)
    order_id = await order_of(place_id)

    with pytest.raises(OrderStateUnfit):
        await rating.rate_service(town.elder, place_id, stars=5)
    await confirming.confirm_service(town.elder, place_id)
    with pytest.raises(Forbidden):
        await rating.rate_service(town.zhou, place_id, stars=5)
    await rating.rate_service(town.lin, place_id, stars=4)
    with pytest.raises(ServiceRatedAlready):
        await rating.rate_service(town.lin, place_id, stars=1)
    before = await state_of(order_id)
    await moved_clock.advance(timedelta(days=14))
    await asyncio.gather(*(jobs.close_due_orders() for _ in range(3)))
    with pytest.raises(OrderStateUnfit):
        await rating.rate_service(town.elder, place_id, stars=5)

    assert (before, await state_of(order_id)) == ("confirmed", "closed")
    assert await database.fetch_value("SELECT count(*) FROM matching_rating") == 1


async def test_ratings_are_told_in_groups_of_as_many_raters_as_the_rules_ask(db, moved_clock):
    town = await a_town()
    await with_rules(town, ratingsK=3)
    asked = [(town.lin.person_id, RatingSide.OF_VOLUNTEER)]
    figures = []
    for number, stars in enumerate((5, 4, 3, 1), start=1):
        elder = await factories.a_resident(town.community, name=f"老人{number}")
        of = replace(town, elder=elder)
        place_id = await served(of, moved_clock, minutes=20, helper_id=None)
        await confirming.confirm_service(elder, place_id)
        await rating.rate_service(elder, place_id, stars=stars)
        (figure,) = await people.figures(town.lin, asked)
        figures.append(figure and (figure.ratings, figure.stars_tenths))
        await moved_clock.advance(timedelta(hours=3))

    assert figures == [None, None, (3, 40), (3, 40)]


async def test_records_of_steps_and_ratings_are_only_added_to(db):
    town = await a_town()
    await an_open_order(town)

    for statement in ("UPDATE matching_step SET reason = ''", "DELETE FROM matching_step"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(statement)

    assert await database.fetch_value("SELECT count(*) FROM matching_step") == 3


async def test_the_committee_of_another_community_sees_and_settles_nothing(db, moved_clock):
    town = await a_town()
    place_id = await served(town, moved_clock)
    other = await factories.an_officer(Role.COMMITTEE_MEMBER, await factories.a_community())

    for refused in (
        disputing.dispute_service(other, place_id, reason="没有理由"),
        confirming.confirm_service(other, place_id),
        disputing.report_no_show(other, place_id),
    ):
        with pytest.raises(NotFound):
            await refused

    assert (await place_row(place_id))["state"] == "completed"
    assert await orders.places_by_id(other, [place_id]) == [None]
