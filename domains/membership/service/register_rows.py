"""The rows of a register file against what is known: matched, refused, or new.

One statement reads each kind of thing, however many rows there are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.database import Row
from domains.kernel.errors import DomainError
from domains.membership import errors
from domains.membership.rules import register
from domains.membership.rules.register import Column, Draft, Refusal, Resident
from domains.membership.values import AreaBasis

_BUILDINGS = """
SELECT b.id, b.name, b.code,
       coalesce(array_agg(a.name) FILTER (WHERE a.kind = 'estate'), '{}') AS estates
FROM membership_area b
LEFT JOIN membership_area a ON a.path = ANY (membership_prefixes(b.path)) AND a.kind = 'estate'
WHERE b.kind = 'building' AND b.path LIKE $1
GROUP BY b.id, b.name, b.code
"""
_HOUSEHOLDS = """
SELECT h.id, h.area_id, h.unit, h.floor_area_centi_m2
FROM membership_household h JOIN membership_area a ON a.id = h.area_id
WHERE a.path LIKE $1
"""
_KNOWN = """
SELECT id, name, phone_index, identity_index FROM membership_person
WHERE phone_index = ANY ($1::bytea[]) OR identity_index = ANY ($2::bytea[])
"""
_LIVING = """
SELECT r.household_id, p.id, p.name, r.kind, r.state
FROM membership_residency r
JOIN membership_person p ON p.id = r.person_id
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE a.path LIKE $1 AND r.state IN ('claimed', 'verified')
"""


@dataclass(slots=True)
class PlannedUnit:
    """A household of the plan, known or new."""

    id: UUID
    building_id: UUID
    name: str
    is_new: bool
    area: int | None
    basis: AreaBasis | None = None
    is_measured_now: bool = False
    first_row: int = 0


@dataclass(slots=True)
class PlannedPerson:
    """Somebody of the plan, known or new; `resident` is what the file says of them."""

    id: UUID
    name: str
    is_new: bool
    phone_index: bytes | None
    identity_index: bytes | None
    resident: Resident | None = None


@dataclass(slots=True)
class Plan:
    """What is to be written, and what was refused on the way."""

    refusals: list[Refusal] = field(default_factory=list)
    units: dict[tuple[UUID, str], PlannedUnit] = field(default_factory=dict)
    people: dict[UUID, PlannedPerson] = field(default_factory=dict)
    residencies: list[tuple[UUID, UUID, str, date]] = field(default_factory=list)
    confirmed: list[tuple[UUID, UUID, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What the database and the rows above say."""

    buildings: dict[str, list[tuple[UUID, frozenset[str]]]]
    by_phone: dict[bytes, PlannedPerson] = field(default_factory=dict)
    by_identity: dict[bytes, PlannedPerson] = field(default_factory=dict)
    by_home: dict[tuple[UUID, str], PlannedPerson] = field(default_factory=dict)
    bonds: dict[tuple[UUID, UUID, str], tuple[str, int]] = field(default_factory=dict)


Indexes = list[tuple[bytes | None, bytes | None]]
Bond = tuple[UUID, UUID, str]


class _Contradiction(Exception):
    """A refusal at a column, found while a row is placed."""

    def __init__(self, column: Column, error: DomainError) -> None:
        super().__init__(error.code)
        self.column = column
        self.error = error


def _indexes(drafts: Sequence[Draft]) -> Indexes:
    """Return each row's blind indexes of phone and identity number."""

    def index(text: str | None, purpose: str) -> bytes | None:
        return None if text is None else crypto.blind_index(text, purpose=purpose)

    return [
        (index(each.resident.phone, "phone"), index(each.resident.identity, "identity"))
        if each.resident
        else (None, None)
        for each in drafts
    ]


async def plan(area_path: str, drafts: Sequence[Draft]) -> Plan:
    """Place every good row: in its building, its household, and with its person."""
    indexes = await asyncio.to_thread(_indexes, drafts)
    planned = Plan()
    known = await _known(area_path, indexes, planned)
    for draft, (phone, identity) in zip(drafts, indexes, strict=True):
        try:
            unit = _unit(draft, known, planned)
            if draft.resident is not None:
                who = _Who(draft.resident, phone, identity)
                person = _person(who, unit, known)
                bond = (person.id, unit.id, draft.resident.kind.value)
                _require_first(bond, draft.row, known)
                _bind(bond, draft, known=known, planned=planned)
                _complete(person, who)
                planned.people[person.id] = person
                known.by_home.setdefault((unit.id, register.folded(person.name)), person)
                _remember(person, known)
            _take(draft, unit, planned)
        except _Contradiction as found:
            planned.refusals.append(register.refusal(draft.row, found.column, found.error))
    return planned


async def _known(area_path: str, indexes: Indexes, planned: Plan) -> _Known:
    pattern = f"{area_path}%"
    buildings: dict[str, list[tuple[UUID, frozenset[str]]]] = defaultdict(list)
    for row in await database.fetch(_BUILDINGS, pattern):
        estates = frozenset(register.folded(name) for name in row["estates"])
        for name in {register.folded(row["name"]), register.folded(row["code"])}:
            buildings[name].append((row["id"], estates))
    known = _Known(buildings=buildings)
    for row in await database.fetch(_HOUSEHOLDS, pattern):
        unit = PlannedUnit(
            row["id"], row["area_id"], row["unit"], False, row["floor_area_centi_m2"]
        )
        planned.units[row["area_id"], register.folded(row["unit"])] = unit
    phones = [phone for phone, _ in indexes if phone]
    identities = [identity for _, identity in indexes if identity]
    people: dict[UUID, PlannedPerson] = {}
    for row in await database.fetch(_KNOWN, phones, identities):
        person = people[row["id"]] = _kept(row, row["phone_index"], row["identity_index"])
        _remember(person, known)
    for row in await database.fetch(_LIVING, pattern):
        person = people.get(row["id"]) or _kept(row, None, None)
        known.by_home.setdefault((row["household_id"], register.folded(row["name"])), person)
        known.bonds[person.id, row["household_id"], row["kind"]] = (row["state"], 0)
    return known


def _kept(row: Row, phone: bytes | None, identity: bytes | None) -> PlannedPerson:
    return PlannedPerson(
        id=row["id"],
        name=row["name"],
        is_new=False,
        phone_index=bytes(phone) if phone else None,
        identity_index=bytes(identity) if identity else None,
    )


def _remember(person: PlannedPerson, known: _Known) -> None:
    if person.phone_index:
        known.by_phone[person.phone_index] = person
    if person.identity_index:
        known.by_identity[person.identity_index] = person


def _building(draft: Draft, known: _Known) -> UUID:
    found = known.buildings.get(register.folded(draft.building), [])
    if draft.estate:
        estate = register.folded(draft.estate)
        found = [each for each in found if estate in each[1]]
    if not found:
        raise _Contradiction(Column.BUILDING, errors.BuildingUnknown())
    if len(found) > 1:
        raise _Contradiction(Column.BUILDING, errors.BuildingAmbiguous())
    return found[0][0]


def _unit(draft: Draft, known: _Known, planned: Plan) -> PlannedUnit:
    building_id = _building(draft, known)
    unit = planned.units.get((building_id, register.folded(draft.unit)))
    if unit is None:
        return PlannedUnit(
            id=database.new_id(),
            building_id=building_id,
            name=draft.unit,
            is_new=True,
            area=draft.floor_area_centi_m2,
            basis=draft.area_basis,
        )
    given = draft.floor_area_centi_m2
    if given is not None and unit.area not in {None, given}:
        raise _Contradiction(Column.FLOOR_AREA, errors.FloorAreaContradicted())
    return unit


@dataclass(frozen=True, slots=True)
class _Who:
    """Whom a row names, with the blind indexes of the numbers it gives."""

    resident: Resident
    phone: bytes | None
    identity: bytes | None


def _person(who: _Who, unit: PlannedUnit, known: _Known) -> PlannedPerson:
    """Find whom the row means: by identity number, else by phone, else by name in the home."""
    name = register.folded(who.resident.name)
    by_identity = known.by_identity.get(who.identity) if who.identity else None
    if by_identity is not None and register.folded(by_identity.name) != name:
        raise _Contradiction(Column.IDENTITY, errors.IdentityTaken())
    by_phone = known.by_phone.get(who.phone) if who.phone else None
    if by_phone is not None:
        is_other = by_identity is not None and by_phone.id != by_identity.id
        differs = who.identity and by_phone.identity_index not in {None, who.identity}
        # A phone that signed in before anybody gave a name is taken by whom the register names.
        if is_other or differs or register.folded(by_phone.name) not in {name, ""}:
            raise _Contradiction(Column.PHONE, errors.PhoneTaken())
    found = by_identity or by_phone
    if found is None and not (who.identity or who.phone):
        found = known.by_home.get((unit.id, name))
    return found or PlannedPerson(
        id=database.new_id(),
        name=who.resident.name,
        is_new=True,
        phone_index=who.phone,
        identity_index=who.identity,
    )


def _complete(person: PlannedPerson, who: _Who) -> None:
    """Put together what the rows say of one person; the first word stands."""
    said, added = person.resident, who.resident
    person.name = person.name or added.name
    if person.phone_index is None:
        person.phone_index = who.phone
    if person.identity_index is None:
        person.identity_index = who.identity
    person.resident = (
        added
        if said is None
        else replace(
            said,
            gender=said.gender or added.gender,
            birth_date=said.birth_date or added.birth_date,
            identity=said.identity or added.identity,
            phone=said.phone or added.phone,
        )
    )


def _require_first(bond: Bond, row: int, known: _Known) -> None:
    state, earlier = known.bonds.get(bond, ("", 0))
    if earlier:
        raise _Contradiction(Column.NAME, errors.RowRepeated(row=earlier))
    known.bonds[bond] = (state, row)


def _bind(bond: Bond, draft: Draft, *, known: _Known, planned: Plan) -> None:
    assert draft.resident is not None, "only a row with a resident binds"
    state, _ = known.bonds[bond]
    if not state:
        planned.residencies.append((*bond, draft.resident.since))
    elif state == "claimed":
        planned.confirmed.append(bond)


def _take(draft: Draft, unit: PlannedUnit, planned: Plan) -> None:
    planned.units[unit.building_id, register.folded(unit.name)] = unit
    if unit.area is None and draft.floor_area_centi_m2 is not None:
        unit.area, unit.basis = draft.floor_area_centi_m2, draft.area_basis
        unit.is_measured_now = not unit.is_new
