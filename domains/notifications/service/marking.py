"""What became of a batch, written down at once: states, addresses, consents, the channel.

A mark holds where the lease is still the sender's; that a message was taken over is marked
whoever holds the lease by now, so that it is not sent once more.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.database import Row, transaction
from domains.notifications.channels.base import Outcome, Verdict
from domains.notifications.events import AddressBlocked
from domains.notifications.queries.addresses import Reachable
from domains.notifications.rules import pacing
from domains.notifications.values import Channel, DeliveryState

_CHANCE = secrets.SystemRandom()
_MARK = """
UPDATE notifications_delivery d SET
    state = m.state, lease_id = NULL, lease_until = NULL, reason = m.reason,
    provider_message_id = coalesce(m.provider_id, d.provider_message_id),
    sent_at = CASE WHEN m.state = 'sent' THEN kernel_now() ELSE d.sent_at END,
    next_attempt_at = CASE WHEN m.wait_s IS NULL THEN d.next_attempt_at
        ELSE kernel_now() + make_interval(secs => m.wait_s) END,
    attempts = d.attempts - m.given_back, unanswered = d.unanswered + m.unanswered
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::int[])
    AS m (id, state, reason, provider_id, wait_s, given_back, unanswered)
WHERE d.id = m.id
  AND (d.lease_id = $1 OR m.state = 'sent' AND d.state IN ('sending', 'failed', 'dead'))
RETURNING d.id
"""
# Who comes next waits with it, and is not looked at in vain.
_FOLLOWERS = """
UPDATE notifications_delivery d
SET next_attempt_at = kernel_now() + make_interval(secs => m.wait_s)
FROM unnest($1::uuid[], $2::bigint[], $3::float8[]) AS m (person_id, seq, wait_s)
WHERE d.person_id = m.person_id AND d.channel = $4 AND d.seq > m.seq AND d.state = 'waiting'
  AND d.next_attempt_at < kernel_now() + make_interval(secs => m.wait_s)
"""
_TALLY = """
INSERT INTO notifications_tally (channel, hour, outcome, count)
SELECT $1, date_trunc('hour', kernel_now()), t.outcome, t.count
FROM unnest($2::text[], $3::bigint[]) AS t (outcome, count) ORDER BY t.outcome
ON CONFLICT (channel, hour, outcome) DO UPDATE
SET count = notifications_tally.count + excluded.count
"""
_SHUT = """
UPDATE notifications_channel
SET faults = LEAST(faults + 1, 1000), fault = $2,
    paused_until = kernel_now() + make_interval(secs => $3)
WHERE channel = $1
"""
_FAULTS = "SELECT faults FROM notifications_channel WHERE channel = $1 FOR UPDATE"
_OPEN = """
UPDATE notifications_channel SET faults = 0, fault = NULL, paused_until = NULL
WHERE channel = $1 AND faults > 0
"""
_BLOCK = """
UPDATE notifications_address SET state = 'blocked', reason = $2, changed_at = kernel_now()
WHERE id = $1 AND state = 'active' RETURNING id, person_id, channel
"""
_BLOCK_NUMBER = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_index, masked, reason, created_at, changed_at)
VALUES ($1, $2, 'sms', 'blocked', $3, '', $4, kernel_now(), kernel_now())
ON CONFLICT ON CONSTRAINT notifications_address_once DO UPDATE
SET state = 'blocked', reason = excluded.reason, changed_at = excluded.changed_at
WHERE notifications_address.state <> 'blocked'
RETURNING id, person_id, channel
"""
_NO_CONSENT = """
UPDATE notifications_consent c SET left_count = 0, changed_at = kernel_now()
FROM notifications_delivery d
WHERE d.id = ANY ($1::uuid[]) AND c.person_id = d.person_id AND c.template_code = d.consent_code
"""
# What certainly never left did not use its consent up.
_CONSENT_BACK = """
WITH unused AS (
    SELECT id, person_id, consent_code FROM notifications_delivery
    WHERE id = ANY ($1::uuid[]) AND consent_code IS NOT NULL AND unanswered = 0 FOR UPDATE
), cleared AS (
    UPDATE notifications_delivery d SET consent_code = NULL FROM unused u WHERE d.id = u.id
)
UPDATE notifications_consent c SET left_count = c.left_count + 1
FROM unused u WHERE c.person_id = u.person_id AND c.template_code = u.consent_code
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a delivery becomes, and what is counted for it."""

    delivery_id: UUID
    state: DeliveryState
    counted_as: str
    reason: str | None = None
    wait_s: float | None = None
    provider_id: str | None = None
    given_back: int = 0
    unanswered: int = 0
    follows: tuple[UUID, int] | None = None

    @classmethod
    def suppressed(cls, delivery_id: UUID, reason: str) -> Self:
        """It is not to be sent any more."""
        return cls(delivery_id, DeliveryState.SUPPRESSED, "suppressed", reason)

    @classmethod
    def dead(cls, delivery_id: UUID, reason: str) -> Self:
        """It cannot be sent: staff see it."""
        return cls(delivery_id, DeliveryState.DEAD, "dead", reason)

    @classmethod
    def put_off(cls, row: Row, *, until: datetime, now: datetime) -> Self:
        """It waits, without an attempt."""
        wait_s = max(1.0, (until - now).total_seconds())
        return cls(row["id"], _untried(row), "put_off", wait_s=wait_s, given_back=1)

    @classmethod
    def released(cls, row: Row) -> Self:
        """It was not tried at all: anybody may take it again."""
        return cls(row["id"], _untried(row), "released", wait_s=0.0, given_back=1)

    @classmethod
    def of(cls, row: Row, outcome: Outcome) -> Self:
        """Judge an attempt: sent, again later, or never."""
        match outcome.verdict:
            case Verdict.ACCEPTED:
                provider_id = outcome.provider_id
                return cls(row["id"], DeliveryState.SENT, "sent", provider_id=provider_id)
            case Verdict.GONE:
                return cls(row["id"], DeliveryState.BOUNCED, "bounced", outcome.code)
            case Verdict.UNWANTED:
                return cls(row["id"], DeliveryState.SUPPRESSED, "unwanted", outcome.code)
            case Verdict.REFUSED:
                return cls.dead(row["id"], outcome.code)
            case _:
                return cls._again(row, outcome)

    @classmethod
    def _again(cls, row: Row, outcome: Outcome) -> Self:
        unanswered = int(outcome.verdict is Verdict.UNKNOWN)
        is_over = (
            row["attempts"] >= pacing.MOST_ATTEMPTS
            or row["unanswered"] + unanswered >= pacing.MOST_UNANSWERED
        )
        wait_s = pacing.wait_s(row["attempts"], chance=_CHANCE.random())
        return cls(
            row["id"],
            DeliveryState.DEAD if is_over else DeliveryState.FAILED,
            "dead" if is_over else ("unanswered" if unanswered else "failed"),
            outcome.code,
            wait_s=None if is_over else max(wait_s, outcome.retry_after_s or 0.0),
            unanswered=unanswered,
            follows=(row["person_id"], row["seq"]),
        )


def _untried(row: Row) -> DeliveryState:
    return DeliveryState.FAILED if row["attempts"] > 1 else DeliveryState.WAITING


async def mark(channel: Channel, lease_id: UUID, marks: Sequence[Mark]) -> int:
    """Write down what became of deliveries; returns of how many it held."""
    if not marks:
        return 0
    async with transaction(timeout_ms=30_000):
        held = await database.fetch(
            _MARK,
            lease_id,
            [each.delivery_id for each in marks],
            [each.state for each in marks],
            [each.reason for each in marks],
            [each.provider_id for each in marks],
            [each.wait_s for each in marks],
            [each.given_back for each in marks],
            [each.unanswered for each in marks],
        )
        await _hold_followers(channel, marks)
        await _settle_consents(channel, marks)
        if any(each.state is DeliveryState.SENT for each in marks):
            await database.execute(_OPEN, channel)
        ids = {row["id"] for row in held}
        await count(channel, Counter(each.counted_as for each in marks if each.delivery_id in ids))
    return len(held)


async def count(channel: str, counted: Counter[str]) -> None:
    """Add to the hour's figures, in the open transaction."""
    told = {name: n for name, n in counted.items() if name != "released"}
    if told:
        await database.execute(_TALLY, channel, list(told), list(told.values()))


async def shut(channel: Channel, outcome: Outcome) -> None:
    """Shut the channel for a while that grows with every fault in a row."""
    async with transaction():
        faults: int = await database.fetch_value(_FAULTS, channel)
        pause_s = pacing.pause_s(faults + 1, asked_s=outcome.retry_after_s)
        await database.execute(_SHUT, channel, outcome.code, pause_s)
        await count(channel, Counter({"closed": 1}))


async def block(channel: Channel, person_id: UUID, to: Reachable, *, reason: str) -> None:
    """Write to this address never again, and say so."""
    async with transaction():
        if to.address_id is not None:
            row = await database.fetch_one(_BLOCK, to.address_id, reason)
        elif channel is Channel.SMS:
            row = await database.fetch_one(
                _BLOCK_NUMBER, database.new_id(), person_id, to.index, reason
            )
        else:
            return
        await tell_blocked(row)


async def tell_blocked(row: Row | None) -> None:
    """Record, in the open transaction, that an address was blocked, if one was."""
    if row is not None:
        await outbox.record(AddressBlocked(row["id"], row["person_id"], row["channel"]))


async def _hold_followers(channel: Channel, marks: Sequence[Mark]) -> None:
    held = [
        (*each.follows, each.wait_s)
        for each in marks
        if each.follows is not None and each.wait_s is not None
    ]
    if held:
        columns = [list(column) for column in zip(*held, strict=True)]
        await database.execute(_FOLLOWERS, *columns, channel)


async def _settle_consents(channel: Channel, marks: Sequence[Mark]) -> None:
    if channel is not Channel.WECHAT:
        return
    unwanted = [each.delivery_id for each in marks if each.counted_as == "unwanted"]
    if unwanted:
        await database.execute(_NO_CONSENT, unwanted)
    over = {DeliveryState.DEAD, DeliveryState.BOUNCED, DeliveryState.SUPPRESSED}
    unused = [
        each.delivery_id for each in marks if each.state in over and each.counted_as != "unwanted"
    ]
    if unused:
        await database.execute(_CONSENT_BACK, unused)
