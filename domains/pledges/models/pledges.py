"""A year's programme, and the pledges in it."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.pledges.values.pledges import PledgeState, SourceKind


class Programme(Model):
    """What a community promises in a year; the rules it began under are frozen into it."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    year = fields.SmallIntField()
    introduction = fields.CharField(max_length=5000, default="", db_default="")
    frozen_rules: Any = fields.JSONField()
    opened_by_id = fields.UUIDField(null=True)
    opened_at = fields.DatetimeField()

    class Meta:
        """One programme a community and year."""

        table = "pledges_programme"
        unique_together = (("area_id", "year"),)


class Pledge(Model):
    """A named service that a body promises by a day; its terms in force are repeated here."""

    id = fields.UUIDField(primary_key=True)
    programme: fields.ForeignKeyRelation[Programme] = fields.ForeignKeyField(
        "pledges.Programme", related_name=False, on_delete=fields.RESTRICT
    )
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    year = fields.SmallIntField()
    number = fields.SmallIntField()
    state = fields.CharEnumField(PledgeState, max_length=16)
    source_kind = fields.CharEnumField(SourceKind, max_length=16)
    source_id = fields.UUIDField(null=True)
    terms_version = fields.IntField()
    title = fields.CharField(max_length=80)
    organisation_id = fields.UUIDField()
    person_id = fields.UUIDField()
    deadline = fields.DateField()
    first_deadline = fields.DateField(null=True)
    reached_weight = fields.SmallIntField(default=0, db_default=0)
    round = fields.SmallIntField(default=0, db_default=0)
    proposer_id = fields.UUIDField(null=True)
    proposed_at = fields.DatetimeField()
    screened_by_id = fields.UUIDField(null=True)
    screened_at = fields.DatetimeField(null=True)
    screen_reason = fields.CharField(max_length=500, null=True)
    noticed_at = fields.DatetimeField(null=True)
    notice_until = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    withdraw_reason = fields.CharField(max_length=500, null=True)
    committed_at = fields.DatetimeField(null=True)
    overdue_since = fields.DateField(null=True)
    delivered_on = fields.DateField(null=True)
    delivered_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    close_summary = fields.CharField(max_length=2000, null=True)
    defaulted_at = fields.DatetimeField(null=True)
    default_reason = fields.CharField(max_length=500, null=True)

    programme_id: UUID

    class Meta:
        """What each state requires, and that no deadline moves quietly, the migration keeps."""

        table = "pledges_pledge"
        unique_together = (("programme", "number"),)
