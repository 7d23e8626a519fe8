"""Keeping a promise: progress with evidence, delivery, acceptance, and what does not stand."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database, settings, uploads
from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.kernel.errors import Forbidden, NotFound
from domains.pledges import service
from domains.pledges.errors import (
    AcceptanceGiven,
    AnswerOwn,
    ClaimsContested,
    ClaimStruck,
    ClaimTooEarly,
    EvidenceAfterFact,
    EvidenceMissing,
    EvidenceUnfit,
    EvidenceUsed,
    MilestoneReached,
    MilestonesOpen,
    NotAnAcceptor,
    OwnPledge,
    PledgeObjected,
    PledgeStateUnfit,
    TargetNotReached,
)
from domains.pledges.queries import delivery as queries
from domains.pledges.service import EvidenceDraft
from domains.pledges.values.pledges import EvidenceKind
from tests import factories
from tests.kernel.files import PDF, PNG
from tests.pledges.factories import (
    a_committed_pledge,
    a_delivered_pledge,
    a_noticed_pledge,
    a_town,
    accept,
    an_object,
    deliver,
    events,
    in_days,
    milestone_keys,
    reach_all,
    report,
    terms,
)


async def counts():
    return await database.fetch_value(
        "SELECT (SELECT count(*) FROM pledges_report) + (SELECT count(*) FROM pledges_evidence)"
    )


async def attendance(days=0, count=12):
    return EvidenceDraft(EvidenceKind.ATTENDANCE, await in_days(days), "现场", head_count=count)


@pytest.fixture
def disk(db, tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def a_file(actor, content=PNG, name="现场.png", media_type="image/png"):
    announced = await uploads.create_upload(
        actor, file_name=name, media_type=media_type, size_bytes=len(content), key=uuid4()
    )

    async def chunks():
        yield content

    await uploads.receive(announced.put_address.removeprefix("/uploads/"), chunks())
    await uploads.complete_upload(
        actor, announced.upload.id, sha256=hashlib.sha256(content).digest()
    )
    return announced.upload.id


async def a_picture(upload_id):
    return EvidenceDraft(EvidenceKind.PICTURE, await clock.today(), "现场", upload_id=upload_id)


async def test_progress_with_evidence_reaches_a_milestone(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)

    report_id = await report(town.keeper, pledge_id, milestone_key=keys[1])

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["reached_weight"]) == ("in_progress", 40)
    assert [each["report_id"] for each in await events("PledgeProgressed")] == [str(report_id)]


async def test_a_milestone_is_reached_once(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    await report(town.keeper, pledge_id, milestone_key=keys[1])

    with pytest.raises(MilestoneReached):
        await report(town.keeper, pledge_id, milestone_key=keys[1])
    with pytest.raises(NotFound):
        await report(town.keeper, pledge_id, milestone_key=uuid4())

    assert (await an_object(pledge_id))["reached_weight"] == 40


async def test_nothing_is_claimed_before_it_happens_nor_from_before_the_promise(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)

    for days in (1, -1):
        with pytest.raises(ClaimTooEarly):
            await report(town.keeper, pledge_id, happened_on=await in_days(days))

    assert await counts() == 0


async def test_evidence_after_the_fact_is_refused(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await moved_clock.advance(timedelta(days=3))

    with pytest.raises(EvidenceAfterFact):
        await report(
            town.keeper,
            pledge_id,
            happened_on=await in_days(-2),
            evidence=(await attendance(-1),),
        )
    with pytest.raises(EvidenceMissing):
        await report(town.keeper, pledge_id, evidence=())

    assert await counts() == 0


@pytest.mark.parametrize(
    "statement",
    [
        # Added once the claim has been made; dated after it; altered; taken away.
        "INSERT INTO pledges_evidence (id, report_id, pledge_id, position, kind, head_count,"
        " caption, dated_on) SELECT gen_random_uuid(), id, pledge_id, 9, 'attendance', 5, '补',"
        " happened_on FROM pledges_report",
        "INSERT INTO pledges_evidence (id, report_id, pledge_id, position, kind, head_count,"
        " caption, dated_on) SELECT gen_random_uuid(), id, pledge_id, 9, 'attendance', 5, '补',"
        " happened_on + 1 FROM pledges_report",
        "UPDATE pledges_evidence SET head_count = 500",
        "DELETE FROM pledges_evidence",
        "UPDATE pledges_report SET happened_on = happened_on - 1",
        "DELETE FROM pledges_report",
    ],
)
async def test_no_statement_adds_or_alters_evidence_afterwards(moved_clock, statement):
    town = await a_town()
    await report(town.keeper, await a_committed_pledge(town, moved_clock))

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute(statement)

    rows = await database.fetch("SELECT head_count FROM pledges_evidence")
    assert [row["head_count"] for row in rows] == [12]


async def test_evidence_is_of_its_kind(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    today = await clock.today()

    for unfit in (
        EvidenceDraft(EvidenceKind.ATTENDANCE, today),
        EvidenceDraft(EvidenceKind.ATTENDANCE, today, head_count=0),
        EvidenceDraft(EvidenceKind.PICTURE, today),
        EvidenceDraft(EvidenceKind.DISCLOSURE, today),
        EvidenceDraft(EvidenceKind.FINANCE_LINE, today, subject_id=uuid4(), head_count=3),
    ):
        with pytest.raises(EvidenceUnfit):
            await report(town.keeper, pledge_id, evidence=(unfit,))

    assert await counts() == 0


async def test_a_picture_is_the_callers_own_complete_and_used_once(moved_clock, disk):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    mine = await a_picture(await a_file(town.keeper))
    pending = await uploads.create_upload(
        town.keeper, file_name="a.png", media_type="image/png", size_bytes=9, key=uuid4()
    )

    for unfit in (
        await a_picture(pending.upload.id),
        await a_picture(await a_file(town.keeper, PDF, "说明.pdf", "application/pdf")),
    ):
        with pytest.raises(EvidenceUnfit):
            await report(town.keeper, pledge_id, evidence=(unfit,))
    with pytest.raises(NotFound):
        await report(
            town.keeper, pledge_id, evidence=(await a_picture(await a_file(town.committee)),)
        )
    with pytest.raises(EvidenceUsed):
        await report(town.keeper, pledge_id, evidence=(mine, mine))
    await report(town.keeper, pledge_id, evidence=(mine,))
    with pytest.raises(EvidenceUsed):
        await report(town.keeper, pledge_id, evidence=(mine,))

    assert await counts() == 2


async def test_who_sees_a_claim_fetches_its_pictures(moved_clock, disk):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    picture = await a_picture(await a_file(town.keeper))
    report_id = await report(town.keeper, pledge_id, evidence=(picture, await attendance()))

    rows = (await queries.evidence(ANONYMOUS, [report_id]))[0]
    addresses = [queries.picture_address(row) for row in rows]

    assert addresses[1] is None
    allowed, content = await uploads.open_address(addresses[0].removeprefix("/uploads/"))
    assert (allowed.media_type, b"".join([each async for each in content])) == ("image/png", PNG)


async def test_who_answers_for_a_pledge_and_who_screens_report_and_nobody_else(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)

    for stranger in (town.residents[0], elsewhere.committee, elsewhere.keeper):
        with pytest.raises(Forbidden):
            await report(stranger, pledge_id)
    await report(town.committee, pledge_id)

    assert await counts() == 2


async def test_a_pledge_is_delivered_once_its_milestones_and_its_target_are_reached(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)

    with pytest.raises(MilestonesOpen):
        await deliver(town, pledge_id)
    await reach_all(town, pledge_id)
    with pytest.raises(TargetNotReached):
        await deliver(town, pledge_id, achieved=2999)
    await deliver(town, pledge_id, achieved=3000)
    with pytest.raises(PledgeStateUnfit):
        await deliver(town, pledge_id)

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["delivered_on"]) == ("delivered", await clock.today())


async def test_an_old_date_that_is_written_late_counts_for_the_day_of_the_report(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    long_ago = await clock.today()
    await moved_clock.advance(timedelta(days=60))
    evidence = (EvidenceDraft(EvidenceKind.ATTENDANCE, long_ago, head_count=3),)

    for key in await milestone_keys(pledge_id):
        await report(
            town.keeper, pledge_id, milestone_key=key, happened_on=long_ago, evidence=evidence
        )
    await deliver(town, pledge_id, happened_on=long_ago, evidence=evidence)

    assert (await an_object(pledge_id))["delivered_on"] == await clock.today()


async def test_a_claim_that_is_reported_in_time_counts_for_its_own_day(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    that_day = await clock.today()
    await moved_clock.advance(timedelta(days=3))
    evidence = (EvidenceDraft(EvidenceKind.ATTENDANCE, that_day, head_count=3),)

    await report(town.keeper, pledge_id, happened_on=that_day, evidence=evidence)

    assert await database.fetch_value("SELECT counts_on FROM pledges_report") == that_day


async def test_residents_accept_what_was_delivered_as_many_as_the_rules_say(moved_clock):
    town = await a_town()
    pledge_id = await a_delivered_pledge(town, moved_clock)

    for resident in town.residents[:2]:
        await service.accept_pledge(resident, pledge_id, accepted=True, remark="送餐准时")
    before = (await an_object(pledge_id))["state"]
    with pytest.raises(AcceptanceGiven):
        await service.accept_pledge(town.residents[0], pledge_id, accepted=True)
    await service.accept_pledge(town.residents[2], pledge_id, accepted=True)

    assert (before, (await an_object(pledge_id))["state"]) == ("delivered", "accepted")
    assert len(await events("PledgeAccepted")) == 1


async def test_who_may_accept_is_of_the_roles_of_the_rules_and_does_not_answer_for_it(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_delivered_pledge(town, moved_clock)
    keeper_at_home = factories.as_actor(
        await factories.a_person("住户"),
        Grant(Role.RESIDENT, area_path=town.community.path),
        Grant(Role.SOCIAL_WORKER, organisation_id=town.body.id),
    )

    for stranger in (town.committee, elsewhere.residents[0]):
        with pytest.raises(NotAnAcceptor):
            await service.accept_pledge(stranger, pledge_id, accepted=True)
    member_at_home = replace(
        town.second,
        grants=town.second.grants | {Grant(Role.RESIDENT, area_path=town.community.path)},
    )
    for concerned in (keeper_at_home, member_at_home):
        with pytest.raises(OwnPledge):
            await service.accept_pledge(concerned, pledge_id, accepted=True)

    assert await database.fetch_value("SELECT count(*) FROM pledges_acceptance") == 0


async def test_a_delivery_that_is_not_accepted_goes_back_and_may_come_again(moved_clock):
    town = await a_town()
    pledge_id = await a_delivered_pledge(town, moved_clock)

    for resident in town.residents:
        await service.accept_pledge(resident, pledge_id, accepted=False, remark="饭菜是凉的")
    sent_back = await an_object(pledge_id)
    await deliver(town, pledge_id)
    await accept(town, pledge_id)

    assert (sent_back["state"], sent_back["delivered_on"]) == ("in_progress", None)
    assert (await an_object(pledge_id))["state"] == "accepted"
    assert len(await events("PledgeSentBack")) == 1


async def contest(actor, report_id, text="当天并没有送餐。"):
    objection_id, _ = await service.contest_report(
        actor, report_id, text=text, idempotency_key=uuid4()
    )
    return objection_id


async def test_an_upheld_contest_strikes_the_claim_and_opens_its_milestone_again(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    report_id = await report(town.keeper, pledge_id, milestone_key=keys[0])
    objection_id = await contest(town.residents[0], report_id)

    await service.answer_objection(town.second, objection_id, upheld=True, answer="经核实未完成")

    assert (await an_object(pledge_id))["reached_weight"] == 0
    with pytest.raises(ClaimStruck):
        await service.confirm_report(town.residents[1], report_id)
    with pytest.raises(ClaimStruck):
        await contest(town.residents[1], report_id)
    await report(town.keeper, pledge_id, milestone_key=keys[0])
    assert (await an_object(pledge_id))["reached_weight"] == 20
    assert [each["report_id"] for each in await events("PledgeClaimStruck")] == [str(report_id)]


async def test_a_struck_claim_undoes_the_delivery_that_rested_on_it(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    reports = await reach_all(town, pledge_id)
    await deliver(town, pledge_id)
    await accept(town, pledge_id)
    objection_id = await contest(town.residents[0], reports[2])

    with pytest.raises(ClaimsContested):
        await service.close_pledge(town.committee, pledge_id, summary="年度完成")
    await service.answer_objection(town.second, objection_id, upheld=True, answer="数量不足")

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["reached_weight"], pledge["delivered_on"]) == (
        "in_progress",
        60,
        None,
    )
    assert (pledge["accepted_at"], pledge["delivered_at"]) == (None, None)


async def test_a_dismissed_contest_leaves_the_claim_as_it_was(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    report_id = await report(town.keeper, pledge_id, milestone_key=keys[0])
    objection_id = await contest(town.residents[0], report_id)

    with pytest.raises(PledgeObjected):
        await contest(town.residents[0], report_id)
    await service.answer_objection(town.second, objection_id, upheld=False, answer="有签收单")

    assert (await an_object(pledge_id))["reached_weight"] == 20


async def test_nobody_decides_a_contest_of_their_own_claim(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    objection_id = await contest(town.residents[0], await report(town.committee, pledge_id))

    with pytest.raises(AnswerOwn):
        await service.answer_objection(
            town.committee, objection_id, upheld=False, answer="确已完成"
        )
    with pytest.raises(Forbidden):
        await service.answer_objection(town.keeper, objection_id, upheld=False, answer="确已完成")

    assert await database.fetch_value("SELECT state FROM pledges_objection") == "open"


async def test_residents_confirm_a_claim_once_each_and_not_their_own(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    report_id = await report(town.keeper, pledge_id)

    for resident in (*town.residents, town.residents[0]):
        await service.confirm_report(resident, report_id)
    with pytest.raises(Forbidden):
        await service.confirm_report(elsewhere.residents[0], report_id)
    at_home = factories.as_actor(
        await factories.a_person("住户"),
        Grant(Role.RESIDENT, area_path=town.community.path),
        Grant(Role.SOCIAL_WORKER, organisation_id=town.body.id),
    )
    with pytest.raises(OwnPledge):
        await service.confirm_report(at_home, report_id)

    assert await database.fetch_value("SELECT count(*) FROM pledges_confirmation") == 3


async def test_a_pledge_is_closed_once_it_is_accepted(moved_clock):
    town = await a_town()
    pledge_id = await a_delivered_pledge(town, moved_clock)

    with pytest.raises(PledgeStateUnfit):
        await service.close_pledge(town.committee, pledge_id, summary="年度完成")
    await accept(town, pledge_id)
    with pytest.raises(Forbidden):
        await service.close_pledge(town.keeper, pledge_id, summary="年度完成")
    await service.close_pledge(town.committee, pledge_id, summary="年度完成")

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["close_summary"]) == ("closed", "年度完成")


async def test_a_default_says_why_and_does_not_come_back(moved_clock):
    town = await a_town()
    pledge_id, other = (
        await a_committed_pledge(town, moved_clock),
        await a_noticed_pledge(town),
    )

    await service.default_pledge(town.keeper, pledge_id, reason="合作单位退出,无法继续")
    with pytest.raises(PledgeStateUnfit):
        await report(town.keeper, pledge_id)
    with pytest.raises(PledgeStateUnfit):
        await service.default_pledge(town.committee, other, reason="尚未亮诺")

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["default_reason"]) == ("defaulted", "合作单位退出,无法继续")


async def test_the_worker_finds_what_is_overdue_once(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock, await terms(town, days=61))
    deadline = (await an_object(pledge_id))["deadline"]
    await moved_clock.advance(deadline - await clock.today())

    on_the_day = await service.find_overdue_pledge()
    await moved_clock.advance(timedelta(days=1))
    found = [await service.find_overdue_pledge(), await service.find_overdue_pledge()]

    assert (on_the_day, found) == (None, [pledge_id, None])
    assert [each["deadline"] for each in await events("PledgeOverdue")] == [deadline.isoformat()]
    assert (await an_object(pledge_id))["state"] == "overdue"


async def test_what_is_overdue_is_still_delivered_and_is_late(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await moved_clock.advance(timedelta(days=120))
    await service.find_overdue_pledge()

    await reach_all(town, pledge_id)
    reached = await an_object(pledge_id)
    await deliver(town, pledge_id)
    await accept(town, pledge_id)

    pledge = await an_object(pledge_id)
    assert (reached["state"], pledge["state"]) == ("overdue", "accepted")
    assert pledge["delivered_on"] > pledge["first_deadline"]


async def test_a_struck_delivery_is_overdue_again_and_told_no_second_time(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await moved_clock.advance(timedelta(days=120))
    await service.find_overdue_pledge()
    await reach_all(town, pledge_id)
    await deliver(town, pledge_id)

    for resident in town.residents:
        await service.accept_pledge(resident, pledge_id, accepted=False)

    assert (await an_object(pledge_id))["state"] == "overdue"
    assert await service.find_overdue_pledge() is None
    assert len(await events("PledgeOverdue")) == 1


async def test_a_milestone_that_comes_due_is_told_once(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    due_on = await database.fetch_value(
        "SELECT due_on FROM pledges_milestone WHERE key = $1", keys[0]
    )
    early = await service.remind_due_milestone()
    await moved_clock.advance(due_on - timedelta(days=7) - await clock.today())

    found = [await service.remind_due_milestone(), await service.remind_due_milestone()]

    assert (early, found) == (None, [keys[0], None])
    told = await events("PledgeMilestoneDue")
    assert [(each["milestone_key"], each["due_on"]) for each in told] == [
        (str(keys[0]), due_on.isoformat())
    ]


async def test_a_milestone_that_is_reached_is_not_told_of(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await reach_all(town, pledge_id)
    await moved_clock.advance(timedelta(days=200))

    assert await service.remind_due_milestone() is None
