"""What follows a review: publication, remarks, orders, second reviews, failures, appraisals."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Role
from domains.kernel.errors import Forbidden, NotFound
from domains.kernel.paging import Page
from domains.membership.models import Person
from domains.pledges.errors import (
    AppraisalOwn,
    AppraisalRecordedAlready,
    AppraisalReplyOver,
    AppraisalUnfounded,
    EarlierUnpublished,
    NotAmongRaters,
    RectificationClosed,
    RectificationOpen,
    RectificationOrderedAlready,
    RectificationOwn,
    RectificationUnreported,
    RemarkGiven,
    RemarksAnswered,
    RemarksUngrouped,
    ReviewRepeated,
    ReviewStateUnfit,
    UnderReview,
)
from domains.pledges.queries import follow_up
from domains.pledges.service import (
    appraisals,
    publication,
    rectifications,
    remarks,
    reviews,
    rule_sets,
)
from domains.pledges.values.reviews import AppraisalGrade
from domains.voting.errors import NumbersInText
from jobs import outbox
from jobs import pledges as jobs
from tests import factories
from tests.pledges.factories import events
from tests.pledges.follow_ups import (
    BAD,
    GOOD,
    a_counted_review,
    a_published_review,
    an_order,
    an_overseer,
    appraise,
    hold_again,
    the_body,
    the_member,
    the_second_half,
)
from tests.pledges.reviews import (
    a_reviewed_town,
    a_scheduled_review,
    an_open_rating,
    close_and_count,
    rate_all,
    the_review,
)

PAGE = Page(50, None)


async def remarks_on(reviewee_id):
    return await database.fetch(
        "SELECT id, text, topic_id FROM pledges_remark WHERE reviewee_id = $1 ORDER BY text",
        reviewee_id,
    )


async def test_a_published_review_is_disclosed_once_with_its_working(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, _ = await a_published_review(town, moved_clock)

    await outbox.relay()
    async with database.transaction():
        await jobs.disclose_review(uuid4(), {"review_id": str(review_id)})

    rows = await database.fetch(
        "SELECT d.area_id, d.state, v.title, v.body_html FROM disclosure_disclosure d"
        " JOIN disclosure_version v ON v.disclosure_id = d.id"
        " WHERE d.source_kind = 'review' AND d.source_id = $1",
        review_id,
    )
    assert [(row["area_id"], row["state"]) for row in rows] == [(town.community.id, "published")]
    assert rows[0]["title"] == f"同心社区{town.year}年上半年民主评议结果"
    said = rows[0]["body_html"]
    assert "<tr><td>参评总人数</td><td>41</td><td>20</td><td>达到</td></tr>" in said
    assert "发出 42 票，收回 42 票，其中有效 42 票、无效 0 票。总体满意率 100.00%。" in said
    assert "<td>践诺完成情况</td><td>42</td><td>0</td><td>0</td><td>0</td><td>100.00%</td>" in said
    assert (
        "<td>居民评议</td><td>60%</td><td>30</td><td>0</td><td>0</td><td>0</td><td>100.00%</td>"
        in said
    )
    assert await events("ReviewPublished") == [
        {"review_id": str(review_id), "area_path": town.community.path}
    ]


async def test_the_street_publishes_what_is_counted_and_nobody_under_review(moved_clock):
    town = await a_reviewed_town(moved_clock)
    overseer = await an_overseer(town)
    review_id = await an_open_rating(town, moved_clock)

    with pytest.raises(ReviewStateUnfit):
        await publication.publish_review(overseer, review_id)
    await rate_all(review_id, GOOD)
    await close_and_count(review_id, moved_clock)
    with pytest.raises(Forbidden):
        await publication.publish_review(town.committee, review_id)
    both = factories.as_actor(await factories.a_person("兼职"), *overseer.grants)
    await database.execute(
        "UPDATE pledges_reviewee SET person_id = $2 WHERE person_id = $1",
        *(town.committee.person_id, both.person_id),
    )
    with pytest.raises(UnderReview):
        await publication.publish_review(both, review_id)

    assert (await the_review(review_id))["state"] == "tallied"
    assert await events("ReviewPublished") == []


async def test_an_earlier_review_is_published_first(moved_clock):
    town = await a_reviewed_town(moved_clock)
    overseer = await an_overseer(town)
    first = await a_counted_review(town, moved_clock)
    second = await the_second_half(town, moved_clock)
    await rate_all(second, GOOD)
    await close_and_count(second, moved_clock)

    with pytest.raises(EarlierUnpublished):
        await publication.publish_review(overseer, second)
    await publication.publish_review(overseer, first)
    await publication.publish_review(overseer, second)

    assert (await the_review(second))["state"] == "published"


async def test_remarks_have_no_author_and_come_apart_from_who_gave_them(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await an_open_rating(town, moved_clock)
    body, own = await the_body(town, review_id), await the_member(town, review_id)
    for resident in town.residents[:3]:
        await remarks.remark(resident, body, text=f"送餐要准时些{resident.person_id.hex[:2]}。")
    before = {row["id"] for row in await remarks_on(body)}

    with pytest.raises(RemarkGiven):
        await remarks.remark(town.residents[0], body, text="再说一遍。")
    with pytest.raises(NotAmongRaters):
        await remarks.remark(town.committee, own, text="说说自己。")
    with pytest.raises(NumbersInText):
        await remarks.remark(town.residents[4], body, text="请打 13812345678。")
    await rate_all(review_id, GOOD)
    await close_and_count(review_id, moved_clock)
    with pytest.raises(ReviewStateUnfit):
        await remarks.remark(town.residents[5], body, text="晚了一步。")

    after = await remarks_on(body)
    assert (len(before), len(after), before & {row["id"] for row in after}) == (3, 3, set())
    assert await database.fetch_value("SELECT count(*) FROM pledges_remark_given") == 0
    columns = await database.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'pledges_remark'"
    )
    assert {row["column_name"] for row in columns} == {
        *("id", "reviewee_id", "topic_id", "text", "withheld_reason")
    }
    told = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE command = 'remarkOnReviewee'"
    )
    assert told == 0


async def a_review_with_remarks(town, moved_clock):
    overseer = await an_overseer(town)
    review_id = await an_open_rating(town, moved_clock)
    body = await the_body(town, review_id)
    for resident, text in zip(
        town.residents, ("周二送得晚。", "周四也晚。", "骂人的话。"), strict=False
    ):
        await remarks.remark(resident, body, text=text)
    await rate_all(review_id, GOOD)
    await close_and_count(review_id, moved_clock)
    return review_id, overseer, body


async def test_remarks_are_grouped_by_the_street_and_answered_by_who_is_under_review(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer, body = await a_review_with_remarks(town, moved_clock)
    by_text = {row["text"]: row["id"] for row in await remarks_on(body)}
    late = [by_text["周二送得晚。"], by_text["周四也晚。"]]

    with pytest.raises(Forbidden):
        await remarks.group(town.second, body, topic="送餐时间", remark_ids=late)
    with pytest.raises(NotFound):
        await remarks.group(overseer, body, topic="送餐时间", remark_ids=[uuid4()])
    topic_id = await remarks.group(overseer, body, topic="送餐时间", remark_ids=late)
    with pytest.raises(RemarksUngrouped):
        await publication.publish_review(overseer, review_id)
    hidden = await follow_up.remarks(ANONYMOUS, body, PAGE)
    await remarks.withhold(overseer, by_text["骂人的话。"], reason="侮辱他人")
    with pytest.raises(NotFound):
        await remarks.answer(town.keeper, topic_id, text="已调整路线。")
    await publication.publish_review(overseer, review_id)
    with pytest.raises(ReviewStateUnfit):
        await remarks.group(overseer, body, topic="别的", remark_ids=late)
    with pytest.raises(Forbidden):
        await remarks.answer(town.committee, topic_id, text="已调整路线。")
    await remarks.answer(town.keeper, topic_id, text="已调整路线,十一点半前送到。")
    with pytest.raises(RemarksAnswered):
        await remarks.answer(town.keeper, topic_id, text="再答一次。")

    told = await follow_up.remarks(ANONYMOUS, body, PAGE)
    (topics,) = await follow_up.topics(ANONYMOUS, [body])
    assert list(hidden.rows) == []
    assert sorted((row["text"] or "", row["withheld_reason"]) for row in told.rows) == [
        ("", "侮辱他人"),
        ("周二送得晚。", None),
        ("周四也晚。", None),
    ]
    assert [(row["title"], row["remarks"], row["answer"]) for row in topics] == [
        ("送餐时间", 2, "已调整路线,十一点半前送到。")
    ]


async def test_a_late_answer_to_remarks_is_noted_once(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer, body = await a_review_with_remarks(town, moved_clock)
    everything = [row["id"] for row in await remarks_on(body)]
    topic_id = await remarks.group(overseer, body, topic="送餐", remark_ids=everything)
    await publication.publish_review(overseer, review_id)
    due_at = (await follow_up.topics(overseer, [body]))[0][0]["due_at"]

    early = await remarks.note_late_answer()
    await moved_clock.set(due_at)
    noted = [await remarks.note_late_answer(), await remarks.note_late_answer()]

    assert (early, noted) == (None, [topic_id, None])
    assert [each["topic_id"] for each in await events("ReviewRemarksAnswerLate")] == [str(topic_id)]


async def test_an_order_has_a_day_is_reported_and_judged_by_another(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    body = await the_body(town, review_id)

    with pytest.raises(Forbidden):
        await rectifications.order(town.second, body, demand="整改。")
    order_id = await an_order(overseer, body)
    with pytest.raises(RectificationOrderedAlready):
        await an_order(overseer, body)
    with pytest.raises(Forbidden):
        await rectifications.report(town.committee, order_id, text="已整改。")
    with pytest.raises(RectificationUnreported):
        await rectifications.judge(overseer, order_id, passed=True, verdict="合格")
    await rectifications.report(town.keeper, order_id, text="台账已公开,每周五更新。")
    with pytest.raises(Forbidden):
        await rectifications.judge(town.keeper, order_id, passed=True, verdict="合格")
    await rectifications.judge(overseer, order_id, passed=True, verdict="台账查看属实")
    with pytest.raises(RectificationClosed):
        await rectifications.report(town.keeper, order_id, text="再报一次。")
    with pytest.raises(RectificationClosed):
        await rectifications.judge(overseer, order_id, passed=False, verdict="不合格")

    (row,) = await follow_up.rectifications(ANONYMOUS, [body])
    assert (row["state"], row["verdict"]) == ("passed", "台账查看属实")
    assert (row["due_at"] - row["ordered_at"]).days in {30, 31, 32, 33}
    assert (await the_review(review_id))["state"] == "rectifying"


async def test_who_reports_never_judges_even_where_both_are_one_person(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    order_id = await an_order(overseer, await the_body(town, review_id))
    await rectifications.report(town.keeper, order_id, text="已整改。")
    both = factories.as_actor(await _person(town.keeper.person_id), *overseer.grants)

    of_body = factories.as_actor(
        await _person(town.keeper.person_id), *overseer.grants, *town.keeper.grants
    )
    with pytest.raises(UnderReview):
        await rectifications.judge(of_body, order_id, passed=True, verdict="合格")
    with pytest.raises(RectificationOwn):
        await rectifications.judge(both, order_id, passed=True, verdict="合格")
    with pytest.raises(asyncpg.CheckViolationError) as kept:
        await database.execute(
            "UPDATE pledges_rectification SET state = 'passed', verdict = '合格',"
            " decided_by_id = reported_by_id, decided_at = kernel_now()"
        )

    assert kept.value.constraint_name == "pledges_rectification_another"


async def _person(person_id):
    return await Person.get(id=person_id)


async def test_a_late_order_is_noted_once_and_judged_as_not_put_right(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    order_id = await an_order(overseer, await the_body(town, review_id))
    due_at = await database.fetch_value("SELECT due_at FROM pledges_rectification")
    early = await rectifications.note_late()
    await moved_clock.set(due_at)

    noted = [await rectifications.note_late(), await rectifications.note_late()]
    with pytest.raises(RectificationUnreported):
        await rectifications.judge(overseer, order_id, passed=True, verdict="合格")
    await rectifications.judge(overseer, order_id, passed=False, verdict="逾期未报")

    row = await database.fetch_one("SELECT state, late_since FROM pledges_rectification")
    assert (early, noted) == (None, [order_id, None])
    assert (row["state"], row["late_since"] >= due_at) == ("failed", True)
    assert len(await events("RectificationLate")) == 1


async def test_the_day_of_an_order_is_moved_by_nobody(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    await an_order(overseer, await the_body(town, review_id))

    for statement in (
        "UPDATE pledges_rectification SET due_at = due_at + interval '9 days'",
        "UPDATE pledges_rectification SET demand = '别的'",
        "DELETE FROM pledges_rectification",
        "DELETE FROM pledges_outcome",
        "UPDATE pledges_outcome SET failed = false, in_a_row = 0",
        "UPDATE pledges_review SET state = 'tallied', published_at = NULL, frozen_follow_up = NULL",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await database.execute(statement)

    assert (await the_review(review_id))["state"] == "rectifying"


async def test_who_had_to_put_something_right_is_reviewed_again(moved_clock):
    town = await a_reviewed_town(moved_clock)
    first, overseer = await a_published_review(town, moved_clock, BAD)
    body = await the_body(town, first)
    with pytest.raises(ReviewStateUnfit):
        await rectifications.hold_second_review(overseer, first)
    order_id = await an_order(overseer, body)
    with pytest.raises(RectificationOpen):
        await rectifications.hold_second_review(overseer, first)
    await rectifications.report(town.keeper, order_id, text="已整改。")
    await rectifications.judge(overseer, order_id, passed=True, verdict="合格")

    second = await rectifications.hold_second_review(overseer, first)
    with pytest.raises(ReviewRepeated):
        await rectifications.hold_second_review(overseer, first)
    under = await database.fetch(
        "SELECT organisation_id FROM pledges_reviewee WHERE review_id = $1", second
    )
    await hold_again(town, moved_clock, second)
    await rate_all(second, GOOD)
    await close_and_count(second, moved_clock)
    await publication.publish_review(overseer, second)

    row = await the_review(second)
    assert [each["organisation_id"] for each in under] == [town.body.id]
    assert (row["parent_id"], row["second_of_id"], row["half"]) == (first, first, "h1")
    assert (await the_review(first))["state"] == "re_reviewed"
    assert [each["review_id"] for each in await events("ReviewReReviewed")] == [str(first)]


async def test_a_void_second_round_held_again_is_still_the_second_of_the_first(moved_clock):
    town = await a_reviewed_town(moved_clock)
    first, overseer = await a_published_review(town, moved_clock, BAD)
    order_id = await an_order(overseer, await the_body(town, first))
    await rectifications.report(town.keeper, order_id, text="已整改。")
    await rectifications.judge(overseer, order_id, passed=True, verdict="合格")
    void = await rectifications.hold_second_review(overseer, first)
    await hold_again(town, moved_clock, void)
    await close_and_count(void, moved_clock)

    repeated = await reviews.repeat_review(town.committee, void)

    assert (await the_review(void))["state"] == "void"
    assert (await the_review(repeated))["second_of_id"] == first


async def test_two_failures_in_a_row_are_flagged_and_end_nothing(moved_clock):
    town = await a_reviewed_town(moved_clock)
    first, overseer = await a_published_review(town, moved_clock, BAD)
    second = await the_second_half(town, moved_clock)
    await rate_all(second, BAD)
    await close_and_count(second, moved_clock)
    await publication.publish_review(overseer, second)

    of_first, of_second, of_body = await follow_up.outcomes(
        ANONYMOUS,
        [
            await the_member(town, first),
            await the_member(town, second),
            await the_body(town, second),
        ],
    )
    # The street and the peers alone are content: 40 of 100, where 60 are asked.
    assert (of_first["rate"], of_first["failed"], of_first["in_a_row"]) == ("2/5", True, 1)
    assert (of_first["consequence"], of_second["in_a_row"]) == (None, 2)
    assert of_second["legal_basis"].startswith("浙江省")
    assert (of_body["in_a_row"], of_body["consequence"]) == (2, None)
    granted = await database.fetch_value(
        "SELECT count(*) FROM membership_role_grant WHERE person_id = $1 AND revoked_at IS NULL",
        town.committee.person_id,
    )
    flagged = {each["reviewee_id"] for each in await events("ReviewFailuresFlagged")}
    assert granted == 1
    assert str(await the_member(town, second)) in flagged


async def test_what_fails_and_what_follows_are_the_streets_to_adopt(moved_clock):
    town = await a_reviewed_town(moved_clock)
    overseer = await an_overseer(town)
    draft = rule_sets.FollowUpRulesDraft(
        effective_from=await clock.today() + timedelta(days=1),
        legal_basis="街道民主评议办法",
        content_share=(2, 5),
        failures_in_a_row=3,
        rectification_days=15,
    )
    with pytest.raises(Forbidden):
        await rule_sets.adopt_follow_up_rules(
            town.committee, town.community.id, draft, idempotency_key=uuid4()
        )
    await rule_sets.adopt_follow_up_rules(
        overseer, town.community.id, draft, idempotency_key=uuid4()
    )

    review_id, _ = await a_published_review(town, moved_clock, BAD)
    await an_order(overseer, await the_body(town, review_id))

    (outcome,) = await follow_up.outcomes(ANONYMOUS, [await the_member(town, review_id)])
    days = await database.fetch_value(
        "SELECT extract(day FROM due_at - ordered_at) FROM pledges_rectification"
    )
    assert (outcome["rate"], outcome["failed"]) == ("2/5", False)
    assert 15 <= days <= 18


async def test_an_appraisal_rests_on_a_published_review_of_the_person(moved_clock):
    town = await a_reviewed_town(moved_clock)
    overseer = await an_overseer(town)
    review_id = await a_counted_review(town, moved_clock)
    member, body = await the_member(town, review_id), await the_body(town, review_id)

    with pytest.raises(AppraisalUnfounded):
        await appraise(overseer, member)
    await publication.publish_review(overseer, review_id)
    with pytest.raises(AppraisalUnfounded):
        await appraise(overseer, body)
    with pytest.raises(Forbidden):
        await appraise(town.second, member)
    own = factories.as_actor(await _person(town.committee.person_id), *overseer.grants)
    with pytest.raises(AppraisalOwn):
        await appraise(own, member)
    await appraise(overseer, member)
    with pytest.raises(AppraisalRecordedAlready):
        await appraise(overseer, member, grade=AppraisalGrade.EXCELLENT)

    row = await database.fetch_one("SELECT grade, affects_pay, year FROM pledges_appraisal")
    assert tuple(row) == ("competent", True, town.year)
    assert (await the_review(review_id))["state"] == "linked"


async def test_nobody_is_appraised_while_something_is_to_be_put_right(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    member = await the_member(town, review_id)
    order_id = await an_order(overseer, member)

    with pytest.raises(RectificationOpen):
        await appraise(overseer, member)
    await rectifications.report(town.committee, order_id, text="已公开说明并改正。")
    await rectifications.judge(overseer, order_id, passed=True, verdict="已改正")
    await appraise(overseer, member, grade=AppraisalGrade.BASICALLY_COMPETENT)

    assert (await the_review(review_id))["state"] == "linked"


async def test_the_person_replies_once_until_the_day_and_nobody_else_knows(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock)
    member = await the_member(town, review_id)
    appraisal_id = await appraise(overseer, member)

    with pytest.raises(NotFound):
        await appraisals.reply(town.second, appraisal_id, text="替人申辩。")
    with pytest.raises(Forbidden):
        await appraisals.reply(overseer, appraisal_id, text="替人申辩。")
    await appraisals.reply(town.committee, appraisal_id, text="对奖金一项有异议,请复核。")
    with pytest.raises(AppraisalReplyOver):
        await appraisals.reply(town.committee, appraisal_id, text="再申辩一次。")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute("UPDATE pledges_appraisal SET grade = 'excellent'")

    seen = [
        (await follow_up.appraisals_by_id(actor, [appraisal_id]))[0] is not None
        for actor in (town.committee, overseer, town.second, town.residents[0], ANONYMOUS)
    ]
    assert seen == [True, True, False, False, False]
    assert len(await events("AppraisalReplied")) == 1


async def test_no_reply_is_taken_after_its_day(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock)
    appraisal_id = await appraise(overseer, await the_member(town, review_id))
    until = await database.fetch_value("SELECT reply_until FROM pledges_appraisal")
    await moved_clock.set(until)

    with pytest.raises(AppraisalReplyOver):
        await appraisals.reply(town.committee, appraisal_id, text="迟到的申辩。")

    assert await database.fetch_value("SELECT reply FROM pledges_appraisal") is None


async def test_a_review_is_linked_once_nothing_of_it_is_open(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    order_id = await an_order(overseer, await the_body(town, review_id))

    await appraise(overseer, await the_member(town, review_id))
    waiting = (await the_review(review_id))["state"]
    await rectifications.report(town.keeper, order_id, text="已整改。")
    await rectifications.judge(overseer, order_id, passed=True, verdict="合格")

    assert (waiting, (await the_review(review_id))["state"]) == ("rectifying", "linked")
    assert len(await events("ReviewLinked")) == 1


async def test_another_communitys_street_decides_nothing_here(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id = await a_counted_review(town, moved_clock)
    elsewhere = await factories.an_officer(Role.STREET_REVIEWER, await factories.a_street())

    with pytest.raises(Forbidden):
        await publication.publish_review(elsewhere, review_id)

    assert (await the_review(review_id))["state"] == "tallied"


async def test_a_scheduled_review_is_never_published_by_hand(moved_clock):
    town = await a_reviewed_town(moved_clock)
    await a_scheduled_review(town)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute(
            "UPDATE pledges_review SET state = 'published', published_at = kernel_now(),"
            " result = '{}', tallied_at = kernel_now(), frozen_follow_up = '{}'"
        )

    assert refused.value.constraint_name == "pledges_review_steps"
