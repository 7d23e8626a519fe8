"""Objections to honours on notice keep them from being granted until another has decided."""

import asyncio
from datetime import timedelta

import pytest

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.errors import Forbidden, NotFound
from domains.volunteering.errors import (
    HonourNotOnNotice,
    HonourOpposed,
    ObjectionAnswered,
    OwnObjection,
)
from domains.volunteering.service import honouring, opposing
from jobs import volunteering as jobs
from tests import factories
from tests.volunteering.factories import a_team
from tests.volunteering.test_honours import a_starred_team, honour


async def objections():
    return await database.fetch(
        "SELECT id, state, answer FROM volunteering_honour_objection ORDER BY filed_at"
    )


async def an_opposed_star(moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    noticed = await honour()
    neighbour = await factories.a_resident(team.community, name="邻居")
    await opposing.object_to_honour(neighbour, noticed["id"], reason="那天他不在现场。")
    return team, reviewer, neighbour, noticed["id"]


async def test_an_open_objection_keeps_an_honour_from_being_granted(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    honour_id = (await honour())["id"]
    neighbour = await factories.a_resident(team.community, name="邻居")
    await honouring.decide_honour(reviewer, honour_id, accepted=True, reason="符合条件")

    await opposing.object_to_honour(neighbour, honour_id, reason="那天他不在现场。")
    await moved_clock.advance(timedelta(days=30))
    held_back = await jobs.grant_due_honours()
    ((objection_id, *_),) = await objections()
    await opposing.decide_objection(
        team.committee, objection_id, upheld=False, answer="签到记录属实。"
    )
    granted = await jobs.grant_due_honours()

    assert (held_back, granted, (await honour())["state"]) == (0, 1, "granted")


async def test_an_objection_that_is_right_refuses_the_honour(db, moved_clock):
    team, reviewer, _, honour_id = await an_opposed_star(moved_clock)
    ((objection_id, *_),) = await objections()

    with pytest.raises(HonourOpposed):
        await honouring.decide_honour(reviewer, honour_id, accepted=True, reason="符合条件")
    await opposing.decide_objection(team.committee, objection_id, upheld=True, answer="查实。")
    await moved_clock.advance(timedelta(days=30))
    granted = await jobs.grant_due_honours()

    row = await honour()
    assert (granted, row["state"], row["end_reason"], row["open_objections"]) == (
        *(0, "refused", "查实。"),
        0,
    )


async def test_an_objection_is_decided_once_and_by_another(db, moved_clock):
    team, _reviewer, neighbour, _ = await an_opposed_star(moved_clock)
    ((objection_id, *_),) = await objections()
    honoured = Actor(person_id=team.volunteer.person_id, grants=team.committee.grants)
    objector = Actor(person_id=neighbour.person_id, grants=team.committee.grants)

    for nobody in (honoured, objector):
        with pytest.raises(OwnObjection):
            await opposing.decide_objection(nobody, objection_id, upheld=False, answer="不成立。")
    undecided = [row["state"] for row in await objections()]
    await opposing.decide_objection(team.committee, objection_id, upheld=False, answer="不成立。")
    with pytest.raises(ObjectionAnswered):
        await opposing.decide_objection(team.second, objection_id, upheld=True, answer="成立。")

    assert undecided == ["open"]
    assert [row["state"] for row in await objections()] == ["dismissed"]
    assert (await honour())["state"] == "notice"


async def test_who_approved_an_honour_does_not_decide_what_is_said_against_it(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    honour_id = (await honour())["id"]
    neighbour = await factories.a_resident(team.community, name="邻居")
    await honouring.decide_honour(reviewer, honour_id, accepted=True, reason="符合条件")
    await opposing.object_to_honour(neighbour, honour_id, reason="那天他不在现场。")
    ((objection_id, *_),) = await objections()

    with pytest.raises(OwnObjection):
        await opposing.decide_objection(reviewer, objection_id, upheld=False, answer="不成立。")

    assert [row["state"] for row in await objections()] == ["open"]


async def test_objecting_twice_is_once_and_to_ones_own_or_too_late_never(db, moved_clock):
    team, _, neighbour, honour_id = await an_opposed_star(moved_clock)
    late = await factories.a_resident(team.community, name="迟到的人")

    await opposing.object_to_honour(neighbour, honour_id, reason="再说一遍。")
    with pytest.raises(OwnObjection):
        await opposing.object_to_honour(team.volunteer, honour_id, reason="我不配。")
    await moved_clock.advance(timedelta(days=30))
    with pytest.raises(HonourNotOnNotice):
        await opposing.object_to_honour(late, honour_id, reason="那天他不在现场。")

    assert ((await honour())["open_objections"], len(await objections())) == (1, 1)


async def test_who_does_not_belong_neither_objects_nor_decides(db, moved_clock):
    _team, _, neighbour, honour_id = await an_opposed_star(moved_clock)
    ((objection_id, *_),) = await objections()
    other = await a_team(name="向阳社区")

    with pytest.raises(NotFound):
        await opposing.object_to_honour(other.volunteer, honour_id, reason="他乡之见。")
    with pytest.raises(NotFound):
        await opposing.decide_objection(other.committee, objection_id, upheld=True, answer="好。")
    with pytest.raises(Forbidden):
        await opposing.decide_objection(neighbour, objection_id, upheld=True, answer="成立。")

    assert [row["state"] for row in await objections()] == ["open"]


async def test_an_honour_that_ends_leaves_no_objection_open(db, moved_clock):
    _team, reviewer, _, honour_id = await an_opposed_star(moved_clock)

    await honouring.decide_honour(reviewer, honour_id, accepted=False, reason="质量不足。")

    assert [tuple(row.values())[1:] for row in await objections()] == [("upheld", "质量不足。")]
    assert (await honour())["open_objections"] == 0


async def test_an_objection_races_with_the_grant_and_one_of_both_stands(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    honour_id = (await honour())["id"]
    neighbours = [
        await factories.a_resident(team.community, name=f"邻居{each}") for each in range(3)
    ]
    await honouring.decide_honour(reviewer, honour_id, accepted=True, reason="符合条件")

    await asyncio.gather(
        *(
            opposing.object_to_honour(each, honour_id, reason="那天他不在现场。")
            for each in neighbours
        )
    )
    await moved_clock.advance(timedelta(days=30))
    granted = await jobs.grant_due_honours()

    assert (granted, (await honour())["open_objections"]) == (0, 3)
