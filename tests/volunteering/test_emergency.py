"""An emergency team is called up by staff: who agreed, is of age and insured, and nobody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.volunteering.errors import (
    CalledUpOnly,
    InsuranceMissing,
    NobodyToCall,
    NotTeamMember,
    ShiftOver,
    TeamCallOver,
    TeamCallStands,
    TeamNotEmergency,
)
from domains.volunteering.queries import standing_by
from domains.volunteering.service import attendance, emergency, gathering, qualifying
from domains.volunteering.service.emergency import TeamCallDraft
from domains.volunteering.service.qualifying import InsuranceDraft
from tests.volunteering.factories import a_team, code_of
from tests.volunteering.test_waiting import a_neighbour, told


async def insured(team, volunteer_id, *, days=30):
    today = await clock.today()
    cover = InsuranceDraft("平安", True, today, today + timedelta(days=days))
    await qualifying.record_insurance(team.committee, volunteer_id, cover)


async def a_squad(team, *, name="应急分队"):
    """An emergency team of the community, led by its leader."""
    squad_id = await gathering.create_team(
        team.committee,
        team.community.id,
        name=name,
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
    )
    await emergency.mark_emergency_team(team.committee, squad_id, is_emergency=True)
    return squad_id


async def agreed(team, squad_id, actor, volunteer_id):
    await insured(team, volunteer_id)
    await gathering.join_team(actor, squad_id)
    await emergency.agree_to_calls(actor, squad_id, agrees=True)


async def a_draft(**changes):
    now = await clock.now()
    draft = TeamCallDraft(
        reason="连日暴雨,低洼楼栋进水",
        place="社区服务中心",
        directed_by="泉山区防汛抗旱指挥部",
        starts_at=now + timedelta(minutes=5),
        ends_at=now + timedelta(hours=8),
        risks="涉水,注意用电安全",
    )
    return replace(draft, **changes)


async def called(team, squad_id, **changes):
    call_id, _ = await emergency.call_up_team(
        team.committee, squad_id, await a_draft(**changes), idempotency_key=uuid4()
    )
    return call_id


async def row_of(actor, call_id):
    (row,) = await standing_by.calls_by_id(actor, [call_id])
    return row


async def a_call():
    team = await a_team()
    squad_id = await a_squad(team)
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    second, second_id = await a_neighbour(team, "何平")
    await agreed(team, squad_id, second, second_id)
    return team, squad_id, second, await called(team, squad_id)


async def test_who_agreed_is_called_and_who_directs_is_kept(db):
    _, _, second, call_id = await a_call()

    row = await row_of(second, call_id)

    assert (row["called"], row["directed_by"]) == (2, "泉山区防汛抗旱指挥部")
    assert (row["state"], await told("TeamCalledUp")) == ("called", 1)


async def test_members_who_did_not_agree_or_are_not_insured_are_not_called(db):
    team = await a_team()
    squad_id = await a_squad(team)
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    silent, silent_id = await a_neighbour(team, "何平")
    await insured(team, silent_id)
    await gathering.join_team(silent, squad_id)
    lapsed, lapsed_id = await a_neighbour(team, "吴敏")
    await agreed(team, squad_id, lapsed, lapsed_id)
    await database.execute(
        "UPDATE volunteering_insurance SET starts_on = starts_on - 9, ends_on = starts_on - 1"
        " WHERE volunteer_id = $1",
        lapsed_id,
    )

    call_id = await called(team, squad_id)

    rows = await database.fetch("SELECT volunteer_id FROM volunteering_team_answer")
    assert [row["volunteer_id"] for row in rows] == [team.volunteer_id]
    for actor in (silent, lapsed):
        with pytest.raises(NotFound):
            await emergency.answer_call(actor, call_id, comes=True)


async def test_who_comes_checks_in_as_ever_and_who_cannot_has_no_place(db, moved_clock):
    team, _, second, call_id = await a_call()
    shift_id = (await row_of(team.committee, call_id))["shift_id"]

    await emergency.answer_call(team.volunteer, call_id, comes=True)
    await emergency.answer_call(second, call_id, comes=True)
    await emergency.answer_call(second, call_id, comes=False)
    await attendance.check_in(team.volunteer, shift_id, code=await code_of(team, shift_id))
    await moved_clock.advance(timedelta(minutes=61))
    await emergency.end_call(team.committee, call_id, note="险情排除,感谢大家")
    record_id = await attendance.check_out(
        team.volunteer, shift_id, code=await code_of(team, shift_id)
    )

    row = await row_of(team.committee, call_id)
    assert (row["coming"], row["unable"], row["came"], row["state"]) == (1, 1, 1, "ended")
    assert record_id is not None
    with pytest.raises(TeamCallOver):
        await emergency.answer_call(second, call_id, comes=True)
    with pytest.raises(TeamCallOver):
        await emergency.end_call(team.committee, call_id, note="再次结束")


async def test_nobody_else_signs_up_for_a_call(db):
    team, _, _, call_id = await a_call()
    shift_id = (await row_of(team.committee, call_id))["shift_id"]
    outsider, outsider_id = await a_neighbour(team, "郑洁")
    await insured(team, outsider_id)

    with pytest.raises(CalledUpOnly):
        await attendance.sign_up(outsider, shift_id)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_sign_up") == 0


async def test_only_staff_of_the_area_call_up_and_only_teams_for_emergencies(db):
    team, elsewhere = await a_team(), await a_team(name="向阳社区")
    squad_id = await a_squad(team)
    draft = await a_draft()
    now = await clock.now()

    for actor, refusal in (
        (team.leader, Forbidden),
        (team.volunteer, Forbidden),
        (elsewhere.committee, NotFound),
        (team.committee, NobodyToCall),
    ):
        with pytest.raises(refusal):
            await emergency.call_up_team(actor, squad_id, draft, idempotency_key=uuid4())
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    over = replace(draft, starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    for bad, wrong in (
        (over, ShiftOver),
        (replace(draft, ends_at=draft.starts_at), InvalidInput),
        (replace(draft, directed_by=" "), InvalidInput),
        (replace(draft, risks=""), InvalidInput),
    ):
        with pytest.raises(wrong):
            await emergency.call_up_team(team.committee, squad_id, bad, idempotency_key=uuid4())
    await emergency.mark_emergency_team(team.committee, squad_id, is_emergency=False)
    with pytest.raises(TeamNotEmergency):
        await emergency.call_up_team(team.committee, squad_id, draft, idempotency_key=uuid4())

    assert await database.fetch_value("SELECT count(*) FROM volunteering_team_call") == 0
    assert await database.fetch_value("SELECT count(*) FROM volunteering_activity") == 0


async def test_agreement_is_for_members_who_are_insured_and_is_taken_back(db):
    team = await a_team()
    squad_id = await a_squad(team)

    with pytest.raises(InsuranceMissing):
        await emergency.agree_to_calls(team.volunteer, squad_id, agrees=True)
    await insured(team, team.volunteer_id)
    with pytest.raises(NotTeamMember):
        await emergency.agree_to_calls(team.volunteer, squad_id, agrees=True)
    await gathering.join_team(team.volunteer, squad_id)
    await emergency.agree_to_calls(team.volunteer, squad_id, agrees=True)
    await emergency.agree_to_calls(team.volunteer, squad_id, agrees=False)

    sql = "SELECT count(*) FROM volunteering_team_member WHERE agreed_at IS NOT NULL"
    assert await database.fetch_value(sql) == 0


async def test_a_call_with_one_key_goes_out_once_and_two_at_once_are_one(db):
    team = await a_team()
    squad_id = await a_squad(team)
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    draft, key = await a_draft(), uuid4()

    first, _ = await emergency.call_up_team(team.committee, squad_id, draft, idempotency_key=key)
    second, replayed = await emergency.call_up_team(
        team.committee, squad_id, draft, idempotency_key=key
    )
    others = await asyncio.gather(
        *(
            emergency.call_up_team(each, squad_id, draft, idempotency_key=uuid4())
            for each in (team.committee, team.second)
        ),
        return_exceptions=True,
    )

    assert (second, replayed) == (first, True)
    assert [type(each) for each in others] == [TeamCallStands, TeamCallStands]
    assert await told("TeamCalledUp") == 1


async def test_a_call_that_ends_before_it_begins_is_called_off(db, moved_clock):
    team, _, second, call_id = await a_call()
    await emergency.answer_call(second, call_id, comes=True)

    await emergency.end_call(team.committee, call_id, note="警报解除")

    row = await row_of(second, call_id)
    state = await database.fetch_value("SELECT state FROM volunteering_activity")
    assert (row["state"], row["end_note"], state) == ("ended", "警报解除", "cancelled")
    assert await told("TeamCallEnded") == 1


async def test_a_call_is_seen_by_staff_leader_and_called_and_nobody_else(db):
    team, _, second, call_id = await a_call()
    outsider, _ = await a_neighbour(team, "郑洁")
    elsewhere = await a_team(name="向阳社区")

    seen = [
        await row_of(each, call_id) is not None
        for each in (team.committee, team.leader, second, outsider, elsewhere.committee)
    ]

    assert seen == [True, True, True, False, False]
    with pytest.raises(NotFound):
        await emergency.answer_call(outsider, call_id, comes=True)
    with pytest.raises(NotFound):
        await emergency.end_call(elsewhere.committee, call_id, note="结束了")
    with pytest.raises(Forbidden):
        await emergency.end_call(second, call_id, note="结束了")
