"""The words of the machine room: what a run came to, how a worker is, what is amiss."""

from enum import StrEnum


class RunState(StrEnum):
    """How far a run of a job has come, and what came of it."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


class WorkerState(StrEnum):
    """How a worker is, by its heartbeat."""

    WORKING = "working"
    MISSED = "missed"
    REPLACED = "replaced"
    STOPPED = "stopped"


class AlarmKind(StrEnum):
    """What is amiss."""

    NO_WORKER = "no_worker"
    WORKER_MISSED = "worker_missed"
    JOB_LATE = "job_late"
    JOB_FAILING = "job_failing"
    EVENTS_PARKED = "events_parked"


class JobFilter(StrEnum):
    """Which jobs are looked for."""

    FAILING = "failing"
    PAUSED = "paused"
    LATE = "late"
