from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from domains.matching.values.orders import ServiceOrderState
from domains.volunteering.values.volunteers import ServiceClass

ORDER_STEPS = """
('submitted', 'verified'), ('submitted', 'rejected'), ('submitted', 'cancelled'),
('submitted', 'unmet'), ('verified', 'open'), ('verified', 'cancelled'), ('verified', 'unmet'),
('open', 'offered'), ('open', 'accepted'), ('open', 'checked_in'), ('open', 'cancelled'),
('open', 'unmet'), ('offered', 'open'), ('offered', 'accepted'), ('offered', 'checked_in'),
('offered', 'cancelled'), ('offered', 'unmet'), ('accepted', 'open'), ('accepted', 'offered'),
('accepted', 'checked_in'), ('accepted', 'no_show'), ('accepted', 'disputed'), ('accepted', 'cancelled'),
('accepted', 'unmet'), ('checked_in', 'completed'), ('checked_in', 'disputed'),
('completed', 'confirmed'), ('completed', 'disputed'), ('completed', 'adjudicated'),
('confirmed', 'rated'),
('confirmed', 'disputed'),
('confirmed', 'closed'), ('rated', 'disputed'), ('rated', 'closed'), ('no_show', 'disputed'), ('no_show', 'closed'),
('disputed', 'checked_in'), ('disputed', 'completed'), ('disputed', 'confirmed'),
('disputed', 'adjudicated'), ('adjudicated', 'rated'),
('adjudicated', 'disputed'), ('adjudicated', 'closed')
"""
PLACE_STEPS = """
('accepted', 'checked_in'), ('accepted', 'left'), ('accepted', 'cancelled'),
('accepted', 'no_show'), ('checked_in', 'completed'), ('checked_in', 'disputed'),
('completed', 'confirmed'), ('completed', 'disputed'), ('no_show', 'disputed'),
('disputed', 'adjudicated')
"""
OFFER_STEPS = """
('reserve', 'offered'), ('reserve', 'withdrawn'), ('offered', 'accepted'),
('offered', 'declined'), ('offered', 'expired'), ('offered', 'withdrawn')
"""

ORDERS = (
    "ALTER TABLE matching_order ADD CONSTRAINT matching_order_forward CHECK (ends_at > starts_at)",
    """ALTER TABLE matching_order ADD CONSTRAINT matching_order_people
       CHECK (people_wanted BETWEEN 1 AND 200)""",
    """ALTER TABLE matching_order ADD CONSTRAINT matching_order_need
       FOREIGN KEY (need_id) REFERENCES matching_need (id)""",
    "CREATE SEQUENCE matching_order_number_seq START 100000001",
    "CREATE UNIQUE INDEX matching_order_one_number ON matching_order (number)",
    "CREATE UNIQUE INDEX matching_order_one_time ON matching_order (need_id, starts_at, ends_at)",
    # A need twice: the same person, class and time.
    """CREATE UNIQUE INDEX matching_order_once
       ON matching_order (person_id, service_class, starts_at, ends_at)
       WHERE state NOT IN ('rejected', 'cancelled', 'unmet')""",
    "CREATE INDEX matching_order_need_times ON matching_order (need_id, starts_at)",
    """CREATE INDEX matching_order_area
       ON matching_order (area_path text_pattern_ops, starts_at, id)""",
    """CREATE INDEX matching_order_filling ON matching_order (starts_at)
       WHERE filled_at IS NULL AND state NOT IN ('rejected', 'cancelled', 'unmet')""",
    """CREATE INDEX matching_order_tomorrow ON matching_order (starts_at)
       WHERE tomorrow_told_at IS NULL AND state IN ('open', 'offered', 'accepted')""",
    """CREATE INDEX matching_order_soon ON matching_order (soon_at)
       WHERE soon_told_at IS NULL AND state IN ('open', 'offered', 'accepted')""",
    """CREATE INDEX matching_order_closing ON matching_order (close_at)
       WHERE close_at IS NOT NULL AND state IN ('confirmed', 'rated', 'no_show', 'adjudicated')""",
    """CREATE TABLE matching_step (
        order_id uuid NOT NULL REFERENCES matching_order (id),
        sequence integer NOT NULL CHECK (sequence >= 1),
        from_state varchar(16),
        to_state varchar(16) NOT NULL,
        by_id uuid,
        reason varchar(200),
        at timestamptz NOT NULL,
        PRIMARY KEY (order_id, sequence))""",
    f"""CREATE FUNCTION matching_order_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'orders are cancelled, never deleted'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_order_kept';
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'submitted' THEN
                RAISE EXCEPTION 'an order begins as submitted'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_order_begins';
            END IF;
            RETURN NEW;
        END IF;
        IF (NEW.id, NEW.number, NEW.need_id, NEW.area_id, NEW.community_id, NEW.person_id,
            NEW.service_class, NEW.starts_at, NEW.ends_at, NEW.made_at)
           IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.need_id, OLD.area_id, OLD.community_id, OLD.person_id,
            OLD.service_class, OLD.starts_at, OLD.ends_at, OLD.made_at) THEN
            RAISE EXCEPTION 'what was ordered, and for when, never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_order_what';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({ORDER_STEPS}) THEN
            RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_order_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_order_stands
       BEFORE INSERT OR UPDATE OR DELETE ON matching_order
       FOR EACH ROW EXECUTE FUNCTION matching_order_stands()""",
    """CREATE FUNCTION matching_order_told() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NULL; END IF;
        INSERT INTO matching_step
        SELECT NEW.id, coalesce(max(sequence), 0) + 1,
               CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END,
               NEW.state, NEW.moved_by_id, NEW.move_reason, NEW.moved_at
        FROM matching_step WHERE order_id = NEW.id;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER matching_order_told AFTER INSERT OR UPDATE ON matching_order
       FOR EACH ROW EXECUTE FUNCTION matching_order_told()""",
)

OFFERS = (
    """CREATE TABLE matching_offer (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES matching_order (id),
        volunteer_id uuid NOT NULL,
        volunteer_number bigint NOT NULL,
        person_id uuid NOT NULL,
        rank integer NOT NULL CHECK (rank >= 1),
        state varchar(16) NOT NULL CHECK (state IN
            ('reserve', 'offered', 'accepted', 'declined', 'expired', 'withdrawn')),
        run_id uuid,
        by_id uuid,
        is_pinned boolean NOT NULL DEFAULT false,
        skills text[] NOT NULL DEFAULT '{}',
        distance_m integer CHECK (distance_m >= 0),
        is_free boolean,
        turns integer CHECK (turns >= 0),
        note varchar(200),
        made_at timestamptz NOT NULL,
        offered_at timestamptz,
        answer_by timestamptz,
        remind_at timestamptz,
        expiring_told_at timestamptz,
        answered_at timestamptz,
        end_reason varchar(200),
        CHECK (run_id IS NOT NULL OR by_id IS NOT NULL),
        CHECK ((offered_at IS NULL) = (answer_by IS NULL)),
        CHECK (state IN ('reserve', 'withdrawn') OR offered_at IS NOT NULL),
        CHECK ((state IN ('reserve', 'offered')) = (answered_at IS NULL)),
        -- An answer comes before its deadline; nobody expires before it.
        CONSTRAINT matching_offer_in_time CHECK (
            (state NOT IN ('accepted', 'declined') OR answered_at < answer_by)
            AND (state <> 'expired' OR answered_at >= answer_by)))""",
    """CREATE UNIQUE INDEX matching_offer_standing ON matching_offer (order_id, volunteer_id)
       WHERE state IN ('reserve', 'offered')""",
    "CREATE INDEX matching_offer_order ON matching_offer (order_id, rank, id)",
    "CREATE INDEX matching_offer_person ON matching_offer (person_id, made_at DESC, id DESC)",
    """CREATE INDEX matching_offer_due ON matching_offer (answer_by) WHERE state = 'offered'""",
    """CREATE INDEX matching_offer_reminding ON matching_offer (remind_at)
       WHERE state = 'offered' AND expiring_told_at IS NULL""",
    """CREATE INDEX matching_offer_run ON matching_offer (run_id) WHERE run_id IS NOT NULL""",
    f"""CREATE FUNCTION matching_offer_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR (OLD.id, OLD.order_id, OLD.volunteer_id, OLD.person_id)
           IS DISTINCT FROM (NEW.id, NEW.order_id, NEW.volunteer_id, NEW.person_id) THEN
            RAISE EXCEPTION 'whose offer it is never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_offer_whose';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({OFFER_STEPS}) THEN
            RAISE EXCEPTION 'an offer does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_offer_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_offer_stands BEFORE UPDATE OR DELETE ON matching_offer
       FOR EACH ROW EXECUTE FUNCTION matching_offer_stands()""",
)

PLACES = (
    """CREATE TABLE matching_place (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES matching_order (id),
        need_id uuid NOT NULL REFERENCES matching_need (id),
        seat smallint NOT NULL CHECK (seat >= 1),
        volunteer_id uuid NOT NULL,
        volunteer_number bigint NOT NULL,
        person_id uuid NOT NULL,
        state varchar(16) NOT NULL,
        origin varchar(16) NOT NULL CHECK (origin IN ('offered', 'taken', 'pinned')),
        offer_id uuid REFERENCES matching_offer (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        absent_at timestamptz NOT NULL,
        accepted_at timestamptz NOT NULL,
        checked_in_at timestamptz,
        in_by_id uuid,
        checked_out_at timestamptz,
        out_by_id uuid,
        confirm_by timestamptz,
        confirm_overdue_at timestamptz,
        confirmed_at timestamptz,
        confirmed_by_id uuid,
        record_id uuid,
        minutes integer CHECK (minutes BETWEEN 0 AND 1440),
        ended_at timestamptz,
        ended_by_id uuid,
        reason varchar(200),
        disputed_at timestamptz,
        disputed_by_id uuid,
        dispute_reason varchar(500),
        outcome varchar(16) CHECK (outcome IN ('served', 'excused', 'no_show')),
        adjudicated_by_id uuid,
        adjudicated_at timestamptz,
        adjudication varchar(500),
        CONSTRAINT matching_place_origin CHECK ((origin = 'taken') = (offer_id IS NULL)),
        CONSTRAINT matching_place_times CHECK (checked_out_at >= checked_in_at),
        CONSTRAINT matching_place_states CHECK (
            (state NOT IN ('checked_in', 'completed', 'confirmed') OR checked_in_at IS NOT NULL)
            AND (state NOT IN ('completed', 'confirmed') OR checked_out_at IS NOT NULL)
            AND (state = 'confirmed') <= (confirmed_at IS NOT NULL)
            AND (state = 'disputed') <= (disputed_at IS NOT NULL)
            AND (state = 'adjudicated') = (adjudicated_at IS NOT NULL)
            AND (adjudicated_at IS NULL) = (outcome IS NULL)
            AND (state NOT IN ('left', 'cancelled') OR reason IS NOT NULL)),
        -- Nobody confirms or judges their own service.
        CONSTRAINT matching_place_by_another CHECK (
            confirmed_by_id <> person_id AND adjudicated_by_id <> person_id),
        -- One person is in one place at a time; ranges on both sides need no extension.
        CONSTRAINT matching_place_apart EXCLUDE USING gist (
            int8range(volunteer_number, volunteer_number, '[]') WITH &&,
            tstzrange(starts_at, ends_at) WITH &&)
            WHERE (state IN ('accepted', 'checked_in', 'completed', 'confirmed')))""",
    # Two at once for the last place: one gets it.
    """CREATE UNIQUE INDEX matching_place_seat ON matching_place (order_id, seat)
       WHERE state NOT IN ('left', 'cancelled', 'no_show')""",
    """CREATE UNIQUE INDEX matching_place_once ON matching_place (order_id, volunteer_id)
       WHERE state NOT IN ('left', 'cancelled')""",
    "CREATE INDEX matching_place_order ON matching_place (order_id, seat)",
    "CREATE INDEX matching_place_need ON matching_place (need_id)",
    "CREATE INDEX matching_place_person ON matching_place (person_id, starts_at DESC, id DESC)",
    "CREATE INDEX matching_place_volunteer ON matching_place (volunteer_id, starts_at)",
    """CREATE INDEX matching_place_absent ON matching_place (absent_at)
       WHERE state IN ('accepted', 'checked_in')""",
    """CREATE INDEX matching_place_confirming ON matching_place (confirm_by)
       WHERE state = 'completed' AND confirm_overdue_at IS NULL""",
    f"""CREATE FUNCTION matching_place_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'accepted' OR NOT EXISTS (
                SELECT FROM matching_order o WHERE o.id = NEW.order_id
                  AND o.need_id = NEW.need_id AND NEW.seat <= o.people_wanted
                  AND (o.starts_at, o.ends_at) = (NEW.starts_at, NEW.ends_at)) THEN
                RAISE EXCEPTION 'an order has the places that it has'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_place_of_order';
            END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR
           (OLD.id, OLD.order_id, OLD.seat, OLD.volunteer_id, OLD.person_id, OLD.starts_at,
            OLD.ends_at)
           IS DISTINCT FROM
           (NEW.id, NEW.order_id, NEW.seat, NEW.volunteer_id, NEW.person_id, NEW.starts_at,
            NEW.ends_at) THEN
            RAISE EXCEPTION 'whose place it is never changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_place_whose';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({PLACE_STEPS}) THEN
            RAISE EXCEPTION 'a place does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'matching_place_steps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER matching_place_stands BEFORE INSERT OR UPDATE OR DELETE ON matching_place
       FOR EACH ROW EXECUTE FUNCTION matching_place_stands()""",
    """CREATE TABLE matching_rating (
        place_id uuid NOT NULL REFERENCES matching_place (id),
        side varchar(16) NOT NULL CHECK (side IN ('of_volunteer', 'of_served')),
        order_id uuid NOT NULL REFERENCES matching_order (id),
        person_id uuid NOT NULL,
        by_id uuid NOT NULL CHECK (by_id <> person_id),
        stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
        at timestamptz NOT NULL,
        PRIMARY KEY (place_id, side))""",
    "CREATE INDEX matching_rating_of ON matching_rating (person_id, side, at)",
    "CREATE INDEX matching_rating_order ON matching_rating (order_id)",
    """CREATE FUNCTION matching_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only added to', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION matching_append_only()"""
        for table in ("matching_step", "matching_rating")
    ),
)

PEOPLE = (
    # What a volunteer says to the matcher; whoever says nothing may be asked.
    """CREATE TABLE matching_preference (
        id uuid PRIMARY KEY,
        volunteer_id uuid NOT NULL UNIQUE,
        person_id uuid NOT NULL,
        is_automatic boolean NOT NULL,
        position_sealed bytea,
        changed_at timestamptz NOT NULL)""",
    """CREATE TABLE matching_favourite (
        person_id uuid NOT NULL,
        kind varchar(16) NOT NULL CHECK (kind IN ('need', 'resource', 'project')),
        subject_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (person_id, kind, subject_id))""",
    """CREATE TABLE matching_template (
        id uuid PRIMARY KEY,
        area_id uuid NOT NULL,
        area_path varchar(300) NOT NULL,
        by_id uuid NOT NULL,
        is_shared boolean NOT NULL,
        name varchar(60) NOT NULL,
        content jsonb NOT NULL,
        made_at timestamptz NOT NULL,
        ended_at timestamptz)""",
    """CREATE INDEX matching_template_area ON matching_template (area_path text_pattern_ops, name)
       WHERE ended_at IS NULL""",
    # Equirectangular, in whole metres: near enough within a city, and alike everywhere.
    """CREATE FUNCTION matching_distance_m(
        latitude_e6 integer, longitude_e6 integer, to_latitude_e6 integer, to_longitude_e6 integer
    ) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT floor(sqrt(
            power((to_latitude_e6::float8 - latitude_e6) * 0.1111949, 2)
            + power((to_longitude_e6::float8 - longitude_e6) * 0.1111949
                    * cos(radians((latitude_e6::float8 + to_latitude_e6) / 2e6)), 2)
        ) + 0.5)::integer
    $$""",
)


class Migration(migrations.Migration):
    """Orders with their steps, offers, places and ratings; and what people say and keep."""

    dependencies = [("matching", "0002_needs")]

    operations = [
        ops.CreateModel(
            name="ServiceOrder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("number", fields.BigIntField()),
                ("need_id", fields.UUIDField()),
                ("area_id", fields.UUIDField()),
                ("area_path", fields.CharField(max_length=300)),
                ("community_id", fields.UUIDField()),
                ("person_id", fields.UUIDField()),
                ("service_class", fields.CharEnumField(enum_type=ServiceClass, max_length=24)),
                ("state", fields.CharEnumField(enum_type=ServiceOrderState, max_length=16)),
                ("starts_at", fields.DatetimeField()),
                ("ends_at", fields.DatetimeField()),
                ("people_wanted", fields.IntField()),
                ("soon_at", fields.DatetimeField()),
                ("made_at", fields.DatetimeField()),
                ("moved_at", fields.DatetimeField()),
                ("moved_by_id", fields.UUIDField(null=True)),
                ("move_reason", fields.CharField(null=True, max_length=200)),
                ("filled_at", fields.DatetimeField(null=True)),
                ("tomorrow_told_at", fields.DatetimeField(null=True)),
                ("soon_told_at", fields.DatetimeField(null=True)),
                ("close_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "matching_order",
                "app": "matching",
                "pk_attr": "id",
                "table_description": "One time of a need: its places and offers hang on it, and are changed under its lock.",
            },
            bases=["Model"],
        ),
        ops.AddField(model_name="Need", name="host_id", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="Need", name="look_again_on", field=fields.DateField(null=True)),
    ] + [ops.RunSQL(statement, "") for statement in (*ORDERS, *OFFERS, *PLACES, *PEOPLE)]
