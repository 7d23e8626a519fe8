"""Who leads a project calls volunteers to its shifts; one calendar holds all that one does."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import icalendar
import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.matching.errors.projects import ProjectStateUnfit, ShiftOutsideProject
from domains.matching.queries import project_shifts as queries
from domains.matching.service import deciding, project_shifts
from domains.matching.service.project_shifts import ProjectShiftsDraft
from domains.volunteering.errors import ActivityInPast
from domains.volunteering.service import attendance, presets
from domains.volunteering.service.activities import ShiftDraft
from schema import node
from tests import factories
from tests.matching.exchange import a_draft, an_exchange, approved, funded, running, who
from tests.matching.factories import a_town, accepted, an_open_order
from tests.meetings.conftest import Hall, hall
from tests.volunteering.factories import registered, shift_of
from tests.voting.asking import ask, done, person, refused

__all__ = ["Hall", "hall"]

PUBLISH = """
mutation ($input: PublishProjectShiftsInput!) { publishProjectShifts(input: $input) {
  ... on ProjectShiftsPublished { replayed
    project { shiftCalls { id title shifts { places taken } } }
    activity { id title state shifts { id places } } }
  ... on Refused { code } } }
"""
PROJECTS = """
query ($area: ID!) { serviceProjects(areaId: $area) { nodes { id
  shiftCalls { id title leader { name } shifts { startsAt taken waiting myWaitingPosition } } } } }
"""
FEED = """
mutation ($input: CreateCalendarFeedInput!) { createCalendarFeed(input: $input) {
  ... on CalendarFeedCreated { path feed { id } } ... on Refused { code } } }
"""
CLOSE = """
mutation ($input: RevokeCalendarFeedInput!) { revokeCalendarFeed(input: $input) {
  ... on CalendarFeedRevoked { feedId } ... on Refused { code } } }
"""


async def ready():
    await presets.sync_presets()
    return await an_exchange()


async def the_shifts(exchange, *, ahead_h=26.0, **changes):
    starts_at = await clock.now() + timedelta(hours=ahead_h)
    draft = ProjectShiftsDraft(
        title="送餐上门",
        content="为独居老人送热饭,每组两人。",
        place="社区长者食堂",
        leader_id=who(exchange.lin),
        shifts=(ShiftDraft(starts_at, starts_at + timedelta(hours=2), 4),),
    )
    return replace(draft, **changes)


async def published(exchange, project_id, **changes):
    activity_id, _ = await project_shifts.publish_shifts(
        exchange.leader, project_id, await the_shifts(exchange, **changes), idempotency_key=uuid4()
    )
    return activity_id


async def linked():
    sql = "SELECT project_id, activity_id FROM matching_project_activity"
    return [tuple(row.values()) for row in await database.fetch(sql)]


async def test_a_project_calls_volunteers_to_its_shifts_in_one_go(db):
    exchange = await ready()
    project_id, _ = await running(exchange)
    volunteer = await factories.a_resident(exchange.community, name="周强")
    await registered(volunteer, exchange.community)

    activity_id = await published(exchange, project_id)
    await attendance.sign_up(volunteer, await shift_of(activity_id, volunteer))

    ((row,),) = await queries.calls_by_project(volunteer, [project_id])
    assert await linked() == [(project_id, activity_id)]
    assert (row["state"], row["organisation_id"]) == ("published", exchange.host.id)
    assert row["leader_id"] == who(exchange.lin)


async def test_the_same_key_publishes_once_also_at_the_same_time(db):
    exchange = await ready()
    project_id, _ = await funded(exchange)
    draft, key = await the_shifts(exchange), uuid4()

    answers = await asyncio.gather(
        *(
            project_shifts.publish_shifts(exchange.leader, project_id, draft, idempotency_key=key)
            for _ in range(3)
        )
    )

    assert len({activity_id for activity_id, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False, True, True]
    assert len(await linked()) == 1


async def test_shifts_are_of_projects_that_stand_between_their_days_and_to_come(db):
    exchange, elsewhere = await ready(), await an_exchange(name="向阳社区")
    project_id, _ = await funded(exchange)
    draft_id = await a_draft(exchange)
    approved_id = await approved(exchange)
    good = await the_shifts(exchange)
    first = good.shifts[0]
    long_after = ShiftDraft(
        first.starts_at + timedelta(days=95), first.ends_at + timedelta(days=95), 4
    )
    backwards = ShiftDraft(first.ends_at, first.starts_at, 4)
    past = ShiftDraft(
        await clock.now() - timedelta(minutes=1), await clock.now() + timedelta(minutes=1), 4
    )
    cases = (
        (exchange.leader, draft_id, good, ProjectStateUnfit),
        (exchange.leader, approved_id, good, ProjectStateUnfit),
        (exchange.leader, project_id, replace(good, shifts=(long_after,)), ShiftOutsideProject),
        (exchange.leader, project_id, replace(good, shifts=(backwards,)), InvalidInput),
        (exchange.leader, project_id, replace(good, shifts=()), InvalidInput),
        (exchange.leader, project_id, replace(good, shifts=(past,)), ActivityInPast),
        (exchange.leader, project_id, replace(good, leader_id=who(elsewhere.lin)), NotFound),
        (exchange.leader, project_id, replace(good, is_risky=True), InvalidInput),
        (exchange.leader, uuid4(), good, NotFound),
        (exchange.lin, project_id, good, Forbidden),
        (elsewhere.leader, project_id, good, Forbidden),
        (elsewhere.leader, draft_id, good, NotFound),
    )

    for actor, whose, draft, refusal in cases:
        with pytest.raises(refusal):
            await project_shifts.publish_shifts(actor, whose, draft, idempotency_key=uuid4())

    assert await linked() == []
    assert await database.fetch_value("SELECT count(*) FROM volunteering_activity") == 0


async def test_a_project_that_is_called_off_calls_off_what_has_not_begun(db, moved_clock):
    exchange = await ready()
    project_id = await approved(exchange, lines=())
    soon = await published(exchange, project_id, ahead_h=0.1)
    later = await published(exchange, project_id, ahead_h=50)
    await moved_clock.advance(timedelta(hours=1))

    await deciding.cancel_project(exchange.committee, project_id, reason="食堂停用,项目取消")

    rows = await database.fetch("SELECT id, state FROM volunteering_activity")
    told = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'volunteering.ActivityCancelled'"
    )
    assert {row["id"]: row["state"] for row in rows} == {soon: "published", later: "cancelled"}
    assert told == 1


def given(exchange, project_id, starts_at, **changes):
    return {
        "projectId": node.encode("service_project", project_id),
        "title": "送餐上门",
        "content": "为独居老人送热饭,每组两人。",
        "place": "社区长者食堂",
        "leaderId": person(exchange.lin),
        "shifts": [
            {
                "startsAt": (starts_at + timedelta(hours=26)).isoformat(),
                "endsAt": (starts_at + timedelta(hours=28)).isoformat(),
                "places": 4,
            }
        ],
        "idempotencyKey": str(uuid4()),
        **changes,
    }


async def test_shifts_are_published_and_read_through_the_contract(db):
    exchange = await ready()
    project_id, _ = await running(exchange)
    asked = given(exchange, project_id, await clock.now())

    made = await done(exchange.leader, PUBLISH, input=asked)
    again = await done(exchange.leader, PUBLISH, input=asked)
    no = await refused(exchange.lin, PUBLISH, input=given(exchange, project_id, await clock.now()))

    call = {"id": made["activity"]["id"], "title": "送餐上门"}
    assert made["project"]["shiftCalls"] == [{**call, "shifts": [{"places": 4, "taken": 0}]}]
    assert (again["activity"]["id"], again["replayed"]) == (call["id"], True)
    assert no == "FORBIDDEN"


async def test_three_calls_cost_as_many_statements_as_one(db, statements):
    exchange = await ready()
    project_id, _ = await running(exchange)
    area = node.encode("area", exchange.community.id)
    costs, counts = [], []

    for more in (1, 2):
        for _ in range(more):
            await published(exchange, project_id)
        statements.clear()
        found = await ask(exchange.lin, PROJECTS, area=area)
        costs.append(len(statements))
        counts.append(len(found["serviceProjects"]["nodes"][0]["shiftCalls"]))

    assert counts == [1, 3]
    assert costs[0] == costs[1]


def entries_of(body: bytes):
    return {
        str(each["summary"]): str(each["status"])
        for each in icalendar.Calendar.from_ical(body).walk("VEVENT")
    }


async def test_one_calendar_holds_shifts_led_and_served_until_its_address_is_closed(db, hall):
    exchange = await ready()
    project_id, _ = await running(exchange)
    volunteer = await factories.a_resident(exchange.community, name="周强")
    await registered(volunteer, exchange.community)
    activity_id = await published(exchange, project_id)
    other_id = await published(exchange, project_id, title="整理物资", ahead_h=30)
    shift_id = await shift_of(activity_id, volunteer)
    await attendance.sign_up(volunteer, shift_id)
    mine = await done(volunteer, FEED, input={"label": "手机"})
    leads = await done(exchange.lin, FEED, input={"label": "手机"})

    served = await hall.client.get(mine["path"])
    led = await hall.client.get(leads["path"])
    await database.execute(
        "UPDATE volunteering_activity SET state = 'cancelled', cancelled_at = kernel_now(),"
        " cancel_reason = '下雨' WHERE id = $1",
        activity_id,
    )
    called_off = await hall.client.get(mine["path"])
    await done(volunteer, CLOSE, input={"feedId": mine["feed"]["id"]})
    closed = await hall.client.get(mine["path"])

    (entry,) = icalendar.Calendar.from_ical(served.content).walk("VEVENT")
    starts_at = await database.fetch_value(
        "SELECT starts_at FROM volunteering_shift WHERE id = $1", shift_id
    )
    assert entry["dtstart"].dt == starts_at.replace(microsecond=0)
    assert str(entry["location"]) == "社区长者食堂"
    assert entries_of(served.content) == {"志愿服务:送餐上门": "CONFIRMED"}
    assert entries_of(led.content) == {
        "负责:送餐上门": "CONFIRMED",
        "负责:整理物资": "CONFIRMED",
    }
    assert entries_of(called_off.content) == {"志愿服务:送餐上门": "CANCELLED"}
    assert (closed.status_code, closed.content, other_id != activity_id) == (404, b"", True)


async def test_a_place_at_an_order_stands_in_the_calendar_without_what_is_sealed(db, hall):
    town = await a_town()
    order_id = await an_open_order(town)
    await accepted(town, order_id)
    feed = await done(town.lin, FEED, input={"label": "手机"})

    answer = await hall.client.get(feed["path"])

    (entry,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert entries_of(answer.content) == {"服务:送午餐上门": "CONFIRMED"}
    assert str(entry["location"]) == "同心家园东区"
    assert "501" not in answer.text
