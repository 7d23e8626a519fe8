"""Motions for tests, moved by the product's own commands."""

from uuid import UUID, uuid4

from domains.kernel.actor import Actor
from domains.meetings.models import Motion, Vote
from domains.meetings.service import motions, votes
from domains.meetings.service.motions import MotionDraft
from domains.meetings.values.motions import MotionKind, VoteCall, VoteForm
from domains.voting.values import Stance
from tests.meetings.factories import Room

TEXT = "广场舞队自四月一日起迁往九龙湖公园,每晚八点半结束,音量不超过60分贝。"


async def a_motion(
    room: Room,
    *,
    by: Actor | None = None,
    kind: MotionKind = MotionKind.MAIN,
    title: str = "广场舞队迁往九龙湖公园",
    text: str = TEXT,
    **more: object,
) -> UUID:
    """A motion that has just been moved."""
    draft = MotionDraft(kind=kind, title=title, text=text, **more)
    motion_id, _ = await motions.propose(
        by or room.members[0], room.meeting_id, draft, idempotency_key=uuid4()
    )
    return motion_id


async def a_stated_motion(room: Room, **more: object) -> UUID:
    """A motion that is seconded by the second member and put before the meeting."""
    motion_id = await a_motion(room, **more)
    motion = await Motion.get(id=motion_id)
    if motion.state.value == "proposed":
        await motions.second(room.members[1], motion_id)
    await motions.state_motion(room.chair, motion_id)
    return motion_id


async def a_ready_motion(room: Room, **more: object) -> UUID:
    """A motion that waits for its vote."""
    motion_id = await a_stated_motion(room, **more)
    motion = await Motion.get(id=motion_id)
    if motion.state.value != "ready":
        await motions.declare_ready(room.chair, motion_id)
    return motion_id


async def an_open_vote(
    room: Room, motion_id: UUID | None = None, form: VoteForm = VoteForm.ROLL_CALL
) -> UUID:
    """A vote that has just begun."""
    return await votes.open_vote(room.chair, motion_id or await a_ready_motion(room), form)


async def cast(actor: Actor, vote_id: UUID, stance: Stance) -> str | None:
    """Cast a ballot; returns its receipt where it has one."""
    receipt = await votes.cast_vote(actor, vote_id, stance, idempotency_key=uuid4())
    return receipt.receipt


async def decided(
    room: Room, motion_id: UUID, *, carried: bool = True, form: VoteForm = VoteForm.SHOW_OF_HANDS
) -> Vote:
    """Vote on a motion that is ready: all members one way, the chair silent."""
    vote_id = await an_open_vote(room, motion_id, form)
    if carried:
        for each in room.members:
            await cast(each, vote_id, Stance.FOR)
    if form is VoteForm.SHOW_OF_HANDS:
        await votes.call_vote(room.chair, vote_id, VoteCall.AGAINST)
    if not carried:
        for each in room.members:
            await cast(each, vote_id, Stance.AGAINST)
    await votes.end_vote(room.chair, vote_id)
    return await Vote.get(id=vote_id)
