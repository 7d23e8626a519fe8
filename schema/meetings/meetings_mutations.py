"""Planning, convening, moving and cancelling meetings. Each result is the payload or a refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import chair as chairs
from domains.meetings.service import meetings as service
from domains.meetings.service import moving
from domains.meetings.service.meetings import MeetingDraft
from domains.meetings.service.moving import Moved, PlaceDraft
from domains.meetings.values import MeetingForm, MeetingMode
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.meetings.payloads import ARGUMENT, KEY, MeetingPayload, meeting_payload


@strawberry.input(description="A meeting to be planned.")
class MeetingDetailsInput:
    """What, when and where."""

    title: str = strawberry.field(description="What it is called, 2 to 120 characters.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it is planned to end.")
    mode: MeetingMode = strawberry.field(description="Where people meet.")
    form: MeetingForm | None = strawberry.field(
        default=None, description="What kind of meeting; the body's form unless told."
    )
    place: str | None = strawberry.field(
        default=None, description="The place; wanted unless online."
    )
    online_address: str | None = strawberry.field(
        default=None, description="Where to join online, https://; for who takes part."
    )
    is_of_the_month: bool = strawberry.field(
        default=False, description="Whether it is the community's meeting of its month."
    )
    shift_reason: str | None = strawberry.field(
        default=None, description="Why the meeting of the month is not on its usual day."
    )

    def draft(self) -> MeetingDraft:
        """Hand it to the domain."""
        return MeetingDraft(
            title=self.title,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            mode=self.mode,
            form=self.form,
            place=self.place,
            online_address=self.online_address,
            is_of_the_month=self.is_of_the_month,
            shift_reason=self.shift_reason,
        )


@strawberry.input(description="A body's meeting to be planned.")
class PlanMeetingInput:
    """Whose, and what."""

    body_id: strawberry.ID = strawberry.field(description="The body.")
    meeting: MeetingDetailsInput = strawberry.field(description="The meeting.")
    idempotency_key: UUID = strawberry.field(description=KEY)


@strawberry.input(description="A planned meeting to be written anew.")
class EditMeetingInput:
    """Which, and what it is to be."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    meeting: MeetingDetailsInput = strawberry.field(description="What it is to be.")
    expected_version: int = strawberry.field(description="The version that was read.")


@strawberry.input(description="A meeting to be convened with its agenda.")
class PublishAgendaInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")


@strawberry.input(description="A meeting to be moved.")
class RescheduleMeetingInput:
    """Which, to when, why."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it is planned to end.")
    place: str | None = strawberry.field(default=None, description="The place, where it changes.")
    reason: str = strawberry.field(description="Why; everybody who belongs can read it.")


@strawberry.input(description="A meeting to be put elsewhere, at the same time.")
class ChangeMeetingPlaceInput:
    """Which, where, why."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    place: str | None = strawberry.field(
        default=None, description="The place; wanted unless online."
    )
    online_address: str | None = strawberry.field(
        default=None, description="Where to join online, https://."
    )
    reason: str = strawberry.field(description="Why; everybody who belongs can read it.")


@strawberry.input(description="A meeting to be called off.")
class CancelMeetingInput:
    """Which, and why."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    reason: str = strawberry.field(description="Why; everybody who belongs can read it.")


@strawberry.input(description="Somebody to be given the chair of a meeting.")
class AppointChairInput:
    """Who, of which."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    person_id: strawberry.ID = strawberry.field(description="Who is invited to it.")


PlanMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("PlanMeetingResult", description="The meeting, or why there is none."),
]
EditMeetingResult = Annotated[
    MeetingPayload | Outdated | Refused,
    strawberry.union("EditMeetingResult", description="The meeting, or why it is unchanged."),
]
PublishAgendaResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("PublishAgendaResult", description="The meeting, or why it is not convened."),
]
RescheduleMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("RescheduleMeetingResult", description="The meeting, or why it stays."),
]
ChangeMeetingPlaceResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("ChangeMeetingPlaceResult", description="The meeting, or why it stays."),
]
CancelMeetingResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("CancelMeetingResult", description="The meeting, or why it stands."),
]
AppointChairResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("AppointChairResult", description="The meeting, or why the chair is kept."),
]


@strawberry.type
class MeetingsMutation:
    """Meetings before they begin."""

    @strawberry.mutation(description="Plan a meeting; who sits in the body is invited.")
    async def plan_meeting(
        self, info: Info, input: Annotated[PlanMeetingInput, ARGUMENT]
    ) -> PlanMeetingResult:
        """Plan it."""
        meeting_id, replayed = await service.plan_meeting(
            info.context.actor,
            node.decode("body", input.body_id, path=("input", "bodyId")),
            input.meeting.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await meeting_payload(info, meeting_id, replayed=replayed)

    @strawberry.mutation(description="Write a meeting anew that is not convened yet.")
    async def edit_meeting(
        self, info: Info, input: Annotated[EditMeetingInput, ARGUMENT]
    ) -> EditMeetingResult:
        """Write it."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        await service.edit_meeting(
            info.context.actor,
            meeting_id,
            input.meeting.draft(),
            expected_version=input.expected_version,
        )
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(
        description="Convene a meeting: its agenda and rules are public, and nothing outside of the"
        " agenda is decided. Again, for points that were added in time for the notice."
    )
    async def publish_agenda(
        self, info: Info, input: Annotated[PublishAgendaInput, ARGUMENT]
    ) -> PublishAgendaResult:
        """Publish it."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        await service.publish_agenda(info.context.actor, meeting_id)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(
        description="Move a meeting that has not begun; its notice is given anew, and everybody is"
        " asked again."
    )
    async def reschedule_meeting(
        self, info: Info, input: Annotated[RescheduleMeetingInput, ARGUMENT]
    ) -> RescheduleMeetingResult:
        """Move it."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        moved = Moved(input.starts_at, input.ends_at, input.reason, input.place)
        await moving.reschedule_meeting(info.context.actor, meeting_id, moved)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(
        description="Put a meeting elsewhere at the same time; that needs no new notice."
    )
    async def change_meeting_place(
        self, info: Info, input: Annotated[ChangeMeetingPlaceInput, ARGUMENT]
    ) -> ChangeMeetingPlaceResult:
        """Put it there."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        draft = PlaceDraft(input.place, input.online_address, input.reason)
        await moving.change_place(info.context.actor, meeting_id, draft)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Call off a meeting that has not begun.")
    async def cancel_meeting(
        self, info: Info, input: Annotated[CancelMeetingInput, ARGUMENT]
    ) -> CancelMeetingResult:
        """Call it off."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        await moving.cancel_meeting(info.context.actor, meeting_id, reason=input.reason)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(
        description="Give the chair to somebody who is invited; in session, who is present."
    )
    async def appoint_chair(
        self, info: Info, input: Annotated[AppointChairInput, ARGUMENT]
    ) -> AppointChairResult:
        """Appoint them."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await chairs.appoint(info.context.actor, meeting_id, person_id)
        return await meeting_payload(info, meeting_id)
