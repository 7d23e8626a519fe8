"""Commands over the catalogue: communities adopt what is preset, and add items of their own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.errors import CatalogueLooser, ItemUnknown
from domains.disclosure.rules import forms, periods, texts
from domains.disclosure.rules.forms import Field
from domains.disclosure.rules.periods import DueRule
from domains.disclosure.service import checking
from domains.disclosure.service.presets import publishing
from domains.disclosure.values import Affair, FinanceClass, Frequency
from domains.kernel import audit, clock, database, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import places
from domains.membership.queries.places import AreaPlace
from domains.membership.values import AreaKind

_COLUMNS = """id, code, version, affair, finance_class, frequency, due_rule::text AS due_rule"""
# The latest preset version of each item that is in force on the day.
_PRESETS = f"""
SELECT DISTINCT ON (code) {_COLUMNS} FROM disclosure_catalogue_item
WHERE community_id IS NULL AND effective_from <= $1 AND ($2::text[] IS NULL OR code = ANY ($2))
ORDER BY code, version DESC
"""
_KEPT = """
SELECT code, item_id FROM disclosure_adoption
WHERE community_id = $1 AND ended_on IS NULL FOR UPDATE
"""
_END = """
UPDATE disclosure_adoption SET ended_on = greatest($3, adopted_on)
WHERE community_id = $1 AND code = ANY ($2) AND ended_on IS NULL
"""
_ADOPT = """
INSERT INTO disclosure_adoption
    (id, community_id, area_path, item_id, code, adopted_on, next_period_on, adopted_by_id,
     recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
"""
_LATEST = """
SELECT id, version, frequency, affair FROM disclosure_catalogue_item
WHERE code = $1 AND community_id IS NOT DISTINCT FROM $2 ORDER BY version DESC LIMIT 1
"""
_CREATE = """
INSERT INTO disclosure_catalogue_item
    (id, code, version, community_id, affair, finance_class, title_zh, title_en, frequency,
     due_rule, retention_months, form, legal_basis, source, effective_from, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12::jsonb, $13, $14, $15,
        kernel_now())
"""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item of a community's own, or its own version of a preset one."""

    code: str
    affair: Affair
    title_zh: str
    title_en: str
    frequency: Frequency
    due_rule: Mapping[str, Any]
    legal_basis: str
    finance_class: FinanceClass | None = None
    retention_months: int | None = None
    form: tuple[Field, ...] = ()


async def adopt_items(
    actor: Actor, community_id: UUID, *, codes: Sequence[str] | None, idempotency_key: UUID
) -> int:
    """Keep to the latest preset version of these items, or of all; returns how many are new.

    An earlier version of an item ends with it. Raises ItemUnknown.
    """
    async with transaction():
        place = await _community(actor, community_id, "adoptCatalogueItems")
        given = {"community": community_id, "codes": list(codes) if codes is not None else None}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptCatalogueItems", given)
        if earlier is not None:
            return int(earlier["adopted"])
        today = await clock.today()
        wanted = [texts.code(each) for each in codes] if codes is not None else None
        items = await database.fetch(_PRESETS, today, wanted)
        found = {row["code"] for row in items}
        for code in wanted or ():
            if code not in found:
                raise ItemUnknown(path=("input", "codes"), item=code)
        kept = {row["code"]: row["item_id"] for row in await database.fetch(_KEPT, community_id)}
        # A community's own version of an item goes before the preset: only named ones replace it.
        fresh = [
            row
            for row in items
            if kept.get(row["code"]) != row["id"]
            and (wanted is not None or row["code"] not in kept)
        ]
        await _adopt(actor, place, fresh, today)
        await idempotency.settle(actor, idempotency_key, {"adopted": len(fresh)})
        await _told(actor, place, "adoptCatalogueItems", {"adopted": len(fresh)})
    return len(fresh)


async def _community(actor: Actor, community_id: UUID, action: str) -> AreaPlace:
    place = await places.place_of(community_id)
    if place is None or place.kind is not AreaKind.COMMUNITY:
        raise NotFound(path=("input", "communityId"))
    require(policy.AUTHORITY, action, actor, place)
    return place


async def _adopt(actor: Actor, place: AreaPlace, items: Sequence[Row], today: date) -> None:
    """End what was kept to of these codes and begin anew, from the first period to come due."""
    await database.execute(_END, place.area_id, [row["code"] for row in items], today)
    await database.execute_many(
        _ADOPT,
        [
            (
                *(database.new_id(), place.area_id, place.area_path, row["id"], row["code"], today),
                *(_first_period(row, today), actor.person_id),
            )
            for row in items
        ],
    )


def _first_period(item: Row, today: date) -> date | None:
    """Return the first day of the first period that is owed: none that was due before today."""
    frequency = Frequency(item["frequency"])
    if frequency is Frequency.AT_ONCE:
        return None
    start, end = periods.span(frequency, today)
    due = DueRule.of(json.loads(item["due_rule"])).due(start, end)
    return start if due.last_day >= today else periods.next_start(frequency, today)


async def create_item(
    actor: Actor, community_id: UUID, draft: ItemDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Add an item of the community's own, or its next version of one, and keep to it.

    Returns the item's id and whether this was a replay. Raises CatalogueLooser where a preset
    of the same code is asked for more often, InvalidInput.
    """
    async with transaction():
        place = await _community(actor, community_id, "createCatalogueItem")
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "createCatalogueItem", given)
        if earlier is not None:
            return UUID(earlier["item"]), True
        today = await clock.today()
        await _require_fit(draft, community_id)
        await _require_no_looser(draft)
        own = await database.fetch_one(_LATEST, draft.code, community_id)
        item_id, version = database.new_id(), own["version"] + 1 if own else 1
        form = json.dumps([each.as_json() for each in draft.form], ensure_ascii=False)
        due_rule = json.dumps(dict(draft.due_rule))
        await database.execute(
            _CREATE,
            *(item_id, draft.code, version, community_id, draft.affair, draft.finance_class),
            *(draft.title_zh, draft.title_en, draft.frequency, due_rule, draft.retention_months),
            *(form, draft.legal_basis, "社区自定", today),
        )
        item = {"id": item_id, "code": draft.code, "frequency": draft.frequency}
        await _adopt(actor, place, [item | {"due_rule": due_rule}], today)
        await idempotency.settle(actor, idempotency_key, {"item": str(item_id)})
        await _told(actor, place, "createCatalogueItem", {"item": str(item_id)})
    return item_id, False


async def _require_fit(draft: ItemDraft, community_id: UUID) -> None:
    texts.line(draft.code, path=("input", "code"), longest=40, least=1)
    texts.line(draft.title_zh, path=("input", "titleZh"), longest=120)
    texts.line(draft.title_en, path=("input", "titleEn"), longest=200)
    texts.line(draft.legal_basis, path=("input", "legalBasis"), longest=400)
    checking.require_impersonal(
        titleZh=draft.title_zh, titleEn=draft.title_en, legalBasis=draft.legal_basis
    )
    if (draft.affair is Affair.FINANCE) != (draft.finance_class is not None):
        raise InvalidInput(
            path=("input", "financeClass"),
            zh="财务事项须指明类别,其他事项不得指明。",
            en="An item of finance has a class, and no other has.",
        )
    if draft.retention_months is not None and not 1 <= draft.retention_months <= 1200:
        raise InvalidInput(
            path=("input", "retentionMonths"), zh="须为 1 至 1200 个月。", en="1 to 1,200 months."
        )
    rule_set = await publishing.in_force(community_id)
    forms.require_form(draft.form, rule_set.content["masks"], path=("input", "form"))


async def _require_no_looser(draft: ItemDraft) -> None:
    preset = await database.fetch_one(_LATEST, draft.code, None)
    if preset is None:
        return
    if preset["affair"] != draft.affair or periods.is_looser(
        draft.frequency, Frequency(preset["frequency"])
    ):
        raise CatalogueLooser(path=("input", "frequency"))


async def end_adoption(actor: Actor, community_id: UUID, *, code: str) -> None:
    """Keep to an item no more from today on; duties that have come up stay. Raises ItemUnknown."""
    code = texts.code(code)
    async with transaction():
        place = await _community(actor, community_id, "endCatalogueAdoption")
        if not await database.execute(_END, community_id, [code], await clock.today()):
            raise ItemUnknown(path=("input", "code"), item=code)
        await _told(actor, place, "endCatalogueAdoption", {"code": code})


async def _told(actor: Actor, place: AreaPlace, command: str, details: dict[str, Any]) -> None:
    await audit.record(
        actor,
        command=command,
        chain=place.community_id,
        subject=("catalogue", place.area_id),
        details=details,
    )
