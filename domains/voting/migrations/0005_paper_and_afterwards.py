from tortoise import migrations
from tortoise.migrations import operations as ops

PAPER = (
    # A poll that has paper: its count waits until somebody says that all of it is in. It
    # refers to no poll, so that issuing a paper never waits for a poll's row.
    """CREATE TABLE voting_paper_box (
        poll_id uuid PRIMARY KEY,
        begun_at timestamptz NOT NULL,
        completed_at timestamptz,
        completed_by_id uuid,
        CONSTRAINT voting_paper_box_completed
            CHECK (completed_by_id IS NULL OR completed_at IS NOT NULL)
    )""",
    """ALTER TABLE voting_paper_batch
        DROP CONSTRAINT voting_paper_batch_state_check,
        ADD CONSTRAINT voting_paper_batch_state_check
            CHECK (state IN ('open', 'entered', 'differs', 'agreed', 'discarded')),
        ADD COLUMN returned integer CHECK (returned >= 0),
        ADD COLUMN void integer CHECK (void BETWEEN 0 AND returned),
        ADD COLUMN spoiled integer CHECK (spoiled >= 0),
        ADD COLUMN discarded_by_id uuid,
        ADD COLUMN discard_reason varchar(500),
        ADD CONSTRAINT voting_paper_batch_counted CHECK (
            (state = 'agreed') = (returned IS NOT NULL)
            AND num_nonnulls(returned, void, spoiled) IN (0, 3)),
        ADD CONSTRAINT voting_paper_batch_discarded
            CHECK ((state = 'discarded') = (discard_reason IS NOT NULL))
    """,
    # Nobody returns two papers in one batch; a spoiled one was exchanged for another.
    """CREATE UNIQUE INDEX voting_paper_line_one_voter
       ON voting_paper_line (batch_id, turn, voter_id) WHERE verdict <> 'spoiled'""",
    """CREATE FUNCTION voting_paper_batch_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF OLD.state IN ('agreed', 'discarded') THEN
            RAISE EXCEPTION 'a settled batch stands' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $body$""",
    """CREATE TRIGGER voting_paper_batch_stands BEFORE UPDATE OR DELETE ON voting_paper_batch
       FOR EACH ROW EXECUTE FUNCTION voting_paper_batch_stands()""",
)

AFTERWARDS = (
    """CREATE UNIQUE INDEX voting_challenge_one_open
       ON voting_challenge (poll_id, by_id) WHERE state = 'open'""",
    "CREATE INDEX voting_poll_publicising ON voting_poll (certified_at) WHERE state = 'certified'",
    """CREATE INDEX voting_poll_finishing ON voting_poll (publicity_until)
       WHERE state = 'publicised'""",
    # An annulled poll is voted on again once; a repetition that was cancelled leaves room.
    """CREATE UNIQUE INDEX voting_poll_one_reelection ON voting_poll (parent_poll_id)
       WHERE parent_relation = 'reelection' AND state <> 'cancelled'""",
)


class Migration(migrations.Migration):
    """Paper waits for its second reading; what follows a count happens once."""

    dependencies = [("voting", "0004_ballot_box_widened")]

    operations = [ops.RunSQL(statement, "") for statement in (*PAPER, *AFTERWARDS)]
