"""What is told of issues and discussions: each step to who raised it, each duty to who has it."""

from domains.meetings.service import issue_steps, moderation
from domains.meetings.values.discussion import ReportGround, Side
from domains.meetings.values.issues import IssueCategory
from tests.meetings.matters import a_place, an_issue
from tests.meetings.test_discussion import COMMENT, a_hidden_comment, a_talk, say
from tests.notifications.telling import all_told, people_told, said_to

NOISE = IssueCategory.NOISE


async def test_a_new_issue_goes_to_the_committee_and_each_step_to_who_raised_it(db):
    place = await a_place()
    issue_id = await an_issue(place)
    codes = ("ISSUE_RAISED", "ISSUE_STEP")
    await all_told(codes)
    raised = await people_told(codes[0])

    await issue_steps.triage_issue(place.committee, issue_id, category=NOISE)
    await all_told(codes)
    taken_up = await said_to(codes[1])

    assert raised == [place.committee.person_id]
    assert taken_up == {place.lin.person_id: "「广场舞噪音扰民」:已受理。"}


async def test_whoever_raised_an_issue_is_told_that_it_was_declined(db):
    place = await a_place()
    issue_id = await an_issue(place)

    await issue_steps.decline_issue(place.committee, issue_id, reason="不属社区职责。")
    await all_told(("ISSUE_STEP",))

    assert await said_to("ISSUE_STEP") == {
        place.lin.person_id: "「广场舞噪音扰民」:未予受理,请查看理由。"
    }


async def test_a_reply_is_told_to_whom_it_answers_and_a_comment_to_nobody(db):
    place, subject = await a_talk()
    first = await say(place.lin, subject)
    await all_told(("COMMENT_REPLIED",))
    nobody = await people_told("COMMENT_REPLIED")

    await say(place.residents[1], subject, "公园太远。", side=Side.AGAINST, parent_id=first)
    await all_told(("COMMENT_REPLIED",))

    assert nobody == []
    assert await said_to("COMMENT_REPLIED") == {
        place.lin.person_id: "在「广场舞噪音扰民」的讨论中,有人回复了你。"
    }


async def test_a_hidden_text_and_the_outcome_of_its_appeal_are_told_to_its_author(db):
    place, _, _, hiding_id = await a_hidden_comment()
    codes = ("TEXT_HIDDEN", "HIDING_APPEALED", "HIDING_DECIDED")
    await all_told(codes)
    hidden = await said_to(codes[0])
    await moderation.appeal_hiding(place.lin, hiding_id, text="我没有骂人")
    await all_told(codes)
    appealed = await people_told(codes[1])

    await moderation.decide_appeal(place.street_office, hiding_id, lifted=True, reason="属正常表达")
    await all_told(codes)

    assert hidden == {
        place.lin.person_id: "你在「广场舞噪音扰民」中的发言被隐藏:含有人身攻击 你可以申诉。"
    }
    assert place.committee.person_id in appealed
    assert await said_to(codes[2]) == {
        place.lin.person_id: "你在「广场舞噪音扰民」中的发言已恢复显示:属正常表达"
    }


async def test_a_reported_text_is_told_to_who_looks_at_it(db):
    place, subject = await a_talk()
    comment_id = await say(place.lin, subject)

    await moderation.report(place.residents[1], COMMENT, comment_id, ground=ReportGround.ABUSE)
    await all_told(("TEXT_REPORTED",))

    assert await people_told("TEXT_REPORTED") == [place.committee.person_id]
