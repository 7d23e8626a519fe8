"""What falls due of records: told late once, publicised, and final when the notice is over."""

from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.database import transaction
from domains.volunteering.events.records import RecordFinal, RecordOverdue, RecordPublicised
from domains.volunteering.models import ServiceRecord
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.values.records import ServiceRecordState

_LATE = """
SELECT id FROM volunteering_record
WHERE state = 'pending' AND overdue_at IS NULL AND due_at <= kernel_now()
  AND entry <> 'back_entry'
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CONFIRMED = """
SELECT id FROM volunteering_record WHERE state = 'confirmed'
ORDER BY confirmed_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CONTESTED = """
EXISTS (SELECT FROM volunteering_contest c WHERE c.record_id = r.id AND c.state = 'open')
"""
_NOTICE_OVER = f"""
SELECT r.id FROM volunteering_record r
WHERE r.state = 'publicised' AND r.notice_until <= kernel_now() AND NOT {_CONTESTED}
ORDER BY r.notice_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# Under the lock, which who contests takes too: what was filed a moment before is seen.
_IS_CONTESTED = f"SELECT {_CONTESTED} FROM volunteering_record r WHERE r.id = $1"
# Asked again under the lock: a contest of the last instant may have committed just now.
_CONTESTED = """
SELECT EXISTS (SELECT FROM volunteering_contest WHERE record_id = $1 AND state = 'open')
"""


async def _taken(sql: str) -> ServiceRecord | None:
    record_id = await database.fetch_value(sql)
    return None if record_id is None else await ServiceRecord.get(id=record_id)


async def note_overdue_record() -> UUID | None:
    """Tell of one record that was not confirmed in time."""
    async with transaction():
        record = await _taken(_LATE)
        if record is None:
            return None
        record.overdue_at = await clock.now()
        await record.save(update_fields=["overdue_at"])
        await outbox.record(RecordOverdue(record.id, record.volunteer_id, record.area_path))
        return record.id


async def publicise_due_record() -> UUID | None:
    """Put one confirmed record before everybody's eyes, for the days that the rules ask."""
    async with transaction():
        record = await _taken(_CONFIRMED)
        if record is None:
            return None
        procedure = await procedure_at(record.area_id)
        now = await clock.now()
        record.state = ServiceRecordState.PUBLICISED
        record.publicised_at = now
        record.notice_until = calendar.deadline(now, procedure.notice).at
        await record.save(update_fields=["state", "publicised_at", "notice_until"])
        await outbox.record(RecordPublicised(record.id, record.volunteer_id, record.area_path))
        return record.id


async def finalise_due_record() -> UUID | None:
    """Make one record final whose notice is over, unless somebody contests it."""
    async with transaction():
        record = await _taken(_NOTICE_OVER)
        if record is None or await database.fetch_value(_CONTESTED, record.id):
            return None
        record.state = ServiceRecordState.FINAL
        record.final_at = await clock.now()
        await record.save(update_fields=["state", "final_at"])
        await outbox.record(RecordFinal(record.id, record.volunteer_id, record.area_path))
        return record.id
