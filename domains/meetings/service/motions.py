"""Motions: moved, seconded, put to the meeting, made ready, taken back, ruled on."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.meetings.errors.floor import ChairSpeaks, FloorTaken
from domains.meetings.errors.motions import AmendmentEmpty, MotionMoved
from domains.meetings.models import Body, Meeting, Motion, Seconding, SpeakingRequest
from domains.meetings.rules import differences, lines, texts
from domains.meetings.rules import floor as floor_rules
from domains.meetings.rules import motions as rules
from domains.meetings.rules.motions import Change, Place
from domains.meetings.service import effects, floor, log, order, room
from domains.meetings.values import LogKind
from domains.meetings.values.floor import SpeakingSide, SpeechEnd
from domains.meetings.values.motions import SETTLED, Interrupts, MotionKind, MotionState

LONGEST_RECESS = 480
_SECOND = """
INSERT INTO meetings_seconding (id, motion_id, person_id, at) VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (motion_id, person_id) DO NOTHING
"""
# An appeal follows a ruling at once: nothing has been moved and nobody called since.
_APPEALABLE = """
SELECT p.id FROM meetings_motion p
WHERE p.meeting_id = $1 AND p.kind = 'point_of_order' AND p.ruling IS NOT NULL
  AND NOT EXISTS (SELECT FROM meetings_motion m
                  WHERE m.meeting_id = $1 AND (m.number > p.settled_number OR m.target_id = p.id))
  AND NOT EXISTS (SELECT FROM meetings_request r
                  WHERE r.meeting_id = $1 AND r.call_number > p.settled_number)
ORDER BY p.settled_number DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class MotionDraft:
    """A motion as its proposer writes it; an amendment's text is the whole text as amended."""

    kind: MotionKind
    title: str
    text: str = ""
    body_id: UUID | None = None
    postponed_to: date | None = None
    recess_minutes: int | None = None


async def propose(
    actor: Actor, meeting_id: UUID, draft: MotionDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Move something; returns its id and whether this was a replay.

    Raises MotionPending, MotionOutOfOrder and what else the rules of order refuse, FloorTaken
    where somebody else speaks, ItemNotAnnounced outside the published agenda, ChairSpeaks.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "proposeMotion")
        given = {"meeting": meeting_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "proposeMotion", given)
        if earlier is not None:
            return UUID(earlier["motion"]), True
        room.require_in_session(meeting)
        await _require_mover(actor, meeting, draft.kind)
        motion = await _put_on_stack(actor, meeting, draft)
        stack = await order.motions_before(meeting)
        await order.bind_chair(meeting, actor.person_id, stack[0].id)
        await idempotency.settle(actor, idempotency_key, {"motion": str(motion.id)})
        return motion.id, False


async def second(actor: Actor, motion_id: UUID) -> UUID:
    """Stand behind somebody else's motion; twice is once. Raises OwnMotion, MotionMoved."""
    async with transaction():
        meeting, motion = await held(actor, motion_id, "secondMotion")
        await room.require_voter(meeting, actor.person_id)
        _require_neutral(actor, meeting)
        await _require_immediate(meeting, motion)
        assert actor.person_id is not None, "who decides is somebody"
        written = await database.execute(_SECOND, database.new_id(), motion.id, actor.person_id)
        if not written:
            return meeting.id
        seconds = await Seconding.filter(motion_id=motion.id).count()
        state = rules.seconded(
            order.standing(motion), actor.person_id, seconds, order.motion_terms(meeting)
        )
        await log.append(
            meeting,
            LogKind.MOTION_SECONDED,
            actor=actor,
            subject_id=motion.id,
            person_id=actor.person_id,
        )
        await _moved(motion, state)
        return meeting.id


async def state_motion(actor: Actor, motion_id: UUID) -> UUID:
    """Put a seconded motion before the meeting; what is not debatable is ready for the vote."""
    async with transaction():
        meeting, motion = await held(actor, motion_id, "stateMotion")
        if motion.stated_at is not None:
            return meeting.id
        await _require_immediate(meeting, motion)
        state = rules.stated(order.standing(motion), order.motion_terms(meeting))
        motion.stated_at = await clock.now()
        await _moved(motion, state)
        await log.append(
            meeting, LogKind.MOTION_STATED, actor=actor, subject_id=motion.id, state=state.value
        )
        return meeting.id


async def drop(actor: Actor, motion_id: UUID) -> UUID:
    """Let a motion fall that nobody seconds; raises MotionMoved once it has its seconders."""
    async with transaction():
        meeting, motion = await held(actor, motion_id, "dropMotion", also={MotionState.LOST})
        if motion.state is MotionState.LOST:
            return meeting.id
        await _require_immediate(meeting, motion)
        unseconded = motion.state is MotionState.PROPOSED
        if not unseconded or motion.kind is MotionKind.POINT_OF_ORDER:
            raise MotionMoved(path=("input", "motionId"))
        await log.append(meeting, LogKind.MOTION_DROPPED, actor=actor, subject_id=motion.id)
        await effects.make(actor, meeting, [Change(motion.id, MotionState.LOST)], reason="无人附议")
        await floor.go_on(actor, meeting)
        return meeting.id


async def withdraw(actor: Actor, motion_id: UUID) -> UUID:
    """Take one's motion back, or where it belongs to the meeting, ask it for leave.

    Raises NotYours, MotionMoved, WithdrawalRefused, MotionOutOfOrder, FloorTaken.
    """
    async with transaction():
        withdrawn = {MotionState.WITHDRAWN}
        meeting, motion = await held(actor, motion_id, "withdrawMotion", also=withdrawn)
        if motion.state in withdrawn:
            return meeting.id
        room.require_in_session(meeting)
        await room.require_present(meeting, actor.person_id)
        stack = [order.standing(each) for each in await order.motions_before(meeting)]
        assert actor.person_id is not None, "who is present is somebody"
        terms = order.motion_terms(meeting)
        changes = rules.withdrawn(stack, motion.id, actor.person_id, terms)
        await order.require_silence(meeting, but=actor.person_id)
        if changes is None:
            draft = MotionDraft(MotionKind.WITHDRAWAL, f"撤回动议:{motion.title}"[:120])
            await _put_on_stack(actor, meeting, draft, taken_back=motion.id)
        else:
            await effects.make(actor, meeting, changes)
            await floor.go_on(actor, meeting)
        return meeting.id


async def declare_ready(actor: Actor, motion_id: UUID) -> UUID:
    """End a debate in which nobody who may still speak wants to; raises DebateGoesOn."""
    async with transaction():
        meeting, motion = await held(actor, motion_id, "declareReady")
        if motion.state is MotionState.READY:
            return meeting.id
        room.require_in_session(meeting)
        await _require_immediate(meeting, motion)
        state = rules.readied(order.standing(motion), waiting=await _wanting(meeting, motion))
        await effects.make(actor, meeting, [Change(motion.id, state)])
        return meeting.id


async def rule_on_point(actor: Actor, motion_id: UUID, *, well_taken: bool, ruling: str) -> UUID:
    """Rule on a point of order, with a reason that all can read; who was interrupted goes on."""
    said = lines.line(ruling, path=("input", "ruling"), longest=500, least=2)
    async with transaction():
        meeting, motion = await held(actor, motion_id, "ruleOnPoint", also=SETTLED)
        if motion.ruling is not None:
            return meeting.id
        if motion.state in SETTLED or motion.kind is not MotionKind.POINT_OF_ORDER:
            raise MotionMoved(path=("input", "motionId"))
        motion.ruling = said
        await motion.save(update_fields=["ruling"])
        await log.append(
            meeting,
            LogKind.POINT_RULED,
            actor=actor,
            subject_id=motion.id,
            well_taken=well_taken,
        )
        await effects.decide(actor, meeting, motion, carried=well_taken)
        await room.told(actor, meeting, "ruleOnPoint", well_taken=well_taken)
        return meeting.id


async def held(
    actor: Actor, motion_id: UUID, action: str, *, also: Collection[MotionState] = ()
) -> tuple[Meeting, Motion]:
    """Lock the meeting of a motion, then read the motion as it is now.

    `also` are states in which what is asked has been done. Raises MotionMoved where it is settled.
    """
    found = await Motion.get_or_none(id=motion_id)
    if found is None:
        raise NotFound(path=("input", "motionId"))
    meeting = await room.hold(actor, found.meeting_id, action)
    motion = await Motion.get(id=motion_id)
    if motion.state in SETTLED and motion.state not in also:
        raise MotionMoved(path=("input", "motionId"))
    return meeting, motion


async def _require_mover(actor: Actor, meeting: Meeting, kind: MotionKind) -> None:
    if kind is MotionKind.POINT_OF_ORDER:
        await room.require_present(meeting, actor.person_id)
    else:
        await room.require_voter(meeting, actor.person_id)
    if kind is MotionKind.WITHDRAWAL:
        raise InvalidInput(
            path=("input", "kind"),
            zh="撤回动议请使用“撤回”。",
            en="Who takes a motion back withdraws it.",
        )
    _require_neutral(actor, meeting)
    if Interrupts.SPEECH not in order.motion_terms(meeting).kinds[kind].interrupts:
        await order.require_silence(meeting, but=actor.person_id)


def _require_neutral(actor: Actor, meeting: Meeting) -> None:
    if actor.person_id == meeting.chair_id:
        raise ChairSpeaks


async def _put_on_stack(
    actor: Actor, meeting: Meeting, draft: MotionDraft, *, taken_back: UUID | None = None
) -> Motion:
    terms = order.motion_terms(meeting)
    before = await order.motions_before(meeting)
    place = rules.place(
        draft.kind,
        [order.standing(each) for each in before],
        terms,
        appealable=await database.fetch_value(_APPEALABLE, meeting.id),
        taken_back=taken_back,
    )
    item_id = meeting.current_item_id
    if draft.kind is MotionKind.MAIN:
        item_id = (await room.require_decidable(meeting, item_id)).id
    content = await _content(meeting, draft, place, most=terms.most_characters)
    motion_id = database.new_id()
    number = await log.append(
        meeting,
        LogKind.MOTION_PROPOSED,
        actor=actor,
        subject_id=motion_id,
        person_id=actor.person_id,
        motion_kind=draft.kind.value,
        target_id=str(place.target_id) if place.target_id else None,
        title=content["title"],
    )
    motion = await Motion.create(
        id=motion_id,
        meeting_id=meeting.id,
        item_id=item_id,
        kind=draft.kind,
        state=rules.begun(draft.kind, terms),
        number=number,
        depth=place.depth,
        target_id=place.target_id,
        proposer_id=actor.person_id,
        proposed_at=await clock.now(),
        **content,
    )
    if draft.kind is MotionKind.POINT_OF_ORDER:
        await _break_in(actor, meeting)
    return motion


async def _break_in(actor: Actor, meeting: Meeting) -> None:
    """Let who speaks wait for the ruling; who was called to make the point has made it."""
    speech = await order.speaker_of(meeting)
    if speech is None:
        return
    if speech.side is not SpeakingSide.POINT_OF_ORDER:
        await floor.interrupt(actor, meeting)
    elif speech.person_id == actor.person_id:
        await floor.ended(actor, meeting, speech, SpeechEnd.FINISHED)
    else:
        raise FloorTaken


async def _content(
    meeting: Meeting, draft: MotionDraft, place: Place, *, most: int
) -> dict[str, Any]:
    title, text = _texts(draft, most=most)
    await _require_figures(meeting, draft)
    content: dict[str, Any] = {
        "title": title,
        "text": text,
        "moved_text": text,
        "body_id": draft.body_id,
        "postponed_to": draft.postponed_to,
        "recess_minutes": draft.recess_minutes,
    }
    if draft.kind is MotionKind.AMENDMENT:
        target = await Motion.get(id=place.target_id)
        edits = differences.difference(target.text, text)
        if not edits:
            raise AmendmentEmpty(path=("input", "text"))
        content |= {"base_text": target.text, "edits": effects.plain(edits)}
    return content


def _texts(draft: MotionDraft, *, most: int) -> tuple[str, str]:
    """Return title and text, plain; a main motion and an amendment say something."""
    title = lines.line(draft.title, path=("input", "title"), longest=120, least=2)
    if draft.kind in {MotionKind.MAIN, MotionKind.AMENDMENT}:
        return title, texts.required(draft.text, path=("input", "text"), longest=most, least=2)
    return title, texts.optional(draft.text, path=("input", "text"), longest=most)


async def _require_figures(meeting: Meeting, draft: MotionDraft) -> None:
    """Refuse a referral without a body, a postponement without a day, a recess without an end."""
    wanted = {
        "bodyId": (MotionKind.REFER, draft.body_id),
        "postponedTo": (MotionKind.POSTPONE, draft.postponed_to),
        "recessMinutes": (MotionKind.RECESS, draft.recess_minutes),
    }
    for name, (kind, value) in wanted.items():
        if (draft.kind is kind) is (value is None):
            raise InvalidInput(
                path=("input", name),
                zh="该类动议须且只须写明此项。",
                en="This is told of motions of this kind, and of no other.",
            )
    if draft.body_id is not None:
        body = await Body.get_or_none(id=draft.body_id, dissolved_at=None)
        if body is None or not _near(body.area_path, meeting.area_path):
            raise NotFound(path=("input", "bodyId"))
    if draft.postponed_to is not None and draft.postponed_to <= await clock.today():
        raise InvalidInput(
            path=("input", "postponedTo"),
            zh="须推迟到今天之后。",
            en="A matter is postponed to a day after today.",
        )
    minutes = draft.recess_minutes
    if minutes is not None and not 1 <= minutes <= LONGEST_RECESS:
        raise InvalidInput(
            path=("input", "recessMinutes"),
            zh=f"休会须为 1 至 {LONGEST_RECESS} 分钟。",
            en=f"A recess lasts 1 to {LONGEST_RECESS} minutes.",
        )


def _near(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


async def _require_immediate(meeting: Meeting, motion: Motion) -> None:
    stack = [order.standing(each) for each in await order.motions_before(meeting)]
    rules.require_immediate(stack, motion.id)


async def _wanting(meeting: Meeting, motion: Motion) -> int:
    """Count who speaks, and who may still speak to the motion and waits to."""
    speaking = await SpeakingRequest.filter(
        meeting_id=meeting.id, state__in=["speaking", "interrupted"]
    ).count()
    listed = floor_rules.order(
        await order.hands_up(meeting, motion.id),
        await order.said_of(motion.id),
        order.floor_terms(meeting),
    )
    return speaking + len(listed)


async def _moved(motion: Motion, state: MotionState) -> None:
    motion.state = state
    motion.version += 1
    await motion.save()
