from tortoise import migrations
from tortoise.migrations import operations as ops

DELIVERIES = (
    # Whose turn it is goes round by lane: a community's hundred thousand hold up nobody else's ten.
    """ALTER TABLE notifications_delivery
       ADD COLUMN lane varchar(300) NOT NULL GENERATED ALWAYS AS (
           coalesce(substring(area_path from '^(?:[^/]*/){4}'), area_path)) STORED,
       ADD COLUMN unanswered smallint NOT NULL DEFAULT 0 CHECK (unanswered >= 0),
       ADD COLUMN consent_code varchar(80),
       ADD CONSTRAINT notifications_delivery_attempts CHECK (unanswered <= attempts)""",
    "DROP INDEX notifications_delivery_due",
    """CREATE INDEX notifications_delivery_turn
       ON notifications_delivery (channel, is_urgent, lane, next_attempt_at, id)
       WHERE state IN ('waiting', 'failed')""",
    """CREATE INDEX notifications_delivery_expiring ON notifications_delivery (expires_at)
       WHERE state IN ('waiting', 'failed') AND expires_at IS NOT NULL""",
    # How many text messages a number had within a day.
    """CREATE INDEX notifications_delivery_sms ON notifications_delivery (person_id, sent_at)
       WHERE channel = 'sms' AND sent_at IS NOT NULL""",
    # A provider that gives one id to two messages must not stop the others.
    "DROP INDEX notifications_delivery_provider",
    """CREATE INDEX notifications_delivery_provider
       ON notifications_delivery (channel, provider_message_id)
       WHERE provider_message_id IS NOT NULL""",
)

CHANNELS = (
    # How many messages a channel may take now, shared by all workers, and whether it is shut.
    """CREATE TABLE notifications_channel (
        channel varchar(16) PRIMARY KEY CHECK (channel IN (
            'console', 'email', 'web_push', 'wechat', 'sms')),
        tokens double precision NOT NULL DEFAULT 0 CHECK (tokens >= 0),
        refilled_at timestamptz NOT NULL DEFAULT 'epoch',
        faults smallint NOT NULL DEFAULT 0 CHECK (faults >= 0),
        fault varchar(100),
        paused_until timestamptz,
        CONSTRAINT notifications_channel_paused CHECK (
            paused_until IS NULL OR fault IS NOT NULL)
    ) WITH (fillfactor = 50)""",
)

TALLIES = (
    # What came of attempts, hour by hour: figures at constant cost, whatever was sent before.
    """CREATE TABLE notifications_tally (
        channel varchar(16) NOT NULL,
        hour timestamptz NOT NULL,
        outcome varchar(16) NOT NULL,
        count bigint NOT NULL CHECK (count > 0),
        PRIMARY KEY (channel, hour, outcome)
    ) WITH (fillfactor = 50)""",
)

ADDRESSES = (
    # Where somebody is written to. A phone's number stays in membership: of it only a block
    # is here, by its blind index, so that a new number is not held to the old one's.
    """CREATE TABLE notifications_address (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        channel varchar(16) NOT NULL CHECK (channel IN ('email', 'web_push', 'wechat', 'sms')),
        state varchar(16) NOT NULL CHECK (state IN ('unverified', 'active', 'blocked')),
        address_sealed bytea,
        address_index bytea NOT NULL,
        masked varchar(120) NOT NULL DEFAULT '',
        failures smallint NOT NULL DEFAULT 0 CHECK (failures >= 0),
        reason varchar(100),
        code_hash bytea,
        code_expires_at timestamptz,
        code_attempts smallint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT notifications_address_once UNIQUE (person_id, channel, address_index),
        CONSTRAINT notifications_address_why CHECK ((state = 'blocked') = (reason IS NOT NULL)),
        CONSTRAINT notifications_address_phone CHECK (
            (channel = 'sms') = (address_sealed IS NULL)),
        CONSTRAINT notifications_address_code CHECK (
            (state = 'unverified') = (code_hash IS NOT NULL)
            AND (code_hash IS NULL) = (code_expires_at IS NULL))
    )""",
    # A browser or an account is one person's; a mailbox may be a couple's.
    """CREATE UNIQUE INDEX notifications_address_owner
       ON notifications_address (channel, address_index)
       WHERE channel IN ('web_push', 'wechat')""",
    """CREATE UNIQUE INDEX notifications_address_mailbox ON notifications_address (person_id)
       WHERE channel = 'email' AND state <> 'unverified'""",
    """CREATE UNIQUE INDEX notifications_address_asked ON notifications_address (person_id)
       WHERE channel = 'email' AND state = 'unverified'""",
    """CREATE UNIQUE INDEX notifications_address_account ON notifications_address (person_id)
       WHERE channel = 'wechat'""",
    # What an acceptance gives: so many messages of a template, or any number of a lasting one.
    """CREATE TABLE notifications_consent (
        person_id uuid NOT NULL,
        template_code varchar(80) NOT NULL,
        left_count integer CHECK (left_count >= 0),
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (person_id, template_code)
    )""",
)


class Migration(migrations.Migration):
    """How notices leave the house: turns, channels' tokens, addresses and consents."""

    dependencies = [("notifications", "0003_campaigns")]

    operations = [
        ops.RunSQL(statement, "") for statement in (*DELIVERIES, *CHANNELS, *TALLIES, *ADDRESSES)
    ]
