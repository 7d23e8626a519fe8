"""Casting: one statement, the constraint as the last word.

Many may cast while one may close: the statement takes a shared lock on the poll. It
writes no event, no audit line and no log of a ballot.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

import asyncpg

from domains.kernel import clock, database
from domains.kernel.actor import Actor, require
from domains.kernel.batching import Batcher
from domains.kernel.database import Row
from domains.kernel.errors import DomainError, IdempotencyKeyReused, InvalidInput, NotFound
from domains.voting import policy, queries
from domains.voting.errors import (
    AlreadyVoted,
    BallotMalformed,
    NoProxy,
    NotOnRoll,
    PollNotOpen,
    ReceiptTaken,
)
from domains.voting.errors.sittings import TakenInSitting
from domains.voting.queries import BallotPaper
from domains.voting.rules import Marks, marks_of, require_well_formed, write
from domains.voting.values import CastOutcome, Channel, Secrecy

# What arrives for one poll at the same time is cast by one statement; who casts twice at once
# waits for themselves, so voters come in one order everywhere.
CAST_TOGETHER = """
SELECT asked.place, c.outcome, c.revision
FROM (
    SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::uuid[], $6::text[])
        WITH ORDINALITY AS a (voter, marks, wide, key, receipt, place)
    ORDER BY voter, place
) AS asked,
LATERAL voting_cast(
    $1, asked.voter, asked.marks, asked.wide, asked.key, asked.receipt, 'online', NULL
) AS c
"""
CAST_AS = "SELECT outcome, revision FROM voting_cast($1, $2, $3, $8, $4, $5, $6, $7)"

# Options, and the value that the ballot gives to each.
Values = Sequence[tuple[UUID, int]]
_RECEIPT = re.compile(r"[0-9A-Za-z_-]{16,64}")


@dataclass(frozen=True, slots=True)
class CastReceipt:
    """That a ballot is in the box: its revision in an OPEN poll, its receipt in a SECRET one."""

    secrecy: Secrecy
    revision: int
    receipt: str | None
    replayed: bool


async def cast_ballot(
    actor: Actor,
    poll_id: UUID,
    option_ids: Sequence[UUID],
    *,
    idempotency_key: UUID,
    values: Values = (),
    receipt: str | None = None,
    on_behalf_of: UUID | None = None,
) -> CastReceipt:
    """Cast the actor's ballot, or that of somebody whose published proxy the actor holds.

    It names options, in order where it ranks them, or gives options values (a ranking: places).
    In an OPEN poll it may be cast again where the rules say so; the last counts. Who votes
    in person takes the place of their proxy's named ballot, never the other way round.
    Raises BallotMalformed, NotOnRoll, PollNotOpen, AlreadyVoted (a secret ballot stands,
    a repeated request included), NoProxy, IdempotencyKeyReused, ReceiptTaken.
    """
    require(policy.AUTHORITY, "castBallot", actor)
    ballot = await prepared(actor, poll_id, option_ids, values=values, receipt=receipt)
    own = on_behalf_of is None or on_behalf_of == actor.person_id
    row = await put_in(
        poll_id,
        actor.person_id if own else on_behalf_of,
        ballot,
        key=idempotency_key,
        channel=Channel.ONLINE if own else Channel.PROXY,
        caster_id=actor.person_id,
    )
    if not own and row["outcome"] == CastOutcome.NOT_ON_ROLL:
        await _require_sight(actor, poll_id)
        raise NoProxy(path=("input", "onBehalfOfId"))
    return await receipt_of(actor, poll_id, ballot, row)


@dataclass(frozen=True, slots=True)
class PreparedBallot:
    """A well-formed ballot on its way into the box; it is never shown nor logged."""

    secrecy: Secrecy
    marks: int = field(repr=False)
    code: str | None = field(repr=False)
    wide: bytes | None = field(repr=False, default=None)


async def prepared(
    actor: Actor,
    poll_id: UUID,
    option_ids: Sequence[UUID],
    *,
    values: Values = (),
    receipt: str | None,
    in_sitting: bool = False,
) -> PreparedBallot:
    """Check a ballot against its paper; raises NotFound, InvalidInput, and what it lacks.

    What is voted on in a sitting takes no ballot from elsewhere: TakenInSitting.
    """
    paper = await queries.ballot_paper(poll_id, holding=option_ids)
    if paper is None:
        raise NotFound(path=("input", "pollId"))
    if paper.in_sitting and not in_sitting:
        await _require_sight(actor, poll_id)
        raise TakenInSitting(path=("input", "pollId"))
    if receipt is not None and not _RECEIPT.fullmatch(receipt):
        raise InvalidInput(
            path=("input", "receipt"),
            zh="回执码须为 16 至 64 个字母、数字、- 或 _。",
            en="A receipt code has 16 to 64 letters, digits, - or _.",
        )
    positions = [paper.positions.get(option_id, 0) for option_id in option_ids]
    given = [(paper.positions.get(option_id, 0), value) for option_id, value in values]
    try:
        marks = _marks(paper, positions, given)
    except DomainError:
        await _require_sight(actor, poll_id)
        raise
    secret = paper.secrecy is Secrecy.SECRET
    code = (receipt or secrets.token_urlsafe(16)) if secret else None
    if isinstance(marks, bytes):
        return PreparedBallot(paper.secrecy, 0, code, marks)
    return PreparedBallot(paper.secrecy, marks, code)


def _marks(
    paper: BallotPaper, positions: Sequence[int], values: Sequence[tuple[int, int]]
) -> Marks:
    if paper.written is not None:
        return write(paper.written, positions, values)
    if values:
        raise BallotMalformed(path=("input", "values"), least=paper.least, most=paper.most)
    require_well_formed(
        positions, option_count=len(paper.positions), least=paper.least, most=paper.most
    )
    return marks_of(positions)


class _Asked(NamedTuple):
    """What one voter asks of the statement."""

    poll_id: UUID
    voter_id: UUID | None
    marks: int
    wide: bytes | None
    key: UUID
    receipt: str | None


async def _cast_together(asked: Sequence[_Asked]) -> list[Row]:
    """Cast ballots of one poll by one statement; where one fails, none is in the box."""
    _, voters, marks, wide, keys, receipts = map(list, zip(*asked, strict=True))
    rows = await database.fetch(
        CAST_TOGETHER, asked[0].poll_id, voters, marks, wide, keys, receipts
    )
    return sorted(rows, key=itemgetter("place"))


_CASTS: Batcher[_Asked, Row] = Batcher(_cast_together, apart=True)


async def put_in(
    poll_id: UUID,
    voter_id: UUID | None,
    ballot: PreparedBallot,
    *,
    key: UUID,
    channel: Channel,
    caster_id: UUID | None,
) -> Row:
    """Run the statement and return what it answered; raises ReceiptTaken."""
    try:
        if channel is Channel.ONLINE:
            return await _CASTS.ask(
                poll_id, _Asked(poll_id, voter_id, ballot.marks, ballot.wide, key, ballot.code)
            )
        given = (poll_id, voter_id, ballot.marks, key, ballot.code, channel, caster_id)
        found = await database.fetch_one(CAST_AS, *given, ballot.wide)
    except asyncpg.UniqueViolationError:
        raise ReceiptTaken(path=("input", "receipt")) from None
    assert found is not None, "the statement always answers"
    return found


async def receipt_of(actor: Actor, poll_id: UUID, ballot: PreparedBallot, row: Row) -> CastReceipt:
    """Return the receipt of a ballot that was taken; raises what the database answered else."""
    outcome = CastOutcome(row["outcome"])
    if outcome in _TAKEN:
        replayed = outcome is CastOutcome.REPLAYED
        return CastReceipt(ballot.secrecy, row["revision"], ballot.code, replayed)
    await _require_sight(actor, poll_id)
    raise await _refusal(poll_id, outcome)


_TAKEN = frozenset({CastOutcome.CAST, CastOutcome.RECAST, CastOutcome.REPLAYED})


async def _require_sight(actor: Actor, poll_id: UUID) -> None:
    place = await queries.poll_place(poll_id)
    if place is None or not policy.sees_poll(actor, place):
        raise NotFound(path=("input", "pollId"))


async def _refusal(poll_id: UUID, outcome: CastOutcome) -> DomainError:
    if outcome is CastOutcome.NOT_ON_ROLL:
        return NotOnRoll(path=("input", "pollId"))
    if outcome is CastOutcome.NO_PROXY:
        return NoProxy(path=("input", "onBehalfOfId"))
    if outcome is CastOutcome.ALREADY_CAST:
        return AlreadyVoted(path=("input", "pollId"))
    if outcome is CastOutcome.KEY_REUSED:
        return IdempotencyKeyReused(path=("input", "idempotencyKey"))
    opens_at, closes_at = await queries.poll_window(poll_id)
    return PollNotOpen(
        path=("input", "pollId"), opens_at=_local(opens_at), closes_at=_local(closes_at)
    )


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
