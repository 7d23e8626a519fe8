"""Opening, closing and counting on time, by whichever worker comes first.

Each command takes one due poll that no other worker holds, and does its step and says
so in one transaction: late, twice, or killed in the middle, the end is the same.

Only a count may be long, so no transaction spans it: what it rests on is read in one, counted
beside the loop, and written in another, which first makes sure that nothing has changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from domains.kernel import clock, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, claimed, execute, fetch_one, fetch_value, transaction
from domains.kernel.errors import NotFound
from domains.kernel.rules import thaw
from domains.voting import policy, queries
from domains.voting.events import (
    PollClosed,
    PollClosingSoon,
    PollOpened,
    PollTallied,
    RollClosingSoon,
)
from domains.voting.models import Option, Poll
from domains.voting.queries import paper as papers
from domains.voting.rules import DecisionRule, Result, canonical, decide
from domains.voting.rules.paper import settled
from domains.voting.service import preferences, rolls, slates, staging
from domains.voting.service.extending import extended
from domains.voting.values import Measure, Outcome, PollMethod, PollOption, PollState, Secrecy

Counting = Callable[[], Result]

_LONG_MS = 10 * 60_000

# The present is asked for once, by a query of its own: only so is what is due found by its index.
_TO_OPEN = """
SELECT id FROM voting_poll WHERE state = 'roll_frozen' AND opens_at <= (SELECT kernel_now())
ORDER BY opens_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# So many hours before the close as the rules say, or a quarter of a shorter window.
_TO_REMIND = """
SELECT id FROM voting_poll
WHERE state = 'open' AND reminded_at IS NULL AND remind_at <= (SELECT kernel_now())
  AND closes_at > kernel_now()
ORDER BY remind_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# A day before objections end, or a quarter of shorter days before.
_ROLL_TO_REMIND = """
SELECT id FROM voting_poll
WHERE state = 'roll_published' AND roll_reminded_at IS NULL
  AND roll_remind_at <= (SELECT kernel_now()) AND objections_until > kernel_now()
ORDER BY roll_remind_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TO_CLOSE = """
SELECT id FROM voting_poll
WHERE state IN ('roll_frozen', 'open') AND closes_at <= (SELECT kernel_now())
ORDER BY closes_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# Where there is paper, the count waits until all of it is in.
_WAITS = """
p.state = 'closed' AND NOT EXISTS (
    SELECT FROM voting_paper_box x WHERE x.poll_id = p.id AND x.completed_at IS NULL)
"""
_TO_TALLY = f"""
SELECT p.id FROM voting_poll p WHERE {_WAITS} AND NOT p.id = ANY ($1)
ORDER BY p.closed_at LIMIT 1
"""
_HOLD = f"SELECT p.id FROM voting_poll p WHERE p.id = $1 AND {_WAITS} FOR UPDATE OF p"
# What a count of a closed poll rests on besides ballots, which stand: a box that was opened
# meanwhile brings others in, and tellers may find somebody written in.
_AS_IT_IS = """
SELECT p.version, (SELECT count(*) FROM voting_option o WHERE o.poll_id = p.id) AS options,
       x.begun_at, x.completed_at
FROM voting_poll p LEFT JOIN voting_paper_box x ON x.poll_id = p.id WHERE p.id = $1
"""


async def open_due_poll() -> UUID | None:
    """Declare one poll open whose time has come; None where none is due.

    Ballots are taken by the clock, so one cast before this has run counts all the same.
    """
    async with transaction():
        poll = await _take(_TO_OPEN)
        if poll is None:
            return None
        poll.state = PollState.OPEN
        poll.version += 1
        await poll.save(update_fields=["state", "version"])
        await outbox.record(PollOpened(poll.id, poll.area_path))
        return poll.id


async def remind_due_poll() -> UUID | None:
    """Say of one open poll that it closes soon; None where none is due, or it is too late."""
    async with transaction():
        poll = await _take(_TO_REMIND)
        if poll is None:
            return None
        poll.reminded_at = await clock.now()
        await poll.save(update_fields=["reminded_at"])
        await outbox.record(PollClosingSoon(poll.id, poll.area_path))
        return poll.id


async def remind_due_roll() -> UUID | None:
    """Say of one public roll that it may soon no longer be objected to; None where none is due."""
    async with transaction():
        poll = await _take(_ROLL_TO_REMIND)
        if poll is None:
            return None
        poll.roll_reminded_at = await clock.now()
        await poll.save(update_fields=["roll_reminded_at"])
        await outbox.record(RollClosingSoon(poll.id, poll.area_path))
        return poll.id


async def close_due_poll() -> UUID | None:
    """Close one poll whose time is over, sealing what is secret; None where none is due.

    Where too few took part and the rules give it more days, it goes on instead, once.
    """
    async with transaction(timeout_ms=_LONG_MS):
        poll = await _take(_TO_CLOSE)
        if poll is None:
            return None
        await staging.exclude_casting(poll.id)
        if not await extended(poll):
            await close(poll)
        return poll.id


async def close(poll: Poll) -> None:
    """Close a poll that a command holds, no ballot being under way, and seal what is secret."""
    # Ballots on paper are shuffled in among the others, so sealing waits for them.
    if poll.secrecy is Secrecy.SECRET and await papers.paper_box(poll.id) is None:
        await staging.seal(poll.id)
    if poll.state is PollState.ROLL_FROZEN:
        # By the clock it was open, though nobody was at work to say so.
        await outbox.record(PollOpened(poll.id, poll.area_path))
    poll.state = PollState.CLOSED
    poll.closed_at = max(await clock.now(), poll.closes_at)
    poll.version += 1
    await poll.save(update_fields=["state", "closes_at", "closed_at", "version"])
    await outbox.record(PollClosed(poll.id, poll.area_path))


async def tally_due_poll() -> UUID | None:
    """Count one closed poll and publish its result; None where none waits.

    What another worker is counting is left to it.
    """
    passed: list[UUID] = []
    while (poll_id := await fetch_value(_TO_TALLY, passed)) is not None:
        async with claimed(f"count {poll_id}") as own:
            if own:
                await _tally_apart(poll_id)
                return UUID(str(poll_id))
        passed.append(poll_id)
    return None


async def _tally_apart(poll_id: UUID) -> None:
    """Count a poll between two short transactions; left for the next tick if it changed."""
    ready = await read(poll_id)
    if ready is not None:
        await publish(ready, await asyncio.to_thread(ready.count))


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a poll's count rests on, as it was read, and the count itself: pure."""

    poll_id: UUID
    as_it_was: tuple[object, ...]
    count: Callable[[], Result]


async def read(poll_id: UUID) -> Ready | None:
    """Seal a closed poll where that waited for paper, and read what its count rests on."""
    async with transaction(timeout_ms=_LONG_MS):
        poll = await _take(_HOLD, poll_id)
        if poll is None:
            return None
        await _seal(poll)
        return Ready(poll_id, await _as_it_is(poll_id), await _prepared(poll))


async def publish(ready: Ready, result: Result) -> bool:
    """Publish a result, once; False where the poll is not as it was when it was read."""
    async with transaction():
        poll = await _take(_HOLD, ready.poll_id)
        if poll is None or await _as_it_is(poll.id) != ready.as_it_was:
            return False
        await _decide(poll, result)
        return True


async def tally(poll: Poll) -> Result:
    """Count a closed poll that a command holds, and publish its result: for votes of a few."""
    await _seal(poll)
    result = (await _prepared(poll))()
    await _decide(poll, result)
    return result


async def _seal(poll: Poll) -> None:
    if poll.secrecy is Secrecy.SECRET and await staging.is_waiting(poll.id):
        await staging.seal(poll.id)


async def _as_it_is(poll_id: UUID) -> tuple[object, ...]:
    row = await fetch_one(_AS_IT_IS, poll_id)
    assert row is not None, "a poll is never removed"
    return tuple(row.values())


async def _decide(poll: Poll, result: Result) -> None:
    if poll.method is PollMethod.ELECTION:
        await slates.settle(poll, result)
    poll.state = _state_after(result)
    poll.outcome = result.outcome
    poll.result = canonical(result).decode()
    poll.tallied_at = await clock.now()
    poll.version += 1
    await poll.save(update_fields=["state", "outcome", "result", "tallied_at", "version"])
    await outbox.record(PollTallied(poll.id, poll.area_path, result.outcome))


async def recount(actor: Actor, poll_id: UUID) -> tuple[bytes, bool]:
    """Count a decided poll again from its ballots and frozen rules.

    Returns the canonical result and whether it equals the published one bit for bit.
    Raises NotFound where the actor sees no such poll, or where no result stands yet.
    """
    async with transaction(timeout_ms=_LONG_MS):
        poll = await Poll.get_or_none(id=poll_id)
        if poll is None or poll.result is None:
            raise NotFound(path=("input", "pollId"))
        if not policy.sees_poll(actor, policy.PollPlace(poll.area_path, poll.state)):
            raise NotFound(path=("input", "pollId"))
        count = await _prepared(poll)
    again = canonical(await asyncio.to_thread(count))
    return again, again == poll.result.encode()


async def _take(sql: str, *values: object) -> Poll | None:
    row: Row | None = await fetch_one(sql, *values)
    return None if row is None else await Poll.get(id=row["id"])


def _state_after(result: Result) -> PollState:
    if result.outcome is Outcome.INQUORATE:
        return PollState.INQUORATE
    if result.election is not None and result.election.runoff:
        return PollState.RUNOFF_REQUIRED
    return PollState.TALLIED


async def _prepared(poll: Poll) -> Counting:
    """Read what a count rests on; the count itself needs no database any more."""
    # A box that filled faster than statistics are taken looks empty to the planner, which
    # then compares each ballot with each participation: 100,000 took over ten minutes.
    await execute("SET LOCAL enable_nestloop = off")
    counting = await COUNTERS[poll.method](poll)
    paper = await papers.paper_totals(poll.id)
    return lambda: settled(counting(), paper)


async def _decided(poll: Poll) -> Counting:
    options = await Option.filter(poll_id=poll.id).order_by("position")
    rule = DecisionRule.of(thaw(poll.frozen_rules))
    heads, area = await rolls.totals(poll.id)
    return partial(
        decide,
        await queries.ballot_groups(poll.id, poll.secrecy, weighted=Measure.AREA in rule.measures),
        roll={Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area},
        options=[PollOption(each.position, each.stance) for each in options],
        method=poll.method,
        rule=rule,
    )


# How each method is counted; a new one is added here.
COUNTERS: Mapping[PollMethod, Callable[[Poll], Awaitable[Counting]]] = {
    PollMethod.MOTION: _decided,
    PollMethod.CHOICE: _decided,
    PollMethod.ELECTION: slates.counting,
    PollMethod.PREFERENCE: preferences.counting,
}
