"""What the commands over pledges share: the lock, the rules, the public history, the audit."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.kernel import audit, database, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.errors import NotFound
from domains.pledges import policy
from domains.pledges.errors import PledgeStateUnfit
from domains.pledges.models import Pledge
from domains.pledges.policy import PledgePlace
from domains.pledges.rules.procedure import PledgeProcedure
from domains.pledges.values.pledges import PledgeAct, PledgeState

_RULES = "SELECT frozen_rules::text FROM pledges_programme WHERE id = $1"
_HISTORY = """
INSERT INTO pledges_history
    (pledge_id, seq, act, at, by_id, state, version, deadline, subject_id, reason)
SELECT $1, coalesce(max(seq), 0) + 1, $2, kernel_now(), $3, $4, $5, $6, $7, $8
FROM pledges_history WHERE pledge_id = $1
"""


def place_of(pledge: Pledge) -> PledgePlace:
    """Return what authority judges a pledge by."""
    return PledgePlace(
        area_path=pledge.area_path,
        is_public=pledge.noticed_at is not None,
        proposer_id=pledge.proposer_id,
        organisation_id=pledge.organisation_id,
        person_id=pledge.person_id,
    )


async def hold(
    actor: Actor, pledge_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "pledgeId")
) -> Pledge:
    """Lock a pledge for a command that the table allows; raises NotFound, Forbidden."""
    pledge = await Pledge.filter(id=pledge_id).select_for_update().first()
    if pledge is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, place_of(pledge))
    return pledge


def require_state(pledge: Pledge, allowed: frozenset[PledgeState]) -> None:
    """Refuse what cannot be done with a pledge that has come so far."""
    if pledge.state not in allowed:
        raise PledgeStateUnfit(path=("input", "pledgeId"), state=pledge.state.value)


async def procedure_of(pledge: Pledge) -> PledgeProcedure:
    """Return what the frozen rules of the pledge's programme ask."""
    kept = await database.fetch_value(_RULES, pledge.programme_id)
    return PledgeProcedure.of(rulesets.thaw(json.loads(kept)))


async def keep(
    actor: Actor,
    pledge: Pledge,
    act: PledgeAct,
    *,
    subject_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Add to the pledge's public history how it stands after this act."""
    await database.execute(
        _HISTORY,
        *(pledge.id, act, actor.person_id, pledge.state, pledge.terms_version, pledge.deadline),
        *(subject_id, reason),
    )


async def told(
    actor: Actor, pledge: Pledge, command: str, details: Mapping[str, Any] | None = None
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor,
        command=command,
        chain=pledge.area_id,
        subject=("pledge", pledge.id),
        details={"state": pledge.state.value, **(details or {})},
    )
