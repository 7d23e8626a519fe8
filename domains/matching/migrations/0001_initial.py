from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.matching.values.needs import NeedOrigin, NeedRepeats, NeedState
from domains.volunteering.values.volunteers import ServiceClass
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Need',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('number', fields.BigIntField()),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('community_id', fields.UUIDField()),
                ('state', fields.CharEnumField(description='SUBMITTED: submitted\nVERIFIED: verified\nREJECTED: rejected\nCANCELLED: cancelled\nCLOSED: closed', enum_type=NeedState, max_length=16)),
                ('origin', fields.CharEnumField(description='OWN: own\nON_BEHALF: on_behalf\nFOUND_BY_STAFF: found_by_staff', enum_type=NeedOrigin, max_length=16)),
                ('person_id', fields.UUIDField()),
                ('posted_by_id', fields.UUIDField()),
                ('helper_id', fields.UUIDField(null=True)),
                ('organisation_id', fields.UUIDField(null=True)),
                ('project_id', fields.UUIDField(null=True)),
                ('service_class', fields.CharEnumField(description='ELDER_CARE: elder_care\nCHILD_CARE: child_care\nDISABILITY_AID: disability_aid\nHARDSHIP_AID: hardship_aid\nHEALTH: health\nEDUCATION: education\nCULTURE_SPORT: culture_sport\nENVIRONMENT: environment\nSAFETY_PATROL: safety_patrol\nMEDIATION: mediation\nLEGAL_AID: legal_aid\nREPAIRS: repairs\nEMERGENCY_RESCUE: emergency_rescue\nDISASTER_RELIEF: disaster_relief\nOTHER: other', enum_type=ServiceClass, max_length=24)),
                ('title', fields.CharField(max_length=80)),
                ('public_text', fields.CharField(max_length=1000)),
                ('place', fields.CharField(max_length=120)),
                ('latitude_e6', fields.IntField(null=True)),
                ('longitude_e6', fields.IntField(null=True)),
                ('details_sealed', fields.BinaryField(null=True)),
                ('exact_place_sealed', fields.BinaryField(null=True)),
                ('position_sealed', fields.BinaryField(null=True)),
                ('urgency', fields.SmallIntField()),
                ('people_wanted', fields.IntField()),
                ('least_age', fields.SmallIntField(null=True)),
                ('is_risky', fields.BooleanField(default=False, db_default=False)),
                ('risks', fields.CharField(default='', db_default='', max_length=500)),
                ('time_bank_class', fields.CharField(null=True, max_length=40)),
                ('may_be_taken', fields.BooleanField(default=False, db_default=False)),
                ('repeats', fields.CharEnumField(description='ONCE: once\nWEEKLY: weekly', enum_type=NeedRepeats, max_length=8)),
                ('repeats_until', fields.DateField(null=True)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('posted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by_id', fields.UUIDField(null=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'matching_need', 'app': 'matching', 'pk_attr': 'id', 'table_description': 'What somebody needs; details and the exact place are sealed for those matched.'},
            bases=['Model'],
        ),
    ]
