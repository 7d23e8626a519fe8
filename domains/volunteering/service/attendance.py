"""Signing up, checking in and out: by a code that changes on the spot, one place at a time.

Minutes run from check-in to check-out, and what is not checked out in time lapses: it can
then only be entered back, by others.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from domains.kernel import calendar, clock, codes, crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row, savepoint, transaction
from domains.kernel.errors import InvalidInput
from domains.volunteering.errors import (
    ActivityStateUnfit,
    CalledUpOnly,
    CheckInCodeExpired,
    CheckInsUsedUp,
    CheckInTooEarly,
    NotCheckedIn,
    NotSignedUp,
    ServiceOverlaps,
    ShiftFull,
    ShiftOver,
)
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.service import consents, making, moving_up, seats
from domains.volunteering.service.shared import (
    hold_activity,
    hold_person,
    told,
)
from domains.volunteering.values.activities import SignUpState, VolunteerActivityState
from domains.volunteering.values.codes import CHECK_IN_CODE
from domains.volunteering.values.volunteers import VolunteerConsentPurpose

TABLE = "volunteering_attendance"
_PATH = ("input", "shiftId")
_TODAY = """
SELECT count(*) FROM volunteering_attendance
WHERE volunteer_id = $1 AND activity_id = $2 AND day = $3
"""
_IN = """
INSERT INTO volunteering_attendance
    (id, shift_id, activity_id, volunteer_id, volunteer_number, person_id, day, checked_in_at,
     in_position_sealed, in_by_id, in_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now(), $8, $9, $10)
"""
OPEN = """
SELECT * FROM volunteering_attendance
WHERE shift_id = $1 AND volunteer_id = $2 AND checked_out_at IS NULL AND lapsed_at IS NULL
FOR UPDATE
"""
_OUT = """
UPDATE volunteering_attendance
SET checked_out_at = $2, out_position_sealed = $3, out_by_id = $4, out_reason = $5
WHERE id = $1
"""
_LAPSE = """
UPDATE volunteering_attendance SET lapsed_at = kernel_now() WHERE id = $1
"""
_LAPSED = """
SELECT t.id FROM volunteering_attendance t JOIN volunteering_shift s ON s.id = t.shift_id
WHERE t.checked_out_at IS NULL AND t.lapsed_at IS NULL
  AND s.ends_at < kernel_now() - interval '24 hours'
ORDER BY s.ends_at LIMIT 1 FOR UPDATE OF t SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody is, in millionths of a degree."""

    latitude_e6: int
    longitude_e6: int

    def sound(self) -> "Position":
        """Return it where it is on the globe; raises InvalidInput."""
        if abs(self.latitude_e6) > 90_000_000 or abs(self.longitude_e6) > 180_000_000:
            raise InvalidInput(
                path=("input", "position"),
                zh="位置不在有效范围内。",
                en="This position is not on the globe.",
            )
        return self


@dataclass(frozen=True, slots=True)
class Told:
    """Who says that somebody came or went: themselves, or a helper who says why."""

    by_id: UUID | None
    reason: str | None = None
    position: Position | None = None


async def sign_up(actor: Actor, shift_id: UUID) -> UUID:
    """Take a place in a shift.

    Raises NotVolunteer, ShiftFull, ShiftOver, MinorBarred, InsuranceMissing, CalledUpOnly.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id, lock=True)
        activity = await hold_activity(actor, shift["activity_id"], "signUpForShift", path=_PATH)
        if await seats.is_called_up(shift_id):
            raise CalledUpOnly(path=_PATH)
        if activity.state is not VolunteerActivityState.PUBLISHED:
            raise ActivityStateUnfit(state=activity.state.value)
        volunteer = await hold_person(actor.person_id)
        if shift["ends_at"] <= await clock.now():
            raise ShiftOver(path=_PATH)
        await seats.require_fit(volunteer, activity, calendar.day_of(shift["starts_at"]))
        if not await seats.is_place_free(shift, volunteer.id):
            raise ShiftFull(path=_PATH)
        await seats.take_place(activity, shift_id, volunteer.id, SignUpState.SIGNED_UP)
        await _told(actor, "signUpForShift", activity, shift_id)
    return shift_id


async def leave_shift(actor: Actor, shift_id: UUID) -> UUID:
    """Give a place back, to the first who waits for one.

    Raises NotSignedUp, ShiftOver once the shift is over.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id, lock=True)
        activity = await hold_activity(actor, shift["activity_id"], "leaveShift", path=_PATH)
        volunteer = await hold_person(actor.person_id)
        if not await seats.has_place(shift_id, volunteer.id):
            raise NotSignedUp(path=_PATH)
        if shift["ends_at"] <= await clock.now():
            raise ShiftOver(path=_PATH)
        await seats.take_place(activity, shift_id, volunteer.id, SignUpState.LEFT)
        await moving_up.move_up(activity, shift)
        await _told(actor, "leaveShift", activity, shift_id)
    return shift_id


async def check_in(
    actor: Actor, shift_id: UUID, *, code: str, position: Position | None = None
) -> UUID:
    """Begin to serve, with the code that is shown on the spot.

    The position is kept, sealed, only where the volunteer consented. Raises NotVolunteer,
    NotSignedUp, CheckInTooEarly, ShiftOver, CheckInCodeExpired, CheckInsUsedUp,
    ServiceOverlaps, MinorBarred, InsuranceMissing.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id)
        activity = await seats.published(actor, shift, "checkInToShift")
        volunteer = await hold_person(actor.person_id)
        if not await seats.has_place(shift_id, volunteer.id):
            raise NotSignedUp(path=_PATH)
        now = await clock.now()
        procedure = await seats.require_fit(volunteer, activity, calendar.day_of(now))
        require_open(shift, procedure, now=now)
        await _require_code(shift_id, code, procedure)
        attendance_id = await begin(
            volunteer, activity, shift, procedure, Told(actor.person_id, position=position)
        )
        await _told(actor, "checkInToShift", activity, shift_id)
    return attendance_id


async def check_out(
    actor: Actor, shift_id: UUID, *, code: str, position: Position | None = None
) -> UUID | None:
    """End the service: a record of the minutes actually given, or None where it was under one.

    After the rules' grace the service ends when the shift did. Raises NotCheckedIn,
    CheckInCodeExpired.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id)
        activity = await seats.published(actor, shift, "checkOutOfShift")
        volunteer = await hold_person(actor.person_id)
        row = await database.fetch_one(OPEN, shift_id, volunteer.id)
        if row is None:
            raise NotCheckedIn(path=_PATH)
        await _require_code(shift_id, code, await procedure_at(activity.area_id))
        record_id = await end(
            volunteer, activity, shift, row, Told(actor.person_id, position=position)
        )
        await _told(actor, "checkOutOfShift", activity, shift_id)
    return record_id


async def lapse_due_attendance() -> UUID | None:
    """Close one check-in that nobody checked out of within a day of its shift."""
    async with transaction():
        found: UUID | None = await database.fetch_value(_LAPSED)
        if found is not None:
            await database.execute(_LAPSE, found)
        return found


def require_open(shift: Row, procedure: Procedure, *, now: datetime) -> None:
    """Refuse check-in before and after its time; raises CheckInTooEarly, ShiftOver."""
    if now < shift["starts_at"] - timedelta(minutes=procedure.check_in_before_minutes):
        raise CheckInTooEarly(path=_PATH)
    if now >= shift["ends_at"]:
        raise ShiftOver(path=_PATH)


async def begin(
    volunteer: Volunteer, activity: Activity, shift: Row, procedure: Procedure, told: Told
) -> UUID:
    """Keep that a volunteer began, in the open transaction; one place at a time.

    Raises CheckInsUsedUp, ServiceOverlaps.
    """
    day = calendar.day_of(await clock.now())
    used = await database.fetch_value(_TODAY, volunteer.id, activity.id, day)
    if used >= procedure.check_ins_a_day:
        raise CheckInsUsedUp(path=_PATH, most=procedure.check_ins_a_day)
    attendance_id = database.new_id()
    sealed = await _sealed_position(volunteer, told.position, attendance_id, "in_position_sealed")
    try:
        async with savepoint():
            await database.execute(
                _IN,
                *(attendance_id, shift["id"], activity.id, volunteer.id, volunteer.number),
                *(volunteer.person_id, day, sealed, told.by_id, told.reason),
            )
    except asyncpg.ExclusionViolationError:
        raise ServiceOverlaps(path=_PATH) from None
    return attendance_id


async def end(
    volunteer: Volunteer, activity: Activity, shift: Row, row: Row, told: Told
) -> UUID | None:
    """Keep that a volunteer ended, and make the record of it, in the open transaction."""
    procedure = await procedure_at(activity.area_id)
    now = await clock.now()
    grace = shift["ends_at"] + timedelta(minutes=procedure.check_out_after_minutes)
    ended_at = now if now <= grace else shift["ends_at"]
    sealed = await _sealed_position(volunteer, told.position, row["id"], "out_position_sealed")
    await database.execute(_OUT, row["id"], ended_at, sealed, told.by_id, told.reason)
    return await making.from_attendance(
        volunteer,
        activity,
        procedure,
        making.Served(row["checked_in_at"], ended_at, row["id"]),
    )


async def _require_code(shift_id: UUID, code: str, procedure: Procedure) -> None:
    now = await clock.now()
    if not codes.stands(code, CHECK_IN_CODE, shift_id, now=now, lasts_s=procedure.code_seconds):
        raise CheckInCodeExpired(path=("input", "code"))


async def _sealed_position(
    volunteer: Volunteer, position: Position | None, attendance_id: UUID, column: str
) -> bytes | None:
    if position is None or not await consents.stands(
        volunteer.id, VolunteerConsentPurpose.POSITION
    ):
        return None
    where = position.sound()
    text = json.dumps([where.latitude_e6, where.longitude_e6])
    return crypto.seal(text, table=TABLE, column=column, row=attendance_id)


async def _told(actor: Actor, command: str, activity: Activity, shift_id: UUID) -> None:
    await told(
        actor,
        command=command,
        area_id=activity.area_id,
        subject=("volunteer_shift", shift_id),
    )
