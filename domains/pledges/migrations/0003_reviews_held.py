from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # Work reports that are missing are told of once.
    "ALTER TABLE pledges_review ADD COLUMN reports_told_at timestamptz",
    """ALTER TABLE pledges_rater_group
        ADD COLUMN position smallint NOT NULL CHECK (position > 0),
        ADD COLUMN is_residents boolean NOT NULL DEFAULT false""",
    """CREATE INDEX pledges_review_due ON pledges_review (rating_opens_at)
       WHERE state = 'reports_due'""",
    """CREATE INDEX pledges_review_closing ON pledges_review (rating_closes_at)
       WHERE state = 'rating'""",
    "CREATE INDEX pledges_review_area ON pledges_review (area_path text_pattern_ops, year)",
    # What was counted stands.
    """CREATE FUNCTION pledges_review_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.area_id, NEW.year, NEW.half, NEW.parent_id, NEW.frozen_rules::text)
           IS DISTINCT FROM
           (OLD.area_id, OLD.year, OLD.half, OLD.parent_id, OLD.frozen_rules::text)
           OR (OLD.result IS NOT NULL AND NEW.result IS DISTINCT FROM OLD.result) THEN
            RAISE EXCEPTION 'a review stays what it is, and its result as it was counted'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_review_stands';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER pledges_review_stands BEFORE UPDATE ON pledges_review
       FOR EACH ROW EXECUTE FUNCTION pledges_review_stands()""",
    """CREATE TRIGGER pledges_rating_kept BEFORE UPDATE OR DELETE ON pledges_rating
       FOR EACH ROW EXECUTE FUNCTION pledges_kept('pledges_rating_kept')""",
)


class Migration(migrations.Migration):
    """What holding a review needs besides: its order of groups, and results that stand."""

    dependencies = [("pledges", "0002_constraints")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS]
