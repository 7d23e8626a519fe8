"""What is told of roles, residencies, tags, helpers, alarms and campaigns, to whom and how."""

from datetime import timedelta

import pytest

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Role
from domains.kernel.database import transaction
from domains.kernel.operations import events as operations
from domains.membership import events
from domains.membership.service import care, residencies, role_endings, roles, tagging
from domains.membership.values import ResidencyKind, TagDraft
from domains.notifications.rules import wording
from domains.notifications.service import campaigns
from domains.notifications.values import Locale, VariableKind
from jobs import membership as jobs
from tests import factories
from tests.membership.test_register import CHEN, LIN, a_town, bring_in, csv
from tests.membership.test_tags import Town as TaggedTown
from tests.notifications.telling import all_told, people_told, said_to
from tests.notifications.test_campaigns import AID
from tests.notifications.test_campaigns import Town as CampaignTown


async def happened(*recorded) -> None:
    """These events are recorded, as the command that did it would."""
    async with transaction():
        for each in recorded:
            await outbox.record(each)


def on(day) -> str:
    """A day as a notice says it."""
    return wording.said_as(day.isoformat(), VariableKind.DATE, Locale.ZH_HANS)


# Roles


async def a_captain(*, days: int):
    """The captain of a building for so many days from today, granted by the committee."""
    await role_endings.sync_presets()
    community = await factories.a_community()
    building = await factories.a_building(community, name="3号楼")
    committee = await factories.a_committee_member(community)
    captain = await factories.a_resident(community, name="孙大海")
    today = await clock.today()
    made = await roles.grant_role(
        committee,
        person_id=captain.person_id,
        role=Role.BUILDING_CAPTAIN,
        area_id=building.id,
        ends_on=today + timedelta(days=days),
    )
    return committee, captain, made.id, today + timedelta(days=days)


async def test_a_role_is_told_to_whose_it_is_when_given_and_when_taken_back(db):
    committee, captain, grant_id, ends_on = await a_captain(days=90)
    codes = ("ROLE_GRANTED", "ROLE_REVOKED")
    await all_told(codes)
    granted = await said_to(codes[0])

    await roles.revoke_role(committee, grant_id, reason="本人迁出。")
    await all_told(codes)

    assert granted == {captain.person_id: f"你已担任3号楼楼栋长,任期至{on(ends_on)}。"}
    assert await said_to(codes[0]) == {}
    assert await said_to(codes[1]) == {captain.person_id: "你的3号楼楼栋长职务已被撤销:本人迁出。"}


async def test_a_role_that_ends_is_told_thirty_and_seven_days_before_once_each(moved_clock):
    committee, captain, _, ends_on = await a_captain(days=60)

    counts = []
    for days in (29, 1, 22, 1, 1):
        await moved_clock.advance(timedelta(days=days))
        counts.append(await jobs.remind_of_ending_roles())
        await all_told(("ROLE_ENDING",))

    said = f"孙大海的3号楼楼栋长任期至 {on(ends_on)},请及时办理换届或续任。"
    assert counts == [0, 1, 0, 1, 0]
    assert await said_to("ROLE_ENDING") == dict.fromkeys(
        (captain.person_id, committee.person_id), said
    )
    assert await people_told("ROLE_ENDING") == sorted(
        [captain.person_id, captain.person_id, committee.person_id, committee.person_id]
    )


async def test_a_worker_that_was_down_tells_only_the_last_reminder_of_a_role(moved_clock):
    await a_captain(days=60)

    await moved_clock.advance(timedelta(days=56))
    counts = [await jobs.remind_of_ending_roles() for _ in range(2)]

    within = await database.fetch(
        "SELECT payload->>'within_days' AS days FROM kernel_outbox"
        " WHERE name = 'membership.RoleEnding'"
    )
    assert (counts, [row["days"] for row in within]) == ([1, 0], ["7"])


async def test_a_role_that_was_given_for_a_few_days_is_not_told_to_end_soon(moved_clock):
    await a_captain(days=5)

    counts = [await jobs.remind_of_ending_roles()]
    await moved_clock.advance(timedelta(days=3))
    counts.append(await jobs.remind_of_ending_roles())

    assert counts == [0, 0]


async def test_a_role_that_goes_on_is_not_told_to_end(moved_clock):
    committee, captain, grant_id, ends_on = await a_captain(days=60)
    row = await database.fetch_one(
        "SELECT area_id FROM membership_role_grant WHERE id = $1", grant_id
    )
    await roles.grant_role(
        committee,
        person_id=captain.person_id,
        role=Role.BUILDING_CAPTAIN,
        area_id=row["area_id"],
        starts_on=ends_on + timedelta(days=1),
        ends_on=ends_on + timedelta(days=365),
    )

    await moved_clock.advance(timedelta(days=55))
    await jobs.remind_of_ending_roles()
    await all_told(("ROLE_ENDING",))

    assert await people_told("ROLE_ENDING") == []


async def test_where_no_role_ends_nothing_is_asked_of_the_rules(db):
    await factories.a_committee_member()

    assert await jobs.remind_of_ending_roles() == 0


# Residencies


async def a_claim():
    """A claim of somebody who signed up, and the captain of its building."""
    building = await factories.a_building(name="5号楼")
    household = await factories.a_household(building, unit="502")
    claimant = await factories.a_person("林芳")
    captain = await factories.a_building_captain(building)
    made = await residencies.claim_residency(
        factories.as_actor(claimant),
        building_id=building.id,
        unit="502",
        kind=ResidencyKind.TENANT,
        since=await clock.today(),
    )
    return captain, claimant, household, made.id


async def test_a_claim_goes_to_who_verifies_it_and_its_outcome_to_who_claimed(db):
    captain, claimant, _, claim_id = await a_claim()
    codes = ("RESIDENCY_CLAIMED", "RESIDENCY_VERIFIED")
    await all_told(codes)
    waiting = await said_to(codes[0])

    await residencies.verify_residency(captain, claim_id)
    await all_told(codes)

    assert waiting == {captain.person_id: "有人申请认证居住于5号楼 502,请核实。"}
    assert await said_to(codes[0]) == {}
    assert await said_to(codes[1]) == {claimant.id: "你在5号楼 502的居住已认证,可以参与社区事务。"}


async def test_a_refused_claim_is_told_with_its_reason(db):
    captain, claimant, _, claim_id = await a_claim()

    await residencies.refuse_residency(captain, claim_id, reason="与户主核对不符。")
    await all_told(("RESIDENCY_REFUSED",))

    assert await said_to("RESIDENCY_REFUSED") == {
        claimant.id: "你在5号楼 502的居住认证未通过:与户主核对不符。"
    }


async def test_who_had_claimed_what_a_register_confirms_is_told_and_nobody_else(db):
    community, member = await a_town()
    first = await bring_in(csv(LIN), town=(community, member))
    await all_told(("RESIDENCY_VERIFIED",))
    nobody = await people_told("RESIDENCY_VERIFIED")
    await database.execute(
        "UPDATE membership_residency SET state = 'claimed', decided_by_id = NULL, decided_at = NULL"
    )

    again = await bring_in(csv(LIN, CHEN), town=(community, member))
    await all_told(("RESIDENCY_VERIFIED",))

    claimant = await database.fetch_value("SELECT id FROM membership_person WHERE name = '林芳'")
    assert (first.accepted_count, again.accepted_count, nobody) == (1, 2, [])
    assert await people_told("RESIDENCY_VERIFIED") == [claimant]


# Tags


async def test_that_something_was_recorded_is_told_to_whom_it_is_of_but_never_what(db):
    town = await TaggedTown().build()
    await tagging.tag_person(town.keeper, town.elder.id, TagDraft("subsistence", "民政核定名单"))
    codes = ("TAG_ENTERED", "TAG_CONTESTED", "TAG_CONTEST_SETTLED")
    await all_told(codes)
    entered = await said_to(codes[0])
    tag_id = await database.fetch_value("SELECT id FROM membership_tag")
    elder = factories.as_actor(town.elder)

    await tagging.contest_tag(elder, tag_id, reason="已停止领取。")
    await all_told(codes)
    contested = await people_told(codes[1])
    await tagging.settle_tag_contest(town.other, tag_id, stands=False, answer="已核实,予以撤销。")
    await all_told(codes)

    assert entered == {town.elder.id: "你可以查看其内容和来源;如不属实,可以提出异议。"}
    assert contested == [town.other.person_id]
    assert await people_told(codes[1]) == []
    assert await said_to(codes[2]) == {town.elder.id: "你对社区记录提出的异议:已撤销记录。"}


async def test_what_is_recorded_of_a_home_is_told_to_its_adults(db):
    town = await TaggedTown().build()

    await tagging.tag_household(town.keeper, town.household.id, TagDraft(AID, "民政核定"))
    await all_told(("TAG_ENTERED",))

    assert await people_told("TAG_ENTERED") == sorted([town.elder.id, town.son.id])


async def test_what_somebody_recorded_of_themselves_is_not_told_to_them(db):
    town = await TaggedTown().build()
    elder = factories.as_actor(town.elder)

    await tagging.tag_person(elder, town.elder.id, TagDraft("elder_meals", "本人申请助餐"))
    await all_told(("TAG_ENTERED",))

    assert await people_told("TAG_ENTERED") == []


# Helpers, second factors, organisations, addresses


async def test_both_are_told_that_one_is_told_what_the_other_is(db):
    community = await factories.a_community()
    elder = await factories.a_resident(community, name="孙大海")
    helper = await factories.a_resident(community, name="孙小海")

    await care.name_helper(elder, helper.person_id)
    await all_told(("HELPER_NAMED",))

    said = "孙小海从现在起会收到发给孙大海的通知,双方可随时解除。"
    assert await said_to("HELPER_NAMED") == dict.fromkeys((elder.person_id, helper.person_id), said)


async def test_who_lost_a_second_factor_is_told_at_once_and_nobody_else(db):
    person = await factories.a_person("周倩")

    await happened(events.SecondFactorReset(person.id))
    await all_told(("SECOND_FACTOR_RESET",))

    assert list(await said_to("SECOND_FACTOR_RESET")) == [person.id]


async def test_who_holds_a_role_in_an_organisation_is_told_that_it_is_no_more(db):
    organisation = await factories.an_organisation(name="晚晴服务中心")
    worker = await factories.a_person("陈立")
    await factories.a_role_grant(worker, Role.SOCIAL_WORKER, organisation=organisation)

    await happened(events.OrganisationDissolved(organisation.id))
    await all_told(("ORGANISATION_DISSOLVED",))

    assert await said_to("ORGANISATION_DISSOLVED") == {
        worker.id: "「晚晴服务中心」已注销,你在其中的职务随之结束。"
    }


# Alarms


async def an_alarm(kind: str, subject: str):
    """Something amiss that stands."""
    alarm_id = database.new_id()
    await database.execute(
        "INSERT INTO kernel_alarm (id, kind, subject, raised_at) VALUES ($1, $2, $3, kernel_now())",
        alarm_id,
        kind,
        subject,
    )
    return alarm_id


ALARMS = (
    ("WORKERS_GONE", "no_worker", operations.WorkersGone, operations.WorkersBack),
    ("WORKER_MISSED", "worker_missed", operations.WorkerMissed, operations.WorkerRecovered),
    ("JOB_LATE", "job_late", operations.JobLate, operations.JobInTime),
    ("JOB_FAILING", "job_failing", operations.JobFailing, operations.JobMended),
    ("EVENTS_PARKED", "events_parked", operations.EventsParked, operations.EventsSettled),
)


@pytest.mark.parametrize(("code", "kind", "raised", "ended"), ALARMS)
async def test_an_alarm_goes_to_administrators_alone_and_its_end_takes_it_back(
    db, code, kind, raised, ended
):
    administrator = await factories.a_platform_administrator()
    await factories.a_committee_member()
    alarm_id = await an_alarm(kind, "matching.propose")
    more = () if code in {"WORKERS_GONE", "EVENTS_PARKED"} else (database.new_id(),)

    await happened(raised(alarm_id, *more))
    await all_told((code,))
    told = await people_told(code)
    await happened(ended(alarm_id, *more))
    await all_told((code,))

    assert told == [administrator.person_id]
    assert await people_told(code) == []


async def test_an_alarm_that_is_over_before_it_is_told_is_told_to_nobody(db):
    await factories.a_platform_administrator()
    alarm_id = await an_alarm("job_late", "matching.propose")
    await happened(operations.JobLate(alarm_id, database.new_id()))
    await database.execute("UPDATE kernel_alarm SET recovered_at = kernel_now()")

    await all_told(("JOB_LATE",))

    assert await people_told("JOB_LATE") == []


# Campaigns


async def test_a_campaign_by_tags_goes_to_who_may_approve_it_and_back_to_who_wrote_it(db):
    town = await CampaignTown().build()
    await town.on_allowance(allowed=True)
    campaign_id = await town.drafted(household_tags=(AID,))
    codes = ("CAMPAIGN_TO_APPROVE", "CAMPAIGN_RETURNED")
    await campaigns.preview_campaign(town.writer, campaign_id)
    await campaigns.send_campaign(town.writer, campaign_id)
    await all_told(codes)
    waiting = await said_to(codes[0])

    await campaigns.return_campaign(town.approver, campaign_id, reason="请说明依据文号。")
    await all_told(codes)

    assert waiting == {town.approver.person_id: "「高龄津贴申领」按标签寻找对象,请批准。"}
    assert await people_told(codes[0]) == []
    assert await said_to(codes[1]) == {
        town.writer.person_id: "「高龄津贴申领」未获批准:请说明依据文号。"
    }
