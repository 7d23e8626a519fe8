"""What the catalogue asks is owed without anyone's doing, and late for everybody to see."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.disclosure.errors import (
    CatalogueLooser,
    ItemUnknown,
    NothingOccurs,
    ObligationOver,
    ObligationUnfit,
    OccurredInFuture,
)
from domains.disclosure.queries import catalogue as reads
from domains.disclosure.queries.catalogue import DutyFilter
from domains.disclosure.rules.forms import Field
from domains.disclosure.service import approving, catalogue, drafting, obligations, presets
from domains.disclosure.service.catalogue import ItemDraft
from domains.disclosure.service.placing import Placing
from domains.disclosure.values import (
    Affair,
    DisclosureKind,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
    ObligationState,
)
from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.paging import Page
from domains.membership.values import AreaKind
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories

# 2027-02-10, noon in Shanghai: within the first quarter.
FEBRUARY = datetime(2027, 2, 10, 4, tzinfo=UTC)
# The first quarter's duties (10 natural days after its end): due at 24:00 of April 12, Monday,
# since the 10th is a Saturday.
LAST_DAY = datetime(2027, 4, 12, 16, tzinfo=UTC)


async def duties():
    """Every duty's code, period and standing."""
    rows = await database.fetch(
        "SELECT code, period_start, period_end, state FROM disclosure_obligation"
        " ORDER BY code, period_start"
    )
    return [tuple(row) for row in rows]


async def the_duty() -> UUID:
    """The only duty there is."""
    duty: UUID = await database.fetch_value("SELECT id FROM disclosure_obligation")
    return duty


def covering(*duties: UUID, affair: Affair = Affair.RESIDENTS) -> Placing:
    """A structured disclosure that meets these duties."""
    return Placing(kind=DisclosureKind.STRUCTURED, affair=affair, obligation_ids=duties)


async def test_the_preset_has_eight_classes_and_forty_four_items_of_finance(db):
    await presets.sync_presets()
    await presets.sync_presets()

    rows = await database.fetch(
        "SELECT finance_class, count(*) AS items FROM disclosure_catalogue_item"
        " WHERE affair = 'finance' AND code < 'F9' GROUP BY finance_class"
    )

    counts = {row["finance_class"]: row["items"] for row in rows}
    assert counts == {
        "plan": 7,
        "income": 11,
        "spending": 10,
        "assets": 6,
        "resources": 1,
        "debts": 4,
        "distribution": 6,
        "other": 1,
    }
    # Two classes are whole: the text lists no items of theirs.
    assert sum(counts.values()) - counts["resources"] - counts["other"] == 44


async def test_every_preset_says_its_law_and_its_source(db):
    await presets.sync_presets()

    rows = await database.fetch(
        "SELECT affair, count(*) AS all_of_them FROM disclosure_catalogue_item"
        " WHERE legal_basis LIKE '《%' AND source <> '' GROUP BY affair"
    )

    assert {row["affair"]: row["all_of_them"] for row in rows} == {
        "party": 11,
        "residents": 13,
        "finance": 50,
    }


async def test_an_item_in_the_database_never_changes(db):
    await presets.sync_presets()

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await database.execute("UPDATE disclosure_catalogue_item SET frequency = 'yearly'")

    assert database.broken_constraint(refused.value) == "disclosure_catalogue_item_stands"


async def test_the_worker_makes_each_periods_duty_once(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01", "R05")

    await jobs.make_obligations()
    await jobs.make_obligations()
    await moved_clock.set(datetime(2027, 3, 31, 16, tzinfo=UTC))
    await jobs.make_obligations()
    await jobs.make_obligations()

    assert await duties() == [
        ("R01", date(2027, 1, 1), date(2027, 3, 31), "pending"),
        ("R01", date(2027, 4, 1), date(2027, 6, 30), "pending"),
        ("R05", date(2027, 2, 1), date(2027, 2, 28), "pending"),
        ("R05", date(2027, 3, 1), date(2027, 3, 31), "pending"),
        ("R05", date(2027, 4, 1), date(2027, 4, 30), "pending"),
    ]


async def test_a_missed_quarter_is_late_without_anyones_doing(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()

    await moved_clock.set(LAST_DAY - timedelta(seconds=5))
    in_time = await jobs.mark_late_obligations()
    await moved_clock.set(LAST_DAY)
    too_late = await jobs.mark_late_obligations()
    again = await jobs.mark_late_obligations()

    shown = await reads.obligations(ANONYMOUS, DutyFilter(town.community.path), Page())
    events = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'disclosure.ObligationMissed'"
    )
    assert (in_time, too_late, again, events) == (0, 1, 0, 1)
    assert [row["state"] for row in shown.rows] == ["late"]


async def test_lateness_shows_from_its_first_instant_before_the_worker_has_been_there(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    await database.execute("UPDATE disclosure_obligation SET due_certain = true")
    shown = []

    for at in (LAST_DAY - timedelta(minutes=1), LAST_DAY):
        await moved_clock.set(at)
        late = DutyFilter(town.community.path, states=(ObligationState.LATE,))
        rows = (await reads.obligations(ANONYMOUS, late, Page())).rows
        figures = (await reads.punctuality(ANONYMOUS, [(town.community.id, 2027)]))[0]
        shown.append(([row["state"] for row in rows], figures["late"], figures["pending"]))

    assert shown == [([], 0, 1), (["late"], 1, 0)]
    assert [row[3] for row in await duties()] == ["pending"]


async def test_a_disclosure_in_time_meets_its_duties(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01", "R02")
    await jobs.make_obligations()
    owed = [row["id"] for row in await database.fetch("SELECT id FROM disclosure_obligation")]

    disclosure_id = await factories.a_disclosure(town, covering(*owed))

    rows = await database.fetch("SELECT state, disclosure_id FROM disclosure_obligation")
    period = await database.fetch_one("SELECT period_start, period_end FROM disclosure_disclosure")
    assert [tuple(row) for row in rows] == [("met", disclosure_id)] * 2
    assert tuple(period) == (date(2027, 1, 1), date(2027, 3, 31))


async def test_what_is_made_up_for_later_is_late_still(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    draft = await factories.a_draft(town, covering(await the_duty()))

    # The worker has not been here yet, and the duty is late all the same.
    await moved_clock.set(LAST_DAY + timedelta(hours=1))
    await factories.published(town, draft)
    await jobs.mark_late_obligations()

    row = await database.fetch_one(
        "SELECT state, met_at > due_at AS over FROM disclosure_obligation"
    )
    assert tuple(row) == ("late", True)


async def test_what_became_late_stays_late_in_the_database(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    await moved_clock.set(LAST_DAY)
    await jobs.mark_late_obligations()

    for statement in (
        "UPDATE disclosure_obligation SET state = 'pending', late_at = NULL",
        "DELETE FROM disclosure_obligation",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(statement)
    with pytest.raises(ObligationOver):
        await obligations.waive_obligation(town.approver, await the_duty(), reason="忘记了")

    assert [row[3] for row in await duties()] == ["late"]


async def test_what_is_withdrawn_is_owed_again(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    disclosure_id = await factories.a_disclosure(town, covering(await the_duty()))
    met = [row[3] for row in await duties()]

    await drafting.withdraw_disclosure(
        town.writer, disclosure_id, reason="数字有误", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure_id, number=2)

    assert (met, [row[3] for row in await duties()]) == (["met"], ["pending"])


async def test_a_duty_is_waived_by_the_street_with_a_reason(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    duty = await the_duty()

    with pytest.raises(Forbidden):
        await obligations.waive_obligation(town.writer, duty, reason="自行豁免")
    with pytest.raises(InvalidInput):
        await obligations.waive_obligation(town.approver, duty, reason=" ")
    await obligations.waive_obligation(town.approver, duty, reason="本季度社区合并,由新社区公开")
    await moved_clock.set(LAST_DAY)
    await jobs.mark_late_obligations()

    row = await database.fetch_one("SELECT state, reason FROM disclosure_obligation")
    assert tuple(row) == ("waived", "本季度社区合并,由新社区公开")


async def test_another_streets_reviewer_waives_nothing(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    outsider = await people.a_street_reviewer()

    with pytest.raises(Forbidden):
        await obligations.waive_obligation(outsider, await the_duty(), reason="不归我管")

    assert [row[3] for row in await duties()] == ["pending"]


async def test_an_occurrence_is_owed_at_once_and_only_once(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R06")
    given = {"code": "R06", "occurred_on": date(2027, 2, 9), "occurrence": "二月第一批临时救助"}

    first, _ = await obligations.record_occurrence(
        town.writer, town.community.id, **given, idempotency_key=uuid4()
    )
    again, _ = await obligations.record_occurrence(
        town.writer, town.community.id, **given, idempotency_key=uuid4()
    )

    row = await database.fetch_one("SELECT due_at, occurrence FROM disclosure_obligation")
    assert first == again
    # Five natural days after the 9th: Sunday the 14th, which in 2027 rests until further notice.
    assert row["due_at"] > datetime(2027, 2, 14, 15, tzinfo=UTC)
    assert await duties() == [("R06", date(2027, 2, 9), date(2027, 2, 9), "pending")]


async def test_nothing_has_occurred_tomorrow(db):
    town = await factories.a_town()
    await factories.adopted(town, "R06", "R01")
    tomorrow = await clock.today() + timedelta(days=1)

    for code, day, refusal in (
        ("R06", tomorrow, OccurredInFuture),
        ("R01", await clock.today(), NothingOccurs),
        ("R99", await clock.today(), ItemUnknown),
    ):
        with pytest.raises(refusal):
            await obligations.record_occurrence(
                town.writer,
                town.community.id,
                code=code,
                occurred_on=day,
                occurrence="临时救助",
                idempotency_key=uuid4(),
            )

    assert await duties() == []


async def test_a_duty_met_or_of_another_community_is_not_met_again(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    other = await factories.a_town("和睦社区", street=town.street)
    await factories.adopted(other, "R01")
    await jobs.make_obligations()

    with pytest.raises(ObligationUnfit):
        await factories.a_draft(town, covering(await the_duty()))
    await factories.a_disclosure(other, covering(await the_duty()))
    with pytest.raises(ObligationUnfit):
        await factories.a_draft(other, covering(await the_duty()))

    assert await database.fetch_value("SELECT count(*) FROM disclosure_disclosure") == 1


async def test_an_item_that_was_due_before_it_was_adopted_begins_with_the_next_period(moved_clock):
    # A year's plan is due in the 60 days after its year began.
    await moved_clock.set(datetime(2027, 6, 1, 4, tzinfo=UTC))
    town = await factories.a_town()
    await factories.adopted(town, "F101")

    await jobs.make_obligations()
    await moved_clock.set(datetime(2028, 1, 1, 4, tzinfo=UTC))
    await jobs.make_obligations()

    assert await duties() == [("F101", date(2028, 1, 1), date(2028, 12, 31), "pending")]


def own_item(**changes) -> ItemDraft:
    """A community's own item, as it may be."""
    given = {
        "code": "F201",
        "affair": Affair.FINANCE,
        "finance_class": FinanceClass.INCOME,
        "title_zh": "集体经营收入(逐月)",
        "title_en": "Income, month by month",
        "frequency": Frequency.MONTHLY,
        "due_rule": {"from": "end", "within": {"workingDays": 5}},
        "legal_basis": "居民会议决定",
    }
    return ItemDraft(**given | changes)


async def test_a_community_publishes_more_often_than_the_preset_but_never_less(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "F201")

    with pytest.raises(CatalogueLooser):
        await catalogue.create_item(
            town.writer,
            town.community.id,
            own_item(frequency=Frequency.YEARLY),
            idempotency_key=uuid4(),
        )
    await catalogue.create_item(town.writer, town.community.id, own_item(), idempotency_key=uuid4())
    await jobs.make_obligations()

    kept = await reads.kept(ANONYMOUS, town.community.id, None, Page())
    assert [(row["code"], row["frequency"]) for row in kept.rows] == [("F201", "monthly")]
    assert await duties() == [("F201", date(2027, 2, 1), date(2027, 2, 28), "pending")]


async def test_a_sensitive_field_cannot_be_shown_whoever_writes_the_form(db):
    town = await factories.a_town()
    shown = Field("identityNumber", "身份证号", "Number", FieldClass.SENSITIVE, Mask.NONE)

    with pytest.raises(InvalidInput):
        await catalogue.create_item(
            town.writer, town.community.id, own_item(form=(shown,)), idempotency_key=uuid4()
        )

    assert await database.fetch_value("SELECT count(*) FROM disclosure_adoption") == 0


async def test_items_are_adopted_by_those_who_keep_the_catalogue(db):
    town = await factories.a_town()
    outsider = await people.a_committee_member(await people.a_community())

    for actor in (town.resident, outsider):
        with pytest.raises(Forbidden):
            await catalogue.adopt_items(
                actor, town.community.id, codes=None, idempotency_key=uuid4()
            )
    with pytest.raises(NotFound):
        await catalogue.adopt_items(
            town.approver, town.street.id, codes=None, idempotency_key=uuid4()
        )
    with pytest.raises(ItemUnknown):
        await catalogue.adopt_items(
            town.writer, town.community.id, codes=["X1"], idempotency_key=uuid4()
        )
    all_of_them = await catalogue.adopt_items(
        town.writer, town.community.id, codes=None, idempotency_key=uuid4()
    )
    none_new = await catalogue.adopt_items(
        town.writer, town.community.id, codes=None, idempotency_key=uuid4()
    )

    assert (all_of_them, none_new) == (74, 0)


async def test_punctuality_is_told_of_a_community_a_street_and_a_year(moved_clock, statements):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    other = await factories.a_town("和睦社区", street=town.street)
    for each in (town, other):
        await factories.adopted(each, "R01", "R02", "R03")
    await jobs.make_obligations()
    owed = await database.fetch(
        "SELECT id FROM disclosure_obligation WHERE community_id = $1 ORDER BY code",
        town.community.id,
    )
    await factories.a_disclosure(town, covering(*(row["id"] for row in owed[:2])))
    await moved_clock.set(LAST_DAY)
    await jobs.mark_late_obligations()

    statements.clear()
    keys = [(town.community.id, 2027), (town.street.id, 2027), (town.street.id, 2026)]
    figures = await reads.punctuality(ANONYMOUS, keys)
    asked = len(statements)
    below = await reads.punctuality_below(
        ANONYMOUS, town.street.path, AreaKind.COMMUNITY, 2027, Page()
    )

    assert [(row["met"], row["late"]) for row in figures] == [(2, 1), (2, 4), (0, 0)]
    assert {row["id"]: (row["met"], row["late"]) for row in below.rows} == {
        town.community.id: (2, 1),
        other.community.id: (0, 3),
    }
    assert (asked, len(statements)) == (1, 2)


async def test_a_day_that_rested_on_guesses_is_judged_anew_before_it_is_late(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    # As if the arrangement had still been unknown and the day had come out too early.
    await database.execute(
        "UPDATE disclosure_obligation SET due_certain = false, due_at = $1",
        LAST_DAY - timedelta(days=2),
    )

    await moved_clock.set(LAST_DAY - timedelta(hours=1))
    await jobs.mark_late_obligations()

    row = await database.fetch_one("SELECT state, due_at FROM disclosure_obligation")
    assert tuple(row) == ("pending", LAST_DAY)


async def test_a_duty_is_told_of_once_more_before_its_last_day(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()

    await moved_clock.set(LAST_DAY - timedelta(days=3, hours=1))
    early = await jobs.remind_of_due_obligations()
    await moved_clock.set(LAST_DAY - timedelta(days=3))
    told = await jobs.remind_of_due_obligations()
    again = await jobs.remind_of_due_obligations()

    events = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'disclosure.ObligationDueSoon'"
    )
    assert (early, told, again, events) == (0, 1, 0, 1)


async def test_days_are_judged_anew_once_the_years_arrangement_is_known(moved_clock):
    await moved_clock.set(datetime(2026, 8, 1, 4, tzinfo=UTC))
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    guessed = datetime(2026, 10, 1, 16, tzinfo=UTC)
    await database.execute(
        "UPDATE disclosure_obligation SET due_certain = false, due_at = $1", guessed
    )

    judged = await jobs.judge_days_anew()
    again = await jobs.judge_days_anew()

    row = await database.fetch_one("SELECT due_at, due_certain FROM disclosure_obligation")
    # Ten days after September end on October 10th: a Saturday, but offices work on it in 2026.
    assert (judged, again) == (1, 0)
    assert tuple(row) == (datetime(2026, 10, 10, 16, tzinfo=UTC), True)


async def test_an_ended_item_is_owed_no_more(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await catalogue.end_adoption(town.approver, town.community.id, code="R01")

    await jobs.make_obligations()

    assert await duties() == []


async def test_the_rules_of_publishing_are_a_rule_set_that_stands(db):
    await presets.sync_presets()

    text = await database.fetch_value(
        "SELECT content::text FROM kernel_rule_set WHERE code = 'DISCLOSURE_PUBLISHING'"
    )

    chain = json.loads(text)["publishers"]["community"]["chain"]
    assert [each["step"] for each in chain] == ["supervisor_review", "privacy_review", "approval"]


async def test_a_draft_that_covers_a_duty_leaves_it_pending(moved_clock):
    await moved_clock.set(FEBRUARY)
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    draft = await factories.a_draft(town, covering(await the_duty()))

    await approving.submit_disclosure(town.writer, draft)

    assert [row[3] for row in await duties()] == ["pending"]
