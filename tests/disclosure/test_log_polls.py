"""Rolls and results of polls in the log: frozen, counted, and never changed unseen."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from api import transparency as files
from api.edge import Edge
from domains.disclosure.rules import proofs
from domains.disclosure.service import copies
from domains.disclosure.values.log import PollRecord
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from domains.voting.values import Secrecy
from jobs import voting
from schema import node
from schema.root import schema
from tests.disclosure.log import a_head, keys, logged, meddle
from tests.voting.asking import ask
from tests.voting.factories import a_draft, a_town, an_open_poll, cast

PROOF = """
query ($poll: ID!, $of: PollRecord!) { pollProof(pollId: $poll, of: $of) { leafIndex address } }
"""


def failures(content):
    return [check.name for check in proofs.verify(content, keys()) if not check.holds]


async def a_counted_poll(clock, secrecy=Secrecy.OPEN):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    for resident in town.residents:
        await cast(resident, poll_id, 0)
    await clock.advance(timedelta(days=2))
    await voting.close_due_polls()
    await voting.tally_closed_polls()
    return poll_id


async def sources():
    rows = await database.fetch("SELECT source_kind FROM disclosure_log_leaf ORDER BY source_kind")
    return [row["source_kind"] for row in rows]


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_a_roll_and_a_result_enter_the_log_and_hold(moved_clock, secrecy):
    poll_id = await a_counted_poll(moved_clock, secrecy)
    await a_head()

    found = [await copies.poll_copy(ANONYMOUS, of, poll_id) for of in PollRecord]

    assert await sources() == ["poll_result", "poll_roll"]
    assert [failures(each) for each in found] == [[], []]


async def test_a_roll_enters_the_log_before_anybody_has_voted(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await a_head()

    assert await sources() == ["poll_roll"]
    assert await copies.poll_copy(ANONYMOUS, PollRecord.ROLL, poll_id) is None
    assert failures(await copies.poll_copy(town.committee, PollRecord.ROLL, poll_id)) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("title = '另一个问题'", {"roll": ["title"], "result": ["title"]}),
        ("roll_fingerprint = sha256('x')", {"roll": ["roll"], "result": ["roll"]}),
        (
            "result = replace(result, '\"participated\":3', '\"participated\":4')",
            {"roll": [], "result": ["result"]},
        ),
    ],
)
async def test_a_poll_that_was_altered_is_named(moved_clock, change, named):
    poll_id = await a_counted_poll(moved_clock)
    await a_head()
    await meddle(f"UPDATE voting_poll SET {change}", table="voting_poll")

    found = {
        of.name.lower(): failures(await copies.poll_copy(ANONYMOUS, of, poll_id))
        for of in PollRecord
    }

    assert found == named


async def test_told_twice_they_enter_once(moved_clock):
    await a_counted_poll(moved_clock)
    await logged()

    await database.execute("UPDATE kernel_outbox SET delivered_at = NULL")
    await logged()

    assert await sources() == ["poll_result", "poll_roll"]


async def test_proofs_of_polls_are_asked_for_and_their_copies_fetched(moved_clock):
    poll_id = await a_counted_poll(moved_clock)
    await a_head()
    edge = Edge.of(
        schema,
        Settings(),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    transport = httpx.ASGITransport(app=Starlette(routes=files.routes(edge)))
    poll = node.encode("poll", poll_id)

    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        asked = [
            (await ask(ANONYMOUS, PROOF, poll=poll, of=of.name))["pollProof"] for of in PollRecord
        ]
        fetched = [await client.get(each["address"]) for each in asked]

    assert [each.status_code for each in fetched] == [200, 200]
    assert [failures(each.content) for each in fetched] == [[], []]
