"""What the commands of volunteering share: locks, rules, texts, the audit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import places
from domains.volunteering import policy
from domains.volunteering.errors import NotVolunteer
from domains.volunteering.models import Activity, ServiceRecord, Volunteer
from domains.volunteering.policy import ActivityPlace, RecordPlace, VolunteerPlace
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.records import CONTESTABLE, ServiceRecordState
from domains.volunteering.values.volunteers import VolunteerState
from domains.voting.errors import NumbersInText
from domains.voting.rules.entries import holds_personal_numbers

_LEADS = """
SELECT leader_id, organisation_id FROM volunteering_activity WHERE id = $1
"""
_SIGNED_UP = """
SELECT EXISTS (SELECT FROM volunteering_sign_up u
               JOIN volunteering_shift s ON s.id = u.shift_id
               WHERE u.volunteer_id = $1 AND s.activity_id = $2)
"""
_GUARDIAN = "SELECT guardian_id FROM volunteering_volunteer WHERE id = $1"


def line(
    text: str, *, path: tuple[str, ...], longest: int, shortest: int = 2, private: bool = False
) -> str:
    """Return a text, trimmed.

    Raises InvalidInput where it is too short or too long, NumbersInText where a text that
    others read holds a telephone or identity number.
    """
    trimmed = text.strip()
    if not shortest <= len(trimmed) <= longest or "\x00" in trimmed:
        raise InvalidInput(
            path=path,
            zh=f"内容须为 {shortest} 至 {longest} 字。",
            en=f"This has {shortest} to {longest} characters.",
        )
    if not private and holds_personal_numbers(trimmed):
        raise NumbersInText(path=path)
    return trimmed


async def chain_of(area_id: UUID) -> UUID | None:
    """Return the community whose audit an area's commands go to."""
    place = await places.place_of(area_id)
    return place.community_id if place else None


def volunteer_place(volunteer: Volunteer) -> VolunteerPlace:
    """Return what authority judges a volunteer by."""
    return VolunteerPlace(volunteer.area_path, volunteer.person_id, volunteer.guardian_id)


def activity_place(activity: Activity) -> ActivityPlace:
    """Return what authority judges an activity by."""
    return ActivityPlace(
        area_path=activity.area_path,
        is_public=activity.state is not VolunteerActivityState.DRAFT,
        leader_id=activity.leader_id,
        organisation_id=activity.organisation_id,
    )


async def record_place(record: ServiceRecord) -> RecordPlace:
    """Return what authority judges a record by."""
    leads = await database.fetch_one(_LEADS, record.activity_id)
    assert leads is not None, "a record is of an activity"
    return RecordPlace(
        area_path=record.area_path,
        is_public=record.state in CONTESTABLE,
        person_id=record.person_id,
        leader_id=leads["leader_id"],
        organisation_id=leads["organisation_id"],
        guardian_id=await database.fetch_value(_GUARDIAN, record.volunteer_id),
    )


async def hold_volunteer(
    actor: Actor,
    volunteer_id: UUID,
    action: str,
    *,
    path: tuple[str, ...] = ("input", "volunteerId"),
) -> Volunteer:
    """Lock a volunteer for a command that the table allows; raises NotFound, Forbidden."""
    volunteer = await Volunteer.filter(id=volunteer_id).select_for_update().first()
    if volunteer is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, volunteer_place(volunteer))
    return volunteer


async def hold_person(person_id: UUID | None, *, path: tuple[str, ...] = ()) -> Volunteer:
    """Lock the registered volunteer that a person is; raises NotVolunteer."""
    volunteer = await Volunteer.filter(person_id=person_id).select_for_update().first()
    if volunteer is None or volunteer.state is not VolunteerState.REGISTERED:
        raise NotVolunteer(path=path)
    return volunteer


async def near_volunteer(
    activity: Activity, volunteer_id: UUID, *, registered: bool = False
) -> Volunteer:
    """Lock a volunteer who lives near an activity or signed up for it.

    Whoever is not of here is not even said to exist. Raises NotFound, NotVolunteer.
    """
    path = ("input", "volunteerId")
    volunteer = await Volunteer.filter(id=volunteer_id).select_for_update().first()
    if volunteer is None:
        raise NotFound(path=path)
    home, there = volunteer.area_path, activity.area_path
    is_near = home.startswith(there) or there.startswith(home)
    if not is_near and not await database.fetch_value(_SIGNED_UP, volunteer.id, activity.id):
        raise NotFound(path=path)
    if volunteer.state is VolunteerState.AWAITING_GUARDIAN or (
        registered and volunteer.state is not VolunteerState.REGISTERED
    ):
        raise NotVolunteer(path=path)
    return volunteer


async def hold_activity(
    actor: Actor,
    activity_id: UUID,
    action: str,
    *,
    path: tuple[str, ...] = ("input", "activityId"),
) -> Activity:
    """Lock an activity for a command that the table allows; raises NotFound, Forbidden."""
    activity = await Activity.filter(id=activity_id).select_for_update().first()
    if activity is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, activity_place(activity))
    return activity


async def hold_record(
    actor: Actor, record_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "recordId")
) -> ServiceRecord:
    """Lock the volunteer and the record for a command that the table allows.

    Whoever it is that counts minutes, the volunteer is locked first. Raises NotFound,
    Forbidden.
    """
    known = await ServiceRecord.filter(id=record_id).first()
    if known is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, await record_place(known))
    await Volunteer.filter(id=known.volunteer_id).select_for_update().first()
    return await ServiceRecord.filter(id=record_id).select_for_update().get()


async def told(
    actor: Actor,
    *,
    command: str,
    area_id: UUID,
    subject: tuple[str, UUID],
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor,
        command=command,
        chain=await chain_of(area_id),
        subject=subject,
        details=dict(details or {}),
    )


async def remaining_minutes(
    volunteer_id: UUID, day: object, *, cap: int, beside: UUID | None = None
) -> int:
    """Return how many minutes of a day still count; the volunteer is locked."""
    counted: int = await database.fetch_value(_COUNTED, volunteer_id, day, beside)
    return max(0, cap - counted)


_COUNTED = """
SELECT coalesce(sum(counted_minutes), 0)::int FROM volunteering_record
WHERE volunteer_id = $1 AND day = $2 AND state <> 'revoked' AND id IS DISTINCT FROM $3
"""
STATES_BEFORE_NOTICE = frozenset({ServiceRecordState.PENDING, ServiceRecordState.CONFIRMED})


async def one(sql: str, *values: Any, path: tuple[str, ...]) -> Row:
    """Return a row that has to be there; raises NotFound."""
    row = await database.fetch_one(sql, *values)
    if row is None:
        raise NotFound(path=path)
    return row
