from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The ways up the tree: an area's ancestors are found by equality, on the unique index."""

    dependencies = [("membership", "0002_constraints")]

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION membership_prefixes(path text) RETURNS text[]
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT coalesce(array_agg(array_to_string(parts[1:n], '/') || '/'), '{}')
                FROM (SELECT string_to_array(rtrim(path, '/'), '/') AS parts) AS cut,
                     generate_series(1, cardinality(parts)) AS n
            $$
            """,
            "DROP FUNCTION membership_prefixes(text)",
        ),
    ]
