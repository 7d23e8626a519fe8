"""Calling volunteers, signing up, checking in and out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.volunteering.service import activities, attendance
from domains.volunteering.service.activities import ActivityDraft, ShiftDraft
from domains.volunteering.service.attendance import Position
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.volunteering.activities import VolunteerActivity, VolunteerShift
from schema.volunteering.inputs import Argument, Key
from schema.volunteering.records import ServiceRecord


@strawberry.input(description="A time of an activity.")
class ShiftInput:
    """From when to when, for how many."""

    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when, within 24 hours.")
    places: int = strawberry.field(description="For how many, 1 to 10,000.")


@strawberry.input(description="An activity that volunteers are to be called to.")
class CreateVolunteerActivityInput:
    """What, where, by whom, when."""

    area_id: strawberry.ID = strawberry.field(description="Where it lies.")
    nature: VolunteerActivityNature = strawberry.field(description="What it is by nature.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    content: str = strawberry.field(description="What is to be done, 2 to 2,000 characters.")
    place: str = strawberry.field(description="Where, 2 to 120 characters.")
    organisation_id: strawberry.ID = strawberry.field(description="Who organises it.")
    leader_id: strawberry.ID = strawberry.field(description="Who leads it.")
    shifts: list[ShiftInput] = strawberry.field(description="Its times, 1 to 100.")
    is_risky: bool = strawberry.field(
        default=False, description="Whether only who is insured for it takes part."
    )
    risks: str = strawberry.field(
        default="", description="What the risks are; needed where it is risky."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which team does it."
    )
    time_bank_class: str | None = strawberry.field(
        default=None,
        description="The class of service of the community's time bank that it earns in; the"
        " kind of service unless told.",
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> ActivityDraft:
        """Hand it to the domain."""
        return ActivityDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            nature=self.nature,
            service_class=self.service_class,
            title=self.title,
            content=self.content,
            place=self.place,
            organisation_id=node.decode(
                "organisation", self.organisation_id, path=("input", "organisationId")
            ),
            leader_id=node.decode("person", self.leader_id, path=("input", "leaderId")),
            shifts=tuple(
                ShiftDraft(each.starts_at, each.ends_at, each.places) for each in self.shifts
            ),
            is_risky=self.is_risky,
            risks=self.risks,
            time_bank_class=self.time_bank_class,
            team_id=node.decode_optional("volunteer_team", self.team_id, path=("input", "teamId")),
        )


@strawberry.input(description="An activity to be published.")
class PublishVolunteerActivityInput:
    """Which; its first time is still to come."""

    activity_id: strawberry.ID = strawberry.field(description="The activity.")


@strawberry.input(description="An activity to be called off.")
class CancelVolunteerActivityInput:
    """Which, and why."""

    activity_id: strawberry.ID = strawberry.field(description="The activity.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; who signed up reads it.")


@strawberry.input(description="A place to be taken.")
class SignUpForShiftInput:
    """In which shift."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")


@strawberry.input(description="A place to be given back.")
class LeaveShiftInput:
    """In which shift."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")


@strawberry.input(description="Where somebody is, in millionths of a degree.")
class PositionInput:
    """Kept, sealed, only where the volunteer consented."""

    latitude_e6: int = strawberry.field(description="North is positive.")
    longitude_e6: int = strawberry.field(description="East is positive.")

    def position(self) -> Position:
        """Hand it to the domain."""
        return Position(self.latitude_e6, self.longitude_e6)


@strawberry.input(description="The beginning of a service.")
class CheckInToShiftInput:
    """With the code that is shown on the spot."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    code: str = strawberry.field(description="The code that is shown now.")
    position: PositionInput | None = strawberry.field(
        default=None, description="Where the volunteer is."
    )


@strawberry.input(description="The end of a service.")
class CheckOutOfShiftInput:
    """With the code that is shown on the spot."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    code: str = strawberry.field(description="The code that is shown now.")
    position: PositionInput | None = strawberry.field(
        default=None, description="Where the volunteer is."
    )


@strawberry.type(description="The activity, as things stand now.")
class VolunteerActivityPayload:
    """What was dealt with."""

    activity: VolunteerActivity | None = strawberry.field(description="The activity.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The shift, as things stand now.")
class VolunteerShiftPayload:
    """What was dealt with."""

    shift: VolunteerShift | None = strawberry.field(description="The shift.")


@strawberry.type(description="The service came to its end.")
class CheckedOut:
    """And what was recorded of it."""

    record: ServiceRecord | None = strawberry.field(
        description="The record; null where no whole minute was given."
    )


CreateVolunteerActivityResult = Annotated[
    VolunteerActivityPayload | Refused,
    strawberry.union("CreateVolunteerActivityResult", description="The activity, or why not."),
]
PublishVolunteerActivityResult = Annotated[
    VolunteerActivityPayload | Refused,
    strawberry.union("PublishVolunteerActivityResult", description="The activity, or why not."),
]
CancelVolunteerActivityResult = Annotated[
    VolunteerActivityPayload | Refused,
    strawberry.union("CancelVolunteerActivityResult", description="The activity, or why not."),
]
SignUpForShiftResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("SignUpForShiftResult", description="The shift, or why there is no place."),
]
LeaveShiftResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("LeaveShiftResult", description="The shift, or why not."),
]
CheckInToShiftResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("CheckInToShiftResult", description="The shift, or why not."),
]
CheckOutOfShiftResult = Annotated[
    CheckedOut | Refused,
    strawberry.union("CheckOutOfShiftResult", description="The record, or why there is none."),
]


def shift_of(text: str) -> UUID:
    """Return the shift that an input names; raises NotFound."""
    return node.decode("volunteer_shift", text, path=("input", "shiftId"))


def _activity_of(text: str) -> UUID:
    return node.decode("volunteer_activity", text, path=("input", "activityId"))


async def _shift(info: Info, shift_id: UUID) -> VolunteerShiftPayload:
    return VolunteerShiftPayload(shift=await reloaded(info, VolunteerShift.load, shift_id))


async def _activity(
    info: Info, activity_id: UUID, *, replayed: bool = False
) -> VolunteerActivityPayload:
    activity = await reloaded(info, VolunteerActivity.load, activity_id)
    return VolunteerActivityPayload(activity=activity, replayed=replayed)


@strawberry.type
class VolunteerActivitiesMutation:
    """From the call to the end of the service."""

    @strawberry.mutation(description="Write an activity that volunteers are to be called to.")
    async def create_volunteer_activity(
        self, info: Info, input: Annotated[CreateVolunteerActivityInput, Argument]
    ) -> CreateVolunteerActivityResult:
        """Write it."""
        activity_id, replayed = await activities.create_activity(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _activity(info, activity_id, replayed=replayed)

    @strawberry.mutation(description="Publish an activity that is still to come.")
    async def publish_volunteer_activity(
        self, info: Info, input: Annotated[PublishVolunteerActivityInput, Argument]
    ) -> PublishVolunteerActivityResult:
        """Publish it."""
        activity_id = _activity_of(input.activity_id)
        return await _activity(
            info, await activities.publish_activity(info.context.actor, activity_id)
        )

    @strawberry.mutation(description="Call an activity off.")
    async def cancel_volunteer_activity(
        self, info: Info, input: Annotated[CancelVolunteerActivityInput, Argument]
    ) -> CancelVolunteerActivityResult:
        """Call it off."""
        activity_id = await activities.cancel_activity(
            info.context.actor, _activity_of(input.activity_id), reason=input.reason
        )
        return await _activity(info, activity_id)

    @strawberry.mutation(description="Take a place in a shift; doing it again changes nothing.")
    async def sign_up_for_shift(
        self, info: Info, input: Annotated[SignUpForShiftInput, Argument]
    ) -> SignUpForShiftResult:
        """Take it."""
        shift_id = await attendance.sign_up(info.context.actor, shift_of(input.shift_id))
        return await _shift(info, shift_id)

    @strawberry.mutation(description="Give a place in a shift back.")
    async def leave_shift(
        self, info: Info, input: Annotated[LeaveShiftInput, Argument]
    ) -> LeaveShiftResult:
        """Give it back."""
        shift_id = await attendance.leave_shift(info.context.actor, shift_of(input.shift_id))
        return await _shift(info, shift_id)

    @strawberry.mutation(description="Begin to serve, with the code that is shown on the spot.")
    async def check_in_to_shift(
        self, info: Info, input: Annotated[CheckInToShiftInput, Argument]
    ) -> CheckInToShiftResult:
        """Begin."""
        shift_id = shift_of(input.shift_id)
        await attendance.check_in(
            info.context.actor,
            shift_id,
            code=input.code,
            position=input.position.position() if input.position else None,
        )
        return await _shift(info, shift_id)

    @strawberry.mutation(
        description="End the service; what was actually given becomes a record to be confirmed."
    )
    async def check_out_of_shift(
        self, info: Info, input: Annotated[CheckOutOfShiftInput, Argument]
    ) -> CheckOutOfShiftResult:
        """End it."""
        record_id = await attendance.check_out(
            info.context.actor,
            shift_of(input.shift_id),
            code=input.code,
            position=input.position.position() if input.position else None,
        )
        if record_id is None:
            return CheckedOut(record=None)
        return CheckedOut(record=await reloaded(info, ServiceRecord.load, record_id))
