"""Acting on bodies, seats, regular meetings and rules. Each result is the payload or a refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import bodies as service
from domains.meetings.service import recurring
from domains.meetings.service.bodies import BodyDraft, SeatDraft
from domains.meetings.service.recurring import RecurrenceDraft
from domains.meetings.values import (
    AttendeeKind,
    Capacity,
    MeetingForm,
    MeetingMode,
    RecurrenceKind,
    SeatOffice,
)
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.meetings.bodies import Body, Recurrence, Seat
from schema.membership.types import reloaded

KEY = "A key of the client's own: the same command with it happens once."
ARGUMENT = strawberry.argument(description="What to do.")
REPLAYED = "Whether this repeats the answer to an earlier request."


@strawberry.input(description="A body to be set up.")
class CreateBodyInput:
    """What it is, and for where."""

    area_id: strawberry.ID = strawberry.field(description="The area that it deliberates for.")
    name: str = strawberry.field(description="Its name, 2 to 60 characters.")
    form: MeetingForm = strawberry.field(description="The form of its meetings, unless told.")
    purpose: str = strawberry.field(default="", description="What it is there for.")
    above_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The body of the next level that its unresolved matters go up to; without one,"
        " the only one of that level around it.",
    )
    idempotency_key: UUID = strawberry.field(description=KEY)


@strawberry.input(description="A body to be written anew.")
class EditBodyInput:
    """What it is to be."""

    body_id: strawberry.ID = strawberry.field(description="The body.")
    name: str = strawberry.field(description="Its name, 2 to 60 characters.")
    form: MeetingForm = strawberry.field(description="The form of its meetings, unless told.")
    purpose: str = strawberry.field(default="", description="What it is there for.")
    above_id: strawberry.ID | None = strawberry.field(
        default=None, description="The body of the next level above it."
    )
    expected_version: int = strawberry.field(description="The version that was read.")


@strawberry.input(description="A body to be dissolved.")
class DissolveBodyInput:
    """Which, and why."""

    body_id: strawberry.ID = strawberry.field(description="The body.")
    reason: str = strawberry.field(description="Why; everybody who belongs can read it.")


@strawberry.input(description="Somebody to be given a seat.")
class SeatMemberInput:
    """Who, where, as what."""

    body_id: strawberry.ID = strawberry.field(description="The body.")
    person_id: strawberry.ID = strawberry.field(description="The person.")
    office: SeatOffice = strawberry.field(
        default=SeatOffice.MEMBER, description="What they are in it."
    )
    capacity: Capacity = strawberry.field(
        default=Capacity.DECIDE, description="What they are there to do."
    )
    kind: AttendeeKind = strawberry.field(
        default=AttendeeKind.MEMBER, description="As what they sit there."
    )
    group_name: str | None = strawberry.field(
        default=None, description="For which group they speak; its speaking time is counted."
    )
    since: date | None = strawberry.field(default=None, description="The first day; today unless.")
    until: date | None = strawberry.field(default=None, description="The last day, if set.")
    idempotency_key: UUID = strawberry.field(description=KEY)


@strawberry.input(description="A seat to be ended.")
class EndSeatInput:
    """Which, and why."""

    seat_id: strawberry.ID = strawberry.field(description="The seat.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Regular meetings to be set up.")
class CreateRecurrenceInput:
    """How often, when, where."""

    body_id: strawberry.ID = strawberry.field(description="The body.")
    kind: RecurrenceKind = strawberry.field(description="In months or in weeks.")
    every: int = strawberry.field(default=1, description="Every so many of them, 1 to 52.")
    on: int | None = strawberry.field(
        default=None,
        description="The day of the month, 1 to 28, or of the week, 1 (Monday) to 7; not wanted for"
        " the meeting of the month, whose day the rules give.",
    )
    title: str = strawberry.field(description="The title of the meetings.")
    mode: MeetingMode = strawberry.field(description="Where people meet.")
    form: MeetingForm | None = strawberry.field(
        default=None, description="Their form; the body's unless told."
    )
    place: str | None = strawberry.field(
        default=None, description="The place; wanted unless online."
    )
    starts_minute: int = strawberry.field(description="When: minutes after midnight in Shanghai.")
    lasts_minutes: int = strawberry.field(description="How long they are planned for.")
    ahead_days: int = strawberry.field(
        default=14, description="How many days ahead each is planned, 1 to 92."
    )
    is_of_the_month: bool = strawberry.field(
        default=False, description="Whether these are the community's meetings of the month."
    )
    first_day: date = strawberry.field(description="The first day on which one may fall.")
    last_day: date | None = strawberry.field(default=None, description="The last such day.")
    idempotency_key: UUID = strawberry.field(description=KEY)

    def draft(self) -> RecurrenceDraft:
        """Hand it to the domain."""
        return RecurrenceDraft(
            kind=self.kind,
            title=self.title,
            mode=self.mode,
            starts_minute=self.starts_minute,
            lasts_minutes=self.lasts_minutes,
            first_day=self.first_day,
            on=self.on,
            every=self.every,
            last_day=self.last_day,
            form=self.form,
            place=self.place,
            ahead_days=self.ahead_days,
            is_of_the_month=self.is_of_the_month,
        )


@strawberry.input(description="Regular meetings to be ended.")
class EndRecurrenceInput:
    """Which, and why."""

    recurrence_id: strawberry.ID = strawberry.field(description="The regular meetings.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="The body as it is now.")
class BodyPayload:
    """What changed."""

    body: Body = strawberry.field(description="The body.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


@strawberry.type(description="The seat as it is now.")
class SeatPayload:
    """What changed."""

    seat: Seat = strawberry.field(description="The seat.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


@strawberry.type(description="The regular meetings as they are now.")
class RecurrencePayload:
    """What changed."""

    recurrence: Recurrence = strawberry.field(description="The regular meetings.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


CreateBodyResult = Annotated[
    BodyPayload | Refused,
    strawberry.union("CreateBodyResult", description="The body, or why there is none."),
]
EditBodyResult = Annotated[
    BodyPayload | Outdated | Refused,
    strawberry.union("EditBodyResult", description="The body, or why it is unchanged."),
]
DissolveBodyResult = Annotated[
    BodyPayload | Refused,
    strawberry.union("DissolveBodyResult", description="The body, or why it stands."),
]
SeatMemberResult = Annotated[
    SeatPayload | Refused,
    strawberry.union("SeatMemberResult", description="The seat, or why there is none."),
]
EndSeatResult = Annotated[
    SeatPayload | Refused,
    strawberry.union("EndSeatResult", description="The seat, or why it stands."),
]
CreateRecurrenceResult = Annotated[
    RecurrencePayload | Refused,
    strawberry.union("CreateRecurrenceResult", description="They, or why there are none."),
]
EndRecurrenceResult = Annotated[
    RecurrencePayload | Refused,
    strawberry.union("EndRecurrenceResult", description="They, or why they go on."),
]


async def _body(info: Info, body_id: UUID, *, replayed: bool = False) -> BodyPayload:
    body = await reloaded(info, Body.load, body_id)
    assert body is not None, "who acts on a body sees it"
    return BodyPayload(body=body, replayed=replayed)


async def _seat(info: Info, seat_id: UUID, *, replayed: bool = False) -> SeatPayload:
    seat = await reloaded(info, Seat.load, seat_id)
    assert seat is not None, "who gives a seat sees it"
    return SeatPayload(seat=seat, replayed=replayed)


async def _recurrence(
    info: Info, recurrence_id: UUID, *, replayed: bool = False
) -> RecurrencePayload:
    found = await reloaded(info, Recurrence.load, recurrence_id)
    assert found is not None, "who sets up regular meetings sees them"
    return RecurrencePayload(recurrence=found, replayed=replayed)


@strawberry.type
class BodiesMutation:
    """Bodies and who sits in them."""

    @strawberry.mutation(description="Set up a body for an area.")
    async def create_body(
        self, info: Info, input: Annotated[CreateBodyInput, ARGUMENT]
    ) -> CreateBodyResult:
        """Set it up."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        above_id = node.decode_optional("body", input.above_id, path=("input", "aboveId"))
        body_id, replayed = await service.create_body(
            info.context.actor,
            area_id,
            BodyDraft(input.name, input.form, input.purpose, above_id),
            idempotency_key=input.idempotency_key,
        )
        return await _body(info, body_id, replayed=replayed)

    @strawberry.mutation(description="Write a body anew.")
    async def edit_body(
        self, info: Info, input: Annotated[EditBodyInput, ARGUMENT]
    ) -> EditBodyResult:
        """Write it."""
        body_id = node.decode("body", input.body_id, path=("input", "bodyId"))
        above_id = node.decode_optional("body", input.above_id, path=("input", "aboveId"))
        await service.edit_body(
            info.context.actor,
            body_id,
            BodyDraft(input.name, input.form, input.purpose, above_id),
            expected_version=input.expected_version,
        )
        return await _body(info, body_id)

    @strawberry.mutation(description="Dissolve a body; its regular meetings end with it.")
    async def dissolve_body(
        self, info: Info, input: Annotated[DissolveBodyInput, ARGUMENT]
    ) -> DissolveBodyResult:
        """Dissolve it."""
        body_id = node.decode("body", input.body_id, path=("input", "bodyId"))
        await service.dissolve_body(info.context.actor, body_id, reason=input.reason)
        return await _body(info, body_id)

    @strawberry.mutation(description="Give somebody a seat in a body.")
    async def seat_member(
        self, info: Info, input: Annotated[SeatMemberInput, ARGUMENT]
    ) -> SeatMemberResult:
        """Seat them."""
        seat_id, replayed = await service.seat_member(
            info.context.actor,
            node.decode("body", input.body_id, path=("input", "bodyId")),
            SeatDraft(
                person_id=node.decode("person", input.person_id, path=("input", "personId")),
                office=input.office,
                capacity=input.capacity,
                kind=input.kind,
                group_name=input.group_name,
                since=input.since,
                until=input.until,
            ),
            idempotency_key=input.idempotency_key,
        )
        return await _seat(info, seat_id, replayed=replayed)

    @strawberry.mutation(description="End somebody's seat; what they are invited to stands.")
    async def end_seat(self, info: Info, input: Annotated[EndSeatInput, ARGUMENT]) -> EndSeatResult:
        """End it."""
        seat_id = node.decode("seat", input.seat_id, path=("input", "seatId"))
        await service.end_seat(info.context.actor, seat_id, reason=input.reason)
        return await _seat(info, seat_id)

    @strawberry.mutation(description="Let a body meet regularly; the worker plans each meeting.")
    async def create_recurrence(
        self, info: Info, input: Annotated[CreateRecurrenceInput, ARGUMENT]
    ) -> CreateRecurrenceResult:
        """Set them up."""
        recurrence_id, replayed = await recurring.create_recurrence(
            info.context.actor,
            node.decode("body", input.body_id, path=("input", "bodyId")),
            input.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await _recurrence(info, recurrence_id, replayed=replayed)

    @strawberry.mutation(description="End regular meetings; those that are planned stay.")
    async def end_recurrence(
        self, info: Info, input: Annotated[EndRecurrenceInput, ARGUMENT]
    ) -> EndRecurrenceResult:
        """End them."""
        recurrence_id = node.decode(
            "recurrence", input.recurrence_id, path=("input", "recurrenceId")
        )
        await recurring.end_recurrence(info.context.actor, recurrence_id, reason=input.reason)
        return await _recurrence(info, recurrence_id)
