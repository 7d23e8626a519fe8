from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # How a body is reached is nobody's personal data: its notices may say it.
    "ALTER TABLE disclosure_publisher ADD COLUMN contacts text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE disclosure_publisher ADD CONSTRAINT disclosure_publisher_contacts CHECK (cardinality(contacts) <= 10)",
    "ALTER TABLE disclosure_obligation ADD COLUMN reminded_at timestamptz",
    "CREATE INDEX disclosure_obligation_unreminded ON disclosure_obligation (due_at) WHERE state = 'pending' AND reminded_at IS NULL",
    "CREATE INDEX disclosure_obligation_uncertain ON disclosure_obligation (due_at) WHERE state = 'pending' AND NOT due_certain",
)


class Migration(migrations.Migration):
    """How bodies are reached, and duties that are told of before they are late."""

    dependencies = [("disclosure", "0006_archive")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
