"""The tree of areas."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.membership.values import AreaKind


class Area(Model):
    """A node of the tree of areas; its path is the codes from the root, each ended by a slash."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(AreaKind, max_length=16)
    code = fields.CharField(max_length=32)
    name = fields.CharField(max_length=100)
    path = fields.CharField(max_length=300, unique=True)
    parent: fields.ForeignKeyNullableRelation["Area"] = fields.ForeignKeyField(
        "membership.Area", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField()

    parent_id: UUID | None

    class Meta:
        """Codes hold no wildcard, so that a path can be searched by prefix."""

        table = "membership_area"
