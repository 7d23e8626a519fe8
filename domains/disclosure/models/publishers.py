"""Bodies that publish; who does what for them stands in `disclosure_officer` (SQL only)."""

from tortoise import fields
from tortoise.models import Model

from domains.disclosure.values import PublisherKind


class Publisher(Model):
    """A body that answers for what it publishes over an area."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(PublisherKind, max_length=24)
    name = fields.CharField(max_length=100)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    organisation_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        """One standing body of a kind an area, or an organisation."""

        table = "disclosure_publisher"
