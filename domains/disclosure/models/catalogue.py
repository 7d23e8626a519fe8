"""The catalogue: items in versions, who adopted them, and the duties that follow."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.disclosure.values import Affair, FinanceClass, Frequency, ObligationState


class CatalogueItem(Model):
    """One version of something that has to be made public; without a community, a preset."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=40)
    version = fields.IntField()
    community_id = fields.UUIDField(null=True)
    affair = fields.CharEnumField(Affair, max_length=16)
    finance_class = fields.CharEnumField(FinanceClass, max_length=16, null=True)
    title_zh = fields.CharField(max_length=120)
    title_en = fields.CharField(max_length=200)
    frequency = fields.CharEnumField(Frequency, max_length=16)
    due_rule: Any = fields.JSONField()
    retention_months = fields.IntField(null=True)
    form: Any = fields.JSONField()
    legal_basis = fields.CharField(max_length=400)
    source = fields.CharField(max_length=400)
    effective_from = fields.DateField()
    recorded_at = fields.DatetimeField()

    class Meta:
        """One version a code and place; a version never changes: constraints in the migration."""

        table = "disclosure_catalogue_item"


class Adoption(Model):
    """An item that a community keeps to, from one day to another."""

    id = fields.UUIDField(primary_key=True)
    community_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    item: fields.ForeignKeyRelation[CatalogueItem] = fields.ForeignKeyField(
        "disclosure.CatalogueItem", related_name=False, on_delete=fields.RESTRICT
    )
    code = fields.CharField(max_length=40)
    adopted_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    next_period_on = fields.DateField(null=True)
    adopted_by_id = fields.UUIDField(null=True)
    recorded_at = fields.DatetimeField()

    item_id: UUID

    class Meta:
        """One adoption of a code at a time in a community."""

        table = "disclosure_adoption"


class Obligation(Model):
    """A duty: an item of one period or occurrence, to be public before an instant."""

    id = fields.UUIDField(primary_key=True)
    community_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    item: fields.ForeignKeyRelation[CatalogueItem] = fields.ForeignKeyField(
        "disclosure.CatalogueItem", related_name=False, on_delete=fields.RESTRICT
    )
    code = fields.CharField(max_length=40)
    affair = fields.CharEnumField(Affair, max_length=16)
    period_start = fields.DateField()
    period_end = fields.DateField()
    occurrence = fields.CharField(max_length=120, null=True)
    due_at = fields.DatetimeField()
    due_certain = fields.BooleanField()
    state = fields.CharEnumField(
        ObligationState, max_length=16, default=ObligationState.PENDING, db_default="pending"
    )
    disclosure_id = fields.UUIDField(null=True)
    met_at = fields.DatetimeField(null=True)
    late_at = fields.DatetimeField(null=True)
    waived_at = fields.DatetimeField(null=True)
    waived_by_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=500, null=True)
    recorded_at = fields.DatetimeField()

    item_id: UUID

    class Meta:
        """One duty a code, place, period and occurrence; what each state requires is checked."""

        table = "disclosure_obligation"
