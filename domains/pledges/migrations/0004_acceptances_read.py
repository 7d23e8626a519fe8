from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What residents say of a delivery is read in pages, and a page tells nobody's id."""

    dependencies = [("pledges", "0003_reviews_held")]

    operations = [
        ops.RunSQL(
            "ALTER TABLE pledges_acceptance ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid()"
            " CONSTRAINT pledges_acceptance_id UNIQUE",
            "",
        ),
        ops.RunSQL(
            "CREATE INDEX pledges_acceptance_read ON pledges_acceptance (pledge_id, at, id)", ""
        ),
    ]
