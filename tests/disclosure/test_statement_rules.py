"""What a file of a statement may say, that it adds up, and what a correction changed."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from domains.disclosure.errors.statements import (
    LineAmountMalformed,
    PeriodNotOver,
    PeriodUnfit,
    StatementColumnsWrong,
    StatementEmpty,
    StatementTooLong,
    StatementUnbalanced,
)
from domains.disclosure.rules import statement_file, statement_sheets, statements
from domains.disclosure.rules.statement_file import Terms
from domains.disclosure.rules.statements import Difference, Line, Period, Statement, Totals
from domains.disclosure.values import FinanceClass
from domains.disclosure.values.statements import Flow, LineChange, StatementKind
from domains.membership.rules import register_files

TODAY = date(2026, 11, 22)
QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))
TERMS = Terms(StatementKind.ACTUALS, QUARTER, TODAY, {"F-02-01": FinanceClass.INCOME})
HEADING = [column.value for column in statement_file.Column]
GOOD = {
    "日期": "2026-07-05",
    "类别": "收入",
    "摘要": "场地租金",
    "收入金额": "1,200.50",
    "对方": "同心物业",
    "凭证号": "2026-07-001",
}


def rows(*lines, heading=None):
    heading = heading or HEADING
    return [heading, *([line.get(name, "") for name in heading] for line in lines)]


def read(*lines, terms=TERMS):
    return statement_file.read(rows(*lines), terms)


def refused(line, terms=TERMS):
    found = read(line, terms=terms)
    assert found.lines == []
    return [(each.row, each.column, each.code) for each in found.refusals]


def budget(period=QUARTER):
    return Terms(StatementKind.BUDGET, period, TODAY, {})


def test_a_good_line_is_read_exactly():
    found = read(GOOD | {"项目编码": "F-02-01"})

    assert found.refusals == []
    assert found.lines == [
        Line(
            on=date(2026, 7, 5),
            finance_class=FinanceClass.INCOME,
            flow=Flow.INCOMING,
            amount_fen=120_050,
            summary="场地租金",
            item_code="F-02-01",
            counterparty="同心物业",
            voucher="2026-07-001",
        )
    ]


def test_an_outgoing_line_names_who_approved_it():
    spent = GOOD | {"类别": "支出", "收入金额": "", "支出金额": "300", "审批人": ""}

    assert refused(spent) == [(2, "审批人", "VALUE_MISSING")]
    assert read(spent | {"审批人": "王建国"}).refusals == []


def test_a_person_is_kept_whole_and_shown_masked():
    (line,) = read(GOOD | {"对方": "欧阳小明", "对方为个人": "是"}).lines

    assert (line.counterparty, line.counterparty_shown) == ("欧阳小明", "欧*明")


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("日期", "", "VALUE_MISSING"),
        ("日期", "七月五日", "LINE_DATE_MALFORMED"),
        ("日期", "2026-02-30", "LINE_DATE_MALFORMED"),
        ("日期", "2026-11-23", "LINE_IN_FUTURE"),
        ("日期", "2026-06-30", "LINE_OUTSIDE_PERIOD"),
        ("日期", "2026-10-01", "LINE_OUTSIDE_PERIOD"),
        ("类别", "杂项", "CHOICE_UNKNOWN"),
        ("摘要", "", "VALUE_MISSING"),
        ("摘要", "=SUM(A1:A9)", "FORMULA_IN_CELL"),
        ("摘要", "'=SUM(A1:A9)", "FORMULA_IN_CELL"),
        ("摘要", "+cmd|' /C calc'!A0", "FORMULA_IN_CELL"),
        ("摘要", "@SUM(1)", "FORMULA_IN_CELL"),
        ("摘要", "=1+1", "FORMULA_IN_CELL"),
        ("摘要", "租金\x07", "CHARACTERS_FORBIDDEN"),
        ("摘要", "租" * 201, "VALUE_TOO_LONG"),
        ("摘要", "付给 13800138000", "PERSONAL_DATA_IN_TEXT"),
        ("收入金额", "=B2*2", "FORMULA_IN_CELL"),
        ("收入金额", "-5", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "0", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "1.005", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "1,20.00", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "一百", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "99999999999999.99", "LINE_AMOUNT_MALFORMED"),
        ("收入金额", "", "LINE_AMOUNTS_UNFIT"),
        ("支出金额", "5", "LINE_AMOUNTS_UNFIT"),
        ("项目编码", "F-99", "LINE_ITEM_UNKNOWN"),
        ("对方", "", "VALUE_MISSING"),
        ("对方为个人", "大概", "CHOICE_UNKNOWN"),
        ("凭证号", "", "VALUE_MISSING"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_is_named(column, text, code):
    found = refused(GOOD | {column: text})

    assert [each[2] for each in found] == [code]
    assert found[0][:2] == (2, column)


def test_an_amount_in_a_column_that_its_class_does_not_have_is_refused():
    swapped = GOOD | {"收入金额": "", "支出金额": "5", "审批人": "王建国"}

    assert refused(swapped) == [(2, "支出金额", "LINE_AMOUNTS_UNFIT")]


def test_a_budget_may_tell_of_the_future_and_names_nobody():
    ahead = Period(date(2027, 1, 1), date(2027, 12, 31))
    planned = {"日期": "2027-03-01", "类别": "支出", "摘要": "绿化", "支出金额": "5000"}

    found = read(planned, terms=budget(ahead))

    assert found.refusals == []
    assert found.lines[0].amount_fen == 500_000


def test_good_and_bad_rows_are_told_apart_with_their_numbers():
    found = read(GOOD, {}, GOOD | {"日期": "x"}, GOOD)

    assert (len(found.lines), found.row_count) == (2, 3)
    assert [(each.row, each.column) for each in found.refusals] == [(4, "日期")]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([], StatementEmpty),
        ([HEADING], StatementEmpty),
        ([["日期", "类别", "摘要", "收入金额"], ["x"]], StatementColumnsWrong),
        ([[*HEADING, "发生日期"], ["x"]], StatementColumnsWrong),
        ([HEADING, *[["x"]] * (statements.MOST_LINES + 1)], StatementTooLong),
    ],
)
def test_a_file_that_is_no_statement_is_refused_whole(given, error):
    with pytest.raises(error):
        statement_file.read(given, TERMS)


def test_columns_are_known_in_any_order_by_other_names_and_units():
    heading = ["摘要*", "收入(元)", "支出(元)", "记账日期", "类别:", "对方单位", "凭证编号"]
    line = ["租金", "1", "", "2026年7月5日", "各项收入", "同心物业", "1"]

    found = statement_file.read([heading, line], TERMS)

    assert [each.amount_fen for each in found.lines] == [100]


def workbook(*cells):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, name in enumerate(HEADING):
            sheet.write_string(0, place, name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(1, 0, datetime(2026, 7, 5), day)  # noqa: DTZ001 - as a sheet has it
        for place, write, value in cells:
            getattr(sheet, write)(1, place, value)
    return register_files.rows_of(buffer.getvalue())


def test_a_workbook_is_read_and_its_formulas_are_refused():
    plain = [
        (1, "write_string", "收入"),
        (3, "write_string", "租金"),
        (4, "write_number", 1200.5),
        (7, "write_string", "同心物业"),
        (9, "write_string", "1"),
    ]
    formula = [*plain[:2], (4, "write_formula", "=600+600.5"), *plain[3:]]

    good = statement_file.read(workbook(*plain), TERMS)
    bad = statement_file.read(workbook(*formula), TERMS)

    assert [each.amount_fen for each in good.lines] == [120_050]
    assert [(each.column, each.code) for each in bad.refusals] == [("收入金额", "FORMULA_IN_CELL")]


@given(st.integers(1, statements.MOST_FEN))
def test_every_amount_is_read_as_it_is_written(fen):
    assert statement_file.amount_of(statements.yuan(fen)) == fen


@given(st.text(max_size=12))
def test_no_text_but_an_amount_is_an_amount(text):
    try:
        fen = statement_file.amount_of(text)
    except LineAmountMalformed:
        return

    assert 0 < fen <= statements.MOST_FEN


def a_statement(*, opening=0, closing=0, period=QUARTER, kind=StatementKind.ACTUALS):
    return Statement(kind, "基本账", period, opening, closing)


def test_what_adds_up_is_taken():
    statements.require_balanced(a_statement(opening=100, closing=70), Totals(20, 50))


def test_what_does_not_add_up_is_refused_with_the_difference():
    with pytest.raises(StatementUnbalanced) as refusal:
        statements.require_balanced(
            a_statement(opening=10_000, closing=7_001), Totals(2_000, 5_000)
        )

    assert refusal.value.message("en") == (
        "It does not add up: 100.00 yuan at the opening, 20.00 in and 50.00 out make 70.00, but"
        " the closing balance is given as 70.01: a difference of 0.01."
    )


@given(
    st.lists(st.tuples(st.sampled_from(Flow), st.integers(1, 10**12)), max_size=30),
    st.integers(-(10**12), 10**12),
    st.integers(-3, 3).filter(bool),
)
def test_to_the_fen_only_the_true_closing_balance_adds_up(moved, opening, off):
    lines = [Line(QUARTER.first, FinanceClass.OTHER, flow, amount, "x") for flow, amount in moved]
    totals = statements.totals_of(lines)
    closing = opening + totals.incoming_fen - totals.outgoing_fen

    statements.require_balanced(a_statement(opening=opening, closing=closing), totals)
    with pytest.raises(StatementUnbalanced):
        statements.require_balanced(a_statement(opening=opening, closing=closing + off), totals)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (date(2026, 7, 2), date(2026, 7, 1), PeriodUnfit),
        (date(2025, 1, 1), date(2026, 1, 2), PeriodUnfit),
        (date(2026, 10, 1), date(2026, 12, 31), PeriodNotOver),
        (date(2026, 11, 1), date(2026, 11, 23), PeriodNotOver),
    ],
)
def test_a_period_that_is_none_or_not_over_is_refused(first, last, error):
    with pytest.raises(error):
        statements.require_period(a_statement(period=Period(first, last)), today=TODAY)


def test_a_budget_is_of_days_to_come():
    ahead = Period(date(2027, 1, 1), date(2027, 12, 31))

    statements.require_period(a_statement(period=ahead, kind=StatementKind.BUDGET), today=TODAY)


def stored(which, **changes):
    return {
        "number": which,
        "on_date": date(2026, 7, which),
        "finance_class": "income",
        "item_code": None,
        "flow": "incoming",
        "amount_fen": 100 * which,
        "summary": f"第{which}笔",
        "counterparty": "同心物业",
        "voucher": f"V{which}",
        "approver": None,
        "is_person": False,
    } | changes


def test_the_same_lines_do_not_differ_wherever_they_stand():
    older = [stored(1), stored(2), stored(3)]
    newer = [each | {"number": 9 - each["number"]} for each in older]

    assert statements.differences(older, newer) == []


def test_a_changed_an_added_and_a_removed_line_are_told():
    older = [stored(1), stored(2), stored(3)]
    newer = [stored(1), stored(2, amount_fen=999), stored(4, number=3, voucher="V4")]

    found = statements.differences(older, newer)

    assert found == [
        Difference(LineChange.CHANGED, 2, 2),
        Difference(LineChange.CHANGED, 3, 3),
    ]


def test_lines_more_or_fewer_are_added_or_removed():
    older = [stored(1), stored(2), stored(3)]
    newer = [stored(1), stored(3, number=2), stored(4, number=5, voucher=None)]

    assert statements.differences(older, newer) == [
        Difference(LineChange.REMOVED, 2, None),
        Difference(LineChange.ADDED, None, 5),
    ]
    assert statements.differences(newer, newer) == []


@given(
    st.lists(st.integers(1, 6), max_size=6),
    st.lists(st.integers(1, 6), max_size=6),
)
def test_differences_account_for_every_line(before, after):
    older = [stored(each, number=at) for at, each in enumerate(before, start=1)]
    newer = [stored(each, number=at) for at, each in enumerate(after, start=1)]

    found = statements.differences(older, newer)

    added = sum(each.change is LineChange.ADDED for each in found)
    removed = sum(each.change is LineChange.REMOVED for each in found)
    assert len(older) - removed + added == len(newer)
    assert statements.differences(older, older) == []


def test_what_goes_out_comes_in_again():
    lines = [stored(1), stored(2, flow="outgoing", finance_class="spending", approver="王建国")]
    made_at = datetime(2026, 10, 8, tzinfo=UTC)
    files = [
        statement_sheets.csv_of(lines),
        statement_sheets.xlsx_of(lines, made_at=made_at),
    ]

    read_again = [statement_file.read(register_files.rows_of(each), TERMS) for each in files]

    assert [each.refusals for each in read_again] == [[], []]
    amounts = [[(line.flow, line.amount_fen) for line in each.lines] for each in read_again]
    assert amounts == [[(Flow.INCOMING, 100), (Flow.OUTGOING, 200)]] * 2


def test_no_spreadsheet_runs_what_goes_out():
    content = statement_sheets.csv_of([stored(1, summary="=1+1", counterparty="@x")])

    (_, line) = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert (line[3], line[7]) == ("'=1+1", "'@x")
