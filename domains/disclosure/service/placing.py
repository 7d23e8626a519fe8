"""Where a disclosure stands: its kind, its item and duties, whom it is aimed at, its tags."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domains.disclosure.errors import (
    BodyMayNotPublish,
    ItemUnknown,
    ObligationUnfit,
    TargetOutside,
)
from domains.disclosure.rules import forms, texts
from domains.disclosure.rules.chains import PublisherRules
from domains.disclosure.rules.forms import Field
from domains.disclosure.service import checking
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import clock, database
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput

MOST_TARGETS = 50
MOST_TAGS = 10
MOST_DUTIES = 60

# The version of an item that the community keeps to.
_ITEM = """
SELECT i.id, i.code, i.affair, i.form::text AS form
FROM disclosure_adoption a JOIN disclosure_catalogue_item i ON i.id = a.item_id
WHERE a.community_id = $1 AND a.code = $2 AND a.ended_on IS NULL
"""
_OWED_ITEM = """
SELECT id, code, affair, form::text AS form FROM disclosure_catalogue_item WHERE id = $1
"""
_DUTIES = """
SELECT id, item_id, period_start, period_end FROM disclosure_obligation
WHERE id = ANY ($1::uuid[]) AND community_id = $2 AND affair = $3
  AND met_at IS NULL AND state IN ('pending', 'late')
ORDER BY due_at, id
"""
_AREAS = "SELECT id, path FROM membership_area WHERE id = ANY ($1::uuid[])"
_CLEAR = (
    "DELETE FROM disclosure_target WHERE disclosure_id = $1",
    "DELETE FROM disclosure_tag WHERE disclosure_id = $1",
    "DELETE FROM disclosure_cover WHERE disclosure_id = $1",
)
_TARGETS = """
INSERT INTO disclosure_target (disclosure_id, area_id, area_path)
SELECT $1, t.id, t.path FROM unnest($2::uuid[], $3::text[]) AS t (id, path)
"""
_TAGS = "INSERT INTO disclosure_tag (disclosure_id, tag) SELECT $1, unnest($2::text[])"
_COVERS = (
    "INSERT INTO disclosure_cover (disclosure_id, obligation_id) SELECT $1, unnest($2::uuid[])"
)


@dataclass(frozen=True, slots=True)
class Placing:
    """What a writer says of it; without targets it is for the publisher's whole area."""

    kind: DisclosureKind
    affair: Affair | None = None
    item_code: str | None = None
    obligation_ids: tuple[UUID, ...] = ()
    period: tuple[date, date] | None = None
    target_ids: tuple[UUID, ...] = ()
    tags: tuple[str, ...] = ()
    expires_at: datetime | None = None
    take_down_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A placing that stands: its item with the fields of its form, its duties and areas."""

    given: Placing
    item_id: UUID | None
    item_code: str | None
    fields: tuple[Field, ...]
    duties: tuple[UUID, ...]
    period: tuple[date | None, date | None]
    targets: tuple[tuple[UUID, str], ...]
    tags: tuple[str, ...]

    @property
    def values(self) -> tuple[Any, ...]:
        """Return what the disclosure's row says of it, in the order of its columns."""
        return (
            *(self.given.kind, self.given.affair, self.item_id, self.item_code, *self.period),
            *(self.given.expires_at, self.given.take_down_at),
        )


async def checked(given: Placing, publisher: Row, rules: PublisherRules) -> Placed:
    """Return the placing as it may stand.

    Raises BodyMayNotPublish, ItemUnknown, ObligationUnfit, TargetOutside, InvalidInput.
    """
    _require_kind(given, rules)
    await _require_to_come(given)
    duties = await _duties(given, publisher)
    item = await _item(given, publisher, duties)
    targets = await _targets(given, publisher)
    period: tuple[date | None, date | None] = given.period or (None, None)
    if duties and given.period is None:
        period = (duties[0]["period_start"], duties[0]["period_end"])
    if period[0] is not None and period[1] is not None and period[1] < period[0]:
        raise InvalidInput(path=("input", "period"), zh="期间起止颠倒。", en="It ends too early.")
    return Placed(
        given=given,
        item_id=item["id"] if item else None,
        item_code=item["code"] if item else None,
        fields=forms.fields_of(json.loads(item["form"])) if item else (),
        duties=tuple(row["id"] for row in duties),
        period=period,
        targets=targets,
        tags=_tags(given.tags),
    )


def _require_kind(given: Placing, rules: PublisherRules) -> None:
    structured = given.kind is DisclosureKind.STRUCTURED
    if structured != (given.affair is not None) or (given.item_code and not structured):
        raise InvalidInput(
            path=("input", "affair"),
            zh="只有“三务”公开事项须指明党务、居务或财务。",
            en="A structured disclosure, and only that, is of one of the three affairs.",
        )
    if not rules.allows(given.kind, given.affair):
        raise BodyMayNotPublish(path=("input", "kind"))


async def _require_to_come(given: Placing) -> None:
    now = await clock.now()
    for name, at in (("expiresAt", given.expires_at), ("takeDownAt", given.take_down_at)):
        if at is not None and at <= now:
            raise InvalidInput(
                path=("input", name), zh="时间须晚于现在。", en="This instant is still to come."
            )


async def _item(given: Placing, publisher: Row, duties: Sequence[Row]) -> Row | None:
    if given.item_code is None:
        # Duties of one item say which; of several, it is of none in particular.
        owed = {row["item_id"] for row in duties}
        return await database.fetch_one(_OWED_ITEM, owed.pop()) if len(owed) == 1 else None
    code = texts.code(given.item_code)
    item = await database.fetch_one(_ITEM, publisher["community_id"], code)
    if item is None or item["affair"] != given.affair:
        raise ItemUnknown(path=("input", "itemCode"), item=code)
    return item


async def _duties(given: Placing, publisher: Row) -> Sequence[Row]:
    wanted = set(given.obligation_ids)
    if not wanted:
        return ()
    if len(wanted) > MOST_DUTIES:
        raise ObligationUnfit(path=("input", "obligationIds"))
    rows = await database.fetch(_DUTIES, list(wanted), publisher["community_id"], given.affair)
    if {row["id"] for row in rows} != wanted:
        raise ObligationUnfit(path=("input", "obligationIds"))
    return rows


async def _targets(given: Placing, publisher: Row) -> tuple[tuple[UUID, str], ...]:
    if not given.target_ids:
        return ((publisher["area_id"], publisher["area_path"]),)
    rows = await database.fetch(_AREAS, list(set(given.target_ids)))
    within = all(row["path"].startswith(publisher["area_path"]) for row in rows)
    if not within or len(rows) != len(set(given.target_ids)) or len(rows) > MOST_TARGETS:
        raise TargetOutside(path=("input", "targetIds"))
    return tuple((row["id"], row["path"]) for row in rows)


def _tags(given: Sequence[str]) -> tuple[str, ...]:
    path = ("input", "tags")
    tags = sorted({texts.line(each, path=path, longest=20, least=1) for each in given})
    if len(tags) > MOST_TAGS:
        raise InvalidInput(
            path=path, zh=f"标签最多 {MOST_TAGS} 个。", en=f"There are {MOST_TAGS} tags at most."
        )
    checking.require_all_impersonal({path: " ".join(tags)})
    return tuple(tags)


async def write(disclosure_id: UUID, placed: Placed) -> None:
    """Write targets, tags and duties of a disclosure that was never public."""
    for statement in _CLEAR:
        await database.execute(statement, disclosure_id)
    ids, paths = zip(*placed.targets, strict=True)
    await database.execute(_TARGETS, disclosure_id, list(ids), list(paths))
    await database.execute(_TAGS, disclosure_id, list(placed.tags))
    await database.execute(_COVERS, disclosure_id, list(placed.duties))
