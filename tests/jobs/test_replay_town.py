"""Delivering everything once more: the demo town stays as it is, to the last row."""

import hashlib
from uuid import uuid4

import pytest

from domains.kernel import database, settings
from domains.kernel.actor import SYSTEM
from domains.kernel.operations import commands
from jobs import outbox as relaying
from seeds import demo

# What a replay itself writes: that it was asked for, by which key, and when it was delivered.
_ITS_OWN = {"kernel_outbox", "kernel_audit", "kernel_audit_head", "kernel_idempotency"}
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Where files of this test lie."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def everything():
    """The number of rows and a hash of them, by table."""
    found = {}
    for row in await database.fetch(_TABLES):
        table = row["relname"]
        if table not in _ITS_OWN:
            texts = await database.fetch(f'SELECT t::text AS text FROM "{table}" t')
            lines = "\n".join(sorted(each["text"] for each in texts))
            found[table] = (len(texts), hashlib.sha256(lines.encode()).hexdigest())
    return found


async def recorded():
    """Every event that was ever recorded, and whether it was delivered."""
    rows = await database.fetch(
        "SELECT id, delivered_at IS NOT NULL AS is_delivered FROM kernel_outbox ORDER BY id"
    )
    return [(row["id"], row["is_delivered"]) for row in rows]


async def test_every_delivered_event_of_the_town_is_replayed_without_any_change(folder):
    await demo.plant()
    while await relaying.relay():
        pass
    before, events = await everything(), await recorded()
    reacted = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = ANY ($1)", list(relaying.REACTIONS)
    )

    for event_id, _ in events:
        await commands.replay_event(SYSTEM, event_id, key=uuid4())
    replayed = await relaying.relay()

    assert replayed == len(events) > reacted > 10
    assert await everything() == before
    assert await recorded() == events
