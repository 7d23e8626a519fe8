"""A whole community: 7 estates, 82 buildings, 4,377 households, 12,532 residents.

The people are made up, and the same every time. They come in as a community's own would:
one household register an estate, imported by the product's command.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import SYSTEM, Role
from domains.membership.service import areas, register, roles, tag_kinds
from domains.membership.values import AreaKind, ImportMode
from domains.pledges import service as promises
from domains.voting import service as voting
from seeds.demo import names

ESTATES = ("东关花园", "植物园小区", "和平里", "祁连苑", "天马家园", "雷台新村", "凉都府")
BUILDINGS = 82
HOUSEHOLDS = 4_377
RESIDENTS = 12_532
COMMITTEE_PHONE = "19900000001"

# Sizes of households as they come; what is over the number of residents is taken off later.
_SIZES = (2, 3, 4, 1, 3, 3, 2, 5, 3, 3)
_HEADINGS = (
    *("小区", "楼栋", "房号", "建筑面积", "面积依据"),
    *("姓名", "性别", "出生日期", "手机号", "居住关系", "起始日期"),
)

Progress = Callable[[str, int, int], object]
_Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlantedTown:
    """What came of it."""

    community_id: UUID
    households: int
    residents: int
    sign_in_hint: str


async def plant(progress: Progress) -> PlantedTown:
    """Plant the town, or find it; `progress` is told the step, how much is done and of how much."""
    await tag_kinds.sync_presets()
    await voting.sync_presets()
    await promises.sync_presets()
    community = await database.fetch_value(
        "SELECT id FROM membership_area WHERE kind = 'community' AND code = 'dongguan'"
    )
    if community is None:
        community = await _places(progress)
    await _registers(community, progress)
    await _committee(community)
    counted = await database.fetch_one(
        "SELECT count(DISTINCT r.household_id) AS households,"
        " count(DISTINCT r.person_id) AS residents"
        " FROM membership_residency r JOIN membership_household h ON h.id = r.household_id"
        " JOIN membership_area a ON a.id = h.area_id"
        " JOIN membership_area c ON c.id = $1 AND starts_with(a.path, c.path)",
        community,
    )
    assert counted is not None, "an aggregate always has a row"
    hint = f"a committee member: {COMMITTEE_PHONE}; its code is printed by the server."
    return PlantedTown(community, counted["households"], counted["residents"], hint)


async def _area(parent: UUID | None, kind: AreaKind, code: str, name: str) -> UUID:
    made = await areas.create_area(SYSTEM, parent_id=parent, kind=kind, code=code, name=name)
    return made.id


async def _places(progress: Progress) -> UUID:
    city = await _area(None, AreaKind.CITY, "wuwei", "武威市")
    district = await _area(city, AreaKind.DISTRICT, "liangzhou", "凉州区")
    street = await _area(district, AreaKind.STREET, "dongdajie", "东大街街道")
    community = await _area(street, AreaKind.COMMUNITY, "dongguan", "东关花园社区")
    planted = 0
    for number, estate in enumerate(ESTATES):
        estate_id = await _area(community, AreaKind.ESTATE, f"estate{number + 1}", estate)
        for building in range(1, buildings_of(number) + 1):
            await _area(estate_id, AreaKind.BUILDING, f"b{building}", f"{building}号楼")
            planted += 1
            progress("buildings", planted, BUILDINGS)
    return community


def buildings_of(estate: int) -> int:
    """Return how many of the 82 buildings an estate has."""
    return BUILDINGS // len(ESTATES) + (estate < BUILDINGS % len(ESTATES))


def household_sizes() -> list[int]:
    """Return how many live in each household, 12,532 in all."""
    sizes = list(islice(cycle(_SIZES), HOUSEHOLDS))
    over = sum(sizes) - RESIDENTS
    for place, size in enumerate(sizes):
        if over == 0:
            break
        if size > 2:
            sizes[place] -= 1
            over -= 1
    return sizes


async def _registers(community: UUID, progress: Progress) -> None:
    done = 0
    progress("residents", done, RESIDENTS)
    for estate, lines in registers():
        await register.import_register(
            SYSTEM,
            community,
            file_name=f"{estate}.csv",
            content=_file(lines),
            mode=ImportMode.ALL_OR_NOTHING,
        )
        done += len(lines)
        progress("residents", done, RESIDENTS)


def registers() -> Iterator[tuple[str, list[_Line]]]:
    """Yield each estate with the lines of its register."""
    sizes = iter(enumerate(household_sizes()))
    called = names()
    placed = 0
    for number, estate in enumerate(ESTATES):
        lines: list[_Line] = []
        for building in range(1, buildings_of(number) + 1):
            for unit in range(HOUSEHOLDS // BUILDINGS + (placed < HOUSEHOLDS % BUILDINGS)):
                household, size = next(sizes)
                home = (estate, f"{building}号楼", f"{unit // 27 + 1}单元{unit % 27 + 1:02d}")
                lines += _people(home, household, list(islice(called, size)))
            placed += 1
        yield estate, lines


def _people(home: tuple[str, str, str], household: int, called: list[str]) -> Iterator[_Line]:
    area = f"{68 + household % 70}.{household % 100:02d}"
    moved_in = date(2008, 3, 1) + timedelta(days=household % 5000)
    for place, name in enumerate(called):
        # Owner, spouse, then children and an elder: ages that a staircase really has.
        age = (44, 42, 12, 70, 9)[place % 5] + household * 7 % 23 - (0, 2, 8, 3, 6)[place % 5]
        born = date(2026 - age, household % 12 + 1, (household + place) % 28 + 1)
        yield (
            *home,
            *(area, "登记"),
            *(name, "女" if (household + place) % 2 else "男", born.isoformat()),
            f"199{household + 1:08d}" if place == 0 else "",
            "产权人" if place == 0 else "家庭成员",
            max(moved_in, born).isoformat(),
        )


def _file(lines: list[_Line]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


async def _committee(community: UUID) -> None:
    """Give the first owner, whose phone is the hint's, a seat on the committee."""
    first = await database.fetch_value(
        "SELECT r.person_id FROM membership_residency r"
        " JOIN membership_household h ON h.id = r.household_id"
        " JOIN membership_area a ON a.id = h.area_id"
        " WHERE r.kind = 'owner' AND a.code = 'b1' AND h.unit = '1单元01' AND a.path LIKE"
        " (SELECT path || 'estate1/%' FROM membership_area WHERE id = $1)",
        community,
    )
    seated = await database.fetch_value(
        "SELECT EXISTS (SELECT FROM membership_role_grant WHERE person_id = $1)", first
    )
    if not seated:
        await roles.grant_role(
            SYSTEM, person_id=first, role=Role.COMMITTEE_MEMBER, area_id=community
        )
