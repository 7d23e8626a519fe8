"""The kernel's tables: what every domain needs kept, and no domain owns."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.kernel.operations.values import AlarmKind, RunState
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
    replays = fields.IntField(default=0, db_default=0)
    dismissed_at = fields.DatetimeField(null=True)
    dismissed_by_id = fields.UUIDField(null=True)
    dismissed_reason = fields.CharField(max_length=200, null=True)

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


class Job(Model):
    """A job of the timetable: what its workers counted, and whether it is paused."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=100, unique=True)
    every_s = fields.FloatField()
    retired_at = fields.DatetimeField(null=True)
    paused_at = fields.DatetimeField(null=True)
    paused_by_id = fields.UUIDField(null=True)
    paused_reason = fields.CharField(max_length=200, null=True)
    resumed_at = fields.DatetimeField(null=True)
    last_started_at = fields.DatetimeField(null=True)
    last_ended_at = fields.DatetimeField(null=True)
    last_count = fields.IntField(null=True)
    last_failure = fields.CharField(max_length=200, null=True)
    last_failed_at = fields.DatetimeField(null=True)
    consecutive_failures = fields.IntField(default=0, db_default=0)
    late_s = fields.FloatField(default=0, db_default=0)
    ticks = fields.BigIntField(default=0, db_default=0)
    items = fields.BigIntField(default=0, db_default=0)
    failures = fields.BigIntField(default=0, db_default=0)
    busy_s = fields.FloatField(default=0, db_default=0)

    class Meta:
        """Its id is made from its name, so that every worker knows it."""

        table = "kernel_job"


class JobRun(Model):
    """Ticks that did something or failed, summed up over seconds; or one that was asked for."""

    id = fields.UUIDField(primary_key=True)
    job_id = fields.UUIDField()
    worker_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(RunState, max_length=16)
    asked_at = fields.DatetimeField(null=True)
    asked_by_id = fields.UUIDField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ticks = fields.IntField(default=1, db_default=1)
    count = fields.IntField(default=0, db_default=0)
    busy_s = fields.FloatField(default=0, db_default=0)
    late_s = fields.FloatField(default=0, db_default=0)
    failure = fields.CharField(max_length=200, null=True)

    class Meta:
        """At most one waits to be run of each job: an index in the migration."""

        table = "kernel_job_run"


class Worker(Model):
    """A process that does what is due, and when it was last heard of."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    started_at = fields.DatetimeField()
    heartbeat_at = fields.DatetimeField()
    stopped_at = fields.DatetimeField(null=True)
    replaced_by_id = fields.UUIDField(null=True)

    class Meta:
        """One that was killed is never stopped: its heartbeat is missed."""

        table = "kernel_worker"


class Alarm(Model):
    """Something amiss, from when it was noticed until it was over."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(AlarmKind, max_length=24)
    subject = fields.CharField(max_length=100)
    subject_id = fields.UUIDField(null=True)
    raised_at = fields.DatetimeField()
    recovered_at = fields.DatetimeField(null=True)

    class Meta:
        """One stands of each kind and subject: an index in the migration."""

        table = "kernel_alarm"
