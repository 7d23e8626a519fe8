from tortoise import migrations
from tortoise.migrations import operations as ops

LOG = (
    # One log a community (an area above one has its own); its row is locked to append.
    """
    CREATE TABLE disclosure_log (
        id uuid PRIMARY KEY REFERENCES membership_area (id),
        area_path varchar(300) NOT NULL,
        size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
        opened_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TRIGGER disclosure_log_grows BEFORE UPDATE ON disclosure_log FOR EACH ROW
    WHEN (NEW.size < OLD.size OR (NEW.id, NEW.opened_at) IS DISTINCT FROM (OLD.id, OLD.opened_at))
    EXECUTE FUNCTION disclosure_refuse()
    """,
    """
    CREATE TRIGGER disclosure_log_stands BEFORE DELETE ON disclosure_log
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    # A leaf waits until the worker gives it its index; nothing else of it ever changes.
    r"""
    CREATE TABLE disclosure_log_leaf (
        id uuid PRIMARY KEY,
        log_id uuid NOT NULL REFERENCES disclosure_log (id),
        source_kind varchar(40) NOT NULL,
        source_id uuid NOT NULL,
        version integer NOT NULL CHECK (version >= 1),
        record bytea NOT NULL,
        leaf_hash bytea NOT NULL,
        salt bytea NOT NULL CHECK (octet_length(salt) = 32),
        queued_at timestamptz NOT NULL,
        leaf_index bigint CHECK (leaf_index >= 0),
        appended_at timestamptz,
        CONSTRAINT disclosure_log_leaf_hashed CHECK (leaf_hash = sha256('\x00'::bytea || record)),
        CONSTRAINT disclosure_log_leaf_appended CHECK ((leaf_index IS NULL) = (appended_at IS NULL)),
        CONSTRAINT disclosure_log_leaf_once UNIQUE (source_kind, source_id, version),
        CONSTRAINT disclosure_log_leaf_place UNIQUE (log_id, leaf_index)
    )
    """,
    "CREATE INDEX disclosure_log_leaf_waiting ON disclosure_log_leaf (log_id, id) WHERE leaf_index IS NULL",
    """
    CREATE TRIGGER disclosure_log_leaf_stands BEFORE UPDATE ON disclosure_log_leaf FOR EACH ROW
    WHEN (OLD.leaf_index IS NOT NULL OR NEW.leaf_index IS NULL
        OR (NEW.id, NEW.log_id, NEW.source_kind, NEW.source_id, NEW.version, NEW.record, NEW.leaf_hash, NEW.salt, NEW.queued_at)
           IS DISTINCT FROM
           (OLD.id, OLD.log_id, OLD.source_kind, OLD.source_id, OLD.version, OLD.record, OLD.leaf_hash, OLD.salt, OLD.queued_at))
    EXECUTE FUNCTION disclosure_refuse()
    """,
    """
    CREATE TRIGGER disclosure_log_leaf_remains BEFORE DELETE ON disclosure_log_leaf
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    # Complete subtrees of two leaves and more: at a level, by position. They never change.
    """
    CREATE TABLE disclosure_log_node (
        log_id uuid NOT NULL REFERENCES disclosure_log (id),
        level smallint NOT NULL CHECK (level BETWEEN 1 AND 62),
        position bigint NOT NULL CHECK (position >= 0),
        digest bytea NOT NULL CHECK (octet_length(digest) = 32),
        PRIMARY KEY (log_id, level, position)
    )
    """,
    """
    CREATE TRIGGER disclosure_log_node_stands BEFORE UPDATE OR DELETE ON disclosure_log_node
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    # The public halves of all keys that ever signed, so that a private one may be destroyed.
    """
    CREATE TABLE disclosure_log_key (
        key_id varchar(32) NOT NULL,
        public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
        first_used_at timestamptz NOT NULL,
        PRIMARY KEY (key_id, public_key)
    )
    """,
    """
    CREATE TRIGGER disclosure_log_key_stands BEFORE UPDATE OR DELETE ON disclosure_log_key
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    """
    CREATE TABLE disclosure_log_head (
        id uuid PRIMARY KEY,
        log_id uuid NOT NULL REFERENCES disclosure_log (id),
        day date NOT NULL,
        size bigint NOT NULL CHECK (size >= 0),
        root bytea NOT NULL CHECK (octet_length(root) = 32),
        signed_at timestamptz NOT NULL,
        key_id varchar(32) NOT NULL,
        public_key bytea NOT NULL,
        signature bytea NOT NULL CHECK (octet_length(signature) = 64),
        FOREIGN KEY (key_id, public_key) REFERENCES disclosure_log_key (key_id, public_key),
        CONSTRAINT disclosure_log_head_daily UNIQUE (log_id, day)
    )
    """,
    """
    CREATE TRIGGER disclosure_log_head_stands BEFORE UPDATE OR DELETE ON disclosure_log_head
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    """
    CREATE FUNCTION disclosure_log_head_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.size > (SELECT size FROM disclosure_log WHERE id = NEW.log_id) OR EXISTS (
            SELECT FROM disclosure_log_head h
            WHERE h.log_id = NEW.log_id AND (h.size > NEW.size OR h.day >= NEW.day)
        ) THEN
            RAISE EXCEPTION 'a head follows the one before it'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disclosure_log_head_follows';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_log_head_follows BEFORE INSERT ON disclosure_log_head
    FOR EACH ROW EXECUTE FUNCTION disclosure_log_head_follow()
    """,
)


class Migration(migrations.Migration):
    """A log that only grows: leaves once a version, subtrees that stand, heads that follow."""

    dependencies = [("disclosure", "0002_constraints")]

    operations = [ops.RunSQL(each, "") for each in LOG]
