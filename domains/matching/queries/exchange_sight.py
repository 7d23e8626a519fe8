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

# Every reading is given all five, whichever it looks at; a statement has to know their types.
_TYPED = "cardinality($2::text[]) + cardinality($4::uuid[]) + cardinality($5::text[]) >= 0"
RESOURCE = f"""
{_TYPED} AND ($1 OR r.person_id = $3::uuid OR r.organisation_id = ANY ($4::uuid[])
 OR {_WITHIN.format("r")} OR ($3 IS NOT NULL AND r.state IN {_LISTED}))
"""
_LEADS = f"""
$1 OR p.applicant_id = $3::uuid OR p.supervisor_id = $3::uuid
 OR p.organisation_id = ANY ($4::uuid[]) OR {_WITHIN.format("p")}
"""
PROJECT = f"""
({_LEADS} OR p.state IN {_PUBLIC} OR (p.state = 'submitted' AND {_BELONGS.format("p")}))
"""
LEADS = f"({_LEADS})"
# The books and the rounds are open to who has signed in.
FUND = ROUND = f"{_TYPED} AND ($1 OR $3::uuid IS NOT NULL)"

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
