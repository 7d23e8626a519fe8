"""Statements, their lines and what they come to, as rows: what is public for everybody."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.disclosure.queries import sight
from domains.disclosure.rules import statements as rules
from domains.disclosure.rules.statements import Difference
from domains.disclosure.values import FinanceClass
from domains.disclosure.values.statements import Flow
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

_SEEN = f"""
FROM disclosure_statement s
JOIN disclosure_version v ON v.id = s.version_id
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
CROSS JOIN LATERAL (SELECT {sight.BELONGS} AS it) belongs
"""
_IS_SEEN = "(v.state = 'published' AND d.taken_down_at IS NULL OR belongs.it)"
_STATEMENT = """
s.version_id, s.kind, s.book, s.period_start, s.period_end, s.opening_fen, s.incoming_fen,
s.outgoing_fen, s.closing_fen, s.line_count, d.id AS disclosure_id, v.number AS version, v.state,
v.published_at
"""
_STATEMENTS = f"""
SELECT {_STATEMENT} {_SEEN}
JOIN unnest($5::uuid[], $6::int[]) AS asked (disclosure_id, number)
  ON (d.id, v.number) = (asked.disclosure_id, asked.number)
WHERE {_IS_SEEN}
"""
_BY_VERSION = f"SELECT {_STATEMENT} {_SEEN} WHERE s.version_id = ANY ($5::uuid[]) AND {_IS_SEEN}"
_LINE = """
l.id, l.version_id, l.number, l.on_date, l.finance_class, l.item_code, l.flow, l.amount_fen,
l.summary, l.counterparty, l.full_sealed IS NOT NULL AS is_person, l.voucher, l.approver
"""
_LINES_BY_ID = f"""
SELECT {_LINE}, d.id AS disclosure_id, v.number AS version {_SEEN}
JOIN disclosure_line l ON l.version_id = s.version_id
WHERE l.id = ANY ($5::uuid[]) AND {_IS_SEEN}
"""
# Of statements whose sight was judged with them.
_LINES = f"""
SELECT {_LINE} FROM disclosure_line l
WHERE l.version_id = $1 AND ($2::text IS NULL OR l.finance_class = $2)
  AND ($3::text IS NULL OR l.flow = $3) AND l.number > $4
ORDER BY l.number LIMIT $5
"""
_FIRST_LINES = f"""
SELECT {_LINE} FROM unnest($1::uuid[]) AS asked (version_id)
CROSS JOIN LATERAL (
    SELECT * FROM disclosure_line line WHERE line.version_id = asked.version_id
    ORDER BY line.number LIMIT $2) l
ORDER BY l.number
"""
_COMPARED = f"""
SELECT {_LINE}, l.full_tag, v.number AS version {_SEEN}
JOIN disclosure_line l ON l.version_id = s.version_id
WHERE d.id = $5 AND v.number = ANY ($6::int[]) AND {_IS_SEEN}
ORDER BY l.number
"""
_BY_CLASS = """
SELECT version_id, finance_class, flow, sum(amount_fen)::bigint AS amount_fen
FROM disclosure_line WHERE version_id = ANY ($1::uuid[])
GROUP BY version_id, finance_class, flow ORDER BY version_id, finance_class, flow
"""
_FIGURES = """
SELECT s.kind, extract(year FROM l.on_date)::int AS year,
       extract(month FROM l.on_date)::int AS month,
       l.finance_class, l.flow, sum(l.amount_fen)::bigint AS amount_fen
FROM membership_area a
JOIN disclosure_disclosure d ON starts_with(d.area_path, a.path)
JOIN disclosure_version v ON v.disclosure_id = d.id AND v.number = d.published_number
JOIN disclosure_statement s ON s.version_id = v.id
JOIN disclosure_line l ON l.version_id = s.version_id
WHERE a.id = $1 AND d.taken_down_at IS NULL
  AND ($2::uuid IS NULL OR d.publisher_id = $2) AND ($3::text IS NULL OR s.book = $3)
  AND l.on_date BETWEEN make_date($4 - 1, 1, 1) AND make_date($4, 12, 31)
GROUP BY 1, 2, 3, 4, 5
"""
_IMPORTS = f"""
SELECT i.id, i.version_id, i.file_name, i.sha256, i.mode, i.applied, i.row_count, i.refused_count,
       i.imported_at
FROM disclosure_import i
JOIN disclosure_version v ON v.id = i.version_id
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
WHERE i.id = ANY ($5::uuid[]) AND {sight.BELONGS}
"""
_REFUSALS = """
SELECT r.id, r.row_number, r."column", r.code, r.details::text AS details
FROM disclosure_import_refusal r
WHERE r.of_id = $1 AND ($2::int IS NULL OR (r.row_number, r.id) > ($2, $3::bigint))
ORDER BY r.row_number, r.id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """What lines are narrowed to."""

    finance_class: FinanceClass | None = None
    flow: Flow | None = None


async def statements(actor: Actor, asked: list[tuple[UUID, int]]) -> list[Row | None]:
    """Batch: the statements of these disclosures' versions, None where the actor sees none."""
    rows = await database.fetch(
        _STATEMENTS,
        *sight.eyes(actor),
        [disclosure_id for disclosure_id, _ in asked],
        [number for _, number in asked],
    )
    found = {(row["disclosure_id"], row["version"]): row for row in rows}
    return [found.get(each) for each in asked]


async def statements_by_version(actor: Actor, version_ids: list[UUID]) -> list[Row | None]:
    """Batch: the statements of these versions, None where the actor sees none."""
    rows = await database.fetch(_BY_VERSION, *sight.eyes(actor), version_ids)
    found = {row["version_id"]: row for row in rows}
    return [found.get(each) for each in version_ids]


async def lines_by_id(actor: Actor, line_ids: list[UUID]) -> list[Row | None]:
    """Batch: the lines of these ids, with their disclosure and version."""
    rows = await database.fetch(_LINES_BY_ID, *sight.eyes(actor), line_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in line_ids]


async def lines(actor: Actor, version_id: UUID, asked: LineFilter, page: Page) -> Slice[Row]:
    """Return a page of the lines of a statement that the actor sees."""
    after = page.after[0] if page.after else 0
    narrowed = (asked.finance_class, asked.flow)
    return Slice.of(await database.fetch(_LINES, version_id, *narrowed, after, page.limit), page)


async def first_lines(actor: Actor, asked: list[tuple[UUID, int]]) -> list[list[Row]]:
    """Batch: the first lines of statements that the actor sees; a key is one and how many."""
    limit = max(count for _, count in asked)
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_FIRST_LINES, [each for each, _ in asked], limit):
        found[row["version_id"]].append(row)
    return [found[version_id][:count] for version_id, count in asked]


async def class_totals(actor: Actor, version_ids: list[UUID]) -> list[list[Row]]:
    """Batch: what the lines of statements that the actor sees come to, by class and flow."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_BY_CLASS, version_ids):
        found[row["version_id"]].append(row)
    return [found[each] for each in version_ids]


async def differences(
    actor: Actor, disclosure_id: UUID, older: int, newer: int
) -> list[tuple[Difference, Row | None, Row | None]]:
    """Return how the lines of two versions that the actor sees differ."""
    rows = await database.fetch(_COMPARED, *sight.eyes(actor), disclosure_id, [older, newer])
    sides = {number: [row for row in rows if row["version"] == number] for number in (older, newer)}
    before = {row["number"]: row for row in sides[older]}
    after = {row["number"]: row for row in sides[newer]}
    # A person is masked: the tag tells one from another.
    told = [
        [{**row, "counterparty": row["full_tag"] or row["counterparty"]} for row in sides[each]]
        for each in (older, newer)
    ]
    return [
        (each, before.get(each.before or 0), after.get(each.after or 0))
        for each in rules.differences(*told)
    ]


async def figures(
    actor: Actor, area_id: UUID, year: int, *, publisher_id: UUID | None, book: str | None
) -> Sequence[Row]:
    """Return what was published of a year and the year before, by month, class and flow.

    It is of the area and of what lies in it.
    """
    return await database.fetch(_FIGURES, area_id, publisher_id, book, year)


async def imports_by_id(actor: Actor, import_ids: list[UUID]) -> list[Row | None]:
    """Batch: imports, for who belongs to the body."""
    rows = await database.fetch(_IMPORTS, *sight.eyes(actor), import_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in import_ids]


async def refusals(actor: Actor, import_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the refused rows of an import that the actor sees."""
    after: tuple[object, ...] = page.after or (None, None)
    return Slice.of(await database.fetch(_REFUSALS, import_id, *after, page.limit), page)


def details_of(row: Row) -> dict[str, object]:
    """Return the figures of a refusal."""
    found: dict[str, object] = json.loads(row["details"])
    return found
