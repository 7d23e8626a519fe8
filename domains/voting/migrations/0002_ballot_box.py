from tortoise import migrations
from tortoise.migrations import operations as ops

CHECKS = (
    ("voting_poll", "voting_poll_window", "opens_at < closes_at"),
    (
        "voting_poll",
        "voting_poll_choices",
        "least_choices BETWEEN 0 AND most_choices AND most_choices BETWEEN 1 AND 15",
    ),
    (
        "voting_poll",
        "voting_poll_published",
        "state IN ('draft', 'cancelled') OR (frozen_rules IS NOT NULL AND roll_size > 0"
        " AND roll_fingerprint IS NOT NULL AND published_at IS NOT NULL)",
    ),
    (
        "voting_poll",
        "voting_poll_closed",
        "(state IN ('closed', 'tallied', 'inquorate')) = (closed_at IS NOT NULL)"
        " AND (closed_at IS NULL OR closed_at >= closes_at)",
    ),
    (
        "voting_poll",
        "voting_poll_counted",
        "(state IN ('tallied', 'inquorate')) = (tallied_at IS NOT NULL)"
        " AND (tallied_at IS NULL) = (result IS NULL) AND (result IS NULL) = (outcome IS NULL)"
        " AND (outcome IS NULL OR (outcome = 'inquorate') = (state = 'inquorate'))",
    ),
    (
        "voting_poll",
        "voting_poll_cancelled",
        "(state = 'cancelled') = (cancelled_at IS NOT NULL)"
        " AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
    ),
    ("voting_option", "voting_option_position", "position BETWEEN 1 AND 15"),
)

TABLES = (
    # Ways into the list, and to what is due.
    "CREATE INDEX voting_poll_listed ON voting_poll (opens_at DESC, id DESC)",
    "CREATE INDEX voting_poll_area ON voting_poll (area_path text_pattern_ops)",
    "CREATE INDEX voting_poll_opening ON voting_poll (opens_at) WHERE state = 'roll_frozen'",
    """CREATE INDEX voting_poll_closing ON voting_poll (closes_at)
       WHERE state IN ('roll_frozen', 'open')""",
    "CREATE INDEX voting_poll_counting ON voting_poll (closed_at) WHERE state = 'closed'",
    # The frozen roll. Its reference to the poll is checked when it is built, never by a ballot:
    # ballots refer to their own roll entry, so that no poll's row is hot.
    """CREATE TABLE voting_roll_entry (
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        voter_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        name varchar(60) NOT NULL,
        household_id uuid,
        PRIMARY KEY (poll_id, voter_id),
        CONSTRAINT voting_roll_entry_number UNIQUE (poll_id, number)
    )""",
    "CREATE INDEX voting_roll_entry_voter ON voting_roll_entry (voter_id)",
    # One participation a voter and poll, over all channels. It holds no instant: beside a
    # secret ballot that would be a trace.
    """CREATE TABLE voting_participation (
        poll_id uuid NOT NULL,
        voter_id uuid NOT NULL,
        casts integer NOT NULL DEFAULT 1 CHECK (casts > 0),
        channel varchar(16) NOT NULL,
        CONSTRAINT voting_participation_once PRIMARY KEY (poll_id, voter_id),
        CONSTRAINT voting_participation_on_roll FOREIGN KEY (poll_id, voter_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE RESTRICT
    )""",
    # Named ballots of OPEN polls: the revision that equals the participation's casts counts.
    """CREATE TABLE voting_ballot (
        poll_id uuid NOT NULL,
        voter_id uuid NOT NULL,
        revision integer NOT NULL,
        marks bigint NOT NULL CHECK (marks >= 0),
        idempotency_key uuid NOT NULL,
        cast_at timestamptz NOT NULL,
        PRIMARY KEY (poll_id, voter_id, revision),
        CONSTRAINT voting_ballot_key UNIQUE (poll_id, voter_id, idempotency_key),
        CONSTRAINT voting_ballot_on_roll FOREIGN KEY (poll_id, voter_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE RESTRICT
    )""",
    # Detached ballots of SECRET polls, written at close in one shuffled statement.
    """CREATE TABLE voting_sealed_ballot (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        marks bigint NOT NULL CHECK (marks >= 0)
    )""",
    "CREATE INDEX voting_sealed_ballot_poll ON voting_sealed_ballot (poll_id, marks)",
    # Receipts prove that a ballot is among the sealed ones, never what it says: kept apart
    # from the ballots, and shuffled by themselves.
    """CREATE TABLE voting_receipt (
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        code varchar(64) NOT NULL,
        PRIMARY KEY (poll_id, code)
    )""",
)

# One statement casts. Each inner statement of a VOLATILE function has a snapshot of its
# own, so what is read after the shared lock is what closing or cancelling left behind; a
# single statement with a lock in it would still see the poll as it was before it waited.
# ON CONFLICT names no target: the constraint alone keeps a second participation out.
CAST = """
CREATE FUNCTION voting_cast(
    the_poll uuid, the_voter uuid, the_marks bigint, the_key uuid, the_receipt text,
    the_channel text
) RETURNS TABLE (outcome text, revision integer)
LANGUAGE plpgsql AS $body$
DECLARE
    poll record;
    earlier bigint;
    turn integer := 1;
    written integer;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(the_poll::text, 7));
    SELECT p.state, p.secrecy, p.opens_at, p.closes_at,
           COALESCE((p.frozen_rules #>> '{content,recast}')::boolean, false) AS recast
      INTO poll FROM voting_poll p WHERE p.id = the_poll;
    IF NOT EXISTS (
        SELECT FROM voting_roll_entry r WHERE r.poll_id = the_poll AND r.voter_id = the_voter
    ) THEN
        RETURN QUERY SELECT 'not_on_roll', 0; RETURN;
    END IF;
    IF poll.secrecy = 'open' THEN
        SELECT b.marks, b.revision INTO earlier, turn FROM voting_ballot b
         WHERE b.poll_id = the_poll AND b.voter_id = the_voter AND b.idempotency_key = the_key;
        IF FOUND THEN
            RETURN QUERY
            SELECT CASE WHEN earlier = the_marks THEN 'replayed' ELSE 'key_reused' END, turn;
            RETURN;
        END IF;
        turn := 1;
    END IF;
    IF poll.state NOT IN ('roll_frozen', 'open')
       OR kernel_now() < poll.opens_at OR kernel_now() >= poll.closes_at THEN
        RETURN QUERY SELECT 'not_open', 0; RETURN;
    END IF;
    INSERT INTO voting_participation (poll_id, voter_id, channel)
    VALUES (the_poll, the_voter, the_channel) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        IF poll.secrecy = 'secret' OR NOT poll.recast THEN
            RETURN QUERY SELECT 'already_cast', 0; RETURN;
        END IF;
        UPDATE voting_participation t SET casts = t.casts + 1
         WHERE t.poll_id = the_poll AND t.voter_id = the_voter RETURNING t.casts INTO turn;
    END IF;
    IF poll.secrecy = 'secret' THEN
        EXECUTE format('INSERT INTO %I (marks, receipt) VALUES ($1, $2)',
                       'voting_staging_' || replace(the_poll::text, '-', ''))
        USING the_marks, the_receipt;
    ELSE
        INSERT INTO voting_ballot (poll_id, voter_id, revision, marks, idempotency_key, cast_at)
        VALUES (the_poll, the_voter, turn, the_marks, the_key, kernel_now());
    END IF;
    RETURN QUERY SELECT CASE WHEN turn = 1 THEN 'cast' ELSE 'recast' END, turn;
END
$body$
"""

# What was published stands: the frozen roll, named and sealed ballots and receipts.
FROZEN = """
CREATE FUNCTION voting_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$body$
"""
GUARDED = ("voting_roll_entry", "voting_ballot", "voting_sealed_ballot", "voting_receipt")

# A published question cannot be put differently: only the state and what follows it move.
STANDING = """
CREATE FUNCTION voting_poll_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state <> 'draft' AND (
        OLD.title, OLD.body, OLD.area_id, OLD.area_path, OLD.method, OLD.secrecy,
        OLD.least_choices, OLD.most_choices, OLD.opens_at, OLD.closes_at, OLD.frozen_rules,
        OLD.roll_size, OLD.roll_fingerprint, OLD.author_id
    ) IS DISTINCT FROM (
        NEW.title, NEW.body, NEW.area_id, NEW.area_path, NEW.method, NEW.secrecy,
        NEW.least_choices, NEW.most_choices, NEW.opens_at, NEW.closes_at, NEW.frozen_rules,
        NEW.roll_size, NEW.roll_fingerprint, NEW.author_id
    ) THEN
        RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('tallied', 'inquorate', 'cancelled') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a decided poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$body$
"""

# Options belong to the question: they change only while it is a draft.
OPTIONS_STAND = """
CREATE FUNCTION voting_option_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT FROM voting_poll p
        WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id) AND p.state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$
"""


class Migration(migrations.Migration):
    """The ballot box: constraints, hot tables, the one statement that casts."""

    dependencies = [("voting", "0001_initial")]

    operations = [
        *(
            ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
            for table, name, check in CHECKS
        ),
        *(ops.RunSQL(statement, "") for statement in TABLES),
        ops.RunSQL(CAST, ""),
        ops.RunSQL(FROZEN, ""),
        *(
            ops.RunSQL(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION voting_refuse_change()",
                "",
            )
            for table in GUARDED
        ),
        ops.RunSQL(STANDING, ""),
        ops.RunSQL(OPTIONS_STAND, ""),
        ops.RunSQL(
            "CREATE TRIGGER voting_option_stands BEFORE INSERT OR UPDATE OR DELETE"
            " ON voting_option FOR EACH ROW EXECUTE FUNCTION voting_option_stands()",
            "",
        ),
        ops.RunSQL(
            "CREATE TRIGGER voting_poll_stands BEFORE UPDATE ON voting_poll"
            " FOR EACH ROW EXECUTE FUNCTION voting_poll_stands()",
            "",
        ),
    ]
