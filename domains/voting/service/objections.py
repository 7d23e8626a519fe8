"""A roll while it is public: objections and their decisions, admission and striking by conveners.

Whoever belongs to the area may object until the period is over; a convener who is neither
the objector nor concerned decides, with a reason that all can read. The roll is frozen only
when no objection is open.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import electorate, places
from domains.voting.errors import (
    AlreadyListed,
    EntryOwn,
    NotListed,
    NumbersInText,
    ObjectionDecided,
    ObjectionPending,
    ObjectionsOver,
    OwnObjection,
)
from domains.voting.events import (
    RollObjectionDecided,
    RollObjectionFiled,
    RollObjectionOverdue,
)
from domains.voting.models import Poll
from domains.voting.rules.entries import holds_personal_numbers
from domains.voting.service import entries
from domains.voting.service.entries import Remedy
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import procedure_of
from domains.voting.values import ObjectionAsks, ObjectionState, PollState

_STANDING = "SELECT standing FROM voting_roll_entry WHERE poll_id = $1 AND voter_id = $2"
_FILE = """
INSERT INTO voting_roll_objection (id, poll_id, by_id, about_id, asks, text, filed_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_POLL_OF = "SELECT poll_id FROM voting_roll_objection WHERE id = $1"
_HELD = "SELECT by_id, about_id, asks, state FROM voting_roll_objection WHERE id = $1 FOR UPDATE"
_DECIDE = """
UPDATE voting_roll_objection
SET state = $2, reason = $3, decided_by_id = $4, decided_at = kernel_now() WHERE id = $1
"""
# Whose household or kin it is about, it concerns.
_CONCERNED = """
SELECT EXISTS (
    SELECT FROM voting_kinship k WHERE k.poll_id = $1
      AND (k.one_id = $2 AND k.other_id = ANY ($3) OR k.other_id = $2 AND k.one_id = ANY ($3)))
  OR EXISTS (
    SELECT FROM membership_residency own
    JOIN membership_residency theirs ON theirs.household_id = own.household_id
    WHERE own.person_id = $2 AND own.state = 'verified'
      AND theirs.person_id = ANY ($3) AND theirs.state = 'verified')
"""

_TO_TELL_OVERDUE = """
SELECT o.id, p.id AS poll_id, p.area_path
FROM voting_roll_objection o JOIN voting_poll p ON p.id = o.poll_id
WHERE o.state = 'open' AND o.overdue_at IS NULL AND o.due_at <= kernel_now()
  AND p.state = 'roll_published'
ORDER BY o.due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""
_OVERDUE = "UPDATE voting_roll_objection SET overdue_at = kernel_now() WHERE id = $1"


async def file_objection(
    actor: Actor,
    poll_id: UUID,
    *,
    about_id: UUID,
    asks: ObjectionAsks,
    text: str,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Object to a public roll; returns the objection's id and whether this was a replay.

    Raises ObjectionsOver from the last instant on, AlreadyListed or NotListed where there is
    nothing to ask, ObjectionPending, NumbersInText.
    """
    require_text(text, longest=1000, path="text")
    async with transaction():
        poll = await hold(actor, poll_id, "objectToRoll")
        given = {"poll": poll_id, "about": about_id, "asks": asks, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "objectToRoll", given)
        if earlier is not None:
            return UUID(earlier["objection"]), True
        now = await clock.now()
        if not _is_public(poll, now):
            raise ObjectionsOver(path=("input", "pollId"))
        await _require_to_ask(poll, about_id, asks)
        procedure = procedure_of(poll)
        assert procedure.roll is not None, "a public roll has its periods"
        due_at = calendar.deadline(now, procedure.roll.decision).at
        objection_id = database.new_id()
        try:
            await database.execute(
                _FILE,
                *(objection_id, poll_id, actor.person_id, about_id, asks, text.strip(), now),
                due_at,
            )
        except asyncpg.UniqueViolationError:
            raise ObjectionPending(path=("input", "personId")) from None
        await outbox.record(RollObjectionFiled(poll_id, poll.area_path))
        await idempotency.settle(actor, idempotency_key, {"objection": str(objection_id)})
        await _told(actor, poll, "objectToRoll", {"objection": str(objection_id), "asks": asks})
        return objection_id, False


async def decide_objection(
    actor: Actor, objection_id: UUID, *, upheld: bool, reason: str, remedy: Remedy | None = None
) -> UUID:
    """Uphold an objection, which changes the roll, or dismiss it; returns the poll's id.

    Raises ObjectionDecided, OwnObjection for who is concerned, and what the change raises.
    """
    require_text(reason, longest=200, path="reason")
    poll_id = await database.fetch_value(_POLL_OF, objection_id)
    if poll_id is None:
        raise NotFound(path=("input", "objectionId"))
    async with transaction():
        poll = await hold(actor, poll_id, "decideRollObjection")
        row = await database.fetch_one(_HELD, objection_id)
        assert row is not None, "an objection is never removed"
        if row["state"] != ObjectionState.OPEN:
            raise ObjectionDecided(path=("input", "objectionId"))
        if poll.state is not PollState.ROLL_PUBLISHED:
            raise ObjectionsOver(path=("input", "objectionId"))
        await _require_unconcerned(actor, poll_id, row, remedy)
        state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
        await database.execute(_DECIDE, objection_id, state, reason.strip(), actor.person_id)
        if upheld:
            await _uphold(poll, row, remedy or Remedy(), reason.strip())
        await outbox.record(RollObjectionDecided(poll_id, poll.area_path, objection_id))
        details = {"objection": str(objection_id), "state": state.value}
        await _told(actor, poll, "decideRollObjection", details)
    return UUID(str(poll_id))


async def tell_overdue_objection() -> UUID | None:
    """Say of one objection that it ought to have been decided; None where none is overdue.

    It can be decided still, and has to be before the roll is frozen.
    """
    async with transaction():
        row = await database.fetch_one(_TO_TELL_OVERDUE)
        if row is None:
            return None
        await database.execute(_OVERDUE, row["id"])
        await outbox.record(RollObjectionOverdue(row["poll_id"], row["area_path"], row["id"]))
        return UUID(str(row["id"]))


async def admit_voter(
    actor: Actor, poll_id: UUID, person_id: UUID, *, remedy: Remedy, reason: str
) -> None:
    """Admit somebody to a public roll, on a basis and for a reason."""
    require_text(reason, longest=200, path="reason")
    async with transaction():
        poll = await _hold_public(actor, poll_id, "admitVoter", person_id)
        await entries.admit(
            poll, procedure_of(poll), person_id, remedy=remedy, reason=reason.strip()
        )
        details = {"person": str(person_id), "basis": remedy.basis.value}
        await _told(actor, poll, "admitVoter", details)


async def strike_voter(actor: Actor, poll_id: UUID, person_id: UUID, *, reason: str) -> None:
    """Strike somebody off a public roll, for a reason that stays beside the name."""
    require_text(reason, longest=200, path="reason")
    async with transaction():
        poll = await _hold_public(actor, poll_id, "strikeVoter", person_id)
        await entries.strike(poll, person_id, reason=reason.strip())
        await _told(actor, poll, "strikeVoter", {"person": str(person_id)})


async def _hold_public(actor: Actor, poll_id: UUID, action: str, person_id: UUID) -> Poll:
    poll = await hold(actor, poll_id, action)
    # What conveners change can still be objected to.
    if not _is_public(poll, await clock.now()):
        raise ObjectionsOver(path=("input", "pollId"))
    if actor.person_id == person_id:
        raise EntryOwn(path=("input", "personId"))
    return poll


async def _uphold(poll: Poll, row: Row, remedy: Remedy, reason: str) -> None:
    procedure, about_id = procedure_of(poll), row["about_id"]
    match ObjectionAsks(row["asks"]):
        case ObjectionAsks.ADMIT:
            await entries.admit(poll, procedure, about_id, remedy=remedy, reason=reason)
        case ObjectionAsks.STRIKE:
            await entries.strike(poll, about_id, reason=reason)
        case ObjectionAsks.CORRECT:
            await entries.correct(poll, procedure, about_id, remedy=remedy, reason=reason)


async def _require_to_ask(poll: Poll, about_id: UUID, asks: ObjectionAsks) -> None:
    listed = await database.fetch_value(_STANDING, poll.id, about_id) == "admitted"
    if asks is not ObjectionAsks.ADMIT:
        if not listed:
            raise NotListed(path=("input", "personId"))
        return
    if listed:
        raise AlreadyListed(path=("input", "personId"))
    known = await electorate.known_in(poll.area_path, calendar.day_of(poll.opens_at), about_id)
    if known is None or not (known["was_ever_bound"] or known["represents"]):
        raise NotFound(path=("input", "personId"))


async def _require_unconcerned(
    actor: Actor, poll_id: UUID, row: Row, remedy: Remedy | None
) -> None:
    concerned = [row["by_id"], row["about_id"]]
    if remedy is not None and remedy.voter_id is not None:
        concerned.append(remedy.voter_id)
    if actor.person_id in concerned or await database.fetch_value(
        _CONCERNED, poll_id, actor.person_id, concerned
    ):
        raise OwnObjection(path=("input", "objectionId"))


def require_text(text: str, *, longest: int, path: str) -> None:
    """Refuse a public text that is empty, endless, or holds somebody's numbers."""
    if not 2 <= len(text.strip()) <= longest:
        raise InvalidInput(
            path=("input", path),
            zh=f"内容须为 2 至 {longest} 字。",
            en=f"This has 2 to {longest} characters.",
        )
    if holds_personal_numbers(text):
        raise NumbersInText(path=("input", path))


def _is_public(poll: Poll, now: datetime) -> bool:
    until = poll.objections_until
    return poll.state is PollState.ROLL_PUBLISHED and until is not None and now < until


async def _told(actor: Actor, poll: Poll, command: str, details: Mapping[str, Any]) -> None:
    place = await places.place_of(poll.area_id)
    assert place is not None, "a poll's area is never removed"
    await told(actor, poll.id, place.community_id, command, dict(details))
