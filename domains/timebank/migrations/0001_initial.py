from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.timebank.values import AccountKind
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='PERSON: person\nHOUSEHOLD: household\nORGANISATION: organisation\nCOMMUNITY: community\nISSUANCE: issuance\nDONATION_POOL: donation_pool\nRESERVE: reserve\nEXPIRED: expired\nADJUSTMENT: adjustment', enum_type=AccountKind, max_length=16)),
                ('owner_id', fields.UUIDField(null=True)),
                ('community_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('floor_minutes', fields.BigIntField(null=True)),
                ('ceiling_minutes', fields.BigIntField(null=True)),
                ('balance_minutes', fields.BigIntField(default=0, db_default=0)),
                ('pending_out_minutes', fields.BigIntField(default=0, db_default=0)),
                ('pending_in_minutes', fields.BigIntField(default=0, db_default=0)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'timebank_account', 'app': 'timebank', 'pk_attr': 'id', 'table_description': 'Minutes that somebody holds, or through which a scheme makes and takes them back.'},
            bases=['Model'],
        ),
    ]
