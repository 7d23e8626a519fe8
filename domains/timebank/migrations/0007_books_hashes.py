from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A hash of a day's entries of its own, by which everybody can follow the chain."""

    dependencies = [("timebank", "0006_shortfalls")]

    operations = [
        ops.RunSQL(
            """ALTER TABLE timebank_books ADD COLUMN entries_hash bytea
                   CHECK (octet_length(entries_hash) = 32)""",
            "",
        )
    ]
