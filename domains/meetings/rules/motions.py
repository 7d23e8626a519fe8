"""Motions under rules of order: which may be put when, what stands above what, what follows.

The stack of what is before the meeting has the main motion at its foot and the immediately
pending question on top; it alone may be spoken to and voted on. Each kind's rank, seconders
and debate are a rule set's; a kind is in order where it outranks the top. Amendments go two
deep. Pure: states in, states out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domains.meetings.errors.motions import (
    AmendmentTooDeep,
    DebateGoesOn,
    MotionMoved,
    MotionOutOfOrder,
    MotionPending,
    NotDebatable,
    NothingPending,
    NothingToAppeal,
    NotSeconded,
    NotYours,
    OwnMotion,
    WithdrawalRefused,
)
from domains.meetings.values.motions import (
    BEFORE_THE_MEETING,
    Interrupts,
    MotionKind,
    MotionState,
    VoteForm,
    Withdrawal,
)

MOST_DEEP = 2
_OPEN_TO_CHANGE = frozenset({MotionState.PENDING, MotionState.DEBATING})
_NOT_STATED = frozenset({MotionState.PROPOSED, MotionState.SECONDED})
# These dispose of the main motion, with all that hangs on it.
_DISPOSING = frozenset({MotionKind.REFER, MotionKind.POSTPONE})


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What a rule set says of a kind of motion.

    `ballot` names the ballot box's rules that count the vote, and so the majority needed.
    """

    rank: int
    seconders: int
    debatable: bool
    interrupts: frozenset[Interrupts]
    ballot: str
    forms: frozenset[VoteForm]


@dataclass(frozen=True, slots=True)
class MotionTerms:
    """What a rule set says of motions."""

    kinds: Mapping[MotionKind, KindTerms]
    withdrawal: Withdrawal
    most_characters: int

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "MotionTerms":
        """Read the terms from a rule set's part about motions."""
        return cls(
            kinds={kind: _terms(content["kinds"][kind.value]) for kind in MotionKind},
            withdrawal=Withdrawal(content["withdrawal"]),
            most_characters=int(content["mostCharacters"]),
        )


def _terms(kept: Mapping[str, Any]) -> KindTerms:
    return KindTerms(
        rank=int(kept["rank"]),
        seconders=int(kept["seconders"]),
        debatable=bool(kept["debatable"]),
        interrupts=frozenset(Interrupts(each) for each in kept["interrupts"]),
        ballot=str(kept["ballot"]),
        forms=frozenset(VoteForm(each) for each in kept["forms"]),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A motion on the stack, as the rules see it."""

    id: UUID
    kind: MotionKind
    state: MotionState
    proposer_id: UUID
    target_id: UUID | None = None
    depth: int = 0


Stack = Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Change:
    """A motion of the stack in its new state; where it is settled it is off the stack."""

    id: UUID
    state: MotionState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a motion that is in order goes: what it applies to, and how deep an amendment is."""

    target_id: UUID | None
    depth: int


def place(
    kind: MotionKind,
    stack: Stack,
    terms: MotionTerms,
    *,
    appealable: UUID | None = None,
    taken_back: UUID | None = None,
) -> Place:
    """Return what a new motion of the kind applies to, or refuse it as out of order.

    `appealable` is the point of order that was ruled on last, while an appeal may follow;
    `taken_back` the motion that leave to withdraw is asked for. Raises MotionPending,
    NothingPending, MotionOutOfOrder, AmendmentTooDeep, NotDebatable, NothingToAppeal.
    """
    top = stack[-1] if stack else None
    if kind is MotionKind.MAIN:
        if stack:
            raise MotionPending
        return Place(None, 0)
    if kind is MotionKind.APPEAL and appealable is None:
        raise NothingToAppeal
    if top is None:
        if kind in {MotionKind.POINT_OF_ORDER, MotionKind.APPEAL, MotionKind.RECESS}:
            return Place(appealable if kind is MotionKind.APPEAL else None, 0)
        raise NothingPending
    _require_rank(kind, top, terms)
    _require_moment(kind, top, terms)
    if kind in {MotionKind.POINT_OF_ORDER, MotionKind.RECESS}:
        return Place(None, 0)
    if kind is MotionKind.APPEAL:
        return Place(appealable, 0)
    if kind is MotionKind.WITHDRAWAL:
        return Place(stack[_place_of(stack, taken_back)].id, 0)
    return _subsidiary(kind, stack, top, terms)


def _require_rank(kind: MotionKind, top: Standing, terms: MotionTerms) -> None:
    ours, theirs = terms.kinds[kind].rank, terms.kinds[top.kind].rank
    twice_amended = kind is MotionKind.AMENDMENT and top.kind is MotionKind.AMENDMENT
    if ours < theirs or (ours == theirs and not twice_amended):
        raise MotionOutOfOrder


def _require_moment(kind: MotionKind, top: Standing, terms: MotionTerms) -> None:
    """Refuse what does not fit the state that the immediately pending question has."""
    interrupts = terms.kinds[kind].interrupts
    if top.state is MotionState.VOTING and Interrupts.VOTE not in interrupts:
        raise MotionOutOfOrder
    if top.state in _NOT_STATED and Interrupts.SPEECH not in interrupts:
        raise MotionOutOfOrder
    needs_debate = {MotionKind.AMENDMENT, MotionKind.CLOSE_DEBATE}
    if top.state is MotionState.READY and kind in needs_debate:
        debatable = terms.kinds[top.kind].debatable
        raise MotionOutOfOrder if debatable else NotDebatable


def _subsidiary(kind: MotionKind, stack: Stack, top: Standing, terms: MotionTerms) -> Place:
    if kind is MotionKind.AMENDMENT:
        if top.kind not in {MotionKind.MAIN, MotionKind.AMENDMENT}:
            raise MotionOutOfOrder
        if top.depth >= MOST_DEEP:
            raise AmendmentTooDeep
        return Place(top.id, top.depth + 1)
    if kind is MotionKind.CLOSE_DEBATE:
        if not terms.kinds[top.kind].debatable:
            raise NotDebatable
        return Place(top.id, 0)
    foot = stack[0]
    if foot.kind is not MotionKind.MAIN:
        raise NothingPending
    return Place(foot.id, 0)


def begun(kind: MotionKind, terms: MotionTerms) -> MotionState:
    """Return the state in which a motion begins: seconded, where it needs no seconder."""
    return MotionState.PROPOSED if terms.kinds[kind].seconders else MotionState.SECONDED


def seconded(motion: Standing, seconder_id: UUID, seconds: int, terms: MotionTerms) -> MotionState:
    """Return the state after one more seconder, the `seconds`-th; raises OwnMotion, MotionMoved."""
    if motion.state is not MotionState.PROPOSED:
        raise MotionMoved
    if seconder_id == motion.proposer_id:
        raise OwnMotion
    enough = seconds >= terms.kinds[motion.kind].seconders
    return MotionState.SECONDED if enough else MotionState.PROPOSED


def stated(motion: Standing, terms: MotionTerms) -> MotionState:
    """Return the state once the chair has put the question before the meeting.

    What is not debatable is ready for the vote at once; a point of order is not put but ruled
    on. Raises NotSeconded, MotionMoved.
    """
    if motion.kind is MotionKind.POINT_OF_ORDER:
        raise MotionMoved
    if motion.state is MotionState.PROPOSED:
        raise NotSeconded
    if motion.state is not MotionState.SECONDED:
        raise MotionMoved
    debatable = terms.kinds[motion.kind].debatable
    return MotionState.PENDING if debatable else MotionState.READY


def require_immediate(stack: Stack, motion_id: UUID) -> Standing:
    """Return the motion if it is the immediately pending question; raises MotionOutOfOrder."""
    if not stack or stack[-1].id != motion_id:
        raise MotionOutOfOrder
    return stack[-1]


def readied(motion: Standing, *, waiting: int) -> MotionState:
    """Return the state once debate is exhausted: nobody speaks, nobody who may speak waits.

    Raises MotionMoved, DebateGoesOn.
    """
    if motion.state not in _OPEN_TO_CHANGE:
        raise MotionMoved
    if waiting:
        raise DebateGoesOn(waiting=waiting)
    return MotionState.READY


def put_to_vote(motion: Standing) -> MotionState:
    """Return the state once the vote has begun; raises MotionMoved."""
    if motion.state is not MotionState.READY or motion.kind is MotionKind.POINT_OF_ORDER:
        raise MotionMoved
    return MotionState.VOTING


def settled(stack: Stack, motion_id: UUID, *, carried: bool) -> list[Change]:
    """Return what changes on the stack once a motion is decided, the motion itself first.

    Referring and postponing table the main motion with all that hangs on it; leave to
    withdraw takes it back; closing debate makes what lies below ready.
    """
    at = _place_of(stack, motion_id)
    motion = stack[at]
    state = MotionState.CARRIED if carried else MotionState.LOST
    changes = [Change(motion_id, state)]
    below = list(stack[:at])
    if not carried:
        return changes
    if motion.kind is MotionKind.CLOSE_DEBATE:
        return [*changes, Change(below[-1].id, MotionState.READY)]
    if motion.kind in _DISPOSING:
        return [*changes, *(Change(each.id, MotionState.TABLED) for each in below)]
    if motion.kind is MotionKind.WITHDRAWAL:
        taken_back = below[_place_of(below, motion.target_id) :]
        return [*changes, *(Change(each.id, MotionState.WITHDRAWN) for each in taken_back)]
    return changes


def after(stack: Stack, changes: Sequence[Change]) -> list[Standing]:
    """Return the stack with the changes made: what is settled has left it."""
    states = {each.id: each.state for each in changes}
    live = _NOT_STATED | BEFORE_THE_MEETING | {MotionState.VOTING}
    moved = [replace(each, state=states.get(each.id, each.state)) for each in stack]
    return [each for each in moved if each.state in live]


def withdrawn(
    stack: Stack, motion_id: UUID, person_id: UUID, terms: MotionTerms
) -> list[Change] | None:
    """Return what changes where a proposer takes a motion back; None: the meeting has to be asked.

    Before the chair has put it to the meeting it is the proposer's alone; after that the
    rules say whose it is, and while it is voted on it is nobody's. What hangs on it falls.
    Raises NotYours, MotionMoved, WithdrawalRefused, MotionOutOfOrder.
    """
    at = _place_of(stack, motion_id)
    motion = stack[at]
    if motion.proposer_id != person_id:
        raise NotYours
    if any(each.state is MotionState.VOTING for each in stack[at:]):
        raise MotionMoved
    if motion.state not in _NOT_STATED and terms.withdrawal is not Withdrawal.PROPOSER:
        if terms.withdrawal is Withdrawal.NEVER:
            raise WithdrawalRefused
        return None
    return [Change(each.id, MotionState.WITHDRAWN) for each in stack[at:]]


def _place_of(stack: Stack, motion_id: UUID | None) -> int:
    found = next((at for at, each in enumerate(stack) if each.id == motion_id), None)
    if found is None:
        raise MotionMoved
    return found
