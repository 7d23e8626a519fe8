"""The kernel's tables: what every domain needs kept, and no domain owns."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class OutboxEvent(Model):
    """A fact, written in the same transaction that made it true."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=100)
    payload: Any = fields.JSONField()
    recorded_at = fields.DatetimeField()
    delivered_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0, db_default=0)
    next_attempt_at = fields.DatetimeField(null=True)
    parked_at = fields.DatetimeField(null=True)
    failure = fields.CharField(max_length=200, null=True)

    class Meta:
        """The relay finds what waits by a partial index, made in the migration."""

        table = "kernel_outbox"


class IdempotencyKey(Model):
    """A key that a caller gave to one command, and the result to answer again."""

    id = fields.BigIntField(primary_key=True)
    actor_id = fields.UUIDField()
    key = fields.UUIDField()
    command = fields.CharField(max_length=100)
    input_hash = fields.BinaryField()
    result: Any = fields.JSONField(null=True)
    claimed_at = fields.DatetimeField(db_index=True)

    class Meta:
        """One key an actor."""

        table = "kernel_idempotency"
        unique_together = (("actor_id", "key"),)
