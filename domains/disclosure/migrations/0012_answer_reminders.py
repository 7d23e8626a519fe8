from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    "ALTER TABLE disclosure_question ADD COLUMN reminded_at timestamptz",
    "CREATE INDEX disclosure_question_unreminded ON disclosure_question (due_at) WHERE state = 'open' AND reminded_at IS NULL",
    """
    CREATE OR REPLACE FUNCTION disclosure_question_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        way text[] := ARRAY['state', 'text', 'revision', 'due_at', 'late_at', 'extensions', 'street_due_at',
            'street_late_at', 'appealed_at', 'appeal_reason', 'withdrawn_at', 'upheld', 'corrected_version',
            'reminded_at'];
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
)


class Migration(migrations.Migration):
    """Answers that are told of before they are late."""

    dependencies = [("disclosure", "0011_periods")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
