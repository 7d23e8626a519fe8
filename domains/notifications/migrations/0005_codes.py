from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """How many codes were sent to prove a mailbox, and letters dead in their area."""

    dependencies = [("notifications", "0004_delivering")]

    operations = [
        ops.RunSQL(
            """ALTER TABLE notifications_address
               ADD COLUMN codes_sent smallint NOT NULL DEFAULT 0 CHECK (codes_sent >= 0)""",
            "",
        ),
        ops.RunSQL("DROP INDEX notifications_delivery_dead", ""),
        ops.RunSQL(
            """CREATE INDEX notifications_delivery_dead
               ON notifications_delivery (created_at DESC, id DESC) WHERE state = 'dead'""",
            "",
        ),
    ]
