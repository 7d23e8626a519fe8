"""Stars by due work: noticed, approved by who may, granted; bans; reviews for fraud."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Role
from domains.kernel.errors import Forbidden
from domains.membership.models import Area, Person
from domains.volunteering.errors import HonourDecided, RecordUnderReview, ReviewerConfirmed
from domains.volunteering.queries import honours
from domains.volunteering.service import (
    adopting,
    confirming,
    contests,
    honouring,
    revoking,
)
from domains.volunteering.service.adopting import Adoption
from jobs import volunteering as jobs
from tests import factories
from tests.volunteering.factories import a_team, confirmed, registered, served
from tests.volunteering.test_records import made_final, state_of

LOW = {
    "levels": [
        {
            "level": 1,
            "hours": 1,
            "months": 0,
            "qualityTenths": 0,
            "approvers": ["street_reviewer"],
        }
    ]
}


async def a_reviewer(team):
    street = await Area.get(id=team.community.parent_id)
    return await factories.a_street_reviewer(street)


async def a_starred_team(moved_clock):
    team = await a_team()
    reviewer = await a_reviewer(team)
    tomorrow = await clock.today() + timedelta(days=1)
    await adopting.adopt_star_policy(
        reviewer,
        team.community.id,
        Adoption(tomorrow, "街道星级办法", LOW),
        idempotency_key=uuid4(),
    )
    await moved_clock.advance(timedelta(days=1))
    await made_final(await confirmed(team, moved_clock), moved_clock)
    await jobs.check_due_volunteers()
    return team, reviewer


async def honour():
    return await database.fetch_one("SELECT * FROM volunteering_honour")


async def test_a_star_is_granted_after_its_notice_once_it_is_approved(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    noticed = await honour()

    again = await jobs.check_due_volunteers()
    with pytest.raises(Forbidden):
        await honouring.decide_honour(team.committee, noticed["id"], accepted=True, reason="同意")
    await honouring.decide_honour(reviewer, noticed["id"], accepted=True, reason="符合条件")
    with pytest.raises(HonourDecided):
        await honouring.decide_honour(reviewer, noticed["id"], accepted=False, reason="反悔")
    early = await jobs.grant_due_honours()
    await moved_clock.advance(timedelta(days=12))
    granted = await jobs.grant_due_honours()

    assert (noticed["state"], noticed["level"], again) == ("notice", 1, 0)
    assert (early, granted, (await honour())["state"]) == (0, 1, "granted")


async def test_what_is_revoked_meanwhile_is_not_granted(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)
    noticed = await honour()
    await honouring.decide_honour(reviewer, noticed["id"], accepted=True, reason="符合条件")
    record_id = await database.fetch_value("SELECT id FROM volunteering_record")

    await revoking.revoke_record(team.committee, record_id, reason="查实未到场。")
    await moved_clock.advance(timedelta(days=12))
    await jobs.grant_due_honours()

    assert (await honour())["state"] == "refused"


async def test_a_ban_ends_what_is_on_notice_and_keeps_from_more(db, moved_clock):
    team, reviewer = await a_starred_team(moved_clock)

    await honouring.ban_volunteer(reviewer, team.volunteer_id, years=1, reason="弄虚作假。")
    await moved_clock.advance(timedelta(days=30))
    await jobs.check_due_volunteers()
    banned = await database.fetch("SELECT state FROM volunteering_honour")
    await honouring.lift_ban(reviewer, team.volunteer_id, reason="复核后撤销。")
    await moved_clock.advance(timedelta(days=1))
    await jobs.check_due_volunteers()

    states = await database.fetch("SELECT state FROM volunteering_honour ORDER BY noticed_at")
    assert [row["state"] for row in banned] == ["refused"]
    assert [row["state"] for row in states] == ["refused", "notice"]


async def test_the_share_of_active_volunteers_counts_final_records_of_the_year(db, moved_clock):
    team = await a_team()
    other = await factories.a_resident(team.community, name="马兰")
    await registered(other, team.community)
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    day = await database.fetch_value("SELECT day FROM volunteering_record WHERE id = $1", record_id)

    row = await honours.activity_of(team.community.path, day.year)

    assert (row["registered"], row["active"], row["minutes"]) == (2, 1, 90)


async def test_staff_on_duty_is_put_under_review_and_never_refused(db, moved_clock):
    team = await a_team()
    worker = await factories.a_resident(team.community, name="网格员")
    person = await Person.get(id=worker.person_id)
    await factories.a_role_grant(person, Role.GRID_WORKER, area=team.community)
    await registered(worker, team.community)
    day = date(2026, 12, 2)
    await moved_clock.set((await clock.now()).replace(year=2026, month=12, day=day.day, hour=2))
    record_id = await served(team, moved_clock, actor=worker)

    await confirming.confirm_record(team.leader, record_id)
    await confirming.confirm_record(team.committee, record_id)
    suspected = await database.fetch_one("SELECT * FROM volunteering_suspicion")
    with pytest.raises(RecordUnderReview):
        await confirming.confirm_record(team.second, record_id)
    with pytest.raises(ReviewerConfirmed):
        await contests.settle_review(team.committee, record_id, cleared=True, reason="已调休。")
    pending = await state_of(record_id)
    await contests.settle_review(team.second, record_id, cleared=True, reason="当日调休。")

    assert (suspected["rule"], pending) == ("staff_on_duty", "pending")
    assert await state_of(record_id) == "confirmed"


async def test_those_who_confirm_one_another_are_put_under_review(db, moved_clock):
    team = await a_team()
    await registered(team.leader, team.community)
    own_led = replace(team, leader=team.volunteer)
    for _ in range(3):
        record_id = await served(own_led, moved_clock, minutes=20, actor=team.leader)
        await confirming.confirm_record(team.volunteer, record_id)
        await confirming.confirm_record(team.committee, record_id)
        await moved_clock.advance(timedelta(days=1))
    states = []
    for _ in range(3):
        record_id = await served(team, moved_clock, minutes=20)
        await confirming.confirm_record(team.leader, record_id)
        await confirming.confirm_record(team.committee, record_id)
        states.append(await state_of(record_id))
        await moved_clock.advance(timedelta(days=1))

    rules = await database.fetch("SELECT rule FROM volunteering_suspicion")
    assert states == ["confirmed", "confirmed", "pending"]
    assert [row["rule"] for row in rules] == ["ring"]
