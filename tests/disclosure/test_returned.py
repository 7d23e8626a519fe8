"""What was sent back: kept with its steps, and never in the way of what comes instead."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.disclosure.errors import (
    AuthorNeverApproves,
    HandedInBefore,
    NotWaiting,
    VersionUnderWay,
)
from domains.disclosure.service import approving, drafting
from domains.kernel import clock, database
from domains.kernel.errors import Forbidden
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.factories import WORDS, Town

VERSIONS = "SELECT number, change, reason, state FROM disclosure_version ORDER BY number"


async def versions() -> list[tuple[object, ...]]:
    """All versions, in their order."""
    return [tuple(row) for row in await database.fetch(VERSIONS)]


async def a_returned_correction(town: Town) -> UUID:
    """Something public whose correction was handed in and sent back."""
    disclosure_id = await factories.a_disclosure(town)
    await drafting.correct_disclosure(
        town.writer, disclosure_id, WORDS, reason="时间有误", idempotency_key=uuid4()
    )
    await approving.submit_disclosure(town.writer, disclosure_id)
    await approving.return_disclosure(town.supervisor, disclosure_id, number=2, reason="原文无误")
    return disclosure_id


async def test_a_draft_that_was_sent_back_is_not_given_up(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    await approving.return_disclosure(town.supervisor, draft, number=1, reason="请写明时间")

    with pytest.raises(HandedInBefore):
        await drafting.discard_draft(town.writer, draft)

    assert await versions() == [(1, "first", None, "draft")]


async def test_a_correction_that_was_sent_back_can_become_a_withdrawal(db):
    town = await factories.a_town()
    disclosure_id = await a_returned_correction(town)

    await drafting.withdraw_disclosure(
        town.writer, disclosure_id, reason="全文有误", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure_id, number=2)

    assert await versions() == [
        (1, "first", None, "published"),
        (2, "withdrawal", "全文有误", "published"),
    ]


async def test_a_correction_that_was_sent_back_is_begun_anew_for_another_reason(db):
    town = await factories.a_town()
    disclosure_id = await a_returned_correction(town)

    await drafting.correct_disclosure(
        town.writer, disclosure_id, WORDS, reason="楼号有误", idempotency_key=uuid4()
    )

    assert (await versions())[1:] == [(2, "correction", "楼号有误", "draft")]


async def test_who_wrote_what_was_sent_back_never_approves_what_it_became(db):
    town = await factories.a_town()
    disclosure_id = await a_returned_correction(town)
    other = await people.a_committee_member(town.community, name="刘洋")

    await drafting.withdraw_disclosure(
        other, disclosure_id, reason="全文有误", idempotency_key=uuid4()
    )
    await approving.submit_disclosure(other, disclosure_id)
    await approving.approve_disclosure(town.supervisor, disclosure_id, number=2)
    for author in (town.writer, other):
        with pytest.raises(AuthorNeverApproves):
            await approving.approve_disclosure(author, disclosure_id, number=2)

    assert (await versions())[1:] == [(2, "withdrawal", "全文有误", "privacy_review")]


async def test_what_was_approved_and_scheduled_is_sent_back_when_an_error_is_seen_late(moved_clock):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    at = await clock.now() + timedelta(hours=1)
    await factories.published(town, draft, at=at)

    with pytest.raises(Forbidden):
        await approving.return_disclosure(town.supervisor, draft, number=1, reason="楼号有误")
    await approving.return_disclosure(town.approver, draft, number=1, reason="楼号有误")
    await moved_clock.set(at)

    assert await jobs.publish_due_disclosures() == 0
    assert await versions() == [(1, "first", None, "draft")]
    await factories.published(town, draft)
    assert await versions() == [(1, "first", None, "published")]


async def test_what_is_public_is_not_sent_back(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)

    with pytest.raises(NotWaiting):
        await approving.return_disclosure(town.approver, disclosure_id, number=1, reason="有误")

    assert await versions() == [(1, "first", None, "published")]


async def test_what_waits_at_a_step_is_in_the_way_still(db):
    town = await factories.a_town()
    disclosure_id = await a_returned_correction(town)
    await approving.submit_disclosure(town.writer, disclosure_id)

    with pytest.raises(VersionUnderWay):
        await drafting.withdraw_disclosure(
            town.writer, disclosure_id, reason="全文有误", idempotency_key=uuid4()
        )

    assert (await versions())[1:] == [(2, "correction", "时间有误", "supervisor_review")]
