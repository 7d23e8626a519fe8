from tortoise import migrations
from tortoise.migrations import operations as ops

AUDIT = (
    "ALTER TABLE kernel_audit ADD CONSTRAINT kernel_audit_hashes CHECK (octet_length(hash) = 32 AND octet_length(previous_hash) = 32)",
    "ALTER TABLE kernel_audit ADD CONSTRAINT kernel_audit_sequence CHECK (sequence >= 1)",
    """
    CREATE FUNCTION kernel_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit is only ever added to'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'kernel_audit_append_only';
    END $$
    """,
    """
    CREATE TRIGGER kernel_audit_append_only BEFORE UPDATE OR DELETE ON kernel_audit
    FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse()
    """,
    """
    CREATE TRIGGER kernel_audit_never_emptied BEFORE TRUNCATE ON kernel_audit
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse()
    """,
    # A head moves on by appending, and its hash is settled once the entry is written.
    """
    CREATE TRIGGER kernel_audit_head_moves_on BEFORE UPDATE ON kernel_audit_head
    FOR EACH ROW WHEN (NEW.chain <> OLD.chain OR NEW.sequence < OLD.sequence)
    EXECUTE FUNCTION kernel_audit_refuse()
    """,
    """
    CREATE TRIGGER kernel_audit_head_stays BEFORE DELETE ON kernel_audit_head
    FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse()
    """,
    """
    CREATE TRIGGER kernel_audit_head_never_emptied BEFORE TRUNCATE ON kernel_audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse()
    """,
    # The owner's own rights too: what the product never does, its role may not do.
    "REVOKE UPDATE, DELETE, TRUNCATE ON kernel_audit FROM PUBLIC, CURRENT_USER",
    "REVOKE DELETE, TRUNCATE ON kernel_audit_head FROM PUBLIC, CURRENT_USER",
)

RULE_SETS = (
    """
    CREATE UNIQUE INDEX kernel_rule_set_version
    ON kernel_rule_set (code, version, community_id) NULLS NOT DISTINCT
    """,
    "ALTER TABLE kernel_rule_set ADD CONSTRAINT kernel_rule_set_days CHECK (effective_to IS NULL OR effective_to >= effective_from)",
    "ALTER TABLE kernel_rule_set ADD CONSTRAINT kernel_rule_set_first CHECK (version >= 1)",
    "ALTER TABLE kernel_rule_set ADD CONSTRAINT kernel_rule_set_hash CHECK (octet_length(content_sha256) = 32)",
    # Equality without btree_gist: one point of a range of hashes, 64 bits wide.
    """
    ALTER TABLE kernel_rule_set ADD CONSTRAINT kernel_rule_set_one_at_a_time EXCLUDE USING gist (
        int8range(
            hashtextextended(code || '/' || COALESCE(community_id::text, ''), 0),
            hashtextextended(code || '/' || COALESCE(community_id::text, ''), 0), '[]'
        ) WITH &&,
        daterange(effective_from, effective_to, '[]') WITH &&
    )
    """,
    # Rules that have come into force keep their words; an open end may be set, once.
    """
    CREATE FUNCTION kernel_rule_set_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.effective_from > (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date THEN
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.effective_to IS NULL
            AND to_jsonb(NEW) - 'effective_to' = to_jsonb(OLD) - 'effective_to'
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'rules that have come into force do not change'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'kernel_rule_set_in_force';
    END $$
    """,
    """
    CREATE TRIGGER kernel_rule_set_in_force BEFORE UPDATE OR DELETE ON kernel_rule_set
    FOR EACH ROW EXECUTE FUNCTION kernel_rule_set_keep()
    """,
)

UPLOADS = (
    "ALTER TABLE kernel_upload ADD CONSTRAINT kernel_upload_size CHECK (size_bytes > 0)",
    """
    ALTER TABLE kernel_upload ADD CONSTRAINT kernel_upload_state CHECK (
        CASE state
            WHEN 'pending' THEN num_nulls(sha256, sniffed_type, completed_at) = 3 AND expires_at IS NOT NULL
            WHEN 'complete' THEN num_nulls(sha256, sniffed_type, completed_at) = 0 AND expires_at IS NULL
            ELSE false
        END
    )
    """,
    "ALTER TABLE kernel_upload ADD CONSTRAINT kernel_upload_hash CHECK (octet_length(sha256) = 32)",
    "CREATE INDEX kernel_upload_pending ON kernel_upload (expires_at) WHERE state = 'pending'",
)


class Migration(migrations.Migration):
    """What the models cannot say: an audit only added to, rules that stay, honest uploads."""

    dependencies = [("kernel", "0003_audit_rule_sets_uploads")]

    operations = [ops.RunSQL(each, "") for each in (*AUDIT, *RULE_SETS, *UPLOADS)]
