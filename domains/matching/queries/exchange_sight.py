"""Whose eyes: what every reading of resources, projects and money starts from.

$1 whether all is seen, $2 areas where the actor keeps the exchange, $3 the actor, $4
organisations that the actor administers, $5 areas where the actor belongs.
"""

from uuid import UUID

from domains.kernel.actor import Actor, Role
from domains.matching.policy import KEEPERS, MANAGERS

_WITHIN = """
EXISTS (SELECT FROM unnest($2::text[]) AS held (path) WHERE starts_with({0}.area_path, held.path))
"""
_BELONGS = """
EXISTS (SELECT FROM unnest($5::text[]) AS held (path)
        WHERE starts_with({0}.area_path, held.path) OR starts_with(held.path, {0}.area_path))
"""
_LISTED = "('verified', 'available', 'reserved', 'committed', 'delivered', 'receipted')"
_PUBLIC = "('approved', 'funded', 'running', 'suspended', 'evaluated', 'closed')"

RESOURCE = f"""
($1 OR r.person_id = $3::uuid OR r.organisation_id = ANY ($4::uuid[]) OR {_WITHIN.format("r")}
 OR (r.state IN {_LISTED} AND {_BELONGS.format("r")}))
"""
_LEADS = f"""
$1 OR p.applicant_id = $3::uuid OR p.supervisor_id = $3::uuid
 OR p.organisation_id = ANY ($4::uuid[]) OR {_WITHIN.format("p")}
"""
PROJECT = f"""
({_LEADS} OR p.state IN {_PUBLIC} OR (p.state = 'submitted' AND {_BELONGS.format("p")}))
"""
LEADS = f"({_LEADS})"
FUND = f"($1 OR f.keeper_id = ANY ($4::uuid[]) OR {_BELONGS.format('f')})"
ROUND = f"($1 OR {_BELONGS.format('c')})"

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


def keeps_money(actor: Actor) -> list[str]:
    """Return the areas whose money the actor answers for."""
    return actor.area_paths(*KEEPERS)
