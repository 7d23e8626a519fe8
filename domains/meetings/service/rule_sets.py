"""A community's own rules for a form of meeting: stricter than the general ones, never looser."""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.rules import RuleSet, Threshold
from domains.meetings import policy
from domains.meetings.errors import MeetingRulesBackdated, MeetingRulesLooser
from domains.meetings.rules import lines
from domains.meetings.rules.own_minutes import OwnMinutes
from domains.meetings.rules.own_order import OwnOrder
from domains.meetings.service.presets import code_of
from domains.meetings.values import MeetingForm
from domains.membership.queries import places
from domains.membership.values import AreaKind

_END = """
UPDATE kernel_rule_set SET effective_to = $2 WHERE id = $1 AND effective_to IS NULL
"""


@dataclass(frozen=True, slots=True)
class MeetingRulesDraft:
    """What a community changes of a form's rules; the rest stays as it is."""

    form: MeetingForm
    title_zh: str
    title_en: str
    legal_basis: str
    effective_from: date
    notice_days: int | None = None
    notice_in_working_days: bool = False
    quorum: Threshold | None = None
    check_in_minutes: int | None = None
    code_seconds: int | None = None
    no_substitutes: bool = False
    month_day: int | None = None
    shifts_from_rest_days: bool | None = None
    order: OwnOrder = field(default_factory=OwnOrder)
    minutes: OwnMinutes = field(default_factory=OwnMinutes)


async def adopt_rules(
    actor: Actor, community_id: UUID, draft: MeetingRulesDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a version of a community's own rules in; returns its id and whether replayed.

    Raises MeetingRulesLooser where it asks for less than the general rules,
    MeetingRulesBackdated, NoRuleInForce.
    """
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, "adoptMeetingRules", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptMeetingRules", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        code = code_of(draft.form)
        base = await rulesets.in_force(code, on=draft.effective_from, community=None)
        content = _content(base, draft)
        version = await _end_the_last(draft, community_id)
        made = await rulesets.put(
            code=code,
            version=version,
            community_id=community_id,
            title_zh=lines.line(draft.title_zh, path=("input", "titleZh"), longest=60),
            title_en=lines.line(draft.title_en, path=("input", "titleEn"), longest=60),
            legal_basis=lines.line(draft.legal_basis, path=("input", "legalBasis"), longest=200),
            legal_effect=base.legal_effect,
            effective_from=draft.effective_from,
            content=content,
        )
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptMeetingRules",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": version},
        )
        return made.id, False


def _content(base: RuleSet, draft: MeetingRulesDraft) -> dict[str, Any]:
    content = draft.minutes.put_into(draft.order.put_into(base.content))
    if draft.notice_days is not None:
        content["notice"] = _notice(base, draft)
    if draft.quorum is not None:
        general = base.content["quorum"]
        if general and _strictness(draft.quorum) < _strictness(Threshold.of(general)):
            raise MeetingRulesLooser(path=("input", "quorum"))
        content["quorum"] = draft.quorum.as_json()
    if draft.no_substitutes:
        content["substitutes"] = None
    if draft.shifts_from_rest_days is not None:
        content["shiftsFromRestDays"] = draft.shifts_from_rest_days
    for name, given, least, most in (
        ("checkInMinutes", draft.check_in_minutes, 5, 240),
        ("codeSeconds", draft.code_seconds, 10, 300),
        ("monthDay", draft.month_day, 1, 28),
    ):
        if given is not None:
            content[name] = _within(name, given, least, most)
    return content


def _notice(base: RuleSet, draft: MeetingRulesDraft) -> dict[str, int]:
    """Return the notice; of working days, a number is never shorter than of natural ones."""
    days = _within("noticeDays", draft.notice_days or 0, 1, 90)
    unit = "workingDays" if draft.notice_in_working_days else "naturalDays"
    ((general_unit, general),) = base.content["notice"].items()
    if days < general or (unit == "naturalDays" and general_unit == "workingDays"):
        raise MeetingRulesLooser(path=("input", "noticeDays"))
    return {unit: days}


def _within(name: str, given: int, least: int, most: int) -> int:
    if not least <= given <= most:
        raise InvalidInput(
            path=("input", name),
            zh=f"须在 {least} 与 {most} 之间。",
            en=f"It lies between {least} and {most}.",
        )
    return given


def _strictness(share: Threshold) -> tuple[Any, bool]:
    return share.fraction, not share.inclusive


async def _end_the_last(draft: MeetingRulesDraft, community_id: UUID) -> int:
    """End the version before on the day before; returns the number of the new one."""
    if draft.effective_from <= await clock.today():
        raise MeetingRulesBackdated(path=("input", "effectiveFrom"))
    last = await rulesets.latest(code_of(draft.form), community=community_id)
    if last is None:
        return 1
    if last.effective_from >= draft.effective_from:
        raise MeetingRulesBackdated(path=("input", "effectiveFrom"))
    await database.execute(_END, last.id, draft.effective_from - timedelta(days=1))
    return last.version + 1
