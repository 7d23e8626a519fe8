"""Helping who has no phone: the roster of a shift, and checking in and out for another."""

from datetime import datetime
from typing import Annotated

import strawberry

from domains.membership.rules import masks
from domains.volunteering.queries import rosters
from domains.volunteering.rules import numbers
from domains.volunteering.service import helping, positions
from domains.volunteering.service.attendance import Position
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.volunteering.activities import VolunteerShift
from schema.volunteering.activities_mutations import CheckedOut, VolunteerShiftPayload, shift_of
from schema.volunteering.inputs import Argument
from schema.volunteering.records import ServiceRecord


@strawberry.type(description="Somebody who has a place in a shift, or who served in it.")
class ShiftMember:
    """For who leads and who helps: enough to know who stands before one."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    volunteer_number: str = strawberry.field(description="The volunteer's number.")
    masked_name: str = strawberry.field(description="The surname and a star.")
    has_place: bool = strawberry.field(description="Whether they have a place in the shift.")
    is_absent: bool = strawberry.field(description="Whether they had one and never came.")
    checked_in_at: datetime | None = strawberry.field(
        description="When they last began; null where they did not."
    )
    checked_out_at: datetime | None = strawberry.field(
        description="When that came to its end; null where they are still serving."
    )


@strawberry.input(description="Somebody who begins to serve and has no phone.")
class CheckInVolunteerInput:
    """Never oneself; a free place is taken with it."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    reason: str = strawberry.field(
        description="Why not by the volunteer's own hand, 2 to 200 characters."
    )


@strawberry.input(description="Somebody who ends their service and has no phone.")
class CheckOutVolunteerInput:
    """Never oneself."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    reason: str = strawberry.field(
        description="Why not by the volunteer's own hand, 2 to 200 characters."
    )


@strawberry.input(description="A record whose positions are to be read.")
class OpenServicePositionsInput:
    """The reading is audited."""

    record_id: strawberry.ID = strawberry.field(description="The record.")


@strawberry.type(description="A position, in millionths of a degree.")
class ServicePosition:
    """As it was told at check-in or check-out."""

    latitude_e6: int = strawberry.field(description="North is positive.")
    longitude_e6: int = strawberry.field(description="East is positive.")

    @classmethod
    def of(cls, position: Position | None) -> "ServicePosition | None":
        """Make it, where there is one."""
        if position is None:
            return None
        return cls(latitude_e6=position.latitude_e6, longitude_e6=position.longitude_e6)


@strawberry.type(description="Where a service began and ended; the reading was audited.")
class ServicePositionsOpened:
    """Null where the volunteer did not consent to keep it, or no more."""

    began: ServicePosition | None = strawberry.field(description="At check-in.")
    ended: ServicePosition | None = strawberry.field(description="At check-out.")


CheckInVolunteerResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("CheckInVolunteerResult", description="The shift, or why not."),
]
CheckOutVolunteerResult = Annotated[
    CheckedOut | Refused,
    strawberry.union("CheckOutVolunteerResult", description="The record, or why there is none."),
]

OpenServicePositionsResult = Annotated[
    ServicePositionsOpened | Refused,
    strawberry.union("OpenServicePositionsResult", description="The positions, or why not."),
]


@strawberry.type
class HelpingQuery:
    """Reading who is there."""

    @strawberry.field(
        description="Who has a place in a shift or served in it, by number, for who leads it and"
        " who helps there; nobody for others."
    )
    async def shift_roster(
        self,
        info: Info,
        shift_id: Annotated[strawberry.ID, strawberry.argument(description="The shift.")],
        first: First = None,
        after: After = None,
    ) -> Connection[ShiftMember]:
        """Read a page of them."""
        uuid = node.known("volunteer_shift", shift_id) or node.NOBODY
        of = listing("shiftRoster", {"shift": uuid})
        at = page(of, first, after)
        found = await rosters.roster(info.context.actor, uuid, at)
        return connection(
            of,
            found,
            at,
            make=lambda row: ShiftMember(
                volunteer_id=node.encode("volunteer", row["volunteer_id"]),
                volunteer_number=numbers.written(row["number"]),
                masked_name=masks.name(row["name"]),
                has_place=row["has_place"],
                is_absent=row["is_absent"],
                checked_in_at=row["checked_in_at"],
                checked_out_at=row["checked_out_at"],
            ),
            key=lambda row: (row["number"],),
        )


@strawberry.type
class HelpingMutation:
    """Doing it for another, who stands there."""

    @strawberry.mutation(
        description="Check a volunteer in who has no phone: by a helper or who leads, never"
        " oneself, with a reason that stands with the record."
    )
    async def check_in_volunteer(
        self, info: Info, input: Annotated[CheckInVolunteerInput, Argument]
    ) -> CheckInVolunteerResult:
        """Do it."""
        shift_id = shift_of(input.shift_id)
        await helping.check_in_for(
            info.context.actor,
            shift_id,
            node.decode("volunteer", input.volunteer_id, path=("input", "volunteerId")),
            reason=input.reason,
        )
        return VolunteerShiftPayload(shift=await reloaded(info, VolunteerShift.load, shift_id))

    @strawberry.mutation(description="Check a volunteer out who has no phone.")
    async def check_out_volunteer(
        self, info: Info, input: Annotated[CheckOutVolunteerInput, Argument]
    ) -> CheckOutVolunteerResult:
        """Do it."""
        record_id = await helping.check_out_for(
            info.context.actor,
            shift_of(input.shift_id),
            node.decode("volunteer", input.volunteer_id, path=("input", "volunteerId")),
            reason=input.reason,
        )
        if record_id is None:
            return CheckedOut(record=None)
        return CheckedOut(record=await reloaded(info, ServiceRecord.load, record_id))

    @strawberry.mutation(
        description="Read where a record's service began and ended, for whose service it is and"
        " for keepers; audited."
    )
    async def open_service_positions(
        self, info: Info, input: Annotated[OpenServicePositionsInput, Argument]
    ) -> OpenServicePositionsResult:
        """Open them."""
        found = await positions.open_positions(
            info.context.actor,
            node.decode("service_record", input.record_id, path=("input", "recordId")),
        )
        return ServicePositionsOpened(
            began=ServicePosition.of(found.began), ended=ServicePosition.of(found.ended)
        )
