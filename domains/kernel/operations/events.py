"""What becomes known of the machine room itself, for those who administer it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class _OfAnAlarm(Event):
    alarm_id: UUID


@dataclass(frozen=True, slots=True)
class WorkersGone(_OfAnAlarm):
    """No worker is alive: nothing that is due gets done."""


@dataclass(frozen=True, slots=True)
class WorkersBack(_OfAnAlarm):
    """A worker is alive again."""


@dataclass(frozen=True, slots=True)
class WorkerMissed(_OfAnAlarm):
    """A worker that was not stopped has not been heard of for too long."""

    worker_id: UUID


@dataclass(frozen=True, slots=True)
class WorkerRecovered(_OfAnAlarm):
    """The worker was heard of again, stopped in order, or was replaced by another."""

    worker_id: UUID


@dataclass(frozen=True, slots=True)
class JobLate(_OfAnAlarm):
    """Workers are alive, and yet a job has not started for longer than is allowed."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class JobInTime(_OfAnAlarm):
    """The job starts in time again, or was paused."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class JobFailing(_OfAnAlarm):
    """A job has failed several times in a row."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class JobMended(_OfAnAlarm):
    """The job no longer fails, or was paused."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class EventsParked(_OfAnAlarm):
    """Recorded events were given up after repeated failures, and wait for a decision."""


@dataclass(frozen=True, slots=True)
class EventsSettled(_OfAnAlarm):
    """No event is parked any more."""
