"""What confirmed service is worth in the time bank: credited with the confirmation itself.

A version of a record is issued for once; when the record is corrected or revoked, the time bank
puts it right in the same transaction. What is spent already cannot be taken back: the record
changes all the same, and what is owed becomes a case for the time bank's staff.
"""

from uuid import UUID, uuid5

from domains.membership.queries import places
from domains.timebank.service import issuing, shortfalls
from domains.timebank.service.issuing import Service
from domains.volunteering.models import Activity, ServiceRecord


def version_id(record_id: UUID, version: int) -> UUID:
    """Return the id under which the time bank knows a version of a record."""
    return uuid5(record_id, f"version {version}")


async def credit(record: ServiceRecord) -> None:
    """Credit what a record's present version counts, in the open transaction."""
    service = await _service(record)
    if service is not None:
        await issuing.issue_for(service)


async def replace(record: ServiceRecord) -> int:
    """Put what the version before earned right by the present one; returns what is owed."""
    return await shortfalls.put_right(
        version_id(record.id, record.version - 1), await _service(record), reason=_CORRECTED
    )


async def withdraw(record: ServiceRecord) -> int:
    """Take back what a record's present version earned; returns what is owed."""
    return await shortfalls.put_right(version_id(record.id, record.version), None, reason=_REVOKED)


async def _service(record: ServiceRecord) -> Service | None:
    place = await places.place_of(record.area_id)
    if record.counted_minutes == 0 or place is None or place.community_id is None:
        return None
    activity = await Activity.get(id=record.activity_id)
    return Service(
        record_id=version_id(record.id, record.version),
        person_id=record.person_id,
        community_id=place.community_id,
        service_class=activity.time_bank_class or activity.service_class.value,
        minutes=record.counted_minutes,
        served_on=record.day,
        in_group=activity.team_id is not None,
    )


# What a statement says; why the record changed stands with the record, for who sees that.
_CORRECTED = "服务记录已更正"
_REVOKED = "服务记录已撤销"
