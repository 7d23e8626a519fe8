"""Publishing a poll: review, the roll made public and frozen, or the poll cancelled."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domains.kernel import calendar, clock, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import fetch_one, fetch_value, transaction
from domains.kernel.errors import InvalidInput
from domains.kernel.rules import RuleSet, Threshold, freeze, thaw
from domains.membership.queries import places
from domains.voting.errors import (
    NoticeTooShort,
    NotUnderReview,
    OwnReview,
    PollNotDraft,
    PollOver,
    ReviewRequired,
    WindowPast,
)
from domains.voting.events import PollCancelled, PollPublished, RollPublished
from domains.voting.models import Poll
from domains.voting.rules.procedure import Procedure
from domains.voting.service import entries, rolls, slates, staging
from domains.voting.service.polls import hold, require_quorum, told
from domains.voting.values import PollMethod, PollState, Secrecy

_LONG_MS = 60_000
_UNDISPUTED = """
SELECT p.id FROM voting_poll p
WHERE p.state = 'roll_published' AND p.objections_until <= kernel_now()
  AND NOT EXISTS (
    SELECT FROM voting_roll_objection o WHERE o.poll_id = p.id AND o.state = 'open')
  AND (p.nominations_until IS NULL OR p.nominations_until <= kernel_now()
       AND NOT EXISTS (
         SELECT FROM voting_candidate c WHERE c.poll_id = p.id AND c.state = 'nominated')
       AND p.least_candidates <= (
         SELECT count(*) FROM voting_candidate c
         JOIN voting_roll_entry r ON r.poll_id = c.poll_id AND r.voter_id = c.person_id
         WHERE c.poll_id = p.id AND c.state = 'standing' AND r.standing = 'admitted'))
"""
_TO_FREEZE = f"{_UNDISPUTED} ORDER BY p.objections_until LIMIT 1 FOR UPDATE OF p SKIP LOCKED"
# Asked again under the lock: an objection of the last instant may have committed just now.
_STILL_UNDISPUTED = f"{_UNDISPUTED} AND p.id = $1"


async def submit_poll(actor: Actor, poll_id: UUID) -> None:
    """Hand a draft in to be looked through by somebody else."""
    async with transaction():
        poll = await hold(actor, poll_id, "submitPoll")
        if poll.state is not PollState.DRAFT:
            raise PollNotDraft
        poll.state = PollState.UNDER_REVIEW
        poll.submitted_at = await clock.now()
        await _moved(actor, poll, "submitPoll")


async def return_poll(actor: Actor, poll_id: UUID, *, reason: str) -> None:
    """Give a poll under review back to its author, with a reason."""
    require_reason(reason)
    async with transaction():
        poll = await hold(actor, poll_id, "returnPoll")
        _require_reviewable(actor, poll)
        poll.state = PollState.DRAFT
        poll.submitted_at = None
        await _moved(actor, poll, "returnPoll")


async def publish_poll(actor: Actor, poll_id: UUID, *, listed: Sequence[UUID] = ()) -> None:
    """Freeze the rules and build the roll; where the rules say so, make it public first.

    Published twice is once. A poll whose rules want a review is published by who looked
    through it. Raises RollEmpty, AreasMissing, WindowPast, NoticeTooShort.
    """
    async with transaction(timeout_ms=_LONG_MS):
        poll = await hold(actor, poll_id, "publishPoll")
        if poll.state in {PollState.ROLL_FROZEN, PollState.ROLL_PUBLISHED}:
            return
        now = await clock.now()
        place = await places.place_of(poll.area_id)
        assert place is not None, "a poll's area is never removed"
        opening = max(poll.opens_at, now).astimezone(clock.SHANGHAI).date()
        rule_set = await rulesets.in_force(poll.rule_code, on=opening, community=place.community_id)
        procedure = Procedure.of(rule_set)
        _require_publishable(actor, poll, procedure)
        _require_time(poll, procedure, now)
        poll.roll_size = await rolls.build(
            poll_id,
            procedure.electorate,
            area_path=poll.area_path,
            on=opening,
            least_age=procedure.least_age,
            listed=listed,
        )
        if procedure.roll is not None and procedure.roll.one_place:
            poll.roll_size = await entries.leave_out_elsewhere(poll_id)
        poll.frozen_rules = freeze(_with_quorum(rule_set, procedure, poll.quorum_override))
        if procedure.roll is None:
            await freeze_roll(poll, now)
        else:
            poll.state = PollState.ROLL_PUBLISHED
            poll.roll_published_at = now
            poll.objections_until = calendar.deadline(now, procedure.roll.objection).at
            poll.roll_reminded_at = None
            if procedure.election is not None and poll.method is PollMethod.ELECTION:
                nomination = procedure.election.nomination or procedure.roll.objection
                poll.nominations_until = calendar.deadline(now, nomination).at
                poll.least_candidates = procedure.election.least_candidates(poll.seats)
            await outbox.record(RollPublished(poll_id, poll.area_path))
        await _moved(actor, poll, "publishPoll")


async def freeze_due_roll() -> UUID | None:
    """Freeze one public roll whose days for objections are over and which none is open against."""
    async with transaction(timeout_ms=_LONG_MS):
        row = await fetch_one(_TO_FREEZE)
        if row is None or await fetch_one(_STILL_UNDISPUTED, row["id"]) is None:
            return None
        poll = await Poll.get(id=row["id"])
        await freeze_roll(poll, await clock.now())
        await _moved(SYSTEM, poll, "freezeRoll")
        return poll.id


async def cancel_poll(actor: Actor, poll_id: UUID, *, reason: str) -> None:
    """End a poll without a count, for a reason that all can read; what was cast is not counted.

    Raises PollOver once it has closed.
    """
    require_reason(reason)
    async with transaction():
        poll = await hold(actor, poll_id, "cancelPoll")
        if poll.state not in _CANCELLABLE:
            raise PollOver
        now = await clock.now()
        published = poll.state in {PollState.ROLL_FROZEN, PollState.OPEN}
        if published and poll.closes_at <= now:
            raise PollOver
        await staging.exclude_casting(poll_id)
        if poll.secrecy is Secrecy.SECRET:
            await staging.destroy(poll_id)
        poll.state = PollState.CANCELLED
        poll.cancelled_at = now
        poll.cancel_reason = reason.strip()
        await outbox.record(PollCancelled(poll_id, poll.area_path))
        await _moved(actor, poll, "cancelPoll")


_CANCELLABLE = frozenset(
    {
        PollState.DRAFT,
        PollState.UNDER_REVIEW,
        PollState.ROLL_PUBLISHED,
        PollState.ROLL_FROZEN,
        PollState.OPEN,
    }
)


def require_reason(reason: str) -> None:
    """Refuse an empty or endless reason."""
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(
            path=("input", "reason"),
            zh="理由须为 1 至 500 字。",
            en="A reason has 1 to 500 characters.",
        )


async def freeze_roll(poll: Poll, now: datetime) -> None:
    """Let the roll stand, and with it who stands for election; the caller saves the poll."""
    if poll.method is PollMethod.ELECTION:
        await slates.fix(poll)
    poll.roll_size, poll.roll_fingerprint = await rolls.fingerprint(poll.id)
    poll.state = PollState.ROLL_FROZEN
    poll.published_at = now
    if poll.secrecy is Secrecy.SECRET:
        await staging.prepare(poll.id)
    await outbox.record(PollPublished(poll.id, poll.area_path))


async def _moved(actor: Actor, poll: Poll, command: str) -> None:
    poll.version += 1
    await poll.save()
    community_id = await fetch_value(_COMMUNITY, poll.area_id)
    details = {"state": poll.state.value, "version": poll.version, "roll": poll.roll_size or 0}
    await told(actor, poll.id, community_id, command, details)


_COMMUNITY = """
SELECT c.id FROM membership_area a
JOIN membership_area c ON c.path = ANY (membership_prefixes(a.path)) AND c.kind = 'community'
WHERE a.id = $1
"""


def _require_reviewable(actor: Actor, poll: Poll) -> None:
    if poll.state is not PollState.UNDER_REVIEW:
        raise NotUnderReview
    if actor.person_id is not None and actor.person_id == poll.author_id:
        raise OwnReview


def _require_publishable(actor: Actor, poll: Poll, procedure: Procedure) -> None:
    if poll.state is PollState.UNDER_REVIEW:
        _require_reviewable(actor, poll)
    elif poll.state is not PollState.DRAFT:
        raise PollNotDraft
    elif procedure.reviewed:
        raise ReviewRequired


def _require_time(poll: Poll, procedure: Procedure, now: datetime) -> None:
    if poll.closes_at <= now:
        raise WindowPast(path=("input", "pollId"))
    ahead = [procedure.notice, procedure.roll.published if procedure.roll else None]
    earliest = max((calendar.deadline(now, each).at for each in ahead if each), default=now)
    if any(ahead) and poll.opens_at < earliest:
        local = earliest.astimezone(clock.SHANGHAI)
        raise NoticeTooShort(path=("input", "pollId"), earliest=f"{local:%Y-%m-%d %H:%M}")


def _with_quorum(
    rule_set: RuleSet, procedure: Procedure, override: Sequence[int] | None
) -> RuleSet:
    if override is None:
        return rule_set
    require_quorum(procedure, (override[0], override[1]))
    share = Threshold(override[0], override[1], inclusive=True).as_json()
    quorum = dict.fromkeys(rule_set.content["quorum"], share)
    return rulesets.with_content(rule_set, {"quorum": quorum})


def procedure_of(poll: Poll) -> Procedure:
    """Return the procedure that a published poll runs under."""
    return Procedure.of(thaw(poll.frozen_rules))
