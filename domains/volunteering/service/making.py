"""Making service records: minutes actually given, counted as far as a day counts them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.database import savepoint
from domains.volunteering.errors import ServiceOverlaps
from domains.volunteering.events.records import RecordMade
from domains.volunteering.models import Activity, ServiceRecord, Volunteer
from domains.volunteering.rules.procedure import Procedure, minutes_between
from domains.volunteering.service.shared import remaining_minutes
from domains.volunteering.values.records import ServiceRecordEntry, ServiceRecordState

_NUMBER = "SELECT nextval('volunteering_record_number_seq')"
_VERSION = """
INSERT INTO volunteering_record_version
    (record_id, version, activity_title, content, place, organisation_id, organisation_name,
     leader_id, started_at, ended_at, given_minutes, counted_minutes, reason, by_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, kernel_now())
"""


@dataclass(frozen=True, slots=True)
class Served:
    """From when to when, and the check-in or the order's place that shows it."""

    started_at: datetime
    ended_at: datetime
    attendance_id: UUID | None = None
    order_place_id: UUID | None = None

    @property
    def minutes(self) -> int:
        """Return the whole minutes actually given."""
        return minutes_between((self.ended_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Entered:
    """Who entered a record back, and why."""

    by_id: UUID
    reason: str
    content: str


async def from_attendance(
    volunteer: Volunteer, activity: Activity, procedure: Procedure, served: Served
) -> UUID | None:
    """Make the record of a check-in and check-out; None where no whole minute was given."""
    if served.minutes < 1:
        return None
    left = await remaining_minutes(
        volunteer.id, calendar.day_of(served.started_at), cap=procedure.day_cap_minutes
    )
    counted = min(served.minutes, left)
    record = await make(volunteer, activity, procedure, served, counted=counted)
    return record.id


async def make(
    volunteer: Volunteer,
    activity: Activity,
    procedure: Procedure,
    served: Served,
    *,
    counted: int,
    entered: Entered | None = None,
) -> ServiceRecord:
    """Make a record with its first version; raises ServiceOverlaps."""
    record = ServiceRecord(
        id=database.new_id(),
        number=await database.fetch_value(_NUMBER),
        volunteer_id=volunteer.id,
        volunteer_number=volunteer.number,
        person_id=volunteer.person_id,
        activity_id=activity.id,
        attendance_id=served.attendance_id,
        order_place_id=served.order_place_id,
        area_id=activity.area_id,
        area_path=activity.area_path,
        entry=_entry(served, entered),
        state=ServiceRecordState.PENDING,
        service_class=activity.service_class,
        started_at=served.started_at,
        ended_at=served.ended_at,
        day=calendar.day_of(served.started_at),
        given_minutes=served.minutes,
        counted_minutes=counted,
        day_cap_minutes=procedure.day_cap_minutes,
        due_at=calendar.deadline(served.ended_at, procedure.record).at,
        made_at=await clock.now(),
        entered_by_id=entered.by_id if entered else None,
        back_reason=entered.reason if entered else None,
    )
    await _save(record)
    await keep_version(record, activity, content=entered.content if entered else activity.content)
    await outbox.record(RecordMade(record.id, record.volunteer_id, record.area_path))
    return record


def _entry(served: Served, entered: Entered | None) -> ServiceRecordEntry:
    if entered is not None:
        return ServiceRecordEntry.BACK_ENTRY
    if served.order_place_id is not None:
        return ServiceRecordEntry.SERVICE_ORDER
    return ServiceRecordEntry.CHECK_IN


async def _save(record: ServiceRecord) -> None:
    try:
        async with savepoint():
            await record.save(force_create=True)
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        if database.broken_constraint(error) == "volunteering_record_apart":
            raise ServiceOverlaps(path=("input", "startedAt")) from None
        raise


async def keep_version(
    record: ServiceRecord,
    activity: Activity,
    *,
    content: str,
    reason: str | None = None,
    by_id: UUID | None = None,
) -> None:
    """Keep what the record's present version says."""
    await database.execute(
        _VERSION,
        *(record.id, record.version, activity.title, content, activity.place),
        *(activity.organisation_id, activity.organisation_name, activity.leader_id),
        *(record.started_at, record.ended_at, record.given_minutes, record.counted_minutes),
        *(reason, by_id or record.entered_by_id),
    )
