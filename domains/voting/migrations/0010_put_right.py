from tortoise import migrations
from tortoise.migrations import operations as ops

PUT_RIGHT = (
    # Papers that were given out by mistake and came back before the close.
    """CREATE TABLE voting_paper_taken_back (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        poll_id uuid NOT NULL,
        voter_id uuid NOT NULL,
        issued_by_id uuid NOT NULL,
        issued_on date NOT NULL,
        taken_back_by_id uuid NOT NULL,
        taken_back_on date NOT NULL,
        reason varchar(500) NOT NULL,
        CONSTRAINT voting_paper_taken_back_on_roll FOREIGN KEY (poll_id, voter_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE RESTRICT
    )""",
    "CREATE INDEX voting_paper_taken_back_poll ON voting_paper_taken_back (poll_id)",
    """CREATE TRIGGER voting_paper_taken_back_append_only
       BEFORE UPDATE OR DELETE ON voting_paper_taken_back
       FOR EACH STATEMENT EXECUTE FUNCTION voting_refuse_change()""",
    # A run-off's proxy may be one of the round before.
    """ALTER TABLE voting_proxy ADD COLUMN carried_from_id uuid
        REFERENCES voting_proxy (id) ON DELETE RESTRICT""",
    # Where one challenge annuls a poll, the others have nothing left to challenge.
    """ALTER TABLE voting_challenge
        DROP CONSTRAINT voting_challenge_state_check,
        ADD CONSTRAINT voting_challenge_state_check
            CHECK (state IN ('open', 'upheld', 'dismissed', 'closed')),
        ADD CONSTRAINT voting_challenge_closed
            CHECK (state <> 'closed' OR decided_by_id IS NULL)""",
    # Said once of each objection that is not decided in time.
    "ALTER TABLE voting_roll_objection ADD COLUMN overdue_at timestamptz",
    """CREATE INDEX voting_roll_objection_due ON voting_roll_objection (due_at)
       WHERE state = 'open'""",
)


class Migration(migrations.Migration):
    """What went wrong can be put right: papers, proxies, challenges and objections."""

    dependencies = [("voting", "0009_numbered_ballots")]

    operations = [ops.RunSQL(statement, "") for statement in PUT_RIGHT]
