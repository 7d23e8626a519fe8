from tortoise import migrations
from tortoise.migrations import operations as ops
from domains.volunteering.values.records import ServiceRecordEntry
from tortoise import fields

STATES = (
    "(state = 'pending') <= (confirmed_at IS NULL)"
    " AND (state NOT IN ('confirmed', 'publicised', 'final', 'corrected')"
    "      OR confirmed_at IS NOT NULL)"
    " AND (state NOT IN ('publicised', 'final', 'corrected') OR publicised_at IS NOT NULL)"
    " AND (publicised_at IS NULL) = (notice_until IS NULL)"
    " AND (state NOT IN ('final', 'corrected') OR final_at IS NOT NULL)"
    " AND (final_at IS NULL OR final_at >= notice_until)"
    " AND (state = 'revoked') = (revoked_at IS NOT NULL)"
    " AND (revoked_at IS NULL) = (revoke_reason IS NULL)"
    " AND (state <> 'corrected' OR version > 1)"
    " AND (confirmed_at IS NULL OR entry <> 'back_entry' OR approved_by_id IS NOT NULL)"
)
# How a record came in says what shows it: a check-in, an order's place, or a reason.
ENTRY = (
    "(entry = 'back_entry') = (back_reason IS NOT NULL)"
    " AND (entry <> 'check_in' OR attendance_id IS NOT NULL)"
    " AND (entry <> 'service_order' OR order_place_id IS NOT NULL)"
    " AND (entry <> 'back_entry' OR entered_by_id IS NOT NULL)"
)
STATEMENTS = (
    """CREATE UNIQUE INDEX volunteering_activity_one_order ON volunteering_activity (order_id)
       WHERE order_id IS NOT NULL""",
    """CREATE UNIQUE INDEX volunteering_record_one_order_place
       ON volunteering_record (order_place_id) WHERE order_place_id IS NOT NULL""",
    "ALTER TABLE volunteering_record DROP CONSTRAINT volunteering_record_entry",
    f"ALTER TABLE volunteering_record ADD CONSTRAINT volunteering_record_entry CHECK ({ENTRY})",
    "ALTER TABLE volunteering_record DROP CONSTRAINT volunteering_record_states",
    f"ALTER TABLE volunteering_record ADD CONSTRAINT volunteering_record_states CHECK ({STATES})",
    """CREATE FUNCTION volunteering_order_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'volunteering_record' THEN
            IF NEW.order_place_id IS DISTINCT FROM OLD.order_place_id THEN
                RAISE EXCEPTION 'whose service a record tells of never changes'
                    USING ERRCODE = 'restrict_violation',
                          CONSTRAINT = 'volunteering_record_whose';
            END IF;
        ELSIF NEW.order_id IS DISTINCT FROM OLD.order_id THEN
            RAISE EXCEPTION 'what was ordered stays so'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'volunteering_activity_order';
        END IF;
        RETURN NEW;
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_order BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION volunteering_order_stands()"""
        for table in ("volunteering_record", "volunteering_activity")
    ),
)


class Migration(migrations.Migration):
    """Records of orders that were carried out, beside those of calls that were answered."""

    dependencies = [('volunteering', '0003_time_bank_classes')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Activity',
            name='order_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AlterField(
            model_name='ServiceRecord',
            name='entry',
            field=fields.CharEnumField(description='CHECK_IN: check_in\nBACK_ENTRY: back_entry\nSERVICE_ORDER: service_order', enum_type=ServiceRecordEntry, max_length=16),
        ),
        ops.AddField(
            model_name='ServiceRecord',
            name='order_place_id',
            field=fields.UUIDField(null=True),
        ),
        *(ops.RunSQL(statement, '') for statement in STATEMENTS),
    ]
