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
        CONSTRAINT disclosure_log_leaf_hashed CHECK (leaf_hash = sha256('\x00'::bytea || record)),
        CONSTRAINT disclosure_log_leaf_once UNIQUE (source_kind, source_id, version)
    )
    """,
    """
    CREATE TRIGGER disclosure_log_leaf_stands BEFORE UPDATE OR DELETE ON disclosure_log_leaf
    FOR EACH ROW EXECUTE FUNCTION disclosure_refuse()
    """,
    # What the worker has not yet given an index. The leaf itself is never written again: a log
    # grows by rows that are added, which is most of its speed.
    """
    CREATE TABLE disclosure_log_waiting (
        log_id uuid NOT NULL,
        leaf_id uuid NOT NULL REFERENCES disclosure_log_leaf (id),
        PRIMARY KEY (log_id, leaf_id)
    )
    """,
    # Complete subtrees: at a level, by position. They never change. Those of one leaf, at level
    # 0, say which leaf stands at which index.
    """
    CREATE TABLE disclosure_log_node (
        log_id uuid NOT NULL,
        level smallint NOT NULL CHECK (level BETWEEN 0 AND 62),
        position bigint NOT NULL CHECK (position >= 0),
        digest bytea NOT NULL CHECK (octet_length(digest) = 32),
        leaf_id uuid CHECK ((level = 0) = (leaf_id IS NOT NULL)),
        PRIMARY KEY (log_id, level, position)
    )
    """,
    "CREATE UNIQUE INDEX disclosure_log_node_leaf ON disclosure_log_node (leaf_id) WHERE leaf_id IS NOT NULL",
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
