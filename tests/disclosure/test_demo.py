"""What the demo town makes public, planted by the product's own commands."""

import pytest

from domains.kernel import database, settings
from seeds import demo


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Where files of this test lie."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def of(sql: str) -> list[str]:
    return [row["said"] for row in await database.fetch(sql)]


async def test_the_demo_town_keeps_a_catalogue_and_shows_what_is_met_and_what_is_late(folder):
    await demo.plant()
    await demo.plant()

    kinds = await of(
        "SELECT kind || ' ' || state AS said FROM disclosure_disclosure ORDER BY created_at, id"
    )
    occurred = await of(
        "SELECT code || ' ' || state AS said FROM disclosure_obligation"
        " WHERE occurrence IS NOT NULL ORDER BY code"
    )
    assert kinds == [
        "news published",
        "notice published",
        "activity published",
        "structured published",
        "structured published",
    ]
    assert occurred == ["F903 late", "R11 met"]
    assert await of("SELECT state AS said FROM disclosure_question") == ["answered"]
    assert await of("SELECT line_count || '' AS said FROM disclosure_statement") == ["8"]
    assert await of("SELECT kind AS said FROM disclosure_gathering") == ["interview_day"]
    assert len(await of("SELECT person_id::text AS said FROM disclosure_supervisor")) == 3
