from tortoise import migrations
from tortoise.migrations import operations as ops

ISSUES = """
ALTER TABLE meetings_issue
    ADD COLUMN words tsvector NOT NULL DEFAULT ''::tsvector,
    ADD CONSTRAINT meetings_issue_state CHECK (state IN (
        'reported', 'triaged', 'risk_assessed', 'scheduled', 'deliberated', 'resolved',
        'escalated_to_ballot', 'referred', 'implementing', 'fed_back', 'revisited', 'closed',
        'declined', 'merged', 'withdrawn')),
    ADD CONSTRAINT meetings_issue_category CHECK (category IN (
        'environment', 'noise', 'waste_sorting', 'pets', 'parking', 'public_safety',
        'public_facilities', 'property_service', 'common_property', 'maintenance_fund',
        'lift_retrofit', 'home_to_business', 'neighbours', 'welfare', 'culture',
        'committee_affairs', 'other')),
    ADD CONSTRAINT meetings_issue_risk CHECK (risk IN ('low', 'medium', 'high', 'critical')),
    ADD CONSTRAINT meetings_issue_assessed CHECK (
        (risk IS NULL) = (assessed_at IS NULL) AND (risk IS NULL) = (risk_note IS NULL)),
    ADD CONSTRAINT meetings_issue_assessed_first CHECK (
        state NOT IN ('risk_assessed', 'scheduled', 'deliberated', 'resolved', 'implementing',
                      'escalated_to_ballot', 'fed_back', 'revisited', 'closed')
        OR risk IS NOT NULL),
    ADD CONSTRAINT meetings_issue_reasoned CHECK (
        (state <> 'declined' OR reason IS NOT NULL)
        AND (state <> 'merged' OR merged_into_id IS NOT NULL)
        AND (state <> 'escalated_to_ballot' OR poll_id IS NOT NULL)
        AND (state NOT IN ('resolved', 'implementing', 'fed_back', 'revisited', 'closed')
             OR outcome IS NOT NULL)
        AND (state NOT IN ('fed_back', 'revisited', 'closed') OR feedback IS NOT NULL)
        AND (state NOT IN ('revisited', 'closed') OR findings IS NOT NULL)),
    ADD CONSTRAINT meetings_issue_looked_at CHECK (
        look_due_at IS NULL OR state NOT IN ('declined', 'merged', 'withdrawn')),
    ADD CONSTRAINT meetings_issue_not_into_itself CHECK (merged_into_id <> id),
    ADD CONSTRAINT meetings_issue_evaluation CHECK (
        evaluation IN ('satisfied', 'basically', 'unsatisfied')
        AND evaluated_at IS NOT NULL OR evaluation IS NULL AND evaluated_at IS NULL),
    ADD CONSTRAINT meetings_issue_ended CHECK (
        (ended_at IS NOT NULL) = (state IN ('closed', 'declined', 'merged', 'withdrawn'))),
    ADD CONSTRAINT meetings_issue_entered_for_another CHECK (entered_by_id <> proposer_id),
    ADD CONSTRAINT meetings_issue_area FOREIGN KEY (area_id) REFERENCES membership_area (id),
    ADD CONSTRAINT meetings_issue_proposer FOREIGN KEY (proposer_id)
        REFERENCES membership_person (id),
    ADD CONSTRAINT meetings_issue_merged FOREIGN KEY (merged_into_id)
        REFERENCES meetings_issue (id);
ALTER TABLE meetings_agenda_item
    ADD CONSTRAINT meetings_agenda_item_issue FOREIGN KEY (issue_id) REFERENCES meetings_issue (id);
CREATE INDEX meetings_agenda_item_of_issue ON meetings_agenda_item (issue_id)
    WHERE issue_id IS NOT NULL;
CREATE INDEX meetings_issue_words ON meetings_issue USING gin (words);
CREATE INDEX meetings_issue_newest ON meetings_issue (created_at DESC, id DESC);
CREATE INDEX meetings_issue_place ON meetings_issue (area_path text_pattern_ops);
CREATE INDEX meetings_issue_due ON meetings_issue (due_at)
    WHERE due_at IS NOT NULL AND overdue_at IS NULL;
CREATE INDEX meetings_issue_proposed ON meetings_issue (proposer_id, created_at DESC);
CREATE INDEX meetings_issue_poll ON meetings_issue (poll_id) WHERE poll_id IS NOT NULL;

-- An issue is opened again only after a revisit, and nothing follows an end.
CREATE FUNCTION meetings_issue_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('closed', 'declined', 'merged', 'withdrawn') THEN
        RAISE EXCEPTION 'an issue that ended does not move' USING ERRCODE = '23514';
    END IF;
    IF NEW.state = 'triaged' AND OLD.state NOT IN ('reported', 'revisited') THEN
        RAISE EXCEPTION 'an issue is opened again only after a revisit' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meetings_issue_moves BEFORE UPDATE OF state ON meetings_issue
    FOR EACH ROW EXECUTE FUNCTION meetings_issue_moves();

CREATE TABLE meetings_issue_support (
    issue_id uuid NOT NULL REFERENCES meetings_issue (id),
    person_id uuid NOT NULL REFERENCES membership_person (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (issue_id, person_id)
);
CREATE INDEX meetings_issue_support_mine ON meetings_issue_support (person_id, issue_id);
CREATE TABLE meetings_issue_picture (
    issue_id uuid NOT NULL REFERENCES meetings_issue (id),
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 9),
    upload_id uuid NOT NULL REFERENCES kernel_upload (id),
    PRIMARY KEY (issue_id, position),
    UNIQUE (issue_id, upload_id)
);
CREATE TABLE meetings_assignment (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES meetings_issue (id),
    handler_kind text NOT NULL CHECK (handler_kind IN ('person', 'body', 'organisation')),
    handler_id uuid NOT NULL,
    task text NOT NULL CHECK (length(task) BETWEEN 1 AND 1000),
    state text NOT NULL CHECK (state IN ('open', 'done', 'withdrawn')),
    assigned_by_id uuid,
    assigned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL CHECK (due_at > assigned_at),
    overdue_at timestamptz,
    ended_at timestamptz,
    ended_by_id uuid,
    note text CHECK (length(note) BETWEEN 1 AND 1000),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'open') = (note IS NULL))
);
CREATE INDEX meetings_assignment_issue ON meetings_assignment (issue_id, assigned_at, id);
CREATE INDEX meetings_assignment_handler ON meetings_assignment (handler_id, issue_id);
CREATE INDEX meetings_assignment_due ON meetings_assignment (due_at)
    WHERE state = 'open' AND overdue_at IS NULL;
CREATE TABLE meetings_whistle (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES meetings_issue (id),
    organisation_id uuid NOT NULL REFERENCES membership_organisation (id),
    asked text NOT NULL CHECK (length(asked) BETWEEN 1 AND 1000),
    state text NOT NULL CHECK (state IN ('called', 'answered', 'withdrawn')),
    blown_by_id uuid,
    blown_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL CHECK (due_at > blown_at),
    overdue_at timestamptz,
    ended_at timestamptz,
    ended_by_id uuid,
    comes_at timestamptz,
    answer text CHECK (length(answer) BETWEEN 1 AND 2000),
    CHECK ((state = 'called') = (ended_at IS NULL)),
    CHECK ((state = 'called') = (answer IS NULL)),
    CHECK (comes_at IS NULL OR state = 'answered')
);
CREATE UNIQUE INDEX meetings_whistle_called ON meetings_whistle (issue_id, organisation_id)
    WHERE state = 'called';
CREATE INDEX meetings_whistle_issue ON meetings_whistle (issue_id, blown_at, id);
CREATE INDEX meetings_whistle_department ON meetings_whistle (organisation_id, issue_id);
CREATE INDEX meetings_whistle_due ON meetings_whistle (due_at)
    WHERE state = 'called' AND overdue_at IS NULL;

CREATE TABLE meetings_history (
    subject_kind text NOT NULL CHECK (subject_kind IN ('issue', 'resolution')),
    subject_id uuid NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    actor_id uuid,
    state text NOT NULL,
    note text NOT NULL DEFAULT '',
    about_kind text,
    about_id uuid,
    PRIMARY KEY (subject_kind, subject_id, seq),
    CHECK ((about_kind IS NULL) = (about_id IS NULL))
);
CREATE TRIGGER meetings_history_stands BEFORE UPDATE OR DELETE ON meetings_history
    FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change();
"""

DISCUSSION = """
ALTER TABLE meetings_comment
    ADD CONSTRAINT meetings_comment_subject CHECK (
        subject_kind IN ('issue', 'agenda_item', 'meeting')),
    ADD CONSTRAINT meetings_comment_side CHECK (
        side IN ('for', 'against', 'neutral', 'question')),
    ADD CONSTRAINT meetings_comment_threaded CHECK ((parent_id IS NULL) = (thread_id = id)),
    ADD CONSTRAINT meetings_comment_text CHECK (length(text) BETWEEN 1 AND 2000),
    ADD CONSTRAINT meetings_comment_edited CHECK ((version = 1) = (edited_at IS NULL)),
    ADD CONSTRAINT meetings_comment_author FOREIGN KEY (author_id)
        REFERENCES membership_person (id),
    -- A reply is in its parent's thread, about the same subject.
    ADD CONSTRAINT meetings_comment_place UNIQUE (id, thread_id, subject_kind, subject_id),
    ADD CONSTRAINT meetings_comment_parent
        FOREIGN KEY (parent_id, thread_id, subject_kind, subject_id)
        REFERENCES meetings_comment (id, thread_id, subject_kind, subject_id);
CREATE INDEX meetings_comment_threads
    ON meetings_comment (subject_kind, subject_id, created_at, id) WHERE parent_id IS NULL;
CREATE INDEX meetings_comment_replies
    ON meetings_comment (thread_id, created_at, id) WHERE parent_id IS NOT NULL;
CREATE INDEX meetings_comment_pace ON meetings_comment (author_id, created_at DESC);
CREATE TABLE meetings_comment_revision (
    comment_id uuid NOT NULL REFERENCES meetings_comment (id),
    version integer NOT NULL CHECK (version > 0),
    side text NOT NULL,
    text text NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (comment_id, version)
);
CREATE TRIGGER meetings_comment_revision_stands
    BEFORE UPDATE OR DELETE ON meetings_comment_revision
    FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change();
CREATE TABLE meetings_comment_reaction (
    comment_id uuid NOT NULL REFERENCES meetings_comment (id),
    person_id uuid NOT NULL REFERENCES membership_person (id),
    kind text NOT NULL CHECK (kind IN ('agree', 'thanks', 'doubt')),
    at timestamptz NOT NULL,
    PRIMARY KEY (comment_id, person_id)
);
ALTER TABLE meetings_statement
    ADD CONSTRAINT meetings_statement_subject CHECK (
        subject_kind IN ('issue', 'agenda_item', 'meeting')),
    ADD CONSTRAINT meetings_statement_text CHECK (length(text) BETWEEN 2 AND 140),
    ADD CONSTRAINT meetings_statement_author FOREIGN KEY (author_id)
        REFERENCES membership_person (id);
CREATE UNIQUE INDEX meetings_statement_once
    ON meetings_statement (subject_kind, subject_id, text);
CREATE INDEX meetings_statement_listed
    ON meetings_statement (subject_kind, subject_id, created_at, id);
CREATE INDEX meetings_statement_pace ON meetings_statement (author_id, created_at DESC);
CREATE TABLE meetings_statement_answer (
    statement_id uuid NOT NULL REFERENCES meetings_statement (id),
    person_id uuid NOT NULL REFERENCES membership_person (id),
    attitude text NOT NULL CHECK (attitude IN ('agree', 'disagree', 'pass')),
    group_id uuid,
    PRIMARY KEY (statement_id, person_id)
);
CREATE TABLE meetings_report (
    id uuid PRIMARY KEY,
    text_kind text NOT NULL CHECK (text_kind IN ('comment', 'statement')),
    text_id uuid NOT NULL,
    area_path text NOT NULL,
    reporter_id uuid NOT NULL REFERENCES membership_person (id),
    ground text NOT NULL CHECK (ground IN (
        'abuse', 'personal_data', 'spam', 'off_topic', 'untrue', 'other')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    state text NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
    reported_at timestamptz NOT NULL,
    decided_by_id uuid,
    decided_at timestamptz,
    reason text,
    UNIQUE (text_kind, text_id, reporter_id),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'open') = (reason IS NULL))
);
CREATE INDEX meetings_report_open ON meetings_report (reported_at, id) WHERE state = 'open';
CREATE INDEX meetings_report_pace ON meetings_report (reporter_id, reported_at DESC);
CREATE TABLE meetings_hiding (
    id uuid PRIMARY KEY,
    text_kind text NOT NULL CHECK (text_kind IN ('comment', 'statement')),
    text_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    area_path text NOT NULL,
    author_id uuid NOT NULL,
    hidden_by_id uuid NOT NULL,
    hidden_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 500),
    state text NOT NULL CHECK (state IN ('stands', 'appealed', 'confirmed', 'lifted')),
    appeal text CHECK (length(appeal) BETWEEN 2 AND 1000),
    appealed_at timestamptz,
    decided_by_id uuid,
    decided_at timestamptz,
    decision text CHECK (length(decision) BETWEEN 2 AND 500),
    CHECK ((state = 'stands') = (appealed_at IS NULL)),
    CHECK ((appeal IS NULL) = (appealed_at IS NULL)),
    CHECK ((state IN ('confirmed', 'lifted')) = (decided_at IS NOT NULL)),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    -- Whoever hid a text, or wrote it, does not judge.
    CONSTRAINT meetings_hiding_judged CHECK (
        decided_by_id <> hidden_by_id AND decided_by_id <> author_id)
);
CREATE UNIQUE INDEX meetings_hiding_standing ON meetings_hiding (text_kind, text_id)
    WHERE state <> 'lifted';
CREATE INDEX meetings_hiding_appealed ON meetings_hiding (appealed_at, id)
    WHERE state = 'appealed';
"""

RESOLUTIONS = """
ALTER TABLE meetings_resolution
    ADD CONSTRAINT meetings_resolution_state CHECK (
        state IN ('adopted', 'in_progress', 'done_reported', 'kept', 'set_aside')),
    ADD CONSTRAINT meetings_resolution_source CHECK (source_kind IN ('motion', 'agenda_item')),
    ADD CONSTRAINT meetings_resolution_handler CHECK (
        handler_kind IN ('person', 'body', 'organisation')),
    ADD CONSTRAINT meetings_resolution_percent CHECK (percent BETWEEN 0 AND 100),
    ADD CONSTRAINT meetings_resolution_done CHECK (
        (state IN ('done_reported', 'kept')) <= (done_at IS NOT NULL)),
    ADD CONSTRAINT meetings_resolution_ended CHECK (
        (ended_at IS NOT NULL) = (state IN ('kept', 'set_aside'))),
    ADD CONSTRAINT meetings_resolution_reasoned CHECK (
        state <> 'set_aside' OR reason IS NOT NULL),
    ADD CONSTRAINT meetings_resolution_area FOREIGN KEY (area_id)
        REFERENCES membership_area (id),
    ADD CONSTRAINT meetings_resolution_issue FOREIGN KEY (issue_id)
        REFERENCES meetings_issue (id);
CREATE UNIQUE INDEX meetings_resolution_motion ON meetings_resolution (source_id)
    WHERE source_kind = 'motion';
CREATE INDEX meetings_resolution_newest ON meetings_resolution (adopted_at DESC, id DESC);
CREATE INDEX meetings_resolution_place ON meetings_resolution (area_path text_pattern_ops);
CREATE INDEX meetings_resolution_of_issue ON meetings_resolution (issue_id);
CREATE INDEX meetings_resolution_of_meeting ON meetings_resolution (meeting_id);
CREATE INDEX meetings_resolution_handled ON meetings_resolution (handler_id);
CREATE INDEX meetings_resolution_due ON meetings_resolution (due_at)
    WHERE state IN ('adopted', 'in_progress') AND overdue_at IS NULL;

-- Kept is what a resident says of what was reported done.
CREATE FUNCTION meetings_resolution_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('kept', 'set_aside')
       OR NEW.state = 'kept' AND (OLD.state <> 'done_reported' OR NOT EXISTS (
            SELECT FROM meetings_resolution_evaluation e
            WHERE e.resolution_id = NEW.id AND e.round = NEW.round AND e.kept)) THEN
        RAISE EXCEPTION 'a resolution is kept when a resident says so' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meetings_resolution_moves BEFORE UPDATE OF state ON meetings_resolution
    FOR EACH ROW EXECUTE FUNCTION meetings_resolution_moves();

CREATE TABLE meetings_progress (
    resolution_id uuid NOT NULL REFERENCES meetings_resolution (id),
    seq integer NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    by_id uuid,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    percent smallint NOT NULL CHECK (percent BETWEEN 0 AND 100),
    done boolean NOT NULL,
    PRIMARY KEY (resolution_id, seq)
);
CREATE TRIGGER meetings_progress_stands BEFORE UPDATE OR DELETE ON meetings_progress
    FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change();
CREATE TABLE meetings_progress_evidence (
    resolution_id uuid NOT NULL,
    seq integer NOT NULL,
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 9),
    upload_id uuid NOT NULL REFERENCES kernel_upload (id),
    PRIMARY KEY (resolution_id, seq, position),
    FOREIGN KEY (resolution_id, seq) REFERENCES meetings_progress (resolution_id, seq)
);
CREATE TABLE meetings_resolution_evaluation (
    resolution_id uuid NOT NULL REFERENCES meetings_resolution (id),
    round smallint NOT NULL,
    person_id uuid NOT NULL REFERENCES membership_person (id),
    kept boolean NOT NULL,
    satisfaction text NOT NULL CHECK (
        satisfaction IN ('satisfied', 'basically', 'unsatisfied')),
    text text NOT NULL DEFAULT '' CHECK (length(text) <= 1000),
    at timestamptz NOT NULL,
    decided boolean NOT NULL,
    PRIMARY KEY (resolution_id, round, person_id)
);
CREATE TRIGGER meetings_resolution_evaluation_stands
    BEFORE UPDATE OR DELETE ON meetings_resolution_evaluation
    FOR EACH ROW EXECUTE FUNCTION meetings_refuse_change();
"""


class Migration(migrations.Migration):
    """What the models cannot say: words, checks, moves, and what is only ever added to."""

    dependencies = [('meetings', '0003_issues_discussion_resolutions')]

    initial = False

    operations = [
        ops.RunSQL(ISSUES, ""),
        ops.RunSQL(DISCUSSION, ""),
        ops.RunSQL(RESOLUTIONS, ""),
    ]
