"""Acting in the room. Each result is the payload or a refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import attendance, sessions
from domains.meetings.service import chair as chairs
from domains.meetings.values import AgendaItemState
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.payloads import (
    ARGUMENT,
    ListCheckedIn,
    MeetingPayload,
    meeting_now,
    meeting_payload,
)
from schema.meetings.refusals import QuorumNotMet


@strawberry.input(description="A room to be opened.")
class OpenCheckInInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="Coming in online, or back in.")
class CheckInInput:
    """Where."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="Coming in on the spot, or back in.")
class CheckInWithCodeInput:
    """Where, by which code."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    code: str = strawberry.field(description="The code that the room shows.")


@strawberry.input(description="Those whom a helper sees in the room.")
class CheckInByListInput:
    """Where, and who."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    person_ids: list[strawberry.ID] = strawberry.field(description="1 to 200 people.")


@strawberry.input(description="Leaving the room.")
class LeaveMeetingInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="Somebody who has left the room.")
class RecordDepartureInput:
    """Which, and who."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    person_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="A meeting to be called to order.")
class OpenMeetingInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="A point to be called.")
class CallAgendaItemInput:
    """The next one, unless told; another needs a reason."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    item_id: strawberry.ID | None = strawberry.field(
        default=None, description="The point; the next one unless told."
    )
    reason: str | None = strawberry.field(
        default=None, description="Why out of turn; wanted where it is not the next."
    )


@strawberry.input(description="The point under way to be ended.")
class CloseAgendaItemInput:
    """How it ended."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    outcome: AgendaItemState = strawberry.field(description="CONCLUDED or UNRESOLVED.")
    note: str | None = strawberry.field(default=None, description="What is noted of it.")


@strawberry.input(description="A meeting to be paused.")
class RecessMeetingInput:
    """Until when."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    resumes_at: datetime = strawberry.field(description="When it goes on.")
    reason: str | None = strawberry.field(default=None, description="Why.")


@strawberry.input(description="A paused meeting to go on.")
class ResumeMeetingInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="The chair to be handed over.")
class HandOverChairInput:
    """To whom, until what."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    person_id: strawberry.ID = strawberry.field(description="Who is present.")
    motion_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The motion that the chair speaks to: it returns when that is decided. Without"
        " one, the chair takes it back.",
    )


@strawberry.input(description="One's own chair to be taken back.")
class TakeBackChairInput:
    """Of which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="A meeting to be ended.")
class AdjournMeetingInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


OpenCheckInResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("OpenCheckInResult", description="The meeting, or why the room is closed."),
]
CheckInResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("CheckInResult", description="The meeting, or why nobody came in."),
]
CheckInWithCodeResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("CheckInWithCodeResult", description="The meeting, or why nobody came in."),
]
CheckInByListResult = Annotated[
    ListCheckedIn | Refused,
    strawberry.union("CheckInByListResult", description="How many, or why nobody came in."),
]
LeaveMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("LeaveMeetingResult", description="The meeting, or why one stays."),
]
RecordDepartureResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("RecordDepartureResult", description="The meeting, or why they stay."),
]
OpenMeetingResult = Annotated[
    MeetingPayload | QuorumNotMet | Refused,
    strawberry.union("OpenMeetingResult", description="The meeting, or why it does not begin."),
]
CallAgendaItemResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("CallAgendaItemResult", description="The meeting, or why none is called."),
]
CloseAgendaItemResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("CloseAgendaItemResult", description="The meeting, or why it goes on."),
]
RecessMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("RecessMeetingResult", description="The meeting, or why it goes on."),
]
ResumeMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("ResumeMeetingResult", description="The meeting, or why it is paused."),
]
HandOverChairResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("HandOverChairResult", description="The meeting, or why the chair is kept."),
]
TakeBackChairResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("TakeBackChairResult", description="The meeting, or why it is not back."),
]
AdjournMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("AdjournMeetingResult", description="The meeting, or why it goes on."),
]


def _meeting(text: str) -> UUID:
    return node.decode("meeting", text, path=("input", "meetingId"))


@strawberry.type
class AttendanceMutation:
    """Coming and going."""

    @strawberry.mutation(
        description="Let people come in; the worker does so in time where nobody does."
    )
    async def open_check_in(
        self, info: Info, input: Annotated[OpenCheckInInput, ARGUMENT]
    ) -> OpenCheckInResult:
        """Open the room."""
        meeting_id = _meeting(input.meeting_id)
        await attendance.open_check_in(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Come in online, or back in; twice is once.")
    async def check_in(self, info: Info, input: Annotated[CheckInInput, ARGUMENT]) -> CheckInResult:
        """Come in."""
        meeting_id = _meeting(input.meeting_id)
        await attendance.check_in(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Come in on the spot by the code that the room shows now.")
    async def check_in_with_code(
        self, info: Info, input: Annotated[CheckInWithCodeInput, ARGUMENT]
    ) -> CheckInWithCodeResult:
        """Come in."""
        meeting_id = _meeting(input.meeting_id)
        await attendance.check_in_with_code(info.context.actor, meeting_id, input.code)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Enter those whom a helper sees in the room.")
    async def check_in_by_list(
        self, info: Info, input: Annotated[CheckInByListInput, ARGUMENT]
    ) -> CheckInByListResult:
        """Enter them."""
        meeting_id = _meeting(input.meeting_id)
        people = [
            node.decode("person", each, path=("input", "personIds")) for each in input.person_ids
        ]
        entered = await attendance.check_in_by_list(info.context.actor, meeting_id, people)
        return ListCheckedIn(entered=entered, meeting=await meeting_now(info, meeting_id))

    @strawberry.mutation(description="Leave the room; who has the chair hands it over first.")
    async def leave_meeting(
        self, info: Info, input: Annotated[LeaveMeetingInput, ARGUMENT]
    ) -> LeaveMeetingResult:
        """Leave."""
        meeting_id = _meeting(input.meeting_id)
        await attendance.leave(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Note that somebody has left the room.")
    async def record_departure(
        self, info: Info, input: Annotated[RecordDepartureInput, ARGUMENT]
    ) -> RecordDepartureResult:
        """Note it."""
        meeting_id = _meeting(input.meeting_id)
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await attendance.record_departure(info.context.actor, meeting_id, person_id)
        return await meeting_payload(info, meeting_id)


@strawberry.type
class SessionMutation:
    """The meeting in session."""

    @strawberry.mutation(
        description="Call the meeting to order, at its time, with its chair and a quorum there."
    )
    async def open_meeting(
        self, info: Info, input: Annotated[OpenMeetingInput, ARGUMENT]
    ) -> OpenMeetingResult:
        """Open it."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.open_meeting(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Call the next point, or with a reason another one.")
    async def call_agenda_item(
        self, info: Info, input: Annotated[CallAgendaItemInput, ARGUMENT]
    ) -> CallAgendaItemResult:
        """Call it."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.call_item(
            info.context.actor,
            meeting_id,
            item_id=node.decode_optional("agendaItem", input.item_id, path=("input", "itemId")),
            reason=input.reason,
        )
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="End the point under way.")
    async def close_agenda_item(
        self, info: Info, input: Annotated[CloseAgendaItemInput, ARGUMENT]
    ) -> CloseAgendaItemResult:
        """End it."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.close_item(
            info.context.actor, meeting_id, outcome=input.outcome, note=input.note
        )
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Pause the meeting until a time that all are told.")
    async def recess_meeting(
        self, info: Info, input: Annotated[RecessMeetingInput, ARGUMENT]
    ) -> RecessMeetingResult:
        """Pause it."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.recess(
            info.context.actor, meeting_id, resumes_at=input.resumes_at, reason=input.reason
        )
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Go on after a pause.")
    async def resume_meeting(
        self, info: Info, input: Annotated[ResumeMeetingInput, ARGUMENT]
    ) -> ResumeMeetingResult:
        """Go on."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.resume(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(
        description="Hand the chair over, as who has it and wants to speak: until the motion is"
        " decided."
    )
    async def hand_over_chair(
        self, info: Info, input: Annotated[HandOverChairInput, ARGUMENT]
    ) -> HandOverChairResult:
        """Hand it over."""
        meeting_id = _meeting(input.meeting_id)
        await chairs.hand_over(
            info.context.actor,
            meeting_id,
            node.decode("person", input.person_id, path=("input", "personId")),
            motion_id=node.decode_optional("motion", input.motion_id, path=("input", "motionId")),
        )
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Take one's own chair back; not while a motion holds it.")
    async def take_back_chair(
        self, info: Info, input: Annotated[TakeBackChairInput, ARGUMENT]
    ) -> TakeBackChairResult:
        """Take it back."""
        meeting_id = _meeting(input.meeting_id)
        await chairs.take_back(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="End the meeting; what was not reached stays unresolved.")
    async def adjourn_meeting(
        self, info: Info, input: Annotated[AdjournMeetingInput, ARGUMENT]
    ) -> AdjournMeetingResult:
        """End it."""
        meeting_id = _meeting(input.meeting_id)
        await sessions.adjourn(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)
