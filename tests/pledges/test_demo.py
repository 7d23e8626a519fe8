"""The demo town's promises."""

import pytest

from domains.kernel import database, settings
from domains.kernel.actor import ANONYMOUS
from domains.pledges.queries import comparison
from seeds import demo


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files of this test's own."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def test_the_demo_town_shows_promises_in_each_state_and_a_published_review(db, folder):
    planted = await demo.plant()

    states = await database.fetch(
        "SELECT state, count(*) AS many FROM pledges_pledge GROUP BY state ORDER BY state"
    )
    review = await database.fetch_one(
        "SELECT state, void_reason, year FROM pledges_review WHERE state <> 'void'"
    )
    assert {row["state"]: row["many"] for row in states} == dict.fromkeys(
        (
            *("accepted", "closed", "committed", "declined", "defaulted", "delivered"),
            *("in_progress", "proposed", "public_notice", "screened", "withdrawn"),
        ),
        1,
    )
    assert (review["state"], review["void_reason"]) == ("published", None)
    (year,) = await comparison.years(
        ANONYMOUS, planted.community_id, first_year=review["year"], last_year=review["year"]
    )
    assert (year.score.promised, year.score.on_time, year.score.defaulted) == (6, 2, 1)
    assert len(year.reviews[0].items) == 5
