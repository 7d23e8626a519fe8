"""What is amiss is noticed here, by whoever looks: each worker, and each process that answers.

An alarm stands once for each kind and subject, by constraint; raising it and its end are
events. Everybody may look at the same time: what changes is judged again under a lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database, outbox, settings
from domains.kernel.database import Row, transaction
from domains.kernel.events import Event
from domains.kernel.operations import events
from domains.kernel.operations.values import AlarmKind

# A job is late by the time that passed since it was last started (or taken up again, or since
# somebody lives who could have started it), beyond what lies between two ticks.
LATE_BY = """
extract(epoch FROM kernel_now() - GREATEST(j.last_started_at, j.resumed_at, (
    SELECT min(w.started_at) FROM kernel_worker w
    WHERE w.stopped_at IS NULL AND w.heartbeat_at > kernel_now() - make_interval(secs => $1)
))) - j.every_s
"""
# Without any worker every job would be late: that one alarm says it.
_LIVING = """EXISTS (
    SELECT FROM kernel_worker w
    WHERE w.stopped_at IS NULL AND w.heartbeat_at > kernel_now() - make_interval(secs => $1)
)"""
IS_LATE = f"(j.retired_at IS NULL AND j.paused_at IS NULL AND {_LIVING} AND ({LATE_BY}) > $2)"

_CHANGES = f"""
WITH amiss AS (
    -- One that stopped in order just now makes room for the next: that is a restart.
    SELECT 'no_worker' AS kind, 'workers' AS subject, NULL::uuid AS subject_id
    WHERE NOT EXISTS (
        SELECT FROM kernel_worker WHERE heartbeat_at > kernel_now() - make_interval(secs => $1)
    )
    UNION ALL
    SELECT 'worker_missed', name, id FROM kernel_worker
    WHERE stopped_at IS NULL AND replaced_by_id IS NULL
      AND heartbeat_at <= kernel_now() - make_interval(secs => $1)
    UNION ALL
    SELECT 'job_late', j.name, j.id FROM kernel_job j WHERE {IS_LATE}
    UNION ALL
    SELECT 'job_failing', name, id FROM kernel_job
    WHERE retired_at IS NULL AND paused_at IS NULL AND consecutive_failures >= $3
    UNION ALL
    SELECT 'events_parked', 'outbox', NULL WHERE EXISTS (
        SELECT FROM kernel_outbox WHERE parked_at IS NOT NULL AND dismissed_at IS NULL
    )
), standing AS (
    SELECT id, kind, subject, subject_id FROM kernel_alarm WHERE recovered_at IS NULL
)
SELECT standing.id AS alarm_id, coalesce(standing.kind, amiss.kind) AS kind,
       coalesce(standing.subject, amiss.subject) AS subject,
       coalesce(standing.subject_id, amiss.subject_id) AS subject_id
FROM amiss FULL JOIN standing USING (kind, subject)
WHERE standing.id IS NULL OR amiss.kind IS NULL
ORDER BY 2, 4, 3
"""
# Each that was told to be missed is replaced by at most one that began since it was last heard of.
_REPLACE = """
WITH missed AS (
    SELECT w.id, w.heartbeat_at, row_number() OVER (ORDER BY w.heartbeat_at, w.id) AS place
    FROM kernel_worker w
    JOIN kernel_alarm a ON a.subject_id = w.id AND a.kind = 'worker_missed'
        AND a.recovered_at IS NULL
    WHERE w.stopped_at IS NULL AND w.replaced_by_id IS NULL
      AND w.heartbeat_at <= kernel_now() - make_interval(secs => $1)
), free AS (
    SELECT w.id, w.started_at, row_number() OVER (ORDER BY w.started_at, w.id) AS place
    FROM kernel_worker w
    WHERE w.stopped_at IS NULL AND w.heartbeat_at > kernel_now() - make_interval(secs => $1)
      AND w.started_at > (SELECT min(heartbeat_at) FROM missed)
      AND NOT EXISTS (SELECT FROM kernel_worker other WHERE other.replaced_by_id = w.id)
)
UPDATE kernel_worker w SET replaced_by_id = free.id
FROM missed JOIN free USING (place)
WHERE w.id = missed.id AND free.started_at > missed.heartbeat_at
"""
_LOSE = """
UPDATE kernel_job_run r SET state = 'lost', ended_at = kernel_now()
FROM kernel_worker w
WHERE r.state = 'running' AND w.id = r.worker_id
  AND (w.stopped_at IS NOT NULL
       OR w.heartbeat_at <= kernel_now() - make_interval(secs => $1))
"""
_LOOKING = "SELECT pg_advisory_xact_lock(hashtextextended('kernel.alarms', 13))"
_RAISE = """
INSERT INTO kernel_alarm (id, kind, subject, subject_id, raised_at)
VALUES ($1, $2, $3, $4, kernel_now())
ON CONFLICT (kind, subject) WHERE recovered_at IS NULL DO NOTHING
"""
_RECOVER = """
UPDATE kernel_alarm SET recovered_at = kernel_now() WHERE id = $1 AND recovered_at IS NULL
"""


Suspected = frozenset[tuple[str, str]]
"""What one look found amiss, by kind and subject: the next one knows whether it lasts."""


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm that was raised just now, or is over."""

    kind: AlarmKind
    subject: str
    is_raised: bool


_RAISED: dict[AlarmKind, Callable[[UUID, UUID], Event]] = {
    AlarmKind.NO_WORKER: lambda alarm, _: events.WorkersGone(alarm),
    AlarmKind.WORKER_MISSED: events.WorkerMissed,
    AlarmKind.JOB_LATE: events.JobLate,
    AlarmKind.JOB_FAILING: events.JobFailing,
    AlarmKind.EVENTS_PARKED: lambda alarm, _: events.EventsParked(alarm),
}
_RECOVERED: dict[AlarmKind, Callable[[UUID, UUID], Event]] = {
    AlarmKind.NO_WORKER: lambda alarm, _: events.WorkersBack(alarm),
    AlarmKind.WORKER_MISSED: events.WorkerRecovered,
    AlarmKind.JOB_LATE: events.JobInTime,
    AlarmKind.JOB_FAILING: events.JobMended,
    AlarmKind.EVENTS_PARKED: lambda alarm, _: events.EventsSettled(alarm),
}


def thresholds() -> tuple[float, float, int]:
    """Return after how many seconds a worker is missed and a job late, and what failing is."""
    chosen = settings.current()
    return chosen.worker_missed_after_s, chosen.job_late_after_s, chosen.job_failing_after


async def look(suspected: Suspected) -> tuple[list[Change], Suspected]:
    """Look once: raise what was amiss at the last look too, and end what is over.

    Returns what changed, and what is suspected now. Once is not enough: a clock that was set,
    or a machine that slept, makes everybody seem silent until the next heartbeat. Where all
    is as it was, this is three statements that change nothing.
    """
    given = thresholds()
    await database.execute(_LOSE, given[0])
    await database.execute(_REPLACE, given[0])
    rows = await database.fetch(_CHANGES, *given)
    amiss = frozenset((row["kind"], row["subject"]) for row in rows if row["alarm_id"] is None)
    if not amiss & suspected and all(row["alarm_id"] is None for row in rows):
        return [], amiss
    async with transaction():
        await database.execute(_LOOKING)
        rows = await database.fetch(_CHANGES, *given)
        changes = [await _changed(row) for row in rows if _is_sure(row, suspected)]
    return [each for each in changes if each is not None], amiss


def _is_sure(row: Row, suspected: Suspected) -> bool:
    return row["alarm_id"] is not None or (row["kind"], row["subject"]) in suspected


async def _changed(row: Row) -> Change | None:
    kind, subject_id = AlarmKind(row["kind"]), row["subject_id"] or UUID(int=0)
    if row["alarm_id"] is None:
        alarm_id = database.new_id()
        done = await database.execute(_RAISE, alarm_id, kind, row["subject"], row["subject_id"])
        event = _RAISED[kind](alarm_id, subject_id)
    else:
        done = await database.execute(_RECOVER, row["alarm_id"])
        event = _RECOVERED[kind](row["alarm_id"], subject_id)
    if not done:
        return None
    await outbox.record(event)
    return Change(kind, row["subject"], is_raised=row["alarm_id"] is None)
