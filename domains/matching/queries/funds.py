"""Funds and their books, as rows: where every fen came from, and where it went."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.matching.queries.exchange_sight import FUND, LEADS, PROJECT, eyes, keeps_money

_BY_ID = f"SELECT f.* FROM matching_fund f WHERE {FUND} AND f.id = ANY ($6::uuid[])"
_LIST = f"""
SELECT f.* FROM matching_fund f
WHERE {FUND} AND starts_with(f.area_path, $6)
  AND ($7::timestamptz IS NULL OR (f.opened_at, f.id) < ($7, $8::uuid))
ORDER BY f.opened_at DESC, f.id DESC LIMIT $9
"""
_ENTRIES = """
SELECT e.*, b.title AS line_title FROM matching_fund_entry e
LEFT JOIN matching_budget_line b ON b.id = e.line_id
WHERE e.fund_id = $1 AND ($2::bigint IS NULL OR e.number < $2)
ORDER BY e.number DESC LIMIT $3
"""
_TRACE = """
SELECT l.*, b.title AS line_title, b.position, p.title AS project_title
FROM matching_fund_line l
JOIN matching_budget_line b ON b.id = l.line_id
JOIN matching_project p ON p.id = l.project_id
"""
_OF_FUNDS = f"{_TRACE} WHERE l.fund_id = ANY ($1::uuid[]) ORDER BY p.number, b.position LIMIT 2000"
_OF_PROJECTS = f"""
SELECT t.*, f.name AS fund_name FROM ({_TRACE}) t JOIN matching_fund f ON f.id = t.fund_id
WHERE t.project_id = ANY ($1::uuid[]) ORDER BY t.position, f.number LIMIT 2000
"""
_MATCHES = """
SELECT m.*, f.name AS fund_name, t.name AS to_name FROM matching_fund_match m
JOIN matching_fund f ON f.id = m.fund_id JOIN matching_fund t ON t.id = m.to_fund_id
WHERE m.fund_id = ANY ($1::uuid[]) OR m.to_fund_id = ANY ($1::uuid[])
ORDER BY m.promised_at, m.id LIMIT 1000
"""
# Everybody sees what was approved of a project that is public; the rest, and the proofs, are
# for who leads the project, and for who answers for the money. $6: the areas where they do.
_INSIDE = f"""
({LEADS} OR f.keeper_id = ANY ($4::uuid[])
 OR EXISTS (SELECT FROM unnest($6::text[]) AS kept (path)
            WHERE starts_with(f.area_path, kept.path)))
"""
_SPENDING = f"""
SELECT s.*, b.title AS line_title, f.name AS fund_name,
       coalesce({_INSIDE}, false) AS may_open_proof
FROM matching_spending s
JOIN matching_project p ON p.id = s.project_id
JOIN matching_budget_line b ON b.id = s.line_id
JOIN matching_fund f ON f.id = s.fund_id
WHERE (({PROJECT} AND s.state = 'approved') OR {_INSIDE})
"""
_SPENDINGS_BY_ID = f"{_SPENDING} AND s.id = ANY ($7::uuid[])"
_SPENDINGS_OF = f"""
{_SPENDING} AND s.project_id = $7 AND ($8::bigint IS NULL OR s.number < $8)
ORDER BY s.number DESC LIMIT $9
"""
_ALL_OF = """
SELECT s.*, b.title AS line_title, f.name AS fund_name FROM matching_spending s
JOIN matching_budget_line b ON b.id = s.line_id
JOIN matching_fund f ON f.id = s.fund_id
WHERE s.state = 'approved' AND (s.id = $1 OR s.project_id = $2) ORDER BY s.number
"""
_ENTRY = "SELECT e.* FROM matching_fund_entry e WHERE e.id = $1"
_CANDIDATES = """
SELECT id, area_path, kind, service_classes, project_id, left_fen, most_per_project_fen,
       most_percent, chosen_only
FROM matching_fund
WHERE state = 'open' AND left_fen > 0
  AND (starts_with(area_path, $1) OR starts_with($1, area_path))
ORDER BY id
"""


async def funds_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the funds of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def funds(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's funds, the latest first."""
    opened_at, last_id = page.after or (None, None)
    rows = await database.fetch(_LIST, *eyes(actor), area_path, opened_at, last_id, page.limit)
    return Slice.of(rows, page)


async def entries(actor: Actor, fund_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a fund's entries, the latest first; none for who does not see the fund."""
    (fund,) = await funds_by_id(actor, [fund_id])
    if fund is None:
        return Slice.of([], page)
    number = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_ENTRIES, fund_id, number, page.limit), page)


async def entry(entry_id: UUID) -> Row | None:
    """Return an entry, whoever asks: for who made it just now."""
    return await database.fetch_one(_ENTRY, entry_id)


async def lines_by_fund(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: to which lines of which projects these funds' money went, and how much is spent."""
    return _grouped(ids, "fund_id", await database.fetch(_OF_FUNDS, list(ids)))


async def funds_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: which funds cover which lines of these projects, and how much is spent."""
    return _grouped(ids, "project_id", await database.fetch(_OF_PROJECTS, list(ids)))


async def matches_by_fund(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what these funds promised to add, and what was promised to be added to them."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_MATCHES, list(ids)):
        for side in ("fund_id", "to_fund_id"):
            if row[side] in found:
                found[row[side]].append(row)
    return [found[each] for each in ids]


async def spendings_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the spendings of these ids, None where the actor sees none."""
    eyes_of_money = (*eyes(actor), keeps_money(actor))
    rows = await database.fetch(_SPENDINGS_BY_ID, *eyes_of_money, list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def spendings(actor: Actor, project_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a project's spendings that the actor sees, the latest first."""
    number = page.after[0] if page.after else None
    rows = await database.fetch(
        _SPENDINGS_OF, *eyes(actor), keeps_money(actor), project_id, number, page.limit
    )
    return Slice.of(rows, page)


async def approved_spendings(
    *, spending_id: UUID | None = None, project_id: UUID | None = None
) -> Sequence[Row]:
    """Return approved spendings, one or a whole project's, for what is disclosed of them."""
    return await database.fetch(_ALL_OF, spending_id, project_id)


async def candidates(area_path: str) -> Sequence[Row]:
    """Return funds of an area, and above it, with money left, for the matcher; takes no actor."""
    return await database.fetch(_CANDIDATES, area_path)


def _grouped(ids: Sequence[UUID], key: str, rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in rows:
        found[row[key]].append(row)
    return [found[each] for each in ids]
