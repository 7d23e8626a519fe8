"""The catalogue and its duties, as rows, and how punctual areas are. All of it is public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from domains.disclosure.values import Affair, ObligationState
from domains.kernel import calendar, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.values import AreaKind

_ITEM = """
i.id, i.code, i.version, i.community_id, i.affair, i.finance_class, i.title_zh, i.title_en,
i.frequency, i.due_rule::text AS due_rule, i.retention_months, i.form::text AS form,
i.legal_basis, i.source, i.effective_from
"""
_ITEMS_BY_ID = f"SELECT {_ITEM} FROM disclosure_catalogue_item i WHERE i.id = ANY ($1::uuid[])"
_PRESETS = f"""
SELECT {_ITEM} FROM disclosure_catalogue_item i
WHERE i.community_id IS NULL AND ($1::text IS NULL OR i.affair = $1)
  AND ($2::text IS NULL OR (i.code, i.version) > ($2, $3::int))
ORDER BY i.code, i.version LIMIT $4
"""
_KEPT = f"""
SELECT {_ITEM}, a.adopted_on
FROM disclosure_adoption a JOIN disclosure_catalogue_item i ON i.id = a.item_id
WHERE a.community_id = $1 AND a.ended_on IS NULL AND ($2::text IS NULL OR i.affair = $2)
  AND ($3::text IS NULL OR (i.code, i.version) > ($3, $4::int))
ORDER BY i.code, i.version LIMIT $5
"""
# Late from the first instant on, also where the worker has not been there yet.
DUTY_STATE = """
CASE WHEN o.state = 'pending' AND o.due_certain AND o.due_at <= kernel_now()
     THEN 'late' ELSE o.state END
"""
DUTY = f"""
o.id, o.community_id, o.area_path, o.item_id, o.code, o.affair, o.period_start, o.period_end,
o.occurrence, o.due_at, o.due_certain, {DUTY_STATE} AS state, o.disclosure_id, o.met_at, o.late_at,
o.waived_at, o.reason
"""
_DUTIES_BY_ID = f"SELECT {DUTY} FROM disclosure_obligation o WHERE o.id = ANY ($1::uuid[])"
_DUTIES = f"""
SELECT {DUTY} FROM disclosure_obligation o
WHERE o.area_path LIKE $1
  AND ($2::text[] IS NULL OR {DUTY_STATE} = ANY ($2))
  AND ($3::text[] IS NULL OR o.affair = ANY ($3))
  AND ($4::timestamptz IS NULL OR o.due_at > $4) AND ($5::timestamptz IS NULL OR o.due_at <= $5)
  AND ($6::text IS NULL OR o.code = $6)
  AND ($7::timestamptz IS NULL OR (o.due_at, o.id) < ($7, $8::uuid))
ORDER BY o.due_at DESC, o.id DESC LIMIT $9
"""
_FIGURES = f"""
count(o.id) FILTER (WHERE o.state = 'met') AS met,
count(o.id) FILTER (WHERE {DUTY_STATE} = 'late') AS late,
count(o.id) FILTER (WHERE o.state = 'late' AND o.met_at IS NOT NULL) AS made_up,
count(o.id) FILTER (WHERE {DUTY_STATE} = 'pending') AS pending,
count(o.id) FILTER (WHERE o.state = 'waived') AS waived
"""
_PUNCTUALITY = f"""
SELECT a.id, asked.year, {_FIGURES}
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[])
    AS asked (area_id, year, starts, ends)
JOIN membership_area a ON a.id = asked.area_id
LEFT JOIN disclosure_obligation o ON starts_with(o.area_path, a.path)
    AND o.due_at > asked.starts AND o.due_at <= asked.ends
GROUP BY a.id, asked.year
"""
_BELOW = f"""
SELECT a.id, a.path, $4::int AS year, {_FIGURES}
FROM membership_area a
LEFT JOIN disclosure_obligation o ON starts_with(o.area_path, a.path)
    AND o.due_at > $5 AND o.due_at <= $6
WHERE a.path LIKE $1 AND a.kind = $2 AND ($3::text IS NULL OR a.path > $3)
GROUP BY a.id, a.path ORDER BY a.path LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """What a list of duties is narrowed to."""

    area_path: str
    states: tuple[ObligationState, ...] | None = None
    affairs: tuple[Affair, ...] | None = None
    year: int | None = None
    code: str | None = None


async def items_by_id(actor: Actor, item_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the catalogue items of these ids."""
    found = {row["id"]: row for row in await database.fetch(_ITEMS_BY_ID, list(item_ids))}
    return [found.get(each) for each in item_ids]


async def presets(actor: Actor, affair: Affair | None, page: Page) -> Slice[Row]:
    """Return a page of the preset catalogue, every version of it, by code."""
    code, version = page.after or (None, None)
    return Slice.of(await database.fetch(_PRESETS, affair, code, version, page.limit), page)


async def kept(actor: Actor, community_id: UUID, affair: Affair | None, page: Page) -> Slice[Row]:
    """Return a page of the items that a community keeps to, by code."""
    code, version = page.after or (None, None)
    rows = await database.fetch(_KEPT, community_id, affair, code, version, page.limit)
    return Slice.of(rows, page)


async def obligations_by_id(actor: Actor, obligation_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the duties of these ids."""
    found = {row["id"]: row for row in await database.fetch(_DUTIES_BY_ID, list(obligation_ids))}
    return [found.get(each) for each in obligation_ids]


async def obligations(actor: Actor, asked: DutyFilter, page: Page) -> Slice[Row]:
    """Return a page of the duties of an area and of what lies in it, the last to be due first."""
    due_at, last_id = page.after or (None, None)
    starts, ends = _year(asked.year) if asked.year is not None else (None, None)
    rows = await database.fetch(
        _DUTIES,
        f"{asked.area_path}%",
        list(asked.states) if asked.states is not None else None,
        list(asked.affairs) if asked.affairs is not None else None,
        *(starts, ends, asked.code, due_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def punctuality(actor: Actor, keys: Sequence[tuple[UUID, int]]) -> list[Row | None]:
    """Batch: how punctual areas were in years, by the last day of each duty."""
    spans = [_year(year) for _, year in keys]
    rows = await database.fetch(
        _PUNCTUALITY,
        [area_id for area_id, _ in keys],
        [year for _, year in keys],
        [starts for starts, _ in spans],
        [ends for _, ends in spans],
    )
    found = {(row["id"], row["year"]): row for row in rows}
    return [found.get(key) for key in keys]


async def punctuality_below(
    actor: Actor, within_path: str, kind: AreaKind, year: int, page: Page
) -> Slice[Row]:
    """Return a page of how punctual the areas of a kind in an area were in a year, by path."""
    after = page.after[0] if page.after else None
    values = (f"{within_path}%", kind, after, year, *_year(year), page.limit)
    return Slice.of(await database.fetch(_BELOW, *values), page)


def _year(year: int) -> tuple[datetime, datetime]:
    """Return the instants between which a year's last days end: an end at midnight is the day's."""
    bounded = max(1, min(year, 9998))
    starts, ends = (calendar.start_of(date(each, 1, 1)) for each in (bounded, bounded + 1))
    return starts.astimezone(UTC), ends.astimezone(UTC)
