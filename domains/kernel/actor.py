"""Who is asking, and the small predicates from which every domain's authority table is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domains.kernel.errors import DEFAULT_LOCALE, DomainError, Forbidden, NotFound, SignInRequired


class Role(StrEnum):
    """What a person may be, over an area or an organisation, from one day to another."""

    RESIDENT = "resident"
    BUILDING_CAPTAIN = "building_captain"
    GRID_WORKER = "grid_worker"
    SOCIAL_WORKER = "social_worker"
    RESIDENTS_REPRESENTATIVE = "residents_representative"
    COMMITTEE_MEMBER = "committee_member"
    SUPERVISOR = "supervisor"
    STREET_REVIEWER = "street_reviewer"
    DEPARTMENT_PUBLISHER = "department_publisher"
    DEPARTMENT_HEAD = "department_head"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator"
    CHARITY_OFFICER = "charity_officer"
    PLATFORM_ADMINISTRATOR = "platform_administrator"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in force today: over the area at `area_path` and below, or in an organisation."""

    role: Role
    area_path: str | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Built once at the edge, carried everywhere."""

    person_id: UUID | None
    grants: frozenset[Grant] = frozenset()
    session_id: UUID | None = None
    locale: str = DEFAULT_LOCALE
    second_factor: bool = False
    system: bool = False
    address: str | None = field(default=None, compare=False)

    def holds(self, role: Role, *, area_path: str) -> bool:
        """Whether the actor has the role over the area, by a grant there or above it."""
        return any(
            grant.role is role
            and grant.area_path is not None
            and area_path.startswith(grant.area_path)
            for grant in self.grants
        )

    def area_paths(self, *roles: Role) -> list[str]:
        """Return the roots of the areas where the actor has one of the roles (any, if none)."""
        return sorted(
            {
                grant.area_path
                for grant in self.grants
                if grant.area_path is not None and (not roles or grant.role in roles)
            }
        )


ANONYMOUS = Actor(person_id=None)
SYSTEM = Actor(person_id=None, system=True)


class Placed(Protocol):
    """Anything that lies in an area: enough for authority to judge it."""

    @property
    def area_path(self) -> str:
        """Return the materialised path of the area, ending in a slash."""
        ...


Predicate = Callable[[Actor, Placed | None], bool]


def anyone(actor: Actor, target: Placed | None) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(actor: Actor, target: Placed | None) -> bool:
    """A known person, or the system itself."""
    return actor.system or actor.person_id is not None


def has(*roles: Role) -> Predicate:
    """Hold one of the roles over the target's area (anywhere, where there is no target)."""

    def predicate(actor: Actor, target: Placed | None) -> bool:
        if actor.system:
            return True
        if target is None:
            return any(grant.role in roles for grant in actor.grants)
        return any(actor.holds(role, area_path=target.area_path) for role in roles)

    return predicate


def either(*predicates: Predicate) -> Predicate:
    """Meet at least one of the predicates."""

    def any_of(actor: Actor, target: Placed | None) -> bool:
        return any(predicate(actor, target) for predicate in predicates)

    return any_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of an authority table: who may see the target, and who may act on it.

    Where the actor may not even see the target, the refusal is `NotFound`.
    """

    may: Predicate
    sees: Predicate = anyone


Authority = Mapping[str, Rule]


def require(authority: Authority, action: str, actor: Actor, target: Placed | None = None) -> None:
    """Refuse unless the table lets the actor do this to the target.

    Raises NotFound where the target is out of sight, SignInRequired for a
    nameless caller, Forbidden otherwise.
    """
    rule = authority[action]
    if not actor.system and not rule.sees(actor, target):
        raise NotFound
    if not rule.may(actor, target):
        refusal: type[DomainError] = Forbidden if signed_in(actor, target) else SignInRequired
        raise refusal
