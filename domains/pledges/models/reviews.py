"""The half-yearly review of a community's promises."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.pledges.values.reviews import Half, ReviewState


class Review(Model):
    """A review of one half of a year; a second review of it names it as its parent."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    year = fields.SmallIntField()
    half = fields.CharEnumField(Half, max_length=2)
    parent_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(ReviewState, max_length=16)
    frozen_rules: Any = fields.JSONField()
    meeting_id = fields.UUIDField(null=True)
    scheduled_at = fields.DatetimeField()
    reports_due_at = fields.DatetimeField()
    meets_at = fields.DatetimeField(null=True)
    rating_opens_at = fields.DatetimeField()
    rating_closes_at = fields.DatetimeField()
    result = fields.TextField(null=True)
    tallied_at = fields.DatetimeField(null=True)
    voided_at = fields.DatetimeField(null=True)
    void_reason = fields.CharField(max_length=500, null=True)
    published_at = fields.DatetimeField(null=True)

    class Meta:
        """One first review a community and half, by a partial index in the migration."""

        table = "pledges_review"
