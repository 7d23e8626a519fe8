"""What other domains tell becomes public, once a source, and never changes."""

from uuid import uuid4

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from domains.disclosure.errors import PersonalDataInText
from domains.disclosure.service import drafting, sourced
from domains.disclosure.service.words import Words
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import database
from jobs import disclosure as jobs
from tests import factories
from tests.disclosure.factories import a_town, adopted, published


async def disclosed(community, **changes):
    async with database.transaction():
        return await sourced.disclose(
            **{
                "source": ("meeting_minutes", uuid4()),
                "area_id": community.id,
                "kind": DisclosureKind.ANNOUNCEMENT,
                "title": "议事会纪要",
                "body": "<p>同意广场舞队迁往九龙湖公园。</p><script>alert(1)</script>",
            }
            | changes
        )


async def test_a_fact_of_another_domain_is_public_once(db):
    community = await factories.a_community()
    source = ("meeting_minutes", uuid4())

    first = await disclosed(community, source=source)
    again = await disclosed(community, source=source)

    rows = await database.fetch("SELECT id, state, published_number FROM disclosure_disclosure")
    assert (first, [tuple(row) for row in rows]) == (again, [(first, "published", 1)])


async def test_scripts_in_a_text_are_gone_once_it_is_written(db):
    community = await factories.a_community()

    await disclosed(community)

    body = await database.fetch_value("SELECT body_html FROM disclosure_version")
    assert body == "<p>同意广场舞队迁往九龙湖公园。</p>"


async def test_a_published_version_stands_in_the_database_itself(db):
    community = await factories.a_community()
    await disclosed(community)

    with pytest.raises((asyncpg.RestrictViolationError, IntegrityError)) as refused:
        await database.execute("UPDATE disclosure_version SET title = '别的'")

    titles = await database.fetch("SELECT title FROM disclosure_version")
    assert database.broken_constraint(refused.value) == "disclosure_version_stands"
    assert [row["title"] for row in titles] == ["议事会纪要"]


async def test_what_is_told_meets_the_duty_of_its_item_and_can_be_corrected(db):
    town = await a_town()
    await adopted(town, "R03")
    await jobs.make_obligations()

    disclosure_id = await disclosed(
        town.community,
        kind=DisclosureKind.STRUCTURED,
        affair=Affair.RESIDENTS,
        item_code="R03",
        tags=("议事会",),
    )
    await drafting.correct_disclosure(
        town.writer,
        disclosure_id,
        Words(title="议事会纪要(更正)", body="改为周日。"),
        reason="日期有误",
        idempotency_key=uuid4(),
    )
    await published(town, disclosure_id, number=2)

    duty = await database.fetch_one("SELECT state, disclosure_id FROM disclosure_obligation")
    versions = await database.fetch(
        "SELECT number, sourced FROM disclosure_version ORDER BY number"
    )
    assert tuple(duty) == ("met", disclosure_id)
    assert [tuple(row) for row in versions] == [(1, True), (2, False)]


async def test_personal_data_in_what_is_told_is_refused_and_nothing_is_kept(db):
    community = await factories.a_community()

    with pytest.raises(PersonalDataInText) as refused:
        await disclosed(community, body="联系人林芳,电话 138 0013 8000。")

    assert refused.value.path == ("input", "body")
    assert "手机号 1****0" in refused.value.message("zh-Hans")
    assert await database.fetch_value("SELECT count(*) FROM disclosure_disclosure") == 0
