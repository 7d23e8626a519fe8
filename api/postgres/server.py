"""Who starts the server and who stops it: the first to come and the last to leave.

Two locks in the data folder: `postgres.lock` is held alone while somebody starts or
stops, `postgres.users` is shared by everybody who uses the server. The kernel drops
both with the process that holds them, so a killed owner leaves no claim behind: its
server, still running, is adopted by whoever comes next. A server that is killed while
it is used is started again by one of its users.
"""

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from api.postgres import cluster as clusters
from api.postgres.cluster import APPLICATION, SUPERUSER, Cluster
from api.postgres.failure import PostgresUnavailable
from domains.kernel import database

_LOCK_PATIENCE_S = 120
_RECOVERY_PATIENCE_S = 600
_SURVIVORS_PATIENCE_S = 60
_REMARK_AFTER_S = 5
_WATCH_EVERY_S = 1


def _silence(_: str) -> None:
    """Say nothing."""


@asynccontextmanager
async def embedded(
    data_dir: Path, *, durable: bool = True, say: Callable[[str], object] = _silence
) -> AsyncIterator[str]:
    """Provide the address of the embedded database of a data folder while the block runs.

    `durable=False` trades safety against power loss for speed, for tests. `say` is
    told what takes long. Raises PostgresUnavailable.
    """
    async with _alone(data_dir):
        cluster = await asyncio.to_thread(clusters.find, data_dir, durable=durable, say=say)
        await _bring_up(cluster, say)
        await _furnish(cluster)
        users = _open(data_dir / "postgres.users")
        fcntl.flock(users, fcntl.LOCK_SH)
    leaving = asyncio.Event()
    watch = asyncio.create_task(_watch(cluster, data_dir, leaving, say), name="postgres")
    try:
        yield cluster.url(APPLICATION, APPLICATION)
    finally:
        leaving.set()
        await asyncio.wait([watch])
        try:
            async with _alone(data_dir):
                if _taken(users, fcntl.LOCK_EX):
                    await asyncio.to_thread(cluster.stop)
                else:
                    cluster.leave_running()
        finally:
            os.close(users)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@asynccontextmanager
async def _alone(data_dir: Path) -> AsyncIterator[None]:
    """Hold the lock under which servers are started and stopped."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - one call, before anything is served
        descriptor = _open(data_dir / "postgres.lock")
    except OSError as error:
        raise PostgresUnavailable(f"cannot write into {data_dir}: {error.strerror}") from error
    try:
        until = time.monotonic() + _LOCK_PATIENCE_S
        while not _taken(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > until:
                raise PostgresUnavailable(
                    f"another process has been starting or stopping the database in {data_dir}"
                    f" for {_LOCK_PATIENCE_S} seconds"
                )
            await asyncio.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


async def _bring_up(cluster: Cluster, say: Callable[[str], object]) -> None:
    """Adopt the server that runs, or launch one, and return once it answers.

    Recovery after a crash may take minutes: while the process lives it is waited for.
    """
    await asyncio.to_thread(cluster.make)
    begun = time.monotonic()
    remarked = False
    while not await _answers(cluster):
        waited_s = time.monotonic() - begun
        if waited_s > _RECOVERY_PATIENCE_S:
            raise PostgresUnavailable(f"PostgreSQL does not answer; its log is {cluster.log}")
        if waited_s > _REMARK_AFTER_S and not remarked:
            say(
                "PostgreSQL is not ready yet; after a crash it first recovers, which may take long."
            )
            remarked = True
        if cluster.server_process() is None:
            await _launch_again(cluster, patient=waited_s < _SURVIVORS_PATIENCE_S)
        elif cluster.has_lost_its_socket():
            await asyncio.to_thread(cluster.stop)
        await asyncio.sleep(0.05)


async def _watch(
    cluster: Cluster, data_dir: Path, leaving: asyncio.Event, say: Callable[[str], object]
) -> None:
    """Start the server again where it dies under its users."""
    while not leaving.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(leaving.wait(), _WATCH_EVERY_S)
        if leaving.is_set() or cluster.server_process() is not None:
            continue
        say("PostgreSQL has died; starting it again.")
        try:
            async with _alone(data_dir):
                await _bring_up(cluster, say)
        except (PostgresUnavailable, OSError) as failure:
            say(f"It did not start, and is tried again: {failure}")


async def _answers(cluster: Cluster) -> bool:
    """Ask a real question: a server that only accepts connections is not ready."""
    arguments = database.connection_arguments(cluster.url(SUPERUSER, "postgres"))
    try:
        connection = await asyncpg.connect(**arguments, timeout=10)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise PostgresUnavailable(
            f"{cluster.folder}/passwords.json does not fit the database beside it"
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    try:
        return bool(await connection.fetchval("SELECT 1") == 1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    finally:
        connection.terminate()


async def _launch_again(cluster: Cluster, *, patient: bool) -> None:
    """Launch, and wait out the children of a killed server, which hold its memory for a while."""
    await asyncio.to_thread(cluster.launch)
    for _ in range(100):
        if await _answers(cluster):
            return
        if cluster.server_process() is None:
            break
        await asyncio.sleep(0.02)
    else:
        return
    words = cluster.last_words()
    survivors = "shared memory block" in words or "lock file" in words
    if not (survivors and patient):
        raise PostgresUnavailable(f"PostgreSQL did not start; its log {cluster.log} says:\n{words}")
    await asyncio.sleep(0.5)


async def _furnish(cluster: Cluster) -> None:
    """Make the application's role, which is no superuser, and its database, once."""
    arguments = database.connection_arguments(cluster.url(SUPERUSER, "postgres"))
    connection = await asyncpg.connect(**arguments)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APPLICATION):
            await connection.execute(
                f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER CREATEDB"
                f" PASSWORD '{cluster.password(APPLICATION)}'"
            )
        known = "SELECT 1 FROM pg_database WHERE datname = $1"
        if not await connection.fetchval(known, APPLICATION):
            await connection.execute(f"CREATE DATABASE {APPLICATION} OWNER {APPLICATION}")
    finally:
        await connection.close()
