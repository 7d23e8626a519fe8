"""The supervisors' committee, and days on which a community answers in person."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.disclosure.errors import (
    BookkeeperRegistered,
    FinanceSkillsMissing,
    GatheringNotHeld,
    GatheringOver,
    GatheringTimesUnfit,
    NothingRecorded,
    PersonalDataInText,
    RecordOwn,
    SupervisorExcluded,
    SupervisorsWrongSize,
    TooManyTopics,
    TopicOwn,
    TopicsClosed,
    TopicSettled,
)
from domains.disclosure.queries import gatherings as queries
from domains.disclosure.rules import gatherings as rules
from domains.disclosure.service import gathering_records, gatherings, supervision
from domains.disclosure.service.gatherings import Plan
from domains.disclosure.service.supervision import Candidate
from domains.disclosure.values.gatherings import Every, GatheringKind
from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Actor, Role
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, VersionConflict
from domains.membership.models import Household, Person, Residency
from domains.membership.values import ResidencyState
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.factories import Town
from tests.disclosure.questions import events

TERM = (date(2026, 12, 1), date(2031, 11, 30))
HOUR = timedelta(hours=1)


async def supervisors(town: Town, count: int = 3) -> list[Actor]:
    """People who hold the supervisor's role."""
    return [
        await people.an_officer(Role.SUPERVISOR, town.community, name=f"监督{number}")
        for number in range(count)
    ]


def named(actors: list[Actor], *, skilled: int = 1, declares: bool = True) -> list[Candidate]:
    """The actors as candidates, the first of them the head."""
    return [
        Candidate(
            person_id=each.person_id or uuid4(),
            has_finance_skills=place < skilled,
            is_head=place == 0,
            declares=declares,
        )
        for place, each in enumerate(actors)
    ]


async def formed(town: Town, candidates: list[Candidate]) -> UUID:
    committee_id, _ = await supervision.form_committee(
        town.approver, town.community.id, candidates, term=TERM, idempotency_key=uuid4()
    )
    return committee_id


async def committees() -> int:
    found: int = await database.fetch_value("SELECT count(*) FROM disclosure_supervision")
    return found


async def test_three_people_one_of_whom_knows_accounts_form_the_committee(db):
    town = await factories.a_town()
    three = await supervisors(town)

    committee_id = await formed(town, named(three))

    (seated,) = await queries.members(ANONYMOUS, [committee_id])
    assert (seated[0]["person_id"], seated[0]["is_head"]) == (three[0].person_id, True)
    assert {row["person_id"] for row in seated} == {each.person_id for each in three}
    assert await events("SupervisorsFormed") == 1


@pytest.mark.parametrize("size", [1, 2, 4, 6])
async def test_a_committee_has_three_people_or_five(db, size):
    town = await factories.a_town()

    with pytest.raises(SupervisorsWrongSize):
        await formed(town, named(await supervisors(town, size)))

    assert await committees() == 0


async def test_nobody_counts_twice_and_somebody_leads_and_knows_accounts(db):
    town = await factories.a_town()
    three = await supervisors(town)
    candidates = named(three)

    with pytest.raises(SupervisorsWrongSize):
        await formed(town, [candidates[0], candidates[1], candidates[1]])
    with pytest.raises(SupervisorsWrongSize):
        await formed(town, named([three[0]]) + named(three[1:])[:1] + named(three[2:]))
    with pytest.raises(FinanceSkillsMissing):
        await formed(town, named(three, skilled=0))

    assert await committees() == 0


async def test_committee_members_their_households_and_bookkeepers_do_not_supervise(db):
    town = await factories.a_town()
    two = await supervisors(town, 2)
    home = await Household.create(
        id=database.new_id(),
        area=await people.a_building(town.community),
        unit="301",
        created_at=await clock.now(),
    )
    spouse = await people.an_officer(Role.SUPERVISOR, town.community, name="王家属")
    for actor in (town.writer, spouse):
        await people.a_residency(await Person.get(id=actor.person_id), home)
    keeper = await people.an_officer(Role.SUPERVISOR, town.community, name="出纳")
    assert keeper.person_id is not None
    await supervision.register_bookkeeper(
        town.writer, town.community.id, person_id=keeper.person_id
    )
    undeclared = named(await supervisors(town), declares=False)
    stranger = await people.a_resident(town.community, name="路人")

    reasons = []
    for candidates in (
        named([*two, town.writer]),
        named([*two, spouse]),
        named([*two, keeper]),
        undeclared,
        named([*two, stranger]),
    ):
        with pytest.raises(SupervisorExcluded) as refusal:
            await formed(town, candidates)
        reasons.append(refusal.value.details["reason_en"])

    assert reasons == [
        "a member of the committee",
        "of one household with a member of the committee",
        "a bookkeeper",
        "not declared to be no near relative of a member",
        "without the supervisor's role",
    ]
    assert (await committees(), await Residency.all().count()) == (0, 4)


async def test_a_household_that_was_left_excludes_nobody(db):
    town = await factories.a_town()
    three = await supervisors(town)
    home = await people.a_household(await people.a_building(town.community))
    await people.a_residency(await Person.get(id=town.writer.person_id), home)
    await people.a_residency(
        await Person.get(id=three[0].person_id),
        home,
        state=ResidencyState.ENDED,
        until=date(2021, 1, 1),
    )

    await formed(town, named(three))

    assert await committees() == 1


async def test_the_committee_does_not_name_its_own_supervisors(db):
    town = await factories.a_town()
    candidates = named(await supervisors(town))

    for actor in (town.writer, town.supervisor, town.resident):
        with pytest.raises(Forbidden):
            await supervision.form_committee(
                actor, town.community.id, candidates, term=TERM, idempotency_key=uuid4()
            )

    assert await committees() == 0


async def test_a_new_committee_takes_the_place_of_the_one_before_which_stays_to_be_read(db):
    town = await factories.a_town()
    first = await formed(town, named(await supervisors(town)))

    second = await formed(town, named(await supervisors(town, 5)))

    rows = await queries.committees_by_id(ANONYMOUS, [first, second])
    assert [row and row["ended_at"] is None for row in rows] == [False, True]


async def test_terms_that_end_before_they_begin_or_too_late_are_refused(db):
    town = await factories.a_town()
    candidates = named(await supervisors(town))

    for term in ((TERM[1], TERM[0]), (TERM[0], date(2032, 1, 1))):
        with pytest.raises(InvalidInput):
            await supervision.form_committee(
                town.approver, town.community.id, candidates, term=term, idempotency_key=uuid4()
            )

    assert await committees() == 0


async def test_who_supervises_keeps_no_books(db):
    town = await factories.a_town()
    three = await supervisors(town)
    await formed(town, named(three))
    clerk = await people.a_resident(town.community, name="出纳")
    assert clerk.person_id is not None
    assert three[0].person_id is not None

    with pytest.raises(SupervisorExcluded):
        await supervision.register_bookkeeper(
            town.writer, town.community.id, person_id=three[0].person_id
        )
    await supervision.register_bookkeeper(town.writer, town.community.id, person_id=clerk.person_id)
    with pytest.raises(BookkeeperRegistered):
        await supervision.register_bookkeeper(
            town.writer, town.community.id, person_id=clerk.person_id
        )
    await supervision.end_bookkeeper(town.writer, town.community.id, person_id=clerk.person_id)
    with pytest.raises(NotFound):
        await supervision.end_bookkeeper(town.writer, town.community.id, person_id=clerk.person_id)


async def planned(town: Town, *, every: Every | None = None, last_on: date | None = None) -> UUID:
    """An interview day in two days' time."""
    starts_at = await clock.now() + timedelta(days=2)
    plan = Plan(
        kind=GatheringKind.INTERVIEW_DAY,
        title="物业费与公共收益",
        place="社区服务中心二楼",
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        topics_until=starts_at - HOUR,
        every=every,
        last_on=last_on,
    )
    gathering_id, _ = await gatherings.plan_gathering(
        town.writer, town.community.id, plan, idempotency_key=uuid4()
    )
    return gathering_id


async def one(gathering_id: UUID, actor: Actor = ANONYMOUS):
    row = (await queries.gatherings_by_id(actor, [gathering_id]))[0]
    assert row is not None
    return row


async def a_topic(actor: Actor, gathering_id: UUID, text: str = "电梯广告收入多少?") -> UUID:
    topic_id, _ = await gathering_records.register_topic(
        actor, gathering_id, text=text, anonymous=False, idempotency_key=uuid4()
    )
    return topic_id


async def test_a_gathering_goes_from_its_topics_to_its_public_record(moved_clock):
    town = await factories.a_town()
    gathering = await planned(town)
    topic = await a_topic(town.resident, gathering)
    with pytest.raises(GatheringNotHeld):
        await gathering_records.record_gathering(town.writer, gathering, body="<p>早了</p>")
    await moved_clock.advance(timedelta(days=2, hours=1))
    await gathering_records.answer_topic(town.writer, topic, text="去年共 36,000 元。")
    await gathering_records.record_gathering(
        town.writer, gathering, body="<p>到场 23 人。</p><script>x()</script>"
    )
    recorded = await one(gathering)
    with pytest.raises(NothingRecorded):
        await gathering_records.confirm_record(town.supervisor, gathering, expected_revision=1)

    await gathering_records.confirm_record(
        town.supervisor, gathering, expected_revision=recorded["revision"]
    )

    row = await one(gathering)
    said = await database.fetch_one(
        "SELECT v.title, v.body_text FROM disclosure_version v WHERE disclosure_id = $1",
        row["disclosure_id"],
    )
    assert said is not None
    (story,) = await queries.histories(ANONYMOUS, [gathering])
    assert recorded["record_html"] is None
    assert (row["state"], row["record_html"]) == ("published", "<p>到场 23 人。</p>")
    assert said["title"] == "群众访谈日:物业费与公共收益"
    assert said["body_text"].splitlines()[1:] == [
        "到场 23 人。",
        "议题 1",
        "电梯广告收入多少?",
        "去年共 36,000 元。",
    ]
    assert [each["act"] for each in story] == ["planned", "recorded", "published"]
    assert await events("GatheringRecordPublished") == 1
    assert await events("DisclosurePublished") == 1


async def test_who_wrote_a_record_does_not_confirm_it(moved_clock):
    town = await factories.a_town()
    gathering = await planned(town)
    await moved_clock.advance(timedelta(days=3))
    await gathering_records.record_gathering(town.supervisor, gathering, body="<p>初稿</p>")
    await gathering_records.record_gathering(town.writer, gathering, body="<p>定稿</p>")
    revision = (await one(gathering))["revision"]

    with pytest.raises(RecordOwn):
        await gathering_records.confirm_record(
            town.supervisor, gathering, expected_revision=revision
        )
    with pytest.raises(Forbidden):
        await gathering_records.confirm_record(town.writer, gathering, expected_revision=revision)

    assert (await one(gathering))["state"] == "recorded"


async def test_a_topic_in_the_last_second_is_taken_and_a_second_late_refused(moved_clock):
    town = await factories.a_town()
    gathering = await planned(town)
    until = (await one(gathering))["topics_until"]
    await moved_clock.set(until - timedelta(seconds=1))
    await a_topic(town.resident, gathering)
    await moved_clock.set(until + timedelta(seconds=1))

    with pytest.raises(TopicsClosed):
        await a_topic(town.resident, gathering)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_gathering_topic") == 1


async def test_topics_are_three_of_a_person_impersonal_and_answered_by_another(db):
    town = await factories.a_town()
    gathering = await planned(town)
    topics = [await a_topic(town.resident, gathering, f"问题{number}") for number in range(3)]
    own = await a_topic(town.writer, gathering)
    neighbour = await people.a_resident(await people.a_community(name="邻近社区"))

    with pytest.raises(TooManyTopics):
        await a_topic(town.resident, gathering)
    with pytest.raises(PersonalDataInText):
        await a_topic(town.approver, gathering, "请打 13812345678")
    with pytest.raises(Forbidden):
        await a_topic(neighbour, gathering)
    with pytest.raises(TopicOwn):
        await gathering_records.answer_topic(town.writer, own, text="如下。")
    with pytest.raises(Forbidden):
        await gathering_records.withdraw_topic(town.writer, topics[0])
    await gathering_records.withdraw_topic(town.resident, topics[0])
    with pytest.raises(TopicSettled):
        await gathering_records.answer_topic(town.writer, topics[0], text="如下。")

    assert await database.fetch_value("SELECT count(*) FROM disclosure_gathering_topic") == 4


async def test_a_gathering_moves_and_is_called_off_with_reasons_that_stay(db):
    town = await factories.a_town()
    gathering = await planned(town)
    later = await clock.now() + timedelta(days=5)
    times = (later, later + HOUR, later)

    async def move(revision: int) -> None:
        await gatherings.move_gathering(
            town.writer,
            gathering,
            times=times,
            place="一楼大厅",
            reason="场地冲突",
            expected_revision=revision,
        )

    await move(1)
    with pytest.raises(VersionConflict):
        await move(1)
    await gatherings.cancel_gathering(town.writer, gathering, reason="台风预警", series_too=False)
    with pytest.raises(GatheringOver):
        await move(3)
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE disclosure_gathering SET title = '改'")

    (story,) = await queries.histories(ANONYMOUS, [gathering])
    assert [(each["act"], each["note"]) for each in story] == [
        ("planned", None),
        ("moved", "场地冲突"),
        ("cancelled", "台风预警"),
    ]
    assert (await events("GatheringMoved"), await events("GatheringCancelled")) == (1, 1)


async def test_gatherings_lie_in_the_future_and_within_a_day(db):
    town = await factories.a_town()
    now = await clock.now()

    for starts_at, ends_at, until in (
        (now - HOUR, now + HOUR, now),
        (now + HOUR, now + HOUR, now),
        (now + HOUR, now + timedelta(hours=26), now),
        (now + HOUR, now + 2 * HOUR, now + 3 * HOUR),
    ):
        plan = Plan(GatheringKind.ROUND_TABLE, "圆桌", "大厅", starts_at, ends_at, until)
        with pytest.raises(GatheringTimesUnfit):
            await gatherings.plan_gathering(
                town.writer, town.community.id, plan, idempotency_key=uuid4()
            )
    with pytest.raises(Forbidden):
        later = now + timedelta(days=2)
        plan = Plan(GatheringKind.ROUND_TABLE, "圆桌", "大厅", later, later + HOUR, later)
        await gatherings.plan_gathering(
            town.resident, town.community.id, plan, idempotency_key=uuid4()
        )

    assert await database.fetch_value("SELECT count(*) FROM disclosure_gathering") == 0


async def test_the_worker_makes_what_comes_again_once_until_its_last_day(moved_clock):
    town = await factories.a_town()
    first = await planned(town, every=Every.WEEK)
    starts_at = (await one(first))["starts_at"]

    await jobs.make_due_gatherings()
    await jobs.make_due_gatherings()
    near = await database.fetch("SELECT starts_at FROM disclosure_gathering ORDER BY starts_at")
    await gatherings.cancel_gathering(town.writer, first, reason="停办", series_too=True)
    await moved_clock.advance(timedelta(days=30))
    await jobs.make_due_gatherings()

    assert [row["starts_at"] - starts_at for row in near] == [
        timedelta(weeks=number) for number in range(5)
    ]
    assert await database.fetch_value("SELECT count(*) FROM disclosure_gathering") == 5


async def test_a_series_ends_with_its_last_day_and_near_ones_are_told_once(moved_clock):
    town = await factories.a_town()
    last_on = (await clock.today()) + timedelta(days=10)
    await planned(town, every=Every.WEEK, last_on=last_on)
    await jobs.make_due_gatherings()
    await moved_clock.advance(timedelta(days=1, hours=2))

    told = [await jobs.remind_of_near_gatherings() for _ in range(2)]

    assert await database.fetch_value("SELECT count(*) FROM disclosure_gathering") == 2
    assert (told, await events("GatheringNear")) == ([1, 0], 1)


def test_the_31st_of_a_shorter_month_is_its_last_day_and_nothing_drifts():
    first = datetime(2026, 1, 31, 6, tzinfo=UTC)

    found = [rules.occurrence(first, Every.MONTH, number) for number in range(4)]

    assert [each.astimezone(UTC).date() for each in found] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert {each.astimezone(UTC).hour for each in found} == {6}
