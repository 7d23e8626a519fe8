from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # What is no more on display can still be found by who looks for it.
    "ALTER TABLE disclosure_feed ADD COLUMN standing boolean NOT NULL DEFAULT true",
    """
    CREATE OR REPLACE FUNCTION disclosure_list(ids uuid[]) RETURNS void LANGUAGE sql AS $$
        DELETE FROM disclosure_feed WHERE disclosure_id = ANY (ids);
        INSERT INTO disclosure_feed (area_path, published_at, disclosure_id, exact, kind, affair, standing)
        SELECT above.path, d.first_published_at, d.id, bool_or(above.path = t.area_path), d.kind, d.affair,
               d.state NOT IN ('expired', 'archived')
        FROM disclosure_disclosure d
        JOIN disclosure_target t ON t.disclosure_id = d.id
        CROSS JOIN LATERAL unnest(membership_prefixes(t.area_path)) AS above (path)
        WHERE d.id = ANY (ids) AND d.published_number IS NOT NULL
        GROUP BY above.path, d.first_published_at, d.id, d.kind, d.affair, d.state
    $$
    """,
)


class Migration(migrations.Migration):
    """Displays that are over, and are still there to be found."""

    dependencies = [("disclosure", "0005_statements")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
