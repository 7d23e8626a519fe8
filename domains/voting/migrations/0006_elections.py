from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

ELECTIONS = (
    # Until when people are nominated, and how many have to stand before the paper is fixed.
    """ALTER TABLE voting_poll ADD CONSTRAINT voting_poll_nominations CHECK (
        (nominations_until IS NULL) = (least_candidates IS NULL)
        AND (nominations_until IS NULL OR method = 'election'))""",
    """ALTER TABLE voting_candidate
        ADD COLUMN grounds varchar(24)[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT voting_candidate_refused CHECK (
            state <> 'refused' OR cardinality(grounds) > 0 OR reason IS NOT NULL)""",
    "CREATE INDEX voting_candidate_poll ON voting_candidate (poll_id, nominated_at, id)",
    "CREATE UNIQUE INDEX voting_candidate_option ON voting_candidate (option_id)",
    "CREATE INDEX voting_nomination_by ON voting_nomination (by_id)",
    # One run-off a poll; a cancelled one leaves room.
    """CREATE UNIQUE INDEX voting_poll_one_runoff ON voting_poll (parent_poll_id)
       WHERE parent_relation = 'runoff' AND state <> 'cancelled'""",
    # Kinship is judged by the count, so it stands with the roll.
    """CREATE TRIGGER voting_kinship_stands BEFORE INSERT OR UPDATE OR DELETE ON voting_kinship
       FOR EACH ROW EXECUTE FUNCTION voting_roll_stands()""",
    # Once the paper is fixed nobody is added to it but whom a voter wrote in, and who a
    # candidate is stands.
    """
CREATE FUNCTION voting_candidate_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    fixed boolean;
BEGIN
    SELECT p.state NOT IN ('draft', 'under_review', 'roll_published') INTO fixed
      FROM voting_poll p WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id);
    IF fixed AND (
        TG_OP = 'DELETE'
        OR TG_OP = 'INSERT' AND NOT NEW.write_in
        OR TG_OP = 'UPDATE' AND (
            OLD.poll_id, OLD.person_id, OLD.option_id, OLD.name, OLD.gender, OLD.write_in,
            OLD.statement
        ) IS DISTINCT FROM (
            NEW.poll_id, NEW.person_id, NEW.option_id, NEW.name, NEW.gender, NEW.write_in,
            NEW.statement)
    ) THEN
        RAISE EXCEPTION 'a fixed paper stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$
""",
    """CREATE TRIGGER voting_candidate_stands BEFORE INSERT OR UPDATE OR DELETE ON voting_candidate
       FOR EACH ROW EXECUTE FUNCTION voting_candidate_stands()""",
    """
CREATE OR REPLACE FUNCTION voting_option_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    poll record;
BEGIN
    SELECT p.state, p.method INTO poll FROM voting_poll p
     WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id);
    IF poll.state NOT IN ('draft', 'under_review', 'roll_published')
       AND NOT (TG_OP = 'INSERT' AND NEW.write_in AND poll.method = 'election'
                AND poll.state IN ('roll_frozen', 'open', 'closed')) THEN
        RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$
""",
)

RECALLS = (
    # A petition to recall somebody, until a vote is held on it.
    """CREATE TABLE voting_recall (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        person_id uuid NOT NULL,
        by_id uuid NOT NULL,
        petitioners varchar(16) NOT NULL CHECK (petitioners IN ('voters', 'representatives')),
        reason varchar(2000) NOT NULL,
        rule_code varchar(60) NOT NULL,
        entitled integer NOT NULL CHECK (entitled > 0),
        least_signatures integer NOT NULL CHECK (least_signatures BETWEEN 1 AND entitled),
        state varchar(16) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'supported', 'voted')),
        created_at timestamptz NOT NULL,
        supported_at timestamptz,
        vote_until timestamptz,
        defence varchar(4000) NOT NULL DEFAULT '',
        defended_at timestamptz,
        poll_id uuid UNIQUE REFERENCES voting_poll (id) ON DELETE RESTRICT,
        CONSTRAINT voting_recall_supported CHECK (
            (state = 'open') = (supported_at IS NULL)
            AND (supported_at IS NULL) = (vote_until IS NULL)),
        CONSTRAINT voting_recall_voted CHECK ((state = 'voted') = (poll_id IS NOT NULL)),
        CONSTRAINT voting_recall_defended CHECK ((defence = '') = (defended_at IS NULL))
    )""",
    "CREATE INDEX voting_recall_area ON voting_recall (area_path text_pattern_ops)",
    "CREATE INDEX voting_recall_listed ON voting_recall (created_at DESC, id DESC)",
    """CREATE UNIQUE INDEX voting_recall_once ON voting_recall (area_id, person_id)
       WHERE state <> 'voted'""",
    """CREATE TABLE voting_recall_signature (
        recall_id uuid NOT NULL REFERENCES voting_recall (id) ON DELETE RESTRICT,
        by_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (recall_id, by_id)
    )""",
)


class Migration(migrations.Migration):
    """Candidates are fixed with the roll; a recall begins with a petition."""

    dependencies = [("voting", "0005_paper_and_afterwards")]

    operations = [
        ops.AddField(
            model_name="Poll",
            name="nominations_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Poll", name="least_candidates", field=fields.SmallIntField(null=True)
        ),
        ops.AddField(
            model_name="Option",
            name="write_in",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        *(ops.RunSQL(statement, "") for statement in (*ELECTIONS, *RECALLS)),
    ]
