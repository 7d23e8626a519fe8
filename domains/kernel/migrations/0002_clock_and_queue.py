from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The clock that deadlines are judged by, and the relay's way to what waits."""

    dependencies = [("kernel", "0001_initial")]

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION kernel_now() RETURNS timestamptz
            LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT clock_timestamp()'
            """,
            "DROP FUNCTION kernel_now()",
        ),
        ops.RunSQL(
            """
            CREATE INDEX kernel_outbox_waiting ON kernel_outbox (next_attempt_at NULLS FIRST, id)
            WHERE delivered_at IS NULL AND parked_at IS NULL
            """,
            "DROP INDEX kernel_outbox_waiting",
        ),
    ]
