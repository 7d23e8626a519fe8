"""Projects: the five parties, their standing, their course and their end."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, NotFound
from domains.matching.errors.projects import (
    AppealInText,
    AppealNotDesignated,
    ApproverApplied,
    BudgetLineTooSmall,
    DeciderAsked,
    EvaluatedAlready,
    HostNotAccepted,
    MilestoneOver,
    NotServed,
    ProjectPlanUnsound,
    ProjectStateUnfit,
    ProjectUnfinished,
    SupervisorFullyLoaded,
    SupervisorNotAccepted,
    SupervisorUnqualified,
    VenueMissing,
)
from domains.matching.errors.resources import PlaceOutsideArea
from domains.matching.queries import projects as queries
from domains.matching.queries import resources
from domains.matching.service import deciding, finishing, milestones, planning, supervising
from domains.matching.service.planning import LineDraft, MilestoneDraft, PhaseDraft
from domains.voting.errors import NumbersInText
from jobs import exchange as jobs
from tests import factories
from tests.matching.exchange import (
    a_draft,
    a_plan,
    a_social_worker,
    an_exchange,
    an_upload,
    approved,
    funded,
    lines_of,
    paid,
    qualified,
    recorded,
    running,
    state_of,
    submitted,
    who,
)


async def count_projects():
    return await database.fetch_value("SELECT count(*) FROM matching_project")


async def test_a_project_goes_from_its_draft_to_its_closing_report(db, moved_clock):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, boxes) = await lines_of(project_id)
    (milestones_, *_) = await queries.milestones_by_project(exchange.lin, [project_id])
    await finishing.name_served(exchange.leader, project_id, [who(exchange.lin)])
    await paid(exchange, fund_id, food["id"], 400_000)
    await paid(exchange, fund_id, boxes["id"], 100_000, purpose="采购保温箱")
    for each in milestones_:
        await milestones.reach_milestone(
            exchange.leader,
            each["id"],
            proof_id=await an_upload(exchange.leader),
            note="已完成,照片存档。",
        )
    await finishing.evaluate_project(exchange.lin, project_id, score=5, remark="饭菜热乎。")
    await finishing.conclude_evaluation(exchange.worker, project_id)

    await finishing.close_project(exchange.committee, project_id, outcome="三十位老人吃上了热饭。")

    (steps,) = await resources.steps_by_subject(exchange.lin, [project_id])
    assert [row["state"] for row in steps] == [
        *("draft", "submitted", "approved", "funded", "running", "evaluated", "closed"),
    ]
    assert await state_of(project_id) == "closed"


async def test_nobody_decides_on_what_they_applied_for(db):
    exchange = await an_exchange()
    plan = await a_plan(exchange)
    project_id, _ = await planning.create_project(
        exchange.committee, plan, idempotency_key=database.new_id()
    )
    await supervising.answer_hosting(exchange.leader, project_id, accepts=True)
    await supervising.answer_supervision(exchange.worker, project_id, accepts=True)
    await planning.submit_project(exchange.committee, project_id)

    with pytest.raises(ApproverApplied):
        await deciding.approve_project(exchange.committee, project_id, standing="同意。")
    with pytest.raises(Forbidden):
        await deciding.approve_project(exchange.worker, project_id, standing="同意。")

    assert await state_of(project_id) == "submitted"


async def test_the_community_stands_by_a_project_only_once_host_and_social_worker_accepted(db):
    exchange = await an_exchange()
    project_id, _ = await planning.create_project(
        exchange.second, await a_plan(exchange), idempotency_key=database.new_id()
    )
    await planning.submit_project(exchange.second, project_id)

    with pytest.raises(HostNotAccepted):
        await deciding.approve_project(exchange.committee, project_id, standing="同意。")
    await supervising.answer_hosting(exchange.leader, project_id, accepts=True)
    with pytest.raises(SupervisorNotAccepted):
        await deciding.approve_project(exchange.committee, project_id, standing="同意。")

    assert await state_of(project_id) == "submitted"
    assert await recorded("matching.Host") == ["HostAsked", "HostAnswered"]


async def test_a_social_worker_is_qualified_to_the_last_day_of_the_project(db):
    exchange = await an_exchange()
    await qualified(exchange, exchange.worker, days=30)

    with pytest.raises(SupervisorUnqualified):
        await a_draft(exchange)

    assert await count_projects() == 0


async def test_a_social_worker_takes_no_more_projects_than_the_rules_allow_even_at_once(db):
    exchange = await an_exchange()
    ids = [await a_draft(exchange, title=f"暖心餐第{number}期") for number in range(7)]

    answers = await asyncio.gather(
        *(supervising.answer_supervision(exchange.worker, each, accepts=True) for each in ids),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == [
        *[SupervisorFullyLoaded.__name__] * 2,
        *["UUID"] * 5,
    ]
    (row,) = await queries.supervisors(exchange.community.path, until=await clock.today())
    assert row["load"] == 5


async def test_a_social_worker_whose_role_has_ended_does_not_supervise(db):
    exchange = await an_exchange()
    project_id = await a_draft(exchange)
    await database.execute(
        "UPDATE membership_role_grant SET revoked_at = kernel_now() WHERE person_id = $1",
        exchange.worker.person_id,
    )

    with pytest.raises(SupervisorUnqualified):
        await supervising.answer_supervision(exchange.worker, project_id, accepts=True)

    row = await database.fetch_one("SELECT * FROM matching_project WHERE id = $1", project_id)
    assert row["supervisor_accepted_at"] is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"appeal_url": "https://example.com/donate"}, AppealNotDesignated),
        ({"appeal_url": "http://gongyi.qq.com/x"}, AppealNotDesignated),
        ({"appeal_url": "https://gongyi.qq.com@evil.cn/"}, AppealNotDesignated),
        ({"appeal_url": "https://gongyi.qq.com.evil.cn/"}, AppealNotDesignated),
        ({"appeal_url": "https://gongyi.qq.com:8443/"}, AppealNotDesignated),
        ({"aims": "请大家扫码支付,捐款到户 6222020200112233445"}, AppealInText),
        ({"aims": "捐 款 请看 www.example.com"}, AppealInText),
        ({"aims": "联系人电话 13800138000"}, NumbersInText),
        ({"position": (51_500_000, -120_000)}, PlaceOutsideArea),
        ({"people_wanted": -1}, ProjectPlanUnsound),
        ({"phases": ()}, ProjectPlanUnsound),
        ({"milestones": ()}, ProjectPlanUnsound),
        ({"lines": (LineDraft("食材", 0),)}, ProjectPlanUnsound),
    ],
)
async def test_a_plan_that_does_not_hold_is_not_written(db, changes, refusal):
    exchange = await an_exchange()

    with pytest.raises(refusal):
        await a_draft(exchange, **changes)

    assert await count_projects() == 0


async def test_a_plan_ends_after_it_begins_and_so_do_its_parts(db):
    exchange = await an_exchange()
    today = await clock.today()
    later = today + timedelta(days=300)

    for changes in (
        {"ends_on": today - timedelta(days=1)},
        {"starts_on": today - timedelta(days=1)},
        {"phases": (PhaseDraft("倒着走", today + timedelta(days=5), today),)},
        {"phases": (PhaseDraft("太晚", today, later),)},
        {"milestones": (MilestoneDraft("太晚", later),)},
    ):
        with pytest.raises(ProjectPlanUnsound):
            await a_draft(exchange, **changes)

    assert await count_projects() == 0


async def test_an_appeal_links_to_a_designated_platform(db):
    exchange = await an_exchange()

    project_id = await a_draft(exchange, appeal_url=" https://gongyi.qq.com/succor/1 ")

    sql = "SELECT appeal_url FROM matching_project WHERE id = $1"
    assert await database.fetch_value(sql, project_id) == "https://gongyi.qq.com/succor/1"


async def test_a_project_without_money_is_funded_by_its_approval(db):
    exchange = await an_exchange()

    project_id = await approved(exchange, lines=())

    assert await state_of(project_id) == "funded"


async def test_a_project_that_needs_a_venue_does_not_start_without_one(db):
    exchange = await an_exchange()
    project_id = await approved(exchange, lines=(), needs_venue=True)

    with pytest.raises(VenueMissing):
        await deciding.start_project(exchange.leader, project_id)

    assert await state_of(project_id) == "funded"


async def test_a_project_at_rest_is_reminded_of_nothing_and_goes_on_from_where_it_was(
    db, moved_clock
):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    await deciding.suspend_project(exchange.committee, project_id, reason="场地维修")
    await moved_clock.advance(timedelta(days=30))

    told = await jobs.remind_of_due_milestones() + await jobs.note_overdue_milestones()
    await deciding.resume_project(exchange.committee, project_id)
    told_after = [await jobs.remind_of_due_milestones(), await jobs.note_overdue_milestones()]
    again = [await jobs.remind_of_due_milestones(), await jobs.note_overdue_milestones()]

    assert (told, told_after, again) == (0, [1, 1], [0, 0])
    assert await state_of(project_id) == "running"
    assert await recorded("matching.Milestone") == ["MilestoneDue", "MilestoneOverdue"]


async def test_a_milestone_is_reached_once(db):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    ((first, *_),) = await queries.milestones_by_project(exchange.lin, [project_id])
    proof = await an_upload(exchange.leader)
    await milestones.reach_milestone(exchange.leader, first["id"], proof_id=proof, note="完成。")

    with pytest.raises(MilestoneOver):
        await milestones.miss_milestone(exchange.committee, first["id"], note="没有完成。")

    ((after, *_),) = await queries.milestones_by_project(exchange.lin, [project_id])
    assert (after["state"], after["note"]) == ("reached", "完成。")


async def test_budget_moves_between_lines_as_somebody_else_approves(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    food, boxes = await lines_of(project_id)

    async def ask(fen: int):
        return await milestones.ask_shift(
            exchange.leader,
            project_id,
            from_line_id=food["id"],
            to_line_id=boxes["id"],
            amount_fen=fen,
            reason="保温箱涨价",
        )

    shift_id = await ask(50_000)
    with pytest.raises(Forbidden):
        await milestones.decide_shift(exchange.leader, shift_id, approves=True)
    await milestones.decide_shift(exchange.committee, shift_id, approves=True)
    with pytest.raises(BudgetLineTooSmall):
        await ask(350_001)

    after = await lines_of(project_id)
    assert [row["amount_fen"] for row in after] == [350_000, 150_000]


async def test_who_asks_for_a_shift_does_not_approve_it(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    food, boxes = await lines_of(project_id)
    shift_id = await milestones.ask_shift(
        exchange.second,
        project_id,
        from_line_id=food["id"],
        to_line_id=boxes["id"],
        amount_fen=1,
        reason="凑整",
    )

    with pytest.raises(DeciderAsked):
        await milestones.decide_shift(exchange.second, shift_id, approves=True)

    assert [row["amount_fen"] for row in await lines_of(project_id)] == [400_000, 100_000]


async def test_only_those_served_evaluate_and_each_once(db):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    stranger = await factories.a_resident(exchange.community, name="周强")
    await finishing.name_served(exchange.leader, project_id, [who(exchange.lin)])
    await finishing.evaluate_project(exchange.lin, project_id, score=4)

    with pytest.raises(NotServed):
        await finishing.evaluate_project(stranger, project_id, score=1)
    with pytest.raises(EvaluatedAlready):
        await finishing.evaluate_project(exchange.lin, project_id, score=1)

    sql = "SELECT array_agg(score::int) FROM matching_evaluation"
    assert await database.fetch_value(sql) == [4]


async def test_evaluations_are_told_from_the_rules_number_on(db):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    people = [await factories.a_resident(exchange.community, name=f"居民{n}") for n in range(5)]
    await finishing.name_served(exchange.leader, project_id, [who(each) for each in people])

    told = []
    for score, each in enumerate(people, 1):
        await finishing.evaluate_project(each, project_id, score=score, remark=f"第{score}句")
        (said,) = await queries.evaluations_by_project(exchange.committee, [project_id])
        told.append((said.count, said.mean_hundredths, said.by_score, said.remarks))

    assert told[3] == (4, None, None, ())
    assert told[4] == (5, 300, (1, 1, 1, 1, 1), ("第1句", "第2句", "第3句", "第4句", "第5句"))


async def test_a_project_with_money_left_is_neither_closed_nor_called_off(db):
    exchange = await an_exchange()
    project_id, _ = await funded(exchange)

    with pytest.raises(ProjectUnfinished) as refused:
        await deciding.cancel_project(exchange.committee, project_id, reason="无人报名")

    assert "拨款" in refused.value.message()
    assert await state_of(project_id) == "funded"


async def test_a_project_takes_no_step_that_is_not_its_next(db):
    exchange = await an_exchange()
    project_id = await submitted(exchange)

    with pytest.raises(ProjectStateUnfit):
        await deciding.start_project(exchange.leader, project_id)
    with pytest.raises(ProjectStateUnfit):
        await planning.submit_project(exchange.leader, project_id)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute(
            "UPDATE matching_project SET state = 'closed', closed_at = kernel_now(),"
            " outcome = '完成' WHERE id = $1",
            project_id,
        )

    assert await state_of(project_id) == "submitted"


async def test_a_returned_application_is_written_anew_and_handed_in_again(db):
    exchange = await an_exchange()
    project_id = await submitted(exchange)
    await deciding.return_project(exchange.committee, project_id, reason="请写明送餐路线。")
    (row,) = await queries.projects_by_id(exchange.leader, [project_id])

    await planning.update_project(
        exchange.leader,
        project_id,
        await a_plan(exchange, aims="每周一三五送餐,路线见附表。"),
        expected_version=row["version"],
    )
    await planning.submit_project(exchange.leader, project_id)

    (after,) = await queries.projects_by_id(exchange.leader, [project_id])
    assert (after["state"], after["aims"], after["reason"]) == (
        "submitted",
        "每周一三五送餐,路线见附表。",
        None,
    )


async def test_an_application_is_seen_by_who_belongs_and_a_draft_by_who_leads(db):
    exchange = await an_exchange()
    stranger = await factories.a_resident(name="外人")
    draft, handed_in = await a_draft(exchange), await submitted(exchange, title="另一个项目")

    seen = [
        [row is not None for row in await queries.projects_by_id(actor, [draft, handed_in])]
        for actor in (exchange.leader, exchange.lin, stranger)
    ]
    with pytest.raises(NotFound):
        await deciding.approve_project(
            await factories.a_committee_member(name="外人"), draft, standing="同意。"
        )

    assert seen == [[True, True], [False, True], [False, False]]


async def test_a_qualification_is_recorded_by_another_for_who_holds_the_role(db):
    exchange = await an_exchange()
    other = await a_social_worker(exchange.community, name="高翔")

    with pytest.raises(ApproverApplied):
        await supervising.record_social_worker(
            other,
            other.person_id,
            area_id=exchange.community.id,
            title="社会工作师",
            qualified_until=await clock.today() + timedelta(days=9),
            proof_id=await an_upload(other),
        )
    with pytest.raises(NotFound):
        await qualified(exchange, exchange.lin)

    assert await database.fetch_value("SELECT count(*) FROM matching_social_worker") == 1


async def test_a_host_is_asked_again_for_what_others_wrote_anew(db):
    exchange = await an_exchange()
    project_id = await a_draft(exchange)
    (before,) = await queries.projects_by_id(exchange.leader, [project_id])

    await planning.update_project(
        exchange.second, project_id, await a_plan(exchange, title="另一份计划"), expected_version=1
    )

    (after,) = await queries.projects_by_id(exchange.leader, [project_id])
    assert before["host_accepted_at"] is not None
    assert after["host_accepted_at"] is None
    assert await recorded("matching.Host") == ["HostAsked"]
