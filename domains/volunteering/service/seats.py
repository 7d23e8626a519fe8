"""Places in shifts: who has one, whether one is free, and who may take it.

All of it works inside the open transaction of the command that holds the shift.
"""

from datetime import date
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.volunteering import policy
from domains.volunteering.errors import ActivityStateUnfit, InsuranceMissing, MinorBarred
from domains.volunteering.events.records import ShiftPlacesChanged
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure, age_on
from domains.volunteering.service.shared import activity_place, one
from domains.volunteering.values.activities import SignUpState, VolunteerActivityState
from domains.volunteering.values.volunteers import ServiceClass

_PATH = ("input", "shiftId")
_SHIFT = "SELECT * FROM volunteering_shift WHERE id = $1"
_LOCK_SHIFT = "SELECT * FROM volunteering_shift WHERE id = $1 FOR UPDATE"
_TAKEN = """
SELECT count(*) FROM volunteering_sign_up
WHERE shift_id = $1 AND state = 'signed_up' AND volunteer_id <> $2
"""
_SIGN_UP = """
INSERT INTO volunteering_sign_up VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (shift_id, volunteer_id) DO UPDATE SET state = $3, at = kernel_now()
"""
_SIGNED_UP = """
SELECT EXISTS (SELECT FROM volunteering_sign_up
               WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'signed_up')
"""
_CALLED_UP = "SELECT EXISTS (SELECT FROM volunteering_team_call WHERE shift_id = $1)"
# Who has a place waits no more; who gives one back was moved up for nothing, and asks nobody
# to stand in.
_UNWAIT = """
UPDATE volunteering_waiting SET state = 'left', ended_at = kernel_now()
WHERE shift_id = $1 AND volunteer_id = $2 AND state = $3
"""
_UNASK = """
UPDATE volunteering_substitution SET state = 'withdrawn', answered_at = kernel_now()
WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'asked'
"""
_INSURED = """
SELECT EXISTS (SELECT FROM volunteering_insurance
               WHERE volunteer_id = $1 AND covers_risky AND $2 BETWEEN starts_on AND ends_on)
"""


async def shift_of(shift_id: UUID, *, lock: bool = False) -> Row:
    """Return a shift; raises NotFound."""
    return await one(_LOCK_SHIFT if lock else _SHIFT, shift_id, path=_PATH)


async def require_fit(volunteer: Volunteer, activity: Activity, day: date) -> Procedure:
    """Refuse who may not do this work: minors what is barred to them, risks uninsured."""
    procedure = await procedure_at(activity.area_id)
    await require_fit_for(
        volunteer,
        procedure,
        service_class=activity.service_class,
        is_risky=activity.is_risky,
        day=day,
    )
    return procedure


async def require_fit_for(
    volunteer: Volunteer,
    procedure: Procedure,
    *,
    service_class: ServiceClass,
    is_risky: bool,
    day: date,
) -> None:
    """Refuse who may not do work of a class on a day; raises MinorBarred, InsuranceMissing."""
    age = age_on(volunteer.born_on, await clock.today())
    if age < procedure.adult_age and (is_risky or service_class in procedure.minors_barred):
        raise MinorBarred(path=_PATH)
    if is_risky and not await database.fetch_value(_INSURED, volunteer.id, day):
        raise InsuranceMissing(path=_PATH)


async def has_place(shift_id: UUID, volunteer_id: UUID) -> bool:
    """Whether a volunteer has a place in a shift."""
    return bool(await database.fetch_value(_SIGNED_UP, shift_id, volunteer_id))


async def is_place_free(shift: Row, volunteer_id: UUID) -> bool:
    """Whether there is a place for a volunteer; the shift is locked."""
    taken: int = await database.fetch_value(_TAKEN, shift["id"], volunteer_id)
    return taken < int(shift["places"])


async def take_place(
    activity: Activity, shift_id: UUID, volunteer_id: UUID, state: SignUpState
) -> None:
    """Keep that a volunteer has a place in a shift, or has it no more."""
    await database.execute(_SIGN_UP, shift_id, volunteer_id, state.value)
    if state is SignUpState.SIGNED_UP:
        await database.execute(_UNWAIT, shift_id, volunteer_id, "waiting")
    else:
        await database.execute(_UNWAIT, shift_id, volunteer_id, "moved_up")
        await database.execute(_UNASK, shift_id, volunteer_id)
    await outbox.record(ShiftPlacesChanged(activity.id, activity.area_path, shift_id))


async def is_called_up(shift_id: UUID) -> bool:
    """Whether a shift is for an emergency team that was called up, and for nobody else."""
    return bool(await database.fetch_value(_CALLED_UP, shift_id))


async def published(actor: Actor, shift: Row, action: str) -> Activity:
    """Return the published activity of a shift, for a command that the table allows."""
    activity = await Activity.filter(id=shift["activity_id"]).get()
    require(policy.AUTHORITY, action, actor, activity_place(activity))
    if activity.state is not VolunteerActivityState.PUBLISHED:
        raise ActivityStateUnfit(state=activity.state.value)
    return activity
