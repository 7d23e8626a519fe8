"""What becomes of a promise: accepted by residents, closed, or not kept, with the reason."""

from uuid import UUID

import asyncpg

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.pledges import policy
from domains.pledges.errors import AcceptanceGiven, ClaimsContested, NotAnAcceptor, OwnPledge
from domains.pledges.events.pledges import PledgeAccepted, PledgeClosed, PledgeDefaulted
from domains.pledges.models import Pledge
from domains.pledges.rules.procedure import Acceptance
from domains.pledges.service import claims, texts
from domains.pledges.service.held import hold, keep, place_of, procedure_of, require_state, told
from domains.pledges.values.pledges import TO_DELIVER, PledgeAct, PledgeState

_SAY = """
INSERT INTO pledges_acceptance (pledge_id, round, person_id, accepted, remark, at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
"""
_SAID = """
SELECT count(*) FILTER (WHERE accepted) AS accepted, count(*) FILTER (WHERE NOT accepted) AS refused
FROM pledges_acceptance WHERE pledge_id = $1 AND round = $2
"""
_CONTESTED = """
SELECT EXISTS (
    SELECT FROM pledges_objection WHERE pledge_id = $1 AND about = 'claim' AND state = 'open')
"""


async def accept_pledge(actor: Actor, pledge_id: UUID, *, accepted: bool, remark: str = "") -> None:
    """Say whether what was delivered is accepted; enough of one opinion settle it.

    Raises NotAnAcceptor for who is not of the roles that the rules name, OwnPledge for who
    proposed, screens or answers for it, AcceptanceGiven for a second opinion, PledgeStateUnfit.
    """
    said = texts.public(remark, longest=500, shortest=0, path=("input", "remark"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "acceptPledge")
        require_state(pledge, frozenset({PledgeState.DELIVERED}))
        acceptance = (await procedure_of(pledge)).acceptance
        _require_acceptor(actor, pledge, acceptance)
        try:
            await database.execute(_SAY, pledge.id, pledge.round, actor.person_id, accepted, said)
        except asyncpg.UniqueViolationError:
            raise AcceptanceGiven(path=("input", "pledgeId")) from None
        await _settle(actor, pledge, acceptance)
        await told(actor, pledge, "acceptPledge", {"accepted": accepted})


def _require_acceptor(actor: Actor, pledge: Pledge, acceptance: Acceptance) -> None:
    held = actor.area_paths(*acceptance.roles)
    if not any(path.startswith(pledge.area_path) for path in held):
        raise NotAnAcceptor(path=("input", "pledgeId"))
    if policy.has_part(actor, place_of(pledge)):
        raise OwnPledge(path=("input", "pledgeId"))


async def _settle(actor: Actor, pledge: Pledge, acceptance: Acceptance) -> None:
    said = await database.fetch_one(_SAID, pledge.id, pledge.round)
    assert said is not None, "an aggregate is one row"
    if said["accepted"] >= acceptance.least:
        pledge.state = PledgeState.ACCEPTED
        pledge.accepted_at = await clock.now()
        await pledge.save()
        await keep(actor, pledge, PledgeAct.ACCEPTED)
        await outbox.record(PledgeAccepted(pledge.id, pledge.area_path))
    elif said["refused"] >= acceptance.refusals:
        await claims.send_back(actor, pledge)


async def close_pledge(actor: Actor, pledge_id: UUID, *, summary: str) -> None:
    """Close an accepted pledge with a summary; raises ClaimsContested while a contest is open."""
    said = texts.public(summary, longest=2000, path=("input", "summary"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "closePledge")
        require_state(pledge, frozenset({PledgeState.ACCEPTED}))
        if await database.fetch_value(_CONTESTED, pledge.id):
            raise ClaimsContested(path=("input", "pledgeId"))
        pledge.state = PledgeState.CLOSED
        pledge.closed_at = await clock.now()
        pledge.close_summary = said
        await pledge.save()
        await keep(actor, pledge, PledgeAct.CLOSED, reason=said)
        await outbox.record(PledgeClosed(pledge.id, pledge.area_path))
        await told(actor, pledge, "closePledge")


async def default_pledge(actor: Actor, pledge_id: UUID, *, reason: str) -> None:
    """Say that a promise is not kept and why; everybody reads it, and it does not come back."""
    said = texts.public(reason, longest=500, path=("input", "reason"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "defaultPledge")
        require_state(pledge, TO_DELIVER)
        pledge.state = PledgeState.DEFAULTED
        pledge.defaulted_at = await clock.now()
        pledge.default_reason = said
        await pledge.save()
        await keep(actor, pledge, PledgeAct.DEFAULTED, reason=said)
        await outbox.record(PledgeDefaulted(pledge.id, pledge.area_path))
        await told(actor, pledge, "defaultPledge")
