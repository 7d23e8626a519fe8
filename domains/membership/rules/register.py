"""What a household register file says: columns, words and rows, judged before any database.

Works on rows of text. A refusal names the row, the column and a code, never the value.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from domains.kernel.errors import DomainError
from domains.membership import errors
from domains.membership.rules import numbers, phones
from domains.membership.values import AreaBasis, Gender, ResidencyKind

MOST_ROWS = 20_000
MOST_COLUMNS = 50
EARLIEST_DAY = date(1900, 1, 1)
LARGEST_FLOOR_AREA_CENTI_M2 = 100_000_000

T = TypeVar("T")


class Column(StrEnum):
    """A column of the register, by its canonical heading."""

    ESTATE = "小区"
    BUILDING = "楼栋"
    UNIT = "房号"
    FLOOR_AREA = "建筑面积"
    AREA_BASIS = "面积依据"
    NAME = "姓名"
    GENDER = "性别"
    BIRTH_DATE = "出生日期"
    IDENTITY = "身份证号"
    PHONE = "手机号"
    KIND = "居住关系"
    SINCE = "起始日期"


_ALIASES: Mapping[Column, str] = {
    Column.ESTATE: "小区名称 院落 住宅区 estate",
    Column.BUILDING: "楼号 楼幢 楼栋号 幢 幢号 栋 栋号 楼 building",
    Column.UNIT: "室号 门牌号 房间号 单元房号 户号 室 unit",
    Column.FLOOR_AREA: "面积 专有部分面积 floor_area",
    Column.AREA_BASIS: "面积来源 依据 area_basis",
    Column.NAME: "名字 住户姓名 居民姓名 name",
    Column.GENDER: "gender",
    Column.BIRTH_DATE: "出生年月日 生日 birth_date",
    Column.IDENTITY: "身份证号码 身份证 公民身份号码 证件号码 证件号 identity_number",
    Column.PHONE: "手机号码 手机 联系电话 电话 联系方式 phone",
    Column.KIND: "关系 人户关系 住户类型 residency",
    Column.SINCE: "入住日期 起始日 居住起始日期 since",
}
HEADINGS: Mapping[str, Column] = {
    name: column for column in Column for name in (column.value, *_ALIASES[column].split())
}
REQUIRED = (Column.BUILDING, Column.UNIT, Column.NAME, Column.KIND)
_PERSONAL = (
    Column.NAME,
    Column.GENDER,
    Column.BIRTH_DATE,
    Column.IDENTITY,
    Column.PHONE,
    Column.KIND,
    Column.SINCE,
)
_LONGEST = {Column.UNIT: 40, Column.NAME: 60, Column.BUILDING: 100, Column.ESTATE: 100}

_GENDERS = {"男": Gender.MALE, "女": Gender.FEMALE, "男性": Gender.MALE, "女性": Gender.FEMALE}
_KINDS = {
    word: kind
    for kind, words in (
        (ResidencyKind.OWNER, "产权人 业主 房主 户主 owner"),
        (ResidencyKind.TENANT, "租户 租客 承租人 租住 tenant"),
        (ResidencyKind.MEMBER, "家庭成员 成员 家属 member"),
    )
    for word in words.split()
}
_BASES = {
    word: basis
    for basis, words in (
        (AreaBasis.REGISTER, "登记 不动产登记 产权登记 不动产登记簿 房产证 register"),
        (AreaBasis.SURVEY, "测绘 实测 测绘报告 survey"),
        (AreaBasis.CONTRACT, "合同 买卖合同 购房合同 contract"),
    )
    for word in words.split()
}
_DAY = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))"
    r"(?:[T ]00:00(?::00)?)?",
    re.ASCII,
)
_AREA = re.compile(r"(\d{1,7}(?:\.\d{1,4})?)(?:平方米|平米|㎡|m2)?", re.ASCII)
# What may begin with a sign: a telephone abroad, and a floor area to be refused as such.
_HARMLESS = {
    Column.PHONE: re.compile(r"\+86[\d\s-]{11,20}", re.ASCII),
    Column.FLOOR_AREA: re.compile(r"-\d+(\.\d+)?", re.ASCII),
}
# Stands for a figure whose last digits a spreadsheet has rounded away.
DIGITS_LOST = "\ue000"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was refused: the code and figures of a DomainError, at a column."""

    row: int
    column: str
    code: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody whom a row names."""

    name: str = field(repr=False)
    gender: Gender | None
    birth_date: date | None = field(repr=False)
    identity: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    kind: ResidencyKind
    since: date


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that is good by itself: a unit, and perhaps somebody who lives there."""

    row: int
    estate: str
    building: str
    unit: str
    floor_area_centi_m2: int | None
    area_basis: AreaBasis | None
    resident: Resident | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: the good rows and the refused ones."""

    drafts: Sequence[Draft]
    refusals: Sequence[Refusal]
    row_count: int


class RowRefused(Exception):
    """A refusal at a column of the row that is being read."""

    def __init__(self, column: str, error: DomainError) -> None:
        super().__init__(error.code)
        self.column = column
        self.error = error


def refusal(row: int, column: str, error: DomainError) -> Refusal:
    """Make a refusal of a row from the error that says why."""
    return Refusal(row=row, column=column, code=error.code, details=error.details)


def folded(text: str) -> str:
    """Return a name as it is compared: one width, no spaces, lower case."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def columns_of(heading: Sequence[str]) -> dict[Column, int]:
    """Say where each column stands; order is free, aliases and units in brackets are known.

    Raises RegisterColumnsWrong where one is missing or stands there twice.
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
        raise errors.RegisterColumnsWrong(columns="、".join(missing + repeated))
    return found


def read(rows: Sequence[Sequence[str]], *, today: date) -> Reading:
    """Judge every row of a file by itself and against the rows above it.

    Raises RegisterColumnsWrong, RegisterEmpty, RegisterFileTooLarge.
    """
    if not rows:
        raise errors.RegisterEmpty
    columns = columns_of(rows[0])
    if len(rows) - 1 > MOST_ROWS:
        raise errors.RegisterFileTooLarge(megabytes=5, rows=MOST_ROWS)
    drafts: list[Draft] = []
    refusals: list[Refusal] = []
    count = 0
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        try:
            drafts.append(_draft(number, cells, columns, today))
        except RowRefused as refused:
            refusals.append(refusal(number, refused.column, refused.error))
    if not count:
        raise errors.RegisterEmpty
    return Reading(drafts=drafts, refusals=refusals, row_count=count)


def _draft(row: int, cells: Sequence[str], columns: Mapping[Column, int], today: date) -> Draft:
    values = {
        column: _cell(column, cells[place] if place < len(cells) else "")
        for column, place in columns.items()
    }
    for column in (Column.BUILDING, Column.UNIT):
        if not values[column]:
            raise RowRefused(column, errors.ValueMissing())
    area = _read(values, Column.FLOOR_AREA, _floor_area)
    basis = _read(values, Column.AREA_BASIS, lambda text: _choice(text, _BASES))
    if (area is None) != (basis is None):
        column = Column.FLOOR_AREA if area is None else Column.AREA_BASIS
        raise RowRefused(column, errors.ValueMissing())
    inhabited = any(values.get(column) for column in _PERSONAL)
    return Draft(
        row=row,
        estate=values.get(Column.ESTATE, ""),
        building=values[Column.BUILDING],
        unit=values[Column.UNIT],
        floor_area_centi_m2=area,
        area_basis=basis,
        resident=_resident(values, today) if inhabited else None,
    )


def _resident(values: Mapping[Column, str], today: date) -> Resident:
    for column in (Column.NAME, Column.KIND):
        if not values[column]:
            raise RowRefused(column, errors.ValueMissing())
    kind = _read(values, Column.KIND, lambda text: _choice(text, _KINDS))
    assert kind is not None, "a filled cell is read or refused"
    gender = _read(values, Column.GENDER, lambda text: _choice(text, _GENDERS))
    born = _read(values, Column.BIRTH_DATE, lambda text: _day(text, today))
    identity = _read(values, Column.IDENTITY, numbers.identity_number)
    if identity is not None:
        if born not in {None, identity.birth_date}:
            raise RowRefused(Column.BIRTH_DATE, errors.IdentityContradicted())
        if gender not in {None, identity.gender}:
            raise RowRefused(Column.GENDER, errors.IdentityContradicted())
        if identity.birth_date > today:
            raise RowRefused(Column.IDENTITY, errors.IdentityNumberMalformed())
        born, gender = identity.birth_date, identity.gender
    since = _read(values, Column.SINCE, lambda text: _day(text, today))
    return Resident(
        name=values[Column.NAME],
        gender=gender,
        birth_date=born,
        identity=identity.text if identity else None,
        phone=_read(values, Column.PHONE, phones.normalised),
        kind=kind,
        since=since or today,
    )


def _cell(column: Column, raw: str) -> str:
    """Return a cell's text; refuse what a spreadsheet would run, and what nobody can see."""
    text = raw.strip(" \r\n\u3000\ufeff")
    if text == DIGITS_LOST:
        raise RowRefused(column, errors.DigitsLost())
    harmless = _HARMLESS.get(column)
    first = unicodedata.normalize("NFKC", text[:1])
    if first in {"=", "+", "-", "@", "\t"} and not (harmless and harmless.fullmatch(text)):
        raise RowRefused(column, errors.FormulaInCell())
    text = text.strip().removeprefix("'").strip()
    if any(unicodedata.category(each) in {"Cc", "Cs", "Co"} for each in text):
        raise RowRefused(column, errors.CharactersForbidden())
    longest = _LONGEST.get(column, 100)
    if len(text) > longest:
        raise RowRefused(column, errors.ValueTooLong(characters=longest))
    return unicodedata.normalize("NFC", text)


def _read(values: Mapping[Column, str], column: Column, reader: Callable[[str], T]) -> T | None:
    """Read a cell that may be empty, putting its refusal at the column."""
    text = values.get(column)
    if not text:
        return None
    try:
        return reader(text)
    except DomainError as error:
        raise RowRefused(column, error) from None


def _choice(text: str, known: Mapping[str, T]) -> T:
    found = known.get(folded(text))
    if found is None:
        words: dict[T, str] = {}
        for word, meaning in known.items():
            words.setdefault(meaning, word)
        raise errors.ChoiceUnknown(choices="、".join(words.values()))
    return found


def _day(text: str, today: date) -> date:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise errors.DayImpossible
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        value = date(year, month, day)
    except ValueError:
        raise errors.DayImpossible from None
    if not EARLIEST_DAY <= value <= today:
        raise errors.DayImpossible
    return value


def _floor_area(text: str) -> int:
    """Read square metres into hundredths, exactly; more than two decimals are refused."""
    found = _AREA.fullmatch(unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", ""))
    if found is None:
        raise errors.FloorAreaImpossible
    try:
        centi = Decimal(found.group(1)) * 100
    except InvalidOperation:
        raise errors.FloorAreaImpossible from None
    if centi != centi.to_integral_value() or not 0 < centi <= LARGEST_FLOOR_AREA_CENTI_M2:
        raise errors.FloorAreaImpossible
    return int(centi)
