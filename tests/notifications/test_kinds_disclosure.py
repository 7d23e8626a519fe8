"""What is told of duties, disclosures, questions, demands and gatherings: to whom, and how."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from domains.disclosure.service import (
    answering,
    approving,
    demands,
    display,
    drafting,
    gathering_records,
    gatherings,
    obligations,
    questions,
    reading,
)
from domains.kernel import clock, database
from domains.notifications.rules import wording
from domains.notifications.values import Locale, VariableKind
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.questions import answered, asked, due_of
from tests.disclosure.test_demands import raised
from tests.disclosure.test_supervision import planned
from tests.notifications.telling import all_told, occasions, people_told, said_to

FEBRUARY = datetime(2026, 2, 1, 4, tzinfo=UTC)


def at(instant: datetime) -> str:
    """An instant as a notice says it."""
    return wording.said_as(instant.isoformat(), VariableKind.DATETIME, Locale.ZH_HANS)


async def duty_id():
    """The one duty that there is."""
    return await database.fetch_value("SELECT id FROM disclosure_obligation")


async def test_what_is_due_on_one_day_is_told_once_to_who_publishes_and_then_to_who_supervises(
    moved_clock,
):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    due_at = await database.fetch_value("SELECT due_at FROM disclosure_obligation")
    await database.execute(
        "INSERT INTO disclosure_obligation SELECT (jsonb_populate_record(o, jsonb_build_object("
        "'id', $1::text, 'occurrence', '另一件'))).* FROM disclosure_obligation o",
        str(uuid4()),
    )
    codes = ("DUTIES_DUE_SOON", "DUTIES_LATE")

    await moved_clock.set(due_at - timedelta(days=2))
    await jobs.remind_of_due_obligations()
    await all_told(codes)
    await moved_clock.set(due_at)
    await jobs.mark_late_obligations()
    await all_told(codes)

    near, late = await said_to(codes[0]), await said_to(codes[1])
    publishers = {town.writer.person_id, town.reviewer.person_id}
    assert near.keys() == publishers
    assert near[town.writer.person_id].endswith(f"等 2 项须在 {at(due_at)} 前公开。")
    assert late.keys() == publishers | {town.supervisor.person_id, town.approver.person_id}
    assert sorted(await occasions()) == [(codes[0], "expanded"), (codes[1], "expanded")]


async def test_each_step_of_a_chain_is_told_to_who_takes_it_and_a_return_to_its_author(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    codes = ("DISCLOSURE_TO_APPROVE", "DISCLOSURE_RETURNED", "DISCLOSURE_APPROVED")

    await approving.submit_disclosure(town.writer, draft)
    await all_told(codes)
    first = await said_to(codes[0])
    await approving.return_disclosure(town.supervisor, draft, number=1, reason="请写明楼栋。")
    await all_told(codes)
    returned = await said_to(codes[1])
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(town.supervisor, draft, number=1)
    await all_told(codes)

    assert first == {town.supervisor.person_id: "「停水通知」等待监督审查。"}
    assert returned == {town.writer.person_id: "「停水通知」被退回修改:请写明楼栋。"}
    assert await said_to(codes[0]) == {town.reviewer.person_id: "「停水通知」等待隐私审查。"}
    await approving.approve_disclosure(town.reviewer, draft, number=1)
    await approving.approve_disclosure(town.approver, draft, number=1)
    await all_told(codes)
    assert await said_to(codes[0]) == {}
    assert await said_to(codes[2]) == {
        town.writer.person_id: "「停水通知」已通过全部审核,可以发布。"
    }


async def test_only_followers_hear_what_is_published_and_it_is_taken_back_when_taken_down(db):
    town = await factories.a_town()
    other = await people.a_resident(town.community, name="不关注")
    everything = {"kind": None, "affair": None, "item_code": None}
    await reading.subscribe(town.resident, town.community.id, **everything)
    codes = ("DISCLOSURE_PUBLISHED", "DISCLOSURE_TAKEN_DOWN")

    disclosure = await factories.a_disclosure(town)
    await all_told(codes)
    heard = await said_to(codes[0])
    await display.take_down_disclosure(town.approver, disclosure, reason="内容有误。")
    await all_told(codes)

    assert heard == {town.resident.person_id: "你关注的栏目有更新:「停水通知」新公开。"}
    assert other.person_id not in heard
    assert await people_told(codes[0]) == []
    assert await said_to(codes[1]) == {
        town.writer.person_id: "你撰写的「停水通知」不再展示。原因:内容有误。"
    }


async def test_a_correction_is_told_to_followers_as_that(db):
    town = await factories.a_town()
    everything = {"kind": None, "affair": None, "item_code": None}
    await reading.subscribe(town.resident, town.community.id, **everything)
    disclosure = await factories.a_disclosure(town)
    await drafting.correct_disclosure(
        town.writer, disclosure, factories.WORDS, reason="时间有误。", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure, number=2)

    await all_told(("DISCLOSURE_PUBLISHED",))

    assert await said_to("DISCLOSURE_PUBLISHED") == {
        town.resident.person_id: "你关注的栏目有更新:「停水通知」已更正。"
    }


async def test_a_question_goes_to_who_answers_and_its_answer_to_who_asked_unnamed_or_not(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    codes = ("QUESTION_TO_ANSWER", "QUESTION_ANSWERED")

    question = await asked(town.resident, disclosure, anonymous=True)
    await all_told(codes)
    waiting = await said_to(codes[0])
    due_at = await due_of(question)
    await answered(town.writer, question, upheld=True)
    await all_told(codes)

    said = f"有人就「停水通知」提出异议,请在 {at(due_at)} 前答复。"
    assert waiting == dict.fromkeys((town.writer.person_id, town.reviewer.person_id), said)
    assert await people_told(codes[0]) == []
    assert await said_to(codes[1]) == {
        town.resident.person_id: "对「停水通知」的答复(成立,将予更正):去年只修了一半路段。"
    }


async def test_an_answer_that_is_due_soon_is_told_once_a_deadline_and_not_once_it_is_given(
    moved_clock,
):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    due_at = await due_of(question)

    await moved_clock.set(due_at - timedelta(hours=24, seconds=1))
    early = await jobs.remind_of_due_answers()
    await moved_clock.set(due_at - timedelta(hours=24))
    told = [await jobs.remind_of_due_answers() for _ in range(2)]
    await all_told(("ANSWER_DUE_SOON",))
    said = await said_to("ANSWER_DUE_SOON")
    await answered(town.writer, question)
    await all_told(("ANSWER_DUE_SOON",))

    assert (early, told) == (0, [1, 0])
    assert said == dict.fromkeys(
        (town.writer.person_id, town.reviewer.person_id),
        f"对「停水通知」的异议须在 {at(due_at)} 前答复。",
    )
    assert await people_told("ANSWER_DUE_SOON") == []


async def test_an_answer_that_is_put_off_is_told_of_before_its_new_deadline_too(moved_clock):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    due_at = await due_of(question)
    await moved_clock.set(due_at - timedelta(hours=1))
    first = await jobs.remind_of_due_answers()
    await moved_clock.set(due_at)
    await jobs.escalate_late_questions()
    until = due_at + timedelta(days=5)
    await answering.extend_question(town.approver, question, until=until, reason="施工方正在核对。")
    await all_told(("QUESTION_EXTENDED",))

    await moved_clock.set(until - timedelta(hours=1))
    second = await jobs.remind_of_due_answers()
    await all_told(("ANSWER_DUE_SOON",))

    concerned = (town.resident.person_id, town.writer.person_id, town.reviewer.person_id)
    assert (first, second) == (1, 1)
    assert await said_to("QUESTION_EXTENDED") == dict.fromkeys(
        concerned, f"对「停水通知」的答复延至 {at(until)} 前。理由:施工方正在核对。"
    )
    assert await people_told("ANSWER_DUE_SOON") == sorted(concerned[1:], key=str)


async def test_a_late_answer_is_told_to_the_asker_the_body_and_the_street_which_decides(
    moved_clock,
):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    codes = (
        "ANSWER_LATE",
        "QUESTION_FOR_STREET",
        "QUESTION_ESCALATED",
        "QUESTION_DECISION_LATE",
        "QUESTION_DECIDED",
    )
    await moved_clock.set(await due_of(question))
    await jobs.escalate_late_questions()
    await all_told(codes)
    late = [await people_told(code) for code in codes[:3]]
    street_due = await database.fetch_value("SELECT street_due_at FROM disclosure_question")
    await moved_clock.set(street_due)
    await jobs.note_overdue_decisions()
    await all_told(codes)
    overdue = await people_told(codes[3])

    await answering.decide_question(town.approver, question, text="账目属实。", upheld=False)
    await all_told(codes)

    body = sorted([town.writer.person_id, town.reviewer.person_id], key=str)
    assert late == [body, [town.approver.person_id], [town.resident.person_id]]
    assert overdue == sorted([town.resident.person_id, town.approver.person_id], key=str)
    assert await people_told("QUESTION_FOR_STREET") == []
    assert (await said_to("QUESTION_DECIDED"))[town.resident.person_id] == (
        "对「停水通知」的质询(不成立):账目属实。"
    )


async def test_an_appeal_goes_to_the_street_and_a_correction_back_to_who_objected(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    await answered(town.writer, question)
    await answering.rate_answer(town.resident, question, satisfied=False, comment=None)
    await answering.appeal_answer(town.resident, question, reason="答非所问。")
    codes = ("QUESTION_FOR_STREET", "QUESTION_CORRECTED")
    await all_told(codes)
    street = await people_told(codes[0])

    await answering.decide_question(town.approver, question, text="应予更正。", upheld=True)
    await drafting.correct_disclosure(
        town.writer, disclosure, factories.WORDS, reason="数字有误。", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure, number=2)
    await all_told(codes)

    assert street == [town.approver.person_id]
    assert await said_to(codes[1]) == {
        town.resident.person_id: "因你提出的意见,「停水通知」已公开更正。"
    }


async def test_a_withdrawn_question_is_nobodys_duty_any_more(db):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    await all_told(("QUESTION_TO_ANSWER",))

    await questions.withdraw_question(town.resident, question)
    await all_told(("QUESTION_TO_ANSWER",))

    assert await people_told("QUESTION_TO_ANSWER") == []


async def a_reached_demand(town):
    """A demand with two behind it, of whom one raised it."""
    others = [await people.a_resident(town.community, name=f"居民{n}") for n in range(14)]
    demand = await raised(town, town.resident)
    await demands.support_demand(others[0], demand)
    return sorted([town.resident.person_id, others[0].person_id])


async def test_what_many_demanded_is_told_to_them_until_it_is_public_late_or_waived(moved_clock):
    town = await factories.a_town()
    codes = ("DEMAND_REACHED", "DEMAND_OWED", "DEMANDED_ITEM_LATE")

    behind = await a_reached_demand(town)
    await all_told(codes)
    due_at = await database.fetch_value("SELECT due_at FROM disclosure_obligation")
    await moved_clock.set(due_at)
    await jobs.mark_late_obligations()
    await all_told(codes)

    assert await said_to(codes[0]) == dict.fromkeys(
        behind, f"你支持的「北门改造工程招标」须在 {at(due_at)} 前公开。"
    )
    assert await people_told(codes[1]) == sorted(
        [town.writer.person_id, town.reviewer.person_id], key=str
    )
    assert await people_told(codes[2]) == behind


async def test_a_waiver_of_what_was_demanded_is_told_to_who_demanded_it_with_the_reason(db):
    town = await factories.a_town()
    behind = await a_reached_demand(town)

    await obligations.waive_obligation(town.approver, await duty_id(), reason="工程已取消。")
    await all_told(("DUTY_WAIVED",))

    said = await said_to("DUTY_WAIVED")
    staff = [each.person_id for each in (town.writer, town.reviewer, town.supervisor)]
    assert said.keys() == {*behind, *staff}
    assert said[behind[0]].endswith("不再须公开。理由:工程已取消。")


async def test_a_demand_that_finds_too_little_support_is_told_to_who_stood_behind_it(moved_clock):
    town = await factories.a_town()
    for number in range(14):
        await people.a_resident(town.community, name=f"居民{number}")
    await raised(town, town.resident)
    await all_told(("DEMAND_RAISED",))
    committee = await people_told("DEMAND_RAISED")

    await moved_clock.advance(timedelta(days=40))
    await jobs.lapse_due_demands()
    await all_told(("DEMAND_LAPSED",))

    assert committee == sorted([town.writer.person_id, town.reviewer.person_id], key=str)
    assert await said_to("DEMAND_LAPSED") == {
        town.resident.person_id: "「北门改造工程招标」在期限内支持人数不足。"
    }


async def test_a_gathering_is_told_of_when_planned_near_moved_and_cancelled(moved_clock):
    town = await factories.a_town()
    neighbour = await people.a_resident(town.community, name="邻居")
    both = sorted([town.resident.person_id, neighbour.person_id], key=str)
    codes = (
        "GATHERING_PLANNED",
        "GATHERING_NEAR",
        "GATHERING_OF_YOURS_NEAR",
        "GATHERING_MOVED",
        "GATHERING_CANCELLED",
    )
    gathering = await planned(town)
    await gathering_records.register_topic(
        town.resident, gathering, text="公共收益去向?", anonymous=True, idempotency_key=uuid4()
    )
    await moved_clock.advance(timedelta(hours=30))
    await jobs.remind_of_near_gatherings()
    await all_told(codes)
    before = [await people_told(code) for code in codes]

    starts_at = await clock.now() + timedelta(days=3)
    times = (starts_at, starts_at + timedelta(hours=2), starts_at)
    await gatherings.move_gathering(
        town.writer,
        gathering,
        times=times,
        place="小广场",
        reason="场地检修。",
        expected_revision=1,
    )
    await all_told(codes)
    moved = [await people_told(code) for code in codes]
    said = await said_to("GATHERING_MOVED")
    await gatherings.cancel_gathering(town.writer, gathering, reason="台风预警。", series_too=False)
    await all_told(codes)

    assert before == [both, [neighbour.person_id], [town.resident.person_id], [], []]
    assert moved == [[], [], [], both, []]
    assert said[neighbour.person_id] == (
        f"「物业费与公共收益」改于 {at(starts_at)} 在小广场举行。原因:场地检修。"
    )
    assert [await people_told(code) for code in codes] == [[], [], [], [], both]


async def test_who_brought_a_topic_is_told_of_its_answer(moved_clock):
    town = await factories.a_town()
    gathering = await planned(town)
    topic, _ = await gathering_records.register_topic(
        town.resident, gathering, text="公共收益去向?", anonymous=True, idempotency_key=uuid4()
    )
    codes = ("TOPIC_REGISTERED", "TOPIC_ANSWERED")

    await gathering_records.answer_topic(town.writer, topic, text="见第三季度财务公开。")
    await all_told(codes)

    staff = (town.writer, town.reviewer, town.supervisor, town.approver)
    assert await people_told(codes[0]) == sorted([each.person_id for each in staff], key=str)
    assert await said_to(codes[1]) == {
        town.resident.person_id: "你在「物业费与公共收益」登记的话题已有答复。"
    }
