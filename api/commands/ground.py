"""What commands stand on: settings that fit, keys, a database, and its migrations."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import typer
import uvloop

from api import readiness
from api.commands import keys
from api.commands.outcome import CommandFailed, ExitCode
from api.postgres import embedded
from domains.kernel import database, settings


def remark(words: str) -> None:
    """Tell the reader what goes on, apart from the command's result."""
    typer.echo(words, err=True)


def run(work: Coroutine[object, object, None]) -> None:
    """Run a command to its end; an interruption ends it in order, and is told by 130."""
    try:
        uvloop.run(_interruptible(work))
    except (KeyboardInterrupt, asyncio.CancelledError) as interruption:
        remark("Interrupted.")
        raise typer.Exit(130) from interruption


async def _interruptible(work: Coroutine[object, object, None]) -> None:
    task = asyncio.current_task()
    assert task is not None, "the runner makes a task of it"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await work


@asynccontextmanager
async def standing() -> AsyncIterator[str]:
    """Provide the database of the settings, or the embedded one, and yield its address."""
    keys.provide(remark)
    own = settings.current().database_url.get_secret_value()
    if own:
        require_address(own)
        yield own
        return
    async with embedded(settings.current().data_dir, say=remark) as url:
        os.environ["DATABASE_URL"] = url
        settings.current.cache_clear()
        try:
            yield url
        finally:
            del os.environ["DATABASE_URL"]
            settings.current.cache_clear()


@asynccontextmanager
async def migrated() -> AsyncIterator[str]:
    """Provide the database, not yet connected, or say that its migrations are missing."""
    async with standing() as url:
        async with database.connected(url):
            await require_migrated()
        yield url


async def require_migrated() -> None:
    """Refuse to work on a database that waits for migrations."""
    pending = await readiness.pending_migrations(database.fetch)
    if pending:
        raise CommandFailed(
            f"the database waits for {len(pending)} migrations, first {pending[0]}:"
            " run `gongyi migrate`",
            code=ExitCode.UNAVAILABLE,
        )


def require_address(url: str) -> None:
    """Refuse an address that is not one of PostgreSQL, without showing the password in it."""
    try:
        database.connection_arguments(url)
    except ValueError as error:
        raise CommandFailed(f"DATABASE_URL: {error}", code=ExitCode.UNAVAILABLE) from error
