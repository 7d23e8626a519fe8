from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # Who read what is known for a day, as a keyed hash under that day's own salt; then the salt
    # and the hashes are gone and a count is left. No time of reading is kept.
    """
    CREATE TABLE disclosure_reading_salt (
        day date PRIMARY KEY,
        salt bytea NOT NULL CHECK (octet_length(salt) = 32)
    )
    """,
    """
    CREATE TABLE disclosure_reader (
        day date NOT NULL REFERENCES disclosure_reading_salt (day) ON DELETE CASCADE,
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        reader bytea NOT NULL CHECK (octet_length(reader) = 32),
        PRIMARY KEY (disclosure_id, day, reader)
    )
    """,
    "CREATE INDEX disclosure_reader_of_day ON disclosure_reader (day)",
    """
    CREATE TABLE disclosure_read_count (
        disclosure_id uuid PRIMARY KEY REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        readings bigint NOT NULL CHECK (readings >= 0)
    )
    """,
    """
    CREATE TABLE disclosure_subscription (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        kind varchar(16) CHECK (kind IN ('notice', 'activity', 'announcement', 'policy', 'news', 'structured')),
        affair varchar(16) CHECK (affair IN ('party', 'residents', 'finance')),
        item_code varchar(40),
        subscribed_at timestamptz NOT NULL,
        UNIQUE NULLS NOT DISTINCT (person_id, area_id, kind, affair, item_code)
    )
    """,
    "CREATE INDEX disclosure_subscription_place ON disclosure_subscription (area_path)",
)


class Migration(migrations.Migration):
    """Readers who are counted and forgotten, and who wants to hear of what."""

    dependencies = [("disclosure", "0003_log")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
