from tortoise import migrations
from tortoise.migrations import operations as ops

QUESTIONS = (
    # One person's question or objection to what is public: a disclosure, one of its lines, a duty.
    """
    CREATE TABLE disclosure_question (
        id uuid PRIMARY KEY,
        kind varchar(12) NOT NULL CHECK (kind IN ('question', 'objection')),
        subject_kind varchar(12) NOT NULL CHECK (subject_kind IN ('disclosure', 'line', 'obligation')),
        disclosure_id uuid REFERENCES disclosure_disclosure (id),
        version integer,
        line_id uuid REFERENCES disclosure_line (id),
        line_number integer,
        obligation_id uuid REFERENCES disclosure_obligation (id),
        publisher_id uuid NOT NULL REFERENCES disclosure_publisher (id),
        community_id uuid,
        area_path varchar(300) NOT NULL,
        text varchar(2000) NOT NULL CHECK (text <> ''),
        revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
        asker_id uuid NOT NULL,
        anonymous boolean NOT NULL,
        state varchar(12) NOT NULL CHECK (state IN ('open', 'escalated', 'answered', 'appealed', 'decided', 'withdrawn')),
        asked_at timestamptz NOT NULL,
        open_until timestamptz,
        due_at timestamptz NOT NULL,
        late_at timestamptz,
        extensions smallint NOT NULL DEFAULT 0 CHECK (extensions >= 0),
        street_due_at timestamptz,
        street_late_at timestamptz,
        appealed_at timestamptz,
        appeal_reason varchar(500),
        withdrawn_at timestamptz,
        upheld boolean NOT NULL DEFAULT false,
        corrected_version integer,
        frozen_rules jsonb NOT NULL,
        CONSTRAINT disclosure_question_in_time CHECK (asked_at < open_until),
        CONSTRAINT disclosure_question_subject CHECK (CASE subject_kind
            WHEN 'disclosure' THEN num_nulls(disclosure_id, version) = 0 AND num_nulls(line_id, line_number, obligation_id) = 3
            WHEN 'line' THEN num_nulls(disclosure_id, version, line_id, line_number) = 0 AND obligation_id IS NULL
            ELSE obligation_id IS NOT NULL AND num_nulls(disclosure_id, version, line_id, line_number) = 4
        END),
        CONSTRAINT disclosure_question_way CHECK (
            (state = 'withdrawn') = (withdrawn_at IS NOT NULL)
            AND (state NOT IN ('escalated', 'appealed') OR street_due_at IS NOT NULL)
            AND (state <> 'escalated' OR late_at IS NOT NULL)
            AND (state <> 'appealed' OR appealed_at IS NOT NULL)
            AND (appealed_at IS NULL) = (appeal_reason IS NULL)
            AND (corrected_version IS NULL OR upheld AND corrected_version > version)
        )
    )
    """,
    """
    CREATE UNIQUE INDEX disclosure_question_once
    ON disclosure_question (asker_id, coalesce(line_id, disclosure_id, obligation_id))
    WHERE state IN ('open', 'escalated')
    """,
    "CREATE INDEX disclosure_question_due ON disclosure_question (due_at) WHERE state = 'open'",
    "CREATE INDEX disclosure_question_street_due ON disclosure_question (street_due_at) WHERE state IN ('escalated', 'appealed') AND street_late_at IS NULL",
    "CREATE INDEX disclosure_question_place ON disclosure_question (area_path text_pattern_ops, id DESC)",
    "CREATE INDEX disclosure_question_asker ON disclosure_question (asker_id, id DESC)",
    "CREATE INDEX disclosure_question_publisher ON disclosure_question (publisher_id, id DESC)",
    "CREATE INDEX disclosure_question_disclosure ON disclosure_question (disclosure_id, id DESC)",
    "CREATE INDEX disclosure_question_obligation ON disclosure_question (obligation_id, id DESC)",
    # What was asked, of whom, by whom and when stands; once answered, its words stand too.
    """
    CREATE FUNCTION disclosure_question_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        way text[] := ARRAY['state', 'text', 'revision', 'due_at', 'late_at', 'extensions', 'street_due_at',
            'street_late_at', 'appealed_at', 'appeal_reason', 'withdrawn_at', 'upheld', 'corrected_version'];
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state = 'withdrawn' AND NEW IS DISTINCT FROM OLD
            OR to_jsonb(NEW) - way <> to_jsonb(OLD) - way
            OR NEW.text <> OLD.text AND OLD.state NOT IN ('open', 'escalated')
            OR OLD.late_at IS NOT NULL AND NEW.late_at IS DISTINCT FROM OLD.late_at
            OR OLD.appealed_at IS NOT NULL AND NEW.appealed_at IS DISTINCT FROM OLD.appealed_at
        THEN
            RAISE EXCEPTION 'what was asked stays'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_question_stays';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_question_stays BEFORE UPDATE OR DELETE ON disclosure_question
    FOR EACH ROW EXECUTE FUNCTION disclosure_question_keep()
    """,
    """
    CREATE TABLE disclosure_question_wording (
        question_id uuid NOT NULL REFERENCES disclosure_question (id),
        revision integer NOT NULL,
        text varchar(2000) NOT NULL,
        written_at timestamptz NOT NULL,
        PRIMARY KEY (question_id, revision)
    )
    """,
    """
    CREATE TABLE disclosure_question_extension (
        question_id uuid NOT NULL REFERENCES disclosure_question (id),
        number smallint NOT NULL CHECK (number >= 1),
        reason varchar(500) NOT NULL,
        due_before timestamptz NOT NULL,
        due_at timestamptz NOT NULL CHECK (due_at > due_before),
        by_id uuid NOT NULL,
        extended_at timestamptz NOT NULL,
        PRIMARY KEY (question_id, number)
    )
    """,
    *(
        f"""
        CREATE TRIGGER disclosure_question_{part}_stands BEFORE UPDATE OR DELETE ON disclosure_question_{part}
        FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
        """
        for part in ("wording", "extension")
    ),
    # One word of the body that answers for it, and one of the street.
    """
    CREATE TABLE disclosure_answer (
        id uuid PRIMARY KEY,
        question_id uuid NOT NULL REFERENCES disclosure_question (id),
        given_by varchar(8) NOT NULL CHECK (given_by IN ('body', 'street')),
        text varchar(4000) NOT NULL CHECK (text <> ''),
        upheld boolean NOT NULL,
        answered_by_id uuid NOT NULL,
        answered_at timestamptz NOT NULL,
        satisfied boolean,
        comment varchar(500),
        rated_at timestamptz,
        UNIQUE (question_id, given_by),
        CHECK ((satisfied IS NULL) = (rated_at IS NULL)),
        CHECK (comment IS NULL OR satisfied IS NOT NULL)
    )
    """,
    """
    CREATE FUNCTION disclosure_answer_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        rating text[] := ARRAY['satisfied', 'comment', 'rated_at'];
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.rated_at IS NOT NULL
            OR to_jsonb(NEW) - rating <> to_jsonb(OLD) - rating
        THEN
            RAISE EXCEPTION 'an answer stands, and is rated once'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_answer_stands';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_answer_stands BEFORE UPDATE OR DELETE ON disclosure_answer
    FOR EACH ROW EXECUTE FUNCTION disclosure_answer_keep()
    """,
    # How a public disclosure stands by the objections to it.
    """
    CREATE FUNCTION disclosure_restand(which uuid) RETURNS void LANGUAGE sql AS $$
        UPDATE disclosure_disclosure d SET revision = d.revision + 1, state = CASE
            WHEN EXISTS (
                SELECT FROM disclosure_question q
                WHERE q.disclosure_id = d.id AND q.kind = 'objection' AND q.state IN ('open', 'escalated', 'appealed')
            ) THEN 'objected'
            WHEN EXISTS (
                SELECT FROM disclosure_question q
                WHERE q.disclosure_id = d.id AND q.kind = 'objection' AND q.state IN ('answered', 'decided')
                  AND q.version = d.published_number
            ) THEN 'answered'
            WHEN d.published_number > 1 THEN 'corrected'
            ELSE 'published'
        END
        WHERE d.id = which AND d.state IN ('published', 'objected', 'answered', 'corrected')
    $$
    """,
)

DEMANDS = (
    # What residents together ask to be made public; enough of them, and it is owed.
    """
    CREATE TABLE disclosure_demand (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        item_id uuid NOT NULL REFERENCES disclosure_catalogue_item (id),
        code varchar(40) NOT NULL,
        title varchar(120) NOT NULL,
        text varchar(2000) NOT NULL,
        raised_by_id uuid NOT NULL,
        raised_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL CHECK (closes_at > raised_at),
        state varchar(12) NOT NULL CHECK (state IN ('collecting', 'reached', 'lapsed', 'withdrawn')),
        residents integer NOT NULL DEFAULT 0 CHECK (residents >= 0),
        resident_roll integer NOT NULL DEFAULT 0 CHECK (resident_roll >= residents),
        representatives integer NOT NULL DEFAULT 0 CHECK (representatives >= 0),
        representative_roll integer NOT NULL DEFAULT 0 CHECK (representative_roll >= representatives),
        reached_by varchar(16) CHECK (reached_by IN ('residents', 'representatives')),
        obligation_id uuid REFERENCES disclosure_obligation (id),
        ended_at timestamptz,
        frozen_rules jsonb NOT NULL,
        CONSTRAINT disclosure_demand_way CHECK (
            (state = 'collecting') = (ended_at IS NULL)
            AND (state = 'reached') = (obligation_id IS NOT NULL)
            AND (state = 'reached') = (reached_by IS NOT NULL)
        )
    )
    """,
    "CREATE INDEX disclosure_demand_place ON disclosure_demand (area_path text_pattern_ops, id DESC)",
    "CREATE INDEX disclosure_demand_closing ON disclosure_demand (closes_at) WHERE state = 'collecting'",
    """
    CREATE UNIQUE INDEX disclosure_demand_once ON disclosure_demand (community_id, code, raised_by_id)
    WHERE state = 'collecting'
    """,
    """
    CREATE TABLE disclosure_demand_support (
        demand_id uuid NOT NULL REFERENCES disclosure_demand (id),
        person_id uuid NOT NULL,
        supported_at timestamptz NOT NULL,
        PRIMARY KEY (demand_id, person_id)
    )
    """,
    """
    CREATE FUNCTION disclosure_demand_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state <> 'collecting' THEN
            RAISE EXCEPTION 'what was demanded stays'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_demand_stays';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_demand_stays BEFORE UPDATE OR DELETE ON disclosure_demand
    FOR EACH ROW EXECUTE FUNCTION disclosure_demand_keep()
    """,
)


class Migration(migrations.Migration):
    """Questions, objections and demands: asked in time, answered by a deadline, never forgotten."""

    dependencies = [("disclosure", "0008_subscribed_tags")]

    operations = [ops.RunSQL(each, "") for each in (*QUESTIONS, *DEMANDS)]
