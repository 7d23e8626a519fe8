from tortoise import migrations
from tortoise.migrations import operations as ops

from domains.timebank.values import MOST_MINUTES

SUSPENSION = (
    """ALTER TABLE timebank_account ADD CONSTRAINT timebank_account_suspended CHECK (
        (suspended_at IS NULL) = (suspend_reason IS NULL))""",
    # As before, and nothing that people do moves through a suspended account; what staff set
    # right with a second person's approval does.
    """
CREATE OR REPLACE FUNCTION timebank_move(
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
        WHEN the_kind IN ('gift', 'donation', 'redemption')
             AND (source.suspended_at IS NOT NULL OR target.suspended_at IS NOT NULL)
            THEN 'suspended'
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
)
EARNING = (
    # No key to the rule set either: rules to come may be withdrawn, and whoever withdraws some
    # would have to lock what refers to them here.
    f"""CREATE TABLE timebank_issuing (
        record_id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        account_id uuid NOT NULL REFERENCES timebank_account (id) ON DELETE RESTRICT,
        community_id uuid NOT NULL,
        rule_set_id uuid NOT NULL,
        input_hash bytea NOT NULL CHECK (octet_length(input_hash) = 32),
        service_class varchar(40) NOT NULL,
        service_minutes bigint NOT NULL CHECK (service_minutes BETWEEN 1 AND {MOST_MINUTES}),
        served_on date NOT NULL,
        in_group boolean NOT NULL,
        credited_minutes bigint NOT NULL CHECK (credited_minutes >= 0),
        donated_minutes bigint NOT NULL CHECK (donated_minutes >= 0),
        refused_minutes bigint NOT NULL CHECK (refused_minutes >= 0),
        reasons text[] NOT NULL,
        credit_id uuid UNIQUE,
        donation_id uuid UNIQUE,
        issued_at timestamptz NOT NULL,
        CONSTRAINT timebank_issuing_credit CHECK ((credited_minutes > 0) = (credit_id IS NOT NULL)),
        CONSTRAINT timebank_issuing_donation CHECK (
            (donated_minutes > 0) = (donation_id IS NOT NULL)),
        CONSTRAINT timebank_issuing_said CHECK (
            refused_minutes + donated_minutes = 0 OR cardinality(reasons) > 0)
    )""",
    "CREATE INDEX timebank_issuing_by_person ON timebank_issuing (person_id, served_on)",
    # Without a key to what was issued: its check would want to lock a row that may not be updated.
    """CREATE TABLE timebank_taken_back (
        record_id uuid PRIMARY KEY,
        reason varchar(200) NOT NULL,
        at timestamptz NOT NULL
    )""",
    *(
        f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION timebank_refuse_change()"""
        for table in ("timebank_issuing", "timebank_taken_back")
    ),
    """REVOKE UPDATE, DELETE, TRUNCATE ON timebank_issuing, timebank_taken_back
       FROM PUBLIC, CURRENT_USER""",
)
PEOPLE = (
    """CREATE TABLE timebank_kinship (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES membership_person (id) ON DELETE RESTRICT,
        relative_id uuid NOT NULL REFERENCES membership_person (id) ON DELETE RESTRICT,
        relation varchar(16) NOT NULL,
        declared_at timestamptz NOT NULL,
        confirmed_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT timebank_kinship_of_two CHECK (person_id <> relative_id),
        CONSTRAINT timebank_kinship_ended CHECK (ended_at IS NULL OR ended_at >= declared_at)
    )""",
    """CREATE UNIQUE INDEX timebank_kinship_one ON timebank_kinship
       (LEAST(person_id, relative_id), GREATEST(person_id, relative_id)) WHERE ended_at IS NULL""",
    "CREATE INDEX timebank_kinship_relative ON timebank_kinship (relative_id)",
    "CREATE INDEX timebank_kinship_person ON timebank_kinship (person_id)",
    # The group that somebody is in is sealed; what orders the queue is the rank alone, which
    # several groups may share.
    """CREATE TABLE timebank_need (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES membership_person (id) ON DELETE RESTRICT,
        community_id uuid NOT NULL REFERENCES membership_area (id) ON DELETE RESTRICT,
        area_path varchar(300) NOT NULL,
        rank smallint NOT NULL CHECK (rank BETWEEN 1 AND 20),
        group_sealed bytea NOT NULL,
        valid_until date NOT NULL,
        assessed_by uuid NOT NULL,
        assessed_at timestamptz NOT NULL,
        approved boolean,
        decided_by uuid,
        decided_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT timebank_need_by_another CHECK (
            decided_by <> assessed_by AND decided_by <> person_id),
        CONSTRAINT timebank_need_not_for_oneself CHECK (assessed_by <> person_id),
        CONSTRAINT timebank_need_decided CHECK (
            (approved IS NULL) = (decided_at IS NULL)
            AND (decided_at IS NULL) = (decided_by IS NULL))
    )""",
    """CREATE UNIQUE INDEX timebank_need_one ON timebank_need (person_id, community_id)
       WHERE ended_at IS NULL AND approved IS DISTINCT FROM false""",
    "CREATE INDEX timebank_need_listed ON timebank_need (community_id, id)",
)
# What staff set right or give out: one asks, another approves, and only then do minutes move.
ORDERS = (
    f"""CREATE TABLE timebank_order (
        id uuid PRIMARY KEY,
        kind varchar(16) NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('proposed', 'carried_out', 'declined')),
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        account_id uuid REFERENCES timebank_account (id) ON DELETE RESTRICT,
        other_id uuid REFERENCES timebank_account (id) ON DELETE RESTRICT,
        reverses_id uuid,
        minutes bigint CHECK (minutes BETWEEN -{MOST_MINUTES} AND {MOST_MINUTES}
                              AND minutes <> 0),
        reason varchar(200) NOT NULL,
        proposed_by uuid NOT NULL,
        proposed_at timestamptz NOT NULL,
        decided_by uuid,
        decided_at timestamptz,
        decision_reason varchar(200),
        CONSTRAINT timebank_order_by_another CHECK (decided_by <> proposed_by),
        CONSTRAINT timebank_order_decided CHECK (
            (state = 'proposed') = (decided_at IS NULL)
            AND (decided_at IS NULL) = (decided_by IS NULL)),
        CONSTRAINT timebank_order_says CHECK (CASE kind
            WHEN 'reversal' THEN reverses_id IS NOT NULL AND minutes IS NULL
            WHEN 'adjustment' THEN account_id IS NOT NULL AND minutes IS NOT NULL
            WHEN 'grant' THEN account_id IS NOT NULL AND minutes > 0
            WHEN 'endowment' THEN account_id IS NULL AND minutes IS NOT NULL
            WHEN 'succession' THEN account_id IS NOT NULL AND minutes IS NULL
            WHEN 'moving_away' THEN account_id IS NOT NULL AND minutes IS NULL
            ELSE false END)
    )""",
    "CREATE INDEX timebank_order_listed ON timebank_order (community_id, id)",
    """CREATE UNIQUE INDEX timebank_order_reversal ON timebank_order (reverses_id)
       WHERE state <> 'declined'""",
)


class Migration(migrations.Migration):
    """What the schemes need: suspension, issuing once a record, kin, need, and staff's orders."""

    dependencies = [
        ("timebank", "0003_suspension"),
        ("membership", "0004_residencies_by_person"),
        ("kernel", "0004_constraints"),
    ]

    operations = [
        ops.RunSQL(each, "") for each in (*SUSPENSION, *EARNING, *PEOPLE, *ORDERS)
    ]
