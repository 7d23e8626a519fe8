from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The way from a person to where they live and lived: every signed-in request goes it.

    The partial index over live bonds does not serve there, because an ended residency
    counts on its last day.
    """

    dependencies = [("membership", "0003_path_prefixes")]

    operations = [
        ops.RunSQL(
            "CREATE INDEX membership_residency_person ON membership_residency (person_id)",
            "DROP INDEX membership_residency_person",
        ),
    ]
