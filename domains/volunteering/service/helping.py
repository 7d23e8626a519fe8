"""Checking in and out who has no phone: by a helper or who leads, with a reason, never oneself."""

from uuid import UUID

from domains.kernel import calendar, clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.volunteering.errors import NotCheckedIn, OwnRecord, ShiftFull
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.service import attendance, seats
from domains.volunteering.service.shared import line, near_volunteer, told
from domains.volunteering.values.activities import SignUpState

_PATH = ("input", "volunteerId")


async def check_in_for(actor: Actor, shift_id: UUID, volunteer_id: UUID, *, reason: str) -> UUID:
    """Begin the service of somebody who stands before the helper, and give them a free place.

    Raises OwnRecord, NotVolunteer, ShiftFull, and whatever refuses a check-in but the code.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id, lock=True)
        activity = await seats.published(actor, shift, "checkInVolunteer")
        volunteer = await _other(actor, activity, volunteer_id)
        said = line(reason, path=("input", "reason"), longest=200)
        if not await seats.has_place(shift_id, volunteer.id):
            if not await seats.is_place_free(shift, volunteer.id):
                raise ShiftFull(path=("input", "shiftId"))
            taken = SignUpState.SIGNED_UP
            await seats.take_place(activity, shift_id, volunteer.id, taken)
        now = await clock.now()
        procedure = await seats.require_fit(volunteer, activity, calendar.day_of(now))
        attendance.require_open(shift, procedure, now=now)
        attendance_id = await attendance.begin(
            volunteer,
            activity,
            shift,
            procedure,
            attendance.Told(by_id=actor.person_id, reason=said),
        )
        await _told(actor, "checkInVolunteer", activity, attendance_id)
    return attendance_id


async def check_out_for(
    actor: Actor, shift_id: UUID, volunteer_id: UUID, *, reason: str
) -> UUID | None:
    """End the service of somebody who stands before the helper: a record, as by their own hand.

    Raises OwnRecord, NotCheckedIn.
    """
    async with transaction():
        shift = await seats.shift_of(shift_id)
        activity = await seats.published(actor, shift, "checkOutVolunteer")
        volunteer = await _other(actor, activity, volunteer_id)
        row = await database.fetch_one(attendance.OPEN, shift_id, volunteer.id)
        if row is None:
            raise NotCheckedIn(path=_PATH)
        said = line(reason, path=("input", "reason"), longest=200)
        record_id = await attendance.end(
            volunteer,
            activity,
            shift,
            row,
            attendance.Told(by_id=actor.person_id, reason=said),
        )
        await _told(actor, "checkOutVolunteer", activity, row["id"])
    return record_id


async def _other(actor: Actor, activity: Activity, volunteer_id: UUID) -> Volunteer:
    volunteer = await near_volunteer(activity, volunteer_id, registered=True)
    if actor.person_id is None or volunteer.person_id == actor.person_id:
        raise OwnRecord(path=_PATH)
    return volunteer


async def _told(actor: Actor, command: str, activity: Activity, attendance_id: UUID) -> None:
    await told(
        actor,
        command=command,
        area_id=activity.area_id,
        subject=("volunteer_attendance", attendance_id),
        details={"byHelper": True},
    )
