"""A community's scheme: adopted from a preset or its last one, the first from today on.

A scheme is a rule set of the community's own. What has been credited stands; what a new
scheme says holds from its first day on, for what is earned, given and used from then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NoRuleInForce, NotFound
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.membership.queries.places import AreaPlace
from domains.membership.rules import texts
from domains.membership.values import AreaKind
from domains.timebank import policy
from domains.timebank.errors import SchemeBackdated, SchemeUnsound
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import ledger
from domains.timebank.service.presets import TIME_BANK


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """From what preset (the community's last scheme where none is named), and what changes."""

    effective_from: date
    legal_basis: str
    preset: str | None
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """A scheme with the rule set that says it."""

    rule_set: RuleSet
    scheme: Scheme


async def in_force(community_id: UUID, *, on: date | None = None) -> InForce:
    """Return the scheme of a community on a day, today unless told; raises NoRuleInForce."""
    found = await standing(community_id, on=on)
    if found is None:
        day = on or await clock.today()
        raise NoRuleInForce(rule_code=TIME_BANK, on=day.isoformat())
    return found


async def standing(community_id: UUID, *, on: date | None = None) -> InForce | None:
    """Return the scheme of a community on a day, today unless told; None where it has none."""
    try:
        rule_set = await rulesets.in_force(
            TIME_BANK, on=on or await clock.today(), community=community_id
        )
    except NoRuleInForce:
        return None
    return InForce(rule_set, Scheme.of(rule_set.content))


async def adopt_scheme(
    actor: Actor, community_id: UUID, draft: SchemeDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Adopt a scheme for a community; opens the scheme's own accounts with the first one.

    Raises SchemeBackdated, SchemeUnsound, NoRuleInForce where the preset is none, InvalidInput.
    """
    async with transaction():
        place = await place_of(community_id)
        require(policy.AUTHORITY, "adoptTimeBankScheme", actor, place)
        community = _community(place)
        given = {
            "community": community_id,
            "from": draft.effective_from,
            "basis": draft.legal_basis,
            "preset": draft.preset,
            "changes": draft.changes,
        }
        earlier = await idempotency.claim(actor, idempotency_key, "adoptTimeBankScheme", given)
        if earlier is not None:
            return UUID(earlier["ruleSet"]), True
        made = await _put(community_id, draft)
        await ledger.open_scheme(community_id, community.area_path)
        await idempotency.settle(actor, idempotency_key, {"ruleSet": str(made.id)})
        await audit.record(
            actor,
            command="adoptTimeBankScheme",
            chain=community_id,
            subject=("ruleSet", made.id),
            details={"code": made.code, "version": made.version},
        )
        return made.id, False


async def place_of(community_id: UUID) -> AreaPlace | None:
    """Return where a community lies, whoever asks."""
    return await places.place_of(community_id)


def _community(place: AreaPlace | None) -> AreaPlace:
    if place is None or place.kind is not AreaKind.COMMUNITY:
        raise NotFound(path=("input", "communityId"))
    return place


async def _put(community_id: UUID, draft: SchemeDraft) -> RuleSet:
    last = await rulesets.latest(TIME_BANK, community=community_id)
    # Before its first scheme a community had none, so that nothing changes under anybody.
    least = await clock.today() + timedelta(days=0 if last is None else 1)
    if draft.effective_from < least:
        raise SchemeBackdated(path=("input", "effectiveFrom"))
    base = await _base(last, draft)
    content = _sound({**base.content, **draft.changes})
    if last is not None:
        if last.effective_from >= draft.effective_from:
            raise SchemeBackdated(path=("input", "effectiveFrom"))
        await _end(last, on=draft.effective_from - timedelta(days=1))
    return await rulesets.put(
        code=TIME_BANK,
        version=1 if last is None else last.version + 1,
        community_id=community_id,
        title_zh=base.title_zh,
        title_en=base.title_en,
        legal_basis=texts.line(draft.legal_basis, path=("input", "legalBasis"), longest=200),
        legal_effect=base.legal_effect,
        effective_from=draft.effective_from,
        content=content,
    )


async def _base(last: RuleSet | None, draft: SchemeDraft) -> RuleSet:
    if draft.preset is None:
        if last is None:
            raise SchemeUnsound(path=("input", "preset"), what="preset")
        return last
    code = f"{TIME_BANK}_{draft.preset}"
    return await rulesets.in_force(code, on=draft.effective_from, community=None)


def _sound(content: dict[str, Any]) -> dict[str, Any]:
    try:
        Scheme.of(content)
    except (ValueError, KeyError, TypeError) as error:
        raise SchemeUnsound(path=("input", "changes"), what=str(error)) from None
    return content


async def _end(last: RuleSet, *, on: date) -> None:
    if last.effective_to is not None:
        return
    kept = {name: getattr(last, name) for name in RuleSet.__slots__ if name != "id"}
    await rulesets.put(**kept | {"effective_to": on})


_UNLIKE = """
SELECT DISTINCT a.community_id FROM timebank_account a WHERE a.floor_minutes IS NULL
"""
# Who holds more than a new scheme lets them keeps it, and receives no more.
_CEILING = """
UPDATE timebank_account a SET ceiling_minutes = wanted.minutes
FROM (SELECT id, CASE WHEN $2::bigint IS NOT NULL
                 THEN GREATEST($2, balance_minutes + pending_in_minutes) END AS minutes
      FROM timebank_account
      WHERE community_id = $1 AND kind = 'person' AND closed_at IS NULL
      ORDER BY id FOR NO KEY UPDATE) AS wanted
WHERE a.id = wanted.id AND a.ceiling_minutes IS DISTINCT FROM wanted.minutes
"""


async def apply_ceilings() -> int:
    """Bring people's ceilings to what their communities' schemes say today; returns how many."""
    changed = 0
    for row in await database.fetch(_UNLIKE):
        found = await standing(row["community_id"])
        if found is not None:
            most = found.scheme.ceiling_minutes
            changed += await database.execute(_CEILING, row["community_id"], most)
    return changed
