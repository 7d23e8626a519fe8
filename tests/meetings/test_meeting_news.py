"""News of a room over real sockets: one execution for all, and no gap for who was away."""

import asyncio
import contextlib

from graphql import GraphQLObjectType, get_named_type

from domains.kernel.actor import Grant, Role
from domains.meetings.service import attendance, sessions
from domains.meetings.values import AgendaItemState, AttendeeKind, Capacity, MeetingState
from jobs import outbox
from schema import node
from schema.root import schema
from tests import factories as town
from tests.meetings import factories
from tests.voting.asking import ask

OURS = schema._schema.type_map
NEWS = """
subscription ($id: ID!) { meetingChanged(meetingId: $id) {
  seq fromSeq state entries { seq kind personId }
  room { present quorum { present required isMet } } currentItemId chairId } }
"""
MINE = NEWS.replace("meetingChanged", "myMeetingChanged")
LOG = """
query ($id: ID!, $after: Int!) { meetingLog(meetingId: $id, afterSeq: $after, first: 100) {
  nodes { seq kind } } }
"""


def of(here) -> dict[str, str]:
    return {"id": node.encode("meeting", here.meeting_id)}


async def hears(client, name="n", field="meetingChanged"):
    message = await client.hear()
    assert (message["id"], message["type"]) == (name, "next"), message
    return message["payload"]["data"][field]


async def test_a_change_reaches_all_of_a_community_by_one_execution(hall):
    here = await factories.a_room(4, present=2)
    listeners = [here.chair, *here.members]

    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(hall.joined(each)) for each in listeners]
        for client in clients:
            await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(len(clients))
        groups = len(hall.edge.groups)
        await attendance.check_in(here.members[3], here.meeting_id)
        await outbox.relay()
        heard = await asyncio.gather(*(hears(client) for client in clients))

    assert groups == 1
    assert all(each == heard[0] for each in heard)
    assert heard[0]["room"] == {
        "present": 4,
        "quorum": {"present": 4, "required": 3, "isMet": True},
    }
    assert [each["kind"] for each in heard[0]["entries"]] == ["CHECKED_IN"]


async def test_who_was_away_reads_on_without_gaps_or_repeats(hall):
    here = await factories.a_room(3, present=1)
    known: list[int] = []

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(1)
        await attendance.check_in(here.members[1], here.meeting_id)
        await outbox.relay()
        known += [each["seq"] for each in (await hears(client))["entries"]]
    await hall.settled(0)
    for _ in range(3):
        await attendance.leave(here.members[0], here.meeting_id)
        await attendance.check_in(here.members[0], here.meeting_id)
    await outbox.relay()
    async with hall.joined(here.chair) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(1)
        missed = await ask(here.chair, LOG, after=known[-1], **of(here))
        known += [each["seq"] for each in missed["meetingLog"]["nodes"]]
        await attendance.check_in(here.members[2], here.meeting_id)
        await outbox.relay()
        news = await hears(client)

    assert news["fromSeq"] <= known[-1] + 1
    known += [each["seq"] for each in news["entries"] if each["seq"] > known[-1]]
    assert known == list(range(1, 9))


async def test_a_slow_listener_finds_the_gap_by_the_numbers(hall):
    here = await factories.a_room(3, present=1)

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(1)
        for _ in range(70):
            await attendance.leave(here.members[0], here.meeting_id)
            await attendance.check_in(here.members[0], here.meeting_id)
        await outbox.relay()
        news = await hears(client)

    assert (news["fromSeq"], news["seq"], len(news["entries"])) == (91, 140, 50)


async def test_ones_own_stream_begins_behind_a_number_and_leaves_nothing_out(hall):
    here = await factories.a_room(3, present=1)
    for _ in range(60):
        await attendance.leave(here.members[0], here.meeting_id)
        await attendance.check_in(here.members[0], here.meeting_id)
    known: list[int] = []

    async with hall.joined(here.chair) as client:
        document = MINE.replace("($id: ID!)", "($id: ID!, $after: Int)").replace(
            "(meetingId: $id)", "(meetingId: $id, afterSeq: $after)"
        )
        await client.subscribe("n", document, variables=of(here) | {"after": 30})
        while not known or known[-1] < 120:
            news = await hears(client, "n", "myMeetingChanged")
            assert news["fromSeq"] == (known[-1] + 1 if known else 31)
            known += [each["seq"] for each in news["entries"]]
        await hall.settled(1)
        await attendance.check_in(here.members[1], here.meeting_id)
        await outbox.relay()
        known += [each["seq"] for each in (await hears(client, "n", "myMeetingChanged"))["entries"]]

    assert known == list(range(31, 122))


async def test_a_changed_state_is_never_older_than_its_number(hall):
    here = await factories.a_room(6, present=0)
    counts: dict[int, int] = {}

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(1)

        async def come_in() -> None:
            for each in here.members:
                await attendance.check_in(each, here.meeting_id)
                await outbox.relay()

        coming = asyncio.create_task(come_in())
        while max(counts, default=0) < 6:
            news = await hears(client)
            counts[news["seq"]] = news["room"]["present"]
        await coming

    assert all(present >= seq + 1 for seq, present in counts.items())
    assert counts[6] == 7


async def test_outsiders_hear_nothing_and_guests_hear_for_themselves(hall):
    here = await factories.a_room(2, present=1)
    elsewhere = await town.a_community()
    stranger = await town.a_resident(elsewhere, name="外人")
    expert = await town.a_resident(elsewhere, name="专家")
    await factories.an_invitation(
        here.meeting_id, expert, capacity=Capacity.ADVISE, kind=AttendeeKind.EXPERT
    )

    async with hall.joined(stranger) as outside, hall.joined(expert) as guest:
        await outside.subscribe("n", NEWS, variables=of(here))
        ended = await outside.hear()
        await outside.subscribe("m", MINE, variables=of(here))
        ended_too = await outside.hear()
        await guest.subscribe("m", MINE, variables=of(here))
        await hall.settled(1)
        await attendance.check_in(here.members[1], here.meeting_id)
        await outbox.relay()
        heard = await hears(guest, "m", "myMeetingChanged")

    assert ended == {"id": "n", "type": "complete"}
    assert ended_too == {"id": "m", "type": "complete"}
    assert heard["room"]["present"] == 3


def test_what_all_are_told_holds_nothing_that_depends_on_who_hears_it():
    told = {"MeetingChanged"}
    waiting = ["MeetingChanged"]
    while waiting:
        of_type = OURS[waiting.pop()]
        assert isinstance(of_type, GraphQLObjectType)
        for field in of_type.fields.values():
            name = get_named_type(field.type).name
            if name not in told and isinstance(OURS[name], GraphQLObjectType):
                told.add(name)
                waiting.append(name)

    assert told & {"Person", "Attendee", "Meeting", "AgendaItem"} == set()


async def test_a_planned_meeting_is_heard_by_who_has_part_in_it_alone(hall):
    here = await factories.a_room(1, state=MeetingState.PLANNED)
    neighbour = await town.a_resident(here.community, name="邻居")

    async with hall.joined(neighbour) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        first = await client.hear()
        await client.subscribe("m", MINE, variables=of(here))
        second = await client.hear()

    assert [first["type"], second["type"]] == ["complete", "complete"]


async def test_whoever_moves_away_hears_no_more(hall):
    here = await factories.a_room(1)
    lin = here.members[0]

    async with hall.joined(lin) as client:
        await client.subscribe("n", NEWS, variables=of(here))
        await hall.settled(1)
        for token, actor in list(hall._actors.items()):
            gone = Grant(Role.RESIDENT, area_path="x/y/z/w/")
            hall._actors[token] = type(actor)(
                actor.person_id, frozenset({gone}), session_id=actor.session_id
            )
        await asyncio.sleep(1.1)  # sessions are read again once a second
        await sessions.close_item(here.chair, here.meeting_id, outcome=AgendaItemState.CONCLUDED)
        await outbox.relay()
        ended = await client.hear()

    assert ended == {"id": "n", "type": "complete"}
