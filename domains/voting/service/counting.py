"""Opening, closing and counting on time, by whichever worker comes first.

Each command takes one due poll that no other worker holds, and does its step and says
so in one transaction: late, twice, or killed in the middle, the end is the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from domains.kernel import clock, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, execute, fetch_one, transaction
from domains.kernel.errors import NotFound
from domains.kernel.rules import thaw
from domains.voting import policy, queries
from domains.voting.events import PollClosed, PollClosingSoon, PollOpened, PollTallied
from domains.voting.models import Option, Poll
from domains.voting.queries import paper as papers
from domains.voting.rules import DecisionRule, Result, canonical, decide
from domains.voting.rules.paper import settled
from domains.voting.service import preferences, rolls, slates, staging
from domains.voting.service.extending import extended
from domains.voting.values import Measure, Outcome, PollMethod, PollOption, PollState, Secrecy

_LONG_MS = 10 * 60_000

_TO_OPEN = """
SELECT id FROM voting_poll WHERE state = 'roll_frozen' AND opens_at <= kernel_now()
ORDER BY opens_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# So many hours before the close as the rules say, or a quarter of a shorter window.
_TO_REMIND = """
SELECT id FROM voting_poll
WHERE state = 'open' AND reminded_at IS NULL AND closes_at > kernel_now()
  AND closes_at - LEAST(
        make_interval(hours => (frozen_rules #>> '{content,remindHours}')::int),
        (closes_at - opens_at) / 4
      ) <= kernel_now()
ORDER BY closes_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TO_CLOSE = """
SELECT id FROM voting_poll WHERE state IN ('roll_frozen', 'open') AND closes_at <= kernel_now()
ORDER BY closes_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# Where there is paper, the count waits until all of it is in.
_TO_TALLY = """
SELECT p.id FROM voting_poll p WHERE p.state = 'closed' AND NOT EXISTS (
    SELECT FROM voting_paper_box x WHERE x.poll_id = p.id AND x.completed_at IS NULL)
ORDER BY p.closed_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED
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
    poll.state = PollState.CLOSED
    poll.closed_at = max(await clock.now(), poll.closes_at)
    poll.version += 1
    await poll.save(update_fields=["state", "closes_at", "closed_at", "version"])
    await outbox.record(PollClosed(poll.id, poll.area_path))


async def tally_due_poll() -> UUID | None:
    """Count one closed poll and publish its result; None where none waits."""
    async with transaction(timeout_ms=_LONG_MS):
        poll = await _take(_TO_TALLY)
        if poll is None:
            return None
        await tally(poll)
        return poll.id


async def tally(poll: Poll) -> Result:
    """Count a closed poll that a command holds, and publish its result."""
    if poll.secrecy is Secrecy.SECRET and await staging.is_waiting(poll.id):
        await staging.seal(poll.id)
    result = await _count(poll)
    if poll.method is PollMethod.ELECTION:
        await slates.settle(poll, result)
    poll.state = _state_after(result)
    poll.outcome = result.outcome
    poll.result = canonical(result).decode()
    poll.tallied_at = await clock.now()
    poll.version += 1
    await poll.save(update_fields=["state", "outcome", "result", "tallied_at", "version"])
    await outbox.record(PollTallied(poll.id, poll.area_path, result.outcome))
    return result


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
        again = canonical(await _count(poll))
        return again, again == poll.result.encode()


async def _take(sql: str) -> Poll | None:
    row: Row | None = await fetch_one(sql)
    return None if row is None else await Poll.get(id=row["id"])


def _state_after(result: Result) -> PollState:
    if result.outcome is Outcome.INQUORATE:
        return PollState.INQUORATE
    if result.election is not None and result.election.runoff:
        return PollState.RUNOFF_REQUIRED
    return PollState.TALLIED


async def _count(poll: Poll) -> Result:
    # A box that filled faster than statistics are taken looks empty to the planner, which
    # then compares each ballot with each participation: 100,000 took over ten minutes.
    await execute("SET LOCAL enable_nestloop = off")
    return settled(await COUNTERS[poll.method](poll), await papers.paper_totals(poll.id))


async def _decided(poll: Poll) -> Result:
    options = await Option.filter(poll_id=poll.id).order_by("position")
    rule = DecisionRule.of(thaw(poll.frozen_rules))
    heads, area = await rolls.totals(poll.id)
    return decide(
        await queries.ballot_groups(poll.id, poll.secrecy, weighted=Measure.AREA in rule.measures),
        roll={Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area},
        options=[PollOption(each.position, each.stance) for each in options],
        method=poll.method,
        rule=rule,
    )


# How each method is counted; a new one is added here.
COUNTERS: Mapping[PollMethod, Callable[[Poll], Awaitable[Result]]] = {
    PollMethod.MOTION: _decided,
    PollMethod.CHOICE: _decided,
    PollMethod.ELECTION: slates.count,
    PollMethod.PREFERENCE: preferences.count,
}
