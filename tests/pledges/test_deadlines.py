"""No deadline moves quietly: not by any command, not by SQL."""

import contextlib
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.errors import DomainError
from domains.pledges import policy, service
from domains.pledges.errors import (
    ChangePending,
    MilestoneDropped,
    NothingChanged,
    NotUnderNotice,
    PledgeStateUnfit,
)
from domains.pledges.service import MilestoneDraft
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


async def change(actor, pledge_id, draft, *, version=1, reason="食堂装修延期"):
    change_id, _ = await service.change_pledge(
        actor,
        pledge_id,
        draft,
        reason=reason,
        expected_version=version,
        idempotency_key=uuid4(),
    )
    return change_id


async def keyed(town, pledge_id, *, days):
    """The terms as they stand, with the pledge's own milestones, by another day."""
    keys = await milestone_keys(pledge_id)
    due = [await in_days(days - 60), await in_days(days - 30), await in_days(days)]
    weights = (20, 40, 40)
    return await terms(
        town,
        days=days,
        milestones=tuple(
            MilestoneDraft(f"节点{place}", due[place], weights[place], keys[place])
            for place in range(3)
        ),
    )


async def deadlines(pledge_id):
    pledge = await an_object(pledge_id)
    return pledge["first_deadline"], pledge["deadline"]


async def test_a_change_comes_into_force_after_its_notice_with_the_first_deadline_beside(
    moved_clock,
):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    first = (await an_object(pledge_id))["deadline"]
    draft = await keyed(town, pledge_id, days=150)

    change_id = await change(town.keeper, pledge_id, draft)
    on_notice = await deadlines(pledge_id)
    early = await service.apply_due_change()
    await moved_clock.advance(timedelta(days=16))
    applied = await service.apply_due_change()

    assert (on_notice, early, applied) == ((first, first), None, change_id)
    assert await deadlines(pledge_id) == (first, draft.deadline)
    assert [each["change_id"] for each in await events("PledgeChanged")] == [str(change_id)]
    history = await database.fetch(
        "SELECT act, deadline, reason FROM pledges_history WHERE pledge_id = $1 ORDER BY seq",
        pledge_id,
    )
    assert [(row["act"], row["deadline"]) for row in history][-3:] == [
        ("committed", first),
        ("change_noticed", first),
        ("change_in_force", draft.deadline),
    ]
    assert history[-2]["reason"] == "食堂装修延期"


async def test_an_upheld_objection_rejects_a_change_and_an_open_one_keeps_it_waiting(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    before = await deadlines(pledge_id)
    await change(town.keeper, pledge_id, await keyed(town, pledge_id, days=150))
    objection_id, _ = await service.object_to_pledge(
        town.residents[0], pledge_id, text="老人等不到明年。", idempotency_key=uuid4()
    )
    await moved_clock.advance(timedelta(days=16))

    waiting = await service.apply_due_change()
    await service.answer_objection(town.committee, objection_id, upheld=True, answer="不予延期")

    assert (waiting, await service.apply_due_change()) == (None, None)
    assert await deadlines(pledge_id) == before
    rows = await database.fetch("SELECT state FROM pledges_change")
    assert [row["state"] for row in rows] == ["rejected"]


async def test_a_change_is_taken_off_its_notice_and_another_may_follow(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    draft = await keyed(town, pledge_id, days=150)
    change_id = await change(town.keeper, pledge_id, draft)

    with pytest.raises(ChangePending):
        await change(town.keeper, pledge_id, draft)
    await service.withdraw_change(town.keeper, change_id)
    with pytest.raises(NotUnderNotice):
        await service.withdraw_change(town.keeper, change_id)
    await change(town.committee, pledge_id, draft)

    rows = await database.fetch("SELECT state, version FROM pledges_change ORDER BY version")
    assert [tuple(row) for row in rows] == [("withdrawn", 2), ("notice", 3)]


async def test_a_change_says_something_new_and_keeps_what_has_been_reached(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    await report(town.keeper, pledge_id, milestone_key=keys[0])
    row = await database.fetch(
        "SELECT title, due_on, weight, key FROM pledges_milestone ORDER BY position"
    )
    standing = await terms(
        town,
        deadline=(await an_object(pledge_id))["deadline"],
        milestones=tuple(MilestoneDraft(**dict(each)) for each in row),
    )

    with pytest.raises(NothingChanged):
        await change(town.keeper, pledge_id, standing)
    with pytest.raises(MilestoneDropped):
        await change(town.keeper, pledge_id, await terms(town, days=150))

    assert await database.fetch_value("SELECT count(*) FROM pledges_change") == 0


async def test_a_changed_weight_changes_what_has_been_reached(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    keys = await milestone_keys(pledge_id)
    await report(town.keeper, pledge_id, milestone_key=keys[0])
    heavier = (
        MilestoneDraft("厨房改造完成", await in_days(30), 70, keys[0]),
        MilestoneDraft("送出 3000 份", await in_days(100), 30, keys[2]),
    )
    await change(town.keeper, pledge_id, await terms(town, days=100, milestones=heavier))
    await moved_clock.advance(timedelta(days=16))

    await service.apply_due_change()

    assert (await an_object(pledge_id))["reached_weight"] == 70


async def test_a_change_of_what_is_delivered_meanwhile_falls_away(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    before = await deadlines(pledge_id)
    await change(town.keeper, pledge_id, await keyed(town, pledge_id, days=150))
    await reach_all(town, pledge_id)
    await deliver(town, pledge_id)
    await moved_clock.advance(timedelta(days=16))

    await service.apply_due_change()

    assert await deadlines(pledge_id) == before
    rows = await database.fetch("SELECT state FROM pledges_change")
    assert [row["state"] for row in rows] == ["withdrawn"]


async def test_no_command_moves_a_deadline_but_a_noticed_change(moved_clock):
    """Each mutation of the domain is tried, in the states of a pledge that can be reached."""
    town = await a_town()
    later = await terms(town, days=300, title="悄悄延期")
    noticed = await a_noticed_pledge(town)
    committed = await a_committed_pledge(town, moved_clock)
    delivered = await a_delivered_pledge(town, moved_clock)
    accepted = await a_delivered_pledge(town, moved_clock)
    await accept(town, accepted)
    pledges = [noticed, committed, delivered, accepted]
    before = [await deadlines(each) for each in pledges]
    report_id = await report(town.keeper, committed)
    objection_id, _ = await service.contest_report(
        town.residents[0], report_id, text="没有看到。", idempotency_key=uuid4()
    )
    key = uuid4

    async def changed(actor, pledge_id):
        # On notice only, then taken back: what is in force is looked at in between.
        change_id = await change(actor, pledge_id, later)
        assert await service.apply_due_change() is None
        assert [await deadlines(each) for each in pledges] == before
        await service.withdraw_change(actor, change_id)

    keeper, committee, second, resident = (
        town.keeper,
        town.committee,
        town.second,
        town.residents[0],
    )
    tries = {
        "openPledgeProgramme": lambda p: service.open_programme(
            committee, town.community.id, year=town.year, introduction="", idempotency_key=key()
        ),
        "proposePledge": lambda p: service.propose_pledge(
            committee,
            town.programme_id,
            later,
            source=("own", None),
            idempotency_key=key(),
        ),
        "updatePledge": lambda p: service.update_pledge(committee, p, later, expected_version=1),
        "screenPledge": lambda p: service.screen_pledge(
            second, p, accepted=True, reason="再审一次"
        ),
        "putPledgeToNotice": lambda p: service.put_to_notice(second, p),
        "withdrawPledgeChange": lambda p: service.withdraw_change(keeper, p),
        "changePledge": lambda p: changed(keeper, p),
        "followPledge": lambda p: service.follow_pledge(resident, p),
        "unfollowPledge": lambda p: service.unfollow_pledge(resident, p),
        "commentOnPledge": lambda p: service.comment_on_pledge(
            resident, p, text="请按时完成。", idempotency_key=key()
        ),
        "removePledgeComment": lambda p: service.remove_comment(committee, p, reason="无关内容"),
        "objectToPledge": lambda p: service.object_to_pledge(
            resident, p, text="时限过长。", idempotency_key=key()
        ),
        "answerPledgeObjection": lambda p: service.answer_objection(
            second, objection_id, upheld=False, answer="已补充照片"
        ),
        "contestPledgeReport": lambda p: service.contest_report(
            resident, report_id, text="没有看到。", idempotency_key=key()
        ),
        "confirmPledgeReport": lambda p: service.confirm_report(town.residents[1], report_id),
        "reportPledgeProgress": lambda p: report(keeper, p),
        "acceptPledge": lambda p: service.accept_pledge(resident, p, accepted=False),
        "deliverPledge": lambda p: deliver(town, p),
        "closePledge": lambda p: service.close_pledge(committee, p, summary="完成"),
        "defaultPledge": lambda p: service.default_pledge(committee, p, reason="无法完成"),
        "withdrawPledge": lambda p: service.withdraw_pledge(committee, p, reason="撤回"),
    }
    assert set(policy.OF_PLEDGES) - set(tries) == {"adoptPledgeRules"}

    for attempt in tries.values():
        for pledge_id in pledges:
            with contextlib.suppress(DomainError):
                await attempt(pledge_id)
            assert [await deadlines(each) for each in pledges] == before


async def test_a_deadline_on_notice_is_not_edited(moved_clock):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    before = await deadlines(pledge_id)

    with pytest.raises(PledgeStateUnfit):
        await service.update_pledge(
            town.committee, pledge_id, await terms(town, days=300), expected_version=1
        )

    assert await deadlines(pledge_id) == before


QUIET = {
    "the deadline": "UPDATE pledges_pledge SET deadline = deadline + 30",
    "the first deadline": "UPDATE pledges_pledge SET first_deadline = first_deadline + 30",
    "both": "UPDATE pledges_pledge SET deadline = deadline + 30,"
    " first_deadline = first_deadline + 30",
    "forgetting the first": "UPDATE pledges_pledge SET first_deadline = NULL",
    "the terms": "UPDATE pledges_terms SET deadline = deadline + 30",
    "no terms": "DELETE FROM pledges_terms",
    "a milestone": "UPDATE pledges_milestone SET due_on = due_on + 30",
    "the history": "UPDATE pledges_history SET deadline = deadline + 30",
    "no history": "DELETE FROM pledges_history",
    "the change's notice": "UPDATE pledges_change SET notice_until = kernel_now()",
    "the change's state": "UPDATE pledges_change SET state = 'in_force', decided_at = notice_until",
    "no pledge": "DELETE FROM pledges_pledge",
    "back to a proposal": "UPDATE pledges_pledge SET state = 'proposed', screened_at = NULL,"
    " committed_at = NULL, first_deadline = NULL",
    "another version": "UPDATE pledges_pledge SET terms_version = 2, deadline = deadline + 60",
    "a change without notice": "INSERT INTO pledges_change (id, pledge_id, version, reason,"
    " noticed_at, notice_until, state, decided_at) SELECT gen_random_uuid(), pledge_id, 1, '改',"
    " kernel_now() - interval '9 days', kernel_now() - interval '1 day', 'in_force',"
    " kernel_now() FROM pledges_terms LIMIT 1",
}


@pytest.mark.parametrize("quiet", QUIET)
async def test_no_statement_moves_a_deadline_quietly(moved_clock, quiet):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await change(town.keeper, pledge_id, await keyed(town, pledge_id, days=150))
    before = await deadlines(pledge_id)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute(QUIET[quiet])

    assert await deadlines(pledge_id) == before


async def test_weights_that_do_not_make_a_whole_are_not_kept_by_the_database_either(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute(
            "INSERT INTO pledges_milestone (pledge_id, version, position, key, title, due_on,"
            " weight) VALUES ($1, 1, 9, gen_random_uuid(), '多出的节点', $2, 10)",
            pledge_id,
            await in_days(1),
        )

    assert refused.value.constraint_name == "pledges_milestones_whole"


async def test_a_pledge_that_is_kept_by_its_changed_deadline_is_late_by_its_first(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    first = (await an_object(pledge_id))["first_deadline"]
    await change(town.keeper, pledge_id, await keyed(town, pledge_id, days=200))
    await moved_clock.advance(timedelta(days=16))
    await service.apply_due_change()
    await moved_clock.advance(timedelta(days=100))

    await reach_all(town, pledge_id)
    await deliver(town, pledge_id)

    pledge = await an_object(pledge_id)
    assert first < pledge["delivered_on"] < pledge["deadline"]
    assert pledge["first_deadline"] == first
