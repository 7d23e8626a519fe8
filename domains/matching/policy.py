"""Who may, on the exchange: one declared table, and what queries start from.

Each noun has a table of its own; they are merged at the end.
"""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, has
from domains.voting.policy import sees_area

# Who keeps the community's exchange: verifies needs, makes offers, settles disputes.
MANAGERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)

manages = has(*MANAGERS)


@dataclass(frozen=True, slots=True)
class NeedPlace:
    """A need or one of its orders: where, whether it is public, and whose it is."""

    area_path: str
    is_public: bool
    person_id: UUID | None = None
    posted_by_id: UUID | None = None
    helper_id: UUID | None = None
    organisation_id: UUID | None = None
    matched: bool = False


def knows_area(actor: Actor, target: Placed | None) -> bool:
    """Who belongs to the area, to what lies in it, or to what it lies in."""
    return target is not None and (
        actor.system or (actor.person_id is not None and sees_area(actor, target.area_path))
    )


def administers(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor administers the organisation."""
    return organisation_id is not None and any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id == organisation_id
        for grant in actor.grants
    )


AUTHORITY: Authority = {}
