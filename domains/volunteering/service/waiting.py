"""Waiting lists: in the order in which people came, under the lock of the shift."""

from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.volunteering.errors import (
    ActivityStateUnfit,
    CalledUpOnly,
    DeclinedTooLate,
    NotWaiting,
    PlacesFree,
    PlaceTaken,
    ShiftBegun,
    WaitingListFull,
)
from domains.volunteering.events.records import ShiftPlacesChanged
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.queries.rules import shift_procedure_at
from domains.volunteering.service import moving_up, seats
from domains.volunteering.service.shared import hold_activity, hold_person, told
from domains.volunteering.values.activities import SignUpState, VolunteerActivityState

_PATH = ("input", "shiftId")
_COUNT = """
SELECT count(*) FROM volunteering_waiting WHERE shift_id = $1 AND state = 'waiting'
"""
_JOIN = """
INSERT INTO volunteering_waiting (id, shift_id, volunteer_id, person_id, state, joined_at)
VALUES ($1, $2, $3, $4, 'waiting', kernel_now()) ON CONFLICT DO NOTHING
"""
_LEAVE = """
UPDATE volunteering_waiting SET state = 'left', ended_at = kernel_now()
WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'waiting'
"""
_MOVED_UP = """
SELECT id, decline_until FROM volunteering_waiting
WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'moved_up'
"""
_DECLINE = """
UPDATE volunteering_waiting SET state = 'declined', ended_at = kernel_now() WHERE id = $1
"""


async def join_waiting_list(actor: Actor, shift_id: UUID) -> UUID:
    """Wait for a place in a full shift; waiting already changes nothing.

    Raises NotVolunteer, ShiftBegun, PlaceTaken, PlacesFree, WaitingListFull, MinorBarred,
    InsuranceMissing, CalledUpOnly.
    """
    async with transaction():
        shift, activity, volunteer = await held(actor, shift_id, "joinWaitingList")
        if await seats.is_called_up(shift_id):
            raise CalledUpOnly(path=_PATH)
        if await seats.has_place(shift_id, volunteer.id):
            raise PlaceTaken(path=_PATH)
        await seats.require_fit(volunteer, activity, calendar.day_of(shift["starts_at"]))
        if await seats.is_place_free(shift, volunteer.id):
            raise PlacesFree(path=_PATH)
        most = (await shift_procedure_at(activity.area_id)).most_waiting
        if await database.fetch_value(_COUNT, shift_id) >= most:
            raise WaitingListFull(path=_PATH, most=most)
        person_id = volunteer.person_id
        await database.execute(_JOIN, database.new_id(), shift_id, volunteer.id, person_id)
        await _changed(actor, "joinWaitingList", activity, shift_id)
    return shift_id


async def leave_waiting_list(actor: Actor, shift_id: UUID) -> UUID:
    """Wait no more; raises NotWaiting."""
    async with transaction():
        _, activity, volunteer = await held(actor, shift_id, "leaveWaitingList")
        if not await database.execute(_LEAVE, shift_id, volunteer.id):
            raise NotWaiting(path=_PATH)
        await _changed(actor, "leaveWaitingList", activity, shift_id)
    return shift_id


async def decline_moved_up(actor: Actor, shift_id: UUID) -> UUID:
    """Say no to a place that one moved up to; the next who waits gets it.

    Who says nothing keeps it. Raises NotWaiting, DeclinedTooLate, ShiftBegun.
    """
    async with transaction():
        shift, activity, volunteer = await held(actor, shift_id, "declineMovedUpPlace")
        row = await database.fetch_one(_MOVED_UP, shift_id, volunteer.id)
        if row is None:
            raise NotWaiting(path=_PATH)
        if row["decline_until"] <= await clock.now():
            raise DeclinedTooLate(path=_PATH)
        await database.execute(_DECLINE, row["id"])
        await seats.take_place(activity, shift_id, volunteer.id, SignUpState.LEFT)
        await moving_up.move_up(activity, shift)
        await _told(actor, "declineMovedUpPlace", activity, shift_id)
    return shift_id


async def held(actor: Actor, shift_id: UUID, action: str) -> tuple[Row, Activity, Volunteer]:
    """Lock a shift to come, its published activity and the actor's registration, in that order.

    Raises NotFound, Forbidden, ActivityStateUnfit, NotVolunteer, ShiftBegun.
    """
    shift = await seats.shift_of(shift_id, lock=True)
    activity = await hold_activity(actor, shift["activity_id"], action, path=_PATH)
    if activity.state is not VolunteerActivityState.PUBLISHED:
        raise ActivityStateUnfit(state=activity.state.value)
    volunteer = await hold_person(actor.person_id)
    if shift["starts_at"] <= await clock.now():
        raise ShiftBegun(path=_PATH)
    return shift, activity, volunteer


async def _changed(actor: Actor, command: str, activity: Activity, shift_id: UUID) -> None:
    await outbox.record(ShiftPlacesChanged(activity.id, activity.area_path, shift_id))
    await _told(actor, command, activity, shift_id)


async def _told(actor: Actor, command: str, activity: Activity, shift_id: UUID) -> None:
    subject = ("volunteer_shift", shift_id)
    await told(actor, command=command, area_id=activity.area_id, subject=subject)
