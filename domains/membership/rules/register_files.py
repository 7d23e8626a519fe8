"""Bytes of a register file into rows of text, within limits, whatever the file would unpack to.

CSV in UTF-8, GB18030 or UTF-16; the first sheet of an XLSX. A formula's cell reads as `=`,
so that the register refuses it; what the formula once gave is not believed.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from domains.membership.errors import (
    RegisterEncodingUnknown,
    RegisterFileTooLarge,
    RegisterFileUnreadable,
)
from domains.membership.rules.register import DIGITS_LOST, MOST_COLUMNS, MOST_ROWS

MOST_BYTES = 5_000_000
_MOST_UNPACKED = 100_000_000
_MOST_ENTRIES = 1_000
# What the cells of a sheet may come to as text: strings are shared, and multiply.
_MOST_TEXT = 256_000_000
_PIECE = 1 << 16

_HAN = re.compile("[\u4e00-\u9fff]")
_FIRST_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?r:id=\"([^\"]+)\"")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_QUOTED = re.compile(rb"<(?:\w+:)?c\s[^>]*'")
_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=\"([A-Z]{1,3})(\d{1,7})\"")
_FORMULA = re.compile(_CELL.pattern + rb"[^>]*>\s*<(?:\w+:)?f[\s>/]")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d{1,10})\"")

Cell = int | float | str | bool | time | date | datetime | timedelta


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV or XLSX file, its heading first.

    Raises RegisterFileTooLarge, RegisterFileUnreadable, RegisterEncodingUnknown.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    if not content.strip():
        raise RegisterFileUnreadable
    if content.startswith(b"PK"):
        return _sheet(content)
    return _csv(decoded(content))


def _too_large() -> RegisterFileTooLarge:
    return RegisterFileTooLarge(megabytes=MOST_BYTES // 1_000_000, rows=MOST_ROWS)


def decoded(content: bytes) -> str:
    """Return the text of a CSV file.

    Raises RegisterEncodingUnknown, with a line near the trouble, where it is in no encoding
    that is understood, or in two.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16")
    if b"\0" in content:
        return _strictly(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _strictly(content, "gb18030")
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.isascii() and _is_utf8_han(line):
            raise RegisterEncodingUnknown(line=number)
    return text


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RegisterEncodingUnknown(line=content.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text:
        raise RegisterEncodingUnknown(line=1)
    return text


def _is_utf8_han(line: bytes) -> bool:
    """Whether the line is UTF-8 with Chinese in it: chance makes none of GB18030 look so."""
    try:
        return _HAN.search(line.decode()) is not None
    except UnicodeDecodeError:
        return False


def _csv(text: str) -> list[list[str]]:
    heading = text.partition("\n")[0]
    delimiter = max(",\t;", key=heading.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) > MOST_ROWS:
                raise _too_large()
            rows.append(row[:MOST_COLUMNS])
    except csv.Error:
        raise RegisterFileUnreadable from None
    return rows


def _sheet(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            formulas = _inspected(archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError, KeyError, NotImplementedError, OSError):
        raise RegisterFileUnreadable from None
    if len(rows) > MOST_ROWS + 1:
        raise _too_large()
    return [
        ["=" if (row, column) in formulas else _text(cell) for column, cell in enumerate(cells)]
        for row, cells in enumerate(rows)
    ]


def _inspected(archive: zipfile.ZipFile) -> set[tuple[int, int]]:
    """Unpack within limits; return the places of formulas in the first sheet, from 0.

    Raises RegisterFileTooLarge for what would unpack to too much, KeyError and the like for
    what is not a workbook.
    """
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(each.file_size for each in entries) > _MOST_UNPACKED:
        raise _too_large()
    if any(each.flag_bits & 1 for each in entries):
        raise RegisterFileUnreadable
    sheet = _read(archive, _first_sheet(archive))
    rows = [int(found) for found in _ROW.findall(sheet)]
    cells = [(_column(letters), int(row)) for letters, row in _CELL.findall(sheet)]
    # The reader lays cells out in a rectangle: each must say where it stands, and plainly.
    if len(cells) != len(_ANY_CELL.findall(sheet)) or _QUOTED.search(sheet):
        raise RegisterFileUnreadable
    if max(rows, default=0) > MOST_ROWS + 1 or any(
        column >= MOST_COLUMNS or row > MOST_ROWS + 1 for column, row in cells
    ):
        raise _too_large()
    if len(cells) * _longest_string(archive) > _MOST_TEXT:
        raise _too_large()
    return {(int(row) - 1, _column(letters)) for letters, row in _FORMULA.findall(sheet)}


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one entry, never more than the limit, whatever the directory says of its size."""
    with archive.open(name) as entry:
        return b"".join(_pieces(entry))


def _pieces(entry: IO[bytes]) -> Iterator[bytes]:
    total = 0
    while piece := entry.read(_PIECE):
        total += len(piece)
        if total > _MOST_UNPACKED:
            raise _too_large()
        yield piece


def _first_sheet(archive: zipfile.ZipFile) -> str:
    found = _FIRST_SHEET.search(_read(archive, "xl/workbook.xml"))
    if found is None:
        raise KeyError("no sheet")
    relation = re.escape(found.group(1))
    links = _read(archive, "xl/_rels/workbook.xml.rels")
    for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links):
        if re.search(rb"\bId=\"" + relation + rb"\"", link):
            target = re.search(rb"\bTarget=\"([^\"]+)\"", link)
            if target is not None:
                path = target.group(1).decode()
                return path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    raise KeyError("no sheet")


def _longest_string(archive: zipfile.ZipFile) -> int:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return 0
    return max(len(each) for each in _read(archive, "xl/sharedStrings.xml").split(b"</si>"))


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _text(cell: Cell) -> str:
    """Return a cell as it would be typed; a figure too long to be exact says so."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float | int):
        if not abs(cell) < 1e15:
            return DIGITS_LOST
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
