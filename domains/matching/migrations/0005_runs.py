from tortoise import migrations
from tortoise.migrations import operations as ops

RUN_STEPS = """
    ('queued', 'snapshot'), ('queued', 'cancelled'), ('snapshot', 'solving'),
    ('snapshot', 'queued'), ('solving', 'queued'), ('solving', 'proposed'), ('snapshot', 'failed'),
    ('solving', 'failed'), ('proposed', 'reviewed'), ('proposed', 'cancelled'),
    ('reviewed', 'dispatched'), ('reviewed', 'cancelled'), ('dispatched', 'settled')
"""

TABLES = (
    "CREATE SEQUENCE matching_run_number_seq START 1",
    """CREATE TABLE matching_run (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_run_number_seq'),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        community_id uuid NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('queued', 'snapshot', 'solving', 'proposed',
            'reviewed', 'dispatched', 'settled', 'failed', 'cancelled')),
        asked_by_id uuid,
        asked_at timestamptz NOT NULL,
        seed integer NOT NULL CHECK (seed >= 0),
        seconds integer NOT NULL CHECK (seconds BETWEEN 1 AND 600),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        rule_set_id uuid NOT NULL,
        lease_id uuid,
        lease_until timestamptz,
        attempts smallint NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 10),
        orders_count integer,
        volunteers_count integer,
        digest varchar(64),
        exact boolean,
        note varchar(500),
        stages jsonb,
        proposed_at timestamptz,
        reviewed_by_id uuid,
        reviewed_at timestamptz,
        dispatched_at timestamptz,
        settled_at timestamptz,
        ended_at timestamptz,
        reason varchar(200),
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT matching_run_lease CHECK (
            (state IN ('snapshot', 'solving')) = (lease_until IS NOT NULL)
            AND (lease_id IS NULL) = (lease_until IS NULL)),
        CONSTRAINT matching_run_proposed CHECK (
            state NOT IN ('proposed', 'reviewed', 'dispatched', 'settled')
            OR digest IS NOT NULL AND exact IS NOT NULL AND proposed_at IS NOT NULL),
        CONSTRAINT matching_run_ended CHECK (
            (state IN ('failed', 'cancelled')) = (ended_at IS NOT NULL)
            AND (state NOT IN ('failed', 'cancelled') OR reason IS NOT NULL)))""",
    # One arrangement of an area at a time.
    """CREATE UNIQUE INDEX matching_run_one_at_work ON matching_run (community_id)
       WHERE state IN ('queued', 'snapshot', 'solving', 'proposed', 'reviewed')""",
    "CREATE INDEX matching_run_area ON matching_run (area_path text_pattern_ops, id DESC)",
    """CREATE INDEX matching_run_due ON matching_run (asked_at)
       WHERE state IN ('queued', 'snapshot', 'solving')""",
    "CREATE INDEX matching_run_open ON matching_run (dispatched_at) WHERE state = 'dispatched'",
    """CREATE TABLE matching_run_offer (
        id uuid PRIMARY KEY,
        run_id uuid NOT NULL REFERENCES matching_run (id),
        order_id uuid NOT NULL REFERENCES matching_order (id),
        volunteer_id uuid NOT NULL,
        rank integer NOT NULL CHECK (rank >= 1),
        origin varchar(16) NOT NULL CHECK (origin IN ('matcher', 'staff')),
        decision varchar(16) NOT NULL CHECK (decision IN (
            'proposed', 'pinned', 'taken_out', 'offered', 'refused')),
        skills text[] NOT NULL DEFAULT '{}',
        distance_m integer CHECK (distance_m >= 0),
        is_free boolean,
        turns integer CHECK (turns >= 0),
        accepts_permille integer CHECK (accepts_permille BETWEEN 0 AND 1000),
        decided_by_id uuid,
        decided_at timestamptz,
        reason varchar(200),
        refusal varchar(60),
        CONSTRAINT matching_run_offer_once UNIQUE (run_id, order_id, volunteer_id),
        CONSTRAINT matching_run_offer_why CHECK (
            decision NOT IN ('pinned', 'taken_out') AND origin <> 'staff' OR reason IS NOT NULL))""",
    "CREATE INDEX matching_run_offer_of ON matching_run_offer (run_id, order_id, rank)",
    """CREATE TABLE matching_run_unmet (
        run_id uuid NOT NULL REFERENCES matching_run (id),
        order_id uuid NOT NULL REFERENCES matching_order (id),
        places integer NOT NULL CHECK (places >= 1),
        reason varchar(40) NOT NULL,
        PRIMARY KEY (run_id, order_id))""",
    """CREATE TABLE matching_ruling (
        id uuid PRIMARY KEY,
        need_id uuid NOT NULL REFERENCES matching_need (id),
        volunteer_id uuid NOT NULL,
        kind varchar(8) NOT NULL CHECK (kind IN ('pin', 'forbid')),
        reason varchar(200) NOT NULL,
        by_id uuid NOT NULL,
        at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_by_id uuid)""",
    """CREATE UNIQUE INDEX matching_ruling_one ON matching_ruling (need_id, volunteer_id)
       WHERE ended_at IS NULL""",
    f"""CREATE FUNCTION matching_run_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'runs are cancelled, never deleted'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_run_kept';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({RUN_STEPS}) THEN
            RAISE EXCEPTION 'a run does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_run_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_run_stands BEFORE UPDATE OR DELETE ON matching_run
       FOR EACH ROW EXECUTE FUNCTION matching_run_stands()""",
)


class Migration(migrations.Migration):
    """Runs of the matcher: what was asked, proposed, decided by people, and made of it."""

    dependencies = [("matching", "0004_resources_projects_money")]

    operations = [ops.RunSQL(statement, "") for statement in TABLES]
