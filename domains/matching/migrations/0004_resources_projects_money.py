"""Resources, projects and money: what is offered, what it is for, and where every fen goes."""

from tortoise import migrations
from tortoise.migrations import operations as ops

MOST = 2**53 - 1
PLACE = """latitude_e6 integer,
        longitude_e6 integer,
        CHECK ((latitude_e6 IS NULL) = (longitude_e6 IS NULL)
               AND latitude_e6 BETWEEN -90000000 AND 90000000
               AND longitude_e6 BETWEEN -180000000 AND 180000000)"""

RESOURCES = (
    "CREATE SEQUENCE matching_resource_number_seq START 1",
    f"""CREATE TABLE matching_resource (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_resource_number_seq'),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        kind varchar(16) NOT NULL
            CHECK (kind IN ('time', 'venue', 'goods', 'money', 'expertise')),
        state varchar(16) NOT NULL CHECK (state IN (
            'offered', 'refused', 'verified', 'available', 'reserved', 'committed', 'delivered',
            'receipted', 'withdrawn', 'expired')),
        service_class varchar(24),
        title varchar(80) NOT NULL,
        content varchar(2000) NOT NULL,
        person_id uuid,
        organisation_id uuid,
        organisation_name varchar(120),
        offered_by_id uuid,
        quantity bigint NOT NULL CHECK (quantity BETWEEN 1 AND {MOST}),
        unit varchar(20) NOT NULL,
        held bigint NOT NULL DEFAULT 0,
        purpose varchar(500),
        valid_from date NOT NULL,
        valid_until date NOT NULL CHECK (valid_until >= valid_from),
        place varchar(120) NOT NULL,
        {PLACE},
        proof_upload_id uuid REFERENCES kernel_upload (id),
        offered_at timestamptz NOT NULL,
        judged_by_id uuid,
        judged_at timestamptz,
        reason varchar(200),
        changed_by_id uuid,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT matching_resource_whose CHECK (num_nonnulls(person_id, organisation_id) = 1),
        CONSTRAINT matching_resource_left CHECK (held BETWEEN 0 AND quantity),
        CONSTRAINT matching_resource_purpose CHECK ((kind = 'money') = (purpose IS NOT NULL)),
        CONSTRAINT matching_resource_judged_by_another CHECK (
            judged_by_id IS DISTINCT FROM offered_by_id OR judged_by_id IS NULL),
        CONSTRAINT matching_resource_judged CHECK (
            state IN ('offered', 'withdrawn', 'expired') OR judged_at IS NOT NULL))""",
    # The same thing of the same provider stands once.
    """CREATE UNIQUE INDEX matching_resource_once ON matching_resource
       (coalesce(person_id, organisation_id), area_id, kind, lower(title))
       WHERE state NOT IN ('refused', 'withdrawn', 'expired')""",
    """CREATE INDEX matching_resource_area
       ON matching_resource (area_path text_pattern_ops, offered_at DESC, id DESC)""",
    """CREATE INDEX matching_resource_ending ON matching_resource (valid_until)
       WHERE state IN ('offered', 'verified', 'available')""",
    """CREATE INDEX matching_resource_beginning ON matching_resource (valid_from)
       WHERE state = 'verified'""",
    """CREATE TABLE matching_resource_window (
        resource_id uuid NOT NULL REFERENCES matching_resource (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        PRIMARY KEY (resource_id, starts_at, ends_at),
        CONSTRAINT matching_resource_window_forward CHECK (ends_at > starts_at))""",
    f"""CREATE TABLE matching_reservation (
        id uuid PRIMARY KEY,
        resource_id uuid NOT NULL REFERENCES matching_resource (id),
        project_id uuid REFERENCES matching_project (id),
        need_id uuid REFERENCES matching_need (id),
        fund_id uuid REFERENCES matching_fund (id),
        quantity bigint NOT NULL CHECK (quantity BETWEEN 1 AND {MOST}),
        starts_at timestamptz,
        ends_at timestamptz,
        state varchar(16) NOT NULL CHECK (state IN (
            'reserved', 'committed', 'delivered', 'receipted', 'released', 'expired')),
        reserved_by_id uuid,
        reserved_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        committed_by_id uuid,
        committed_at timestamptz,
        delivered_by_id uuid,
        delivered_at timestamptz,
        receipted_by_id uuid,
        receipted_at timestamptz,
        receipt_upload_id uuid REFERENCES kernel_upload (id),
        receipt_note varchar(300),
        ended_at timestamptz,
        reason varchar(200),
        CONSTRAINT matching_reservation_for CHECK (
            num_nonnulls(project_id, need_id, fund_id) = 1),
        CONSTRAINT matching_reservation_forward CHECK (
            (starts_at IS NULL) = (ends_at IS NULL) AND ends_at > starts_at),
        CONSTRAINT matching_reservation_receipt_by_another CHECK (
            receipted_by_id IS NULL OR receipted_by_id IS DISTINCT FROM delivered_by_id),
        CONSTRAINT matching_reservation_states CHECK (
            (state NOT IN ('committed', 'delivered', 'receipted') OR committed_at IS NOT NULL)
            AND (state NOT IN ('delivered', 'receipted') OR delivered_at IS NOT NULL)
            AND (state = 'receipted') = (receipted_at IS NOT NULL)
            AND (state IN ('released', 'expired')) = (ended_at IS NOT NULL)))""",
    "CREATE INDEX matching_reservation_of ON matching_reservation (resource_id, reserved_at)",
    """CREATE INDEX matching_reservation_project ON matching_reservation (project_id)
       WHERE project_id IS NOT NULL""",
    """CREATE INDEX matching_reservation_need ON matching_reservation (need_id)
       WHERE need_id IS NOT NULL""",
    """CREATE INDEX matching_reservation_lapsing ON matching_reservation (expires_at)
       WHERE state = 'reserved'""",
    """CREATE TABLE matching_history (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject_kind varchar(16) NOT NULL,
        subject_id uuid NOT NULL,
        state varchar(16) NOT NULL,
        at timestamptz NOT NULL,
        by_id uuid,
        reason varchar(500))""",
    "CREATE INDEX matching_history_of ON matching_history (subject_id, number)",
    """CREATE TABLE matching_draft (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        subject_kind varchar(16) NOT NULL CHECK (subject_kind IN ('resource', 'project')),
        title varchar(80) NOT NULL,
        content jsonb NOT NULL,
        made_by_id uuid,
        made_at timestamptz NOT NULL,
        dropped_at timestamptz)""",
    """CREATE INDEX matching_draft_area
       ON matching_draft (area_path text_pattern_ops, subject_kind) WHERE dropped_at IS NULL""",
)

PROJECTS = (
    "CREATE SEQUENCE matching_project_number_seq START 1",
    "CREATE SEQUENCE matching_round_number_seq START 1",
    """CREATE TABLE matching_social_worker (
        person_id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        title varchar(60) NOT NULL,
        qualified_until date NOT NULL,
        proof_upload_id uuid NOT NULL REFERENCES kernel_upload (id),
        recorded_by_id uuid,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT matching_social_worker_by_another CHECK (
            recorded_by_id IS DISTINCT FROM person_id))""",
    """CREATE TABLE matching_round (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_round_number_seq'),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN (
            'open', 'reviewing', 'voting', 'settled', 'cancelled')),
        mode varchar(16) NOT NULL CHECK (mode IN ('criteria', 'poll')),
        title varchar(80) NOT NULL,
        content varchar(2000) NOT NULL,
        budget_fen bigint NOT NULL CHECK (budget_fen > 0),
        most_chosen integer NOT NULL CHECK (most_chosen BETWEEN 1 AND 100),
        least_reviews integer NOT NULL CHECK (least_reviews BETWEEN 1 AND 20),
        least_score integer NOT NULL CHECK (least_score BETWEEN 0 AND 100),
        applications_until timestamptz NOT NULL,
        poll_days integer CHECK (poll_days BETWEEN 1 AND 60),
        poll_id uuid UNIQUE,
        opened_by_id uuid,
        opened_at timestamptz NOT NULL,
        settled_at timestamptz,
        CONSTRAINT matching_round_poll CHECK ((mode = 'poll') = (poll_days IS NOT NULL)),
        CONSTRAINT matching_round_states CHECK (
            (state IN ('settled', 'cancelled')) = (settled_at IS NOT NULL)
            AND (state <> 'voting' OR poll_id IS NOT NULL)))""",
    "CREATE INDEX matching_round_due ON matching_round (applications_until) WHERE state = 'open'",
    """CREATE INDEX matching_round_area
       ON matching_round (area_path text_pattern_ops, opened_at DESC, id DESC)""",
    """CREATE TABLE matching_criterion (
        round_id uuid NOT NULL REFERENCES matching_round (id),
        position integer NOT NULL CHECK (position BETWEEN 1 AND 20),
        title varchar(80) NOT NULL,
        weight integer NOT NULL CHECK (weight BETWEEN 1 AND 100),
        PRIMARY KEY (round_id, position))""",
    """CREATE TABLE matching_reviewer (
        round_id uuid NOT NULL REFERENCES matching_round (id),
        person_id uuid NOT NULL,
        PRIMARY KEY (round_id, person_id))""",
    f"""CREATE TABLE matching_project (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_project_number_seq'),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        community_id uuid,
        state varchar(16) NOT NULL CHECK (state IN (
            'draft', 'submitted', 'approved', 'rejected', 'funded', 'running', 'suspended',
            'evaluated', 'closed', 'cancelled')),
        suspended_from varchar(16) CHECK (suspended_from IN ('approved', 'funded', 'running')),
        service_class varchar(24) NOT NULL,
        title varchar(80) NOT NULL,
        aims varchar(2000) NOT NULL,
        place varchar(120) NOT NULL,
        {PLACE},
        organisation_id uuid NOT NULL,
        organisation_name varchar(120) NOT NULL,
        applicant_id uuid NOT NULL,
        host_accepted_at timestamptz,
        host_accepted_by_id uuid,
        supervisor_id uuid,
        supervisor_accepted_at timestamptz,
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on >= starts_on),
        people_wanted integer NOT NULL CHECK (people_wanted BETWEEN 0 AND 10000),
        needs_venue boolean NOT NULL,
        appeal_url varchar(500),
        round_id uuid REFERENCES matching_round (id),
        is_chosen boolean,
        round_place integer,
        round_points bigint,
        standing varchar(500),
        decided_by_id uuid,
        decided_at timestamptz,
        submitted_at timestamptz,
        funded_at timestamptz,
        started_at timestamptz,
        evaluated_at timestamptz,
        closed_at timestamptz,
        outcome varchar(2000),
        reason varchar(500),
        created_at timestamptz NOT NULL,
        changed_by_id uuid,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT matching_project_decided_by_another CHECK (
            decided_by_id IS NULL OR decided_by_id <> applicant_id),
        CONSTRAINT matching_project_supervised_by_another CHECK (
            supervisor_id IS NULL OR supervisor_id IS DISTINCT FROM decided_by_id),
        CONSTRAINT matching_project_parties CHECK (
            state IN ('draft', 'submitted', 'rejected', 'cancelled')
            OR (host_accepted_at IS NOT NULL AND supervisor_id IS NOT NULL
                AND supervisor_accepted_at IS NOT NULL AND standing IS NOT NULL
                AND decided_at IS NOT NULL)),
        CONSTRAINT matching_project_supervisor CHECK (
            supervisor_accepted_at IS NULL OR supervisor_id IS NOT NULL),
        CONSTRAINT matching_project_states CHECK (
            (state = 'suspended') = (suspended_from IS NOT NULL)
            AND (state NOT IN ('running', 'evaluated', 'closed') OR started_at IS NOT NULL)
            AND (state NOT IN ('evaluated', 'closed') OR evaluated_at IS NOT NULL)
            AND (state = 'closed') = (closed_at IS NOT NULL)
            AND (closed_at IS NULL) = (outcome IS NULL)
            AND (state NOT IN ('rejected', 'cancelled', 'suspended') OR reason IS NOT NULL)),
        CONSTRAINT matching_project_chosen CHECK (is_chosen IS NULL OR round_id IS NOT NULL))""",
    """CREATE INDEX matching_project_area
       ON matching_project (area_path text_pattern_ops, created_at DESC, id DESC)""",
    "CREATE INDEX matching_project_host ON matching_project (organisation_id)",
    """CREATE INDEX matching_project_supervisor_of ON matching_project (supervisor_id)
       WHERE supervisor_id IS NOT NULL""",
    """CREATE INDEX matching_project_round_of ON matching_project (round_id)
       WHERE round_id IS NOT NULL""",
    """CREATE TABLE matching_phase (
        project_id uuid NOT NULL REFERENCES matching_project (id),
        position integer NOT NULL,
        title varchar(80) NOT NULL,
        starts_on date NOT NULL,
        ends_on date NOT NULL,
        PRIMARY KEY (project_id, position),
        CONSTRAINT matching_phase_forward CHECK (ends_on >= starts_on))""",
    f"""CREATE TABLE matching_budget_line (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES matching_project (id),
        position integer NOT NULL,
        title varchar(80) NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 0 AND {MOST}),
        allotted_fen bigint NOT NULL DEFAULT 0,
        spent_fen bigint NOT NULL DEFAULT 0,
        UNIQUE (project_id, position),
        CONSTRAINT matching_budget_line_within CHECK (
            spent_fen >= 0 AND spent_fen <= allotted_fen AND allotted_fen <= amount_fen))""",
    """CREATE TABLE matching_milestone (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES matching_project (id),
        position integer NOT NULL,
        title varchar(80) NOT NULL,
        due_on date NOT NULL,
        due_at timestamptz NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('waiting', 'reached', 'missed')),
        proof_upload_id uuid REFERENCES kernel_upload (id),
        note varchar(500),
        reached_by_id uuid,
        reached_at timestamptz,
        watched boolean NOT NULL DEFAULT false,
        remind_at timestamptz,
        reminded_at timestamptz,
        overdue_at timestamptz,
        UNIQUE (project_id, position),
        CONSTRAINT matching_milestone_proven CHECK (
            (state = 'reached') = (reached_at IS NOT NULL)
            AND (state = 'reached') = (proof_upload_id IS NOT NULL)))""",
    """CREATE INDEX matching_milestone_near ON matching_milestone (remind_at)
       WHERE watched AND state = 'waiting' AND reminded_at IS NULL""",
    """CREATE INDEX matching_milestone_late ON matching_milestone (due_at)
       WHERE watched AND state = 'waiting' AND overdue_at IS NULL""",
    f"""CREATE TABLE matching_budget_shift (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES matching_project (id),
        from_line_id uuid NOT NULL REFERENCES matching_budget_line (id),
        to_line_id uuid NOT NULL REFERENCES matching_budget_line (id),
        amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND {MOST}),
        reason varchar(300) NOT NULL,
        state varchar(16) NOT NULL CHECK (state IN ('asked', 'approved', 'refused')),
        asked_by_id uuid NOT NULL,
        asked_at timestamptz NOT NULL,
        decided_by_id uuid,
        decided_at timestamptz,
        CONSTRAINT matching_budget_shift_elsewhere CHECK (from_line_id <> to_line_id),
        CONSTRAINT matching_budget_shift_by_another CHECK (decided_by_id <> asked_by_id),
        CONSTRAINT matching_budget_shift_decided CHECK (
            (state = 'asked') = (decided_at IS NULL)))""",
    "CREATE INDEX matching_budget_shift_of ON matching_budget_shift (project_id, asked_at)",
    """CREATE TABLE matching_served (
        project_id uuid NOT NULL REFERENCES matching_project (id),
        person_id uuid NOT NULL,
        named_by_id uuid,
        PRIMARY KEY (project_id, person_id))""",
    # Who has evaluated, and what was said, are apart: no key and no time joins them.
    """CREATE TABLE matching_evaluated (
        project_id uuid NOT NULL REFERENCES matching_project (id),
        person_id uuid NOT NULL,
        PRIMARY KEY (project_id, person_id))""",
    """CREATE TABLE matching_evaluation (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        project_id uuid NOT NULL REFERENCES matching_project (id),
        score smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
        remark varchar(500))""",
    "CREATE INDEX matching_evaluation_of ON matching_evaluation (project_id)",
    """CREATE TABLE matching_review (
        round_id uuid NOT NULL,
        project_id uuid NOT NULL REFERENCES matching_project (id),
        person_id uuid NOT NULL,
        has_conflict boolean NOT NULL,
        note varchar(500) NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (project_id, person_id),
        FOREIGN KEY (round_id, person_id) REFERENCES matching_reviewer (round_id, person_id))""",
    """CREATE TABLE matching_review_score (
        project_id uuid NOT NULL,
        person_id uuid NOT NULL,
        round_id uuid NOT NULL,
        position integer NOT NULL,
        score integer NOT NULL CHECK (score BETWEEN 0 AND 100),
        PRIMARY KEY (project_id, person_id, position),
        FOREIGN KEY (project_id, person_id) REFERENCES matching_review (project_id, person_id),
        FOREIGN KEY (round_id, position) REFERENCES matching_criterion (round_id, position))""",
)

FUNDS = (
    "CREATE SEQUENCE matching_fund_number_seq START 1",
    "CREATE SEQUENCE matching_spending_number_seq START 1",
    f"""CREATE TABLE matching_fund (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_fund_number_seq'),
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        kind varchar(16) NOT NULL CHECK (kind IN ('purpose', 'matching', 'community')),
        state varchar(16) NOT NULL CHECK (state IN ('open', 'closed')),
        name varchar(80) NOT NULL,
        purpose varchar(500) NOT NULL,
        service_classes varchar(24)[] NOT NULL,
        project_id uuid REFERENCES matching_project (id),
        keeper_id uuid NOT NULL,
        keeper_name varchar(120) NOT NULL,
        most_per_project_fen bigint CHECK (most_per_project_fen > 0),
        most_percent integer CHECK (most_percent BETWEEN 1 AND 100),
        chosen_only boolean NOT NULL,
        received_fen bigint NOT NULL DEFAULT 0,
        left_fen bigint NOT NULL DEFAULT 0,
        allotted_fen bigint NOT NULL DEFAULT 0,
        spent_fen bigint NOT NULL DEFAULT 0,
        returned_fen bigint NOT NULL DEFAULT 0,
        passed_on_fen bigint NOT NULL DEFAULT 0,
        opened_by_id uuid,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT matching_fund_whole CHECK (
            received_fen = left_fen + allotted_fen + spent_fen + returned_fen + passed_on_fen),
        CONSTRAINT matching_fund_covered CHECK (
            left_fen >= 0 AND allotted_fen >= 0 AND spent_fen >= 0 AND returned_fen >= 0
            AND passed_on_fen >= 0 AND received_fen BETWEEN 0 AND {MOST}),
        CONSTRAINT matching_fund_closed_empty CHECK (
            (state = 'closed') = (closed_at IS NOT NULL)
            AND (state = 'open' OR left_fen + allotted_fen = 0)))""",
    """CREATE INDEX matching_fund_area
       ON matching_fund (area_path text_pattern_ops, opened_at DESC, id DESC)""",
    """CREATE TABLE matching_fund_match (
        id uuid PRIMARY KEY,
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        to_fund_id uuid NOT NULL REFERENCES matching_fund (id),
        adds_fen bigint NOT NULL CHECK (adds_fen BETWEEN 1 AND 1000000),
        per_fen bigint NOT NULL CHECK (per_fen BETWEEN 1 AND 1000000),
        ceiling_fen bigint NOT NULL CHECK (ceiling_fen > 0),
        given_fen bigint NOT NULL DEFAULT 0 CHECK (given_fen >= 0),
        added_fen bigint NOT NULL DEFAULT 0,
        until date NOT NULL,
        promised_by_id uuid,
        promised_at timestamptz NOT NULL,
        CONSTRAINT matching_fund_match_another CHECK (fund_id <> to_fund_id),
        CONSTRAINT matching_fund_match_terms CHECK (
            added_fen BETWEEN 0 AND ceiling_fen
            AND added_fen::numeric * per_fen <= given_fen::numeric * adds_fen))""",
    "CREATE INDEX matching_fund_match_to ON matching_fund_match (to_fund_id, until)",
    """CREATE TABLE matching_fund_line (
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        line_id uuid NOT NULL REFERENCES matching_budget_line (id),
        project_id uuid NOT NULL REFERENCES matching_project (id),
        allotted_fen bigint NOT NULL,
        spent_fen bigint NOT NULL,
        PRIMARY KEY (fund_id, line_id),
        CONSTRAINT matching_fund_line_covered CHECK (
            spent_fen >= 0 AND allotted_fen >= spent_fen))""",
    "CREATE INDEX matching_fund_line_project ON matching_fund_line (project_id)",
    f"""CREATE TABLE matching_spending (
        id uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE DEFAULT nextval('matching_spending_number_seq'),
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        project_id uuid NOT NULL REFERENCES matching_project (id),
        line_id uuid NOT NULL REFERENCES matching_budget_line (id),
        amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND {MOST}),
        refunded_fen bigint NOT NULL DEFAULT 0,
        payee_kind varchar(24) NOT NULL,
        payee varchar(120) NOT NULL,
        purpose varchar(300) NOT NULL,
        spent_on date NOT NULL,
        proof_upload_id uuid NOT NULL REFERENCES kernel_upload (id),
        state varchar(16) NOT NULL CHECK (state IN ('entered', 'approved', 'refused')),
        entered_by_id uuid NOT NULL,
        entered_at timestamptz NOT NULL,
        decided_by_id uuid,
        decided_at timestamptz,
        reason varchar(300),
        CONSTRAINT matching_spending_by_another CHECK (decided_by_id <> entered_by_id),
        CONSTRAINT matching_spending_decided CHECK (
            (state = 'entered') = (decided_at IS NULL)
            AND (state = 'entered' OR decided_by_id IS NOT NULL)
            AND (state <> 'refused' OR reason IS NOT NULL)),
        CONSTRAINT matching_spending_refunded CHECK (refunded_fen BETWEEN 0 AND amount_fen))""",
    """CREATE UNIQUE INDEX matching_spending_one_proof ON matching_spending (proof_upload_id)
       WHERE state <> 'refused'""",
    "CREATE INDEX matching_spending_project ON matching_spending (project_id, entered_at)",
    "CREATE INDEX matching_spending_fund ON matching_spending (fund_id, entered_at)",
)

BOOKS = (
    f"""CREATE TABLE matching_fund_entry (
        id uuid PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        fund_id uuid NOT NULL REFERENCES matching_fund (id),
        kind varchar(16) NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND {MOST}),
        line_id uuid REFERENCES matching_budget_line (id),
        project_id uuid REFERENCES matching_project (id),
        spending_id uuid REFERENCES matching_spending (id),
        match_id uuid REFERENCES matching_fund_match (id),
        reservation_id uuid UNIQUE REFERENCES matching_reservation (id),
        proof_upload_id uuid REFERENCES kernel_upload (id),
        said varchar(300) NOT NULL,
        by_id uuid,
        at timestamptz NOT NULL,
        CONSTRAINT matching_fund_entry_kind CHECK (CASE kind
            WHEN 'income' THEN proof_upload_id IS NOT NULL AND length(said) > 0
            WHEN 'return' THEN proof_upload_id IS NOT NULL AND length(said) > 0
            WHEN 'match_in' THEN match_id IS NOT NULL
            WHEN 'match_out' THEN match_id IS NOT NULL
            WHEN 'allotment' THEN line_id IS NOT NULL
            WHEN 'release' THEN line_id IS NOT NULL
            WHEN 'spending' THEN line_id IS NOT NULL AND spending_id IS NOT NULL
            WHEN 'refund' THEN line_id IS NOT NULL AND spending_id IS NOT NULL
                               AND proof_upload_id IS NOT NULL
            ELSE false END
            AND (line_id IS NULL) = (project_id IS NULL)
            AND (reservation_id IS NULL OR kind = 'income')))""",
    """CREATE UNIQUE INDEX matching_fund_entry_spent_once ON matching_fund_entry (spending_id)
       WHERE kind = 'spending'""",
    """CREATE UNIQUE INDEX matching_fund_entry_one_proof ON matching_fund_entry (proof_upload_id)
       WHERE proof_upload_id IS NOT NULL""",
    "CREATE INDEX matching_fund_entry_of ON matching_fund_entry (fund_id, number)",
    """CREATE INDEX matching_fund_entry_project ON matching_fund_entry (project_id, number)
       WHERE project_id IS NOT NULL""",
)

GUARDS = (
    """CREATE FUNCTION matching_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what is in the books stands: another entry puts it right'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_books_stand';
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION matching_refuse_change()"""
        for table in ("matching_fund_entry", "matching_history", "matching_evaluated",
                      "matching_evaluation")
    ),
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION matching_refuse_change()"""
        for table in ("matching_fund", "matching_fund_line", "matching_spending",
                      "matching_reservation", "matching_resource", "matching_project",
                      "matching_fund_match", "matching_budget_shift")
    ),
    *(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER"
        for table in ("matching_fund_entry", "matching_history", "matching_evaluated",
                      "matching_evaluation")
    ),
    # Where an upload is removed, its key is held against the entries with FOR KEY SHARE, which
    # asks for the right to update some column; the trigger refuses every update all the same.
    "GRANT UPDATE (id) ON matching_fund_entry TO CURRENT_USER",
    # Balances follow from entries, and from nothing else.
    """CREATE FUNCTION matching_only_by_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'balances follow from entries alone'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_balance_by_entry';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_fund_balances BEFORE UPDATE OF received_fen, left_fen, allotted_fen,
           spent_fen, returned_fen, passed_on_fen ON matching_fund
       FOR EACH ROW EXECUTE FUNCTION matching_only_by_entry()""",
    """CREATE TRIGGER matching_budget_line_balances BEFORE UPDATE OF allotted_fen, spent_fen
       ON matching_budget_line
       FOR EACH ROW EXECUTE FUNCTION matching_only_by_entry()""",
    """CREATE TRIGGER matching_fund_line_balances BEFORE INSERT OR UPDATE ON matching_fund_line
       FOR EACH ROW EXECUTE FUNCTION matching_only_by_entry()""",
    """CREATE TRIGGER matching_fund_match_balances BEFORE UPDATE ON matching_fund_match
       FOR EACH ROW EXECUTE FUNCTION matching_only_by_entry()""",
    # New funds begin with nothing, new lines and promises too.
    """CREATE FUNCTION matching_fund_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.received_fen <> 0 OR NEW.left_fen <> 0 OR NEW.allotted_fen <> 0
           OR NEW.spent_fen <> 0 OR NEW.returned_fen <> 0 OR NEW.passed_on_fen <> 0 THEN
            RAISE EXCEPTION 'a fund begins with nothing'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_balance_by_entry';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_fund_empty BEFORE INSERT ON matching_fund
       FOR EACH ROW EXECUTE FUNCTION matching_fund_begins_empty()""",
    """CREATE FUNCTION matching_line_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.allotted_fen <> 0 OR NEW.spent_fen <> 0 THEN
            RAISE EXCEPTION 'a line begins with nothing'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_balance_by_entry';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_budget_line_empty BEFORE INSERT ON matching_budget_line
       FOR EACH ROW EXECUTE FUNCTION matching_line_begins_empty()""",
    # Money goes to its purpose only: the classes, the project and the area that it is for, and
    # no more of it than its conditions say. Runs while the fund's row is locked.
    """CREATE FUNCTION matching_require_purpose(f matching_fund, line uuid, amount bigint)
       RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        p record;
    BEGIN
        SELECT j.id, j.state, j.area_path, j.service_class, j.is_chosen,
               (SELECT sum(b.amount_fen) FROM matching_budget_line b WHERE b.project_id = j.id)
                   AS budget,
               coalesce((SELECT sum(l.allotted_fen) FROM matching_fund_line l
                         WHERE l.fund_id = f.id AND l.project_id = j.id), 0) AS given
          INTO p
          FROM matching_project j JOIN matching_budget_line b ON b.project_id = j.id
         WHERE b.id = line;
        IF NOT starts_with(p.area_path, f.area_path)
           OR (f.project_id IS NOT NULL AND f.project_id <> p.id)
           OR (cardinality(f.service_classes) > 0
               AND NOT p.service_class = ANY (f.service_classes)) THEN
            RAISE EXCEPTION 'the money is bound to another purpose'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_purpose';
        END IF;
        IF p.state NOT IN ('approved', 'funded', 'running') THEN
            RAISE EXCEPTION 'money is for projects that the community stands by'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_project_state';
        END IF;
        IF (f.chosen_only AND p.is_chosen IS NOT TRUE)
           OR p.given + amount > f.most_per_project_fen
           OR (p.given + amount) * 100 > p.budget * f.most_percent THEN
            RAISE EXCEPTION 'the fund has conditions'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_conditions';
        END IF;
    END $$""",
    """CREATE FUNCTION matching_fund_entry_applies() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        f matching_fund;
        s matching_spending;
        m matching_fund_match;
        n bigint := NEW.amount_fen;
    BEGIN
        SELECT * INTO f FROM matching_fund WHERE id = NEW.fund_id FOR NO KEY UPDATE;
        IF f.state <> 'open' THEN
            RAISE EXCEPTION 'the fund is closed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_is_open';
        END IF;
        IF NEW.kind IN ('income', 'match_in') THEN
            UPDATE matching_fund SET received_fen = received_fen + n, left_fen = left_fen + n
             WHERE id = f.id;
        ELSIF NEW.kind = 'return' THEN
            UPDATE matching_fund SET left_fen = left_fen - n, returned_fen = returned_fen + n
             WHERE id = f.id;
        ELSIF NEW.kind = 'match_out' THEN
            UPDATE matching_fund SET left_fen = left_fen - n, passed_on_fen = passed_on_fen + n
             WHERE id = f.id;
        END IF;
        IF NEW.kind IN ('match_in', 'match_out') THEN
            SELECT * INTO m FROM matching_fund_match WHERE id = NEW.match_id;
            IF NEW.fund_id <> (
                CASE NEW.kind WHEN 'match_in' THEN m.to_fund_id ELSE m.fund_id END) THEN
                RAISE EXCEPTION 'this promise is of other funds'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_match_funds';
            END IF;
            IF NEW.kind = 'match_in' THEN
                UPDATE matching_fund_match SET added_fen = added_fen + n WHERE id = m.id;
            END IF;
        ELSIF NEW.kind = 'income' THEN
            UPDATE matching_fund_match SET given_fen = given_fen + n
             WHERE to_fund_id = f.id
               AND until >= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date;
        END IF;
        IF NEW.line_id IS NULL THEN
            RETURN NEW;
        END IF;
        IF NEW.project_id <> (SELECT project_id FROM matching_budget_line WHERE id = NEW.line_id)
        THEN
            RAISE EXCEPTION 'the line is of another project'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_entry_line';
        END IF;
        IF NEW.spending_id IS NOT NULL THEN
            SELECT * INTO s FROM matching_spending WHERE id = NEW.spending_id;
            IF s.state <> 'approved' OR s.fund_id <> f.id OR s.line_id <> NEW.line_id
               OR (NEW.kind = 'spending' AND s.amount_fen <> n) THEN
                RAISE EXCEPTION 'money is spent as it was approved'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_entry_approved';
            END IF;
        END IF;
        IF NEW.kind = 'allotment' THEN
            PERFORM matching_require_purpose(f, NEW.line_id, n);
            UPDATE matching_fund SET left_fen = left_fen - n, allotted_fen = allotted_fen + n
             WHERE id = f.id;
            UPDATE matching_budget_line SET allotted_fen = allotted_fen + n
             WHERE id = NEW.line_id;
            INSERT INTO matching_fund_line AS l
                (fund_id, line_id, project_id, allotted_fen, spent_fen)
            VALUES (f.id, NEW.line_id, NEW.project_id, n, 0)
            ON CONFLICT (fund_id, line_id) DO UPDATE SET allotted_fen = l.allotted_fen + n;
        ELSIF NEW.kind = 'release' THEN
            UPDATE matching_fund SET left_fen = left_fen + n, allotted_fen = allotted_fen - n
             WHERE id = f.id;
            UPDATE matching_budget_line SET allotted_fen = allotted_fen - n
             WHERE id = NEW.line_id;
            UPDATE matching_fund_line SET allotted_fen = allotted_fen - n
             WHERE fund_id = f.id AND line_id = NEW.line_id;
        ELSIF NEW.kind = 'spending' THEN
            UPDATE matching_fund SET allotted_fen = allotted_fen - n, spent_fen = spent_fen + n
             WHERE id = f.id;
            UPDATE matching_budget_line SET spent_fen = spent_fen + n WHERE id = NEW.line_id;
            UPDATE matching_fund_line SET spent_fen = spent_fen + n
             WHERE fund_id = f.id AND line_id = NEW.line_id;
        ELSE
            UPDATE matching_fund SET allotted_fen = allotted_fen + n, spent_fen = spent_fen - n
             WHERE id = f.id;
            UPDATE matching_budget_line SET spent_fen = spent_fen - n WHERE id = NEW.line_id;
            UPDATE matching_fund_line SET spent_fen = spent_fen - n
             WHERE fund_id = f.id AND line_id = NEW.line_id;
            UPDATE matching_spending SET refunded_fen = refunded_fen + n WHERE id = s.id;
        END IF;
        IF NOT EXISTS (SELECT FROM matching_fund_line
                       WHERE fund_id = f.id AND line_id = NEW.line_id) THEN
            RAISE EXCEPTION 'nothing of this fund is allotted to the line'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_line_covered';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_fund_entry_applies AFTER INSERT ON matching_fund_entry
       FOR EACH ROW EXECUTE FUNCTION matching_fund_entry_applies()""",
    # A promise never widens what the money may be used for.
    """CREATE FUNCTION matching_fund_match_narrows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        f matching_fund;
        t matching_fund;
    BEGIN
        SELECT * INTO f FROM matching_fund WHERE id = NEW.fund_id;
        SELECT * INTO t FROM matching_fund WHERE id = NEW.to_fund_id;
        IF NOT starts_with(t.area_path, f.area_path)
           OR (f.project_id IS NOT NULL AND t.project_id IS DISTINCT FROM f.project_id)
           OR (cardinality(f.service_classes) > 0
               AND (cardinality(t.service_classes) = 0
                    OR NOT t.service_classes <@ f.service_classes)) THEN
            RAISE EXCEPTION 'the money is bound to another purpose'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_fund_purpose';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_fund_match_narrows BEFORE INSERT ON matching_fund_match
       FOR EACH ROW EXECUTE FUNCTION matching_fund_match_narrows()""",
    # What was approved never changes; only what came back of it is counted.
    """CREATE FUNCTION matching_spending_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state <> 'entered' AND NEW.state <> OLD.state
           OR (NEW.refunded_fen <> OLD.refunded_fen AND pg_trigger_depth() < 2)
           OR (NEW.id, NEW.fund_id, NEW.project_id, NEW.line_id, NEW.amount_fen, NEW.payee_kind,
               NEW.payee, NEW.purpose, NEW.spent_on, NEW.proof_upload_id, NEW.entered_by_id,
               NEW.entered_at)
              IS DISTINCT FROM
              (OLD.id, OLD.fund_id, OLD.project_id, OLD.line_id, OLD.amount_fen, OLD.payee_kind,
               OLD.payee, OLD.purpose, OLD.spent_on, OLD.proof_upload_id, OLD.entered_by_id,
               OLD.entered_at) THEN
            RAISE EXCEPTION 'a spending stands as it was entered'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_books_stand';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_spending_stands BEFORE UPDATE ON matching_spending
       FOR EACH ROW EXECUTE FUNCTION matching_spending_stands()""",
    """CREATE FUNCTION matching_project_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.state = OLD.state THEN
                RETURN NEW;
            END IF;
            IF (OLD.state, NEW.state) NOT IN (
                ('draft', 'submitted'), ('draft', 'cancelled'),
                ('submitted', 'draft'), ('submitted', 'approved'), ('submitted', 'rejected'),
                ('submitted', 'cancelled'),
                ('approved', 'funded'), ('approved', 'suspended'), ('approved', 'cancelled'),
                ('funded', 'running'), ('funded', 'approved'), ('funded', 'suspended'),
                ('funded', 'cancelled'),
                ('running', 'evaluated'), ('running', 'suspended'), ('running', 'cancelled'),
                ('suspended', 'approved'), ('suspended', 'funded'), ('suspended', 'running'),
                ('suspended', 'cancelled'),
                ('evaluated', 'closed')) THEN
                RAISE EXCEPTION 'a project does not go from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_project_step';
            END IF;
        END IF;
        INSERT INTO matching_history (subject_kind, subject_id, state, at, by_id, reason)
        VALUES ('project', NEW.id, NEW.state, kernel_now(), NEW.changed_by_id, NEW.reason);
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_project_steps AFTER INSERT OR UPDATE ON matching_project
       FOR EACH ROW EXECUTE FUNCTION matching_project_steps()""",
    """CREATE FUNCTION matching_resource_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.held <> OLD.held AND pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'what is held follows from reservations alone'
                    USING ERRCODE = 'restrict_violation',
                          CONSTRAINT = 'matching_resource_held_by_reservation';
            END IF;
            IF NEW.state = OLD.state THEN
                RETURN NEW;
            END IF;
            IF (OLD.state, NEW.state) NOT IN (
                ('offered', 'verified'), ('offered', 'refused'), ('offered', 'withdrawn'),
                ('offered', 'expired'),
                ('verified', 'available'), ('verified', 'withdrawn'), ('verified', 'expired'),
                ('available', 'reserved'), ('available', 'withdrawn'), ('available', 'expired'),
                ('reserved', 'available'), ('reserved', 'committed'),
                ('committed', 'available'), ('committed', 'delivered'),
                ('delivered', 'receipted')) THEN
                RAISE EXCEPTION 'a resource does not go from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_resource_step';
            END IF;
        END IF;
        INSERT INTO matching_history (subject_kind, subject_id, state, at, by_id, reason)
        VALUES ('resource', NEW.id, NEW.state, kernel_now(), NEW.changed_by_id, NEW.reason);
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_resource_steps AFTER INSERT OR UPDATE ON matching_resource
       FOR EACH ROW EXECUTE FUNCTION matching_resource_steps()""",
    # No more is held than there is: of what is used up, in all; of a venue, at any time.
    """CREATE FUNCTION matching_reservation_holds() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        r matching_resource;
        peak numeric;
        held_now bigint;
        stage text;
    BEGIN
        SELECT * INTO r FROM matching_resource WHERE id = NEW.resource_id FOR NO KEY UPDATE;
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'reserved' OR r.state <> 'available' THEN
                RAISE EXCEPTION 'only what is available is reserved'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = 'matching_reservation_available';
            END IF;
        ELSE
            IF (NEW.id, NEW.resource_id, NEW.project_id, NEW.need_id, NEW.fund_id, NEW.quantity,
                NEW.starts_at, NEW.ends_at)
               IS DISTINCT FROM
               (OLD.id, OLD.resource_id, OLD.project_id, OLD.need_id, OLD.fund_id, OLD.quantity,
                OLD.starts_at, OLD.ends_at)
               OR (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('reserved', 'committed'), ('reserved', 'released'), ('reserved', 'expired'),
                ('committed', 'released'), ('committed', 'delivered'),
                ('delivered', 'receipted'))) THEN
                RAISE EXCEPTION 'a reservation does not go from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'restrict_violation',
                          CONSTRAINT = 'matching_reservation_step';
            END IF;
        END IF;
        IF r.kind = 'venue' THEN
            IF TG_OP = 'INSERT' THEN
                SELECT max(busy) INTO peak FROM (
                    SELECT sum(o.quantity) AS busy
                    FROM (SELECT NEW.starts_at AS at
                          UNION SELECT a.starts_at FROM matching_reservation a
                          WHERE a.resource_id = r.id AND a.starts_at >= NEW.starts_at
                            AND a.starts_at < NEW.ends_at
                            AND a.state NOT IN ('released', 'expired')) instants
                    JOIN matching_reservation o
                      ON o.resource_id = r.id AND o.state NOT IN ('released', 'expired')
                     AND o.starts_at <= instants.at AND o.ends_at > instants.at
                    GROUP BY instants.at) loads;
                IF NEW.starts_at IS NULL OR peak > r.quantity THEN
                    RAISE EXCEPTION 'the venue is taken at that time'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'matching_resource_left';
                END IF;
            END IF;
            RETURN NEW;
        END IF;
        SELECT coalesce(sum(quantity), 0),
               (array_agg(state ORDER BY array_position(
                   ARRAY['reserved', 'committed', 'delivered', 'receipted'], state::text)))[1]
          INTO held_now, stage
          FROM matching_reservation
         WHERE resource_id = r.id AND state NOT IN ('released', 'expired');
        UPDATE matching_resource SET held = held_now,
            state = CASE
                WHEN state NOT IN ('available', 'reserved', 'committed', 'delivered', 'receipted')
                    THEN state
                WHEN held_now < quantity THEN 'available'
                WHEN state = 'available' THEN 'reserved'
                ELSE stage END
         WHERE id = r.id;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_reservation_holds AFTER INSERT OR UPDATE ON matching_reservation
       FOR EACH ROW EXECUTE FUNCTION matching_reservation_holds()""",
)


class Migration(migrations.Migration):
    """Tables that are written and read in SQL only, with what keeps them right."""

    dependencies = [("matching", "0003_orders")]

    operations = [
        ops.RunSQL(statement, "")
        for statement in (*PROJECTS, *FUNDS, *RESOURCES, *BOOKS, *GUARDS)
    ]
