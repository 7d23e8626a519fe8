"""Open data: which columns a set has and what they mean, and its rows as CSV and JSON. Pure.

A row has its columns always, in this order; new ones are added at the end.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from domains.disclosure.rules.statement_sheets import harmless

Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, and what stands in it."""

    name: str
    means: str


_AREA = (
    Column("area_id", "the area over which it was published"),
    Column("area", "what that area is called"),
)
DISCLOSURES: tuple[Column, ...] = (
    Column("id", "the disclosure"),
    Column("version", "the number of the version that is public"),
    Column("state", "how it stands: published, objected, answered, corrected, withdrawn, ..."),
    Column("kind", "notice, activity, announcement, policy, news or structured"),
    Column("affair", "party, residents or finance; empty for everyday kinds"),
    Column("item_code", "the item's code in the catalogue"),
    Column("period_start", "the first day that it is about"),
    Column("period_end", "the last day that it is about"),
    *_AREA,
    Column("publisher", "the body that answers for it"),
    Column("title", "its title; empty once taken down"),
    Column("text", "its text without tags; empty once taken down"),
    Column("occurred_on", "the day on which it occurred"),
    Column("first_published_at", "when it became public"),
    Column("published_at", "when this version did"),
    Column("taken_down_at", "when its content went out of public sight"),
    Column("record_sha256", "the SHA-256 of this version's public record"),
    Column("copy", "where a copy with its proof is fetched, for gongyi verify"),
)
LINES: tuple[Column, ...] = (
    Column("id", "the line"),
    Column("disclosure_id", "the disclosure whose statement it is in"),
    Column("version", "the version of it"),
    Column("statement", "actuals or budget"),
    Column("book", "the book that the statement is of"),
    Column("number", "its number in the statement"),
    Column("day", "its day"),
    Column("finance_class", "one of the eight classes of finance"),
    Column("item_code", "the item's code in the catalogue"),
    Column("flow", "incoming, outgoing or standing"),
    Column("amount_fen", "its amount in fen, a whole number above zero"),
    Column("summary", "what it was for"),
    Column("counterparty", "the other side; the name of a person is masked"),
    Column("is_person", "whether the other side is a person"),
    Column("voucher", "the number of its voucher"),
    Column("approver", "who approved it"),
    *_AREA,
    Column("publisher", "the body that answers for it"),
)
DUTIES: tuple[Column, ...] = (
    Column("id", "the duty"),
    Column("code", "the item's code in the catalogue"),
    Column("title", "what the item is called"),
    Column("affair", "party, residents or finance"),
    *_AREA,
    Column("period_start", "the first day that it is about"),
    Column("period_end", "the last day that it is about"),
    Column("occurrence", "what occurred, where it is owed at once"),
    Column("due_at", "the first instant at which it is late"),
    Column("due_certain", "whether that rests on a published calendar"),
    Column("state", "pending, met, late or waived"),
    Column("met_at", "when it was met"),
    Column("late_at", "when it was found late"),
    Column("waived_at", "when it was waived"),
    Column("reason", "why it was waived"),
    Column("disclosure_id", "the disclosure that met it"),
)


def csv_head(columns: Sequence[Column]) -> bytes:
    """Return the first row of a CSV, with the mark by which spreadsheets know UTF-8."""
    return _line([column.name for column in columns]).encode("utf-8-sig")


def csv_rows(rows: Iterable[Cells]) -> bytes:
    """Return rows of a CSV; what a spreadsheet would run as a formula is text."""
    return "".join(_line([harmless(_text(cell)) for cell in row]) for row in rows).encode()


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _text(cell: Any) -> str:
    plain = _plain(cell)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "" if plain is None else str(plain)


def _plain(cell: Any) -> str | int | bool | None:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    assert cell is None or isinstance(cell, str | int | bool), "rows are of plain values"
    return cell


def json_head(name: str, following: str | None) -> bytes:
    """Return the beginning of a set as JSON: its name, where it goes on, and its rows begin."""
    said = json.dumps({"set": name, "next": following}, ensure_ascii=False)
    return f'{said[:-1]}, "rows": ['.encode()


def json_rows(columns: Sequence[Column], rows: Iterable[Cells], *, first: bool) -> bytes:
    """Return rows as JSON objects by column."""
    names = [column.name for column in columns]
    said = [
        json.dumps(
            dict(zip(names, map(_plain, row), strict=True)),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row in rows
    ]
    if not said:
        return b""
    return (("\n" if first else ",\n") + ",\n".join(said)).encode()


JSON_TAIL = b"\n]}\n"


def described(sets: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """Return what the sets are, for a program."""
    return {
        name: [{"name": column.name, "means": column.means} for column in columns]
        for name, columns in sets.items()
    }
