"""Runs of the matcher: asked for, solved in a process of their own, proposed to people.

A run is taken by a worker under a lease, so that two never solve the same and a killed one is
taken over. What is solved is read and written in short transactions; the solving lies between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.runs import NothingToMatch, RunStateUnfit, RunUnderWay
from domains.matching.events.runs import RunCancelled, RunFailed, RunProposed, RunQueued
from domains.matching.policy import RunPlace
from domains.matching.queries.rules import procedure_of, rules_of
from domains.matching.service import proposing, providing, snapshots
from domains.matching.service.shared import told
from domains.matching.service.snapshots import Asked
from domains.matching.solving import process
from domains.matching.solving.process import ProcessFailedError
from domains.matching.solving.proposal import Proposal
from domains.matching.solving.snapshot import MalformedSnapshotError, Snapshot
from domains.matching.values.runs import MatchingRunState
from domains.membership.queries import places
from domains.volunteering.service.shared import line

MOST_DAYS = 28
MOST_SECONDS = 300
MOST_ATTEMPTS = 3
# Beyond what the solver takes: reading, writing, and a greedy arrangement where it fails.
_GRACE = timedelta(minutes=3)

_WAITS = """
SELECT EXISTS (SELECT FROM matching_order o
               WHERE starts_with(o.area_path, $1) AND o.state IN ('open', 'offered', 'accepted')
                 AND o.filled_at IS NULL AND o.starts_at > kernel_now()
                 AND o.starts_at >= $2 AND o.starts_at < $3)
"""
_INSERT = """
INSERT INTO matching_run (id, area_id, area_path, community_id, state, asked_by_id, asked_at,
                          seed, seconds, starts_at, ends_at, rule_set_id)
VALUES ($1, $2, $3, $4, 'queued', $5, kernel_now(), $6, $7, $8, $9, $10)
"""
_HOLD = "SELECT *, stages::text AS stages_text FROM matching_run WHERE id = $1 FOR UPDATE"
# What waits, and what somebody was killed over.
_TAKE = """
SELECT id, attempts FROM matching_run
WHERE state = 'queued' OR (state IN ('snapshot', 'solving') AND lease_until <= kernel_now())
ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_GIVE_BACK = """
UPDATE matching_run SET state = 'queued', lease_id = NULL, lease_until = NULL
WHERE id = $1 AND state <> 'queued'
"""
_LEASE = """
UPDATE matching_run
SET state = 'snapshot', lease_id = $2, attempts = attempts + 1,
    lease_until = kernel_now() + make_interval(secs => 2 * seconds) + $3::interval
WHERE id = $1
RETURNING area_id, area_path, community_id, starts_at, ends_at, seed, seconds
"""
_SOLVING = """
UPDATE matching_run SET state = 'solving', orders_count = $3, volunteers_count = $4
WHERE id = $1 AND lease_id = $2 AND state = 'snapshot'
"""
_PROPOSED = """
UPDATE matching_run
SET state = 'proposed', digest = $3, exact = $4, note = $5, stages = $6::jsonb,
    proposed_at = kernel_now(), lease_id = NULL, lease_until = NULL, version = version + 1
WHERE id = $1 AND lease_id = $2 AND state = 'solving'
"""
_FAILED = """
UPDATE matching_run
SET state = 'failed', reason = $2, ended_at = kernel_now(), lease_id = NULL, lease_until = NULL,
    version = version + 1
WHERE id = $1 AND lease_id = $3 AND state IN ('snapshot', 'solving')
"""
_CANCEL = """
UPDATE matching_run
SET state = 'cancelled', reason = $2, ended_at = kernel_now(), version = version + 1
WHERE id = $1
"""
# What nobody looked at for a day rests on yesterday's orders and people.
_SUPERSEDE = """
UPDATE matching_run
SET state = 'cancelled', reason = 'superseded', ended_at = kernel_now(), version = version + 1
WHERE community_id = $1 AND state = 'proposed' AND proposed_at <= kernel_now() - interval '1 day'
RETURNING id, area_path
"""
_UNMET = "INSERT INTO matching_run_unmet VALUES ($1, $2, $3, $4)"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunDraft:
    """For which community, from when to when; a seed decides between equals and nothing else."""

    area_id: UUID
    starts_at: datetime
    ends_at: datetime
    seed: int = 0
    seconds: int = 60


async def start_run(actor: Actor, draft: RunDraft, *, idempotency_key: UUID) -> tuple[UUID, bool]:
    """Ask for an arrangement of what waits in a community.

    Raises InvalidInput, NothingToMatch, RunUnderWay.
    """
    async with transaction():
        place = await places.place_of(draft.area_id)
        if place is None:
            raise NotFound(path=("input", "areaId"))
        require(policy.AUTHORITY, "startMatchingRun", actor, RunPlace(place.area_path))
        if place.community_id is None:
            raise NotFound(path=("input", "areaId"))
        given = {"area": draft.area_id, "from": draft.starts_at, "to": draft.ends_at}
        before = await idempotency.claim(actor, idempotency_key, "startMatchingRun", given)
        if before is not None:
            return UUID(before["id"]), True
        _require_sound(draft)
        run_id = await queue(actor, draft, place)
        await idempotency.settle(actor, idempotency_key, {"id": str(run_id)})
        await told(
            actor,
            command="startMatchingRun",
            community_id=place.community_id,
            subject=("matching_run", run_id),
        )
    return run_id, False


def _require_sound(draft: RunDraft) -> None:
    days = (draft.ends_at - draft.starts_at) / timedelta(days=1)
    if not 0 < days <= MOST_DAYS:
        raise InvalidInput(
            path=("input", "endsAt"),
            zh=f"时间范围须在 {MOST_DAYS} 天以内。",
            en=f"{MOST_DAYS} days at most, and the end after the beginning.",
        )
    if not 1 <= draft.seconds <= MOST_SECONDS or not 0 <= draft.seed < 2**31:
        raise InvalidInput(
            path=("input", "seconds"),
            zh=f"求解时间须为 1 至 {MOST_SECONDS} 秒。",
            en=f"1 to {MOST_SECONDS} seconds, and a seed of 31 bits.",
        )


async def queue(actor: Actor, draft: RunDraft, place: places.AreaPlace) -> UUID:
    """Write, in the open transaction, a run that a worker will take.

    It takes the place of a proposal that nobody has looked at for a day.
    """
    database.require_open_transaction()
    window = (draft.starts_at, draft.ends_at)
    if not await database.fetch_value(_WAITS, place.area_path, *window):
        raise NothingToMatch(path=("input", "areaId"))
    rules = await rules_of(place.community_id)
    for stale in await database.fetch(_SUPERSEDE, place.community_id):
        await outbox.record(RunCancelled(stale["id"], stale["area_path"]))
    run_id = database.new_id()
    try:
        await database.execute(
            _INSERT,
            *(run_id, place.area_id, place.area_path, place.community_id, actor.person_id),
            *(draft.seed, draft.seconds, *window, rules.id),
        )
    except asyncpg.UniqueViolationError:
        raise RunUnderWay(path=("input", "areaId")) from None
    await outbox.record(RunQueued(run_id, place.area_path))
    return run_id


async def solve_due_run(*, solver: Sequence[str] = process.SOLVER) -> UUID | None:
    """Solve one run that waits; None where none does. Killed in the middle, it is taken again."""
    taken = await _taken()
    if taken is None:
        return None
    asked, lease_id = taken
    if lease_id is None:
        return asked.run_id
    try:
        snapshot = await snapshots.snapshot_of(asked)
        if not await database.execute(
            _SOLVING, asked.run_id, lease_id, len(snapshot.needs), len(snapshot.volunteers)
        ):
            return asked.run_id
        proposal = await process.propose(snapshot, solver=solver)
    except (ProcessFailedError, MalformedSnapshotError) as failure:
        log.error("matching run failed", run_id=str(asked.run_id), failure=str(failure)[:200])
        await _fail(asked, lease_id, "no arrangement could be made")
        return asked.run_id
    await _keep(asked, lease_id, snapshot, proposal)
    return asked.run_id


async def _taken() -> tuple[Asked, UUID | None] | None:
    async with transaction():
        row = await database.fetch_one(_TAKE)
        if row is None:
            return None
        run_id = row["id"]
        await database.execute(_GIVE_BACK, run_id)
        lease_id = database.new_id()
        taken = await database.fetch_one(_LEASE, run_id, lease_id, _GRACE)
        assert taken is not None, "the row is held"
        asked = Asked(run_id=run_id, **taken)
        if row["attempts"] >= MOST_ATTEMPTS:
            await _give_up(asked, lease_id, "every worker that tried was lost over it")
            return asked, None
        return asked, lease_id


async def _fail(asked: Asked, lease_id: UUID, reason: str) -> None:
    async with transaction():
        await _give_up(asked, lease_id, reason)


async def _give_up(asked: Asked, lease_id: UUID, reason: str) -> None:
    """End a run in failure, unless somebody else has taken it over."""
    if await database.execute(_FAILED, asked.run_id, reason, lease_id):
        await outbox.record(RunFailed(asked.run_id, asked.area_path))


async def _keep(asked: Asked, lease_id: UUID, snapshot: Snapshot, proposal: Proposal) -> None:
    """Write what is proposed, unless somebody else has taken the run over."""
    async with transaction(timeout_ms=60_000):
        if not await database.execute(
            _PROPOSED,
            *(asked.run_id, lease_id, proposal.digest, proposal.exact, proposal.note[:500] or None),
            orjson.dumps([_stage(each) for each in proposal.stages]).decode(),
        ):
            return
        await proposing.write(asked.run_id, snapshot, proposal)
        missing = [
            (asked.run_id, UUID(each.need), each.places, each.reason.value)
            for each in proposal.unmet
            if each.places > 0
        ]
        await database.execute_many(_UNMET, missing)
        await providing.keep(asked.run_id, proposal.selections)
        await outbox.record(RunProposed(asked.run_id, asked.area_path, proposal.exact))


def _stage(stage: Any) -> dict[str, Any]:
    return {
        "name": stage.name,
        "objective": stage.objective,
        "bound": stage.bound,
        "method": stage.method,
        "gap": stage.gap,
        "milliseconds": stage.milliseconds,
    }


async def hold_run(actor: Actor, run_id: UUID, action: str) -> Row:
    """Lock a run for a command that the table allows; raises NotFound, Forbidden."""
    row = await database.fetch_one(_HOLD, run_id)
    if row is None:
        raise NotFound(path=("input", "runId"))
    require(policy.AUTHORITY, action, actor, RunPlace(row["area_path"]))
    return row


def require_state(row: Row, *states: MatchingRunState) -> None:
    """Refuse where the run is not in one of the states."""
    if row["state"] not in states:
        raise RunStateUnfit(path=("input", "runId"), state=row["state"])


async def cancel_run(actor: Actor, run_id: UUID, *, reason: str) -> None:
    """Give a run up before anybody was asked. Raises RunStateUnfit while it is being solved."""
    async with transaction():
        row = await hold_run(actor, run_id, "cancelMatchingRun")
        require_state(
            row, MatchingRunState.QUEUED, MatchingRunState.PROPOSED, MatchingRunState.REVIEWED
        )
        said = line(reason, path=("input", "reason"), longest=200)
        await database.execute(_CANCEL, run_id, said)
        await outbox.record(RunCancelled(run_id, row["area_path"]))
        await told(
            actor,
            command="cancelMatchingRun",
            community_id=row["community_id"],
            subject=("matching_run", run_id),
        )


_ROLLING = """
SELECT a.id, a.path FROM membership_area a
WHERE a.kind = 'community' AND NOT EXISTS (
    SELECT FROM matching_run r
    WHERE r.community_id = a.id AND r.asked_at > kernel_now() - $1::interval)
  AND EXISTS (SELECT FROM matching_order o
              WHERE starts_with(o.area_path, a.path) AND o.filled_at IS NULL
                AND o.state IN ('open', 'offered', 'accepted')
                AND o.starts_at > kernel_now() AND o.starts_at < kernel_now() + $2::interval)
ORDER BY a.id LIMIT 500
"""
_EVERY = timedelta(hours=20)


async def queue_daily_runs() -> int:
    """Ask, once a day, for an arrangement where a community's rules want that."""
    queued = 0
    for row in await database.fetch(_ROLLING, _EVERY, timedelta(days=MOST_DAYS)):
        days = (await procedure_of(row["id"])).daily_run_days
        if not days:
            continue
        place = await places.place_of(row["id"])
        assert place is not None, "areas are not removed"
        now = await clock.now()
        draft = RunDraft(area_id=row["id"], starts_at=now, ends_at=now + timedelta(days=days))
        try:
            async with transaction():
                await queue(SYSTEM, draft, place)
        except (RunUnderWay, NothingToMatch):
            continue
        queued += 1
    return queued
