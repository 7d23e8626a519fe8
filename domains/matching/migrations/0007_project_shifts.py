from tortoise import migrations
from tortoise.migrations import operations as ops

# An activity is of one project at most, and stays so.
SHIFTS = (
    """CREATE TABLE matching_project_activity (
        activity_id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES matching_project (id),
        published_by_id uuid,
        published_at timestamptz NOT NULL)""",
    """CREATE INDEX matching_project_activity_of
       ON matching_project_activity (project_id, published_at)""",
)


class Migration(migrations.Migration):
    """Shifts of projects: which activities of volunteers are whose."""

    dependencies = [("matching", "0006_lists_and_shortages")]

    operations = [ops.RunSQL(each, "") for each in SHIFTS]
