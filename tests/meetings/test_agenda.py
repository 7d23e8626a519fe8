"""Agendas: what is announced stands, what stays open goes up a level."""

from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.errors import NotFound
from domains.meetings.errors import (
    AgendaFixed,
    AgendaIncomplete,
    BodyAboveMissing,
    ItemNotAnnounced,
    ItemNotUnresolved,
    LevelAboveUnfit,
)
from domains.meetings.models import AgendaItem
from domains.meetings.service import agenda
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    BodyLevel,
    MeetingState,
)
from domains.membership.models import Area
from tests import factories as town
from tests.meetings import factories

TALK = ItemDraft("垃圾分类近况", AgendaItemKind.INFORM)
DECIDE = ItemDraft("增设停车位", AgendaItemKind.DECIDE)


async def an_unresolved_item(community: Area | None = None):
    here = await factories.a_room(1, state=MeetingState.ADJOURNED, community=community)
    await AgendaItem.filter(id=here.item_id).update(
        state=AgendaItemState.UNRESOLVED, closed_at=await clock.now()
    )
    return here


async def raise_it(here, **more):
    return await agenda.raise_item(
        here.organiser, here.item_id, reason="双方分歧较大", idempotency_key=uuid4(), **more
    )


async def test_what_was_announced_is_not_changed_any_more(db):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)

    with pytest.raises(AgendaFixed):
        await agenda.edit_item(here.organiser, here.item_id, TALK, expected_version=1)

    assert (await AgendaItem.get(id=here.item_id)).title == "广场舞队迁往九龙湖公园"


async def test_the_database_too_keeps_what_was_announced(db):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE meetings_agenda_item SET title = '另一事项'")

    assert (await AgendaItem.get(id=here.item_id)).title == "广场舞队迁往九龙湖公园"


async def test_in_the_room_something_is_added_only_to_be_talked_about(db):
    here = await factories.a_room(1)

    with pytest.raises(ItemNotAnnounced):
        await agenda.add_item(here.organiser, here.meeting_id, DECIDE, idempotency_key=uuid4())
    item_id, _ = await agenda.add_item(
        here.organiser, here.meeting_id, TALK, idempotency_key=uuid4()
    )

    added = await AgendaItem.filter(meeting_id=here.meeting_id).exclude(id=here.item_id)
    assert [(each.id, each.position) for each in added] == [(item_id, 2)]


async def test_an_order_names_each_open_item_once(db):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)
    second = await factories.an_item(await here.meeting(), position=2)

    with pytest.raises(AgendaIncomplete):
        await agenda.order_agenda(here.organiser, here.meeting_id, [second.id])
    await agenda.order_agenda(here.organiser, here.meeting_id, [second.id, here.item_id])

    items = await AgendaItem.filter(meeting_id=here.meeting_id).order_by("position")
    assert [each.id for each in items] == [second.id, here.item_id]


async def test_a_withdrawn_item_stays_to_be_read_with_its_reason(db):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)

    await agenda.withdraw_item(here.organiser, here.item_id, reason="提议人撤回")

    item = await AgendaItem.get(id=here.item_id)
    assert (item.state, item.note) == (AgendaItemState.WITHDRAWN, "提议人撤回")
    assert await here.log() == ["item_withdrawn"]


async def test_what_stays_unresolved_goes_up_to_the_only_body_of_the_next_level(db):
    street = await town.a_street()
    here = await an_unresolved_item(await town.a_community(street))
    above = await factories.a_body(street, name="街道议事会", level=BodyLevel.STREET)

    raised_id, replayed = await raise_it(here)

    raised, left = await AgendaItem.get(id=raised_id), await AgendaItem.get(id=here.item_id)
    assert (raised.body_id, raised.state, raised.raised_from_id) == (
        above.id,
        AgendaItemState.WAITING,
        here.item_id,
    )
    assert (left.state, replayed) == (AgendaItemState.RAISED, False)
    assert (
        await database.fetch_value(
            "SELECT count(*) FROM kernel_outbox WHERE name = 'meetings.AgendaItemRaised'"
        )
        == 1
    )


async def test_a_matter_climbs_all_four_levels(db):
    district = await town.a_district()
    street = await town.a_street(district)
    community = await town.a_community(street)
    building = await town.a_building(community)
    levels = [
        (building, BodyLevel.BUILDING, "楼栋议事会"),
        (community, BodyLevel.COMMUNITY, "社区议事会"),
        (street, BodyLevel.STREET, "街道议事会"),
        (district, BodyLevel.DISTRICT, "区议事会"),
    ]
    organiser = await town.a_platform_administrator(district)
    bodies = [await factories.a_body(area, name=name, level=level) for area, level, name in levels]
    waiting = None
    for body in bodies:
        meeting = await factories.a_meeting(body, state=MeetingState.PLANNED)
        if waiting is None:
            item = await factories.an_item(meeting, announced=False)
        else:
            await agenda.place_item(organiser, waiting, meeting.id)
            item = await AgendaItem.get(id=waiting)
        await AgendaItem.filter(id=item.id).update(
            state=AgendaItemState.UNRESOLVED, closed_at=await clock.now()
        )
        if body is not bodies[-1]:
            waiting, _ = await agenda.raise_item(
                organiser, item.id, reason="本级未能解决", idempotency_key=uuid4()
            )

    with pytest.raises(BodyAboveMissing):
        await agenda.raise_item(organiser, item.id, reason="再上一级", idempotency_key=uuid4())
    assert await AgendaItem.filter(state=AgendaItemState.RAISED).count() == 3


async def test_what_was_resolved_does_not_go_up(db):
    here = await factories.a_room(1)

    with pytest.raises(ItemNotUnresolved):
        await raise_it(here)

    assert await AgendaItem.all().count() == 1


async def test_a_matter_does_not_skip_a_level(db):
    district = await town.a_district()
    here = await an_unresolved_item(await town.a_community(await town.a_street(district)))
    far = await factories.a_body(district, name="区议事会", level=BodyLevel.DISTRICT)

    with pytest.raises(LevelAboveUnfit):
        await raise_it(here, to_body_id=far.id)

    assert (await AgendaItem.get(id=here.item_id)).state is AgendaItemState.UNRESOLVED


async def test_without_a_body_above_a_matter_stays(db):
    here = await an_unresolved_item()

    with pytest.raises(BodyAboveMissing):
        await raise_it(here)

    assert (await AgendaItem.get(id=here.item_id)).state is AgendaItemState.UNRESOLVED


async def test_an_item_of_another_community_is_out_of_sight(db):
    here = await factories.a_room(1, state=MeetingState.PLANNED)
    stranger = await town.a_committee_member(await town.a_community())

    with pytest.raises(NotFound):
        await agenda.withdraw_item(stranger, here.item_id, reason="无关")

    assert (await AgendaItem.get(id=here.item_id)).state is AgendaItemState.ON_AGENDA
