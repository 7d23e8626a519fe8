"""Household registers: what a file brings in, and what it is refused for."""

import io
import zipfile
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter

from domains.kernel import clock, crypto, database
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.errors import (
    RegisterColumnsWrong,
    RegisterEmpty,
    RegisterEncodingUnknown,
    RegisterFileTooLarge,
    RegisterFileUnreadable,
)
from domains.membership.models import Area, Household, Person, RegisterImport, Residency
from domains.membership.rules import register as rules
from domains.membership.rules import register_files
from domains.membership.service import register
from domains.membership.values import (
    AreaBasis,
    AreaKind,
    Gender,
    ImportMode,
    ResidencyKind,
    ResidencyState,
)
from tests import factories

HEADING = "楼栋,房号,建筑面积,面积依据,姓名,性别,出生日期,身份证号,手机号,居住关系,起始日期"
LIN = "1号楼,101,89.5,登记,林芳,女,1980-05-17,320302198005174529,13800138000,产权人,2015-03-01"
CHEN = "1号楼,102,120.25,合同,陈立,男,1975/1/2,,13800138001,租户,2020年3月5日"


def csv(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join((heading, *rows)).encode()


def xlsx(*rows: list[Any]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = workbook.add_worksheet()
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    heading: list[Any] = HEADING.split(",")
    for row, cells in enumerate((heading, *rows)):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(row, column, cell, day)
            elif cell is not None:
                sheet.write(row, column, cell)
    workbook.close()
    return buffer.getvalue()


async def a_town():
    """A community with one building, and its committee member."""
    community = await factories.a_community()
    await factories.a_building(community, name="1号楼")
    return community, await factories.a_committee_member(community)


async def bring_in(content: bytes, *, town=None, mode=ImportMode.GOOD_ROWS, key=None):
    community, member = town or await a_town()
    imported = await register.import_register(
        member,
        community.id,
        file_name="住户.csv",
        content=content,
        mode=mode,
        idempotency_key=key,
    )
    return await RegisterImport.get(id=imported.import_id)


async def refusals(of: RegisterImport) -> list[tuple[int, str, str]]:
    rows = await database.fetch(
        """SELECT row_number, "column", code FROM membership_register_row_refusal
        WHERE of_id = $1 ORDER BY row_number""",
        of.id,
    )
    return [(row["row_number"], row["column"], row["code"]) for row in rows]


async def counts() -> tuple[int, int, int]:
    """Households, residencies, and the people who have one."""
    living = await database.fetch_value(
        "SELECT count(DISTINCT person_id) FROM membership_residency"
    )
    return await Household.all().count(), await Residency.all().count(), living


async def test_good_rows_become_households_people_and_residencies(db):
    found = await bring_in(csv(LIN, CHEN))

    assert (found.applied, found.row_count, found.accepted_count, found.refused_count) == (
        True,
        2,
        2,
        0,
    )
    assert found.created == {"households": 2, "people": 2, "residencies": 2, "confirmed": 0}
    home = await Household.get(unit="102")
    assert (home.floor_area_centi_m2, home.area_basis) == (12_025, AreaBasis.CONTRACT)
    lin = await Person.get(name="林芳")
    assert (lin.gender, lin.birth_date) == (Gender.FEMALE, date(1980, 5, 17))
    assert lin.phone_index == crypto.blind_index("13800138000", purpose="phone")
    assert lin.phone_sealed is not None
    assert (
        crypto.unseal(
            lin.phone_sealed, table="membership_person", column="phone_sealed", row=lin.id
        )
        == "13800138000"
    )
    bond = await Residency.get(person_id=lin.id)
    assert (bond.kind, bond.state, bond.since) == (
        ResidencyKind.OWNER,
        ResidencyState.VERIFIED,
        date(2015, 3, 1),
    )


async def test_columns_come_in_any_order_under_other_names_and_with_units(db):
    found = await bring_in(
        csv(
            "林芳,业主,101,１号楼,89.5,房产证",
            heading="姓名*,人户关系,门牌号,楼号,建筑面积(㎡),面积来源",
        )
    )

    assert (found.accepted_count, await refusals(found)) == (1, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
async def test_a_csv_comes_in_any_of_the_usual_encodings(db, encoding):
    content = csv(LIN, CHEN).decode().encode(encoding)

    found = await bring_in(content)

    assert found.accepted_count == 2
    assert await Person.filter(name="林芳").count() == 1


async def test_a_workbook_comes_in_with_its_dates_and_figures(db):
    found = await bring_in(
        xlsx(
            ["1号楼", 101, 89.5, "登记", "林芳", "女", date(1980, 5, 17), None, "13800138000",
             "产权人", date(2015, 3, 1)],
        )
    )  # fmt: skip

    assert (found.accepted_count, await refusals(found)) == (1, [])
    lin = await Person.get(name="林芳")
    assert lin.birth_date == date(1980, 5, 17)
    assert (await Household.get()).unit == "101"


async def test_a_formula_in_a_workbook_is_refused_whatever_it_gave(db):
    found = await bring_in(
        xlsx(["1号楼", "101", "=1+88.5", "登记", "林芳", "女", None, None, None, "产权人", None])
    )

    assert await refusals(found) == [(2, "建筑面积", "FORMULA_IN_CELL")]
    assert await counts() == (0, 0, 0)


async def test_an_identity_number_stored_as_a_figure_has_lost_digits(db):
    found = await bring_in(
        xlsx(
            ["1号楼", "101", None, None, "林芳", None, None, 320302198005174529, None, "业主", None]
        )
    )

    assert await refusals(found) == [(2, "身份证号", "DIGITS_LOST")]


BROKEN = {
    ("9号楼,101,,,林芳,,,,,业主,"): ("楼栋", "BUILDING_UNKNOWN"),
    (",101,,,林芳,,,,,业主,"): ("楼栋", "VALUE_MISSING"),
    ("1号楼,,,,林芳,,,,,业主,"): ("房号", "VALUE_MISSING"),
    ("1号楼,101,0,登记,林芳,,,,,业主,"): ("建筑面积", "FLOOR_AREA_IMPOSSIBLE"),
    ("1号楼,101,-5,登记,林芳,,,,,业主,"): ("建筑面积", "FLOOR_AREA_IMPOSSIBLE"),
    ("1号楼,101,八十,登记,林芳,,,,,业主,"): ("建筑面积", "FLOOR_AREA_IMPOSSIBLE"),
    ("1号楼,101,89.555,登记,林芳,,,,,业主,"): ("建筑面积", "FLOOR_AREA_IMPOSSIBLE"),
    ("1号楼,101,89.5,,林芳,,,,,业主,"): ("面积依据", "VALUE_MISSING"),
    ("1号楼,101,89.5,听说,林芳,,,,,业主,"): ("面积依据", "CHOICE_UNKNOWN"),
    ("1号楼,101,,,,女,,,,业主,"): ("姓名", "VALUE_MISSING"),
    ("1号楼,101,,,林芳,,,,,,"): ("居住关系", "VALUE_MISSING"),
    ("1号楼,101,,,林芳,,,,,朋友,"): ("居住关系", "CHOICE_UNKNOWN"),
    ("1号楼,101,,,林芳,,2026-02-30,,,业主,"): ("出生日期", "DAY_IMPOSSIBLE"),
    ("1号楼,101,,,林芳,,1899-12-31,,,业主,"): ("出生日期", "DAY_IMPOSSIBLE"),
    ("1号楼,101,,,林芳,,,,,业主,2999-01-01"): ("起始日期", "DAY_IMPOSSIBLE"),
    ("1号楼,101,,,林芳,,,320302198005174524,,业主,"): ("身份证号", "IDENTITY_NUMBER_MALFORMED"),
    ("1号楼,101,,,林芳,,1980-05-18,320302198005174529,,业主,"): (
        "出生日期",
        "IDENTITY_CONTRADICTED",
    ),
    ("1号楼,101,,,林芳,男,,320302198005174529,,业主,"): ("性别", "IDENTITY_CONTRADICTED"),
    ("1号楼,101,,,林芳,,,,12345,业主,"): ("手机号", "PHONE_MALFORMED"),
    ("1号楼,101,,,=HYPERLINK(1),,,,,业主,"): ("姓名", "FORMULA_IN_CELL"),
    ("1号楼,101,,,＝1,,,,,业主,"): ("姓名", "FORMULA_IN_CELL"),
    ("1号楼,101,,,@SUM,,,,,业主,"): ("姓名", "FORMULA_IN_CELL"),
    ("1号楼,101,,,+1,,,,,业主,"): ("姓名", "FORMULA_IN_CELL"),
    ("1号楼,-101,,,林芳,,,,,业主,"): ("房号", "FORMULA_IN_CELL"),
    ("1号楼,101,,,\t=1,,,,,业主,"): ("姓名", "FORMULA_IN_CELL"),
    ("1号楼,101,,,林\x07芳,,,,,业主,"): ("姓名", "CHARACTERS_FORBIDDEN"),
    (f"1号楼,101,,,{'林' * 61},,,,,业主,"): ("姓名", "VALUE_TOO_LONG"),
}


@pytest.mark.parametrize("row", list(BROKEN))
async def test_a_broken_row_is_refused_by_column_and_code_and_leaves_nothing(db, row):
    found = await bring_in(csv(row))

    assert await refusals(found) == [(2, *BROKEN[row])]
    assert await counts() == (0, 0, 0)


async def test_all_or_nothing_brings_in_nothing_where_one_row_is_refused(db):
    found = await bring_in(csv(LIN, CHEN.replace("1号楼", "9号楼")), mode=ImportMode.ALL_OR_NOTHING)

    assert (found.applied, found.accepted_count, found.refused_count) == (False, 1, 1)
    assert await counts() == (0, 0, 0)


async def test_the_good_rows_come_in_beside_the_refused_ones(db):
    found = await bring_in(csv(LIN, CHEN.replace("1号楼", "9号楼")))

    assert (found.applied, found.accepted_count, found.refused_count) == (True, 1, 1)
    assert await counts() == (1, 1, 1)


async def test_the_same_file_twice_creates_nothing_twice(db):
    town = await a_town()

    first = await bring_in(csv(LIN, CHEN), town=town)
    second = await bring_in(csv(LIN, CHEN), town=town)

    assert second.id == first.id
    assert await counts() == (2, 2, 2)


async def test_another_file_with_the_same_people_matches_them(db):
    town = await a_town()
    await bring_in(csv(LIN, CHEN), town=town)

    again = await bring_in(csv(CHEN, LIN), town=town)

    assert again.created == {"households": 0, "people": 0, "residencies": 0, "confirmed": 0}
    assert await counts() == (2, 2, 2)


async def test_a_file_of_refused_rows_can_come_again_when_its_building_is_there(db):
    town = await a_town()
    row = CHEN.replace("1号楼", "9号楼")
    await bring_in(csv(LIN, row), town=town)
    await factories.a_building(town[0], name="9号楼")

    again = await bring_in(csv(LIN, row), town=town)

    assert (again.accepted_count, again.refused_count) == (2, 0)
    assert again.created == {"households": 1, "people": 1, "residencies": 1, "confirmed": 0}


async def test_the_same_key_answers_with_the_same_import(db):
    town, key = await a_town(), uuid4()

    first = await bring_in(csv(LIN), town=town, key=key)
    second = await bring_in(csv(LIN), town=town, key=key)

    assert second.id == first.id


async def test_one_buyer_of_two_units_is_one_person(db):
    second = LIN.replace(",101,", ",103,")

    found = await bring_in(csv(LIN, second))

    assert found.created == {"households": 2, "people": 1, "residencies": 2, "confirmed": 0}


DUPLICATES = {
    "the row again": (LIN, ("姓名", "ROW_REPEATED")),
    "the identity of another": (
        "1号楼,103,,,赵敏,女,,320302198005174529,,家庭成员,",
        ("身份证号", "IDENTITY_TAKEN"),
    ),
    "the phone of another": (
        "1号楼,103,,,赵敏,女,,,13800138000,家庭成员,",
        ("手机号", "PHONE_TAKEN"),
    ),
    "another area for the unit": (
        "1号楼,101,90,登记,赵敏,女,,,,家庭成员,",
        ("建筑面积", "FLOOR_AREA_CONTRADICTED"),
    ),
}


@pytest.mark.parametrize("name", list(DUPLICATES))
async def test_a_duplicate_in_the_file_is_refused_and_the_first_stands(db, name):
    row, why = DUPLICATES[name]

    found = await bring_in(csv(LIN, row))

    assert await refusals(found) == [(3, *why)]
    assert await counts() == (1, 1, 1)


@pytest.mark.parametrize("name", list(DUPLICATES)[1:])
async def test_a_duplicate_of_what_is_known_is_refused(db, name):
    town = await a_town()
    await bring_in(csv(LIN), town=town)
    row, why = DUPLICATES[name]

    found = await bring_in(csv(row), town=town)

    assert await refusals(found) == [(2, *why)]
    assert await counts() == (1, 1, 1)


async def test_a_claim_is_confirmed_by_the_register_but_never_the_importers_own(db):
    _, member = town = await a_town()
    home = await factories.a_household(
        await Area.get(name="1号楼"), unit="101", floor_area_centi_m2=None
    )
    for person in (await factories.a_person("林芳"), await Person.get(id=member.person_id)):
        await factories.a_residency(person, home, state=ResidencyState.CLAIMED)

    found = await bring_in(
        csv("1号楼,101,,,林芳,,,,,业主,", "1号楼,101,,,王建国,,,,,业主,"), town=town
    )

    assert found.created["confirmed"] == 1
    states = {each.person_id: each.state for each in await Residency.all()}
    assert states.pop(member.person_id) is ResidencyState.CLAIMED
    assert list(states.values()) == [ResidencyState.VERIFIED]


async def test_who_signed_in_before_the_register_came_is_completed(db):
    index = crypto.blind_index("13800138000", purpose="phone")
    early = await factories.a_person("", born=None, gender=None)
    early.phone_index, early.phone_sealed = index, b"sealed"
    await early.save()

    found = await bring_in(csv(LIN))

    lin = await Person.get(id=early.id)
    assert (found.created["people"], lin.name, lin.birth_date) == (0, "林芳", date(1980, 5, 17))
    assert lin.identity_index == crypto.blind_index("320302198005174529", purpose="identity")


async def test_buildings_of_one_name_are_told_apart_by_their_estate(db):
    community, _ = town = await a_town()
    estates = [await factories.an_estate(community, name=name) for name in ("东苑", "西苑")]
    for estate in estates:
        await factories.a_building(estate, name="2号楼")
    row = "{},2号楼,201,赵敏,租户"

    found = await bring_in(
        csv(row.format(""), row.format("西苑"), heading="小区,楼栋,房号,姓名,居住关系"), town=town
    )

    assert await refusals(found) == [(2, "楼栋", "BUILDING_AMBIGUOUS")]
    home = await Household.get(unit="201").prefetch_related("area")
    assert home.area.path.startswith(estates[1].path)


def _mixed() -> bytes:
    return "\n".join((HEADING, LIN)).encode() + b"\n" + CHEN.encode("gb18030")


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b'<sheet r:id="a"/>')
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    return buffer.getvalue()


def _wide_cell() -> bytes:
    """A workbook whose one cell lies at the far end of the sheet."""
    whole = zipfile.ZipFile(io.BytesIO(xlsx(["1号楼"])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name).replace(b'r="A2"', b'r="XFD1048576"')
            archive.writestr(name, content)
    return buffer.getvalue()


UNREADABLE = {
    "mixed encodings": (_mixed, RegisterEncodingUnknown),
    "an encoding of Japan": (lambda: csv("ｱｲｳ").decode().encode("shift_jisx0213", "replace"), None),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None),
    "nothing": (lambda: b"", RegisterFileUnreadable),
    "a heading alone": (csv, RegisterEmpty),
    "blank rows": (lambda: csv(",,,,", "  "), RegisterEmpty),
    "a missing column": (lambda: csv("1号楼,101", heading="楼栋,房号"), RegisterColumnsWrong),
    "a repeated column": (lambda: csv("1", heading=HEADING + ",楼号"), RegisterColumnsWrong),
    "an open quote": (lambda: csv('1号楼,"101'), RegisterFileUnreadable),
    "too many bytes": (lambda: csv(LIN) + b"," * 5_000_000, RegisterFileTooLarge),
    "too many rows": (lambda: csv(*["1,1"] * 20_001), RegisterFileTooLarge),
    "a broken archive": (lambda: b"PK\x03\x04" + b"x" * 100, RegisterFileUnreadable),
    "an archive of something else": (lambda: _zip({"word/document.xml": b"x"}), None),
    "an archive that unpacks to too much": (_bomb, RegisterFileTooLarge),
    "a cell at the end of the world": (_wide_cell, RegisterFileTooLarge),
    "an encrypted workbook": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), None),
}


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", list(UNREADABLE))
async def test_a_file_that_cannot_be_read_is_refused_whole(db, name):
    make, refusal = UNREADABLE[name]
    expected = refusal or (RegisterFileUnreadable, RegisterEncodingUnknown, RegisterColumnsWrong)

    with pytest.raises(expected):
        await bring_in(make())

    assert await RegisterImport.all().count() == 0
    assert await counts() == (0, 0, 0)


async def test_only_the_committee_imports_and_others_do_not_see_the_community(db):
    community, _ = await a_town()
    worker = await factories.a_grid_worker(community)
    stranger = await factories.a_committee_member()
    for actor, refusal in ((worker, Forbidden), (stranger, NotFound)):
        with pytest.raises(refusal):
            await register.import_register(
                actor, community.id, file_name="a.csv", content=csv(LIN), mode=ImportMode.GOOD_ROWS
            )

    assert await RegisterImport.all().count() == 0
    assert await counts() == (0, 0, 0)


async def test_five_thousand_rows_take_as_many_statements_as_one(db, statements):
    town = await a_town()
    for number in range(2, 31):
        await factories.an_area(
            AreaKind.BUILDING, parent=town[0], name=f"{number}号楼", code=f"n{number}"
        )
    rows = [
        f"{number % 30 + 1}号楼,{number},80,登记,居民{number},男,1980-01-01,,"
        f"{13900000000 + number},业主,"
        for number in range(5_000)
    ]
    statements.clear()
    one = await bring_in(csv(LIN), town=town)
    for_one = len(statements)
    statements.clear()

    many = await bring_in(csv(*rows), town=town)

    assert (one.accepted_count, many.accepted_count) == (1, 5_000)
    assert len(statements) == for_one


def test_a_refusal_never_shows_the_value():
    reading = rules.read(
        register_files.rows_of(csv("1号楼,101,,,林芳,,,320302198005174524,13800,业主,")),
        today=date(2026, 11, 22),
    )

    assert "320302198005174524" not in repr(reading.refusals)
    assert [dict(each.details) for each in reading.refusals] == [{}]


async def test_today_is_the_first_day_where_none_is_given(db):
    await bring_in(csv("1号楼,101,,,林芳,,,,,业主,"))

    assert (await Residency.get()).since == await clock.today()
