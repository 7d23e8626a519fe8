"""The worker: APScheduler is its local clock and only ticks; PostgreSQL decides what is due."""

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from domains.kernel import database
from jobs.schedule import TIMETABLE, Tick
from jobs.worker import Worker

log = structlog.get_logger(__name__)

# At a start everything may be due at once: one after the other begins.
_APART_S = 0.05
_AGAIN_S = 2.0


async def run_worker(stop: asyncio.Event, timetable: Sequence[Tick] = TIMETABLE) -> None:
    """Tick until told to stop, then let what is under way end; the pool is open already."""
    # A tick that finds the one before it still at work is left out: that is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    worker = Worker(timetable)
    due_in_s = await _begun(worker, stop)
    if due_in_s is None:
        return
    log.info("worker began", worker=worker.name, jobs=len(timetable))
    scheduler = _scheduled(worker, due_in_s)
    living = asyncio.create_task(worker.live(), name="heartbeat")
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.pause()
        await worker.drain()
        living.cancel()
        await asyncio.wait([living])
        await worker.end()
        scheduler.shutdown(wait=False)
        log.info("worker ended", worker=worker.name)


async def _begun(worker: Worker, stop: asyncio.Event) -> dict[str, float] | None:
    """Begin as soon as the database is there; None where the worker is stopped before."""
    said = ""
    while not stop.is_set():
        try:
            return await worker.begin()
        except Exception as error:  # whatever keeps it from beginning, it may pass; it is said once
            failure = type(error).__name__
            if failure != said:
                log.error("worker cannot begin", worker=worker.name, failure=failure)
            said = failure
        try:
            async with asyncio.timeout(_AGAIN_S):
                await stop.wait()
        except TimeoutError:
            continue
    return None


def _scheduled(worker: Worker, due_in_s: Mapping[str, float]) -> AsyncIOScheduler:
    """Let each job tick in its rhythm, from when it is due: a restart postpones nothing."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    now = datetime.now(UTC)
    for place, tick in enumerate(worker.timetable):
        scheduler.add_job(
            worker.tick,
            IntervalTrigger(seconds=tick.every_s),
            args=(tick,),
            id=tick.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=now
            + timedelta(seconds=max(due_in_s.get(tick.name, 0.0), place * _APART_S)),
        )
    return scheduler


async def work() -> None:
    """Run a worker process until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with database.connected():
        await run_worker(stop)


if __name__ == "__main__":
    asyncio.run(work())
