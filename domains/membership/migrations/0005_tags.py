from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.membership.values import ConsentForm, TagSensitivity, TagSubject
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('membership', '0004_residencies_by_person')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Tag',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('membership.Person', source_field='person_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('household', fields.ForeignKeyField('membership.Household', source_field='household_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind_index', fields.BinaryField()),
                ('kind_sealed', fields.BinaryField()),
                ('source_sealed', fields.BinaryField()),
                ('is_sensitive', fields.BooleanField()),
                ('needs_consent', fields.BooleanField()),
                ('since', fields.DateField()),
                ('review_on', fields.DateField()),
                ('set_by_id', fields.UUIDField(null=True)),
                ('set_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by_id', fields.UUIDField(null=True)),
                ('consented_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('consent_form', fields.CharEnumField(null=True, description='WRITTEN: written\nSPOKEN: spoken\nGUARDIAN: guardian', enum_type=ConsentForm, max_length=16)),
                ('consent_text_version', fields.SmallIntField(null=True)),
                ('consent_by_id', fields.UUIDField(null=True)),
                ('contested_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('contested_by_id', fields.UUIDField(null=True)),
                ('contest_sealed', fields.BinaryField(null=True)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by_id', fields.UUIDField(null=True)),
                ('answer_sealed', fields.BinaryField(null=True)),
            ],
            options={'table': 'membership_tag', 'app': 'membership', 'pk_attr': 'id', 'table_description': 'A kind said of a person or a household; which kind is sealed, and found by blind index.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TagKind',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('subject', fields.CharEnumField(description='PERSON: person\nHOUSEHOLD: household', enum_type=TagSubject, max_length=16)),
                ('title_zh', fields.CharField(max_length=40)),
                ('title_en', fields.CharField(max_length=80)),
                ('sensitivity', fields.CharEnumField(description='ORDINARY: ordinary\nPERSONAL: personal\nSENSITIVE: sensitive', enum_type=TagSensitivity, max_length=16)),
                ('needs_consent', fields.BooleanField()),
                ('review_months', fields.SmallIntField()),
                ('basis', fields.CharField(max_length=200)),
                ('area_path', fields.CharField(default='', db_default='', max_length=300)),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'membership_tag_kind', 'app': 'membership', 'pk_attr': 'code', 'table_description': "A kind of tag: preset for everybody, or a community's own; kinds are data."},
            bases=['Model'],
        ),
    ]
