"""`python -m bench.kills`: workers and the database are killed while a poll is told to 100,000.

Two workers expand and send; ten times one of them is killed, ten times the database is (kill -9
of its postmaster, which the embedded server survives). At the end every notice must be with
the provider; how many arrived twice, and how many attempts had no known end, is told. It runs
on a database folder of its own, so it wants no DATABASE_URL and kills nobody else's.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import uvloop

from api.postgres import embedded
from bench import deliveries, town
from bench.server import Server
from domains.kernel import database, settings
from jobs import deliveries as sending
from jobs import notifications as expanding

KILLS = 20
WORKERS = 2
_LEASE_S = 10

_OVER = """
SELECT NOT EXISTS (SELECT FROM notifications_occasion WHERE state IN ('due', 'expanding'))
   AND NOT EXISTS (SELECT FROM notifications_delivery
                   WHERE state IN ('waiting', 'failed', 'sending'))
"""
_CAME_TO = """
SELECT count(*) AS notices, count(*) FILTER (WHERE state = 'sent') AS sent,
       sum(unanswered) AS unanswered, max(attempts) AS attempts
FROM notifications_delivery
"""
# What is not to be waited for is due at once: kills, not patience, are measured.
_HURRY = """
UPDATE notifications_delivery SET next_attempt_at = kernel_now()
WHERE state = 'failed' AND next_attempt_at > kernel_now()
"""


async def work() -> None:
    """Expand, send and sweep until killed; while the database is away, try again."""
    async with database.connected():
        jobs = (expanding.expand_due_occasions, sending.hand_over, sending.sweep)
        await asyncio.gather(*(_again(each) for each in jobs))


async def _again(job: Callable[[], Awaitable[int]]) -> None:
    """Do a job over and over, as the worker's clock does; what fails is tried again."""
    while True:
        try:
            await job()
        except Exception as error:  # whatever the database's end makes of it
            print(f"{job.__name__}: {type(error).__name__}", file=sys.stderr)
        await asyncio.sleep(0.2)


async def measure(notices: int) -> bool:
    """Tell, kill, wait until all is over, and say what it came to; whether nothing was lost."""
    with tempfile.TemporaryDirectory(prefix="gongyi-kills-") as folder:
        given = {
            "GONGYI_ENVIRONMENT": "development",
            "GONGYI_DATA_DIR": folder,
            "GONGYI_NOTICE_LEASE_S": str(_LEASE_S),
            "GONGYI_STATEMENT_TIMEOUT_MS": "60000",
        }
        os.environ.update(given)
        settings.current.cache_clear()
        async with embedded(Path(folder), durable=True) as url:
            os.environ["DATABASE_URL"] = url
            settings.current.cache_clear()
            await database.migrate(url)
            async with deliveries.wechat() as provider:
                async with database.connected(url):
                    await deliveries.a_poll_to_tell(await town.a_street(), notices)
                began = time.monotonic()
                await _told_under_kills(provider, Path(folder), notices)
                return await _came_to(provider, notices, time.monotonic() - began)


async def _told_under_kills(provider: Server, folder: Path, notices: int) -> None:
    running = [await _begun() for _ in range(WORKERS)]
    try:
        # The first kill comes while it is still being expanded.
        for kill in range(KILLS):
            await _until(provider, kill * notices // (KILLS + 4), running)
            if kill % 2:
                await _kill_database(folder)
            else:
                victim = running[random.randrange(WORKERS)]
                if victim.returncode is None:
                    victim.kill()
            print(f"kill {kill + 1}: {'database' if kill % 2 else 'worker'}", file=sys.stderr)
        while not await _is_over():
            await _replace(running)
            await asyncio.sleep(0.5)
    finally:
        for each in running:
            if each.returncode is None:
                each.kill()
            await each.wait()


async def _until(provider: Server, count: int, running: list[asyncio.subprocess.Process]) -> None:
    """Wait until the provider took so many, with as many workers as there are to be."""
    await asyncio.sleep(0.5)
    while (await deliveries.taken(provider))["taken"] < count:
        await _replace(running)
        await asyncio.sleep(0.2)


async def _replace(running: list[asyncio.subprocess.Process]) -> None:
    for place, each in enumerate(running):
        if each.returncode is not None:
            running[place] = await _begun()


async def _begun() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.kills", "--work"),
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _kill_database(folder: Path) -> None:
    """Kill the postmaster, as a machine that fails would; wait for one that is coming up."""
    for _attempt in range(600):
        pid = _postmaster(folder)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the database does not come up again")


def _postmaster(folder: Path) -> int | None:
    """Return the process of this folder's server, if it is one: its file may be of the last."""
    for file in folder.glob("postgres/**/postmaster.pid"):
        words = file.read_text().split()
        if not words or not words[0].isdecimal() or int(words[0]) < 2:
            continue
        command = Path(f"/proc/{words[0]}/cmdline")
        if command.exists() and "postgres" in command.read_text():
            return int(words[0])
    return None


async def _is_over() -> bool:
    try:
        connection = await asyncpg.connect(
            **database.connection_arguments(os.environ["DATABASE_URL"]), timeout=5
        )
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        await connection.execute(_HURRY)
        return bool(await connection.fetchval(_OVER))
    finally:
        await connection.close()


async def _came_to(provider: Server, notices: int, seconds: float) -> bool:
    told = await deliveries.taken(provider)
    async with database.connected():
        row = await database.fetch_one(_CAME_TO)
    assert row is not None, "an aggregate is one row"
    print(
        f"{notices:,} notices, {KILLS} kills, {seconds:.0f} s: {row['notices']:,} put down, "
        f"{row['sent']:,} marked as sent, {told['taken']:,} with the provider, "
        f"{told['repeated']:,} of them twice; {row['unanswered']:,} attempts without a known "
        f"end, at most {row['attempts']} for one notice"
    )
    return bool(row["notices"] == row["sent"] == told["taken"] == notices)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--notices", type=int, default=deliveries.NOTICES)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        uvloop.run(work())
    elif not uvloop.run(measure(given.notices)):
        sys.exit("something was lost")


if __name__ == "__main__":
    main()
