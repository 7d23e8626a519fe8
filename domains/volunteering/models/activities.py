"""Activities that volunteers are called to."""

from tortoise import fields
from tortoise.models import Model

from domains.volunteering.values.activities import VolunteerActivityNature, VolunteerActivityState
from domains.volunteering.values.volunteers import ServiceClass


class Activity(Model):
    """A service to be given at a place, in shifts."""

    id = fields.UUIDField(primary_key=True)
    number = fields.BigIntField()
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    state = fields.CharEnumField(VolunteerActivityState, max_length=16)
    nature = fields.CharEnumField(VolunteerActivityNature, max_length=16)
    service_class = fields.CharEnumField(ServiceClass, max_length=24)
    title = fields.CharField(max_length=80)
    content = fields.CharField(max_length=2000)
    place = fields.CharField(max_length=120)
    risks = fields.CharField(max_length=500, default="", db_default="")
    is_risky = fields.BooleanField(default=False, db_default=False)
    organisation_id = fields.UUIDField()
    organisation_name = fields.CharField(max_length=120)
    team_id = fields.UUIDField(null=True)
    time_bank_class = fields.CharField(max_length=40, null=True)
    # What was ordered is no call: it stands behind its records, and in no list.
    order_id = fields.UUIDField(null=True)
    leader_id = fields.UUIDField()
    created_by_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    published_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancel_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        """Who is called knows the risks before: a check in the migration."""

        table = "volunteering_activity"
