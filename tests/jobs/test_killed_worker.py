"""Workers as processes of their own: one is killed, it is missed, another takes its place."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api import watching
from domains.kernel import database, settings
from tests.jobs.machine_room import alarms, is_alarmed

ROOT = Path(__file__).parents[2]
QUICK = {"GONGYI_HEARTBEAT_S": "0.2", "GONGYI_WORKER_MISSED_AFTER_S": "2"}
PATIENCE_S = 60


@asynccontextmanager
async def a_process(url: str) -> "AsyncIterator[asyncio.subprocess.Process]":
    """A worker as a process of its own, whose heart beats quickly."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jobs"),
        cwd=ROOT,
        env={**os.environ, **QUICK, "DATABASE_URL": url},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def until(true):
    """Wait for something to become true, however slow the machine is."""
    async with asyncio.timeout(PATIENCE_S):
        while not await true():  # noqa: ASYNC110 - it becomes true in the database
            await asyncio.sleep(0.05)


async def heard(count):
    """Whether so many workers were heard of, ever."""
    return await database.fetch_value("SELECT count(*) = $1 FROM kernel_worker", count)


async def test_a_killed_worker_is_missed_in_time_and_its_place_is_taken(db):
    async with a_process(db), a_process(db) as killed:
        await until(lambda: heard(2))
        killed.kill()
        await until(is_alarmed)
        ((kind, _, _),) = await alarms()
        silent_s = await database.fetch_value(
            "SELECT extract(epoch FROM a.raised_at - w.heartbeat_at)::float8"
            " FROM kernel_alarm a JOIN kernel_worker w ON w.id = a.subject_id"
        )
        async with a_process(db):
            await until(lambda: heard(3))
            await until(no_longer)
            rows = await database.fetch("SELECT replaced_by_id FROM kernel_worker ORDER BY id")

    stopped = await database.fetch_value(
        "SELECT count(*) FROM kernel_worker WHERE stopped_at > '-infinity'"
    )
    assert kind == "worker_missed"
    assert 2 <= silent_s < PATIENCE_S
    assert sum(row["replaced_by_id"] is not None for row in rows) == 1
    assert stopped == 2


async def no_longer():
    """Whether nothing is amiss."""
    return not await is_alarmed()


async def test_where_every_worker_was_killed_the_server_says_so(db, monkeypatch):
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    settings.current.cache_clear()
    try:
        async with a_process(db) as killed:
            await until(lambda: heard(1))
            killed.kill()
            await killed.wait()
            server = asyncio.create_task(watching.watch())
            await until(is_alarmed)
            kinds = {kind for kind, _, _ in await alarms()}
            async with a_process(db):
                await until(no_longer)
            server.cancel()
            await asyncio.wait([server])
    finally:
        settings.current.cache_clear()

    assert "no_worker" in kinds
