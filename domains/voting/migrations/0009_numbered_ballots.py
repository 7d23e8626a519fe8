from tortoise import migrations
from tortoise.migrations import operations as ops

# A ballot names its poll and its voter by small numbers: the poll's own, and the place on its
# roll. In the row and its index that takes a fifth of what two UUIDs take.
NUMBERS = (
    "ALTER TABLE voting_poll ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE voting_poll ADD CONSTRAINT voting_poll_number UNIQUE (number)",
    "DROP TRIGGER voting_roll_entry_stands ON voting_roll_entry",
    "ALTER TABLE voting_roll_entry ADD COLUMN poll_number integer",
    """UPDATE voting_roll_entry r SET poll_number = p.number
       FROM voting_poll p WHERE p.id = r.poll_id""",
    """ALTER TABLE voting_roll_entry
        ALTER COLUMN poll_number SET NOT NULL,
        ADD CONSTRAINT voting_roll_entry_place UNIQUE (poll_number, number)""",
    # Whoever writes an entry names the poll by its id; the number follows from it.
    """
CREATE FUNCTION voting_roll_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    poll record;
BEGIN
    SELECT p.number, p.state INTO poll FROM voting_poll p
     WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id);
    IF poll.state NOT IN ('draft', 'under_review', 'roll_published') THEN
        RAISE EXCEPTION 'a frozen roll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.poll_number := poll.number;
    RETURN NEW;
END
$body$
""",
    """CREATE TRIGGER voting_roll_entry_stands BEFORE INSERT OR UPDATE OR DELETE
       ON voting_roll_entry FOR EACH ROW EXECUTE FUNCTION voting_roll_entry_stands()""",
)

PARTICIPATIONS = (
    "ALTER TABLE voting_participation RENAME TO voting_participation_before",
    """CREATE TABLE voting_participation (
        poll_number integer NOT NULL,
        voter_number integer NOT NULL,
        casts integer NOT NULL DEFAULT 1 CHECK (casts > 0),
        channel varchar(16) NOT NULL,
        cast_by_id uuid
    )""",
    """INSERT INTO voting_participation (poll_number, voter_number, casts, channel, cast_by_id)
       SELECT r.poll_number, r.number, t.casts, t.channel, t.cast_by_id
       FROM voting_participation_before t
       JOIN voting_roll_entry r ON r.poll_id = t.poll_id AND r.voter_id = t.voter_id
       ORDER BY r.poll_number, r.number""",
    "DROP TABLE voting_participation_before",
    """ALTER TABLE voting_participation
        ADD CONSTRAINT voting_participation_once PRIMARY KEY (poll_number, voter_number),
        ADD CONSTRAINT voting_participation_on_roll FOREIGN KEY (poll_number, voter_number)
            REFERENCES voting_roll_entry (poll_number, number) ON DELETE RESTRICT""",
)

# The columns of eight bytes come first, so that no room is lost between them. A key in use is
# found among the few ballots of its voter; it needs no index of its own.
BALLOTS = (
    "ALTER TABLE voting_ballot RENAME TO voting_ballot_before",
    """CREATE TABLE voting_ballot (
        marks bigint NOT NULL CHECK (marks >= 0),
        cast_at timestamptz NOT NULL,
        poll_number integer NOT NULL,
        voter_number integer NOT NULL,
        revision integer NOT NULL,
        idempotency_key uuid NOT NULL,
        wide bytea
    )""",
    """INSERT INTO voting_ballot
           (poll_number, voter_number, revision, marks, wide, idempotency_key, cast_at)
       SELECT r.poll_number, r.number, b.revision, b.marks, b.wide, b.idempotency_key, b.cast_at
       FROM voting_ballot_before b
       JOIN voting_roll_entry r ON r.poll_id = b.poll_id AND r.voter_id = b.voter_id
       ORDER BY r.poll_number, r.number, b.revision""",
    "DROP TABLE voting_ballot_before",
    """ALTER TABLE voting_ballot
        ADD CONSTRAINT voting_ballot_pkey PRIMARY KEY (poll_number, voter_number, revision),
        ADD CONSTRAINT voting_ballot_on_roll FOREIGN KEY (poll_number, voter_number)
            REFERENCES voting_roll_entry (poll_number, number) ON DELETE RESTRICT""",
    """CREATE TRIGGER voting_ballot_append_only BEFORE UPDATE OR DELETE ON voting_ballot
       FOR EACH STATEMENT EXECUTE FUNCTION voting_refuse_change()""",
)

# Each inner statement of a VOLATILE function has a snapshot of its own, so what is read after
# the shared lock is what closing or cancelling left behind. ON CONFLICT names no target: the
# constraint alone keeps a second participation out. Only who took part before can have a ballot,
# so a key is looked for after that, under the lock of the participation.
#
# Plans are kept for as long as a connection lives. Made while a table was empty they would read
# all of it ever after, however many ballots it holds by then; so no plan made in here may.
CASTING = (
    "DROP FUNCTION voting_cast(uuid, uuid, bigint, bytea, uuid, text, text, uuid)",
    """
CREATE FUNCTION voting_cast(
    the_poll uuid, the_voter uuid, the_marks bigint, the_wide bytea, the_key uuid,
    the_receipt text, the_channel text, the_caster uuid
) RETURNS TABLE (outcome text, revision integer)
LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    poll record;
    place integer;
    earlier record;
    turn integer := 1;
    written integer := 0;
    before_channel text;
    in_time boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(the_poll::text, 7));
    SELECT p.number, p.state, p.secrecy, p.opens_at, p.closes_at
      INTO poll FROM voting_poll p WHERE p.id = the_poll;
    SELECT r.number INTO place FROM voting_roll_entry r
     WHERE r.poll_id = the_poll AND r.voter_id = the_voter AND r.standing = 'admitted';
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'not_on_roll', 0; RETURN;
    END IF;
    IF the_channel = 'proxy' AND NOT EXISTS (
        SELECT FROM voting_proxy x
        WHERE x.poll_id = the_poll AND x.principal_id = the_voter AND x.holder_id = the_caster
          AND x.ended_at IS NULL AND x.published_at IS NOT NULL
    ) THEN
        RETURN QUERY SELECT 'no_proxy', 0; RETURN;
    END IF;
    in_time := poll.state IN ('roll_frozen', 'open')
               AND kernel_now() >= poll.opens_at AND kernel_now() < poll.closes_at;
    IF in_time THEN
        INSERT INTO voting_participation (poll_number, voter_number, channel, cast_by_id)
        VALUES (poll.number, place, the_channel, the_caster) ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
    END IF;
    IF written = 0 THEN
        IF in_time THEN
            SELECT t.channel INTO before_channel FROM voting_participation t
             WHERE t.poll_number = poll.number AND t.voter_number = place FOR UPDATE;
        END IF;
        IF poll.secrecy = 'open' THEN
            SELECT b.marks, b.wide, b.revision INTO earlier FROM voting_ballot b
             WHERE b.poll_number = poll.number AND b.voter_number = place
               AND b.idempotency_key = the_key;
            IF FOUND THEN
                RETURN QUERY
                SELECT CASE WHEN earlier.marks = the_marks
                             AND earlier.wide IS NOT DISTINCT FROM the_wide
                            THEN 'replayed' ELSE 'key_reused' END, earlier.revision;
                RETURN;
            END IF;
        END IF;
        IF NOT in_time THEN
            RETURN QUERY SELECT 'not_open', 0; RETURN;
        END IF;
        -- Of a secret ballot there is no other. By name, who voted in person stays so, and
        -- takes the place of what a proxy cast before; else the rules say whether anew.
        IF poll.secrecy = 'secret'
           OR (the_channel = 'proxy' AND before_channel <> 'proxy')
           OR before_channel = 'paper'
           OR NOT (before_channel = 'proxy' AND the_channel <> 'proxy' OR EXISTS (
                SELECT FROM voting_poll p WHERE p.id = the_poll
                   AND (p.frozen_rules #>> '{content,recast}')::boolean)) THEN
            RETURN QUERY SELECT 'already_cast', 0; RETURN;
        END IF;
        UPDATE voting_participation t
           SET casts = t.casts + 1, channel = the_channel, cast_by_id = the_caster
         WHERE t.poll_number = poll.number AND t.voter_number = place
        RETURNING t.casts INTO turn;
    END IF;
    IF poll.secrecy = 'secret' THEN
        EXECUTE format('INSERT INTO %I (marks, wide, receipt) VALUES ($1, $2, $3)',
                       'voting_staging_' || replace(the_poll::text, '-', ''))
        USING the_marks, the_wide, the_receipt;
    ELSE
        INSERT INTO voting_ballot
            (poll_number, voter_number, revision, marks, wide, idempotency_key, cast_at)
        VALUES (poll.number, place, turn, the_marks, the_wide, the_key, kernel_now());
    END IF;
    RETURN QUERY SELECT CASE WHEN turn = 1 THEN 'cast' ELSE 'recast' END, turn;
END
$body$
""",
)


class Migration(migrations.Migration):
    """Ballots and participations by small numbers, and casting whose plans stay good."""

    dependencies = [("voting", "0008_reminders")]

    operations = [
        ops.RunSQL(statement, "") for statement in (*NUMBERS, *PARTICIPATIONS, *BALLOTS, *CASTING)
    ]
