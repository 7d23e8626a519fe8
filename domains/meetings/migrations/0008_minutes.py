from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    """CREATE TABLE meetings_minutes (
        id uuid PRIMARY KEY,
        meeting_id uuid NOT NULL UNIQUE REFERENCES meetings_meeting,
        version integer NOT NULL DEFAULT 1 CHECK (version > 0),
        log_seq integer NOT NULL CHECK (log_seq > 0),
        drafted_at timestamptz NOT NULL,
        drafted_by_id uuid REFERENCES membership_person,
        confirmed_at timestamptz,
        objections_until timestamptz,
        published_at timestamptz,
        published_by_id uuid REFERENCES membership_person,
        CONSTRAINT meetings_minutes_objections
            CHECK ((confirmed_at IS NULL) = (objections_until IS NULL)),
        CONSTRAINT meetings_minutes_public
            CHECK (published_at IS NULL OR published_at >= objections_until)
    )""",
    """CREATE INDEX meetings_minutes_due ON meetings_minutes (objections_until)
       WHERE confirmed_at IS NOT NULL AND published_at IS NULL""",
    """CREATE TABLE meetings_minutes_line (
        id uuid PRIMARY KEY,
        minutes_id uuid NOT NULL REFERENCES meetings_minutes,
        origin varchar(16) NOT NULL CHECK (origin IN ('log', 'resolution', 'remark')),
        part varchar(16) NOT NULL
            CHECK (part IN ('attendance', 'proceedings', 'resolutions')),
        seq integer NOT NULL CHECK (seq > 0),
        ordinal integer NOT NULL CHECK (ordinal >= 0),
        covers integer[] NOT NULL,
        at timestamptz NOT NULL,
        drafted text NOT NULL,
        is_heading boolean NOT NULL,
        names text[] NOT NULL,
        cells jsonb NOT NULL,
        source_id uuid,
        author_id uuid REFERENCES membership_person,
        added_at timestamptz NOT NULL,
        edited varchar(12000),
        edited_by_id uuid REFERENCES membership_person,
        edited_at timestamptz,
        edit_reason varchar(200),
        removed_at timestamptz,
        CONSTRAINT meetings_minutes_line_edited
            CHECK ((edited IS NULL) = (edited_at IS NULL)
               AND (edited IS NULL) = (edit_reason IS NULL)),
        CONSTRAINT meetings_minutes_line_removed
            CHECK (removed_at IS NULL OR origin = 'remark'),
        CONSTRAINT meetings_minutes_line_remark
            CHECK (origin <> 'remark' OR covers = '{}')
    )""",
    """CREATE UNIQUE INDEX meetings_minutes_line_place
       ON meetings_minutes_line (minutes_id, part, seq, ordinal)""",
    """CREATE UNIQUE INDEX meetings_minutes_line_source
       ON meetings_minutes_line (minutes_id, source_id) WHERE source_id IS NOT NULL""",
    """CREATE TABLE meetings_minutes_signature (
        minutes_id uuid NOT NULL REFERENCES meetings_minutes,
        version integer NOT NULL,
        person_id uuid NOT NULL REFERENCES membership_person,
        role varchar(16) NOT NULL CHECK (role IN ('chair', 'secretary', 'attendee')),
        at timestamptz NOT NULL,
        PRIMARY KEY (minutes_id, version, person_id)
    )""",
    """CREATE TABLE meetings_minutes_objection (
        id uuid PRIMARY KEY,
        minutes_id uuid NOT NULL REFERENCES meetings_minutes,
        version integer NOT NULL,
        person_id uuid NOT NULL REFERENCES membership_person,
        text varchar(1000) NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('filed', 'upheld', 'dismissed')),
        filed_at timestamptz NOT NULL,
        answer varchar(1000),
        decided_by_id uuid REFERENCES membership_person,
        decided_at timestamptz,
        CONSTRAINT meetings_minutes_objection_decided
            CHECK ((state = 'filed') = (decided_at IS NULL)
               AND (decided_at IS NULL) = (answer IS NULL)
               AND decided_by_id IS DISTINCT FROM person_id)
    )""",
    """CREATE UNIQUE INDEX meetings_minutes_objection_once
       ON meetings_minutes_objection (minutes_id, version, person_id)""",
    # What the log said stays beside what was made of it; confirmed minutes are closed.
    """CREATE FUNCTION meetings_guard_minutes_line() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND
            (NEW.id, NEW.minutes_id, NEW.origin, NEW.part, NEW.seq, NEW.ordinal, NEW.covers,
             NEW.at, NEW.drafted, NEW.is_heading, NEW.names, NEW.cells, NEW.source_id,
             NEW.author_id, NEW.added_at)
            IS DISTINCT FROM
            (OLD.id, OLD.minutes_id, OLD.origin, OLD.part, OLD.seq, OLD.ordinal, OLD.covers,
             OLD.at, OLD.drafted, OLD.is_heading, OLD.names, OLD.cells, OLD.source_id,
             OLD.author_id, OLD.added_at)) THEN
            RAISE EXCEPTION 'what was drafted stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_minutes_line_stands';
        END IF;
        IF EXISTS (SELECT FROM meetings_minutes m
                   WHERE m.id = NEW.minutes_id AND m.confirmed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'confirmed minutes are closed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_minutes_closed';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_minutes_line_guard
       BEFORE INSERT OR UPDATE OR DELETE ON meetings_minutes_line
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_minutes_line()""",
    """CREATE TRIGGER meetings_minutes_signature_stands
       BEFORE UPDATE OR DELETE ON meetings_minutes_signature
       FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change()""",
    """CREATE FUNCTION meetings_guard_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'published minutes stand'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_minutes_stand';
        END IF;
        IF NEW.version < OLD.version OR NEW.log_seq < OLD.log_seq THEN
            RAISE EXCEPTION 'minutes only grow'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_minutes_grow';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_minutes_guard BEFORE UPDATE OR DELETE ON meetings_minutes
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_minutes()""",
)


class Migration(migrations.Migration):
    """Minutes: their lines beside the log's own, who confirmed them, and what was objected."""

    dependencies = [("meetings", "0007_room_guarded")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS]
