from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from domains.voting.rules.forms import BallotForm
from domains.voting.rules.records import CountingRule
from domains.voting.values import Outcome, PollMethod

_BUDGETS = "'budget_approval', 'budget_points'"

RULES = (
    """ALTER TABLE voting_poll
        ADD CONSTRAINT voting_poll_counting_rule CHECK (
            (method = 'preference') = (counting_rule IS NOT NULL)
            AND (counting_rule IS NULL) = (ballot_form IS NULL)),
        ADD CONSTRAINT voting_poll_highest CHECK (
            (COALESCE(ballot_form, '') IN ('score', 'grade', 'budget_points'))
            = (highest IS NOT NULL)
            AND (highest IS NULL OR highest BETWEEN 1 AND
                 CASE ballot_form WHEN 'budget_points' THEN 65535 ELSE 15 END)),
        ADD CONSTRAINT voting_poll_minimum_score CHECK (
            minimum_score >= 0
            AND (COALESCE(counting_rule, '') = 'greedy_minimum') = (minimum_score > 0)),
        ADD CONSTRAINT voting_poll_most_points CHECK (
            most_points IS NULL
            OR most_points > 0 AND COALESCE(ballot_form, '') = 'budget_points')""",
    f"""ALTER TABLE voting_poll
        ADD CONSTRAINT voting_poll_spends CHECK (
            (COALESCE(ballot_form, '') IN ({_BUDGETS})) = (budget_fen IS NOT NULL)),
        DROP CONSTRAINT voting_poll_choices,
        ADD CONSTRAINT voting_poll_choices CHECK (
            least_choices BETWEEN 0 AND most_choices AND most_choices BETWEEN 1 AND
            CASE WHEN COALESCE(ballot_form, '') IN ({_BUDGETS}) THEN 500 ELSE 15 END)""",
    """ALTER TABLE voting_option
        ADD CONSTRAINT voting_option_cost CHECK (cost_fen > 0),
        DROP CONSTRAINT voting_option_position,
        ADD CONSTRAINT voting_option_position CHECK (position BETWEEN 1 AND 500)""",
)

# Where marks are nibbles of one bigint there is room for 15 options.
ROOM = (
    f"""
CREATE FUNCTION voting_option_fits() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT FROM voting_poll p WHERE p.id = NEW.poll_id AND p.ballot_form IN ({_BUDGETS})
    ) THEN
        RAISE EXCEPTION 'a ballot of this form has room for 15 options'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voting_option_fits';
    END IF;
    RETURN NEW;
END
$body$
""",
    """CREATE TRIGGER voting_option_fits BEFORE INSERT OR UPDATE ON voting_option
       FOR EACH ROW WHEN (NEW.position > 15) EXECUTE FUNCTION voting_option_fits()""",
)

# How a published poll is counted stands with its question.
STANDING = (
    """
CREATE FUNCTION voting_poll_counting_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
END
$body$
""",
    """CREATE TRIGGER voting_poll_counting_stands BEFORE UPDATE ON voting_poll
       FOR EACH ROW WHEN (
           OLD.state NOT IN ('draft', 'under_review') AND (
               OLD.counting_rule, OLD.ballot_form, OLD.highest, OLD.minimum_score,
               OLD.most_points
           ) IS DISTINCT FROM (
               NEW.counting_rule, NEW.ballot_form, NEW.highest, NEW.minimum_score,
               NEW.most_points))
       EXECUTE FUNCTION voting_poll_counting_stands()""",
)


class Migration(migrations.Migration):
    """Polls that a rule of preference counts, and ballots over more projects than 15."""

    dependencies = [("voting", "0006_elections")]

    operations = [
        ops.AddField(
            model_name="Poll",
            name="counting_rule",
            field=fields.CharEnumField(enum_type=CountingRule, max_length=24, null=True),
        ),
        ops.AddField(
            model_name="Poll",
            name="ballot_form",
            field=fields.CharEnumField(enum_type=BallotForm, max_length=16, null=True),
        ),
        ops.AddField(model_name="Poll", name="highest", field=fields.IntField(null=True)),
        ops.AddField(
            model_name="Poll",
            name="minimum_score",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(model_name="Poll", name="most_points", field=fields.IntField(null=True)),
        ops.AlterField(
            model_name="Poll",
            name="method",
            field=fields.CharEnumField(
                description="\n".join(f"{each.name}: {each.value}" for each in PollMethod),
                enum_type=PollMethod,
                max_length=16,
            ),
        ),
        ops.AlterField(
            model_name="Poll",
            name="outcome",
            field=fields.CharEnumField(
                description="\n".join(f"{each.name}: {each.value}" for each in Outcome),
                enum_type=Outcome,
                max_length=16,
                null=True,
            ),
        ),
        *(ops.RunSQL(statement, "") for statement in (*RULES, *ROOM, *STANDING)),
    ]
