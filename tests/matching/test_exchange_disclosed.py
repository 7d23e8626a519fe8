"""What is disclosed of money, things and projects: as it stands, once."""

import io
from uuid import uuid4

import pypdf

from domains.kernel import database, documents
from domains.matching.queries import projects as queries
from domains.matching.service import (
    closing_reports,
    finishing,
    funds,
    milestones,
    reserving,
    spending,
)
from domains.matching.service.reserving import ReservationDraft
from domains.membership.values import OrganisationKind
from jobs import outbox
from tests import factories
from tests.matching.exchange import (
    an_exchange,
    an_upload,
    available,
    lines_of,
    paid,
    running,
    who,
)


async def test_what_came_in_and_was_spent_is_disclosed_once(db):
    exchange = await an_exchange()
    await factories.an_organisation(
        exchange.community, name="同心社区居民委员会", kind=OrganisationKind.COMMUNITY_BODY
    )
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    spending_id = await paid(exchange, fund_id, food["id"], 12_345)
    await spending.refund_spending(
        exchange.officer,
        spending_id,
        amount_fen=345,
        said="退回一袋",
        proof_id=await an_upload(exchange.officer),
        idempotency_key=uuid4(),
    )
    await funds.return_money(
        exchange.treasurer,
        fund_id,
        amount_fen=100_000,
        said="节余退回捐赠方",
        proof_id=await an_upload(exchange.treasurer),
        idempotency_key=uuid4(),
    )

    await outbox.relay()
    await outbox.relay()

    rows = await database.fetch(
        "SELECT v.title, v.body_text FROM disclosure_version v"
        " JOIN disclosure_disclosure d ON d.id = v.disclosure_id"
        " WHERE d.source_kind IN ('spending', 'fund_entry') ORDER BY d.id"
    )
    failures = await database.fetch_value(
        "SELECT array_agg(name || failure) FROM kernel_outbox WHERE delivered_at IS NULL"
    )
    assert failures is None
    assert [row["title"].partition("(")[0] for row in rows] == [
        "专项资金收入公开:助老专项",
        "专项资金支出公开:冬日暖心餐",
        "专项资金退款公开:助老专项",
        "专项资金退回公开:助老专项",
    ]
    assert ["123.45 元" in row["body_text"] for row in rows] == [False, True, False, False]
    assert "惠民超市" in rows[1]["body_text"]


async def test_what_was_given_and_the_closing_report_are_disclosed_once(db):
    exchange = await an_exchange()
    await factories.an_organisation(
        exchange.community, name="同心社区居民委员会", kind=OrganisationKind.COMMUNITY_BODY
    )
    project_id, fund_id = await running(exchange)
    food, boxes = await lines_of(project_id)
    await paid(exchange, fund_id, food["id"], 400_000)
    await paid(exchange, fund_id, boxes["id"], 100_000, purpose="采购保温箱")
    reservation_id, _ = await reserving.reserve_resource(
        exchange.leader,
        ReservationDraft(await available(exchange), 40, project_id=project_id),
        idempotency_key=uuid4(),
    )
    await reserving.commit_reservation(exchange.lin, reservation_id)
    await reserving.deliver_reservation(exchange.lin, reservation_id)
    await reserving.receipt_reservation(
        exchange.leader,
        reservation_id,
        note="饭盒四十个,完好。",
        proof_id=await an_upload(exchange.leader),
    )
    (reached, *_) = await queries.milestones_by_project(exchange.lin, [project_id])
    for each in reached:
        await milestones.miss_milestone(exchange.committee, each["id"], note="雨雪停送。")
    people = [await factories.a_resident(exchange.community, name=f"居民{n}") for n in range(5)]
    await finishing.name_served(exchange.leader, project_id, [who(one) for one in people])
    for resident in people:
        await finishing.evaluate_project(resident, project_id, score=4)
    await finishing.conclude_evaluation(exchange.worker, project_id)
    await finishing.close_project(exchange.committee, project_id, outcome="三十位老人吃上了热饭。")

    await outbox.relay()
    await outbox.relay()

    rows = await database.fetch(
        "SELECT d.source_kind, v.title, v.body_text FROM disclosure_version v"
        " JOIN disclosure_disclosure d ON d.id = v.disclosure_id"
        " WHERE d.source_kind IN ('receipt', 'project_report') ORDER BY d.source_kind"
    )
    assert [(row["source_kind"], row["title"].partition("(")[0]) for row in rows] == [
        ("project_report", "冬日暖心餐结项报告"),
        ("receipt", "捐助资源使用公开:保温饭盒"),
    ]
    assert "饭盒四十个,完好。" in rows[1]["body_text"]
    report = await closing_reports.report_of(exchange.lin, project_id)
    text = documents.to_text(report)
    printed = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(documents.to_pdf(report))).pages
    )
    for said in ("5,000.00", "惠民超市", "保温饭盒", "平均 4.00 分", "4 分 5 人"):
        assert said in text
    for said in ("5,000.00", "惠民超市", "平均 4.00 分"):
        assert said in printed
