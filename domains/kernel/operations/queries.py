"""What an administrator of the platform sees of the machine room; others see nothing.

The figures at the end name nobody and are for the machinery itself: they have no caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database, policy
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.operations import alarms
from domains.kernel.operations.values import JobFilter
from domains.kernel.paging import Page, Slice

_JOB = f"""
j.id, j.name, j.every_s, j.paused_at, j.paused_by_id, j.paused_reason, j.last_started_at,
j.last_ended_at, j.last_count, j.last_failure, j.last_failed_at, j.consecutive_failures,
j.late_s, j.ticks, j.items, j.failures, j.busy_s, {alarms.IS_LATE} AS is_late,
GREATEST(0, {alarms.LATE_BY})::float8 AS overdue_s,
EXISTS (SELECT FROM kernel_job_run r WHERE r.job_id = j.id AND r.state = 'asked') AS is_asked
"""
_WHICH = {
    None: "true",
    JobFilter.FAILING: "j.consecutive_failures > 0",
    JobFilter.PAUSED: "j.paused_at IS NOT NULL",
    JobFilter.LATE: alarms.IS_LATE,
}
_RUN = """
r.id, r.job_id, r.worker_id, r.state, r.asked_at, r.asked_by_id, r.started_at, r.ended_at, r.ticks,
r.count, r.busy_s, r.late_s, r.failure
"""
_WORKER = """
id, name, started_at, heartbeat_at, stopped_at,
CASE WHEN stopped_at IS NOT NULL THEN 'stopped'
     WHEN heartbeat_at > kernel_now() - make_interval(secs => $1) THEN 'working'
     WHEN replaced_by_id IS NOT NULL THEN 'replaced'
     ELSE 'missed' END AS state
"""
_ALARM = "id, kind, subject, subject_id, raised_at, recovered_at"
_EVENT = """
id, name, recorded_at, delivered_at, attempts, next_attempt_at, parked_at, failure, replays,
dismissed_at, dismissed_by_id, dismissed_reason
"""
_JOB_FIGURES = f"""
SELECT {_JOB}, (j.paused_at IS NOT NULL)::int AS is_paused
FROM kernel_job j WHERE j.retired_at IS NULL ORDER BY j.name
"""
_WORKER_FIGURES = """
SELECT name, extract(epoch FROM kernel_now() - heartbeat_at)::float8 AS silent_s
FROM kernel_worker WHERE stopped_at IS NULL AND replaced_by_id IS NULL ORDER BY name
"""
_ALARM_FIGURES = """
SELECT kind, count(*) AS standing FROM kernel_alarm WHERE recovered_at IS NULL
GROUP BY kind ORDER BY kind
"""


async def jobs(actor: Actor, page: Page, which: JobFilter | None = None) -> Slice[Row]:
    """Return the jobs of the timetable by their names."""
    if not policy.runs_the_platform(actor, None):
        return Slice.of([], page)
    missed_s, late_s, _ = alarms.thresholds()
    rows = await database.fetch(
        f"SELECT {_JOB} FROM kernel_job j"
        f" WHERE j.retired_at IS NULL AND {_WHICH[which]} AND ($3::text IS NULL OR j.name > $3)"
        " ORDER BY j.name LIMIT $4",
        *(missed_s, late_s, page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)


async def runs(actor: Actor, page: Page, *, job_id: UUID | None = None) -> Slice[Row]:
    """Return what ran of a job, or of all, the latest first."""
    return await _latest(
        actor,
        page,
        f"SELECT {_RUN} FROM kernel_job_run r WHERE (r.job_id = $3 OR $3 IS NULL)"
        " AND ($1::uuid IS NULL OR r.id < $1) ORDER BY r.id DESC LIMIT $2",
        job_id,
    )


async def workers(actor: Actor, page: Page) -> Slice[Row]:
    """Return the workers, those that began last first."""
    if not policy.runs_the_platform(actor, None):
        return Slice.of([], page)
    rows = await database.fetch(
        f"SELECT {_WORKER} FROM kernel_worker"
        " WHERE ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        *(alarms.thresholds()[0], page.after[0] if page.after else None, page.limit),
    )
    return Slice.of(rows, page)


async def alarms_raised(actor: Actor, page: Page, *, standing: bool = True) -> Slice[Row]:
    """Return the alarms that stand, or also those that are over, the latest first."""
    return await _latest(
        actor,
        page,
        f"SELECT {_ALARM} FROM kernel_alarm WHERE (recovered_at IS NULL OR NOT $3::boolean)"
        " AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        standing,
    )


async def parked(actor: Actor, page: Page) -> Slice[Row]:
    """Return the events that were given up and not dismissed, the latest first."""
    return await _latest(
        actor,
        page,
        f"SELECT {_EVENT} FROM kernel_outbox WHERE parked_at IS NOT NULL AND dismissed_at IS NULL"
        " AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
    )


async def delivered(actor: Actor, page: Page) -> Slice[Row]:
    """Return the events that were delivered and are still kept, the latest first."""
    return await _latest(
        actor,
        page,
        f"SELECT {_EVENT} FROM kernel_outbox WHERE delivered_at IS NOT NULL"
        " AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
    )


async def _latest(actor: Actor, page: Page, sql: str, *values: object) -> Slice[Row]:
    if not policy.runs_the_platform(actor, None):
        return Slice.of([], page)
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(sql, after, page.limit, *values), page)


async def is_alarmed() -> bool:
    """Tell whether any alarm stands."""
    standing: bool = await database.fetch_value(
        "SELECT EXISTS (SELECT FROM kernel_alarm WHERE recovered_at IS NULL)"
    )
    return standing


async def jobs_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the jobs, in the order asked for; None for what is not there."""
    missed_s, late_s, _ = alarms.thresholds()
    sql = f"SELECT {_JOB} FROM kernel_job j WHERE j.id = ANY ($3)"
    return await _by_id(actor, ids, sql, missed_s, late_s, ids)


async def runs_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the runs, in the order asked for."""
    sql = f"SELECT {_RUN} FROM kernel_job_run r WHERE r.id = ANY ($1)"
    return await _by_id(actor, ids, sql, ids)


async def workers_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the workers, in the order asked for."""
    sql = f"SELECT {_WORKER} FROM kernel_worker WHERE id = ANY ($2)"
    return await _by_id(actor, ids, sql, alarms.thresholds()[0], ids)


async def alarms_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the alarms, in the order asked for."""
    return await _by_id(actor, ids, f"SELECT {_ALARM} FROM kernel_alarm WHERE id = ANY ($1)", ids)


async def events_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the recorded events, in the order asked for."""
    return await _by_id(actor, ids, f"SELECT {_EVENT} FROM kernel_outbox WHERE id = ANY ($1)", ids)


async def _by_id(actor: Actor, ids: list[UUID], sql: str, *values: object) -> Sequence[Row | None]:
    if not policy.runs_the_platform(actor, None):
        return [None for _ in ids]
    found = {row["id"]: row for row in await database.fetch(sql, *values)}
    return [found.get(each) for each in ids]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the metrics tell: of every job, of the workers that live or are missed, of alarms."""

    jobs: Sequence[Row] = ()
    workers: Sequence[Row] = ()
    alarms: Sequence[Row] = ()


async def figures() -> Figures:
    """Return the figures of the machine room, for the metrics; they name nobody."""
    missed_s, late_s, _ = alarms.thresholds()
    return Figures(
        jobs=await database.fetch(_JOB_FIGURES, missed_s, late_s),
        workers=await database.fetch(_WORKER_FIGURES),
        alarms=await database.fetch(_ALARM_FIGURES),
    )
