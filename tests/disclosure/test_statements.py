"""Finance line by line over the database: brought in whole, adding up, and standing for ever."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from domains.disclosure.errors import (
    AuthorNeverApproves,
    NotADraft,
    OpeningDiffers,
    PeriodNotOver,
    PeriodTaken,
    StatementUnbalanced,
    StatementUnfit,
)
from domains.disclosure.queries import statements as queries
from domains.disclosure.rules import proofs
from domains.disclosure.rules.statements import Period
from domains.disclosure.service import approving, copies, drafting, statement_lines
from domains.disclosure.service import statements as service
from domains.disclosure.values.statements import LineChange, StatementKind
from domains.kernel import crypto, database, rotation, settings
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, IdempotencyKeyReused, NotFound, UploadTypeRefused
from domains.membership.errors import RegisterFileUnreadable
from domains.membership.values import ImportMode
from tests.disclosure import factories
from tests.disclosure.factories import WORDS
from tests.disclosure.log import a_head, keys, meddle
from tests.disclosure.statements import (
    FINANCE,
    LINES,
    XLSX,
    a_file,
    a_published_statement,
    a_statement,
    an_upload,
    brought_in,
    income,
    spending,
)
from tests.kernel.files import PDF


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


async def everything():
    """All that imports write."""
    return [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in (
            "disclosure_statement",
            "disclosure_line",
            "disclosure_import",
            "disclosure_import_refusal",
        )
    ]


async def refused_rows(import_id):
    return [
        tuple(row)
        for row in await database.fetch(
            'SELECT row_number, "column", code FROM disclosure_import_refusal WHERE of_id = $1'
            " ORDER BY id",
            import_id,
        )
    ]


async def lines_of(disclosure_id, version=1, actor=ANONYMOUS):
    (row,) = await queries.statements(actor, [(disclosure_id, version)])
    if row is None:
        return None
    (lines,) = await queries.first_lines(actor, [(row["version_id"], 100)])
    return lines


async def corrected(town, disclosure_id):
    """A draft that corrects what is public."""
    await drafting.correct_disclosure(
        town.writer, disclosure_id, WORDS, reason="更正一笔支出", idempotency_key=uuid4()
    )


async def test_a_file_becomes_the_statement_of_a_draft(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)

    await brought_in(town.writer, draft)

    (row,) = await queries.statements(town.writer, [(draft, 1)])
    sums = [row[name] for name in ("opening_fen", "incoming_fen", "outgoing_fen", "closing_fen")]
    assert (sums, row["line_count"]) == ([10_000, 130_000, 30_000, 110_000], 3)
    assert [each["amount_fen"] for each in await lines_of(draft, actor=town.writer)] == [
        120_050,
        30_000,
        9_950,
    ]


async def test_nobody_else_sees_a_draft_and_everybody_what_is_public(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)
    before = [await lines_of(draft), await lines_of(draft, actor=town.resident)]

    await factories.published(town, draft)

    assert before == [None, None]
    assert len(await lines_of(draft)) == 3


async def test_what_does_not_add_up_is_refused_with_the_difference(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    before = await everything()

    with pytest.raises(StatementUnbalanced) as refusal:
        await brought_in(town.writer, draft, statement=a_statement(closing_fen=110_001))

    assert refusal.value.details["difference"] == "0.01"
    assert await everything() == before


async def test_of_a_file_with_a_bad_row_only_the_report_is_kept(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    bad = [*LINES, income("=1+1"), income("5", on="2026-12-31"), spending("7", 摘要="@cmd")]

    imported = await brought_in(town.writer, draft, bad)

    assert await lines_of(draft, actor=town.writer) is None
    assert await refused_rows(imported.import_id) == [
        (5, "收入金额", "FORMULA_IN_CELL"),
        (6, "日期", "LINE_IN_FUTURE"),
        (7, "摘要", "FORMULA_IN_CELL"),
    ]


async def test_the_good_rows_are_brought_in_where_that_is_asked_for(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)

    imported = await brought_in(
        town.writer, draft, [*LINES, income("x")], mode=ImportMode.GOOD_ROWS
    )

    assert len(await lines_of(draft, actor=town.writer)) == 3
    assert await refused_rows(imported.import_id) == [(5, "收入金额", "LINE_AMOUNT_MALFORMED")]


async def test_good_rows_that_do_not_add_up_are_not_brought_in(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    before = await everything()

    with pytest.raises(StatementUnbalanced):
        await brought_in(town.writer, draft, [LINES[0], income("x")], mode=ImportMode.GOOD_ROWS)

    assert await everything() == before


async def test_the_same_file_twice_is_one_import(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    first = await brought_in(town.writer, draft)
    standing = await everything()

    again = await brought_in(town.writer, draft)

    assert (again.import_id, again.replayed) == (first.import_id, True)
    assert await everything() == standing


async def test_a_key_answers_again_though_the_file_is_gone_and_serves_nothing_else(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    upload, key = await an_upload(town.writer, a_file()), uuid4()

    async def bring(statement=None, upload_id=upload):
        return await service.import_statement(
            town.writer,
            draft,
            statement or a_statement(),
            upload_id=upload_id,
            mode=ImportMode.ALL_OR_NOTHING,
            idempotency_key=key,
        )

    first, again = await bring(), await bring()
    other = await an_upload(town.writer, a_file(LINES[:1]))
    with pytest.raises(IdempotencyKeyReused):
        await bring(a_statement(closing_fen=130_050), upload_id=other)

    assert (again.import_id, again.replayed) == (first.import_id, True)
    assert len(await lines_of(draft, actor=town.writer)) == 3


async def test_another_file_replaces_the_statement_of_a_draft(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)

    await brought_in(town.writer, draft, [income("1")], statement=a_statement(closing_fen=10_100))

    assert [each["amount_fen"] for each in await lines_of(draft, actor=town.writer)] == [100]


@pytest.mark.parametrize(
    ("content", "name", "media_type", "error"),
    [
        (PDF, "明细.csv", "text/csv", UploadTypeRefused),
        (PDF, "明细.xlsx", XLSX, UploadTypeRefused),
        (PDF, "明细.pdf", "application/pdf", UploadTypeRefused),
        (b'"unclosed', "明细.csv", "text/csv", RegisterFileUnreadable),
    ],
)
async def test_a_file_that_is_not_what_it_claims_is_refused(db, content, name, media_type, error):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    before = await everything()

    with pytest.raises(error):
        await service.import_statement(
            town.writer,
            draft,
            a_statement(),
            upload_id=await an_upload(town.writer, content, name=name, media_type=media_type),
            mode=ImportMode.ALL_OR_NOTHING,
            idempotency_key=uuid4(),
        )

    assert await everything() == before


async def test_a_period_that_is_not_over_is_refused(moved_clock):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    before = await everything()
    ahead = Period(date(2099, 1, 1), date(2099, 3, 31))

    with pytest.raises(PeriodNotOver):
        await brought_in(town.writer, draft, statement=a_statement(period=ahead))

    assert await everything() == before


async def test_only_who_writes_for_the_body_brings_lines_in(db):
    town, other = await factories.a_town(), await factories.a_town("和平社区")
    draft = await factories.a_draft(town, FINANCE)
    before = await everything()

    for actor, error in (
        (town.supervisor, Forbidden),
        (town.resident, NotFound),
        (other.writer, NotFound),
    ):
        with pytest.raises(error):
            await brought_in(actor, draft)

    assert await everything() == before


async def test_somebody_elses_upload_is_not_found(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    theirs = await an_upload(town.reviewer, a_file())

    with pytest.raises(NotFound):
        await service.import_statement(
            town.writer,
            draft,
            a_statement(),
            upload_id=theirs,
            mode=ImportMode.ALL_OR_NOTHING,
            idempotency_key=uuid4(),
        )

    assert await lines_of(draft, actor=town.writer) is None


async def test_a_notice_has_no_statement(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)

    with pytest.raises(StatementUnfit):
        await brought_in(town.writer, draft)

    assert await lines_of(draft, actor=town.writer) is None


async def test_who_brought_the_lines_in_never_approves_them(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.reviewer, draft)
    await approving.submit_disclosure(town.writer, draft)
    await approving.approve_disclosure(town.supervisor, draft, number=1)

    with pytest.raises(AuthorNeverApproves):
        await approving.approve_disclosure(town.reviewer, draft, number=1)


async def test_once_handed_in_no_line_changes(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)
    await factories.approved(town, draft)
    before = await everything()

    for statement in (
        "UPDATE disclosure_line SET amount_fen = amount_fen + 1",
        "UPDATE disclosure_line SET summary = '另一笔'",
        "DELETE FROM disclosure_line",
        "UPDATE disclosure_statement SET book = '另一本'",
        "DELETE FROM disclosure_statement",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(statement)
    with pytest.raises(NotADraft):
        await brought_in(town.writer, draft, [income("1")])
    with pytest.raises(NotADraft):
        await service.discard_statement(town.writer, draft)

    assert await everything() == before


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE disclosure_line SET amount_fen = amount_fen + 1 WHERE number = 1", "adds_up"),
        ("DELETE FROM disclosure_line WHERE number = 1", "adds_up"),
        ("UPDATE disclosure_line SET on_date = '2026-10-01' WHERE number = 1", "period"),
        ("UPDATE disclosure_statement SET period_end = '2027-06-30'", "over"),
    ],
)
async def test_the_database_lets_nothing_leave_the_draft_that_does_not_add_up(
    db, change, constraint
):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)
    await database.execute(change)

    with pytest.raises(Exception) as failure:  # noqa: PT011 - the ORM wraps what the database says
        await database.execute(
            "UPDATE disclosure_version SET state = 'supervisor_review', submitted_at = kernel_now()"
        )

    name = database.broken_constraint(failure.value)
    assert name == f"disclosure_statement_{constraint}"
    assert await database.fetch_value("SELECT state FROM disclosure_version") == "draft"


async def test_the_database_keeps_balances_whole(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE disclosure_statement SET closing_fen = closing_fen + 1")


async def test_a_period_begins_with_the_balance_that_the_one_before_left(db):
    town = await factories.a_town()
    spring = Period(date(2026, 4, 1), date(2026, 6, 30))
    await a_published_statement(
        town,
        [income("100", on="2026-05-01")],
        statement=a_statement(period=spring, opening_fen=0, closing_fen=10_000),
    )
    draft = await factories.a_draft(town, FINANCE)

    with pytest.raises(OpeningDiffers) as refusal:
        await brought_in(
            town.writer, draft, statement=a_statement(opening_fen=10_005, closing_fen=110_005)
        )
    await brought_in(town.writer, draft)

    assert refusal.value.details["difference"] == "0.05"
    assert len(await lines_of(draft, actor=town.writer)) == 3


async def test_a_period_is_told_once_a_book(db):
    town = await factories.a_town()
    await a_published_statement(town)
    draft = await factories.a_draft(town, FINANCE)
    within = Period(date(2026, 9, 1), date(2026, 9, 30))
    lines = [income("1", on="2026-09-02")]

    with pytest.raises(PeriodTaken):
        await brought_in(
            town.writer, draft, lines, statement=a_statement(period=within, closing_fen=10_100)
        )
    await brought_in(
        town.writer,
        draft,
        lines,
        statement=a_statement(period=within, closing_fen=10_100, book="维修资金"),
    )

    assert len(await lines_of(draft, actor=town.writer)) == 1


async def test_a_correction_begins_with_the_lines_and_shows_what_it_changed(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    await corrected(town, published)
    carried = await lines_of(published, 2, actor=town.writer)
    right = [LINES[0], LINES[1] | {"支出金额": "350"}, LINES[2], income("50", on="2026-09-01")]

    await brought_in(town.writer, published, right)
    await factories.published(town, published, number=2)

    found = await queries.differences(ANONYMOUS, published, 1, 2)
    assert [each["summary"] for each in carried] == ["场地租金", "路灯维修", "场地租金"]
    assert [
        (each.change, before and before["amount_fen"], after["amount_fen"])
        for each, before, after in found
    ] == [
        (LineChange.CHANGED, 30_000, 35_000),
        (LineChange.ADDED, None, 5_000),
    ]
    assert [each["amount_fen"] for each in await lines_of(published, 1)] == [120_050, 30_000, 9_950]


async def test_a_person_is_masked_for_all_and_revealed_to_who_is_entitled(db):
    town = await factories.a_town()
    helped = spending("300", 对方="欧阳小明", 对方为个人="是", 摘要="临时救助")
    published = await a_published_statement(town, [LINES[0], helped, LINES[2]])
    await corrected(town, published)

    found = await statement_lines.reveal_persons(town.supervisor, published, number=1)
    carried = await statement_lines.reveal_persons(town.supervisor, published, number=2)
    with pytest.raises(Forbidden):
        await statement_lines.reveal_persons(town.resident, published, number=1)

    shown = [each["counterparty"] for each in await lines_of(published)]
    assert shown == ["同心物业", "欧*明", "同心物业"]
    assert [each.counterparty for each in (*found, *carried)] == ["欧阳小明"] * 2
    reads = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE subject_kind = 'statement_line'"
    )
    assert reads == 2


async def test_a_person_changed_under_the_same_mask_is_told_as_a_change(db):
    town = await factories.a_town()
    helped = spending("300", 对方="欧阳小明", 对方为个人="是")
    published = await a_published_statement(town, [LINES[0], helped, LINES[2]])
    await corrected(town, published)
    other = helped | {"对方": "欧阳大明"}

    await brought_in(town.writer, published, [LINES[0], other, LINES[2]])
    await factories.published(town, published, number=2)

    found = await queries.differences(ANONYMOUS, published, 1, 2)
    assert [each.change for each, _, _ in found] == [LineChange.CHANGED]


async def test_names_are_sealed_in_their_own_place(db):
    town = await factories.a_town()
    helped = spending("300", 对方="欧阳小明", 对方为个人="是")
    await a_published_statement(town, [LINES[0], helped, LINES[2]])

    row = await database.fetch_one("SELECT * FROM disclosure_line WHERE full_sealed IS NOT NULL")

    place = {"table": "disclosure_line", "column": "full_sealed"}
    assert crypto.unseal(row["full_sealed"], **place, row=row["id"]) == "欧阳小明"
    assert "欧阳小明" not in str(dict(row))


async def test_an_altered_line_is_named_by_verify(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    await a_head()
    whole = list(proofs.verify(await copies.disclosure_copy(ANONYMOUS, published, 1), keys()))

    await meddle(
        "UPDATE disclosure_line SET amount_fen = 30001 WHERE number = 2", table="disclosure_line"
    )

    altered = await copies.disclosure_copy(ANONYMOUS, published, 1)
    assert [check.name for check in whole if not check.holds] == []
    assert [check.name for check in proofs.verify(altered, keys()) if not check.holds] == ["lines"]


async def test_figures_put_actuals_beside_the_budget_and_the_year_before(db):
    town = await factories.a_town()
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    last = Period(date(2025, 7, 1), date(2025, 9, 30))
    await a_published_statement(town)
    await a_published_statement(
        town,
        [income("500", on="2026-07-01"), spending("400", on="2026-08-01")],
        statement=a_statement(
            kind=StatementKind.BUDGET, period=year, opening_fen=0, closing_fen=10_000
        ),
    )
    await a_published_statement(
        town,
        [income("77", on="2025-07-09")],
        statement=a_statement(period=last, opening_fen=0, closing_fen=7_700),
    )
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft, statement=a_statement(book="未公开"))

    rows = await queries.figures(ANONYMOUS, town.community.id, 2026, publisher_id=None, book=None)

    found = {
        (row["kind"], row["year"], row["month"], row["flow"]): row["amount_fen"] for row in rows
    }
    assert found == {
        ("actuals", 2026, 7, "incoming"): 120_050,
        ("actuals", 2026, 8, "outgoing"): 30_000,
        ("actuals", 2026, 9, "incoming"): 9_950,
        ("budget", 2026, 7, "incoming"): 50_000,
        ("budget", 2026, 8, "outgoing"): 40_000,
        ("actuals", 2025, 7, "incoming"): 7_700,
    }


async def test_a_withdrawn_statement_counts_no_more(db):
    town = await factories.a_town()
    published = await a_published_statement(town)
    await drafting.withdraw_disclosure(
        town.writer, published, reason="重复公开", idempotency_key=uuid4()
    )
    await factories.published(town, published, number=2)

    rows = await queries.figures(ANONYMOUS, town.community.id, 2026, publisher_id=None, book=None)

    assert list(rows) == []
    assert len(await lines_of(published, 1)) == 3


async def test_an_item_of_the_catalogue_is_one_of_its_class(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    codes = {
        row["finance_class"]: row["code"]
        for row in await database.fetch("SELECT code, finance_class FROM disclosure_catalogue_item")
    }
    right = replace(a_statement(), closing_fen=10_100)

    good = await brought_in(
        town.writer, draft, [income("1", 项目编码=codes["income"])], statement=right
    )
    bad = await brought_in(
        town.writer, draft, [income("1", 项目编码=codes["spending"])], statement=right
    )

    assert await refused_rows(good.import_id) == []
    assert await refused_rows(bad.import_id) == [(2, "项目编码", "LINE_ITEM_UNKNOWN")]


async def test_a_statement_taken_out_leaves_the_draft_without(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)

    gone = [await service.discard_statement(town.writer, draft) for _ in range(2)]

    assert gone == [True, False]
    assert await lines_of(draft, actor=town.writer) is None


async def test_many_statements_and_lines_cost_as_many_statements_as_one(statements):
    town = await factories.a_town()
    published = [
        await a_published_statement(town, statement=a_statement(book=f"第{each}本"))
        for each in range(3)
    ]
    spent = []

    for asked in (published[:1], published):
        statements.clear()
        rows = await queries.statements(ANONYMOUS, [(each, 1) for each in asked])
        versions = [row["version_id"] for row in rows]
        await queries.first_lines(ANONYMOUS, [(each, 20) for each in versions])
        await queries.class_totals(ANONYMOUS, versions)
        spent.append(len(statements))

    assert spent == [3, 3]


async def test_a_draft_is_given_up_with_its_statement(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft)

    await drafting.discard_draft(town.writer, draft)

    assert await everything() == [[], [], [], []]


async def test_what_lines_say_is_found_by_its_words(db):
    town = await factories.a_town()
    published = await a_published_statement(town)

    found = await database.fetch(
        "SELECT disclosure_id FROM disclosure_words WHERE words @@ '路灯'::tsquery"
    )

    assert [row["disclosure_id"] for row in found] == [published]


async def test_of_two_drafts_of_one_period_only_one_is_brought_in(db):
    town = await factories.a_town()
    drafts = [await factories.a_draft(town, FINANCE) for _ in range(2)]

    ends = await asyncio.gather(
        *(brought_in(town.writer, draft) for draft in drafts), return_exceptions=True
    )

    refusals = [type(each) for each in ends if isinstance(each, Exception)]
    assert refusals == [PeriodTaken]
    assert len((await everything())[0]) == 1


async def test_a_draft_that_was_given_up_leaves_its_period(db):
    town = await factories.a_town()
    first, second = [await factories.a_draft(town, FINANCE) for _ in range(2)]
    await brought_in(town.writer, first)
    await service.discard_statement(town.writer, first)

    await brought_in(town.writer, second)

    assert len(await lines_of(second, actor=town.writer)) == 3


async def test_names_are_sealed_anew_under_another_key_though_the_lines_stand(db, monkeypatch):
    old, new = f"k1:{crypto.new_key()}", f"k2:{crypto.new_key()}"
    monkeypatch.setenv("GONGYI_FIELD_KEYS", old)
    settings.current.cache_clear()
    town = await factories.a_town()
    helped = spending("300", 对方="欧阳小明", 对方为个人="是")
    published = await a_published_statement(town, [LINES[0], helped, LINES[2]])
    monkeypatch.setenv("GONGYI_FIELD_KEYS", f"{new},{old}")
    settings.current.cache_clear()

    done = await rotation.rotate()

    monkeypatch.setenv("GONGYI_FIELD_KEYS", new)
    settings.current.cache_clear()
    (line,) = await statement_lines.reveal_persons(town.supervisor, published, number=1)
    assert (done.broken, line.counterparty) == ([], "欧阳小明")
