"""The command line, as a reader meets it: run as a process of its own, judged by code and words."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from api.__main__ import COMMANDS, SEEDS, app
from api.commands import doctor
from api.commands.doctor import Level
from api.commands.notice_timetable import timetable_page
from api.commands.settings_table import settings_table
from api.postgres import embedded
from api.readiness import committed_migrations
from domains.kernel import database
from seeds import demo

ROOT = Path(__file__).parents[2]
KEYS = {
    "GONGYI_FIELD_KEYS": "k1:" + "A" * 43 + "=",
    "GONGYI_BLIND_INDEX_KEY": "B" * 42 + "A=",
    "GONGYI_TOKEN_KEY": "C" * 42 + "A=",
    "GONGYI_LOG_KEYS": "l1:" + "D" * 42 + "A=",
}


class Shell:
    """Runs `gongyi` in an environment of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        """Return the surroundings of a command: none of ours but the path."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        own = {"GONGYI_DATA_DIR": str(self.folder), "COLUMNS": "200", "NO_COLOR": "1"}
        return kept | own | variables

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "api", *arguments],
            cwd=ROOT,
            env=self.environment(variables),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @contextmanager
    def started(self, *arguments: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
        """Run a command that goes on, beside the block."""
        with subprocess.Popen(
            [sys.executable, "-m", "api", *arguments],
            cwd=ROOT,
            env=self.environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture
def shell() -> Iterator[Shell]:
    folder = Path(tempfile.mkdtemp(prefix="gongyi-test-"))
    folder.chmod(0o711)
    yield Shell(folder / "data")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def migrated() -> Iterator[Shell]:
    """A shell over a database that stands already, shared by tests that leave it as it is."""
    folder = Path(tempfile.mkdtemp(prefix="gongyi-test-"))
    folder.chmod(0o711)
    shared = Shell(folder / "data")
    shared.run("migrate")
    yield shared
    shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _line_with(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line.strip()
    raise AssertionError(f"the command ended without saying {words!r}")


@pytest.mark.parametrize(
    "command", [*([each] for each in COMMANDS), ["seed"], *(["seed", each] for each in SEEDS)]
)
def test_every_command_says_what_it_does_and_how_it_ends(command):
    said = CliRunner().invoke(app, [*command, "--help"])

    assert said.exit_code == 0
    assert "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 settings or" in said.output


def test_an_unknown_command_is_wrong_usage():
    assert CliRunner().invoke(app, ["vote"]).exit_code == 2


def test_the_settings_page_is_the_present_one():
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_table()


def test_the_timetable_on_one_page_is_the_present_one():
    assert (ROOT / "docs" / "timetable.md").read_text(encoding="utf-8") == timetable_page()


def test_a_setting_that_does_not_fit_is_named_without_a_traceback(shell):
    ended = shell.run("migrate", GONGYI_POOL_SIZE="1")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "gongyi: the settings do not fit\n"
        "  GONGYI_POOL_SIZE: Input should be greater than or equal to 2\n"
    )


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_production_refuses_to_start_without_keys(shell, command):
    ended = shell.run(command, GONGYI_ENVIRONMENT="production")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "gongyi: the settings do not fit\n"
        "  production needs GONGYI_FIELD_KEYS, GONGYI_BLIND_INDEX_KEY, GONGYI_TOKEN_KEY,"
        " GONGYI_LOG_KEYS\n"
    )
    assert not shell.folder.exists()


def test_an_address_that_is_not_postgresqls_is_refused(shell):
    ended = shell.run("migrate", DATABASE_URL="mysql://root:secret@db/gongyi", **KEYS)

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "gongyi: DATABASE_URL: the database address must begin with postgresql://\n"
    )


def test_a_database_out_of_reach_is_named_without_its_password(shell):
    port = _free_port()
    url = f"postgresql://lin:secret@127.0.0.1:{port}/town"

    ended = shell.run("migrate", DATABASE_URL=url, **KEYS)

    assert ended.returncode == 3
    assert ended.stderr.startswith(
        f"gongyi: the database town at 127.0.0.1 port {port} for lin is not available: "
    )
    assert ("Traceback" in ended.stderr, "secret" in ended.stderr) == (False, False)


async def test_a_wrong_password_is_a_database_out_of_reach(migrated):
    async with embedded(migrated.folder) as url:
        password = database.connection_arguments(url)["password"]
        ended = migrated.run("migrate", DATABASE_URL=url.replace(password, "wrong"), **KEYS)

    assert ended.returncode == 3
    assert "is not available: password authentication failed" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_said_before_anything_is_made(shell):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = shell.run("serve", "--port", str(port), **KEYS)

    assert (ended.returncode, ended.stderr) == (
        1,
        f"gongyi: port {port} is in use on 127.0.0.1: choose another with --port\n",
    )
    assert not shell.folder.exists()


def test_a_database_that_waits_for_migrations_is_not_served(shell):
    ended = shell.run("serve", "--port", "0", **KEYS)

    first = committed_migrations()[0]
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[-1] == (
        f"gongyi: the database waits for {len(committed_migrations())} migrations,"
        f" first {first}: run `gongyi migrate`"
    )


def test_migrating_twice_finds_nothing_the_second_time(shell):
    first = shell.run("migrate", **KEYS)
    second = shell.run("migrate", **KEYS)

    assert (first.returncode, first.stdout) == (
        0,
        f"Applied {len(committed_migrations())} migrations.\n",
    )
    assert (second.returncode, second.stdout) == (0, "Nothing to migrate.\n")


def test_a_served_town_answers_and_stops_in_order(migrated):
    with migrated.started("serve", "--port", "0") as process:
        address = _line_with(process, "Serving at ").removeprefix("Serving at ")
        with urlopen(f"{address}/livez", timeout=60) as answer:
            alive = answer.status
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)

    assert (alive, process.returncode) == (200, 0)
    assert not (migrated.folder / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_first_look_plants_once_and_says_where_and_as_whom(shell):
    hints = []
    for _ in range(2):
        with shell.started("run", "--port", "0") as process:
            address = _line_with(process, "Gongyi is ready at ").rpartition(" ")[2]
            hints.append(_line_with(process, "Sign in as "))
            with urlopen(f"{address}/readyz", timeout=60) as answer:
                ready = answer.status
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        assert (ready, process.returncode) == (200, 0)

    assert hints[0] == hints[1]
    assert demo.COMMITTEE_PHONE in hints[0]


@pytest.mark.parametrize("command", ["run", *(f"seed {each}" for each in SEEDS)])
def test_made_up_people_are_not_for_production(shell, command):
    ended = shell.run(*command.split(), GONGYI_ENVIRONMENT="production", **KEYS)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"gongyi: `gongyi {command}` plants made-up people, so not in production:"
        " use `gongyi migrate` and `gongyi serve`\n"
    )
    assert not shell.folder.exists()


def test_a_worker_stops_in_order(migrated):
    with migrated.started("worker") as process:
        _line_with(process, "Working.")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)

    assert process.returncode == 0
    assert not (migrated.folder / "postgres" / "cluster" / "postmaster.pid").exists()


def test_keys_of_a_machine_are_made_once_and_are_its_owners_alone(shell):
    shell.run("log-keys")
    file = shell.folder / "keys.env"
    made, mode = file.read_text(), file.stat().st_mode & 0o777

    shell.run("log-keys")

    assert (file.read_text(), mode) == (made, 0o600)
    assert [line.partition("=")[0] for line in made.splitlines()] == list(KEYS)


def test_keys_from_before_the_log_was_signed_are_completed(shell):
    shell.run("log-keys")
    file = shell.folder / "keys.env"
    made = file.read_text().splitlines(keepends=True)
    file.write_text("".join(made[:3]))

    ended = shell.run("log-keys")

    kept = file.read_text().splitlines(keepends=True)
    assert (ended.returncode, kept[:3]) == (0, made[:3])
    assert [line.partition("=")[0] for line in kept] == list(KEYS)


def test_public_keys_of_the_log_are_this_machines_own_or_those_of_settings(shell):
    given = {"GONGYI_LOG_KEYS": "l2:" + "D" * 42 + "A=,l1:" + "E" * 42 + "A="}

    own, again = (shell.run("log-keys").stdout for _ in range(2))
    told = shell.run("log-keys", **given).stdout

    assert (own, own.partition(":")[0]) == (again, "local")
    assert [line.partition(":")[0] for line in told.splitlines()] == ["l2", "l1"]


def test_the_schema_is_printed_and_compared(tmp_path):
    typed = CliRunner()
    printed = typed.invoke(app, ["schema"])
    same, other = tmp_path / "same.graphql", tmp_path / "other.graphql"
    same.write_text(printed.stdout, encoding="utf-8")
    other.write_text(printed.stdout + "\nscalar Invented\n", encoding="utf-8")

    compared = [typed.invoke(app, ["schema", "--check", str(each)]) for each in (same, other)]

    assert printed.exit_code == 0
    assert [each.exit_code for each in compared] == [0, 1]
    assert "-scalar Invented" in compared[1].stdout.splitlines()


def test_the_doctor_finds_a_migrated_machine_well(migrated):

    ended = migrated.run("doctor")

    levels = [line.split()[:2] for line in ended.stdout.splitlines()]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [subject for level, subject in levels if level == "ok"] == [
        "python",
        "settings",
        "keys",
        "sign-in",
        "notices",
        "calendar",
        "database",
        "role",
        "connections",
        "migrations",
        "clock",
    ]


def test_the_doctor_makes_nothing_where_nothing_is(shell):
    ended = shell.run("doctor")

    assert (ended.returncode, ended.stdout.splitlines()[-1].split()[:2]) == (
        0,
        ["warn", "database"],
    )
    assert not shell.folder.exists()


async def test_the_doctor_fails_a_database_that_waits_for_migrations(shell):
    async with embedded(shell.folder, durable=False) as url:
        ended = shell.run("doctor", DATABASE_URL=url, **KEYS)

    failed = [line for line in ended.stdout.splitlines() if not line.startswith("ok ")]
    assert ended.returncode == 1
    assert failed == [
        f"fail  migrations  {len(committed_migrations())} pending,"
        f" first {committed_migrations()[0]}: run `gongyi migrate`"
    ]


def test_the_doctor_fails_settings_that_do_not_fit(shell):
    ended = shell.run("doctor", GONGYI_TOKEN_KEY="short")

    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == (
        "fail  settings    GONGYI_TOKEN_KEY: a key is 32 bytes in base64: this is not base64"
    )


@pytest.mark.parametrize(
    ("ahead_s", "level"),
    [(0.5, Level.OK), (-1.9, Level.OK), (2.0, Level.WARN), (-29.0, Level.WARN), (31.0, Level.FAIL)],
)
def test_the_doctor_judges_the_clock_by_its_distance(ahead_s, level):
    assert doctor.clock_finding(ahead_s).level == level


@pytest.mark.parametrize(("year", "level"), [(2025, Level.OK), (2099, Level.FAIL)])
def test_the_doctor_asks_for_this_years_holidays(year, level):
    assert doctor.calendar_finding(year).level == level


def test_a_killed_server_process_leaves_a_database_that_the_next_command_takes_over(migrated):
    with migrated.started("serve", "--port", "0") as process:
        _line_with(process, "Serving at ")
        process.kill()

    begun = time.monotonic()
    ended = migrated.run("migrate")

    assert (ended.returncode, ended.stdout) == (0, "Nothing to migrate.\n")
    assert time.monotonic() - begun < 60
    assert not (migrated.folder / "postgres" / "cluster" / "postmaster.pid").exists()
