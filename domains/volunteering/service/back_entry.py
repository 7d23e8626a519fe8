"""Back-entry: what was not recorded in time is entered by one, and approved by another."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import calendar, clock, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.volunteering import policy
from domains.volunteering.errors import (
    ApproverEntered,
    BackEntryNotNeeded,
    DailyCapReached,
    DoesNotCountAsService,
    OwnRecord,
    RecordInFuture,
    RecordStateUnfit,
    RecordUnderReview,
)
from domains.volunteering.models import Activity, ServiceRecord, Volunteer
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.service import making, reviewing, revoking, seats
from domains.volunteering.service.confirming import complete, require_other
from domains.volunteering.service.shared import (
    activity_place,
    hold_record,
    line,
    near_volunteer,
    remaining_minutes,
    told,
)
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.records import ServiceRecordEntry, ServiceRecordState

LONGEST_AGO = timedelta(days=366)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BackEntry:
    """Whose service, in what, from when to when, what was done, and why it comes so late."""

    activity_id: UUID
    volunteer_id: UUID
    started_at: datetime
    ended_at: datetime
    content: str
    reason: str


async def enter_record(
    actor: Actor, given: BackEntry, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Enter service that was not checked in to; it waits for another's approval.

    Raises RecordInFuture, DoesNotCountAsService, DailyCapReached, ServiceOverlaps, OwnRecord,
    """
    async with transaction():
        activity = await Activity.filter(id=given.activity_id).first()
        if activity is None:
            raise NotFound(path=("input", "activityId"))
        require(policy.AUTHORITY, "enterServiceRecord", actor, activity_place(activity))
        earlier = await idempotency.claim(
            actor, idempotency_key, "enterServiceRecord", asdict(given)
        )
        if earlier is not None:
            return UUID(earlier["record"]), True
        record = await _entered(actor, activity, given)
        await idempotency.settle(actor, idempotency_key, {"record": str(record.id)})
        await _told(actor, record, "enterServiceRecord")
        return record.id, False


async def _entered(actor: Actor, activity: Activity, given: BackEntry) -> ServiceRecord:
    volunteer = await near_volunteer(activity, given.volunteer_id)
    if volunteer.person_id == actor.person_id or actor.person_id is None:
        raise OwnRecord(path=("input", "volunteerId"))
    await _require_sound(given)
    day = calendar.day_of(given.started_at)
    procedure = await seats.require_fit(volunteer, activity, day)
    if (
        activity.nature in procedure.excluded
        or activity.state is not VolunteerActivityState.PUBLISHED
    ):
        raise DoesNotCountAsService(path=("input", "activityId"))
    served = making.Served(given.started_at, given.ended_at)
    await _require_room(volunteer, procedure, served)
    entered = making.Entered(
        by_id=actor.person_id,
        reason=line(given.reason, path=("input", "reason"), longest=500),
        content=line(given.content, path=("input", "content"), longest=2000),
    )
    return await making.make(
        volunteer, activity, procedure, served, counted=served.minutes, entered=entered
    )


async def _require_sound(given: BackEntry) -> None:
    now = await clock.now()
    if given.ended_at > now:
        raise RecordInFuture(path=("input", "endedAt"))
    if not timedelta(minutes=1) <= given.ended_at - given.started_at <= LONGEST:
        raise InvalidInput(
            path=("input", "endedAt"),
            zh="服务时间须为 1 分钟至 24 小时。",
            en="Service lasts from a minute to 24 hours.",
        )
    if given.started_at < now - LONGEST_AGO:
        raise InvalidInput(
            path=("input", "startedAt"),
            zh="只能补录一年以内的服务。",
            en="Only service of the last year is entered back.",
        )


async def _require_room(volunteer: Volunteer, procedure: Procedure, served: making.Served) -> None:
    left = await remaining_minutes(
        volunteer.id, calendar.day_of(served.started_at), cap=procedure.day_cap_minutes
    )
    if served.minutes > left:
        raise DailyCapReached(path=("input", "endedAt"), most=procedure.day_cap_minutes, left=left)


async def move_to_back_entry(actor: Actor, record_id: UUID, *, reason: str) -> UUID:
    """Let a record that was not confirmed in time wait for another's approval instead.

    Raises BackEntryNotNeeded while it can still be confirmed, OwnRecord.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "moveRecordToBackEntry")
        require_other(actor, record)
        _require_pending(record)
        is_late = await clock.now() >= record.due_at
        if record.entry is ServiceRecordEntry.BACK_ENTRY or not is_late:
            raise BackEntryNotNeeded(path=("input", "recordId"))
        record.entry = ServiceRecordEntry.BACK_ENTRY
        record.entered_by_id = actor.person_id
        record.back_reason = line(reason, path=("input", "reason"), longest=500)
        await record.save()
        await _told(actor, record, "moveRecordToBackEntry")
    return record_id


async def approve_record(actor: Actor, record_id: UUID, *, accepted: bool, reason: str) -> UUID:
    """Approve what another entered back, or do not; approved, its minutes are credited.

    Raises ApproverEntered, OwnRecord, RecordUnderReview, RecordStateUnfit.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "approveServiceRecord")
        require_other(actor, record)
        _require_pending(record)
        if record.entry is not ServiceRecordEntry.BACK_ENTRY:
            raise RecordStateUnfit(path=("input", "recordId"), state=record.entry.value)
        if record.entered_by_id == actor.person_id:
            raise ApproverEntered(path=("input", "recordId"))
        if record.approved_by_id is not None or await reviewing.is_suspected(record.id):
            raise RecordUnderReview(path=("input", "recordId"))
        said = line(reason, path=("input", "reason"), longest=500)
        if not accepted:
            await revoking.revoke(record, reason=said)
        else:
            procedure = await procedure_at(record.area_id)
            record.approved_by_id = actor.person_id
            await record.save()
            if not await reviewing.suspect(record, procedure.suspicion):
                await complete(record)
        await _told(actor, record, "approveServiceRecord")
    return record_id


def _require_pending(record: ServiceRecord) -> None:
    if record.state is not ServiceRecordState.PENDING:
        raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)


async def _told(actor: Actor, record: ServiceRecord, command: str) -> None:
    await told(
        actor,
        command=command,
        area_id=record.area_id,
        subject=("service_record", record.id),
        details={"state": record.state.value},
    )
