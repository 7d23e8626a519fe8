"""Who looks after whom, and who is here no more."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.membership.models.people import Person
from domains.membership.values import ConsentForm, DepartureKind, HelperKind


class PersonHelper(Model):
    """Somebody who is told what another is told: a minor's guardian, an elder's helper."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    helper: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(HelperKind, max_length=16)
    consent = fields.CharEnumField(ConsentForm, max_length=16, null=True)
    note = fields.CharField(max_length=200, default="", db_default="")
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    entered_by_id = fields.UUIDField(null=True)
    entered_at = fields.DatetimeField()
    ended_by_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)

    person_id: UUID
    helper_id: UUID

    class Meta:
        """Nobody helps themselves; one live bond between two; checks in the migration."""

        table = "membership_person_helper"


class Departure(Model):
    """That somebody is here no more: dead, or gone from the platform; undone where wrong."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(DepartureKind, max_length=16)
    since = fields.DateField()
    note = fields.CharField(max_length=200, default="", db_default="")
    recorded_by_id = fields.UUIDField(null=True)
    recorded_at = fields.DatetimeField()
    undone_by_id = fields.UUIDField(null=True)
    undone_at = fields.DatetimeField(null=True)

    person_id: UUID

    class Meta:
        """One that stands a person."""

        table = "membership_departure"
