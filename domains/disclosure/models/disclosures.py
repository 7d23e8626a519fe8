"""Disclosures and their versions.

What hangs on a version is written and read in SQL only and stands in the migrations:
`disclosure_version_author`, `disclosure_step`, `disclosure_row`, `disclosure_attachment`; and on
a disclosure: `disclosure_target`, `disclosure_tag`, `disclosure_cover` (the duties it meets),
`disclosure_feed`, `disclosure_words`.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.disclosure.models.catalogue import CatalogueItem
from domains.disclosure.models.publishers import Publisher
from domains.disclosure.values import (
    Affair,
    Change,
    DisclosureKind,
    DisclosureState,
    VersionState,
)


class Disclosure(Model):
    """Something that a body makes public over an area, in numbered versions."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    publisher: fields.ForeignKeyRelation[Publisher] = fields.ForeignKeyField(
        "disclosure.Publisher", related_name=False, on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(DisclosureKind, max_length=16)
    affair = fields.CharEnumField(Affair, max_length=16, null=True)
    item: fields.ForeignKeyNullableRelation[CatalogueItem] = fields.ForeignKeyField(
        "disclosure.CatalogueItem", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    item_code = fields.CharField(max_length=40, null=True)
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    state = fields.CharEnumField(DisclosureState, max_length=24)
    latest_number = fields.IntField(default=1, db_default=1)
    published_number = fields.IntField(null=True)
    first_published_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    expired_at = fields.DatetimeField(null=True)
    take_down_at = fields.DatetimeField(null=True)
    taken_down_at = fields.DatetimeField(null=True)
    take_down_reason = fields.CharField(max_length=500, null=True)
    archive_at = fields.DatetimeField(null=True)
    archived_at = fields.DatetimeField(null=True)
    pinned_at = fields.DatetimeField(null=True)
    source_kind = fields.CharField(max_length=60, null=True)
    source_id = fields.UUIDField(null=True)
    revision = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()

    publisher_id: UUID
    item_id: UUID | None

    class Meta:
        """What each state requires is checked by constraints in the migration."""

        table = "disclosure_disclosure"


class DisclosureVersion(Model):
    """One version: its words while it is a draft, its steps after, and for ever once public."""

    id = fields.UUIDField(primary_key=True)
    disclosure: fields.ForeignKeyRelation[Disclosure] = fields.ForeignKeyField(
        "disclosure.Disclosure", related_name=False, on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    change = fields.CharEnumField(Change, max_length=16)
    reason = fields.CharField(max_length=500, null=True)
    state = fields.CharEnumField(VersionState, max_length=24)
    title = fields.CharField(max_length=120)
    body_html = fields.TextField()
    body_text = fields.TextField()
    occurred_on = fields.DateField(null=True)
    form: Any = fields.JSONField(null=True)
    author_id = fields.UUIDField(null=True)
    sourced = fields.BooleanField(default=False, db_default=False)
    frozen_rules: Any = fields.JSONField(null=True)
    step_count = fields.SmallIntField(default=0, db_default=0)
    round = fields.SmallIntField(default=0, db_default=0)
    created_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    approved_at = fields.DatetimeField(null=True)
    scheduled_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField(null=True)
    record = fields.BinaryField(null=True)
    record_sha256 = fields.BinaryField(null=True)

    disclosure_id: UUID

    class Meta:
        """One version a number; a published one is immutable: triggers in the migration."""

        table = "disclosure_version"
        unique_together = (("disclosure", "number"),)
