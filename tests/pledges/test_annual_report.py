"""A community year on year, and its report in hand."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from uuid import uuid4
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from python_calamine import load_workbook

from domains.kernel import clock, database, documents, settings, uploads
from domains.kernel.actor import ANONYMOUS
from domains.pledges import service
from domains.pledges.queries import annual, comparison
from domains.pledges.rules import annual_report, annual_sheets
from domains.pledges.rules.annual_report import AnnualReport, PledgeLine
from domains.pledges.rules.figures import percent, rate, yuan
from domains.pledges.rules.keeping import Score
from domains.pledges.service import annual_reports, publication, rectifications
from domains.pledges.values.pledges import Keeping, PledgeState
from domains.pledges.values.reviews import ReportFormat
from schema import node
from tests import factories
from tests.pledges.factories import a_committed_pledge, a_town, accept, deliver, reach_all
from tests.pledges.follow_ups import (
    BAD,
    GOOD,
    a_published_review,
    an_order,
    the_body,
    the_second_half,
)
from tests.pledges.reviews import a_reviewed_town, close_and_count, rate_all
from tests.voting.asking import ask

YEARS = """
query ($id: ID!, $first: Int!, $last: Int!) {
  pledgeYears(communityId: $id, firstYear: $first, lastYear: $last) {
    year score { promised onTime keptOnTime { decimal } }
    bodies { name organisation { name } score { onTime promised } }
    reviews { half isSecond items { label satisfaction { decimal } answers { satisfied } } }
  }
}
"""
REPORT = """
query ($id: ID!, $year: Int!, $format: ReportFormat!) {
  pledgeAnnualReport(communityId: $id, year: $year, format: $format) { address sha256 sizeBytes }
}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files of this test's own."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def a_year(moved_clock):
    """A town with one promise kept, two reviews, and something to be put right."""
    town = await a_reviewed_town(moved_clock)
    pledge_id = await database.fetch_value("SELECT id FROM pledges_pledge")
    await reach_all(town, pledge_id)
    await deliver(town, pledge_id)
    await accept(town, pledge_id)
    review_id, overseer = await a_published_review(town, moved_clock, BAD)
    order_id = await an_order(overseer, await the_body(town, review_id))
    await rectifications.report(town.keeper, order_id, text="已整改。")
    await rectifications.judge(overseer, order_id, passed=True, verdict="合格")
    second = await the_second_half(town, moved_clock)
    await rate_all(second, GOOD)
    await close_and_count(second, moved_clock)
    await publication.publish_review(overseer, second)
    return town


async def test_a_community_is_told_year_on_year_as_data_for_charts(moved_clock):
    town = await a_year(moved_clock)
    given = {"id": node.encode("area", town.community.id), "first": town.year - 3}

    found = (await ask(ANONYMOUS, YEARS, **given, last=town.year))["pledgeYears"]

    assert [(each["year"], each["score"]["promised"]) for each in found] == [(town.year, 1)]
    assert found[0]["score"]["keptOnTime"] == {"decimal": "1"}
    assert [(each["name"], each["score"]["onTime"]) for each in found[0]["bodies"]] == [
        (town.body.name, 1)
    ]
    assert [
        (each["half"], [item["satisfaction"]["decimal"] for item in each["items"]])
        for each in found[0]["reviews"]
    ] == [("H1", ["0.4"] * 5), ("H2", ["1"] * 5)]


async def test_years_take_as_many_statements_however_many_there_are(moved_clock, statements):
    town = await a_year(moved_clock)
    span = {"first_year": 2000, "last_year": town.year}
    statements.clear()
    await comparison.years(ANONYMOUS, town.community.id, **span)
    one = len(statements)
    await moved_clock.set(datetime(town.year + 1, 2, 1, 12, tzinfo=clock.SHANGHAI))
    programme_id, _ = await service.open_programme(
        *(town.committee, town.community.id),
        year=town.year + 1,
        introduction="",
        idempotency_key=uuid4(),
    )
    later = replace(town, programme_id=programme_id, year=town.year + 1)
    await a_committed_pledge(later, moved_clock)
    statements.clear()

    found = await comparison.years(
        ANONYMOUS, town.community.id, first_year=2000, last_year=later.year
    )

    assert (one, len(statements), len(found)) == (3, 3, 2)


async def test_another_communitys_promises_are_not_in_the_comparison(moved_clock):
    town = await a_town()
    elsewhere = await a_town()
    await a_committed_pledge(elsewhere, moved_clock)

    found = await comparison.years(
        ANONYMOUS, town.community.id, first_year=2000, last_year=town.year + 1
    )

    assert found == []


async def test_the_report_is_in_hand_as_pdf_and_as_a_workbook(moved_clock, folder):
    town = await a_year(moved_clock)
    report = await annual.report_of(town.committee, town.community.id, town.year)

    pdf = documents.to_pdf(annual_report.document(report))
    book = annual_sheets.workbook(report)

    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    said = re.sub(r"\s", "", said)
    for expected in (
        f"同心社区{town.year}年项目承诺与民主评议年度报告",
        "按期兑现率100.00%（占已了结事项）",
        "为独居老人送餐",
        "总体评价40.00%100.00%",
        "公开送餐台账,按周更新。",
    ):
        assert expected in said
    sheets = load_workbook(io.BytesIO(book))
    assert sheets.sheet_names == [
        *("总体情况", "承诺事项", "责任单位", "评议项目", "评议对象", "整改", "历年对比")
    ]
    pledges = sheets.get_sheet_by_name("承诺事项").to_python()
    assert pledges[1][:4] == [1, "为独居老人送餐", town.body.name, 30000]
    assert pledges[1][7:] == [1, "已验收", "按期兑现"]
    items = sheets.get_sheet_by_name("评议项目").to_python()
    assert items[0] == ["评议项目", "上半年", "下半年"]
    assert items[-1] == ["总体评价", 0.4, 1]


async def test_the_report_is_fetched_by_who_belongs_and_by_nobody_else(moved_clock, folder):
    town = await a_year(moved_clock)
    given = {"id": node.encode("area", town.community.id), "year": town.year}
    elsewhere = await factories.a_resident(await factories.a_community())

    for actor in (ANONYMOUS, elsewhere):
        none = await ask(actor, REPORT, **given, format="PDF")
        assert none == {"pledgeAnnualReport": None}
    for kind in ReportFormat:
        found = (await ask(town.residents[0], REPORT, **given, format=kind.name))[
            "pledgeAnnualReport"
        ]
        allowed, chunks = await uploads.open_address(found["address"].removeprefix("/uploads/"))
        content = b"".join([each async for each in chunks])
        assert hashlib.sha256(content).hexdigest() == found["sha256"]
        assert allowed.file_name.endswith(f"年度报告.{kind.value}")
        again = await annual_reports.annual_file(
            town.residents[0], town.community.id, town.year, kind
        )
        assert again is not None
        assert again.sha256.hex() == found["sha256"]


def a_report(**changes):
    empty = Score(*(0,) * 7)
    given = {
        "community": "米兰社区",
        "year": 2026,
        "as_of": date(2027, 1, 9),
        "score": empty,
        "pledges": (),
        "bodies": (),
        "reviews": (),
        "items": (),
        "orders": (),
        "years": (),
    }
    return AnnualReport(**given | changes)


def test_no_text_of_anybodys_is_a_formula():
    line = PledgeLine(
        number=1,
        title='=HYPERLINK("http://example.org","点我")',
        body="+1 服务社",
        budget_fen=1_234_567,
        first_deadline=date(2026, 9, 30),
        deadline=date(2026, 10, 31),
        delivered_on=None,
        state=PledgeState.OVERDUE,
        keeping=Keeping.PENDING,
        reached=40,
    )

    book = annual_sheets.workbook(a_report(pledges=[line]))

    row = load_workbook(io.BytesIO(book)).get_sheet_by_name("承诺事项").to_python()[1]
    assert row[1:4] == ['=HYPERLINK("http://example.org","点我")', "+1 服务社", 12345.67]
    assert b"<f>" not in _sheet_of(book)
    assert annual_report.outcome_of(line) == "已逾期\n（改期）"


def _sheet_of(book):
    with ZipFile(io.BytesIO(book)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist() if "sheet" in name)


def test_a_year_without_anything_has_a_report_that_says_so():
    text = documents.to_text(annual_report.document(a_report()))

    assert "本年度没有正式承诺的事项。" in text
    assert "本年度没有已公布的民主评议。" in text


def test_figures_are_rounded_half_up_and_keep_their_fraction_where_it_is_short():
    assert percent(Fraction(1, 3)) == "33.33%"
    assert percent(Fraction(2, 3)) == "66.67%"
    assert percent(Fraction(1, 80_000)) == "0.00%"
    assert percent(Fraction(1, 20_000)) == "0.01%"
    assert rate(Fraction(7, 9)) == "77.78% (7/9)"
    assert rate(Fraction(123_456_789, 987_654_321)) == "12.50%"
    assert (rate(None), yuan(1_234_567)) == ("—", "12,345.67")
