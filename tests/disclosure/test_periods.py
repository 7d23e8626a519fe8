"""The days that a body's book tells of, held apart by the database itself."""

from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.disclosure.rules.statements import Period
from domains.disclosure.service import drafting
from domains.kernel import database, settings
from tests.disclosure import factories
from tests.disclosure.statements import (
    FINANCE,
    a_published_statement,
    a_statement,
    brought_in,
    income,
)

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


async def told() -> list[tuple[UUID, str]]:
    """Which disclosures tell of which days."""
    rows = await database.fetch("SELECT disclosure_id, days::text AS days FROM disclosure_told")
    return [(row["disclosure_id"], row["days"]) for row in rows]


async def slipped_in(disclosure_id: UUID, *, book: str, first: date, last: date) -> None:
    """A statement of a draft, written past every command."""
    await database.execute(
        "INSERT INTO disclosure_statement SELECT id, 'actuals', $2, $3, $4, 0, 0, 0, 0, 1"
        " FROM disclosure_version WHERE disclosure_id = $1 AND state = 'draft'",
        *(disclosure_id, book, first, last),
    )


async def test_the_database_itself_refuses_two_statements_of_the_same_days(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    draft = await factories.a_draft(town, FINANCE)

    with pytest.raises(asyncpg.ExclusionViolationError, match="disclosure_told_once"):
        await slipped_in(draft, book="居委会经费", first=date(2026, 9, 30), last=date(2026, 10, 31))

    assert await told() == [(published, "{[2026-07-01,2026-10-01)}")]


async def test_other_days_other_books_and_other_bodies_stand_beside_each_other(db):
    town, other = await factories.a_town(), await factories.a_town("和平社区")
    drafts = [await factories.a_draft(of, FINANCE) for of in (town, town, town, other)]
    quarter = {"first": date(2026, 7, 1), "last": date(2026, 9, 30)}
    october = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}

    await slipped_in(drafts[0], book="居委会经费", **quarter)
    await slipped_in(drafts[1], book="居委会经费", **october)
    await slipped_in(drafts[2], book="维修资金", **quarter)
    await slipped_in(drafts[3], book="居委会经费", **quarter)

    assert {disclosure_id for disclosure_id, _ in await told()} == set(drafts)


async def test_a_correction_of_other_days_holds_both_until_it_is_public(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    await drafting.correct_disclosure(
        town.writer, published, factories.WORDS, reason="期间有误", idempotency_key=uuid4()
    )
    october = a_statement(period=OCTOBER, closing_fen=20_000)
    await brought_in(town.writer, published, [income("100", on="2026-10-02")], statement=october)
    under_way = await told()

    await factories.published(town, published, number=2)

    assert under_way == [(published, "{[2026-07-01,2026-11-01)}")]
    assert await told() == [(published, "{[2026-10-01,2026-11-01)}")]


async def test_what_is_withdrawn_or_given_up_leaves_its_days(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    given_up = await factories.a_draft(town, FINANCE)
    october = a_statement(period=OCTOBER, opening_fen=110_000, closing_fen=120_000)
    lines = [income("100", on="2026-10-02")]
    await brought_in(town.writer, given_up, lines, statement=october)
    await drafting.withdraw_disclosure(
        town.writer, published, reason="误公开", idempotency_key=uuid4()
    )

    await drafting.discard_draft(town.writer, given_up)
    await factories.published(town, published, number=2)

    assert await told() == []
