from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # How often somebody looked through tags on a day: rough figures are rough only so often.
    """CREATE TABLE notifications_look (
        person_id uuid NOT NULL,
        day date NOT NULL,
        count integer NOT NULL CHECK (count > 0),
        PRIMARY KEY (person_id, day)
    )""",
    # What is old lies together: found without an index that every notice would have to pay for.
    "CREATE INDEX notifications_notice_old ON notifications_notice USING brin (created_at)",
)


class Migration(migrations.Migration):
    """How often people looked through tags, and how old notices are found."""

    dependencies = [("notifications", "0005_codes")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS]
