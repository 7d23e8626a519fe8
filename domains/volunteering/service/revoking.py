"""Correcting and revoking: by a new version or an end, with a reason; nothing is deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import savepoint, transaction
from domains.kernel.errors import InvalidInput, VersionConflict
from domains.volunteering.errors import (
    RatedAlready,
    RecordInFuture,
    RecordStateUnfit,
    ServiceOverlaps,
)
from domains.volunteering.events.honours import CertificateRevoked
from domains.volunteering.events.records import RecordCorrected, RecordRevoked
from domains.volunteering.models import Activity, ServiceRecord
from domains.volunteering.service import crediting, making
from domains.volunteering.service.confirming import require_other
from domains.volunteering.service.shared import hold_record, line, remaining_minutes, told
from domains.volunteering.values.records import CONTESTABLE, COUNTED, ServiceRecordState

_SUPERSEDE = """
UPDATE volunteering_certificate c
SET state = 'superseded', ended_at = kernel_now(), end_reason = $2
FROM volunteering_certified d
WHERE d.certificate_id = c.id AND d.record_id = $1 AND c.state = 'valid'
RETURNING c.id, c.area_path
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a record shall say instead, and why."""

    started_at: datetime
    ended_at: datetime
    content: str
    reason: str


async def correct_record(
    actor: Actor, record_id: UUID, correction: Correction, *, expected_version: int
) -> UUID:
    """Put a new version in a record's place; what it earned is taken back and issued anew.

    Raises VersionConflict, RecordStateUnfit, OwnRecord, ServiceOverlaps, InvalidInput.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "correctServiceRecord")
        require_other(actor, record)
        if record.version != expected_version:
            raise VersionConflict(version=record.version)
        await correct(actor, record, correction)
        await _told(actor, record, "correctServiceRecord")
    return record_id


async def correct(actor: Actor, record: ServiceRecord, correction: Correction) -> None:
    """Correct a record in the open transaction; the volunteer and the record are locked."""
    if record.state not in CONTESTABLE:
        raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
    served = making.Served(correction.started_at, correction.ended_at)
    if served.ended_at > record.made_at:
        raise RecordInFuture(path=("input", "endedAt"))
    if not timedelta(minutes=1) <= served.ended_at - served.started_at <= timedelta(hours=24):
        raise InvalidInput(
            path=("input", "endedAt"),
            zh="服务时间须为 1 分钟至 24 小时。",
            en="Service lasts from a minute to 24 hours.",
        )
    reason = line(correction.reason, path=("input", "reason"), longest=500)
    content = line(correction.content, path=("input", "content"), longest=2000)
    day = calendar.day_of(served.started_at)
    left = await remaining_minutes(
        record.volunteer_id, day, cap=record.day_cap_minutes, beside=record.id
    )
    record.version += 1
    record.started_at, record.ended_at, record.day = served.started_at, served.ended_at, day
    record.given_minutes = served.minutes
    record.counted_minutes = min(served.minutes, left)
    if record.state in COUNTED:
        record.state = ServiceRecordState.CORRECTED
    await _save(record)
    activity = await Activity.get(id=record.activity_id)
    await making.keep_version(
        record, activity, content=content, reason=reason, by_id=actor.person_id
    )
    await crediting.replace(record)
    await _supersede(record, reason)
    await outbox.record(
        RecordCorrected(record.id, record.volunteer_id, record.area_path, record.version)
    )


async def _save(record: ServiceRecord) -> None:
    try:
        async with savepoint():
            await record.save()
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        if database.broken_constraint(error) == "volunteering_record_apart":
            raise ServiceOverlaps(path=("input", "startedAt")) from None
        raise


async def revoke_record(actor: Actor, record_id: UUID, *, reason: str) -> UUID:
    """Let a record not stand, with a reason that everybody who sees it reads."""
    async with transaction():
        record = await hold_record(actor, record_id, "revokeServiceRecord")
        require_other(actor, record)
        if record.state is ServiceRecordState.REVOKED:
            raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
        said = line(reason, path=("input", "reason"), longest=500)
        await revoke(record, reason=said)
        await _told(actor, record, "revokeServiceRecord")
    return record_id


async def revoke(record: ServiceRecord, *, reason: str) -> None:
    """Revoke a record in the open transaction, and take back what it earned as far as it can be."""
    owed = await crediting.withdraw(record)
    record.state = ServiceRecordState.REVOKED
    record.revoked_at = await clock.now()
    record.revoke_reason = reason
    await record.save()
    await _supersede(record, reason)
    await outbox.record(
        RecordRevoked(record.id, record.volunteer_id, record.area_path, credit_left=owed > 0)
    )


async def _supersede(record: ServiceRecord, reason: str) -> None:
    for row in await database.fetch(_SUPERSEDE, record.id, reason):
        await outbox.record(CertificateRevoked(record.volunteer_id, row["area_path"], row["id"]))


async def rate_record(actor: Actor, record_id: UUID, *, quality: int) -> UUID:
    """Say how good a confirmed service was, once (Order 67, article 10).

    Raises OwnRecord, RatedAlready, RecordStateUnfit, InvalidInput.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "rateServiceRecord")
        require_other(actor, record)
        await rate(record, quality=quality, by_id=actor.person_id)
        await _told(actor, record, "rateServiceRecord")
    return record_id


async def rate(record: ServiceRecord, *, quality: int, by_id: UUID | None) -> None:
    """Keep how good a service was, in the open transaction; the record is locked.

    Raises RatedAlready, RecordStateUnfit, InvalidInput.
    """
    if record.state in {ServiceRecordState.PENDING, ServiceRecordState.REVOKED}:
        raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
    if record.quality is not None:
        raise RatedAlready(path=("input", "recordId"))
    if not 1 <= quality <= 5:
        raise InvalidInput(
            path=("input", "quality"), zh="评分须为 1 至 5。", en="Quality is 1 to 5."
        )
    record.quality = quality
    record.rated_by_id = by_id
    record.rated_at = await clock.now()
    await record.save()


async def _told(actor: Actor, record: ServiceRecord, command: str) -> None:
    await told(
        actor,
        command=command,
        area_id=record.area_id,
        subject=("service_record", record.id),
        details={"state": record.state.value, "version": record.version},
    )
