"""What can be told of a meeting, and whom: for the domain that tells, whoever asks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_MEETING = """
SELECT m.id, m.area_path, m.title, m.place, m.state, m.starts_at, m.ends_at, m.body_id,
       m.chair_id, m.secretary_id, b.name AS body
FROM meetings_meeting m JOIN meetings_body b ON b.id = m.body_id WHERE m.id = $1
"""
_INVITED = """
SELECT i.person_id, i.capacity FROM meetings_invitation i
WHERE i.meeting_id = $1 AND i.revoked_at IS NULL AND ($2::uuid IS NULL OR i.person_id > $2)
ORDER BY i.person_id LIMIT $3
"""


async def meeting_to_tell(meeting_id: UUID) -> Row | None:
    """Return what can be told of a meeting."""
    return await database.fetch_one(_MEETING, meeting_id)


async def invited_after(meeting_id: UUID, after: UUID | None, limit: int) -> Sequence[Row]:
    """Return the next people (person_id, capacity) who are invited to a meeting, by id."""
    return await database.fetch(_INVITED, meeting_id, after, limit)


_BETWEEN = """
SELECT m.title, m.starts_at FROM meetings_meeting m
WHERE m.starts_at >= $2 AND m.starts_at < $3 AND starts_with(m.area_path, $1)
  AND m.state IN ('agenda_published', 'check_in')
ORDER BY m.starts_at, m.id LIMIT 100
"""


async def meetings_between(area_path: str, since: datetime, until: datetime) -> Sequence[Row]:
    """Return the convened meetings (title, starts_at) of an area that begin within a time."""
    return await database.fetch(_BETWEEN, area_path, since, until)
