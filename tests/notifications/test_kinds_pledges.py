"""What is told of promises: every outcome to who proposed or objected, and news to followers."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock
from domains.notifications.rules import wording
from domains.notifications.values import Locale, VariableKind
from domains.pledges import service
from jobs import pledges as jobs
from tests.notifications.telling import all_told, people_told, said_to
from tests.pledges import factories


def on(day) -> str:
    """A day as a notice says it."""
    return wording.said_as(day.isoformat(), VariableKind.DATE, Locale.ZH_HANS)


async def test_whoever_proposed_a_promise_is_told_that_it_was_declined_and_why(db):
    town = await factories.a_town()
    pledge_id = await factories.a_proposal(town)
    codes = ("PLEDGE_PROPOSED", "PLEDGE_SCREENED")
    await all_told(codes)
    waiting = await people_told(codes[0])

    await service.screen_pledge(town.second, pledge_id, accepted=False, reason="不在服务范围内")
    await all_told(codes)

    said = await said_to(codes[1])
    assert set(waiting) <= {town.committee.person_id, town.second.person_id}
    assert town.second.person_id in waiting
    assert list(said) == [town.committee.person_id]
    assert "未通过初审" in said[town.committee.person_id]
    assert said[town.committee.person_id].endswith("不在服务范围内")


async def test_an_objection_goes_to_who_decides_and_its_answer_to_who_objected(db):
    town = await factories.a_town()
    pledge_id = await factories.a_noticed_pledge(town)
    codes = ("PLEDGE_OBJECTED", "PLEDGE_OBJECTION_ANSWERED")
    objection_id, _ = await service.object_to_pledge(
        town.residents[0], pledge_id, text="时限过长。", idempotency_key=uuid4()
    )
    await all_told(codes)
    waiting = await people_told(codes[0])

    await service.answer_objection(town.second, objection_id, upheld=True, answer="改为今年")
    await all_told(codes)

    said = await said_to(codes[1])
    assert town.second.person_id in waiting
    assert town.residents[0].person_id not in waiting
    assert list(said) == [town.residents[0].person_id]
    assert "已采纳" in said[town.residents[0].person_id]
    assert "改为今年" in said[town.residents[0].person_id]


async def test_a_milestone_is_told_to_who_keeps_the_promise_before_it_is_due(moved_clock):
    town = await factories.a_town()
    await factories.a_committed_pledge(town, moved_clock)
    draft = await factories.terms(town)
    due_on = draft.milestones[0].due_on - timedelta(days=12)

    await moved_clock.advance(timedelta(days=15))
    await jobs.remind_due_milestones()
    await all_told(("PLEDGE_MILESTONE_DUE",))

    assert await said_to("PLEDGE_MILESTONE_DUE") == {
        town.keeper.person_id: f"「为独居老人送餐」的节点“厨房改造完成”应于 {on(due_on)} 完成。"
    }


async def test_an_overdue_promise_is_told_to_its_keeper_the_committee_and_followers(moved_clock):
    town = await factories.a_town()
    pledge_id = await factories.a_committed_pledge(town, moved_clock)
    follower, stranger = town.residents[1], town.residents[2]
    await service.follow_pledge(follower, pledge_id)
    deadline = (await factories.an_object(pledge_id))["deadline"]

    await moved_clock.advance(timedelta(days=(deadline - await clock.today()).days + 1))
    await jobs.find_overdue_pledges()
    await all_told(("PLEDGE_OVERDUE",))

    said = await said_to("PLEDGE_OVERDUE")
    assert said.keys() == {
        town.keeper.person_id,
        town.committee.person_id,
        town.second.person_id,
        follower.person_id,
    }
    assert stranger.person_id not in said
    assert said[follower.person_id] == f"「为独居老人送餐」应于 {on(deadline)} 前兑现,已逾期。"


async def test_progress_is_told_to_followers_alone_and_needs_no_message(moved_clock):
    town = await factories.a_town()
    pledge_id = await factories.a_committed_pledge(town, moved_clock)
    await service.follow_pledge(town.residents[0], pledge_id)

    await factories.report(town.keeper, pledge_id)
    await all_told(("PLEDGE_PROGRESSED",))

    # Who proposed it follows it from the first.
    assert await said_to("PLEDGE_PROGRESSED") == dict.fromkeys(
        (town.residents[0].person_id, town.committee.person_id),
        "「为独居老人送餐」有新的进展,可查看佐证。",
    )


async def test_a_kept_promise_is_told_to_who_keeps_and_who_follows_it(moved_clock):
    town = await factories.a_town()
    pledge_id = await factories.a_delivered_pledge(town, moved_clock)
    await service.follow_pledge(town.residents[0], pledge_id)
    codes = ("PLEDGE_DELIVERED", "PLEDGE_ACCEPTED")
    await all_told(codes)
    asked = await people_told(codes[0])

    await factories.accept(town, pledge_id)
    await all_told(codes)

    assert town.residents[0].person_id in asked
    assert {town.keeper.person_id, town.residents[0].person_id} <= set(await people_told(codes[1]))
