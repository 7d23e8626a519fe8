from tortoise import migrations
from tortoise.migrations import operations as ops

MOST = 2**53 - 1

TABLES = (
    # What a need takes besides people, and what of it is settled.
    f"""CREATE TABLE matching_requirement (
        need_id uuid PRIMARY KEY REFERENCES matching_need (id),
        wants_host boolean NOT NULL,
        host_settled_at timestamptz,
        supervision smallint NOT NULL CHECK (supervision BETWEEN 0 AND 20),
        qualification varchar(60) NOT NULL,
        supervisor_id uuid,
        supervised_at timestamptz,
        cost_fen bigint NOT NULL CHECK (cost_fen BETWEEN 0 AND {MOST}),
        purpose varchar(24),
        wants_venue boolean NOT NULL,
        room integer NOT NULL CHECK (room BETWEEN 0 AND 100000),
        set_by_id uuid,
        set_at timestamptz NOT NULL,
        CONSTRAINT matching_requirement_purpose CHECK ((cost_fen > 0) = (purpose IS NOT NULL)),
        CONSTRAINT matching_requirement_room CHECK (wants_venue = (room > 0)),
        CONSTRAINT matching_requirement_qualification CHECK (
            qualification = '' OR supervision > 0),
        CONSTRAINT matching_requirement_settled CHECK (
            (wants_host OR host_settled_at IS NULL)
            AND (supervision > 0 OR supervisor_id IS NULL)
            AND (supervisor_id IS NULL) = (supervised_at IS NULL)))""",
    """CREATE INDEX matching_requirement_supervisor ON matching_requirement (supervisor_id)
       WHERE supervisor_id IS NOT NULL""",
    """CREATE TABLE matching_run_selection (
        run_id uuid NOT NULL REFERENCES matching_run (id),
        order_id uuid NOT NULL REFERENCES matching_order (id),
        host_id uuid,
        worker_id uuid,
        venue_id uuid REFERENCES matching_resource (id),
        decision varchar(16) NOT NULL CHECK (decision IN ('proposed', 'settled', 'refused')),
        refusal varchar(60),
        done_at timestamptz,
        PRIMARY KEY (run_id, order_id),
        CONSTRAINT matching_run_selection_done CHECK (
            (decision = 'proposed') = (done_at IS NULL)
            AND (decision = 'refused') = (refusal IS NOT NULL)))""",
    f"""CREATE TABLE matching_run_money (
        run_id uuid NOT NULL,
        order_id uuid NOT NULL,
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        fen bigint NOT NULL CHECK (fen BETWEEN 1 AND {MOST}),
        PRIMARY KEY (run_id, order_id, fund_id),
        FOREIGN KEY (run_id, order_id) REFERENCES matching_run_selection (run_id, order_id))""",
    # What people are asked to set aside for a need. It moves nothing: their yes does, by an entry.
    f"""CREATE TABLE matching_money_proposal (
        id uuid PRIMARY KEY,
        need_id uuid NOT NULL REFERENCES matching_need (id),
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        run_id uuid NOT NULL REFERENCES matching_run (id),
        fen bigint NOT NULL CHECK (fen BETWEEN 1 AND {MOST}),
        state varchar(16) NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused')),
        proposed_at timestamptz NOT NULL,
        entry_id uuid,
        decided_by_id uuid,
        decided_at timestamptz,
        reason varchar(200),
        UNIQUE (run_id, need_id, fund_id),
        CONSTRAINT matching_money_proposal_decided CHECK (
            (state = 'proposed') = (decided_at IS NULL)
            AND (state = 'accepted') = (entry_id IS NOT NULL)
            AND (state = 'refused') <= (reason IS NOT NULL)))""",
    "CREATE INDEX matching_money_proposal_need ON matching_money_proposal (need_id)",
    """CREATE INDEX matching_money_proposal_open ON matching_money_proposal (fund_id)
       WHERE state = 'proposed'""",
    """CREATE FUNCTION matching_money_proposal_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
           OR (NEW.id, NEW.need_id, NEW.fund_id, NEW.run_id, NEW.fen, NEW.proposed_at)
              IS DISTINCT FROM
              (OLD.id, OLD.need_id, OLD.fund_id, OLD.run_id, OLD.fen, OLD.proposed_at) THEN
            RAISE EXCEPTION 'a proposal is decided once, and stands as it was made'
                USING ERRCODE = 'restrict_violation',
                      CONSTRAINT = 'matching_money_proposal_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_money_proposal_stands BEFORE UPDATE OR DELETE
       ON matching_money_proposal
       FOR EACH ROW EXECUTE FUNCTION matching_money_proposal_stands()""",
)


class Migration(migrations.Migration):
    """What needs take besides people, and what a run proposes of it."""

    dependencies = [("matching", "0007_project_shifts")]

    operations = [ops.RunSQL(statement, "") for statement in TABLES]
