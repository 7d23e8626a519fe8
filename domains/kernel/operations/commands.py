"""What an administrator of the platform may do in the machine room; each act is audited.

A pause reaches every worker with its next beat. A run that is asked for is taken by one
worker. An event may be delivered again at any time, because its reactions know it by its id.
"""

import unicodedata
from uuid import UUID

from domains.kernel import audit, database, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.operations.errors import EventNotDelivered, EventNotParked
from domains.kernel.policy import AUTHORITY

LONGEST_REASON = 200

_JOB_NAMED = "SELECT id FROM kernel_job WHERE name = $1 AND retired_at IS NULL"
_HOLD_JOB = "SELECT name, paused_at FROM kernel_job WHERE id = $1 AND retired_at IS NULL FOR UPDATE"
_PAUSE = """
UPDATE kernel_job SET paused_at = kernel_now(), paused_by_id = $2, paused_reason = $3 WHERE id = $1
"""
_RESUME = """
UPDATE kernel_job
SET paused_at = NULL, paused_by_id = NULL, paused_reason = NULL, resumed_at = kernel_now()
WHERE id = $1
"""
_ASK = """
INSERT INTO kernel_job_run (id, job_id, state, asked_at, asked_by_id)
VALUES ($1, $2, 'asked', kernel_now(), $3)
ON CONFLICT (job_id) WHERE state = 'asked' DO NOTHING
"""
_ASKED = "SELECT id FROM kernel_job_run WHERE job_id = $1 AND state = 'asked'"
_HOLD_EVENT = """
SELECT name, delivered_at IS NOT NULL AS is_delivered,
       parked_at IS NOT NULL AND dismissed_at IS NULL AS is_parked
FROM kernel_outbox WHERE id = $1 FOR UPDATE
"""
_AGAIN = """
UPDATE kernel_outbox
SET delivered_at = NULL, parked_at = NULL, next_attempt_at = NULL, attempts = 0,
    replays = replays + $2
WHERE id = $1
"""
_DISMISS = """
UPDATE kernel_outbox
SET dismissed_at = kernel_now(), dismissed_by_id = $2, dismissed_reason = $3 WHERE id = $1
"""


async def job_named(name: str) -> UUID:
    """Return the id of the job that is called so; raises NotFound."""
    found: UUID | None = await database.fetch_value(_JOB_NAMED, name)
    if found is None:
        raise NotFound(path=("name",))
    return found


async def pause_job(actor: Actor, job_id: UUID, *, reason: str) -> None:
    """Keep every worker from the job until it is resumed; one that is paused stays as it is."""
    require(AUTHORITY, "pauseJob", actor)
    words = _reason(reason)
    async with transaction():
        job = await _held(job_id)
        if job["paused_at"] is not None:
            return
        await database.execute(_PAUSE, job_id, actor.person_id, words)
        await _note(actor, "pauseJob", ("job", job_id), job["name"])


async def resume_job(actor: Actor, job_id: UUID) -> None:
    """Let the workers do the job again; one that is not paused stays as it is."""
    require(AUTHORITY, "resumeJob", actor)
    async with transaction():
        job = await _held(job_id)
        if job["paused_at"] is None:
            return
        await database.execute(_RESUME, job_id)
        await _note(actor, "resumeJob", ("job", job_id), job["name"])


async def run_job_now(actor: Actor, job_id: UUID, *, key: UUID) -> tuple[UUID, bool]:
    """Ask for one run of the job, paused or not, by whichever worker takes it first.

    Returns the run, which is the one that waits already where there is one, and whether
    this was a replay.
    """
    require(AUTHORITY, "runJobNow", actor)
    async with transaction():
        told = await idempotency.claim(actor, key, "runJobNow", {"job": job_id})
        if told is not None:
            return UUID(told["run"]), True
        job = await _held(job_id)
        run_id = await _ask(actor, job_id)
        await idempotency.settle(actor, key, {"run": str(run_id)})
        await _note(actor, "runJobNow", ("job", job_id), job["name"])
    return run_id, False


async def _ask(actor: Actor, job_id: UUID) -> UUID:
    """Return the run that waits already, or a new one; a worker may take it in between."""
    while True:
        run_id = database.new_id()
        if await database.execute(_ASK, run_id, job_id, actor.person_id):
            return run_id
        waiting: UUID | None = await database.fetch_value(_ASKED, job_id)
        if waiting is not None:
            return waiting


async def replay_event(actor: Actor, event_id: UUID, *, key: UUID) -> bool:
    """Have a delivered event delivered once more; tells whether the key had been used before.

    Raises EventNotDelivered where it still waits, or was parked.
    """
    require(AUTHORITY, "replayOutboxEvent", actor)
    async with transaction():
        if await idempotency.claim(actor, key, "replayOutboxEvent", {"event": event_id}):
            return True
        event = await _held_event(event_id)
        if not event["is_delivered"]:
            raise EventNotDelivered
        await database.execute(_AGAIN, event_id, 1)
        await idempotency.settle(actor, key, {"event": str(event_id)})
        await _note(actor, "replayOutboxEvent", ("outbox_event", event_id), event["name"])
    return False


async def retry_parked_event(actor: Actor, event_id: UUID) -> None:
    """Try a parked event anew, ten times more; raises EventNotParked."""
    require(AUTHORITY, "retryParkedEvent", actor)
    async with transaction():
        event = await _held_event(event_id)
        if not event["is_parked"]:
            raise EventNotParked
        await database.execute(_AGAIN, event_id, 0)
        await _note(actor, "retryParkedEvent", ("outbox_event", event_id), event["name"])


async def dismiss_parked_event(actor: Actor, event_id: UUID, *, reason: str) -> None:
    """Leave a parked event undelivered for good, for a reason; raises EventNotParked."""
    require(AUTHORITY, "dismissParkedEvent", actor)
    words = _reason(reason)
    async with transaction():
        event = await _held_event(event_id)
        if not event["is_parked"]:
            raise EventNotParked
        await database.execute(_DISMISS, event_id, actor.person_id, words)
        await _note(actor, "dismissParkedEvent", ("outbox_event", event_id), event["name"])


async def _held(job_id: UUID) -> database.Row:
    job = await database.fetch_one(_HOLD_JOB, job_id)
    if job is None:
        raise NotFound
    return job


async def _held_event(event_id: UUID) -> database.Row:
    event = await database.fetch_one(_HOLD_EVENT, event_id)
    if event is None:
        raise NotFound
    return event


async def _note(actor: Actor, command: str, subject: audit.Subject, name: str) -> None:
    await audit.record(actor, command=command, chain=None, subject=subject, details={"name": name})


def _reason(given: str) -> str:
    words = unicodedata.normalize("NFC", given[: LONGEST_REASON * 4]).strip()
    if not words or len(words) > LONGEST_REASON or "\x00" in words:
        raise InvalidInput(
            path=("input", "reason"),
            zh=f"理由须为 1 至 {LONGEST_REASON} 字。",
            en=f"a reason has 1 to {LONGEST_REASON} characters.",
        )
    return words
