"""Votes in a sitting: a poll over those who are there, opened, cast and closed within a meeting's
own commands.

Nothing here begins a transaction: whoever holds the meeting holds all of it. The roll is a
list, published, frozen and opened at once; closing and counting are the ballot box's own,
so that secrecy, frozen rules and results are those of every poll.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.rules import freeze, thaw
from domains.membership.queries import places
from domains.voting import queries
from domains.voting.errors import AlreadyVoted, NotOnRoll, PollOver
from domains.voting.errors.sittings import SittingGoesOn
from domains.voting.models import Poll
from domains.voting.rules import Result, marks_of, read_result
from domains.voting.service import casting, counting, rolls, staging
from domains.voting.service.casting import CastReceipt
from domains.voting.service.polls import PollDraft, told, write_poll
from domains.voting.values import (
    CastOutcome,
    Channel,
    ElectorateKind,
    PollMethod,
    PollState,
    Secrecy,
    Stance,
)

_OPTIONS = "SELECT id, position, stance FROM voting_option WHERE poll_id = $1"
_CAST_ALL = """
SELECT asked.voter, c.outcome
FROM (SELECT * FROM unnest($2::uuid[], $3::uuid[]) AS a (voter, key) ORDER BY voter) AS asked,
LATERAL voting_cast($1, asked.voter, $4, NULL, asked.key, NULL, 'assisted', $5) AS c
"""
_ON_ROLL = """
SELECT voter_id FROM voting_roll_entry
WHERE poll_id = $1 AND standing = 'admitted' ORDER BY voter_id
"""


class EndsEarly(StrEnum):
    """What ends a sitting's vote before its time, where its rules name it."""

    ALL_VOTED = "all_voted"
    CHAIR = "chair"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A question put to those who are there: by which rules, for how long, on whose behalf."""

    title: str
    body: str
    rule_code: str
    secrecy: Secrecy
    window_s: int
    voters: Sequence[UUID]
    subject: tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Opened:
    """The poll of a vote that has begun, and until when it takes ballots."""

    poll_id: UUID
    opened_at: datetime
    closes_at: datetime
    roll_size: int


async def open_sitting(actor: Actor, area_id: UUID, sitting: Sitting) -> Opened:
    """Write a poll over those who are there, and open it at once.

    Raises RollEmpty where nobody is entitled, NoRuleInForce, and what no rule set allows.
    """
    database.require_open_transaction()
    place = await places.place_of(area_id)
    assert place is not None, "a meeting's area is never removed"
    now = await clock.now()
    poll = await write_poll(actor, place, _draft(sitting, now), subject=sitting.subject)
    day = now.astimezone(clock.SHANGHAI).date()
    rule_set = await rulesets.in_force(sitting.rule_code, on=day, community=place.community_id)
    await rolls.build(
        poll.id,
        ElectorateKind.LIST,
        area_path=poll.area_path,
        on=day,
        least_age=0,
        listed=sitting.voters,
    )
    poll.frozen_rules = freeze(rule_set)
    poll.roll_size, poll.roll_fingerprint = await rolls.fingerprint(poll.id)
    if poll.secrecy is Secrecy.SECRET:
        await staging.prepare(poll.id)
    poll.state = PollState.OPEN
    # Nobody outside the room is told: whoever votes is there.
    poll.published_at = poll.reminded_at = now
    poll.version += 1
    await poll.save()
    details = {"state": poll.state.value, "roll": poll.roll_size or 0}
    await told(actor, poll.id, place.community_id, "openVote", details)
    return Opened(poll.id, now, poll.closes_at, poll.roll_size or 0)


def _draft(sitting: Sitting, now: datetime) -> PollDraft:
    return PollDraft(
        title=sitting.title,
        body=sitting.body,
        method=PollMethod.MOTION,
        secrecy=sitting.secrecy,
        opens_at=now,
        closes_at=now + timedelta(seconds=sitting.window_s),
        rule_code=sitting.rule_code,
    )


async def cast(
    actor: Actor,
    poll_id: UUID,
    stance: Stance,
    *,
    idempotency_key: UUID,
    receipt: str | None = None,
) -> CastReceipt:
    """Cast the actor's own ballot; the caller has seen that they are there and are called.

    Raises NotOnRoll, PollNotOpen, AlreadyVoted, IdempotencyKeyReused, ReceiptTaken.
    """
    database.require_open_transaction()
    option_id = (await _options(poll_id))[stance][0]
    # Whoever is in the room sees its vote, wherever they live: sight is the meeting's to judge.
    ballot = await casting.prepared(SYSTEM, poll_id, [option_id], receipt=receipt, in_sitting=True)
    row = await casting.put_in(
        poll_id,
        actor.person_id,
        ballot,
        key=idempotency_key,
        channel=Channel.ONLINE,
        caster_id=actor.person_id,
    )
    return await casting.receipt_of(SYSTEM, poll_id, ballot, row)


async def enter(
    actor: Actor, poll_id: UUID, stance: Stance, voter_ids: Sequence[UUID], *, key: UUID
) -> int:
    """Enter named ballots that a teller saw, all of them or none; returns how many.

    Raises NotOnRoll, AlreadyVoted, PollOver with the count of those at fault.
    """
    database.require_open_transaction()
    position = (await _options(poll_id))[stance][1]
    keys = [uuid5(key, str(voter_id)) for voter_id in voter_ids]
    rows = await database.fetch(
        _CAST_ALL, poll_id, list(voter_ids), keys, marks_of([position]), actor.person_id
    )
    outcomes = [CastOutcome(row["outcome"]) for row in rows]
    if CastOutcome.NOT_ON_ROLL in outcomes:
        raise NotOnRoll(path=("input", "personIds"))
    if CastOutcome.NOT_OPEN in outcomes:
        raise PollOver
    taken = {CastOutcome.CAST, CastOutcome.REPLAYED}
    if not taken.issuperset(outcomes):
        raise AlreadyVoted(path=("input", "personIds"))
    return outcomes.count(CastOutcome.CAST)


async def consent(actor: Actor, poll_id: UUID, *, present: Collection[UUID], key: UUID) -> int:
    """Enter, where nobody objected, that all on the roll who are there agree; returns how many.

    Who has left is silent because they are gone: nothing is read from that.
    """
    database.require_open_transaction()
    there = set(present)
    on_roll = [row["voter_id"] for row in await database.fetch(_ON_ROLL, poll_id)]
    agreed = [each for each in on_roll if each in there]
    return await enter(actor, poll_id, Stance.FOR, agreed, key=key)


async def turnout(poll_id: UUID) -> int:
    """Return how many have voted, never how."""
    return (await queries.turnouts(SYSTEM, [poll_id]))[0]


async def end_sitting(poll_id: UUID, *, by_chair: bool) -> Result | None:
    """Close and count a vote whose time is over, or which its rules let end now.

    Counted by whoever came first, the result is the same; None where the poll was cancelled.
    Raises SittingGoesOn.
    """
    database.require_open_transaction()
    poll = await _held(poll_id)
    if poll.state is PollState.CANCELLED:
        return None
    if poll.state is PollState.OPEN:
        await staging.exclude_casting(poll_id)
        now = await clock.now()
        if now < poll.closes_at:
            await _require_over(poll, by_chair=by_chair)
            # A clock that was put back ends nothing before it began.
            poll.closes_at = max(now, poll.opens_at + timedelta(milliseconds=1))
        await counting.close(poll)
    if poll.state is PollState.CLOSED:
        return await counting.tally(poll)
    assert poll.result is not None, "what is closed and counted has its result"
    return read_result(poll.result)


async def _require_over(poll: Poll, *, by_chair: bool) -> None:
    ends = set(map(EndsEarly, thaw(poll.frozen_rules).content["sitting"]["endsEarly"]))
    if by_chair and EndsEarly.CHAIR in ends:
        return
    if EndsEarly.ALL_VOTED in ends and await turnout(poll.id) == poll.roll_size:
        return
    raise SittingGoesOn


async def void_sitting(actor: Actor, poll_id: UUID, *, reason: str) -> None:
    """End a vote that does not stand, uncounted; one that is over already stays as it is."""
    database.require_open_transaction()
    poll = await _held(poll_id)
    if poll.state is not PollState.OPEN:
        return
    await staging.exclude_casting(poll_id)
    if poll.secrecy is Secrecy.SECRET:
        await staging.destroy(poll_id)
    poll.state = PollState.CANCELLED
    poll.cancelled_at = await clock.now()
    poll.cancel_reason = reason
    poll.version += 1
    await poll.save()


async def votes_of(poll_id: UUID, result: Result) -> dict[Stance, int]:
    """Return what a counted motion got, by stance."""
    counted = {each.position: each.votes for each in result.counts}
    options = await _options(poll_id)
    return {stance: counted[position] for stance, (_, position) in options.items()}


async def _held(poll_id: UUID) -> Poll:
    poll = await Poll.filter(id=poll_id).select_for_update().first()
    assert poll is not None, "a poll is never removed"
    return poll


async def _options(poll_id: UUID) -> Mapping[Stance, tuple[UUID, int]]:
    rows = await database.fetch(_OPTIONS, poll_id)
    return {Stance(row["stance"]): (row["id"], row["position"]) for row in rows}
