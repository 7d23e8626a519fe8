"""The floor, motions and votes over the contract."""

import asyncio
import sys
from uuid import uuid4

import pytest

from domains.kernel.actor import Actor
from domains.kernel.live import topic
from domains.meetings.models import Motion, SpeakingRequest
from domains.meetings.service import floor
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.motions import MotionKind, VoteForm
from domains.voting.values import Stance
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories as town
from tests.meetings import debates, factories
from tests.meetings.factories import Room
from tests.voting.asking import ask, done, person, refused

HAND = "id side state number name groupName limitSeconds spokenMs runningSince endsAt ending"
FLOOR = f"""
  at waiting
  rules {{ turns yetToSpeakFirst sidesAlternate cutByClock withdrawal limits {{ side seconds }}
    motions {{ kind rank seconders isDebatable interruptsSpeech interruptsVote forms
               ballotRuleCode }} }}
  speaking {{ {HAND} overruleReason person {{ id }} }}
  interrupted {{ id }}
  queue {{ {HAND} }}
  stack {{ id kind state }}
  vote {{ id form call state turnout hasVoted }}
  speakingByGroup {{ groupName speeches spokenMs }}
"""
MOTION = """
  id kind state title text movedText depth version isReversed
  differences { start removed inserted }
  proposer { id } seconders { id } target { id }
  votes { id form call state present required entitled inFavour against silent voidReason
          turnout hasVoted motion { id } poll { state result { outcome } } }
"""


# The meeting, its floor with people and totals, and a page of motions with people and votes.
FLOOR_STATEMENTS = 14
MOTIONS_STATEMENTS = 19


def over_floor(name: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on FloorPayload {{ floor {{ {FLOOR} }} }}
      ... on Refused {{ code path }} }} }}
    """


def over_motion(name: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on MotionPayload {{ replayed motion {{ {MOTION} }} floor {{ stack {{ id }} }} }}
      ... on Refused {{ code path message }} }} }}
    """


def over_vote(name: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    missed = "... on QuorumNotMet { code present required }" if name == "openVote" else ""
    entered = "... on HandsCounted { entered vote { turnout } }" if name == "countHands" else ""
    payload = "" if entered else "... on VotePayload { vote { id state call inFavour against } }"
    return f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      {payload} {entered} {missed}
      ... on Refused {{ code path }} }} }}
    """


CAST = """
mutation ($input: CastVoteInput!) { castVote(input: $input) {
  ... on BallotCast { secrecy revision receipt replayed }
  ... on Refused { code path } } }
"""
ROOM = f"""
query ($id: ID!) {{ node(id: $id) {{ ... on Meeting {{
  floor {{ {FLOOR} speakingByPerson {{ nodes {{ speeches spokenMs person {{ id }} }} }} }}
  motions {{ nodes {{ {MOTION} }} }} }} }} }}
"""
CHANGED = """
subscription ($id: ID!) { meetingChanged(meetingId: $id) {
  seq entries { kind motion vote speakingRequest }
  floor { waiting queue { personId side } speaking { personId runningSince }
          stack { motionId state } vote { voteId call } } } }
"""


def of(room: Room) -> dict[str, str]:
    return {"meetingId": node.encode("meeting", room.meeting_id)}


async def act(actor: Actor, document: str, **given: object):
    return await done(actor, document, input=given)


async def key() -> str:
    return str(uuid4())


async def test_a_debate_goes_from_motion_to_announcement(db):
    room = await factories.a_room(members=3)
    lin, chen, wu = room.members
    moved = await act(
        lin,
        over_motion("proposeMotion"),
        **of(room),
        kind="MAIN",
        title="迁往九龙湖公园",
        text=debates.TEXT,
        idempotencyKey=await key(),
    )
    motion = {"motionId": moved["motion"]["id"]}
    seconded = await act(chen, over_motion("secondMotion"), **motion)
    await act(room.chair, over_motion("stateMotion"), **motion)
    raised = await act(wu, over_floor("raiseHand"), **of(room), side="AGAINST")
    called = await act(room.chair, over_floor("callSpeaker"), **of(room))
    early = await refused(room.chair, over_motion("declareReady"), input=motion)
    spoken = await act(wu, over_floor("endSpeech"), requestId=raised["floor"]["queue"][0]["id"])
    await act(room.chair, over_motion("declareReady"), **motion)
    opened = await act(room.chair, over_vote("openVote"), **motion, form="SHOW_OF_HANDS")
    vote = {"voteId": opened["vote"]["id"]}
    cast = await act(lin, CAST, **vote, stance="FOR", idempotencyKey=await key())
    out_of_call = await refused(
        wu, CAST, input={**vote, "stance": "AGAINST", "idempotencyKey": await key()}
    )
    await act(room.chair, over_vote("callVote"), **vote, call="AGAINST")
    ended = await act(room.chair, over_vote("endVote"), **vote)
    seen = (await ask(lin, ROOM, id=of(room)["meetingId"]))["node"]

    assert moved["motion"]["state"] == "PROPOSED"
    assert seconded["motion"]["seconders"] == [{"id": person(chen)}]
    assert called["floor"]["speaking"]["person"] == {"id": person(wu)}
    assert called["floor"]["speaking"]["limitSeconds"] == 120
    assert spoken["floor"]["speaking"] is None
    assert (early, out_of_call) == ("DEBATE_GOES_ON", "NOT_CALLED")
    assert cast == {"secrecy": "OPEN", "revision": 1, "receipt": None, "replayed": False}
    assert ended["vote"] == {
        **vote_of(vote),
        "state": "CARRIED",
        "call": "AGAINST",
        "inFavour": 1,
        "against": 0,
    }
    (told,) = seen["motions"]["nodes"]
    assert told["state"] == "CARRIED"
    assert told["votes"][0]["poll"] == {
        "state": "TALLIED",
        "result": {"outcome": "PASSED"},
    }
    assert seen["floor"]["speakingByPerson"]["nodes"][0]["person"] == {"id": person(wu)}
    assert seen["floor"]["stack"] == []


def vote_of(given: dict[str, str]) -> dict[str, str]:
    return {"id": given["voteId"]}


async def test_the_table_of_motions_is_read_from_the_frozen_rules(db):
    room = await factories.a_room(members=1)

    rules = (await ask(room.chair, ROOM, id=of(room)["meetingId"]))["node"]["floor"]["rules"]

    assert [each["kind"] for each in rules["motions"]] == [each.name for each in MotionKind]
    assert rules["motions"][4] == {
        "kind": "CLOSE_DEBATE",
        "rank": 5,
        "seconders": 1,
        "isDebatable": False,
        "interruptsSpeech": False,
        "interruptsVote": False,
        "forms": ["SHOW_OF_HANDS", "UNANIMOUS_CONSENT"],
        "ballotRuleCode": "MEETING_MOTION_TWO_THIRDS",
    }
    assert (rules["turns"], rules["withdrawal"]) == (2, "MEETING")


async def test_a_missed_quorum_is_told_with_its_figures(db):
    room = await factories.a_room(members=5, present=3)
    motion_id = await debates.a_ready_motion(room)
    await leave(room, room.members[2])

    answer = await ask(
        room.chair,
        over_vote("openVote"),
        input={"motionId": node.encode("motion", motion_id), "form": "ROLL_CALL"},
    )

    assert answer["openVote"] == {"code": "QUORUM_NOT_MET", "present": 3, "required": 4}


async def leave(room: Room, actor: Actor) -> None:
    document = """
    mutation ($input: LeaveMeetingInput!) { leaveMeeting(input: $input) {
      ... on MeetingPayload { meeting { id } } ... on Refused { code } } }
    """
    await done(actor, document, input=of(room))


async def test_an_amendment_shows_how_it_differs(db):
    room = await factories.a_room(members=2)
    main = await debates.a_stated_motion(room)
    text = debates.TEXT.replace("60", "55")

    moved = await act(
        room.members[0],
        over_motion("proposeMotion"),
        **of(room),
        kind="AMENDMENT",
        title="再低一些",
        text=text,
        idempotencyKey=await key(),
    )

    start = debates.TEXT.index("60")
    assert moved["motion"]["differences"] == [{"start": start, "removed": "60", "inserted": "55"}]
    assert moved["motion"]["target"] == {"id": node.encode("motion", main)}


async def test_another_communitys_ids_are_not_found(db):
    room = await factories.a_room(members=2)
    stranger = await town.a_resident(await town.a_community(name="别处"), name="外人")
    vote_id = await debates.an_open_vote(room)
    motion = {"motionId": node.encode("motion", (await Motion.get()).id)}
    vote = {"voteId": node.encode("vote", vote_id)}
    hand = await floor.raise_hand(room.members[0], room.meeting_id, SpeakingSide.POINT_OF_ORDER)
    request = {"requestId": node.encode("speakingRequest", hand)}
    asked = [
        *((over_floor(each), request) for each in ("withdrawHand", "endSpeech", "stopSpeech")),
        (over_floor("raiseHand"), {**of(room), "side": "FOR"}),
        (
            over_motion("proposeMotion"),
            {**of(room), "kind": "RECESS", "title": "休会", "idempotencyKey": await key()},
        ),
        (over_floor("callSpeaker"), of(room)),
        *((over_motion(each), motion) for each in ("secondMotion", "stateMotion", "dropMotion")),
        *((over_motion(each), motion) for each in ("withdrawMotion", "declareReady")),
        (over_motion("ruleOnPoint"), {**motion, "wellTaken": True, "ruling": "有理"}),
        (over_vote("openVote"), {**motion, "form": "SECRET"}),
        (over_vote("callVote"), {**vote, "call": "CHAIR"}),
        (over_vote("endVote"), vote),
        (CAST, {**vote, "stance": "FOR", "idempotencyKey": await key()}),
        (
            over_vote("countHands"),
            {
                **vote,
                "stance": "FOR",
                "personIds": [person(stranger)],
                "idempotencyKey": await key(),
            },
        ),
    ]

    codes = {await refused(stranger, document, input=given) for document, given in asked}
    seen = await ask(stranger, ROOM, id=of(room)["meetingId"])

    assert codes == {"NOT_FOUND"}
    assert seen["node"] is None
    assert (await room.log())[-2:] == ["vote_opened", "hand_raised"]
    assert (await Motion.get()).state.value == "voting"


@pytest.mark.parametrize("size", [1, 3])
async def test_a_floor_costs_the_same_for_any_number_of_hands(statements, size):
    room = await factories.a_room(members=4)
    await debates.a_stated_motion(room)
    for each in room.members[:size]:
        await floor.raise_hand(each, room.meeting_id, SpeakingSide.FOR)
    await floor.call_speaker(room.chair, room.meeting_id)
    statements.clear()

    answer = await ask(room.members[3], ROOM, id=of(room)["meetingId"])

    assert answer["node"]["floor"]["waiting"] == size - 1
    assert len(statements) == FLOOR_STATEMENTS, len(statements)


@pytest.mark.parametrize("size", [1, 3])
async def test_motions_cost_the_same_for_any_number(statements, size):
    room = await factories.a_room(members=3)
    for number in range(size):
        motion_id = await debates.a_ready_motion(room, title=f"第{number}项")
        await debates.decided(room, motion_id)
    statements.clear()

    answer = await ask(room.members[2], ROOM, id=of(room)["meetingId"])

    assert len(answer["node"]["motions"]["nodes"]) == size
    assert len(statements) == MOTIONS_STATEMENTS, len(statements)


async def test_a_server_that_comes_back_finds_the_same_queue_and_clock(db):
    room = await factories.a_room(members=3)
    await debates.a_stated_motion(room)
    for each, side in zip(
        room.members, (SpeakingSide.FOR, SpeakingSide.FOR, SpeakingSide.AGAINST), strict=True
    ):
        await floor.raise_hand(each, room.meeting_id, side)
    await floor.call_speaker(room.chair, room.meeting_id)

    before = (await ask(room.chair, ROOM, id=of(room)["meetingId"]))["node"]["floor"]
    again = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RESTARTED, db, str(room.meeting_id)),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await again.communicate()

    speaking = await SpeakingRequest.get(state="speaking")
    assert told.decode().split() == [
        *(each["id"] for each in before["queue"]),
        before["speaking"]["id"],
        speaking.running_since.isoformat(),
    ]


RESTARTED = """
import asyncio, sys
from uuid import UUID
from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.meetings.queries import floors
from schema import node

async def main():
    async with database.connected(sys.argv[1]):
        found = (await floors.floors(SYSTEM, [UUID(sys.argv[2])]))[0]
        for row in (*found.queue, found.speaking):
            print(node.encode("speakingRequest", row["id"]))
        print(found.speaking["running_since"].isoformat())

asyncio.run(main())
"""


class Ears:
    """What a subscription hears, told by the test."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.attentive = asyncio.Event()

    async def listen(self, name: str):
        while True:
            self.attentive.set()
            told = await self.news.get()
            if name in told:
                yield told


async def test_all_who_listen_hear_of_queue_motion_and_vote(db):
    room = await factories.a_room(members=3)
    ears = Ears()
    name = topic("meeting", room.meeting_id)
    heard = await schema.subscribe(
        CHANGED,
        variable_values={"id": of(room)["meetingId"]},
        context_value=Context(room.members[2], live=ears),
    )

    async def next_news():
        ears.attentive.clear()
        asked = asyncio.create_task(anext(heard))
        await asyncio.wait_for(ears.attentive.wait(), 30)
        await ears.news.put({name: ""})
        answer = await asyncio.wait_for(asked, 30)
        assert answer.errors is None
        return answer.data["meetingChanged"]

    first = asyncio.create_task(anext(heard))
    await asyncio.wait_for(ears.attentive.wait(), 30)
    motion_id = await debates.a_stated_motion(room)
    await floor.raise_hand(room.members[1], room.meeting_id, SpeakingSide.AGAINST)
    await ears.news.put({name: ""})
    queue = (await asyncio.wait_for(first, 30)).data["meetingChanged"]
    await floor.call_speaker(room.chair, room.meeting_id)
    speaking = await next_news()
    request = await SpeakingRequest.get()
    await floor.end_speech(room.members[1], request.id)
    closing = await debates.a_ready_motion(
        room, kind=MotionKind.CLOSE_DEBATE, title="停止讨论", text=""
    )
    vote_id = await debates.an_open_vote(room, closing, VoteForm.SHOW_OF_HANDS)
    await debates.cast(room.members[0], vote_id, Stance.FOR)
    voting = await next_news()

    assert queue["floor"]["queue"] == [{"personId": person(room.members[1]), "side": "AGAINST"}]
    assert queue["floor"]["stack"] == [
        {"motionId": node.encode("motion", motion_id), "state": "PENDING"}
    ]
    assert speaking["floor"]["speaking"]["personId"] == person(room.members[1])
    assert voting["floor"]["vote"] == {
        "voteId": node.encode("vote", vote_id),
        "call": "IN_FAVOUR",
    }
    assert voting["entries"][-1]["vote"] == node.encode("vote", vote_id)
