from tortoise import fields, migrations
from tortoise.migrations import operations as ops

FOUND = """
ALTER TABLE meetings_issue
    ADD CONSTRAINT meetings_issue_by_somebody CHECK ((proposer_id IS NULL) = (source_id IS NOT NULL)),
    ADD CONSTRAINT meetings_issue_source CHECK ((source_kind IS NULL) = (source_id IS NULL));
CREATE UNIQUE INDEX meetings_issue_one_of_a_source ON meetings_issue (source_kind, source_id)
    WHERE source_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    """An issue that nobody raised says what it was found from; one of each."""

    dependencies = [("meetings", "0009_postponed")]

    operations = [
        ops.AlterField(model_name="Issue", name="proposer_id", field=fields.UUIDField(null=True)),
        ops.AddField(
            model_name="Issue",
            name="source_kind",
            field=fields.CharField(null=True, max_length=32),
        ),
        ops.AddField(model_name="Issue", name="source_id", field=fields.UUIDField(null=True)),
        ops.RunSQL(FOUND, ""),
    ]
