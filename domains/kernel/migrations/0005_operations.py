from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.kernel.operations.values import AlarmKind, RunState
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('kernel', '0004_constraints')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Alarm',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='NO_WORKER: no_worker\nWORKER_MISSED: worker_missed\nJOB_LATE: job_late\nJOB_FAILING: job_failing\nEVENTS_PARKED: events_parked', enum_type=AlarmKind, max_length=24)),
                ('subject', fields.CharField(max_length=100)),
                ('subject_id', fields.UUIDField(null=True)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recovered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'kernel_alarm', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'Something amiss, from when it was noticed until it was over.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Job',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=100)),
                ('every_s', fields.FloatField()),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('paused_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('paused_by_id', fields.UUIDField(null=True)),
                ('paused_reason', fields.CharField(null=True, max_length=200)),
                ('resumed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_count', fields.IntField(null=True)),
                ('last_failure', fields.CharField(null=True, max_length=200)),
                ('last_failed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('consecutive_failures', fields.IntField(default=0, db_default=0)),
                ('late_s', fields.FloatField(default=0, db_default=0)),
                ('ticks', fields.BigIntField(default=0, db_default=0)),
                ('items', fields.BigIntField(default=0, db_default=0)),
                ('failures', fields.BigIntField(default=0, db_default=0)),
                ('busy_s', fields.FloatField(default=0, db_default=0)),
            ],
            options={'table': 'kernel_job', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'A job of the timetable: what its workers counted, and whether it is paused.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='JobRun',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('job_id', fields.UUIDField()),
                ('worker_id', fields.UUIDField(null=True)),
                ('state', fields.CharEnumField(description='ASKED: asked\nRUNNING: running\nDONE: done\nFAILED: failed\nLOST: lost', enum_type=RunState, max_length=16)),
                ('asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked_by_id', fields.UUIDField(null=True)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ticks', fields.IntField(default=1, db_default=1)),
                ('count', fields.IntField(default=0, db_default=0)),
                ('busy_s', fields.FloatField(default=0, db_default=0)),
                ('late_s', fields.FloatField(default=0, db_default=0)),
                ('failure', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'kernel_job_run', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'Ticks that did something or failed, summed up over seconds; or one that was asked for.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Worker',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('heartbeat_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('stopped_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('replaced_by_id', fields.UUIDField(null=True)),
            ],
            options={'table': 'kernel_worker', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'A process that does what is due, and when it was last heard of.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='dismissed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='dismissed_by_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='dismissed_reason',
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='replays',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
