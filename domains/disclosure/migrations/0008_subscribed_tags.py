from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    "ALTER TABLE disclosure_subscription ADD COLUMN tag varchar(20) CHECK (tag <> '')",
    """
    DO $$
    DECLARE
        name text;
    BEGIN
        SELECT conname INTO name FROM pg_constraint
        WHERE conrelid = 'disclosure_subscription'::regclass AND contype = 'u';
        EXECUTE format('ALTER TABLE disclosure_subscription DROP CONSTRAINT %I', name);
    END $$
    """,
    """
    ALTER TABLE disclosure_subscription ADD CONSTRAINT disclosure_subscription_once
    UNIQUE NULLS NOT DISTINCT (person_id, area_id, kind, affair, item_code, tag)
    """,
)


class Migration(migrations.Migration):
    """Whom a tag is to reach: who subscribed to it."""

    dependencies = [("disclosure", "0007_contacts_and_reminders")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
