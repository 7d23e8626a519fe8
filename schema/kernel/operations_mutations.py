"""Minding the machine room: pausing, resuming and running jobs, and deciding on events."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.errors import NotFound
from domains.kernel.operations import commands, queries
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.kernel.operations import Job, JobRun, OutboxEvent

Argument = strawberry.argument(description="What to do.")
_KEY = "A key of the client's own: the same command with it happens once."
_REASON = "Why, 1 to 200 characters; administrators read it."


@strawberry.input(description="A job to be paused.")
class PauseJobInput:
    """Which, and why."""

    job_id: strawberry.ID = strawberry.field(description="The job.")
    reason: str = strawberry.field(description=_REASON)


@strawberry.input(description="A job to be taken up again.")
class ResumeJobInput:
    """Which."""

    job_id: strawberry.ID = strawberry.field(description="The job.")


@strawberry.input(description="A job to be run once, now.")
class RunJobNowInput:
    """Which."""

    job_id: strawberry.ID = strawberry.field(description="The job; it may be paused.")
    idempotency_key: UUID = strawberry.field(description=_KEY)


@strawberry.input(description="A delivered event, to be delivered once more.")
class ReplayOutboxEventInput:
    """Which."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    idempotency_key: UUID = strawberry.field(description=_KEY)


@strawberry.input(description="A parked event, to be tried anew.")
class RetryParkedEventInput:
    """Which."""

    event_id: strawberry.ID = strawberry.field(description="The event.")


@strawberry.input(description="A parked event, to be left undelivered for good.")
class DismissParkedEventInput:
    """Which, and why."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    reason: str = strawberry.field(description=_REASON)


@strawberry.type(description="The job as it stands now.")
class JobPayload:
    """What came of a command."""

    job: Job = strawberry.field(description="The job.")


@strawberry.type(description="A run waits for the next worker.")
class JobRunAsked:
    """Where one waited already, it is that one."""

    run: JobRun = strawberry.field(description="The run, to be looked at again.")
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


@strawberry.type(description="The event as it stands now.")
class OutboxEventPayload:
    """What came of a command."""

    event: OutboxEvent = strawberry.field(description="The event.")
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


PauseJobResult = Annotated[
    JobPayload | Refused, strawberry.union("PauseJobResult", description="The job, or why not.")
]
ResumeJobResult = Annotated[
    JobPayload | Refused, strawberry.union("ResumeJobResult", description="The job, or why not.")
]
RunJobNowResult = Annotated[
    JobRunAsked | Refused, strawberry.union("RunJobNowResult", description="The run, or why not.")
]
ReplayOutboxEventResult = Annotated[
    OutboxEventPayload | Refused,
    strawberry.union("ReplayOutboxEventResult", description="The event, or why not."),
]
RetryParkedEventResult = Annotated[
    OutboxEventPayload | Refused,
    strawberry.union("RetryParkedEventResult", description="The event, or why not."),
]
DismissParkedEventResult = Annotated[
    OutboxEventPayload | Refused,
    strawberry.union("DismissParkedEventResult", description="The event, or why not."),
]


async def _job(info: Info, job_id: UUID) -> JobPayload:
    row = (await queries.jobs_by_id(info.context.actor, [job_id]))[0]
    assert row is not None, "who may act on it sees it"
    return JobPayload(job=Job.of(row))


async def _event(info: Info, event_id: UUID, *, replayed: bool = False) -> OutboxEventPayload:
    row = (await queries.events_by_id(info.context.actor, [event_id]))[0]
    if row is None:  # a key may live longer than its event
        raise NotFound
    return OutboxEventPayload(event=OutboxEvent.of(row), replayed=replayed)


def _job_id(text: str) -> UUID:
    return node.decode("job", text, path=("input", "jobId"))


def _event_id(text: str) -> UUID:
    return node.decode("outbox_event", text, path=("input", "eventId"))


@strawberry.type
class OperationsMutation:
    """For administrators of the platform."""

    @strawberry.mutation(
        description="Keep every worker from a job, within seconds, until it is resumed."
    )
    async def pause_job(
        self, info: Info, input: Annotated[PauseJobInput, Argument]
    ) -> PauseJobResult:
        """Pausing what is paused changes nothing."""
        job_id = _job_id(input.job_id)
        await commands.pause_job(info.context.actor, job_id, reason=input.reason)
        return await _job(info, job_id)

    @strawberry.mutation(description="Let the workers do a job again.")
    async def resume_job(
        self, info: Info, input: Annotated[ResumeJobInput, Argument]
    ) -> ResumeJobResult:
        """Resuming what is not paused changes nothing."""
        job_id = _job_id(input.job_id)
        await commands.resume_job(info.context.actor, job_id)
        return await _job(info, job_id)

    @strawberry.mutation(description="Have one worker run a job once, now, paused or not.")
    async def run_job_now(
        self, info: Info, input: Annotated[RunJobNowInput, Argument]
    ) -> RunJobNowResult:
        """Ask for it; a worker takes it with its next heartbeat."""
        run_id, replayed = await commands.run_job_now(
            info.context.actor, _job_id(input.job_id), key=input.idempotency_key
        )
        row = (await queries.runs_by_id(info.context.actor, [run_id]))[0]
        if row is None:  # a key lives longer than its run
            raise NotFound
        return JobRunAsked(run=JobRun.of(row), replayed=replayed)

    @strawberry.mutation(
        description="Have a delivered event delivered once more; what was done stays done."
    )
    async def replay_outbox_event(
        self, info: Info, input: Annotated[ReplayOutboxEventInput, Argument]
    ) -> ReplayOutboxEventResult:
        """Every reaction knows the event by its id."""
        event_id = _event_id(input.event_id)
        replayed = await commands.replay_event(
            info.context.actor, event_id, key=input.idempotency_key
        )
        return await _event(info, event_id, replayed=replayed)

    @strawberry.mutation(description="Try a parked event anew.")
    async def retry_parked_event(
        self, info: Info, input: Annotated[RetryParkedEventInput, Argument]
    ) -> RetryParkedEventResult:
        """It is tried ten times more before it is parked again."""
        event_id = _event_id(input.event_id)
        await commands.retry_parked_event(info.context.actor, event_id)
        return await _event(info, event_id)

    @strawberry.mutation(description="Leave a parked event undelivered for good.")
    async def dismiss_parked_event(
        self, info: Info, input: Annotated[DismissParkedEventInput, Argument]
    ) -> DismissParkedEventResult:
        """With the reason that others read."""
        event_id = _event_id(input.event_id)
        await commands.dismiss_parked_event(info.context.actor, event_id, reason=input.reason)
        return await _event(info, event_id)
