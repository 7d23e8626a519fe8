from tortoise import migrations
from tortoise.migrations import operations as ops

MOST = 2**53 - 1

STATEMENTS = (
    f"""
    CREATE TABLE disclosure_statement (
        version_id uuid PRIMARY KEY REFERENCES disclosure_version (id) ON DELETE CASCADE,
        kind varchar(8) NOT NULL CHECK (kind IN ('actuals', 'budget')),
        book varchar(40) NOT NULL,
        period_start date NOT NULL,
        period_end date NOT NULL,
        opening_fen bigint NOT NULL CHECK (opening_fen BETWEEN -{MOST} AND {MOST}),
        incoming_fen bigint NOT NULL CHECK (incoming_fen BETWEEN 0 AND {MOST}),
        outgoing_fen bigint NOT NULL CHECK (outgoing_fen BETWEEN 0 AND {MOST}),
        closing_fen bigint NOT NULL CHECK (closing_fen BETWEEN -{MOST} AND {MOST}),
        line_count integer NOT NULL CHECK (line_count >= 1),
        CONSTRAINT disclosure_statement_adds_up CHECK (opening_fen + incoming_fen - outgoing_fen = closing_fen),
        CONSTRAINT disclosure_statement_period CHECK (period_end >= period_start AND period_end < period_start + 366)
    )
    """,
    """
    CREATE TRIGGER disclosure_statement_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_statement
    FOR EACH ROW EXECUTE FUNCTION disclosure_part_keep()
    """,
    # What everybody reads of a person is masked; who is entitled opens the seal. The tag tells
    # whether a later version names another.
    f"""
    CREATE TABLE disclosure_line (
        id uuid PRIMARY KEY,
        version_id uuid NOT NULL REFERENCES disclosure_statement (version_id) ON DELETE CASCADE,
        number integer NOT NULL CHECK (number >= 1),
        on_date date NOT NULL,
        finance_class varchar(16) NOT NULL,
        item_code varchar(40),
        flow varchar(8) NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND {MOST}),
        summary varchar(200) NOT NULL CHECK (summary <> ''),
        counterparty varchar(100),
        full_sealed bytea,
        full_tag bytea CHECK (octet_length(full_tag) = 32),
        voucher varchar(40),
        approver varchar(60),
        UNIQUE (version_id, number),
        CHECK (num_nulls(full_sealed, full_tag) IN (0, 2)),
        CONSTRAINT disclosure_line_flow CHECK (CASE finance_class
            WHEN 'plan' THEN flow = 'standing'
            WHEN 'income' THEN flow = 'incoming'
            WHEN 'spending' THEN flow = 'outgoing'
            WHEN 'distribution' THEN flow = 'outgoing'
            ELSE finance_class IN ('assets', 'resources', 'debts', 'other')
                AND flow IN ('incoming', 'outgoing', 'standing')
        END)
    )
    """,
    """
    CREATE TRIGGER disclosure_line_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_line
    FOR EACH ROW EXECUTE FUNCTION disclosure_part_keep()
    """,
    # Nothing that does not add up, or tells of tomorrow, leaves the draft.
    """
    CREATE FUNCTION disclosure_statement_whole() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        told disclosure_statement;
        found record;
        today date := (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date;
    BEGIN
        SELECT * INTO told FROM disclosure_statement WHERE version_id = NEW.id;
        IF told.version_id IS NULL THEN
            RETURN NEW;
        END IF;
        SELECT count(*) AS lines, min(on_date) AS first, max(on_date) AS last,
               coalesce(sum(amount_fen) FILTER (WHERE flow = 'incoming'), 0) AS incoming,
               coalesce(sum(amount_fen) FILTER (WHERE flow = 'outgoing'), 0) AS outgoing
        INTO found FROM disclosure_line WHERE version_id = NEW.id;
        IF (found.lines, found.incoming, found.outgoing) IS DISTINCT FROM
            (told.line_count, told.incoming_fen, told.outgoing_fen)
        THEN
            RAISE EXCEPTION 'the lines do not come to the totals'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_statement_adds_up';
        END IF;
        IF found.first < told.period_start OR found.last > told.period_end THEN
            RAISE EXCEPTION 'a line is outside of the period'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_statement_period';
        END IF;
        IF told.kind = 'actuals' AND told.period_end > today THEN
            RAISE EXCEPTION 'the period is not over'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_statement_over';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_statement_whole BEFORE UPDATE ON disclosure_version FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state <> 'draft')
    EXECUTE FUNCTION disclosure_statement_whole()
    """,
    """
    CREATE TABLE disclosure_import (
        id uuid PRIMARY KEY,
        version_id uuid NOT NULL REFERENCES disclosure_version (id) ON DELETE CASCADE,
        file_name varchar(200) NOT NULL,
        sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
        mode varchar(16) NOT NULL CHECK (mode IN ('all_or_nothing', 'good_rows')),
        applied boolean NOT NULL,
        row_count integer NOT NULL CHECK (row_count >= 1),
        refused_count integer NOT NULL CHECK (refused_count BETWEEN 0 AND row_count),
        terms_sha256 bytea NOT NULL CHECK (octet_length(terms_sha256) = 32),
        imported_by_id uuid,
        imported_at timestamptz NOT NULL,
        CHECK (applied OR refused_count > 0)
    )
    """,
    "CREATE INDEX disclosure_import_of ON disclosure_import (version_id, id DESC)",
    """
    CREATE TABLE disclosure_import_refusal (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        of_id uuid NOT NULL REFERENCES disclosure_import (id) ON DELETE CASCADE,
        row_number integer NOT NULL,
        "column" varchar(40) NOT NULL,
        code varchar(60) NOT NULL,
        details jsonb NOT NULL
    )
    """,
    "CREATE INDEX disclosure_import_refusal_of ON disclosure_import_refusal (of_id, row_number, id)",
)


class Migration(migrations.Migration):
    """Finance line by line: statements that add up, whose lines stand once they are handed in."""

    dependencies = [("disclosure", "0004_readers")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
