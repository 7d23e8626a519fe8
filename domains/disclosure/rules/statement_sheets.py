"""Statements that go out, as CSV and XLSX, under the headings that come in."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from domains.disclosure.rules.statement_file import Column
from domains.disclosure.rules.statements import yuan
from domains.disclosure.values import FinanceClass
from domains.disclosure.values.statements import Flow

_CLASSES: Mapping[FinanceClass, str] = {
    FinanceClass.PLAN: "财务计划",
    FinanceClass.INCOME: "各项收入",
    FinanceClass.SPENDING: "各项支出",
    FinanceClass.ASSETS: "各项资产",
    FinanceClass.RESOURCES: "各类资源",
    FinanceClass.DEBTS: "债权债务",
    FinanceClass.DISTRIBUTION: "收益分配",
    FinanceClass.OTHER: "其他事项",
}
_AMOUNTS: Mapping[Column, Flow] = {
    Column.INCOMING: Flow.INCOMING,
    Column.OUTGOING: Flow.OUTGOING,
    Column.STANDING: Flow.STANDING,
}
_WIDTHS = {Column.SUMMARY: 40, Column.COUNTERPARTY: 24}
_RISKY = ("=", "+", "-", "@", "\t", "\r")

Line = Mapping[str, Any]


def csv_of(lines: Iterable[Line]) -> bytes:
    """Return lines as CSV in UTF-8; a text that a spreadsheet would run is quoted as text."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.value for column in Column])
    for line in lines:
        writer.writerow([harmless(cell) for cell in _cells(line)])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_of(lines: Sequence[Line], *, made_at: datetime) -> bytes:
    """Return lines as a workbook: amounts are figures, all else is text."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
        sheet = workbook.add_worksheet("收支明细")
        bold = workbook.add_format({"bold": True})
        money = workbook.add_format({"num_format": "#,##0.00"})
        for place, column in enumerate(Column):
            sheet.set_column(place, place, _WIDTHS.get(column, 14))
            sheet.write_string(0, place, column.value, bold)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(lines, start=1):
            for place, (column, cell) in enumerate(zip(Column, _cells(line), strict=True)):
                if column in _AMOUNTS and cell:
                    sheet.write_number(number, place, line["amount_fen"] / 100, money)
                else:
                    sheet.write_string(number, place, cell)
    return buffer.getvalue()


def _cells(line: Line) -> list[str]:
    """Return a line as its cells, in the order of the columns."""
    return [
        line["on_date"].isoformat(),
        _CLASSES[FinanceClass(line["finance_class"])],
        line["item_code"] or "",
        line["summary"],
        *(yuan(line["amount_fen"]) if line["flow"] == flow else "" for flow in _AMOUNTS.values()),
        line["counterparty"] or "",
        "是" if line["is_person"] else "",
        line["voucher"] or "",
        line["approver"] or "",
    ]


def harmless(cell: str) -> str:
    """Return a text as a cell that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell
