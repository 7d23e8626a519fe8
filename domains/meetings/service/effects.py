"""What follows when a motion is settled: texts amended, matters referred or put off, recess."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, outbox
from domains.kernel.actor import Actor
from domains.meetings.events.motions import MotionPostponed, MotionReferred, MotionSettled
from domains.meetings.models import AgendaItem, Body, Meeting, Motion
from domains.meetings.rules import differences, motions
from domains.meetings.rules.differences import Edit
from domains.meetings.rules.motions import Change
from domains.meetings.service import agenda, floor, floor_presence, log, order, room, sessions
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.values import AgendaItemKind, LogKind
from domains.meetings.values.motions import SETTLED, MotionKind, MotionState

_TOLD = {
    MotionState.CARRIED: LogKind.MOTION_CARRIED,
    MotionState.LOST: LogKind.MOTION_LOST,
    MotionState.TABLED: LogKind.MOTION_TABLED,
    MotionState.WITHDRAWN: LogKind.MOTION_WITHDRAWN,
    MotionState.READY: LogKind.MOTION_READY,
}


async def decide(actor: Actor, meeting: Meeting, motion: Motion, *, carried: bool) -> None:
    """Settle a motion as the meeting, or on a point of order the chair, has decided."""
    stack = [order.standing(each) for each in await order.motions_before(meeting)]
    await make(actor, meeting, motions.settled(stack, motion.id, carried=carried))
    if carried:
        await _follow(actor, meeting, motion)
    await floor.go_on(actor, meeting)


async def make(
    actor: Actor, meeting: Meeting, changes: Sequence[Change], *, reason: str | None = None
) -> None:
    """Write changes of the stack down; who waited to speak to what is settled waits no more."""
    now = await clock.now()
    changed = {each.id: each for each in await Motion.filter(id__in=[each.id for each in changes])}
    for change in changes:
        motion = changed[change.id]
        motion.state = change.state
        motion.version += 1
        number = await log.append(
            meeting,
            _TOLD[change.state],
            actor=actor,
            subject_id=motion.id,
            motion_kind=motion.kind.value,
            reason=reason,
        )
        if change.state in SETTLED:
            motion.settled_at, motion.settled_number = now, number
            motion.reason = reason
        await motion.save()
    await floor_presence.lapse(actor, meeting, changed)
    for motion in changed.values():
        if motion.state in SETTLED:
            await room.return_chair(meeting, motion.id, actor=actor)
            if motion.kind is MotionKind.MAIN:
                await outbox.record(
                    MotionSettled(motion.id, meeting.id, meeting.area_path, motion.state)
                )


async def _follow(actor: Actor, meeting: Meeting, motion: Motion) -> None:
    if motion.kind is MotionKind.AMENDMENT:
        await _amend(actor, meeting, motion)
    elif motion.kind is MotionKind.APPEAL:
        await _reverse(actor, meeting, motion)
    elif motion.kind is MotionKind.REFER:
        assert motion.body_id is not None, "who refers names the body"
        target_id, item_id = await _pass_on(actor, meeting, motion, body_id=motion.body_id)
        await outbox.record(
            MotionReferred(target_id, meeting.id, motion.body_id, item_id, meeting.area_path)
        )
    elif motion.kind is MotionKind.POSTPONE:
        assert motion.postponed_to is not None, "who postpones names the day"
        target_id, item_id = await _pass_on(actor, meeting, motion, body_id=meeting.body_id)
        until = motion.postponed_to.isoformat()
        await outbox.record(
            MotionPostponed(target_id, meeting.id, item_id, meeting.area_path, until)
        )
    elif motion.kind is MotionKind.RECESS:
        assert motion.recess_minutes is not None, "who moves a recess says how long"
        ends_at = await clock.now() + timedelta(minutes=motion.recess_minutes)
        await sessions.write_recess(actor, meeting, resumes_at=ends_at, reason=motion.title)


async def _pass_on(
    actor: Actor, meeting: Meeting, motion: Motion, *, body_id: UUID
) -> tuple[UUID, UUID]:
    """Let what was referred or postponed wait for a meeting of a body; returns motion and item."""
    target = await Motion.get(id=_target(motion))
    item = await AgendaItem.get_or_none(id=target.item_id)
    issue_id = item.issue_id if item else None
    if issue_id is not None and not await agenda.concerns(body_id, issue_id):
        issue_id = None
    waiting = await agenda.write_waiting(
        actor,
        await Body.get(id=body_id),
        ItemDraft(
            target.title,
            AgendaItemKind.DECIDE,
            target.text,
            issue_id=issue_id,
        ),
        not_before=motion.postponed_to,
    )
    await log.append(
        meeting,
        LogKind.MOTION_PASSED_ON,
        actor=actor,
        subject_id=target.id,
        item_id=str(waiting.id),
        body_id=str(body_id),
        until=motion.postponed_to.isoformat() if motion.postponed_to else None,
    )
    return target.id, waiting.id


async def _amend(actor: Actor, meeting: Meeting, amendment: Motion) -> None:
    """Put an adopted amendment into what it amends; an amendment's differences follow its text."""
    target = await Motion.get(id=_target(amendment))
    edits = [Edit(**each) for each in amendment.edits]
    target.text = differences.apply(target.text, edits)
    if target.kind is MotionKind.AMENDMENT:
        assert target.base_text is not None, "an amendment keeps what it was found in"
        target.edits = plain(differences.difference(target.base_text, target.text))
    target.version += 1
    await target.save()
    await log.append(
        meeting,
        LogKind.MOTION_AMENDED,
        actor=actor,
        subject_id=target.id,
        amendment_id=str(amendment.id),
        version=target.version,
    )


async def _reverse(actor: Actor, meeting: Meeting, appeal: Motion) -> None:
    point = await Motion.get(id=_target(appeal))
    point.reversed = True
    await point.save()
    await log.append(meeting, LogKind.RULING_REVERSED, actor=actor, subject_id=point.id)


def plain(edits: Sequence[Edit]) -> list[dict[str, int | str]]:
    """Return differences as they are kept."""
    return [
        {"start": each.start, "removed": each.removed, "inserted": each.inserted} for each in edits
    ]


def _target(motion: Motion) -> UUID:
    assert motion.target_id is not None, "this kind applies to a motion"
    return motion.target_id
