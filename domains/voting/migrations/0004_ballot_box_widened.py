from tortoise import migrations
from tortoise.migrations import operations as ops

_COUNTED = (
    "'tallied', 'runoff_required', 'certified', 'publicised', 'challenged', 'final', 'annulled',"
    " 'inquorate'"
)

# Constraints of the first ballot box, said anew for all states.
CHECKS = (
    (
        "voting_poll_published",
        "state IN ('draft', 'under_review', 'cancelled') OR (frozen_rules IS NOT NULL"
        " AND roll_size > 0 AND (published_at IS NOT NULL OR state = 'roll_published')"
        " AND (roll_fingerprint IS NOT NULL OR state = 'roll_published'))",
    ),
    (
        "voting_poll_closed",
        f"(state IN ('closed', {_COUNTED})) = (closed_at IS NOT NULL)"
        " AND (closed_at IS NULL OR closed_at >= closes_at)",
    ),
    (
        "voting_poll_counted",
        f"(state IN ({_COUNTED})) = (tallied_at IS NOT NULL)"
        " AND (tallied_at IS NULL) = (result IS NULL) AND (result IS NULL) = (outcome IS NULL)"
        " AND (outcome IS NULL OR (outcome = 'inquorate') = (state = 'inquorate'))",
    ),
)
NEW_CHECKS = (
    ("voting_poll_seats", "seats BETWEEN 1 AND 99"),
    ("voting_poll_budget", "budget_fen IS NULL OR budget_fen > 0"),
    ("voting_poll_parent", "(parent_poll_id IS NULL) = (parent_relation IS NULL)"),
    ("voting_poll_subject", "(subject_id IS NULL) = (subject_kind IS NULL)"),
    (
        "voting_poll_roll_published",
        "state <> 'roll_published'"
        " OR (roll_published_at IS NOT NULL AND objections_until IS NOT NULL)",
    ),
    (
        "voting_poll_certified",
        "state NOT IN ('certified', 'publicised', 'challenged', 'final') OR certified_at IS NOT NULL",
    ),
    (
        "voting_poll_publicised",
        "state NOT IN ('publicised', 'challenged', 'final')"
        " OR (publicised_at IS NOT NULL AND publicity_until IS NOT NULL)",
    ),
    ("voting_poll_final", "(state = 'final') = (final_at IS NOT NULL)"),
    (
        "voting_poll_annulled",
        "(state = 'annulled') = (annulled_at IS NOT NULL)"
        " AND (annulled_at IS NULL) = (annul_reason IS NULL)",
    ),
)

ROLL = (
    # A weight and a standing; the roll can be put right until it is frozen.
    """ALTER TABLE voting_roll_entry
        ADD COLUMN area_centi_m2 bigint CHECK (area_centi_m2 > 0),
        ADD COLUMN unit_count integer NOT NULL DEFAULT 0 CHECK (unit_count >= 0),
        ADD COLUMN standing varchar(16) NOT NULL DEFAULT 'admitted'
            CHECK (standing IN ('admitted', 'struck')),
        ADD COLUMN basis varchar(24) NOT NULL DEFAULT 'register',
        ADD COLUMN reason varchar(200),
        ADD CONSTRAINT voting_roll_entry_struck CHECK (standing = 'admitted' OR reason IS NOT NULL)
    """,
    # Each unit is counted once, for whoever answers for it.
    """CREATE TABLE voting_roll_unit (
        poll_id uuid NOT NULL,
        voter_id uuid NOT NULL,
        household_id uuid NOT NULL,
        unit varchar(160) NOT NULL,
        area_centi_m2 bigint NOT NULL CHECK (area_centi_m2 > 0),
        area_basis varchar(16) NOT NULL,
        CONSTRAINT voting_roll_unit_once PRIMARY KEY (poll_id, household_id),
        CONSTRAINT voting_roll_unit_entry FOREIGN KEY (poll_id, voter_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE CASCADE
    )""",
    """CREATE TABLE voting_roll_objection (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        by_id uuid NOT NULL,
        about_id uuid NOT NULL,
        asks varchar(16) NOT NULL CHECK (asks IN ('admit', 'strike', 'correct')),
        text varchar(1000) NOT NULL,
        state varchar(16) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'upheld', 'dismissed')),
        filed_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        decided_by_id uuid,
        decided_at timestamptz,
        reason varchar(500),
        CONSTRAINT voting_roll_objection_decided CHECK (
            (state = 'open') = (decided_at IS NULL) AND (state = 'open') = (reason IS NULL)),
        CONSTRAINT voting_roll_objection_other CHECK (decided_by_id IS DISTINCT FROM by_id)
    )""",
    "CREATE INDEX voting_roll_objection_poll ON voting_roll_objection (poll_id, filed_at, id)",
    """CREATE UNIQUE INDEX voting_roll_objection_once
       ON voting_roll_objection (poll_id, by_id, about_id, asks) WHERE state = 'open'""",
)

PROXIES = (
    """CREATE TABLE voting_proxy (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL,
        principal_id uuid NOT NULL,
        holder_id uuid NOT NULL,
        relation varchar(16) NOT NULL,
        upload_id uuid,
        filed_by_id uuid NOT NULL,
        filed_at timestamptz NOT NULL,
        published_at timestamptz,
        ended_at timestamptz,
        end_reason varchar(200),
        CONSTRAINT voting_proxy_two CHECK (principal_id <> holder_id),
        CONSTRAINT voting_proxy_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
        CONSTRAINT voting_proxy_principal FOREIGN KEY (poll_id, principal_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE RESTRICT
    )""",
    """CREATE UNIQUE INDEX voting_proxy_one_holder ON voting_proxy (poll_id, principal_id)
       WHERE ended_at IS NULL""",
    """CREATE INDEX voting_proxy_holder ON voting_proxy (holder_id, poll_id)
       WHERE ended_at IS NULL""",
    # Who has given their vote away holds nobody's, and the other way round.
    """CREATE FUNCTION voting_proxy_no_chain() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.poll_id::text, 8));
        IF NEW.ended_at IS NULL AND EXISTS (
            SELECT FROM voting_proxy p
            WHERE p.poll_id = NEW.poll_id AND p.ended_at IS NULL AND p.id <> NEW.id
              AND (p.principal_id = NEW.holder_id OR p.holder_id = NEW.principal_id)
        ) THEN
            RAISE EXCEPTION 'a proxy is not passed on'
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'voting_proxy_no_chain';
        END IF;
        RETURN NEW;
    END
    $body$""",
    """CREATE TRIGGER voting_proxy_no_chain BEFORE INSERT OR UPDATE ON voting_proxy
       FOR EACH ROW EXECUTE FUNCTION voting_proxy_no_chain()""",
)

ELECTION = (
    """CREATE TABLE voting_candidate (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        person_id uuid,
        option_id uuid REFERENCES voting_option (id) ON DELETE RESTRICT,
        name varchar(60) NOT NULL,
        gender varchar(8),
        write_in boolean NOT NULL DEFAULT false,
        state varchar(16) NOT NULL CHECK (
            state IN ('nominated', 'refused', 'withdrawn', 'standing', 'elected', 'not_elected')),
        statement varchar(2000) NOT NULL DEFAULT '',
        nominated_by_id uuid,
        nominated_at timestamptz NOT NULL,
        vetted_by_id uuid,
        vetted_at timestamptz,
        reason varchar(500),
        CONSTRAINT voting_candidate_known CHECK (write_in OR person_id IS NOT NULL),
        CONSTRAINT voting_candidate_vetted CHECK (
            (state IN ('nominated', 'withdrawn') OR write_in) OR vetted_at IS NOT NULL),
        CONSTRAINT voting_candidate_not_by_self CHECK (
            vetted_by_id IS NULL OR vetted_by_id IS DISTINCT FROM person_id)
    )""",
    """CREATE UNIQUE INDEX voting_candidate_once ON voting_candidate (poll_id, person_id)
       WHERE state NOT IN ('refused', 'withdrawn')""",
    """CREATE TABLE voting_nomination (
        candidate_id uuid NOT NULL REFERENCES voting_candidate (id) ON DELETE CASCADE,
        by_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (candidate_id, by_id)
    )""",
    """CREATE TABLE voting_teller (
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL,
        duty varchar(16) NOT NULL CHECK (duty IN ('teller', 'scrutineer')),
        appointed_by_id uuid,
        appointed_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason varchar(200),
        PRIMARY KEY (poll_id, person_id),
        CONSTRAINT voting_teller_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL))
    )""",
    # Near relatives as declared for this poll, each pair once.
    """CREATE TABLE voting_kinship (
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        one_id uuid NOT NULL,
        other_id uuid NOT NULL,
        relation varchar(16) NOT NULL,
        declared_by_id uuid NOT NULL,
        declared_at timestamptz NOT NULL,
        PRIMARY KEY (poll_id, one_id, other_id),
        CONSTRAINT voting_kinship_ordered CHECK (one_id < other_id)
    )""",
)

PAPER = (
    """CREATE TABLE voting_paper_issue (
        poll_id uuid NOT NULL,
        voter_id uuid NOT NULL,
        issued_by_id uuid NOT NULL,
        issued_on date NOT NULL,
        PRIMARY KEY (poll_id, voter_id),
        CONSTRAINT voting_paper_issue_on_roll FOREIGN KEY (poll_id, voter_id)
            REFERENCES voting_roll_entry (poll_id, voter_id) ON DELETE RESTRICT
    )""",
    """CREATE TABLE voting_paper_batch (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        number integer NOT NULL CHECK (number > 0),
        state varchar(16) NOT NULL DEFAULT 'open'
            CHECK (state IN ('open', 'entered', 'differs', 'agreed')),
        opened_by_id uuid NOT NULL,
        opened_at timestamptz NOT NULL,
        agreed_at timestamptz,
        CONSTRAINT voting_paper_batch_number UNIQUE (poll_id, number),
        CONSTRAINT voting_paper_batch_agreed CHECK ((state = 'agreed') = (agreed_at IS NOT NULL))
    )""",
    # Two people enter a batch, neither twice: the constraint sees to it.
    """CREATE TABLE voting_paper_entry (
        batch_id uuid NOT NULL REFERENCES voting_paper_batch (id) ON DELETE RESTRICT,
        turn smallint NOT NULL CHECK (turn IN (1, 2)),
        entered_by_id uuid NOT NULL,
        entered_at timestamptz NOT NULL,
        PRIMARY KEY (batch_id, turn),
        CONSTRAINT voting_paper_entry_two_people UNIQUE (batch_id, entered_by_id)
    )""",
    """CREATE TABLE voting_paper_line (
        batch_id uuid NOT NULL,
        turn smallint NOT NULL,
        line integer NOT NULL CHECK (line > 0),
        verdict varchar(16) NOT NULL CHECK (verdict IN ('valid', 'blank', 'void', 'spoiled')),
        marks bigint CHECK (marks >= 0),
        wide bytea,
        voter_id uuid,
        reason varchar(200),
        PRIMARY KEY (batch_id, turn, line),
        CONSTRAINT voting_paper_line_entry FOREIGN KEY (batch_id, turn)
            REFERENCES voting_paper_entry (batch_id, turn) ON DELETE CASCADE,
        CONSTRAINT voting_paper_line_says CHECK (
            (verdict IN ('valid', 'blank')) = (num_nonnulls(marks, wide) > 0)
            AND (verdict NOT IN ('void', 'spoiled') OR reason IS NOT NULL))
    )""",
)

AFTERWARDS = (
    """CREATE TABLE voting_ground_check (
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        ground varchar(40) NOT NULL,
        clear boolean NOT NULL,
        note varchar(500) NOT NULL DEFAULT '',
        checked_by_id uuid NOT NULL,
        checked_at timestamptz NOT NULL,
        PRIMARY KEY (poll_id, ground)
    )""",
    """CREATE TABLE voting_challenge (
        id uuid PRIMARY KEY,
        poll_id uuid NOT NULL REFERENCES voting_poll (id) ON DELETE RESTRICT,
        by_id uuid NOT NULL,
        text varchar(2000) NOT NULL,
        state varchar(16) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'upheld', 'dismissed')),
        filed_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        decided_by_id uuid,
        decided_at timestamptz,
        reason varchar(1000),
        CONSTRAINT voting_challenge_decided CHECK (
            (state = 'open') = (decided_at IS NULL) AND (state = 'open') = (reason IS NULL)),
        CONSTRAINT voting_challenge_other CHECK (decided_by_id IS DISTINCT FROM by_id)
    )""",
    "CREATE INDEX voting_challenge_poll ON voting_challenge (poll_id, filed_at, id)",
)

CASTING = (
    "ALTER TABLE voting_participation ADD COLUMN cast_by_id uuid",
    # A budget's ballot names more projects than a bigint has nibbles.
    "ALTER TABLE voting_ballot ADD COLUMN wide bytea",
    "ALTER TABLE voting_sealed_ballot ADD COLUMN wide bytea",
    "DROP FUNCTION voting_cast(uuid, uuid, bigint, uuid, text, text)",
    """
CREATE FUNCTION voting_cast(
    the_poll uuid, the_voter uuid, the_marks bigint, the_wide bytea, the_key uuid,
    the_receipt text, the_channel text, the_caster uuid
) RETURNS TABLE (outcome text, revision integer)
LANGUAGE plpgsql AS $body$
DECLARE
    poll record;
    earlier record;
    turn integer := 1;
    written integer;
    before_channel text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(the_poll::text, 7));
    SELECT p.state, p.secrecy, p.opens_at, p.closes_at,
           COALESCE((p.frozen_rules #>> '{content,recast}')::boolean, false) AS recast
      INTO poll FROM voting_poll p WHERE p.id = the_poll;
    IF NOT EXISTS (
        SELECT FROM voting_roll_entry r
        WHERE r.poll_id = the_poll AND r.voter_id = the_voter AND r.standing = 'admitted'
    ) THEN
        RETURN QUERY SELECT 'not_on_roll', 0; RETURN;
    END IF;
    IF the_channel = 'proxy' AND NOT EXISTS (
        SELECT FROM voting_proxy x
        WHERE x.poll_id = the_poll AND x.principal_id = the_voter AND x.holder_id = the_caster
          AND x.ended_at IS NULL AND x.published_at IS NOT NULL
    ) THEN
        RETURN QUERY SELECT 'no_proxy', 0; RETURN;
    END IF;
    IF poll.secrecy = 'open' THEN
        SELECT b.marks, b.wide, b.revision INTO earlier FROM voting_ballot b
         WHERE b.poll_id = the_poll AND b.voter_id = the_voter AND b.idempotency_key = the_key;
        IF FOUND THEN
            RETURN QUERY
            SELECT CASE WHEN earlier.marks = the_marks AND earlier.wide IS NOT DISTINCT FROM the_wide
                        THEN 'replayed' ELSE 'key_reused' END, earlier.revision;
            RETURN;
        END IF;
    END IF;
    IF poll.state NOT IN ('roll_frozen', 'open')
       OR kernel_now() < poll.opens_at OR kernel_now() >= poll.closes_at THEN
        RETURN QUERY SELECT 'not_open', 0; RETURN;
    END IF;
    INSERT INTO voting_participation (poll_id, voter_id, channel, cast_by_id)
    VALUES (the_poll, the_voter, the_channel, the_caster) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        -- Of a secret ballot there is no other. By name, who voted in person stays so, and
        -- takes the place of what a proxy cast before; else the rules say whether anew.
        SELECT t.channel INTO before_channel FROM voting_participation t
         WHERE t.poll_id = the_poll AND t.voter_id = the_voter FOR UPDATE;
        IF poll.secrecy = 'secret'
           OR (the_channel = 'proxy' AND before_channel <> 'proxy')
           OR (before_channel = 'paper')
           OR NOT (poll.recast OR (before_channel = 'proxy' AND the_channel <> 'proxy')) THEN
            RETURN QUERY SELECT 'already_cast', 0; RETURN;
        END IF;
        UPDATE voting_participation t
           SET casts = t.casts + 1, channel = the_channel, cast_by_id = the_caster
         WHERE t.poll_id = the_poll AND t.voter_id = the_voter RETURNING t.casts INTO turn;
    END IF;
    IF poll.secrecy = 'secret' THEN
        EXECUTE format('INSERT INTO %I (marks, wide, receipt) VALUES ($1, $2, $3)',
                       'voting_staging_' || replace(the_poll::text, '-', ''))
        USING the_marks, the_wide, the_receipt;
    ELSE
        INSERT INTO voting_ballot
            (poll_id, voter_id, revision, marks, wide, idempotency_key, cast_at)
        VALUES (the_poll, the_voter, turn, the_marks, the_wide, the_key, kernel_now());
    END IF;
    RETURN QUERY SELECT CASE WHEN turn = 1 THEN 'cast' ELSE 'recast' END, turn;
END
$body$
""",
)

# The roll is put right until it is frozen; then it stands.
STANDING = (
    "DROP TRIGGER voting_roll_entry_append_only ON voting_roll_entry",
    """
CREATE FUNCTION voting_roll_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT FROM voting_poll p
        WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id)
          AND p.state NOT IN ('draft', 'under_review', 'roll_published')
    ) THEN
        RAISE EXCEPTION 'a frozen roll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$
""",
    *(
        f"CREATE TRIGGER {table}_stands BEFORE INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION voting_roll_stands()"
        for table in ("voting_roll_entry", "voting_roll_unit")
    ),
    """
CREATE OR REPLACE FUNCTION voting_option_stands() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT FROM voting_poll p
        WHERE p.id = COALESCE(NEW.poll_id, OLD.poll_id)
          AND p.state NOT IN ('draft', 'under_review', 'roll_published')
    ) THEN
        RAISE EXCEPTION 'a published poll stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$
""",
    """
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
    -- The window moves once at most, and only with its extension.
    IF OLD.state NOT IN ('draft', 'under_review') AND OLD.closes_at <> NEW.closes_at
       AND (OLD.extended_at IS NOT NULL OR NEW.extended_at IS NULL
            OR NEW.closes_at < OLD.closes_at) THEN
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
""",
)


class Migration(migrations.Migration):
    """Every ballot that a community holds: weights, proxies, elections, paper, and what follows."""

    dependencies = [("voting", "0003_every_ballot")]

    operations = [
        *(
            ops.RunSQL(
                [
                    f"ALTER TABLE voting_poll DROP CONSTRAINT {name}",
                    f"ALTER TABLE voting_poll ADD CONSTRAINT {name} CHECK ({check})",
                ],
                "",
            )
            for name, check in CHECKS
        ),
        *(
            ops.RunSQL(f"ALTER TABLE voting_poll ADD CONSTRAINT {name} CHECK ({check})", "")
            for name, check in NEW_CHECKS
        ),
        *(
            ops.RunSQL(statement, "")
            for statement in (
                *ROLL, *PROXIES, *ELECTION, *PAPER, *AFTERWARDS, *CASTING, *STANDING
            )
        ),
    ]
