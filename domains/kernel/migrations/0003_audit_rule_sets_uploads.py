from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.kernel.rules import LegalEffect
from domains.kernel.values import UploadState
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('kernel', '0002_clock_and_queue')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('chain', fields.UUIDField()),
                ('sequence', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('actor_id', fields.UUIDField(null=True)),
                ('session_id', fields.UUIDField(null=True)),
                ('command', fields.CharField(max_length=100)),
                ('subject_kind', fields.CharField(max_length=60)),
                ('subject_id', fields.UUIDField(null=True, db_index=True)),
                ('details', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('previous_hash', fields.BinaryField()),
                ('hash', fields.BinaryField()),
            ],
            options={'table': 'kernel_audit', 'app': 'kernel', 'unique_together': (('chain', 'sequence'),), 'pk_attr': 'id', 'table_description': 'Who did what, chained by hash to the entry before it; rows are only ever added.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditHead',
            fields=[
                ('chain', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('sequence', fields.BigIntField()),
                ('hash', fields.BinaryField()),
            ],
            options={'table': 'kernel_audit_head', 'app': 'kernel', 'pk_attr': 'chain', 'table_description': 'The last entry of a chain: the row that appenders lock.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StoredRuleSet',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=80)),
                ('version', fields.IntField()),
                ('community_id', fields.UUIDField(null=True)),
                ('title_zh', fields.CharField(max_length=120)),
                ('title_en', fields.CharField(max_length=200)),
                ('legal_basis', fields.CharField(max_length=400)),
                ('legal_effect', fields.CharEnumField(description='ADVISORY: advisory\nSTATUTORY_IMPORTED: statutory_imported\nSTATUTORY_NATIVE: statutory_native', enum_type=LegalEffect, max_length=24)),
                ('effective_from', fields.DateField()),
                ('effective_to', fields.DateField(null=True)),
                ('content', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('content_sha256', fields.BinaryField()),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'kernel_rule_set', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'One version of the rules for one kind of decision; what is in force does not change.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Upload',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('owner_id', fields.UUIDField(null=True)),
                ('community_id', fields.UUIDField(null=True)),
                ('file_name', fields.CharField(max_length=200)),
                ('media_type', fields.CharField(max_length=100)),
                ('sniffed_type', fields.CharField(null=True, max_length=100)),
                ('size_bytes', fields.BigIntField()),
                ('sha256', fields.BinaryField(null=True)),
                ('state', fields.CharEnumField(description='PENDING: pending\nCOMPLETE: complete', enum_type=UploadState, max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('completed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'kernel_upload', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'A file on its way into the house, or arrived.'},
            bases=['Model'],
        ),
    ]
