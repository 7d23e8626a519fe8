"""What becomes of records: late, back-entered, contested, corrected, revoked; caps and overlaps."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.volunteering.errors import (
    ActivityInPast,
    ApproverEntered,
    BackEntryNeedsApproval,
    CheckInCodeExpired,
    CheckInsUsedUp,
    DailyCapReached,
    DoesNotCountAsService,
    InsuranceMissing,
    MinorBarred,
    OutcomeMissing,
    OwnRecord,
    RecordInFuture,
    RecordLate,
    ServiceOverlaps,
    ShiftFull,
)
from domains.volunteering.service import (
    activities,
    attendance,
    back_entry,
    confirming,
    consents,
    contests,
    qualifying,
    revoking,
)
from domains.volunteering.service.activities import ShiftDraft
from domains.volunteering.service.back_entry import BackEntry
from domains.volunteering.service.qualifying import InsuranceDraft
from domains.volunteering.service.revoking import Correction
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass, VolunteerConsentPurpose
from jobs import volunteering as jobs
from tests import factories
from tests.volunteering.factories import (
    a_draft,
    a_team,
    an_activity,
    code_of,
    confirmed,
    registered,
    served,
    shift_of,
)


async def row_of(record_id):
    return await database.fetch_one("SELECT * FROM volunteering_record WHERE id = $1", record_id)


async def state_of(record_id):
    return (await row_of(record_id))["state"]


async def events_of(name):
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = $1", f"volunteering.{name}"
    )


async def a_back_entry(team, activity_id, **changes):
    now = await clock.now()
    given = BackEntry(
        activity_id=activity_id,
        volunteer_id=team.volunteer_id,
        started_at=now - timedelta(hours=3),
        ended_at=now - timedelta(hours=1),
        content="陪诊两小时。",
        reason="现场无信号,未能签到。",
    )
    return replace(given, **changes)


async def entered(actor, given):
    record_id, _ = await back_entry.enter_record(actor, given, idempotency_key=uuid4())
    return record_id


async def made_final(record_id, moved_clock):
    await jobs.publicise_due_records()
    await moved_clock.advance(timedelta(days=12))
    await jobs.finalise_due_records()
    return record_id


async def test_a_record_goes_from_notice_to_final_and_counts_only_then(db, moved_clock):
    team = await a_team()
    record_id = await confirmed(team, moved_clock)

    await jobs.publicise_due_records()
    publicised = await state_of(record_id)
    too_early = await jobs.finalise_due_records()
    await moved_clock.advance(timedelta(days=12))
    done = await jobs.finalise_due_records()

    assert (publicised, too_early, done) == ("publicised", 0, 1)
    assert await state_of(record_id) == "final"


async def test_only_future_activities_are_published(db, moved_clock):
    team = await a_team()
    draft = await a_draft(team, ahead_h=1)
    activity_id, _ = await activities.create_activity(
        team.committee, draft, idempotency_key=uuid4()
    )

    await moved_clock.advance(timedelta(hours=2))
    with pytest.raises(ActivityInPast):
        await activities.publish_activity(team.committee, activity_id)

    assert (
        await database.fetch_value(
            "SELECT state FROM volunteering_activity WHERE id = $1", activity_id
        )
        == "draft"
    )


@pytest.mark.parametrize("nature", ["meeting", "lecture", "duty_shift", "banquet", "rehearsal"])
async def test_what_does_not_count_is_refused(db, nature):
    team = await a_team()
    draft = await a_draft(team, nature=VolunteerActivityNature(nature))

    with pytest.raises(DoesNotCountAsService):
        await activities.create_activity(team.committee, draft, idempotency_key=uuid4())

    assert await database.fetch_value("SELECT count(*) FROM volunteering_activity") == 0


async def test_a_code_of_a_minute_ago_and_a_made_up_one_are_refused(db, moved_clock):
    team = await a_team()
    activity_id = await an_activity(team, await a_draft(team, ahead_h=0.1))
    shift_id = await shift_of(activity_id, team.volunteer)
    await attendance.sign_up(team.volunteer, shift_id)
    old = await code_of(team, shift_id)
    await moved_clock.advance(timedelta(minutes=1))

    for code in (old, "nonsense", "1.AAAAAAAAAAAAAAAA", "é.ABCDEFGHIJKLMNOP"):
        with pytest.raises(CheckInCodeExpired):
            await attendance.check_in(team.volunteer, shift_id, code=code)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_attendance") == 0


async def test_three_check_ins_a_day_and_no_two_places_at_once(db, moved_clock):
    team = await a_team()
    first = await shift_of(
        await an_activity(team, await a_draft(team, ahead_h=0.1)), team.volunteer
    )
    second = await shift_of(
        await an_activity(team, await a_draft(team, ahead_h=0.1)), team.volunteer
    )
    for shift_id in (first, second):
        await attendance.sign_up(team.volunteer, shift_id)

    await attendance.check_in(team.volunteer, first, code=await code_of(team, first))
    with pytest.raises(ServiceOverlaps):
        await attendance.check_in(team.volunteer, second, code=await code_of(team, second))
    for again in range(3):
        await moved_clock.advance(timedelta(minutes=5))
        await attendance.check_out(team.volunteer, first, code=await code_of(team, first))
        if again < 2:
            await moved_clock.advance(timedelta(seconds=30))
            await attendance.check_in(team.volunteer, first, code=await code_of(team, first))
    with pytest.raises(CheckInsUsedUp):
        await attendance.check_in(team.volunteer, first, code=await code_of(team, first))

    assert await database.fetch_value("SELECT count(*) FROM volunteering_record") == 3


async def test_a_full_shift_takes_nobody_more(db):
    team = await a_team()
    now = await clock.now()
    shifts = (ShiftDraft(now + timedelta(hours=1), now + timedelta(hours=2), 1),)
    activity_id = await an_activity(team, await a_draft(team, shifts=shifts))
    shift_id = await shift_of(activity_id, team.volunteer)
    other = await factories.a_resident(team.community, name="马兰")
    await registered(other, team.community)

    await attendance.sign_up(team.volunteer, shift_id)
    with pytest.raises(ShiftFull):
        await attendance.sign_up(other, shift_id)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_sign_up") == 1


async def test_risky_work_waits_for_insurance(db):
    team = await a_team()
    draft = await a_draft(team, is_risky=True, risks="高处作业,可能跌落。")
    shift_id = await shift_of(await an_activity(team, draft), team.volunteer)

    with pytest.raises(InsuranceMissing):
        await attendance.sign_up(team.volunteer, shift_id)
    today = await clock.today()
    await qualifying.record_insurance(
        team.committee,
        team.volunteer_id,
        InsuranceDraft("平安保险", True, today, today + timedelta(days=365)),
    )
    await attendance.sign_up(team.volunteer, shift_id)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_sign_up") == 1


async def test_a_minor_does_no_rescue(db):
    team = await a_team()
    parent = await factories.a_resident(team.community, name="林父")
    minor = await factories.a_resident(
        team.community, name="林小", born=(await clock.today()).replace(year=2012)
    )
    await registered(minor, team.community, guardian_id=parent.person_id)
    minor_id = await database.fetch_value(
        "SELECT id FROM volunteering_volunteer WHERE person_id = $1", minor.person_id
    )
    await consents.give_consent(
        parent, minor_id, VolunteerConsentPurpose.REGISTRATION, text_version="2026-1"
    )
    draft = await a_draft(team, service_class=ServiceClass.EMERGENCY_RESCUE)
    rescue = await shift_of(await an_activity(team, draft), minor)
    visit = await shift_of(await an_activity(team), minor)

    with pytest.raises(MinorBarred):
        await attendance.sign_up(minor, rescue)
    await attendance.sign_up(minor, visit)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_sign_up") == 1


async def test_a_late_record_is_told_once_and_only_entered_back(db, moved_clock):
    team = await a_team()
    record_id = await served(team, moved_clock)
    await moved_clock.advance(timedelta(days=20))

    told = [await jobs.note_overdue_records() for _ in range(2)]
    with pytest.raises(RecordLate):
        await confirming.confirm_record(team.leader, record_id)
    await back_entry.move_to_back_entry(team.committee, record_id, reason="负责人出差。")
    with pytest.raises(BackEntryNeedsApproval):
        await confirming.confirm_record(team.leader, record_id)
    with pytest.raises(ApproverEntered):
        await back_entry.approve_record(team.committee, record_id, accepted=True, reason="核实。")
    await back_entry.approve_record(team.second, record_id, accepted=True, reason="核实。")

    assert told == [1, 0]
    assert await events_of("RecordOverdue") == 1
    assert await state_of(record_id) == "confirmed"


async def test_back_entry_is_refused_in_the_future_over_the_cap_and_over_other_service(
    db, moved_clock
):
    team = await a_team()
    activity_id = await an_activity(team)
    now = await clock.now()
    good = await a_back_entry(team, activity_id)

    with pytest.raises(RecordInFuture):
        await entered(
            team.committee,
            replace(good, started_at=now, ended_at=now + timedelta(minutes=30)),
        )
    with pytest.raises(DailyCapReached):
        await entered(team.committee, replace(good, started_at=now - timedelta(hours=12)))
    with pytest.raises(InvalidInput):
        await entered(team.committee, replace(good, ended_at=good.started_at))
    first = await entered(team.committee, good)
    with pytest.raises(ServiceOverlaps):
        await entered(
            team.committee,
            replace(good, started_at=good.started_at + timedelta(minutes=30)),
        )

    rows = await database.fetch("SELECT id, state, given_minutes FROM volunteering_record")
    assert [tuple(row.values()) for row in rows] == [(first, "pending", 120)]


async def test_the_database_itself_keeps_caps_and_overlaps(db, moved_clock):
    team = await a_team()
    record_id = await served(team, moved_clock)

    with pytest.raises(asyncpg.PostgresError):
        await database.execute(
            "UPDATE volunteering_record SET given_minutes = 91 WHERE id = $1", record_id
        )
    with pytest.raises(asyncpg.PostgresError):
        await database.execute("DELETE FROM volunteering_record WHERE id = $1", record_id)
    with pytest.raises(asyncpg.PostgresError):
        await database.execute("UPDATE volunteering_record_version SET content = '别的'")

    assert (await row_of(record_id))["given_minutes"] == 90


async def test_what_is_over_the_days_cap_is_given_but_not_counted(db, moved_clock):
    team = await a_team()
    await moved_clock.set((await clock.now()).replace(hour=17, minute=0))

    record_id = await served(team, moved_clock, minutes=500)

    row = await row_of(record_id)
    assert (row["given_minutes"], row["counted_minutes"]) == (500, 480)


async def test_a_contest_that_is_upheld_corrects_by_a_new_version(db, moved_clock):
    team = await a_team()
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    before = await row_of(record_id)
    contest_id = await contests.contest_record(
        team.volunteer, record_id, reason="实际服务 60 分钟。"
    )
    correction = Correction(
        before["started_at"],
        before["started_at"] + timedelta(minutes=60),
        "探访独居老人。",
        "签退晚了半小时。",
    )

    with pytest.raises(OutcomeMissing):
        await contests.answer_contest(team.second, contest_id, upheld=True, answer="属实。")
    await contests.answer_contest(
        team.second, contest_id, upheld=True, answer="属实。", correction=correction
    )

    row = await row_of(record_id)
    versions = await database.fetch(
        "SELECT version, given_minutes FROM volunteering_record_version ORDER BY version"
    )
    assert (row["state"], row["version"], row["counted_minutes"]) == ("corrected", 2, 60)
    assert [tuple(each.values()) for each in versions] == [(1, 90), (2, 60)]


async def test_a_stale_correction_is_refused_and_nobody_corrects_their_own(db, moved_clock):
    team = await a_team()
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    row = await row_of(record_id)
    correction = Correction(row["started_at"], row["ended_at"], "另一内容", "内容有误。")
    own = replace(team.volunteer, grants=team.committee.grants)

    with pytest.raises(VersionConflict):
        await revoking.correct_record(team.committee, record_id, correction, expected_version=7)
    with pytest.raises(OwnRecord):
        await revoking.correct_record(own, record_id, correction, expected_version=1)

    assert (await row_of(record_id))["version"] == 1


async def test_an_open_contest_holds_a_record_back(db, moved_clock):
    team = await a_team()
    record_id = await confirmed(team, moved_clock)
    await jobs.publicise_due_records()
    neighbour = await factories.a_resident(team.community, name="邻居")
    contest_id = await contests.contest_record(neighbour, record_id, reason="当天没有看到他。")
    await moved_clock.advance(timedelta(days=12))

    held = await jobs.finalise_due_records()
    await contests.answer_contest(
        team.second, contest_id, upheld=True, answer="查实未到场。", revoke=True
    )

    row = await row_of(record_id)
    assert held == 0
    assert (row["state"], row["revoke_reason"]) == ("revoked", "查实未到场。")


async def test_another_communitys_staff_sees_no_record_and_no_volunteer(db, moved_clock):
    team = await a_team()
    record_id = await served(team, moved_clock)
    stranger = await factories.a_committee_member(name="外人")

    with pytest.raises(NotFound):
        await confirming.confirm_record(stranger, record_id)
    with pytest.raises(NotFound):
        await qualifying.open_details(stranger, team.volunteer_id)

    assert await state_of(record_id) == "pending"
