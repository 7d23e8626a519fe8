import asyncio
import os
import secrets
import signal
import sys
import time
from datetime import timedelta
from uuid import RFC_4122, UUID, uuid4

import asyncpg
import pytest

from domains.kernel import clock, database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.errors import IdempotencyKeyReused
from tests.conftest import _address_of, _administer, _drop


async def test_a_transaction_refuses_to_nest_and_rolls_back(db):
    with pytest.raises(RuntimeError, match="do not nest"):
        async with database.transaction():
            await database.execute(
                "INSERT INTO kernel_outbox (id, name, payload, recorded_at)"
                " VALUES ($1, 'x', '{}', kernel_now())",
                database.new_id(),
            )
            async with database.transaction():
                pass

    assert await database.fetch_value("SELECT count(*) FROM kernel_outbox") == 0


async def test_the_clock_is_the_databases_and_can_be_moved(moved_clock):
    before = await clock.now()

    await moved_clock.advance(timedelta(days=20))

    assert timedelta(days=20) <= await clock.now() - before < timedelta(days=20, minutes=1)


async def test_a_repeated_key_answers_the_first_result(db):
    actor, key = Actor(person_id=uuid4()), uuid4()

    async with database.transaction():
        first = await idempotency.claim(actor, key, "createPoll", {"title": "舞"})
        await idempotency.settle(actor, key, {"poll": "p1"})
    async with database.transaction():
        second = await idempotency.claim(actor, key, "createPoll", {"title": "舞"})

    assert (first, second) == (None, {"poll": "p1"})


async def test_a_key_with_another_input_is_refused(db):
    actor, key = Actor(person_id=uuid4()), uuid4()
    async with database.transaction():
        await idempotency.claim(actor, key, "createPoll", {"title": "舞"})
        await idempotency.settle(actor, key, {"poll": "p1"})

    with pytest.raises(IdempotencyKeyReused):
        async with database.transaction():
            await idempotency.claim(actor, key, "createPoll", {"title": "歌"})


async def test_ids_are_version_7_and_rise_strictly():
    ids = [database.new_id() for _ in range(10_000)]

    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, RFC_4122)}
    assert abs((ids[0].int >> 80) / 1000 - time.time()) < 60


_KILLED_AT_THE_LAST = """
import asyncio, os, signal, sys
from domains.kernel import database

def note(event, app, name):
    if event == "apply_done" and app == database.APPS[-1]:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(database.migrate(sys.argv[1], progress=note))
"""


async def test_a_migration_killed_in_the_middle_leaves_the_database_as_it_was(server):
    name = f"gongyi_migrate_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0")
    url = _address_of(server, name)
    try:
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _KILLED_AT_THE_LAST, url
        )
        code = await killed.wait()
        left = await asyncpg.connect(**database.connection_arguments(url))
        tables = await left.fetchval(
            "SELECT count(*) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
        )
        await left.close()
        again = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api", "migrate", env=os.environ | {"DATABASE_URL": url}
        )
        code_again = await again.wait()
    finally:
        await _drop(server, name)

    assert (code, code_again) == (-signal.SIGKILL, 0)
    assert tables == 0


async def test_two_migrations_at_once_are_one(server):
    name = f"gongyi_migrate_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0")
    url = _address_of(server, name)
    command = [sys.executable, "-m", "api", "migrate"]

    try:
        running = [
            await asyncio.create_subprocess_exec(*command, env=os.environ | {"DATABASE_URL": url})
            for _ in range(2)
        ]
        codes = [await each.wait() for each in running]
    finally:
        await _drop(server, name)

    assert codes == [0, 0]


async def test_keys_are_forgotten_after_their_days_and_not_before(moved_clock):
    actor, old, fresh = Actor(person_id=uuid4()), uuid4(), uuid4()
    await _used(actor, old)
    await moved_clock.advance(timedelta(days=idempotency.KEPT_DAYS, minutes=-1))
    await _used(actor, fresh)

    too_early = await idempotency.sweep()
    await moved_clock.advance(timedelta(minutes=2))
    swept = await idempotency.sweep()

    assert (too_early, swept) == (0, 1)
    assert await database.fetch_value("SELECT key FROM kernel_idempotency") == fresh


async def _used(actor: Actor, key: UUID) -> None:
    async with database.transaction():
        await idempotency.claim(actor, key, "createPoll", {})
        await idempotency.settle(actor, key, {"poll": "p1"})


async def test_a_key_that_is_used_twice_at_once_does_its_work_once(db):
    actor, key = Actor(person_id=uuid4()), uuid4()

    async def act() -> bool:
        async with database.transaction():
            first = await idempotency.claim(actor, key, "createPoll", {})
            if first is None:
                await idempotency.settle(actor, key, {"poll": "p1"})
            return first is None

    done = await asyncio.gather(*(act() for _ in range(8)))

    assert sorted(done) == [False] * 7 + [True]
