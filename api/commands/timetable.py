"""`gongyi jobs`: look at the jobs of the timetable, pause and resume them, run one now."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

import typer

from api.commands import ground
from api.commands.outcome import CommandFailed, ExitCode
from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.kernel.clock import SHANGHAI
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.kernel.operations import commands, queries
from domains.kernel.operations.values import JobFilter, RunState
from domains.kernel.paging import LARGEST_SIZE, Page

Name = Annotated[str, typer.Argument(help="The job, as `gongyi jobs list` calls it.")]
_HEADINGS = ("job", "every", "last began", "did", "late", "failing", "state")
_LOOK_EVERY_S = 0.2


def list_jobs(
    which: Annotated[
        JobFilter | None, typer.Option(help="Only those that fail, are paused, or are late.")
    ] = None,
) -> None:
    """List the jobs: when each last began, how many it did, how late it is, and if it fails."""
    _on_database(lambda: tell_of(which))


def pause_job(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; administrators read it.")],
) -> None:
    """Keep every worker from a job, within seconds, until it is resumed."""
    _on_database(lambda: pause(name, reason))


def resume_job(name: Name) -> None:
    """Let the workers do a job again."""
    _on_database(lambda: resume(name))


def run_job(
    name: Name,
    wait_s: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for its end; 0 only asks for it.")
    ] = 60.0,
) -> None:
    """Have one worker run a job once, now, paused or not, and tell what came of it."""
    _on_database(lambda: run_once(name, wait_s))


async def tell_of(which: JobFilter | None = None) -> None:
    """Print the jobs as a table, every page of them."""
    lines: list[tuple[str, ...]] = [_HEADINGS]
    page = Page(first=LARGEST_SIZE)
    while True:
        found = await queries.jobs(SYSTEM, page, which)
        lines += [_line(row) for row in found.rows]
        if not found.has_more:
            break
        page = Page(first=LARGEST_SIZE, after=(found.rows[-1]["name"],))
    if len(lines) == 1:
        ground.remark("No such job." if which else "No worker has run here yet.")
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


async def pause(name: str, reason: str) -> None:
    """Pause the job of this name."""
    await commands.pause_job(SYSTEM, await _named(name), reason=reason)
    ground.remark(f"Paused {name}.")


async def resume(name: str) -> None:
    """Resume the job of this name."""
    await commands.resume_job(SYSTEM, await _named(name))
    ground.remark(f"Resumed {name}.")


async def run_once(name: str, wait_s: float) -> None:
    """Ask for a run, wait for its end, and tell it; raises CommandFailed for any other end."""
    run_id, _ = await commands.run_job_now(SYSTEM, await _named(name), key=uuid4())
    if not wait_s:
        ground.remark(f"Asked for {name}.")
        return
    run = await _ended(run_id, wait_s)
    state = RunState(run["state"])
    if state is RunState.ASKED:
        raise CommandFailed(f"no worker has taken {name} yet; it waits for the first that comes")
    if state is RunState.RUNNING:
        raise CommandFailed(f"{name} still runs: `gongyi jobs list` tells when it has ended")
    if state is not RunState.DONE:
        raise CommandFailed(f"{name} ended as {state.value}: {run['failure'] or 'its worker died'}")
    ground.remark(f"Ran {name}: {run['count']} done in {run['busy_s']:.1f} s.")


async def _ended(run_id: UUID, wait_s: float) -> Row:
    """Return the run once it has ended, or as it stands when the patience is over."""
    until = asyncio.get_running_loop().time() + wait_s
    while True:
        run = (await queries.runs_by_id(SYSTEM, [run_id]))[0]
        assert run is not None, "it is kept for days"
        if run["ended_at"] is not None or asyncio.get_running_loop().time() >= until:
            return run
        await asyncio.sleep(_LOOK_EVERY_S)


def _on_database(work: Callable[[], Awaitable[None]]) -> None:
    async def connected() -> None:
        async with ground.migrated() as url, database.connected(url):
            await work()

    ground.run(connected())


async def _named(name: str) -> UUID:
    try:
        return await commands.job_named(name)
    except NotFound as unknown:
        raise CommandFailed(
            f"no job is called {name!r}: `gongyi jobs list` names those that workers know",
            code=ExitCode.USAGE,
        ) from unknown


def _line(row: Row) -> tuple[str, ...]:
    state = "late" if row["is_late"] else "runs"
    if row["paused_at"] is not None:
        state = f"paused: {row['paused_reason']}"
    failing = row["consecutive_failures"]
    return (
        row["name"],
        f"{row['every_s']:g} s",
        _instant(row["last_started_at"]),
        "-" if row["last_count"] is None else str(row["last_count"]),
        f"{row['late_s']:.1f} s",
        f"{failing} x {row['last_failure']}" if failing else "-",
        state,
    )


def _instant(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
