"""Whose eyes: the parameters and the condition that every reading of pledges starts from."""

from uuid import UUID

from domains.kernel.actor import Actor, Role
from domains.pledges.policy import SCREENERS

# $1 whether all is seen, $2 the actor's areas, $3 the actor, $4 organisations it administers.
VISIBLE = """
(p.noticed_at IS NOT NULL OR $1
 OR p.proposer_id = $3::uuid OR p.person_id = $3::uuid OR p.organisation_id = ANY ($4::uuid[])
 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path)))
"""

Eyes = tuple[bool, list[str], UUID | None, list[UUID]]


def eyes(actor: Actor) -> Eyes:
    """Return the four parameters."""
    administered = {
        grant.organisation_id
        for grant in actor.grants
        if grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id is not None
    }
    return actor.system, actor.area_paths(), actor.person_id, sorted(administered)


def screened_areas(actor: Actor) -> list[str]:
    """Return the areas over which the actor screens."""
    return actor.area_paths(*SCREENERS)
