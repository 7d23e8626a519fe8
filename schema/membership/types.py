"""Membership as the world sees it: leaves are plain attributes, edges are batches."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Self, TypeVar
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.kernel.paging import Slice
from domains.membership.queries import areas, households, organisations, people, roles
from domains.membership.rules import masks
from domains.membership.values import (
    AreaBasis,
    AreaKind,
    ConsentForm,
    Gender,
    OrganisationKind,
    ResidencyKind,
    ResidencyState,
)
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.membership import enums as _enums  # noqa: F401  # describes the enums first
from schema.node import Node

T = TypeVar("T")


async def reloaded(
    info: Info, load: Callable[[Info, UUID], Awaitable[T | None]], row_id: UUID
) -> T | None:
    """Load what a command has changed, forgetting what the same request had loaded before."""
    info.context.become(info.context.actor)
    return await load(info, row_id)


@strawberry.type(description="An area: a node of the tree from the city down to the building.")
class Area(Node):
    """Public to everybody."""

    kind: AreaKind = strawberry.field(description="Its level.")
    code: str = strawberry.field(description="Its code, unique among its siblings.")
    name: str = strawberry.field(description="Its name.")
    path: str = strawberry.field(
        description="The codes from the root, each ended by a slash: `area(by: {path})` finds it."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("area", row["id"]),
            kind=AreaKind(row["kind"]),
            code=row["code"],
            name=row["name"],
            path=row["path"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, area_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(areas.areas_by_id, area_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area that it lies in; null for a city.", metadata=LOADS)
    async def parent(self, info: Info) -> "Area | None":
        """Load it with the parents of the other areas."""
        parent_id = self.row["parent_id"]
        return None if parent_id is None else await Area.load(info, parent_id)

    @strawberry.field(description="The areas above it, from the city down.", metadata=LOADS)
    async def ancestors(self, info: Info) -> list["Area"]:
        """Load them with those of the other areas, in one statement."""
        rows = await info.context.load(areas.ancestors, self.row["id"])
        return [Area.of(row) for row in rows]

    @strawberry.field(description="The areas directly below it, in the order of their codes.")
    async def children(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection["Area"]:
        """Load first pages in one statement; a later page is a list of its own."""
        of = listing("area.children", {"parent": self.row["id"]})
        asked = page(of, first, after)
        if asked.after is None:
            rows = await info.context.load(areas.children, (self.row["id"], asked.limit))
            found = Slice.of(rows, asked)
        else:
            narrowed = areas.AreaFilter(parent_id=self.row["id"])
            found = await areas.areas(info.context.actor, narrowed, asked)
        return connection(of, found, asked, make=Area.of, key=lambda row: (row["path"],))


@strawberry.type(description="Somebody the community knows, shown as far as the caller may know.")
class Person(Node):
    """Whole to oneself and to staff; named where in a public role; else a masked name."""

    name: str = strawberry.field(
        description="The name; the surname and a star for who may not know it."
    )
    is_name_masked: bool = strawberry.field(description="Whether the name is shortened.")
    gender: Gender | None = strawberry.field(description="Null where unknown or out of sight.")
    birth_date: date | None = strawberry.field(description="Null where unknown or out of sight.")
    phone: str | None = strawberry.field(
        description="Masked, `138****1234`; null where unknown or out of sight."
    )
    identity_number: str | None = strawberry.field(
        description="Masked; null where unknown or out of sight."
    )
    has_political_rights: bool | None = strawberry.field(
        description="Whether the person may vote; null where out of sight."
    )
    version: int | None = strawberry.field(
        description="To be given back when editing; null where out of sight."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row, masked as far as the row says."""
        known: bool = row["known"]
        named = known or row["named"]
        phone, identity = None, None
        if known:
            phone = people.opened(row, "phone_sealed")
            identity = people.opened(row, "identity_sealed")
        return cls(
            id=node.encode("person", row["id"]),
            name=row["name"] if named else masks.name(row["name"]),
            is_name_masked=not named,
            gender=Gender(row["gender"]) if known and row["gender"] else None,
            birth_date=row["birth_date"] if known else None,
            phone=masks.phone(phone) if phone else None,
            identity_number=masks.identity_number(identity) if identity else None,
            has_political_rights=row["has_political_rights"] if known else None,
            version=row["version"] if known else None,
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, person_id: UUID) -> Self | None:
        """Load them with the others of the level; None where unseen."""
        row = await info.context.load(people.people_by_id, person_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="Where the person lives and lived, as far as the caller sees.", metadata=LOADS
    )
    async def residencies(self, info: Info) -> list["Residency"]:
        """Load them with those of the other people; 100 at most."""
        rows = await info.context.load(households.residencies_by_person, self.row["id"])
        return [Residency.of(row) for row in rows]

    @strawberry.field(
        description="The person's roles, as far as the caller sees; newest first.", metadata=LOADS
    )
    async def role_grants(self, info: Info) -> list["RoleGrant"]:
        """Load them with those of the other people; 100 at most."""
        rows = await info.context.load(roles.role_grants_by_person, self.row["id"])
        return [RoleGrant.of(row) for row in rows]


@strawberry.type(description="A household: one unit of a building.")
class Household(Node):
    """Seen by who lives there, and by staff of the area."""

    unit: str = strawberry.field(description="Its number in the building, like 2-301.")
    floor_area_centi_m2: int | None = strawberry.field(
        description="Floor area in hundredths of a square metre."
    )
    area_basis: AreaBasis | None = strawberry.field(description="Where that figure comes from.")
    version: int = strawberry.field(description="To be given back when editing.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("household", row["id"]),
            unit=row["unit"],
            floor_area_centi_m2=row["floor_area_centi_m2"],
            area_basis=AreaBasis(row["area_basis"]) if row["area_basis"] else None,
            version=row["version"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, household_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(households.households_by_id, household_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The building.", metadata=LOADS)
    async def building(self, info: Info) -> Area | None:
        """Load it with those of the other households."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(
        description="Who lives and lived there, as far as the caller sees.", metadata=LOADS
    )
    async def residencies(self, info: Info) -> list["Residency"]:
        """Load them with those of the other households; 100 at most."""
        rows = await info.context.load(households.residencies_by_household, self.row["id"])
        return [Residency.of(row) for row in rows]


@strawberry.type(description="A person's bond to a household.")
class Residency(Node):
    """Seen by the person, by who lives there, and by staff of the area."""

    kind: ResidencyKind = strawberry.field(description="What binds the person.")
    state: ResidencyState = strawberry.field(description="How far it is believed.")
    since: date = strawberry.field(description="The first day.")
    until: date | None = strawberry.field(description="The last day, once it has one.")
    reason: str | None = strawberry.field(description="Why it was refused or ended.")
    decided_at: datetime | None = strawberry.field(description="When staff decided.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("residency", row["id"]),
            kind=ResidencyKind(row["kind"]),
            state=ResidencyState(row["state"]),
            since=row["since"],
            until=row["until"],
            reason=row["reason"],
            decided_at=row["decided_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, residency_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(households.residencies_by_id, residency_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The person.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other residencies."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="Who entered it for the person; null where nobody helped.")
    async def assistance(self, info: Info) -> "AssistedEntry | None":
        """Load it with those of the other residencies."""
        row = await info.context.load(households.assistance_by_residency, self.row["id"])
        return None if row is None else AssistedEntry.of(row)

    @strawberry.field(description="The household.", metadata=LOADS)
    async def household(self, info: Info) -> Household | None:
        """Load it with those of the other residencies."""
        return await Household.load(info, self.row["household_id"])


@strawberry.type(description="What a helper entered for somebody, with that person's consent.")
class AssistedEntry:
    """Seen by who sees what was entered."""

    consent: ConsentForm = strawberry.field(description="How the person agreed.")
    note: str = strawberry.field(description="What else the helper kept; may be empty.")
    entered_at: datetime = strawberry.field(description="When it was entered.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            consent=ConsentForm(row["consent"]),
            note=row["note"],
            entered_at=row["entered_at"],
            row=row,
        )

    @strawberry.field(description="Who helped.")
    async def helper(self, info: Info) -> Person | None:
        """Load them with the other helpers."""
        return await Person.load(info, self.row["helper_id"])


@strawberry.type(description="A party to the community's work.")
class Organisation(Node):
    """Public to everybody."""

    kind: OrganisationKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="Its name, unique in its area.")
    credit_code: str | None = strawberry.field(
        description="Its unified social credit code (GB 32100-2015)."
    )
    dissolved_on: date | None = strawberry.field(description="The day it was dissolved.")
    version: int = strawberry.field(description="To be given back when editing.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("organisation", row["id"]),
            kind=OrganisationKind(row["kind"]),
            name=row["name"],
            credit_code=row["credit_code"],
            dissolved_on=row["dissolved_on"],
            version=row["version"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, organisation_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(organisations.organisations_by_id, organisation_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area where it works.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other organisations."""
        return await Area.load(info, self.row["area_id"])


@strawberry.type(description="A role of a person, from one day to another.")
class RoleGrant(Node):
    """Seen by the person, by staff of the area, and within the organisation."""

    role: Role = strawberry.field(description="Which role.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date | None = strawberry.field(description="The last day; null until revoked.")
    in_force: bool = strawberry.field(description="Whether it holds today.")
    revoked_at: datetime | None = strawberry.field(description="When it was taken back.")
    reason: str | None = strawberry.field(description="Why it was taken back.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("role_grant", row["id"]),
            role=Role(row["role"]),
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            in_force=row["in_force"],
            revoked_at=row["revoked_at"],
            reason=row["reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, grant_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(roles.role_grants_by_id, grant_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who holds it.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the holders of the other roles."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(
        description="The area over which it is held; null in an organisation.", metadata=LOADS
    )
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other roles."""
        area_id = self.row["area_id"]
        return None if area_id is None else await Area.load(info, area_id)

    @strawberry.field(
        description="The organisation in which it is held; null over an area.", metadata=LOADS
    )
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other roles."""
        organisation_id = self.row["organisation_id"]
        return None if organisation_id is None else await Organisation.load(info, organisation_id)


async def _areas(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [Area.of(row) if row else None for row in await areas.areas_by_id(actor, ids)]


async def _people(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [Person.of(row) if row else None for row in await people.people_by_id(actor, ids)]


async def _households(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await households.households_by_id(actor, ids)
    return [Household.of(row) if row else None for row in found]


async def _residencies(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await households.residencies_by_id(actor, ids)
    return [Residency.of(row) if row else None for row in found]


async def _organisations(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await organisations.organisations_by_id(actor, ids)
    return [Organisation.of(row) if row else None for row in found]


async def _role_grants(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await roles.role_grants_by_id(actor, ids)
    return [RoleGrant.of(row) if row else None for row in found]


for _kind, _fetch in (
    ("area", _areas),
    ("person", _people),
    ("household", _households),
    ("residency", _residencies),
    ("organisation", _organisations),
    ("role_grant", _role_grants),
):
    node.register(_kind, _fetch)
