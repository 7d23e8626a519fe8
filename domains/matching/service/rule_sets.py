"""A community's own rules for its exchange: in versions, from a day to come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.rules import RuleSet
from domains.matching import policy
from domains.matching.rules.procedure import Procedure
from domains.matching.values.codes import MATCHING
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.volunteering.service.shared import line
from domains.voting.errors.rule_sets import RulesBackdated

# Each figure that a community may choose, and from where to where.
FIGURES: dict[str, tuple[int, int]] = {
    "needsADay": (1, 100),
    "openNeeds": (1, 500),
    "longestAheadDays": (1, 366),
    "ordersAheadDays": (1, 90),
    "offerHours": (1, 168),
    "urgentOfferMinutes": (5, 1440),
    "expiringMinutes": (5, 1440),
    "reserves": (0, 20),
    "checkInBeforeMinutes": (0, 240),
    "checkOutAfterMinutes": (0, 720),
    "startsSoonMinutes": (10, 1440),
    "noShowAfterMinutes": (5, 240),
    "confirmDays": (1, 30),
    "confirmers": (1, 3),
    "rateDays": (1, 90),
    # Below three, a rating could be told from another.
    "ratingsK": (3, 50),
    "radiusM": (100, 100_000),
    "weekCapMinutes": (30, 6_000),
    "dailyRunDays": (0, 28),
    "hostNeeds": (1, 10_000),
    "supervisorProjects": (1, 50),
    "reservationHours": (1, 720),
    "milestoneDays": (1, 60),
    "evaluationK": (3, 50),
    "figuresK": (3, 50),
    "unmetTimes": (1, 50),
    "unmetWeeks": (1, 26),
}


@dataclass(frozen=True, slots=True)
class MatchingRulesDraft:
    """What a community changes of the rules of its exchange; the rest stays as it is."""

    effective_from: date
    legal_basis: str
    figures: tuple[tuple[str, int], ...] = ()
    bounds_e6: tuple[int, int, int, int] | None = None


async def adopt_rules(
    actor: Actor, community_id: UUID, draft: MatchingRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's rules in, for what happens from their first day on.

    Raises RulesBackdated, InvalidInput, NoRuleInForce, NotFound.
    """
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, "adoptMatchingRules", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptMatchingRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        if draft.effective_from <= await clock.today():
            raise RulesBackdated(path=("input", "effectiveFrom"))
        made = await _put(community_id, draft)
        Procedure.of(made)
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptMatchingRules",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": made.version},
        )
        return made.id, False


async def _put(community_id: UUID, draft: MatchingRulesDraft) -> RuleSet:
    base = await rulesets.in_force(MATCHING, on=draft.effective_from, community=community_id)
    last = await rulesets.latest(MATCHING, community=community_id)
    if last is not None:
        if last.effective_from >= draft.effective_from:
            raise RulesBackdated(path=("input", "effectiveFrom"))
        if last.effective_to is None:
            kept = {name: getattr(last, name) for name in RuleSet.__slots__ if name != "id"}
            ends_on = draft.effective_from - timedelta(days=1)
            await rulesets.put(**kept | {"effective_to": ends_on})
    return await rulesets.put(
        code=MATCHING,
        version=1 if last is None else last.version + 1,
        community_id=community_id,
        title_zh=base.title_zh,
        title_en=base.title_en,
        legal_basis=line(draft.legal_basis, path=("input", "legalBasis"), longest=200),
        legal_effect=base.legal_effect,
        effective_from=draft.effective_from,
        content=_content(base.content, draft),
    )


def _content(base: Mapping[str, Any], draft: MatchingRulesDraft) -> dict[str, Any]:
    content = dict(base)
    for name, figure in draft.figures:
        least, most = FIGURES[name]
        if not least <= figure <= most:
            raise InvalidInput(
                path=("input", name),
                zh=f"须为 {least} 至 {most} 的整数。",
                en=f"This is a whole number, {least} to {most}.",
            )
        content[name] = figure
    if draft.bounds_e6 is not None:
        south, west, north, east = draft.bounds_e6
        if not (-90_000_000 <= south < north <= 90_000_000) or not (
            -180_000_000 <= west < east <= 180_000_000
        ):
            raise InvalidInput(
                path=("input", "bounds"),
                zh="范围须为南、西、北、东四界。",
                en="The bounds go from the south to the north, and from the west to the east.",
            )
        content["boundsE6"] = list(draft.bounds_e6)
    return content
