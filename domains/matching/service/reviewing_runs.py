"""People decide: staff pin, take out, add with a reason, and let an arrangement be offered.

What is offered is judged again one by one, as if nobody had proposed it: who may not serve any
more is noted with the refusal, and the reserves stand behind. Nobody is compelled to accept.
"""

from uuid import UUID

import asyncpg

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.matching.errors.runs import ProposedAlready, RulingStands
from domains.matching.events.runs import RunDispatched, RunReviewed, RunSettled
from domains.matching.service import offering, providing
from domains.matching.service.explaining import Why
from domains.matching.service.offering import OfferProposal
from domains.matching.service.runs import hold_run, require_state
from domains.matching.service.shared import hold_need, told
from domains.matching.values.runs import MatchingRunState, RulingKind
from domains.volunteering.service.shared import line

_DECIDE = """
UPDATE matching_run_offer
SET decision = $3, reason = $4, decided_by_id = $5, decided_at = kernel_now()
WHERE id = $1 AND run_id = $2
"""
_RUN_OF = "SELECT run_id FROM matching_run_offer WHERE id = $1"
_ADD = """
INSERT INTO matching_run_offer (id, run_id, order_id, volunteer_id, rank, origin, decision,
                                reason, decided_by_id, decided_at)
SELECT $1, $2, o.id, $4, 1, 'staff', 'pinned', $5, $6, kernel_now()
FROM matching_order o JOIN matching_run r ON r.id = $2 AND starts_with(o.area_path, r.area_path)
WHERE o.id = $3
"""
_REVIEWED = """
UPDATE matching_run
SET state = 'reviewed', reviewed_by_id = $2, reviewed_at = kernel_now(), version = version + 1
WHERE id = $1
"""
_TO_DISPATCH = """
SELECT id, area_path, reviewed_by_id FROM matching_run WHERE state = 'reviewed'
ORDER BY reviewed_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ORDERS_LEFT = """
SELECT x.order_id FROM matching_run_offer x JOIN matching_order o ON o.id = x.order_id
WHERE x.run_id = $1 AND x.decision IN ('proposed', 'pinned')
ORDER BY o.starts_at, o.id LIMIT 1
"""
_OF_ORDER = """
SELECT * FROM matching_run_offer
WHERE run_id = $1 AND order_id = $2 AND decision IN ('proposed', 'pinned')
ORDER BY decision <> 'pinned', rank, volunteer_id
"""
_DONE = "UPDATE matching_run_offer SET decision = $2, refusal = $3 WHERE id = $1"
_NOT_OFFERED = """
UPDATE matching_run_offer SET decision = 'refused', refusal = $3
WHERE run_id = $1 AND order_id = $2 AND decision IN ('proposed', 'pinned')
"""
_DISPATCHED = """
UPDATE matching_run
SET state = 'dispatched', dispatched_at = kernel_now(), version = version + 1 WHERE id = $1
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE decision = 'offered')::int AS offers,
       count(*) FILTER (WHERE decision = 'refused')::int AS refused
FROM matching_run_offer WHERE run_id = $1
"""
_TO_SETTLE = """
SELECT r.id, r.area_path FROM matching_run r
WHERE r.state = 'dispatched' AND NOT EXISTS (
    SELECT FROM matching_offer f WHERE f.run_id = r.id AND f.state IN ('offered', 'reserve'))
ORDER BY r.dispatched_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_SETTLED = """
UPDATE matching_run SET state = 'settled', settled_at = kernel_now(), version = version + 1
WHERE id = $1
"""
_RULE = """
INSERT INTO matching_ruling (id, need_id, volunteer_id, kind, reason, by_id, at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
"""
_RULING = "SELECT need_id, ended_at FROM matching_ruling WHERE id = $1 FOR UPDATE"
_END_RULING = """
UPDATE matching_ruling SET ended_at = kernel_now(), ended_by_id = $2 WHERE id = $1
"""
_VOLUNTEER = """
SELECT EXISTS (SELECT FROM volunteering_volunteer v
               WHERE v.id = $1 AND (starts_with(v.area_path, $2) OR starts_with($2, v.area_path)))
"""


async def pin_proposal(actor: Actor, proposal_id: UUID, *, reason: str) -> UUID:
    """Let somebody who is proposed be asked first, with a reason; returns the run."""
    return await _decide(actor, proposal_id, "pinned", "pinProposedOffer", reason)


async def take_out_proposal(actor: Actor, proposal_id: UUID, *, reason: str) -> UUID:
    """Let somebody who is proposed not be asked, with a reason; returns the run."""
    return await _decide(actor, proposal_id, "taken_out", "takeOutProposedOffer", reason)


async def _decide(
    actor: Actor, proposal_id: UUID, decision: str, command: str, reason: str
) -> UUID:
    async with transaction():
        run_id: UUID | None = await database.fetch_value(_RUN_OF, proposal_id)
        if run_id is None:
            raise NotFound(path=("input", "proposalId"))
        row = await _held(actor, run_id, command, path=("input", "proposalId"))
        require_state(row, MatchingRunState.PROPOSED)
        said = line(reason, path=("input", "reason"), longest=200)
        await database.execute(_DECIDE, proposal_id, run_id, decision, said, actor.person_id)
        await _told(actor, command, row)
        return run_id


async def _held(actor: Actor, run_id: UUID, command: str, *, path: tuple[str, ...]) -> Row:
    try:
        return await hold_run(actor, run_id, command)
    except NotFound:
        raise NotFound(path=path) from None


async def add_proposal(
    actor: Actor, run_id: UUID, *, order_id: UUID, volunteer_id: UUID, reason: str
) -> UUID:
    """Propose somebody whom the matcher did not, with a reason. Raises ProposedAlready."""
    async with transaction():
        row = await hold_run(actor, run_id, "addProposedOffer")
        require_state(row, MatchingRunState.PROPOSED)
        said = line(reason, path=("input", "reason"), longest=200)
        if not await database.fetch_value(_VOLUNTEER, volunteer_id, row["area_path"]):
            raise NotFound(path=("input", "volunteerId"))
        added = database.new_id()
        try:
            done = await database.execute(
                _ADD, added, run_id, order_id, volunteer_id, said, actor.person_id
            )
        except asyncpg.UniqueViolationError:
            raise ProposedAlready(path=("input", "volunteerId")) from None
        if not done:
            raise NotFound(path=("input", "orderId"))
        await _told(actor, "addProposedOffer", row)
    return run_id


async def approve_run(actor: Actor, run_id: UUID) -> None:
    """Let an arrangement be offered as staff have left it. Raises RunStateUnfit."""
    async with transaction():
        row = await hold_run(actor, run_id, "approveMatchingRun")
        require_state(row, MatchingRunState.PROPOSED)
        await database.execute(_REVIEWED, run_id, actor.person_id)
        await outbox.record(RunReviewed(run_id, row["area_path"]))
        await _told(actor, "approveMatchingRun", row)


async def dispatch_due_order() -> UUID | None:
    """Make the offers of one order of a run that staff have approved; None where none waits.

    An order a transaction: killed in the middle, what was offered stays and the rest follows.
    """
    async with transaction():
        run = await database.fetch_one(_TO_DISPATCH)
        if run is None:
            return None
        order_id = await database.fetch_value(_ORDERS_LEFT, run["id"])
        if order_id is None:
            counts = await database.fetch_one(_COUNTS, run["id"])
            assert counts is not None
            await database.execute(_DISPATCHED, run["id"])
            await outbox.record(
                RunDispatched(run["id"], run["area_path"], counts["offers"], counts["refused"])
            )
        else:
            await _provide_and_offer(run, order_id)
        run_id: UUID = run["id"]
        return run_id


async def _provide_and_offer(run: Row, order_id: UUID) -> None:
    """Ask people only where what the order takes besides them is there."""
    refusal = await providing.provide(run, order_id)
    if refusal is None:
        await _offer(run["id"], order_id)
    else:
        await database.execute(_NOT_OFFERED, run["id"], order_id, refusal)


async def _offer(run_id: UUID, order_id: UUID) -> None:
    rows = await database.fetch(_OF_ORDER, run_id, order_id)
    proposals = [
        OfferProposal(
            order_id=order_id,
            volunteer_id=row["volunteer_id"],
            rank=place,
            why=_why(row),
            is_pinned=row["decision"] == "pinned",
        )
        for place, row in enumerate(rows, start=1)
    ]
    made = await offering.make_offers(proposals, run_id=run_id)
    refused = {each.volunteer_id: refusal.code for each, refusal in made.refused}
    for row in rows:
        code = refused.get(row["volunteer_id"])
        await database.execute(_DONE, row["id"], "refused" if code else "offered", code)


def _why(row: Row) -> Why | None:
    """Return the reasons that the matcher gave; of whom staff added they are found anew.

    What staff noted of a decision may speak of others: it stays with them.
    """
    if row["origin"] == "staff":
        return None
    return Why(
        skills=tuple(row["skills"]),
        distance_m=row["distance_m"],
        is_free=row["is_free"],
        turns=row["turns"],
    )


async def settle_due_run() -> UUID | None:
    """End one run whose offers have all been answered; None where none is to be ended."""
    async with transaction():
        row = await database.fetch_one(_TO_SETTLE)
        if row is None:
            return None
        await database.execute(_SETTLED, row["id"])
        await outbox.record(RunSettled(row["id"], row["area_path"]))
        run_id: UUID = row["id"]
        return run_id


async def rule(
    actor: Actor, need_id: UUID, volunteer_id: UUID, *, kind: RulingKind, reason: str
) -> UUID:
    """Pin or forbid somebody for a need in every run to come. Raises RulingStands."""
    async with transaction():
        need = await hold_need(actor, need_id, "ruleOnMatching")
        if not await database.fetch_value(_VOLUNTEER, volunteer_id, need.area_path):
            raise NotFound(path=("input", "volunteerId"))
        said = line(reason, path=("input", "reason"), longest=200)
        ruling_id = database.new_id()
        try:
            await database.execute(
                _RULE, ruling_id, need_id, volunteer_id, kind.value, said, actor.person_id
            )
        except asyncpg.UniqueViolationError:
            raise RulingStands(path=("input", "volunteerId")) from None
        await told(
            actor,
            command="ruleOnMatching",
            community_id=need.community_id,
            subject=("matching_ruling", ruling_id),
            details={"kind": kind.value},
        )
    return ruling_id


async def end_ruling(actor: Actor, ruling_id: UUID) -> None:
    """Let a ruling hold no more; ended twice it is ended."""
    async with transaction():
        row = await database.fetch_one(_RULING, ruling_id)
        if row is None:
            raise NotFound(path=("input", "rulingId"))
        try:
            need = await hold_need(actor, row["need_id"], "endMatchingRuling")
        except NotFound:
            raise NotFound(path=("input", "rulingId")) from None
        if row["ended_at"] is None:
            await database.execute(_END_RULING, ruling_id, actor.person_id)
        await told(
            actor,
            command="endMatchingRuling",
            community_id=need.community_id,
            subject=("matching_ruling", ruling_id),
        )


async def _told(actor: Actor, command: str, row: Row) -> None:
    await told(
        actor,
        command=command,
        community_id=row["community_id"],
        subject=("matching_run", row["id"]),
    )
