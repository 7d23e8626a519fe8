from tortoise import migrations
from tortoise.migrations import operations as ops

SUPERVISION = (
    """
    CREATE TABLE disclosure_bookkeeper (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        person_id uuid NOT NULL,
        registered_by_id uuid,
        registered_at timestamptz NOT NULL,
        ended_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX disclosure_bookkeeper_standing ON disclosure_bookkeeper (community_id, person_id) WHERE ended_at IS NULL",
    """
    CREATE TABLE disclosure_supervision (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on > starts_on),
        formed_by_id uuid,
        formed_at timestamptz NOT NULL,
        ended_at timestamptz,
        frozen_rules jsonb NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX disclosure_supervision_standing ON disclosure_supervision (community_id) WHERE ended_at IS NULL",
    """
    CREATE TABLE disclosure_supervisor (
        supervision_id uuid NOT NULL REFERENCES disclosure_supervision (id),
        person_id uuid NOT NULL,
        has_finance_skills boolean NOT NULL,
        is_head boolean NOT NULL,
        PRIMARY KEY (supervision_id, person_id)
    )
    """,
    "CREATE UNIQUE INDEX disclosure_supervisor_head ON disclosure_supervisor (supervision_id) WHERE is_head",
    """
    CREATE TRIGGER disclosure_supervisor_stands BEFORE UPDATE OR DELETE ON disclosure_supervisor
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
)

GATHERINGS = (
    """
    CREATE TABLE disclosure_gathering_series (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        kind varchar(20) NOT NULL CHECK (kind IN ('interview_day', 'round_table', 'press_conference')),
        title varchar(120) NOT NULL,
        place varchar(120) NOT NULL,
        every varchar(12) NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
        first_starts_at timestamptz NOT NULL,
        minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
        topics_minutes integer NOT NULL CHECK (topics_minutes >= 0),
        made integer NOT NULL DEFAULT 0 CHECK (made >= 0),
        next_starts_at timestamptz NOT NULL,
        last_on date,
        ended_at timestamptz
    )
    """,
    "CREATE INDEX disclosure_gathering_series_next ON disclosure_gathering_series (next_starts_at) WHERE ended_at IS NULL",
    """
    CREATE TABLE disclosure_gathering (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        series_id uuid REFERENCES disclosure_gathering_series (id),
        number integer,
        kind varchar(20) NOT NULL CHECK (kind IN ('interview_day', 'round_table', 'press_conference')),
        title varchar(120) NOT NULL,
        place varchar(120) NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        topics_until timestamptz NOT NULL CHECK (topics_until <= ends_at),
        state varchar(12) NOT NULL CHECK (state IN ('planned', 'cancelled', 'recorded', 'published')),
        reason varchar(500),
        reminded_at timestamptz,
        record_html text,
        record_text text,
        recorded_at timestamptz,
        recorded_by_id uuid,
        confirmed_by_id uuid,
        disclosure_id uuid REFERENCES disclosure_disclosure (id),
        revision integer NOT NULL DEFAULT 1,
        changed_at timestamptz NOT NULL,
        planned_at timestamptz NOT NULL,
        UNIQUE (series_id, number),
        CONSTRAINT disclosure_gathering_way CHECK (
            (state = 'cancelled') = (reason IS NOT NULL)
            AND (state IN ('recorded', 'published')) = (record_html IS NOT NULL)
            AND num_nulls(record_html, record_text, recorded_at, recorded_by_id) IN (0, 4)
            AND (state = 'published') = (disclosure_id IS NOT NULL)
            AND (state = 'published') = (confirmed_by_id IS NOT NULL)
        ),
        CONSTRAINT disclosure_gathering_author_never_confirms CHECK (confirmed_by_id <> recorded_by_id)
    )
    """,
    "CREATE INDEX disclosure_gathering_place ON disclosure_gathering (area_path text_pattern_ops, starts_at DESC, id DESC)",
    "CREATE INDEX disclosure_gathering_unreminded ON disclosure_gathering (starts_at) WHERE state = 'planned' AND reminded_at IS NULL",
    """
    CREATE FUNCTION disclosure_gathering_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state IN ('cancelled', 'published') THEN
            RAISE EXCEPTION 'what was held or called off stays'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_gathering_stays';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_gathering_stays BEFORE UPDATE OR DELETE ON disclosure_gathering
    FOR EACH ROW EXECUTE FUNCTION disclosure_gathering_keep()
    """,
    # Whoever wrote any of the record does not confirm it.
    """
    CREATE TABLE disclosure_gathering_writer (
        gathering_id uuid NOT NULL REFERENCES disclosure_gathering (id),
        person_id uuid NOT NULL,
        PRIMARY KEY (gathering_id, person_id)
    )
    """,
    """
    CREATE TABLE disclosure_gathering_topic (
        id uuid PRIMARY KEY,
        gathering_id uuid NOT NULL REFERENCES disclosure_gathering (id),
        person_id uuid NOT NULL,
        anonymous boolean NOT NULL,
        text varchar(1000) NOT NULL CHECK (text <> ''),
        registered_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        answer varchar(4000),
        answered_by_id uuid,
        answered_at timestamptz,
        CHECK (num_nulls(answer, answered_by_id, answered_at) IN (0, 3)),
        CHECK (withdrawn_at IS NULL OR answer IS NULL),
        CHECK (answered_by_id <> person_id)
    )
    """,
    "CREATE INDEX disclosure_gathering_topic_of ON disclosure_gathering_topic (gathering_id, id)",
    """
    CREATE TABLE disclosure_gathering_history (
        gathering_id uuid NOT NULL REFERENCES disclosure_gathering (id),
        number integer NOT NULL CHECK (number >= 1),
        act varchar(12) NOT NULL CHECK (act IN ('planned', 'moved', 'cancelled', 'recorded', 'published')),
        note varchar(500),
        starts_at timestamptz NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (gathering_id, number)
    )
    """,
    """
    CREATE TRIGGER disclosure_gathering_history_stands BEFORE UPDATE OR DELETE ON disclosure_gathering_history
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
)


class Migration(migrations.Migration):
    """Who supervises, and days on which a community answers in person."""

    dependencies = [("disclosure", "0009_questions")]

    operations = [ops.RunSQL(each, "") for each in (*SUPERVISION, *GATHERINGS)]
