"""What is disclosed of money, things and projects: as it stands, once."""

from domains.kernel import database
from domains.membership.values import OrganisationKind
from jobs import outbox
from tests import factories
from tests.matching.exchange import an_exchange, lines_of, paid, running


async def test_what_came_in_and_was_spent_is_disclosed_once(db):
    exchange = await an_exchange()
    await factories.an_organisation(
        exchange.community, name="同心社区居民委员会", kind=OrganisationKind.COMMUNITY_BODY
    )
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    await paid(exchange, fund_id, food["id"], 12_345)

    await outbox.relay()
    await outbox.relay()

    rows = await database.fetch(
        "SELECT v.title, v.body_text FROM disclosure_version v"
        " JOIN disclosure_disclosure d ON d.id = v.disclosure_id"
        " WHERE d.source_kind IN ('spending', 'fund_entry') ORDER BY v.title"
    )
    failures = await database.fetch_value(
        "SELECT array_agg(name || failure) FROM kernel_outbox WHERE delivered_at IS NULL"
    )
    assert failures is None
    assert [row["title"].partition("(")[0] for row in rows] == [
        "专项资金支出公开:冬日暖心餐",
        "专项资金收入公开:助老专项",
    ]
    assert "123.45 元" in rows[0]["body_text"]
    assert "惠民超市" in rows[0]["body_text"]
