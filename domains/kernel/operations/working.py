"""What workers write of themselves: that they are alive, and what their jobs came to.

Nothing here decides whether something is done: what is due is in the domains' own rows. A
worker counts in its memory and writes every few seconds, so that twenty ticks a second
cost no more than one. Instants reach the database as ages, and become instants by its clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domains.kernel import clock, database, settings
from domains.kernel.database import transaction

_NAMESPACE = UUID("7d0a5c52-6f0e-5c8e-9d2e-3b1f5a6c4e10")

_START = """
INSERT INTO kernel_worker (id, name, started_at, heartbeat_at)
VALUES ($1, $2, kernel_now(), kernel_now())
ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at,
    heartbeat_at = excluded.heartbeat_at, stopped_at = NULL, replaced_by_id = NULL
"""
_KNOW = """
INSERT INTO kernel_job (id, name, every_s)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::float8[])
ON CONFLICT (id) DO UPDATE SET every_s = excluded.every_s, retired_at = NULL
WHERE kernel_job.every_s <> excluded.every_s OR kernel_job.retired_at IS NOT NULL
"""
_RETIRE = """
UPDATE kernel_job SET retired_at = kernel_now() WHERE retired_at IS NULL AND NOT id = ANY ($1)
"""
# A clock that was put back must not make a job wait for longer than it ever would.
_DUE_IN = """
SELECT name, LEAST(every_s, GREATEST(
    0, coalesce(every_s - extract(epoch FROM kernel_now() - last_started_at), 0)
))::float8 AS due_in_s
FROM kernel_job WHERE id = ANY ($1)
"""
_BEAT = """
WITH mine AS (
    UPDATE kernel_worker SET heartbeat_at = kernel_now(), replaced_by_id = NULL
    WHERE id = $1 RETURNING id
)
SELECT kernel_now() AS now, EXISTS (SELECT FROM mine) AS is_known,
       EXISTS (SELECT FROM kernel_job_run WHERE state = 'asked') AS is_asked,
       ARRAY (SELECT name FROM kernel_job WHERE paused_at IS NOT NULL) AS paused
"""
_STOP = """
UPDATE kernel_worker SET stopped_at = kernel_now(), heartbeat_at = kernel_now()
WHERE id = $1 AND stopped_at IS NULL
"""
_COUNT = """
UPDATE kernel_job SET
    ticks = ticks + $2, items = items + $3, failures = failures + $4, busy_s = busy_s + $5,
    late_s = $6,
    last_started_at = GREATEST(last_started_at, $7), last_ended_at = GREATEST(last_ended_at, $8),
    last_count = coalesce($9, last_count),
    last_failure = coalesce($10, last_failure),
    last_failed_at = CASE WHEN $10::text IS NULL THEN last_failed_at ELSE kernel_now() END,
    consecutive_failures = CASE WHEN $11 THEN 0 ELSE consecutive_failures END + $12
WHERE id = $1
"""
_RAN = """
INSERT INTO kernel_job_run (id, job_id, worker_id, state, started_at, ended_at, ticks, count,
                            busy_s, late_s, failure)
SELECT $1, $2, (SELECT id FROM kernel_worker WHERE id = $3), $4, $5, $6, $7, $8, $9, $10, $11
"""
_TAKE = """
UPDATE kernel_job_run SET state = 'running', worker_id = $1, started_at = kernel_now()
WHERE id = (
    SELECT r.id FROM kernel_job_run r
    WHERE r.state = 'asked' AND r.job_id = ANY ($2)
    ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, job_id
"""
# Whoever ran it knows best, also where it was thought lost meanwhile.
_SETTLE = """
UPDATE kernel_job_run
SET state = CASE WHEN $3::text IS NULL THEN 'done' ELSE 'failed' END,
    ended_at = kernel_now(), count = $2, failure = $3, busy_s = $4
WHERE id = $1 AND state IN ('running', 'lost')
"""
_SWEEP_RUNS = """
DELETE FROM kernel_job_run WHERE id IN (
    SELECT id FROM kernel_job_run
    WHERE ended_at < kernel_now() - make_interval(days => $1) LIMIT 10000
)
"""
_SWEEP_ALARMS = """
DELETE FROM kernel_alarm WHERE recovered_at < kernel_now() - make_interval(days => $1)
"""
# One that was killed and never replaced is told of for a day; then there are fewer workers.
_GIVE_UP = """
UPDATE kernel_worker SET stopped_at = kernel_now()
WHERE stopped_at IS NULL AND heartbeat_at < kernel_now() - interval '1 day'
"""
_SWEEP_WORKERS = """
DELETE FROM kernel_worker WHERE stopped_at < kernel_now() - make_interval(days => $1)
"""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker learns at each beat: what is paused, if a run is asked for, and the time."""

    paused: frozenset[str]
    is_asked: bool
    is_known: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What a worker's ticks of one job came to since it last told of them."""

    job: str
    ticks: int
    items: int
    failures: int
    busy_s: float
    late_s: float
    started_ago_s: float
    ended_ago_s: float | None
    last_count: int | None
    last_failure: str | None
    has_succeeded: bool
    failures_in_a_row: int


@dataclass(frozen=True, slots=True)
class Ran:
    """Ticks of one job that did something, or that failed in the same way, within seconds."""

    job: str
    failure: str | None
    ticks: int
    count: int
    busy_s: float
    late_s: float
    started_ago_s: float
    ended_ago_s: float


def job_id(name: str) -> UUID:
    """Return the id of a job, which every worker makes alike from its name."""
    return uuid5(_NAMESPACE, name)


async def register(worker_id: UUID, *, name: str, jobs: Mapping[str, float]) -> dict[str, float]:
    """Say that a worker begins to do these jobs, each every so many seconds.

    Returns in how many seconds each is due: what was missed while no worker ran is due now.
    Jobs that the timetable no longer has are retired.
    """
    names = sorted(jobs)
    ids = [job_id(each) for each in names]
    async with transaction():
        await database.execute(_START, worker_id, name)
        await database.execute(_KNOW, ids, names, [jobs[each] for each in names])
        await database.execute(_RETIRE, ids)
        rows = await database.fetch(_DUE_IN, ids)
    return {row["name"]: row["due_in_s"] for row in rows}


async def beat(worker_id: UUID) -> Orders:
    """Say that a worker is alive, and learn what it is told; one statement."""
    row = await database.fetch_one(_BEAT, worker_id)
    assert row is not None, "it always says something"
    return Orders(frozenset(row["paused"]), row["is_asked"], row["is_known"], row["now"])


async def stop(worker_id: UUID) -> None:
    """Say that a worker ends in order, so that nobody misses it."""
    await database.execute(_STOP, worker_id)


async def flush(worker_id: UUID, counted: Sequence[Counted], ran: Sequence[Ran]) -> None:
    """Write what a worker counted, jobs in the order of their names: so nobody waits in a ring."""
    async with transaction():
        now = await clock.now()
        if counted:
            in_order = sorted(counted, key=lambda each: each.job)
            await database.execute_many(_COUNT, [_counted(now, each) for each in in_order])
        if ran:
            await database.execute_many(_RAN, [_ran(now, worker_id, each) for each in ran])


def _counted(now: datetime, each: Counted) -> tuple[object, ...]:
    ended = each.ended_ago_s
    return (
        *(job_id(each.job), each.ticks, each.items, each.failures, each.busy_s, each.late_s),
        *(_ago(now, each.started_ago_s), None if ended is None else _ago(now, ended)),
        *(each.last_count, each.last_failure, each.has_succeeded, each.failures_in_a_row),
    )


def _ran(now: datetime, worker_id: UUID, each: Ran) -> tuple[object, ...]:
    state = "done" if each.failure is None else "failed"
    return (
        *(database.new_id(), job_id(each.job), worker_id, state),
        *(_ago(now, each.started_ago_s), _ago(now, each.ended_ago_s), each.ticks, each.count),
        *(each.busy_s, each.late_s, each.failure),
    )


def _ago(now: datetime, seconds: float) -> datetime:
    return now - timedelta(seconds=seconds)


async def take_asked(worker_id: UUID, jobs: Mapping[UUID, str]) -> tuple[UUID, str] | None:
    """Take one run that was asked for, of these jobs by id: the run's id and the job's name."""
    row = await database.fetch_one(_TAKE, worker_id, list(jobs))
    return None if row is None else (row["id"], jobs[row["job_id"]])


async def settle_asked(run_id: UUID, *, count: int, failure: str | None, busy_s: float) -> None:
    """Say what came of a run that was asked for."""
    await database.execute(_SETTLE, run_id, count, failure, busy_s)


async def sweep() -> int:
    """Forget runs, alarms and workers of long ago; returns how many rows went."""
    days = settings.current().job_runs_kept_days
    await database.execute(_GIVE_UP)
    swept = 0
    while gone := await database.execute(_SWEEP_RUNS, days):
        swept += gone
    swept += await database.execute(_SWEEP_ALARMS, days)
    return swept + await database.execute(_SWEEP_WORKERS, days)
