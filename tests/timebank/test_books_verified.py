"""A day's closed books as a file that everybody checks offline: hashes and sums, of nobody."""

import json
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from api import transparency as files
from api.commands.outcome import CommandFailed
from api.commands.verify import verify
from api.edge import Edge
from domains.disclosure.rules import proofs
from domains.disclosure.service import copies
from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from domains.timebank.rules.books import GENESIS
from jobs import timebank
from schema import node
from schema.root import schema
from tests.disclosure.log import a_head, keys, meddle
from tests.timebank.town import a_holder, a_town, an_account_of
from tests.voting.asking import ask

ADDRESS = "query ($id: ID!) { timeBankBooks(communityId: $id) { nodes { day address hash } } }"


@pytest.fixture
async def books(moved_clock):
    """A community whose last three days are closed, with minutes issued on two of them."""
    town = await a_town()
    lin, _ = await a_holder(town, 90)
    await moved_clock.advance(timedelta(days=1))
    await an_account_of(town, lin, 30)
    day = await clock.today() + timedelta(days=1)
    await moved_clock.advance(timedelta(days=2, hours=1))
    await timebank.close_books()
    await a_head()
    return town, day


async def a_file(books, *, days=3):
    town, day = books
    content = await copies.books_copy(ANONYMOUS, town.community.id, day, days=days)
    return json.loads(content)


def faults(value):
    content = json.dumps(value).encode()
    return [check.name for check in proofs.verify(content, keys()) if not check.holds]


async def test_closed_days_follow_one_another_and_the_last_is_in_the_log(books):
    value = await a_file(books)

    one, two, three = value["days"]
    assert faults(value) == []
    assert [each["minutesIssued"] for each in (one, two, three)] == [90, 30, 0]
    assert (two["previousHash"], three["previousHash"]) == (one["hash"], two["hash"])
    assert faults(await a_file(books, days=1)) == []


async def test_the_first_day_of_all_begins_with_nothing(books):
    value = await a_file(books, days=400)

    assert value["days"][0]["previousHash"] == GENESIS.hex()
    assert faults(value) == []


@pytest.mark.parametrize(
    ("place", "name", "value", "wrong"),
    [
        (0, "minutesIssued", 91, ["chain"]),
        (1, "entries", 4, ["chain"]),
        (1, "entriesHash", "0" * 64, ["chain"]),
        (1, "previousHash", "0" * 64, ["chain"]),
        (0, "hash", "0" * 64, ["chain"]),
        (2, "minutesIssued", 1, ["chain", "end"]),
        (0, "day", "2020-01-01", ["chain"]),
    ],
)
async def test_a_day_with_one_figure_changed_no_longer_holds(books, place, name, value, wrong):
    file = await a_file(books)

    file["days"][place][name] = value

    assert faults(file) == wrong


async def test_days_left_out_exchanged_or_of_another_community_no_longer_hold(books):
    file = await a_file(books)
    one, two, three = file["days"]
    left_out = {**file, "days": [one, three]}
    exchanged = {**file, "days": [two, one, three]}
    elsewhere = {**file, "community": "00000000-0000-0000-0000-000000000001"}
    cut_off = {**file, "days": [one, two]}

    found = [faults(each) for each in (left_out, exchanged, elsewhere, cut_off)]

    assert found == [["chain"], ["chain"], ["last day"], ["last day", "end"]]


async def test_books_altered_with_all_rights_of_the_database_are_found(books):
    _, day = books
    await database.execute("GRANT UPDATE ON timebank_books TO CURRENT_USER")
    await meddle(
        "UPDATE timebank_books SET minutes_issued = minutes_issued + 60 WHERE day = $1",
        day - timedelta(days=1),
        table="timebank_books",
    )
    await database.execute("REVOKE UPDATE ON timebank_books FROM CURRENT_USER")
    altered = await a_file(books)

    assert faults(altered) == ["chain"]


async def test_a_day_that_is_not_closed_or_not_in_the_log_has_no_file(books):
    town, day = books
    other = await a_town(name="向阳社区")

    assert await copies.books_copy(ANONYMOUS, town.community.id, day + timedelta(days=1)) is None
    assert await copies.books_copy(ANONYMOUS, other.community.id, day) is None


async def test_the_file_is_everybodys_and_tells_of_nobody(books, tmp_path, capsys):
    town, day = books
    edge = Edge.of(
        schema,
        Settings(),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    transport = httpx.ASGITransport(app=Starlette(routes=files.routes(edge)))
    community = node.encode("area", town.community.id)
    read = await ask(ANONYMOUS, ADDRESS, id=community)
    address = read["timeBankBooks"]["nodes"][0]["address"]

    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        found = await client.get(f"{address}?days=3")
        missing = [
            (await client.get(f"/log/time-books/{where}")).status_code
            for where in (f"{community}/2020-01-01", f"{community}/tomorrow", f"area_x/{day}")
        ]
        odd = (await client.get(f"{address}?days=%C2%B2")).status_code
    (tmp_path / "books.json").write_bytes(found.content)
    (tmp_path / "keys.txt").write_text("".join(f"{each}\n" for each in keys()))
    verify(tmp_path / "books.json", [str(tmp_path / "keys.txt")])
    (tmp_path / "books.json").write_bytes(found.content.replace(b'"entries":0', b'"entries":2', 1))
    with pytest.raises(CommandFailed, match=r"time_books .*: what differs: "):
        verify(tmp_path / "books.json", [str(tmp_path / "keys.txt")])

    said = {name for each in found.json()["days"] for name in each}
    assert (found.status_code, missing, odd) == (200, [404, 404, 404], 404)
    assert said == {
        *("day", "entries", "minutesIssued", "entriesHash", "previousHash", "hash"),
    }
    assert "It is as the log has it." in capsys.readouterr().out
