"""Service records."""

from tortoise import fields
from tortoise.models import Model

from domains.volunteering.values.records import ServiceRecordEntry, ServiceRecordState
from domains.volunteering.values.volunteers import ServiceClass


class ServiceRecord(Model):
    """Minutes that somebody actually gave; what it says stands in versions beside it."""

    id = fields.UUIDField(primary_key=True)
    number = fields.BigIntField()
    volunteer_id = fields.UUIDField()
    volunteer_number = fields.BigIntField()
    person_id = fields.UUIDField()
    activity_id = fields.UUIDField()
    attendance_id = fields.UUIDField(null=True)
    order_place_id = fields.UUIDField(null=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    entry = fields.CharEnumField(ServiceRecordEntry, max_length=16)
    state = fields.CharEnumField(ServiceRecordState, max_length=16)
    version = fields.IntField(default=1, db_default=1)
    service_class = fields.CharEnumField(ServiceClass, max_length=24)
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField()
    day = fields.DateField()
    given_minutes = fields.IntField()
    counted_minutes = fields.IntField()
    day_cap_minutes = fields.IntField()
    due_at = fields.DatetimeField()
    made_at = fields.DatetimeField()
    overdue_at = fields.DatetimeField(null=True)
    entered_by_id = fields.UUIDField(null=True)
    back_reason = fields.CharField(max_length=500, null=True)
    approved_by_id = fields.UUIDField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    publicised_at = fields.DatetimeField(null=True)
    notice_until = fields.DatetimeField(null=True)
    final_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoke_reason = fields.CharField(max_length=500, null=True)
    quality = fields.SmallIntField(null=True)
    rated_by_id = fields.UUIDField(null=True)
    rated_at = fields.DatetimeField(null=True)

    class Meta:
        """No overlap for one person, caps and states: constraints in the migration."""

        table = "volunteering_record"
