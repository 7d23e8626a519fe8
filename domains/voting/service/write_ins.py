"""Writing in somebody who does not stand, where the rules let voters do so.

In an OPEN election voters do it themselves. In a SECRET one a name that only one voter
would write tells whose ballot it is as soon as it is sent, so that it is taken on paper
alone: tellers add what they read. Whoever is written in has a place on the paper that
nobody is shown before the count.
"""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row, fetch_one, fetch_value, transaction
from domains.kernel.errors import NotFound
from domains.voting import policy
from domains.voting.errors import (
    CandidatesTooMany,
    NotOnRoll,
    WriteInsNotTaken,
    WriteInTellsWhose,
)
from domains.voting.models import Poll
from domains.voting.service import slates
from domains.voting.service.candidates import election_of, known
from domains.voting.service.polls import hold
from domains.voting.values import LARGEST_OPTION_COUNT, PollState, Secrecy

_ON_ROLL = """
SELECT voter_id, name FROM voting_roll_entry
WHERE poll_id = $1 AND standing = 'admitted' AND voter_id = $2
"""
_ON_PAPER = """
SELECT o.id, o.position FROM voting_candidate c JOIN voting_option o ON o.id = c.option_id
WHERE c.poll_id = $1 AND c.person_id = $2
"""
_COUNTS = """
SELECT EXISTS (SELECT FROM voting_teller
               WHERE poll_id = $1 AND person_id = $2 AND duty = 'teller' AND ended_at IS NULL)
"""
_LAST_PLACE = "SELECT max(position) FROM voting_option WHERE poll_id = $1"
_WRITE_IN = """
INSERT INTO voting_candidate (id, poll_id, person_id, option_id, name, gender, state, write_in,
                              nominated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'standing', true, kernel_now())
"""
_BEFORE_COUNT = frozenset({PollState.ROLL_FROZEN, PollState.OPEN, PollState.CLOSED})


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """Where somebody who was written in is found on the paper."""

    option_id: UUID
    position: int


async def add_write_in(actor: Actor, poll_id: UUID, *, person_id: UUID) -> WrittenIn:
    """Give somebody on the roll a place on the paper, or find the one they have.

    No author is kept. Raises WriteInsNotTaken, WriteInTellsWhose where voters of a SECRET
    election ask, NotOnRoll, and CandidatesTooMany where the paper is full.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "addWriteIn")
        if not election_of(poll).write_ins or poll.state not in _BEFORE_COUNT:
            raise WriteInsNotTaken(path=("input", "pollId"))
        if not await _counts(actor, poll):
            await _require_voter(actor, poll)
        written = await fetch_one(_ON_ROLL, poll_id, person_id)
        if written is None:
            raise NotFound(path=("input", "personId"))
        there = await fetch_one(_ON_PAPER, poll_id, person_id)
        if there is not None:
            return WrittenIn(there["id"], there["position"])
        return await _add(poll, written)


async def _counts(actor: Actor, poll: Poll) -> bool:
    if policy.convenes(actor, policy.PollPlace(poll.area_path, poll.state)):
        return True
    counts: bool = await fetch_value(_COUNTS, poll.id, actor.person_id)
    return counts


async def _require_voter(actor: Actor, poll: Poll) -> None:
    if await fetch_one(_ON_ROLL, poll.id, actor.person_id) is None:
        raise NotOnRoll(path=("input", "pollId"))
    if poll.secrecy is Secrecy.SECRET:
        raise WriteInTellsWhose(path=("input", "pollId"))
    if not poll.opens_at <= await clock.now() < poll.closes_at:
        raise WriteInsNotTaken(path=("input", "pollId"))


async def _add(poll: Poll, written: Row) -> WrittenIn:
    position = await fetch_value(_LAST_PLACE, poll.id) + 1
    if position > LARGEST_OPTION_COUNT:
        raise CandidatesTooMany(path=("input", "personId"), most=LARGEST_OPTION_COUNT)
    row = await known(poll, written["voter_id"])
    option_id = await slates.put_on_paper(poll.id, written["name"], position, write_in=True)
    await database.execute(
        _WRITE_IN,
        *(database.new_id(), poll.id, written["voter_id"], option_id, written["name"]),
        row["gender"] if row else None,
    )
    return WrittenIn(option_id, position)
