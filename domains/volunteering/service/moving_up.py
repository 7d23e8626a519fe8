"""Moving up: a place that comes free goes to the first of those who wait and still fit.

It works inside the open transaction of the command that freed the place, under the lock of
the shift. Other volunteers' rows are read, never locked: check-in asks again.
"""

from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.database import Row
from domains.kernel.errors import DomainError
from domains.volunteering.errors import InsuranceMissing, MinorBarred
from domains.volunteering.events.shifts import WaitingMovedUp
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.queries import fitness
from domains.volunteering.queries.rules import shift_procedure_at
from domains.volunteering.service import seats
from domains.volunteering.values.activities import SignUpState, VolunteerActivityState
from domains.volunteering.values.volunteers import VolunteerState

_WAITING = """
SELECT id, volunteer_id, person_id FROM volunteering_waiting
WHERE shift_id = $1 AND state = 'waiting' ORDER BY place
"""
_MOVE_UP = """
UPDATE volunteering_waiting
SET state = 'moved_up', moved_up_at = kernel_now(), decline_until = $2 WHERE id = $1
"""


async def move_up(activity: Activity, shift: Row) -> list[UUID]:
    """Give the free places of a shift that has not begun to who waits; returns who moved up."""
    now = await clock.now()
    if activity.state is not VolunteerActivityState.PUBLISHED or shift["starts_at"] <= now:
        return []
    procedure = await shift_procedure_at(activity.area_id)
    until = procedure.decline_until(now, shift["starts_at"])
    moved: list[UUID] = []
    for row in await database.fetch(_WAITING, shift["id"]):
        volunteer_id: UUID = row["volunteer_id"]
        if not await seats.is_place_free(shift, volunteer_id):
            break
        if not await _fits(volunteer_id, activity, shift):
            continue
        await database.execute(_MOVE_UP, row["id"], until)
        await seats.take_place(activity, shift["id"], volunteer_id, SignUpState.SIGNED_UP)
        await outbox.record(
            WaitingMovedUp(
                *(activity.id, activity.area_path, shift["id"], row["id"], row["person_id"]),
                decline_until=until.isoformat(timespec="seconds"),
            )
        )
        moved.append(volunteer_id)
    return moved


async def _fits(volunteer_id: UUID, activity: Activity, shift: Row) -> bool:
    volunteer = await Volunteer.get(id=volunteer_id)
    if volunteer.state is not VolunteerState.REGISTERED:
        return False
    if await fitness.is_signed_up_within(volunteer_id, shift["starts_at"], shift["ends_at"]):
        return False
    return await refusal(volunteer, activity, shift) is None


async def refusal(volunteer: Volunteer, activity: Activity, shift: Row) -> DomainError | None:
    """Return why a volunteer may not do the work of a shift on its day; None where they may."""
    try:
        await seats.require_fit(volunteer, activity, calendar.day_of(shift["starts_at"]))
    except (MinorBarred, InsuranceMissing) as refused:
        return refused
    return None
