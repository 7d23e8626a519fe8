from tortoise import migrations
from tortoise.migrations import operations as ops

CHECKS = (
    # Nine digits: an identity number has eighteen, and never stands here.
    (
        "volunteering_volunteer",
        "volunteering_volunteer_number",
        "number BETWEEN 100000000 AND 999999999",
    ),
    (
        "volunteering_volunteer",
        "volunteering_volunteer_guardian",
        "guardian_id IS DISTINCT FROM person_id"
        " AND (state <> 'awaiting_guardian' OR guardian_id IS NOT NULL)",
    ),
    (
        "volunteering_volunteer",
        "volunteering_volunteer_withdrawn",
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
    ),
    (
        "volunteering_volunteer",
        "volunteering_volunteer_radius",
        "radius_m IS NULL OR radius_m BETWEEN 1 AND 100000",
    ),
    # Risks are told when people are called.
    (
        "volunteering_activity",
        "volunteering_activity_risks",
        "NOT is_risky OR length(risks) >= 2",
    ),
    (
        "volunteering_activity",
        "volunteering_activity_published",
        "(state = 'draft') = (published_at IS NULL) OR state = 'cancelled'",
    ),
    (
        "volunteering_activity",
        "volunteering_activity_cancelled",
        "(state = 'cancelled') = (cancelled_at IS NOT NULL)"
        " AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
    ),
    (
        "volunteering_record",
        "volunteering_record_minutes",
        "ended_at > started_at AND ended_at <= made_at AND given_minutes BETWEEN 1 AND 1440"
        " AND given_minutes <= extract(epoch FROM ended_at - started_at) / 60"
        " AND counted_minutes BETWEEN 0 AND given_minutes"
        " AND day_cap_minutes BETWEEN 1 AND 1440",
    ),
    (
        "volunteering_record",
        "volunteering_record_entry",
        "(entry = 'back_entry') = (back_reason IS NOT NULL)"
        " AND (entry = 'back_entry' OR attendance_id IS NOT NULL)"
        " AND (entry <> 'back_entry' OR entered_by_id IS NOT NULL)",
    ),
    # Back-entry is approved by another, and nobody approves or rates their own.
    (
        "volunteering_record",
        "volunteering_record_approved_by_another",
        "approved_by_id IS NULL OR (approved_by_id IS DISTINCT FROM entered_by_id"
        " AND approved_by_id <> person_id)",
    ),
    (
        "volunteering_record",
        "volunteering_record_entered_by_another",
        "entered_by_id IS NULL OR entered_by_id <> person_id",
    ),
    (
        "volunteering_record",
        "volunteering_record_rated",
        "(quality IS NULL) = (rated_at IS NULL) AND (quality IS NULL OR quality BETWEEN 1 AND 5)"
        " AND (rated_by_id IS NULL OR rated_by_id <> person_id)",
    ),
    (
        "volunteering_record",
        "volunteering_record_states",
        "(state = 'pending') <= (confirmed_at IS NULL)"
        " AND (state NOT IN ('confirmed', 'publicised', 'final', 'corrected')"
        "      OR confirmed_at IS NOT NULL)"
        " AND (state NOT IN ('publicised', 'final', 'corrected') OR publicised_at IS NOT NULL)"
        " AND (publicised_at IS NULL) = (notice_until IS NULL)"
        " AND (state NOT IN ('final', 'corrected') OR final_at IS NOT NULL)"
        " AND (final_at IS NULL OR final_at >= notice_until)"
        " AND (state = 'revoked') = (revoked_at IS NOT NULL)"
        " AND (revoked_at IS NULL) = (revoke_reason IS NULL)"
        " AND (state <> 'corrected' OR version > 1)"
        " AND (confirmed_at IS NULL OR entry = 'check_in' OR approved_by_id IS NOT NULL)",
    ),
)

VOLUNTEERS = (
    "CREATE SEQUENCE volunteering_volunteer_number_seq START 100000001 MAXVALUE 999999999",
    "CREATE UNIQUE INDEX volunteering_volunteer_one_number ON volunteering_volunteer (number)",
    "CREATE UNIQUE INDEX volunteering_volunteer_one_person ON volunteering_volunteer (person_id)",
    """CREATE INDEX volunteering_volunteer_area
       ON volunteering_volunteer (area_path text_pattern_ops, number)""",
    """CREATE INDEX volunteering_volunteer_guardian ON volunteering_volunteer (guardian_id)
       WHERE guardian_id IS NOT NULL""",
    """CREATE TABLE volunteering_service_class (
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        service_class varchar(24) NOT NULL,
        PRIMARY KEY (volunteer_id, service_class))""",
    """CREATE TABLE volunteering_availability (
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
        block varchar(16) NOT NULL,
        PRIMARY KEY (volunteer_id, weekday, block))""",
    """CREATE TABLE volunteering_consent (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        purpose varchar(16) NOT NULL,
        text_version varchar(40) NOT NULL,
        given_by_id uuid NOT NULL,
        as_guardian boolean NOT NULL,
        paper_upload_id uuid,
        entered_by_id uuid,
        granted_at timestamptz NOT NULL,
        withdrawn_at timestamptz CHECK (withdrawn_at >= granted_at),
        CONSTRAINT volunteering_consent_on_paper CHECK (
            entered_by_id IS NULL OR (entered_by_id <> given_by_id
                                      AND paper_upload_id IS NOT NULL)))""",
    """CREATE UNIQUE INDEX volunteering_consent_standing
       ON volunteering_consent (volunteer_id, purpose) WHERE withdrawn_at IS NULL""",
    """CREATE TABLE volunteering_skill (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        name varchar(60) NOT NULL,
        issued_by varchar(120) NOT NULL,
        proof_upload_id uuid NOT NULL,
        expires_on date,
        state varchar(16) NOT NULL CHECK (state IN ('claimed', 'verified', 'refused')),
        claimed_at timestamptz NOT NULL,
        judged_by_id uuid,
        judged_at timestamptz,
        judge_reason varchar(200),
        CHECK ((state = 'claimed') = (judged_at IS NULL)))""",
    "CREATE INDEX volunteering_skill_of ON volunteering_skill (volunteer_id, claimed_at)",
    "CREATE UNIQUE INDEX volunteering_skill_proof ON volunteering_skill (proof_upload_id)",
    """CREATE TABLE volunteering_insurance (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        insurer varchar(120) NOT NULL,
        covers_risky boolean NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on >= starts_on),
        recorded_by_id uuid,
        recorded_at timestamptz NOT NULL)""",
    """CREATE INDEX volunteering_insurance_of
       ON volunteering_insurance (volunteer_id, ends_on DESC)""",
    # Articles 8 and 9 of the order.
    """CREATE TABLE volunteering_training (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        title varchar(80) NOT NULL,
        content varchar(1000) NOT NULL,
        minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 60000),
        held_by varchar(120) NOT NULL,
        held_on date NOT NULL,
        recorded_by_id uuid,
        recorded_at timestamptz NOT NULL)""",
    "CREATE INDEX volunteering_training_of ON volunteering_training (volunteer_id, held_on)",
    """CREATE TABLE volunteering_award (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        title varchar(80) NOT NULL,
        granted_by varchar(120) NOT NULL,
        granted_on date NOT NULL,
        recorded_by_id uuid,
        recorded_at timestamptz NOT NULL)""",
    "CREATE INDEX volunteering_award_of ON volunteering_award (volunteer_id, granted_on)",
    """CREATE TABLE volunteering_team (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        organisation_id uuid NOT NULL,
        name varchar(60) NOT NULL,
        leader_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        UNIQUE (area_id, name))""",
    "CREATE INDEX volunteering_team_area ON volunteering_team (area_path text_pattern_ops, name)",
    """CREATE TABLE volunteering_team_member (
        team_id uuid NOT NULL REFERENCES volunteering_team (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        joined_at timestamptz NOT NULL,
        PRIMARY KEY (team_id, volunteer_id))""",
    "CREATE INDEX volunteering_team_of ON volunteering_team_member (volunteer_id)",
    """CREATE TABLE volunteering_station (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        organisation_id uuid NOT NULL,
        name varchar(60) NOT NULL,
        place varchar(120) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        UNIQUE (area_id, name))""",
    """CREATE INDEX volunteering_station_area
       ON volunteering_station (area_path text_pattern_ops, name)""",
    """CREATE TABLE volunteering_station_have (
        station_id uuid NOT NULL REFERENCES volunteering_station (id),
        code varchar(24) NOT NULL,
        note varchar(200) NOT NULL,
        seen_on date NOT NULL,
        PRIMARY KEY (station_id, code))""",
)

ACTIVITIES = (
    "CREATE SEQUENCE volunteering_activity_number_seq START 100000001",
    "CREATE UNIQUE INDEX volunteering_activity_one_number ON volunteering_activity (number)",
    """CREATE INDEX volunteering_activity_area
       ON volunteering_activity (area_path text_pattern_ops, created_at)""",
    """CREATE TABLE volunteering_shift (
        id uuid PRIMARY KEY,
        activity_id uuid NOT NULL REFERENCES volunteering_activity (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        places integer NOT NULL CHECK (places BETWEEN 1 AND 10000))""",
    "CREATE INDEX volunteering_shift_of ON volunteering_shift (activity_id, starts_at)",
    """CREATE TABLE volunteering_sign_up (
        shift_id uuid NOT NULL REFERENCES volunteering_shift (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        state varchar(16) NOT NULL CHECK (state IN ('signed_up', 'left')),
        at timestamptz NOT NULL,
        PRIMARY KEY (shift_id, volunteer_id))""",
    "CREATE INDEX volunteering_sign_up_of ON volunteering_sign_up (volunteer_id)",
    # One person is in one place at a time: ranges on both sides need no extension.
    """CREATE TABLE volunteering_attendance (
        id uuid PRIMARY KEY,
        shift_id uuid NOT NULL REFERENCES volunteering_shift (id),
        activity_id uuid NOT NULL REFERENCES volunteering_activity (id),
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        volunteer_number bigint NOT NULL,
        day date NOT NULL,
        checked_in_at timestamptz NOT NULL,
        checked_out_at timestamptz CHECK (checked_out_at >= checked_in_at),
        lapsed_at timestamptz CHECK (lapsed_at IS NULL OR checked_out_at IS NULL),
        in_position_sealed bytea,
        out_position_sealed bytea,
        in_by_id uuid,
        out_by_id uuid,
        CONSTRAINT volunteering_attendance_apart EXCLUDE USING gist (
            int8range(volunteer_number, volunteer_number, '[]') WITH &&,
            tstzrange(checked_in_at, checked_out_at) WITH &&) WHERE (lapsed_at IS NULL))""",
    """CREATE INDEX volunteering_attendance_day
       ON volunteering_attendance (volunteer_id, activity_id, day)""",
    """CREATE INDEX volunteering_attendance_open ON volunteering_attendance (shift_id)
       WHERE checked_out_at IS NULL AND lapsed_at IS NULL""",
)

RECORDS = (
    "CREATE SEQUENCE volunteering_record_number_seq START 100000001",
    "CREATE UNIQUE INDEX volunteering_record_one_number ON volunteering_record (number)",
    """CREATE UNIQUE INDEX volunteering_record_one_attendance ON volunteering_record (attendance_id)
       WHERE attendance_id IS NOT NULL""",
    """ALTER TABLE volunteering_record ADD CONSTRAINT volunteering_record_apart
       EXCLUDE USING gist (
           int8range(volunteer_number, volunteer_number, '[]') WITH &&,
           tstzrange(started_at, ended_at) WITH &&) WHERE (state <> 'revoked')""",
    """ALTER TABLE volunteering_record ADD CONSTRAINT volunteering_record_volunteer
       FOREIGN KEY (volunteer_id) REFERENCES volunteering_volunteer (id)""",
    """ALTER TABLE volunteering_record ADD CONSTRAINT volunteering_record_activity
       FOREIGN KEY (activity_id) REFERENCES volunteering_activity (id)""",
    "CREATE INDEX volunteering_record_of ON volunteering_record (volunteer_id, day, id)",
    """CREATE INDEX volunteering_record_area
       ON volunteering_record (area_path text_pattern_ops, day, id)""",
    """CREATE INDEX volunteering_record_pending ON volunteering_record (due_at)
       WHERE state = 'pending' AND overdue_at IS NULL""",
    """CREATE INDEX volunteering_record_confirmed ON volunteering_record (confirmed_at)
       WHERE state = 'confirmed'""",
    """CREATE INDEX volunteering_record_notice ON volunteering_record (notice_until)
       WHERE state = 'publicised'""",
    # What a record says is written once a version.
    """CREATE TABLE volunteering_record_version (
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        version integer NOT NULL CHECK (version >= 1),
        activity_title varchar(80) NOT NULL,
        content varchar(2000) NOT NULL,
        place varchar(120) NOT NULL,
        organisation_id uuid NOT NULL,
        organisation_name varchar(120) NOT NULL,
        leader_id uuid NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        given_minutes integer NOT NULL,
        counted_minutes integer NOT NULL,
        reason varchar(500),
        by_id uuid,
        at timestamptz NOT NULL,
        PRIMARY KEY (record_id, version),
        CHECK (version = 1 OR reason IS NOT NULL))""",
    """CREATE TABLE volunteering_confirmation (
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        by_id uuid NOT NULL,
        person_id uuid NOT NULL CHECK (person_id <> by_id),
        at timestamptz NOT NULL,
        PRIMARY KEY (record_id, by_id))""",
    """CREATE INDEX volunteering_confirmation_by
       ON volunteering_confirmation (by_id, person_id, at)""",
    """CREATE TABLE volunteering_suspicion (
        id uuid PRIMARY KEY,
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        rule varchar(24) NOT NULL,
        reason_zh varchar(300) NOT NULL,
        reason_en varchar(300) NOT NULL,
        raised_at timestamptz NOT NULL,
        outcome varchar(16) NOT NULL CHECK (outcome IN ('open', 'cleared', 'upheld')),
        settled_by_id uuid,
        settled_at timestamptz,
        settle_reason varchar(500),
        UNIQUE (record_id, rule),
        CHECK ((outcome = 'open') = (settled_at IS NULL)),
        CHECK ((settled_at IS NULL) = (settle_reason IS NULL)))""",
    """CREATE TABLE volunteering_contest (
        id uuid PRIMARY KEY,
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        by_id uuid NOT NULL,
        reason varchar(500) NOT NULL,
        filed_at timestamptz NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
        answer varchar(500),
        answered_by_id uuid CHECK (answered_by_id <> by_id),
        answered_at timestamptz,
        CHECK ((state = 'open') = (answered_at IS NULL)),
        CHECK ((answered_at IS NULL) = (answer IS NULL)))""",
    """CREATE UNIQUE INDEX volunteering_contest_once ON volunteering_contest (record_id, by_id)
       WHERE state = 'open'""",
)

HONOURS = (
    """CREATE TABLE volunteering_certificate (
        id uuid PRIMARY KEY,
        number varchar(32) NOT NULL UNIQUE,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        content jsonb NOT NULL,
        content_sha256 bytea NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('valid', 'superseded', 'revoked')),
        issued_by_id uuid,
        issued_at timestamptz NOT NULL,
        ended_by_id uuid,
        ended_at timestamptz,
        end_reason varchar(500),
        CHECK ((state = 'valid') = (ended_at IS NULL)),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL)))""",
    """CREATE INDEX volunteering_certificate_of
       ON volunteering_certificate (volunteer_id, issued_at)""",
    """CREATE TABLE volunteering_certified (
        certificate_id uuid NOT NULL REFERENCES volunteering_certificate (id),
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        version integer NOT NULL,
        PRIMARY KEY (certificate_id, record_id))""",
    "CREATE INDEX volunteering_certified_record ON volunteering_certified (record_id)",
    """CREATE TABLE volunteering_exchanged (
        key varchar(80) PRIMARY KEY,
        record_id uuid NOT NULL REFERENCES volunteering_record (id),
        version integer NOT NULL,
        revoked boolean NOT NULL,
        content_sha256 bytea NOT NULL,
        first_sent_at timestamptz NOT NULL,
        last_sent_at timestamptz NOT NULL,
        times integer NOT NULL DEFAULT 1 CHECK (times >= 1))""",
    """CREATE TABLE volunteering_honour (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        kind varchar(8) NOT NULL CHECK (kind IN ('star', 'medal')),
        code varchar(40) NOT NULL,
        level smallint NOT NULL CHECK (level BETWEEN 1 AND 9),
        title_zh varchar(60) NOT NULL,
        title_en varchar(60) NOT NULL,
        state varchar(16) NOT NULL
            CHECK (state IN ('notice', 'granted', 'refused', 'revoked')),
        minutes integer NOT NULL CHECK (minutes >= 0),
        frozen_policy jsonb NOT NULL,
        approvers text[] NOT NULL,
        noticed_at timestamptz NOT NULL,
        notice_until timestamptz NOT NULL CHECK (notice_until > noticed_at),
        approved_by_id uuid CHECK (approved_by_id <> person_id),
        approved_at timestamptz,
        granted_at timestamptz CHECK (granted_at >= notice_until),
        ended_by_id uuid,
        ended_at timestamptz,
        end_reason varchar(500),
        CHECK ((approved_by_id IS NULL) = (approved_at IS NULL)),
        CHECK (granted_at IS NULL OR approved_at IS NOT NULL),
        CHECK (state NOT IN ('granted') OR granted_at IS NOT NULL),
        CHECK (state NOT IN ('notice', 'refused') OR granted_at IS NULL),
        CHECK ((state IN ('refused', 'revoked')) = (ended_at IS NOT NULL)),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL)))""",
    # An honour is on its way or held once; what was refused or revoked may be earned again.
    """CREATE UNIQUE INDEX volunteering_honour_once ON volunteering_honour (volunteer_id, kind, code)
       WHERE state IN ('notice', 'granted')""",
    """CREATE INDEX volunteering_honour_due ON volunteering_honour (notice_until)
       WHERE state = 'notice'""",
    """CREATE INDEX volunteering_honour_area
       ON volunteering_honour (area_path text_pattern_ops, noticed_at)""",
    """CREATE TABLE volunteering_ban (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL REFERENCES volunteering_volunteer (id),
        person_id uuid NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on > starts_on),
        reason varchar(500) NOT NULL,
        by_id uuid CHECK (by_id <> person_id),
        at timestamptz NOT NULL,
        lifted_at timestamptz,
        lifted_by_id uuid,
        lift_reason varchar(500),
        CHECK ((lifted_at IS NULL) = (lift_reason IS NULL)))""",
    "CREATE INDEX volunteering_ban_of ON volunteering_ban (volunteer_id, ends_on)",
)

KEPT = (
    """CREATE FUNCTION volunteering_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only added to', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION volunteering_append_only()"""
        for table in ("volunteering_record_version", "volunteering_confirmation")
    ),
    """CREATE FUNCTION volunteering_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'records are revoked, never deleted'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_record_kept';
        END IF;
        IF (NEW.id, NEW.number, NEW.volunteer_id, NEW.volunteer_number, NEW.person_id,
            NEW.activity_id, NEW.attendance_id, NEW.area_id, NEW.made_at)
           IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.volunteer_id, OLD.volunteer_number, OLD.person_id,
            OLD.activity_id, OLD.attendance_id, OLD.area_id, OLD.made_at)
           OR (OLD.entry = 'back_entry' AND NEW.entry <> 'back_entry') THEN
            RAISE EXCEPTION 'whose service a record tells of never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_record_whose';
        END IF;
        IF (NEW.started_at, NEW.ended_at, NEW.given_minutes, NEW.counted_minutes)
           IS DISTINCT FROM
           (OLD.started_at, OLD.ended_at, OLD.given_minutes, OLD.counted_minutes)
           AND NEW.version <> OLD.version + 1 THEN
            RAISE EXCEPTION 'what a record says changes by a new version alone'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_record_versions';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('pending', 'confirmed'), ('pending', 'revoked'),
            ('confirmed', 'publicised'), ('confirmed', 'revoked'),
            ('publicised', 'final'), ('publicised', 'revoked'),
            ('final', 'corrected'), ('final', 'revoked'), ('corrected', 'revoked')) THEN
            RAISE EXCEPTION 'a record does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_record_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER volunteering_record_stands BEFORE UPDATE OR DELETE ON volunteering_record
       FOR EACH ROW EXECUTE FUNCTION volunteering_record_stands()""",
    # Under the volunteer's lock: two records of one day count one after the other.
    """CREATE FUNCTION volunteering_record_capped() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state = 'revoked' THEN RETURN NEW; END IF;
        PERFORM FROM volunteering_volunteer WHERE id = NEW.volunteer_id FOR UPDATE;
        IF NEW.counted_minutes + coalesce((
            SELECT sum(r.counted_minutes) FROM volunteering_record r
            WHERE r.volunteer_id = NEW.volunteer_id AND r.day = NEW.day AND r.id <> NEW.id
              AND r.state <> 'revoked'), 0) > NEW.day_cap_minutes THEN
            RAISE EXCEPTION 'a day counts % minutes', NEW.day_cap_minutes
                USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteering_record_day_cap';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER volunteering_record_capped
       BEFORE INSERT OR UPDATE OF counted_minutes, day, state ON volunteering_record
       FOR EACH ROW EXECUTE FUNCTION volunteering_record_capped()""",
    """CREATE FUNCTION volunteering_record_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM volunteering_record r JOIN volunteering_record_version v
              ON v.record_id = r.id AND v.version = r.version
             AND (v.started_at, v.ended_at, v.given_minutes, v.counted_minutes)
               = (r.started_at, r.ended_at, r.given_minutes, r.counted_minutes)
            WHERE r.id = NEW.id) THEN
            RAISE EXCEPTION 'a record says what its last version says'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteering_record_agrees';
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER volunteering_record_agrees
       AFTER INSERT OR UPDATE ON volunteering_record DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION volunteering_record_agrees()""",
    """CREATE FUNCTION volunteering_certificate_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state <> 'valid'
           OR (to_jsonb(NEW) - '{state,ended_by_id,ended_at,end_reason}'::text[])
              <> (to_jsonb(OLD) - '{state,ended_by_id,ended_at,end_reason}'::text[]) THEN
            RAISE EXCEPTION 'a certificate stands as it was issued, or ends'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_certificate_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER volunteering_certificate_stands
       BEFORE UPDATE OR DELETE ON volunteering_certificate
       FOR EACH ROW EXECUTE FUNCTION volunteering_certificate_stands()""",
)


class Migration(migrations.Migration):
    """What the models cannot say: one place at a time, caps, versions, and what nobody moves."""

    dependencies = [("volunteering", "0001_initial")]

    operations = [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ] + [
        ops.RunSQL(statement, "")
        for statement in (*VOLUNTEERS, *ACTIVITIES, *RECORDS, *HONOURS, *KEPT)
    ]
