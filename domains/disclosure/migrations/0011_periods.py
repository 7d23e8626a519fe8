from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # Which days of a body's book a disclosure tells of: by what is public of it now and by what
    # is under way. A range over text lets GiST compare names without any extension.
    'CREATE TYPE disclosure_book_range AS RANGE (subtype = text, collation = "C")',
    """
    CREATE TABLE disclosure_told (
        disclosure_id uuid NOT NULL REFERENCES disclosure_disclosure (id) ON DELETE CASCADE,
        book text NOT NULL,
        days datemultirange NOT NULL,
        PRIMARY KEY (disclosure_id, book),
        CONSTRAINT disclosure_told_once EXCLUDE USING gist (
            disclosure_book_range(book, book, '[]') WITH &&, days WITH &&)
    )
    """,
    """
    CREATE FUNCTION disclosure_tell(told uuid) RETURNS void LANGUAGE sql AS $$
        DELETE FROM disclosure_told WHERE disclosure_id = told;
        INSERT INTO disclosure_told (disclosure_id, book, days)
        SELECT d.id, d.publisher_id || '/' || s.kind || '/' || s.book,
               range_agg(daterange(s.period_start, s.period_end, '[]'))
        FROM disclosure_disclosure d
        JOIN disclosure_version v ON v.disclosure_id = d.id
        JOIN disclosure_statement s ON s.version_id = v.id
        WHERE d.id = told AND (v.state <> 'published' OR v.number = d.published_number)
        GROUP BY d.id, d.publisher_id, s.kind, s.book
    $$
    """,
    """
    CREATE FUNCTION disclosure_tell_of() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'disclosure_disclosure' THEN
            PERFORM disclosure_tell(NEW.id);
        ELSIF TG_TABLE_NAME = 'disclosure_version' THEN
            PERFORM disclosure_tell(OLD.disclosure_id);
        ELSE
            PERFORM disclosure_tell(v.disclosure_id) FROM disclosure_version v
            WHERE v.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER disclosure_statement_tells AFTER INSERT OR UPDATE OR DELETE
    ON disclosure_statement FOR EACH ROW EXECUTE FUNCTION disclosure_tell_of()
    """,
    """
    CREATE TRIGGER disclosure_version_tells AFTER DELETE ON disclosure_version
    FOR EACH ROW EXECUTE FUNCTION disclosure_tell_of()
    """,
    """
    CREATE TRIGGER disclosure_disclosure_tells AFTER UPDATE OF published_number
    ON disclosure_disclosure FOR EACH ROW
    WHEN (NEW.published_number IS DISTINCT FROM OLD.published_number)
    EXECUTE FUNCTION disclosure_tell_of()
    """,
    """
    SELECT disclosure_tell(told.id) FROM (
        SELECT DISTINCT v.disclosure_id AS id FROM disclosure_statement s
        JOIN disclosure_version v ON v.id = s.version_id) told
    """,
)


class Migration(migrations.Migration):
    """No two disclosures of a body tell of the same days of a book: the database refuses."""

    dependencies = [("disclosure", "0010_gatherings")]

    operations = [ops.RunSQL(each, "") for each in STATEMENTS]
