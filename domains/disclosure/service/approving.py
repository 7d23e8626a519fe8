"""A version's way through its chain: handed in, approved step by step, returned, published."""

import json
from datetime import datetime
from uuid import UUID

import asyncpg

from domains.disclosure.errors import (
    AuthorNeverApproves,
    NotADraft,
    NotApproved,
    NotWaiting,
    PublisherEnded,
    ScheduledInPast,
    StepTakenBefore,
)
from domains.disclosure.events import (
    DisclosureApproved,
    DisclosureReturned,
    DisclosureSubmitted,
)
from domains.disclosure.rules import texts
from domains.disclosure.service import checking, papers, publishing
from domains.disclosure.service.papers import Held
from domains.disclosure.values import Decision, VersionState
from domains.kernel import audit, clock, database, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError

_SUBMIT = """
UPDATE disclosure_version
SET state = $2, round = round + 1, frozen_rules = $3::jsonb, step_count = $4,
    submitted_at = kernel_now()
WHERE id = $1
"""
_STEP = """
INSERT INTO disclosure_step
    (version_id, round, position, step, decision, reason, author_id, by_id, other_than_before,
     decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kernel_now())
"""
_MOVE = "UPDATE disclosure_version SET state = $2 WHERE id = $1"
_APPROVE = """
UPDATE disclosure_version SET state = 'approved', approved_at = kernel_now() WHERE id = $1
"""
_RETURN = """
UPDATE disclosure_version
SET state = 'draft', submitted_at = NULL, frozen_rules = NULL, step_count = 0,
    approved_at = NULL, scheduled_at = NULL
WHERE id = $1
"""
_SCHEDULE = "UPDATE disclosure_version SET scheduled_at = $2 WHERE id = $1"
# Until something of it is public, a disclosure stands as its first version does.
_FOLLOW = """
UPDATE disclosure_disclosure
SET state = CASE WHEN published_number IS NULL THEN $2 ELSE state END, revision = revision + 1
WHERE id = $1
"""
_DUE = """
SELECT d.* FROM disclosure_disclosure d
WHERE d.id IN (
    SELECT v.disclosure_id FROM disclosure_version v
    JOIN disclosure_disclosure w ON w.id = v.disclosure_id
    JOIN disclosure_publisher p ON p.id = w.publisher_id
    WHERE v.state = 'approved' AND v.scheduled_at <= kernel_now()
      AND (p.ended_at IS NULL OR w.published_number IS NOT NULL)
    ORDER BY v.scheduled_at LIMIT 10)
LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_DUE_VERSION = """
SELECT * FROM disclosure_version
WHERE disclosure_id = $1 AND state = 'approved' AND scheduled_at <= kernel_now() FOR UPDATE
"""
_NEVER_APPROVES = "disclosure_step_author_never_approves"


async def submit_disclosure(
    actor: Actor, disclosure_id: UUID, *, idempotency_key: UUID | None = None
) -> bool:
    """Hand the draft in: its words stand, and it waits at the first step of its chain.

    Returns whether this was a replay. Raises NotADraft, PublisherEnded.
    """
    async with transaction():
        given = {"disclosure": disclosure_id}
        if await papers.done_before(actor, idempotency_key, "submitDisclosure", given):
            return True
        held = await papers.hold(actor, disclosure_id, "submitDisclosure")
        if held.version is None or held.version["state"] != VersionState.DRAFT:
            raise NotADraft(path=("input", "disclosureId"))
        _require_body(held)
        standing = await papers.body_of(actor, held.publisher["id"], path=("input",))
        frozen = json.dumps(rulesets.freeze(standing.rule_set), ensure_ascii=False)
        steps = standing.rules.steps
        await database.execute(_SUBMIT, held.version["id"], steps[0].kind, frozen, len(steps))
        await database.execute(_FOLLOW, disclosure_id, steps[0].kind)
        await outbox.record(_submitted(held, held.version, steps[0].kind.value))
        await papers.told(actor, held, "submitDisclosure", {"number": held.version["number"]})
    return False


def _require_body(held: Held) -> None:
    """Let an ended body put right and withdraw what it published, and publish nothing new."""
    if held.publisher["ended_at"] is not None and not held.paper.is_public:
        raise PublisherEnded(path=("input", "disclosureId"))


def _submitted(held: Held, version: Row, step: str) -> DisclosureSubmitted:
    return DisclosureSubmitted(held.id, version["number"], step, held.disclosure["area_path"])


async def approve_disclosure(
    actor: Actor, disclosure_id: UUID, *, number: int, idempotency_key: UUID | None = None
) -> bool:
    """Take the step at which version `number` waits; the last one approves it.

    Returns whether this was a replay. Raises NotWaiting, AuthorNeverApproves, and
    StepTakenBefore where the chain wants another person at each step.
    """
    async with transaction():
        given = {"disclosure": disclosure_id, "number": number}
        if await papers.done_before(actor, idempotency_key, "approveDisclosure", given):
            return True
        held = await papers.hold(actor, disclosure_id, "approveDisclosure")
        version = _waiting(held, number)
        await _decide(actor, held, version, Decision.APPROVED, None)
        following = held.position + 1
        if following < len(held.rules.steps):
            step = held.rules.steps[following].kind
            await database.execute(_MOVE, version["id"], step)
            await database.execute(_FOLLOW, disclosure_id, step)
            await outbox.record(_submitted(held, version, step.value))
        else:
            await database.execute(_APPROVE, version["id"])
            await database.execute(_FOLLOW, disclosure_id, VersionState.APPROVED)
            await outbox.record(DisclosureApproved(held.id, number, held.disclosure["area_path"]))
        details = {"number": number, "step": version["state"]}
        await papers.told(actor, held, "approveDisclosure", details)
    return False


async def return_disclosure(
    actor: Actor,
    disclosure_id: UUID,
    *,
    number: int,
    reason: str,
    idempotency_key: UUID | None = None,
) -> bool:
    """Send version `number` back to its author, with a reason; returns whether a replay.

    Until it is public that is possible even of what every step has approved, or is scheduled:
    whoever takes the last step sees an error late. Raises NotWaiting.
    """
    reason = texts.line(reason, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    async with transaction():
        given = {"disclosure": disclosure_id, "number": number, "reason": reason}
        if await papers.done_before(actor, idempotency_key, "returnDisclosure", given):
            return True
        held = await papers.hold(actor, disclosure_id, "returnDisclosure")
        version = _waiting(held, number, approved_too=True)
        await _decide(actor, held, version, Decision.RETURNED, reason)
        await database.execute(_RETURN, version["id"])
        await database.execute(_FOLLOW, disclosure_id, VersionState.DRAFT)
        await outbox.record(DisclosureReturned(held.id, number, held.disclosure["area_path"]))
        details = {"number": number, "step": version["state"]}
        await papers.told(actor, held, "returnDisclosure", details)
    return False


def _waiting(held: Held, number: int, *, approved_too: bool = False) -> Row:
    version = held.version
    over = {VersionState.DRAFT} if approved_too else {VersionState.DRAFT, VersionState.APPROVED}
    if version is None or version["number"] != number or version["state"] in over:
        raise NotWaiting(path=("input", "disclosureId"))
    return version


async def _decide(
    actor: Actor, held: Held, version: Row, decision: Decision, reason: str | None
) -> None:
    step = held.rules.steps[min(held.position, len(held.rules.steps) - 1)]
    try:
        await database.execute(
            _STEP,
            *(version["id"], version["round"], held.position + 1),
            *(step.kind, decision, reason),
            *(version["author_id"], actor.person_id),
            held.rules.each_another and decision is Decision.APPROVED,
        )
    except asyncpg.IntegrityConstraintViolationError as error:
        raise _refused(error) from None


def _refused(error: asyncpg.IntegrityConstraintViolationError) -> DomainError:
    constraint = database.broken_constraint(error)
    if constraint == _NEVER_APPROVES:
        return AuthorNeverApproves(path=("input", "disclosureId"))
    assert constraint == "disclosure_step_each_another", constraint
    return StepTakenBefore(path=("input", "disclosureId"))


async def publish_disclosure(
    actor: Actor,
    disclosure_id: UUID,
    *,
    number: int,
    at: datetime | None = None,
    idempotency_key: UUID | None = None,
) -> bool:
    """Publish the approved version now, or let the worker publish it at the instant.

    Returns whether this was a replay. Raises NotApproved, PublisherEnded,
    ScheduledInPast.
    """
    async with transaction():
        given = {"disclosure": disclosure_id, "number": number, "at": at}
        if await papers.done_before(actor, idempotency_key, "publishDisclosure", given):
            return True
        held = await papers.hold(actor, disclosure_id, "publishDisclosure")
        version = held.version
        if (
            version is None
            or version["number"] != number
            or version["state"] != VersionState.APPROVED
        ):
            raise NotApproved(path=("input", "disclosureId"))
        _require_body(held)
        if at is None:
            await publishing.make_public(held.disclosure, version)
        elif at <= await clock.now():
            raise ScheduledInPast(path=("input", "at"))
        else:
            await database.execute(_SCHEDULE, version["id"], at)
            await database.execute(_FOLLOW, disclosure_id, VersionState.APPROVED)
        details = {"number": number, "scheduled": at is not None}
        await papers.told(actor, held, "publishDisclosure", details)
    return False


async def publish_due_disclosure() -> UUID | None:
    """Publish one version whose minute has come; returns its disclosure's id, or None."""
    async with transaction():
        disclosure = await database.fetch_one(_DUE)
        if disclosure is None:
            return None
        version = await database.fetch_one(_DUE_VERSION, disclosure["id"])
        if version is not None:
            await publishing.make_public(disclosure, version)
            await audit.record(
                SYSTEM,
                command="publishDisclosure",
                chain=disclosure["community_id"],
                subject=("disclosure", disclosure["id"]),
                details={"number": version["number"], "scheduled": True},
            )
    disclosure_id: UUID = disclosure["id"]
    return disclosure_id
