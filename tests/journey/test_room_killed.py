"""A room whose server is killed: it comes back with the same queue and the same clock."""

import asyncio

from domains.kernel import database
from domains.meetings.models import SpeakingRequest
from domains.meetings.service import floor
from schema import node
from tests.journey.clients import insistently
from tests.journey.conftest import Programs
from tests.journey.test_killed import SERVING, a_session
from tests.meetings import debates, factories

RAISE = """
mutation ($input: RaiseHandInput!) { raiseHand(input: $input) { __typename
  ... on Refused { code } } }
"""
FLOOR = """
query ($id: ID!) { node(id: $id) { ... on Meeting { floor {
  speaking { id runningSince endsAt } queue { id side number } } } } }
"""
MEMBERS = 16


async def test_a_room_whose_server_is_killed_comes_back_as_it_was(programs_here: Programs):
    room = await factories.a_room(members=MEMBERS)
    await debates.a_stated_motion(room)
    tokens = [await a_session(each.person_id) for each in room.members]
    meeting = node.encode("meeting", room.meeting_id)
    program = programs_here.start("serve", "--port", "0", "--no-worker")
    address = [program.said(SERVING)]

    async def kill_twice() -> None:
        nonlocal program
        for _ in range(2):
            await asyncio.sleep(0.1)
            program.kill()
            program = programs_here.start("serve", "--port", "0", "--no-worker")
            address[0] = await asyncio.to_thread(program.said, SERVING)

    *raised, _ = await asyncio.gather(
        *(
            insistently(
                address,
                token,
                RAISE,
                input={"meetingId": meeting, "side": "AGAINST" if place % 3 else "FOR"},
            )
            for place, token in enumerate(tokens)
        ),
        kill_twice(),
    )
    await floor.call_speaker(room.chair, room.meeting_id)
    before = await insistently(address, tokens[0], FLOOR, id=meeting)
    program.kill()
    program = programs_here.start("serve", "--port", "0", "--no-worker")
    address[0] = program.said(SERVING)
    after = await insistently(address, tokens[-1], FLOOR, id=meeting)

    assert {each["raiseHand"]["__typename"] for each in raised} == {"FloorPayload"}
    assert await SpeakingRequest.all().count() == MEMBERS
    assert len(after["node"]["floor"]["queue"]) == MEMBERS - 1
    assert after == before
    logged = await database.fetch(
        "SELECT seq FROM meetings_log WHERE meeting_id = $1 ORDER BY seq", room.meeting_id
    )
    assert [row["seq"] for row in logged] == list(range(1, len(logged) + 1))
