"""Sending what was claimed: outside of any transaction, many at once, marked as it goes.

Each message is handed over at least once. A failure that passes is tried again at once, by
stamina, up to twice; then later, by the clock of the database. Between a provider's answer and
its mark there are tenths of a second; whoever is killed in them leaves a lease behind, whose
message goes out again: how often that happened is counted on it, and bounded.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg
import stamina
import structlog
from tortoise.exceptions import DBConnectionError

from domains.kernel import database, settings
from domains.kernel.database import Row, transaction
from domains.notifications.channels.base import Carrier, Message, Outcome, Verdict
from domains.notifications.service import claims, marking, preparing
from domains.notifications.service.claims import Claim
from domains.notifications.service.marking import Mark
from domains.notifications.service.preparing import Ready
from domains.notifications.values import Channel

_TIMES_AT_ONCE = 2
_MARK_EVERY_S = 0.1
_PATIENCE_S = 0.5
# The database is away, or a connection to it was lost: nothing is wrong with what was asked.
_AWAY = (
    *(OSError, TimeoutError, DBConnectionError),
    *(asyncpg.PostgresConnectionError, asyncpg.InterfaceError),
    *(asyncpg.OperatorInterventionError, asyncpg.CannotConnectNowError),
)

# Exactly once a message: what has its consent already keeps it, however often it is tried.
_CONSENT = """
WITH asked AS (
    SELECT a.id, a.person_id, a.code
    FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS a (id, person_id, code)
    JOIN notifications_delivery d ON d.id = a.id AND d.lease_id = $1 AND d.consent_code IS NULL
), taken AS (
    UPDATE notifications_consent c
    SET left_count = c.left_count - 1, changed_at = kernel_now()
    FROM asked WHERE c.person_id = asked.person_id AND c.template_code = asked.code
      AND (c.left_count IS NULL OR c.left_count > 0)
    RETURNING asked.id, asked.code
)
UPDATE notifications_delivery d SET consent_code = taken.code FROM taken WHERE d.id = taken.id
RETURNING d.id
"""

# Hours of long ago become one row a channel and outcome: what was counted in all stays.
_FOLD = """
WITH old AS (
    DELETE FROM notifications_tally
    WHERE hour > 'epoch' AND hour < kernel_now() - interval '60 days'
    RETURNING channel, outcome, count
)
INSERT INTO notifications_tally AS t (channel, hour, outcome, count)
SELECT channel, 'epoch', outcome, sum(count) FROM old GROUP BY channel, outcome
ON CONFLICT (channel, hour, outcome) DO UPDATE SET count = t.count + excluded.count
"""

log = structlog.get_logger(__name__)


class _Passing(Exception):
    """A failure that may be over in a moment."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("a provider asks to come again")
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of a batch: how many were claimed, and whether there is more to do now."""

    claimed: int
    sent: int
    may_go_on: bool
    lacks_tokens: bool = False


@dataclass(slots=True)
class _Sending:
    """A batch under way: what is left, what was answered, and whether the channel is shut."""

    left: deque[Ready]
    until: float
    leased_until: float
    marks: list[Mark] = field(default_factory=list)
    shut: Outcome | None = None
    sent: int = 0
    is_away: bool = False


async def deliver_batch(channel: Channel, carrier: Carrier) -> Delivered:
    """Claim, send and mark one batch of a channel."""
    chosen = settings.current()
    claim = await claims.claim(channel, most=_TIMES_AT_ONCE * chosen.notices_at_once)
    if not claim.rows:
        return Delivered(0, 0, may_go_on=False, lacks_tokens=claim.is_full)
    ready, marks = await preparing.prepare(channel, claim)
    if channel is Channel.WECHAT:
        ready, without = await _with_consent(claim, ready)
        marks += without
    await marking.mark(channel, claim.lease_id, marks)
    sending = await _send(channel, carrier, claim, ready)
    if sending.shut is not None:
        await marking.shut(channel, sending.shut)
        log.warning("channel shut", channel=channel.value, code=sending.shut.code)
    return Delivered(len(claim.rows), sending.sent, may_go_on=sending.shut is None)


async def sweep() -> int:
    """Give back lost leases and drop what is too late; returns how many of both."""
    lost, stale = await _all_of(claims.reap), await _all_of(claims.drop_stale)
    counted: dict[str, Counter[str]] = {}
    for row in lost:
        counted.setdefault(row["channel"], Counter())["lost"] += 1
        if row["state"] == "dead":
            counted[row["channel"]]["dead"] += 1
    for row in stale:
        counted.setdefault(row["channel"], Counter())["suppressed"] += 1
    if counted:
        async with transaction():
            for channel in sorted(counted):
                await marking.count(channel, counted[channel])
    return len(lost) + len(stale) + await claims.bring_near()


async def _all_of(take: Callable[[], Awaitable[list[Row]]]) -> list[Row]:
    """Take batch after batch until one is not full; each commits by itself."""
    taken = await take()
    last = taken
    while len(last) == claims.SWEPT:
        last = await take()
        taken = taken + last
    return taken


async def fold_tallies() -> int:
    """Keep what was counted hour by hour for sixty days, and in all for ever."""
    async with transaction():
        return await database.execute(_FOLD)


async def _send(
    channel: Channel, carrier: Carrier, claim: Claim, ready: Sequence[Ready]
) -> _Sending:
    """Hand a batch over, many at once, marking every tenth of a second."""
    chosen = settings.current()
    loop = asyncio.get_running_loop()
    # Nothing is begun in the second half of the lease: it could be somebody else's by its end.
    lease_s = chosen.notice_lease_s
    sending = _Sending(deque(ready), loop.time() + lease_s / 2, loop.time() + lease_s)
    width = min(chosen.notices_at_once, len(ready))
    senders = [asyncio.create_task(_sender(channel, carrier, sending)) for _ in range(width)]
    waiting = set(senders)
    try:
        while waiting:
            _done, waiting = await asyncio.wait(waiting, timeout=_MARK_EVERY_S)
            await _mark_some(channel, claim, sending)
    finally:
        for each in senders:
            each.cancel()
    sending.marks += [Mark.released(each.row) for each in sending.left]
    while sending.marks:
        await _mark_some(channel, claim, sending)
    for each in senders:
        each.result()
    return sending


async def _mark_some(channel: Channel, claim: Claim, sending: _Sending) -> None:
    """Write down what was answered so far; while the database is away, keep it in mind.

    What the provider took must not go out again for want of a mark: it is kept as long as the
    lease holds, and longer than that would be in vain.
    """
    marks, sending.marks = sending.marks, []
    try:
        await marking.mark(channel, claim.lease_id, marks)
    except _AWAY as fault:
        sending.marks = marks + sending.marks
        if asyncio.get_running_loop().time() > sending.leased_until:
            raise
        if not sending.is_away:
            log.warning("marks wait for the database", failure=type(fault).__name__)
        sending.is_away = True
        await asyncio.sleep(_PATIENCE_S)


async def _sender(channel: Channel, carrier: Carrier, sending: _Sending) -> None:
    loop = asyncio.get_running_loop()
    while sending.left and sending.shut is None and loop.time() < sending.until:
        each = sending.left.popleft()
        outcome = await _delivered(channel, carrier, each)
        if outcome.verdict is Verdict.CLOSED:
            sending.shut = outcome
        sending.sent += outcome.verdict is Verdict.ACCEPTED
        sending.marks.append(Mark.of(each.row, outcome))


async def _delivered(channel: Channel, carrier: Carrier, ready: Ready) -> Outcome:
    """Send one message to every address of its reader; one that takes it is enough."""
    outcomes: list[Outcome] = []
    for to, message in ready.messages:
        outcome = await _insisting(carrier, message)
        outcomes.append(outcome)
        if outcome.verdict is Verdict.GONE:
            await marking.block(channel, ready.row["person_id"], to, reason=outcome.code)
    return min(outcomes, key=lambda each: _BEST_FIRST.index(each.verdict))


_BEST_FIRST = (
    Verdict.ACCEPTED,
    Verdict.UNKNOWN,
    Verdict.LATER,
    Verdict.CLOSED,
    Verdict.REFUSED,
    Verdict.UNWANTED,
    Verdict.GONE,
)


async def _insisting(carrier: Carrier, message: Message) -> Outcome:
    """Send, and where a failure passes at once, send again: up to three times in a few seconds."""
    try:
        async for attempt in stamina.retry_context(
            on=_Passing, attempts=3, timeout=3.0, wait_initial=0.1, wait_max=1.0, wait_jitter=0.2
        ):
            with attempt:
                outcome = await carrier.send(message)
                if outcome.verdict is Verdict.LATER and outcome.retry_after_s is None:
                    raise _Passing(outcome)
                return outcome
    except _Passing as passing:
        return passing.outcome
    raise AssertionError("a retry ends by an outcome")


async def _with_consent(claim: Claim, ready: list[Ready]) -> tuple[list[Ready], list[Mark]]:
    """Take the consents that the batch needs, and leave out what has none."""
    asking = [each for each in ready if each.row["consent_code"] is None]
    async with transaction():
        rows = await database.fetch(
            _CONSENT,
            claim.lease_id,
            [each.row["id"] for each in asking],
            [each.row["person_id"] for each in asking],
            [each.messages[0][1].template_code for each in asking],
        )
    has = {row["id"] for row in rows} | {each.row["id"] for each in ready} - {
        each.row["id"] for each in asking
    }
    without = [
        Mark.suppressed(each.row["id"], "no consent") for each in ready if each.row["id"] not in has
    ]
    return [each for each in ready if each.row["id"] in has], without
