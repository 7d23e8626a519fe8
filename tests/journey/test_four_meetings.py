"""The square-dance dispute as four meetings, online and hybrid: from a complaint to the park.

Real programs on one database, people at their own devices over HTTP, listeners over WebSocket.
Only the database's clock is moved: days pass between the meetings.
"""

import asyncio
from datetime import timedelta

from domains.kernel import clock
from tests.conftest import Clock
from tests.journey.clients import Somebody, key
from tests.journey.conftest import Programs
from tests.journey.council import (
    FLOOR,
    MEETING,
    MEMBERS,
    MOTION,
    SERVING,
    STATE,
    VOTE,
    Town,
    a_council,
    a_town,
    cast,
    closed,
    complained,
    convened,
    follow,
    hands,
    kept,
    last_of,
    minuted,
    moved,
    opened,
    read_by,
    resolved,
    spoken,
    until,
    voted,
    whistled,
)


async def first_meeting(here: Town) -> str:
    """Online: all come in at once; both sides are heard, and nothing is decided yet."""
    meeting, item = await convened(here, "广场舞噪音问题初议", mode="ONLINE", kind="DISCUSS")
    await follow(here, meeting)
    await asyncio.gather(*(each.does("checkIn", meetingId=meeting) for each in here.everybody))
    outsider = await here.neighbour.tries("checkIn", meetingId=meeting)
    assert outsider["code"] == "FORBIDDEN"
    await opened(here, meeting)
    await hands(here, meeting, {0: "AGAINST", 1: "FOR", 2: "AGAINST", 3: "QUESTION"})
    heard = [await spoken(here, here.chair, meeting) for _ in range(4)]
    assert sorted(heard) == sorted(MEMBERS[:4])
    undecided = await here.lin.tries(
        "proposeMotion",
        meetingId=meeting,
        kind="MAIN",
        title="立即禁止",
        text="立即禁止。",
        idempotencyKey=key(),
    )
    assert undecided["code"] == "ITEM_NOT_ANNOUNCED"
    await closed(here, meeting, item, outcome="UNRESOLVED", summary="双方各陈意见,下次再议")
    return meeting


async def came_in_three_ways(here: Town, meeting: str) -> list[Somebody]:
    """Two by the code on the wall, two by a helper's list, the others online; the listed ones."""
    shown = await here.committee.asks(
        "query ($id: ID!) { roomCode(meetingId: $id) { code } }", id=meeting
    )
    code = shown["roomCode"]["code"]
    on_site, listed, online = here.everybody[:2], here.everybody[2:4], here.everybody[4:]
    await asyncio.gather(
        *(each.does("checkInWithCode", meetingId=meeting, code=code) for each in on_site),
        here.helper.does(
            "checkInByList", meetingId=meeting, personIds=[each.id for each in listed]
        ),
        *(each.does("checkIn", meetingId=meeting) for each in online),
    )
    return listed


async def amended_by_hands(here: Town, meeting: str, listed: list[Somebody]) -> None:
    """An amendment is carried by hands: some entered by a helper on site, others online."""
    amendment = await moved(
        here,
        meeting,
        here.lin,
        kind="AMENDMENT",
        title="提前到八点半",
        text="每晚八点半结束,音量不超过60分贝。",
    )
    await here.chair.does("declareReady", MOTION, motionId=amendment)
    put = await here.chair.does("openVote", VOTE, motionId=amendment, form="SHOW_OF_HANDS")
    vote = put["vote"]["id"]
    counted = await here.helper.does(
        "countHands",
        "... on HandsCounted { entered }",
        voteId=vote,
        stance="FOR",
        personIds=[each.id for each in listed],
        idempotencyKey=key(),
    )
    await cast(vote, here.members[3:], "FOR")
    await here.chair.does("callVote", VOTE, voteId=vote, call="AGAINST")
    ended = await here.chair.does("endVote", VOTE, voteId=vote)
    assert (counted["entered"], ended["vote"]["state"]) == (2, "CARRIED")


async def paused(here: Town, meeting: str, *, minutes: int) -> None:
    """A recess, until its time is over."""
    until_then = await clock.now() + timedelta(minutes=minutes)
    await here.chair.does(
        "recessMeeting",
        MEETING,
        meetingId=meeting,
        resumesAt=until_then.isoformat(),
        reason="各方商量",
    )
    await here.clock.advance(timedelta(minutes=minutes))
    await here.chair.does("resumeMeeting", MEETING, meetingId=meeting)


async def second_meeting(here: Town) -> str:
    """Hybrid: by the code on the wall, by a helper's list, online; an amendment; a tie fails."""
    meeting, item = await convened(here, "减时降音方案", mode="HYBRID")
    await follow(here, meeting)
    listed = await came_in_three_ways(here, meeting)
    await opened(here, meeting)
    motion = await moved(
        here, meeting, here.dancer, title="减时降音", text="每晚九点结束,音量不超过65分贝。"
    )
    second = await here.lin.tries(
        "proposeMotion",
        meetingId=meeting,
        kind="MAIN",
        title="另一动议",
        text="另一动议。",
        idempotencyKey=key(),
    )
    assert second["code"] == "MOTION_PENDING"
    await amended_by_hands(here, meeting, listed)
    await paused(here, meeting, minutes=10)
    await here.chair.does("declareReady", MOTION, motionId=motion)
    tie = await voted(
        here,
        here.chair,
        motion,
        "SHOW_OF_HANDS",
        in_favour=here.members[:2],
        against=here.members[2:4],
    )
    assert tie == {"state": "LOST", "inFavour": 2, "against": 2, "silent": 2}
    await closed(here, meeting, item, outcome="UNRESOLVED", summary="减时方案平票未获通过")
    return meeting


async def third_meeting(here: Town) -> str:
    """Online: the chair takes a side and hands the chair over until the motion is decided."""
    meeting, item = await convened(here, "迁往公园试行", mode="ONLINE")
    away, steady = await follow(here, meeting)
    await asyncio.gather(*(each.does("checkIn", meetingId=meeting) for each in here.everybody))
    await opened(here, meeting)
    motion = await moved(here, meeting, here.lin, title="到公园试行四周")
    neutral = await here.chair.tries("raiseHand", meetingId=meeting, side="FOR")
    assert neutral["code"] == "CHAIR_SPEAKS"
    stand_in = here.members[4]
    await here.chair.does(
        "handOverChair", MEETING, meetingId=meeting, personId=stand_in.id, motionId=motion
    )
    await away.until(last_of(await here.lin.asks(STATE, id=meeting)))
    await away.go_away()
    await here.chair.does("raiseHand", FLOOR, meetingId=meeting, side="FOR")
    await hands(here, meeting, {1: "AGAINST", 0: "FOR"})
    sides = [await spoken(here, stand_in, meeting) for _ in range(3)]
    assert sides[1] == MEMBERS[1]
    await stand_in.does("declareReady", MOTION, motionId=motion)
    called = await voted(
        here,
        stand_in,
        motion,
        "ROLL_CALL",
        in_favour=[here.chair, *here.members[2:4], here.lin],
        against=[here.dancer],
    )
    assert called == {"state": "CARRIED", "inFavour": 4, "against": 1, "silent": 1}
    await away.follow()
    await closed(here, meeting, item, outcome="CONCLUDED", summary="同意到公园试行四周")
    last = last_of(await here.lin.asks(STATE, id=meeting))
    for listener in (away, steady):
        await listener.until(last)
        assert listener.heard == list(range(1, last + 1))
    assert away.kinds == steady.kinds
    return meeting


async def fourth_meeting(here: Town) -> tuple[str, str]:
    """Hybrid: after the trial, in secret: the dancers move for good; two try to preside at once."""
    meeting, item = await convened(here, "迁往九龙湖公园", mode="HYBRID")
    await follow(here, meeting)
    await asyncio.gather(*(each.does("checkIn", meetingId=meeting) for each in here.everybody))
    await opened(here, meeting)
    motion = await moved(here, meeting, here.lin)
    # Two who would preside: one device of the chair's and one of somebody else's, at once.
    ready, refused = await asyncio.gather(
        here.chair.tries("declareReady", MOTION, motionId=motion),
        here.members[3].tries("declareReady", MOTION, motionId=motion),
    )
    assert (ready["motion"]["state"], refused["code"]) == ("READY", "FORBIDDEN")
    gone = here.members[4]
    put = await here.chair.does("openVote", VOTE, motionId=motion, form="SECRET")
    vote = put["vote"]["id"]
    await gone.does("leaveMeeting", meetingId=meeting)
    late = await gone.tries("castVote", voteId=vote, stance="FOR", idempotencyKey=key())
    assert late["code"] == "NOT_PRESENT"
    await cast(vote, [*here.members[2:4], here.lin], "FOR")
    await cast(vote, [here.dancer], "AGAINST")
    ended = await here.chair.does("endVote", VOTE, voteId=vote)
    assert ended["vote"] | {"id": None} == {
        "id": None,
        "state": "CARRIED",
        "inFavour": 3,
        "against": 1,
        "silent": 2,
    }
    await closed(here, meeting, item, outcome="CONCLUDED", summary="广场舞迁往九龙湖公园")
    return meeting, motion


async def test_a_dispute_goes_from_complaint_to_the_park_in_four_meetings(
    programs_here: Programs, moved_clock: Clock
):
    programs_here.start("worker")
    address = programs_here.start("serve", "--port", "0", "--no-worker").said(SERVING)
    here = await a_town(address, moved_clock)

    await complained(here)
    await whistled(here)
    await a_council(here)
    meetings = []
    for held in (first_meeting, second_meeting, third_meeting):
        meetings.append(await held(here))
        await minuted(here, meetings[-1])
    fourth, motion = await fourth_meeting(here)
    resolution = await resolved(here, motion)
    await minuted(here, fourth)
    await here.clock.advance(timedelta(days=8))
    for meeting in (*meetings, fourth):
        await until(here, meeting, "PUBLISHED")
    await kept(here, resolution)

    public = (await read_by(here.neighbour, fourth)).decode()
    inside = (await read_by(here.lin, fourth)).decode()
    assert "协助舞蹈队迁往九龙湖公园" in public
    assert ("陈秀英" in public, "陈秀英" in inside) == (False, True)
    assert (await read_by(here.neighbour, fourth, "PDF")).startswith(b"%PDF")
    found = await here.neighbour.asks(
        "query ($area: ID!) { disclosures(where: {areaId: $area}) { nodes { title state } } }",
        area=here.community,
    )
    assert sorted(each["title"] for each in found["disclosures"]["nodes"]) == sorted(
        f"{title} 会议纪要"
        for title in ("广场舞噪音问题初议", "减时降音方案", "迁往公园试行", "迁往九龙湖公园")
    )
    await here.over()
