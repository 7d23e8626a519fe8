"""Reading volunteers, activities and records."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from domains.membership.queries import places
from domains.volunteering.queries import activities, records, volunteers
from domains.volunteering.queries.activities import ActivityFilter
from domains.volunteering.queries.records import RecordFilter
from domains.volunteering.queries.volunteers import VolunteerFilter
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.records import ServiceRecordState
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock, VolunteerState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.volunteering.activities import ShiftCode, VolunteerActivity
from schema.volunteering.records import ServiceRecord
from schema.volunteering.volunteers import Volunteer

Within = Annotated[strawberry.ID, strawberry.argument(description="An area, with what lies in it.")]
NOWHERE = "\x7f"


async def path_of(area_id: str) -> str:
    """Return the path of an area; of what names none, one that nothing lies under."""
    place = await places.place_of(node.known("area", area_id) or node.NOBODY)
    return place.area_path if place else NOWHERE


@strawberry.input(description="What a list of volunteers is narrowed to.")
class VolunteerFilterInput:
    """Every field narrows."""

    states: list[VolunteerState] | None = strawberry.field(
        default=None, description="Volunteers in one of these states."
    )
    service_class: ServiceClass | None = strawberry.field(
        default=None, description="Volunteers who offer this."
    )
    weekday: int | None = strawberry.field(
        default=None, description="Volunteers who are free on this day, 1 to 7."
    )
    block: TimeBlock | None = strawberry.field(
        default=None, description="And in this part of it; only with a weekday."
    )


@strawberry.input(description="What a list of activities is narrowed to.")
class VolunteerActivityFilterInput:
    """Every field narrows."""

    states: list[VolunteerActivityState] | None = strawberry.field(
        default=None, description="Activities in one of these states."
    )
    service_class: ServiceClass | None = strawberry.field(
        default=None, description="Activities of this kind."
    )
    ending_after: datetime | None = strawberry.field(
        default=None, description="Activities with a shift that ends after this."
    )


@strawberry.input(description="What a list of service records is narrowed to.")
class ServiceRecordFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Records of this area and of what lies in it."
    )
    volunteer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Records of this volunteer."
    )
    states: list[ServiceRecordState] | None = strawberry.field(
        default=None, description="Records in one of these states."
    )
    since: date | None = strawberry.field(default=None, description="From this day on.")
    until: date | None = strawberry.field(default=None, description="Up to this day.")
    under_review: bool | None = strawberry.field(
        default=None, description="Records that are under review, or that are not."
    )

    async def narrowed(self) -> RecordFilter:
        """Hand it to the domain; what names nothing finds nothing."""
        volunteer_id = self.volunteer_id
        return RecordFilter(
            area_path=await path_of(self.area_id) if self.area_id else None,
            volunteer_id=(
                node.known("volunteer", volunteer_id) or node.NOBODY if volunteer_id else None
            ),
            states=tuple(self.states) if self.states is not None else None,
            since=self.since,
            until=self.until,
            under_review=self.under_review,
        )


@strawberry.type
class VolunteeringQuery:
    """Reading volunteers, activities and records."""

    @strawberry.field(description="The caller's own registration; null where there is none.")
    async def my_volunteer(self, info: Info) -> Volunteer | None:
        """Read it."""
        rows = await volunteers.own(info.context.actor)
        return Volunteer.of(rows[0]) if rows else None

    @strawberry.field(description="The minors under the caller's guard who volunteer or wish to.")
    async def my_volunteer_wards(self, info: Info) -> list[Volunteer]:
        """Read them."""
        actor = info.context.actor
        rows = await volunteers.own(actor, wards=True)
        return [Volunteer.of(row) for row in rows if row["person_id"] != actor.person_id]

    @strawberry.field(description="Volunteers of an area, for who keeps them, by number.")
    async def volunteers(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            VolunteerFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Volunteer]:
        """Read a page of them."""
        given = filter or VolunteerFilterInput()
        asked = VolunteerFilter(
            area_path=await path_of(area_id),
            states=tuple(given.states) if given.states is not None else None,
            service_class=given.service_class,
            weekday=given.weekday if given.weekday in range(1, 8) else None,
            block=given.block,
        )
        of = listing("volunteers", {"asked": asked})
        at = page(of, first, after)
        found = await volunteers.volunteers(info.context.actor, asked, at)
        return connection(of, found, at, make=Volunteer.of, key=lambda row: (row["number"],))

    @strawberry.field(description="Activities of an area, the latest written first.")
    async def volunteer_activities(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            VolunteerActivityFilterInput | None,
            strawberry.argument(description="What to narrow to."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[VolunteerActivity]:
        """Read a page of them."""
        given = filter or VolunteerActivityFilterInput()
        asked = ActivityFilter(
            area_path=await path_of(area_id),
            states=tuple(given.states) if given.states is not None else None,
            service_class=given.service_class,
            ending_after=given.ending_after,
        )
        of = listing("volunteerActivities", {"asked": asked})
        at = page(of, first, after)
        found = await activities.activities(info.context.actor, asked, at)
        return connection(
            of,
            found,
            at,
            make=VolunteerActivity.of,
            key=lambda row: (row["created_at"], row["id"]),
        )

    @strawberry.field(
        description="The code that a shift shows now, for who leads it; null for others."
    )
    async def shift_code(
        self,
        info: Info,
        shift_id: Annotated[strawberry.ID, strawberry.argument(description="The shift.")],
    ) -> ShiftCode | None:
        """Make it."""
        uuid = node.known("volunteer_shift", shift_id) or node.NOBODY
        code = await activities.shift_code(info.context.actor, uuid)
        return None if code is None else ShiftCode(text=code.text, ends_at=code.ends_at)

    @strawberry.field(description="Service records that the caller sees, the latest served first.")
    async def service_records(
        self,
        info: Info,
        filter: Annotated[
            ServiceRecordFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ServiceRecord]:
        """Read a page of them."""
        asked = await (filter or ServiceRecordFilterInput()).narrowed()
        of = listing("serviceRecords", {"asked": asked})
        at = page(of, first, after)
        found = await records.records(info.context.actor, asked, at)
        return connection(
            of, found, at, make=ServiceRecord.of, key=lambda row: (row["day"], row["id"])
        )
