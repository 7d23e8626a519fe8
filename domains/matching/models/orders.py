"""Orders."""

from tortoise import fields
from tortoise.models import Model

from domains.matching.values.orders import ServiceOrderState
from domains.volunteering.values.volunteers import ServiceClass


class ServiceOrder(Model):
    """One time of a need: its places and offers hang on it, and are changed under its lock."""

    id = fields.UUIDField(primary_key=True)
    number = fields.BigIntField()
    need_id = fields.UUIDField()
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField()
    person_id = fields.UUIDField()
    service_class = fields.CharEnumField(ServiceClass, max_length=24)
    state = fields.CharEnumField(ServiceOrderState, max_length=16)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    people_wanted = fields.IntField()
    soon_at = fields.DatetimeField()
    made_at = fields.DatetimeField()
    moved_at = fields.DatetimeField()
    moved_by_id = fields.UUIDField(null=True)
    move_reason = fields.CharField(max_length=200, null=True)
    filled_at = fields.DatetimeField(null=True)
    tomorrow_told_at = fields.DatetimeField(null=True)
    soon_told_at = fields.DatetimeField(null=True)
    close_at = fields.DatetimeField(null=True)

    class Meta:
        """Steps, and the history of them: triggers in the migration."""

        table = "matching_order"
