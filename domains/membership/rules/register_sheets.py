"""Workbooks that go out: the empty register to fill in, and the report on one that came in."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from domains.kernel.errors import DEFAULT_LOCALE, DomainError, all_refusals
from domains.membership.rules.register import REQUIRED, Column

_WIDTHS = {Column.IDENTITY: 22, Column.PHONE: 16, Column.NAME: 14}
_TEXT = {Column.IDENTITY, Column.PHONE, Column.UNIT}


def said(code: str, details: Mapping[str, Any], locale: str = DEFAULT_LOCALE) -> str:
    """Return the sentence of a refusal that was kept by its code and figures."""
    known: Mapping[str, type[DomainError]] = {each.code: each for each in all_refusals()}
    template = known[code].en if locale.startswith("en") else known[code].zh
    return template.format(**details)


def template() -> bytes:
    """Return an empty register: columns for text are text, so that long numbers keep digits."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("住户登记")
        text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
        for place, column in enumerate(Column):
            sheet.set_column(
                place, place, _WIDTHS.get(column, 12), text if column in _TEXT else None
            )
            heading = f"{column.value}*" if column in REQUIRED else column.value
            sheet.write_string(0, place, heading, bold)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def report(
    refusals: Iterable[tuple[int, str, str, Mapping[str, Any]]], *, made_at: datetime, locale: str
) -> bytes:
    """Return the refused rows as a workbook: row, column, code, sentence; never a value."""
    english = locale.startswith("en")
    heading: Sequence[str] = (
        ("Row", "Column", "Code", "Reason") if english else ("行号", "列", "代码", "原因")
    )
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        # The same report is the same bytes, whenever it is made.
        workbook.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
        sheet = workbook.add_worksheet("report" if english else "导入报告")
        sheet.set_column(3, 3, 60)
        for place, text in enumerate(heading):
            sheet.write_string(0, place, text)
        for line, (row, column, code, details) in enumerate(refusals, start=1):
            sheet.write_number(line, 0, row)
            for place, text in enumerate((column, code, said(code, details, locale)), start=1):
                sheet.write_string(line, place, text)
    return buffer.getvalue()
