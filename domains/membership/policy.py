"""Who may do what in membership: one table, read by commands and by queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import (
    Actor,
    Authority,
    Placed,
    Predicate,
    Role,
    Rule,
    anyone,
    either,
    has,
    signed_in,
)
from domains.membership.values import AreaKind

# Their grants are withheld from the actor until the session has shown a second factor.
SECOND_FACTOR_ROLES = frozenset({Role.PLATFORM_ADMINISTRATOR, Role.STREET_REVIEWER})

# Who knows the people of an area by name, telephone (masked) and household.
STAFF = (
    Role.BUILDING_CAPTAIN,
    Role.GRID_WORKER,
    Role.SOCIAL_WORKER,
    Role.COMMITTEE_MEMBER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Who decides whether a claimed residency is true.
VERIFIERS = (
    Role.BUILDING_CAPTAIN,
    Role.GRID_WORKER,
    Role.COMMITTEE_MEMBER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Who keeps the register of people and households, and may read a number unmasked.
KEEPERS = (Role.GRID_WORKER, Role.COMMITTEE_MEMBER, Role.PLATFORM_ADMINISTRATOR)

# Who may grant which roles, over areas at or below their own.
GRANTABLE: Mapping[Role, frozenset[Role]] = {
    Role.PLATFORM_ADMINISTRATOR: frozenset(Role) - {Role.RESIDENT},
    Role.STREET_REVIEWER: frozenset({Role.COMMITTEE_MEMBER, Role.SUPERVISOR}),
    Role.COMMITTEE_MEMBER: frozenset(
        {Role.BUILDING_CAPTAIN, Role.GRID_WORKER, Role.RESIDENTS_REPRESENTATIVE}
    ),
}
# What an organisation's administrator may grant within the organisation.
GRANTABLE_WITHIN = frozenset(
    {
        Role.ORGANISATION_ADMINISTRATOR,
        Role.SOCIAL_WORKER,
        Role.CHARITY_OFFICER,
        Role.DEPARTMENT_PUBLISHER,
        Role.DEPARTMENT_HEAD,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """An area, or where one is to be: `area_path` is then the parent's."""

    area_path: str
    kind: AreaKind


@dataclass(frozen=True, slots=True)
class Someone:
    """A person, at the areas where they live or have claimed to live."""

    person_id: UUID
    area_paths: tuple[str, ...]

    @property
    def area_path(self) -> str:
        """Return the first area, or none at all."""
        return self.area_paths[0] if self.area_paths else ""


@dataclass(frozen=True, slots=True)
class Bond:
    """A residency, at its household."""

    area_path: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation, in its area."""

    area_path: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Office:
    """A role, over an area or in an organisation, for a person."""

    area_path: str
    role: Role
    person_id: UUID
    organisation_id: UUID | None = None


def places_the_area(actor: Actor, target: Placed | None) -> bool:
    """Shape the tree below one's own area: committees their community, streets communities."""
    if actor.system:
        return True
    assert isinstance(target, Place)
    if actor.holds(Role.PLATFORM_ADMINISTRATOR, area_path=target.area_path):
        return True
    if target.kind is AreaKind.COMMUNITY:
        return actor.holds(Role.STREET_REVIEWER, area_path=target.area_path)
    within = {AreaKind.GRID, AreaKind.ESTATE, AreaKind.BUILDING}
    return target.kind in within and actor.holds(Role.COMMITTEE_MEMBER, area_path=target.area_path)


def oneself(actor: Actor, target: Placed | None) -> bool:
    """Be the person that this is about."""
    assert isinstance(target, Someone | Bond)
    return actor.person_id == target.person_id


def over_the_person(*roles: Role) -> Predicate:
    """Hold one of the roles over an area where the person lives."""

    def predicate(actor: Actor, target: Placed | None) -> bool:
        assert isinstance(target, Someone)
        if actor.system:
            return True
        # The platform's administrator also keeps those who live nowhere here.
        if not target.area_paths and Role.PLATFORM_ADMINISTRATOR in roles:
            return any(grant.role is Role.PLATFORM_ADMINISTRATOR for grant in actor.grants)
        return any(
            actor.holds(role, area_path=path) for role in roles for path in target.area_paths
        )

    return predicate


def administers(actor: Actor, target: Placed | None) -> bool:
    """Be an administrator of the organisation that this is about."""
    assert isinstance(target, Party | Office)
    return any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR
        and grant.organisation_id is not None
        and grant.organisation_id == target.organisation_id
        for grant in actor.grants
    )


def grants_downward(actor: Actor, target: Placed | None) -> bool:
    """Grant and revoke by the tables above: downward only, or within one's organisation."""
    assert isinstance(target, Office)
    if actor.system:
        return True
    if target.organisation_id is not None and administers(actor, target):
        return target.role in GRANTABLE_WITHIN
    return any(
        target.role in grantable and actor.holds(granter, area_path=target.area_path)
        for granter, grantable in GRANTABLE.items()
    )


@dataclass(frozen=True, slots=True)
class Powers:
    """A person, at the areas over which roles that need a second factor are held."""

    person_id: UUID
    area_paths: tuple[str, ...]

    @property
    def area_path(self) -> str:
        """Return the first area, or none at all."""
        return self.area_paths[0] if self.area_paths else ""


def governs_the_powers(actor: Actor, target: Placed | None) -> bool:
    """Administer the platform over every area where the person holds power."""
    assert isinstance(target, Powers)
    return bool(target.area_paths) and all(
        actor.holds(Role.PLATFORM_ADMINISTRATOR, area_path=path) for path in target.area_paths
    )


def governs_anothers_powers(actor: Actor, target: Placed | None) -> bool:
    """Administer the platform over somebody else: nobody lets themselves in again."""
    assert isinstance(target, Powers)
    return actor.system or (
        actor.person_id != target.person_id and governs_the_powers(actor, target)
    )


@dataclass(frozen=True, slots=True)
class Tagged:
    """Whom a tag is said of: a person or a household's adults, where they live."""

    people: frozenset[UUID]
    area_paths: tuple[str, ...]

    @property
    def area_path(self) -> str:
        """Return the first area, or none at all."""
        return self.area_paths[0] if self.area_paths else ""


def is_said_of(actor: Actor, target: Placed | None) -> bool:
    """Be one of those whom the tag is said of."""
    assert isinstance(target, Tagged)
    return actor.person_id in target.people


def keeps_tags(*roles: Role) -> Predicate:
    """Hold one of the roles where those live whom the tag is said of."""

    def predicate(actor: Actor, target: Placed | None) -> bool:
        assert isinstance(target, Tagged)
        return actor.system or any(
            actor.holds(role, area_path=path) for role in roles for path in target.area_paths
        )

    return predicate


@dataclass(frozen=True, slots=True)
class Care:
    """That somebody is told what another is told, where the helped lives."""

    person_id: UUID
    area_paths: tuple[str, ...]
    helper_id: UUID

    @property
    def area_path(self) -> str:
        """Return the first area, or none at all."""
        return self.area_paths[0] if self.area_paths else ""


def is_one_of_the_two(actor: Actor, target: Placed | None) -> bool:
    """Be the helped or the helper."""
    assert isinstance(target, Care)
    return actor.person_id in {target.person_id, target.helper_id}


def keeps_the_helped(actor: Actor, target: Placed | None) -> bool:
    """Keep the register where the helped person lives."""
    assert isinstance(target, Care)
    return actor.system or any(
        actor.holds(role, area_path=path) for role in KEEPERS for path in target.area_paths
    )


_ends_care = either(is_one_of_the_two, keeps_the_helped)
_knows_the_tagged = either(is_said_of, keeps_tags(*STAFF))
_knows_the_person = either(oneself, over_the_person(*STAFF))
_knows_the_bond = either(oneself, has(*STAFF))

AUTHORITY: Authority = {
    # Signing in.
    "requestSignInCode": Rule(may=anyone),
    "signInWithCode": Rule(may=anyone),
    "signInWithWeChat": Rule(may=anyone),
    "bindWeChat": Rule(may=anyone),
    "beginOidcSignIn": Rule(may=anyone),
    "completeOidcSignIn": Rule(may=anyone),
    "signOut": Rule(may=signed_in),
    "revokeSession": Rule(may=signed_in),
    "revokeOtherSessions": Rule(may=signed_in),
    "updateMyName": Rule(may=signed_in),
    "enrolSecondFactor": Rule(may=signed_in),
    "confirmSecondFactor": Rule(may=signed_in),
    "verifySecondFactor": Rule(may=signed_in),
    "resetSecondFactor": Rule(may=governs_anothers_powers, sees=governs_the_powers),
    # Areas and households.
    "createArea": Rule(may=places_the_area),
    "renameArea": Rule(may=places_the_area),
    "createHousehold": Rule(may=has(*KEEPERS)),
    "editHousehold": Rule(may=has(*KEEPERS), sees=has(*STAFF)),
    # People and where they live.
    "createPerson": Rule(may=has(*KEEPERS)),
    "editPerson": Rule(may=over_the_person(*KEEPERS), sees=_knows_the_person),
    "revealPersonalNumbers": Rule(may=over_the_person(*KEEPERS), sees=_knows_the_person),
    "claimResidency": Rule(may=signed_in),
    "claimResidencyFor": Rule(may=has(*STAFF)),
    "verifyResidency": Rule(may=has(*VERIFIERS), sees=_knows_the_bond),
    "refuseResidency": Rule(may=has(*VERIFIERS), sees=_knows_the_bond),
    "endResidency": Rule(may=either(oneself, has(*VERIFIERS)), sees=_knows_the_bond),
    # What is recorded of people and households, so that what is meant for them finds them.
    "createTagKind": Rule(may=has(Role.COMMITTEE_MEMBER, Role.PLATFORM_ADMINISTRATOR)),
    "retireTagKind": Rule(may=has(Role.COMMITTEE_MEMBER, Role.PLATFORM_ADMINISTRATOR)),
    "tagPerson": Rule(may=either(is_said_of, keeps_tags(*KEEPERS)), sees=_knows_the_tagged),
    "tagHousehold": Rule(may=keeps_tags(*KEEPERS), sees=_knows_the_tagged),
    "renewTag": Rule(may=keeps_tags(*KEEPERS), sees=_knows_the_tagged),
    "endTag": Rule(may=either(is_said_of, keeps_tags(*KEEPERS)), sees=_knows_the_tagged),
    "allowTagUse": Rule(may=either(is_said_of, keeps_tags(*KEEPERS)), sees=_knows_the_tagged),
    "withdrawTagUse": Rule(may=either(is_said_of, keeps_tags(*KEEPERS)), sees=_knows_the_tagged),
    "contestTag": Rule(may=is_said_of, sees=_knows_the_tagged),
    "settleTagContest": Rule(may=keeps_tags(*KEEPERS), sees=_knows_the_tagged),
    "openTags": Rule(may=keeps_tags(*KEEPERS, Role.SOCIAL_WORKER), sees=_knows_the_tagged),
    # Who is told what another is told, and who is here no more.
    "nameHelper": Rule(may=signed_in),
    "nameHelperFor": Rule(may=over_the_person(*KEEPERS), sees=_knows_the_person),
    "endHelper": Rule(may=_ends_care, sees=_ends_care),
    "recordDeath": Rule(may=over_the_person(*KEEPERS), sees=_knows_the_person),
    "undoPersonDeparture": Rule(may=over_the_person(*KEEPERS), sees=_knows_the_person),
    "closeAccount": Rule(may=signed_in),
    # Organisations and roles.
    "createOrganisation": Rule(may=has(*KEEPERS, Role.STREET_REVIEWER)),
    "editOrganisation": Rule(
        may=either(
            administers,
            has(Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR),
        )
    ),
    "dissolveOrganisation": Rule(
        may=has(Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
    ),
    "grantRole": Rule(may=grants_downward),
    "revokeRole": Rule(may=grants_downward, sees=either(administers, has(*STAFF))),
    # The register.
    "importHouseholdRegister": Rule(
        may=has(Role.COMMITTEE_MEMBER, Role.PLATFORM_ADMINISTRATOR), sees=has(*STAFF)
    ),
}
