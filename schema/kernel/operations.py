"""The machine room, for administrators of the platform: what runs, what ran, what is amiss."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel import outbox, policy
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.operations import queries
from domains.kernel.operations.values import AlarmKind, JobFilter, RunState, WorkerState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.kernel import operations_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Person
from schema.node import Node


@strawberry.type(description="A job of the timetable: what its workers counted, and if it runs.")
class Job(Node):
    """Counted by every worker, told every few seconds."""

    name: str = strawberry.field(description="What it is called: `voting.close_due_polls`.")
    every_s: float = strawberry.field(description="Seconds between two of its ticks.")
    paused_at: datetime | None = strawberry.field(
        description="Since when it is paused; null while it runs."
    )
    paused_reason: str | None = strawberry.field(description="Why it is paused.")
    last_started_at: datetime | None = strawberry.field(description="When it last began.")
    last_ended_at: datetime | None = strawberry.field(description="When it last ended.")
    last_count: int | None = strawberry.field(
        description="How many it did when it last found something to do."
    )
    last_failure: str | None = strawberry.field(
        description="The class of its last failure, and nothing else of it."
    )
    last_failed_at: datetime | None = strawberry.field(description="When that was.")
    consecutive_failures: int = strawberry.field(
        description="How often in a row it has failed; 0 where its last tick succeeded."
    )
    late_s: float = strawberry.field(
        description="By how many seconds its ticks came late at most, when last told of."
    )
    is_late: bool = strawberry.field(
        description="Whether it has not begun for longer than is allowed, though workers live."
    )
    overdue_s: float = strawberry.field(
        description="How many seconds ago it should have begun again; 0 where all is well."
    )
    is_run_asked: bool = strawberry.field(description="Whether a run that was asked for waits.")
    ticks: float = strawberry.field(
        description="How often it ran, over all workers and time: whole, and beyond `Int`."
    )
    items: float = strawberry.field(description="How many it did in all: whole.")
    failures: float = strawberry.field(description="How often it failed in all: whole.")
    busy_s: float = strawberry.field(description="How many seconds it took in all.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("job", row["id"]),
            name=row["name"],
            every_s=row["every_s"],
            paused_at=row["paused_at"],
            paused_reason=row["paused_reason"],
            last_started_at=row["last_started_at"],
            last_ended_at=row["last_ended_at"],
            last_count=row["last_count"],
            last_failure=row["last_failure"],
            last_failed_at=row["last_failed_at"],
            consecutive_failures=row["consecutive_failures"],
            late_s=row["late_s"],
            is_late=bool(row["is_late"]),
            overdue_s=row["overdue_s"],
            is_run_asked=row["is_asked"],
            ticks=row["ticks"],
            items=row["items"],
            failures=row["failures"],
            busy_s=row["busy_s"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, job_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.jobs_by_id, job_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="Who paused it; null where it runs, or where the command line did.",
        metadata=LOADS,
    )
    async def paused_by(self, info: Info) -> Person | None:
        """Load them with those of the other jobs."""
        person_id = self.row["paused_by_id"]
        return None if person_id is None else await Person.load(info, person_id)


@strawberry.type(description="A process that does what is due.")
class Worker(Node):
    """Its name says nothing of the machine."""

    name: str = strawberry.field(description="What it calls itself.")
    state: WorkerState = strawberry.field(description="How it is.")
    started_at: datetime = strawberry.field(description="When it began.")
    heartbeat_at: datetime = strawberry.field(description="When it was last heard of.")
    stopped_at: datetime | None = strawberry.field(description="When it ended, or was given up.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("worker", row["id"]),
            name=row["name"],
            state=WorkerState(row["state"]),
            started_at=row["started_at"],
            heartbeat_at=row["heartbeat_at"],
            stopped_at=row["stopped_at"],
        )

    @classmethod
    async def load(cls, info: Info, worker_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.workers_by_id, worker_id)
        return None if row is None else cls.of(row)


@strawberry.type(
    description=(
        "Ticks of a job that did something, or failed alike, summed up over some seconds; or one"
        " run that was asked for. Ticks that found nothing are counted by the job alone."
    )
)
class JobRun(Node):
    """Kept for some days."""

    state: RunState = strawberry.field(description="What came of it.")
    asked_at: datetime | None = strawberry.field(
        description="When it was asked for; null where the timetable ran it."
    )
    started_at: datetime | None = strawberry.field(description="When the first tick began.")
    ended_at: datetime | None = strawberry.field(description="When the last one ended.")
    ticks: int = strawberry.field(description="How many ticks it sums up.")
    count: int = strawberry.field(description="How many it did.")
    busy_s: float = strawberry.field(description="How many seconds they took together.")
    late_s: float = strawberry.field(description="By how many seconds they came late at most.")
    failure: str | None = strawberry.field(
        description="The class of the failure, and nothing else of it."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("job_run", row["id"]),
            state=RunState(row["state"]),
            asked_at=row["asked_at"],
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            ticks=row["ticks"],
            count=row["count"],
            busy_s=row["busy_s"],
            late_s=row["late_s"],
            failure=row["failure"],
            row=row,
        )

    @strawberry.field(description="The job.", metadata=LOADS)
    async def job(self, info: Info) -> Job | None:
        """Load it with those of the other runs."""
        return await Job.load(info, self.row["job_id"])

    @strawberry.field(
        description="The worker; null until one took it, and when it is forgotten.", metadata=LOADS
    )
    async def worker(self, info: Info) -> Worker | None:
        """Load it with those of the other runs."""
        worker_id = self.row["worker_id"]
        return None if worker_id is None else await Worker.load(info, worker_id)

    @strawberry.field(
        description="Who asked for it; null for the timetable and the command line.", metadata=LOADS
    )
    async def asked_by(self, info: Info) -> Person | None:
        """Load them with those of the other runs."""
        person_id = self.row["asked_by_id"]
        return None if person_id is None else await Person.load(info, person_id)


@strawberry.type(description="Something amiss, from when it was noticed until it was over.")
class Alarm(Node):
    """One stands of each kind and subject."""

    kind: AlarmKind = strawberry.field(description="What is amiss.")
    subject: str = strawberry.field(
        description="The name of the job or worker; `workers` or `outbox` for them all."
    )
    raised_at: datetime = strawberry.field(description="When it was noticed.")
    recovered_at: datetime | None = strawberry.field(
        description="When it was over; null while it stands."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("alarm", row["id"]),
            kind=AlarmKind(row["kind"]),
            subject=row["subject"],
            raised_at=row["raised_at"],
            recovered_at=row["recovered_at"],
        )


@strawberry.type(
    description="A fact that was recorded with what made it true, on its way to those it concerns."
)
class OutboxEvent(Node):
    """What it carries are ids, and they are not shown here."""

    name: str = strawberry.field(description="Which fact: `voting.PollClosed`.")
    recorded_at: datetime = strawberry.field(description="When it became true.")
    delivered_at: datetime | None = strawberry.field(
        description="When every reaction had done its part; null before."
    )
    attempts: int = strawberry.field(description="How often a reaction has failed.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is tried again; null for at once, or where it no longer is."
    )
    failure: str | None = strawberry.field(
        description="The class of the last failure, and nothing else of it."
    )
    parked_at: datetime | None = strawberry.field(
        description="When it was given up after ten failures; null where it was not."
    )
    replays: int = strawberry.field(description="How often it was delivered once more by order.")
    dismissed_at: datetime | None = strawberry.field(
        description="When it was decided that it stays undelivered."
    )
    dismissed_reason: str | None = strawberry.field(description="Why.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("outbox_event", row["id"]),
            name=row["name"],
            recorded_at=row["recorded_at"],
            delivered_at=row["delivered_at"],
            attempts=row["attempts"],
            next_attempt_at=row["next_attempt_at"],
            failure=row["failure"],
            parked_at=row["parked_at"],
            replays=row["replays"],
            dismissed_at=row["dismissed_at"],
            dismissed_reason=row["dismissed_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, event_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.events_by_id, event_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who dismissed it.", metadata=LOADS)
    async def dismissed_by(self, info: Info) -> Person | None:
        """Load them with those of the other events."""
        person_id = self.row["dismissed_by_id"]
        return None if person_id is None else await Person.load(info, person_id)


async def _jobs(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [Job.of(row) if row else None for row in await queries.jobs_by_id(actor, ids)]


async def _runs(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [JobRun.of(row) if row else None for row in await queries.runs_by_id(actor, ids)]


async def _workers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [Worker.of(row) if row else None for row in await queries.workers_by_id(actor, ids)]


async def _alarms(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [Alarm.of(row) if row else None for row in await queries.alarms_by_id(actor, ids)]


async def _events(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [OutboxEvent.of(row) if row else None for row in await queries.events_by_id(actor, ids)]


node.register("job", _jobs)
node.register("job_run", _runs)
node.register("worker", _workers)
node.register("alarm", _alarms)
node.register("outbox_event", _events)


def _by_id(row: Row) -> tuple[UUID]:
    return (row["id"],)


@strawberry.type(description="The recorded events: how many wait, and which were given up.")
class Outbox:
    """Delivered at least once; what reacts knows each by its id."""

    waiting: int = strawberry.field(description="How many are not delivered yet.")
    oldest_waiting_s: float = strawberry.field(
        description="For how many seconds the oldest of them has waited; 0 where none waits."
    )
    parked_count: int = strawberry.field(
        description="How many were given up and wait for a decision."
    )

    @strawberry.field(description="Those that were given up, the latest first.")
    async def parked(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[OutboxEvent]:
        """Read a page of them."""
        of = listing("parkedEvents")
        at = page(of, first, after)
        found = await queries.parked(info.context.actor, at)
        return connection(of, found, at, make=OutboxEvent.of, key=_by_id)

    @strawberry.field(description="Those that were delivered and are still kept, the latest first.")
    async def delivered(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[OutboxEvent]:
        """Read a page of them."""
        of = listing("deliveredEvents")
        at = page(of, first, after)
        found = await queries.delivered(info.context.actor, at)
        return connection(of, found, at, make=OutboxEvent.of, key=_by_id)


@strawberry.type(description="The machine room of the platform.")
class Operations:
    """Seen by administrators of the platform alone."""

    @strawberry.field(description="Whether any alarm stands.")
    async def is_alarmed(self) -> bool:
        """Look."""
        return await queries.is_alarmed()

    @strawberry.field(description="What is amiss, the latest first.")
    async def alarms(
        self,
        info: Info,
        is_standing: Annotated[
            bool,
            strawberry.argument(description="Only what stands; false tells also what is over."),
        ] = True,
        first: First = None,
        after: After = None,
    ) -> Connection[Alarm]:
        """Read a page of them."""
        of = listing("alarms", {"standing": is_standing})
        at = page(of, first, after)
        found = await queries.alarms_raised(info.context.actor, at, standing=is_standing)
        return connection(of, found, at, make=Alarm.of, key=_by_id)

    @strawberry.field(description="The workers, those that began last first.")
    async def workers(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Worker]:
        """Read a page of them."""
        of = listing("workers")
        at = page(of, first, after)
        found = await queries.workers(info.context.actor, at)
        return connection(of, found, at, make=Worker.of, key=_by_id)

    @strawberry.field(description="The jobs of the timetable, by their names.")
    async def jobs(
        self,
        info: Info,
        which: Annotated[
            JobFilter | None, strawberry.argument(description="Only these; all unless told.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Job]:
        """Read a page of them."""
        of = listing("jobs", {"which": which})
        at = page(of, first, after)
        found = await queries.jobs(info.context.actor, at, which)
        return connection(of, found, at, make=Job.of, key=lambda row: (row["name"],))

    @strawberry.field(description="What ran, the latest first.")
    async def runs(
        self,
        info: Info,
        job_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Of this job; of all unless told."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[JobRun]:
        """Read a page of them."""
        uuid = None if job_id is None else node.known("job", job_id) or node.NOBODY
        of = listing("jobRuns", {"job": uuid})
        at = page(of, first, after)
        found = await queries.runs(info.context.actor, at, job_id=uuid)
        return connection(of, found, at, make=JobRun.of, key=_by_id)

    @strawberry.field(description="The recorded events.")
    async def outbox(self) -> Outbox:
        """Count them."""
        row = await outbox.backlog()
        return Outbox(
            waiting=row["waiting"], oldest_waiting_s=row["lag_s"], parked_count=row["parked"]
        )


@strawberry.type
class OperationsQuery:
    """One door to the machine room."""

    @strawberry.field(
        description="The machine room; null for all but administrators of the platform."
    )
    async def operations(self, info: Info) -> Operations | None:
        """Reads do not refuse; they do not see."""
        return Operations() if policy.runs_the_platform(info.context.actor, None) else None
