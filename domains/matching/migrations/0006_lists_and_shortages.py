from tortoise import migrations
from tortoise.migrations import operations as ops

COMING = "state IN ('submitted', 'verified', 'open', 'offered', 'accepted')"

LISTS = (
    """CREATE INDEX matching_need_listed
       ON matching_need (community_id, state, posted_at DESC, id DESC)""",
    "CREATE INDEX matching_need_newest ON matching_need (state, posted_at DESC, id DESC)",
    f"""CREATE INDEX matching_order_coming
       ON matching_order (community_id, starts_at, need_id) WHERE {COMING}""",
    f"""CREATE INDEX matching_order_coming_anywhere
       ON matching_order (starts_at, need_id) WHERE {COMING}""",
    f"""CREATE INDEX matching_order_coming_of
       ON matching_order (need_id, starts_at, id) WHERE {COMING}""",
    "CREATE INDEX matching_order_community ON matching_order (community_id, starts_at)",
    "CREATE INDEX matching_run_unmet_of ON matching_run_unmet (order_id, run_id DESC)",
)
SHORTAGES = (
    # What stayed unmet so often in so many weeks, and what was raised of it.
    """CREATE TABLE matching_shortage (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        service_class varchar(24) NOT NULL,
        weeks daterange NOT NULL CHECK (NOT isempty(weeks)),
        times integer NOT NULL CHECK (times >= 1),
        places integer NOT NULL CHECK (places >= 1),
        reasons text[] NOT NULL DEFAULT '{}',
        found_at timestamptz NOT NULL,
        -- Once a class, community and period: no week counts for two.
        CONSTRAINT matching_shortage_once EXCLUDE USING gist (
            int8range(hashtextextended(community_id::text || service_class, 0) >> 1,
                      hashtextextended(community_id::text || service_class, 0) >> 1, '[]')
                WITH &&,
            weeks WITH &&))""",
    """CREATE INDEX matching_shortage_area
       ON matching_shortage (area_path text_pattern_ops, id DESC)""",
    """CREATE TRIGGER matching_shortage_append_only BEFORE UPDATE OR DELETE ON matching_shortage
       FOR EACH ROW EXECUTE FUNCTION matching_append_only()""",
)


class Migration(migrations.Migration):
    """Lists that stop at their page, and what stays unmet."""

    dependencies = [("matching", "0005_runs")]

    operations = [ops.RunSQL(statement, "") for statement in (*LISTS, *SHORTAGES)]
