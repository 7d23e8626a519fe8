from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.notifications.values import Channel, Choice, Locale
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Preference',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('scope', fields.CharField(max_length=60)),
                ('channel', fields.CharEnumField(description='IN_APP: in_app\nCONSOLE: console\nEMAIL: email\nWEB_PUSH: web_push\nWECHAT: wechat\nSMS: sms', enum_type=Channel, max_length=16)),
                ('choice', fields.CharEnumField(description='ON: on\nOFF: off\nDIGEST: digest', enum_type=Choice, max_length=8)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_preference', 'app': 'notifications', 'unique_together': (('person_id', 'scope', 'channel'),), 'pk_attr': 'id', 'table_description': 'What somebody wants of a kind or of a whole category on a channel.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Profile',
            fields=[
                ('person_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('locale', fields.CharEnumField(null=True, description='ZH_HANS: zh-Hans\nEN: en', enum_type=Locale, max_length=16)),
                ('quiet_from_minute', fields.SmallIntField(null=True)),
                ('quiet_until_minute', fields.SmallIntField(null=True)),
                ('wants_digests', fields.BooleanField(default=True, db_default=True)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_profile', 'app': 'notifications', 'pk_attr': 'person_id', 'table_description': 'How somebody wants to be told: language, quiet hours, digests.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Template',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=60)),
                ('channel', fields.CharEnumField(description='IN_APP: in_app\nCONSOLE: console\nEMAIL: email\nWEB_PUSH: web_push\nWECHAT: wechat\nSMS: sms', enum_type=Channel, max_length=16)),
                ('locale', fields.CharEnumField(description='ZH_HANS: zh-Hans\nEN: en', enum_type=Locale, max_length=16)),
                ('version', fields.IntField()),
                ('subject', fields.CharField(max_length=200)),
                ('body', fields.TextField(default='', db_default='', unique=False)),
                ('provider_code', fields.CharField(null=True, max_length=80)),
                ('variables', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('author_id', fields.UUIDField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_template', 'app': 'notifications', 'unique_together': (('kind', 'channel', 'locale', 'version'),), 'pk_attr': 'id', 'table_description': 'What a kind of notice says on one channel in one language; a version never changes.'},
            bases=['Model'],
        ),
    ]
