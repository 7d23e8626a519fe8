"""Acting on invitations. Each result is the payload or a refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import invitations as service
from domains.meetings.service.invitations import Guest
from domains.meetings.values import AttendeeKind, Capacity, InvitedGroup, Response
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.payloads import (
    ARGUMENT,
    AttendeePayload,
    GroupInvited,
    attendee_payload,
    meeting_now,
)


@strawberry.input(description="Somebody to be invited.")
class InviteToMeetingInput:
    """Who, where to, as what."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    person_id: strawberry.ID = strawberry.field(description="The person.")
    kind: AttendeeKind = strawberry.field(description="As what they come.")
    capacity: Capacity = strawberry.field(description="What they are invited to do.")
    group_name: str | None = strawberry.field(
        default=None, description="For which group they speak; its speaking time is counted."
    )


@strawberry.input(description="All of a group to be invited.")
class InviteGroupToMeetingInput:
    """Whom, where to, to do what."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    group: InvitedGroup = strawberry.field(description="Whom, of the meeting's area.")
    capacity: Capacity = strawberry.field(description="What they are invited to do.")
    group_name: str | None = strawberry.field(
        default=None, description="For which group they speak."
    )


@strawberry.input(description="An invitation to be taken back.")
class RevokeInvitationInput:
    """Which, and why."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="The answer to one's own invitation.")
class RespondToInvitationInput:
    """To which, what."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation.")
    response: Response = strawberry.field(description="ACCEPTED, TENTATIVE or DECLINED.")
    note: str | None = strawberry.field(default=None, description="A word to it.")


@strawberry.input(description="Somebody to stand in for oneself.")
class NameSubstituteInput:
    """For which invitation, who."""

    invitation_id: strawberry.ID = strawberry.field(description="One's own invitation.")
    person_id: strawberry.ID = strawberry.field(description="Who stands in.")


@strawberry.input(description="A substitute to be withdrawn.")
class WithdrawSubstituteInput:
    """For which invitation."""

    invitation_id: strawberry.ID = strawberry.field(description="One's own invitation.")


@strawberry.input(description="Somebody who is absent to be excused.")
class ExcuseAttendeeInput:
    """Who, and why."""

    invitation_id: strawberry.ID = strawberry.field(description="Their invitation.")
    reason: str = strawberry.field(description="What they told.")


InviteToMeetingResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("InviteToMeetingResult", description="Their part, or why they have none."),
]
InviteGroupToMeetingResult = Annotated[
    GroupInvited | Refused,
    strawberry.union("InviteGroupToMeetingResult", description="How many, or why nobody."),
]
RevokeInvitationResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("RevokeInvitationResult", description="Their part, or why it stands."),
]
RespondToInvitationResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("RespondToInvitationResult", description="One's part, or why it stays."),
]
NameSubstituteResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("NameSubstituteResult", description="The substitute's part, or why none."),
]
WithdrawSubstituteResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("WithdrawSubstituteResult", description="One's part, or why it stays."),
]
ExcuseAttendeeResult = Annotated[
    AttendeePayload | Refused,
    strawberry.union("ExcuseAttendeeResult", description="Their part, or why it stays."),
]


def _invitation(text: str) -> UUID:
    return node.decode("invitation", text, path=("input", "invitationId"))


@strawberry.type
class InvitationsMutation:
    """Who comes to a meeting."""

    @strawberry.mutation(description="Invite somebody to a meeting.")
    async def invite_to_meeting(
        self, info: Info, input: Annotated[InviteToMeetingInput, ARGUMENT]
    ) -> InviteToMeetingResult:
        """Invite them."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        guest = Guest(person_id, input.kind, input.capacity, input.group_name)
        invitation_id = await service.invite(info.context.actor, meeting_id, guest)
        return await attendee_payload(info, invitation_id)

    @strawberry.mutation(
        description="Invite all of a group who are not invited yet; again, who has come to it."
    )
    async def invite_group_to_meeting(
        self, info: Info, input: Annotated[InviteGroupToMeetingInput, ARGUMENT]
    ) -> InviteGroupToMeetingResult:
        """Invite them."""
        meeting_id = node.decode("meeting", input.meeting_id, path=("input", "meetingId"))
        invited = await service.invite_group(
            info.context.actor,
            meeting_id,
            input.group,
            capacity=input.capacity,
            group_name=input.group_name,
        )
        return GroupInvited(invited=invited, meeting=await meeting_now(info, meeting_id))

    @strawberry.mutation(description="Take an invitation back from somebody who is not there.")
    async def revoke_invitation(
        self, info: Info, input: Annotated[RevokeInvitationInput, ARGUMENT]
    ) -> RevokeInvitationResult:
        """Take it back."""
        invitation_id = _invitation(input.invitation_id)
        await service.revoke(info.context.actor, invitation_id, reason=input.reason)
        return await attendee_payload(info, invitation_id)

    @strawberry.mutation(description="Answer one's own invitation; who declines is excused.")
    async def respond_to_invitation(
        self, info: Info, input: Annotated[RespondToInvitationInput, ARGUMENT]
    ) -> RespondToInvitationResult:
        """Answer it."""
        invitation_id = _invitation(input.invitation_id)
        await service.respond(info.context.actor, invitation_id, input.response, note=input.note)
        return await attendee_payload(info, invitation_id)

    @strawberry.mutation(
        description="Let somebody stand in for oneself, as far as the rules allow it; they take"
        " over capacity, group and vote."
    )
    async def name_substitute(
        self, info: Info, input: Annotated[NameSubstituteInput, ARGUMENT]
    ) -> NameSubstituteResult:
        """Name them."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        made = await service.name_substitute(
            info.context.actor, _invitation(input.invitation_id), person_id
        )
        return await attendee_payload(info, made)

    @strawberry.mutation(description="Speak for oneself again.")
    async def withdraw_substitute(
        self, info: Info, input: Annotated[WithdrawSubstituteInput, ARGUMENT]
    ) -> WithdrawSubstituteResult:
        """Withdraw them."""
        invitation_id = _invitation(input.invitation_id)
        await service.withdraw_substitute(info.context.actor, invitation_id)
        return await attendee_payload(info, invitation_id)

    @strawberry.mutation(description="Excuse somebody who is absent and has told why.")
    async def excuse_attendee(
        self, info: Info, input: Annotated[ExcuseAttendeeInput, ARGUMENT]
    ) -> ExcuseAttendeeResult:
        """Excuse them."""
        invitation_id = _invitation(input.invitation_id)
        await service.excuse(info.context.actor, invitation_id, reason=input.reason)
        return await attendee_payload(info, invitation_id)
