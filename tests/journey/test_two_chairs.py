"""Two who would preside at once, each at a device and a server of their own."""

import asyncio
from typing import Any

from domains.kernel import database
from domains.meetings.models import Meeting, SpeakingRequest, Vote
from domains.meetings.service import chair, floor, motions
from domains.meetings.values.floor import SpeakingSide
from schema import node
from tests.journey.clients import OverSocket, Somebody, a_session
from tests.journey.conftest import Programs
from tests.meetings import debates, factories

SERVING = r"Serving at (http://\S+)"
FLOOR = "... on FloorPayload { floor { speaking { id } } }"
MEETING = "... on MeetingPayload { meeting { id } }"
VOTE = "... on VotePayload { vote { id state } }"
MEMBERS = 8


def two_servers(programs: Programs) -> list[str]:
    """Two processes over one database."""
    started = [programs.start("serve", "--port", "0", "--no-worker") for _ in range(2)]
    return [each.said(SERVING) for each in started]


def codes(*told: Any) -> list[str]:
    """What each was refused with, or nothing."""
    return sorted(each.get("code", "") for each in told)


async def test_two_devices_of_the_chair_call_each_speaker_once(programs_here: Programs):
    room = await factories.a_room(members=MEMBERS)
    await debates.a_stated_motion(room)
    for number, each in enumerate(room.members):
        side = SpeakingSide.AGAINST if number % 2 else SpeakingSide.FOR
        await floor.raise_hand(each, room.meeting_id, side)
    first, second = two_servers(programs_here)
    token = await a_session(room.chair)
    meeting = node.encode("meeting", room.meeting_id)
    heard: list[list[str]] = []

    async with (
        Somebody(first, room.chair, token) as here,
        OverSocket.opened(second, token) as there,
    ):
        for _ in range(MEMBERS):
            told = await asyncio.gather(
                here.tries("callSpeaker", FLOOR, meetingId=meeting),
                there.tries("callSpeaker", FLOOR, meetingId=meeting),
            )
            heard.append(codes(*told))
            speech = next(each for each in told if "floor" in each)["floor"]["speaking"]["id"]
            stopped = await asyncio.gather(
                here.tries("stopSpeech", FLOOR, requestId=speech),
                there.tries("stopSpeech", FLOOR, requestId=speech),
            )
            assert "floor" in stopped[0] or "floor" in stopped[1]

    # The last time round there is nobody left for the second to call.
    assert heard == [["", "FLOOR_TAKEN"]] * (MEMBERS - 1) + [["", "NOBODY_WAITS"]]
    assert await SpeakingRequest.filter(state="spoken").count() == MEMBERS
    rows = await database.fetch(
        "SELECT kind FROM meetings_log WHERE meeting_id = $1 AND kind LIKE 'spe%' ORDER BY seq",
        room.meeting_id,
    )
    assert [row["kind"] for row in rows] == ["speaker_called", "speech_ended"] * MEMBERS


async def test_of_two_votes_opened_at_once_one_is_taken(programs_here: Programs):
    room = await factories.a_room(members=4)
    motion_id = await debates.a_ready_motion(room)
    first, second = two_servers(programs_here)
    token = await a_session(room.chair)
    motion = node.encode("motion", motion_id)

    async with (
        Somebody(first, room.chair, token) as here,
        OverSocket.opened(second, token) as there,
    ):
        told = await asyncio.gather(
            here.tries("openVote", VOTE, motionId=motion, form="ROLL_CALL"),
            there.tries("openVote", VOTE, motionId=motion, form="SECRET"),
        )

    assert codes(*told) == ["", "MOTION_MOVED"]
    assert await Vote.filter(meeting_id=room.meeting_id).count() == 1


async def test_who_hands_the_chair_over_presides_no_more(programs_here: Programs):
    room = await factories.a_room(members=4)
    await motions.declare_ready(room.chair, await debates.a_stated_motion(room))
    first, second = two_servers(programs_here)
    heir = room.members[3]
    meeting = node.encode("meeting", room.meeting_id)
    outcomes = []

    async with (
        Somebody(first, room.chair, await a_session(room.chair)) as old,
        OverSocket.opened(second, await a_session(heir)) as new,
    ):
        for _ in range(6):
            handed, grabbed = await asyncio.gather(
                old.tries(
                    "handOverChair",
                    MEETING,
                    meetingId=meeting,
                    personId=node.encode("person", heir.person_id),
                ),
                new.tries("callSpeaker", FLOOR, meetingId=meeting),
            )
            after = await old.tries("callSpeaker", FLOOR, meetingId=meeting)
            outcomes.append((codes(handed), after["code"], grabbed["code"]))
            await chair.take_back(room.chair, room.meeting_id)

    # Whoever came first, the one without the chair was refused, and the other had nobody to call.
    assert {each[:2] for each in map(_hashable, outcomes)} == {("", "FORBIDDEN")}
    assert {each[2] for each in outcomes} <= {"FORBIDDEN", "NOBODY_WAITS"}
    assert (await Meeting.get(id=room.meeting_id)).chair_id == room.chair.person_id


def _hashable(outcome: tuple[list[str], str, str]) -> tuple[str, str, str]:
    return outcome[0][0], outcome[1], outcome[2]


async def test_two_chairs_appointed_at_once_are_one(programs_here: Programs):
    room = await factories.a_room(members=4)
    first, second = two_servers(programs_here)
    token = await a_session(room.organiser)
    meeting = node.encode("meeting", room.meeting_id)
    one, other = room.members[:2]

    async with (
        Somebody(first, room.organiser, token) as here,
        OverSocket.opened(second, token) as there,
    ):
        told = await asyncio.gather(
            here.tries(
                "appointChair",
                MEETING,
                meetingId=meeting,
                personId=node.encode("person", one.person_id),
            ),
            there.tries(
                "appointChair",
                MEETING,
                meetingId=meeting,
                personId=node.encode("person", other.person_id),
            ),
        )
    last = await database.fetch_one(
        "SELECT person_id FROM meetings_log WHERE meeting_id = $1 ORDER BY seq DESC LIMIT 1",
        room.meeting_id,
    )
    now = await Meeting.get(id=room.meeting_id)

    assert codes(*told) == ["", ""]
    assert last is not None
    assert last["person_id"] == now.chair_id == now.standing_chair_id
    assert now.chair_id in {one.person_id, other.person_id}
