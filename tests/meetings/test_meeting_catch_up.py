"""Cut off, slow, or only just arrived: over real sockets nobody misses or repeats what happened."""

import asyncio
from dataclasses import replace

from domains.kernel.actor import Grant, Role
from domains.meetings.service import attendance
from jobs import outbox
from schema import node
from tests.meetings import factories
from tests.meetings.conftest import Hall
from tests.meetings.factories import Room

MINE = """
subscription ($id: ID!, $after: Int) { myMeetingChanged(meetingId: $id, afterSeq: $after) {
  seq fromSeq entries { seq } room { present } } }
"""
SHARED = "subscription ($id: ID!) { meetingChanged(meetingId: $id) { fromSeq entries { seq } } }"
LOG = """
query ($id: ID!, $after: Int!) { meetingLog(meetingId: $id, afterSeq: $after, first: 100) {
  nodes { seq } pageInfo { hasNextPage } } }
"""


def of(here: Room) -> dict[str, object]:
    return {"id": node.encode("meeting", here.meeting_id)}


async def hears(client, field="myMeetingChanged"):
    message = await client.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"][field]


async def comings_and_goings(here: Room, times: int) -> None:
    """Twice as many entries of the log, each told as it happens."""
    for _ in range(times):
        await attendance.leave(here.members[0], here.meeting_id)
        await attendance.check_in(here.members[0], here.meeting_id)
        await outbox.relay()


async def read_log(client, here: Room, after: int) -> list[int]:
    """Read the log behind a number to its end, on the client's own socket."""
    found: list[int] = []
    while True:
        since = found[-1] if found else after
        await client.subscribe(f"log {since}", LOG, variables=of(here) | {"after": since})
        while (answer := await client.hear())["id"] != f"log {since}":
            assert answer["type"] == "next"
        assert (await client.hear())["type"] == "complete"
        page = answer["payload"]["data"]["meetingLog"]
        found += [each["seq"] for each in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_who_is_cut_off_comes_back_behind_the_last_number_they_had(hall: Hall):
    here = await factories.a_room(3, present=1)
    known: list[int] = []

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", MINE, variables=of(here) | {"after": 0})
        await hall.settled(1)
        happening = asyncio.create_task(comings_and_goings(here, 80))
        while len(known) < 20:
            known += [each["seq"] for each in (await hears(client))["entries"]]
        client.socket.transport.abort()
    await happening
    async with hall.joined(here.chair) as client:
        again = asyncio.create_task(comings_and_goings(here, 10))
        await client.subscribe("n", MINE, variables=of(here) | {"after": known[-1]})
        messages = 0
        while known[-1] < 180:
            known += [each["seq"] for each in (await hears(client))["entries"]]
            messages += 1
        await again

    assert known == list(range(1, 181))
    assert messages >= 3


async def test_two_screens_of_one_person_each_hear_all_behind_their_number(hall: Hall):
    here = await factories.a_room(3, present=1)
    await comings_and_goings(here, 30)
    heard: list[list[int]] = []

    async with hall.joined(here.chair) as first, hall.joined(here.chair) as second:
        for client in (first, second):
            known: list[int] = []
            await client.subscribe("n", MINE, variables=of(here) | {"after": 0})
            while not known or known[-1] < 60:
                known += [each["seq"] for each in (await hears(client))["entries"]]
            heard.append(known)

    assert heard == [list(range(1, 61))] * 2


async def test_whose_roles_change_hears_on_without_repeats(hall: Hall):
    here = await factories.a_room(3, present=1)
    await comings_and_goings(here, 5)
    known: list[int] = []

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", MINE, variables=of(here) | {"after": 0})
        while not known or known[-1] < 10:
            known += [each["seq"] for each in (await hears(client))["entries"]]
        for token, actor in list(hall._actors.items()):
            more = Grant(Role.BUILDING_CAPTAIN, area_path=here.body.area_path)
            hall._actors[token] = replace(actor, grants=actor.grants | {more})
        await asyncio.sleep(1.1)  # sessions are read again once a second
        await comings_and_goings(here, 5)
        while known[-1] < 20:
            known += [each["seq"] for each in (await hears(client))["entries"]]

    assert known == list(range(1, 21))


async def test_a_stream_of_ones_own_keeps_its_order_for_who_reads_late(hall: Hall):
    here = await factories.a_room(3, present=1)
    await comings_and_goings(here, 120)
    known: list[int] = []

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", MINE, variables=of(here) | {"after": 0})
        await asyncio.sleep(0.5)
        while not known or known[-1] < 240:
            known += [each["seq"] for each in (await hears(client))["entries"]]

    assert known == list(range(1, 241))


async def test_whoever_subscribes_and_then_reads_misses_nothing_however_near_it_happens(
    hall: Hall,
):
    here = await factories.a_room(3, present=1)
    happening = asyncio.create_task(comings_and_goings(here, 10_000))
    known: list[int] = []

    for _ in range(20):
        last = known[-1] if known else 0
        async with hall.joined(here.chair) as client:
            await client.subscribe("n", SHARED, variables=of(here))
            # Nobody waits here: the query goes out on the heels of the subscription.
            await client.subscribe("log", LOG, variables=of(here) | {"after": last})
            read: list[int] | None = None
            told: list[int] = []
            while read is None or not told or told[-1] <= max(read, default=last):
                answer = await client.hear()
                if answer["type"] == "next" and answer["id"] == "n":
                    entries = answer["payload"]["data"]["meetingChanged"]["entries"]
                    told += [each["seq"] for each in entries]
                elif answer["type"] == "next":
                    nodes = answer["payload"]["data"]["meetingLog"]["nodes"]
                    read = [each["seq"] for each in nodes]
            known += sorted({*read, *(each for each in told if each > last)})
        await hall.settled(0)
    happening.cancel()
    await asyncio.wait([happening])

    assert known == list(range(1, known[-1] + 1))


async def test_who_lost_messages_sees_it_by_the_number_and_reads_what_is_missing(hall: Hall):
    here = await factories.a_room(3, present=1)

    async with hall.joined(here.chair) as client:
        await client.subscribe("n", SHARED, variables=of(here))
        known = await read_log(client, here, 0)
        for _ in range(70):
            await attendance.leave(here.members[0], here.meeting_id)
            await attendance.check_in(here.members[0], here.meeting_id)
        await outbox.relay()
        news = await hears(client, "meetingChanged")
        last = known[-1] if known else 0
        lost = news["fromSeq"] > last + 1
        known += await read_log(client, here, last)
        known += [each["seq"] for each in news["entries"] if each["seq"] > known[-1]]

    assert lost
    assert known == list(range(1, 141))
