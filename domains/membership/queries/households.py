"""Households and residencies: one's own, and those where the actor is staff."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import sight
from domains.membership.values import ResidencyState

MOST_IN_ONE = 100

_HOUSEHOLDS = """
SELECT h.id, h.area_id, h.unit, h.floor_area_centi_m2, h.area_basis, h.version, a.path
FROM membership_household h
JOIN membership_area a ON a.id = h.area_id
WHERE (a.path LIKE ANY ($1::text[]) OR EXISTS (
    SELECT FROM membership_residency r
    WHERE r.household_id = h.id AND r.person_id = $2 AND r.state IN ('claimed', 'verified')))
"""
_BY_ID = f"{_HOUSEHOLDS} AND h.id = ANY ($3::uuid[])"
_LIST = f"""
{_HOUSEHOLDS}
  AND ($3::text IS NULL OR a.path LIKE $3)
  AND ($4::text IS NULL OR h.unit = $4)
  AND ($5::text IS NULL OR (a.path, h.unit, h.id) > ($5, $6::text, $7::uuid))
ORDER BY a.path, h.unit, h.id LIMIT $8
"""

# One's own, all in a home where one's residency is verified, and those that staff see.
_RESIDENCIES = """
SELECT r.id, r.person_id, r.household_id, r.kind, r.state, r.since, r.until, r.reason,
       r.decided_at, r.created_at, a.path
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE (a.path LIKE ANY ($1::text[]) OR r.person_id = $2 OR EXISTS (
    SELECT FROM membership_residency own
    WHERE own.household_id = r.household_id AND own.person_id = $2 AND own.state = 'verified'))
"""
_RESIDENCIES_BY_ID = f"{_RESIDENCIES} AND r.id = ANY ($3::uuid[])"
_WAITING = f"""
{_RESIDENCIES}
  AND ($3::text IS NULL OR a.path LIKE $3)
  AND ($4::text[] IS NULL OR r.state = ANY ($4))
  AND ($5::uuid IS NULL OR r.id < $5)
ORDER BY r.id DESC LIMIT $6
"""

_ASSISTED = f"""
SELECT e.subject_id, e.helper_id, e.consent, e.note, e.entered_at
FROM membership_assisted_entry e
JOIN ({_RESIDENCIES} AND r.id = ANY ($3::uuid[])) seen ON seen.id = e.subject_id
"""


def _ranked(column: str) -> str:
    return f"""
    SELECT * FROM (
        SELECT found.*, row_number() OVER (PARTITION BY {column} ORDER BY since, id) AS place
        FROM ({_RESIDENCIES} AND r.{column} = ANY ($3::uuid[])) found
    ) ranked
    WHERE place <= {MOST_IN_ONE} ORDER BY {column}, place
    """


_BY_PERSON = _ranked("person_id")
_BY_HOUSEHOLD = _ranked("household_id")


@dataclass(frozen=True, slots=True)
class HouseholdFilter:
    """What a list of households is narrowed to."""

    within_path: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ResidencyFilter:
    """What a list of residencies is narrowed to."""

    within_path: str | None = None
    states: tuple[ResidencyState, ...] | None = None


async def households_by_id(actor: Actor, household_ids: list[UUID]) -> list[Row | None]:
    """Batch: the households of these ids, None where the actor does not see them."""
    rows = await database.fetch(_BY_ID, sight.staffed(actor), actor.person_id, household_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in household_ids]


async def households(actor: Actor, asked: HouseholdFilter, page: Page) -> Slice[Row]:
    """Return a page of the households that the actor sees, building by building."""
    path, unit, last_id = page.after or (None, None, None)
    rows = await database.fetch(
        _LIST,
        sight.staffed(actor),
        actor.person_id,
        sight.beginning(asked.within_path),
        asked.unit,
        path,
        unit,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def residencies_by_id(actor: Actor, residency_ids: list[UUID]) -> list[Row | None]:
    """Batch: the residencies of these ids, None where the actor does not see them."""
    rows = await database.fetch(
        _RESIDENCIES_BY_ID, sight.staffed(actor), actor.person_id, residency_ids
    )
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in residency_ids]


async def residencies(actor: Actor, asked: ResidencyFilter, page: Page) -> Slice[Row]:
    """Return a page of the residencies that the actor sees, the newest first."""
    rows = await database.fetch(
        _WAITING,
        sight.staffed(actor),
        actor.person_id,
        sight.beginning(asked.within_path),
        list(asked.states) if asked.states is not None else None,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def residencies_by_person(actor: Actor, person_ids: list[UUID]) -> list[list[Row]]:
    """Batch: what the actor sees of where each person lives and lived, at most 100 each."""
    return await _grouped(_BY_PERSON, "person_id", actor, person_ids)


async def residencies_by_household(actor: Actor, household_ids: list[UUID]) -> list[list[Row]]:
    """Batch: what the actor sees of who lives and lived in each household, at most 100 each."""
    return await _grouped(_BY_HOUSEHOLD, "household_id", actor, household_ids)


async def _grouped(sql: str, column: str, actor: Actor, ids: list[UUID]) -> list[list[Row]]:
    rows = await database.fetch(sql, sight.staffed(actor), actor.person_id, ids)
    grouped: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in rows:
        grouped[row[column]].append(row)
    return [grouped[each] for each in ids]


async def assistance_by_residency(actor: Actor, residency_ids: list[UUID]) -> list[Row | None]:
    """Batch: who entered each residency for its person, where the actor sees the residency."""
    rows = await database.fetch(_ASSISTED, sight.staffed(actor), actor.person_id, residency_ids)
    found = {row["subject_id"]: row for row in rows}
    return [found.get(each) for each in residency_ids]
