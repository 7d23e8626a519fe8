"""Activities: written, published while they are still to come, cancelled with a reason."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import electorate, organisations, places, roles
from domains.volunteering import policy
from domains.volunteering.errors import (
    ActivityInPast,
    ActivityStateUnfit,
    DoesNotCountAsService,
)
from domains.volunteering.events.records import ActivityCancelled, ActivityPublished
from domains.volunteering.models import Activity
from domains.volunteering.policy import ActivityPlace
from domains.volunteering.queries.rules import procedure_at, shift_procedure_at
from domains.volunteering.service.shared import hold_activity, line, told
from domains.volunteering.values.activities import VolunteerActivityNature, VolunteerActivityState
from domains.volunteering.values.volunteers import ServiceClass

MOST_SHIFTS = 100
_NOBODY = UUID(int=0)
LONGEST_SHIFT = timedelta(hours=24)
LONGEST_AHEAD = timedelta(days=366)
_NUMBER = "SELECT nextval('volunteering_activity_number_seq')"
_SHIFT = "INSERT INTO volunteering_shift VALUES ($1, $2, $3, $4, $5)"
_SHIFTS = "SELECT id, starts_at, ends_at FROM volunteering_shift WHERE activity_id = $1"
_MOMENTS = """
UPDATE volunteering_shift SET tomorrow_at = $2, soon_at = $3, absent_at = $4 WHERE id = $1
"""
_TO_COME = """
SELECT a.id, a.area_path FROM volunteering_activity a
WHERE a.id = ANY ($1::uuid[]) AND a.state <> 'cancelled'
  AND (SELECT min(s.starts_at) FROM volunteering_shift s WHERE s.activity_id = a.id)
      > kernel_now()
ORDER BY a.id FOR UPDATE OF a
"""
_CALL_OFF = """
UPDATE volunteering_activity
SET state = 'cancelled', cancelled_at = kernel_now(), cancel_reason = $2 WHERE id = $1
"""
_FIRST = "SELECT min(starts_at) FROM volunteering_shift WHERE activity_id = $1"
_TEAM = "SELECT organisation_id, area_path FROM volunteering_team WHERE id = $1"


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """From when to when, and for how many."""

    starts_at: datetime
    ends_at: datetime
    places: int


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """What is to be done, where, by whom it is organised and led, and when."""

    area_id: UUID
    nature: VolunteerActivityNature
    service_class: ServiceClass
    title: str
    content: str
    place: str
    organisation_id: UUID
    leader_id: UUID
    shifts: tuple[ShiftDraft, ...]
    is_risky: bool = False
    risks: str = ""
    team_id: UUID | None = None
    time_bank_class: str | None = None


async def create_activity(
    actor: Actor, draft: ActivityDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Write an activity with its shifts.

    Raises DoesNotCountAsService for what the rules say is no service, InvalidInput.
    """
    async with transaction():
        place = await places.place_of(draft.area_id)
        if place is None:
            raise NotFound(path=("input", "areaId"))
        # Naming oneself as leader gives nobody a right to call volunteers.
        asked = ActivityPlace(
            area_path=place.area_path,
            is_public=False,
            leader_id=_NOBODY,
            organisation_id=draft.organisation_id,
        )
        require(policy.AUTHORITY, "createVolunteerActivity", actor, asked)
        earlier = await idempotency.claim(
            actor, idempotency_key, "createVolunteerActivity", asdict(draft)
        )
        if earlier is not None:
            return UUID(earlier["activity"]), True
        activity = await created(actor, draft, place.area_path)
        await idempotency.settle(actor, idempotency_key, {"activity": str(activity.id)})
        await told(
            actor,
            command="createVolunteerActivity",
            area_id=activity.area_id,
            subject=("volunteer_activity", activity.id),
        )
        return activity.id, False


async def created(actor: Actor, draft: ActivityDraft, area_path: str) -> Activity:
    """Write an activity with its shifts, in the open transaction; who may was asked before.

    Raises DoesNotCountAsService, InvalidInput, NotFound.
    """
    procedure = await procedure_at(draft.area_id)
    if draft.nature in procedure.excluded:
        raise DoesNotCountAsService(path=("input", "nature"))
    shifts = _sound(draft.shifts, now=await clock.now())
    activity = await Activity.create(
        id=database.new_id(),
        number=await database.fetch_value(_NUMBER),
        area_id=draft.area_id,
        area_path=area_path,
        state=VolunteerActivityState.DRAFT,
        nature=draft.nature,
        service_class=draft.service_class,
        title=line(draft.title, path=("input", "title"), longest=80),
        content=line(draft.content, path=("input", "content"), longest=2000),
        place=line(draft.place, path=("input", "place"), longest=120),
        is_risky=draft.is_risky,
        risks=line(
            draft.risks,
            path=("input", "risks"),
            longest=500,
            shortest=2 if draft.is_risky else 0,
        ),
        organisation_id=draft.organisation_id,
        organisation_name=await _organisation(actor, draft, area_path),
        team_id=await _team(draft, area_path),
        time_bank_class=draft.time_bank_class
        and line(draft.time_bank_class, path=("input", "timeBankClass"), longest=40, shortest=1),
        leader_id=await _leader(draft, area_path),
        created_by_id=actor.person_id,
        created_at=await clock.now(),
    )
    rows = [
        (database.new_id(), activity.id, each.starts_at, each.ends_at, each.places)
        for each in shifts
    ]
    await database.execute_many(_SHIFT, rows)
    return activity


def _sound(shifts: tuple[ShiftDraft, ...], *, now: datetime) -> tuple[ShiftDraft, ...]:
    path = ("input", "shifts")
    if not 1 <= len(shifts) <= MOST_SHIFTS:
        raise InvalidInput(
            path=path,
            zh=f"班次须为 1 至 {MOST_SHIFTS} 个。",
            en=f"There are 1 to {MOST_SHIFTS} shifts.",
        )
    for each in shifts:
        if not timedelta(0) < each.ends_at - each.starts_at <= LONGEST_SHIFT:
            raise InvalidInput(
                path=path,
                zh="班次须在结束前开始,且不超过 24 小时。",
                en="A shift ends after it begins, within 24 hours.",
            )
        if each.ends_at > now + LONGEST_AHEAD:
            raise InvalidInput(
                path=path, zh="活动期限不得超过一年。", en="A shift lies within a year."
            )
        if not 1 <= each.places <= 10_000:
            raise InvalidInput(
                path=path, zh="名额须为 1 至 10000。", en="A shift has 1 to 10,000 places."
            )
    return shifts


async def _organisation(actor: Actor, draft: ActivityDraft, area_path: str) -> str:
    """Return the name of the organisation, which lies here or above."""
    (row,) = await organisations.organisations_by_id(actor, [draft.organisation_id])
    where = None if row is None else await places.place_of(row["area_id"])
    if row is None or where is None or not _near(where.area_path, area_path):
        raise NotFound(path=("input", "organisationId"))
    name: str = row["name"]
    return name


async def _team(draft: ActivityDraft, area_path: str) -> UUID | None:
    if draft.team_id is None:
        return None
    row = await database.fetch_one(_TEAM, draft.team_id)
    if row is None or not _near(row["area_path"], area_path):
        raise NotFound(path=("input", "teamId"))
    return draft.team_id


async def _leader(draft: ActivityDraft, area_path: str) -> UUID:
    """Return who leads: somebody bound to the area, or with a part in what organises it."""
    if not await is_of(draft.leader_id, area_path, draft.organisation_id):
        raise NotFound(path=("input", "leaderId"))
    return draft.leader_id


async def is_of(person_id: UUID, area_path: str, organisation_id: UUID) -> bool:
    """Whether a person lives in the area, or holds a role over it or in the organisation."""
    known = await electorate.known_in(area_path, await clock.today(), person_id)
    if known is None:
        return False
    if known["was_ever_bound"]:
        return True
    grants = await roles.grants_of(person_id)
    return any(
        grant.organisation_id == organisation_id
        or (grant.area_path is not None and _near(grant.area_path, area_path))
        for grant in grants
    )


def _near(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


async def publish_activity(actor: Actor, activity_id: UUID) -> UUID:
    """Call volunteers to it; raises ActivityInPast once its first shift has begun."""
    async with transaction():
        activity = await hold_activity(actor, activity_id, "publishVolunteerActivity")
        if activity.state is VolunteerActivityState.PUBLISHED:
            return activity_id
        if activity.state is not VolunteerActivityState.DRAFT:
            raise ActivityStateUnfit(state=activity.state.value)
        if await database.fetch_value(_FIRST, activity.id) <= await clock.now():
            raise ActivityInPast(path=("input", "activityId"))
        await put_out(activity)
        await outbox.record(ActivityPublished(activity.id, activity.area_path))
        await told(
            actor,
            command="publishVolunteerActivity",
            area_id=activity.area_id,
            subject=("volunteer_activity", activity.id),
        )
    return activity_id


async def put_out(activity: Activity) -> None:
    """Publish an activity in the open transaction, and set when each shift is told of."""
    activity.state = VolunteerActivityState.PUBLISHED
    activity.published_at = await clock.now()
    await activity.save()
    procedure = await shift_procedure_at(activity.area_id)
    rows = [
        (row["id"], *procedure.moments(row["starts_at"], row["ends_at"]))
        for row in await database.fetch(_SHIFTS, activity.id)
    ]
    await database.execute_many(_MOMENTS, rows)


async def publish_written(actor: Actor, draft: ActivityDraft, area_path: str) -> Activity:
    """Write an activity and call volunteers to it, in the open transaction of another command.

    Who may was asked before. Raises ActivityInPast, DoesNotCountAsService, InvalidInput,
    NotFound.
    """
    database.require_open_transaction()
    activity = await created(actor, draft, area_path)
    if await database.fetch_value(_FIRST, activity.id) <= await clock.now():
        raise ActivityInPast(path=("input", "shifts"))
    await put_out(activity)
    await outbox.record(ActivityPublished(activity.id, activity.area_path))
    return activity


async def call_off_to_come(activity_ids: Sequence[UUID], *, reason: str) -> list[UUID]:
    """Call off those of these activities whose first shift is still to come; returns which.

    In the open transaction of another command, which asked who may: what has been given stays.
    """
    database.require_open_transaction()
    rows = await database.fetch(_TO_COME, list(activity_ids))
    for row in rows:
        await outbox.record(ActivityCancelled(row["id"], row["area_path"]))
        await database.execute(_CALL_OFF, row["id"], reason[:200])
    return [row["id"] for row in rows]


async def cancel_activity(actor: Actor, activity_id: UUID, *, reason: str) -> UUID:
    """Call an activity off; what was already given stays recorded."""
    async with transaction():
        activity = await hold_activity(actor, activity_id, "cancelVolunteerActivity")
        if activity.state is VolunteerActivityState.CANCELLED:
            raise ActivityStateUnfit(state=activity.state.value)
        activity.state = VolunteerActivityState.CANCELLED
        activity.cancelled_at = await clock.now()
        activity.cancel_reason = line(reason, path=("input", "reason"), longest=200)
        await activity.save()
        await outbox.record(ActivityCancelled(activity.id, activity.area_path))
        await told(
            actor,
            command="cancelVolunteerActivity",
            area_id=activity.area_id,
            subject=("volunteer_activity", activity.id),
        )
    return activity_id
