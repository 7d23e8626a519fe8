"""A quarter of the demo town's accounts: brought in, approved, published, questioned, corrected.

Real programs on one database, people at their own devices over HTTP; only the database's clock
is moved. A quarter that nobody published is late without anybody's doing. At the end a resident
holds copies against the log with `gongyi verify`.
"""

import csv
import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from domains.disclosure.rules import periods
from domains.disclosure.rules.statements import Period
from domains.disclosure.values import Frequency
from domains.kernel import calendar, clock, database, settings
from domains.kernel.actor import Actor, Role
from domains.membership.queries import roles
from jobs import disclosure as disclosing
from jobs import transparency
from schema import node
from seeds import demo
from seeds.disclosures import BOOK, CLOSING_FEN, HEADINGS, the_quarter_before
from tests.conftest import Clock
from tests.journey.clients import Somebody, a_session, key, relayed, until
from tests.journey.conftest import Programs

SERVING = r"Serving at (http://\S+)"
WORKING = r"(Working)"
DISCLOSURE = "... on DisclosurePayload { disclosure { id state number latestNumber } }"
QUESTION = """
... on DisclosureQuestionPayload { question {
  id state lineNumber isUpheld correctedVersion disclosure { state } answers { text satisfied }
} }
"""
IMPORTED = """
... on StatementImported { statementImport { rowCount refusedCount applied } }
... on UnbalancedStatement { differenceFen }
"""
LINES = """
query ($id: ID!, $version: Int!) { financeStatement(disclosureId: $id, version: $version) {
  openingFen closingFen csvAddress
  lines { nodes { id number summary amountFen counterparty } } } }
"""
DUTIES = """
query ($where: ObligationFilterInput!) { obligations(where: $where) {
  nodes { id code state periodStart disclosureId } } }
"""
PUNCTUALITY = """
query ($area: ID!, $year: Int!) { punctuality(areaId: $area, year: $year) { met late } }
"""
LOG = "query ($area: ID!) { transparencyLog(areaId: $area) { size latestHead { size address } } }"
PROOF = """
query ($id: ID!, $version: Int!) { inclusionProof(disclosureId: $id, version: $version) {
  address leafIndex size } }
"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The day counted from the quarter's first; class, what for, in, out, the other side, a person.
ROWS = (
    (5, "收入", "公共场地租金", "12600.00", "", "米兰物业服务有限公司", "", ""),
    (17, "支出", "楼道声控灯更换", "", "18600.00", "徐州明光路灯公司", "", "王秀英"),
    (44, "支出", "门岗值守劳务", "", "2400.00", "周师傅", "是", "王秀英"),
    (61, "收入", "电梯广告收益", "3600.00", "", "徐州电梯传媒", "", ""),
)
CLOSES = CLOSING_FEN + 1_620_000 - 2_100_000
CORRECTED = CLOSES + 100_000


@dataclass
class Town:
    """The demo town, with everybody in the story at a device of their own."""

    address: str
    community: str
    publisher: str
    quarter: Period
    writer: Somebody
    chain: list[Somebody]
    resident: Somebody


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Where the programs and the test keep files and keys."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


def rows_of(quarter: Period, *, lamps: str = "18600.00") -> list[list[str]]:
    """The quarter's lines as the bookkeeper has them."""
    return [
        [
            (quarter.first + timedelta(days=days)).isoformat(),
            *(kind, what, income, lamps if what.startswith("楼道") else spent),
            *(other, person, f"记-{number:03d}", approver),
        ]
        for number, (days, kind, what, income, spent, other, person, approver) in enumerate(
            ROWS, start=1
        )
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *rows])
    return text.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([list(HEADINGS), *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return buffer.getvalue()


async def the_town(address: str) -> Town:
    """The planted town's people, with their sessions."""
    planted = await demo.find()
    assert planted is not None

    async def somebody(name: str | None, role: Role) -> Somebody:
        person_id = await database.fetch_value(
            "SELECT p.id FROM membership_person p JOIN membership_role_grant g"
            " ON g.person_id = p.id WHERE g.role = $2 AND ($1::text IS NULL OR p.name = $1)"
            " ORDER BY p.id LIMIT 1",
            name,
            role,
        )
        actor = Actor(person_id=person_id, grants=await roles.grants_of(person_id))
        return Somebody(address, actor, await a_session(actor))

    neighbour = await database.fetch_value(
        "SELECT r.person_id FROM membership_residency r ORDER BY r.id DESC LIMIT 1"
    )
    actor = Actor(person_id=neighbour, grants=await roles.grants_of(neighbour))
    publisher = await database.fetch_value("SELECT id FROM disclosure_publisher")
    return Town(
        address=address,
        community=node.encode("area", planted.community_id),
        publisher=node.encode("publisher", publisher),
        quarter=the_quarter_before(await clock.today()),
        writer=await somebody(None, Role.COMMITTEE_MEMBER),
        chain=[
            await somebody("冯正清", Role.SUPERVISOR),
            await somebody("董洁", Role.COMMITTEE_MEMBER),
            await somebody("钱峰", Role.STREET_REVIEWER),
        ],
        resident=Somebody(address, actor, await a_session(actor)),
    )


async def sent(by: Somebody, content: bytes, name: str, media_type: str) -> str:
    """A file, announced, sent and completed over HTTP; returns the upload."""
    made = await by.does(
        "createUpload",
        "... on UploadCreated { putAddress upload { id } }",
        fileName=name,
        mediaType=media_type,
        sizeBytes=len(content),
        idempotencyKey=key(),
    )
    put = await by.client.put(made["putAddress"], content=content)
    assert put.status_code == 204, put.text
    digest = hashlib.sha256(content).hexdigest()
    await by.does("completeUpload", uploadId=made["upload"]["id"], sha256=digest)
    return str(made["upload"]["id"])


async def imported(here: Town, disclosure: str, upload: str, *, closing_fen: int) -> Any:
    """Bring the lines of an upload in; what came of it."""
    return await here.writer.tries(
        "importStatement",
        IMPORTED,
        disclosureId=disclosure,
        uploadId=upload,
        kind="ACTUALS",
        book=BOOK,
        periodStart=here.quarter.first.isoformat(),
        periodEnd=here.quarter.last.isoformat(),
        openingFen=CLOSING_FEN,
        closingFen=closing_fen,
        idempotencyKey=key(),
    )


async def public(here: Town, disclosure: str, *, number: int) -> Any:
    """The draft goes its whole way: nobody who wrote it approves it."""
    version: dict[str, Any] = {"disclosureId": disclosure, "number": number}
    await here.writer.does(
        "submitDisclosure", DISCLOSURE, disclosureId=disclosure, idempotencyKey=key()
    )
    own = await here.writer.tries("approveDisclosure", **version, idempotencyKey=key())
    assert own["code"] in {"FORBIDDEN", "AUTHOR_NEVER_APPROVES"}
    for each in here.chain:
        await each.does("approveDisclosure", DISCLOSURE, **version, idempotencyKey=key())
    return await here.writer.does("publishDisclosure", DISCLOSURE, **version, idempotencyKey=key())


async def duties(here: Town, **where: Any) -> list[Any]:
    found = await here.resident.asks(DUTIES, where={"areaId": here.community} | where)
    return [
        each
        for each in found["obligations"]["nodes"]
        if each["periodStart"] == here.quarter.first.isoformat()
    ]


async def drafted(here: Town) -> str:
    """The quarter's accounts as a draft, which is to meet the quarter's duties of finance."""
    owed = [each["id"] for code in ("F201", "F301") for each in await duties(here, code=code)]
    assert len(owed) == 2
    made = await here.writer.does(
        "draftDisclosure",
        DISCLOSURE,
        publisherId=here.publisher,
        placing={"kind": "STRUCTURED", "affair": "FINANCE", "obligationIds": owed},
        words={"title": "季度财务公开", "body": "<p>逐笔公开,可对每一笔提问。</p>"},
        idempotencyKey=key(),
    )
    return str(made["disclosure"]["id"])


async def published(here: Town) -> str:
    """First a file that does not add up, then one that does, through the chain."""
    disclosure = await drafted(here)
    rows = rows_of(here.quarter)
    wrong = await sent(here.writer, as_csv(rows[:-1]), "季度.csv", "text/csv")
    refused = await imported(here, disclosure, wrong, closing_fen=CLOSES)
    assert refused["__typename"] == "UnbalancedStatement"
    right = await sent(here.writer, as_xlsx(rows), "季度.xlsx", XLSX)
    done = await imported(here, disclosure, right, closing_fen=CLOSES)
    assert done["statementImport"] == {"rowCount": 4, "refusedCount": 0, "applied": True}
    told = await public(here, disclosure, number=1)
    assert told["disclosure"]["state"] == "PUBLISHED"
    return disclosure


async def questioned(here: Town, disclosure: str) -> str:
    """A resident objects to one line; the body finds that they are right."""
    read = await here.resident.asks(LINES, id=disclosure, version=1)
    lamps = read["financeStatement"]["lines"]["nodes"][1]
    assert (lamps["summary"], lamps["amountFen"]) == ("楼道声控灯更换", 1_860_000)
    assert read["financeStatement"]["lines"]["nodes"][2]["counterparty"] == "周*傅"
    put = await here.resident.does(
        "askDisclosureQuestion",
        QUESTION,
        subjectId=lamps["id"],
        kind="OBJECTION",
        text="合同价是一万七千六百元,为何多付一千元?",
        idempotencyKey=key(),
    )
    assert put["question"]["disclosure"] == {"state": "OBJECTED"}
    question = str(put["question"]["id"])
    await here.writer.does(
        "answerDisclosureQuestion",
        QUESTION,
        questionId=question,
        text="录入有误,实付一万七千六百元,将更正。",
        upheld=True,
        idempotencyKey=key(),
    )
    return question


async def corrected(here: Town, disclosure: str, question: str) -> None:
    """Version 2 with the right line goes the whole way too, and the objection leads to it."""
    await here.writer.does(
        "correctDisclosure",
        DISCLOSURE,
        disclosureId=disclosure,
        words={"title": "季度财务公开(更正)", "body": "<p>更正第二笔金额。</p>"},
        reason="第二笔金额录入有误",
        idempotencyKey=key(),
    )
    lines = as_csv(rows_of(here.quarter, lamps="17600.00"))
    upload = await sent(here.writer, lines, "季度更正.csv", "text/csv")
    done = await imported(here, disclosure, upload, closing_fen=CORRECTED)
    assert done["statementImport"]["applied"] is True
    await public(here, disclosure, number=2)
    rated = await here.resident.does(
        "rateDisclosureAnswer",
        QUESTION,
        questionId=question,
        satisfied=True,
        idempotencyKey=key(),
    )
    assert rated["question"]["correctedVersion"] == 2
    assert rated["question"]["disclosure"] == {"state": "CORRECTED"}


async def fetched(here: Town, folder: Path, **addresses: str) -> None:
    async with httpx.AsyncClient(base_url=here.address, timeout=60) as client:
        for name, address in addresses.items():
            answer = (await client.get(address)).raise_for_status()
            (folder / name).write_bytes(answer.content)


@asynccontextmanager
async def at_their_devices(address: str) -> AsyncIterator[Town]:
    """The town's people, until they put their devices away."""
    here = await the_town(address)
    try:
        yield here
    finally:
        for each in (here.writer, *here.chain, here.resident):
            await each.client.aclose()


async def test_a_quarter_is_published_questioned_corrected_and_proved_and_a_missed_one_is_late(
    folder: Path, moved_clock: Clock, programs_here: Programs
):
    await demo.plant()
    _, over = periods.span(Frequency.QUARTERLY, await clock.today())
    await moved_clock.set(calendar.start_of(over + timedelta(days=2)) + timedelta(hours=10))
    served = programs_here.start("serve", "--port", "0", "--no-worker")
    worker = programs_here.start("worker")
    worker.said(WORKING)
    async with at_their_devices(served.said(SERVING)) as here:
        await _the_story(here, folder, moved_clock, programs_here)
    assert (served.stop(), worker.stop()) == (0, 0)


async def _the_story(here: Town, folder: Path, moved_clock: Clock, programs: Programs) -> None:

    disclosure = await published(here)
    question = await questioned(here, disclosure)
    await corrected(here, disclosure, question)
    met = [each["state"] for code in ("F201", "F301") for each in await duties(here, code=code)]
    # A day has one head: what it is to cover has to wait for it in the log.
    await relayed()
    await moved_clock.advance(timedelta(days=30))

    async def late() -> list[Any]:
        await disclosing.mark_late_obligations()
        return [each for each in await duties(here, code="R04") if each["state"] == "LATE"]

    async def proved() -> list[Any] | None:
        await transparency.sign_heads()
        found = [
            (await here.resident.asks(PROOF, id=disclosure, version=version))["inclusionProof"]
            for version in (1, 2)
        ]
        return found if all(found) else None

    missed = await until(late)
    proofs = await until(proved)
    log = (await here.resident.asks(LOG, area=here.community))["transparencyLog"]
    await fetched(
        here,
        folder,
        **{
            "keys.txt": "/log/keys",
            "head.json": log["latestHead"]["address"],
            "first.json": proofs[0]["address"],
            "second.json": proofs[1]["address"],
            "lines.csv": f"/open-data/lines.csv?area={here.community}",
        },
    )
    for copy in ("first.json", "second.json"):
        programs.run(
            *("verify", str(folder / copy), "--key", str(folder / "keys.txt")),
            *("--head", str(folder / "head.json")),
        )

    ends = calendar.day_of(await clock.now()).year
    figures = await here.resident.asks(PUNCTUALITY, area=here.community, year=ends)
    open_lines = (folder / "lines.csv").read_text("utf-8-sig")
    assert met == ["MET", "MET"]
    assert [each["disclosureId"] for each in missed] == [None]
    assert figures["punctuality"]["met"] >= 2
    assert figures["punctuality"]["late"] >= 1
    assert ("1760000" in open_lines, "1860000" in open_lines) == (True, False)
