"""The year's report as a workbook: figures are figures, and no text of anybody's is a formula."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from domains.pledges.rules.annual_report import (
    KEEPINGS,
    ORDERS,
    STATES,
    AnnualReport,
    counts,
    facts,
    short_name,
    shown,
)
from domains.pledges.rules.figures import NOTHING
from domains.pledges.rules.keeping import Score
from domains.pledges.rules.result_page import HALVES
from domains.pledges.values.pledges import WHOLE
from domains.pledges.values.reviews import Half


@dataclass(frozen=True, slots=True)
class Yuan:
    """An amount, in fen."""

    fen: int


# A fraction is a share of the whole.
Cell = str | int | Fraction | Yuan | date | None
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDEST, _NARROWEST = 48, 10


def workbook(report: AnnualReport) -> bytes:
    """Return the report as XLSX; the same report gives the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties(
            {"title": report.title, "created": datetime.combine(report.as_of, time())}
        )
        _sheet(book, "总体情况", (report.title, f"数据截至 {shown(report.as_of)}"), facts(report))
        _sheet(book, "承诺事项", *_pledges(report))
        _sheet(book, "责任单位", *_bodies(report))
        _sheet(book, "评议项目", *_items(report))
        _sheet(book, "评议对象", *_reviewees(report))
        _sheet(book, "整改", *_orders(report))
        _sheet(book, "历年对比", *_years(report))
    return buffer.getvalue()


Sheet = tuple[Sequence[str], list[Sequence[Cell]]]


def _pledges(report: AnnualReport) -> Sheet:
    head = ("序号", "事项", "责任单位", "预算(元)", "首次期限", "现期限", "完成日期")
    return (*head, "进度", "状态", "结果"), [
        (
            *(each.number, each.title, each.body, Yuan(each.budget_fen)),
            *(each.first_deadline, each.deadline, each.delivered_on),
            Fraction(each.reached, WHOLE),
            *(STATES[each.state], KEEPINGS[each.keeping]),
        )
        for each in report.pledges
    ]


_COUNTED = ("承诺", "按期兑现", "逾期兑现", "未兑现", "未了结", "按期兑现率")


def _counted(score: Score) -> tuple[Cell, ...]:
    return (*counts(score), score.kept_on_time)


def _bodies(report: AnnualReport) -> Sheet:
    return ("责任单位", *_COUNTED), [(name, *_counted(score)) for name, score in report.bodies]


def _items(report: AnnualReport) -> Sheet:
    head = ("评议项目", *(short_name(each) for each in report.reviews))
    return head, [(each.label, *each.rates) for each in report.items]


def _reviewees(report: AnnualReport) -> Sheet:
    head = ("评议", "对象", "发出", "收回", "无效", "有效", "总体满意率")
    return head, [
        (
            *(short_name(review), each.name, each.issued, each.returned, each.void, each.valid),
            each.overall,
        )
        for review in report.reviews
        for each in review.reviewees
    ]


def _orders(report: AnnualReport) -> Sheet:
    return ("评议", "对象", "整改要求", "期限", "是否逾期", "结论"), [
        (
            *(HALVES[each.half], each.name, each.demand, each.due_on),
            *("是" if each.is_late else "否", ORDERS[each.state]),
        )
        for each in report.orders
    ]


def _years(report: AnnualReport) -> Sheet:
    return ("年份", *_COUNTED, "平均进度", "上半年满意率", "下半年满意率"), [
        (
            *(each.year, *_counted(each.score), each.score.progress),
            *(each.rate(half) for half in (Half.H1, Half.H2)),
        )
        for each in report.years
    ]


def _sheet(book: Workbook, name: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#F2F2F2", "text_wrap": True})
    formats = {
        Fraction: book.add_format({"num_format": "0.00%"}),
        Yuan: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        str: book.add_format({"text_wrap": True, "valign": "top"}),
    }
    sheet.freeze_panes(1, 0)
    for place, title in enumerate(head):
        column = [title, *(row[place] for row in rows)]
        sheet.set_column(place, place, min(_WIDEST, max(map(_width, column), default=_NARROWEST)))
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write(sheet, (number, place), cell, formats)


def _width(cell: Cell) -> int:
    written = cell if isinstance(cell, str) else ""
    return max(_NARROWEST, 2 + sum(2 if ord(letter) > 0x2E7F else 1 for letter in written))


def _write(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, formats: Mapping[type, Format]
) -> None:
    match cell:
        case None:
            sheet.write_string(*at, NOTHING)
        case str():
            sheet.write_string(*at, cell, formats[str])
        case Fraction():
            sheet.write_number(*at, float(cell), formats[Fraction])
        case Yuan(fen):
            sheet.write_number(*at, fen / 100, formats[Yuan])
        case date():
            sheet.write_datetime(*at, datetime.combine(cell, time()), formats[date])
        case int():
            sheet.write_number(*at, cell)
