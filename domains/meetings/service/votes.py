"""Votes on motions: those in favour, then those against, the chair last; ballots in the box.

The ballot box keeps roll, ballots, secrecy and count; here it is decided who is there, who
is called, and what follows. Opening, closing and what follows are one transaction each.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.meetings import policy
from domains.meetings.errors import MayNotVote, NotInSession, NotPresent
from domains.meetings.errors.motions import (
    CallNotOver,
    HandsCountedByTeller,
    NotCalled,
    VoteFormUnfit,
    VoteGoesOn,
    VoteOver,
)
from domains.meetings.events.motions import VoteEnded, VoteOpened
from domains.meetings.models import Meeting, Motion, Vote
from domains.meetings.policy.places import sees_meeting
from domains.meetings.queries import standings
from domains.meetings.rules import motions as rules
from domains.meetings.rules import votes as calls
from domains.meetings.service import effects, log, motions, order, room, vote_presence
from domains.meetings.values import LogKind, MeetingState
from domains.meetings.values.motions import MotionState, VoidReason, VoteCall, VoteForm, VoteState
from domains.voting import queries as ballots
from domains.voting.errors.sittings import SittingGoesOn
from domains.voting.service import sittings
from domains.voting.service.casting import CastReceipt
from domains.voting.service.sittings import Sitting
from domains.voting.values import Outcome, Secrecy, Stance

# The box stays open so much longer than a vote by consent, for the silence to be written down.
_CONSENT_GRACE_S = 3600
_MOST_HANDS = 500
_HOLD_SHARED = """
SELECT v.id, v.meeting_id, v.motion_id, v.poll_id, v.form, v.call, v.state, v.chair_id,
       m.state AS meeting_state
FROM meetings_vote v JOIN meetings_meeting m ON m.id = v.meeting_id
WHERE v.id = $1 FOR SHARE OF m
"""
_ON_SITE = """
SELECT count(*) FROM meetings_invitation
WHERE meeting_id = $1 AND person_id = ANY ($2) AND revoked_at IS NULL AND standing = 'present'
  AND votes AND check_in_method IN ('code', 'list')
"""
_OPEN = """
SELECT id, poll_id, entitled, closes_at <= kernel_now() AS due
FROM meetings_vote WHERE state = 'open' ORDER BY closes_at
"""
_TAKE = """
SELECT m.id FROM meetings_vote v JOIN meetings_meeting m ON m.id = v.meeting_id
WHERE v.id = $1 AND v.state = 'open' FOR UPDATE OF m SKIP LOCKED
"""


async def open_vote(actor: Actor, motion_id: UUID, form: VoteForm) -> UUID:
    """Put a motion to the vote of those who are present and decide; returns the vote.

    Raises QuorumNotMet, MotionMoved unless it is ready, FloorTaken, VoteFormUnfit.
    """
    async with transaction():
        meeting, motion = await motions.held(actor, motion_id, "openVote")
        room.require_in_session(meeting)
        standing = await order.open_vote_of(meeting)
        if standing is not None and (standing.motion_id, standing.form) == (motion_id, form):
            return standing.id
        stack = [order.standing(each) for each in await order.motions_before(meeting)]
        state = rules.put_to_vote(rules.require_immediate(stack, motion.id))
        await order.require_silence(meeting)
        if form not in order.motion_terms(meeting).kinds[motion.kind].forms:
            raise VoteFormUnfit(path=("input", "form"))
        quorum = await room.require_quorum(meeting)
        voters = await standings.voters_present(meeting.id)
        vote = await _opened(actor, meeting, motion, form=form, voters=voters)
        vote.present, vote.required = quorum.present, quorum.required
        await vote.save(force_create=True)
        motion.state = state
        motion.version += 1
        await motion.save()
        await log.append(
            meeting,
            LogKind.VOTE_OPENED,
            actor=actor,
            subject_id=vote.id,
            motion_id=str(motion.id),
            form=form.value,
            call=vote.call.value,
            present=quorum.present,
            required=quorum.required,
            entitled=vote.entitled,
        )
        await outbox.record(
            VoteOpened(vote.id, motion.id, meeting.id, vote.poll_id, meeting.area_path)
        )
        return vote.id


async def _opened(
    actor: Actor,
    meeting: Meeting,
    motion: Motion,
    *,
    form: VoteForm,
    voters: Sequence[UUID],
) -> Vote:
    terms = order.vote_terms(meeting)
    consent = form is VoteForm.UNANIMOUS_CONSENT
    ballot = order.motion_terms(meeting).kinds[motion.kind].ballot
    opened = await sittings.open_sitting(
        actor,
        meeting.area_id,
        Sitting(
            title=motion.title,
            body=motion.text,
            rule_code=terms.consent_ballot if consent else ballot,
            secrecy=Secrecy.SECRET if form is VoteForm.SECRET else Secrecy.OPEN,
            window_s=terms.window_s[form] + (_CONSENT_GRACE_S if consent else 0),
            voters=voters,
            subject=("motion", motion.id),
        ),
    )
    assert meeting.chair_id is not None, "a meeting in session has a chair"
    return Vote(
        id=database.new_id(),
        meeting_id=meeting.id,
        motion_id=motion.id,
        poll_id=opened.poll_id,
        form=form,
        call=calls.first_call(form),
        state=VoteState.OPEN,
        chair_id=meeting.chair_id,
        chair_votes=meeting.chair_id in voters,
        entitled=opened.roll_size,
        opened_at=opened.opened_at,
        closes_at=opened.opened_at + timedelta(seconds=terms.window_s[form]),
        least_until=opened.opened_at + timedelta(seconds=terms.least_s[form]),
    )


async def call_vote(actor: Actor, vote_id: UUID, call: VoteCall) -> UUID:
    """Call the next side: after those in favour those against, and the chair last.

    The same call twice is one. Raises CallNotOver for a call that is not the next, VoteOver.
    """
    async with transaction():
        meeting, vote = await held(actor, vote_id, "callVote")
        if vote.call is call:
            return meeting.id
        if calls.next_call(vote.call, chair_votes=vote.chair_votes) is not call:
            raise CallNotOver
        vote.call = call
        await vote.save()
        await log.append(
            meeting, LogKind.VOTE_CALLED, actor=actor, subject_id=vote.id, call=vote.call.value
        )
        return meeting.id


async def cast_vote(
    actor: Actor,
    vote_id: UUID,
    stance: Stance,
    *,
    idempotency_key: UUID,
    receipt: str | None = None,
) -> CastReceipt:
    """Vote, in the room and when called. Many do at once: they share the meeting's lock.

    A ballot that is in the box is answered again. Raises NotPresent for who is not in the
    room or has left it, MayNotVote, NotCalled, NotOnRoll for who came after the vote began,
    AlreadyVoted, VoteOver.
    """
    async with transaction():
        row = await database.fetch_one(_HOLD_SHARED, vote_id)
        if row is None:
            raise NotFound(path=("input", "voteId"))
        place = await standings.place_in(row["meeting_id"], actor.person_id)
        if place is None or not sees_meeting(actor, place):
            raise NotFound(path=("input", "voteId"))
        cast_before = (await ballots.my_ballots(actor, [row["poll_id"]]))[0]
        if cast_before is None:
            if not place.is_present:
                raise NotPresent
            require(policy.AUTHORITY, "castVote", actor, place)
            if not place.votes:
                raise MayNotVote
            _require_called(row, actor, stance)
        return await sittings.cast(
            actor, row["poll_id"], stance, idempotency_key=idempotency_key, receipt=receipt
        )


def _require_called(row: database.Row, actor: Actor, stance: Stance) -> None:
    if row["state"] != VoteState.OPEN:
        raise VoteOver(path=("input", "voteId"))
    if row["meeting_state"] != MeetingState.IN_SESSION:
        raise NotInSession(path=("input", "voteId"))
    is_chair = actor.person_id == row["chair_id"]
    if not calls.is_called(VoteCall(row["call"]), stance, is_chair=is_chair):
        raise NotCalled(path=("input", "stance"))


async def count_hands(
    actor: Actor,
    vote_id: UUID,
    stance: Stance,
    person_ids: Sequence[UUID],
    *,
    idempotency_key: UUID,
) -> int:
    """Enter the hands that a helper sees on site, at the call of their side; returns how many.

    Raises HandsCountedByTeller, NotCalled, AlreadyVoted: then none is entered.
    """
    people = list(dict.fromkeys(person_ids))
    if not 1 <= len(people) <= _MOST_HANDS:
        raise InvalidInput(
            path=("input", "personIds"),
            zh=f"每次登记 1 至 {_MOST_HANDS} 人。",
            en=f"1 to {_MOST_HANDS} hands are entered at a time.",
        )
    async with transaction():
        meeting, vote = await held(actor, vote_id, "countHands")
        room.require_in_session(meeting)
        by_hand = vote.form in {VoteForm.SHOW_OF_HANDS, VoteForm.ROLL_CALL}
        on_site = await database.fetch_value(_ON_SITE, meeting.id, people)
        if not by_hand or on_site != len(people):
            raise HandsCountedByTeller(path=("input", "personIds"))
        for person_id in people:
            is_chair = person_id == vote.chair_id
            if not calls.is_called(vote.call, stance, is_chair=is_chair):
                raise NotCalled(path=("input", "stance"))
        entered = await sittings.enter(actor, vote.poll_id, stance, people, key=idempotency_key)
        if entered:
            await log.append(
                meeting,
                LogKind.HANDS_COUNTED,
                actor=actor,
                subject_id=vote.id,
                stance=stance.value,
                count=entered,
            )
        return entered


async def end_vote(actor: Actor, vote_id: UUID) -> UUID:
    """End a vote from the chair, once both sides have been called, and announce it.

    What is over stays so. Raises CallNotOver, VoteGoesOn.
    """
    async with transaction():
        meeting, vote = await held(actor, vote_id, "endVote", over=True)
        if vote.state is not VoteState.OPEN:
            return meeting.id
        now = await clock.now()
        if now < vote.closes_at:
            if not calls.may_end(vote.call):
                raise CallNotOver
            if vote.opened_at <= now < vote.least_until:
                raise VoteGoesOn
        await conclude(actor, meeting, vote, due=True)
        await room.told(actor, meeting, "endVote")
        return meeting.id


async def end_due_vote() -> UUID | None:
    """End one vote whose time is over or in which all have voted; None where none is due."""
    async with transaction():
        found = await database.fetch(_OPEN)
        turnouts = await ballots.turnouts(SYSTEM, [row["poll_id"] for row in found])
        for row, turnout in zip(found, turnouts, strict=True):
            if not row["due"] and turnout < row["entitled"]:
                continue
            meeting_id = await database.fetch_value(_TAKE, row["id"])
            if meeting_id is None:
                continue
            vote = await Vote.get(id=row["id"])
            try:
                await conclude(SYSTEM, await Meeting.get(id=meeting_id), vote, due=row["due"])
            except SittingGoesOn:
                continue  # its rules let nothing but the clock end it
            return vote.id
        return None


async def held(
    actor: Actor, vote_id: UUID, action: str, *, over: bool = False
) -> tuple[Meeting, Vote]:
    """Lock the meeting of a vote, then read the vote as it is now; raises VoteOver."""
    found = await Vote.get_or_none(id=vote_id)
    if found is None:
        raise NotFound(path=("input", "voteId"))
    meeting = await room.hold(actor, found.meeting_id, action)
    vote = await Vote.get(id=vote_id)
    if vote.state is not VoteState.OPEN and not over:
        raise VoteOver(path=("input", "voteId"))
    return meeting, vote


async def conclude(actor: Actor, meeting: Meeting, vote: Vote, *, due: bool) -> None:
    """Close and count a vote of a held meeting, and let follow what follows.

    `due` is whether its time is over or the chair ends it; else all have voted.
    """
    await vote_presence.recheck(actor, meeting)
    vote = await Vote.get(id=vote.id)
    if vote.state is not VoteState.OPEN:
        return
    objected = False
    if vote.form is VoteForm.UNANIMOUS_CONSENT:
        objected = await sittings.turnout(vote.poll_id) > 0
        if not objected:
            there = await standings.voters_present(meeting.id)
            await sittings.consent(
                actor, vote.poll_id, present=there, key=uuid5(vote.id, "consent")
            )
    result = await sittings.end_sitting(vote.poll_id, by_chair=due)
    if result is None:
        await vote_presence.void(actor, meeting, vote, VoidReason.RULED_OUT)
        return
    got = await sittings.votes_of(vote.poll_id, result)
    vote.in_favour, vote.against = got[Stance.FOR], got[Stance.AGAINST]
    vote.silent = vote.entitled - vote.in_favour - vote.against
    carried = result.outcome is Outcome.PASSED
    vote.state = VoteState.CARRIED if carried else VoteState.LOST
    if objected:
        vote.state = VoteState.OBJECTED
    vote.ended_at = await clock.now()
    await vote.save()
    await _announce(actor, meeting, vote)


async def _announce(actor: Actor, meeting: Meeting, vote: Vote) -> None:
    motion = await Motion.get(id=vote.motion_id)
    await log.append(
        meeting,
        LogKind.VOTE_ENDED,
        actor=actor,
        subject_id=vote.id,
        motion_id=str(motion.id),
        state=vote.state.value,
        in_favour=vote.in_favour,
        against=vote.against,
        silent=vote.silent,
    )
    await outbox.record(VoteEnded(vote.id, motion.id, meeting.id, meeting.area_path))
    if vote.state is VoteState.OBJECTED:
        # Somebody wants a vote: the question stays ready for one.
        motion.state = MotionState.READY
        motion.version += 1
        await motion.save()
        return
    await effects.decide(actor, meeting, motion, carried=vote.state is VoteState.CARRIED)
