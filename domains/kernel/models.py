"""The kernel's tables: what every domain needs kept, and no domain owns."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.kernel.rules import LegalEffect
from domains.kernel.values import UploadState


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


class AuditEntry(Model):
    """Who did what, chained by hash to the entry before it; rows are only ever added."""

    id = fields.UUIDField(primary_key=True)
    chain = fields.UUIDField()
    sequence = fields.BigIntField()
    at = fields.DatetimeField()
    actor_id = fields.UUIDField(null=True)
    session_id = fields.UUIDField(null=True)
    command = fields.CharField(max_length=100)
    subject_kind = fields.CharField(max_length=60)
    subject_id = fields.UUIDField(null=True, db_index=True)
    details: Any = fields.JSONField(default=dict)
    previous_hash = fields.BinaryField()
    hash = fields.BinaryField()

    class Meta:
        """Triggers refuse every change; the privileges are revoked besides."""

        table = "kernel_audit"
        unique_together = (("chain", "sequence"),)


class AuditHead(Model):
    """The last entry of a chain: the row that appenders lock."""

    chain = fields.UUIDField(primary_key=True)
    sequence = fields.BigIntField()
    hash = fields.BinaryField()

    class Meta:
        """A head only ever moves on."""

        table = "kernel_audit_head"


class StoredRuleSet(Model):
    """One version of the rules for one kind of decision; what is in force does not change."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=80)
    version = fields.IntField()
    community_id = fields.UUIDField(null=True)
    title_zh = fields.CharField(max_length=120)
    title_en = fields.CharField(max_length=200)
    legal_basis = fields.CharField(max_length=400)
    legal_effect = fields.CharEnumField(LegalEffect, max_length=24)
    effective_from = fields.DateField()
    effective_to = fields.DateField(null=True)
    content: Any = fields.JSONField()
    content_sha256 = fields.BinaryField()
    recorded_at = fields.DatetimeField()

    class Meta:
        """Unique versions and periods that never overlap: constraints in the migration."""

        table = "kernel_rule_set"


class Upload(Model):
    """A file on its way into the house, or arrived."""

    id = fields.UUIDField(primary_key=True)
    owner_id = fields.UUIDField(null=True)
    community_id = fields.UUIDField(null=True)
    file_name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    sniffed_type = fields.CharField(max_length=100, null=True)
    size_bytes = fields.BigIntField()
    sha256 = fields.BinaryField(null=True)
    state = fields.CharEnumField(UploadState, max_length=16)
    created_at = fields.DatetimeField()
    completed_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        """Complete files have a hash and a sniffed type; pending ones expire."""

        table = "kernel_upload"
