from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.pledges.values.pledges import PledgeState, SourceKind
from domains.pledges.values.reviews import Half, ReviewState
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Programme',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('year', fields.SmallIntField()),
                ('introduction', fields.CharField(default='', db_default='', max_length=5000)),
                ('frozen_rules', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('opened_by_id', fields.UUIDField(null=True)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pledges_programme', 'app': 'pledges', 'unique_together': (('area_id', 'year'),), 'pk_attr': 'id', 'table_description': 'What a community promises in a year; the rules it began under are frozen into it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Pledge',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('programme', fields.ForeignKeyField('pledges.Programme', source_field='programme_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('year', fields.SmallIntField()),
                ('number', fields.SmallIntField()),
                ('state', fields.CharEnumField(description='PROPOSED: proposed\nDECLINED: declined\nSCREENED: screened\nPUBLIC_NOTICE: public_notice\nWITHDRAWN: withdrawn\nCOMMITTED: committed\nIN_PROGRESS: in_progress\nOVERDUE: overdue\nDELIVERED: delivered\nACCEPTED: accepted\nCLOSED: closed\nDEFAULTED: defaulted', enum_type=PledgeState, max_length=16)),
                ('source_kind', fields.CharEnumField(description='NEED: need\nISSUE: issue\nRESOLUTION: resolution\nREVIEW: review\nOWN: own', enum_type=SourceKind, max_length=16)),
                ('source_id', fields.UUIDField(null=True)),
                ('terms_version', fields.IntField()),
                ('title', fields.CharField(max_length=80)),
                ('organisation_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('deadline', fields.DateField()),
                ('first_deadline', fields.DateField(null=True)),
                ('reached_weight', fields.SmallIntField(default=0, db_default=0)),
                ('round', fields.SmallIntField(default=0, db_default=0)),
                ('proposer_id', fields.UUIDField(null=True)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('screened_by_id', fields.UUIDField(null=True)),
                ('screened_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('screen_reason', fields.CharField(null=True, max_length=500)),
                ('noticed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('notice_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('withdraw_reason', fields.CharField(null=True, max_length=500)),
                ('committed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('overdue_since', fields.DateField(null=True)),
                ('delivered_on', fields.DateField(null=True)),
                ('delivered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('close_summary', fields.CharField(null=True, max_length=2000)),
                ('defaulted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('default_reason', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'pledges_pledge', 'app': 'pledges', 'unique_together': (('programme', 'number'),), 'pk_attr': 'id', 'table_description': 'A named service that a body promises by a day; its terms in force are repeated here.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('year', fields.SmallIntField()),
                ('half', fields.CharEnumField(description='H1: h1\nH2: h2', enum_type=Half, max_length=2)),
                ('parent_id', fields.UUIDField(null=True)),
                ('state', fields.CharEnumField(description='SCHEDULED: scheduled\nREPORTS_DUE: reports_due\nRATING: rating\nTALLIED: tallied\nVOID: void\nPUBLISHED: published\nRECTIFYING: rectifying\nRE_REVIEWED: re_reviewed\nLINKED: linked', enum_type=ReviewState, max_length=16)),
                ('frozen_rules', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('meeting_id', fields.UUIDField(null=True)),
                ('scheduled_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reports_due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('meets_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('rating_opens_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('rating_closes_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('result', fields.TextField(null=True, unique=False)),
                ('tallied_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('voided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('void_reason', fields.CharField(null=True, max_length=500)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pledges_review', 'app': 'pledges', 'pk_attr': 'id', 'table_description': 'A review of one half of a year; a second review of it names it as its parent.'},
            bases=['Model'],
        ),
    ]
