"""How the tree of areas grows, and which roles are held where."""

from collections.abc import Mapping

from domains.kernel.actor import Role
from domains.membership.values import AreaKind, OrganisationKind

PARENTS: Mapping[AreaKind, frozenset[AreaKind | None]] = {
    AreaKind.CITY: frozenset({None}),
    AreaKind.DISTRICT: frozenset({AreaKind.CITY}),
    AreaKind.STREET: frozenset({AreaKind.DISTRICT}),
    AreaKind.COMMUNITY: frozenset({AreaKind.STREET}),
    AreaKind.GRID: frozenset({AreaKind.COMMUNITY, AreaKind.ESTATE}),
    AreaKind.ESTATE: frozenset({AreaKind.COMMUNITY, AreaKind.GRID}),
    AreaKind.BUILDING: frozenset({AreaKind.COMMUNITY, AreaKind.GRID, AreaKind.ESTATE}),
}

_COMMUNITY_AND_PARTS = frozenset({AreaKind.COMMUNITY, AreaKind.GRID, AreaKind.ESTATE})
_ABOVE = frozenset({AreaKind.CITY, AreaKind.DISTRICT, AreaKind.STREET})
_ANY_ORGANISATION = frozenset(OrganisationKind)

# Where a role is held: over areas of these kinds, and in organisations of these kinds.
# RESIDENT has no row: it follows from a verified residency and is never granted.
SEATS: Mapping[Role, frozenset[AreaKind | OrganisationKind]] = {
    Role.BUILDING_CAPTAIN: frozenset({AreaKind.BUILDING}),
    Role.GRID_WORKER: _COMMUNITY_AND_PARTS,
    Role.SOCIAL_WORKER: frozenset({AreaKind.COMMUNITY, AreaKind.STREET}) | _ANY_ORGANISATION,
    Role.RESIDENTS_REPRESENTATIVE: _COMMUNITY_AND_PARTS | {AreaKind.BUILDING},
    Role.COMMITTEE_MEMBER: frozenset({AreaKind.COMMUNITY}),
    Role.SUPERVISOR: frozenset({AreaKind.COMMUNITY}),
    Role.STREET_REVIEWER: frozenset({AreaKind.STREET}),
    Role.DEPARTMENT_PUBLISHER: frozenset({OrganisationKind.DEPARTMENT}),
    Role.DEPARTMENT_HEAD: frozenset({OrganisationKind.DEPARTMENT}),
    Role.ORGANISATION_ADMINISTRATOR: _ANY_ORGANISATION,
    Role.CHARITY_OFFICER: frozenset(
        {OrganisationKind.CHARITY_FUND, OrganisationKind.SOCIAL_ORGANISATION}
    ),
    Role.PLATFORM_ADMINISTRATOR: _ABOVE,
}


def may_lie_under(kind: AreaKind, parent: AreaKind | None) -> bool:
    """Whether an area of this kind may lie directly under that parent (None is the root)."""
    return parent in PARENTS[kind]


def may_be_held_over(role: Role, seat: AreaKind | OrganisationKind) -> bool:
    """Whether the role is one that is held over such an area or in such an organisation."""
    return seat in SEATS.get(role, frozenset())
