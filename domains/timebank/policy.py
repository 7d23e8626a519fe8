"""Who may, in the time bank: one declared table, and what queries start from."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, anyone, has, signed_in

# Who keeps a community's time bank: adopts its scheme, suspends, corrects, honours.
KEEPERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Who decides for a community what its scheme says.
ADOPTERS = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)

keeps = has(*KEEPERS)


@dataclass(frozen=True, slots=True)
class AccountPlace:
    """An account as authority judges it: where it is, and whether it is the actor's."""

    area_path: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class PersonPlace:
    """Something of a person's in a community."""

    area_path: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class OfferPlace:
    """An offer in its community, and the organisation that honours it, if any."""

    area_path: str
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReservationPlace:
    """A reservation: whether it is the actor's, and who honours it."""

    area_path: str
    is_mine: bool
    organisation_id: UUID | None


def sees_area(actor: Actor, area_path: str) -> bool:
    """Whether the actor belongs to the area: to it, to what lies in it, or to what it lies in."""
    return actor.system or any(
        area_path.startswith(held) or held.startswith(area_path) for held in actor.area_paths()
    )


def knows_area(actor: Actor, target: Placed | None) -> bool:
    """Whoever belongs to the area of the target."""
    return target is not None and sees_area(actor, target.area_path)


def owns(actor: Actor, target: Placed | None) -> bool:
    """Whose account it is: the person, who lives in the household, who runs the organisation."""
    assert isinstance(target, AccountPlace)
    return target.is_mine


def sees_account(actor: Actor, target: Placed | None) -> bool:
    """Whose it is, and who keeps the community's time bank."""
    return owns(actor, target) or keeps(actor, target)


def _honours(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, ReservationPlace)
    provides = target.organisation_id is not None and any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR
        and grant.organisation_id == target.organisation_id
        for grant in actor.grants
    )
    return provides or keeps(actor, target)


def _cancels(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, ReservationPlace)
    return target.is_mine or keeps(actor, target)


def _sees_reservation(actor: Actor, target: Placed | None) -> bool:
    return _cancels(actor, target) or _honours(actor, target)


AUTHORITY: Authority = {
    "adoptTimeBankScheme": Rule(may=has(*ADOPTERS), sees=knows_area),
    # Whose account may be opened, the command checks by the kind of its holder.
    "openTimeAccount": Rule(may=signed_in, sees=anyone),
    "giveMinutes": Rule(may=owns, sees=sees_account),
    "donateMinutes": Rule(may=owns, sees=sees_account),
    # Whose kinship it is to declare, confirm or end, the commands check.
    "declareRelative": Rule(may=signed_in),
    "confirmRelative": Rule(may=signed_in),
    "endRelative": Rule(may=signed_in),
    # Author is never approver: the commands and constraints keep them apart.
    "assessNeed": Rule(may=keeps, sees=keeps),
    "openNeedGroup": Rule(may=keeps, sees=keeps),
    "decideNeed": Rule(may=keeps, sees=keeps),
    "endNeed": Rule(may=keeps, sees=keeps),
    "proposeTimeOrder": Rule(may=keeps, sees=knows_area),
    "decideTimeOrder": Rule(may=keeps, sees=keeps),
    "publishTimeOffer": Rule(may=keeps, sees=knows_area),
    "changeTimeOfferStock": Rule(may=keeps),
    "closeTimeOffer": Rule(may=keeps),
    "reserveTimeOffer": Rule(may=owns, sees=sees_account),
    "cancelTimeReservation": Rule(may=_cancels, sees=_sees_reservation),
    "honourTimeReservation": Rule(may=_honours, sees=_sees_reservation),
    "suspendTimeAccount": Rule(may=keeps, sees=sees_account),
    "liftTimeSuspension": Rule(may=keeps, sees=sees_account),
}
