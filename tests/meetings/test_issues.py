"""Issues from the report to the evaluation, on the database."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.kernel import clock, database, settings
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, TooManyAttempts
from domains.kernel.outbox import record as outbox_record
from domains.meetings.errors import (
    AssignmentSettled,
    BallotOrdered,
    BallotUnforeseen,
    DeadlineUnfit,
    DepartmentCalled,
    EvaluationAwaited,
    EvaluationGiven,
    HandlerUnfit,
    IssueMustBeLookedAt,
    IssueNotReady,
    MeetingOrdered,
    MergeUnfit,
    OwnIssue,
    PictureUnfit,
    RiskUnassessed,
    WhistleSettled,
)
from domains.meetings.models import Issue
from domains.meetings.service import (
    agenda,
    assignments,
    issue_steps,
    issue_tables,
    issues,
    meetings,
    moving,
    overdue,
    whistles,
)
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.service.issue_tables import BallotPlan
from domains.meetings.service.issues import OnBehalf
from domains.meetings.service.moving import Moved
from domains.meetings.values import AgendaItemKind, MeetingState
from domains.meetings.values.issues import (
    HandlerKind,
    IssueCategory,
    IssueState,
    RiskLevel,
    Satisfaction,
)
from domains.membership.errors import HelperIsPerson
from domains.membership.values import ConsentForm
from domains.voting import queries as voting_queries
from domains.voting import service as voting
from domains.voting.errors import NumbersInText
from domains.voting.events import PollAnnulled
from jobs import matters, outbox
from tests import factories
from tests.meetings.factories import a_body, a_meeting, a_seat
from tests.meetings.matters import (
    DAY,
    a_draft,
    a_heard_issue,
    a_hearing,
    a_place,
    a_revisited_issue,
    an_assessed_issue,
    an_issue,
    an_upload,
    events,
    history,
    the,
)
from tests.voting.factories import cast


async def test_a_resident_raises_an_issue_and_its_history_begins(db):
    place = await a_place()

    issue_id = await an_issue(place)

    issue = await the(issue_id)
    assert (issue.state, issue.proposer_id) == (IssueState.REPORTED, place.lin.person_id)
    assert issue.due_at is not None
    assert await history(issue_id) == ["raised"]
    assert await events("IssueRaised", "IssueMoved") == ["IssueRaised", "IssueMoved"]


async def test_raising_twice_with_one_key_is_once(db):
    place, key = await a_place(), uuid4()
    given = (place.lin, place.community.id, a_draft())

    first = await issues.raise_issue(*given, idempotency_key=key)
    again = await issues.raise_issue(*given, idempotency_key=key)

    assert (first[0], False, True) == (again[0], first[1], again[1])
    assert await Issue.all().count() == 1


async def test_nobody_raises_issues_where_they_do_not_belong(db):
    place, other = await a_place(), await a_place()

    with pytest.raises(NotFound):
        await an_issue(place, by=other.lin)

    assert await Issue.all().count() == 0


async def test_telephone_numbers_and_empty_texts_are_not_taken(db):
    place = await a_place()

    with pytest.raises(NumbersInText):
        await an_issue(place, a_draft(text="请联系 13912345678 处理"))
    with pytest.raises(InvalidInput):
        await an_issue(place, a_draft(title="<b></b>"))

    assert await Issue.all().count() == 0


async def test_an_issue_shows_pictures_of_whoever_raised_it_only(db):
    place = await a_place()
    own, strange = await an_upload(place.lin), await an_upload(place.residents[1])
    paper = await an_upload(place.lin, media_type="application/pdf")

    issue_id = await an_issue(place, a_draft(pictures=(own,)))
    for unfit in ((strange,), (paper,), (own, own)):
        with pytest.raises(PictureUnfit):
            await an_issue(place, a_draft(pictures=unfit))

    rows = await database.fetch("SELECT issue_id, upload_id FROM meetings_issue_picture")
    assert [(row["issue_id"], row["upload_id"]) for row in rows] == [(issue_id, own)]


async def test_staff_enter_an_issue_for_a_resident_and_it_is_theirs(db):
    place = await a_place()
    helped = OnBehalf(place.lin.person_id, ConsentForm.SPOKEN, "老人不会用手机")

    issue_id, _ = await issues.raise_issue_for(
        place.committee, place.community.id, a_draft(), helped, idempotency_key=uuid4()
    )

    issue = await the(issue_id)
    assert (issue.proposer_id, issue.entered_by_id) == (
        place.lin.person_id,
        place.committee.person_id,
    )
    entries = await database.fetch("SELECT person_id, helper_id FROM membership_assisted_entry")
    assert [tuple(row.values()) for row in entries] == [
        (place.lin.person_id, place.committee.person_id)
    ]


async def test_nobody_enters_an_issue_for_a_stranger_or_for_themselves(db):
    place, other = await a_place(), await a_place()

    for who, refusal in (
        (other.lin.person_id, NotFound),
        (place.committee.person_id, HelperIsPerson),
    ):
        with pytest.raises(refusal):
            await issues.raise_issue_for(
                place.committee,
                place.community.id,
                a_draft(),
                OnBehalf(who, ConsentForm.SPOKEN),
                idempotency_key=uuid4(),
            )

    assert await Issue.all().count() == 0


async def test_who_raises_too_many_issues_a_day_waits(moved_clock, monkeypatch):
    monkeypatch.setenv("GONGYI_ISSUES_PER_DAY", "2")
    settings.current.cache_clear()
    place = await a_place()
    try:
        await an_issue(place)
        await an_issue(place)

        with pytest.raises(TooManyAttempts):
            await an_issue(place)
        await moved_clock.advance(DAY)
        await an_issue(place)
    finally:
        settings.current.cache_clear()

    assert await Issue.all().count() == 3


async def a_crowd(place, issue_id: UUID, count: int) -> None:
    for resident in place.residents[1 : count + 1]:
        await issues.support_issue(resident, issue_id)


async def test_supporting_twice_is_once_and_can_be_taken_back(db):
    place = await a_place()
    issue_id = await an_issue(place)

    first = await issues.support_issue(place.residents[1], issue_id)
    again = await issues.support_issue(place.residents[1], issue_id)
    after = await issues.withdraw_support(place.residents[1], issue_id)

    assert (first, again, after) == (1, 1, 0)
    with pytest.raises(OwnIssue):
        await issues.support_issue(place.lin, issue_id)
    with pytest.raises(Forbidden):
        await issues.support_issue(place.street_office, issue_id)


async def test_what_ten_support_must_be_looked_at_and_is_not_waved_away(db):
    place = await a_place(residents=11)
    issue_id = await an_issue(place)

    await a_crowd(place, issue_id, 9)
    before = await the(issue_id)
    await a_crowd(place, issue_id, 10)

    issue = await the(issue_id)
    assert (before.look_due_at, issue.look_due_at is not None) == (None, True)
    assert await history(issue_id) == ["raised", "supported_enough"]
    assert await events("IssueMustBeHeard") == ["IssueMustBeHeard"]
    with pytest.raises(IssueMustBeLookedAt):
        await issue_steps.decline_issue(place.committee, issue_id, reason="不属于受理范围")
    with pytest.raises(IssueMustBeLookedAt):
        await issue_steps.withdraw_issue(place.lin, issue_id)
    assert (await the(issue_id)).state is IssueState.REPORTED


async def test_supporters_at_the_same_time_reach_the_threshold_once(db):
    place = await a_place(residents=12)
    issue_id = await an_issue(place)

    await asyncio.gather(
        *(issues.support_issue(resident, issue_id) for resident in place.residents[1:])
    )

    assert await events("IssueMustBeHeard") == ["IssueMustBeHeard"]
    assert (await the(issue_id)).look_due_at is not None


async def test_an_issue_goes_the_long_way_and_whoever_raised_it_hears_of_every_change(db):
    place = await a_place()

    issue_id, _ = await a_heard_issue(place)
    await issue_steps.resolve_issue(place.committee, issue_id, outcome="舞队迁往九龙湖公园")
    await issue_steps.start_issue(place.committee, issue_id)
    await issue_steps.feed_back_issue(place.committee, issue_id, feedback="舞队已迁走")
    await issue_steps.revisit_issue(place.committee, issue_id, findings="夜间已安静")
    await issue_steps.evaluate_issue(
        place.lin, issue_id, satisfaction=Satisfaction.SATISFIED, text="终于能睡好了"
    )
    await issue_steps.close_issue(place.committee, issue_id)

    told = await history(issue_id)
    assert told == [
        "raised",
        "triaged",
        "risk_assessed",
        "scheduled",
        "deliberated",
        "resolved",
        "implementing",
        "fed_back",
        "revisited",
        "evaluated",
        "closed",
    ]
    assert await events("IssueMoved") == ["IssueMoved"] * len(told)
    assert (await the(issue_id)).state is IssueState.CLOSED


async def test_one_issue_comes_before_several_meetings(db):
    place = await a_place()
    issue_id, first = await a_heard_issue(place)

    body = await a_body(place.community, name="协调会")
    others = [await a_hearing(place, issue_id, body) for _ in range(3)]

    rows = await database.fetch(
        "SELECT id FROM meetings_agenda_item WHERE issue_id = $1 ORDER BY created_at", issue_id
    )
    assert [row["id"] for row in rows] == [first, *others]
    assert (await the(issue_id)).state is IssueState.DELIBERATED


async def test_whoever_raised_an_issue_hears_what_becomes_of_its_point_on_agendas(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place, level=RiskLevel.HIGH)
    body = await a_body(place.community)
    await a_seat(body, place.residents[1])
    planned = MeetingState.PLANNED
    in_ten_days = await clock.now() + timedelta(days=10)
    first = await a_meeting(body, state=planned, starts_at=in_ten_days)
    second = await a_meeting(body, state=planned, starts_at=in_ten_days)
    before = await events("IssueMoved")

    item_id = await issue_tables.schedule_issue(place.committee, issue_id, body_id=body.id)
    await agenda.place_item(place.committee, item_id, first.id)
    await meetings.publish_agenda(place.committee, first.id)
    later = Moved(in_ten_days + timedelta(days=9), in_ten_days + timedelta(days=9, hours=1), "场地")
    await moving.reschedule_meeting(place.committee, first.id, later)
    await agenda.withdraw_item(place.committee, item_id, reason="资料未齐")
    again = await issue_tables.schedule_issue(place.committee, issue_id, body_id=body.id)
    await agenda.place_item(place.committee, again, second.id)
    await moving.cancel_meeting(place.committee, second.id, reason="人数不足")

    told = ["placed", "convened", "convened", "taken_off", "scheduled", "placed", "taken_off"]
    assert (await history(issue_id))[-8:] == ["scheduled", *told]
    assert len(await events("IssueMoved")) == len(before) + 8
    assert (await the(issue_id)).state is IssueState.SCHEDULED


async def test_an_item_that_no_meeting_has_dealt_with_is_no_deliberation(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place, level=RiskLevel.HIGH)
    body = await a_body(place.community)
    item_id = await issue_tables.schedule_issue(place.committee, issue_id, body_id=body.id)

    with pytest.raises(IssueNotReady):
        await issue_tables.record_deliberation(
            place.committee, issue_id, item_id=item_id, summary="已讨论"
        )
    with pytest.raises(NotFound):
        await issue_tables.record_deliberation(
            place.committee, issue_id, item_id=uuid4(), summary="已讨论"
        )

    assert (await the(issue_id)).state is IssueState.SCHEDULED


async def test_an_issue_is_not_scheduled_with_a_body_of_another_place(db):
    place, other = await a_place(), await a_place()
    issue_id = await an_assessed_issue(place)
    body = await a_body(other.community)

    with pytest.raises(HandlerUnfit):
        await issue_tables.schedule_issue(place.committee, issue_id, body_id=body.id)

    assert (await the(issue_id)).state is IssueState.RISK_ASSESSED


async def test_more_than_a_low_risk_is_not_resolved_without_a_meeting(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place, level=RiskLevel.MEDIUM)

    with pytest.raises(MeetingOrdered):
        await issue_steps.resolve_issue(place.committee, issue_id, outcome="直接处理")

    assert (await the(issue_id)).state is IssueState.RISK_ASSESSED


async def test_a_declined_issue_says_why_and_ends(db):
    place = await a_place()
    issue_id = await an_issue(place)

    await issue_steps.decline_issue(place.committee, issue_id, reason="不属于社区职权范围")

    issue = await the(issue_id)
    assert (issue.state, issue.reason) == (IssueState.DECLINED, "不属于社区职权范围")
    with pytest.raises(IssueNotReady):
        await issue_steps.triage_issue(place.committee, issue_id, category=IssueCategory.NOISE)


async def test_a_merged_issue_takes_its_supporters_and_its_proposer_along(db):
    place = await a_place(residents=4)
    one = await an_issue(place)
    other = await an_issue(place, by=place.residents[1])
    await issues.support_issue(place.residents[2], other)
    await issues.support_issue(place.lin, other)

    await issue_steps.merge_issue(place.committee, other, into_id=one, reason="内容相同")

    rows = await database.fetch(
        "SELECT person_id FROM meetings_issue_support WHERE issue_id = $1", one
    )
    assert {row["person_id"] for row in rows} == {
        place.residents[1].person_id,
        place.residents[2].person_id,
    }
    assert ((await the(other)).state, (await the(other)).merged_into_id) == (
        IssueState.MERGED,
        one,
    )
    assert await history(one) == ["raised", "received_merged"]


async def test_an_issue_is_not_merged_into_itself_an_ended_one_or_another_place(db):
    place, other = await a_place(), await a_place()
    issue_id, ended, far = await an_issue(place), await an_issue(place), await an_issue(other)
    await issue_steps.decline_issue(place.committee, ended, reason="重复提出")

    for into, refusal in ((issue_id, MergeUnfit), (ended, MergeUnfit), (far, NotFound)):
        with pytest.raises(refusal):
            await issue_steps.merge_issue(
                place.committee, issue_id, into_id=into, reason="内容相同"
            )

    assert (await the(issue_id)).state is IssueState.REPORTED


async def test_an_issue_closes_after_its_evaluation_or_the_time_for_it(moved_clock):
    place = await a_place()
    issue_id = await a_revisited_issue(place)

    with pytest.raises(EvaluationAwaited):
        await issue_steps.close_issue(place.committee, issue_id)
    until = (await the(issue_id)).evaluation_until
    await moved_clock.set(until)
    await issue_steps.close_issue(place.committee, issue_id)

    assert (await the(issue_id)).state is IssueState.CLOSED


async def test_only_whoever_raised_it_evaluates_and_only_once(db):
    place = await a_place()
    issue_id = await a_revisited_issue(place)

    with pytest.raises(Forbidden):
        await issue_steps.evaluate_issue(
            place.residents[1], issue_id, satisfaction=Satisfaction.SATISFIED
        )
    await issue_steps.evaluate_issue(place.lin, issue_id, satisfaction=Satisfaction.UNSATISFIED)
    with pytest.raises(EvaluationGiven):
        await issue_steps.evaluate_issue(place.lin, issue_id, satisfaction=Satisfaction.SATISFIED)

    assert (await the(issue_id)).evaluation is Satisfaction.UNSATISFIED


async def test_an_issue_opens_again_after_a_revisit_and_from_nowhere_else(db):
    place = await a_place()
    resolved = await an_assessed_issue(place)
    await issue_steps.resolve_issue(place.committee, resolved, outcome="已协调")
    revisited = await a_revisited_issue(place)
    await issue_steps.evaluate_issue(place.lin, revisited, satisfaction=Satisfaction.UNSATISFIED)

    await issue_steps.reopen_issue(place.lin, revisited, reason="又开始跳了")
    with pytest.raises(IssueNotReady):
        await issue_steps.reopen_issue(place.committee, resolved, reason="重新处理")

    again = await the(revisited)
    assert (again.state, again.reopened, again.evaluation) == (IssueState.TRIAGED, 1, None)
    assert (await the(resolved)).state is IssueState.RESOLVED


async def test_the_database_itself_opens_no_issue_that_was_not_revisited(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place)
    await issue_steps.resolve_issue(place.committee, issue_id, outcome="已协调")

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE meetings_issue SET state = 'triaged' WHERE id = $1", issue_id
        )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute("DELETE FROM meetings_history WHERE subject_id = $1", issue_id)


async def test_an_assignment_is_due_by_the_rules_and_sooner_on_request_never_later(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place, level=RiskLevel.CRITICAL)
    worker = await factories.a_grid_worker(place.community)
    to = (HandlerKind.PERSON, worker.person_id)
    now = await clock.now()

    for unfit in (now - DAY, now + timedelta(days=30)):
        with pytest.raises(DeadlineUnfit):
            await assignments.assign_issue(
                place.committee, issue_id, to, task="上门核实", due_at=unfit
            )
    assignment_id = await assignments.assign_issue(
        place.committee, issue_id, to, task="上门核实", due_at=now + timedelta(hours=3)
    )
    await assignments.complete_assignment(worker, assignment_id, note="已核实")

    row = await database.fetch_one("SELECT state, due_at FROM meetings_assignment")
    assert (row["state"], row["due_at"]) == ("done", now + timedelta(hours=3))
    with pytest.raises(AssignmentSettled):
        await assignments.complete_assignment(worker, assignment_id, note="再次办理")


async def test_only_whom_it_was_given_to_completes_an_assignment(db):
    place = await a_place()
    issue_id = await an_issue(place)
    body = await a_body(place.community)
    chair = place.residents[1]
    assignment_id = await assignments.assign_issue(
        place.committee, issue_id, (HandlerKind.BODY, body.id), task="组织协商"
    )

    with pytest.raises(Forbidden):
        await assignments.complete_assignment(chair, assignment_id, note="已办结")
    await a_seat(body, chair)
    with pytest.raises(Forbidden):
        await assignments.complete_assignment(chair, assignment_id, note="已办结")
    await database.execute("UPDATE meetings_seat SET office = 'chair'")
    await assignments.complete_assignment(chair, assignment_id, note="已办结")

    assert await database.fetch_value("SELECT state FROM meetings_assignment") == "done"


async def test_nothing_is_given_to_strangers(db):
    place, other = await a_place(), await a_place()
    issue_id = await an_issue(place)

    for to in (
        (HandlerKind.PERSON, other.lin.person_id),
        (HandlerKind.PERSON, uuid4()),
        (HandlerKind.ORGANISATION, other.department.id),
        (HandlerKind.BODY, (await a_body(other.community)).id),
    ):
        with pytest.raises(HandlerUnfit):
            await assignments.assign_issue(place.committee, issue_id, to, task="请处理")

    assert await database.fetch_value("SELECT count(*) FROM meetings_assignment") == 0


async def test_a_referred_issue_is_resolved_by_whom_it_went_to(db):
    place = await a_place()
    issue_id = await an_assessed_issue(place)
    to = (HandlerKind.ORGANISATION, place.department.id)

    await assignments.refer_issue(place.committee, issue_id, to, reason="属执法事项")
    await issue_steps.resolve_issue(place.department_head, issue_id, outcome="已责令整改")

    assert await history(issue_id) == [
        "raised",
        "triaged",
        "risk_assessed",
        "referred",
        "resolved",
    ]


async def test_the_street_whistles_and_the_department_comes(db):
    place = await a_place()
    issue_id = await an_issue(place)
    called = (place.street_office, issue_id, place.department.id)

    whistle_id = await whistles.blow_whistle(*called, asked="请到场执法")
    with pytest.raises(DepartmentCalled):
        await whistles.blow_whistle(*called, asked="请再到场")
    comes_at = await clock.now() + DAY
    await whistles.answer_whistle(
        place.department_head, whistle_id, answer="明日到场", comes_at=comes_at
    )

    row = await database.fetch_one("SELECT state, answer, comes_at FROM meetings_whistle")
    assert tuple(row.values()) == ("answered", "明日到场", comes_at)
    assert await history(issue_id) == ["raised", "whistle_blown", "whistle_answered"]
    with pytest.raises(WhistleSettled):
        await whistles.answer_whistle(place.department_head, whistle_id, answer="再次答复")


async def test_only_the_street_whistles_and_only_for_departments_that_alone_answer(db):
    place, other = await a_place(), await a_place()
    issue_id = await an_issue(place)
    company = await factories.an_organisation(place.street, name="某物业公司")

    with pytest.raises(Forbidden):
        await whistles.blow_whistle(place.committee, issue_id, place.department.id, asked="请到场")
    for unfit in (company.id, other.department.id, uuid4()):
        with pytest.raises(HandlerUnfit):
            await whistles.blow_whistle(place.street_office, issue_id, unfit, asked="请到场")
    whistle_id = await whistles.blow_whistle(
        place.street_office, issue_id, place.department.id, asked="请到场"
    )
    with pytest.raises(Forbidden):
        await whistles.answer_whistle(place.committee, whistle_id, answer="代为答复")
    with pytest.raises(NotFound):
        await whistles.answer_whistle(other.department_head, whistle_id, answer="代为答复")

    assert await database.fetch_value("SELECT state FROM meetings_whistle") == "called"


async def test_what_is_late_is_told_once_and_stays_visible(moved_clock):
    place = await a_place()
    issue_id = await an_issue(place)
    await whistles.blow_whistle(place.street_office, issue_id, place.department.id, asked="请到场")
    to = (HandlerKind.ORGANISATION, place.department.id)
    await assignments.assign_issue(place.committee, issue_id, to, task="请处理")

    assert await overdue.mark_overdue_issue() is None
    await moved_clock.advance(timedelta(days=60))
    marks = (
        overdue.mark_overdue_issue,
        overdue.mark_overdue_assignment,
        overdue.mark_overdue_whistle,
    )
    first = [await mark() for mark in marks]
    again = [await mark() for mark in marks]

    assert (first, again) == ([issue_id] * 3, [None] * 3)
    assert await events("IssueOverdue", "AssignmentOverdue", "WhistleOverdue") == [
        "IssueOverdue",
        "AssignmentOverdue",
        "WhistleOverdue",
    ]
    assert (await history(issue_id))[-3:] == ["overdue"] * 3


async def a_ballot(place, issue_id: UUID) -> UUID:
    opens_at = await clock.now() + timedelta(days=20)
    plan = BallotPlan("是否使用维修资金更换电梯?", opens_at, opens_at + DAY)
    return await issue_tables.escalate_issue(place.committee, issue_id, plan)


async def test_what_the_law_puts_to_the_ballot_goes_there_and_nowhere_else(db):
    place = await a_place()
    issue_id, _ = await a_heard_issue(place, category=IssueCategory.MAINTENANCE_FUND)
    noise, _ = await a_heard_issue(place)

    with pytest.raises(BallotOrdered):
        await issue_steps.resolve_issue(place.committee, issue_id, outcome="直接动用")
    with pytest.raises(BallotUnforeseen):
        await a_ballot(place, noise)
    poll_id = await a_ballot(place, issue_id)

    poll = await database.fetch_one(
        "SELECT id, rule_code, subject_kind, subject_id, state FROM voting_poll"
    )
    assert tuple(poll.values()) == (poll_id, "OWNERS_GENERAL", "issue", issue_id, "draft")
    assert (await the(issue_id)).state is IssueState.ESCALATED_TO_BALLOT


async def test_a_cancelled_ballot_leads_an_issue_back_to_the_table(db):
    place = await a_place()
    issue_id, _ = await a_heard_issue(place, category=IssueCategory.MAINTENANCE_FUND)
    poll_id = await a_ballot(place, issue_id)

    await voting.cancel_poll(place.committee, poll_id, reason="议题撤回")
    await outbox.relay()

    assert (await the(issue_id)).state is IssueState.DELIBERATED
    with pytest.raises(BallotOrdered):
        await issue_steps.resolve_issue(place.committee, issue_id, outcome="直接动用")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("passed", IssueState.RESOLVED), ("rejected", IssueState.DELIBERATED)],
)
async def test_a_counted_ballot_leads_an_issue_on_once(db, outcome, state):
    place = await a_place()
    issue_id, _ = await a_heard_issue(place, category=IssueCategory.MAINTENANCE_FUND)
    poll_id = await a_ballot(place, issue_id)
    payload = {"poll_id": str(poll_id), "outcome": outcome}

    for _ in range(2):
        async with database.transaction():
            await matters.settle_ballot(uuid4(), payload)

    assert (await the(issue_id)).state is state
    assert (await the(issue_id)).ballot_decided_at is not None
    assert len(await history(issue_id)) == 7


@pytest.mark.parametrize(
    ("positions", "state"),
    [((1, 1, 1), IssueState.RESOLVED), ((1, 1, 2), IssueState.DELIBERATED)],
)
async def test_owners_decide_an_issue_at_the_ballot_box(moved_clock, positions, state):
    place = await a_place()
    issue_id, _ = await a_heard_issue(place, category=IssueCategory.HOME_TO_BUSINESS)
    poll_id = await a_ballot(place, issue_id)
    await voting.publish_poll(place.committee, poll_id)
    opens_at, closes_at = await voting_queries.poll_window(poll_id)
    while await voting.freeze_due_roll():
        pass
    await moved_clock.set(opens_at)
    while await voting.freeze_due_roll():
        pass
    await voting.open_due_poll()

    for resident, position in zip(place.residents, positions, strict=True):
        await cast(resident, poll_id, position)
    await moved_clock.set(closes_at)
    await voting.close_due_poll()
    await voting.tally_due_poll()
    await outbox.relay()

    assert (await the(issue_id)).state is state
    assert (await the(issue_id)).ballot_decided_at is not None


async def test_an_annulled_ballot_takes_an_issue_back_to_the_table(db):
    place = await a_place()
    issue_id, _ = await a_heard_issue(place, category=IssueCategory.MAINTENANCE_FUND)
    poll_id = await a_ballot(place, issue_id)
    async with database.transaction():
        await matters.settle_ballot(uuid4(), {"poll_id": str(poll_id), "outcome": "passed"})

    async with database.transaction():
        await outbox_record(PollAnnulled(poll_id, place.community.path))
    await outbox.relay()

    assert (await the(issue_id)).state is IssueState.DELIBERATED
    with pytest.raises(BallotOrdered):
        await issue_steps.resolve_issue(place.committee, issue_id, outcome="直接动用")
    assert await a_ballot(place, issue_id) != poll_id


async def test_commands_over_an_issue_of_another_place_find_nothing(db):
    place, other = await a_place(), await a_place()
    issue_id = await an_issue(place)
    stranger, committee = other.lin, other.committee

    for refused in (
        issues.support_issue(stranger, issue_id),
        issue_steps.withdraw_issue(stranger, issue_id),
        issue_steps.triage_issue(committee, issue_id, category=IssueCategory.PETS),
        issue_steps.decline_issue(committee, issue_id, reason="不受理"),
        issue_steps.assess_issue_risk(committee, issue_id, level=RiskLevel.LOW, note="无风险"),
        issue_steps.resolve_issue(committee, issue_id, outcome="已解决"),
        issue_steps.close_issue(committee, issue_id),
        issue_steps.reopen_issue(committee, issue_id, reason="重开"),
        whistles.blow_whistle(other.street_office, issue_id, other.department.id, asked="请到场"),
    ):
        with pytest.raises(NotFound):
            await refused

    issue = await the(issue_id)
    assert (issue.state, issue.category) == (IssueState.REPORTED, IssueCategory.NOISE)
    assert await history(issue_id) == ["raised"]


async def test_two_who_move_one_issue_at_once_move_it_once(db):
    place = await a_place()
    issue_id = await an_issue(place)

    told = await asyncio.gather(
        issue_steps.triage_issue(place.committee, issue_id, category=IssueCategory.NOISE),
        issue_steps.decline_issue(place.committee, issue_id, reason="不受理"),
        issue_steps.triage_issue(SYSTEM, issue_id, category=IssueCategory.PETS),
        return_exceptions=True,
    )

    moved = [each for each in told if each is None]
    refusals = {type(each) for each in told if each is not None}
    # An issue may be declined after it was sorted, but nothing follows that.
    assert len(moved) in {1, 2}
    assert refusals <= {IssueNotReady}
    assert len(await history(issue_id)) == 1 + len(moved)


async def test_an_item_of_an_agenda_about_an_issue_brings_it_before_the_meeting(db):
    place = await a_place()
    issue_id, unassessed = await an_assessed_issue(place), await an_issue(place)
    body = await a_body(place.community)
    meeting = await a_meeting(body, state=MeetingState.PLANNED)

    def about(each):
        return ItemDraft("广场舞噪音", AgendaItemKind.DECIDE, issue_id=each)

    item_id, _ = await agenda.add_item(
        place.committee, meeting.id, about(issue_id), idempotency_key=uuid4()
    )
    with pytest.raises(IssueNotReady):
        await agenda.add_item(
            place.committee, meeting.id, about(unassessed), idempotency_key=uuid4()
        )

    assert (await the(issue_id)).state is IssueState.SCHEDULED
    assert (await history(issue_id))[-1] == "scheduled"
    rows = await database.fetch("SELECT id, issue_id FROM meetings_agenda_item")
    assert [tuple(row.values()) for row in rows] == [(item_id, issue_id)]


async def test_what_was_given_away_unassessed_is_assessed_before_it_goes_on(db):
    place = await a_place()
    issue_id = await an_issue(place)
    await issue_steps.triage_issue(place.committee, issue_id, category=IssueCategory.NOISE)
    to = (HandlerKind.ORGANISATION, place.department.id)
    await assignments.refer_issue(place.committee, issue_id, to, reason="属执法事项")

    with pytest.raises(RiskUnassessed):
        await issue_steps.resolve_issue(place.department_head, issue_id, outcome="已整改")
    await issue_steps.assess_issue_risk(
        place.committee, issue_id, level=RiskLevel.LOW, note="情绪稳定"
    )

    assert (await the(issue_id)).state is IssueState.RISK_ASSESSED
