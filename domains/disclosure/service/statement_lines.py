"""Lines of statements as they are written, carried into a correction, told, and opened.

What everybody reads of a person is masked; the full name is sealed, and opening it is audited.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domains.disclosure.rules import statements
from domains.disclosure.rules.statements import Line, Statement
from domains.disclosure.service import papers
from domains.kernel import audit, crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row

_CLEAR = "DELETE FROM disclosure_statement WHERE version_id = $1"
_STATE = """
INSERT INTO disclosure_statement
    (version_id, kind, book, period_start, period_end, opening_fen, incoming_fen, outgoing_fen,
     closing_fen, line_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_LINE_COLUMNS = (
    *("id", "version_id", "number", "on_date", "finance_class", "item_code", "flow"),
    *("amount_fen", "summary", "counterparty", "full_sealed", "full_tag", "voucher", "approver"),
)
_WRITTEN_BY = """
INSERT INTO disclosure_version_author (version_id, person_id) VALUES ($1, $2)
ON CONFLICT DO NOTHING
"""
_CARRY_STATEMENT = """
INSERT INTO disclosure_statement
SELECT $2, kind, book, period_start, period_end, opening_fen, incoming_fen, outgoing_fen,
       closing_fen, line_count
FROM disclosure_statement WHERE version_id = $1
"""
_LINES = """
SELECT id, number, on_date, finance_class, item_code, flow, amount_fen, summary, counterparty,
       full_sealed, full_tag, voucher, approver
FROM disclosure_line WHERE version_id = $1 ORDER BY number
"""
_TOLD = """
SELECT kind, book, period_start, period_end, opening_fen, incoming_fen, outgoing_fen, closing_fen
FROM disclosure_statement WHERE version_id = $1
"""

_SEALED = """
SELECT l.id, l.number, l.full_sealed
FROM disclosure_line l
JOIN disclosure_version v ON v.id = l.version_id
WHERE v.disclosure_id = $1 AND v.number = $2 AND l.full_sealed IS NOT NULL ORDER BY l.number
"""


async def clear(version_id: UUID) -> bool:
    """Take the statement out of a draft; returns whether there was one."""
    return bool(await database.execute(_CLEAR, version_id))


async def write(actor: Actor, version_id: UUID, statement: Statement, lines: list[Line]) -> None:
    """Make lines the statement of a draft, whose writer the actor thereby is.

    Raises StatementUnbalanced, with the difference.
    """
    totals = statements.totals_of(lines)
    statements.require_balanced(statement, totals)
    await database.execute(_CLEAR, version_id)
    await database.execute(
        _STATE,
        *(version_id, statement.kind, statement.book),
        *(statement.period.first, statement.period.last, statement.opening_fen),
        *(totals.incoming_fen, totals.outgoing_fen, statement.closing_fen, len(lines)),
    )
    rows = [_line_row(version_id, number, line) for number, line in enumerate(lines, start=1)]
    await database.copy("disclosure_line", _LINE_COLUMNS, rows)
    if actor.person_id is not None:
        await database.execute(_WRITTEN_BY, version_id, actor.person_id)


def _line_row(version_id: UUID, number: int, line: Line) -> tuple[Any, ...]:
    line_id = database.new_id()
    sealed = tag = None
    if line.is_person and line.counterparty is not None:
        sealed = _sealed(line.counterparty, line_id)
        tag = crypto.blind_index(line.counterparty, purpose="disclosure line")
    return (
        *(line_id, version_id, number, line.on, line.finance_class.value, line.item_code),
        *(line.flow.value, line.amount_fen, line.summary, line.counterparty_shown, sealed, tag),
        *(line.voucher, line.approver),
    )


def _sealed(counterparty: str, line_id: UUID) -> bytes:
    return crypto.seal(counterparty, table="disclosure_line", column="full_sealed", row=line_id)


async def carry_over(from_version_id: UUID, to_version_id: UUID) -> None:
    """Give a correction's draft the lines of the version that it corrects, to begin with."""
    database.require_open_transaction()
    await database.execute(_CARRY_STATEMENT, from_version_id, to_version_id)
    rows = []
    for row in await database.fetch(_LINES, from_version_id):
        line_id = database.new_id()
        sealed = None
        if row["full_sealed"] is not None:
            sealed = _sealed(_opened(row), line_id)
        kept = dict(row) | {"id": line_id, "version_id": to_version_id, "full_sealed": sealed}
        rows.append(tuple(kept[name] for name in _LINE_COLUMNS))
    if rows:
        await database.copy("disclosure_line", _LINE_COLUMNS, rows)


async def public_parts(version_id: UUID) -> dict[str, Any]:
    """Return what a version's record tells of its statement: nothing where it has none."""
    told = await database.fetch_one(_TOLD, version_id)
    if told is None:
        return {}
    return {
        "statement": {
            "kind": told["kind"],
            "book": told["book"],
            "period": [told["period_start"].isoformat(), told["period_end"].isoformat()],
            "openingFen": told["opening_fen"],
            "incomingFen": told["incoming_fen"],
            "outgoingFen": told["outgoing_fen"],
            "closingFen": told["closing_fen"],
        },
        "lines": [_public_line(row) for row in await database.fetch(_LINES, version_id)],
    }


def _public_line(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"],
        "on": row["on_date"].isoformat(),
        "class": row["finance_class"],
        "item": row["item_code"],
        "flow": row["flow"],
        "amountFen": row["amount_fen"],
        "summary": row["summary"],
        "counterparty": row["counterparty"],
        "voucher": row["voucher"],
        "approver": row["approver"],
    }


@dataclass(frozen=True, slots=True)
class FullLine:
    """A line whose other side is a person, by name."""

    line_id: UUID
    number: int
    counterparty: str = field(repr=False)


async def reveal_persons(actor: Actor, disclosure_id: UUID, *, number: int) -> list[FullLine]:
    """Return who the masked persons of a statement are, for who is entitled; that is audited."""
    async with database.transaction():
        held = await papers.hold(actor, disclosure_id, "revealStatementPersons")
        rows = await database.fetch(_SEALED, disclosure_id, number)
        await audit.record_read(
            actor,
            chain=held.community_id,
            kind="statement_line",
            ids=[row["id"] for row in rows],
            fields=["counterparty"],
        )
    return [FullLine(row["id"], row["number"], _opened(row)) for row in rows]


def _opened(row: Row) -> str:
    place = {"table": "disclosure_line", "column": "full_sealed"}
    return crypto.unseal(row["full_sealed"], **place, row=row["id"])
