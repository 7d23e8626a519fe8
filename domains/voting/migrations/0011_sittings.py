from tortoise import migrations
from tortoise.migrations import operations as ops

STANDS = """
CREATE OR REPLACE FUNCTION voting_poll_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state NOT IN ('draft', 'under_review') AND (
        OLD.title, OLD.body, OLD.area_id, OLD.area_path, OLD.method, OLD.secrecy,
        OLD.least_choices, OLD.most_choices, OLD.opens_at, OLD.frozen_rules, OLD.electorate,
        OLD.seats, OLD.budget_fen, OLD.author_id, OLD.parent_poll_id, OLD.subject_id
    ) IS DISTINCT FROM (
        NEW.title, NEW.body, NEW.area_id, NEW.area_path, NEW.method, NEW.secrecy,
        NEW.least_choices, NEW.most_choices, NEW.opens_at, NEW.frozen_rules, NEW.electorate,
        NEW.seats, NEW.budget_fen, NEW.author_id, NEW.parent_poll_id, NEW.subject_id
    ) THEN
        RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    -- The window moves once at most, and only with its extension; a vote in a sitting may end
    -- before its time where its frozen rules name what ends it, in the moment that it closes.
    IF OLD.state NOT IN ('draft', 'under_review') AND OLD.closes_at <> NEW.closes_at
       AND (OLD.extended_at IS NOT NULL OR NEW.extended_at IS NULL
            OR NEW.closes_at < OLD.closes_at)
       AND NOT (OLD.state = 'open' AND NEW.state = 'closed' AND NEW.closes_at < OLD.closes_at
            AND COALESCE(jsonb_array_length(
                OLD.frozen_rules::jsonb #> '{content,sitting,endsEarly}'), 0) > 0) THEN
        RAISE EXCEPTION 'a published window stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'under_review', 'roll_published') AND (
        OLD.roll_size, OLD.roll_fingerprint
    ) IS DISTINCT FROM (NEW.roll_size, NEW.roll_fingerprint) THEN
        RAISE EXCEPTION 'a frozen roll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.result IS NOT NULL AND (OLD.result, OLD.outcome) IS DISTINCT FROM
       (NEW.result, NEW.outcome) THEN
        RAISE EXCEPTION 'a published result stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('final', 'annulled', 'inquorate', 'cancelled')
       AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a decided poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$body$
"""


class Migration(migrations.Migration):
    """Votes in a sitting end when all have voted or the chair ends them, if their rules say so."""

    dependencies = [("voting", "0010_put_right")]

    operations = [ops.RunSQL(STANDS, "")]
