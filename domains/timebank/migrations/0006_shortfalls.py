from tortoise import migrations
from tortoise.migrations import operations as ops

from domains.timebank.values import MOST_MINUTES

SHORTFALLS = (
    # What a record had earned that no longer stands, and that was spent before: told to staff,
    # and settled with the holder or waived, by two of them.
    f"""CREATE TABLE timebank_shortfall (
        id uuid PRIMARY KEY,
        record_id uuid NOT NULL UNIQUE,
        person_id uuid NOT NULL,
        account_id uuid NOT NULL REFERENCES timebank_account (id) ON DELETE RESTRICT,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        owed_minutes bigint NOT NULL CHECK (owed_minutes BETWEEN 1 AND {MOST_MINUTES}),
        reason varchar(200) NOT NULL,
        found_at timestamptz NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('open', 'settled', 'waived')),
        taken_minutes bigint NOT NULL DEFAULT 0
            CHECK (taken_minutes BETWEEN 0 AND owed_minutes),
        closed_at timestamptz,
        CONSTRAINT timebank_shortfall_closed CHECK ((state = 'open') = (closed_at IS NULL)),
        CONSTRAINT timebank_shortfall_taken CHECK ((state = 'settled') = (taken_minutes > 0))
    )""",
    """CREATE INDEX timebank_shortfall_listed ON timebank_shortfall
       (area_path varchar_pattern_ops, id)""",
    "CREATE INDEX timebank_shortfall_account ON timebank_shortfall (account_id)",
    "ALTER TABLE timebank_order ADD COLUMN shortfall_id uuid REFERENCES timebank_shortfall (id)",
    """CREATE UNIQUE INDEX timebank_order_shortfall ON timebank_order (shortfall_id)
       WHERE state <> 'declined'""",
    "ALTER TABLE timebank_order DROP CONSTRAINT timebank_order_says",
    """ALTER TABLE timebank_order ADD CONSTRAINT timebank_order_says CHECK (
        (shortfall_id IS NOT NULL) = (kind IN ('settlement', 'waiver'))
        AND CASE kind
            WHEN 'reversal' THEN reverses_id IS NOT NULL AND minutes IS NULL
            WHEN 'adjustment' THEN account_id IS NOT NULL AND minutes IS NOT NULL
            WHEN 'grant' THEN account_id IS NOT NULL AND minutes > 0
            WHEN 'endowment' THEN account_id IS NULL AND minutes IS NOT NULL
            WHEN 'succession' THEN account_id IS NOT NULL AND minutes IS NULL
            WHEN 'moving_away' THEN account_id IS NOT NULL AND minutes IS NULL
            WHEN 'settlement' THEN account_id IS NOT NULL AND minutes > 0
            WHEN 'waiver' THEN account_id IS NOT NULL AND minutes IS NULL
            ELSE false END)""",
    "ALTER TABLE timebank_figures ADD COLUMN owed_minutes bigint NOT NULL DEFAULT 0",
    "ALTER TABLE timebank_figures ADD COLUMN waived_minutes bigint NOT NULL DEFAULT 0",
)


class Migration(migrations.Migration):
    """What could not be taken back, and how it is settled."""

    dependencies = [("timebank", "0005_honouring")]

    operations = [ops.RunSQL(each, "") for each in SHORTFALLS]
