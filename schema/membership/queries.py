"""Reading membership. Reads do not refuse; they do not see."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import Role
from domains.membership.queries import areas, households, organisations, people, roles
from domains.membership.values import AreaKind, OrganisationKind, ResidencyState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.membership.types import (
    Area,
    Household,
    Organisation,
    Person,
    Residency,
    RoleGrant,
)

# The path of no area: what an unknown id narrows a list to.
_NOWHERE = "//"


@strawberry.input(one_of=True, description="An area, by its id or by its path.")
class AreaBy:
    """Exactly one."""

    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The area's id."
    )
    path: str | None = strawberry.field(
        default=strawberry.UNSET, description="The codes from the root, each ended by a slash."
    )


@strawberry.input(description="What a list of areas is narrowed to.")
class AreaFilterInput:
    """Every field narrows."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="The area itself, and what lies in it."
    )
    kinds: list[AreaKind] | None = strawberry.field(default=None, description="These levels.")
    name_holds: str | None = strawberry.field(default=None, description="Names that hold this.")


@strawberry.input(description="What a search for people is narrowed to.")
class PeopleFilterInput:
    """Every field narrows; numbers must match whole."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who lives in this area."
    )
    name_holds: str | None = strawberry.field(default=None, description="Names that hold this.")
    phone: str | None = strawberry.field(default=None, description="A whole mobile number.")
    identity_number: str | None = strawberry.field(
        default=None, description="A whole resident identity number."
    )


@strawberry.input(description="What a list of households is narrowed to.")
class HouseholdFilterInput:
    """Every field narrows."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Households in this area."
    )
    unit: str | None = strawberry.field(default=None, description="This unit number.")


@strawberry.input(description="What a list of residencies is narrowed to.")
class ResidencyFilterInput:
    """Every field narrows."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Residencies in this area."
    )
    states: list[ResidencyState] | None = strawberry.field(
        default=None, description="In one of these states: CLAIMED is what waits for staff."
    )


@strawberry.input(description="What a list of organisations is narrowed to.")
class OrganisationFilterInput:
    """Every field narrows."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Organisations of this area and of what lies in it."
    )
    kinds: list[OrganisationKind] | None = strawberry.field(
        default=None, description="Of these kinds."
    )
    name_holds: str | None = strawberry.field(default=None, description="Names that hold this.")
    dissolved_too: bool = strawberry.field(
        default=False, description="Also those that have been dissolved."
    )


@strawberry.input(description="What a list of roles is narrowed to.")
class RoleGrantFilterInput:
    """Every field narrows."""

    person_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person.")
    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Over this area and what lies in it."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this organisation."
    )
    roles: list[Role] | None = strawberry.field(default=None, description="Of these roles.")


async def path_of(info: Info, area_id: str | None) -> str | None:
    """Return the path of an area to narrow by; an unknown id narrows to nothing."""
    if area_id is None:
        return None
    uuid = node.known("area", area_id)
    row = None if uuid is None else await info.context.load(areas.areas_by_id, uuid)
    return _NOWHERE if row is None else row["path"]


def _id(kind: str, text: str | None) -> UUID | None:
    """Return the id to narrow by; an unknown one narrows to nothing."""
    return None if text is None else node.known(kind, text) or node.NOBODY


Narrowed = strawberry.argument(description="What to narrow the list to.")


@strawberry.type(description="What the caller may be today, over an area or in an organisation.")
class RoleToday:
    """One of the caller's powers."""

    role: Role = strawberry.field(description="Which role.")
    area: Area | None = strawberry.field(description="Over which area.")
    organisation: Organisation | None = strawberry.field(description="In which organisation.")


@strawberry.type(description="The caller.")
class Me:
    """Whoever is signed in."""

    person: Person = strawberry.field(description="The caller as a person.")

    @strawberry.field(
        description="What the caller may be in this session; RESIDENT follows from residency."
    )
    async def roles(self, info: Info) -> list[RoleToday]:
        """Load the areas and the organisations in one statement each."""
        grants = sorted(
            info.context.actor.grants,
            key=lambda each: (each.area_path or "", str(each.organisation_id), each.role),
        )
        paths = [grant.area_path for grant in grants if grant.area_path is not None]
        ids = [grant.organisation_id for grant in grants if grant.organisation_id is not None]
        actor = info.context.actor
        placed = dict(
            zip(paths, await areas.areas_by_path(actor, paths) if paths else [], strict=True)
        )
        found = await organisations.organisations_by_id(actor, ids) if ids else []
        named = dict(zip(ids, found, strict=True))
        held = []
        for grant in grants:
            area = placed.get(grant.area_path) if grant.area_path is not None else None
            party = named.get(grant.organisation_id) if grant.organisation_id is not None else None
            held.append(
                RoleToday(
                    role=grant.role,
                    area=Area.of(area) if area else None,
                    organisation=Organisation.of(party) if party else None,
                )
            )
        return held


@strawberry.type
class PeopleQuery:
    """The caller, and the people and households that the caller knows."""

    @strawberry.field(description="The caller; null where nobody is signed in.")
    async def me(self, info: Info) -> Me | None:
        """Oneself, whole."""
        person_id = info.context.actor.person_id
        person = None if person_id is None else await Person.load(info, person_id)
        return None if person is None else Me(person=person)

    @strawberry.field(description="The people whom the caller knows as staff, by name.")
    async def people(
        self,
        info: Info,
        where: Annotated[PeopleFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Person]:
        """A number that cannot be one finds nobody."""
        asked = where or PeopleFilterInput()
        narrowed = people.PeopleFilter(
            within_path=await path_of(info, asked.within_id),
            name_holds=asked.name_holds,
            phone=asked.phone,
            identity_number=asked.identity_number,
        )
        of = listing("people", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await people.people(info.context.actor, narrowed, paged)
        return connection(
            of, found, paged, make=Person.of, key=lambda row: (row["name"], row["id"])
        )

    @strawberry.field(description="The households that the caller sees, building by building.")
    async def households(
        self,
        info: Info,
        where: Annotated[HouseholdFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Household]:
        """One's own, and those where the caller is staff."""
        asked = where or HouseholdFilterInput()
        narrowed = households.HouseholdFilter(
            within_path=await path_of(info, asked.within_id), unit=asked.unit
        )
        of = listing("households", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await households.households(info.context.actor, narrowed, paged)
        return connection(
            of,
            found,
            paged,
            make=Household.of,
            key=lambda row: (row["path"], row["unit"], row["id"]),
        )

    @strawberry.field(description="The residencies that the caller sees, the newest first.")
    async def residencies(
        self,
        info: Info,
        where: Annotated[ResidencyFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Residency]:
        """One's own and one's home's, and those where the caller is staff."""
        asked = where or ResidencyFilterInput()
        narrowed = households.ResidencyFilter(
            within_path=await path_of(info, asked.within_id),
            states=tuple(asked.states) if asked.states is not None else None,
        )
        of = listing("residencies", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await households.residencies(info.context.actor, narrowed, paged)
        return connection(of, found, paged, make=Residency.of, key=lambda row: (row["id"],))


@strawberry.type
class PlacesQuery:
    """Areas, organisations and roles."""

    @strawberry.field(description="An area; null where there is none.")
    async def area(
        self, info: Info, by: Annotated[AreaBy, strawberry.argument(description="Its id or path.")]
    ) -> Area | None:
        """Areas are public."""
        if by.path:
            row = await info.context.load(areas.areas_by_path, by.path)
            return None if row is None else Area.of(row)
        uuid = node.known("area", by.id or "")
        return None if uuid is None else await Area.load(info, uuid)

    @strawberry.field(description="Areas, in the order of their paths.")
    async def areas(
        self,
        info: Info,
        where: Annotated[AreaFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Area]:
        """Areas are public."""
        asked = where or AreaFilterInput()
        narrowed = areas.AreaFilter(
            within_path=await path_of(info, asked.within_id),
            kinds=tuple(asked.kinds) if asked.kinds is not None else None,
            name_holds=asked.name_holds,
        )
        of = listing("areas", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await areas.areas(info.context.actor, narrowed, paged)
        return connection(of, found, paged, make=Area.of, key=lambda row: (row["path"],))

    @strawberry.field(description="Organisations, by name.")
    async def organisations(
        self,
        info: Info,
        where: Annotated[OrganisationFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Organisation]:
        """Organisations are public."""
        asked = where or OrganisationFilterInput()
        narrowed = organisations.OrganisationFilter(
            within_path=await path_of(info, asked.within_id),
            kinds=tuple(asked.kinds) if asked.kinds is not None else None,
            name_holds=asked.name_holds,
            dissolved_too=asked.dissolved_too,
        )
        of = listing("organisations", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await organisations.organisations(info.context.actor, narrowed, paged)
        return connection(
            of, found, paged, make=Organisation.of, key=lambda row: (row["name"], row["id"])
        )

    @strawberry.field(description="The roles that the caller sees, the newest first.")
    async def role_grants(
        self,
        info: Info,
        where: Annotated[RoleGrantFilterInput | None, Narrowed] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[RoleGrant]:
        """One's own, those over the caller's areas, those in the caller's organisations."""
        asked = where or RoleGrantFilterInput()
        narrowed = roles.RoleFilter(
            person_id=_id("person", asked.person_id),
            within_path=await path_of(info, asked.within_id),
            organisation_id=_id("organisation", asked.organisation_id),
            roles=tuple(asked.roles) if asked.roles is not None else None,
        )
        of = listing("roleGrants", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await roles.role_grants(info.context.actor, narrowed, paged)
        return connection(of, found, paged, make=RoleGrant.of, key=lambda row: (row["id"],))
