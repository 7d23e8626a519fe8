from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = (
    # One voice: while somebody stands in, their principal has no vote.
    """CREATE FUNCTION meetings_guard_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.votes AND NEW.revoked_at IS NULL AND EXISTS (
            SELECT FROM meetings_invitation s
            WHERE s.stands_in_for_id = NEW.id AND s.revoked_at IS NULL
        ) THEN
            RAISE EXCEPTION 'somebody stands in for this person'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_invitation_one_voice';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.standing = 'present' AND OLD.standing <> 'present'
           AND NOT EXISTS (
            SELECT FROM meetings_meeting m WHERE m.id = NEW.meeting_id
              AND m.state IN ('check_in', 'in_session', 'recess')
        ) THEN
            RAISE EXCEPTION 'the room is closed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_invitation_room_open';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER meetings_invitation_guard
       BEFORE INSERT OR UPDATE OF votes, standing, revoked_at ON meetings_invitation
       FOR EACH ROW EXECUTE FUNCTION meetings_guard_invitation()""",
)


class Migration(migrations.Migration):
    """One voice a seat, and nobody comes into a room that is closed."""

    dependencies = [("meetings", "0006_floor_and_motions_guarded")]

    operations = [ops.RunSQL(statement, "") for statement in STATEMENTS]
