"""Taking deliveries whose turn it is: leased, in a person's order, round by community.

A claim is one short transaction that holds the channel's row: claims of one channel follow
one another, so that each sees what the one before took, and its tokens are spent once for a
whole batch. What is claimed is sent outside of any transaction and marked afterwards; a lease
that runs out says that nobody knows what became of the message, which counts and is bounded.

A person's next message on a channel is not claimed while an earlier one is under way or waits
for its next attempt; only one that waits for the end of the quiet hours lets an urgent one by.
A clock that jumps leaves no lease behind for long: one further ahead than any could be is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import database, settings
from domains.kernel.database import Row, transaction
from domains.notifications.channels import opening
from domains.notifications.rules import pacing
from domains.notifications.rules.pacing import Bucket
from domains.notifications.values import Channel

_HOLD = """
SELECT tokens, faults, kernel_now() AS now,
       extract(epoch FROM kernel_now() - refilled_at)::float8 AS elapsed_s,
       coalesce(paused_until > kernel_now()
           AND paused_until <= kernel_now() + make_interval(secs => $2), false) AS is_paused
FROM notifications_channel WHERE channel = $1 FOR UPDATE
"""
_MAKE = """
INSERT INTO notifications_channel (channel) VALUES ($1) ON CONFLICT (channel) DO NOTHING
"""
_SPEND = "UPDATE notifications_channel SET tokens = $2, refilled_at = $3 WHERE channel = $1"

# Lanes are found by skipping through the index; urgent ones weigh four times as much.
_CLAIM = """
WITH RECURSIVE lanes AS (
    (SELECT is_urgent, lane FROM notifications_delivery
     WHERE channel = $1 AND state IN ('waiting', 'failed') ORDER BY is_urgent, lane LIMIT 1)
    UNION ALL
    SELECT next.is_urgent, next.lane FROM lanes CROSS JOIN LATERAL (
        SELECT d.is_urgent, d.lane FROM notifications_delivery d
        WHERE d.channel = $1 AND d.state IN ('waiting', 'failed')
          AND (d.is_urgent, d.lane) > (lanes.is_urgent, lanes.lane)
        ORDER BY d.is_urgent, d.lane LIMIT 1) next
), due AS MATERIALIZED (
    SELECT is_urgent, lane, CASE WHEN is_urgent THEN 4 ELSE 1 END AS weight FROM lanes
    WHERE EXISTS (
        SELECT FROM notifications_delivery d
        WHERE d.channel = $1 AND d.is_urgent = lanes.is_urgent AND d.lane = lanes.lane
          AND d.state IN ('waiting', 'failed') AND d.next_attempt_at <= $3)
), picked AS MATERIALIZED (
    SELECT turn.id FROM due CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at FROM notifications_delivery d
        WHERE d.channel = $1 AND d.is_urgent = due.is_urgent AND d.lane = due.lane
          AND d.state IN ('waiting', 'failed') AND d.next_attempt_at <= $3
          AND (d.expires_at IS NULL OR d.expires_at > $3)
          AND NOT EXISTS (
              SELECT FROM notifications_delivery earlier
              WHERE earlier.person_id = d.person_id AND earlier.channel = d.channel
                AND earlier.seq < d.seq
                AND (earlier.state IN ('sending', 'failed')
                     OR earlier.state = 'waiting' AND earlier.next_attempt_at <= $3))
        ORDER BY d.next_attempt_at, d.id
        LIMIT greatest(1, $2 * due.weight / (SELECT sum(weight) FROM due))
        FOR UPDATE OF d SKIP LOCKED) turn
    ORDER BY due.is_urgent DESC, turn.next_attempt_at, turn.id LIMIT $2
)
UPDATE notifications_delivery d
SET state = 'sending', lease_id = $4, lease_until = $5, attempts = d.attempts + 1
FROM picked WHERE d.id = picked.id
RETURNING d.id, d.notice_id, d.person_id, d.seq, d.kind, d.attempts, d.unanswered, d.is_urgent,
          d.expires_at, d.consent_code
"""
_REAP = """
WITH lost AS (
    SELECT id FROM notifications_delivery
    WHERE state = 'sending' AND (lease_until <= kernel_now()
        OR lease_until > kernel_now() + 2 * make_interval(secs => $1))
    ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery d
SET state = CASE WHEN d.attempts >= $3 THEN 'dead' ELSE 'failed' END,
    reason = 'no answer', unanswered = d.unanswered + 1, lease_id = NULL, lease_until = NULL,
    next_attempt_at = kernel_now()
FROM lost WHERE d.id = lost.id
RETURNING d.channel, d.state
"""
_STALE = """
WITH past AS (
    SELECT id FROM notifications_delivery
    WHERE state IN ('waiting', 'failed') AND expires_at <= kernel_now()
    ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery d SET state = 'suppressed', reason = 'too late'
FROM past WHERE d.id = past.id
RETURNING d.channel, d.state
"""
# A jump back of the clock must not put off for long what only waits for its next attempt.
_BROUGHT_NEAR = """
UPDATE notifications_delivery SET next_attempt_at = kernel_now()
WHERE state = 'failed' AND next_attempt_at > kernel_now() + make_interval(secs => $1)
"""
SWEPT = 1_000
_MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be sent now, under which lease; `is_paused` where the channel is shut."""

    lease_id: UUID
    now: datetime
    rows: Sequence[Row]
    is_paused: bool = False
    is_full: bool = False


async def claim(channel: Channel, *, most: int) -> Claim:
    """Take up to so many deliveries whose turn it is, as far as the channel's tokens reach.

    After a fault of the channel one is taken at a time, until one goes through.
    """
    chosen = settings.current()
    lease_id = database.new_id()
    rate = opening.rates(chosen).get(channel, most)
    async with transaction(timeout_ms=30_000):
        held = await _held(channel)
        now: datetime = held["now"]
        if held["is_paused"]:
            return Claim(lease_id, now, [], is_paused=True)
        tokens = Bucket(rate).filled(held["tokens"], elapsed_s=held["elapsed_s"])
        wanted = min(1 if held["faults"] else most, int(tokens))
        if wanted < 1:
            return Claim(lease_id, now, [], is_full=True)
        until = now + timedelta(seconds=chosen.notice_lease_s)
        rows = await _rounds(channel, wanted, now, lease_id, until)
        await database.execute(_SPEND, channel, tokens - len(rows), now)
    return Claim(lease_id, now, rows, is_full=len(rows) == wanted)


async def _rounds(
    channel: Channel, wanted: int, now: datetime, lease_id: UUID, until: datetime
) -> list[Row]:
    """Take turns until so many are found; what one lane leaves of its share others have."""
    rows: list[Row] = []
    for _round in range(_MOST_ROUNDS):
        left = wanted - len(rows)
        found = await database.fetch(_CLAIM, channel, left, now, lease_id, until) if left else []
        rows += found
        if not found:
            break
    return rows


async def _held(channel: Channel) -> Row:
    """Hold the channel's row, made where a channel is used for the first time."""
    held = await database.fetch_one(_HOLD, channel, pacing.LONGEST_PAUSE_S)
    if held is None:
        await database.execute(_MAKE, channel)
        held = await database.fetch_one(_HOLD, channel, pacing.LONGEST_PAUSE_S)
    assert held is not None, "a channel has its row"
    return held


async def reap() -> list[Row]:
    """Give back what was leased and never marked; returns channel and state of each."""
    lease_s = settings.current().notice_lease_s
    limits = (SWEPT, pacing.MOST_ATTEMPTS)
    async with transaction():
        return list(await database.fetch(_REAP, float(lease_s), *limits))


async def drop_stale() -> list[Row]:
    """Suppress what no longer matters; returns channel and state of each."""
    async with transaction():
        return list(await database.fetch(_STALE, SWEPT))


async def bring_near() -> int:
    """Make due what a clock that went back has put off further than any wait reaches."""
    async with transaction():
        return await database.execute(_BROUGHT_NEAR, 2 * 86_400.0)
