"""A community's own rules for its pledges and reviews: in versions, from a day to come.

Programmes and reviews keep a frozen copy of the rules that they began under, so that new
rules change nothing that is under way. Who is under review does not say how: the rules of a
review are the street's to adopt.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, idempotency, rulesets
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.rules import RuleSet, Threshold
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.pledges import policy
from domains.pledges.rules.follow_up import FollowUp
from domains.pledges.rules.procedure import PledgeProcedure
from domains.pledges.rules.review_procedure import GroupRule, ReviewProcedure
from domains.pledges.service import texts
from domains.pledges.service.presets import PLEDGE_PROGRAMME, PLEDGE_REVIEW, REVIEW_FOLLOW_UP
from domains.pledges.values.reviews import RaterSource
from domains.voting.errors.rule_sets import RulesBackdated
from domains.voting.rules.turnout import LEAST_SHOWN

MOST_DAYS = 365
MOST_PEOPLE = 100_000
MOST_GROUPS = 8
# Those for whom it is promised; never those who promise it.
_ACCEPTORS = frozenset({Role.RESIDENT, Role.RESIDENTS_REPRESENTATIVE, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class PledgeRulesDraft:
    """What a community changes of the rules of its pledges; the rest stays as it is."""

    effective_from: date
    legal_basis: str
    notice_days: int | None = None
    change_notice_days: int | None = None
    objection_answer_days: int | None = None
    contest_answer_working_days: int | None = None
    report_working_days: int | None = None
    milestone_remind_days: int | None = None
    accepted_by: tuple[Role, ...] | None = None
    least_acceptances: int | None = None
    refusals: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewRulesDraft:
    """What a street changes of the rules of a community's reviews; the rest stays as it is."""

    effective_from: date
    legal_basis: str
    groups: tuple[GroupRule, ...] | None = None
    least_raters: int | None = None
    resident_share: tuple[int, int] | None = None
    counts_unknown: bool | None = None
    items: tuple[str, ...] | None = None
    rating_days: int | None = None
    report_working_days: int | None = None


@dataclass(frozen=True, slots=True)
class FollowUpRulesDraft:
    """What a street changes of what follows a community's reviews; the rest stays as it is."""

    effective_from: date
    legal_basis: str
    content_share: tuple[int, int] | None = None
    failures_in_a_row: int | None = None
    counts_second: bool | None = None
    consequence: str | None = None
    consequence_basis: str | None = None
    answer_working_days: int | None = None
    rectification_days: int | None = None
    reply_working_days: int | None = None


async def adopt_pledge_rules(
    actor: Actor, community_id: UUID, draft: PledgeRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's rules for pledges in; for programmes opened from then on.

    Raises RulesBackdated, InvalidInput, NoRuleInForce.
    """
    async with transaction():
        await _require(actor, community_id, "adoptPledgeRules")
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptPledgeRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        base = await _base(PLEDGE_PROGRAMME, community_id, draft.effective_from)
        made = await _put(base, community_id, draft, _pledge_content(base.content, draft))
        PledgeProcedure.of(made)
        await _settled(actor, community_id, made, "adoptPledgeRules", idempotency_key)
        return made.id, False


async def adopt_review_rules(
    actor: Actor, community_id: UUID, draft: ReviewRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's rules for reviews in; for reviews scheduled from then on.

    Raises WeightsNotWhole where the groups do not make a whole, RulesBackdated, InvalidInput.
    """
    async with transaction():
        await _require(actor, community_id, "adoptReviewRules")
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptReviewRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        base = await _base(PLEDGE_REVIEW, community_id, draft.effective_from)
        made = await _put(base, community_id, draft, _review_content(base.content, draft))
        ReviewProcedure.of(made)
        await _settled(actor, community_id, made, "adoptReviewRules", idempotency_key)
        return made.id, False


async def adopt_follow_up_rules(
    actor: Actor, community_id: UUID, draft: FollowUpRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's rules for what follows a review in.

    They hold for reviews published from then on. Raises RulesBackdated, InvalidInput.
    """
    async with transaction():
        await _require(actor, community_id, "adoptFollowUpRules")
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptFollowUpRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        base = await _base(REVIEW_FOLLOW_UP, community_id, draft.effective_from)
        made = await _put(base, community_id, draft, _follow_up_content(base.content, draft))
        FollowUp.of(made)
        await _settled(actor, community_id, made, "adoptFollowUpRules", idempotency_key)
        return made.id, False


async def _require(actor: Actor, community_id: UUID, action: str) -> None:
    place = await places.place_of(community_id)
    require(policy.AUTHORITY, action, actor, place)
    if place is None or place.kind is not AreaKind.COMMUNITY:
        raise NotFound(path=("input", "communityId"))


async def _base(code: str, community_id: UUID, on: date) -> RuleSet:
    """Return the community's own rules on the day, or the general ones: what is changed."""
    if on <= await clock.today():
        raise RulesBackdated(path=("input", "effectiveFrom"))
    return await rulesets.in_force(code, on=on, community=community_id)


async def _put(
    base: RuleSet,
    community_id: UUID,
    draft: PledgeRulesDraft | ReviewRulesDraft | FollowUpRulesDraft,
    content: Mapping[str, Any],
) -> RuleSet:
    last = await rulesets.latest(base.code, community=community_id)
    if last is not None:
        if last.effective_from >= draft.effective_from:
            raise RulesBackdated(path=("input", "effectiveFrom"))
        await _end(last, on=draft.effective_from - timedelta(days=1))
    return await rulesets.put(
        code=base.code,
        version=1 if last is None else last.version + 1,
        community_id=community_id,
        title_zh=base.title_zh,
        title_en=base.title_en,
        legal_basis=texts.public(draft.legal_basis, longest=200, path=("input", "legalBasis")),
        legal_effect=base.legal_effect,
        effective_from=draft.effective_from,
        content=content,
    )


async def _end(last: RuleSet, *, on: date) -> None:
    if last.effective_to is not None:
        return
    kept = {name: getattr(last, name) for name in RuleSet.__slots__ if name != "id"}
    await rulesets.put(**kept | {"effective_to": on})


async def _settled(
    actor: Actor, community_id: UUID, made: RuleSet, command: str, key: UUID
) -> None:
    await idempotency.settle(actor, key, {"ruleSet": str(made.id)})
    await audit.record(
        actor,
        command=command,
        chain=community_id,
        subject=("ruleSet", made.id),
        details={"code": made.code, "version": made.version},
    )


def _pledge_content(base: Mapping[str, Any], draft: PledgeRulesDraft) -> dict[str, Any]:
    content = dict(base)
    for name, unit, days in (
        ("notice", "naturalDays", draft.notice_days),
        ("changeNotice", "naturalDays", draft.change_notice_days),
        ("objectionAnswer", "naturalDays", draft.objection_answer_days),
        ("contestAnswer", "workingDays", draft.contest_answer_working_days),
        ("report", "workingDays", draft.report_working_days),
    ):
        if days is not None:
            content[name] = {unit: _number(days, name, most=MOST_DAYS)}
    if draft.milestone_remind_days is not None:
        content["milestoneRemindDays"] = _number(
            draft.milestone_remind_days, "milestoneRemindDays", most=MOST_DAYS, least=0
        )
    acceptance = dict(content["acceptance"])
    if draft.accepted_by is not None:
        if not draft.accepted_by or not set(draft.accepted_by) <= _ACCEPTORS:
            raise _unsound(
                "acceptedBy",
                "验收人员须为居民、居民代表或居务监督委员会成员。",
                "Residents accept, their representatives, or supervisors.",
            )
        acceptance["roles"] = sorted({each.value for each in draft.accepted_by})
    for name, count in (("least", draft.least_acceptances), ("refusals", draft.refusals)):
        if count is not None:
            acceptance[name] = _number(count, name, most=MOST_PEOPLE)
    return content | {"acceptance": acceptance}


def _review_content(base: Mapping[str, Any], draft: ReviewRulesDraft) -> dict[str, Any]:
    content = dict(base)
    if draft.groups is not None:
        content["groups"] = _groups(draft.groups)
    if draft.least_raters is not None:
        content["leastRaters"] = _number(draft.least_raters, "leastRaters", most=MOST_PEOPLE)
    if draft.resident_share is not None:
        content["residentShare"] = _share("residentShare", *draft.resident_share)
    if draft.counts_unknown is not None:
        content["countsUnknown"] = draft.counts_unknown
    if draft.items is not None:
        content["items"] = _items(draft.items, overall=content["overall"])
    if draft.rating_days is not None:
        content["rating"] = {"naturalDays": _number(draft.rating_days, "ratingDays", most=60)}
    if draft.report_working_days is not None:
        days = _number(draft.report_working_days, "reportWorkingDays", most=60)
        content["reports"] = {"workingDays": days}
    return content


def _follow_up_content(base: Mapping[str, Any], draft: FollowUpRulesDraft) -> dict[str, Any]:
    content, failures = dict(base), dict(base["failures"])
    if draft.content_share is not None:
        content["content"] = _share("contentShare", *draft.content_share)
    if draft.failures_in_a_row is not None:
        failures["inARow"] = _number(draft.failures_in_a_row, "failuresInARow", most=10, least=2)
    if draft.counts_second is not None:
        failures["countsSecond"] = draft.counts_second
    for name, kept, said in (
        ("consequence", "consequence", draft.consequence),
        ("consequenceBasis", "legalBasis", draft.consequence_basis),
    ):
        if said is not None:
            failures[kept] = texts.public(said, longest=300, path=("input", name))
    for name, kept, unit, days in (
        ("answerWorkingDays", "answer", "workingDays", draft.answer_working_days),
        ("rectificationDays", "rectification", "naturalDays", draft.rectification_days),
        ("replyWorkingDays", "reply", "workingDays", draft.reply_working_days),
    ):
        if days is not None:
            content[kept] = {unit: _number(days, name, most=MOST_DAYS)}
    return content | {"failures": failures}


def _groups(groups: tuple[GroupRule, ...]) -> list[dict[str, Any]]:
    codes = [each.code for each in groups]
    if not 1 <= len(groups) <= MOST_GROUPS or len(set(codes)) != len(codes):
        raise _unsound(
            "groups",
            f"评议组须为 1 至 {MOST_GROUPS} 个,代码不得重复。",
            f"There are 1 to {MOST_GROUPS} groups, none of one code.",
        )
    for each in groups:
        if not each.code.isascii() or not each.code.isidentifier() or len(each.code) > 40:
            raise _unsound("groups", "代码由字母、数字和下划线组成。", "A code is one word.")
        if not LEAST_SHOWN <= each.least <= MOST_PEOPLE or not 0 <= each.weight <= 100:
            raise _unsound(
                "groups",
                f"每组至少 {LEAST_SHOWN} 人,权重为 0 至 100。",
                f"A group has {LEAST_SHOWN} at least, and weighs 0 to 100.",
            )
        if (each.source is RaterSource.ROLE) != bool(each.roles) or (
            each.source is RaterSource.DRAWN
        ) != (each.drawn >= each.least):
            raise _unsound(
                "groups",
                "按职务产生的组须写明职务,抽签产生的组须写明不少于最低人数的抽签人数。",
                "A group by role names roles; a drawn one says how many, no fewer than it needs.",
            )
    return [_group(each) for each in groups]


def _group(rule: GroupRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": texts.public(rule.title, longest=60, path=("input", "groups")),
        "weight": rule.weight,
        "least": rule.least,
        "source": rule.source.value,
        "roles": [each.value for each in rule.roles],
        "drawn": rule.drawn,
        "residents": rule.is_residents,
    }


def _share(name: str, numerator: int, denominator: int) -> dict[str, int | bool]:
    if not (0 <= numerator <= denominator <= 1000 and denominator > 0):
        raise _unsound(name, "比例须在 0 与 1 之间。", "A share lies between 0 and 1.")
    return Threshold(numerator, denominator, inclusive=True).as_json()


def _items(items: tuple[str, ...], *, overall: str) -> list[str]:
    said = [texts.public(each, longest=120, path=("input", "items")) for each in items]
    if not 1 <= len(said) <= 14 or len({*said, overall}) != len(said) + 1:
        raise _unsound(
            "items", "评议项目须为 1 至 14 项,不得重复。", "There are 1 to 14 items, each once."
        )
    return said


def _number(given: int, name: str, *, most: int, least: int = 1) -> int:
    if not least <= given <= most:
        raise _unsound(
            name, f"须为 {least} 至 {most} 的整数。", f"This is a whole number, {least} to {most}."
        )
    return given


def _unsound(name: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(path=("input", name), zh=zh, en=en)
