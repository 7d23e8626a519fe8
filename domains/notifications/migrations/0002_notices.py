from tortoise import migrations
from tortoise.migrations import operations as ops

OCCASIONS = (
    # The one thing that there is to tell. Whoever expands it holds this row, and how far it has
    # come stands on it, so that a kill resumes and two workers never do the same.
    """CREATE TABLE notifications_occasion (
        id uuid PRIMARY KEY,
        kind varchar(60) NOT NULL,
        subject_kind varchar(40) NOT NULL,
        subject_id uuid NOT NULL,
        slot varchar(40) NOT NULL DEFAULT '',
        area_path varchar(300) NOT NULL,
        payload jsonb NOT NULL DEFAULT '{}',
        state varchar(16) NOT NULL DEFAULT 'due' CHECK (state IN (
            'due', 'expanding', 'expanded', 'stale', 'withdrawing', 'withdrawn', 'failed')),
        due_at timestamptz NOT NULL,
        turn_at timestamptz NOT NULL,
        stale_at timestamptz,
        variables jsonb,
        template_ids jsonb,
        cursor_id uuid,
        event_id uuid,
        notice_count integer NOT NULL DEFAULT 0,
        second_count integer NOT NULL DEFAULT 0,
        delivery_count integer NOT NULL DEFAULT 0,
        gone_count integer NOT NULL DEFAULT 0,
        muted_count integer NOT NULL DEFAULT 0,
        withdrawn_count integer NOT NULL DEFAULT 0,
        attempts smallint NOT NULL DEFAULT 0,
        failure varchar(200),
        created_at timestamptz NOT NULL,
        begun_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT notifications_occasion_once UNIQUE (kind, subject_id, slot),
        CONSTRAINT notifications_occasion_begun CHECK (
            state NOT IN ('expanding', 'expanded')
            OR variables IS NOT NULL AND template_ids IS NOT NULL)
    )""",
    """CREATE INDEX notifications_occasion_due ON notifications_occasion (turn_at, id)
       WHERE state IN ('due', 'expanding', 'withdrawing')""",
    """CREATE INDEX notifications_occasion_failed ON notifications_occasion (created_at, id)
       WHERE state = 'failed'""",
    "CREATE INDEX notifications_occasion_subject ON notifications_occasion (subject_id)",
)

NOTICES = (
    """CREATE TABLE notifications_notice (
        seq bigint NOT NULL CHECK (seq > 0),
        created_at timestamptz NOT NULL,
        read_at timestamptz,
        archived_at timestamptz,
        withdrawn_at timestamptz,
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        second_for_id uuid CHECK (second_for_id <> person_id),
        occasion_id uuid NOT NULL REFERENCES notifications_occasion (id) ON DELETE RESTRICT,
        subject_id uuid NOT NULL,
        kind varchar(60) NOT NULL,
        category varchar(16) NOT NULL,
        slot varchar(40) NOT NULL,
        reason varchar(40) NOT NULL,
        reason_data jsonb,
        CONSTRAINT notifications_notice_once
            UNIQUE NULLS NOT DISTINCT (person_id, kind, subject_id, slot, second_for_id),
        CONSTRAINT notifications_notice_place UNIQUE (person_id, seq)
    )""",
    "CREATE INDEX notifications_notice_occasion ON notifications_notice (occasion_id, person_id)",
    """CREATE INDEX notifications_notice_category
       ON notifications_notice (person_id, category, seq)
       WHERE archived_at IS NULL AND withdrawn_at IS NULL""",
    """CREATE INDEX notifications_notice_unread
       ON notifications_notice (person_id, category, seq)
       WHERE read_at IS NULL AND archived_at IS NULL AND withdrawn_at IS NULL""",
    # Who has many archived or withdrawn ones still finds a page at once.
    """CREATE INDEX notifications_notice_kept ON notifications_notice (person_id, seq)
       WHERE archived_at IS NULL AND withdrawn_at IS NULL""",
    """CREATE INDEX notifications_notice_archived ON notifications_notice (person_id, seq)
       WHERE archived_at IS NOT NULL AND withdrawn_at IS NULL""",
    """CREATE TABLE notifications_box (
        person_id uuid PRIMARY KEY,
        last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
        read_up_to bigint NOT NULL DEFAULT 0 CHECK (read_up_to <= last_seq),
        all_read_at timestamptz,
        unread integer NOT NULL DEFAULT 0 CHECK (unread >= 0)
    ) WITH (fillfactor = 80)""",
)

DELIVERIES = (
    # Addresses are not here: they are read where a message is sent.
    """CREATE TABLE notifications_delivery (
        id uuid PRIMARY KEY,
        notice_id uuid NOT NULL REFERENCES notifications_notice (id) ON DELETE RESTRICT,
        person_id uuid NOT NULL,
        seq bigint NOT NULL,
        kind varchar(60) NOT NULL,
        channel varchar(16) NOT NULL CHECK (channel IN (
            'console', 'email', 'web_push', 'wechat', 'sms')),
        area_path varchar(300) NOT NULL,
        is_urgent boolean NOT NULL DEFAULT false,
        state varchar(16) NOT NULL DEFAULT 'waiting' CHECK (state IN (
            'waiting', 'sending', 'sent', 'received', 'bounced', 'failed', 'dead', 'suppressed')),
        next_attempt_at timestamptz NOT NULL,
        expires_at timestamptz,
        attempts smallint NOT NULL DEFAULT 0,
        lease_id uuid,
        lease_until timestamptz,
        provider_message_id varchar(200),
        reason varchar(200),
        created_at timestamptz NOT NULL,
        sent_at timestamptz,
        received_at timestamptz,
        CONSTRAINT notifications_delivery_once UNIQUE (notice_id, channel),
        CONSTRAINT notifications_delivery_lease CHECK (
            (state = 'sending') = (lease_until IS NOT NULL)
            AND (lease_id IS NULL) = (lease_until IS NULL)),
        CONSTRAINT notifications_delivery_sent CHECK (
            state NOT IN ('sent', 'received') OR sent_at IS NOT NULL),
        CONSTRAINT notifications_delivery_why CHECK (
            state NOT IN ('dead', 'suppressed', 'bounced') OR reason IS NOT NULL)
    )""",
    """CREATE INDEX notifications_delivery_due
       ON notifications_delivery (channel, next_attempt_at, id)
       WHERE state IN ('waiting', 'failed')""",
    """CREATE INDEX notifications_delivery_leased ON notifications_delivery (lease_until)
       WHERE state = 'sending'""",
    # A person's notices keep their order on a channel.
    """CREATE INDEX notifications_delivery_order
       ON notifications_delivery (person_id, channel, seq)
       WHERE state IN ('waiting', 'failed', 'sending')""",
    """CREATE INDEX notifications_delivery_dead ON notifications_delivery (created_at, id)
       WHERE state = 'dead'""",
    """CREATE UNIQUE INDEX notifications_delivery_provider
       ON notifications_delivery (channel, provider_message_id)
       WHERE provider_message_id IS NOT NULL""",
)

# Tortoise's CreateModel leaves CHECK constraints out on PostgreSQL, so they are said here.
CHECKS = (
    ("notifications_template", "notifications_template_version_check", "version >= 1"),
    (
        "notifications_profile",
        "notifications_profile_quiet",
        "(quiet_from_minute IS NULL) = (quiet_until_minute IS NULL)"
        " AND quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439",
    ),
)

STANDING = (
    """CREATE FUNCTION notifications_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
       BEGIN
           RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
       END
       $body$""",
    """CREATE TRIGGER notifications_template_stands BEFORE UPDATE OR DELETE
       ON notifications_template
       FOR EACH STATEMENT EXECUTE FUNCTION notifications_refuse_change()""",
)


class Migration(migrations.Migration):
    """Occasions, notices, boxes and deliveries, written in bulk and kept by constraints."""

    dependencies = [("notifications", "0001_initial")]

    operations = [
        ops.RunSQL(statement, "")
        for statement in (*OCCASIONS, *NOTICES, *DELIVERIES, *STANDING)
    ] + [
        ops.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})", "")
        for table, name, check in CHECKS
    ]
