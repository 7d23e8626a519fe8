from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.voting.values import ElectorateKind, ParentRelation, PollState
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('voting', '0002_ballot_box')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Option',
            name='cost_fen',
            field=fields.BigIntField(null=True),
        ),
        ops.AlterField(
            model_name='Poll',
            name='state',
            field=fields.CharEnumField(description='DRAFT: draft\nUNDER_REVIEW: under_review\nROLL_PUBLISHED: roll_published\nROLL_FROZEN: roll_frozen\nOPEN: open\nCLOSED: closed\nTALLIED: tallied\nRUNOFF_REQUIRED: runoff_required\nCERTIFIED: certified\nPUBLICISED: publicised\nCHALLENGED: challenged\nFINAL: final\nANNULLED: annulled\nINQUORATE: inquorate\nCANCELLED: cancelled', enum_type=PollState, max_length=16),
        ),
        ops.AddField(
            model_name='Poll',
            name='annul_reason',
            field=fields.CharField(null=True, max_length=500),
        ),
        ops.AddField(
            model_name='Poll',
            name='annulled_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='budget_fen',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Poll',
            name='certified_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='electorate',
            field=fields.CharEnumField(default=ElectorateKind.PERSONS, description='PERSONS: persons\nHOUSEHOLDS: households\nOWNERS: owners\nREPRESENTATIVES: representatives\nLIST: list', db_default='persons', enum_type=ElectorateKind, max_length=16),
        ),
        ops.AddField(
            model_name='Poll',
            name='extended_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='final_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='objections_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='parent_poll_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Poll',
            name='parent_relation',
            field=fields.CharEnumField(null=True, description='RUNOFF: runoff\nREELECTION: reelection', enum_type=ParentRelation, max_length=16),
        ),
        ops.AddField(
            model_name='Poll',
            name='publicised_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='publicity_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='roll_published_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Poll',
            name='seats',
            field=fields.SmallIntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name='Poll',
            name='subject_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Poll',
            name='subject_kind',
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name='Poll',
            name='submitted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
