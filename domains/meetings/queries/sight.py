"""Whose eyes: which meetings an actor sees, as SQL and as four parameters."""

from uuid import UUID

from domains.kernel.actor import Actor
from domains.meetings.policy import CONVENERS

# Of meetings m: $1 whether all is seen, $2 the actor's areas, $3 those over which the actor
# convenes, $4 the actor. Who convenes, sits in the body or is invited is within.
WITHIN = """
($1 OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(m.area_path, held.path))
 OR EXISTS (
    SELECT FROM meetings_invitation mine
    WHERE mine.meeting_id = m.id AND mine.person_id = $4::uuid AND mine.revoked_at IS NULL)
 OR EXISTS (
    SELECT FROM meetings_seat mine
    WHERE mine.body_id = m.body_id AND mine.person_id = $4::uuid AND mine.ended_at IS NULL))
"""
VISIBLE = f"""
(m.state <> 'planned' AND EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(m.area_path, held.path) OR starts_with(held.path, m.area_path))
 OR {WITHIN})
"""

Eyes = tuple[bool, list[str], list[str], UUID | None]


def eyes(actor: Actor) -> Eyes:
    """Return the four parameters of an actor."""
    return actor.system, actor.area_paths(), actor.area_paths(*CONVENERS), actor.person_id
