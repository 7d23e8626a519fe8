from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd
from domains.meetings.values.motions import MotionKind, MotionState, VoidReason, VoteCall, VoteForm, VoteState
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('meetings', '0004_issues_discussion_resolutions_guarded')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Motion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('meeting_id', fields.UUIDField()),
                ('item_id', fields.UUIDField(null=True)),
                ('kind', fields.CharEnumField(description='MAIN: main\nAMENDMENT: amendment\nREFER: refer\nPOSTPONE: postpone\nCLOSE_DEBATE: close_debate\nWITHDRAWAL: withdrawal\nRECESS: recess\nAPPEAL: appeal\nPOINT_OF_ORDER: point_of_order', enum_type=MotionKind, max_length=16)),
                ('state', fields.CharEnumField(description='PROPOSED: proposed\nSECONDED: seconded\nPENDING: pending\nDEBATING: debating\nREADY: ready\nVOTING: voting\nCARRIED: carried\nLOST: lost\nTABLED: tabled\nWITHDRAWN: withdrawn', enum_type=MotionState, max_length=16)),
                ('number', fields.IntField()),
                ('depth', fields.SmallIntField(default=0, db_default=0)),
                ('target_id', fields.UUIDField(null=True)),
                ('proposer_id', fields.UUIDField()),
                ('title', fields.CharField(max_length=120)),
                ('text', fields.TextField(unique=False)),
                ('moved_text', fields.TextField(unique=False)),
                ('base_text', fields.TextField(null=True, unique=False)),
                ('edits', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('body_id', fields.UUIDField(null=True)),
                ('postponed_to', fields.DateField(null=True)),
                ('recess_minutes', fields.SmallIntField(null=True)),
                ('ruling', fields.CharField(null=True, max_length=500)),
                ('reversed', fields.BooleanField(default=False, db_default=False)),
                ('reason', fields.CharField(null=True, max_length=200)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('stated_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_number', fields.IntField(null=True)),
            ],
            options={'table': 'meetings_motion', 'app': 'meetings', 'pk_attr': 'id', 'table_description': 'What somebody moves; `number` is its place in the log, and so in the stack.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seconding',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('motion_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'meetings_seconding', 'app': 'meetings', 'unique_together': (('motion_id', 'person_id'),), 'pk_attr': 'id', 'table_description': "That somebody stands behind a motion of somebody else's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SpeakingRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('meeting_id', fields.UUIDField()),
                ('matter_id', fields.UUIDField()),
                ('motion_id', fields.UUIDField(null=True)),
                ('item_id', fields.UUIDField(null=True)),
                ('person_id', fields.UUIDField()),
                ('group_name', fields.CharField(max_length=60)),
                ('side', fields.CharEnumField(description='FOR: for\nAGAINST: against\nQUESTION: question\nPOINT_OF_ORDER: point_of_order', enum_type=SpeakingSide, max_length=16)),
                ('number', fields.IntField()),
                ('state', fields.CharEnumField(description='WAITING: waiting\nSPEAKING: speaking\nINTERRUPTED: interrupted\nSPOKEN: spoken\nWITHDRAWN: withdrawn\nLAPSED: lapsed', enum_type=RequestState, max_length=16)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('called_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('called_by_id', fields.UUIDField(null=True)),
                ('call_number', fields.IntField(null=True)),
                ('overrule_reason', fields.CharField(null=True, max_length=200)),
                ('limit_s', fields.IntField(null=True)),
                ('banked_ms', fields.IntField(default=0, db_default=0)),
                ('running_since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ending', fields.CharEnumField(null=True, description='FINISHED: finished\nTIME_UP: time_up\nSTOPPED: stopped\nLEFT: left', enum_type=SpeechEnd, max_length=16)),
            ],
            options={'table': 'meetings_request', 'app': 'meetings', 'pk_attr': 'id', 'table_description': 'A raised hand, then a speech; `matter_id` is what it is spoken to: a motion or an item.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Vote',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('meeting_id', fields.UUIDField()),
                ('motion_id', fields.UUIDField()),
                ('poll_id', fields.UUIDField(unique=True)),
                ('form', fields.CharEnumField(description='SHOW_OF_HANDS: show_of_hands\nROLL_CALL: roll_call\nSECRET: secret\nUNANIMOUS_CONSENT: unanimous_consent', enum_type=VoteForm, max_length=20)),
                ('call', fields.CharEnumField(description='IN_FAVOUR: in_favour\nAGAINST: against\nEVERYBODY: everybody\nOBJECTIONS: objections\nCHAIR: chair', enum_type=VoteCall, max_length=16)),
                ('state', fields.CharEnumField(description='OPEN: open\nCARRIED: carried\nLOST: lost\nOBJECTED: objected\nVOID: void', enum_type=VoteState, max_length=16)),
                ('chair_id', fields.UUIDField()),
                ('chair_votes', fields.BooleanField()),
                ('present', fields.IntField()),
                ('required', fields.IntField()),
                ('entitled', fields.IntField()),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closes_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('least_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('in_favour', fields.IntField(null=True)),
                ('against', fields.IntField(null=True)),
                ('silent', fields.IntField(null=True)),
                ('void_reason', fields.CharEnumField(null=True, description='QUORUM_LOST: quorum_lost\nRULED_OUT: ruled_out', enum_type=VoidReason, max_length=16)),
            ],
            options={'table': 'meetings_vote', 'app': 'meetings', 'pk_attr': 'id', 'table_description': "A vote on a motion: the ballot box's poll holds the ballots, this row who is called."},
            bases=['Model'],
        ),
    ]
