"""Finance line by line through the contract: brought in, read, compared, charted, fetched."""

from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from api import statements as files
from api.edge import Edge
from domains.disclosure.rules import statement_file
from domains.disclosure.rules.statement_file import Terms
from domains.disclosure.service import drafting
from domains.disclosure.values.statements import StatementKind
from domains.kernel import settings
from domains.kernel.actor import ANONYMOUS
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from domains.membership.rules import register_files
from schema import node
from schema.root import schema
from tests.disclosure import factories
from tests.disclosure.statements import (
    FINANCE,
    LINES,
    QUARTER,
    a_file,
    a_published_statement,
    a_statement,
    an_upload,
    brought_in,
    income,
    spending,
)
from tests.voting.asking import ask, done, refused

IMPORT = """
mutation ($input: ImportStatementInput!) { importStatement(input: $input) {
  ... on StatementImported { replayed statementImport {
    id fileName applied rowCount refusedCount
    refusals { nodes { rowNumber column code message } }
    statement { openingFen incomingFen outgoingFen closingFen lineCount csvAddress }
  } }
  ... on UserError { code message path }
  ... on UnbalancedStatement { expectedFen differenceFen }
} }
"""
STATEMENT = """
query ($disclosure: ID!, $version: Int!, $flow: Flow, $first: Int, $after: String) {
  financeStatement(disclosureId: $disclosure, version: $version) {
    id kind book periodStart periodEnd openingFen closingFen csvAddress xlsxAddress
    classTotals { financeClass incomingFen outgoingFen standingFen }
    lines(flow: $flow, first: $first, after: $after) {
      nodes { id number on financeClass flow amountFen summary counterparty voucher approver }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
FIGURES = """
query ($area: ID!, $year: Int!, $publisher: ID) {
  financeFigures(areaId: $area, year: $year, publisherId: $publisher) {
    months { month incomingFen outgoingFen budgetIncomingFen lastYearIncomingFen }
    classes { financeClass incomingFen outgoingFen }
  }
}
"""
DIFFERENCES = """
query ($disclosure: ID!) { statementDifferences(disclosureId: $disclosure, older: 1, newer: 2) {
  change before { number amountFen } after { number amountFen } } }
"""
LINE = "query ($id: ID!) { node(id: $id) { ... on StatementLine { number amountFen } } }"
REVEAL = """
mutation ($input: RevealStatementPersonsInput!) { revealStatementPersons(input: $input) {
  ... on StatementPersonsRevealed { persons { number counterparty } }
  ... on UserError { code } } }
"""
DISCARD = """
mutation ($input: DiscardStatementInput!) { discardStatement(input: $input) {
  ... on StatementDiscarded { discarded } ... on UserError { code } } }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


@pytest.fixture
async def client(db):
    edge = Edge.of(
        schema,
        Settings(),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    transport = httpx.ASGITransport(app=Starlette(routes=files.routes(edge)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def disclosure(uuid):
    return node.encode("disclosure", uuid)


async def an_input(actor, draft, lines=LINES, **changes):
    return {
        "disclosureId": disclosure(draft),
        "uploadId": node.encode("upload", await an_upload(actor, a_file(lines))),
        "kind": "ACTUALS",
        "book": "居委会经费",
        "periodStart": "2026-07-01",
        "periodEnd": "2026-09-30",
        "openingFen": 10_000,
        "closingFen": 110_000,
        "idempotencyKey": "0190a1b2-c3d4-7000-8000-000000000001",
    } | changes


async def test_a_file_is_brought_in_with_its_report(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)

    payload = await done(town.writer, IMPORT, input=await an_input(town.writer, draft))

    found = payload["statementImport"]
    assert (found["applied"], found["rowCount"], found["refusedCount"]) == (True, 3, 0)
    assert found["statement"] == {
        "openingFen": 10_000,
        "incomingFen": 130_000,
        "outgoingFen": 30_000,
        "closingFen": 110_000,
        "lineCount": 3,
        "csvAddress": None,
    }


async def test_refused_rows_are_told_in_the_callers_language(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    bad = [*LINES, income("=1+1")]

    payload = await done(town.writer, IMPORT, input=await an_input(town.writer, draft, bad))

    found = payload["statementImport"]
    assert (found["applied"], found["statement"]) == (False, None)
    assert found["refusals"]["nodes"] == [
        {
            "rowNumber": 5,
            "column": "收入金额",
            "code": "FORMULA_IN_CELL",
            "message": "单元格含有公式或以 =、+、-、@ 开头。",
        }
    ]


async def test_what_does_not_add_up_is_told_with_the_difference(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    given = await an_input(town.writer, draft, closingFen=109_999)

    (payload,) = (await ask(town.writer, IMPORT, input=given)).values()

    assert payload == {
        "code": "STATEMENT_UNBALANCED",
        "message": (
            "账目不平:期初 100.00 元,收入 1300.00 元,支出 300.00 元,期末应为 1100.00 元,"
            "所填为 1099.99 元,相差 -0.01 元。"
        ),
        "path": ["input", "closingFen"],
        "expectedFen": 110_000,
        "differenceFen": -1,
    }


async def test_amounts_beyond_int_stay_exact(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    most = 2**53 - 1
    given = await an_input(
        town.writer, draft, [income("90071992547409.91")], openingFen=0, closingFen=most
    )

    payload = await done(town.writer, IMPORT, input=given)

    assert payload["statementImport"]["statement"]["incomingFen"] == most


async def test_everybody_reads_a_public_statement_page_by_page(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    asked = {"disclosure": disclosure(published), "version": 1}

    whole = (await ask(ANONYMOUS, STATEMENT, **asked))["financeStatement"]
    one = (await ask(ANONYMOUS, STATEMENT, **asked, first=2))["financeStatement"]
    after = one["lines"]["pageInfo"]["endCursor"]
    rest = (await ask(ANONYMOUS, STATEMENT, **asked, after=after))["financeStatement"]
    spent = (await ask(ANONYMOUS, STATEMENT, **asked, flow="OUTGOING"))["financeStatement"]

    assert whole["classTotals"] == [
        {"financeClass": "INCOME", "incomingFen": 130_000, "outgoingFen": 0, "standingFen": 0},
        {"financeClass": "SPENDING", "incomingFen": 0, "outgoingFen": 30_000, "standingFen": 0},
    ]
    pages = [*one["lines"]["nodes"], *rest["lines"]["nodes"]]
    assert pages == whole["lines"]["nodes"]
    assert spent["lines"]["nodes"] == [
        {
            "id": pages[1]["id"],
            "number": 2,
            "on": "2026-08-10",
            "financeClass": "SPENDING",
            "flow": "OUTGOING",
            "amountFen": 30_000,
            "summary": "路灯维修",
            "counterparty": "徐州路灯公司",
            "voucher": "F2026-08-10-300",
            "approver": "王建国",
        }
    ]


async def test_a_line_is_a_node_once_it_is_public(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    asked = {"disclosure": disclosure(published), "version": 1}
    whole = (await ask(ANONYMOUS, STATEMENT, **asked))["financeStatement"]

    line = await ask(ANONYMOUS, LINE, id=whole["lines"]["nodes"][1]["id"])

    assert line["node"] == {"number": 2, "amountFen": 30_000}


async def test_a_draft_and_another_communitys_ids_show_nothing(db):
    town, other = await factories.a_town(), await factories.a_town("和平社区")
    draft = await factories.a_draft(town, FINANCE)
    given = await an_input(town.writer, draft)
    await done(town.writer, IMPORT, input=given)
    asked = {"disclosure": disclosure(draft), "version": 1}
    seen = (await ask(town.writer, STATEMENT, **asked))["financeStatement"]
    line = seen["lines"]["nodes"][0]["id"]

    hidden = [
        [
            (await ask(actor, STATEMENT, **asked))["financeStatement"],
            (await ask(actor, LINE, id=line))["node"],
            (await ask(actor, LINE, id=seen["id"]))["node"],
        ]
        for actor in (ANONYMOUS, town.resident, other.writer)
    ]
    theirs = {"disclosureId": disclosure(draft)}
    codes = [
        await refused(other.writer, IMPORT, input=await an_input(other.writer, draft)),
        await refused(other.writer, DISCARD, input=theirs),
        await refused(other.writer, REVEAL, input=theirs | {"version": 1}),
    ]

    assert hidden == [[None] * 3] * 3
    assert codes == ["NOT_FOUND"] * 3


async def test_figures_are_made_for_charts(db):
    town = await factories.a_town()
    await a_published_statement(town)
    await a_published_statement(
        town,
        [income("500", on="2026-07-01")],
        statement=a_statement(kind=StatementKind.BUDGET, opening_fen=0, closing_fen=50_000),
    )
    area = node.encode("area", town.community.id)

    found = (await ask(ANONYMOUS, FIGURES, area=area, year=2026))["financeFigures"]
    later = (await ask(ANONYMOUS, FIGURES, area=area, year=2027))["financeFigures"]
    street = node.encode("area", town.street.id)
    above = (await ask(ANONYMOUS, FIGURES, area=street, year=2026))["financeFigures"]
    other = node.encode("publisher", town.community.id)
    nobodys = await ask(ANONYMOUS, FIGURES, area=area, year=2026, publisher=other)
    absurd = await ask(ANONYMOUS, FIGURES, area=area, year=-5)

    assert [each["month"] for each in found["months"]] == list(range(1, 13))
    assert found["months"][6] == {
        "month": 7,
        "incomingFen": 120_050,
        "outgoingFen": 0,
        "budgetIncomingFen": 50_000,
        "lastYearIncomingFen": 0,
    }
    assert found["classes"] == [
        {"financeClass": "INCOME", "incomingFen": 130_000, "outgoingFen": 0},
        {"financeClass": "SPENDING", "incomingFen": 0, "outgoingFen": 30_000},
    ]
    assert later["months"][6]["lastYearIncomingFen"] == 120_050
    assert above == found
    assert nobodys["financeFigures"]["classes"] == []
    assert absurd["financeFigures"] is None


async def test_a_correction_shows_its_lines_over_the_contract(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    await drafting.correct_disclosure(
        town.writer, published, factories.WORDS, reason="更正一笔支出", idempotency_key=uuid4()
    )
    right = [LINES[0], LINES[1] | {"支出金额": "350"}, LINES[2]]
    await brought_in(town.writer, published, right, statement=a_statement(closing_fen=105_000))
    await factories.published(town, published, number=2)

    found = await ask(ANONYMOUS, DIFFERENCES, disclosure=disclosure(published))

    assert found["statementDifferences"] == [
        {
            "change": "CHANGED",
            "before": {"number": 2, "amountFen": 30_000},
            "after": {"number": 2, "amountFen": 35_000},
        }
    ]


async def test_persons_are_revealed_to_the_entitled(db):
    town = await factories.a_town()
    helped = spending("300", 对方="欧阳小明", 对方为个人="是")
    published = await a_published_statement(town, [LINES[0], helped, LINES[2]])
    given = {"disclosureId": disclosure(published), "version": 1}

    found = await done(town.supervisor, REVEAL, input=given)

    assert found == {"persons": [{"number": 2, "counterparty": "欧阳小明"}]}
    assert await refused(town.resident, REVEAL, input=given) == "FORBIDDEN"


async def test_lines_are_fetched_as_csv_and_xlsx_and_read_the_same(client):
    town = await factories.a_town()
    published = await a_published_statement(town)
    asked = {"disclosure": disclosure(published), "version": 1}
    whole = (await ask(ANONYMOUS, STATEMENT, **asked))["financeStatement"]
    terms = Terms(StatementKind.ACTUALS, QUARTER, QUARTER.last, {})

    fetched = [await client.get(whole[name]) for name in ("csvAddress", "xlsxAddress")]

    read = [
        statement_file.read(register_files.rows_of(each.content), terms).lines for each in fetched
    ]
    assert [each.status_code for each in fetched] == [200, 200]
    assert [[line.amount_fen for line in lines] for lines in read] == [[120_050, 30_000, 9_950]] * 2
    assert read[0] == read[1]


async def test_a_draft_is_not_fetched(client):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await done(town.writer, IMPORT, input=await an_input(town.writer, draft))

    answer = await client.get(f"/statements/{disclosure(draft)}/1/lines.csv")

    assert answer.status_code == 404


async def test_statements_and_lines_cost_as_many_queries_for_one_as_for_three(statements):
    town = await factories.a_town()
    published = [
        await a_published_statement(town, statement=a_statement(book=f"第{each}本"))
        for each in range(3)
    ]
    spent = []

    for asked in (published[:1], published):
        fields = " ".join(
            f'a{at}: financeStatement(disclosureId: "{disclosure(each)}", version: 1)'
            " { classTotals { incomingFen } lines(first: 2) { nodes { amountFen } } }"
            for at, each in enumerate(asked)
        )
        statements.clear()
        await ask(ANONYMOUS, f"{{ {fields} }}")
        spent.append(len(statements))

    assert spent == [3, 3]
