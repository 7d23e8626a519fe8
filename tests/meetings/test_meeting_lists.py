"""Lists of bodies, meetings and rooms: one number of statements, whatever their length."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.meetings.models import AgendaItem, Invitation, Seat
from domains.meetings.service import recurring
from domains.meetings.service.recurring import RecurrenceDraft
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    MeetingMode,
    MeetingState,
    RecurrenceKind,
)
from domains.membership.models import Area
from schema import node
from tests import factories as town
from tests.meetings import factories
from tests.voting.asking import ask

MEETINGS = """
query ($first: Int!, $after: String) { meetings(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { id title body { name area { name } above { id } } area { name }
    chair { name } standingChair { name } secretary { name } rules { code noticeDays legalBasis }
    agenda { title presenter { name } raisedFrom { id } raisedTo { id } body { id } meeting { id } }
    currentItem { title } room { present quorum { isMet } } myPart { standing name } } } }
"""
ATTENDEES = """
query ($id: ID!, $first: Int!) { meetingAttendees(meetingId: $id, first: $first) {
  nodes { id name person { name } standsInFor { id } meeting { id title } } } }
"""
LOG = """
query ($id: ID!, $first: Int!) { meetingLog(meetingId: $id, first: $first) {
  nodes { seq kind person { name } } pageInfo { hasNextPage } } }
"""
SEATS = """
query ($id: ID!, $first: Int!) { bodySeats(bodyId: $id, first: $first) {
  nodes { id name person { name } body { name } } } }
"""
WAITING = """
query ($id: ID!, $first: Int!) { waitingMatters(bodyId: $id, first: $first) {
  nodes { id title body { name } raisedFrom { id } } } }
"""
RECURRENCES = """
query ($id: ID!, $first: Int!) { bodyRecurrences(bodyId: $id, first: $first) {
  nodes { id rule body { name } } } }
"""
BODIES = """
query ($first: Int!) { bodies(first: $first) { nodes { id name area { name } above { name } } } }
"""


async def counted(statements, actor, document, first, **variables):
    statements.clear()
    answer = await ask(actor, document, first=first, **variables)
    (found,) = answer.values()
    return len(statements), len(found["nodes"])


async def three_meetings():
    here = await factories.a_room(3)
    for title in ("停车协商会", "加装电梯协商会"):
        meeting = await factories.a_meeting(
            here.body,
            state=MeetingState.AGENDA_PUBLISHED,
            chair=here.chair,
            title=title,
            starts_at=await clock.now() - timedelta(days=1),
        )
        await factories.an_item(meeting)
        await factories.an_invitation(meeting.id, here.members[0])
    return here


async def test_meetings_take_one_number_of_statements(db, statements):
    here = await three_meetings()

    one = await counted(statements, here.members[0], MEETINGS, 1)
    three = await counted(statements, here.members[0], MEETINGS, 3)

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


@pytest.mark.parametrize("document", [ATTENDEES, LOG])
async def test_a_rooms_lists_take_one_number_of_statements(db, statements, document):
    here = await three_meetings()
    await database.execute(
        "SELECT meetings_append($1, 'checked_in', $2, NULL, $2, '{}') FROM generate_series(1, 3)",
        here.meeting_id,
        here.members[0].person_id,
    )
    of = {"id": node.encode("meeting", here.meeting_id)}

    one = await counted(statements, here.members[0], document, 1, **of)
    three = await counted(statements, here.members[0], document, 3, **of)

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


async def a_waiting_matter(body, number: int) -> None:
    await AgendaItem.create(
        id=database.new_id(),
        body_id=body.id,
        kind=AgendaItemKind.DISCUSS,
        state=AgendaItemState.WAITING,
        title=f"待议事项{number}",
        created_at=await clock.now(),
    )


async def a_rhythm(here, number: int) -> None:
    draft = RecurrenceDraft(
        kind=RecurrenceKind.WEEKLY,
        title="例会",
        mode=MeetingMode.ONLINE,
        starts_minute=600,
        lasts_minutes=60,
        first_day=await clock.today(),
        on=number + 1,
    )
    await recurring.create_recurrence(here.organiser, here.body.id, draft, idempotency_key=uuid4())


@pytest.mark.parametrize("document", [SEATS, WAITING, RECURRENCES])
async def test_a_bodys_lists_take_one_number_of_statements(db, statements, document):
    here = await factories.a_room(3)
    for number in range(3):
        await a_waiting_matter(here.body, number)
        await a_rhythm(here, number)
    of = {"id": node.encode("body", here.body.id)}

    one = await counted(statements, here.members[0], document, 1, **of)
    three = await counted(statements, here.members[0], document, 3, **of)

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


async def test_bodies_take_one_number_of_statements(db, statements):
    here = await factories.a_room(1)
    area = await Area.get(id=here.community.id)
    await factories.a_body(area, name="第二议事会", above=None)
    await factories.a_body(area, name="第三议事会", above=None)

    one = await counted(statements, here.members[0], BODIES, 1)
    three = await counted(statements, here.members[0], BODIES, 3)

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


async def test_a_page_goes_on_where_the_last_one_ended(db):
    here = await three_meetings()

    first = (await ask(here.members[0], MEETINGS, first=2))["meetings"]
    rest = (await ask(here.members[0], MEETINGS, first=2, after=first["pageInfo"]["endCursor"]))[
        "meetings"
    ]

    titles = [each["title"] for each in first["nodes"] + rest["nodes"]]
    assert sorted(titles) == sorted(["加装电梯协商会", "停车协商会", "广场舞噪音协商会"])
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_stranger_sees_no_meeting_body_room_or_log(db):
    here = await three_meetings()
    stranger = await town.a_resident(await town.a_community(), name="外人")
    meeting, body = (
        node.encode("meeting", here.meeting_id),
        node.encode("body", here.body.id),
    )

    seen = [
        (await ask(stranger, MEETINGS, first=5))["meetings"]["nodes"],
        (await ask(stranger, BODIES, first=5))["bodies"]["nodes"],
        (await ask(stranger, ATTENDEES, first=5, id=meeting))["meetingAttendees"]["nodes"],
        (await ask(stranger, LOG, first=5, id=meeting))["meetingLog"]["nodes"],
        (await ask(stranger, SEATS, first=5, id=body))["bodySeats"]["nodes"],
        (await ask(stranger, WAITING, first=5, id=body))["waitingMatters"]["nodes"],
        (await ask(stranger, RECURRENCES, first=5, id=body))["bodyRecurrences"]["nodes"],
    ]
    nodes = [
        (await ask(stranger, "query ($id: ID!) { node(id: $id) { id } }", id=each))["node"]
        for each in (meeting, body, node.encode("agendaItem", here.item_id))
    ]

    assert seen == [[]] * 7
    assert nodes == [None] * 3


async def test_names_are_for_who_takes_part(db):
    here = await factories.a_room(1)
    neighbour = await town.a_resident(here.community, name="邻居")
    of = {"id": node.encode("meeting", here.meeting_id), "first": 10}

    inside = (await ask(here.members[0], ATTENDEES, **of))["meetingAttendees"]["nodes"]
    beside = (await ask(neighbour, ATTENDEES, **of))["meetingAttendees"]["nodes"]

    assert {each["name"] for each in inside} == {"刘主持", "居民0"}
    assert {each["name"] for each in beside} == {"刘*", "居*"}


async def test_where_to_join_online_is_for_who_takes_part(db):
    here = await factories.a_room(1)
    await database.execute(
        "UPDATE meetings_meeting SET online_address = 'https://meet.example/r/1'"
    )
    neighbour = await town.a_resident(here.community, name="邻居")
    asked = "query ($id: ID!) { meeting(id: $id) { title onlineAddress } }"
    of = {"id": node.encode("meeting", here.meeting_id)}

    inside, beside = await ask(here.members[0], asked, **of), await ask(neighbour, asked, **of)

    assert inside["meeting"]["onlineAddress"] == "https://meet.example/r/1"
    assert beside["meeting"] == {"title": "广场舞噪音协商会", "onlineAddress": None}


async def test_a_planned_meeting_is_seen_by_who_has_part_in_it(db):
    here = await factories.a_room(1, state=MeetingState.PLANNED)
    neighbour = await town.a_resident(here.community, name="邻居")
    asked = "query ($id: ID!) { meeting(id: $id) { title } }"
    of = {"id": node.encode("meeting", here.meeting_id)}

    seen = [
        (await ask(each, asked, **of))["meeting"] is not None
        for each in (here.members[0], here.organiser, neighbour)
    ]

    assert seen == [True, True, False]


async def test_every_thing_is_found_again_by_its_id(db):
    here = await factories.a_room(1)
    invitation = await Invitation.filter(meeting_id=here.meeting_id).first()
    seat = await Seat.filter(body_id=here.body.id).first()
    ids = [
        node.encode("meeting", here.meeting_id),
        node.encode("body", here.body.id),
        node.encode("agendaItem", here.item_id),
        node.encode("invitation", invitation.id),
        node.encode("seat", seat.id),
    ]

    found = [
        (await ask(here.members[0], "query ($id: ID!) { node(id: $id) { id } }", id=each))["node"]
        for each in ids
    ]

    assert [each["id"] for each in found] == ids
