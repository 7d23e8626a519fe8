"""Who is there: the roster of a shift, for who leads it and who helps in its area."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering import policy
from domains.volunteering.policy import ActivityPlace

_PLACE = """
SELECT a.area_path, a.state, a.leader_id, a.organisation_id
FROM volunteering_shift s JOIN volunteering_activity a ON a.id = s.activity_id WHERE s.id = $1
"""
_ROSTER = """
SELECT v.id AS volunteer_id, v.number, p.name, coalesce(u.state = 'signed_up', false) AS has_place,
       coalesce(u.state = 'absent', false) AS is_absent,
       t.checked_in_at, t.checked_out_at
FROM (SELECT volunteer_id FROM volunteering_sign_up
      WHERE shift_id = $1 AND state IN ('signed_up', 'absent')
      UNION
      SELECT volunteer_id FROM volunteering_attendance WHERE shift_id = $1) AS there
JOIN volunteering_volunteer v ON v.id = there.volunteer_id
JOIN membership_person p ON p.id = v.person_id
LEFT JOIN volunteering_sign_up u ON u.shift_id = $1 AND u.volunteer_id = v.id
LEFT JOIN LATERAL (
    SELECT checked_in_at, checked_out_at FROM volunteering_attendance
    WHERE shift_id = $1 AND volunteer_id = v.id ORDER BY checked_in_at DESC LIMIT 1) t ON true
WHERE $2::bigint IS NULL OR v.number > $2
ORDER BY v.number LIMIT $3
"""


async def roster(actor: Actor, shift_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of who has a place in a shift or served in it; nobody for others."""
    row = await database.fetch_one(_PLACE, shift_id)
    if row is None or not policy.helps(
        actor,
        ActivityPlace(
            row["area_path"], row["state"] != "draft", row["leader_id"], row["organisation_id"]
        ),
    ):
        return Slice.of([], page)
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_ROSTER, shift_id, after, page.limit), page)
