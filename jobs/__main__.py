"""The worker: APScheduler is its local clock and only ticks; PostgreSQL decides what is due."""

import asyncio
import logging
import signal

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from domains.kernel import database
from jobs.schedule import TIMETABLE, Tick

log = structlog.get_logger(__name__)


async def run_worker(stop: asyncio.Event) -> None:
    """Tick until told to stop, then let what is under way end; the pool is open already."""
    # A tick that finds the one before it still at work is left out: that is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone="UTC")
    under_way: set[asyncio.Task[None]] = set()
    for tick in TIMETABLE:
        scheduler.add_job(
            _guarded,
            IntervalTrigger(seconds=tick.every_s),
            args=(tick, under_way),
            id=tick.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.pause()
        if under_way:
            await asyncio.wait(under_way, timeout=20)
        scheduler.shutdown(wait=False)


async def _guarded(tick: Tick, under_way: set[asyncio.Task[None]]) -> None:
    """Run one tick; a failure is logged and the next tick tries again."""
    task = asyncio.current_task()
    assert task is not None, "APScheduler runs a coroutine as a task"
    under_way.add(task)
    try:
        done = await tick.run()
        if done:
            log.info("job done", job=tick.name, count=done)
    except Exception as error:  # one failing job must not stop the clock of the others
        log.error("job failed", job=tick.name, failure=type(error).__name__, exc_info=True)
    finally:
        under_way.discard(task)


async def work() -> None:
    """Run a worker process until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with database.connected():
        log.info("worker started", jobs=[tick.name for tick in TIMETABLE])
        await run_worker(stop)
        log.info("worker stopped")


if __name__ == "__main__":
    asyncio.run(work())
