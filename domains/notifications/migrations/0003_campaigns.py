from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.notifications.values import CampaignState, CampaignSubject
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

CHECKS = (
    ("subject", "(subject_kind = 'none') = (subject_id IS NULL)"),
    ("by_another", "approved_by_id IS NULL OR approved_by_id IS DISTINCT FROM author_id"),
    # What finds people by tags is sent with another's approval only, and after a preview.
    ("approved", "state <> 'sent' OR NOT uses_tags OR approved_by_id IS NOT NULL"),
    ("previewed", "state NOT IN ('submitted', 'sent') OR previewed_at IS NOT NULL"),
    ("sent", "state <> 'sent' OR sent_at IS NOT NULL"),
    ("sensitive", "NOT is_sensitive OR uses_tags"),
)


class Migration(migrations.Migration):
    dependencies = [('notifications', '0002_notices')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Campaign',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('area_id', fields.UUIDField()),
                ('area_path', fields.CharField(max_length=300)),
                ('subject_kind', fields.CharEnumField(description='NONE: none\nPOLL: poll\nMEETING: meeting\nACTIVITY: activity\nDISCLOSURE: disclosure\nPLEDGE: pledge', enum_type=CampaignSubject, max_length=16)),
                ('subject_id', fields.UUIDField(null=True)),
                ('title', fields.CharField(max_length=80)),
                ('body', fields.CharField(max_length=1000)),
                ('purpose', fields.CharField(max_length=200)),
                ('basis', fields.CharField(max_length=200)),
                ('audience', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('uses_tags', fields.BooleanField()),
                ('is_sensitive', fields.BooleanField()),
                ('state', fields.CharEnumField(description='DRAFT: draft\nSUBMITTED: submitted\nSENT: sent\nWITHDRAWN: withdrawn', enum_type=CampaignState, max_length=16)),
                ('author_id', fields.UUIDField(null=True)),
                ('approved_by_id', fields.UUIDField(null=True)),
                ('return_reason', fields.CharField(null=True, max_length=200)),
                ('previewed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('previewed_count', fields.IntField(null=True)),
                ('submitted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_campaign', 'app': 'notifications', 'pk_attr': 'id', 'table_description': 'What somebody in office tells those whom it is meant for; the audience is criteria.'},
            bases=['Model'],
        ),
        *(
            ops.RunSQL(
                "ALTER TABLE notifications_campaign"
                f" ADD CONSTRAINT notifications_campaign_{name} CHECK ({check})",
                "",
            )
            for name, check in CHECKS
        ),
        ops.RunSQL(
            "CREATE INDEX notifications_campaign_area"
            " ON notifications_campaign (area_path text_pattern_ops, id)",
            "",
        ),
        ops.RunSQL(
            "CREATE INDEX notifications_campaign_sent ON notifications_campaign (area_id, sent_at)"
            " WHERE sent_at IS NOT NULL",
            "",
        ),
    ]
