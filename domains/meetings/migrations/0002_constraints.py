from tortoise import migrations
from tortoise.migrations import operations as ops

REFERENCES = (
    ("meetings_body", "area_id", "membership_area"),
    ("meetings_body", "community_id", "membership_area"),
    ("meetings_body", "above_id", "meetings_body"),
    ("meetings_seat", "body_id", "meetings_body"),
    ("meetings_seat", "person_id", "membership_person"),
    ("meetings_recurrence", "body_id", "meetings_body"),
    ("meetings_meeting", "body_id", "meetings_body"),
    ("meetings_meeting", "area_id", "membership_area"),
    ("meetings_meeting", "community_id", "membership_area"),
    ("meetings_meeting", "recurrence_id", "meetings_recurrence"),
    ("meetings_meeting", "chair_id", "membership_person"),
    ("meetings_meeting", "standing_chair_id", "membership_person"),
    ("meetings_meeting", "secretary_id", "membership_person"),
    ("meetings_meeting", "current_item_id", "meetings_agenda_item"),
    ("meetings_agenda_item", "body_id", "meetings_body"),
    ("meetings_agenda_item", "meeting_id", "meetings_meeting"),
    ("meetings_agenda_item", "presenter_id", "membership_person"),
    ("meetings_agenda_item", "raised_from_id", "meetings_agenda_item"),
    ("meetings_invitation", "meeting_id", "meetings_meeting"),
    ("meetings_invitation", "person_id", "membership_person"),
    ("meetings_invitation", "stands_in_for_id", "meetings_invitation"),
    ("meetings_calendar_feed", "person_id", "membership_person"),
)

CHECKS = (
    ("meetings_body", "dissolved", "(dissolved_at IS NULL) = (dissolve_reason IS NULL)"),
    ("meetings_body", "above", "above_id IS DISTINCT FROM id"),
    ("meetings_seat", "days", "until IS NULL OR until >= since"),
    ("meetings_seat", "advice", "kind NOT IN ('expert', 'observer') OR capacity = 'advise'"),
    ("meetings_recurrence", "rule", """CASE kind
        WHEN 'monthly' THEN month_day BETWEEN 1 AND 31 AND week_day IS NULL
        ELSE week_day BETWEEN 1 AND 7 AND month_day IS NULL END"""),
    ("meetings_recurrence", "figures", """every BETWEEN 1 AND 52 AND lasts_minutes BETWEEN 5 AND 1440
        AND starts_minute BETWEEN 0 AND 1439 AND ahead_days BETWEEN 1 AND 92
        AND (last_day IS NULL OR last_day >= first_day)"""),
    # The meeting of the month is monthly, each month.
    ("meetings_recurrence", "of_the_month", "NOT monthly OR (kind = 'monthly' AND every = 1)"),
    ("meetings_meeting", "window", "ends_at > starts_at"),
    ("meetings_meeting", "month_form", "month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"),
    ("meetings_meeting", "month_community", "month IS NULL OR community_id IS NOT NULL"),
    ("meetings_meeting", "rules", """state IN ('planned', 'cancelled')
        OR (frozen_rules IS NOT NULL AND convened_at IS NOT NULL)"""),
    ("meetings_meeting", "chair", """state NOT IN ('in_session', 'recess')
        OR (chair_id IS NOT NULL AND standing_chair_id IS NOT NULL AND opened_at IS NOT NULL)"""),
    # The chair is elsewhere than with its holder only until a motion is decided.
    ("meetings_meeting", "handed_over", """chair_motion_id IS NULL
        OR (chair_id IS NOT NULL AND chair_id IS DISTINCT FROM standing_chair_id)"""),
    ("meetings_meeting", "recess", "(state = 'recess') = (resumes_at IS NOT NULL)"),
    ("meetings_meeting", "adjourned", """(adjourned_at IS NOT NULL) = (state IN
        ('adjourned', 'minutes_draft', 'minutes_confirmed', 'published'))"""),
    ("meetings_meeting", "cancelled", """(state = 'cancelled') = (cancelled_at IS NOT NULL)
        AND (cancelled_at IS NULL) = (cancel_reason IS NULL)"""),
    ("meetings_meeting", "recurring", "(recurrence_id IS NULL) = (recurrence_day IS NULL)"),
    ("meetings_agenda_item", "place", "(meeting_id IS NULL) = (position IS NULL)"),
    ("meetings_agenda_item", "waiting", """(state = 'waiting') = (meeting_id IS NULL)
        OR state = 'withdrawn'"""),
    ("meetings_agenda_item", "called", "state <> 'current' OR called_at IS NOT NULL"),
    ("meetings_agenda_item", "closed", """(closed_at IS NOT NULL)
        = (state IN ('concluded', 'unresolved', 'raised', 'withdrawn'))"""),
    ("meetings_invitation", "votes", "NOT votes OR capacity = 'decide'"),
    ("meetings_invitation", "advice", """kind NOT IN ('expert', 'observer')
        OR capacity = 'advise'"""),
    ("meetings_invitation", "present", """(standing NOT IN ('present', 'left'))
        OR (arrived_at IS NOT NULL AND check_in_method IS NOT NULL AND revoked_at IS NULL)"""),
    ("meetings_invitation", "left", "(standing = 'left') = (left_at IS NOT NULL)"),
    ("meetings_invitation", "list", """(check_in_method = 'list') = (checked_in_by_id IS NOT NULL)
        OR check_in_method IS NULL"""),
    ("meetings_invitation", "revoked", "(revoked_at IS NULL) = (revoke_reason IS NULL)"),
)

STATEMENTS = (
    """CREATE UNIQUE INDEX meetings_body_name ON meetings_body (area_id, name)
       WHERE dissolved_at IS NULL""",
    "CREATE INDEX meetings_body_path ON meetings_body (area_path text_pattern_ops)",
    """CREATE UNIQUE INDEX meetings_seat_person ON meetings_seat (body_id, person_id)
       WHERE ended_at IS NULL""",
    """CREATE UNIQUE INDEX meetings_seat_chair ON meetings_seat (body_id, office)
       WHERE ended_at IS NULL AND office IN ('chair', 'secretary')""",
    "CREATE INDEX meetings_seat_of_person ON meetings_seat (person_id) WHERE ended_at IS NULL",
    """CREATE UNIQUE INDEX meetings_recurrence_monthly ON meetings_recurrence (body_id)
       WHERE monthly AND ended_at IS NULL""",
    # 阳光17议: one meeting of the month a community, whoever makes it.
    """CREATE UNIQUE INDEX meetings_meeting_month ON meetings_meeting (community_id, month)
       WHERE month IS NOT NULL AND state <> 'cancelled'""",
    """CREATE UNIQUE INDEX meetings_meeting_recurrence
       ON meetings_meeting (recurrence_id, recurrence_day)""",
    "CREATE INDEX meetings_meeting_starts ON meetings_meeting (starts_at, id)",
    "CREATE INDEX meetings_meeting_path ON meetings_meeting (area_path text_pattern_ops)",
    "CREATE INDEX meetings_meeting_body ON meetings_meeting (body_id, starts_at)",
    """CREATE INDEX meetings_meeting_before ON meetings_meeting (starts_at)
       WHERE state IN ('agenda_published', 'check_in')""",
    """ALTER TABLE meetings_agenda_item ADD CONSTRAINT meetings_agenda_item_position
       UNIQUE (meeting_id, position) DEFERRABLE INITIALLY DEFERRED""",
    """CREATE UNIQUE INDEX meetings_agenda_item_current ON meetings_agenda_item (meeting_id)
       WHERE state = 'current'""",
    "CREATE INDEX meetings_agenda_item_body ON meetings_agenda_item (body_id, created_at, id)",
    """CREATE UNIQUE INDEX meetings_agenda_item_raised ON meetings_agenda_item (raised_from_id)
       WHERE state <> 'withdrawn'""",
    """CREATE UNIQUE INDEX meetings_invitation_person ON meetings_invitation (meeting_id, person_id)
       WHERE revoked_at IS NULL""",
    """CREATE UNIQUE INDEX meetings_invitation_substitute ON meetings_invitation (stands_in_for_id)
       WHERE revoked_at IS NULL""",
    """CREATE INDEX meetings_invitation_of_person ON meetings_invitation (person_id, meeting_id)
       WHERE revoked_at IS NULL""",
    "CREATE UNIQUE INDEX meetings_calendar_feed_token ON meetings_calendar_feed (token_hash)",
    """CREATE INDEX meetings_calendar_feed_person ON meetings_calendar_feed (person_id)
       WHERE revoked_at IS NULL""",
    """CREATE TABLE meetings_log (
        meeting_id uuid NOT NULL REFERENCES meetings_meeting,
        seq integer NOT NULL CHECK (seq > 0),
        kind varchar(40) NOT NULL,
        at timestamptz NOT NULL,
        actor_id uuid,
        subject_id uuid,
        person_id uuid,
        payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
        PRIMARY KEY (meeting_id, seq)
    )""",
    # Told once of each meeting, day that it is set for, and number of hours before.
    """CREATE TABLE meetings_reminder (
        meeting_id uuid NOT NULL REFERENCES meetings_meeting,
        starts_at timestamptz NOT NULL,
        hours smallint NOT NULL CHECK (hours > 0),
        told boolean NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (meeting_id, starts_at, hours)
    )""",
    # The meeting's row is locked by this update: numbers have no gaps, whoever calls.
    """CREATE FUNCTION meetings_append(
        of_meeting uuid, kind text, actor uuid, subject uuid, person uuid, payload jsonb
    ) RETURNS integer LANGUAGE sql AS $$
        WITH counted AS (
            UPDATE meetings_meeting SET log_seq = log_seq + 1 WHERE id = of_meeting
            RETURNING log_seq
        )
        INSERT INTO meetings_log (meeting_id, seq, kind, at, actor_id, subject_id, person_id, payload)
        SELECT of_meeting, log_seq, kind, kernel_now(), actor, subject, person, payload FROM counted
        RETURNING seq
    $$""",
    """CREATE FUNCTION meetings_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER meetings_log_stands BEFORE UPDATE OR DELETE ON meetings_log
       FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change()""",
    """CREATE TRIGGER meetings_log_kept BEFORE TRUNCATE ON meetings_log
       FOR EACH STATEMENT EXECUTE FUNCTION meetings_refuse_change()""",
    """CREATE FUNCTION meetings_guard_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('planned', 'agenda_published'), ('planned', 'cancelled'),
            ('agenda_published', 'check_in'), ('agenda_published', 'cancelled'),
            ('check_in', 'in_session'), ('check_in', 'agenda_published'),
            ('check_in', 'cancelled'),
            ('in_session', 'recess'), ('recess', 'in_session'),
            ('in_session', 'adjourned'), ('recess', 'adjourned'),
            ('adjourned', 'minutes_draft'), ('minutes_draft', 'minutes_confirmed'),
            ('minutes_confirmed', 'minutes_draft'), ('minutes_confirmed', 'published')
        ) THEN
            RAISE EXCEPTION 'a meeting does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_meeting_steps';
        END IF;
        IF OLD.opened_at IS NOT NULL
           AND NEW.frozen_rules IS DISTINCT FROM OLD.frozen_rules THEN
            RAISE EXCEPTION 'the rules of an opened meeting stand'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_meeting_frozen';
        END IF;
        IF NEW.log_seq < OLD.log_seq THEN
            RAISE EXCEPTION 'a log is never shortened'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_meeting_log_seq';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_meeting_guard BEFORE UPDATE ON meetings_meeting
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_meeting()""",
    # Nothing outside the published agenda is decided: an item comes on it before the notice,
    # or is there to be talked about.
    """CREATE FUNCTION meetings_guard_item() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.announced_at IS NOT NULL AND (
            NEW.kind, NEW.title, NEW.body, NEW.meeting_id, NEW.announced_at)
            IS DISTINCT FROM (OLD.kind, OLD.title, OLD.body, OLD.meeting_id, OLD.announced_at) THEN
            RAISE EXCEPTION 'what was announced stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_agenda_item_announced';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_agenda_item_guard BEFORE UPDATE ON meetings_agenda_item
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_item()""",
    "REVOKE UPDATE, DELETE, TRUNCATE ON meetings_log FROM CURRENT_USER",
)


class Migration(migrations.Migration):
    """What the models cannot say: references, checks, live rows, the log and its guards."""

    dependencies = [("meetings", "0001_initial"), ("membership", "0004_residencies_by_person")]

    operations = (
        [
            ops.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey"
                f" FOREIGN KEY ({column}) REFERENCES {of}", ""
            )
            for table, column, of in REFERENCES
        ]
        + [
            ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name} CHECK ({check})", "")
            for table, name, check in CHECKS
        ]
        + [ops.RunSQL(statement, "") for statement in STATEMENTS]
    )
