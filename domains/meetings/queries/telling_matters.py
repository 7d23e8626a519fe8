"""What can be told of minutes, issues, resolutions and discussions: for the domain that tells."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_ISSUE = """
SELECT i.id, i.title, i.state, i.area_path, i.proposer_id, i.due_at, i.look_due_at, i.reason,
       i.outcome, i.feedback
FROM meetings_issue i WHERE i.id = $1
"""
_ASSIGNMENT = """
SELECT x.task, x.state, x.due_at, x.handler_kind, x.handler_id, i.title
FROM meetings_assignment x JOIN meetings_issue i ON i.id = x.issue_id WHERE x.id = $1
"""
_WHISTLE = """
SELECT w.asked, w.state, w.due_at, w.organisation_id, i.title
FROM meetings_whistle w JOIN meetings_issue i ON i.id = w.issue_id WHERE w.id = $1
"""
_RESOLUTION = """
SELECT r.title, r.state, r.due_at, r.handler_kind, r.handler_id, r.proposer_id, r.reason
FROM meetings_resolution r WHERE r.id = $1
"""
_OBJECTION = """
SELECT o.person_id, o.state, o.answer, m.title
FROM meetings_minutes_objection o
JOIN meetings_minutes n ON n.id = o.minutes_id
JOIN meetings_meeting m ON m.id = n.meeting_id WHERE o.id = $1
"""
_HIDING = "SELECT h.author_id, h.state, h.reason, h.decision FROM meetings_hiding h WHERE h.id = $1"
_TITLE = """
SELECT title FROM meetings_issue WHERE id = $1
UNION ALL SELECT title FROM meetings_agenda_item WHERE id = $1
UNION ALL SELECT title FROM meetings_meeting WHERE id = $1
LIMIT 1
"""
_HEADS = """
SELECT s.person_id FROM meetings_seat s
WHERE s.body_id = $1 AND s.ended_at IS NULL AND s.office IN ('chair', 'vice_chair', 'secretary')
ORDER BY s.person_id LIMIT 20
"""
_PRESENT = """
SELECT i.person_id FROM meetings_invitation i
WHERE i.meeting_id = $1 AND i.arrived_at IS NOT NULL AND ($2::uuid IS NULL OR i.person_id > $2)
ORDER BY i.person_id LIMIT $3
"""
_NOT_THERE = """
SELECT i.person_id FROM meetings_invitation i
WHERE i.meeting_id = $1 AND i.person_id = ANY ($2::uuid[]) AND i.revoked_at IS NULL
  AND i.arrived_at IS NULL
"""
_STANDS_IN = """
SELECT i.stands_in_for_id IS NOT NULL FROM meetings_invitation i WHERE i.id = $1
"""
_BODY = "SELECT name FROM meetings_body WHERE id = $1"


async def issue_to_tell(issue_id: UUID) -> Row | None:
    """Return what can be told of an issue."""
    return await database.fetch_one(_ISSUE, issue_id)


async def assignment_to_tell(assignment_id: UUID) -> Row | None:
    """Return what can be told of an assignment."""
    return await database.fetch_one(_ASSIGNMENT, assignment_id)


async def whistle_to_tell(whistle_id: UUID) -> Row | None:
    """Return what can be told of a call to a department."""
    return await database.fetch_one(_WHISTLE, whistle_id)


async def resolution_to_tell(resolution_id: UUID) -> Row | None:
    """Return what can be told of a resolution."""
    return await database.fetch_one(_RESOLUTION, resolution_id)


async def minutes_objection_to_tell(objection_id: UUID) -> Row | None:
    """Return what can be told of an objection to minutes."""
    return await database.fetch_one(_OBJECTION, objection_id)


async def hiding_to_tell(hiding_id: UUID) -> Row | None:
    """Return what can be told of a text that was hidden."""
    return await database.fetch_one(_HIDING, hiding_id)


async def title_of(subject_id: UUID) -> str | None:
    """Return the title of what is discussed."""
    found: str | None = await database.fetch_value(_TITLE, subject_id)
    return found


async def present_after(meeting_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return the next people who were at a meeting, by id."""
    rows = await database.fetch(_PRESENT, meeting_id, after, limit)
    return [row["person_id"] for row in rows]


async def not_there(meeting_id: UUID, person_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these people are invited and have not come."""
    rows = await database.fetch(_NOT_THERE, meeting_id, list(person_ids))
    return {row["person_id"] for row in rows}


async def stands_in(invitation_id: UUID) -> bool:
    """Whether an invitation lets somebody stand in for another."""
    return bool(await database.fetch_value(_STANDS_IN, invitation_id))


async def heads_of(body_id: UUID) -> Sequence[UUID]:
    """Return who leads a body or keeps its minutes."""
    return [row["person_id"] for row in await database.fetch(_HEADS, body_id)]


async def body_name(body_id: UUID) -> str | None:
    """Return a body's name."""
    found: str | None = await database.fetch_value(_BODY, body_id)
    return found
