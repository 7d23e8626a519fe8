"""The machine room's enums, described for the world."""

from domains.kernel.operations.values import AlarmKind, JobFilter, RunState, WorkerState
from schema.enums import describe

describe(
    RunState,
    "How far a run of a job has come, and what came of it.",
    ASKED="Asked for; the next worker that hears of it takes it.",
    RUNNING="A worker is at it.",
    DONE="Ended as it should.",
    FAILED="Ended by a failure; what it was is told by its class alone.",
    LOST="Its worker was killed, or ended before it did.",
)
describe(
    WorkerState,
    "How a worker is, by its heartbeat.",
    WORKING="Heard of just now.",
    MISSED="Not heard of for too long, and not stopped: it was killed, or hangs.",
    REPLACED="Missed, and another one has begun since.",
    STOPPED="Ended in order, or given up after a day.",
)
describe(
    AlarmKind,
    "What is amiss.",
    NO_WORKER="No worker is alive: nothing that is due gets done.",
    WORKER_MISSED="A worker that was not stopped is not heard of.",
    JOB_LATE="Workers are alive, and yet a job has not begun for longer than is allowed.",
    JOB_FAILING="A job has failed several times in a row.",
    EVENTS_PARKED="Events were given up after repeated failures, and wait for a decision.",
)
describe(
    JobFilter,
    "Which jobs are looked for.",
    FAILING="Those whose last tick failed.",
    PAUSED="Those that are paused.",
    LATE="Those that have not begun for longer than is allowed.",
)
