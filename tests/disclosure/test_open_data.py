"""Open data: what is public as CSV, JSON, Atom and a calendar, and nothing that is not."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from api import feeds, open_data
from api.edge import Edge
from domains.disclosure.rules import atom
from domains.disclosure.rules import open_data as rules
from domains.disclosure.service import display, obligations
from domains.kernel import clock, database, settings
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from jobs import disclosure as jobs
from schema import node
from schema.root import schema
from tests.disclosure import factories
from tests.disclosure.questions import asked
from tests.disclosure.statements import (
    LINES,
    a_published_statement,
    a_statement,
    spending,
)
from tests.disclosure.test_supervision import planned

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def client(db, tmp_path, monkeypatch):
    """The routes of open data and feeds, for everybody."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    edge = Edge.of(
        schema,
        Settings(cost_per_minute=100_000),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    app = Starlette(routes=[*open_data.routes(edge), *feeds.routes(edge)])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
    settings.current.cache_clear()


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a CSV."""
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def area(of) -> str:
    return node.encode("area", of.id)


async def test_disclosures_are_the_same_as_csv_and_as_json(client):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    await factories.a_draft(town)
    await asked(town.resident, disclosure)

    rows = table(await client.get("/open-data/disclosures.csv"))
    said = (await client.get("/open-data/disclosures.json")).json()

    (row,) = rows
    assert (row["id"], row["state"]) == (node.encode("disclosure", disclosure), "objected")
    assert (row["title"], row["publisher"], row["area"]) == ("停水通知", "同心社区", "同心社区")
    assert row["text"] == "周六上午九点至十一点,三号楼停水检修。"
    assert row["copy"] == f"/log/copies/{row['id']}/1"
    assert (said["set"], said["next"]) == ("disclosures", None)
    assert [{name: str(cell or "") for name, cell in each.items()} for each in said["rows"]] == rows


async def test_lines_come_of_what_stands_now_and_persons_stay_masked(client):
    town = await factories.a_town()
    lines = (*LINES, spending("88", on="2026-09-01", 对方="张三丰", 对方为个人="是"))
    await a_published_statement(
        town,
        lines,
        statement=a_statement(closing_fen=101_200),
    )

    rows = table(await client.get("/open-data/lines.csv", params={"area": area(town.community)}))

    assert [(row["number"], row["day"], row["amount_fen"]) for row in rows] == [
        ("1", "2026-07-05", "120050"),
        ("2", "2026-08-10", "30000"),
        ("3", "2026-09-30", "9950"),
        ("4", "2026-09-01", "8800"),
    ]
    assert rows[3]["is_person"] == "true"
    assert "张三丰" not in str(rows)


async def test_duties_tell_what_is_late(client, moved_clock):
    town = await factories.a_town()
    await factories.adopted(town, "R04")
    await obligations.make_begun_obligations()
    await database.execute("UPDATE disclosure_obligation SET due_certain = true")
    await moved_clock.advance(timedelta(days=200))

    before = table(await client.get("/open-data/duties.csv"))
    await jobs.mark_late_obligations()
    after = table(await client.get("/open-data/duties.csv"))

    assert (before[0]["code"], before[0]["state"]) == ("R04", "late")
    assert (after[0]["state"], after[0]["area"], after[0]["late_at"] != "") == (
        "late",
        "同心社区",
        True,
    )


async def test_sets_are_narrowed_to_an_area_and_to_days(client, moved_clock):
    here, there = await factories.a_town(), await factories.a_town("邻近社区")
    await factories.a_disclosure(here)
    await factories.a_disclosure(there)
    first_day = await clock.today()
    await moved_clock.advance(timedelta(days=3))
    await factories.a_disclosure(here)

    async def count(**params) -> int:
        return len(table(await client.get("/open-data/disclosures.csv", params=params)))

    today = (await clock.today()).isoformat()
    assert await count() == 3
    assert await count(area=area(here.community)) == 2
    assert await count(area=area(here.street)) == 2
    assert await count(to=first_day.isoformat()) == 2
    assert await count(**{"from": today}) == 1
    assert await count(**{"from": today, "area": area(there.community)}) == 0


async def test_rows_follow_one_another_page_by_page(client):
    town = await factories.a_town()
    for number in range(5):
        await factories.a_disclosure(town, title=f"通知{number}")
    titles, address = [], "/open-data/disclosures.json?limit=2"

    while address:
        said = (await client.get(address)).json()
        titles += [row["title"] for row in said["rows"]]
        address = said["next"]

    assert titles == [f"通知{number}" for number in range(5)]
    linked = (await client.get("/open-data/disclosures.csv?limit=2")).headers["link"]
    assert re.fullmatch(r'</open-data/disclosures\.csv\?.*after=disclosure_.*>; rel="next"', linked)


async def test_what_has_not_changed_is_not_sent_again_and_what_has_is(client):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    first = await client.get("/open-data/disclosures.csv")
    tag = {"if-none-match": first.headers["etag"]}

    again = await client.get("/open-data/disclosures.csv", headers=tag)
    await asked(town.resident, disclosure)
    changed = await client.get("/open-data/disclosures.csv", headers=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["last-modified"].endswith("GMT")
    assert changed.status_code == 200


async def test_what_was_taken_down_keeps_its_dates_and_its_hash_alone(client):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    statement = await a_published_statement(town)
    for each in (disclosure, statement):
        await display.take_down_disclosure(town.writer, each, reason="保护隐私")

    rows = table(await client.get("/open-data/disclosures.csv"))
    lines = table(await client.get("/open-data/lines.csv"))
    feed = ET.fromstring(
        (await client.get("/feeds/disclosures.atom", params={"area": area(town.community)})).content
    )

    assert [(row["title"], row["text"]) for row in rows] == [("", ""), ("", "")]
    assert all(row["record_sha256"] and row["taken_down_at"] for row in rows)
    assert lines == []
    assert {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")} == {
        "(内容已下架)"
    }
    assert feed.find(f"{ATOM}entry/{ATOM}content") is None


async def test_cells_that_a_spreadsheet_would_run_are_text(client):
    town = await factories.a_town()
    await factories.a_disclosure(town, title='=HYPERLINK("http://x")')

    (row,) = table(await client.get("/open-data/disclosures.csv"))
    cells = rules.csv_rows([["@SUM(A1)", "-1+1", "\t=1", "+7", "100"]]).decode()

    assert row["title"] == '\'=HYPERLINK("http://x")'
    assert cells == "'@SUM(A1),'-1+1,'\t=1,'+7,100\r\n"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/open-data/secrets.csv", 404),
        ("/open-data/disclosures.xml", 404),
        ("/open-data/disclosures.csv?area=nonsense", 404),
        ("/open-data/disclosures.csv?after=nonsense", 404),
        ("/open-data/disclosures.csv?limit=0", 400),
        ("/open-data/disclosures.csv?limit=10001", 400),
        ("/open-data/disclosures.csv?limit=x", 400),
        ("/open-data/disclosures.csv?from=2026-13-01", 400),
        ("/open-data/disclosures.csv?to=0001-01-01", 400),
        ("/open-data/disclosures.csv?to=9999-12-31", 400),
        ("/feeds/disclosures.atom", 404),
        ("/feeds/disclosures.atom?area=nonsense", 404),
        ("/feeds/gatherings.ics?area=nonsense", 404),
    ],
)
async def test_nonsense_is_refused_and_leads_nowhere(client, address, status):
    answer = await client.get(address)

    assert answer.status_code == status
    assert "errors" in answer.json()


async def test_the_columns_are_told_and_stand_in_the_head_of_each_set(client):
    told = (await client.get("/open-data")).json()

    for name, columns in told.items():
        head = (await client.get(f"/open-data/{name}.csv")).content.decode("utf-8-sig")
        assert head.strip().split(",") == [column["name"] for column in columns]
    assert sorted(told) == ["disclosures", "duties", "lines"]


async def test_a_set_takes_the_same_statements_however_many_rows(client, statements):
    town = await factories.a_town()
    for _ in range(3):
        await factories.a_disclosure(town)
    counts = []

    for limit in (1, 3):
        statements.clear()
        table(await client.get(f"/open-data/disclosures.csv?limit={limit}"))
        counts.append(len(statements))

    assert counts == [2, 2]


async def test_the_feed_is_valid_atom_of_an_area_and_a_category(client):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town, body="<p>停水 &amp; 停电</p>")
    await a_published_statement(town)
    of = {"area": area(town.community)}

    answer = await client.get("/feeds/disclosures.atom", params=of)
    notices = await client.get("/feeds/disclosures.atom", params=of | {"kind": "NOTICE"})
    finance = await client.get("/feeds/disclosures.atom", params=of | {"affair": "FINANCE"})
    again = await client.get(
        "/feeds/disclosures.atom", params=of, headers={"if-none-match": answer.headers["etag"]}
    )

    feed = ET.fromstring(answer.content)
    require_valid(feed)
    entries = list(feed.iter(f"{ATOM}entry"))
    notice = entries[-1]
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert again.status_code == 304
    assert len(entries) == 2
    assert notice.findtext(f"{ATOM}id") == f"urn:uuid:{disclosure}"
    assert notice.findtext(f"{ATOM}content") == "<p>停水 &amp; 停电</p>"
    assert notice.findtext(f"{ATOM}author/{ATOM}name") == "同心社区"
    link = notice.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == (f"http://test/log/copies/{node.encode('disclosure', disclosure)}/1")
    for narrowed, kind in ((notices, "notice"), (finance, "structured")):
        found = ET.fromstring(narrowed.content)
        require_valid(found)
        assert next(each.get("term") for each in found.iter(f"{ATOM}category")) == kind
        assert len(list(found.iter(f"{ATOM}entry"))) == 1


def require_valid(feed: ET.Element) -> None:
    """Hold a feed against what RFC 4287 asks of it (4.1.1, 4.1.2, 4.2.7)."""
    instant = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
    assert feed.tag == f"{ATOM}feed"
    entries = list(feed.iter(f"{ATOM}entry"))
    for each in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        assert instant.fullmatch(each.findtext(f"{ATOM}updated") or "")
        assert (each.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
    assert len({each.findtext(f"{ATOM}id") for each in entries}) == len(entries)
    assert [each.get("rel") for each in feed.findall(f"{ATOM}link")] == ["self"]
    for entry in entries:
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        alternates = [
            each for each in entry.findall(f"{ATOM}link") if each.get("rel") == "alternate"
        ]
        assert len(alternates) == 1
        content = entry.find(f"{ATOM}content")
        assert content is None or content.get("type") == "html"


def test_an_empty_feed_is_valid_and_what_xml_cannot_hold_is_left_out():
    town = rules_entry("停\x00水\x0b\ud800")

    empty = ET.fromstring(atom.written(atom.Feed(town.id, "空", "http://x/", ())))
    full = ET.fromstring(atom.written(atom.Feed(town.id, "一", "http://x/", (town,))))

    require_valid(empty)
    require_valid(full)
    assert full.findtext(f"{ATOM}entry/{ATOM}title") == "停水"


def rules_entry(title: str) -> atom.Entry:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return atom.Entry(uuid4(), title, "<p></p>", "同心社区", at, at, ("notice",), "http://x/1")


async def test_gatherings_come_into_a_calendar(client):
    town = await factories.a_town()
    gathering = await planned(town)

    answer = await client.get("/feeds/gatherings.ics", params={"area": area(town.community)})

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert str(event["summary"]) == "群众访谈日:物业费与公共收益"
    assert str(event["uid"]) == f"{gathering}@gatherings.gongyi"


async def test_who_asks_for_too_much_waits(db):
    edge = Edge.of(
        schema,
        Settings(cost_per_minute=1_000),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    transport = httpx.ASGITransport(app=Starlette(routes=open_data.routes(edge)))

    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [(await client.get("/open-data")).status_code for _ in range(50)]

    assert (answers[0], answers[-1], set(answers)) == (200, 429, {200, 429})
