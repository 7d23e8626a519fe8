"""Open data as rows: what is public, masked as it is published, and nothing else.

A set is read in two steps: which rows a request is of (ids in order, each with a mark that
changes when the row does), and then the rows themselves, some hundred at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domains.disclosure.queries.catalogue import DUTY_STATE
from domains.disclosure.rules import open_data as rules
from domains.disclosure.rules.open_data import Column
from domains.kernel import calendar, database
from domains.kernel.database import Row

MOST_ROWS = 10_000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is narrowed to: an area, days (both included), and the row to go on after."""

    area_path: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    after: UUID | None = None
    most: int = 1_000


@dataclass(frozen=True, slots=True)
class DataSet:
    """A set: what its columns are, which kind of node its ids are of, and how it is read."""

    name: str
    node_kind: str
    columns: tuple[Column, ...]
    which: str
    rows: str


_DISCLOSURES_OF = """
FROM disclosure_disclosure d
JOIN disclosure_version v ON v.disclosure_id = d.id AND v.number = d.published_number
"""
_CHANGED = "greatest(v.published_at, d.taken_down_at, d.expired_at, d.archived_at)"
DISCLOSURES = DataSet(
    name="disclosures",
    node_kind="disclosure",
    columns=rules.DISCLOSURES,
    which=f"""
    SELECT d.id, d.state || ' ' || v.number || ' ' || {_CHANGED} AS mark, {_CHANGED} AS changed_at
    {_DISCLOSURES_OF}
    WHERE ($1::text IS NULL OR d.area_path LIKE $1 || '%')
      AND ($2::timestamptz IS NULL OR d.first_published_at >= $2)
      AND ($3::timestamptz IS NULL OR d.first_published_at < $3)
      AND ($4::uuid IS NULL OR d.id > $4)
    ORDER BY d.id LIMIT $5
    """,
    rows=f"""
    SELECT d.id, v.number AS version, d.state, d.kind, d.affair, d.item_code, d.period_start,
           d.period_end, d.area_id, a.name AS area, p.name AS publisher,
           CASE WHEN d.taken_down_at IS NULL THEN v.title END AS title,
           CASE WHEN d.taken_down_at IS NULL THEN v.body_text END AS text,
           v.occurred_on, d.first_published_at, v.published_at, d.taken_down_at,
           encode(v.record_sha256, 'hex') AS record_sha256
    {_DISCLOSURES_OF}
    JOIN disclosure_publisher p ON p.id = d.publisher_id
    JOIN membership_area a ON a.id = d.area_id
    WHERE d.id = ANY ($1::uuid[]) ORDER BY d.id
    """,
)
LINES = DataSet(
    name="lines",
    node_kind="statement_line",
    columns=rules.LINES,
    which=f"""
    SELECT l.id, v.number || ' ' || v.published_at AS mark, v.published_at AS changed_at
    {_DISCLOSURES_OF}
    JOIN disclosure_line l ON l.version_id = v.id
    WHERE d.taken_down_at IS NULL AND ($1::text IS NULL OR d.area_path LIKE $1 || '%')
      AND ($2::timestamptz IS NULL OR l.on_date >= ($2 AT TIME ZONE 'Asia/Shanghai')::date)
      AND ($3::timestamptz IS NULL OR l.on_date < ($3 AT TIME ZONE 'Asia/Shanghai')::date)
      AND ($4::uuid IS NULL OR l.id > $4)
    ORDER BY l.id LIMIT $5
    """,
    rows=f"""
    SELECT l.id, d.id AS disclosure_id, v.number AS version, s.kind AS statement, s.book, l.number,
           l.on_date AS day, l.finance_class, l.item_code, l.flow, l.amount_fen, l.summary,
           l.counterparty, l.full_sealed IS NOT NULL AS is_person, l.voucher, l.approver,
           d.area_id, a.name AS area, p.name AS publisher
    {_DISCLOSURES_OF}
    JOIN disclosure_statement s ON s.version_id = v.id
    JOIN disclosure_line l ON l.version_id = v.id
    JOIN disclosure_publisher p ON p.id = d.publisher_id
    JOIN membership_area a ON a.id = d.area_id
    WHERE l.id = ANY ($1::uuid[]) AND d.taken_down_at IS NULL ORDER BY l.id
    """,
)
# Duties lie in the days on which they end; an end at midnight is that of the day before.
DUTIES = DataSet(
    name="duties",
    node_kind="obligation",
    columns=rules.DUTIES,
    which=f"""
    SELECT o.id, {DUTY_STATE} || ' ' || o.due_at || coalesce(o.met_at::text, '') AS mark,
           greatest(o.recorded_at, o.met_at, o.late_at, o.waived_at) AS changed_at
    FROM disclosure_obligation o
    WHERE ($1::text IS NULL OR o.area_path LIKE $1 || '%')
      AND ($2::timestamptz IS NULL OR o.due_at > $2)
      AND ($3::timestamptz IS NULL OR o.due_at <= $3)
      AND ($4::uuid IS NULL OR o.id > $4)
    ORDER BY o.id LIMIT $5
    """,
    rows=f"""
    SELECT o.id, o.code, i.title_zh AS title, o.affair, o.community_id AS area_id, a.name AS area,
           o.period_start, o.period_end, o.occurrence, o.due_at, o.due_certain,
           {DUTY_STATE} AS state, o.met_at, o.late_at, o.waived_at, o.reason, o.disclosure_id
    FROM disclosure_obligation o
    JOIN disclosure_catalogue_item i ON i.id = o.item_id
    JOIN membership_area a ON a.id = o.community_id
    WHERE o.id = ANY ($1::uuid[]) ORDER BY o.id
    """,
)
SETS: Mapping[str, DataSet] = {each.name: each for each in (DISCLOSURES, LINES, DUTIES)}


async def which(of: DataSet, asked: Asked) -> Sequence[Row]:
    """Return which rows a request is of, and one more where the set goes on behind them."""
    return await database.fetch(
        of.which,
        asked.area_path,
        None if asked.first_day is None else _start(asked.first_day),
        None if asked.last_day is None else _start(asked.last_day + timedelta(days=1)),
        *(asked.after, min(asked.most, MOST_ROWS) + 1),
    )


def _start(day: date) -> datetime:
    return calendar.start_of(day)


async def rows(of: DataSet, ids: Sequence[UUID]) -> Sequence[Row]:
    """Return the rows of these ids, in order."""
    return await database.fetch(of.rows, list(ids))
