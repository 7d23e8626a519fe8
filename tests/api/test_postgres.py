"""The embedded PostgreSQL: whoever comes first starts it, whoever leaves last stops it."""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from api.postgres import PostgresUnavailable, binaries, embedded
from api.postgres import account as accounts
from api.postgres import cluster as clusters
from api.postgres.cluster import Cluster
from domains.kernel import database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that every account can enter, and whose server does not outlive the test."""
    around = Path(tempfile.mkdtemp(prefix="gongyi-test-"))
    around.chmod(0o711)
    yield around / "data"
    leftover = _server_of(around / "data")
    if leftover is not None:
        os.kill(leftover, signal.SIGQUIT)
    shutil.rmtree((around / "data" / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(around)


def _server_of(folder: Path) -> int | None:
    file = folder / "postgres" / "cluster" / "postmaster.pid"
    if not file.exists():
        return None
    process = int(file.read_text().split("\n")[0])
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    return process


@asynccontextmanager
async def _session(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(**database.connection_arguments(url))
    try:
        yield connection
    finally:
        await connection.close()


def _owner(folder: Path, *, durable: bool = False) -> "subprocess.Popen[str]":
    """Start another process that owns the server, and wait until it says that it does."""
    script = textwrap.dedent(
        """
        import asyncio, pathlib, sys
        from api.postgres import embedded

        async def own():
            async with embedded(pathlib.Path(sys.argv[1]), durable=sys.argv[2] == "True") as url:
                print(url, flush=True)
                await asyncio.to_thread(sys.stdin.read)

        asyncio.run(own())
        """
    )
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(durable)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


async def test_it_starts_from_nothing_and_the_application_is_no_superuser(folder):
    async with embedded(folder, durable=False) as url, _session(url) as session:
        role = await session.fetchrow(
            "SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        )
        database_row = await session.fetchrow(
            "SELECT pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding),"
            " datlocprovider::text FROM pg_database WHERE datname = current_database()"
        )

    assert tuple(role or ()) == ("gongyi", False, True, False)
    assert tuple(database_row or ()) == ("gongyi", "UTF8", "b")


async def test_it_stops_with_its_last_user(folder):
    async with embedded(folder, durable=False) as first:
        async with embedded(folder, durable=False) as second:
            assert second == first
        async with _session(first) as session:
            still_there = await session.fetchval("SELECT 1")

    assert (still_there, _server_of(folder)) == (1, None)


async def test_a_second_start_finds_what_the_first_kept(folder):
    async with embedded(folder, durable=False) as url, _session(url) as session:
        await session.execute("CREATE TABLE kept AS SELECT 7 AS number")

    async with embedded(folder, durable=False) as url, _session(url) as session:
        assert await session.fetchval("SELECT number FROM kept") == 7


async def test_only_the_durable_one_waits_for_the_disk(folder):
    found = []
    for durable in (False, True):
        async with embedded(folder, durable=durable) as url, _session(url) as session:
            found.append(await session.fetchval("SHOW fsync"))

    assert found == ["off", "on"]


async def test_no_port_is_opened_and_nobody_enters_without_a_password(folder):
    async with embedded(folder, durable=False) as url:
        async with _session(url) as session:
            listening = await session.fetchval("SHOW listen_addresses")
        arguments = database.connection_arguments(url)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(**(arguments | {"password": "wrong"}))

    modes = {
        name: (folder / "postgres" / name).stat().st_mode & 0o777
        for name in ("passwords.json", "cluster", "socket")
    }
    assert listening == ""
    assert modes == {"passwords.json": 0o600, "cluster": 0o700, "socket": 0o700}


async def test_a_killed_owner_leaves_its_server_to_the_next(folder):
    owner = _owner(folder)
    url = await asyncio.to_thread(_first_line, owner)
    before = _server_of(folder)
    _kill(owner)

    async with embedded(folder, durable=False) as again, _session(again) as session:
        adopted = await session.fetchval("SELECT 1"), _server_of(folder)

    assert (again, adopted) == (url, (1, before))
    assert _server_of(folder) is None


async def test_a_killed_server_is_started_again_with_what_was_committed(folder):
    owner = _owner(folder, durable=True)
    url = await asyncio.to_thread(_first_line, owner)
    async with _session(url) as session:
        await session.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server = _server_of(folder)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    _kill(owner)

    async with embedded(folder, durable=False) as url, _session(url) as session:
        assert await session.fetchval("SELECT number FROM kept") == 7


async def test_a_server_that_is_killed_under_its_users_is_started_again(folder):
    said: list[str] = []
    async with embedded(folder, say=said.append) as url:
        async with _session(url) as session:
            await session.execute("CREATE TABLE kept AS SELECT 7 AS number")
        before = _server_of(folder)
        assert before is not None
        os.kill(before, signal.SIGKILL)
        kept = await asyncio.wait_for(_sooner_or_later(url, "SELECT number FROM kept"), 30)
        after = _server_of(folder)

    assert (kept, before == after, _server_of(folder)) == (7, False, None)
    assert said == ["PostgreSQL has died; starting it again."]


async def _sooner_or_later(url: str, question: str) -> object:
    while True:
        try:
            async with _session(url) as session:
                return await session.fetchval(question)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.1)


async def test_an_owner_whose_server_was_killed_leaves_in_peace(folder):
    async with embedded(folder, durable=False):
        server = _server_of(folder)
        assert server is not None
        os.kill(server, signal.SIGKILL)

    assert _server_of(folder) is None


async def test_a_stranger_that_bears_a_dead_servers_number_is_left_alone(folder):
    async with embedded(folder, durable=False):
        server = _server_of(folder)
        assert server is not None
        record = (folder / "postgres" / "cluster" / "postmaster.pid").read_text()
    account = accounts.account_for(folder / "postgres" / "cluster")
    stranger = accounts.start(account, ["/bin/sleep", "60"], output=subprocess.DEVNULL)
    pid_file = folder / "postgres" / "cluster" / "postmaster.pid"
    pid_file.write_text(record.replace(str(server), str(stranger.pid), 1))
    os.chown(pid_file, account.uid, account.gid)

    try:
        async with embedded(folder, durable=False) as url, _session(url) as session:
            answer = await session.fetchval("SELECT 1")
        alive = stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()

    assert (answer, alive) == (1, True)


async def test_a_half_made_cluster_is_begun_again(folder):
    (folder / "postgres" / "cluster.new" / "base").mkdir(parents=True)
    (folder / "postgres").chmod(0o711)

    async with embedded(folder, durable=False) as url, _session(url) as session:
        assert await session.fetchval("SELECT 1") == 1


async def test_those_who_come_at_once_share_one_server(folder):
    owners = [_owner(folder) for _ in range(3)]
    urls = [await asyncio.to_thread(_first_line, owner) for owner in owners]
    first, *others = owners

    first.communicate()
    async with _session(urls[1]) as session:
        outlived = await session.fetchval("SELECT 1")
    for each in others:
        each.communicate()

    assert (len(set(urls)), outlived, _server_of(folder)) == (1, 1, None)


async def test_whoever_starts_waits_for_whoever_stops(folder):
    folder.mkdir()
    lock = os.open(folder / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)

    entering = asyncio.create_task(_enter_and_leave(folder))
    await asyncio.sleep(0.3)
    waited = not entering.done() and not (folder / "postgres").exists()
    os.close(lock)
    await entering

    assert waited


async def _enter_and_leave(folder: Path) -> None:
    async with embedded(folder, durable=False):
        pass


async def test_a_path_too_long_for_a_socket_gets_a_short_one(folder):
    folder = folder / "data" / ("long" * 30)

    async with embedded(folder, durable=False) as url, _session(url) as session:
        answer = await session.fetchval("SELECT 1")
    socket_folder = (folder / "postgres" / "socket").resolve()

    assert (answer, len(str(socket_folder)) < 80, socket_folder.stat().st_mode & 0o777) == (
        1,
        True,
        0o700,
    )
    socket_folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as somebody else")
async def test_as_root_a_folder_that_the_account_cannot_enter_is_replaced(folder):
    folder.parent.chmod(0o700)
    said: list[str] = []

    async with (
        embedded(folder, durable=False, say=said.append) as url,
        _session(url) as session,
    ):
        answer = await session.fetchval("SELECT 1")
    elsewhere = (folder / "postgres").resolve()

    assert (answer, elsewhere.is_relative_to(folder.parent)) == (1, False)
    assert said == [f"The database lies in {elsewhere}: the account nobody cannot enter {folder}."]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as somebody else")
async def test_as_root_programs_that_the_account_cannot_enter_are_copied(folder, tmp_path):
    account = accounts.account_for(folder / "postgres" / "cluster")
    wheel = binaries.installation()
    hidden = tmp_path / wheel.parent.name / wheel.name
    shutil.copytree(wheel, hidden)
    shutil.copytree(
        wheel.parent.parent / f"{wheel.parent.name}.libs",
        tmp_path / f"{wheel.parent.name}.libs",
    )
    folder.mkdir()

    found = binaries.programs(account, wheel=hidden, beside=folder)

    said = accounts.run(account, [found / "initdb", "--version"])
    assert found.is_relative_to(folder)
    assert said == accounts.run(account, [wheel / "bin" / "initdb", "--version"])


async def test_lost_passwords_are_said_and_nothing_is_made_anew(folder):
    async with embedded(folder, durable=False):
        pass
    (folder / "postgres" / "passwords.json").unlink()

    with pytest.raises(PostgresUnavailable, match=r"passwords\.json is missing"):
        async with embedded(folder, durable=False):
            pass

    assert not (folder / "postgres" / "passwords.json").exists()
    assert (folder / "postgres" / "cluster" / "PG_VERSION").exists()


async def test_a_cluster_of_another_version_is_said_and_left_alone(folder):
    async with embedded(folder, durable=False):
        pass
    (folder / "postgres" / "cluster" / "PG_VERSION").write_text("14\n")

    with pytest.raises(PostgresUnavailable, match="was made by PostgreSQL 14"):
        async with embedded(folder, durable=False):
            pass

    assert _server_of(folder) is None


async def test_a_server_that_cannot_start_is_told_with_its_log(folder):
    async with embedded(folder, durable=False):
        pass
    with (folder / "postgres" / "cluster" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")

    with pytest.raises(PostgresUnavailable, match="no_such_setting"):
        async with embedded(folder, durable=False):
            pass


async def test_a_log_line_holds_no_values(folder):
    async with embedded(folder, durable=False) as url, _session(url) as session:
        await session.execute("CREATE TABLE ballot (voter text PRIMARY KEY)")
        await session.execute("INSERT INTO ballot VALUES ($1)", "Lin Mei")
        with pytest.raises(asyncpg.UniqueViolationError):
            await session.execute("INSERT INTO ballot VALUES ($1)", "Lin Mei")

    log = (folder / "postgres" / "server.log").read_text()
    assert ("duplicate key" in log, "Lin Mei" in log) == (True, False)


def test_a_cluster_says_no_process_where_none_runs(folder):
    async def make() -> None:
        async with embedded(folder, durable=False):
            pass

    asyncio.run(make())
    cluster: Cluster = clusters.find(folder, durable=False, say=lambda _: None)

    begun = time.monotonic()
    cluster.stop()

    assert cluster.server_process() is None
    assert time.monotonic() - begun < 5
