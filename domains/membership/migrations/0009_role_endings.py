from tortoise import fields, migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    "ALTER TABLE membership_role_grant ADD CONSTRAINT membership_role_grant_end_told CHECK (end_told_days IS NULL OR end_told_days >= 0 AND ends_on IS NOT NULL)",
    """CREATE INDEX membership_role_grant_ending ON membership_role_grant (ends_on)
       WHERE ends_on IS NOT NULL AND revoked_at IS NULL""",
)


class Migration(migrations.Migration):
    """Of how many days before its end a role's holder was told last."""

    dependencies = [("membership", "0008_helpers_constraints")]

    operations = [
        ops.AddField(
            model_name="RoleGrant", name="end_told_days", field=fields.SmallIntField(null=True)
        ),
        *(ops.RunSQL(each, "") for each in STATEMENTS),
    ]
