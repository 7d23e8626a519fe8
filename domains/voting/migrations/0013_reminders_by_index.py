from tortoise import migrations
from tortoise.migrations import operations as ops

# When a poll's voters, and before them its roll's, are reminded follows from other columns; it is
# kept so that what is due is found by its index among any number of polls.
REMINDERS = (
    "ALTER TABLE voting_poll ADD COLUMN remind_at timestamptz, ADD COLUMN roll_remind_at timestamptz",
    # So many hours before the close as the rules say, or a quarter of a shorter window; of a roll a
    # day before objections end, or a quarter of shorter days.
    """
CREATE FUNCTION voting_poll_reminders() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.remind_at := NEW.closes_at - LEAST(
        make_interval(hours => (NEW.frozen_rules #>> '{content,remindHours}')::int),
        (NEW.closes_at - NEW.opens_at) / 4);
    NEW.roll_remind_at := NEW.objections_until - LEAST(
        interval '1 day', (NEW.objections_until - NEW.roll_published_at) / 4);
    RETURN NEW;
END
$body$
""",
    """CREATE TRIGGER voting_poll_reminders BEFORE INSERT OR UPDATE OF
       opens_at, closes_at, frozen_rules, objections_until, roll_published_at
       ON voting_poll FOR EACH ROW EXECUTE FUNCTION voting_poll_reminders()""",
    "UPDATE voting_poll SET closes_at = closes_at",
    """CREATE INDEX voting_poll_reminding ON voting_poll (remind_at)
       WHERE state = 'open' AND reminded_at IS NULL""",
    """CREATE INDEX voting_poll_roll_reminding ON voting_poll (roll_remind_at)
       WHERE state = 'roll_published' AND roll_reminded_at IS NULL""",
)


class Migration(migrations.Migration):
    """Whom to remind is found by index, however many polls are open."""

    dependencies = [("voting", "0012_roll_reminders")]

    operations = [ops.RunSQL(statement, "") for statement in REMINDERS]
