from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.membership.values import ConsentForm, DepartureKind, HelperKind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('membership', '0006_tag_constraints')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Departure',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('membership.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='DECEASED: deceased\nCLOSED: closed', enum_type=DepartureKind, max_length=16)),
                ('since', fields.DateField()),
                ('note', fields.CharField(default='', db_default='', max_length=200)),
                ('recorded_by_id', fields.UUIDField(null=True)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_by_id', fields.UUIDField(null=True)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'membership_departure', 'app': 'membership', 'pk_attr': 'id', 'table_description': 'That somebody is here no more: dead, or gone from the platform; undone where wrong.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PersonHelper',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('membership.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('helper', fields.ForeignKeyField('membership.Person', source_field='helper_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='GUARDIAN: guardian\nHELPER: helper', enum_type=HelperKind, max_length=16)),
                ('consent', fields.CharEnumField(null=True, description='WRITTEN: written\nSPOKEN: spoken\nGUARDIAN: guardian', enum_type=ConsentForm, max_length=16)),
                ('note', fields.CharField(default='', db_default='', max_length=200)),
                ('starts_on', fields.DateField()),
                ('ends_on', fields.DateField(null=True)),
                ('entered_by_id', fields.UUIDField(null=True)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_by_id', fields.UUIDField(null=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'membership_person_helper', 'app': 'membership', 'pk_attr': 'id', 'table_description': "Somebody who is told what another is told: a minor's guardian, an elder's helper."},
            bases=['Model'],
        ),
    ]
