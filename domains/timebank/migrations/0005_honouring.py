from tortoise import migrations
from tortoise.migrations import operations as ops

from domains.timebank.values import MOST_MINUTES

CATALOGUE = (
    f"""CREATE TABLE timebank_offer (
        id uuid PRIMARY KEY,
        community_id uuid NOT NULL REFERENCES membership_area (id) ON DELETE RESTRICT,
        area_path varchar(300) NOT NULL,
        kind varchar(16) NOT NULL CHECK (kind IN ('service', 'goods', 'benefit')),
        title varchar(80) NOT NULL,
        description varchar(2000) NOT NULL,
        minutes bigint NOT NULL CHECK (minutes BETWEEN 1 AND {MOST_MINUTES}),
        stock integer CHECK (stock BETWEEN 0 AND 1000000),
        taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
        organisation_id uuid REFERENCES membership_organisation (id) ON DELETE RESTRICT,
        allots_at timestamptz,
        allotted_at timestamptz,
        published_by uuid NOT NULL,
        published_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT timebank_offer_in_stock CHECK (taken <= stock)
    )""",
    """CREATE INDEX timebank_offer_listed ON timebank_offer (area_path varchar_pattern_ops, id)""",
    """CREATE INDEX timebank_offer_allotting ON timebank_offer (allots_at)
       WHERE allotted_at IS NULL""",
    # What is held is a pending transfer of the ledger; its number is kept here without a key,
    # as a key's check would want to lock a row that may not be updated.
    """CREATE TABLE timebank_reservation (
        id uuid PRIMARY KEY,
        offer_id uuid NOT NULL REFERENCES timebank_offer (id) ON DELETE RESTRICT,
        account_id uuid NOT NULL REFERENCES timebank_account (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL REFERENCES membership_person (id) ON DELETE RESTRICT,
        rank smallint,
        state varchar(16) NOT NULL CHECK (state IN (
            'queued', 'held', 'honoured', 'cancelled', 'lapsed', 'passed_over')),
        minutes bigint NOT NULL CHECK (minutes > 0),
        transfer_id uuid UNIQUE,
        asked_at timestamptz NOT NULL,
        honour_by timestamptz,
        ended_at timestamptz,
        honoured_by uuid,
        honoured_minutes bigint CHECK (honoured_minutes BETWEEN 1 AND minutes),
        CONSTRAINT timebank_reservation_held CHECK (
            (state NOT IN ('held', 'honoured', 'lapsed') OR transfer_id IS NOT NULL)
            AND (state NOT IN ('queued', 'passed_over') OR transfer_id IS NULL)
            AND (transfer_id IS NULL) = (honour_by IS NULL)),
        CONSTRAINT timebank_reservation_ended CHECK (
            (state IN ('queued', 'held')) = (ended_at IS NULL)),
        CONSTRAINT timebank_reservation_honoured CHECK (
            (state = 'honoured') = (honoured_by IS NOT NULL)
            AND (honoured_by IS NULL) = (honoured_minutes IS NULL)),
        CONSTRAINT timebank_reservation_by_another CHECK (honoured_by <> person_id)
    )""",
    """CREATE UNIQUE INDEX timebank_reservation_one ON timebank_reservation (offer_id, account_id)
       WHERE state IN ('queued', 'held')""",
    """CREATE INDEX timebank_reservation_queue ON timebank_reservation
       (offer_id, rank NULLS LAST, asked_at, id) WHERE state = 'queued'""",
    """CREATE INDEX timebank_reservation_due ON timebank_reservation (honour_by)
       WHERE state = 'held'""",
    "CREATE INDEX timebank_reservation_person ON timebank_reservation (person_id, id)",
    "CREATE INDEX timebank_reservation_offer ON timebank_reservation (offer_id, id)",
)
LAPSING = (
    """CREATE TABLE timebank_expiry (
        account_id uuid NOT NULL REFERENCES timebank_account (id) ON DELETE RESTRICT,
        due_on date NOT NULL,
        minutes bigint NOT NULL CHECK (minutes > 0),
        told_at timestamptz NOT NULL,
        settled_at timestamptz,
        lapsed_minutes bigint CHECK (lapsed_minutes BETWEEN 0 AND minutes),
        PRIMARY KEY (account_id, due_on),
        CONSTRAINT timebank_expiry_settled CHECK (
            (settled_at IS NULL) = (lapsed_minutes IS NULL))
    )""",
    """CREATE INDEX timebank_expiry_due ON timebank_expiry (due_on) WHERE settled_at IS NULL""",
)
FIGURES = (
    """CREATE TABLE timebank_figures (
        community_id uuid NOT NULL,
        day date NOT NULL,
        area_path varchar(300) NOT NULL,
        taken_at timestamptz NOT NULL,
        holders integer NOT NULL,
        outstanding_minutes bigint NOT NULL,
        pool_minutes bigint NOT NULL,
        reserve_minutes bigint NOT NULL,
        issued_minutes bigint NOT NULL,
        redeemed_minutes bigint NOT NULL,
        lapsed_minutes bigint NOT NULL,
        ages bigint[] NOT NULL CHECK (cardinality(ages) = 5),
        PRIMARY KEY (community_id, day)
    )""",
    """CREATE INDEX timebank_figures_of_area ON timebank_figures
       (area_path varchar_pattern_ops, day)""",
    """CREATE TRIGGER timebank_figures_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON timebank_figures
       FOR EACH STATEMENT EXECUTE FUNCTION timebank_refuse_change()""",
    "REVOKE UPDATE, DELETE, TRUNCATE ON timebank_figures FROM PUBLIC, CURRENT_USER",
)


class Migration(migrations.Migration):
    """What minutes are honoured with, what lapses unused, and the figures for everybody."""

    dependencies = [("timebank", "0004_schemes")]

    operations = [ops.RunSQL(each, "") for each in (*CATALOGUE, *LAPSING, *FIGURES)]
