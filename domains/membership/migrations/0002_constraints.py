from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # Prefix search of paths, whatever the database's collation.
    "CREATE INDEX membership_area_path_prefix ON membership_area (path text_pattern_ops)",
    # Siblings have names and codes of their own; the root level counts as one family.
    """CREATE UNIQUE INDEX membership_area_sibling_code
       ON membership_area (parent_id, code) NULLS NOT DISTINCT""",
    # Sealed values are found, and kept apart, by their blind index.
    "CREATE UNIQUE INDEX membership_person_phone_index ON membership_person (phone_index)",
    "CREATE UNIQUE INDEX membership_person_identity_index ON membership_person (identity_index)",
    """CREATE UNIQUE INDEX membership_external_identity_subject
       ON membership_external_identity (provider, subject_index)""",
    "CREATE UNIQUE INDEX membership_session_token ON membership_session (token_hash)",
    """CREATE INDEX membership_session_open ON membership_session (person_id)
       WHERE revoked_at IS NULL""",
    """CREATE INDEX membership_sign_in_code_phone
       ON membership_sign_in_code (phone_index, created_at)""",
    """CREATE INDEX membership_sign_in_code_address
       ON membership_sign_in_code (address_index, created_at)""",
    "CREATE UNIQUE INDEX membership_oidc_attempt_state ON membership_oidc_attempt (state_hash)",
    # One live bond of a kind between a person and a household.
    """CREATE UNIQUE INDEX membership_residency_live
       ON membership_residency (person_id, household_id, kind)
       WHERE state IN ('claimed', 'verified')""",
    "CREATE INDEX membership_residency_household ON membership_residency (household_id)",
    # One live grant of a role over a thing.
    """CREATE UNIQUE INDEX membership_role_grant_live
       ON membership_role_grant (person_id, role, area_id, organisation_id, starts_on)
       NULLS NOT DISTINCT WHERE revoked_at IS NULL""",
)


# Tortoise's CreateModel leaves CHECK constraints out on PostgreSQL, so they are said here.
CHECKS = (
    ("membership_area", "membership_area_code", "code ~ '^[0-9A-Za-z-]+$'"),
    ("membership_area", "membership_area_path", "path LIKE '%/' AND (parent_id IS NOT NULL OR path = code || '/')"),
    ("membership_person", "membership_person_phone", "(phone_sealed IS NULL) = (phone_index IS NULL)"),
    ("membership_person", "membership_person_identity", "(identity_sealed IS NULL) = (identity_index IS NULL)"),
    ("membership_household", "membership_household_floor_area", "(floor_area_centi_m2 IS NULL) = (area_basis IS NULL) AND (floor_area_centi_m2 IS NULL OR floor_area_centi_m2 > 0)"),
    ("membership_residency", "membership_residency_until", "(state = 'ended') = (until IS NOT NULL) AND (until IS NULL OR until >= since)"),
    ("membership_assisted_entry", "membership_assisted_entry_two", "person_id <> helper_id"),
    ("membership_register_import", "membership_register_import_sum", "row_count = accepted_count + refused_count"),
    ("membership_role_grant", "membership_role_grant_over_one", "num_nonnulls(area_id, organisation_id) = 1"),
    ("membership_role_grant", "membership_role_grant_days", "ends_on IS NULL OR ends_on >= starts_on"),
)


class Migration(migrations.Migration):
    """What the models cannot say: checks, unique blind indexes, live rows, prefix search."""

    dependencies = [("membership", "0001_initial")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS] + [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ]
