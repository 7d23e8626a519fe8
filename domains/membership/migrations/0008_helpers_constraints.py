from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # One live bond between two; what follows from it is read by whom it is for.
    """CREATE UNIQUE INDEX membership_person_helper_live
       ON membership_person_helper (person_id, helper_id) WHERE ended_at IS NULL""",
    "CREATE INDEX membership_person_helper_of ON membership_person_helper (helper_id)",
    """CREATE UNIQUE INDEX membership_departure_standing ON membership_departure (person_id)
       WHERE undone_at IS NULL""",
)

# Tortoise's CreateModel leaves CHECK constraints out on PostgreSQL, so they are said here.
CHECKS = (
    ("membership_person_helper", "membership_person_helper_two", "person_id <> helper_id"),
    ("membership_person_helper", "membership_person_helper_days", "ends_on IS NULL OR ends_on >= starts_on"),
    # Entered by somebody else, it says how the helped agreed.
    ("membership_person_helper", "membership_person_helper_consent", "consent IS NOT NULL OR entered_by_id = person_id"),
)


class Migration(migrations.Migration):
    """Who is told what another is told, once each; and who is here no more."""

    dependencies = [("membership", "0007_helpers")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS] + [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ]
