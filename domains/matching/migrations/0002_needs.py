from tortoise import migrations
from tortoise.migrations import operations as ops

CHECKS = (
    ("matching_need_urgency", "urgency BETWEEN 1 AND 4"),
    ("matching_need_people", "people_wanted BETWEEN 1 AND 200"),
    ("matching_need_least_age", "least_age IS NULL OR least_age BETWEEN 0 AND 120"),
    # Risks are told when people are called.
    ("matching_need_risks", "NOT is_risky OR length(risks) >= 2"),
    ("matching_need_rough_place", "(latitude_e6 IS NULL) = (longitude_e6 IS NULL)"
     " AND latitude_e6 BETWEEN -90000000 AND 90000000"
     " AND longitude_e6 BETWEEN -180000000 AND 180000000"
     " AND latitude_e6 % 1000 = 0 AND longitude_e6 % 1000 = 0"),
    ("matching_need_repeats", "(repeats = 'once') = (repeats_until IS NULL)"),
    ("matching_need_origin", "(origin <> 'own' OR posted_by_id = person_id)"
     " AND (origin = 'own' OR posted_by_id <> person_id)"),
    ("matching_need_helper", "helper_id <> person_id"),
    ("matching_need_states", "(state = 'submitted') <= (decided_at IS NULL)"
     " AND (state NOT IN ('verified', 'rejected', 'closed') OR decided_at IS NOT NULL)"
     " AND (state IN ('rejected', 'cancelled', 'closed')) = (ended_at IS NOT NULL)"
     " AND (state NOT IN ('rejected', 'cancelled') OR reason IS NOT NULL)"
     " AND (decided_by_id IS NULL OR decided_at IS NOT NULL)"),
)

NEEDS = (
    "CREATE SEQUENCE matching_need_number_seq START 100000001",
    "CREATE UNIQUE INDEX matching_need_one_number ON matching_need (number)",
    """CREATE INDEX matching_need_area
       ON matching_need (area_path text_pattern_ops, posted_at DESC, id DESC)""",
    "CREATE INDEX matching_need_person ON matching_need (person_id, posted_at DESC)",
    "CREATE INDEX matching_need_posted_by ON matching_need (posted_by_id, posted_at DESC)",
    """CREATE INDEX matching_need_helper ON matching_need (helper_id)
       WHERE helper_id IS NOT NULL""",
    """CREATE INDEX matching_need_project ON matching_need (project_id)
       WHERE project_id IS NOT NULL""",
    """CREATE INDEX matching_need_weekly ON matching_need (repeats_until)
       WHERE state = 'verified' AND repeats = 'weekly'""",
    """CREATE TABLE matching_need_skill (
        need_id uuid NOT NULL REFERENCES matching_need (id),
        name varchar(60) NOT NULL,
        level varchar(16) NOT NULL CHECK (level IN ('claimed', 'verified')),
        PRIMARY KEY (need_id, name))""",
    # The times as they were asked for; those of a weekly need come again.
    """CREATE TABLE matching_window (
        need_id uuid NOT NULL REFERENCES matching_need (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        PRIMARY KEY (need_id, starts_at, ends_at),
        CONSTRAINT matching_window_forward CHECK (ends_at > starts_at))""",
    """CREATE FUNCTION matching_need_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'needs are cancelled, never deleted'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_need_kept';
        END IF;
        IF (NEW.id, NEW.number, NEW.area_id, NEW.community_id, NEW.person_id, NEW.posted_by_id,
            NEW.posted_at)
           IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.area_id, OLD.community_id, OLD.person_id, OLD.posted_by_id,
            OLD.posted_at) THEN
            RAISE EXCEPTION 'whose need it is never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_need_whose';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('submitted', 'verified'), ('submitted', 'rejected'), ('submitted', 'cancelled'),
            ('verified', 'cancelled'), ('verified', 'closed')) THEN
            RAISE EXCEPTION 'a need does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_need_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_need_stands BEFORE UPDATE OR DELETE ON matching_need
       FOR EACH ROW EXECUTE FUNCTION matching_need_stands()""",
)


class Migration(migrations.Migration):
    """What the model cannot say: states, steps, skills and times of needs."""

    dependencies = [("matching", "0001_initial")]

    operations = [
        ops.RunSQL(f"ALTER TABLE matching_need ADD CONSTRAINT {name} CHECK ({check})", "")
        for name, check in CHECKS
    ] + [ops.RunSQL(statement, "") for statement in NEEDS]
