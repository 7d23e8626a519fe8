from tortoise import migrations
from tortoise.migrations import operations as ops

# When a shift is told of, and when its absences are looked for, stands on the shift itself:
# whoever takes it first has done it.
SHIFTS = (
    """ALTER TABLE volunteering_shift
           ADD COLUMN tomorrow_at timestamptz,
           ADD COLUMN tomorrow_told_at timestamptz,
           ADD COLUMN soon_at timestamptz,
           ADD COLUMN soon_told_at timestamptz,
           ADD COLUMN absent_at timestamptz,
           ADD COLUMN absences_noted_at timestamptz""",
    """CREATE INDEX volunteering_shift_tomorrow ON volunteering_shift (tomorrow_at)
       WHERE tomorrow_told_at IS NULL AND tomorrow_at IS NOT NULL""",
    """CREATE INDEX volunteering_shift_soon ON volunteering_shift (soon_at)
       WHERE soon_told_at IS NULL AND soon_at IS NOT NULL""",
    """CREATE INDEX volunteering_shift_absent ON volunteering_shift (absent_at)
       WHERE absences_noted_at IS NULL AND absent_at IS NOT NULL""",
    "ALTER TABLE volunteering_sign_up DROP CONSTRAINT volunteering_sign_up_state_check",
    """ALTER TABLE volunteering_sign_up ADD CONSTRAINT volunteering_sign_up_state_check
           CHECK (state IN ('signed_up', 'left', 'absent'))""",
)

WAITING = (
    "CREATE SEQUENCE volunteering_waiting_seq",
    """CREATE TABLE volunteering_waiting (
        id uuid PRIMARY KEY,
        place bigint NOT NULL DEFAULT nextval('volunteering_waiting_seq'),
        shift_id uuid NOT NULL REFERENCES volunteering_shift (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('waiting', 'moved_up', 'declined', 'left')),
        joined_at timestamptz NOT NULL,
        moved_up_at timestamptz,
        decline_until timestamptz,
        ended_at timestamptz,
        CHECK ((moved_up_at IS NULL) = (decline_until IS NULL)),
        CHECK (state <> 'waiting' OR moved_up_at IS NULL),
        CHECK (state NOT IN ('moved_up', 'declined') OR moved_up_at IS NOT NULL),
        CHECK ((state IN ('declined', 'left')) = (ended_at IS NOT NULL)))""",
    """CREATE UNIQUE INDEX volunteering_waiting_once ON volunteering_waiting (shift_id, volunteer_id)
       WHERE state IN ('waiting', 'moved_up')""",
    "CREATE INDEX volunteering_waiting_line ON volunteering_waiting (shift_id, place)"
    " WHERE state = 'waiting'",
)

SUBSTITUTES = (
    """CREATE TABLE volunteering_substitution (
        id uuid PRIMARY KEY,
        shift_id uuid NOT NULL REFERENCES volunteering_shift (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        substitute_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        substitute_person_id uuid NOT NULL CHECK (substitute_person_id <> person_id),
        state varchar(16) NOT NULL CHECK (state IN ('asked', 'agreed', 'refused', 'withdrawn')),
        asked_at timestamptz NOT NULL,
        answered_at timestamptz,
        CHECK ((state = 'asked') = (answered_at IS NULL)))""",
    """CREATE UNIQUE INDEX volunteering_substitution_once
       ON volunteering_substitution (shift_id, volunteer_id) WHERE state = 'asked'""",
    "CREATE INDEX volunteering_substitution_by ON volunteering_substitution (person_id, id)",
    """CREATE INDEX volunteering_substitution_to
       ON volunteering_substitution (substitute_person_id, id)""",
)

TEAMS = (
    """ALTER TABLE volunteering_team
           ADD COLUMN is_emergency boolean NOT NULL DEFAULT false,
           ADD COLUMN marked_by_id uuid,
           ADD COLUMN marked_at timestamptz""",
    "ALTER TABLE volunteering_team_member ADD COLUMN agreed_at timestamptz",
    # Whoever directs is kept with the call (Regulation on volunteer service, article 24).
    """CREATE TABLE volunteering_team_call (
        id uuid PRIMARY KEY,
        team_id uuid NOT NULL REFERENCES volunteering_team (id),
        activity_id uuid NOT NULL UNIQUE REFERENCES volunteering_activity (id),
        shift_id uuid NOT NULL UNIQUE REFERENCES volunteering_shift (id),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        reason varchar(500) NOT NULL,
        place varchar(120) NOT NULL,
        directed_by varchar(120) NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        state varchar(16) NOT NULL CHECK (state IN ('called', 'ended')),
        called_by_id uuid,
        called_at timestamptz NOT NULL,
        ended_by_id uuid,
        ended_at timestamptz,
        end_note varchar(500),
        CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
        CHECK ((ended_at IS NULL) = (end_note IS NULL)))""",
    # One call of a team stands at a time.
    """CREATE UNIQUE INDEX volunteering_team_call_once ON volunteering_team_call (team_id)
       WHERE state = 'called'""",
    """CREATE INDEX volunteering_team_call_area
       ON volunteering_team_call (area_path text_pattern_ops, called_at)""",
    """CREATE TABLE volunteering_team_answer (
        call_id uuid NOT NULL REFERENCES volunteering_team_call (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        answer varchar(16) CHECK (answer IN ('comes', 'cannot')),
        answered_at timestamptz,
        PRIMARY KEY (call_id, volunteer_id),
        CHECK ((answer IS NULL) = (answered_at IS NULL)))""",
    "CREATE INDEX volunteering_team_answer_of ON volunteering_team_answer (person_id)",
    """CREATE FUNCTION volunteering_team_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state <> 'called'
           OR (to_jsonb(NEW) - '{state,ended_by_id,ended_at,end_note}'::text[])
              <> (to_jsonb(OLD) - '{state,ended_by_id,ended_at,end_note}'::text[]) THEN
            RAISE EXCEPTION 'a call stands as it went out, or ends'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_team_call_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER volunteering_team_call_stands
       BEFORE UPDATE OR DELETE ON volunteering_team_call
       FOR EACH ROW EXECUTE FUNCTION volunteering_team_call_stands()""",
)


class Migration(migrations.Migration):
    """Standing by: reminders, waiting lists, substitutes, and teams that are called up."""

    dependencies = [("volunteering", "0005_answers")]

    operations = [ops.RunSQL(each, "") for each in (*SHIFTS, *WAITING, *SUBSTITUTES, *TEAMS)]
