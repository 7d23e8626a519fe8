"""A version's way: whoever wrote it never approves it, and what was handed in stands."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.disclosure.errors import (
    AuthorNeverApproves,
    BodyMayNotPublish,
    DisclosureClosed,
    NotADraft,
    NotApproved,
    NotWaiting,
    ScheduledInPast,
    StepTakenBefore,
    VersionUnderWay,
)
from domains.disclosure.service import approving, drafting
from domains.disclosure.service.placing import Placing
from domains.disclosure.values import Affair, DisclosureKind, PublisherKind
from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Grant, Role
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.values import OrganisationKind
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories


async def states():
    """How every disclosure and version stands."""
    rows = await database.fetch(
        "SELECT d.state, v.number, v.state AS version FROM disclosure_disclosure d"
        " JOIN disclosure_version v ON v.disclosure_id = d.id ORDER BY d.id, v.number"
    )
    return [tuple(row) for row in rows]


async def events():
    """What was told, in order."""
    rows = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE name LIKE 'disclosure.Disclosure%' ORDER BY id"
    )
    return [row["name"].split(".Disclosure")[1] for row in rows]


async def test_a_community_disclosure_passes_supervisors_privacy_and_street(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    seen = [(await states())[0][0]]

    await approving.submit_disclosure(town.writer, draft)
    seen.append((await states())[0][0])
    for actor in (town.supervisor, town.reviewer, town.approver):
        await approving.approve_disclosure(actor, draft, number=1)
        seen.append((await states())[0][0])
    await approving.publish_disclosure(town.writer, draft, number=1)
    seen.append((await states())[0][0])

    assert seen == [
        "draft",
        "supervisor_review",
        "privacy_review",
        "approval",
        "approved",
        "published",
    ]
    assert await events() == ["Submitted", "Submitted", "Submitted", "Approved", "Published"]


async def test_who_wrote_it_never_approves_it(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(town.supervisor, draft, number=1)

    with pytest.raises(AuthorNeverApproves):
        await approving.approve_disclosure(town.writer, draft, number=1)

    assert await states() == [("privacy_review", 1, "privacy_review")]


async def test_the_database_itself_refuses_an_approver_who_wrote_it(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    version_id = await database.fetch_value("SELECT id FROM disclosure_version")
    insert = """
        INSERT INTO disclosure_step (version_id, round, position, step, decision, author_id,
            by_id, other_than_before, decided_at)
        VALUES ($1, 1, 1, 'supervisor_review', 'approved', $2, $3, true, now())
    """

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(insert, version_id, town.writer.person_id, town.writer.person_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await database.execute(insert, version_id, uuid4(), town.supervisor.person_id)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_step") == 0


async def test_who_edited_a_draft_never_approves_it_either(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await drafting.edit_disclosure(
        town.reviewer, draft, replace(factories.WORDS, title="停水改期"), expected_revision=1
    )
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(town.supervisor, draft, number=1)

    with pytest.raises(AuthorNeverApproves):
        await approving.approve_disclosure(town.reviewer, draft, number=1)

    assert await states() == [("privacy_review", 1, "privacy_review")]


async def test_nobody_takes_two_steps_of_one_round(db):
    town = await factories.a_town()
    both = replace(
        town.supervisor,
        grants=town.supervisor.grants
        | {Grant(Role.COMMITTEE_MEMBER, area_path=town.community.path)},
    )
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(both, draft, number=1)

    with pytest.raises(StepTakenBefore):
        await approving.approve_disclosure(both, draft, number=1)

    assert await states() == [("privacy_review", 1, "privacy_review")]


async def test_what_was_returned_goes_its_whole_way_again(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(town.supervisor, draft, number=1)

    await approving.return_disclosure(town.reviewer, draft, number=1, reason="请写明联系社区的方式")
    returned = await states()
    await drafting.edit_disclosure(
        town.writer, draft, replace(factories.WORDS, title="停水通知(改)"), expected_revision=4
    )
    await factories.published(town, draft)

    steps = await database.fetch(
        "SELECT round, step, decision, reason FROM disclosure_step ORDER BY round, position"
    )
    assert returned == [("draft", 1, "draft")]
    assert [tuple(row) for row in steps] == [
        (1, "supervisor_review", "approved", None),
        (1, "privacy_review", "returned", "请写明联系社区的方式"),
        (2, "supervisor_review", "approved", None),
        (2, "privacy_review", "approved", None),
        (2, "approval", "approved", None),
    ]
    assert await states() == [("published", 1, "published")]


async def test_each_step_waits_for_those_whose_step_it_is(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)

    for actor in (town.reviewer, town.approver):
        with pytest.raises(Forbidden):
            await approving.approve_disclosure(actor, draft, number=1)
    with pytest.raises(NotFound):
        await approving.approve_disclosure(town.resident, draft, number=1)
    with pytest.raises(NotWaiting):
        await approving.approve_disclosure(town.supervisor, draft, number=2)

    assert await states() == [("supervisor_review", 1, "supervisor_review")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE disclosure_version SET body_html = '别的'",
        "UPDATE disclosure_version SET title = '别的'",
        "DELETE FROM disclosure_version_author",
        "INSERT INTO disclosure_row (id, version_id, position, shown)"
        " SELECT gen_random_uuid(), id, 1, '{}' FROM disclosure_version",
    ],
)
async def test_nothing_handed_in_changes_after_approval(db, statement):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await factories.approved(town, draft)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await database.execute(statement)

    assert database.broken_constraint(refused.value) == "disclosure_version_handed_in"


async def test_an_edit_after_handing_in_is_refused(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)

    with pytest.raises(NotADraft):
        await drafting.edit_disclosure(town.writer, draft, factories.WORDS, expected_revision=2)

    assert await database.fetch_value("SELECT title FROM disclosure_version") == "停水通知"


async def test_a_version_that_skips_its_chain_is_refused_by_the_database(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await database.execute(
            "UPDATE disclosure_version SET state = 'approved', approved_at = now()"
        )
    with pytest.raises(NotApproved):
        await approving.publish_disclosure(town.writer, draft, number=1)

    assert database.broken_constraint(refused.value) == "disclosure_version_approved"
    assert await states() == [("supervisor_review", 1, "supervisor_review")]


async def test_the_worker_publishes_at_the_minute(moved_clock):
    town = await factories.a_town()
    at = await clock.now() + timedelta(hours=3)
    draft = await factories.a_draft(town)
    await factories.published(town, draft, at=at)

    early = await jobs.publish_due_disclosures()
    before = await states()
    await moved_clock.set(at)
    due = await jobs.publish_due_disclosures()
    again = await jobs.publish_due_disclosures()

    assert (early, before) == (0, [("approved", 1, "approved")])
    assert (due, again, await states()) == (1, 0, [("published", 1, "published")])


async def test_nothing_is_scheduled_for_the_past(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await factories.approved(town, draft)

    with pytest.raises(ScheduledInPast):
        await approving.publish_disclosure(
            town.writer, draft, number=1, at=await clock.now() - timedelta(seconds=1)
        )

    assert await states() == [("approved", 1, "approved")]


async def test_a_correction_is_the_next_version_and_the_first_stays(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)

    await drafting.correct_disclosure(
        town.writer,
        disclosure_id,
        replace(factories.WORDS, title="停水通知(时间更正)"),
        reason="停水时间改为周日",
        idempotency_key=uuid4(),
    )
    meanwhile = await states()
    await factories.published(town, disclosure_id, number=2)

    titles = await database.fetch("SELECT title FROM disclosure_version ORDER BY number")
    assert meanwhile == [("published", 1, "published"), ("published", 2, "draft")]
    assert await states() == [("corrected", 1, "published"), ("corrected", 2, "published")]
    assert [row["title"] for row in titles] == ["停水通知", "停水通知(时间更正)"]


async def test_a_withdrawal_is_a_version_with_a_reason_that_goes_its_way(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)

    await drafting.withdraw_disclosure(
        town.writer, disclosure_id, reason="停水取消", idempotency_key=uuid4()
    )
    with pytest.raises(VersionUnderWay):
        await drafting.withdraw_disclosure(
            town.writer, disclosure_id, reason="再撤", idempotency_key=uuid4()
        )
    await factories.published(town, disclosure_id, number=2)
    with pytest.raises(DisclosureClosed):
        await drafting.correct_disclosure(
            town.writer, disclosure_id, factories.WORDS, reason="更正", idempotency_key=uuid4()
        )

    assert await states() == [("withdrawn", 1, "published"), ("withdrawn", 2, "published")]
    assert (await events())[-1] == "Withdrawn"


async def test_what_was_public_once_is_never_removed(db):
    town = await factories.a_town()
    await factories.a_disclosure(town)

    for statement in (
        "DELETE FROM disclosure_version",
        "DELETE FROM disclosure_disclosure",
        "DELETE FROM disclosure_step",
        "DELETE FROM disclosure_target",
        "UPDATE disclosure_version SET record = 'x', record_sha256 = sha256('x')",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await database.execute(statement)

    assert await states() == [("published", 1, "published")]


@pytest.mark.parametrize(
    ("kind", "affair"),
    [(DisclosureKind.STRUCTURED, Affair.PARTY)],
)
async def test_a_community_does_not_publish_party_affairs(db, kind, affair):
    town = await factories.a_town()

    with pytest.raises(BodyMayNotPublish):
        await factories.a_draft(town, Placing(kind=kind, affair=affair))

    assert await states() == []


async def test_a_department_publishes_on_its_heads_approval(db):
    town = await factories.a_town()
    publisher_id, bureau = await factories.an_organised_body(
        town, PublisherKind.DEPARTMENT, OrganisationKind.DEPARTMENT
    )
    writer = await factories.within(bureau, Role.DEPARTMENT_PUBLISHER, name="许文")
    head = await factories.within(bureau, Role.DEPARTMENT_HEAD, name="沈立")
    policy_kind = Placing(kind=DisclosureKind.POLICY)
    draft, _ = await drafting.draft_disclosure(
        writer, publisher_id, policy_kind, factories.WORDS, idempotency_key=uuid4()
    )
    await approving.submit_disclosure(writer, draft)

    with pytest.raises(Forbidden):
        await approving.approve_disclosure(writer, draft, number=1)
    await approving.approve_disclosure(head, draft, number=1)
    await approving.publish_disclosure(writer, draft, number=1)

    with pytest.raises(BodyMayNotPublish):
        await drafting.draft_disclosure(
            writer,
            publisher_id,
            Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.FINANCE),
            factories.WORDS,
            idempotency_key=uuid4(),
        )
    with pytest.raises(Forbidden):
        await drafting.draft_disclosure(
            town.writer, publisher_id, policy_kind, factories.WORDS, idempotency_key=uuid4()
        )
    assert await states() == [("published", 1, "published")]


async def test_the_party_publishes_on_its_own_approval(db):
    town = await factories.a_town()
    publisher_id, writer, reviewer, approver = await factories.a_party_body(town)
    draft, _ = await drafting.draft_disclosure(
        writer,
        publisher_id,
        Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.PARTY),
        factories.WORDS,
        idempotency_key=uuid4(),
    )
    await approving.submit_disclosure(writer, draft)

    with pytest.raises(NotFound):
        await approving.approve_disclosure(town.reviewer, draft, number=1)
    for actor in (reviewer, approver):
        await approving.approve_disclosure(actor, draft, number=1)
    await approving.publish_disclosure(writer, draft, number=1)

    assert await states() == [("published", 1, "published")]


@pytest.mark.parametrize(
    ("kind", "organisation_kind"),
    [
        (PublisherKind.OWNERS_COMMITTEE, OrganisationKind.OWNERS_COMMITTEE),
        (PublisherKind.PROPERTY_COMPANY, OrganisationKind.PROPERTY_COMPANY),
    ],
)
async def test_owners_and_property_companies_publish_on_another_of_theirs(
    db, kind, organisation_kind
):
    town = await factories.a_town()
    publisher_id, body = await factories.an_organised_body(town, kind, organisation_kind)
    one = await factories.within(body, Role.ORGANISATION_ADMINISTRATOR, name="业主甲")
    other = await factories.within(body, Role.ORGANISATION_ADMINISTRATOR, name="业主乙")
    draft, _ = await drafting.draft_disclosure(
        one, publisher_id, factories.NOTICE, factories.WORDS, idempotency_key=uuid4()
    )
    await approving.submit_disclosure(one, draft)

    with pytest.raises(AuthorNeverApproves):
        await approving.approve_disclosure(one, draft, number=1)
    await approving.approve_disclosure(other, draft, number=1)
    await approving.publish_disclosure(one, draft, number=1)

    assert await states() == [("published", 1, "published")]


async def test_another_communitys_committee_neither_sees_nor_writes(db):
    town = await factories.a_town()
    outsider = await people.a_committee_member(await people.a_community())
    draft = await factories.a_draft(town)

    with pytest.raises(Forbidden):
        await drafting.draft_disclosure(
            outsider, town.publisher_id, factories.NOTICE, factories.WORDS, idempotency_key=uuid4()
        )
    with pytest.raises(NotFound):
        await approving.submit_disclosure(outsider, draft)

    assert await states() == [("draft", 1, "draft")]


async def test_the_same_key_drafts_once(db):
    town = await factories.a_town()
    key = uuid4()
    given = (town.writer, town.publisher_id, factories.NOTICE, factories.WORDS)

    first, _ = await drafting.draft_disclosure(*given, idempotency_key=key)
    again, replayed = await drafting.draft_disclosure(*given, idempotency_key=key)

    assert (first, replayed, await states()) == (again, True, [("draft", 1, "draft")])


async def test_the_system_does_not_write_for_bodies(db):
    town = await factories.a_town()

    with pytest.raises(AssertionError):
        await drafting.draft_disclosure(
            SYSTEM, town.publisher_id, factories.NOTICE, factories.WORDS, idempotency_key=uuid4()
        )

    assert await states() == []
