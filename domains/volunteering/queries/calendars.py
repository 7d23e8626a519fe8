"""What stands in a volunteer's own calendar: shifts that one signed up for, and that one leads."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.calendar_file import CalendarItem, CalendarStatus

# A quarter back and a year ahead. Who left has no entry; what was called off is called off.
_SHIFTS = """
SELECT s.id, s.starts_at, s.ends_at, a.title, a.place, a.state,
       a.leader_id = $1::uuid AS is_leader,
       greatest(a.published_at, a.cancelled_at) AS changed_at
FROM volunteering_shift s JOIN volunteering_activity a ON a.id = s.activity_id
WHERE a.published_at IS NOT NULL
  AND s.starts_at > kernel_now() - interval '92 days'
  AND s.starts_at < kernel_now() + interval '366 days'
  AND s.id IN (
      SELECT u.shift_id FROM volunteering_sign_up u
      JOIN volunteering_volunteer v ON v.id = u.volunteer_id
      WHERE v.person_id = $1::uuid AND u.state <> 'left'
      UNION
      SELECT led.id FROM volunteering_shift led
      JOIN volunteering_activity b ON b.id = led.activity_id WHERE b.leader_id = $1::uuid)
ORDER BY s.starts_at, s.id LIMIT 500
"""


async def calendar_of(person_id: UUID) -> list[CalendarItem]:
    """Return a person's shifts, for their own calendar."""
    return [
        CalendarItem(
            uid=f"{row['id']}@shifts.gongyi",
            sequence=1 if row["state"] == "cancelled" else 0,
            changed_at=row["changed_at"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            summary=f"{'负责' if row['is_leader'] else '志愿服务'}:{row['title']}",
            status=(
                CalendarStatus.CANCELLED
                if row["state"] == "cancelled"
                else CalendarStatus.CONFIRMED
            ),
            place=row["place"],
        )
        for row in await database.fetch(_SHIFTS, person_id)
    ]
