"""Acting on areas, organisations and roles. Each result is the payload or the refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import Role
from domains.membership.service import areas, organisations, roles
from domains.membership.values import AreaKind, OrganisationKind
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.membership.types import Area, Organisation, RoleGrant, reloaded

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="An area to be added.")
class CreateAreaInput:
    """Where and what."""

    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The area above; null for a city."
    )
    kind: AreaKind = strawberry.field(description="Its level.")
    code: str = strawberry.field(description="Letters, digits and hyphens; never changed.")
    name: str = strawberry.field(description="Its name.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An area's other name.")
class RenameAreaInput:
    """Which, and what."""

    area_id: strawberry.ID = strawberry.field(description="The area.")
    name: str = strawberry.field(description="The name.")


@strawberry.input(description="An organisation to be entered.")
class CreateOrganisationInput:
    """Where and what."""

    area_id: strawberry.ID = strawberry.field(description="The area where it works.")
    kind: OrganisationKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="Its name, unique in its area.")
    credit_code: str | None = strawberry.field(
        default=None, description="Its unified social credit code."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An organisation, put right.")
class EditOrganisationInput:
    """Which, what, and the version that was read."""

    organisation_id: strawberry.ID = strawberry.field(description="The organisation.")
    name: str = strawberry.field(description="Its name.")
    credit_code: str | None = strawberry.field(
        default=None, description="Its unified social credit code; null for none."
    )
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="An organisation to be dissolved.")
class DissolveOrganisationInput:
    """Which, and when."""

    organisation_id: strawberry.ID = strawberry.field(description="The organisation.")
    on: date | None = strawberry.field(
        default=None, description="The day; today if null, never in the future."
    )


@strawberry.input(description="A role to be given.")
class GrantRoleInput:
    """Who, what, over what, and for which days."""

    person_id: strawberry.ID = strawberry.field(description="Who.")
    role: Role = strawberry.field(description="Which role.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Over which area; or else an organisation."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="In which organisation; or else an area."
    )
    starts_on: date | None = strawberry.field(
        default=None, description="The first day; today if null."
    )
    ends_on: date | None = strawberry.field(
        default=None, description="The last day, which counts; until revoked if null."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A role to be taken back.")
class RevokeRoleInput:
    """Which, and why."""

    role_grant_id: strawberry.ID = strawberry.field(description="The grant.")
    reason: str | None = strawberry.field(default=None, description="Why.")


@strawberry.type(description="The area as it stands now.")
class AreaSaved:
    """After the command."""

    area: Area | None = strawberry.field(description="The area.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="The organisation as it stands now.")
class OrganisationSaved:
    """After the command."""

    organisation: Organisation | None = strawberry.field(description="The organisation.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="The grant as it stands now.")
class RoleGrantSaved:
    """After the command."""

    role_grant: RoleGrant | None = strawberry.field(
        description="The grant; null where the caller does not see it."
    )
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


CreateAreaResult = Annotated[
    AreaSaved | Refused, strawberry.union("CreateAreaResult", description="Added or refused.")
]
RenameAreaResult = Annotated[
    AreaSaved | Refused, strawberry.union("RenameAreaResult", description="Renamed or refused.")
]
CreateOrganisationResult = Annotated[
    OrganisationSaved | Refused,
    strawberry.union("CreateOrganisationResult", description="Entered or refused."),
]
EditOrganisationResult = Annotated[
    OrganisationSaved | Outdated | Refused,
    strawberry.union("EditOrganisationResult", description="Changed or refused."),
]
DissolveOrganisationResult = Annotated[
    OrganisationSaved | Refused,
    strawberry.union("DissolveOrganisationResult", description="Dissolved or refused."),
]
GrantRoleResult = Annotated[
    RoleGrantSaved | Refused,
    strawberry.union("GrantRoleResult", description="Granted or refused."),
]
RevokeRoleResult = Annotated[
    RoleGrantSaved | Refused,
    strawberry.union("RevokeRoleResult", description="Revoked or refused."),
]


@strawberry.type
class PlacesMutation:
    """Areas and organisations."""

    @strawberry.mutation(description="Add an area under its parent.")
    async def create_area(
        self, info: Info, input: Annotated[CreateAreaInput, Argument]
    ) -> CreateAreaResult:
        """By whoever shapes the tree there."""
        made = await areas.create_area(
            info.context.actor,
            parent_id=node.decode_optional("area", input.parent_id, path=("input", "parentId")),
            kind=input.kind,
            code=input.code,
            name=input.name,
            idempotency_key=input.idempotency_key,
        )
        return AreaSaved(area=await reloaded(info, Area.load, made.id), replayed=made.replayed)

    @strawberry.mutation(description="Give an area another name.")
    async def rename_area(
        self, info: Info, input: Annotated[RenameAreaInput, Argument]
    ) -> RenameAreaResult:
        """Its code and path stay."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        await areas.rename_area(info.context.actor, area_id, name=input.name)
        return AreaSaved(area=await reloaded(info, Area.load, area_id))

    @strawberry.mutation(description="Enter an organisation.")
    async def create_organisation(
        self, info: Info, input: Annotated[CreateOrganisationInput, Argument]
    ) -> CreateOrganisationResult:
        """In the area where it works."""
        made = await organisations.create_organisation(
            info.context.actor,
            area_id=node.decode("area", input.area_id, path=("input", "areaId")),
            kind=input.kind,
            name=input.name,
            credit_code=input.credit_code,
            idempotency_key=input.idempotency_key,
        )
        found = await reloaded(info, Organisation.load, made.id)
        return OrganisationSaved(organisation=found, replayed=made.replayed)

    @strawberry.mutation(description="Put an organisation's name and credit code right.")
    async def edit_organisation(
        self, info: Info, input: Annotated[EditOrganisationInput, Argument]
    ) -> EditOrganisationResult:
        """The version guards against lost changes."""
        organisation_id = _organisation(input.organisation_id)
        await organisations.edit_organisation(
            info.context.actor,
            organisation_id,
            name=input.name,
            credit_code=input.credit_code,
            expected_version=input.expected_version,
        )
        return OrganisationSaved(
            organisation=await reloaded(info, Organisation.load, organisation_id)
        )

    @strawberry.mutation(description="Dissolve an organisation; the roles in it end.")
    async def dissolve_organisation(
        self, info: Info, input: Annotated[DissolveOrganisationInput, Argument]
    ) -> DissolveOrganisationResult:
        """Once."""
        organisation_id = _organisation(input.organisation_id)
        await organisations.dissolve_organisation(info.context.actor, organisation_id, on=input.on)
        return OrganisationSaved(
            organisation=await reloaded(info, Organisation.load, organisation_id)
        )


@strawberry.type
class RoleMutation:
    """Authority given downward and taken back."""

    @strawberry.mutation(description="Give a person a role.")
    async def grant_role(
        self, info: Info, input: Annotated[GrantRoleInput, Argument]
    ) -> GrantRoleResult:
        """Never to oneself."""
        made = await roles.grant_role(
            info.context.actor,
            person_id=node.decode("person", input.person_id, path=("input", "personId")),
            role=input.role,
            area_id=node.decode_optional("area", input.area_id, path=("input", "areaId")),
            organisation_id=node.decode_optional(
                "organisation", input.organisation_id, path=("input", "organisationId")
            ),
            starts_on=input.starts_on,
            ends_on=input.ends_on,
            idempotency_key=input.idempotency_key,
        )
        found = await reloaded(info, RoleGrant.load, made.id)
        return RoleGrantSaved(role_grant=found, replayed=made.replayed)

    @strawberry.mutation(description="Take a role back at once.")
    async def revoke_role(
        self, info: Info, input: Annotated[RevokeRoleInput, Argument]
    ) -> RevokeRoleResult:
        """By whoever may grant it."""
        grant_id = node.decode("role_grant", input.role_grant_id, path=("input", "roleGrantId"))
        await roles.revoke_role(info.context.actor, grant_id, reason=input.reason)
        return RoleGrantSaved(role_grant=await reloaded(info, RoleGrant.load, grant_id))


def _organisation(given: str) -> UUID:
    return node.decode("organisation", given, path=("input", "organisationId"))
