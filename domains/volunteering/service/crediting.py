"""What confirmed service is worth in the time bank: credited with the confirmation itself.

A version of a record is issued for once; a corrected or revoked one is taken back first. What
is spent already cannot be: the record changes all the same, and the event says what is left.
"""

from uuid import UUID, uuid5

from domains.kernel.database import savepoint
from domains.membership.queries import places
from domains.timebank.errors import InsufficientBalance
from domains.timebank.service import issuing
from domains.timebank.service.issuing import Service
from domains.volunteering.models import Activity, ServiceRecord


def version_id(record_id: UUID, version: int) -> UUID:
    """Return the id under which the time bank knows a version of a record."""
    return uuid5(record_id, f"version {version}")


async def credit(record: ServiceRecord) -> None:
    """Credit what a record's present version counts, in the open transaction."""
    place = await places.place_of(record.area_id)
    if record.counted_minutes == 0 or place is None or place.community_id is None:
        return
    activity = await Activity.get(id=record.activity_id)
    await issuing.issue_for(
        Service(
            record_id=version_id(record.id, record.version),
            person_id=record.person_id,
            community_id=place.community_id,
            service_class=activity.time_bank_class or activity.service_class.value,
            minutes=record.counted_minutes,
            served_on=record.day,
            in_group=activity.team_id is not None,
        )
    )


async def take_back(record: ServiceRecord, *, reason: str) -> bool:
    """Take back what the present version earned; False where it is spent already."""
    try:
        async with savepoint():
            await issuing.take_back(version_id(record.id, record.version), reason=reason)
    except InsufficientBalance:
        return False
    return True
