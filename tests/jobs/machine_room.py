"""What tests of the machine room share: jobs of the test's own, workers that do them, alarms."""

import asyncio

from domains.kernel import database
from domains.kernel.events import name_of
from domains.kernel.operations import queries, working
from jobs.schedule import Tick
from jobs.worker import Worker
from tests import factories

OFTEN = 5


class Work:
    """A job of a test's own: does what it is told, and knows how often it was run."""

    def __init__(self, name="test.work", *, every_s=5.0):
        self.runs = 0
        self.answer = 0
        self.failure = None
        self.has_run_often = asyncio.Event()
        self.tick = Tick(name, every_s, self.run)
        self.id = working.job_id(name)

    async def run(self):
        self.runs += 1
        if self.runs == OFTEN:
            self.has_run_often.set()
        if self.failure is not None:
            raise self.failure
        return self.answer

    async def row(self):
        """The job as it stands in the database."""
        return await database.fetch_one("SELECT * FROM kernel_job WHERE id = $1", self.id)


async def a_worker(*works):
    """A worker that has begun."""
    worker = Worker([each.tick for each in works])
    await worker.begin()
    return worker


async def an_administrator():
    """Somebody who administers the platform over a whole city."""
    return await factories.a_platform_administrator()


async def time_passes(by):
    """Let so much time pass for what is kept, which to a worker is no jump of the clock."""
    await database.execute(
        "UPDATE kernel_worker SET started_at = started_at - $1::interval,"
        " heartbeat_at = heartbeat_at - $1::interval, stopped_at = stopped_at - $1::interval",
        by,
    )
    await database.execute(
        "UPDATE kernel_job SET last_started_at = last_started_at - $1::interval,"
        " last_ended_at = last_ended_at - $1::interval, resumed_at = resumed_at - $1::interval",
        by,
    )


async def ran():
    """Every run that is kept, the earliest first."""
    return await database.fetch("SELECT * FROM kernel_job_run ORDER BY id")


async def alarms():
    """Every alarm: its kind, its subject, and whether it stands."""
    rows = await database.fetch("SELECT * FROM kernel_alarm ORDER BY id")
    return [(row["kind"], row["subject"], row["recovered_at"] is None) for row in rows]


async def told(*events):
    """The names of these events as they were recorded, in their order."""
    names = [name_of(each) for each in events]
    rows = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE name = ANY ($1) ORDER BY id", names
    )
    return [row["name"].split(".")[1] for row in rows]


async def is_alarmed():
    """Whether any alarm stands."""
    return await queries.is_alarmed()
