"""`gongyi doctor`: one line a check, and an exit code that a script can read.

It looks and changes nothing: where the embedded database has not been made yet it says so.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import asyncpg
import typer
from pydantic import ValidationError

from api import readiness
from api.commands import ground
from api.commands.outcome import EXPECTED, ExitCode, in_words, settings_faults
from api.commands.settings_table import settings_table
from api.postgres import binaries
from domains.kernel import calendar, clock, database, settings
from domains.kernel.settings import Environment, Settings
from domains.membership.providers import sms
from domains.notifications.channels import opening

_OLDEST_POSTGRES = 150_000
_SKEW_WARN_S = 2.0
_SKEW_FAIL_S = 30.0


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    level: Level
    subject: str
    words: str

    def __str__(self) -> str:
        return f"{self.level:<5} {self.subject:<11} {self.words}"


def doctor(
    settings_table_only: Annotated[
        bool,
        typer.Option("--settings-table", help="Print the settings as a Markdown table instead."),
    ] = False,
) -> None:
    """Check settings, keys, database, migrations, clock and calendar; exits 1 if any fails."""
    if settings_table_only:
        typer.echo(settings_table(), nl=False)
        return
    failed = asyncio.run(_report())
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.DONE)


async def _report() -> bool:
    failed = False
    async for finding in examine():
        typer.echo(str(finding))
        failed = failed or finding.level is Level.FAIL
    return failed


async def examine() -> AsyncIterator[Finding]:
    """Yield what each check finds, in order; later ones are left out where earlier ones forbid."""
    yield Finding(Level.OK, "python", sys.version.split()[0])
    try:
        chosen = settings.current()
    except ValidationError as error:
        for fault in settings_faults(error):
            yield Finding(Level.FAIL, "settings", fault.strip())
        return
    yield Finding(Level.OK, "settings", f"they fit; environment {chosen.environment}")
    yield keys_finding(chosen)
    yield carrier_finding(chosen)
    for finding in channel_findings(chosen):
        yield finding
    yield calendar_finding(datetime.now(clock.SHANGHAI).year)
    own = chosen.database_url.get_secret_value()
    if not own and not (chosen.data_dir / "postgres" / "cluster").exists():
        yield _embedded_finding(chosen)
        return
    try:
        async with ground.standing() as url:
            async for finding in _database_findings(url):
                yield finding
    except EXPECTED as failure:
        yield Finding(Level.FAIL, "database", in_words(failure).replace("\n", " "))


def keys_finding(chosen: Settings) -> Finding:
    """Say whose keys encrypt; settings themselves insist on them in production."""
    if chosen.field_keys and chosen.blind_index_key.get_secret_value():
        return Finding(Level.OK, "keys", f"{len(chosen.field_keys)} field keys from settings")
    if chosen.environment is Environment.DEVELOPMENT:
        file = chosen.data_dir / "keys.env"
        words = (
            f"this machine's own, in {file}" if file.exists() else f"{file} is made on first use"
        )
        return Finding(Level.OK, "keys", words)
    return Finding(Level.WARN, "keys", f"none set; fit only for {chosen.environment}")


def carrier_finding(chosen: Settings) -> Finding:
    """Say whether one-time codes can reach people."""
    missing = sms.problems(chosen)
    if missing:
        return Finding(Level.FAIL, "sign-in", "; ".join(missing))
    return Finding(Level.OK, "sign-in", f"one-time codes go by {chosen.sms_provider}")


def channel_findings(chosen: Settings) -> list[Finding]:
    """Say by which channels notices go, and what those that are turned on still lack."""
    try:
        opening.rates(chosen)
    except ValueError as fault:
        return [Finding(Level.FAIL, "notices", f"GONGYI_NOTICE_RATES: {fault}")]
    lacking = [
        Finding(Level.FAIL, "notices", f"{channel}: {'; '.join(problems)}")
        for channel, problems in opening.problems(chosen).items()
        if problems
    ]
    on = opening.are_on(chosen)
    words = f"they go by {', '.join(on)}" if on else "they stay in the inbox: no channel is on"
    return [*lacking, Finding(Level.OK, "notices", words)]


def calendar_finding(year: int) -> Finding:
    """Say whether the State Council's holidays of a year are known, and of the next one."""
    if not calendar.is_published(year):
        words = f"{year}'s holidays are not known: update the holidays package"
        return Finding(Level.FAIL, "calendar", words)
    also_next = f" and {year + 1}" if calendar.is_published(year + 1) else ""
    return Finding(Level.OK, "calendar", f"statutory holidays known for {year}{also_next}")


def _embedded_finding(chosen: Settings) -> Finding:
    try:
        where = binaries.installation()
    except EXPECTED as failure:
        return Finding(Level.FAIL, "database", in_words(failure))
    words = f"none yet in {chosen.data_dir}; `gongyi run` makes one with {where.name}"
    return Finding(Level.WARN, "database", words)


async def _database_findings(url: str) -> AsyncIterator[Finding]:
    arguments = database.connection_arguments(url)
    connection = await asyncpg.connect(**arguments, timeout=10)
    try:
        yield await version_finding(connection)
        yield await _role_finding(connection)
        yield await _room_finding(connection)
        yield await _migrations_finding(connection)
        yield await _clock_finding(connection)
    finally:
        await connection.close()


async def version_finding(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    """Say whether PostgreSQL is new enough, and keeps its texts in UTF-8."""
    version = await connection.fetchval("SHOW server_version")
    encoding = await connection.fetchval("SHOW server_encoding")
    number = int(await connection.fetchval("SHOW server_version_num"))
    if number < _OLDEST_POSTGRES:
        return Finding(Level.FAIL, "database", f"PostgreSQL {version}; 15 or newer is needed")
    if encoding != "UTF8":
        return Finding(Level.FAIL, "database", f"its encoding is {encoding}; UTF8 is needed")
    return Finding(Level.OK, "database", f"PostgreSQL {version}, {encoding}")


async def _role_finding(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    row = await connection.fetchrow(
        "SELECT current_user AS name, rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    assert row is not None, "every session has a role"
    if row["rolsuper"]:
        words = f"{row['name']} is a superuser, whom no constraint on rights holds"
        return Finding(Level.WARN, "role", words)
    return Finding(Level.OK, "role", f"{row['name']}, no superuser")


async def _room_finding(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    most = int(await connection.fetchval("SHOW max_connections"))
    pool = settings.current().pool_size
    if pool + 3 > most:
        words = f"GONGYI_POOL_SIZE {pool} does not fit into max_connections {most}"
        return Finding(Level.FAIL, "connections", words)
    return Finding(Level.OK, "connections", f"{pool} a process, {most} in all")


async def _migrations_finding(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    pending = await readiness.pending_migrations(connection.fetch)
    if not pending:
        return Finding(
            Level.OK, "migrations", f"all {len(readiness.committed_migrations())} applied"
        )
    words = f"{len(pending)} pending, first {pending[0]}: run `gongyi migrate`"
    return Finding(Level.FAIL, "migrations", words)


async def _clock_finding(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    before = datetime.now(UTC)
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    return clock_finding((theirs - (before + (after - before) / 2)).total_seconds())


def clock_finding(ahead_s: float) -> Finding:
    """Judge how far the database's clock, which decides, is from this machine's."""
    if abs(ahead_s) < _SKEW_WARN_S:
        return Finding(Level.OK, "clock", f"database and process agree within {_SKEW_WARN_S:.0f} s")
    level = Level.FAIL if abs(ahead_s) >= _SKEW_FAIL_S else Level.WARN
    direction = "ahead of" if ahead_s > 0 else "behind"
    words = f"the database is {abs(ahead_s):.0f} s {direction} this machine; set both by NTP"
    return Finding(level, "clock", words)
