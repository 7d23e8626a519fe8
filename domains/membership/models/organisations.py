"""Organisations, and the roles that people hold over areas and in organisations."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.kernel.actor import Role
from domains.membership.models.people import Person
from domains.membership.models.places import Area
from domains.membership.values import OrganisationKind


class Organisation(Model):
    """A party to the community's work; the credit code is its national number."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(OrganisationKind, max_length=24)
    name = fields.CharField(max_length=100)
    area: fields.ForeignKeyRelation[Area] = fields.ForeignKeyField(
        "membership.Area", related_name=False, on_delete=fields.RESTRICT
    )
    credit_code = fields.CharField(max_length=18, null=True, unique=True)
    dissolved_on = fields.DateField(null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()

    area_id: UUID

    class Meta:
        """One name in one area."""

        table = "membership_organisation"
        unique_together = (("area", "name"),)


class RoleGrant(Model):
    """A role of a person over an area or in an organisation, from one day to another."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    role = fields.CharEnumField(Role, max_length=32)
    area: fields.ForeignKeyNullableRelation[Area] = fields.ForeignKeyField(
        "membership.Area", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    organisation: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "membership.Organisation", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    granted_by_id = fields.UUIDField(null=True)
    granted_at = fields.DatetimeField()
    revoked_by_id = fields.UUIDField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    end_told_days = fields.SmallIntField(null=True)

    person_id: UUID
    area_id: UUID | None
    organisation_id: UUID | None

    class Meta:
        """Over exactly one thing, and never ending before it starts (the last day counts)."""

        table = "membership_role_grant"
