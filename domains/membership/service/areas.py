"""Commands over the tree of areas and its households."""

import re
from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.errors import InvalidInput
from domains.membership import policy
from domains.membership.errors import AreaKindMisplaced, FloorAreaImpossible
from domains.membership.rules import places, texts
from domains.membership.service import conflicts, once, targets
from domains.membership.values import AreaBasis, AreaKind, Made

LARGEST_FLOOR_AREA_CENTI_M2 = 100_000_000
_CODE = re.compile(r"[0-9A-Za-z-]{1,32}")

_CREATE_AREA = """
INSERT INTO membership_area (id, kind, code, name, path, parent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
"""
_RENAME_AREA = "UPDATE membership_area SET name = $2 WHERE id = $1"
_CREATE_HOUSEHOLD = """
INSERT INTO membership_household
    (id, area_id, unit, floor_area_centi_m2, area_basis, created_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
"""
_EDIT_HOUSEHOLD = """
UPDATE membership_household
SET unit = $2, floor_area_centi_m2 = $3, area_basis = $4, version = version + 1
WHERE id = $1
"""


async def create_area(
    actor: Actor,
    *,
    parent_id: UUID | None,
    kind: AreaKind,
    code: str,
    name: str,
    idempotency_key: UUID | None = None,
) -> Made:
    """Add an area under its parent; a city has none, and only the system founds one."""
    async with database.transaction():
        parent_path, parent_kind, community_id = "", None, None
        if parent_id is not None:
            parent, place = await targets.area(parent_id, path=("input", "parentId"))
            parent_path, parent_kind = place.area_path, place.kind
            community_id = parent["community_id"]
        require(
            policy.AUTHORITY, "createArea", actor, policy.Place(area_path=parent_path, kind=kind)
        )
        given = {"parent": parent_id, "kind": kind, "code": code, "name": name}
        if before := await once.earlier(actor, idempotency_key, "createArea", given):
            return before
        if not places.may_lie_under(kind, parent_kind):
            raise AreaKindMisplaced(path=("input", "kind"))
        if not _CODE.fullmatch(code):
            raise InvalidInput(
                path=("input", "code"),
                zh="编码只能由 1 至 32 个字母、数字和连字符组成。",
                en="a code is 1 to 32 letters, digits and hyphens.",
            )
        name = texts.line(name, path=("input", "name"), longest=100)
        area_id = database.new_id()
        values = (area_id, kind, code, name, f"{parent_path}{code}/", parent_id)
        with conflicts.told():
            await database.execute(_CREATE_AREA, *values)
        made = await once.made(actor, idempotency_key, area_id)
        await audit.record(
            actor,
            command="createArea",
            chain=community_id,
            subject=("area", area_id),
            details={"kind": kind.value},
        )
    return made


async def rename_area(actor: Actor, area_id: UUID, *, name: str) -> None:
    """Give an area another name; its code and path stay."""
    async with database.transaction():
        row, place = await targets.area(area_id, path=("input", "areaId"))
        require(policy.AUTHORITY, "renameArea", actor, place)
        name = texts.line(name, path=("input", "name"), longest=100)
        await database.execute(_RENAME_AREA, area_id, name)
        await audit.record(
            actor,
            command="renameArea",
            chain=row["community_id"],
            subject=("area", area_id),
            details={},
        )


def _require_floor_area(area: int | None, basis: AreaBasis | None) -> None:
    if area is None and basis is None:
        return
    if area is None or basis is None or not 0 < area <= LARGEST_FLOOR_AREA_CENTI_M2:
        raise FloorAreaImpossible(path=("input", "floorAreaCentiM2"))


async def create_household(
    actor: Actor,
    *,
    building_id: UUID,
    unit: str,
    floor_area_centi_m2: int | None = None,
    area_basis: AreaBasis | None = None,
    idempotency_key: UUID | None = None,
) -> Made:
    """Add a household to a building."""
    async with database.transaction():
        row, place = await targets.area(building_id, path=("input", "buildingId"))
        require(policy.AUTHORITY, "createHousehold", actor, place)
        given = {
            "building": building_id,
            "unit": unit,
            "area": floor_area_centi_m2,
            "basis": area_basis,
        }
        if before := await once.earlier(actor, idempotency_key, "createHousehold", given):
            return before
        if place.kind is not AreaKind.BUILDING:
            raise AreaKindMisplaced(path=("input", "buildingId"))
        unit = texts.line(unit, path=("input", "unit"), longest=40)
        _require_floor_area(floor_area_centi_m2, area_basis)
        household_id = database.new_id()
        values = (household_id, building_id, unit, floor_area_centi_m2, area_basis)
        with conflicts.told():
            await database.execute(_CREATE_HOUSEHOLD, *values)
        made = await once.made(actor, idempotency_key, household_id)
        await audit.record(
            actor,
            command="createHousehold",
            chain=row["community_id"],
            subject=("household", household_id),
            details={},
        )
    return made


async def edit_household(
    actor: Actor,
    household_id: UUID,
    *,
    unit: str,
    floor_area_centi_m2: int | None,
    area_basis: AreaBasis | None,
    expected_version: int,
) -> None:
    """Put a household's unit number and floor area right."""
    async with database.transaction():
        row, place = await targets.household(household_id, path=("input", "householdId"))
        require(policy.AUTHORITY, "editHousehold", actor, place)
        targets.require_version(row, expected_version)
        unit = texts.line(unit, path=("input", "unit"), longest=40)
        _require_floor_area(floor_area_centi_m2, area_basis)
        values = (household_id, unit, floor_area_centi_m2, area_basis)
        with conflicts.told():
            await database.execute(_EDIT_HOUSEHOLD, *values)
        await audit.record(
            actor,
            command="editHousehold",
            chain=row["community_id"],
            subject=("household", household_id),
            details={"version": row["version"] + 1},
        )
