from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.voting.values import Outcome, PollMethod, PollState, Secrecy, Stance
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Poll',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('author_id', fields.UUIDField(null=True)),
                ('title', fields.CharField(max_length=120)),
                ('body', fields.TextField(default='', db_default='', unique=False)),
                ('method', fields.CharEnumField(description='MOTION: motion\nCHOICE: choice', enum_type=PollMethod, max_length=16)),
                ('secrecy', fields.CharEnumField(description='OPEN: open\nSECRET: secret', enum_type=Secrecy, max_length=16)),
                ('state', fields.CharEnumField(description='DRAFT: draft\nROLL_FROZEN: roll_frozen\nOPEN: open\nCLOSED: closed\nTALLIED: tallied\nINQUORATE: inquorate\nCANCELLED: cancelled', enum_type=PollState, max_length=16)),
                ('least_choices', fields.SmallIntField()),
                ('most_choices', fields.SmallIntField()),
                ('opens_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closes_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('rule_code', fields.CharField(max_length=60)),
                ('quorum_override', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('frozen_rules', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('roll_size', fields.IntField(null=True)),
                ('roll_fingerprint', fields.BinaryField(null=True)),
                ('outcome', fields.CharEnumField(null=True, description='PASSED: passed\nREJECTED: rejected\nCHOSEN: chosen\nUNDECIDED: undecided\nINQUORATE: inquorate', enum_type=Outcome, max_length=16)),
                ('result', fields.TextField(null=True, unique=False)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('tallied_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancel_reason', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'voting_poll', 'app': 'voting', 'pk_attr': 'id', 'table_description': 'A question that a frozen roll answers between two instants.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Option',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('poll', fields.ForeignKeyField('voting.Poll', source_field='poll_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('position', fields.SmallIntField()),
                ('label', fields.CharField(max_length=120)),
                ('description', fields.CharField(default='', db_default='', max_length=2000)),
                ('stance', fields.CharEnumField(null=True, description='FOR: for\nAGAINST: against\nABSTAIN: abstain', enum_type=Stance, max_length=16)),
            ],
            options={'table': 'voting_option', 'app': 'voting', 'unique_together': (('poll', 'position'),), 'pk_attr': 'id', 'table_description': 'One option of a poll, at its place on the paper.'},
            bases=['Model'],
        ),
    ]
