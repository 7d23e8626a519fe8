"""Records of orders that were carried out: once a place, confirmed by who was served too."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.database import transaction
from domains.kernel.paging import Page
from domains.volunteering.errors import (
    NotVolunteer,
    OwnRecord,
    RatedAlready,
    RecordInFuture,
    ServiceOverlaps,
)
from domains.volunteering.queries import activities
from domains.volunteering.queries.activities import ActivityFilter
from domains.volunteering.service import back_entry, confirming, ordering
from domains.volunteering.service.ordering import OrderService, PlaceServed
from domains.volunteering.values.records import ServiceRecordState
from domains.volunteering.values.volunteers import ServiceClass
from jobs import volunteering as jobs
from tests import factories
from tests.volunteering.factories import a_team, registered
from tests.volunteering.test_crediting import a_team_with_a_scheme, balance


def an_order(team, **changes):
    order = OrderService(
        order_id=uuid4(),
        area_id=team.community.id,
        service_class=ServiceClass.ELDER_CARE,
        title="陪同就医",
        content="陪同一位老人就医往返。",
        place="同心社区",
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
    )
    return replace(order, **changes)


async def a_part(team, *, hours=2, confirmed_by=(), **changes):
    now = await clock.now()
    part = PlaceServed(
        place_id=uuid4(),
        person_id=team.volunteer.person_id,
        started_at=now - timedelta(hours=hours),
        ended_at=now - timedelta(hours=1),
        confirmed_by=confirmed_by,
    )
    return replace(part, **changes)


async def kept(order, part):
    async with transaction():
        return await ordering.record_served(order, part)


async def counts():
    return await database.fetch_value(
        "SELECT count(*) FROM volunteering_record"
    ), await database.fetch_value("SELECT count(*) FROM volunteering_activity")


async def test_who_was_served_is_the_second_who_confirms_and_the_minutes_are_credited(db):
    team = await a_team_with_a_scheme()
    served = await factories.a_resident(team.community, name="韩桂英")
    order, part = an_order(team), await a_part(team, confirmed_by=(team.leader.person_id,))

    pending = await kept(order, part)
    done = await kept(order, replace(part, confirmed_by=(served.person_id,)))

    assert (pending.state, done.state) == ("pending", "confirmed")
    assert (done.given_minutes, done.counted_minutes, done.record_id) == (60, 60, pending.record_id)
    assert await balance(team.volunteer.person_id) == 60


async def test_an_orders_place_has_one_record_however_often_it_is_told(db):
    team = await a_team_with_a_scheme()
    both = (team.leader.person_id, team.committee.person_id)
    order, part = an_order(team), await a_part(team, confirmed_by=both)

    first = await kept(order, part)
    again = await kept(order, part)

    assert first == again
    assert await balance(team.volunteer.person_id) == 60
    assert await counts() == (1, 1)


async def test_two_places_of_an_order_stand_before_one_activity_that_no_list_shows(db):
    team = await a_team()
    other = await factories.a_resident(team.community, name="何平")
    await registered(other, team.community)
    order = an_order(team)

    await kept(order, await a_part(team))
    await kept(order, await a_part(team, person_id=other.person_id))
    listed = await activities.activities(
        team.committee, ActivityFilter(team.community.path), Page(20)
    )

    assert await counts() == (2, 1)
    assert list(listed.rows) == []


async def test_nobody_confirms_their_own_order_and_strangers_to_service_have_no_record(db):
    team = await a_team()
    stranger = await factories.a_resident(team.community, name="无名")
    own = await a_part(team, confirmed_by=(team.volunteer.person_id,))
    now = await clock.now()

    with pytest.raises(OwnRecord):
        await kept(an_order(team), own)
    with pytest.raises(OwnRecord):
        await kept(an_order(team, leader_id=team.volunteer.person_id), await a_part(team))
    with pytest.raises(NotVolunteer):
        await kept(an_order(team), await a_part(team, person_id=stranger.person_id))
    with pytest.raises(RecordInFuture):
        await kept(an_order(team), await a_part(team, ended_at=now + timedelta(hours=1)))

    assert await counts() == (0, 0)


async def test_service_of_an_order_lies_apart_from_other_service(db):
    team = await a_team()
    await kept(an_order(team), await a_part(team))

    with pytest.raises(ServiceOverlaps):
        await kept(an_order(team), await a_part(team))

    assert await counts() == (1, 1)


async def test_an_order_under_a_minute_leaves_no_record(db):
    team = await a_team()
    now = await clock.now()
    part = await a_part(team, started_at=now - timedelta(seconds=70))

    nothing = await kept(an_order(team), replace(part, ended_at=now - timedelta(seconds=20)))

    assert nothing is None
    assert await counts() == (0, 0)


async def test_who_was_served_rates_once_and_a_false_order_is_revoked_with_its_minutes(db):
    team = await a_team_with_a_scheme()
    served = await factories.a_resident(team.community, name="韩桂英")
    both = (team.leader.person_id, served.person_id)
    part = await a_part(team, confirmed_by=both)
    await kept(an_order(team), part)

    async with transaction():
        await ordering.rate_served(part.place_id, quality=5, by_id=served.person_id)
    with pytest.raises(RatedAlready):
        async with transaction():
            await ordering.rate_served(part.place_id, quality=1, by_id=served.person_id)
    async with transaction():
        await ordering.revoke_served(part.place_id, reason="查实未到场。")

    found = await ordering.record_of(part.place_id)
    assert found.state is ServiceRecordState.REVOKED
    assert await balance(team.volunteer.person_id) == 0


async def test_an_order_that_nobody_confirms_in_time_is_told_and_entered_back(db, moved_clock):
    team = await a_team()
    part = await a_part(team)
    made = await kept(an_order(team), part)

    await moved_clock.advance(timedelta(days=20))
    late = await jobs.note_overdue_records()
    unmoved = await kept(an_order(team), replace(part, confirmed_by=(team.leader.person_id,)))
    await back_entry.move_to_back_entry(team.committee, made.record_id, reason="老人住院。")
    await back_entry.approve_record(
        team.second, made.record_id, accepted=True, reason="经核实属实。"
    )

    assert (late, unmoved.state) == (1, ServiceRecordState.PENDING)
    assert (await ordering.record_of(part.place_id)).state is ServiceRecordState.CONFIRMED


async def test_who_leads_confirms_an_orders_record_as_any_other(db):
    team = await a_team()
    part = await a_part(team, confirmed_by=(team.leader.person_id,))
    made = await kept(an_order(team), part)

    await confirming.confirm_record(team.committee, made.record_id)

    assert (await ordering.record_of(part.place_id)).state is ServiceRecordState.CONFIRMED
