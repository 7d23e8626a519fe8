"""A community's own rules of volunteering: in versions, from a day to come.

What is under way keeps what it began under: a record its cap and deadline, an honour the
policy that it was found by.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, NotFound
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.volunteering import policy
from domains.volunteering.errors import StarPolicyUnsound, VolunteerRulesUnsound
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.rules.stars import StarPolicy
from domains.volunteering.service.shared import line
from domains.volunteering.values.codes import STAR_POLICY, VOLUNTEER_SERVICE
from domains.voting.errors.rule_sets import RulesBackdated


@dataclass(frozen=True, slots=True)
class Adoption:
    """What changes of a community's rules, what it rests on, and from when; the rest stays."""

    effective_from: date
    legal_basis: str
    changes: Mapping[str, Any]


async def adopt_star_policy(
    actor: Actor, community_id: UUID, given: Adoption, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's star policy in, with its medals and bans.

    Raises StarPolicyUnsound where levels do not rise, RulesBackdated.
    """
    return await _adopt(
        actor,
        community_id,
        given,
        _Kind("adoptStarPolicy", STAR_POLICY, _sound_stars),
        idempotency_key=idempotency_key,
    )


async def adopt_volunteer_rules(
    actor: Actor, community_id: UUID, given: Adoption, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version in of how a community registers volunteers and records their service.

    Raises VolunteerRulesUnsound where a figure is not what the law leaves open, RulesBackdated.
    """
    return await _adopt(
        actor,
        community_id,
        given,
        _Kind("adoptVolunteerRules", VOLUNTEER_SERVICE, _sound_procedure),
        idempotency_key=idempotency_key,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    action: str
    code: str
    refusal: Callable[[Mapping[str, Any]], DomainError | None]


def _sound_stars(content: Mapping[str, Any]) -> DomainError | None:
    try:
        StarPolicy.read(content)
    except (ValueError, KeyError, TypeError):
        return StarPolicyUnsound(path=("input", "levels"))
    return None


def _sound_procedure(content: Mapping[str, Any]) -> DomainError | None:
    try:
        odd = Procedure.read(content).oddity()
    except (ValueError, KeyError, TypeError) as error:
        odd = str(error)
    return None if odd is None else VolunteerRulesUnsound(path=("input",), what=odd)


async def _adopt(
    actor: Actor, community_id: UUID, given: Adoption, kind: _Kind, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, kind.action, actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        said = {
            "community": community_id,
            "from": given.effective_from,
            "basis": given.legal_basis,
            **given.changes,
        }
        earlier = await idempotency.claim(actor, idempotency_key, kind.action, said)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        made = await _put(community_id, given, kind)
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command=kind.action,
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": made.version},
        )
        return made.id, False


async def _put(community_id: UUID, given: Adoption, kind: _Kind) -> RuleSet:
    path = ("input", "effectiveFrom")
    if given.effective_from <= await clock.today():
        raise RulesBackdated(path=path)
    last = await rulesets.latest(kind.code, community=community_id)
    if last is not None and last.effective_from >= given.effective_from:
        raise RulesBackdated(path=path)
    base = last or await rulesets.in_force(kind.code, on=given.effective_from, community=None)
    content = {name: _over(value, given.changes.get(name)) for name, value in base.content.items()}
    refusal = kind.refusal(content)
    if refusal is not None:
        raise refusal
    basis = line(given.legal_basis, path=("input", "legalBasis"), longest=200)
    if last is not None and last.effective_to is None:
        await _end(last, on=given.effective_from - timedelta(days=1))
    made = replace(base, legal_basis=basis)
    return await rulesets.put(
        code=kind.code,
        version=1 if last is None else last.version + 1,
        community_id=community_id,
        title_zh=made.title_zh,
        title_en=made.title_en,
        legal_basis=made.legal_basis,
        legal_effect=made.legal_effect,
        effective_from=given.effective_from,
        content=content,
    )


def _over(standing: Any, change: Any) -> Any:
    """Return what stands with what changes: a mapping name by name, all else as a whole."""
    if change is None:
        return standing
    if isinstance(standing, Mapping) and isinstance(change, Mapping):
        return {**standing, **change}
    return change


async def _end(last: RuleSet, *, on: date) -> None:
    kept = {name: getattr(last, name) for name in RuleSet.__slots__ if name != "id"}
    await rulesets.put(**kept | {"effective_to": on})
