"""One worker: does the ticks that it is given, counts them, and keeps its heart beating.

Its heart beats in a task of its own, so that long jobs do not stop it; with each beat it
learns what is paused and whether a run is asked for. It tells what it counted every few
seconds. Where the database is away it goes on ticking, and tells later.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID

import structlog

from domains.kernel import database, settings
from domains.kernel.operations import working
from domains.kernel.operations.working import Orders
from jobs import tallies, watching
from jobs.schedule import TIMETABLE, Tick
from jobs.tallies import Tallies
from jobs.watching import Watch

FLUSH_EVERY_S = 5.0
_PATIENCE_S = 20.0
_JUMP_S = 10.0

log = structlog.get_logger(__name__)


class Worker:
    """What does due work, under a name that says nothing of the machine."""

    def __init__(self, timetable: Sequence[Tick] = TIMETABLE) -> None:
        self.id = database.new_id()
        self.name = f"worker-{self.id.hex[-10:]}"
        self.timetable = timetable
        self.paused: frozenset[str] = frozenset()
        self._by_name = {each.name: each for each in timetable}
        self._by_id = {working.job_id(each.name): each.name for each in timetable}
        self._tallies = Tallies()
        self._under_way: set[asyncio.Task[None]] = set()
        self._failing: dict[str, str] = {}
        self._watch = Watch()
        self._is_heard = True
        self._is_ending = False
        self._drift_s = 0.0

    async def begin(self) -> dict[str, float]:
        """Say that this worker is there; returns in how many seconds each job is due."""
        rhythm = {each.name: each.every_s for each in self.timetable}
        due_in_s = await working.register(self.id, name=self.name, jobs=rhythm)
        orders = await working.beat(self.id)
        self.paused, self._drift_s = orders.paused, _drift_s(orders)
        return due_in_s

    async def beat(self) -> None:
        """Say that this worker is alive, and follow what it is told."""
        orders = await working.beat(self.id)
        if not orders.is_known or abs(_drift_s(orders) - self._drift_s) > _JUMP_S:
            # Forgotten, or the database's clock was set: what was before is no measure.
            await self.begin()
            return
        self.paused = orders.paused
        while orders.is_asked and not self._is_ending:
            taken = await working.take_asked(self.id, self._by_id)
            if taken is None:
                return
            run_id, name = taken
            self._go(self._run_asked(run_id, self._by_name[name]))

    async def tick(self, tick: Tick) -> None:
        """Do a job once, unless it is paused; where it fails, the next tick tries again."""
        if tick.name in self.paused:
            self._tallies.leave_out(tick.name)
            return
        task = asyncio.current_task()
        assert task is not None, "whoever ticks is a task"
        self._under_way.add(task)
        try:
            started = _now()
            self._tallies.begin(tick.name, tick.every_s, started)
            count, failure = await self._done(tick)
            self._tallies.end(
                tick.name, started=started, ended=_now(), count=count, failure=failure
            )
        finally:
            self._under_way.discard(task)

    async def tell(self) -> None:
        """Tell the database what was counted since the last time."""
        taken = self._tallies.take()
        if not taken:
            return
        try:
            await working.flush(self.id, *tallies.told(taken, _now()))
        except BaseException:
            self._tallies.put_back(taken)
            raise

    async def live(self) -> None:
        """Beat, tell and watch until cancelled."""
        told_at = watched_at = _now()
        while True:
            try:
                await self.beat()
                if _now() - told_at >= FLUSH_EVERY_S:
                    await self.tell()
                    told_at = _now()
                if _now() - watched_at >= watching.every_s():
                    await self._watch.look()
                    watched_at = _now()
                self._is_heard = True
            except Exception as error:  # whatever it is, the heart beats on; it is said once
                if self._is_heard:
                    log.error("heartbeat failed", worker=self.name, failure=type(error).__name__)
                self._is_heard = False
            await asyncio.sleep(settings.current().heartbeat_s)

    async def drain(self) -> None:
        """Begin nothing more on order, and let what is under way end; the heart beats on."""
        self._is_ending = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_PATIENCE_S)

    async def end(self) -> None:
        """Let what is under way end, tell what it came to, and say that this worker stops."""
        await self.drain()
        try:
            await self.tell()
            await working.stop(self.id)
        except Exception as error:  # the database is away: this worker will be missed, rightly
            log.error("worker ended unheard", worker=self.name, failure=type(error).__name__)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="asked run")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _run_asked(self, run_id: UUID, tick: Tick) -> None:
        started = _now()
        log.info("job asked for", job=tick.name)
        count, failure = await self._done(tick)
        ended = _now()
        self._tallies.end(
            tick.name, started=started, ended=ended, count=count, failure=failure, is_told=True
        )
        try:
            await working.settle_asked(run_id, count=count, failure=failure, busy_s=ended - started)
        except Exception as error:  # it is found lost, once this worker is gone
            log.error("run not settled", job=tick.name, failure=type(error).__name__)

    async def _done(self, tick: Tick) -> tuple[int, str | None]:
        """Do a job; returns how much was done, or the class of what went wrong.

        A job that goes on failing alike is logged once, and once when it works again.
        """
        try:
            count = await tick.run()
        except Exception as error:  # one failing job must not stop the clock of the others
            failure = type(error).__name__
            if self._failing.get(tick.name) != failure:
                log.error("job failed", job=tick.name, failure=failure, exc_info=True)
            self._failing[tick.name] = failure
            return 0, failure
        if self._failing.pop(tick.name, None):
            log.warning("job works again", job=tick.name)
        if count:
            log.info("job done", job=tick.name, count=count)
        return count, None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _drift_s(orders: Orders) -> float:
    """Return how far the database's clock is from this process's own, which never jumps."""
    return orders.now.timestamp() - _now()
