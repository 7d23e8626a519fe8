from tortoise import migrations
from tortoise.migrations import operations as ops

# Remarks have no author: who has given one is kept apart, and forgotten when the boxes close.
REMARKS = (
    "DROP TABLE pledges_remark",
    """CREATE TABLE pledges_remark_topic (
        id uuid PRIMARY KEY,
        reviewee_id uuid NOT NULL REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        title varchar(60) NOT NULL CHECK (btrim(title) <> ''),
        due_at timestamptz,
        late_since timestamptz,
        answer varchar(2000) CHECK (btrim(answer) <> ''),
        answered_by_id uuid,
        answered_at timestamptz,
        CONSTRAINT pledges_remark_topic_once UNIQUE (reviewee_id, title),
        CONSTRAINT pledges_remark_topic_of UNIQUE (id, reviewee_id),
        CONSTRAINT pledges_remark_topic_answered CHECK (
            (answer IS NULL) = (answered_at IS NULL)
            AND (answer IS NULL) = (answered_by_id IS NULL))
    )""",
    """CREATE INDEX pledges_remark_topic_due ON pledges_remark_topic (due_at)
       WHERE answered_at IS NULL AND late_since IS NULL""",
    """CREATE TABLE pledges_remark (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        reviewee_id uuid NOT NULL REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        topic_id uuid,
        text varchar(1000) NOT NULL CHECK (btrim(text) <> ''),
        withheld_reason varchar(200) CHECK (btrim(withheld_reason) <> ''),
        CONSTRAINT pledges_remark_told CHECK (topic_id IS NULL OR withheld_reason IS NULL),
        CONSTRAINT pledges_remark_of_topic FOREIGN KEY (topic_id, reviewee_id)
            REFERENCES pledges_remark_topic (id, reviewee_id) ON DELETE RESTRICT
    )""",
    "CREATE INDEX pledges_remark_reviewee ON pledges_remark (reviewee_id, id)",
    "CREATE INDEX pledges_remark_by_topic ON pledges_remark (topic_id, id)",
    """CREATE TABLE pledges_remark_given (
        reviewee_id uuid NOT NULL REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL,
        CONSTRAINT pledges_remark_given_once PRIMARY KEY (reviewee_id, person_id)
    )""",
)

# What a published review came to for each reviewee; the law's consequence is told, never carried out.
OUTCOMES = (
    """CREATE TABLE pledges_outcome (
        reviewee_id uuid PRIMARY KEY REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        rate varchar(200),
        failed boolean NOT NULL,
        in_a_row smallint NOT NULL CHECK (in_a_row >= 0),
        consequence varchar(300),
        legal_basis varchar(300),
        at timestamptz NOT NULL,
        CONSTRAINT pledges_outcome_failed CHECK (failed = (in_a_row > 0)),
        CONSTRAINT pledges_outcome_flagged CHECK (
            (consequence IS NULL) = (legal_basis IS NULL) AND (failed OR consequence IS NULL))
    )""",
    """CREATE TRIGGER pledges_outcome_kept BEFORE UPDATE OR DELETE ON pledges_outcome
       FOR EACH ROW EXECUTE FUNCTION pledges_kept('pledges_outcome_kept')""",
    """CREATE INDEX pledges_reviewee_person ON pledges_reviewee (person_id)
       WHERE person_id IS NOT NULL""",
    """CREATE INDEX pledges_reviewee_body ON pledges_reviewee (organisation_id)
       WHERE organisation_id IS NOT NULL""",
)

RECTIFICATIONS = (
    """ALTER TABLE pledges_rectification
        ADD COLUMN reported_by_id uuid,
        ADD CONSTRAINT pledges_rectification_reporter CHECK (
            (reported_by_id IS NULL) = (reported_at IS NULL)),
        ADD CONSTRAINT pledges_rectification_another CHECK (
            decided_by_id IS NULL OR reported_by_id IS NULL OR decided_by_id <> reported_by_id)""",
    """CREATE INDEX pledges_rectification_due ON pledges_rectification (due_at)
       WHERE state = 'ordered' AND late_since IS NULL""",
    """CREATE FUNCTION pledges_rectification_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.id, NEW.review_id, NEW.reviewee_id, NEW.demand, NEW.ordered_by_id,
            NEW.ordered_at, NEW.due_at)
           IS DISTINCT FROM
           (OLD.id, OLD.review_id, OLD.reviewee_id, OLD.demand, OLD.ordered_by_id,
            OLD.ordered_at, OLD.due_at)
           OR OLD.state IN ('passed', 'failed')
           OR (OLD.late_since IS NOT NULL AND NEW.late_since IS DISTINCT FROM OLD.late_since)
           OR (NEW.state = 'passed' AND OLD.state <> 'reported')
           OR (NEW.state = 'ordered' AND OLD.state <> 'ordered') THEN
            RAISE EXCEPTION 'an order stands as it was given, with its day'
                USING ERRCODE = 'restrict_violation',
                      CONSTRAINT = 'pledges_rectification_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER pledges_rectification_stands BEFORE UPDATE ON pledges_rectification
       FOR EACH ROW EXECUTE FUNCTION pledges_rectification_stands()""",
    """CREATE TRIGGER pledges_rectification_stays BEFORE DELETE ON pledges_rectification
       FOR EACH ROW EXECUTE FUNCTION pledges_kept('pledges_rectification_stays')""",
)

APPRAISALS = (
    "ALTER TABLE pledges_appraisal ADD COLUMN reply_until timestamptz NOT NULL",
    """ALTER TABLE pledges_appraisal ADD CONSTRAINT pledges_appraisal_reply_in_time CHECK (
        reply_until > at AND (replied_at IS NULL OR replied_at < reply_until))""",
    "CREATE INDEX pledges_appraisal_person ON pledges_appraisal (person_id, year, id)",
    "CREATE INDEX pledges_appraisal_review ON pledges_appraisal (review_id)",
    """CREATE FUNCTION pledges_appraisal_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.reply IS NOT NULL
           OR to_jsonb(NEW) - 'reply' - 'replied_at' <> to_jsonb(OLD) - 'reply' - 'replied_at' THEN
            RAISE EXCEPTION 'an appraisal stands as it was recorded, and is replied to once'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_appraisal_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER pledges_appraisal_stands BEFORE UPDATE ON pledges_appraisal
       FOR EACH ROW EXECUTE FUNCTION pledges_appraisal_stands()""",
    """CREATE TRIGGER pledges_appraisal_stays BEFORE DELETE ON pledges_appraisal
       FOR EACH ROW EXECUTE FUNCTION pledges_kept('pledges_appraisal_stays')""",
)

_STEPS = (
    ("scheduled", "reports_due"),
    ("reports_due", "rating void"),
    ("rating", "tallied void"),
    ("tallied", "published"),
    ("published", "rectifying linked"),
    ("rectifying", "re_reviewed linked"),
    ("re_reviewed", "linked"),
)
_ALLOWED = ", ".join(f"'{old}>{new}'" for old, news in _STEPS for new in news.split())
STEPS = (
    # The review after whose rectifications this one is held, repeated rounds included.
    """ALTER TABLE pledges_review ADD COLUMN second_of_id uuid
        REFERENCES pledges_review (id) ON DELETE RESTRICT""",
    # The rules of what follows are frozen with the publication.
    "ALTER TABLE pledges_review ADD COLUMN frozen_follow_up jsonb",
    """ALTER TABLE pledges_review ADD CONSTRAINT pledges_review_follow_up CHECK (
        (published_at IS NULL) = (frozen_follow_up IS NULL))""",
    f"""CREATE FUNCTION pledges_review_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({_ALLOWED}))
           OR (OLD.published_at IS NOT NULL
               AND (NEW.published_at, NEW.frozen_follow_up::text)
                   IS DISTINCT FROM (OLD.published_at, OLD.frozen_follow_up::text)) THEN
            RAISE EXCEPTION 'a review does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_review_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER pledges_review_steps BEFORE UPDATE ON pledges_review
       FOR EACH ROW EXECUTE FUNCTION pledges_review_steps()""",
)


class Migration(migrations.Migration):
    """What follows a counted review: remarks, outcomes, orders, and the year's appraisal."""

    dependencies = [("pledges", "0004_acceptances_read")]

    operations = [
        ops.RunSQL(statement, "")
        for statement in (*REMARKS, *OUTCOMES, *RECTIFICATIONS, *APPRAISALS, *STEPS)
    ]
