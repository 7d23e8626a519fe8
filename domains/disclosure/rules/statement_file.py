"""What a file of a statement says: columns, words and lines, judged before any database.

Works on rows of text, as `register_files` reads them of CSV and XLSX. A refusal names the row,
the column and a code, never the value.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from domains.disclosure.errors import PersonalDataInText
from domains.disclosure.errors import statements as errors
from domains.disclosure.rules import personal
from domains.disclosure.rules.statements import FLOWS, MOST_FEN, MOST_LINES, Line, Period
from domains.disclosure.values import FinanceClass
from domains.disclosure.values.statements import Flow, StatementKind
from domains.kernel.errors import DomainError
from domains.membership import errors as cells
from domains.membership.rules.register import (
    DIGITS_LOST,
    MOST_COLUMNS,
    Refusal,
    RowRefused,
    folded,
    refusal,
)

T = TypeVar("T")


class Column(StrEnum):
    """A column of a statement, by its canonical heading."""

    ON = "日期"
    CLASS = "类别"
    ITEM = "项目编码"
    SUMMARY = "摘要"
    INCOMING = "收入金额"
    OUTGOING = "支出金额"
    STANDING = "存量金额"
    COUNTERPARTY = "对方"
    PERSON = "对方为个人"
    VOUCHER = "凭证号"
    APPROVER = "审批人"


_ALIASES: Mapping[Column, str] = {
    Column.ON: "发生日期 记账日期 date",
    Column.CLASS: "财务类别 class",
    Column.ITEM: "项目 公开项目 item",
    Column.SUMMARY: "用途 事由 内容 summary",
    Column.INCOMING: "收入 贷方金额 incoming",
    Column.OUTGOING: "支出 借方金额 outgoing",
    Column.STANDING: "存量 余额 金额 standing",
    Column.COUNTERPARTY: "对方单位 收付款方 往来单位 收款人 counterparty",
    Column.PERSON: "个人 是否个人 person",
    Column.VOUCHER: "凭证 凭证编号 票据号 voucher",
    Column.APPROVER: "批准人 审批 approver",
}
HEADINGS: Mapping[str, Column] = {
    name: column for column in Column for name in (column.value, *_ALIASES[column].split())
}
REQUIRED = (Column.ON, Column.CLASS, Column.SUMMARY, Column.INCOMING, Column.OUTGOING)
_LONGEST = {
    Column.SUMMARY: 200,
    Column.COUNTERPARTY: 100,
    Column.APPROVER: 60,
    Column.VOUCHER: 40,
    Column.ITEM: 40,
}
_FLOWS = {
    Column.INCOMING: Flow.INCOMING,
    Column.OUTGOING: Flow.OUTGOING,
    Column.STANDING: Flow.STANDING,
}
# What a line of actuals must say besides, by which way its money goes.
_TOLD: Mapping[Flow, tuple[Column, ...]] = {
    Flow.INCOMING: (Column.COUNTERPARTY, Column.VOUCHER),
    Flow.OUTGOING: (Column.COUNTERPARTY, Column.VOUCHER, Column.APPROVER),
    Flow.STANDING: (),
}
_CLASSES = {
    word: finance_class
    for finance_class, words in (
        (FinanceClass.PLAN, "财务计划 计划 plan"),
        (FinanceClass.INCOME, "各项收入 收入 income"),
        (FinanceClass.SPENDING, "各项支出 支出 spending"),
        (FinanceClass.ASSETS, "各项资产 资产 assets"),
        (FinanceClass.RESOURCES, "各类资源 资源 resources"),
        (FinanceClass.DEBTS, "债权债务 债务 debts"),
        (FinanceClass.DISTRIBUTION, "收益分配 分配 distribution"),
        (FinanceClass.OTHER, "其他事项 其他 other"),
    )
    for word in words.split()
}
_ANSWERS = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}
_DAY = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?:[T ]00:00(?::00)?)?",
    re.ASCII,
)
_AMOUNT = re.compile(r"(?:¥ ?)?(\d{1,3}(?:,\d{3})+|\d{1,14})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """What lines are judged by: the statement's kind and period, today, and the items there are."""

    kind: StatementKind
    period: Period
    today: date
    items: Mapping[str, FinanceClass]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: the good lines and the refused rows."""

    lines: Sequence[Line]
    refusals: Sequence[Refusal]
    row_count: int


def read(rows: Sequence[Sequence[str]], terms: Terms) -> Reading:
    """Judge every row of a file by itself.

    Raises StatementColumnsWrong, StatementEmpty, StatementTooLong.
    """
    if not rows:
        raise errors.StatementEmpty
    columns = columns_of(rows[0])
    lines: list[Line] = []
    refusals: list[Refusal] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            lines.append(_line(row, columns, terms))
        except RowRefused as refused:
            refusals.append(refusal(number, refused.column, refused.error))
        if len(lines) + len(refusals) > MOST_LINES:
            raise errors.StatementTooLong(path=("input", "uploadId"), most=MOST_LINES)
    if not lines and not refusals:
        raise errors.StatementEmpty
    return Reading(lines, refusals, len(lines) + len(refusals))


def columns_of(heading: Sequence[str]) -> dict[Column, int]:
    """Say where each column stands; order is free, aliases and units in brackets are known.

    Raises StatementColumnsWrong where one is missing or stands there twice.
    """
    found: dict[Column, int] = {}
    repeated: list[str] = []
    for place, text in enumerate(heading[:MOST_COLUMNS]):
        name = re.sub(r"\(.*?\)|\[.*?\]|[*::]", "", folded(text))
        column = HEADINGS.get(name)
        if column is None:
            continue
        if column in found:
            repeated.append(column.value)
        found[column] = place
    missing = [column.value for column in REQUIRED if column not in found]
    if missing or repeated:
        raise errors.StatementColumnsWrong(columns="、".join(missing + repeated))
    return found


def _line(row: Sequence[str], columns: Mapping[Column, int], terms: Terms) -> Line:
    values = {
        column: _cell(column, row[place] if place < len(row) else "")
        for column, place in columns.items()
    }
    on = _required(values, Column.ON, lambda text: _day(text, terms))
    finance_class = _required(values, Column.CLASS, lambda text: _choice(text, _CLASSES))
    flow, amount_fen = _amount(values, finance_class, terms)
    if terms.kind is StatementKind.ACTUALS:
        for column in _TOLD[flow]:
            _required(values, column, str)
    person = values.get(Column.PERSON)
    return Line(
        on=on,
        finance_class=finance_class,
        flow=flow,
        amount_fen=amount_fen,
        summary=_required(values, Column.SUMMARY, _impersonal),
        item_code=_item(values, finance_class, terms),
        counterparty=_optional(values, Column.COUNTERPARTY, _impersonal),
        is_person=_required(values, Column.PERSON, _answer) if person else False,
        voucher=_optional(values, Column.VOUCHER, _impersonal),
        approver=_optional(values, Column.APPROVER, _impersonal),
    )


def _cell(column: Column, raw: str) -> str:
    """Return a cell's text; refuse what a spreadsheet would run, and what nobody can see."""
    text = raw.strip(" \r\n\u3000\ufeff")
    if text == DIGITS_LOST:
        raise RowRefused(column, cells.DigitsLost())
    text = text.removeprefix("'").lstrip(" \u3000")
    if unicodedata.normalize("NFKC", text[:1]) in {"=", "+", "-", "@", "\t"}:
        # A negative amount begins like one, and is none that a line can have.
        signed = column in _FLOWS and re.fullmatch(r"[-+−][\d.,]+", text) is not None
        error = errors.LineAmountMalformed if signed else cells.FormulaInCell
        raise RowRefused(column, error())
    text = text.strip()
    if any(unicodedata.category(each) in {"Cc", "Cs", "Co"} for each in text):
        raise RowRefused(column, cells.CharactersForbidden())
    longest = _LONGEST.get(column, 40)
    if len(text) > longest:
        raise RowRefused(column, cells.ValueTooLong(characters=longest))
    return unicodedata.normalize("NFC", text)


def _required(values: Mapping[Column, str], column: Column, reader: Callable[[str], T]) -> T:
    found = _optional(values, column, reader)
    if found is None:
        raise RowRefused(column, cells.ValueMissing())
    return found


def _optional(values: Mapping[Column, str], column: Column, reader: Callable[[str], T]) -> T | None:
    """Read a cell that may be empty, putting its refusal at the column."""
    text = values.get(column)
    if not text:
        return None
    try:
        return reader(text)
    except DomainError as error:
        raise RowRefused(column, error) from None


def _amount(
    values: Mapping[Column, str], finance_class: FinanceClass, terms: Terms
) -> tuple[Flow, int]:
    filled = [column for column in _FLOWS if values.get(column)]
    if len(filled) != 1:
        raise RowRefused(filled[1] if filled else Column.INCOMING, errors.LineAmountsUnfit())
    (column,) = filled
    flow = _FLOWS[column]
    if flow not in FLOWS[finance_class]:
        raise RowRefused(column, errors.LineAmountsUnfit())
    return flow, _required(values, column, amount_of)


def amount_of(text: str) -> int:
    """Read yuan into fen, exactly; raises LineAmountMalformed."""
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if found is None:
        raise errors.LineAmountMalformed
    whole, decimals = found.groups()
    fen = int(whole.replace(",", "")) * 100 + int((decimals or "").ljust(2, "0"))
    if not 0 < fen <= MOST_FEN:
        raise errors.LineAmountMalformed
    return fen


def _day(text: str, terms: Terms) -> date:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise errors.LineDateMalformed
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        value = date(year, month, day)
    except ValueError:
        raise errors.LineDateMalformed from None
    if terms.kind is StatementKind.ACTUALS and value > terms.today:
        raise errors.LineInFuture
    if not terms.period.holds(value):
        first, last = terms.period.first.isoformat(), terms.period.last.isoformat()
        raise errors.LineOutsidePeriod(first=first, last=last)
    return value


def _choice(text: str, known: Mapping[str, T]) -> T:
    found = known.get(folded(text))
    if found is None:
        words: dict[T, str] = {}
        for word, meaning in known.items():
            words.setdefault(meaning, word)
        raise cells.ChoiceUnknown(choices="、".join(words.values()))
    return found


def _answer(text: str) -> bool:
    return _choice(text, _ANSWERS)


def _impersonal(text: str) -> str:
    found = personal.find(text)
    if found:
        raise PersonalDataInText(
            found_zh=personal.named(found, chinese=True),
            found_en=personal.named(found, chinese=False),
        )
    return text


def _item(values: Mapping[Column, str], finance_class: FinanceClass, terms: Terms) -> str | None:
    code = values.get(Column.ITEM)
    if not code:
        return None
    if terms.items.get(code) is not finance_class:
        raise RowRefused(Column.ITEM, errors.LineItemUnknown())
    return code
