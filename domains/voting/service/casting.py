"""Casting: one statement, the constraint as the last word.

Many may cast while one may close: the statement takes a shared lock on the poll. It
writes no event, no audit line and no log of a ballot.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domains.kernel import clock, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import DomainError, IdempotencyKeyReused, InvalidInput, NotFound
from domains.voting import policy, queries
from domains.voting.errors import (
    AlreadyVoted,
    BallotMalformed,
    NotOnRoll,
    PollNotOpen,
    ReceiptTaken,
)
from domains.voting.rules import marks_of, require_well_formed
from domains.voting.values import CastOutcome, Secrecy

CAST = "SELECT outcome, revision FROM voting_cast($1, $2, $3, NULL, $4, $5, 'online', NULL)"

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
    receipt: str | None = None,
) -> CastReceipt:
    """Cast the actor's ballot. In an OPEN poll it may be cast again; the last counts.

    Raises BallotMalformed, NotOnRoll, PollNotOpen, AlreadyVoted (a secret ballot stands,
    a repeated request included), IdempotencyKeyReused, ReceiptTaken.
    """
    require(policy.AUTHORITY, "castBallot", actor)
    paper = await queries.ballot_paper(poll_id)
    if paper is None:
        raise NotFound(path=("input", "pollId"))
    if receipt is not None and not _RECEIPT.fullmatch(receipt):
        raise InvalidInput(
            path=("input", "receipt"),
            zh="回执码须为 16 至 64 个字母、数字、- 或 _。",
            en="A receipt code has 16 to 64 letters, digits, - or _.",
        )
    positions = [paper.positions.get(option_id, 0) for option_id in option_ids]
    try:
        require_well_formed(
            positions, option_count=len(paper.positions), least=paper.least, most=paper.most
        )
    except BallotMalformed:
        await _require_sight(actor, poll_id)
        raise
    secret = paper.secrecy is Secrecy.SECRET
    code = (receipt or secrets.token_urlsafe(16)) if secret else None
    row = await _cast(poll_id, actor.person_id, marks_of(positions), idempotency_key, code)
    outcome = CastOutcome(row["outcome"])
    if outcome in _TAKEN:
        return CastReceipt(paper.secrecy, row["revision"], code, outcome is CastOutcome.REPLAYED)
    await _require_sight(actor, poll_id)
    raise await _refusal(poll_id, outcome)


_TAKEN = frozenset({CastOutcome.CAST, CastOutcome.RECAST, CastOutcome.REPLAYED})


async def _cast(
    poll_id: UUID, voter_id: UUID | None, marks: int, key: UUID, receipt: str | None
) -> Row:
    """Run the statement; where the same key raced itself, once more finds the first's ballot."""
    for _ in range(2):
        try:
            row = await database.fetch_one(CAST, poll_id, voter_id, marks, key, receipt)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "voting_ballot_key":
                raise ReceiptTaken(path=("input", "receipt")) from None
        else:
            assert row is not None, "the statement always answers"
            return row
    raise AssertionError("a key in use is found by the second attempt")


async def _require_sight(actor: Actor, poll_id: UUID) -> None:
    place = await queries.poll_place(poll_id)
    if place is None or not policy.sees_poll(actor, place):
        raise NotFound(path=("input", "pollId"))


async def _refusal(poll_id: UUID, outcome: CastOutcome) -> DomainError:
    if outcome is CastOutcome.NOT_ON_ROLL:
        return NotOnRoll(path=("input", "pollId"))
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
