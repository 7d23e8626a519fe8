"""Volunteers."""

from tortoise import fields
from tortoise.models import Model

from domains.volunteering.values.volunteers import VolunteerState


class Volunteer(Model):
    """Somebody who serves, known by a number that says nothing else of them."""

    id = fields.UUIDField(primary_key=True)
    number = fields.BigIntField()
    person_id = fields.UUIDField()
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    state = fields.CharEnumField(VolunteerState, max_length=20)
    born_on = fields.DateField()
    guardian_id = fields.UUIDField(null=True)
    radius_m = fields.IntField(null=True)
    care_note_sealed = fields.BinaryField(null=True)
    emergency_contact_sealed = fields.BinaryField(null=True)
    entered_by_id = fields.UUIDField(null=True)
    version = fields.IntField(default=1, db_default=1)
    registered_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        """One number a person: unique indexes in the migration."""

        table = "volunteering_volunteer"
