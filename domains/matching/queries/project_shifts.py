"""Which activities are shifts of which projects, and what stands in somebody's calendar."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.calendar_file import CalendarItem, CalendarStatus
from domains.kernel.database import Row
from domains.volunteering.queries import activities

_OF_PROJECTS = """
SELECT project_id, activity_id FROM matching_project_activity
WHERE project_id = ANY ($1::uuid[]) ORDER BY published_at, activity_id
"""
# A quarter back and a year ahead; who left has no entry. The place is the rough one: what is
# exact stays sealed, and an address of a calendar may be passed on.
_PLACES = """
SELECT p.id, p.starts_at, p.ends_at, p.state, n.title, n.place,
       greatest(p.accepted_at, p.ended_at) AS changed_at
FROM matching_place p JOIN matching_need n ON n.id = p.need_id
WHERE p.person_id = $1 AND p.state <> 'left'
  AND p.starts_at > kernel_now() - interval '92 days'
  AND p.starts_at < kernel_now() + interval '366 days'
ORDER BY p.starts_at, p.id LIMIT 500
"""


async def calls_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the calls to shifts of these projects that the actor sees, the first first."""
    links = await database.fetch(_OF_PROJECTS, list(ids))
    of_activity = [row["activity_id"] for row in links]
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for link, row in zip(links, await activities.activities_by_id(actor, of_activity), strict=True):
        if row is not None:
            found[link["project_id"]].append(row)
    return [found[each] for each in ids]


async def calendar_of(person_id: UUID) -> list[CalendarItem]:
    """Return a person's places at orders, for their own calendar."""
    return [
        CalendarItem(
            uid=f"{row['id']}@orders.gongyi",
            sequence=1 if row["state"] == "cancelled" else 0,
            changed_at=row["changed_at"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            summary=f"服务:{row['title']}",
            status=(
                CalendarStatus.CANCELLED
                if row["state"] == "cancelled"
                else CalendarStatus.CONFIRMED
            ),
            place=row["place"],
        )
        for row in await database.fetch(_PLACES, person_id)
    ]
