from tortoise import migrations
from tortoise.migrations import operations as ops


def states(table: str, column: str, *names: str, null: bool = False) -> str:
    """Write the check that a column holds one of a closed list."""
    listed = ", ".join(f"'{name}'" for name in names)
    empty = f"{column} IS NULL OR " if null else ""
    return f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column} CHECK ({empty}{column} IN ({listed}))"


AFFAIRS = ("party", "residents", "finance")
VERSION_STATES = ("draft", "supervisor_review", "privacy_review", "approval", "approved", "published")
DISCLOSURE_STATES = (
    *VERSION_STATES, "objected", "answered", "corrected", "withdrawn", "expired", "archived",
)

CATALOGUE = (
    states("disclosure_catalogue_item", "affair", *AFFAIRS),
    states(
        "disclosure_catalogue_item", "finance_class",
        "plan", "income", "spending", "assets", "resources", "debts", "distribution", "other", null=True,
    ),
    states(
        "disclosure_catalogue_item", "frequency",
        "once", "at_once", "monthly", "quarterly", "half_yearly", "yearly", "long_term",
    ),
    "ALTER TABLE disclosure_catalogue_item ADD CONSTRAINT disclosure_catalogue_item_class_of_finance CHECK ((affair = 'finance') = (finance_class IS NOT NULL))",
    "ALTER TABLE disclosure_catalogue_item ADD CONSTRAINT disclosure_catalogue_item_first CHECK (version >= 1)",
    "ALTER TABLE disclosure_catalogue_item ADD CONSTRAINT disclosure_catalogue_item_retention CHECK (retention_months > 0)",
    """
    CREATE UNIQUE INDEX disclosure_catalogue_item_version
    ON disclosure_catalogue_item (code, version, community_id) NULLS NOT DISTINCT
    """,
    """
    CREATE FUNCTION disclosure_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is never changed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_stands';
    END $$
    """,
    """
    CREATE TRIGGER disclosure_catalogue_item_stands BEFORE UPDATE OR DELETE
    ON disclosure_catalogue_item FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    "ALTER TABLE disclosure_adoption ADD CONSTRAINT disclosure_adoption_days CHECK (ended_on IS NULL OR ended_on >= adopted_on)",
    """
    CREATE UNIQUE INDEX disclosure_adoption_standing
    ON disclosure_adoption (community_id, code) WHERE ended_on IS NULL
    """,
    """
    CREATE INDEX disclosure_adoption_next ON disclosure_adoption (next_period_on)
    WHERE ended_on IS NULL AND next_period_on IS NOT NULL
    """,
    states("disclosure_obligation", "state", "pending", "met", "late", "waived"),
    states("disclosure_obligation", "affair", *AFFAIRS),
    "ALTER TABLE disclosure_obligation ADD CONSTRAINT disclosure_obligation_period CHECK (period_end >= period_start)",
    """
    ALTER TABLE disclosure_obligation ADD CONSTRAINT disclosure_obligation_stands CHECK (
        (met_at IS NULL) = (disclosure_id IS NULL)
        AND (late_at IS NOT NULL) = (state = 'late')
        AND (waived_at IS NOT NULL) = (state = 'waived')
        AND num_nulls(waived_at, waived_by_id, reason) IN (0, 3)
        AND CASE state
            WHEN 'pending' THEN met_at IS NULL
            WHEN 'met' THEN met_at IS NOT NULL AND met_at < due_at
            WHEN 'late' THEN met_at IS NULL OR met_at >= due_at
            ELSE true
        END
    )
    """,
    """
    CREATE UNIQUE INDEX disclosure_obligation_one
    ON disclosure_obligation (community_id, code, period_start, occurrence) NULLS NOT DISTINCT
    """,
    "CREATE INDEX disclosure_obligation_due ON disclosure_obligation (due_at) WHERE state = 'pending'",
    "CREATE INDEX disclosure_obligation_place ON disclosure_obligation (area_path text_pattern_ops, due_at)",
    "CREATE INDEX disclosure_obligation_list ON disclosure_obligation (community_id, due_at DESC, id DESC)",
    # What became late cannot be made punctual again, nor a duty disappear.
    """
    CREATE FUNCTION disclosure_obligation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state = 'late' AND NEW.state <> 'late'
            OR OLD.state = 'waived' AND NEW.state <> 'waived'
        THEN
            RAISE EXCEPTION 'a duty that became late stays late'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_obligation_stays';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_obligation_stays BEFORE UPDATE OR DELETE ON disclosure_obligation
    FOR EACH ROW EXECUTE FUNCTION disclosure_obligation_keep()
    """,
)

PUBLISHERS = (
    states(
        "disclosure_publisher", "kind",
        "community", "department", "party", "owners_committee", "property_company",
    ),
    """
    ALTER TABLE disclosure_publisher ADD CONSTRAINT disclosure_publisher_organised CHECK (
        kind IN ('community', 'party') OR organisation_id IS NOT NULL
    )
    """,
    """
    CREATE UNIQUE INDEX disclosure_publisher_standing
    ON disclosure_publisher (kind, area_id, organisation_id) NULLS NOT DISTINCT WHERE ended_at IS NULL
    """,
    """
    CREATE TABLE disclosure_officer (
        id uuid PRIMARY KEY,
        publisher_id uuid NOT NULL REFERENCES disclosure_publisher (id),
        person_id uuid NOT NULL,
        part varchar(24) NOT NULL CHECK (part IN ('writer', 'privacy_reviewer', 'approver')),
        appointed_by_id uuid,
        appointed_at timestamptz NOT NULL,
        dismissed_at timestamptz,
        dismissed_by_id uuid,
        CHECK (dismissed_at IS NULL OR dismissed_at >= appointed_at)
    )
    """,
    """
    CREATE UNIQUE INDEX disclosure_officer_standing
    ON disclosure_officer (publisher_id, person_id, part) WHERE dismissed_at IS NULL
    """,
    "CREATE INDEX disclosure_officer_person ON disclosure_officer (person_id) WHERE dismissed_at IS NULL",
)

DISCLOSURES = (
    states(
        "disclosure_disclosure", "kind",
        "notice", "activity", "announcement", "policy", "news", "structured",
    ),
    states("disclosure_disclosure", "affair", *AFFAIRS, null=True),
    states("disclosure_disclosure", "state", *DISCLOSURE_STATES),
    """
    ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_public CHECK (
        (published_number IS NULL) = (first_published_at IS NULL)
        AND (published_number IS NULL) = (state IN ('draft', 'supervisor_review', 'privacy_review', 'approval', 'approved'))
        AND (published_number IS NULL OR published_number BETWEEN 1 AND latest_number)
    )
    """,
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_structured CHECK ((kind = 'structured') = (affair IS NOT NULL))",
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_item_code CHECK ((item_id IS NULL) = (item_code IS NULL))",
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_period CHECK (num_nulls(period_start, period_end) IN (0, 2) AND (period_end IS NULL OR period_end >= period_start))",
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_source CHECK (num_nulls(source_kind, source_id) IN (0, 2))",
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_archived CHECK ((state = 'archived') = (archived_at IS NOT NULL))",
    "ALTER TABLE disclosure_disclosure ADD CONSTRAINT disclosure_disclosure_pinned CHECK (pinned_at IS NULL OR published_number IS NOT NULL)",
    "CREATE UNIQUE INDEX disclosure_disclosure_once ON disclosure_disclosure (source_kind, source_id) WHERE source_kind IS NOT NULL",
    "CREATE INDEX disclosure_disclosure_by_publisher ON disclosure_disclosure (publisher_id, id DESC)",
    "CREATE INDEX disclosure_disclosure_unpublished ON disclosure_disclosure (area_path text_pattern_ops, id DESC) WHERE published_number IS NULL",
    "CREATE INDEX disclosure_disclosure_expires ON disclosure_disclosure (expires_at) WHERE expires_at IS NOT NULL AND expired_at IS NULL",
    "CREATE INDEX disclosure_disclosure_take_down ON disclosure_disclosure (take_down_at) WHERE take_down_at IS NOT NULL AND taken_down_at IS NULL",
    "CREATE INDEX disclosure_disclosure_archive ON disclosure_disclosure (archive_at) WHERE archive_at IS NOT NULL AND archived_at IS NULL",
    "CREATE INDEX disclosure_disclosure_pins ON disclosure_disclosure (publisher_id, pinned_at DESC) WHERE pinned_at IS NOT NULL",
    # What was public once is never removed, and never again a draft.
    """
    CREATE FUNCTION disclosure_disclosure_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.published_number IS NOT NULL AND (
            TG_OP = 'DELETE' OR NEW.published_number IS NULL OR NEW.published_number < OLD.published_number
            OR NEW.first_published_at <> OLD.first_published_at
            OR (NEW.area_id, NEW.area_path, NEW.publisher_id, NEW.kind) IS DISTINCT FROM (OLD.area_id, OLD.area_path, OLD.publisher_id, OLD.kind)
            OR (NEW.affair, NEW.item_id, NEW.period_start, NEW.period_end) IS DISTINCT FROM (OLD.affair, OLD.item_id, OLD.period_start, OLD.period_end)
            OR (NEW.source_kind, NEW.source_id) IS DISTINCT FROM (OLD.source_kind, OLD.source_id)
        ) THEN
            RAISE EXCEPTION 'what was public once stays'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_disclosure_stays';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_disclosure_stays BEFORE UPDATE OR DELETE ON disclosure_disclosure
    FOR EACH ROW EXECUTE FUNCTION disclosure_disclosure_keep()
    """,
)

VERSIONS = (
    states("disclosure_version", "change", "first", "correction", "withdrawal"),
    states("disclosure_version", "state", *VERSION_STATES),
    """
    ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_reasoned CHECK (
        (number = 1) = (change = 'first') AND (change = 'first') = (reason IS NULL)
    )
    """,
    "ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_author CHECK (sourced <> (author_id IS NOT NULL))",
    # Of the day in Shanghai on which it was written down: nothing has occurred tomorrow.
    "ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_occurred CHECK (occurred_on <= (coalesce(submitted_at, published_at, created_at) AT TIME ZONE 'Asia/Shanghai')::date)",
    """
    ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_way CHECK (
        CASE state
            WHEN 'draft' THEN num_nulls(approved_at, published_at, record, record_sha256, scheduled_at) = 5
            WHEN 'approved' THEN approved_at IS NOT NULL AND num_nulls(published_at, record, record_sha256) = 3
            WHEN 'published' THEN num_nulls(published_at, record, record_sha256) = 0 AND (sourced OR approved_at IS NOT NULL)
            ELSE submitted_at IS NOT NULL AND num_nulls(approved_at, published_at, record, record_sha256, scheduled_at) = 5
        END
        AND (sourced OR state = 'draft' OR step_count >= 1)
        AND (NOT sourced OR state IN ('draft', 'published'))
    )
    """,
    "ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_record CHECK (record IS NULL OR record_sha256 = sha256(record))",
    "ALTER TABLE disclosure_version ADD CONSTRAINT disclosure_version_by_author UNIQUE (id, author_id)",
    "CREATE UNIQUE INDEX disclosure_version_under_way ON disclosure_version (disclosure_id) WHERE state <> 'published'",
    "CREATE INDEX disclosure_version_scheduled ON disclosure_version (scheduled_at) WHERE state = 'approved' AND scheduled_at IS NOT NULL",
    """
    CREATE TABLE disclosure_version_author (
        version_id uuid NOT NULL REFERENCES disclosure_version (id) ON DELETE CASCADE,
        person_id uuid NOT NULL,
        PRIMARY KEY (version_id, person_id)
    )
    """,
    """
    CREATE TABLE disclosure_step (
        version_id uuid NOT NULL,
        round smallint NOT NULL CHECK (round >= 1),
        position smallint NOT NULL CHECK (position >= 1),
        step varchar(24) NOT NULL CHECK (step IN ('supervisor_review', 'privacy_review', 'approval')),
        decision varchar(16) NOT NULL CHECK (decision IN ('approved', 'returned')),
        reason varchar(500),
        author_id uuid NOT NULL,
        by_id uuid NOT NULL,
        other_than_before boolean NOT NULL,
        decided_at timestamptz NOT NULL,
        PRIMARY KEY (version_id, round, position),
        FOREIGN KEY (version_id, author_id) REFERENCES disclosure_version (id, author_id),
        CONSTRAINT disclosure_step_author_never_approves CHECK (by_id <> author_id),
        CONSTRAINT disclosure_step_returned_with_reason CHECK ((decision = 'returned') = (reason IS NOT NULL))
    )
    """,
    # Where the chain asks for another person at each step, nobody approves twice in a round.
    """
    CREATE UNIQUE INDEX disclosure_step_each_another ON disclosure_step (version_id, round, by_id)
    WHERE other_than_before
    """,
    """
    CREATE FUNCTION disclosure_step_enter() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM disclosure_version_author a WHERE a.version_id = NEW.version_id AND a.person_id = NEW.by_id) THEN
            RAISE EXCEPTION 'who wrote it never approves it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_step_author_never_approves';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_step_enters BEFORE INSERT ON disclosure_step
    FOR EACH ROW EXECUTE FUNCTION disclosure_step_enter()
    """,
    """
    CREATE TRIGGER disclosure_step_stands BEFORE UPDATE OR DELETE ON disclosure_step
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    # A draft is written; from then on only its way through the chain changes; then nothing.
    """
    CREATE FUNCTION disclosure_version_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        way text[] := ARRAY['state', 'round', 'frozen_rules', 'step_count', 'submitted_at', 'approved_at', 'scheduled_at', 'published_at', 'record', 'record_sha256'];
    BEGIN
        IF OLD.state = 'published' OR TG_OP = 'DELETE' AND OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a published version never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_version_stands';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF OLD.state <> 'draft' AND to_jsonb(NEW) - way <> to_jsonb(OLD) - way THEN
            RAISE EXCEPTION 'what was handed in does not change'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_version_handed_in';
        END IF;
        IF NEW.state IN ('approved', 'published') AND NOT NEW.sourced AND NEW.step_count > (
            SELECT count(*) FROM disclosure_step s
            WHERE s.version_id = NEW.id AND s.round = NEW.round AND s.decision = 'approved'
        ) THEN
            RAISE EXCEPTION 'not every step has approved it'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_version_approved';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_version_stands BEFORE UPDATE OR DELETE ON disclosure_version
    FOR EACH ROW EXECUTE FUNCTION disclosure_version_keep()
    """,
    """
    CREATE FUNCTION disclosure_version_begin() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a version begins as a draft'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_version_begins';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_version_begins BEFORE INSERT ON disclosure_version
    FOR EACH ROW EXECUTE FUNCTION disclosure_version_begin()
    """,
    # For every table whose rows are parts of a version (column version_id): they are written
    # while it is a draft. Only what is sealed may be sealed anew, under another key.
    """
    CREATE FUNCTION disclosure_part_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        part record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        standing text;
    BEGIN
        SELECT v.state INTO standing FROM disclosure_version v WHERE v.id = part.version_id FOR SHARE;
        IF standing IS NULL AND TG_OP = 'DELETE' OR standing = 'draft'
            AND (TG_OP <> 'UPDATE' OR NEW.version_id = OLD.version_id)
        THEN
            RETURN part;
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'full_sealed' = to_jsonb(OLD) - 'full_sealed' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'what was handed in does not change'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_version_handed_in';
    END $$
    """,
    """
    CREATE TRIGGER disclosure_version_author_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_version_author
    FOR EACH ROW EXECUTE FUNCTION disclosure_part_keep()
    """,
    """
    CREATE TABLE disclosure_row (
        id uuid PRIMARY KEY,
        version_id uuid NOT NULL REFERENCES disclosure_version (id) ON DELETE CASCADE,
        position integer NOT NULL CHECK (position >= 1),
        shown jsonb NOT NULL,
        full_sealed bytea,
        full_tag bytea CHECK (octet_length(full_tag) = 32),
        UNIQUE (version_id, position),
        CHECK ((full_sealed IS NULL) = (full_tag IS NULL))
    )
    """,
    """
    CREATE TRIGGER disclosure_row_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_row
    FOR EACH ROW EXECUTE FUNCTION disclosure_part_keep()
    """,
    """
    CREATE TABLE disclosure_attachment (
        id uuid PRIMARY KEY,
        version_id uuid NOT NULL REFERENCES disclosure_version (id) ON DELETE CASCADE,
        position smallint NOT NULL CHECK (position >= 1),
        used_as varchar(16) NOT NULL CHECK (used_as IN ('picture', 'file')),
        caption varchar(200) NOT NULL,
        upload_id uuid NOT NULL REFERENCES kernel_upload (id),
        file_name varchar(200) NOT NULL,
        media_type varchar(100) NOT NULL,
        size_bytes bigint NOT NULL,
        sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
        UNIQUE (version_id, position),
        UNIQUE (version_id, upload_id)
    )
    """,
    """
    CREATE TRIGGER disclosure_attachment_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_attachment
    FOR EACH ROW EXECUTE FUNCTION disclosure_part_keep()
    """,
    # What was attached is not forgotten.
    "CREATE INDEX disclosure_attachment_upload ON disclosure_attachment (upload_id)",
)

READING = (
    """
    CREATE TABLE disclosure_target (
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        PRIMARY KEY (disclosure_id, area_id)
    )
    """,
    """
    CREATE TABLE disclosure_tag (
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        tag varchar(20) NOT NULL CHECK (tag <> ''),
        PRIMARY KEY (disclosure_id, tag)
    )
    """,
    """
    CREATE TABLE disclosure_cover (
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        obligation_id uuid NOT NULL REFERENCES disclosure_obligation (id),
        PRIMARY KEY (disclosure_id, obligation_id)
    )
    """,
    "CREATE INDEX disclosure_cover_by_obligation ON disclosure_cover (obligation_id)",
    # Whom it is aimed at, how it is tagged and which duties it meets stand once it is public.
    """
    CREATE FUNCTION disclosure_placing_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        placed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        number integer;
    BEGIN
        SELECT d.published_number INTO number FROM disclosure_disclosure d WHERE d.id = placed.disclosure_id FOR SHARE;
        IF number IS NOT NULL THEN
            RAISE EXCEPTION 'what was public once stays'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_disclosure_stays';
        END IF;
        RETURN placed;
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER disclosure_{part}_stands BEFORE INSERT OR UPDATE OR DELETE ON disclosure_{part}
        FOR EACH ROW EXECUTE FUNCTION disclosure_placing_keep()
        """
        for part in ("target", "tag", "cover")
    ),
    "CREATE INDEX disclosure_tag_by_tag ON disclosure_tag (tag, disclosure_id)",
    # One row for each area at which a public disclosure is found, so that a feed is read in its
    # own order: `exact` where it is aimed at that very area, else above it.
    """
    CREATE TABLE disclosure_feed (
        area_path varchar(300) NOT NULL,
        published_at timestamptz NOT NULL,
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        exact boolean NOT NULL,
        kind varchar(16) NOT NULL,
        affair varchar(16),
        PRIMARY KEY (area_path, published_at, disclosure_id)
    )
    """,
    "CREATE INDEX disclosure_feed_exact ON disclosure_feed (area_path, published_at, disclosure_id) WHERE exact",
    "CREATE INDEX disclosure_feed_of ON disclosure_feed (disclosure_id)",
    """
    CREATE FUNCTION disclosure_list(ids uuid[]) RETURNS void LANGUAGE sql AS $$
        DELETE FROM disclosure_feed WHERE disclosure_id = ANY (ids);
        INSERT INTO disclosure_feed (area_path, published_at, disclosure_id, exact, kind, affair)
        SELECT above.path, d.first_published_at, d.id, bool_or(above.path = t.area_path), d.kind, d.affair
        FROM disclosure_disclosure d
        JOIN disclosure_target t ON t.disclosure_id = d.id
        CROSS JOIN LATERAL unnest(membership_prefixes(t.area_path)) AS above (path)
        WHERE d.id = ANY (ids)
          AND d.state IN ('published', 'objected', 'answered', 'corrected', 'withdrawn')
        GROUP BY above.path, d.first_published_at, d.id, d.kind, d.affair
    $$
    """,
    """
    CREATE TABLE disclosure_words (
        disclosure_id uuid PRIMARY KEY REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX disclosure_words_found ON disclosure_words USING gin (words)",
)


class Migration(migrations.Migration):
    """What the models cannot say: honest states, steps that others take, versions that stand."""

    dependencies = [("disclosure", "0001_initial")]

    operations = [
        ops.RunSQL(each, "") for each in (*CATALOGUE, *PUBLISHERS, *DISCLOSURES, *VERSIONS, *READING)
    ]
