from tortoise import migrations
from tortoise.migrations import operations as ops

LIVE_REQUEST = "state IN ('waiting', 'speaking', 'interrupted')"
SETTLED = "('carried', 'lost', 'tabled', 'withdrawn')"

REFERENCES = (
    ("meetings_request", "meeting_id", "meetings_meeting"),
    ("meetings_request", "motion_id", "meetings_motion"),
    ("meetings_request", "item_id", "meetings_agenda_item"),
    ("meetings_request", "person_id", "membership_person"),
    ("meetings_motion", "meeting_id", "meetings_meeting"),
    ("meetings_motion", "item_id", "meetings_agenda_item"),
    ("meetings_motion", "target_id", "meetings_motion"),
    ("meetings_motion", "proposer_id", "membership_person"),
    ("meetings_motion", "body_id", "meetings_body"),
    ("meetings_seconding", "motion_id", "meetings_motion"),
    ("meetings_seconding", "person_id", "membership_person"),
    ("meetings_vote", "meeting_id", "meetings_meeting"),
    ("meetings_vote", "motion_id", "meetings_motion"),
    ("meetings_vote", "chair_id", "membership_person"),
    ("meetings_vote", "poll_id", "voting_poll"),
)

CHECKS = (
    ("meetings_request", "running", "running_since IS NULL OR state = 'speaking'"),
    ("meetings_request", "called", """(state IN ('speaking', 'interrupted', 'spoken'))
        = (called_at IS NOT NULL) AND (called_at IS NULL) = (limit_s IS NULL)
        AND (called_at IS NULL) = (call_number IS NULL)"""),
    ("meetings_request", "ended", """(state = 'spoken') = (ending IS NOT NULL)
        AND (state IN ('spoken', 'withdrawn', 'lapsed')) = (ended_at IS NOT NULL)"""),
    # However the clock jumps, nobody is written down for more than their limit.
    ("meetings_request", "banked", """banked_ms >= 0
        AND (limit_s IS NULL OR banked_ms <= limit_s::bigint * 1000)"""),
    ("meetings_motion", "amends", """CASE kind WHEN 'amendment'
        THEN depth BETWEEN 1 AND 2 AND num_nulls(target_id, base_text, edits) = 0
        ELSE depth = 0 AND num_nonnulls(base_text, edits) = 0 END"""),
    ("meetings_motion", "applies", """kind NOT IN ('refer', 'postpone', 'close_debate',
        'withdrawal', 'appeal') OR target_id IS NOT NULL"""),
    ("meetings_motion", "refers", "(kind = 'refer') = (body_id IS NOT NULL)"),
    ("meetings_motion", "postpones", "(kind = 'postpone') = (postponed_to IS NOT NULL)"),
    ("meetings_motion", "recesses", """(kind = 'recess') = (recess_minutes IS NOT NULL)
        AND (recess_minutes IS NULL OR recess_minutes BETWEEN 1 AND 480)"""),
    ("meetings_motion", "settled", f"""(state IN {SETTLED}) = (settled_at IS NOT NULL)
        AND (settled_at IS NULL) = (settled_number IS NULL)"""),
    ("meetings_vote", "quorate", "present >= required AND entitled BETWEEN 1 AND present"),
    ("meetings_vote", "window", "closes_at > opened_at AND least_until >= opened_at"),
    ("meetings_vote", "ended", "(state = 'open') = (ended_at IS NULL)"),
    ("meetings_vote", "void", "(state = 'void') = (void_reason IS NOT NULL)"),
    ("meetings_vote", "counted", """CASE WHEN state IN ('carried', 'lost', 'objected')
        THEN in_favour >= 0 AND against >= 0 AND in_favour + against + silent = entitled
        ELSE num_nonnulls(in_favour, against, silent) = 0 END"""),
    # A tie fails, whatever the rules count.
    ("meetings_vote", "tie", "state <> 'carried' OR in_favour > against"),
)

STATEMENTS = (
    f"""CREATE UNIQUE INDEX meetings_request_hand ON meetings_request (matter_id, person_id)
       WHERE {LIVE_REQUEST} AND side <> 'point_of_order'""",
    f"""CREATE UNIQUE INDEX meetings_request_point ON meetings_request (meeting_id, person_id)
       WHERE {LIVE_REQUEST} AND side = 'point_of_order'""",
    """CREATE UNIQUE INDEX meetings_request_speaking ON meetings_request (meeting_id)
       WHERE state = 'speaking'""",
    """CREATE UNIQUE INDEX meetings_request_interrupted ON meetings_request (meeting_id)
       WHERE state = 'interrupted'""",
    "CREATE UNIQUE INDEX meetings_request_number ON meetings_request (meeting_id, number)",
    "CREATE INDEX meetings_request_matter ON meetings_request (matter_id, call_number)",
    """CREATE UNIQUE INDEX meetings_motion_main ON meetings_motion (meeting_id)
       WHERE kind = 'main'
         AND state IN ('proposed', 'seconded', 'pending', 'debating', 'ready', 'voting')""",
    """CREATE UNIQUE INDEX meetings_motion_voting ON meetings_motion (meeting_id)
       WHERE state = 'voting'""",
    "CREATE UNIQUE INDEX meetings_motion_number ON meetings_motion (meeting_id, number)",
    "CREATE INDEX meetings_motion_item ON meetings_motion (item_id, number)",
    "CREATE INDEX meetings_motion_target ON meetings_motion (target_id)",
    """CREATE UNIQUE INDEX meetings_vote_open ON meetings_vote (meeting_id)
       WHERE state = 'open'""",
    "CREATE INDEX meetings_vote_motion ON meetings_vote (motion_id, opened_at)",
    f"""CREATE FUNCTION meetings_guard_motion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.meeting_id, NEW.item_id, NEW.kind, NEW.number, NEW.depth, NEW.target_id,
            NEW.proposer_id, NEW.title, NEW.moved_text, NEW.base_text)
           IS DISTINCT FROM (OLD.meeting_id, OLD.item_id, OLD.kind, OLD.number, OLD.depth,
            OLD.target_id, OLD.proposer_id, OLD.title, OLD.moved_text, OLD.base_text) THEN
            RAISE EXCEPTION 'what was moved stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_motion_moved';
        END IF;
        IF OLD.state IN {SETTLED} AND (NEW.state, NEW.text, NEW.edits, NEW.settled_at)
           IS DISTINCT FROM (OLD.state, OLD.text, OLD.edits, OLD.settled_at) THEN
            RAISE EXCEPTION 'what is settled stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_motion_settled_stands';
        END IF;
        IF NEW.state <> OLD.state AND NEW.state NOT IN ('lost', 'tabled', 'withdrawn')
           AND (OLD.state, NEW.state) NOT IN (
            ('proposed', 'seconded'), ('proposed', 'carried'), ('seconded', 'carried'),
            ('seconded', 'pending'), ('seconded', 'ready'),
            ('pending', 'debating'), ('pending', 'ready'), ('debating', 'ready'),
            ('ready', 'voting'), ('voting', 'ready'), ('voting', 'carried')
        ) THEN
            RAISE EXCEPTION 'a motion does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_motion_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_motion_guard BEFORE UPDATE ON meetings_motion
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_motion()""",
    """CREATE FUNCTION meetings_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state <> 'open' THEN
            RAISE EXCEPTION 'a vote that is over stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_vote_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_vote_guard BEFORE UPDATE OR DELETE ON meetings_vote
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_vote()""",
)


class Migration(migrations.Migration):
    """One speaker, one main motion, one vote at a time; what is settled stands."""

    dependencies = [("meetings", "0005_floor_and_motions"), ("voting", "0011_sittings")]

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
