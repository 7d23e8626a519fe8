"""Confirming: by enough others, in time; the last confirmation credits the minutes."""

from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.volunteering.errors import (
    BackEntryNeedsApproval,
    ConfirmedAlready,
    OwnRecord,
    RecordLate,
    RecordStateUnfit,
    RecordUnderReview,
)
from domains.volunteering.events.records import RecordConfirmed
from domains.volunteering.models import ServiceRecord
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.service import crediting, reviewing
from domains.volunteering.service.shared import hold_record, told
from domains.volunteering.values.records import ServiceRecordEntry, ServiceRecordState

_CONFIRM = """
INSERT INTO volunteering_confirmation VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (record_id, by_id) DO NOTHING
"""
_COUNT = "SELECT count(*) FROM volunteering_confirmation WHERE record_id = $1"


async def confirm_record(actor: Actor, record_id: UUID) -> UUID:
    """Confirm that the service was given as the record says.

    With enough confirmations the record is confirmed and its minutes credited, unless a rule
    puts it under review. Raises OwnRecord, RecordLate, ConfirmedAlready, RecordUnderReview,
    BackEntryNeedsApproval, RecordStateUnfit.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "confirmServiceRecord")
        require_other(actor, record)
        if record.state is not ServiceRecordState.PENDING:
            raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
        if record.entry is ServiceRecordEntry.BACK_ENTRY:
            raise BackEntryNeedsApproval(path=("input", "recordId"))
        if await reviewing.is_suspected(record.id):
            raise RecordUnderReview(path=("input", "recordId"))
        procedure = await procedure_at(record.area_id)
        if await clock.now() >= record.due_at:
            raise RecordLate(path=("input", "recordId"), days=procedure.record.days)
        if not await database.execute(_CONFIRM, record.id, actor.person_id, record.person_id):
            raise ConfirmedAlready(path=("input", "recordId"))
        enough = await database.fetch_value(_COUNT, record.id) >= procedure.confirmers
        if enough and not await reviewing.suspect(record, procedure.suspicion):
            await complete(record)
        await told(
            actor,
            command="confirmServiceRecord",
            area_id=record.area_id,
            subject=("service_record", record.id),
            details={"state": record.state.value},
        )
    return record_id


def require_other(actor: Actor, record: ServiceRecord) -> None:
    """Refuse who would judge their own service."""
    if actor.person_id == record.person_id:
        raise OwnRecord(path=("input", "recordId"))


async def complete(record: ServiceRecord) -> None:
    """Confirm a record that has all that it needs, and credit its minutes with it."""
    record.state = ServiceRecordState.CONFIRMED
    record.confirmed_at = await clock.now()
    await crediting.credit(record)
    await record.save()
    await outbox.record(RecordConfirmed(record.id, record.volunteer_id, record.area_path))
