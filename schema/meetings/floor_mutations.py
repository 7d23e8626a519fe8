"""Acting on the floor. Each result is the floor as it is now, or a refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import floor
from domains.meetings.values.floor import SpeakingSide
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.floor import Floor
from schema.meetings.payloads import ARGUMENT
from schema.membership.types import reloaded


@strawberry.input(description="A hand that goes up.")
class RaiseHandInput:
    """Where, and on which side."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    side: SpeakingSide = strawberry.field(description="For what.")


@strawberry.input(description="One's own hand that comes down.")
class WithdrawHandInput:
    """Which."""

    request_id: strawberry.ID = strawberry.field(description="The request to speak.")


@strawberry.input(description="Who gets the floor.")
class CallSpeakerInput:
    """The next by the rules, unless another is named with a reason."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    request_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Whom the chair means to call: refused where it is not the next any more.",
    )
    reason: str = strawberry.field(
        default="",
        description="Why before others, 200 characters; wanted where it is not the next.",
    )


@strawberry.input(description="One's own speech that is over.")
class EndSpeechInput:
    """Which."""

    request_id: strawberry.ID = strawberry.field(description="The speech.")


@strawberry.input(description="A speech that the chair stops.")
class StopSpeechInput:
    """Which."""

    request_id: strawberry.ID = strawberry.field(description="The speech.")


@strawberry.type(description="The floor as it is now.")
class FloorPayload:
    """What changed."""

    floor: Floor = strawberry.field(description="The floor.")


RaiseHandResult = Annotated[
    FloorPayload | Refused,
    strawberry.union("RaiseHandResult", description="The floor, or why the hand stays down."),
]
WithdrawHandResult = Annotated[
    FloorPayload | Refused,
    strawberry.union("WithdrawHandResult", description="The floor, or why the hand stays up."),
]
CallSpeakerResult = Annotated[
    FloorPayload | Refused,
    strawberry.union("CallSpeakerResult", description="The floor, or why nobody is called."),
]
EndSpeechResult = Annotated[
    FloorPayload | Refused,
    strawberry.union("EndSpeechResult", description="The floor, or why the speech goes on."),
]
StopSpeechResult = Annotated[
    FloorPayload | Refused,
    strawberry.union("StopSpeechResult", description="The floor, or why the speech goes on."),
]


async def _now(info: Info, meeting_id: UUID) -> FloorPayload:
    found = await reloaded(info, Floor.load, meeting_id)
    assert found is not None, "who acts on a floor sees it"
    return FloorPayload(floor=found)


@strawberry.type
class FloorMutation:
    """Asking for the floor, giving it, and keeping the time."""

    @strawberry.mutation(
        description="Ask to speak to what is before the meeting; the same hand twice is one."
    )
    async def raise_hand(
        self, info: Info, input: Annotated[RaiseHandInput, ARGUMENT]
    ) -> RaiseHandResult:
        """Raise it."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        await floor.raise_hand(info.context.actor, meeting_id, input.side)
        return await _now(info, meeting_id)

    @strawberry.mutation(description="Take one's hand down, before being called.")
    async def withdraw_hand(
        self, info: Info, input: Annotated[WithdrawHandInput, ARGUMENT]
    ) -> WithdrawHandResult:
        """Take it down."""
        return await _now(
            info, await floor.withdraw_hand(info.context.actor, _request(input.request_id))
        )

    @strawberry.mutation(
        description="Give the floor to who is next by the rules, or with a reason to another; a"
        " point of order interrupts. For who has the chair."
    )
    async def call_speaker(
        self, info: Info, input: Annotated[CallSpeakerInput, ARGUMENT]
    ) -> CallSpeakerResult:
        """Call them."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        named = None if input.request_id is None else _request(input.request_id)
        await floor.call_speaker(info.context.actor, meeting_id, named, reason=input.reason)
        return await _now(info, meeting_id)

    @strawberry.mutation(description="Say that one has finished.")
    async def end_speech(
        self, info: Info, input: Annotated[EndSpeechInput, ARGUMENT]
    ) -> EndSpeechResult:
        """End it."""
        return await _now(
            info, await floor.end_speech(info.context.actor, _request(input.request_id))
        )

    @strawberry.mutation(
        description="Stop a speech, when its time is up or it breaks the rules. For who has the"
        " chair."
    )
    async def stop_speech(
        self, info: Info, input: Annotated[StopSpeechInput, ARGUMENT]
    ) -> StopSpeechResult:
        """Stop it."""
        return await _now(
            info, await floor.stop_speech(info.context.actor, _request(input.request_id))
        )


def _request(text: str) -> UUID:
    return node.decode("speakingRequest", text, path=("input", "requestId"))
