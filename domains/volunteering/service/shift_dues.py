"""What falls due of shifts: told a day and some minutes before, and absences noted afterwards.

What was done stands on the shift's own row, which whoever does it locks.
"""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.database import Row, transaction
from domains.volunteering.events.shifts import ShiftSoon, ShiftTomorrow, VolunteerAbsent

_DUE = """
UPDATE volunteering_shift s SET {column} = kernel_now()
FROM volunteering_activity a
WHERE a.id = s.activity_id AND s.id = (
    SELECT x.id FROM volunteering_shift x
    WHERE {condition} ORDER BY {order} LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING s.id, s.activity_id, s.starts_at, a.area_path, a.state
"""
# A day's notice is none once the shorter one is due.
_TOMORROW = _DUE.format(
    column="tomorrow_told_at",
    condition="x.tomorrow_told_at IS NULL AND x.tomorrow_at <= kernel_now()"
    " AND x.soon_at > kernel_now() AND x.soon_told_at IS NULL",
    order="x.tomorrow_at",
)
_SOON = _DUE.format(
    column="soon_told_at",
    condition="x.soon_told_at IS NULL AND x.soon_at <= kernel_now() AND x.starts_at > kernel_now()",
    order="x.soon_at",
)
_ABSENT = _DUE.format(
    column="absences_noted_at",
    condition="x.absences_noted_at IS NULL AND x.absent_at <= kernel_now()",
    order="x.absent_at",
)
_MISSING = """
UPDATE volunteering_sign_up u SET state = 'absent', at = kernel_now()
FROM volunteering_volunteer v
WHERE u.shift_id = $1 AND u.state = 'signed_up' AND v.id = u.volunteer_id
  AND NOT EXISTS (SELECT FROM volunteering_attendance t
                  WHERE t.shift_id = $1 AND t.volunteer_id = u.volunteer_id)
RETURNING u.volunteer_id, v.person_id
"""
PUBLISHED = "published"


async def tell_shift_tomorrow() -> UUID | None:
    """Tell of one shift that it is due within a day."""
    return await _tell(_TOMORROW, ShiftTomorrow)


async def tell_shift_soon() -> UUID | None:
    """Tell of one shift that it is about to begin."""
    return await _tell(_SOON, ShiftSoon)


async def note_absences() -> UUID | None:
    """Note who had a place in one shift that is over, and never came."""
    async with transaction():
        row = await database.fetch_one(_ABSENT)
        if row is None:
            return None
        if row["state"] == PUBLISHED:
            for each in await database.fetch(_MISSING, row["id"]):
                whose = (row["activity_id"], row["area_path"], row["id"])
                await outbox.record(
                    VolunteerAbsent(*whose, each["volunteer_id"], each["person_id"])
                )
        return _id(row)


async def _tell(sql: str, event: type[ShiftTomorrow] | type[ShiftSoon]) -> UUID | None:
    async with transaction():
        row = await database.fetch_one(sql)
        if row is None:
            return None
        if row["state"] == PUBLISHED:
            await outbox.record(event(row["activity_id"], row["area_path"], row["id"]))
        return _id(row)


def _id(row: Row) -> UUID:
    found: UUID = row["id"]
    return found
