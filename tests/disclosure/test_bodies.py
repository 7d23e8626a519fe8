"""Bodies: a community has its own from the beginning; an ended one publishes nothing new."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.disclosure.errors import PublisherEnded
from domains.disclosure.service import approving, drafting, publishers
from domains.disclosure.values import VersionState
from domains.kernel import clock, database
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories

STATES = "SELECT array_agg(state ORDER BY id) FROM disclosure_version"


async def test_a_community_has_its_own_body_without_anyones_doing(db):
    await people.a_community(name="同心社区")
    await people.a_community(name="和平社区")

    made = [await jobs.found_community_bodies() for _ in range(2)]

    rows = await database.fetch("SELECT kind, name FROM disclosure_publisher ORDER BY id")
    assert made == [2, 0]
    assert [tuple(row) for row in rows] == [("community", "同心社区"), ("community", "和平社区")]


async def test_a_body_that_was_ended_is_not_founded_again(db):
    town = await factories.a_town()
    await publishers.end_publisher(town.approver, town.publisher_id)

    assert await jobs.found_community_bodies() == 0


async def test_a_body_that_was_ended_publishes_nothing_new(moved_clock):
    town = await factories.a_town()
    at = await clock.now() + timedelta(hours=1)
    written, passed = await factories.a_draft(town), await factories.a_draft(town)
    await factories.approved(town, passed)
    await factories.published(town, await factories.a_draft(town), at=at)
    await publishers.end_publisher(town.approver, town.publisher_id)
    stands = await database.fetch_value(STATES)

    for command in (
        factories.a_draft(town),
        approving.submit_disclosure(town.writer, written),
        approving.publish_disclosure(town.writer, passed, number=1),
    ):
        with pytest.raises(PublisherEnded):
            await command
    await moved_clock.set(at)

    assert await jobs.publish_due_disclosures() == 0
    assert await database.fetch_value(STATES) == stands


async def test_what_an_ended_body_published_can_still_be_put_right(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)
    await publishers.end_publisher(town.approver, town.publisher_id)

    await drafting.withdraw_disclosure(
        town.writer, disclosure_id, reason="误公开", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure_id, number=2)

    assert await database.fetch_value(STATES) == [VersionState.PUBLISHED] * 2
