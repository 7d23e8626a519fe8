"""What coming and going do to a vote: for the room's own commands, which hold the meeting."""

from domains.kernel import clock, outbox
from domains.kernel.actor import Actor
from domains.meetings.errors.motions import VoteOpen
from domains.meetings.events.motions import VoteEnded
from domains.meetings.models import Meeting, Motion, Vote
from domains.meetings.service import log, order, room
from domains.meetings.values import LogKind
from domains.meetings.values.motions import MotionState, VoidReason, VoteState
from domains.voting.service import sittings

_REASONS = {
    VoidReason.QUORUM_LOST: "表决过程中到会人数不足法定人数,本次表决无效,须重新表决。",
    VoidReason.RULED_OUT: "本次表决已被撤销,须重新表决。",
}


async def recheck(actor: Actor, meeting: Meeting) -> None:
    """Void the vote that is being taken, if the quorum is lost: it is taken again.

    A vote whose time is over waits to be counted only: it had its quorum to the end.
    """
    vote = await order.open_vote_of(meeting)
    if vote is None or await clock.now() >= vote.closes_at:
        return
    quorum = await room.quorum_of(meeting)
    if not quorum.is_met:
        await void(actor, meeting, vote, VoidReason.QUORUM_LOST)


async def require_no_vote(meeting: Meeting) -> None:
    """Refuse while a vote is being taken."""
    if await order.open_vote_of(meeting) is not None:
        raise VoteOpen


async def void(actor: Actor, meeting: Meeting, vote: Vote, reason: VoidReason) -> None:
    """End a vote that does not stand; its motion is ready to be voted on again."""
    await sittings.void_sitting(actor, vote.poll_id, reason=_REASONS[reason])
    vote.state = VoteState.VOID
    vote.void_reason = reason
    vote.ended_at = await clock.now()
    await vote.save()
    motion = await Motion.get(id=vote.motion_id)
    motion.state = MotionState.READY
    motion.version += 1
    await motion.save()
    quorum = await room.quorum_of(meeting)
    await log.append(
        meeting,
        LogKind.VOTE_VOID,
        actor=actor,
        subject_id=vote.id,
        motion_id=str(motion.id),
        reason=reason.value,
        present=quorum.present,
        required=quorum.required,
    )
    await outbox.record(VoteEnded(vote.id, motion.id, meeting.id, meeting.area_path))
