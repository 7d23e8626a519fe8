"""A community's own star policy: in versions, from a day to come; honours keep their own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.volunteering import policy
from domains.volunteering.errors import StarPolicyUnsound
from domains.volunteering.rules.stars import StarPolicy
from domains.volunteering.service.shared import line
from domains.volunteering.values.codes import STAR_POLICY
from domains.voting.errors.rule_sets import RulesBackdated


async def adopt_star_policy(
    actor: Actor,
    community_id: UUID,
    *,
    effective_from: date,
    legal_basis: str,
    changes: Mapping[str, Any],
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Put a version of a community's star policy in; what is left out stays as it is.

    Raises StarPolicyUnsound where levels do not rise, RulesBackdated.
    """
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, "adoptStarPolicy", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, "from": effective_from, **changes}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptStarPolicy", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        if effective_from <= await clock.today():
            raise RulesBackdated(path=("input", "effectiveFrom"))
        base = await rulesets.in_force(STAR_POLICY, on=effective_from, community=community_id)
        content = {**base.content, **changes}
        try:
            StarPolicy.read(content)
        except ValueError:
            raise StarPolicyUnsound(path=("input", "levels")) from None
        basis = line(legal_basis, path=("input", "legalBasis"), longest=200)
        made = await _put(replace(base, legal_basis=basis), community_id, effective_from, content)
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptStarPolicy",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"version": made.version},
        )
        return made.id, False


async def _put(
    base: RuleSet,
    community_id: UUID,
    effective_from: date,
    content: Mapping[str, Any],
) -> RuleSet:
    last = await rulesets.latest(STAR_POLICY, community=community_id)
    if last is not None:
        if last.effective_from >= effective_from:
            raise RulesBackdated(path=("input", "effectiveFrom"))
        if last.effective_to is None:
            kept = {name: getattr(last, name) for name in RuleSet.__slots__ if name != "id"}
            await rulesets.put(**kept | {"effective_to": effective_from - timedelta(days=1)})
    return await rulesets.put(
        code=STAR_POLICY,
        version=1 if last is None else last.version + 1,
        community_id=community_id,
        title_zh=base.title_zh,
        title_en=base.title_en,
        legal_basis=base.legal_basis,
        legal_effect=base.legal_effect,
        effective_from=effective_from,
        content=content,
    )
