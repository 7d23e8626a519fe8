"""What is told of half-yearly reviews, and of everything that the demo town's year brings."""

from dataclasses import fields
from uuid import UUID

import pytest

from domains.kernel import database, outbox, settings
from domains.kernel.database import transaction
from domains.notifications.kinds import registry, reviews
from domains.pledges.events.reviews import OF_A_REVIEW
from seeds import demo
from tests.notifications.telling import all_told, said_to
from tests.pledges.follow_ups import a_published_review
from tests.pledges.reviews import a_reviewed_town

CODES = tuple(each.code for each in reviews.KINDS)


async def failures():
    """The kinds that could not be told, by what kept them from it."""
    rows = await database.fetch(
        "SELECT kind, failure FROM notifications_occasion"
        " WHERE failure IS NOT NULL AND failure <> 'no longer so' ORDER BY kind"
    )
    return [(row["kind"], row["failure"]) for row in rows]


async def test_that_a_review_is_published_is_told_to_who_rated_and_who_was_rated(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, _ = await a_published_review(town, moved_clock)

    await all_told(CODES)

    raters = await database.fetch(
        "SELECT person_id FROM pledges_rater WHERE review_id = $1", review_id
    )
    said = await said_to("REVIEW_PUBLISHED")
    assert {row["person_id"] for row in raters} <= set(said)
    assert {f"{town.year} 年上半年民主评议结果已公布。" in each for each in said.values()} == {True}
    assert await failures() == []


async def test_whatever_happens_to_a_review_is_told_or_is_no_longer_so(moved_clock):
    town = await a_reviewed_town(moved_clock)
    review_id, _ = await a_published_review(town, moved_clock)
    reviewee = await database.fetch_value(
        "SELECT id FROM pledges_reviewee WHERE review_id = $1 ORDER BY position LIMIT 1", review_id
    )
    ids = {"review_id": review_id, "reviewee_id": reviewee}

    async with transaction():
        for event in OF_A_REVIEW:
            given = {
                each.name: town.community.path
                if each.name == "area_path"
                else ids.get(each.name, UUID(int=1))
                for each in fields(event)
            }
            await outbox.record(event(**given))
    await all_told(CODES)

    assert await failures() == []


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Files of this test's own."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def test_everything_that_happens_in_the_demo_town_can_be_told(folder):
    await demo.plant()

    await all_told(tuple(each.code for each in registry.ALL))

    assert await failures() == []
    told = await database.fetch_value("SELECT count(DISTINCT kind) FROM notifications_notice")
    assert told >= 30
