from tortoise import migrations
from tortoise.migrations import operations as ops

_PROMISED = (
    "'committed', 'in_progress', 'overdue', 'delivered', 'accepted', 'closed', 'defaulted'"
)

CHECKS = (
    ("pledges_programme", "pledges_programme_year", "year BETWEEN 2000 AND 2999"),
    ("pledges_pledge", "pledges_pledge_year", "year BETWEEN 2000 AND 2999 AND number > 0"),
    # What a pledge comes from is named, unless it is the community's own or a need told by mouth.
    (
        "pledges_pledge",
        "pledges_pledge_source",
        "(source_kind <> 'own' OR source_id IS NULL)"
        " AND (source_kind IN ('own', 'need') OR source_id IS NOT NULL)",
    ),
    # Author is never approver.
    (
        "pledges_pledge",
        "pledges_pledge_screened_by_another",
        "screened_by_id IS NULL OR screened_by_id IS DISTINCT FROM proposer_id",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_screened",
        "(state IN ('proposed', 'withdrawn')"
        " OR (screened_at IS NOT NULL AND screen_reason IS NOT NULL))"
        " AND (state <> 'proposed' OR screened_at IS NULL)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_noticed",
        "(noticed_at IS NULL) = (notice_until IS NULL)"
        f" AND (state NOT IN ('public_notice', {_PROMISED}) OR noticed_at IS NOT NULL)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_committed",
        f"(state IN ({_PROMISED})) = (committed_at IS NOT NULL)"
        " AND (committed_at IS NULL) = (first_deadline IS NULL)"
        " AND (committed_at IS NULL OR committed_at >= notice_until)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_delivered",
        "(state IN ('delivered', 'accepted', 'closed')) = (delivered_at IS NOT NULL)"
        " AND (delivered_at IS NULL) = (delivered_on IS NULL)"
        " AND (delivered_at IS NULL OR reached_weight = 100)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_accepted",
        "(state IN ('accepted', 'closed')) = (accepted_at IS NOT NULL)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_closed",
        "(state = 'closed') = (closed_at IS NOT NULL)"
        " AND (closed_at IS NULL) = (close_summary IS NULL)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_defaulted",
        "(state = 'defaulted') = (defaulted_at IS NOT NULL)"
        " AND (defaulted_at IS NULL) = (default_reason IS NULL)",
    ),
    (
        "pledges_pledge",
        "pledges_pledge_withdrawn",
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
        " AND (withdrawn_at IS NULL) = (withdraw_reason IS NULL)",
    ),
    ("pledges_pledge", "pledges_pledge_reached", "reached_weight BETWEEN 0 AND 100"),
    ("pledges_pledge", "pledges_pledge_overdue", "state <> 'overdue' OR overdue_since IS NOT NULL"),
    ("pledges_review", "pledges_review_year", "year BETWEEN 2000 AND 2999"),
    (
        "pledges_review",
        "pledges_review_window",
        "reports_due_at <= rating_opens_at AND rating_opens_at < rating_closes_at",
    ),
    (
        "pledges_review",
        "pledges_review_tallied",
        "(tallied_at IS NULL) = (result IS NULL)"
        " AND (state IN ('scheduled', 'reports_due', 'rating') OR tallied_at IS NOT NULL)",
    ),
    (
        "pledges_review",
        "pledges_review_void",
        "(state = 'void') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (void_reason IS NULL)",
    ),
    (
        "pledges_review",
        "pledges_review_published",
        "(state IN ('published', 'rectifying', 're_reviewed', 'linked'))"
        " = (published_at IS NOT NULL)",
    ),
)

INDEXES = (
    "CREATE INDEX pledges_pledge_area ON pledges_pledge (area_path text_pattern_ops, year)",
    "CREATE INDEX pledges_pledge_year_area ON pledges_pledge (year, area_id)",
    "CREATE INDEX pledges_pledge_listed ON pledges_pledge (proposed_at, id)",
    "CREATE INDEX pledges_pledge_body ON pledges_pledge (organisation_id, year)",
    """CREATE INDEX pledges_pledge_notice ON pledges_pledge (notice_until)
       WHERE state = 'public_notice'""",
    """CREATE INDEX pledges_pledge_due ON pledges_pledge (deadline)
       WHERE state IN ('committed', 'in_progress')""",
    # A review of a half is held once; a second review of it, once besides.
    """CREATE UNIQUE INDEX pledges_review_once ON pledges_review (area_id, year, half)
       WHERE parent_id IS NULL""",
    """CREATE UNIQUE INDEX pledges_review_second ON pledges_review (parent_id)
       WHERE parent_id IS NOT NULL""",
)

TERMS = (
    """CREATE TABLE pledges_terms (
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        version integer NOT NULL CHECK (version > 0),
        title varchar(80) NOT NULL CHECK (btrim(title) <> ''),
        content varchar(5000) NOT NULL CHECK (btrim(content) <> ''),
        organisation_id uuid NOT NULL,
        person_id uuid NOT NULL,
        place_area_id uuid NOT NULL,
        place varchar(200) NOT NULL,
        beneficiaries varchar(500) NOT NULL CHECK (btrim(beneficiaries) <> ''),
        budget_fen bigint NOT NULL CHECK (budget_fen >= 0),
        deadline date NOT NULL,
        target_number bigint NOT NULL CHECK (target_number > 0),
        target_unit varchar(20) NOT NULL CHECK (btrim(target_unit) <> ''),
        target_measure varchar(500) NOT NULL CHECK (btrim(target_measure) <> ''),
        author_id uuid,
        written_at timestamptz NOT NULL,
        PRIMARY KEY (pledge_id, version)
    )""",
    """CREATE TABLE pledges_partner (
        pledge_id uuid NOT NULL,
        version integer NOT NULL,
        organisation_id uuid NOT NULL,
        PRIMARY KEY (pledge_id, version, organisation_id),
        FOREIGN KEY (pledge_id, version) REFERENCES pledges_terms ON DELETE RESTRICT
    )""",
    # The key of a milestone stays its own through all versions of the terms.
    """CREATE TABLE pledges_milestone (
        pledge_id uuid NOT NULL,
        version integer NOT NULL,
        position smallint NOT NULL CHECK (position > 0),
        key uuid NOT NULL,
        title varchar(120) NOT NULL CHECK (btrim(title) <> ''),
        due_on date NOT NULL,
        weight smallint NOT NULL CHECK (weight BETWEEN 1 AND 100),
        PRIMARY KEY (pledge_id, version, position),
        CONSTRAINT pledges_milestone_key UNIQUE (pledge_id, version, key),
        FOREIGN KEY (pledge_id, version) REFERENCES pledges_terms ON DELETE RESTRICT
    )""",
    """CREATE TABLE pledges_change (
        id uuid PRIMARY KEY,
        pledge_id uuid NOT NULL,
        version integer NOT NULL,
        reason varchar(500) NOT NULL CHECK (btrim(reason) <> ''),
        by_id uuid,
        noticed_at timestamptz NOT NULL,
        notice_until timestamptz NOT NULL CHECK (notice_until > noticed_at),
        state varchar(16) NOT NULL
            CHECK (state IN ('notice', 'in_force', 'rejected', 'withdrawn')),
        decided_at timestamptz,
        CONSTRAINT pledges_change_version UNIQUE (pledge_id, version),
        CONSTRAINT pledges_change_decided CHECK ((state = 'notice') = (decided_at IS NULL)),
        CONSTRAINT pledges_change_noticed CHECK (state <> 'in_force' OR decided_at >= notice_until),
        FOREIGN KEY (pledge_id, version) REFERENCES pledges_terms ON DELETE RESTRICT
    )""",
    """CREATE UNIQUE INDEX pledges_change_one_at_a_time ON pledges_change (pledge_id)
       WHERE state = 'notice'""",
    "CREATE INDEX pledges_change_due ON pledges_change (notice_until) WHERE state = 'notice'",
)

DELIVERY = (
    """CREATE TABLE pledges_report (
        id uuid PRIMARY KEY,
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        kind varchar(16) NOT NULL CHECK (kind IN ('progress', 'delivery')),
        milestone_key uuid,
        text varchar(2000) NOT NULL CHECK (btrim(text) <> ''),
        happened_on date NOT NULL,
        counts_on date NOT NULL,
        achieved_number bigint CHECK (achieved_number >= 0),
        evidence_count smallint NOT NULL CHECK (evidence_count > 0),
        by_id uuid,
        reported_at timestamptz NOT NULL,
        struck_at timestamptz,
        CONSTRAINT pledges_report_delivery CHECK (
            kind <> 'delivery' OR (achieved_number IS NOT NULL AND milestone_key IS NULL)),
        -- Nothing is claimed before it happens, by Shanghai's days.
        CONSTRAINT pledges_report_happened CHECK (
            happened_on <= (reported_at AT TIME ZONE 'Asia/Shanghai')::date),
        CONSTRAINT pledges_report_counts CHECK (
            counts_on BETWEEN happened_on AND (reported_at AT TIME ZONE 'Asia/Shanghai')::date)
    )""",
    "CREATE INDEX pledges_report_pledge ON pledges_report (pledge_id, reported_at, id)",
    """CREATE UNIQUE INDEX pledges_report_milestone_once
       ON pledges_report (pledge_id, milestone_key)
       WHERE milestone_key IS NOT NULL AND struck_at IS NULL""",
    """CREATE UNIQUE INDEX pledges_report_delivered_once ON pledges_report (pledge_id)
       WHERE kind = 'delivery' AND struck_at IS NULL""",
    """CREATE TABLE pledges_evidence (
        id uuid PRIMARY KEY,
        report_id uuid NOT NULL REFERENCES pledges_report (id) ON DELETE RESTRICT,
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        position smallint NOT NULL CHECK (position > 0),
        kind varchar(16) NOT NULL
            CHECK (kind IN ('picture', 'attendance', 'disclosure', 'finance_line')),
        upload_id uuid REFERENCES kernel_upload (id) ON DELETE RESTRICT,
        subject_id uuid,
        head_count integer CHECK (head_count > 0),
        caption varchar(200) NOT NULL,
        dated_on date NOT NULL,
        CONSTRAINT pledges_evidence_position UNIQUE (report_id, position),
        CONSTRAINT pledges_evidence_kind CHECK (
            (kind = 'picture') = (upload_id IS NOT NULL)
            AND (kind IN ('disclosure', 'finance_line')) = (subject_id IS NOT NULL)
            AND (kind = 'attendance') = (head_count IS NOT NULL))
    )""",
    # A picture proves one thing once.
    """CREATE UNIQUE INDEX pledges_evidence_picture ON pledges_evidence (upload_id)
       WHERE upload_id IS NOT NULL""",
    """CREATE TABLE pledges_acceptance (
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        round smallint NOT NULL,
        person_id uuid NOT NULL,
        accepted boolean NOT NULL,
        remark varchar(500) NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (pledge_id, round, person_id)
    )""",
    """CREATE TABLE pledges_milestone_told (
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        key uuid NOT NULL,
        due_on date NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (pledge_id, key, due_on)
    )""",
)

RESIDENTS = (
    """CREATE TABLE pledges_objection (
        id uuid PRIMARY KEY,
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        about varchar(16) NOT NULL CHECK (about IN ('notice', 'change', 'claim')),
        change_id uuid REFERENCES pledges_change (id) ON DELETE RESTRICT,
        report_id uuid REFERENCES pledges_report (id) ON DELETE RESTRICT,
        by_id uuid NOT NULL,
        text varchar(1000) NOT NULL CHECK (btrim(text) <> ''),
        filed_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        state varchar(16) NOT NULL DEFAULT 'open'
            CHECK (state IN ('open', 'upheld', 'dismissed')),
        answer varchar(1000),
        answered_by_id uuid,
        answered_at timestamptz,
        late_since timestamptz,
        CONSTRAINT pledges_objection_about CHECK (
            (about = 'change') = (change_id IS NOT NULL)
            AND (about = 'claim') = (report_id IS NOT NULL)),
        CONSTRAINT pledges_objection_answered CHECK (
            (state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answer IS NULL)),
        CONSTRAINT pledges_objection_other CHECK (
            answered_by_id IS NULL OR answered_by_id <> by_id)
    )""",
    "CREATE INDEX pledges_objection_pledge ON pledges_objection (pledge_id, filed_at, id)",
    """CREATE UNIQUE INDEX pledges_objection_once
       ON pledges_objection (pledge_id, about, change_id, report_id, by_id) NULLS NOT DISTINCT
       WHERE state = 'open'""",
    """CREATE INDEX pledges_objection_due ON pledges_objection (due_at)
       WHERE state = 'open' AND late_since IS NULL""",
    """CREATE TABLE pledges_confirmation (
        report_id uuid NOT NULL REFERENCES pledges_report (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (report_id, person_id)
    )""",
    """CREATE TABLE pledges_follow (
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (pledge_id, person_id)
    )""",
    "CREATE INDEX pledges_follow_person ON pledges_follow (person_id, at, pledge_id)",
    """CREATE TABLE pledges_comment (
        id uuid PRIMARY KEY,
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        by_id uuid NOT NULL,
        text varchar(1000) NOT NULL CHECK (btrim(text) <> ''),
        at timestamptz NOT NULL,
        removed_at timestamptz,
        removed_by_id uuid,
        remove_reason varchar(200),
        CONSTRAINT pledges_comment_removed CHECK (
            (removed_at IS NULL) = (remove_reason IS NULL))
    )""",
    "CREATE INDEX pledges_comment_pledge ON pledges_comment (pledge_id, at, id)",
    """CREATE TABLE pledges_history (
        pledge_id uuid NOT NULL REFERENCES pledges_pledge (id) ON DELETE RESTRICT,
        seq integer NOT NULL CHECK (seq > 0),
        act varchar(24) NOT NULL,
        at timestamptz NOT NULL,
        by_id uuid,
        state varchar(16) NOT NULL,
        version integer NOT NULL,
        deadline date NOT NULL,
        subject_id uuid,
        reason varchar(2000),
        PRIMARY KEY (pledge_id, seq)
    )""",
)

REVIEWS = (
    """CREATE TABLE pledges_reviewee (
        id uuid PRIMARY KEY,
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        position smallint NOT NULL CHECK (position > 0),
        kind varchar(16) NOT NULL CHECK (kind IN ('person', 'body')),
        person_id uuid,
        organisation_id uuid,
        duty varchar(120) NOT NULL,
        CONSTRAINT pledges_reviewee_one CHECK (
            (kind = 'person') = (person_id IS NOT NULL)
            AND (kind = 'body') = (organisation_id IS NOT NULL)),
        CONSTRAINT pledges_reviewee_place UNIQUE (review_id, position)
    )""",
    """CREATE UNIQUE INDEX pledges_reviewee_once
       ON pledges_reviewee (review_id, person_id, organisation_id) NULLS NOT DISTINCT""",
    """CREATE TABLE pledges_review_item (
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        position smallint NOT NULL CHECK (position > 0),
        label varchar(120) NOT NULL CHECK (btrim(label) <> ''),
        is_overall boolean NOT NULL DEFAULT false,
        PRIMARY KEY (review_id, position)
    )""",
    """CREATE UNIQUE INDEX pledges_review_item_overall ON pledges_review_item (review_id)
       WHERE is_overall""",
    """CREATE TABLE pledges_rater_group (
        id uuid PRIMARY KEY,
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        code varchar(40) NOT NULL,
        title varchar(60) NOT NULL,
        weight smallint NOT NULL CHECK (weight BETWEEN 0 AND 100),
        least_valid integer NOT NULL CHECK (least_valid >= 0),
        source varchar(16) NOT NULL CHECK (source IN ('role', 'drawn', 'open', 'list')),
        CONSTRAINT pledges_rater_group_code UNIQUE (review_id, code),
        CONSTRAINT pledges_rater_group_of UNIQUE (review_id, id)
    )""",
    # Nobody rates in two groups of one review.
    """CREATE TABLE pledges_rater (
        review_id uuid NOT NULL,
        person_id uuid NOT NULL,
        group_id uuid NOT NULL,
        CONSTRAINT pledges_rater_one_group PRIMARY KEY (review_id, person_id),
        CONSTRAINT pledges_rater_of FOREIGN KEY (review_id, group_id)
            REFERENCES pledges_rater_group (review_id, id) ON DELETE RESTRICT
    )""",
    "CREATE INDEX pledges_rater_by_group ON pledges_rater (group_id)",
    # One poll of the ballot box for each reviewee and group.
    """CREATE TABLE pledges_rating_poll (
        reviewee_id uuid NOT NULL REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        group_id uuid NOT NULL REFERENCES pledges_rater_group (id) ON DELETE RESTRICT,
        poll_id uuid NOT NULL CONSTRAINT pledges_rating_poll_once UNIQUE,
        issued integer CHECK (issued >= 0),
        returned integer CHECK (returned >= 0),
        void integer CHECK (void >= 0),
        valid integer CHECK (valid >= 0),
        PRIMARY KEY (reviewee_id, group_id),
        CONSTRAINT pledges_rating_poll_papers CHECK (
            (issued IS NULL) = (returned IS NULL) AND (issued IS NULL) = (void IS NULL)
            AND (issued IS NULL) = (valid IS NULL)
            AND (issued IS NULL OR (returned <= issued AND void + valid = returned)))
    )""",
    """CREATE TABLE pledges_rating (
        reviewee_id uuid NOT NULL,
        group_id uuid NOT NULL,
        item smallint NOT NULL,
        satisfied integer NOT NULL CHECK (satisfied >= 0),
        basically_satisfied integer NOT NULL CHECK (basically_satisfied >= 0),
        unsatisfied integer NOT NULL CHECK (unsatisfied >= 0),
        unknown integer NOT NULL CHECK (unknown >= 0),
        PRIMARY KEY (reviewee_id, group_id, item),
        FOREIGN KEY (reviewee_id, group_id) REFERENCES pledges_rating_poll ON DELETE RESTRICT
    )""",
    """CREATE TABLE pledges_work_report (
        reviewee_id uuid PRIMARY KEY REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        text varchar(20000) NOT NULL CHECK (btrim(text) <> ''),
        upload_id uuid,
        by_id uuid NOT NULL,
        filed_at timestamptz NOT NULL,
        is_late boolean NOT NULL,
        version integer NOT NULL DEFAULT 1
    )""",
    """CREATE TABLE pledges_remark (
        id uuid PRIMARY KEY,
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        reviewee_id uuid REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        topic varchar(60),
        text varchar(1000) NOT NULL CHECK (btrim(text) <> ''),
        answer varchar(2000),
        answered_by_id uuid,
        answered_at timestamptz,
        CONSTRAINT pledges_remark_answered CHECK ((answer IS NULL) = (answered_at IS NULL))
    )""",
    "CREATE INDEX pledges_remark_review ON pledges_remark (review_id, topic, id)",
    """CREATE TABLE pledges_rectification (
        id uuid PRIMARY KEY,
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        reviewee_id uuid NOT NULL REFERENCES pledges_reviewee (id) ON DELETE RESTRICT,
        demand varchar(2000) NOT NULL CHECK (btrim(demand) <> ''),
        ordered_by_id uuid,
        ordered_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL CHECK (due_at > ordered_at),
        late_since timestamptz,
        state varchar(16) NOT NULL DEFAULT 'ordered'
            CHECK (state IN ('ordered', 'reported', 'passed', 'failed')),
        report varchar(5000),
        reported_at timestamptz,
        verdict varchar(1000),
        decided_by_id uuid,
        decided_at timestamptz,
        CONSTRAINT pledges_rectification_once UNIQUE (review_id, reviewee_id),
        CONSTRAINT pledges_rectification_reported CHECK (
            (report IS NULL) = (reported_at IS NULL)
            AND (state <> 'reported' OR report IS NOT NULL)),
        CONSTRAINT pledges_rectification_decided CHECK (
            (state IN ('passed', 'failed')) = (decided_at IS NOT NULL)
            AND (decided_at IS NULL) = (verdict IS NULL))
    )""",
    """CREATE TABLE pledges_appraisal (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        year smallint NOT NULL,
        person_id uuid NOT NULL,
        review_id uuid NOT NULL REFERENCES pledges_review (id) ON DELETE RESTRICT,
        grade varchar(24) NOT NULL CHECK (
            grade IN ('excellent', 'competent', 'basically_competent', 'not_competent')),
        affects_pay boolean NOT NULL,
        affects_awards boolean NOT NULL,
        affects_promotion boolean NOT NULL,
        reason varchar(2000) NOT NULL CHECK (btrim(reason) <> ''),
        by_id uuid NOT NULL,
        at timestamptz NOT NULL,
        reply varchar(2000),
        replied_at timestamptz,
        CONSTRAINT pledges_appraisal_once UNIQUE (area_id, year, person_id),
        CONSTRAINT pledges_appraisal_another CHECK (by_id <> person_id),
        CONSTRAINT pledges_appraisal_replied CHECK ((reply IS NULL) = (replied_at IS NULL))
    )""",
)

# What stands as it was written.
_KEPT = """
CREATE FUNCTION pledges_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was pledged and what became of it is only ever added to'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_ARGV[0];
END $$
"""
KEPT = (
    _KEPT,
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION pledges_kept('{table}_kept')"""
        for table in (
            "pledges_terms",
            "pledges_partner",
            "pledges_milestone",
            "pledges_evidence",
            "pledges_history",
            "pledges_acceptance",
        )
    ),
    *(
        f"""CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION pledges_kept('{table}_stays')"""
        for table in (
            "pledges_pledge",
            "pledges_change",
            "pledges_report",
            "pledges_objection",
            "pledges_review",
        )
    ),
)

# Terms whose milestones do not make a whole, or come due after the deadline, are never committed.
_WHOLE = """
CREATE FUNCTION pledges_milestones_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total integer;
    last_due date;
    terms_deadline date;
BEGIN
    SELECT coalesce(sum(weight), 0), max(due_on) INTO total, last_due
    FROM pledges_milestone WHERE pledge_id = NEW.pledge_id AND version = NEW.version;
    SELECT deadline INTO terms_deadline
    FROM pledges_terms WHERE pledge_id = NEW.pledge_id AND version = NEW.version;
    IF total <> 100 THEN
        RAISE EXCEPTION 'the weights of the milestones make %, not 100', total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_milestones_whole';
    END IF;
    IF last_due > terms_deadline THEN
        RAISE EXCEPTION 'a milestone comes due after the deadline'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_milestones_in_time';
    END IF;
    RETURN NULL;
END $$
"""
_GROUPS_WHOLE = """
CREATE FUNCTION pledges_groups_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total integer;
BEGIN
    SELECT coalesce(sum(weight), 0) INTO total
    FROM pledges_rater_group WHERE review_id = coalesce(NEW.review_id, OLD.review_id);
    IF total <> 100 THEN
        RAISE EXCEPTION 'the weights of the groups make %, not 100', total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_groups_whole';
    END IF;
    RETURN NULL;
END $$
"""
# Evidence comes with its claim: none is added afterwards, none is dated after what it proves.
_EVIDENCE_WHOLE = """
CREATE FUNCTION pledges_evidence_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claim uuid;
    told integer;
BEGIN
    IF TG_TABLE_NAME = 'pledges_report' THEN claim := NEW.id; ELSE claim := NEW.report_id; END IF;
    SELECT evidence_count INTO told FROM pledges_report WHERE id = claim;
    IF told <> (SELECT count(*) FROM pledges_evidence WHERE report_id = claim) THEN
        RAISE EXCEPTION 'a claim comes with its evidence, and gets none afterwards'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_evidence_with_claim';
    END IF;
    RETURN NULL;
END $$
"""
_EVIDENCE_IN_TIME = """
CREATE FUNCTION pledges_evidence_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pledges_report r
               WHERE r.id = NEW.report_id
                 AND (r.happened_on < NEW.dated_on OR r.pledge_id <> NEW.pledge_id)) THEN
        RAISE EXCEPTION 'evidence is not dated after what it proves'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_evidence_in_time';
    END IF;
    RETURN NEW;
END $$
"""
WHOLES = (
    _WHOLE,
    *(
        f"""CREATE CONSTRAINT TRIGGER {table}_whole AFTER INSERT ON {table}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION pledges_milestones_whole()"""
        for table in ("pledges_terms", "pledges_milestone")
    ),
    _GROUPS_WHOLE,
    """CREATE CONSTRAINT TRIGGER pledges_rater_group_whole
       AFTER INSERT OR UPDATE OR DELETE ON pledges_rater_group
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_groups_whole()""",
    _EVIDENCE_WHOLE,
    *(
        f"""CREATE CONSTRAINT TRIGGER {table}_evidenced AFTER INSERT ON {table}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION pledges_evidence_whole()"""
        for table in ("pledges_report", "pledges_evidence")
    ),
    _EVIDENCE_IN_TIME,
    """CREATE TRIGGER pledges_evidence_in_time BEFORE INSERT ON pledges_evidence
       FOR EACH ROW EXECUTE FUNCTION pledges_evidence_in_time()""",
)

# The steps of a pledge, and the one way in which what was noticed changes.
_STEPS = (
    ("proposed", "screened declined withdrawn"),
    ("screened", "proposed public_notice withdrawn"),
    ("public_notice", "committed proposed withdrawn"),
    ("committed", "in_progress overdue delivered defaulted"),
    ("in_progress", "overdue delivered defaulted"),
    ("overdue", "in_progress delivered defaulted"),
    ("delivered", "accepted in_progress overdue"),
    ("accepted", "closed in_progress overdue"),
)
_ALLOWED = ", ".join(f"'{old}>{new}'" for old, news in _STEPS for new in news.split())
_STANDS = f"""
CREATE FUNCTION pledges_pledge_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.programme_id, NEW.area_id, NEW.area_path, NEW.year, NEW.number,
        NEW.proposer_id, NEW.source_kind, NEW.source_id)
       IS DISTINCT FROM
       (OLD.id, OLD.programme_id, OLD.area_id, OLD.area_path, OLD.year, OLD.number,
        OLD.proposer_id, OLD.source_kind, OLD.source_id) THEN
        RAISE EXCEPTION 'a pledge stays what it was proposed as'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_pledge_identity';
    END IF;
    IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({_ALLOWED}) THEN
        RAISE EXCEPTION 'a pledge does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_pledge_steps';
    END IF;
    IF OLD.first_deadline IS NOT NULL
       AND NEW.first_deadline IS DISTINCT FROM OLD.first_deadline THEN
        RAISE EXCEPTION 'the first deadline of a pledge stands'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_first_deadline_stands';
    END IF;
    IF OLD.first_deadline IS NULL AND NEW.first_deadline IS NOT NULL
       AND (NEW.first_deadline <> OLD.deadline OR NEW.state <> 'committed'
            OR OLD.notice_until > kernel_now()) THEN
        RAISE EXCEPTION 'a pledge is committed with the deadline that was on notice'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_first_deadline_noticed';
    END IF;
    IF (NEW.terms_version, NEW.deadline) IS DISTINCT FROM (OLD.terms_version, OLD.deadline)
       AND OLD.state NOT IN ('proposed', 'screened')
       AND NOT EXISTS (
            SELECT FROM pledges_change c
            JOIN pledges_terms t ON t.pledge_id = c.pledge_id AND t.version = c.version
            WHERE c.pledge_id = NEW.id AND c.version = NEW.terms_version
              AND c.version > OLD.terms_version AND c.state = 'in_force'
              AND t.deadline = NEW.deadline) THEN
        RAISE EXCEPTION 'what was noticed changes by a noticed change alone'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_change_noticed_only';
    END IF;
    IF OLD.state = 'public_notice' AND NEW.state = 'public_notice'
       AND NEW.notice_until IS DISTINCT FROM OLD.notice_until THEN
        RAISE EXCEPTION 'a notice runs as long as it was said to'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_notice_stands';
    END IF;
    RETURN NEW;
END $$
"""
_AGREES = """
CREATE FUNCTION pledges_pledge_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pledges_pledge p JOIN pledges_terms t
          ON t.pledge_id = p.id AND t.version = p.terms_version AND t.deadline = p.deadline
         AND t.title = p.title AND t.organisation_id = p.organisation_id
         AND t.person_id = p.person_id
        WHERE p.id = NEW.id) THEN
        RAISE EXCEPTION 'a pledge says what its terms in force say'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pledges_pledge_agrees';
    END IF;
    RETURN NULL;
END $$
"""
_CHANGE_STANDS = """
CREATE FUNCTION pledges_change_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'notice' OR NEW.notice_until <= kernel_now() THEN
            RAISE EXCEPTION 'a change begins with its notice'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_change_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.pledge_id, NEW.version, NEW.reason, NEW.by_id, NEW.noticed_at,
        NEW.notice_until)
       IS DISTINCT FROM
       (OLD.id, OLD.pledge_id, OLD.version, OLD.reason, OLD.by_id, OLD.noticed_at,
        OLD.notice_until)
       OR OLD.state <> 'notice'
       OR (NEW.state = 'in_force' AND OLD.notice_until > kernel_now()) THEN
        RAISE EXCEPTION 'a change comes into force at the end of its notice, as it was noticed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_change_stands';
    END IF;
    RETURN NEW;
END $$
"""
_REPORT_STANDS = """
CREATE FUNCTION pledges_report_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.struck_at IS NOT NULL OR NEW.struck_at IS NULL
       OR to_jsonb(NEW) - 'struck_at' <> to_jsonb(OLD) - 'struck_at' THEN
        RAISE EXCEPTION 'a claim stands as it was made, or is struck'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_report_stands';
    END IF;
    RETURN NEW;
END $$
"""
_APPRAISED = """
CREATE FUNCTION pledges_appraisal_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pledges_review r JOIN pledges_reviewee w ON w.review_id = r.id
        WHERE r.id = NEW.review_id AND r.published_at IS NOT NULL
          AND w.person_id = NEW.person_id AND r.area_id = NEW.area_id AND r.year = NEW.year
    ) THEN
        RAISE EXCEPTION 'an appraisal rests on a published review of the person'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pledges_appraisal_published';
    END IF;
    RETURN NEW;
END $$
"""
GUARDS = (
    _STANDS,
    """CREATE TRIGGER pledges_pledge_stands BEFORE UPDATE ON pledges_pledge
       FOR EACH ROW EXECUTE FUNCTION pledges_pledge_stands()""",
    _AGREES,
    """CREATE CONSTRAINT TRIGGER pledges_pledge_agrees AFTER INSERT OR UPDATE ON pledges_pledge
       DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION pledges_pledge_agrees()""",
    _CHANGE_STANDS,
    """CREATE TRIGGER pledges_change_stands BEFORE INSERT OR UPDATE ON pledges_change
       FOR EACH ROW EXECUTE FUNCTION pledges_change_stands()""",
    _REPORT_STANDS,
    """CREATE TRIGGER pledges_report_stands BEFORE UPDATE ON pledges_report
       FOR EACH ROW EXECUTE FUNCTION pledges_report_stands()""",
    _APPRAISED,
    """CREATE TRIGGER pledges_appraisal_published BEFORE INSERT OR UPDATE ON pledges_appraisal
       FOR EACH ROW EXECUTE FUNCTION pledges_appraisal_published()""",
)


class Migration(migrations.Migration):
    """What the models cannot say: what stands, what makes a whole, and what nobody moves."""

    dependencies = [("pledges", "0001_initial")]

    operations = [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ] + [
        ops.RunSQL(statement, "")
        for statement in (
            *INDEXES,
            *TERMS,
            *DELIVERY,
            *RESIDENTS,
            *REVIEWS,
            *KEPT,
            *WHOLES,
            *GUARDS,
        )
    ]
