"""Whose eyes: the parameters and conditions that every reading of volunteers starts from."""

from uuid import UUID

from domains.kernel.actor import Actor, Role
from domains.volunteering.policy import MANAGERS

# $1 whether all is seen, $2 areas that the actor manages, $3 the actor, $4 organisations that
# the actor administers, $5 areas where the actor belongs. Who needs fewer takes the first ones.
VOLUNTEER = """
($1 OR v.person_id = $3::uuid OR v.guardian_id = $3::uuid
 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
            WHERE starts_with(v.area_path, held.path)))
"""
_LEADS = """
$1 OR a.leader_id = $3::uuid OR a.organisation_id = ANY ($4::uuid[])
 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path) WHERE starts_with(a.area_path, held.path))
"""
_BELONGS = """
EXISTS (SELECT FROM unnest($5::text[]) AS held (path)
        WHERE starts_with(a.area_path, held.path) OR starts_with(held.path, a.area_path))
"""
ACTIVITY = f"({_LEADS} OR (a.state <> 'draft' AND {_BELONGS}))"
LEADS = f"({_LEADS})"
RECORD = f"""
({_LEADS} OR r.person_id = $3::uuid
 OR EXISTS (SELECT FROM volunteering_volunteer g
            WHERE g.id = r.volunteer_id AND g.guardian_id = $3::uuid)
 OR (r.publicised_at IS NOT NULL AND {_BELONGS}))
"""

Eyes = tuple[bool, list[str], UUID | None, list[UUID], list[str]]


def eyes(actor: Actor) -> Eyes:
    """Return the five parameters."""
    administered = {
        grant.organisation_id
        for grant in actor.grants
        if grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id is not None
    }
    return (
        actor.system,
        actor.area_paths(*MANAGERS),
        actor.person_id,
        sorted(administered),
        actor.area_paths(),
    )
