"""What watching costs: the relay and an idle tick by a worker, beside the same without one.

"Bare" is the relay called by itself; "ours" is a worker's tick, which counts, knows what is
paused and tells the database every few seconds.
"""

import time
from collections.abc import Awaitable, Callable

from bench.report import Figure
from domains.kernel import database
from jobs import outbox
from jobs.schedule import TIMETABLE, Tick
from jobs.worker import Worker

EVENTS = 4_000
ROUNDS = 6
IDLE_TICKS = 20_000
_RECORD = """
INSERT INTO kernel_outbox (id, name, payload, recorded_at)
SELECT gen_random_uuid(), 'voting.PollOpened', jsonb_build_object('poll_id', gen_random_uuid()),
       kernel_now()
FROM generate_series(1, $1)
"""


async def watching() -> list[Figure]:
    """Relay the same number of events with and without a worker, round by round in turn."""
    worker = Worker(TIMETABLE)
    await worker.begin()
    relay = Tick("outbox.relay", 0.05, _relay)
    await _rate(_relay)
    told: list[float] = []
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    works: dict[str, Callable[[], Awaitable[object]]] = {
        "bare": _relay,
        "ours": lambda: worker.tick(relay),
    }
    for number in range(ROUNDS):
        # Each begins as often as the other: what comes later meets a longer table.
        for name in sorted(works, reverse=bool(number % 2)):
            rates[name].append(await _rate(works[name]))
        told.append(await _told(worker))
    idle = Tick("outbox.relay", 0.05, _nothing)
    began = time.perf_counter()
    for _ in range(IDLE_TICKS):
        await worker.tick(idle)
    idle_us = (time.perf_counter() - began) / IDLE_TICKS * 1e6
    await worker.end()
    section = "a worker that is watched"
    return [
        Figure(section, f"relay of {EVENTS:,} events", "1/s", rates["ours"], rates["bare"]),
        Figure(section, "an idle tick", "us", [idle_us]),
        Figure(section, "heartbeat and counts of every job", "ms", told),
    ]


async def _relay() -> int:
    return await outbox.relay({})


async def _nothing() -> int:
    return 0


async def _rate(work: Callable[[], Awaitable[object]]) -> float:
    await database.execute(_RECORD, EVENTS)
    began = time.perf_counter()
    await work()
    return EVENTS / (time.perf_counter() - began)


async def _told(worker: Worker) -> float:
    """Return how long it takes to beat, and to tell of every job, in milliseconds."""
    for each in worker.timetable:
        await worker.tick(Tick(each.name, each.every_s, _nothing))
    began = time.perf_counter()
    await worker.beat()
    await worker.tell()
    return (time.perf_counter() - began) * 1e3
