from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A matter that was postponed keeps the day to which it was."""

    dependencies = [("meetings", "0008_minutes")]

    operations = [
        ops.AddField(model_name="AgendaItem", name="not_before", field=fields.DateField(null=True)),
    ]
