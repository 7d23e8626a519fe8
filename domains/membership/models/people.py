"""People, the households they live in, and how the register came in."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.membership.models.places import Area
from domains.membership.values import (
    AreaBasis,
    ConsentForm,
    Gender,
    ImportMode,
    ResidencyKind,
    ResidencyState,
)


class Person(Model):
    """Somebody the community knows; phone and identity number are sealed, found by blind index."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=60)
    gender = fields.CharEnumField(Gender, max_length=8, null=True)
    birth_date = fields.DateField(null=True)
    phone_sealed = fields.BinaryField(null=True)
    phone_index = fields.BinaryField(null=True)
    identity_sealed = fields.BinaryField(null=True)
    identity_index = fields.BinaryField(null=True)
    has_political_rights = fields.BooleanField(default=True, db_default=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()

    class Meta:
        """A sealed value and its index come together."""

        table = "membership_person"


class Household(Model):
    """One unit of a building: a household, with its floor area and where that figure comes from."""

    id = fields.UUIDField(primary_key=True)
    area: fields.ForeignKeyRelation[Area] = fields.ForeignKeyField(
        "membership.Area", related_name=False, on_delete=fields.RESTRICT
    )
    unit = fields.CharField(max_length=40)
    floor_area_centi_m2 = fields.BigIntField(null=True)
    area_basis = fields.CharEnumField(AreaBasis, max_length=16, null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()

    area_id: UUID

    class Meta:
        """One household a unit; a floor area names its basis."""

        table = "membership_household"
        unique_together = (("area", "unit"),)


class Residency(Model):
    """A person's bond to a household: claimed, verified by staff, ended or refused."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    household: fields.ForeignKeyRelation[Household] = fields.ForeignKeyField(
        "membership.Household", related_name=False, on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(ResidencyKind, max_length=16)
    state = fields.CharEnumField(ResidencyState, max_length=16)
    since = fields.DateField()
    until = fields.DateField(null=True)
    decided_by_id = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    created_at = fields.DatetimeField()

    person_id: UUID
    household_id: UUID

    class Meta:
        """The live bond is unique by person, household and kind: an index in the migration."""

        table = "membership_residency"


class AssistedEntry(Model):
    """What a helper entered for somebody, and how that person agreed to it."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    helper: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    command = fields.CharField(max_length=60)
    subject_id = fields.UUIDField()
    consent = fields.CharEnumField(ConsentForm, max_length=16)
    note = fields.CharField(max_length=200, default="", db_default="")
    entered_at = fields.DatetimeField()

    person_id: UUID
    helper_id: UUID

    class Meta:
        """Nobody helps themselves."""

        table = "membership_assisted_entry"


class RegisterImport(Model):
    """One file of a household register, and what became of it."""

    id = fields.UUIDField(primary_key=True)
    community: fields.ForeignKeyRelation[Area] = fields.ForeignKeyField(
        "membership.Area", related_name=False, on_delete=fields.RESTRICT
    )
    file_name = fields.CharField(max_length=200)
    sha256 = fields.BinaryField()
    mode = fields.CharEnumField(ImportMode, max_length=16)
    applied = fields.BooleanField()
    row_count = fields.IntField()
    accepted_count = fields.IntField()
    refused_count = fields.IntField()
    created = fields.JSONField[dict[str, int]](default=dict)
    imported_by_id = fields.UUIDField(null=True)
    imported_at = fields.DatetimeField()

    community_id: UUID

    class Meta:
        """Every row is accepted or refused."""

        table = "membership_register_import"


class RegisterRowRefusal(Model):
    """Why one row of a register file was refused; never holds the refused value."""

    id = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[RegisterImport] = fields.ForeignKeyField(
        "membership.RegisterImport", related_name=False, on_delete=fields.CASCADE
    )
    row_number = fields.IntField()
    column = fields.CharField(max_length=40)
    code = fields.CharField(max_length=60)
    details: Any = fields.JSONField(default=dict)

    of_id: UUID

    class Meta:
        """Read in the order of the file."""

        table = "membership_register_row_refusal"
        indexes = (("of_id", "row_number"),)
