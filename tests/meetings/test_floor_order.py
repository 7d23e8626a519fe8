"""Who was called, judged from the meeting's log alone: by the rules' words, not by their code."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import DomainError
from domains.kernel.paging import Page
from domains.meetings.models import Invitation, SpeakingRequest
from domains.meetings.queries import floors
from domains.meetings.service import floor
from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd
from jobs import meetings as worker
from tests.meetings import factories
from tests.meetings.factories import Room

TURNS = 2
OTHER = {"for": "against", "against": "for"}


async def log_of(room: Room) -> list[dict[str, Any]]:
    rows = await database.fetch(
        "SELECT seq, kind, subject_id, person_id, payload::text AS said FROM meetings_log"
        " WHERE meeting_id = $1 ORDER BY seq",
        room.meeting_id,
    )
    return [dict(row) | json.loads(row["said"]) for row in rows]


def require_fair(
    called: dict[str, Any], waiting: dict[str, Any], spoken: dict[str, Any], last: str | None
) -> None:
    """What the rules say of one call: points at once, the unheard, the other side, the first."""
    hand = waiting[called["subject_id"]]
    points = [each for each in waiting.values() if each["side"] == "point_of_order"]
    if points:
        assert hand["seq"] == min(each["seq"] for each in points)
        return
    least = min(spoken.get(each["person_id"], 0) for each in waiting.values())
    equals = [each for each in waiting.values() if spoken.get(each["person_id"], 0) == least]
    assert hand in equals
    same_side = [each["seq"] for each in equals if each["side"] == hand["side"]]
    assert hand["seq"] == min(same_side)
    others = [each for each in equals if each["side"] == OTHER.get(last or "")]
    if others:
        assert hand["side"] != last
    if not others or hand["side"] == "question":
        rivals = [each["seq"] for each in (others or equals)]
        assert hand["seq"] <= min(rivals)


async def judge(room: Room) -> int:
    """Replay the log and judge each call; returns how many there were."""
    waiting: dict[str, Any] = {}
    spoken: dict[str, Any] = {}
    last: str | None = None
    calls = 0
    for entry in await log_of(room):
        if entry["kind"] == "hand_raised":
            waiting[entry["subject_id"]] = entry
        elif entry["kind"] == "hand_withdrawn":
            del waiting[entry["subject_id"]]
        elif entry["kind"] == "speaker_called":
            calls += 1
            if not entry["overruled"]:
                require_fair(entry, waiting, spoken, last)
            hand = waiting.pop(entry["subject_id"])
            if hand["side"] != "point_of_order":
                spoken[hand["person_id"]] = spoken.get(hand["person_id"], 0) + 1
                last = hand["side"] if hand["side"] in OTHER else last
    assert all(times <= TURNS for times in spoken.values())
    return calls


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_hands_go_up_each_call_is_fair_by_the_log(db: str, seed: int) -> None:
    room = await factories.a_room(members=12)
    lot = random.Random(seed)

    for _ in range(160):
        try:
            act = lot.random()
            if act < 0.5:
                await floor.raise_hand(
                    lot.choice(room.members), room.meeting_id, lot.choice(list(SpeakingSide))
                )
            elif act < 0.55:
                up = await SpeakingRequest.filter(state=RequestState.WAITING).order_by("number")
                hand = lot.choice(up) if up else None
                owner = next(
                    each for each in room.members if hand and each.person_id == hand.person_id
                )
                await floor.withdraw_hand(owner, hand.id)
            elif act < 0.6:
                up = await SpeakingRequest.filter(state=RequestState.WAITING).order_by("-number")
                if up:
                    await floor.call_speaker(
                        room.chair, room.meeting_id, up[0].id, reason="当事人先作说明"
                    )
            elif act < 0.8:
                await floor.call_speaker(room.chair, room.meeting_id)
            else:
                speaking = await SpeakingRequest.get_or_none(state=RequestState.SPEAKING)
                if speaking is not None:
                    await floor.stop_speech(room.chair, speaking.id)
        except (DomainError, StopIteration):
            continue

    assert await judge(room) >= 12


async def test_time_adds_up_by_person_and_by_group_and_the_clock_needs_no_chair(
    moved_clock,
) -> None:
    room = await factories.a_room(members=3)
    lin, chen, wu = room.members
    dancers = [lin.person_id, chen.person_id]
    mine = Invitation.filter(meeting_id=room.meeting_id)
    await mine.filter(person_id__in=dancers).update(group_name="舞队")
    await mine.filter(person_id=wu.person_id).update(group_name="住户")

    for speaker, side, seconds in (
        (lin, SpeakingSide.FOR, 30),
        (wu, SpeakingSide.AGAINST, 50),
        (chen, SpeakingSide.FOR, 500),
    ):
        await floor.raise_hand(speaker, room.meeting_id, side)
        request_id = await floor.call_speaker(room.chair, room.meeting_id)
        await moved_clock.advance(timedelta(seconds=seconds))
        if seconds < 120:
            await floor.end_speech(speaker, request_id)
    ended = await worker.end_due_speeches()

    people = (await floors.totals_by_person(SYSTEM, room.meeting_id, Page())).rows
    groups = (await floors.totals_by_group(SYSTEM, [room.meeting_id]))[0]
    cut = await SpeakingRequest.get(person_id=chen.person_id)
    seconds_by = {row["person_id"]: row["spoken_ms"] // 1000 for row in people}
    assert (ended, cut.ending) == (1, SpeechEnd.TIME_UP)
    assert seconds_by == {lin.person_id: 30, wu.person_id: 50, chen.person_id: 120}
    assert [(row["group_name"], row["speeches"], row["spoken_ms"] // 1000) for row in groups] == [
        ("舞队", 2, 150),
        ("住户", 1, 50),
    ]
