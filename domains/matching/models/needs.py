"""Needs."""

from tortoise import fields
from tortoise.models import Model

from domains.matching.values.needs import NeedOrigin, NeedRepeats, NeedState
from domains.volunteering.values.volunteers import ServiceClass


class Need(Model):
    """What somebody needs; details and the exact place are sealed for those matched."""

    id = fields.UUIDField(primary_key=True)
    number = fields.BigIntField()
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField()
    state = fields.CharEnumField(NeedState, max_length=16)
    origin = fields.CharEnumField(NeedOrigin, max_length=16)
    person_id = fields.UUIDField()
    posted_by_id = fields.UUIDField()
    helper_id = fields.UUIDField(null=True)
    organisation_id = fields.UUIDField(null=True)
    project_id = fields.UUIDField(null=True)
    service_class = fields.CharEnumField(ServiceClass, max_length=24)
    title = fields.CharField(max_length=80)
    public_text = fields.CharField(max_length=1000)
    place = fields.CharField(max_length=120)
    latitude_e6 = fields.IntField(null=True)
    longitude_e6 = fields.IntField(null=True)
    details_sealed = fields.BinaryField(null=True)
    exact_place_sealed = fields.BinaryField(null=True)
    position_sealed = fields.BinaryField(null=True)
    urgency = fields.SmallIntField()
    people_wanted = fields.IntField()
    least_age = fields.SmallIntField(null=True)
    is_risky = fields.BooleanField(default=False, db_default=False)
    risks = fields.CharField(max_length=500, default="", db_default="")
    time_bank_class = fields.CharField(max_length=40, null=True)
    may_be_taken = fields.BooleanField(default=False, db_default=False)
    repeats = fields.CharEnumField(NeedRepeats, max_length=8)
    repeats_until = fields.DateField(null=True)
    version = fields.IntField(default=1, db_default=1)
    posted_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    host_id = fields.UUIDField(null=True)
    look_again_on = fields.DateField(null=True)

    class Meta:
        """States, urgency and places: checks in the migration."""

        table = "matching_need"
