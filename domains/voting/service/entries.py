"""Putting a roll right while it is public: admitting, striking, correcting, each with its reason.

These run inside a command that holds the poll; the roll's own table refuses all of it once
the roll is frozen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import electorate
from domains.membership.values import AreaBasis
from domains.voting.errors import (
    AlreadyListed,
    AreaUnproven,
    BasisUnmet,
    NotListed,
    RegisteredElsewhere,
    RollEmpty,
    RollWouldBeEmpty,
    UnitCounted,
)
from domains.voting.events import RollChanged
from domains.voting.models import Poll
from domains.voting.rules.entries import FloorArea, Known, bears_out, of_age, proven
from domains.voting.rules.procedure import Procedure
from domains.voting.values import ElectorateKind, RollBasis

_ENTRY = """
SELECT name, standing, household_id, area_centi_m2, unit_count FROM voting_roll_entry
WHERE poll_id = $1 AND voter_id = $2
"""
_PUT = """
INSERT INTO voting_roll_entry (poll_id, voter_id, number, name, household_id, area_centi_m2,
                               unit_count, basis, reason)
VALUES ($1, $2, (SELECT max(number) + 1 FROM voting_roll_entry WHERE poll_id = $1),
        $3, $4, $5, $6, $7, $8)
ON CONFLICT (poll_id, voter_id) DO UPDATE SET
    standing = 'admitted', household_id = excluded.household_id, basis = excluded.basis,
    area_centi_m2 = excluded.area_centi_m2, unit_count = excluded.unit_count,
    reason = excluded.reason
"""
_STRIKE = """
UPDATE voting_roll_entry SET standing = 'struck', reason = $3, area_centi_m2 = NULL, unit_count = 0
WHERE poll_id = $1 AND voter_id = $2
"""
_FREE_UNITS = "DELETE FROM voting_roll_unit WHERE poll_id = $1 AND voter_id = $2"
_HAND_UNITS = "UPDATE voting_roll_unit SET voter_id = $3 WHERE poll_id = $1 AND voter_id = $2"
_ADD_UNIT = """
INSERT INTO voting_roll_unit (poll_id, voter_id, household_id, unit, area_centi_m2, area_basis)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_TAKEN = (
    "SELECT EXISTS (SELECT FROM voting_roll_unit WHERE poll_id = $1 AND household_id = ANY ($2))"
)
_REPRESENTED = """
SELECT EXISTS (SELECT FROM voting_roll_entry
               WHERE poll_id = $1 AND household_id = $2 AND standing = 'admitted')
"""
_SET_UNIT = """
UPDATE voting_roll_unit SET area_centi_m2 = $4, area_basis = $5
WHERE poll_id = $1 AND voter_id = $2 AND household_id = $3
"""
_ADD_UP = """
UPDATE voting_roll_entry SET basis = 'proof', reason = $3, area_centi_m2 = (
    SELECT sum(u.area_centi_m2) FROM voting_roll_unit u WHERE u.poll_id = $1 AND u.voter_id = $2)
WHERE poll_id = $1 AND voter_id = $2
"""
_UNITS_OF = "SELECT household_id FROM voting_roll_unit WHERE poll_id = $1 AND voter_id = $2"
_END_PROXIES = """
UPDATE voting_proxy SET ended_at = kernel_now(), end_reason = $3
WHERE poll_id = $1 AND ended_at IS NULL AND (principal_id = $2 OR holder_id = $2)
"""
_SIZE = "SELECT count(*) FROM voting_roll_entry WHERE poll_id = $1 AND standing = 'admitted'"
_RESIZE = """
UPDATE voting_poll SET roll_size = $2, version = version + 1 WHERE id = $1
"""
_ELSEWHERE = """
EXISTS (
    SELECT FROM voting_roll_entry other
    JOIN voting_poll p ON p.id = other.poll_id
    JOIN voting_poll own ON own.id = $1
    WHERE other.voter_id = {voter} AND other.standing = 'admitted' AND p.id <> own.id
      AND p.state IN ('roll_published', 'roll_frozen', 'open')
      AND (p.frozen_rules #>> '{{content,roll,onePlace}}')::boolean
      AND NOT (starts_with(p.area_path, own.area_path) OR starts_with(own.area_path, p.area_path)))
"""
_IS_ELSEWHERE = "SELECT " + _ELSEWHERE.format(voter="$2")
_LEAVE_OUT = f"""
UPDATE voting_roll_entry e SET standing = 'struck', reason = $2
WHERE e.poll_id = $1 AND {_ELSEWHERE.format(voter="e.voter_id")}
"""
# Rolls of one registration are built and added to one after another.
_ONE_PLACE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('voting one place', 11))"

REGISTERED_ELSEWHERE = "已在其他地方登记参加选举"


@dataclass(frozen=True, slots=True)
class UnitProof:
    """A unit that somebody answers for; without a figure, what the register says of its area."""

    household_id: UUID
    area_centi_m2: int | None = None
    area_basis: AreaBasis | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """How an entry is made: on what basis, for which units or household, for whom instead."""

    basis: RollBasis = RollBasis.REGISTER
    units: tuple[UnitProof, ...] = ()
    voter_id: UUID | None = None


async def admit(
    poll: Poll, procedure: Procedure, person_id: UUID, *, remedy: Remedy, reason: str
) -> None:
    """Put somebody on the roll whom the community knows, on a basis that the register bears out.

    Raises NotFound, AlreadyListed, BasisUnmet, RegisteredElsewhere, UnitCounted, AreaUnproven.
    """
    entry = await _entry(poll.id, person_id)
    if entry is not None and entry["standing"] == "admitted":
        raise AlreadyListed(path=("input", "personId"))
    day = await _voting_day(poll)
    row = await _known(poll, day, person_id)
    _require_basis(row, procedure, remedy.basis, day)
    await _require_one_place(poll.id, procedure, person_id)
    units = await _owned(poll, person_id, remedy) if _weighs(procedure) else []
    household_id = row["household_id"]
    if procedure.electorate is ElectorateKind.HOUSEHOLDS:
        household_id = await _represented(poll, person_id, remedy, row)
    if units:
        household_id = units[0][0]
    await database.execute(
        _PUT,
        *(poll.id, person_id, row["name"], household_id),
        *(sum(area.centi_m2 for _, _, area in units) or None, len(units)),
        *(remedy.basis, reason),
    )
    for unit_id, label, area in units:
        await database.execute(
            _ADD_UNIT, poll.id, person_id, unit_id, label, area.centi_m2, area.basis
        )
    await _resized(poll)


async def strike(poll: Poll, person_id: UUID, *, reason: str) -> None:
    """Strike somebody off the roll; the entry stays, with the reason, and counts no more.

    A proxy that the person gave or holds ends. Raises NotListed, RollWouldBeEmpty.
    """
    await _require_listed(poll.id, person_id)
    await _off(poll.id, person_id, reason)
    await database.execute(_FREE_UNITS, poll.id, person_id)
    await _resized(poll)


async def correct(
    poll: Poll, procedure: Procedure, person_id: UUID, *, remedy: Remedy, reason: str
) -> None:
    """Put an entry right: its floor areas, or who of the household or co-owners speaks.

    Raises NotListed, AreaUnproven, AlreadyListed, BasisUnmet, RegisteredElsewhere.
    """
    entry = await _require_listed(poll.id, person_id)
    if remedy.voter_id is not None:
        await _hand_over(poll, procedure, person_id, entry, remedy=remedy, reason=reason)
    elif remedy.units and _weighs(procedure):
        await _measure(poll, person_id, remedy.units, reason)
    else:
        raise InvalidInput(
            path=("input", "remedy"),
            zh="更正须指明面积或另一名代表。",
            en="A correction names floor areas, or another voter.",
        )
    await _resized(poll)


async def leave_out_elsewhere(poll_id: UUID) -> int:
    """Strike, from a roll just built, who is registered on another place's; returns its size.

    Raises RollEmpty where nobody is left.
    """
    await database.execute(_ONE_PLACE_AT_A_TIME)
    await database.execute(_LEAVE_OUT, poll_id, REGISTERED_ELSEWHERE)
    size: int = await database.fetch_value(_SIZE, poll_id)
    if size == 0:
        raise RollEmpty
    return size


async def _hand_over(
    poll: Poll, procedure: Procedure, person_id: UUID, entry: Row, *, remedy: Remedy, reason: str
) -> None:
    heir_id = remedy.voter_id
    assert heir_id is not None, "whom to hand over to is given"
    heir = await _entry(poll.id, heir_id)
    if heir is not None and heir["standing"] == "admitted":
        raise AlreadyListed(path=("input", "remedy", "voterId"))
    day = await _voting_day(poll)
    row = await _known(poll, day, heir_id)
    households = [each["household_id"] for each in await _units_of(poll.id, person_id)]
    owning = bool(households)
    found = await electorate.units_in(poll.area_path, households or [entry["household_id"]])
    who = "owners" if owning else "people"
    if not found or not all(heir_id in each[who] for each in found):
        raise BasisUnmet(path=("input", "remedy", "voterId"))
    _require_basis(row, procedure, remedy.basis, day)
    await _require_one_place(poll.id, procedure, heir_id)
    await database.execute(
        _PUT,
        *(poll.id, heir_id, row["name"], entry["household_id"]),
        *(entry["area_centi_m2"], entry["unit_count"], remedy.basis, reason),
    )
    await database.execute(_HAND_UNITS, poll.id, person_id, heir_id)
    await _off(poll.id, person_id, reason)


async def _measure(poll: Poll, person_id: UUID, proofs: Sequence[UnitProof], reason: str) -> None:
    own = {each["household_id"] for each in await _units_of(poll.id, person_id)}
    found = await electorate.units_in(poll.area_path, [each.household_id for each in proofs])
    units = {row["household_id"]: row for row in found}
    for each in proofs:
        if each.household_id not in own or each.household_id not in units:
            raise NotFound(path=("input", "remedy", "units"))
        area = _area(each, units[each.household_id])
        await database.execute(
            _SET_UNIT, poll.id, person_id, each.household_id, area.centi_m2, area.basis
        )
    await database.execute(_ADD_UP, poll.id, person_id, reason)


async def _owned(poll: Poll, person_id: UUID, remedy: Remedy) -> list[tuple[UUID, str, FloorArea]]:
    proofs = {each.household_id: each for each in remedy.units}
    found = await electorate.units_in(poll.area_path, list(proofs))
    if not found or len(found) != len(remedy.units):
        raise NotFound(path=("input", "remedy", "units"))
    if remedy.basis is not RollBasis.PROOF and not all(person_id in row["owners"] for row in found):
        raise BasisUnmet(path=("input", "remedy", "units"))
    if await database.fetch_value(_TAKEN, poll.id, list(proofs)):
        raise UnitCounted(path=("input", "remedy", "units"))
    return [
        (row["household_id"], row["unit"], _area(proofs[row["household_id"]], row)) for row in found
    ]


def _area(given: UnitProof, row: Row) -> FloorArea:
    known = None
    if row["floor_area_centi_m2"] is not None:
        known = FloorArea(row["floor_area_centi_m2"], row["area_basis"])
    if given.area_centi_m2 is None or given.area_basis is None:
        if known is None:
            raise AreaUnproven(path=("input", "remedy", "units"))
        return known
    area = FloorArea(given.area_centi_m2, given.area_basis.value)
    if area.centi_m2 <= 0 or not proven(area, known):
        raise AreaUnproven(path=("input", "remedy", "units"))
    return area


async def _represented(poll: Poll, person_id: UUID, remedy: Remedy, row: Row) -> UUID:
    household_id: UUID | None = row["household_id"]
    if remedy.units:
        household_id = remedy.units[0].household_id
    found = await electorate.units_in(poll.area_path, [household_id] if household_id else [])
    if not found or person_id not in found[0]["people"]:
        raise BasisUnmet(path=("input", "remedy", "units"))
    assert household_id is not None, "a unit was found by its id"
    if await database.fetch_value(_REPRESENTED, poll.id, household_id):
        raise AlreadyListed(path=("input", "remedy", "units"))
    return household_id


def _weighs(procedure: Procedure) -> bool:
    return procedure.electorate is ElectorateKind.OWNERS


async def _known(poll: Poll, day: date, person_id: UUID) -> Row:
    row = await electorate.known_in(poll.area_path, day, person_id)
    if row is None or not (row["was_ever_bound"] or row["represents"]):
        raise NotFound(path=("input", "personId"))
    return row


def _require_basis(row: Row, procedure: Procedure, basis: RollBasis, day: date) -> None:
    known = Known(
        birth_date=row["birth_date"],
        has_political_rights=row["has_political_rights"],
        lives_since=row["lives_since"],
        was_ever_bound=row["was_ever_bound"],
        represents=row["represents"],
    )
    as_persons = {ElectorateKind.PERSONS, ElectorateKind.HOUSEHOLDS}
    fit = procedure.electorate not in as_persons or of_age(
        known, on=day, least_age=procedure.least_age
    )
    residence = procedure.roll.residence if procedure.roll else None
    if procedure.electorate is ElectorateKind.REPRESENTATIVES and not known.represents:
        fit = False
    if not fit or not bears_out(known, basis, on=day, residence=residence):
        raise BasisUnmet(path=("input", "remedy", "basis"))


async def _require_one_place(poll_id: UUID, procedure: Procedure, person_id: UUID) -> None:
    if procedure.roll is None or not procedure.roll.one_place:
        return
    await database.execute(_ONE_PLACE_AT_A_TIME)
    if await database.fetch_value(_IS_ELSEWHERE, poll_id, person_id):
        raise RegisteredElsewhere(path=("input", "personId"))


async def _voting_day(poll: Poll) -> date:
    return calendar.day_of(max(poll.opens_at, await clock.now()))


async def _entry(poll_id: UUID, person_id: UUID) -> Row | None:
    return await database.fetch_one(_ENTRY, poll_id, person_id)


async def _require_listed(poll_id: UUID, person_id: UUID) -> Row:
    entry = await _entry(poll_id, person_id)
    if entry is None or entry["standing"] != "admitted":
        raise NotListed(path=("input", "personId"))
    return entry


async def _units_of(poll_id: UUID, person_id: UUID) -> Sequence[Row]:
    return await database.fetch(_UNITS_OF, poll_id, person_id)


async def _off(poll_id: UUID, person_id: UUID, reason: str) -> None:
    await database.execute(_STRIKE, poll_id, person_id, reason)
    await database.execute(_END_PROXIES, poll_id, person_id, "已不在名册上")


async def _resized(poll: Poll) -> None:
    size: int = await database.fetch_value(_SIZE, poll.id)
    if size == 0:
        raise RollWouldBeEmpty
    await database.execute(_RESIZE, poll.id, size)
    await outbox.record(RollChanged(poll.id, poll.area_path))
