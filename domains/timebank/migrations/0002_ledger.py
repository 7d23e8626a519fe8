from tortoise import migrations
from tortoise.migrations import operations as ops

from domains.timebank.values import MOST_MINUTES

_HELD = "kind IN ('person', 'household', 'organisation', 'community')"

ACCOUNTS = (
    # The scheme's own accounts keep no balance: nobody waits for a row that everybody writes to.
    # What they come to is summed from their entries, from the last complete hour on.
    f"""ALTER TABLE timebank_account
        ADD CONSTRAINT timebank_account_owner CHECK (
            ({_HELD}) = (owner_id IS NOT NULL) AND ({_HELD}) = (floor_minutes IS NOT NULL)),
        ADD CONSTRAINT timebank_account_system CHECK (({_HELD}) OR (
            balance_minutes = 0 AND pending_out_minutes = 0 AND pending_in_minutes = 0
            AND ceiling_minutes IS NULL AND closed_at IS NULL)),
        ADD CONSTRAINT timebank_account_pending CHECK (
            pending_out_minutes >= 0 AND pending_in_minutes >= 0),
        ADD CONSTRAINT timebank_account_floor CHECK (
            balance_minutes - pending_out_minutes >= floor_minutes),
        ADD CONSTRAINT timebank_account_ceiling CHECK (
            balance_minutes + pending_in_minutes <= ceiling_minutes),
        ADD CONSTRAINT timebank_account_closed CHECK (closed_at IS NULL OR (
            balance_minutes = 0 AND pending_out_minutes = 0 AND pending_in_minutes = 0))""",
    """CREATE UNIQUE INDEX timebank_account_one ON timebank_account (community_id, kind, owner_id)
       NULLS NOT DISTINCT WHERE closed_at IS NULL""",
    """CREATE INDEX timebank_account_owner_key ON timebank_account (owner_id)
       WHERE owner_id IS NOT NULL""",
)

# No foreign keys among these: a key's check locks the row that it refers to, and every transfer
# that a scheme makes refers to the same few accounts. What the keys would hold, the deferred
# triggers below hold; and nothing that could be referred to is ever removed.
LEDGER = (
    f"""CREATE TABLE timebank_transfer (
        id uuid PRIMARY KEY,
        kind varchar(16) NOT NULL,
        from_id uuid NOT NULL,
        to_id uuid NOT NULL,
        minutes bigint NOT NULL CHECK (minutes BETWEEN 1 AND {MOST_MINUTES}),
        pending boolean NOT NULL,
        made_at timestamptz NOT NULL,
        expires_at timestamptz,
        actor_id uuid NOT NULL,
        key uuid NOT NULL,
        input_hash bytea NOT NULL CHECK (octet_length(input_hash) = 32),
        reference_kind varchar(32) NOT NULL,
        reference_id uuid NOT NULL,
        reverses_id uuid,
        memo varchar(200) NOT NULL DEFAULT '',
        CONSTRAINT timebank_transfer_to_another CHECK (from_id <> to_id),
        CONSTRAINT timebank_transfer_key UNIQUE (actor_id, key),
        CONSTRAINT timebank_transfer_reversed_once UNIQUE (reverses_id),
        CONSTRAINT timebank_transfer_reversal CHECK (
            (kind = 'reversal') = (reverses_id IS NOT NULL)),
        CONSTRAINT timebank_transfer_expiry CHECK (pending OR expires_at IS NULL)
    )""",
    """CREATE INDEX timebank_transfer_expiring ON timebank_transfer (expires_at)
       WHERE expires_at IS NOT NULL""",
    """CREATE INDEX timebank_transfer_reference
       ON timebank_transfer (reference_id, reference_kind)""",
    """CREATE TABLE timebank_resolution (
        transfer_id uuid PRIMARY KEY,
        outcome varchar(16) NOT NULL CHECK (outcome IN ('posted', 'voided', 'expired')),
        minutes bigint NOT NULL,
        actor_id uuid NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT timebank_resolution_minutes CHECK (
            CASE outcome WHEN 'posted' THEN minutes > 0 ELSE minutes = 0 END)
    )""",
    # A balance stands beside each entry of an account that is held, so that a statement reads
    # its page and no more.
    """CREATE TABLE timebank_entry (
        number bigint GENERATED ALWAYS AS IDENTITY,
        account_id uuid NOT NULL,
        transfer_id uuid NOT NULL,
        minutes bigint NOT NULL CHECK (minutes <> 0),
        balance_after bigint,
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, number),
        CONSTRAINT timebank_entry_leg UNIQUE (transfer_id, account_id)
    )""",
    """CREATE INDEX timebank_entry_of_system ON timebank_entry (account_id, at)
       WHERE balance_after IS NULL""",
    """CREATE TABLE timebank_system_sum (
        account_id uuid NOT NULL REFERENCES timebank_account (id) ON DELETE RESTRICT,
        until timestamptz NOT NULL,
        minutes bigint NOT NULL,
        PRIMARY KEY (account_id, until)
    )""",
    """CREATE TABLE timebank_books (
        community_id uuid NOT NULL,
        day date NOT NULL,
        entry_count bigint NOT NULL CHECK (entry_count >= 0),
        minutes_issued bigint NOT NULL,
        previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
        hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        closed_at timestamptz NOT NULL,
        PRIMARY KEY (community_id, day)
    )""",
    """CREATE INDEX timebank_entry_by_time ON timebank_entry USING brin (at)""",
)

KEPT = ("timebank_transfer", "timebank_resolution", "timebank_entry", "timebank_books")

GUARDS = (
    """
CREATE FUNCTION timebank_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'what is in the ledger stands: it is reversed, never changed'
        USING ERRCODE = 'restrict_violation';
END
$body$
""",
    *(
        f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION timebank_refuse_change()"""
        for table in KEPT
    ),
    """CREATE TRIGGER timebank_account_stays BEFORE DELETE OR TRUNCATE ON timebank_account
       FOR EACH STATEMENT EXECUTE FUNCTION timebank_refuse_change()""",
    *(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER"
        for table in KEPT
    ),
    # At the end of the transaction, whatever wrote the legs: they sum to zero, they are what the
    # transfer says, and their accounts exist.
    """
CREATE FUNCTION timebank_require_zero() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    legs record;
BEGIN
    SELECT count(*) AS number, sum(e.minutes) AS total, count(a.id) AS accounts,
           bool_and(e.account_id = CASE WHEN e.minutes < 0 THEN t.from_id ELSE t.to_id END) AS said,
           max(abs(e.minutes)) <= max(t.minutes) AS within
      INTO legs
      FROM timebank_entry e
      JOIN timebank_transfer t ON t.id = e.transfer_id
      LEFT JOIN timebank_account a ON a.id = e.account_id
     WHERE e.transfer_id = NEW.transfer_id;
    IF legs.number <> 2 OR legs.total <> 0 OR legs.accounts <> 2
       OR NOT legs.said OR NOT legs.within THEN
        RAISE EXCEPTION 'the legs of transfer % do not make a whole', NEW.transfer_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'timebank_entry_zero_sum';
    END IF;
    RETURN NULL;
END
$body$
""",
    """CREATE CONSTRAINT TRIGGER timebank_entry_zero_sum AFTER INSERT ON timebank_entry
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION timebank_require_zero()""",
    """
CREATE FUNCTION timebank_require_pending() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM timebank_transfer t
                   WHERE t.id = NEW.transfer_id AND t.pending AND t.minutes >= NEW.minutes) THEN
        RAISE EXCEPTION 'no transfer % waits for as much', NEW.transfer_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'timebank_resolution_of_pending';
    END IF;
    RETURN NULL;
END
$body$
""",
    """CREATE CONSTRAINT TRIGGER timebank_resolution_of_pending AFTER INSERT ON timebank_resolution
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION timebank_require_pending()""",
)

# Accounts are locked in the order of their ids, those of a whole batch before the first is
# touched, so that two batches never wait for one another. The scheme's own accounts are read and
# never locked nor written.
MOVING = (
    """
CREATE FUNCTION timebank_leg(
    the_transfer uuid, the_account uuid, the_minutes bigint, the_instant timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE
    after bigint;
BEGIN
    UPDATE timebank_account a SET balance_minutes = a.balance_minutes + the_minutes
     WHERE a.id = the_account AND a.floor_minutes IS NOT NULL
    RETURNING a.balance_minutes INTO after;
    INSERT INTO timebank_entry (account_id, transfer_id, minutes, balance_after, at)
    VALUES (the_account, the_transfer, the_minutes, after, the_instant);
    RETURN after;
END
$body$
""",
    """
CREATE FUNCTION timebank_move(
    the_id uuid, the_kind text, the_from uuid, the_to uuid, the_minutes bigint,
    the_pending boolean, the_expiry timestamptz, the_actor uuid, the_key uuid, the_hash bytea,
    the_reference_kind text, the_reference uuid, the_memo text, the_crossing boolean
) RETURNS TABLE (outcome text, transfer_id uuid, balance bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    source timebank_account;
    target timebank_account;
    earlier record;
    taken integer;
    after bigint;
    instant timestamptz := kernel_now();
BEGIN
    SELECT t.id, t.input_hash INTO earlier FROM timebank_transfer t
     WHERE t.actor_id = the_actor AND t.key = the_key;
    IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN earlier.input_hash = the_hash
                                 THEN 'replayed' ELSE 'key_reused' END, earlier.id, NULL::bigint;
        RETURN;
    END IF;
    SELECT * INTO source FROM timebank_account a WHERE a.id = the_from;
    SELECT * INTO target FROM timebank_account a WHERE a.id = the_to;
    outcome := CASE
        WHEN source.id IS NULL OR target.id IS NULL THEN 'no_account'
        WHEN source.closed_at IS NOT NULL OR target.closed_at IS NOT NULL THEN 'account_closed'
        WHEN source.community_id <> target.community_id AND NOT the_crossing
            THEN 'other_community'
        WHEN source.balance_minutes - source.pending_out_minutes - the_minutes
             < source.floor_minutes THEN 'floor'
        WHEN target.balance_minutes + target.pending_in_minutes + the_minutes
             > target.ceiling_minutes THEN 'ceiling'
        END;
    IF outcome IS NOT NULL THEN
        RETURN QUERY SELECT outcome, NULL::uuid,
                            source.balance_minutes - source.pending_out_minutes;
        RETURN;
    END IF;
    INSERT INTO timebank_transfer
        (id, kind, from_id, to_id, minutes, pending, made_at, expires_at, actor_id, key,
         input_hash, reference_kind, reference_id, memo)
    VALUES (the_id, the_kind, the_from, the_to, the_minutes, the_pending, instant, the_expiry,
            the_actor, the_key, the_hash, the_reference_kind, the_reference, the_memo)
    ON CONFLICT ON CONSTRAINT timebank_transfer_key DO NOTHING;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken = 0 THEN
        -- The same key with other accounts, a moment ago: what it was for decides.
        RETURN QUERY
        SELECT CASE WHEN t.input_hash = the_hash THEN 'replayed' ELSE 'key_reused' END,
               t.id, NULL::bigint
          FROM timebank_transfer t WHERE t.actor_id = the_actor AND t.key = the_key;
        RETURN;
    END IF;
    IF the_pending THEN
        UPDATE timebank_account a SET pending_out_minutes = a.pending_out_minutes + the_minutes
         WHERE a.id = the_from AND a.floor_minutes IS NOT NULL;
        UPDATE timebank_account a SET pending_in_minutes = a.pending_in_minutes + the_minutes
         WHERE a.id = the_to AND a.floor_minutes IS NOT NULL;
        after := source.balance_minutes;
    ELSE
        after := timebank_leg(the_id, the_from, -the_minutes, instant);
        PERFORM timebank_leg(the_id, the_to, the_minutes, instant);
    END IF;
    RETURN QUERY SELECT 'moved', the_id, after;
END
$body$
""",
    """
CREATE FUNCTION timebank_move_all(
    the_ids uuid[], the_kinds text[], the_froms uuid[], the_tos uuid[], the_minutes bigint[],
    the_pendings boolean[], the_expiries timestamptz[], the_actors uuid[], the_keys uuid[],
    the_hashes bytea[], the_reference_kinds text[], the_references uuid[], the_memos text[],
    the_crossings boolean[]
) RETURNS TABLE (place integer, outcome text, transfer_id uuid, balance bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $body$
BEGIN
    PERFORM FROM timebank_account a
      WHERE a.id = ANY (the_froms || the_tos) AND a.floor_minutes IS NOT NULL
      ORDER BY a.id FOR NO KEY UPDATE;
    FOR turn IN 1 .. cardinality(the_ids) LOOP
        RETURN QUERY
        SELECT turn, m.outcome, m.transfer_id, m.balance
          FROM timebank_move(
            the_ids[turn], the_kinds[turn], the_froms[turn], the_tos[turn], the_minutes[turn],
            the_pendings[turn], the_expiries[turn], the_actors[turn], the_keys[turn],
            the_hashes[turn], the_reference_kinds[turn], the_references[turn], the_memos[turn],
            the_crossings[turn]) AS m;
    END LOOP;
END
$body$
""",
    """
CREATE FUNCTION timebank_resolve(
    the_transfer uuid, the_outcome text, the_minutes bigint, the_actor uuid
) RETURNS TABLE (outcome text, minutes bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    held timebank_transfer;
    earlier timebank_resolution;
    posted bigint;
    instant timestamptz := kernel_now();
    written integer;
BEGIN
    SELECT * INTO held FROM timebank_transfer t WHERE t.id = the_transfer;
    IF held.id IS NULL OR NOT held.pending THEN
        RETURN QUERY SELECT 'not_pending', 0::bigint; RETURN;
    END IF;
    PERFORM FROM timebank_account a
      WHERE a.id IN (held.from_id, held.to_id) AND a.floor_minutes IS NOT NULL
      ORDER BY a.id FOR NO KEY UPDATE;
    SELECT * INTO earlier FROM timebank_resolution r WHERE r.transfer_id = the_transfer;
    IF earlier.transfer_id IS NOT NULL THEN
        RETURN QUERY
        SELECT CASE WHEN earlier.outcome = the_outcome
                     AND (the_outcome <> 'posted'
                          OR earlier.minutes = COALESCE(the_minutes, held.minutes))
                    THEN 'replayed' ELSE 'resolved_already' END, earlier.minutes;
        RETURN;
    END IF;
    IF the_outcome = 'expired' AND (held.expires_at IS NULL OR held.expires_at > instant) THEN
        RETURN QUERY SELECT 'not_pending', 0::bigint; RETURN;
    END IF;
    IF the_outcome = 'posted' AND held.expires_at <= instant THEN
        RETURN QUERY SELECT 'lapsed', 0::bigint; RETURN;
    END IF;
    posted := CASE the_outcome WHEN 'posted' THEN COALESCE(the_minutes, held.minutes) ELSE 0 END;
    IF posted > held.minutes OR (the_outcome = 'posted' AND posted < 1) THEN
        RETURN QUERY SELECT 'too_much', 0::bigint; RETURN;
    END IF;
    -- Where no held account is locked, the primary key decides between two.
    INSERT INTO timebank_resolution (transfer_id, outcome, minutes, actor_id, at)
    VALUES (the_transfer, the_outcome, posted, the_actor, instant)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN QUERY SELECT 'resolved_already', 0::bigint; RETURN;
    END IF;
    UPDATE timebank_account a SET pending_out_minutes = a.pending_out_minutes - held.minutes
     WHERE a.id = held.from_id AND a.floor_minutes IS NOT NULL;
    UPDATE timebank_account a SET pending_in_minutes = a.pending_in_minutes - held.minutes
     WHERE a.id = held.to_id AND a.floor_minutes IS NOT NULL;
    IF posted > 0 THEN
        PERFORM timebank_leg(the_transfer, held.from_id, -posted, instant);
        PERFORM timebank_leg(the_transfer, held.to_id, posted, instant);
    END IF;
    RETURN QUERY SELECT 'resolved', posted;
END
$body$
""",
    """
CREATE FUNCTION timebank_reverse(
    the_id uuid, the_transfer uuid, the_actor uuid, the_key uuid, the_hash bytea, the_memo text
) RETURNS TABLE (outcome text, transfer_id uuid)
LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    first timebank_transfer;
    earlier record;
    posted bigint;
    source timebank_account;
    target timebank_account;
    written integer;
    instant timestamptz := kernel_now();
BEGIN
    SELECT * INTO first FROM timebank_transfer t WHERE t.id = the_transfer;
    PERFORM FROM timebank_account a
      WHERE a.id IN (first.from_id, first.to_id) AND a.floor_minutes IS NOT NULL
      ORDER BY a.id FOR NO KEY UPDATE;
    SELECT t.id, t.input_hash INTO earlier FROM timebank_transfer t
     WHERE t.actor_id = the_actor AND t.key = the_key;
    IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN earlier.input_hash = the_hash
                                 THEN 'replayed' ELSE 'key_reused' END, earlier.id;
        RETURN;
    END IF;
    SELECT abs(e.minutes) INTO posted FROM timebank_entry e
     WHERE e.transfer_id = the_transfer LIMIT 1;
    IF posted IS NULL OR first.kind = 'reversal' THEN
        RETURN QUERY SELECT 'not_posted', NULL::uuid; RETURN;
    END IF;
    IF EXISTS (SELECT FROM timebank_transfer t WHERE t.reverses_id = the_transfer) THEN
        RETURN QUERY SELECT 'reversed_already', NULL::uuid; RETURN;
    END IF;
    SELECT * INTO source FROM timebank_account a WHERE a.id = first.to_id;
    SELECT * INTO target FROM timebank_account a WHERE a.id = first.from_id;
    outcome := CASE
        WHEN source.closed_at IS NOT NULL OR target.closed_at IS NOT NULL THEN 'account_closed'
        WHEN source.balance_minutes - source.pending_out_minutes - posted < source.floor_minutes
            THEN 'floor'
        WHEN target.balance_minutes + target.pending_in_minutes + posted > target.ceiling_minutes
            THEN 'ceiling'
        END;
    IF outcome IS NOT NULL THEN
        RETURN QUERY SELECT outcome, NULL::uuid; RETURN;
    END IF;
    INSERT INTO timebank_transfer
        (id, kind, from_id, to_id, minutes, pending, made_at, actor_id, key, input_hash,
         reference_kind, reference_id, reverses_id, memo)
    VALUES (the_id, 'reversal', first.to_id, first.from_id, posted, false, instant, the_actor,
            the_key, the_hash, first.reference_kind, first.reference_id, the_transfer, the_memo)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN QUERY
        SELECT CASE WHEN t.reverses_id = the_transfer AND t.actor_id = the_actor
                     AND t.key = the_key THEN 'replayed'
                    WHEN t.reverses_id = the_transfer THEN 'reversed_already'
                    ELSE 'key_reused' END, t.id
          FROM timebank_transfer t
         WHERE t.reverses_id = the_transfer OR (t.actor_id = the_actor AND t.key = the_key)
         ORDER BY t.reverses_id = the_transfer DESC NULLS LAST LIMIT 1;
        RETURN;
    END IF;
    PERFORM timebank_leg(the_id, first.to_id, -posted, instant);
    PERFORM timebank_leg(the_id, first.from_id, posted, instant);
    RETURN QUERY SELECT 'moved', the_id;
END
$body$
""",
)


class Migration(migrations.Migration):
    """The ledger: its tables, what they refuse, and the functions through which minutes move."""

    dependencies = [("timebank", "0001_initial")]

    operations = [ops.RunSQL(each, "") for each in (*ACCOUNTS, *LEDGER, *GUARDS, *MOVING)]
