"""A community's own rules: a preset with figures of its own, in versions, from a day to come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.rules import LegalEffect, RuleSet, Threshold
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.voting import policy
from domains.voting.errors.rule_sets import RulesBackdated, RulesLooser
from domains.voting.rules.procedure import WomanRule
from domains.voting.values import Measure

_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,59}")


@dataclass(frozen=True, slots=True)
class RuleSetDraft:
    """What a community changes of the rules that it begins from; the rest stays as it is."""

    code: str
    based_on: str
    title_zh: str
    title_en: str
    legal_basis: str
    effective_from: date
    quorum: Mapping[Measure, Threshold] = field(default_factory=dict)
    majority: Mapping[Measure, Threshold] = field(default_factory=dict)
    choice_share: Threshold | None = None
    recast: bool | None = None
    notice_days: int | None = None
    extension_days: int | None = None
    most_proxies: int | None = None
    proxies_carry_over: bool | None = None
    woman_rules: tuple[WomanRule, ...] | None = None


async def adopt_rule_set(
    actor: Actor, community_id: UUID, draft: RuleSetDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's own rules in; returns its id and whether this was a replay.

    The version before it ends the day before. Raises RulesLooser where the rules that it
    begins from are statutory and it asks for less, RulesBackdated, NoRuleInForce.
    """
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, "adoptRuleSet", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        earlier = await idempotency.claim(actor, idempotency_key, "adoptRuleSet", _given(draft))
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        _require_words(draft)
        base = await _base(draft)
        content = _content(base, draft)
        if base.legal_effect is not LegalEffect.ADVISORY:
            _require_no_looser(base.content, content)
        version = await _end_the_last(draft, community_id)
        made = await rulesets.put(
            code=draft.code,
            version=version,
            community_id=community_id,
            title_zh=draft.title_zh.strip(),
            title_en=draft.title_en.strip(),
            legal_basis=draft.legal_basis.strip(),
            legal_effect=base.legal_effect,
            effective_from=draft.effective_from,
            content=content,
        )
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptRuleSet",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": version},
        )
        return made.id, False


async def _base(draft: RuleSetDraft) -> RuleSet:
    """Return the general rules to begin from; a code that they have stays theirs.

    Else a looser law could be put in another's place, or a vote's rules in place of what
    another part of the house runs by.
    """
    base = await rulesets.in_force(draft.based_on, on=draft.effective_from, community=None)
    if "methods" not in base.content:
        raise InvalidInput(
            path=("input", "basedOn"),
            zh="该规则不是表决规则。",
            en="These are not rules of a vote.",
        )
    if draft.code != draft.based_on and await rulesets.is_general(draft.code):
        raise InvalidInput(
            path=("input", "code"),
            zh="该代码属于通用规则,只能以其本身为基础制定。",
            en="General rules have this code; what is adopted under it begins from them.",
        )
    return base


def _given(draft: RuleSetDraft) -> dict[str, Any]:
    return {name: str(getattr(draft, name)) for name in RuleSetDraft.__slots__}


def _require_words(draft: RuleSetDraft) -> None:
    if not _CODE.fullmatch(draft.code):
        raise InvalidInput(
            path=("input", "code"),
            zh="规则代码由 3 至 60 个大写字母、数字和下划线组成。",
            en="A code has 3 to 60 capital letters, digits and underscores.",
        )
    for name, longest in (("title_zh", 60), ("title_en", 60), ("legal_basis", 200)):
        if not 1 <= len(getattr(draft, name).strip()) <= longest:
            raise InvalidInput(
                path=("input", name),
                zh=f"须为 1 至 {longest} 字。",
                en=f"It has 1 to {longest} characters.",
            )


def _content(base: RuleSet, draft: RuleSetDraft) -> dict[str, Any]:
    content = dict(base.content)
    for name, shares in (("quorum", draft.quorum), ("majority", draft.majority)):
        foreign = [each for each in shares if each not in content["measures"]]
        if foreign:
            raise InvalidInput(
                path=("input", name),
                zh="该规则不按此口径计数。",
                en="The rules do not count in this measure.",
            )
        changed = {each.value: share.as_json() for each, share in shares.items()}
        content[name] = {**content[name], **changed}
    if draft.choice_share is not None:
        content["choiceShare"] = draft.choice_share.as_json()
    if draft.recast is not None:
        content["recast"] = draft.recast
    for name, days in (("notice", draft.notice_days), ("extension", draft.extension_days)):
        if days is not None:
            content[name] = {"naturalDays": _days(name, days)}
    if draft.most_proxies is not None and content.get("proxies"):
        content["proxies"] = content["proxies"] | {"mostPerHolder": draft.most_proxies}
    if draft.proxies_carry_over is not None and content.get("proxies"):
        content["proxies"] = content["proxies"] | {"carriesOver": draft.proxies_carry_over}
    if draft.woman_rules is not None and content.get("election"):
        chosen = [each.value for each in dict.fromkeys(draft.woman_rules)]
        content["election"] = content["election"] | {"womanRules": chosen}
    return content


def _days(name: str, days: int) -> int:
    if not 1 <= days <= 365:
        raise InvalidInput(
            path=("input", f"{name}Days"), zh="天数须为 1 至 365。", en="Days are 1 to 365."
        )
    return days


def _require_no_looser(law: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Refuse a share below the law's, more proxies in one hand, or a shorter notice.

    What follows where no woman is elected is for local rules to say, and may be nothing.
    """
    for name in ("quorum", "majority"):
        for measure, share in law[name].items():
            if _strictness(own[name][measure]) < _strictness(share):
                raise RulesLooser(path=("input", name), measure=measure)
    if _strictness(own["choiceShare"]) < _strictness(law["choiceShare"]):
        raise RulesLooser(path=("input", "choiceShare"), measure="choice")
    notice = law.get("notice", {}).get("naturalDays", 0)
    if own.get("notice", {}).get("naturalDays", 0) < notice:
        raise RulesLooser(path=("input", "noticeDays"), measure="notice")
    most = (law.get("proxies") or {}).get("mostPerHolder", 0)
    if (own.get("proxies") or {}).get("mostPerHolder", 0) > most:
        raise RulesLooser(path=("input", "mostProxies"), measure="proxies")
    carried = (law.get("proxies") or {}).get("carriesOver", False)
    if (own.get("proxies") or {}).get("carriesOver", False) and not carried:
        raise RulesLooser(path=("input", "proxiesCarryOver"), measure="proxies")


def _strictness(share: Mapping[str, Any]) -> tuple[Any, bool]:
    threshold = Threshold.of(share)
    return threshold.fraction, not threshold.inclusive


async def _end_the_last(draft: RuleSetDraft, community_id: UUID) -> int:
    """End the version before on the day before; returns the number of the new one."""
    if draft.effective_from <= await clock.today():
        raise RulesBackdated(path=("input", "effectiveFrom"))
    last = await rulesets.latest(draft.code, community=community_id)
    if last is None:
        return 1
    if last.effective_from >= draft.effective_from:
        raise RulesBackdated(path=("input", "effectiveFrom"))
    if last.effective_to is None:
        await rulesets.put(
            code=last.code,
            version=last.version,
            community_id=community_id,
            title_zh=last.title_zh,
            title_en=last.title_en,
            legal_basis=last.legal_basis,
            legal_effect=last.legal_effect,
            effective_from=last.effective_from,
            effective_to=draft.effective_from - timedelta(days=1),
            content=last.content,
        )
    return last.version + 1
