from tortoise import migrations
from tortoise.migrations import operations as ops

CHECKS = (
    ("membership_tag_kind", "membership_tag_kind_code", "code ~ '^[a-z][a-z0-9_]*$'"),
    ("membership_tag_kind", "membership_tag_kind_review", "review_months BETWEEN 1 AND 60"),
    ("membership_tag_kind", "membership_tag_kind_consent", "sensitivity <> 'sensitive' OR needs_consent"),
    ("membership_tag", "membership_tag_of_one", "num_nonnulls(person_id, household_id) = 1"),
    ("membership_tag", "membership_tag_consent", "NOT is_sensitive OR needs_consent"),
    ("membership_tag", "membership_tag_days", "review_on > since"),
    ("membership_tag", "membership_tag_consented", "(consented_at IS NULL) = (consent_text_version IS NULL) AND (consent_form IS NULL OR consented_at IS NOT NULL)"),
    ("membership_tag", "membership_tag_contest", "(contested_at IS NULL) = (contest_sealed IS NULL)"),
    ("membership_tag", "membership_tag_settled", "settled_at IS NULL OR contested_at IS NOT NULL AND answer_sealed IS NOT NULL"),
    ("membership_tag", "membership_tag_by_another", "settled_by_id IS NULL OR settled_by_id IS DISTINCT FROM contested_by_id"),
)

STATEMENTS = (
    # Said once of whom it is said of, for as long as it stands.
    """CREATE UNIQUE INDEX membership_tag_live
       ON membership_tag (person_id, household_id, kind_index)
       NULLS NOT DISTINCT WHERE ended_at IS NULL""",
    "CREATE INDEX membership_tag_by_kind ON membership_tag (kind_index) WHERE ended_at IS NULL",
    "CREATE INDEX membership_tag_person ON membership_tag (person_id)",
    "CREATE INDEX membership_tag_household ON membership_tag (household_id)",
    """CREATE INDEX membership_tag_open_contest ON membership_tag (contested_at)
       WHERE contested_at IS NOT NULL AND settled_at IS NULL AND ended_at IS NULL""",
)


class Migration(migrations.Migration):
    """What the models cannot say of tags; what is sensitive is used by consent only."""

    dependencies = [("membership", "0005_tags")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS] + [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ]
