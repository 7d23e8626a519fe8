"""Moving something, and dealing with what was moved. Each result is the motion or a refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import motions
from domains.meetings.service.motions import MotionDraft
from domains.meetings.values.motions import MotionKind
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.floor import Floor
from schema.meetings.motions import Motion
from schema.meetings.payloads import ARGUMENT, KEY, REPLAYED
from schema.membership.types import reloaded

OF_MOTION = "The motion."


@strawberry.input(description="Something that is moved.")
class ProposeMotionInput:
    """Of which kind, and what it says."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    kind: MotionKind = strawberry.field(description="What it asks for.")
    title: str = strawberry.field(description="What it is called, 2 to 120 characters.")
    text: str = strawberry.field(
        default="",
        description="What it says; of an amendment the whole text as it would be.",
    )
    body_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of REFER: to which body."
    )
    postponed_to: date | None = strawberry.field(
        default=None, description="Of POSTPONE: to which day, after today."
    )
    recess_minutes: int | None = strawberry.field(
        default=None, description="Of RECESS: for how long, 1 to 480 minutes."
    )
    idempotency_key: UUID = strawberry.field(description=KEY)

    def draft(self) -> MotionDraft:
        """Hand it to the domain."""
        return MotionDraft(
            kind=self.kind,
            title=self.title,
            text=self.text,
            body_id=node.decode_optional("body", self.body_id, path=("input", "bodyId")),
            postponed_to=self.postponed_to,
            recess_minutes=self.recess_minutes,
        )


@strawberry.input(description="A motion to stand behind.")
class SecondMotionInput:
    """Which."""

    motion_id: strawberry.ID = strawberry.field(description=OF_MOTION)


@strawberry.input(description="A motion to be put to the meeting.")
class StateMotionInput:
    """Which."""

    motion_id: strawberry.ID = strawberry.field(description=OF_MOTION)


@strawberry.input(description="A motion that nobody seconds.")
class DropMotionInput:
    """Which."""

    motion_id: strawberry.ID = strawberry.field(description=OF_MOTION)


@strawberry.input(description="One's own motion to be taken back.")
class WithdrawMotionInput:
    """Which."""

    motion_id: strawberry.ID = strawberry.field(description=OF_MOTION)


@strawberry.input(description="A debate that is over.")
class DeclareReadyInput:
    """Which."""

    motion_id: strawberry.ID = strawberry.field(description=OF_MOTION)


@strawberry.input(description="A ruling on a point of order.")
class RuleOnPointInput:
    """Whether it is right, and why."""

    motion_id: strawberry.ID = strawberry.field(description="The point of order.")
    well_taken: bool = strawberry.field(description="Whether the rules were not kept.")
    ruling: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")


@strawberry.type(description="The motion, and the floor, as they are now.")
class MotionPayload:
    """What changed."""

    motion: Motion = strawberry.field(description="The motion.")
    floor: Floor = strawberry.field(description="The floor.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


ProposeMotionResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("ProposeMotionResult", description="The motion, or why it is not in order."),
]
SecondMotionResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("SecondMotionResult", description="The motion, or why it is as it was."),
]
StateMotionResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("StateMotionResult", description="The motion, or why it is as it was."),
]
DropMotionResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("DropMotionResult", description="The motion, or why it stands."),
]
WithdrawMotionResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("WithdrawMotionResult", description="The motion, or why it stands."),
]
DeclareReadyResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("DeclareReadyResult", description="The motion, or why debate goes on."),
]
RuleOnPointResult = Annotated[
    MotionPayload | Refused,
    strawberry.union("RuleOnPointResult", description="The point, or why there is no ruling."),
]


async def _now(
    info: Info, motion_id: UUID, meeting_id: UUID, *, replayed: bool = False
) -> MotionPayload:
    motion = await reloaded(info, Motion.load, motion_id)
    floor = await Floor.load(info, meeting_id)
    assert motion is not None, "who deals with a motion sees it"
    assert floor is not None, "a meeting in session has a floor"
    return MotionPayload(motion=motion, floor=floor, replayed=replayed)


@strawberry.type
class MotionsMutation:
    """One thing at a time."""

    @strawberry.mutation(
        description="Move something. One main motion at a time; what ranks higher goes first."
    )
    async def propose_motion(
        self, info: Info, input: Annotated[ProposeMotionInput, ARGUMENT]
    ) -> ProposeMotionResult:
        """Move it."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        motion_id, replayed = await motions.propose(
            info.context.actor, meeting_id, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _now(info, motion_id, meeting_id, replayed=replayed)

    @strawberry.mutation(description="Stand behind somebody else's motion.")
    async def second_motion(
        self, info: Info, input: Annotated[SecondMotionInput, ARGUMENT]
    ) -> SecondMotionResult:
        """Second it."""
        motion_id = _motion(input.motion_id)
        return await _now(info, motion_id, await motions.second(info.context.actor, motion_id))

    @strawberry.mutation(
        description="Put a seconded motion before the meeting; what is not debatable is ready for"
        " its vote. For who has the chair."
    )
    async def state_motion(
        self, info: Info, input: Annotated[StateMotionInput, ARGUMENT]
    ) -> StateMotionResult:
        """State it."""
        motion_id = _motion(input.motion_id)
        return await _now(
            info, motion_id, await motions.state_motion(info.context.actor, motion_id)
        )

    @strawberry.mutation(
        description="Let a motion fall that nobody seconds. For who has the chair."
    )
    async def drop_motion(
        self, info: Info, input: Annotated[DropMotionInput, ARGUMENT]
    ) -> DropMotionResult:
        """Drop it."""
        motion_id = _motion(input.motion_id)
        return await _now(info, motion_id, await motions.drop(info.context.actor, motion_id))

    @strawberry.mutation(
        description="Take one's own motion back; where by the rules it belongs to the meeting by"
        " now, ask the meeting for leave."
    )
    async def withdraw_motion(
        self, info: Info, input: Annotated[WithdrawMotionInput, ARGUMENT]
    ) -> WithdrawMotionResult:
        """Take it back."""
        motion_id = _motion(input.motion_id)
        return await _now(info, motion_id, await motions.withdraw(info.context.actor, motion_id))

    @strawberry.mutation(
        description="End a debate in which nobody wants to speak who still may. For who has the"
        " chair."
    )
    async def declare_ready(
        self, info: Info, input: Annotated[DeclareReadyInput, ARGUMENT]
    ) -> DeclareReadyResult:
        """Make it ready for its vote."""
        motion_id = _motion(input.motion_id)
        return await _now(
            info, motion_id, await motions.declare_ready(info.context.actor, motion_id)
        )

    @strawberry.mutation(
        description="Rule on a point of order; it may be appealed at once. For who has the chair."
    )
    async def rule_on_point(
        self, info: Info, input: Annotated[RuleOnPointInput, ARGUMENT]
    ) -> RuleOnPointResult:
        """Rule."""
        motion_id = _motion(input.motion_id)
        meeting_id = await motions.rule_on_point(
            info.context.actor, motion_id, well_taken=input.well_taken, ruling=input.ruling
        )
        return await _now(info, motion_id, meeting_id)


def _motion(text: str) -> UUID:
    return node.decode("motion", text, path=("input", "motionId"))
