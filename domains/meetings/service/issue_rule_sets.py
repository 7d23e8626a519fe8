"""A community adopts its own rules for issues: stricter than the general ones, never looser."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.meetings import policy
from domains.meetings.errors import MeetingRulesBackdated
from domains.meetings.policy.issues import IssuePlace
from domains.meetings.rules.own_issue_rules import OwnIssueRules
from domains.meetings.service import issue_rules, writing
from domains.membership.queries import places
from domains.membership.values import AreaKind

_END = "UPDATE kernel_rule_set SET effective_to = $2 WHERE id = $1 AND effective_to IS NULL"


@dataclass(frozen=True, slots=True)
class IssueRulesDraft:
    """What a community changes, on what ground, and from when on."""

    title_zh: str
    title_en: str
    legal_basis: str
    effective_from: date
    own: OwnIssueRules


async def adopt_issue_rules(
    actor: Actor, community_id: UUID, draft: IssueRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's own rules in; returns its id and whether a replay.

    Issues that were raised before go on under the rules that they were raised under. Raises
    MeetingRulesLooser, MeetingRulesBackdated, NoRuleInForce for a ballot under unknown rules.
    """
    async with transaction():
        place = await places.place_of(community_id)
        target = IssuePlace(place.area_path) if place else None
        require(policy.AUTHORITY, "adoptIssueRules", actor, target)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptIssueRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        base = await rulesets.in_force(issue_rules.CODE, on=draft.effective_from, community=None)
        content = draft.own.put_into(base.content)
        for code in draft.own.ballots.values():
            await rulesets.in_force(code, on=draft.effective_from, community=community_id)
        version = await _end_the_last(draft, community_id)
        made = await rulesets.put(
            code=issue_rules.CODE,
            version=version,
            community_id=community_id,
            title_zh=writing.text(draft.title_zh, path=("input", "titleZh"), longest=60),
            title_en=writing.text(draft.title_en, path=("input", "titleEn"), longest=60),
            legal_basis=writing.text(draft.legal_basis, path=("input", "legalBasis"), longest=200),
            legal_effect=base.legal_effect,
            effective_from=draft.effective_from,
            content=content,
        )
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptIssueRules",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": version},
        )
        return made.id, False


async def _end_the_last(draft: IssueRulesDraft, community_id: UUID) -> int:
    """End the version before on the day before; returns the number of the new one."""
    at = ("input", "effectiveFrom")
    if draft.effective_from <= await clock.today():
        raise MeetingRulesBackdated(path=at)
    last = await rulesets.latest(issue_rules.CODE, community=community_id)
    if last is None:
        return 1
    if last.effective_from >= draft.effective_from:
        raise MeetingRulesBackdated(path=at)
    await database.execute(_END, last.id, draft.effective_from - timedelta(days=1))
    return last.version + 1
