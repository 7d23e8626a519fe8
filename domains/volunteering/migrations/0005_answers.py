from tortoise import migrations
from tortoise.migrations import operations as ops

# Who checks another in or out says why; who does it for themselves has a code instead.
HELP = (
    "ALTER TABLE volunteering_attendance ADD COLUMN person_id uuid",
    """UPDATE volunteering_attendance t SET person_id = v.person_id
       FROM volunteering_volunteer v WHERE v.id = t.volunteer_id""",
    "ALTER TABLE volunteering_attendance ALTER COLUMN person_id SET NOT NULL",
    "ALTER TABLE volunteering_attendance ADD COLUMN in_reason varchar(200)",
    "ALTER TABLE volunteering_attendance ADD COLUMN out_reason varchar(200)",
    """ALTER TABLE volunteering_attendance ADD CONSTRAINT volunteering_attendance_helped_in CHECK (
           (in_by_id IS DISTINCT FROM person_id) = (in_reason IS NOT NULL))""",
    """ALTER TABLE volunteering_attendance ADD CONSTRAINT volunteering_attendance_helped_out CHECK (
           checked_out_at IS NOT NULL
           AND (out_by_id IS DISTINCT FROM person_id) = (out_reason IS NOT NULL)
           OR checked_out_at IS NULL AND out_reason IS NULL)""",
)

# How many objections are open stands on the honour itself, so that who grants it and who
# objects to it wait for one row.
OBJECTIONS = (
    """ALTER TABLE volunteering_honour ADD COLUMN open_objections integer NOT NULL DEFAULT 0
           CHECK (open_objections >= 0)""",
    """ALTER TABLE volunteering_honour ADD CONSTRAINT volunteering_honour_unopposed CHECK (
           state <> 'granted' OR open_objections = 0)""",
    """CREATE TABLE volunteering_honour_objection (
        id uuid PRIMARY KEY,
        honour_id uuid NOT NULL REFERENCES volunteering_honour (id),
        person_id uuid NOT NULL,
        by_id uuid NOT NULL CHECK (by_id <> person_id),
        reason varchar(500) NOT NULL,
        filed_at timestamptz NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
        answer varchar(500),
        answered_by_id uuid CHECK (answered_by_id <> by_id AND answered_by_id <> person_id),
        answered_at timestamptz,
        CHECK ((state = 'open') = (answered_at IS NULL)),
        CHECK ((answered_at IS NULL) = (answer IS NULL)))""",
    """CREATE UNIQUE INDEX volunteering_honour_objection_once
       ON volunteering_honour_objection (honour_id, by_id)""",
)

# What was sent stays told, content by content, so that an answer to an earlier one is known.
EXCHANGE = (
    """CREATE TABLE volunteering_exchange_sent (
        key varchar(80) NOT NULL REFERENCES volunteering_exchanged (key),
        content_sha256 bytea NOT NULL CHECK (octet_length(content_sha256) = 32),
        version integer NOT NULL,
        revoked boolean NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (key, content_sha256))""",
    """INSERT INTO volunteering_exchange_sent
       SELECT key, content_sha256, version, revoked, last_sent_at FROM volunteering_exchanged""",
    """ALTER TABLE volunteering_exchanged
           ADD COLUMN answer varchar(16) CHECK (answer IN ('accepted', 'refused')),
           ADD COLUMN answered_sha256 bytea CHECK (octet_length(answered_sha256) = 32),
           ADD COLUMN answer_reason varchar(300),
           ADD COLUMN answered_at timestamptz""",
    """ALTER TABLE volunteering_exchanged ADD CONSTRAINT volunteering_exchanged_answered CHECK (
           (answer IS NULL) = (answered_at IS NULL)
           AND (answer IS NULL) = (answered_sha256 IS NULL)
           AND (answer = 'refused' OR answer_reason IS NULL))""",
    "CREATE INDEX volunteering_exchanged_record ON volunteering_exchanged (record_id)",
)

STATIONS = (
    "ALTER TABLE volunteering_station_have ADD COLUMN confirmed_by_id uuid",
    "ALTER TABLE volunteering_station_have ADD COLUMN confirmed_at timestamptz",
)


class Migration(migrations.Migration):
    """Answers: to who has no phone, to objections, from the other end of an exchange."""

    dependencies = [("volunteering", "0004_orders")]

    operations = [
        ops.RunSQL(each, "") for each in (*HELP, *OBJECTIONS, *EXCHANGE, *STATIONS)
    ]
