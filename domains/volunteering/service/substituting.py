"""Substitutes: who has a place names another who fits; once they agree, the place is theirs."""

from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.volunteering.errors import (
    ActivityStateUnfit,
    NotSignedUp,
    OwnSubstitute,
    PlaceTaken,
    ShiftBegun,
    SubstitutionAnswered,
)
from domains.volunteering.events.shifts import SubstituteAnswered, SubstituteAsked
from domains.volunteering.models import Activity, Volunteer
from domains.volunteering.rules import numbers
from domains.volunteering.service import seats
from domains.volunteering.service.shared import hold_activity, hold_person, one, told
from domains.volunteering.service.waiting import held
from domains.volunteering.values.activities import SignUpState, VolunteerActivityState
from domains.volunteering.values.shifts import SubstitutionState
from domains.volunteering.values.volunteers import VolunteerState

_NUMBER = ("input", "volunteerNumber")
_PATH = ("input", "substitutionId")
_STANDING = """
SELECT id, substitute_id FROM volunteering_substitution
WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'asked'
"""
_ASK = """
INSERT INTO volunteering_substitution
    (id, shift_id, volunteer_id, person_id, substitute_id, substitute_person_id, state, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, 'asked', kernel_now())
"""
_OF = "SELECT * FROM volunteering_substitution WHERE id = $1"
_END = """
UPDATE volunteering_substitution SET state = $2, answered_at = kernel_now()
WHERE id = $1 AND state = 'asked'
"""


async def ask_substitute(actor: Actor, shift_id: UUID, *, volunteer_number: str) -> UUID:
    """Ask a volunteer of here to take one's place; whoever was asked before is asked no more.

    Raises NotSignedUp, ShiftBegun, NotFound, OwnSubstitute, PlaceTaken, MinorBarred,
    InsuranceMissing.
    """
    async with transaction():
        shift, activity, volunteer = await held(actor, shift_id, "askSubstitute")
        if not await seats.has_place(shift_id, volunteer.id):
            raise NotSignedUp(path=("input", "shiftId"))
        other = await _named(activity, volunteer_number)
        if other.id == volunteer.id:
            raise OwnSubstitute(path=_NUMBER)
        if await seats.has_place(shift_id, other.id):
            raise PlaceTaken(path=_NUMBER)
        await seats.require_fit(other, activity, calendar.day_of(shift["starts_at"]))
        standing = await database.fetch_one(_STANDING, shift_id, volunteer.id)
        if standing is not None and standing["substitute_id"] == other.id:
            found: UUID = standing["id"]
            return found
        if standing is not None:
            await database.execute(_END, standing["id"], SubstitutionState.WITHDRAWN.value)
        asked_id = database.new_id()
        await database.execute(
            _ASK, asked_id, shift_id, volunteer.id, volunteer.person_id, other.id, other.person_id
        )
        whose = (activity.id, activity.area_path, shift_id, asked_id)
        await outbox.record(SubstituteAsked(*whose, other.person_id))
        await _told(actor, "askSubstitute", activity, asked_id)
    return asked_id


async def answer_substitution(actor: Actor, substitution_id: UUID, *, agrees: bool) -> UUID:
    """Take another's place, or refuse; only who was asked.

    Raises NotFound, SubstitutionAnswered, ShiftBegun, PlaceTaken, MinorBarred,
    InsuranceMissing.
    """
    async with transaction():
        row, shift, activity = await _held(
            actor, substitution_id, "answerSubstitution", whose="substitute_person_id"
        )
        if agrees:
            volunteer = await hold_person(actor.person_id)
            await _take(row, shift, activity, volunteer)
        else:
            await database.execute(_END, row["id"], SubstitutionState.REFUSED.value)
        await outbox.record(
            SubstituteAnswered(
                *(activity.id, activity.area_path, shift["id"], row["id"], row["person_id"]),
                agreed=agrees,
            )
        )
        await _told(actor, "answerSubstitution", activity, row["id"])
    return substitution_id


async def withdraw_substitution(actor: Actor, substitution_id: UUID) -> UUID:
    """Take back what one asked; raises NotFound, SubstitutionAnswered."""
    async with transaction():
        row, _, activity = await _held(
            actor, substitution_id, "withdrawSubstitution", whose="person_id"
        )
        await database.execute(_END, row["id"], SubstitutionState.WITHDRAWN.value)
        await _told(actor, "withdrawSubstitution", activity, row["id"])
    return substitution_id


async def _take(row: Row, shift: Row, activity: Activity, volunteer: Volunteer) -> None:
    if await seats.has_place(shift["id"], volunteer.id):
        raise PlaceTaken(path=_PATH)
    if not await seats.has_place(shift["id"], row["volunteer_id"]):
        raise SubstitutionAnswered(path=_PATH)
    await seats.require_fit(volunteer, activity, calendar.day_of(shift["starts_at"]))
    await database.execute(_END, row["id"], SubstitutionState.AGREED.value)
    await seats.take_place(activity, shift["id"], row["volunteer_id"], SignUpState.LEFT)
    await seats.take_place(activity, shift["id"], volunteer.id, SignUpState.SIGNED_UP)


async def _held(
    actor: Actor, substitution_id: UUID, action: str, *, whose: str
) -> tuple[Row, Row, Activity]:
    """Lock the shift first; who has no part in a request is not even told that it is there."""
    known = await one(_OF, substitution_id, path=_PATH)
    if actor.person_id is None or known[whose] != actor.person_id:
        raise NotFound(path=_PATH)
    shift = await seats.shift_of(known["shift_id"], lock=True)
    activity = await hold_activity(actor, shift["activity_id"], action, path=_PATH)
    row = await one(_OF, substitution_id, path=_PATH)
    if row["state"] != SubstitutionState.ASKED:
        raise SubstitutionAnswered(path=_PATH)
    if activity.state is not VolunteerActivityState.PUBLISHED:
        raise ActivityStateUnfit(state=activity.state.value)
    if shift["starts_at"] <= await clock.now():
        raise ShiftBegun(path=_PATH)
    return row, shift, activity


async def _named(activity: Activity, volunteer_number: str) -> Volunteer:
    """Return the registered volunteer of here who has a number; the row is not locked."""
    number = numbers.read(volunteer_number)
    volunteer = None if number is None else await Volunteer.filter(number=number).first()
    if volunteer is None or volunteer.state is not VolunteerState.REGISTERED:
        raise NotFound(path=_NUMBER)
    home, there = volunteer.area_path, activity.area_path
    if not (home.startswith(there) or there.startswith(home)):
        raise NotFound(path=_NUMBER)
    return volunteer


async def _told(actor: Actor, command: str, activity: Activity, asked_id: UUID) -> None:
    subject = ("shift_substitution", asked_id)
    await told(actor, command=command, area_id=activity.area_id, subject=subject)
