"""Who may, on the exchange: one declared table, and what queries start from.

Each noun has a table of its own; they are merged at the end.
"""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in
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
    asked: bool = False


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


oversees = has(Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)


def owns(actor: Actor, target: Placed | None) -> bool:
    """The one served, who posted it, who helps, and who administers the body that asked."""
    assert isinstance(target, NeedPlace)
    if administers(actor, target.organisation_id):
        return True
    return actor.person_id is not None and actor.person_id in {
        target.person_id,
        target.posted_by_id,
        target.helper_id,
    }


def keeps_need(actor: Actor, target: Placed | None) -> bool:
    """Whose need it is, and who keeps the community's exchange."""
    return owns(actor, target) or manages(actor, target)


def sees_need(actor: Actor, target: Placed | None) -> bool:
    """Who belongs sees what is verified; the rest is for whose it is, for keepers and matched."""
    assert isinstance(target, NeedPlace)
    return (
        keeps_need(actor, target)
        or target.matched
        or target.asked
        or (target.is_public and knows_area(actor, target))
    )


def _knows_details(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, NeedPlace)
    return keeps_need(actor, target) or target.matched


OF_NEEDS: Authority = {
    "postNeed": Rule(may=signed_in, sees=knows_area),
    "updateNeed": Rule(may=keeps_need, sees=sees_need),
    "verifyNeed": Rule(may=manages, sees=sees_need),
    "rejectNeed": Rule(may=manages, sees=sees_need),
    "cancelNeed": Rule(may=keeps_need, sees=sees_need),
    # What is sealed is opened by those matched, and every reading is audited.
    "openNeedDetails": Rule(may=_knows_details, sees=sees_need),
    "saveNeedTemplate": Rule(may=signed_in, sees=knows_area),
    # Whose template it is, the command asks.
    "removeNeedTemplate": Rule(may=signed_in, sees=knows_area),
    "setFavourite": Rule(may=signed_in),
    "adoptMatchingRules": Rule(may=oversees, sees=knows_area),
}
OF_ORDERS: Authority = {
    "openServiceOrder": Rule(may=manages, sees=sees_need),
    "cancelServiceOrder": Rule(may=keeps_need, sees=sees_need),
    "offerServiceOrder": Rule(may=manages, sees=sees_need),
    "withdrawServiceOffer": Rule(may=manages, sees=sees_need),
    # Whose offer or place it is, the command asks; nobody is compelled.
    "answerServiceOffer": Rule(may=signed_in),
    "takeServiceOrder": Rule(may=signed_in, sees=sees_need),
    "leaveServicePlace": Rule(may=signed_in, sees=sees_need),
    "checkInToOrder": Rule(may=signed_in, sees=sees_need),
    "checkOutOfOrder": Rule(may=signed_in, sees=sees_need),
    # The one served, or who helps; never keepers for them.
    "confirmService": Rule(may=owns, sees=sees_need),
    "reportNoShow": Rule(may=keeps_need, sees=sees_need),
    "disputeService": Rule(may=signed_in, sees=sees_need),
    "adjudicateService": Rule(may=manages, sees=sees_need),
    "rateService": Rule(may=signed_in, sees=sees_need),
    "updateMatchingPreferences": Rule(may=signed_in),
}


AUTHORITY: Authority = {**OF_NEEDS, **OF_ORDERS}
