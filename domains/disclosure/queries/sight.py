"""Who reads what a body has not published yet: the same law as `policy.belongs`, in SQL."""

from uuid import UUID

from domains.disclosure import policy
from domains.kernel.actor import Actor

# $1 whether all is seen, $2 areas whose community body the actor reads, $3 organisations in
# which the actor has a role, $4 the person. The publisher is p.
BELONGS = """
($1::boolean
 OR p.kind = 'community' AND EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path) WHERE starts_with(p.area_path, held.path))
 OR p.organisation_id = ANY ($3::uuid[])
 OR EXISTS (
    SELECT FROM disclosure_officer o
    WHERE o.publisher_id = p.id AND o.person_id = $4::uuid AND o.dismissed_at IS NULL))
"""

Eyes = tuple[bool, list[str], list[UUID], UUID | None]


def eyes(actor: Actor) -> Eyes:
    """Return the first four values of a statement that uses BELONGS."""
    return (
        actor.system,
        actor.area_paths(*policy.COMMUNITY_READERS),
        policy.organisations_of(actor),
        actor.person_id,
    )
